//! What nginx sends on, and the pages it makes itself (nginx.org: `ngx_http_proxy_module`, 1.22.1).

use super::variables::{self, Facts};
use super::{Location, Match, Pass, Return};
use crate::message::{Request, Response};
use crate::text;

/// The request that the application receives: a new one, on a new connection.
pub fn request(location: &Location, pass: &Pass, facts: &Facts<'_>) -> Request {
    let client = facts.request;
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in [("Host", "$proxy_host"), ("Connection", "close")] {
        if !location.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), variables::fill(value, facts)));
        }
    }
    for (name, value) in &location.headers {
        let value = variables::fill(value, facts);
        if !value.is_empty() {
            headers.push((name.clone(), value));
        }
    }
    for (name, value) in &client.headers {
        let set = location.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        if !set && !stays_behind(name) {
            headers.push((name.clone(), value.clone()));
        }
    }
    let target = target(location, pass, facts);
    Request { method: client.method.clone(), target, version: location.version, headers, secure: false }
}

/// Headers of the client's own connection, and those that nginx drops for a sign in their name (`ignore_invalid_headers`,
/// `underscores_in_headers`).
fn stays_behind(name: &str) -> bool {
    const OWN: [&str; 7] = ["Host", "Connection", "Keep-Alive", "Expect", "Upgrade", "TE", "Transfer-Encoding"];
    !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') || OWN.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The target: passed on as it came where `proxy_pass` has no URI; else the URI takes the place of the matched prefix
/// of the decoded path.
fn target(location: &Location, pass: &Pass, facts: &Facts<'_>) -> String {
    let Some(uri) = &pass.uri else {
        return facts.request.target.clone();
    };
    let rest = match location.how {
        Match::Regex | Match::Named => "",
        _ => facts.uri.get(location.path.len()..).unwrap_or(""),
    };
    let query = facts.request.target.split_once('?').map(|(_, query)| query);
    match query.filter(|query| !query.is_empty()) {
        Some(query) => [uri, escape(rest).as_str(), "?", query].concat(),
        None => [uri, escape(rest).as_str()].concat(),
    }
}

/// The decoded rest of the path, escaped again where it must be (`NGX_ESCAPE_URI`, as since 1.21.1).
fn escape(path: &str) -> String {
    let mut escaped = String::new();
    for byte in path.bytes() {
        if byte <= b' ' || byte >= 0x7f || b"\"#%<>?\\^`{|}".contains(&byte) {
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

/// Which headers every answer of nginx begins with. `Date` is left out: nothing here knows what time it is.
fn headers(content_type: &str, body: &str) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        pair("Server", "nginx/1.22.1"),
        pair("Content-Type", content_type),
        pair("Content-Length", &body.len().to_string()),
    ]
}

/// nginx's own page for a status: `301 Moved Permanently`, `404 Not Found`, `502 Bad Gateway`. From 400 on, browsers
/// that call themselves Chrome get six lines of padding (`msie_padding`, `ngx_http_special_response.c`).
pub fn page(status: u16, request: &Request) -> Response {
    let title = [&status.to_string(), " ", reason(status)].concat();
    let body = [
        "<html>\r\n<head><title>",
        &title,
        "</title></head>\r\n<body>\r\n<center><h1>",
        &title,
        "</h1></center>\r\n",
        TAIL,
    ];
    response(status, "text/html", body.concat() + padding(status, request))
}

/// The page for plain HTTP on a TLS port (nginx's own status 497); its title says more than its status.
pub fn plain_http_on_tls_port(request: &Request) -> Response {
    let body = [
        "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n",
        "<center><h1>400 Bad Request</h1></center>\r\n",
        "<center>The plain HTTP request was sent to HTTPS port</center>\r\n",
        TAIL,
    ];
    response(400, "text/html", body.concat() + padding(400, request))
}

const TAIL: &str = "<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";

const PADDING: &str = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n\
<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";

fn padding(status: u16, request: &Request) -> &'static str {
    let chrome = request.header("User-Agent").is_some_and(|agent| text::contains(agent, "Chrome/"));
    if chrome && status >= 400 { PADDING } else { "" }
}

fn response(status: u16, content_type: &str, body: String) -> Response {
    let headers = headers(content_type, &body);
    Response { status, reason: reason(status).to_owned(), version: "HTTP/1.1", headers, body, secure: false }
}

/// What `return` answers: a redirect for 301, 302, 303, 307 and 308, a text otherwise, nginx's page without one.
/// `None` for 444, which closes the connection without a word.
pub fn returned(returns: &Return, facts: &Facts<'_>) -> Option<Response> {
    if returns.status == 444 {
        return None;
    }
    let text = returns.text.as_ref().map(|text| variables::fill(text, facts));
    Some(match (returns.status, text) {
        (status @ (301 | 302 | 303 | 307 | 308), Some(target)) => {
            let mut response = page(status, facts.request);
            response.headers.push(("Location".to_owned(), absolute(target, facts)));
            response
        }
        (status, Some(text)) => response(status, "text/plain", text),
        // Below 400 nothing is made up: the answer is empty (`ngx_http_script_return_code`).
        (status, None) if status < 400 => response(status, "text/plain", String::new()),
        (status, None) => page(status, facts.request),
    })
}

/// A `Location` that begins with a slash is completed with scheme, host and port (`absolute_redirect on`).
fn absolute(target: String, facts: &Facts<'_>) -> String {
    if !target.starts_with('/') {
        return target;
    }
    let (scheme, usual) = if facts.request.secure { ("https://", 443) } else { ("http://", 80) };
    let port = if facts.port == usual { String::new() } else { [":", &facts.port.to_string()].concat() };
    [scheme, &variables::host(facts), &port, &target].concat()
}

/// The reason phrase as nginx writes it (`ngx_http_status_lines`).
pub fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Authorization Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        413 => "Request Entity Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => "",
    }
}

/// The application's answer as the client gets it: nginx's `Server` in place of the application's, the headers of the
/// connection its own.
pub fn response_to_client(answer: &Response) -> Response {
    const OWN: [&str; 5] = ["Server", "Connection", "Keep-Alive", "Date", "Transfer-Encoding"];
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![pair("Server", "nginx/1.22.1")];
    for name in ["Content-Type", "Content-Length"] {
        headers.extend(answer.header(name).map(|value| pair(name, value)));
    }
    headers.push(pair("Connection", "keep-alive"));
    let first = headers.len();
    for (name, value) in &answer.headers {
        let own = OWN.iter().any(|own| own.eq_ignore_ascii_case(name));
        if !own && !headers[..first].iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
            headers.push(pair(name, value));
        }
    }
    Response { version: "HTTP/1.1", headers, secure: false, ..answer.clone() }
}

/// The line that nginx writes into its error log (`ngx_http_log_error`).
pub fn log_line(error: &str, facts: &Facts<'_>, upstream: &str) -> String {
    let request = facts.request;
    [
        error,
        ", client: ",
        &facts.client.to_string(),
        ", server: ",
        facts.server_name,
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
