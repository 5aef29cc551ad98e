//! Which requests nginx answers before it looks for a location (`ngx_http_parse.c`, `ngx_http_request.c`, 1.22.1).

use super::settings::{self, Key, Settings};
use crate::message::Request;
use crate::text;

/// Why a request is refused as such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With this status; the source of the rule, and what it says.
    Status(u16, &'static str, &'static str),
    /// The engine does not know.
    NotModelled(&'static str),
}

/// The parts of a request target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The host of a target in absolute form.
    pub host: Option<String>,
    /// The path, decoded and tidied.
    pub path: String,
    /// What follows the question mark.
    pub args: String,
    /// Whether the path had escapes.
    pub quoted: bool,
    /// Whether the path had a plus sign.
    pub plus: bool,
}

const fn bad(says: &'static str) -> Refusal {
    Refusal::Status(400, "RFC 9112 section 3", says)
}

/// Whether a method is made as methods are.
pub fn is_method(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '-')
}

/// Whether a request without a version is known to be one when it is refused: its line is in order but for the method.
pub fn is_bare(request: &Request) -> bool {
    is_method(&request.method) && origin_form(&request.target).is_ok()
}

/// How large the buffers for request line and headers are: 4 of 8 KB, or as `large_client_header_buffers` says.
fn buffers(settings: &Settings) -> (u64, u64) {
    let setting = settings.first(Key::HeaderBuffers);
    let number = setting.and_then(|s| s.arg(0).parse().ok()).unwrap_or(4);
    (number, setting.and_then(|s| settings::size(s.arg(1))).unwrap_or(8192))
}

/// A request line as its parser leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The host of a target in absolute form; it may still be none.
    host: Option<&'a str>,
    /// Path and arguments.
    path: &'a str,
}

/// Reads the request line (`ngx_http_parse_request_line`), or what stands for it on a connection of HTTP/2: sign by sign,
/// so that what is wrong first is found first.
///
/// # Errors
///
/// The request line is refused.
pub fn line<'a>(request: &'a Request, settings: &Settings, http2: bool) -> Result<Line<'a>, Refusal> {
    if !is_method(&request.method) {
        return Err(bad("a method is made of capital letters"));
    }
    let length = request.method.len() + request.target.len() + request.version.len() + 4;
    if length as u64 > buffers(settings).1 {
        return Err(Refusal::Status(414, "ngx_http_request.c", "the request line does not fit into one buffer"));
    }
    let line = origin_form(&request.target)?;
    match request.version {
        "HTTP/1.0" | "HTTP/1.1" => {}
        "HTTP/2.0" if http2 => {}
        "HTTP/0.9" if request.method == "GET" => {}
        "HTTP/0.9" => return Err(bad("without a version only GET is taken")),
        version if version.starts_with("HTTP/1.") => {}
        _ => {
            return Err(Refusal::Status(505, "RFC 9110 section 15.6.6", "the major version is not supported"));
        }
    }
    Ok(line)
}

/// What a path means (`ngx_http_process_request_uri`).
///
/// # Errors
///
/// It is refused.
pub fn target(line: &Line<'_>, settings: &Settings) -> Result<Target, Refusal> {
    let mut target = Target { host: line.host.map(ToOwned::to_owned), ..Target::default() };
    let path = line.path;
    let (raw, args) = path.split_once('?').unwrap_or((path, ""));
    let raw = raw.split('#').next().unwrap_or("");
    target.args = args.split('#').next().unwrap_or("").to_owned();
    if !path.contains('?') {
        target.args = String::new();
    }
    target.quoted = text::contains(raw, "%");
    target.plus = text::contains(raw, "+");
    match normal_path(raw, settings.on(Key::MergeSlashes, true)) {
        Ok(Some(path)) => target.path = path,
        Ok(None) => return Err(bad("a path cannot climb above the root, nor end in half an escape")),
        Err(()) => return Err(Refusal::NotModelled("a path that is not UTF-8")),
    }
    Ok(target)
}

/// Whether the host of a target in absolute form can be one (`ngx_http_validate_host`).
///
/// # Errors
///
/// It cannot.
pub fn host(line: &Line<'_>) -> Result<(), Refusal> {
    match line.host.is_none_or(is_host) {
        true => Ok(()),
        false => Err(bad("a target in absolute form names a host")),
    }
}

/// The target from its first slash on; of one in absolute form the host is kept.
fn origin_form(text: &str) -> Result<Line<'_>, Refusal> {
    let odd = |c: char| c <= ' ' || c == '\x7f';
    if text.contains(odd) {
        return Err(bad("a target has no blanks and no control characters in it"));
    }
    if text.starts_with('/') {
        return Ok(Line { host: None, path: text });
    }
    let wrong = || bad("a target begins with a slash, or with a scheme and a host");
    let (scheme, rest) = text::split_once(text, "://").ok_or_else(wrong)?;
    let in_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) || !scheme.chars().all(in_scheme) {
        return Err(wrong());
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (name, port) = super::pass::host_and_port(authority);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-') || (name.starts_with('[') && c > ' ');
    let digits = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()));
    if !name.chars().all(fits) || !digits {
        return Err(wrong());
    }
    // Without a path it is a slash; what follows a question mark counts all the same.
    Ok(Line { host: Some(authority), path: if path.is_empty() { "/" } else { path } })
}

/// Headers that may stand once only (`ngx_http_process_unique_header_line`).
const ONCE: [&str; 10] = [
    "Authorization",
    "Content-Length",
    "Content-Range",
    "Expect",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Transfer-Encoding",
];

