//! URLs by the URL standard (of 2026-07), as fetch, `Location` and origins need them.
//!
//! Left out: names with letters beyond ASCII (they parse as a failure), `blob:` and drive letters in `file:`. The smaller
//! [`crate::url`] is what the address bar uses.

use super::host::{opaque_host, parse_host};
use super::origin::{Origin, serialize};
use core::fmt::Write;

/// A [URL](https://url.spec.whatwg.org/#concept-url).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// The scheme, lower case.
    pub scheme: String,
    /// The user name, percent-encoded.
    pub username: String,
    /// The password, percent-encoded.
    pub password: String,
    /// The host as it is written in an origin; none where the scheme has no hosts.
    pub host: Option<String>,
    /// The port, none where it is the scheme's own.
    pub port: Option<u16>,
    /// The path, percent-encoded.
    pub path: String,
    /// The query with its question mark, or nothing.
    pub query: String,
    /// The fragment with its number sign, or nothing. It is never sent.
    pub fragment: String,
}

/// The port that a [special scheme](https://url.spec.whatwg.org/#special-scheme) has if none is written.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

impl Url {
    /// [Parses](https://url.spec.whatwg.org/#concept-basic-url-parser) a URL, seen from `base`.
    pub fn parse(text: &str, base: Option<&Self>) -> Option<Self> {
        // Blanks and control characters around it, tabs and newlines in it do not count.
        let text: String =
            text.trim_matches(|c| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        let (text, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
        let mut url = match scheme(text) {
            Some((scheme, rest)) => with_scheme(&scheme, rest, base)?,
            None => relative(base?, text)?,
        };
        url.fragment = encode(fragment, " \"<>`");
        Some(url)
    }

    /// The [origin](https://url.spec.whatwg.org/#concept-url-origin).
    pub fn origin(&self) -> Origin {
        match (&self.host, default_port(&self.scheme)) {
            (Some(host), Some(_)) => Origin::Tuple(self.scheme.clone(), host.clone(), self.port),
            _ => Origin::Opaque,
        }
    }

    /// Whether it [includes credentials](https://url.spec.whatwg.org/#include-credentials): a user name or a password.
    pub fn includes_credentials(&self) -> bool {
        !self.username.is_empty() || !self.password.is_empty()
    }

    /// Whether its scheme is [`http` or `https`](https://fetch.spec.whatwg.org/#http-scheme).
    pub fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    /// The port that is connected to.
    pub fn port_used(&self) -> Option<u16> {
        self.port.or(default_port(&self.scheme))
    }

    /// The URL as it is asked for: without credentials and without fragment.
    pub fn sent(&self) -> String {
        let start = match &self.host {
            Some(_) if default_port(&self.scheme).is_some() => serialize(&self.origin()),
            Some(host) => [&self.scheme, "://", host].concat(),
            None => [&self.scheme, ":"].concat(),
        };
        [&start, &self.path, &self.query].map(|part| part.as_str()).concat()
    }
}

/// A scheme at the beginning, in lower case, and what follows its colon.
fn scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let begins = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    (begins && scheme.chars().all(fine)).then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Whether a character separates: a slash, and for special schemes a backslash, too.
fn slash(special: bool) -> impl Fn(char) -> bool {
    move |c| c == '/' || special && c == '\\'
}

fn with_scheme(scheme: &str, rest: &str, base: Option<&Url>) -> Option<Url> {
    let special = default_port(scheme).is_some();
    let url = Url { scheme: scheme.to_owned(), ..Url::default() };
    if special {
        // `http:path` beside a base of the same scheme is relative; otherwise slashes may be missing, or too many.
        let double = rest.starts_with("//");
        return match base {
            Some(base) if base.scheme == scheme && !double => relative(base, rest),
            _ => authority(url, rest.trim_start_matches(slash(true))),
        };
    }
    match rest.strip_prefix("//") {
        Some(rest) => authority(url, rest),
        None if rest.starts_with('/') => Some(path_and_query(url, rest)),
        // An opaque path: `data:,x`.
        None => {
            let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
            Some(Url { path: encode(path, ""), query: encode(query, " \"<>"), ..url })
        }
    }
}

fn relative(base: &Url, text: &str) -> Option<Url> {
    let special = default_port(&base.scheme).is_some();
    let is_slash = slash(special);
    if base.host.is_none() && !base.path.starts_with('/') {
        // Beside an opaque path only a fragment has a meaning.
        return text.is_empty().then(|| base.clone());
    }
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(a), Some(b)) if is_slash(a) && is_slash(b) => {
            let url = Url { scheme: base.scheme.clone(), ..Url::default() };
            authority(url, text.trim_start_matches(is_slash))
        }
        (None, _) => Some(Url { fragment: String::new(), ..base.clone() }),
        (Some('?'), _) => Some(Url { query: encode_query(text, special), fragment: String::new(), ..base.clone() }),
        (Some(a), _) if is_slash(a) => Some(path_and_query(base.clone(), text)),
        _ => {
            let folder = base.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(path_and_query(base.clone(), &[folder, "/", text].concat()))
        }
    }
}

