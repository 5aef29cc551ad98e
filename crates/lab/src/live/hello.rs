//! `/live/hello`: one plain exchange of HTTP, in the form that the client asks for (figure 1): JSON, a page, a picture.

use super::accept;
use super::answer::{JSON, Refusal, Said, text};
use axum::http::header::{ACCEPT, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><title>Hello</title><h1>Hello from a real server</h1></html>\n";

const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" role=\"img\"><title>Hello</title>\
    <path d=\"M12 21 4 13a5 5 0 0 1 8-6 5 5 0 0 1 8 6z\" fill=\"#c0392b\"/></svg>\n";

/// The same in each form. In order of preference.
const FORMS: [(&str, &str, &str); 3] = [
    ("application/json", JSON, "{\"hello\":\"from a real server\"}"),
    ("text/html", "text/html; charset=utf-8", PAGE),
    ("image/svg+xml", "image/svg+xml", PICTURE),
];

/// The form that fits `Accept` best (RFC 9110 12.5.1). Nothing fits: 406, which says what there is.
pub async fn hello(headers: HeaderMap) -> Said {
    let wanted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let header = (!wanted.is_empty()).then(|| wanted.join(", "));
    let chosen = accept::choose(header.as_deref(), &FORMS.map(|(name, ..)| name));
    let form = FORMS.iter().find(|(name, ..)| chosen == Some(name));
    let Some((_, kind, words)) = form else {
        let words = "this comes as application/json, text/html or image/svg+xml";
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, words).with(VARY, "Accept"));
    };
    let mut answer = text(StatusCode::OK, kind, *words);
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    Ok(answer)
}
