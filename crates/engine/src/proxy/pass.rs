//! Pieces of what nginx writes: escapes, the pages it makes itself, the lines of its log (nginx 1.22.1).

use crate::message::Request;
use core::net::IpAddr;

/// The decoded path, escaped again where it must be (`NGX_ESCAPE_URI`, as since 1.21.1).
pub fn escape(path: &str) -> String {
    escaped(path, b"\"#%<>?\\^`{|}")
}

/// A capture that becomes part of the arguments (`NGX_ESCAPE_ARGS`).
pub fn escape_args(text: &str) -> String {
    escaped(text, b"\"#%&+;<>?\\^`{|}")
}

fn escaped(text: &str, signs: &[u8]) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte <= b' ' || byte >= 0x7f || signs.contains(&byte) {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            escaped.push('%');
            escaped.push(char::from(DIGITS[usize::from(byte >> 4)]));
            escaped.push(char::from(DIGITS[usize::from(byte & 15)]));
        } else {
            escaped.push(char::from(byte));
        }
    }
    escaped
}

/// A host and the port after it, where one is written; an IPv6 address stands in brackets.
pub fn host_and_port(text: &str) -> (&str, Option<&str>) {
    let from = if text.starts_with('[') { text.find(']').unwrap_or(0) } else { 0 };
    match text[from..].find(':') {
        Some(at) => (&text[..from + at], Some(&text[from + at + 1..])),
        None => (text, None),
    }
}

/// nginx's own page for a status, with the name it tells; `None` where it has none for the status.
pub fn page(status: u16, server: &str) -> Option<String> {
    let (title, says) = match status {
        494 => ("400 Request Header Or Cookie Too Large", "Request Header Or Cookie Too Large"),
        495 => ("400 The SSL certificate error", "The SSL certificate error"),
        496 => ("400 No required SSL certificate was sent", "No required SSL certificate was sent"),
        497 => ("400 The plain HTTP request was sent to HTTPS port", "The plain HTTP request was sent to HTTPS port"),
        _ => ("", ""),
    };
    let usual = [&status.to_string(), " ", page_reason(status)?].concat();
    let (title, heading) = if title.is_empty() { (usual.as_str(), usual.as_str()) } else { (title, "400 Bad Request") };
    let more = if says.is_empty() { String::new() } else { ["<center>", says, "</center>\r\n"].concat() };
    let body = [
        "<html>\r\n<head><title>",
        title,
        "</title></head>\r\n<body>\r\n<center><h1>",
        heading,
        "</h1></center>\r\n",
        &more,
        "<hr><center>",
        server,
        "</center>\r\n</body>\r\n</html>\r\n",
    ];
    Some(body.concat())
}

/// What browsers that hide short error pages get as well.
pub const PADDING: &str = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";

/// Statuses with a page of their own, and its words (`ngx_http_error_pages`).
fn page_reason(status: u16) -> Option<&'static str> {
    Some(match status {
        494..=497 => "Bad Request",
        302 => "Found",
        401 => "Authorization Required",
        301..=303 | 307 | 308 | 400 | 402..=406 | 408..=416 | 421 | 429 | 500..=505 | 507 => reason(status),
        _ => return None,
    })
}

/// The reason phrase as nginx writes it (`ngx_http_status_lines`).
pub const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Time-out",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => "",
    }
}

/// The line that nginx writes into its error log (`ngx_http_log_error`).
pub fn log_line(error: &str, client: IpAddr, server_name: &str, request: &Request, upstream: &str) -> String {
    [
        error,
        ", client: ",
        &client.to_string(),
        ", server: ",
        server_name,
        ", request: \"",
        &request.method,
        " ",
        &request.target,
        " ",
        request.version,
        "\", upstream: \"",
        upstream,
        "\", host: \"",
        request.header("Host").unwrap_or(""),
        "\"",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As nginx 1.22.1 answered `return 401;`: the page says it otherwise than the status line.
    #[test]
    fn a_401_has_two_names() {
        assert_eq!((reason(401), page_reason(401)), ("Unauthorized", Some("Authorization Required")));
    }
}
