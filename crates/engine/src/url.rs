//! URLs, as far as the address bar of this engine needs them (the WHATWG URL standard is larger).

use crate::text;
use core::net::IpAddr;

/// An `http` or `https` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether the scheme is `https`.
    pub secure: bool,
    /// The host, lower case.
    pub host: String,
    /// The port, 80 or 443 where none is written.
    pub port: u16,
    /// Path and query: what the request target will be.
    pub target: String,
}

impl Url {
    /// Reads a URL. Without a scheme, as people type it, `https` is tried first, as Chromium does.
    pub fn parse(text: &str) -> Option<Self> {
        // Chromium takes no longer ones (`url::kMaxURLChars`).
        if text.len() > 2 << 20 {
            return None;
        }
        let text = text.trim().split('#').next().unwrap_or("");
        let (secure, rest) = match text::split_once(text, "://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some(_) => return None,
            None => (true, text),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (authority, None),
        };
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if host.is_empty() || host.starts_with('.') || text::contains(host, "..") || !host.chars().all(fine) {
            return None;
        }
        let target = match target {
            path if path.starts_with('/') => encode(&without_dots(path)),
            query => ["/", &encode(query)].concat(),
        };
        let port = port.unwrap_or(if secure { 443 } else { 80 });
        Some(Self { secure, host: host.to_ascii_lowercase(), port, target })
    }

    /// Reads the URL of a WebSocket: `ws` as `http`, `wss` as `https` (WebSockets standard of 2026-07, "new WebSocket").
    pub fn of_socket(text: &str) -> Option<Self> {
        let (scheme, rest) = text::split_once(text.trim(), "://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "ws" | "http" => "http://",
            "wss" | "https" => "https://",
            _ => return None,
        };
        Self::parse(&[scheme, rest].concat())
    }

    /// Reads either.
    pub fn of_any(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::of_socket(text))
    }

    /// The same URL as that of a WebSocket.
    pub fn socket(&self) -> String {
        let scheme = if self.secure { "wss://" } else { "ws://" };
        [scheme, &self.authority(), &self.target].concat()
    }

    /// The host as an address, where it is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The Host header: with the port unless it is the scheme's own (RFC 9110 section 7.2).
    pub fn authority(&self) -> String {
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            (_, port) => [&self.host, ":", &port.to_string()].concat(),
        }
    }

    /// The origin: scheme, host and port, all three (HTML standard of 2026-07, "Origin"). The same domain is not enough.
    pub fn origin(&self) -> String {
        [if self.secure { "https://" } else { "http://" }, &self.authority()].concat()
    }

    /// The whole URL as text.
    pub fn text(&self) -> String {
        self.origin() + &self.target
    }

    /// The URL that a `Location` header names, seen from this one (RFC 9110 section 10.2.2).
    pub fn join(&self, location: &str) -> Option<Self> {
        if text::contains(location, "://") {
            return Self::parse(location);
        }
        let target = match location {
            l if l.starts_with('/') => encode(&without_dots(l)),
            l => {
                let folder =
                    self.target.split('?').next().and_then(|path| path.rsplit_once('/')).map_or("", |(f, _)| f);
                encode(&without_dots(&[folder, "/", l].concat()))
            }
        };
        Some(Self { target, ..self.clone() })
    }
}

/// The path without `.` and `..`, as the browser removes them before it sends anything (URL standard, path state).
fn without_dots(target: &str) -> String {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    let mut segments: Vec<&str> = Vec::new();
    let mut last = "";
    for segment in path.split('/').skip(1) {
        last = segment;
        match segment.to_ascii_lowercase().as_str() {
            "." | "%2e" => last = "",
            ".." | ".%2e" | "%2e." | "%2e%2e" => {
                segments.pop();
                last = "";
            }
            _ => segments.push(segment),
        }
    }
    let end = if last.is_empty() && segments.last().is_some_and(|s| !s.is_empty()) { "/" } else { "" };
    ["/", &segments.join("/"), end, query].concat()
}

/// Percent-encodes what may not stand in a request target (URL standard, path percent-encode set, in short).
fn encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte <= b' ' || byte >= 0x7f || b"\"<>`{}^".contains(&byte) {
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        } else {
            encoded.push(char::from(byte));
        }
    }
    encoded
}

/// Ports that browsers refuse to fetch from (Fetch standard, "bad port", 2026-07), of those below 10240 that
/// people meet.
pub fn bad_port(port: u16) -> bool {
    const BAD: [u16; 81] = [
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
        109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526,
        530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    ];
    BAD.contains(&port) || port == 6697 || port == 10080
}
