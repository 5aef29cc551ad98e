//! An answer of the engine's own type becomes one of HTTP, line by line.
//!
//! What was registered has been looked at before ([`trial::lines`]). Here it is looked at once more, where the bytes are
//! made: hyper's types take no name that is no token, and no value with CR, LF or NUL, so there is no way in which one
//! header could become two. hyper adds `Content-Length` and `Date`, and nothing else ([`trial::served`] says the same to the
//! prediction); names go out in lower case, equal names beside each other.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use engine::browser::exchange::Answer;
use std::convert::Infallible;
use trial::served::bodiless;

/// The answer to be sent; none where a line of it cannot be.
pub fn write(answer: &Answer) -> Option<Response<Body>> {
    let body = match answer.status {
        // A length, were it 0, would be written down for HEAD.
        204 | 304 => Body::from_stream(futures_util::stream::empty::<Result<Bytes, Infallible>>()),
        status if bodiless(status) => Body::empty(),
        _ => Body::from(answer.body.clone()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).ok()?;
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(c).ok()).collect::<Option<_>>()?;
        let value = HeaderValue::from_bytes(&bytes).ok()?;
        response.headers_mut().append(name, value);
    }
    Some(response)
}
