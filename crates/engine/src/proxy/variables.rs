//! nginx's variables: which exist, and what they stand for in a request.

use super::Map;
use super::handle::Machine;
use crate::message::Header;

/// The variables that are modelled.
const MODELLED: [&str; 30] = [
    "args",
    "binary_remote_addr",
    "connection_requests",
    "content_length",
    "content_type",
    "document_root",
    "document_uri",
    "host",
    "https",
    "is_args",
    "nginx_version",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "proxy_port",
    "query_string",
    "realpath_root",
    "remote_addr",
    "remote_user",
    "request",
    "request_filename",
    "request_method",
    "request_uri",
    "scheme",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "ssl_server_name",
    "status",
    "uri",
];

/// Variables that nginx has and this engine does not fill in.
const NOT_MODELLED: [&str; 39] = [
    "ancient_browser",
    "body_bytes_sent",
    "bytes_sent",
    "connection",
    "connection_time",
    "date_gmt",
    "date_local",
    "gzip_ratio",
    "hostname",
    "invalid_referer",
    "limit_conn_status",
    "limit_rate",
    "limit_req_status",
    "modern_browser",
    "msec",
    "msie",
    "pid",
    "pipe",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "realip_remote_addr",
    "realip_remote_port",
    "remote_port",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_id",
    "request_length",
    "request_time",
    "slice_range",
    "ssl_cipher",
    "ssl_client_verify",
    "ssl_protocol",
    "ssl_session_id",
    "tcpinfo_rtt",
    "time_iso8601",
    "time_local",
    "uid_got",
    "uid_set",
];

/// Whether nginx knows the variable, and whether it is modelled. Digits are captures.
pub fn known(name: &str) -> Option<bool> {
    let prefixed = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let capture = name.len() == 1 && name.as_bytes()[0].is_ascii_digit();
    if MODELLED.contains(&name) || prefixed(&["http_", "arg_", "cookie_"]) || capture {
        return Some(true);
    }
    let other = NOT_MODELLED.contains(&name)
        || prefixed(&[
            "upstream_",
            "sent_http_",
            "sent_trailer_",
            "ssl_",
            "proxy_protocol_",
            "tcpinfo_",
            "secure_link",
        ]);
    other.then_some(false)
}

/// The names of the variables in a text, in order.
pub fn names(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    split(text, |piece| {
        if let Piece::Variable(name) = piece {
            found.push(name);
        }
    });
    found
}

enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Cuts a text into plain pieces and variables, `$name` or `${name}`. A capture is one digit.
fn split<'a>(text: &'a str, mut each: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        each(Piece::Text(&rest[..at]));
        let after = &rest[at + 1..];
        let (braced, body) = after.strip_prefix('{').map_or((false, after), |body| (true, body));
        let digit = body.as_bytes().first().is_some_and(|first| (b'1'..=b'9').contains(first));
        let length = match digit && !braced {
            true => 1,
            false => body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len()),
        };
        each(Piece::Variable(&body[..length]));
        rest = &body[length..];
        if braced {
            rest = rest.strip_prefix('}').unwrap_or(rest);
        }
    }
    each(Piece::Text(rest));
}

