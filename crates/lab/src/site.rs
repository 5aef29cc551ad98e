//! A request path becomes a file, a redirect or the 404 page, as on any static host.
//!
//! A directory is its `index.html`; without the slash at the end the browser is sent there. Nothing outside the site's
//! directory is ever read, and nothing whose name begins with a dot.

use crate::squeeze::{Coding, Shelf};
use crate::{kind, policy};
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LOCATION,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// A directory that Trunk wrote, read anew at each request, so that a build shows at once.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    shelf: Shelf,
}

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    File(PathBuf),
    /// A directory asked for without its slash: look there instead.
    Elsewhere(String),
    Nothing,
}

impl Site {
    /// The site in this directory.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Site { root: root.into(), shelf: Shelf::default() }
    }

    /// The whole answer to one request. Reads files, so it wants a thread that may wait.
    pub fn answer(&self, method: &Method, target: &Uri, headers: &HeaderMap) -> Response<Body> {
        let mut answer = match *method {
            Method::GET | Method::HEAD => self.look_up(target, headers),
            _ => says(StatusCode::METHOD_NOT_ALLOWED, &[(ALLOW, "GET, HEAD")], "This server only shows files.\n"),
        };
        policy::apply(answer.headers_mut());
        answer
    }

    fn look_up(&self, target: &Uri, headers: &HeaderMap) -> Response<Body> {
        match self.find(target) {
            Found::File(path) => self.send(&path, headers),
            Found::Elsewhere(there) => says(StatusCode::PERMANENT_REDIRECT, &[(LOCATION, &there)], ""),
            Found::Nothing => self.not_found(target.path()),
        }
    }

    /// The site's own page for wrong addresses. It stands at the root and names its files from there, so where the wrong address
    /// lies deeper, they are named from there.
    fn not_found(&self, path: &str) -> Response<Body> {
        let Ok(page) = std::fs::read_to_string(self.root.join("404.html")) else {
            return says(StatusCode::NOT_FOUND, &[], "Nothing is here. The way home: /\n");
        };
        let up = "../".repeat(path.matches('/').count().saturating_sub(1));
        let page = if up.is_empty() { page } else { page.replace("=\"./", &format!("=\"{up}")) };
        let answer = Response::builder().header(CONTENT_TYPE, "text/html; charset=utf-8").status(StatusCode::NOT_FOUND);
        finish(answer, Bytes::from(page))
    }

    fn find(&self, target: &Uri) -> Found {
        let Some(names) = names(target.path()) else {
            return Found::Nothing;
        };
        let path = names.iter().fold(self.root.clone(), |path, name| path.join(name));
        if path.is_dir() {
            if target.path().ends_with('/') {
                return self.inside(path.join("index.html"));
            }
            // Put together anew from the names: `//other.host/..` must not become a redirect to another host.
            let query = target.query().map(|query| format!("?{query}")).unwrap_or_default();
            let names: Vec<_> = target.path().split('/').filter(|name| !name.is_empty()).collect();
            return Found::Elsewhere(format!("/{}/{query}", names.join("/")));
        }
        if target.path().ends_with('/') { Found::Nothing } else { self.inside(path) }
    }

    /// The file, if it is one and lies in the site even after every link in its path was followed.
    fn inside(&self, path: PathBuf) -> Found {
        let real = |path: &Path| path.canonicalize().ok();
        match (real(&path), real(&self.root)) {
            (Some(file), Some(root)) if file.starts_with(&root) && file.is_file() => Found::File(path),
            _ => Found::Nothing,
        }
    }

    fn send(&self, path: &Path, headers: &HeaderMap) -> Response<Body> {
        let Ok(raw) = std::fs::read(path) else {
            return says(StatusCode::NOT_FOUND, &[], "Nothing is here. The way home: /\n");
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (content_type, shrinks) = kind::of(&name);
        let hash = hash(&raw);
        let tag = format!("W/\"{hash:016x}\"");
        let mut answer = Response::builder()
            .header(CONTENT_TYPE, content_type)
            .header(CACHE_CONTROL, kind::keep(&name))
            .header(ETAG, &tag);
        if shrinks {
            answer = answer.header(VARY, "Accept-Encoding");
        }
        let known = read(headers, IF_NONE_MATCH).split(',').any(|known| known.trim() == tag);
        if known {
            return finish(answer.status(StatusCode::NOT_MODIFIED), Bytes::new());
        }
        match Coding::accepted(read(headers, ACCEPT_ENCODING)).filter(|_| shrinks) {
            Some(coding) => {
                finish(answer.header(CONTENT_ENCODING, coding.name()), self.shelf.fetch(hash, coding, &raw))
            }
            None => finish(answer, Bytes::from(raw)),
        }
    }
}

/// The names between the slashes, or nothing where one of them could lead out of the site or into something hidden.
fn names(path: &str) -> Option<Vec<String>> {
    let names = path.split('/').filter(|name| !name.is_empty()).map(decode);
    names.map(|name| name.filter(|name| !name.starts_with('.') && !name.contains(['/', '\\', '\0', ':']))).collect()
}

/// Takes `%20` and the like away; nothing where what comes out is no text.
fn decode(name: &str) -> Option<String> {
    let mut bytes = name.bytes();
    let mut out = Vec::with_capacity(name.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

fn hash(raw: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    hasher.finish()
}

fn read(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// A few words as an answer.
pub fn says(status: StatusCode, headers: &[(HeaderName, &str)], words: &'static str) -> Response<Body> {
    let mut answer = Response::new(Body::from(words));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn finish(answer: axum::http::response::Builder, body: Bytes) -> Response<Body> {
    answer.body(Body::from(body)).expect("every header was made here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_site() {
        for path in [
            "/../secret",
            "/a/../../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/a%5c..%5csecret",
            "/.git/config",
            "/%00",
            "/c:/windows",
            "/%ff",
            "/%2",
            "/%zz",
        ] {
            assert_eq!(names(path), None, "{path}");
        }
        assert_eq!(names("/2.7-summary//figure%205.svg"), Some(vec!["2.7-summary".into(), "figure 5.svg".into()]));
        assert_eq!(names("/"), Some(Vec::new()));
    }
}
