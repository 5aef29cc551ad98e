//! The headers that every answer carries.
//!
//! The Content-Security-Policy stands in `csp.txt` beside this crate's manifest, because the pages carry it too, as
//! `<meta>` for hosts that send no headers: one text, two readers.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

/// Nothing inline, nothing from elsewhere, nothing `unsafe-` but compiling Wasm. No `frame-ancestors`: a page may be
/// embedded anywhere.
pub const CONTENT_SECURITY: &str = include_str!("../csp.txt").trim_ascii();

const EVERY_ANSWER: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    // A frame with `sandbox="allow-scripts"` has the origin `null`, and loads its module scripts and its Wasm as that.
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

/// The page in which figure 12's attempts are made (docs/sandbox.md). It is to be an ordinary page of the web, so that what is
/// refused there is refused by the browser and not by a policy of ours; it runs one script, and listens to its own origin alone.
const FREE: &str = "/5.1-sandbox/frame.html";
const FREE_SECURITY: &str = "object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

/// Puts the headers of every answer on this one, and, instead of the site's policy, its own on the page of the attempts.
pub fn apply_at(path: &str, headers: &mut HeaderMap) {
    apply(headers);
    if path == FREE {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(FREE_SECURITY));
    }
}

/// Puts the headers of every answer on this one.
pub fn apply(headers: &mut HeaderMap) {
    for (name, value) in EVERY_ANSWER {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
