//! Who may ask the live part: this machine's own pages, and programs that are no browser.
//!
//! The server listens on loopback, and still any page on the web can make a browser send requests to it. Three things give
//! such a page away. The `Host` header names another host (DNS rebinding); [`host`] looks at it before anything
//! else. The `Origin` header, which a browser puts on every request that may change something and on every WebSocket
//! (Fetch standard, "append a request `Origin` header", as read in July 2026; RFC 6455 4.1), names another origin. And
//! `Sec-Fetch-Site` (Fetch Metadata, W3C) says that the request comes from elsewhere, also where it has no `Origin`.
//!
//! Our own is one origin only: the one under which the request came. `http://127.0.0.1:8080` is foreign to
//! `http://localhost:8080`, the second origin is foreign, and so is `null`, as which a frame in a sandbox asks. Nothing here
//! answers with CORS headers, so a refused page learns nothing.

use super::answer::{Refusal, apply};
use crate::host;
use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses what comes from elsewhere, and puts the headers of every answer on each.
pub async fn guarded(request: Request, next: Next) -> Response {
    let mut answer = match check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    apply(answer.headers_mut());
    answer
}

/// Looks at origin and fetch metadata. The `Host` header has been found to be ours.
pub fn check(method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    from_here(headers)?;
    let looks = [Method::GET, Method::HEAD].contains(method) && !headers.contains_key(UPGRADE);
    caused_here(headers, looks)
}

/// No `Origin`, or ours.
fn from_here(headers: &HeaderMap) -> Result<(), Refusal> {
    let foreign =
        || Refusal::new(StatusCode::FORBIDDEN, "this origin is foreign here: the page must come from this server");
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => Ok(()),
        (Some(origin), None) => {
            let named = origin.as_bytes().strip_prefix(b"http://").and_then(host::split);
            let ours = headers.get(HOST).and_then(|host| host::split(host.as_bytes()));
            let same = |((name, port), (ours, our_port)): ((&str, _), (&str, _))| {
                port == our_port && name.eq_ignore_ascii_case(ours)
            };
            if named.zip(ours).is_some_and(same) { Ok(()) } else { Err(foreign()) }
        }
        _ => Err(foreign()),
    }
}

/// No `Sec-Fetch-Site`, or one that names this origin, or, where somebody only looks, a person: an address that was typed,
/// a bookmark.
fn caused_here(headers: &HeaderMap, looks: bool) -> Result<(), Refusal> {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    match (sites.next().map(|site| site.as_bytes()), sites.next()) {
        (None, _) | (Some(b"same-origin"), None) => Ok(()),
        (Some(b"none"), None) if looks => Ok(()),
        _ => Err(Refusal::new(StatusCode::FORBIDDEN, "another site has caused this request")),
    }
}
