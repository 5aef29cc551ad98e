//! `express.static`: files that are sent as they are (Express 4 API, `express.static`; its modules `serve-static` 1.x and
//! `send` 0.x).
//!
//! It does not know ranges, conditional requests, `ETag` and dates.

use super::App;
use super::respond::reason;
use super::serve::fits;
use super::values::unescaped;
use crate::message::{Request, Response};
use crate::problem::Source;

/// The file that answers a request, if one does, and the line that says so. `file` gives the text of a document.
pub fn answer<'a>(app: &App, request: &Request, file: &dyn Fn(&str) -> Option<&'a str>) -> Option<(Response, Source)> {
    let head = request.method == "HEAD";
    if request.method != "GET" && !head {
        return None;
    }
    let path = unescaped(request.target.split('?').next().unwrap_or(""));
    app.folders.iter().find_map(|(folder, source, before)| {
        if app.routes[..*before].iter().any(|route| route.answers(request) && fits(route, &request.target).is_some()) {
            return None;
        }
        // A folder's own page is its index.html; what begins with a dot is not sent (`dotfiles`, default "ignore").
        let index = if path.ends_with('/') { "index.html" } else { "" };
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        let text = file(&[folder, &path, index].concat()).filter(|_| !hidden)?;
        Some((sent(&[&path, index].concat(), text, head), source.clone()))
    })
}

/// The answer that carries a file.
fn sent(path: &str, text: &str, head: bool) -> Response {
    let headers = vec![
        ("X-Powered-By".into(), "Express".into()),
        ("Accept-Ranges".into(), "bytes".into()),
        ("Cache-Control".into(), "public, max-age=0".into()),
        ("Content-Type".into(), media_type(path).into()),
        ("Content-Length".into(), size(text).to_string().into()),
    ];
    let body = if head { String::new() } else { text.to_owned() };
    Response { status: 200, reason: reason(200).into(), version: "HTTP/1.1", headers, body, ..Response::default() }
}

/// The media type by the end of the name, as the module `mime` 1.x has it.
fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" | "htm" => "text/html; charset=UTF-8",
        "css" => "text/css; charset=UTF-8",
        "js" | "mjs" => "application/javascript; charset=UTF-8",
        "json" => "application/json; charset=UTF-8",
        "txt" => "text/plain; charset=UTF-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// How many bytes a file has. A line `// [160 kB of …, not shown]` stands for so many more: what nobody wants to read.
pub fn size(text: &str) -> u64 {
    let elided = |line: &str| {
        let rest = line.trim().strip_prefix("// [")?.strip_suffix("not shown]")?;
        let (number, rest) = rest.split_once(' ')?;
        rest.starts_with("kB").then(|| number.parse::<u64>().ok().filter(|kilobytes| *kilobytes <= 100_000))?
    };
    text.len() as u64
        + text.lines().filter_map(elided).fold(0_u64, |sum, kilobytes| sum.saturating_add(kilobytes * 1_000))
}