/// Credentials, host and port, then path and query.
fn authority(mut url: Url, text: &str) -> Option<Url> {
    let special = default_port(&url.scheme).is_some();
    let is_slash = slash(special);
    let (place, rest) = text.split_at(text.find(|c| is_slash(c) || c == '?').unwrap_or(text.len()));
    let host = match place.rsplit_once('@') {
        None => place,
        Some((user, host)) => {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            const USERINFO: &str = " \"#<>?`{}/:;=@[\\]^|";
            (url.username, url.password) = (encode(name, USERINFO), encode(password, USERINFO));
            if host.is_empty() {
                return None;
            }
            host
        }
    };
    let colon = host.rfind(':').filter(|at| !host[*at..].contains(']'));
    let (name, port) = match colon {
        Some(at) => (&host[..at], &host[at + 1..]),
        None => (host, ""),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) || name.is_empty() && (special || colon.is_some()) {
        return None;
    }
    if !port.is_empty() {
        // Zeros before it do not count; what is too large fails.
        let number: u16 = match port.trim_start_matches('0') {
            "" => 0,
            digits => digits.parse().ok()?,
        };
        url.port = Some(number).filter(|port| default_port(&url.scheme) != Some(*port));
    }
    url.host = Some(if special { parse_host(name)? } else { opaque_host(name)? });
    Some(path_and_query(url, rest))
}

/// Sets path and query; the path loses its `.` and `..`.
fn path_and_query(url: Url, text: &str) -> Url {
    let special = default_port(&url.scheme).is_some();
    let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
    let mut segments: Vec<&str> = Vec::new();
    let parts: Vec<&str> = path.split(slash(special)).skip(1).collect();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        match part.to_ascii_lowercase().as_str() {
            "." | "%2e" if last => segments.push(""),
            "." | "%2e" => {}
            ".." | ".%2e" | "%2e." | "%2e%2e" => {
                segments.pop();
                if last {
                    segments.push("");
                }
            }
            _ => segments.push(part),
        }
    }
    let path = if segments.is_empty() && !special {
        String::new()
    } else {
        ["/", &encode(&segments.join("/"), " \"<>?`{}^")].concat()
    };
    Url { path, query: encode_query(query, special), fragment: String::new(), ..url }
}

fn encode_query(query: &str, special: bool) -> String {
    encode(query, if special { " \"<>'" } else { " \"<>" })
}

/// Percent-encodes control characters, bytes beyond ASCII, and `signs`.
pub(super) fn encode(text: &str, signs: &str) -> String {
    let mut encoded = String::new();
    for c in text.chars() {
        if c.is_ascii() && c >= ' ' && c != '\x7f' && !signs.chars().any(|sign| sign == c) {
            encoded.push(c);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            // Writing into a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str, base: &str) -> Option<String> {
        let base = Url::parse(base, None);
        Url::parse(text, base.as_ref()).map(|url| url.sent())
    }

    /// Each was asked of Node 20 (`new URL(text, base).href`), which follows the standard.
    #[test]
    fn urls_are_read_as_the_standard_reads_them() {
        let base = "http://app.test:8081/c/d?q#f";
        for (text, expected) in [
            ("f", "http://app.test:8081/c/f"),
            ("/f", "http://app.test:8081/f"),
            ("//api.test/f", "http://api.test/f"),
            ("?x", "http://app.test:8081/c/d?x"),
            ("#y", "http://app.test:8081/c/d?q"),
            ("", "http://app.test:8081/c/d?q"),
            ("..", "http://app.test:8081/"),
            ("./../../e/./", "http://app.test:8081/e/"),
            ("\\f\\g", "http://app.test:8081/f/g"),
            ("http:f", "http://app.test:8081/c/f"),
            ("https:api.test", "https://api.test/"),
            ("HTTP://API.TEST:80/%7e x", "http://api.test/%7e%20x"),
            ("http://a:b@api.test/", "http://api.test/"),
            ("http:///api.test//x", "http://api.test//x"),
            ("http://127.1/", "http://127.0.0.1/"),
            ("http://0x7f.1:0081/", "http://127.0.0.1:81/"),
            ("http://[::1]:80/", "http://[::1]/"),
            ("http://ap%69.test/", "http://api.test/"),
            ("ht\ntp://api.test/\t", "http://api.test/"),
            ("data:text/plain,a b#c", "data:text/plain,a b"),
            ("mailto:x?y", "mailto:x?y"),
            ("foo://Bar/b?c", "foo://Bar/b?c"),
        ] {
            assert_eq!(sent(text, base).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "http://",
            "http://:80/",
            "http://a b/",
            "http://a:b/",
            "http://a:65536/",
            "http://a%23/",
            "http://1.2.3.4.5/",
            "http://[::1/",
            "http://user@/",
            "https://",
        ] {
            assert_eq!(sent(text, base), None, "{text}");
        }
        assert_eq!(sent("app.test", "nothing"), None);
        assert_eq!(sent("//app.test", "nothing"), None);
    }

    #[test]
    fn t03_the_origin_is_scheme_host_and_port() {
        let origin = |text: &str| Url::parse(text, None).map(|url| serialize(&url.origin())).unwrap_or_default();
        assert_eq!(origin("HTTP://App.Test:80/x?y"), "http://app.test");
        assert_eq!(origin("https://user@app.test:8443/"), "https://app.test:8443");
        assert_eq!(origin("data:,x"), "null");
        assert_eq!(origin("file:///etc/passwd"), "null");
    }

    #[test]
    fn credentials_are_seen() {
        let credentials = |text: &str| Url::parse(text, None).map(|url| url.includes_credentials());
        assert_eq!(credentials("http://user@api.test/"), Some(true));
        assert_eq!(credentials("http://:pass@api.test/"), Some(true));
        assert_eq!(credentials("http://:@api.test/"), Some(false));
        assert_eq!(credentials("http://@api.test/"), Some(false));
        assert_eq!(credentials("http://api.test/u:p@"), Some(false));
    }
}
