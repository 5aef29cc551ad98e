//! The CORS check: may the asking page read this answer?

use super::chromium;
use super::headers::get;
use super::request::{Credentials, Request};
use super::rule::{Algorithm, Decision, Rule};
use crate::message::Header;
use crate::trace::Ruling::{Allow, Refuse};

pub(super) const CORS_CHECK: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, CORS check",
    link: "https://fetch.spec.whatwg.org/#concept-cors-check",
};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";

const MISSING: Rule = CORS_CHECK.step("without the header the answer may not be read");
const EVERYBODY: Rule = CORS_CHECK.step("`*` lets everybody read, as long as no credentials are asked for");
const WILDCARD: Rule = CORS_CHECK.step("with credentials `*` is an origin like any other, and nobody has it");
const OTHER: Rule =
    CORS_CHECK.step("the value must be the request's origin, byte for byte: one origin, no slash at its end");
const EQUAL: Rule = CORS_CHECK.step("the value is the request's origin, and no credentials are asked for");
const CREDENTIALS: Rule = CORS_CHECK.step("with credentials the server must say `true` besides");
const NO_CREDENTIALS: Rule = CORS_CHECK.step("with credentials only the word `true` counts, in small letters");

/// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) of an answer's headers.
pub fn cors_check(request: &Request, headers: &[Header]) -> Decision {
    let include = request.credentials == Credentials::Include;
    let asking = request.serialized_origin();
    let decision = may_read(&asking, include, headers);
    match decision.stops() {
        true => decision.because(chromium::why_not_allowed(&asking, include, headers)),
        false => decision,
    }
}

/// The same for an origin in words, with or without credentials: whether its script may read the answer.
pub fn may_read(asking: &str, include: bool, headers: &[Header]) -> Decision {
    // What the server allows; nothing is not `null`.
    let origin = get(headers, ALLOW_ORIGIN);
    let on = |rule: Rule, ruling| rule.on(ruling, ALLOW_ORIGIN, origin.clone());
    match origin.as_deref() {
        None => return on(MISSING, Refuse),
        Some("*") if !include => return on(EVERYBODY, Allow),
        Some("*") => return on(WILDCARD, Refuse),
        Some(value) if value != asking => return on(OTHER, Refuse),
        Some(_) if !include => return on(EQUAL, Allow),
        Some(_) => {}
    }
    let credentials = get(headers, ALLOW_CREDENTIALS);
    match credentials.as_deref() {
        Some("true") => CREDENTIALS.on(Allow, ALLOW_CREDENTIALS, credentials),
        _ => NO_CREDENTIALS.on(Refuse, ALLOW_CREDENTIALS, credentials),
    }
}
