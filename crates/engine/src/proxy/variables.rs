//! nginx's variables: which exist, and what they stand for in a request.

use crate::message::Request;
use core::net::IpAddr;

/// What variables are computed from.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The client's request.
    pub request: &'a Request,
    /// The normalised path.
    pub uri: &'a str,
    /// The first name of the server block.
    pub server_name: &'a str,
    /// The port on which the connection came in.
    pub port: u16,
    /// The address on which the connection came in.
    pub server_address: IpAddr,
    /// The client's address.
    pub client: IpAddr,
    /// The host and port of `proxy_pass`.
    pub proxy_host: &'a str,
}

/// The variables that are modelled.
const MODELLED: [&str; 18] = [
    "args",
    "document_uri",
    "host",
    "https",
    "is_args",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "query_string",
    "remote_addr",
    "request",
    "request_method",
    "request_uri",
    "scheme",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "uri",
];

/// Variables that nginx has and this engine does not fill in.
const NOT_MODELLED: [&str; 12] = [
    "binary_remote_addr",
    "body_bytes_sent",
    "connection_upgrade",
    "msec",
    "nginx_version",
    "proxy_port",
    "remote_port",
    "request_filename",
    "request_id",
    "ssl_protocol",
    "status",
    "time_local",
];

/// Whether nginx knows the variable, and whether it is modelled.
pub fn known(name: &str) -> Option<bool> {
    if MODELLED.contains(&name) || name.starts_with("http_") {
        return Some(true);
    }
    let other = NOT_MODELLED.contains(&name)
        || ["arg_", "cookie_", "upstream_", "sent_http_"].iter().any(|p| name.starts_with(p));
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

/// Cuts a text into plain pieces and variables, `$name` or `${name}`.
fn split<'a>(text: &'a str, mut each: impl FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        each(Piece::Text(&rest[..at]));
        let after = &rest[at + 1..];
        let (braced, body) = after.strip_prefix('{').map_or((false, after), |body| (true, body));
        let length = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
        each(Piece::Variable(&body[..length]));
        rest = &body[length..];
        if braced {
            rest = rest.strip_prefix('}').unwrap_or(rest);
        }
    }
    each(Piece::Text(rest));
}

/// The text with its variables filled in.
pub fn fill(text: &str, facts: &Facts<'_>) -> String {
    let mut filled = String::new();
    split(text, |piece| match piece {
        Piece::Text(plain) => filled.push_str(plain),
        Piece::Variable(name) => filled.push_str(&value(name, facts)),
    });
    filled
}

/// `$host`: the Host header without its port, lower case; the server's name where there is none.
pub fn host(facts: &Facts<'_>) -> String {
    match facts.request.header("Host") {
        Some(host) if !host.is_empty() => bare_host(host),
        _ => facts.server_name.to_owned(),
    }
}

/// A Host header without port and final dot, lower case.
pub fn bare_host(host: &str) -> String {
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    let host = &host[..end.unwrap_or(host.len())];
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

fn value(name: &str, facts: &Facts<'_>) -> String {
    let request = facts.request;
    let query = request.target.split_once('?').map(|(_, query)| query);
    match name {
        "args" | "query_string" => query.unwrap_or("").to_owned(),
        "document_uri" | "uri" => facts.uri.to_owned(),
        "host" => host(facts),
        "https" => if request.secure { "on" } else { "" }.to_owned(),
        "is_args" => if query.is_some_and(|q| !q.is_empty()) { "?" } else { "" }.to_owned(),
        "proxy_add_x_forwarded_for" => {
            let before = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("X-Forwarded-For"));
            let all: String = before.flat_map(|(_, value)| [value.as_str(), ", "]).collect();
            all + &facts.client.to_string()
        }
        "proxy_host" => facts.proxy_host.to_owned(),
        "remote_addr" => facts.client.to_string(),
        "request" => [&request.method, " ", &request.target, " ", request.version].concat(),
        "request_method" => request.method.clone(),
        "request_uri" => request.target.clone(),
        "scheme" => if request.secure { "https" } else { "http" }.to_owned(),
        "server_addr" => facts.server_address.to_string(),
        "server_name" => facts.server_name.to_owned(),
        "server_port" => facts.port.to_string(),
        "server_protocol" => request.version.to_owned(),
        _ => match name.strip_prefix("http_") {
            Some(header) => request.header(&header.replace('_', "-")).unwrap_or("").to_owned(),
            None => String::new(),
        },
    }
}