/// A Host header without port and final dot, lower case.
pub fn bare_host(host: &str) -> String {
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    let host = &host[..end.unwrap_or(host.len())];
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// The longest text that is made of variables.
pub(super) const LONGEST: usize = 1 << 20;

/// How often a `map` may need another one.
const DEEPEST: usize = 20;

impl Machine<'_> {
    /// The text with its variables filled in.
    pub(super) fn fill(&mut self, text: &str) -> String {
        self.fill_at(text, 0)
    }

    fn fill_at(&mut self, text: &str, depth: usize) -> String {
        let mut filled = String::new();
        split(text, |piece| {
            // Texts made of texts can double again and again.
            if filled.len() > LONGEST {
                return;
            }
            match piece {
                Piece::Text(plain) => filled.push_str(plain),
                Piece::Variable(name) => filled.push_str(&self.value(name, depth)),
            }
        });
        self.bound(filled.len());
        filled
    }

    /// The first name of the server block; of a regular expression, all that is written.
    pub(super) fn server_name(&self) -> String {
        let name = self.config().servers[self.server_index()].names.first();
        let name = name.map_or("", |(name, _)| name.as_str());
        name.strip_prefix('.').unwrap_or(name).to_owned()
    }

    pub(super) fn variable(&mut self, name: &str) -> String {
        self.value(name, 0)
    }

    fn value(&mut self, name: &str, depth: usize) -> String {
        if let [digit @ b'0'..=b'9'] = name.as_bytes() {
            return self.captured(usize::from(digit - b'0'));
        }
        if let Some(value) = self.own_variable(name) {
            return value;
        }
        let config = self.config();
        if let Some(map) = config.maps.iter().find(|map| map.name == name) {
            if depth >= DEEPEST {
                return String::new();
            }
            let key = self.fill_at(&map.from, depth + 1);
            let value = self.mapped(map, &key);
            let value = self.fill_at(&value, depth + 1);
            self.keep_variable(name, &value);
            return value;
        }
        self.built_in(name)
    }

    /// `map`: the exact key, then with `hostnames` the wildcards, then expressions in order, then `default`.
    fn mapped(&mut self, map: &Map, key: &str) -> String {
        if map.geo {
            return self.located(map, key);
        }
        let lower = key.to_ascii_lowercase();
        let find = |key: &str| map.exact.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
        if let Some(value) = find(&lower) {
            return value;
        }
        if map.hostnames {
            let bare = lower.strip_suffix('.').unwrap_or(&lower);
            let dots = || bare.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| at);
            if let Some(value) = find(bare).or_else(|| find(&[".", bare].concat())) {
                return value;
            }
            for at in dots() {
                if let Some(value) = find(&["*", &bare[at..]].concat()).or_else(|| find(&bare[at..])) {
                    return value;
                }
            }
            let ends: Vec<usize> = dots().collect();
            for at in ends.into_iter().rev() {
                if let Some(value) = find(&[&bare[..=at], "*"].concat()) {
                    return value;
                }
            }
        }
        let source = self.config().servers[self.server_index()].source.clone();
        for (pattern, value) in &map.patterns {
            if let Some(captures) = self.matches(pattern, key, &source) {
                self.note_captures(&pattern.names, captures);
                return value.clone();
            }
        }
        map.default.clone()
    }

    /// `geo`: the value of the smallest network around the address.
    fn located(&self, map: &Map, key: &str) -> String {
        let address = key.parse().ok();
        let size = |network: &str| network.split_once('/').map_or(128, |(_, bits)| bits.parse().unwrap_or(0u32));
        let fits = |network: &str| address.is_some_and(|address| super::choose::network_holds(network, address));
        let found = map.exact.iter().filter(|(network, _)| fits(network)).max_by_key(|(network, _)| size(network));
        found.map_or(&map.default, |(_, value)| value).clone()
    }

    fn built_in(&mut self, name: &str) -> String {
        let request = self.request_read();
        let whole = self.client_request();
        let header = |name: &str| request.header(name).unwrap_or("").to_owned();
        // Of some headers all values count, of others the first (1.22; all since 1.23).
        let joined = |name: &str, between: &str| {
            let all = request.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
            all.map(|(_, value)| &**value).collect::<Vec<_>>().join(between)
        };
        let facts = self.facts();
        match name {
            "args" | "query_string" => facts.args.to_owned(),
            "document_uri" | "uri" => facts.uri.to_owned(),
            "host" if facts.host.is_empty() => self.server_name(),
            "host" => facts.host.to_owned(),
            "https" => if facts.tls { "on" } else { "" }.to_owned(),
            "is_args" => if facts.args.is_empty() { "" } else { "?" }.to_owned(),
            "connection_requests" => "1".to_owned(),
            "content_length" => header("Content-Length"),
            "content_type" => header("Content-Type"),
            "document_root" | "realpath_root" | "request_filename" => self.file_name(name),
            "nginx_version" => "1.22.1".to_owned(),
            "proxy_add_x_forwarded_for" => {
                let before = joined("X-Forwarded-For", ", ");
                let separator = if before.is_empty() { "" } else { ", " };
                [before.as_str(), separator, &facts.client.to_string()].concat()
            }
            "proxy_host" => facts.proxy_host.to_owned(),
            "proxy_port" if facts.proxy_host.is_empty() => String::new(),
            "proxy_port" => super::pass::host_and_port(facts.proxy_host).1.unwrap_or("80").to_owned(),
            "remote_addr" | "binary_remote_addr" => facts.client.to_string(),
            "remote_user" => user(&header("Authorization")).unwrap_or_default(),
            "server_protocol" if request.version == "HTTP/0.9" => String::new(),
            "request" if whole.version == "HTTP/0.9" => [&whole.method, " ", &whole.target].concat(),
            "request" => [&whole.method, " ", &whole.target, " ", whole.version].concat(),
            "request_method" => facts.method.to_owned(),
            "request_uri" => super::request::unparsed(&request.target).to_owned(),
            "status" => {
                let status = self.answer_status().to_string();
                [&"000"[status.len().min(3)..], &status].concat()
            }
            "scheme" => if facts.tls { "https" } else { "http" }.to_owned(),
            "server_addr" => facts.server.ip().to_string(),
            "server_name" => self.server_name(),
            "server_port" => facts.server.port().to_string(),
            "server_protocol" => request.version.to_owned(),
            "ssl_server_name" => facts.sni.unwrap_or("").to_owned(),
            _ => {
                if let Some(wanted) = name.strip_prefix("arg_") {
                    let pair = |part: &str| {
                        let (name, value) = part.split_once('=')?;
                        name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
                    };
                    return facts.args.split('&').find_map(pair).unwrap_or_default();
                }
                if let Some(wanted) = name.strip_prefix("cookie_") {
                    let cookies = joined("Cookie", "; ");
                    let pair = |part: &str| {
                        let (name, value) = part.trim().split_once('=')?;
                        name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
                    };
                    return cookies.split([';', ',']).find_map(pair).unwrap_or_default();
                }
                match name.strip_prefix("http_") {
                    Some("cookie") => joined("Cookie", "; "),
                    Some("x_forwarded_for") => joined("X-Forwarded-For", ", "),
                    // Hyphens and letter case do not matter; a name with an underscore in it is not taken at all.
                    Some(wanted) => {
                        let wanted = wanted.replace('_', "-");
                        let fits = |(n, _): &&Header| n.replace('_', "-").eq_ignore_ascii_case(&wanted);
                        let taken = |(n, _): &&Header| !n.contains('_') || self.takes_underscores();
                        request
                            .headers
                            .iter()
                            .filter(taken)
                            .find(fits)
                            .map(|(_, v)| v.clone().into_owned())
                            .unwrap_or_default()
                    }
                    None => String::new(),
                }
            }
        }
    }
}

/// The name in `Authorization: Basic …` (RFC 7617; `ngx_http_auth_basic_user`); none where it has no colon behind it.
fn user(authorization: &str) -> Option<String> {
    let scheme = authorization.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("basic "));
    let text = scheme.and_then(|_| authorization.get(6..))?.trim_start();
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, held) = (bits << 6 | u32::from(value), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    let end = bytes.iter().position(|byte| *byte == b':').filter(|end| *end > 0)?;
    String::from_utf8(bytes[..end].to_vec()).ok()
}
