//! A request path becomes a file, a redirect or the 404 page, as on any static host.
//!
//! A directory is its `index.html`; without the slash at the end the browser is sent there. No path leads out of the site.

use crate::files::{Content, Files};
use crate::squeeze::{Coding, Shelf};
use crate::{kind, policy};
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LOCATION,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};

/// A site that is shown.
#[derive(Debug)]
pub struct Site {
    files: Files,
    shelf: Shelf,
}

/// What stands at a path.
enum Found {
    /// A file: its name and what it holds.
    File(String, Content),
    /// A directory asked for without its slash: look there instead.
    Elsewhere(String),
    Nothing,
}

impl Site {
    /// The site that these files are.
    pub fn of(files: Files) -> Self {
        Site { files, shelf: Shelf::default() }
    }

    /// The site in this directory.
    #[cfg(test)]
    pub fn at(root: impl Into<std::path::PathBuf>) -> Self {
        Site::of(Files::Folder(root.into()))
    }

    /// The whole answer to one request. Reads files, so it wants a thread that may wait.
    pub fn answer(&self, method: &Method, target: &Uri, headers: &HeaderMap) -> Response<Body> {
        let mut answer = match *method {
            Method::GET | Method::HEAD => self.look_up(target, headers),
            _ => says(StatusCode::METHOD_NOT_ALLOWED, &[(ALLOW, "GET, HEAD")], "This server only shows files.\n"),
        };
        policy::apply_at(target.path(), answer.headers_mut());
        answer
    }

    fn look_up(&self, target: &Uri, headers: &HeaderMap) -> Response<Body> {
        match self.find(target) {
            Found::File(name, content) => self.send(&name, content, headers),
            Found::Elsewhere(there) => says(StatusCode::PERMANENT_REDIRECT, &[(LOCATION, &there)], ""),
            Found::Nothing => self.not_found(target.path()),
        }
    }

    /// The site's own page for wrong addresses. It stands at the root and names its files from there, so where the wrong address
    /// lies deeper, they are named from there.
    fn not_found(&self, path: &str) -> Response<Body> {
        let page = self.files.read(&["404.html".to_owned()]).and_then(|page| String::from_utf8(page.raw).ok());
        let Some(page) = page else {
            return says(StatusCode::NOT_FOUND, &[], "Nothing is here. The way home: /\n");
        };
        let up = "../".repeat(path.matches('/').count().saturating_sub(1));
        let page = if up.is_empty() { page } else { page.replace("=\"./", &format!("=\"{up}")) };
        let answer = Response::builder().header(CONTENT_TYPE, "text/html; charset=utf-8").status(StatusCode::NOT_FOUND);
        finish(answer, Bytes::from(page))
    }

    fn find(&self, target: &Uri) -> Found {
        let Some(mut names) = names(target.path()) else {
            return Found::Nothing;
        };
        let slash = target.path().ends_with('/');
        if self.files.has_folder(&names) {
            if !slash {
                // Put together anew from the names: `//other.host/..` must not become a redirect to another host.
                let query = target.query().map(|query| format!("?{query}")).unwrap_or_default();
                let names: Vec<_> = target.path().split('/').filter(|name| !name.is_empty()).collect();
                return Found::Elsewhere(format!("/{}/{query}", names.join("/")));
            }
            names.push("index.html".to_owned());
        } else if slash {
            return Found::Nothing;
        }
        let content = self.files.read(&names);
        content.zip(names.pop()).map_or(Found::Nothing, |(content, name)| Found::File(name, content))
    }

    fn send(&self, name: &str, content: Content, headers: &HeaderMap) -> Response<Body> {
        let Content { raw, hash, brotli } = content;
        let (content_type, shrinks) = kind::of(name);
        let tag = format!("W/\"{hash:016x}\"");
        let mut answer = Response::builder()
            .header(CONTENT_TYPE, content_type)
            .header(CACHE_CONTROL, kind::keep(name))
            .header(ETAG, &tag);
        if shrinks {
            answer = answer.header(VARY, "Accept-Encoding");
        }
        let known = read(headers, IF_NONE_MATCH).split(',').any(|known| known.trim() == tag);
        if known {
            return finish(answer.status(StatusCode::NOT_MODIFIED), Bytes::new());
        }
        let coding = Coding::accepted(read(headers, ACCEPT_ENCODING)).filter(|_| shrinks);
        let Some(coding) = coding else {
            return finish(answer, Bytes::from(raw));
        };
        let ready = brotli.filter(|_| coding == Coding::Brotli).map(Bytes::from_static);
        let body = ready.unwrap_or_else(|| self.shelf.fetch(hash, coding, &raw));
        finish(answer.header(CONTENT_ENCODING, coding.name()), body)
    }
}

/// The names between the slashes, or nothing where one of them could lead out of the site or into something hidden.
fn names(path: &str) -> Option<Vec<String>> {
    let names = path.split('/').filter(|name| !name.is_empty()).map(decode);
    names.map(|name| name.filter(|name| !name.starts_with('.') && !name.contains(['/', '\\', '\0', ':']))).collect()
}

/// Takes `%20` and the like away; nothing where what comes out is no text.
pub fn decode(name: &str) -> Option<String> {
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
