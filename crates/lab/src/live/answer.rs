//! What every answer of the live part looks like: JSON, kept by nobody, for this origin only.
//!
//! Being refused is an answer like any other: `{"error": "…"}` in plain words, as the course's backend says it.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The type that Express writes for JSON.
pub const JSON: &str = "application/json; charset=utf-8";

/// Why a request does not get what it asked for.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    words: String,
    header: Option<(HeaderName, HeaderValue)>,
}

/// What a handler comes to.
pub type Said = Result<Response, Refusal>;

impl Refusal {
    /// This status, with what is wrong in words.
    pub fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Refusal { status, words: words.into(), header: None }
    }

    /// The same, with one more header.
    pub fn with(self, name: HeaderName, value: &'static str) -> Self {
        Refusal { header: Some((name, HeaderValue::from_static(value))), ..self }
    }

    /// Its status.
    #[cfg(test)]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = say(self.status, &json!({ "error": self.words }));
        answer.headers_mut().extend(self.header);
        answer
    }
}

/// This value as an answer.
pub fn say(status: StatusCode, value: &Value) -> Response {
    text(status, JSON, value.to_string())
}

/// This text as an answer.
pub fn text(status: StatusCode, kind: &'static str, text: impl Into<Body>) -> Response {
    let mut answer = Response::new(text.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

const EVERY_ANSWER: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (axum::http::header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Puts the headers of every answer on this one. None of them lets another origin read it.
pub fn apply(headers: &mut HeaderMap) {
    for (name, value) in EVERY_ANSWER {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Nothing is at this path.
pub async fn nothing_here() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "nothing is here")
}

/// This path takes another method.
pub async fn another_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method: the header Allow names them")
}
