//! The head of an answer as it stands on the wire. The engine keeps what differs from answer to answer; what nginx adds to
//! every one (`Date`, `Connection`) is added here, in nginx's order (`ngx_http_header_filter_module.c`, 1.22.1).
//!
//! What Node.js adds to an answer of the application itself (`ETag`, `Date`, `Keep-Alive`) is not modelled.

use engine::message::{Header, Response, header};
use engine::tls::Date;

/// The headers, in order.
pub fn headers(response: &Response, date: Option<Date>) -> Vec<Header> {
    let mut headers = response.headers.clone();
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
        headers.insert(at, ("Connection".into(), if keeps(response) { "keep-alive" } else { "close" }.into()));
    }
    headers
}

/// Whether nginx keeps the connection: after its own pages for these errors it does not
/// (`ngx_http_special_response_handler`).
fn keeps(response: &Response) -> bool {
    let own = response.body.starts_with("<html>\r\n<head><title>");
    !own || !matches!(response.status, 400 | 413 | 414 | 500 | 501)
}

/// Year, month, day and clock.
pub(crate) fn parts(date: Date) -> [String; 4] {
    let text = date.iso_text();
    let (day, clock) = text.split_once(' ').unwrap_or((&text, ""));
    let mut parts = day.split('-').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    [part(), part(), part(), clock.to_owned()]
}

/// `Feb` for `02`.
pub(crate) fn month_name(month: &str) -> &'static str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    month.parse().ok().and_then(|month: usize| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"***")
}
