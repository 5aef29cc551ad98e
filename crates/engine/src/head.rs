//! The head of an answer as it stands on the wire. The engine keeps what differs from answer to answer; what nginx adds to
//! every one (`Date`, `Connection`) is added here, in nginx's order (`ngx_http_header_filter_module.c`, 1.22.1), and what
//! Node.js 20 adds to an answer of the application itself. Express's `ETag` is not modelled.

use crate::message::{Header, Request, Response, header};
use crate::tls::Date;

/// The headers, in order. `kept`: whether the client has asked for a connection that stays open.
pub fn headers(response: &Response, date: Option<Date>, kept: bool) -> Vec<Header> {
    let mut headers = response.headers.clone();
    if headers.first().is_some_and(|(name, value)| name == "X-Powered-By" && value == "Express") {
        return by_node(headers, date, kept);
    }
    let Some(("Server", server)) = headers.first().map(|(name, value)| (&**name, &**value)) else {
        return headers;
    };
    if !server.starts_with("nginx") {
        return headers;
    }
    if let Some(date) = date.filter(|_| header(&headers, "Date").is_none()) {
        headers.insert(1, ("Date".into(), date.http_text().into()));
    }
    // HTTP/2 writes names in small letters, and says nothing about the connection (RFC 9113 section 8.2).
    if response.version == "HTTP/2.0" {
        let small = |(name, value): Header| (name.to_ascii_lowercase().into(), value);
        return headers.into_iter().map(small).collect();
    }
    if header(&headers, "Connection").is_none() {
        let before = ["Server", "Date", "Content-Type", "Content-Length", "Last-Modified"];
        let at = headers.iter().position(|(name, _)| !before.contains(&&**name)).unwrap_or(headers.len());
        headers.insert(at, ("Connection".into(), if kept && keeps(response) { "keep-alive" } else { "close" }.into()));
    }
    headers
}

/// Whether this client has asked for a connection that stays open, and may have it. nginx refuses `TRACE` before it looks.
pub fn kept(request: &Request, response: &Response) -> bool {
    let asks = header(&request.headers, "Connection").unwrap_or("");
    let old = request.version == "HTTP/1.0" && !asks.eq_ignore_ascii_case("keep-alive");
    let traced = request.method == "TRACE" && own(response);
    !old && !traced && !asks.eq_ignore_ascii_case("close")
}

/// Whether it is a page of nginx's own.
fn own(response: &Response) -> bool {
    response.body.starts_with("<html>\r\n<head><title>")
}

/// Whether nginx keeps the connection: after its own pages for these errors it does not
/// (`ngx_http_special_response_handler`).
fn keeps(response: &Response) -> bool {
    !own(response) || !matches!(response.status, 400 | 413 | 414 | 500 | 501)
}

/// As Node.js ends the head of an answer (`_http_outgoing.js`, `_storeHeader`): what it has found out itself comes last.
fn by_node(mut headers: Vec<Header>, date: Option<Date>, kept: bool) -> Vec<Header> {
    let own = |(name, _): &Header| name == "Transfer-Encoding";
    let typed = header(&headers, "Content-Type").is_some();
    let last = headers.pop_if(|last| own(last) || (!typed && last.0 == "Content-Length"));
    headers.extend(date.map(|date| ("Date".into(), date.http_text().into())));
    headers.push(("Connection".into(), if kept { "keep-alive" } else { "close" }.into()));
    if kept {
        headers.push(("Keep-Alive".into(), "timeout=5".into()));
    }
    headers.extend(last);
    headers
}
