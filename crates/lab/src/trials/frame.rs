//! `/trials/frame`: the page from which the laboratory's trials are fetched, in a frame within the laboratory.
//!
//! The site's own policy lets its pages fetch from their own origin alone, and stays so. This page has a policy of its own:
//! one script of the site, and addresses of trials at our origins, and nothing else. Only a page of this origin may have it
//! in a frame, and the script listens to nobody else. With `sandbox` its origin is `null`.

use super::{Trials, refusal};
use crate::live::answer::apply;
use crate::live::guard;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Trials</title>\
                    <script src=\"/laboratory/frame.js\"></script></html>";

/// The page and its policy.
pub async fn frame(State(trials): State<Arc<Trials>>, request: Request) -> Response {
    if let Err(refusal) = guard::check(request.method(), request.headers()) {
        let mut answer = refusal.into_response();
        apply(answer.headers_mut());
        return answer;
    }
    let Ok(policy) = HeaderValue::from_str(&policy(&trials)) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "no policy").into_response();
    };
    let mut answer = PAGE.into_response();
    apply(answer.headers_mut());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    answer
}

fn policy(trials: &Trials) -> String {
    let all: Vec<String> = trials.origins().map(|origin| format!("{origin}/trial/")).collect();
    // To WebKit nothing is `'self'` to a frame in a sandbox, so the site is named as well: its first port, by both names.
    let port = trials.ports.first().copied().unwrap_or_default();
    let site = ["localhost", "127.0.0.1"].map(|name| format!("http://{name}:{port}"));
    let script = site.each_ref().map(|origin| format!("{origin}/laboratory/frame.js")).join(" ");
    format!(
        "default-src 'none'; script-src 'self' {script}; connect-src {}; frame-ancestors 'self' {}; base-uri 'none'; \
         form-action 'none'",
        all.join(" "),
        site.join(" ")
    )
}