/// Checks the headers one by one.
///
/// # Errors
///
/// One of them is refused; with it, how many are known all the same, and whether a Host was right that came before it.
pub fn headers(request: &Request, settings: &Settings) -> Result<(), (Refusal, usize, bool)> {
    if request.version == "HTTP/0.9" {
        return Ok(());
    }
    let (number, size) = buffers(settings);
    let mut hosted = false;
    // Lines fill the first, small buffer; one that does not fit goes into a large one, whole.
    let first = settings::size(settings.word(Key::HeaderBuffer)).unwrap_or(1024);
    let mut used = (request.method.len() + request.target.len() + 12) as u64;
    let (mut capacity, mut taken) = if used > first { (size, 1) } else { (first, 0) };
    let too_large = |says| Refusal::Status(494, "ngx_http_request.c", says);
    for (i, (name, value)) in request.headers.iter().enumerate() {
        let length = (name.len() + value.len() + 4) as u64;
        used += length;
        if used > capacity {
            (used, capacity, taken) = (length, size, taken + 1);
        }
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let again = || request.headers[..i].iter().any(|(other, _)| is(other));
        let refusal = if length > size {
            too_large("a header does not fit into one buffer")
        } else if taken > number {
            too_large("the headers do not fit into the buffers")
        } else if name.is_empty() || name.contains(|c: char| c <= ' ' || c == '\x7f') {
            bad("a header name has no blanks and no control characters in it")
        } else if value.contains(['\0', '\n']) {
            bad("a header value has no line breaks in it")
        } else if is("Host") && (hosted || !is_host(value)) {
            bad("there is one Host, and it is a host")
        } else if ONCE.iter().any(|once| is(once)) && again() {
            bad("this header may stand once only")
        } else {
            hosted |= is("Host");
            continue;
        };
        // One that can be read is known, though it is refused.
        let read = (is("Host") || ONCE.iter().any(|once| is(once))) && !value.contains(['\0', '\n']) && length <= size;
        let read = read && taken <= number;
        return Err((refusal, i + usize::from(read), hosted));
    }
    Ok(())
}

/// What is checked when all headers are read: whether there is a Host, and how long the body is.
///
/// # Errors
///
/// The request is refused, and nobody knows how long its body is.
pub fn framed(request: &Request) -> Result<(), Refusal> {
    if request.version == "HTTP/0.9" {
        return Ok(());
    }
    if request.header("Host").is_none() && request.version != "HTTP/1.0" {
        return Err(bad("an HTTP/1.1 request has a Host"));
    }
    let length = request.header("Content-Length");
    if let Some(length) = length
        && (length.is_empty() || !length.bytes().all(|b| b.is_ascii_digit()) || length.len() > 18)
    {
        return Err(bad("a Content-Length is a number"));
    }
    Ok(())
}

/// What is checked then.
///
/// # Errors
///
/// The request is refused.
pub fn complete(request: &Request) -> Result<(), Refusal> {
    if request.version == "HTTP/0.9" {
        return Ok(());
    }
    let length = request.header("Content-Length");
    if let Some(coding) = request.header("Transfer-Encoding") {
        if request.version == "HTTP/1.0" || (length.is_some() && coding.eq_ignore_ascii_case("chunked")) {
            return Err(bad("Transfer-Encoding goes neither with HTTP/1.0 nor with Content-Length"));
        }
        if !coding.eq_ignore_ascii_case("chunked") {
            return Err(Refusal::Status(501, "RFC 9112 section 6.1", "an unknown transfer coding is not implemented"));
        }
        return Err(Refusal::NotModelled("a chunked request"));
    }
    if matches!(&*request.method, "TRACE" | "CONNECT") {
        return Err(Refusal::Status(
            405,
            "ngx_http_process_request_header",
            "Not Allowed: TRACE and CONNECT never are",
        ));
    }
    Ok(())
}

/// Whether a Host header can be one (`ngx_http_validate_host`).
fn is_host(host: &str) -> bool {
    let odd = |c: char| c <= ' ' || c == '\x7f' || c == '/';
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
    !text::contains(host, "..") && !host.contains(odd) && !name.is_empty() && name != "."
}

/// The path as locations see it: percent-decoded, slashes merged, dots resolved (`ngx_http_parse_complex_uri`). `None`
/// where the path climbs above the root or ends in half an escape; `Err` where it is not UTF-8.
#[allow(clippy::result_unit_err, reason = "there is one reason")]
pub fn normal_path(path: &str, merge: bool) -> Result<Option<String>, ()> {
    // Segments are found on the decoded text: an escaped slash or dot counts as one.
    let mut decoded = Vec::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || (bytes.next()? as char).to_digit(16);
        match digit().zip(digit()) {
            Some((high, low)) if high + low > 0 => decoded.push((high * 16 + low) as u8),
            _ => return Ok(None),
        }
    }
    let decoded = String::from_utf8(decoded).map_err(drop)?;
    let mut segments: Vec<&str> = Vec::new();
    let mut rest = decoded.split('/').skip(1).peekable();
    while let Some(segment) = rest.next() {
        let last = rest.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                if segments.pop().is_none() {
                    return Ok(None);
                }
            }
            "" if merge || last => {}
            name => segments.push(name),
        }
        if last && matches!(segment, "" | "." | "..") {
            segments.push("");
        }
    }
    let path = ["/", &segments.join("/")].concat();
    Ok(Some(path))
}

/// The target as it came, without scheme and host (`unparsed_uri`).
pub fn unparsed(target: &str) -> &str {
    match text::split_once(target, "://").filter(|_| !target.starts_with('/')) {
        Some((_, rest)) => rest.find(['/', '?']).map_or("/", |at| &rest[at..]),
        None => target,
    }
}
