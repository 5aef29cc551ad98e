//! Which requests nginx answers before it looks at any server block (`ngx_http_parse.c`, `ngx_http_request.c`, 1.22.1).

use crate::message::Request;
use crate::text;

/// The status with which nginx refuses a request as such; `None` where it is in order.
pub fn refused(request: &Request) -> Option<u16> {
    let method_fits = |c: char| c.is_ascii_uppercase() || c == '_' || c == '-';
    if request.method.is_empty() || !request.method.chars().all(method_fits) {
        return Some(400);
    }
    if !request.target.starts_with('/') {
        return Some(400);
    }
    if request.version != "HTTP/1.0" && request.version != "HTTP/1.1" {
        return Some(505);
    }
    let mut hosts = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Host"));
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version == "HTTP/1.1" => return Some(400),
        (Some((_, host)), None) if !is_host(host) => return Some(400),
        (Some(_), Some(_)) => return Some(400),
        _ => {}
    }
    if super::choose::normal_path(&request.target).is_none() {
        return Some(400);
    }
    matches!(request.method.as_str(), "TRACE" | "CONNECT").then_some(405)
}

/// Whether a Host header can be one (`ngx_http_validate_host`).
fn is_host(host: &str) -> bool {
    let odd = |c: char| c <= ' ' || c == '\x7f' || c == '/';
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
    !text::contains(host, "..") && !host.contains(odd) && !name.is_empty() && name != "."
}
