//! Responses as Express makes them (Express 4 API, `res`).

use super::Answer;
use crate::literal::{Data, Value};
use crate::message::{Header, Request, Response};

const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// What a handler has said so far.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The status, if it set one.
    pub status: Option<u16>,
    /// The headers it set.
    pub headers: Vec<Header>,
}

impl Draft {
    /// The answer that ends it.
    pub fn finish(self, answer: Answer, value: Option<&Value>, request: &Request) -> Response {
        let status = self.status.unwrap_or(200);
        let json = |value: &Value| {
            let mut json = String::new();
            value.json(&mut json);
            json
        };
        let number = |value: &Value| value.text().and_then(|text| text.parse::<u16>().ok());
        match (answer, value) {
            (Answer::Json, Some(value)) if !undefined(value) => response(status, JSON, json(value), self.headers),
            (Answer::Send, Some(value)) => match &value.data {
                Data::Text(text) => response(status, HTML, text.clone(), self.headers),
                _ if undefined(value) => response(status, "", String::new(), self.headers),
                _ => response(status, JSON, json(value), self.headers),
            },
            (Answer::SendStatus, Some(value)) => {
                let status = number(value).unwrap_or(500);
                response(status, PLAIN, reason(status).to_owned(), self.headers)
            }
            (Answer::Redirect, Some(value)) => {
                let items = value.items();
                let (status, to) = match items {
                    [status, to] => (number(status).unwrap_or(302), to.text()),
                    _ => (302, value.text()),
                };
                let to = to.unwrap_or("");
                let words = [reason(status), ". Redirecting to ", to].concat();
                let html = request.header("Accept").is_some_and(|accept| crate::text::contains(accept, "text/html"));
                let (kind, body) =
                    if html { (HTML, ["<p>", &escape(&words), "</p>"].concat()) } else { (PLAIN, words) };
                let mut headers = self.headers;
                headers.push(("Location".into(), to.to_owned().into()));
                response(status, kind, body, headers)
            }
            (Answer::End, value) => {
                let body = value.and_then(Value::text).filter(|text| *text != "undefined").unwrap_or("");
                self.plain(body.to_owned(), request, true)
            }
            _ => response(status, "", String::new(), self.headers),
        }
    }

    /// What is written without Express (Node.js documentation, `http.ServerResponse`): no media type but the handler's own.
    /// The length is the handler's; else that of the body where `end` alone says it; else the body comes in pieces. HTTP/1.0
    /// knows no pieces: there the end of the connection is the end of the body (`_http_outgoing.js`, `_storeHeader`).
    pub fn plain(self, body: String, request: &Request, at_once: bool) -> Response {
        let status = self.status.unwrap_or(200);
        let bodiless = matches!(status, 204 | 304);
        let mut headers: Vec<Header> = vec![("X-Powered-By".into(), "Express".into())];
        headers.extend(self.headers);
        let announced = crate::message::header(&headers, "Content-Length").is_some();
        if !announced && !bodiless && request.version != "HTTP/1.0" {
            headers.push(match at_once {
                true => ("Content-Length".into(), body.len().to_string().into()),
                false => ("Transfer-Encoding".into(), "chunked".into()),
            });
        }
        let body = if bodiless { String::new() } else { body };
        let mut response = Response {
            status,
            reason: reason(status).into(),
            version: "HTTP/1.1",
            headers,
            body,
            ..Response::default()
        };
        // Node.js does not count: the connection ends, and the rest has not come.
        response.cut = !bodiless && response.length().is_some_and(|length| length > response.body.len());
        response
    }
}

/// What `res.set` makes of a media type without a charset (Express 4, `lib/response.js`).
pub fn with_charset(name: &str, value: &str) -> String {
    let kind = value.split(';').next().unwrap_or(value);
    let text = kind.starts_with("text/") || matches!(kind, "application/json" | "application/javascript");
    let said = crate::text::contains(&value.to_ascii_lowercase(), "charset=");
    let charset = if text && !said && name.eq_ignore_ascii_case("Content-Type") { "; charset=utf-8" } else { "" };
    [value, charset].concat()
}

/// A text is sent in UTF-8, whatever the media type says (Express 4, `res.send`, `setCharset`).
fn in_utf8(value: &str) -> String {
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or("");
    let others = parts.filter(|part| !part.to_ascii_lowercase().starts_with("charset="));
    others.fold([kind, "; charset=utf-8"].concat(), |text, part| [&text, "; ", part].concat())
}

fn undefined(value: &Value) -> bool {
    matches!(&value.data, Data::Bare(word) if word == "undefined")
}

/// The page of Express's `finalhandler` where no route fits.
pub fn not_found(request: &Request) -> Response {
    let path = request.target.split('?').next().unwrap_or("");
    page(404, &["Cannot ", &request.method, " ", path].concat())
}

/// What Express says to OPTIONS where the path has routes (Express 4, `router`).
pub fn options(allowed: &str) -> Response {
    let headers = vec![("Allow".into(), allowed.to_owned().into())];
    response(200, HTML, allowed.to_owned(), headers)
}

/// The page of Express's `finalhandler`; of an error's stack only the first line.
pub fn page(status: u16, words: &str) -> Response {
    let head = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>";
    let body = [head, &escape(words), "</pre>\n</body>\n</html>\n"].concat();
    let pair = |(name, value): (&'static str, &'static str)| (name.into(), value.into());
    let headers = [("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff")];
    response(status, HTML, body, headers.into_iter().map(pair).collect())
}

/// A media type that the handler set itself stays; no media type where there is no body. The length is Express's own.
fn response(status: u16, content_type: &'static str, body: String, mut more: Vec<Header>) -> Response {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let mut headers: Vec<Header> = vec![pair("X-Powered-By", "Express")];
    let typed = more.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    let typed = typed.map(|(_, value)| *value = in_utf8(value).into()).is_some();
    more.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Length"));
    headers.extend(more);
    let bodiless = matches!(status, 204 | 304);
    if !typed && !content_type.is_empty() && !bodiless {
        headers.push(pair("Content-Type", content_type));
    }
    let body = if bodiless { String::new() } else { body };
    if !bodiless {
        headers.push(("Content-Length".into(), body.len().to_string().into()));
    }
    Response { status, reason: reason(status).into(), version: "HTTP/1.1", headers, body, ..Response::default() }
}

/// The reason phrase as Node.js writes it (`http.STATUS_CODES`).
pub fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        418 => "I'm a Teapot",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "unknown",
    }
}

/// HTML-escaped, as `finalhandler` does.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
