//! The CORS-preflight fetch: the browser asks a server whether script may ask.
//!
//! It never carries credentials, and never follows a redirect.

use super::cache::Granted;
use super::check::cors_check;
use super::chromium::{self, Reason};
use super::exchange::{Answer, Sent};
use super::headers::{Extracted, extract_tokens, get};
use super::methods::cors_safelisted_method;
use super::profile::Profile;
use super::request::{Credentials, Request};
use super::rule::{Algorithm, Decision, Rule};
use super::safelist::cors_non_wildcard_request_header_name;
use crate::message::Header;
use crate::trace::Ruling::{Allow, Refuse};
use core::ops::ControlFlow::{self, Break, Continue};

const PREFLIGHT: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, CORS-preflight fetch",
    link: "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
};

const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

const STATUS: Rule = PREFLIGHT.step("the status must be from 200 to 299; a redirect is not followed");
const METHODS_PARSE: Rule = PREFLIGHT.step("the list of methods must be words between commas");
const HEADERS_PARSE: Rule = PREFLIGHT.step("the list of headers must be words between commas");
const METHOD: Rule = PREFLIGHT.step(
    "a method other than GET, HEAD and POST must be listed, in the same case; `*` stands for it only without credentials",
);
const AUTHORIZATION: Rule = PREFLIGHT.step("Authorization must be listed by its name; `*` does not stand for it");
const HEADER: Rule = PREFLIGHT
    .step("every header that is not safe must be listed, in any case; `*` stands for it only without credentials");
const GRANTED: Rule = PREFLIGHT.step("method and headers are allowed; the request may be sent");

/// The [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request) for a request whose `names` are not
/// safe.
pub fn preflight_request(request: &Request, names: &[String]) -> Sent {
    let mut headers: Vec<Header> =
        vec![("Accept".into(), "*/*".into()), ("Access-Control-Request-Method".into(), request.method.clone().into())];
    if !names.is_empty() {
        headers.push(("Access-Control-Request-Headers".into(), names.join(",").into()));
    }
    headers.push(("Origin".into(), request.serialized_origin().into()));
    Sent { preflight: true, method: "OPTIONS".to_owned(), url: request.url().clone(), headers, body: None }
}

/// What the answer to a preflight allows, by the [CORS-preflight
/// fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0). The CORS check is done with the credentials mode of the
/// request that is to follow. `allowed` notes what is passed on the way.
pub fn cors_preflight_fetch(
    request: &Request,
    names: &[String],
    answer: &Answer,
    profile: &Profile,
    allowed: &mut Vec<Decision>,
) -> ControlFlow<Decision, Granted> {
    let headers = answer.received();
    let include = request.credentials == Credentials::Include;
    // Chromium sees a redirect first, whatever else is wrong.
    let redirect = chromium::preflight_redirect(request, answer);
    let refuse = |decision: Decision, reason: Reason| Break(decision.because(redirect.clone().unwrap_or(reason)));
    let check = cors_check(request, &headers);
    if check.stops() {
        let reason = check.reason.clone().map_or(Reason::Net("net::ERR_FAILED"), Reason::in_preflight);
        return refuse(check, reason);
    }
    allowed.push(check);
    if !(200..300).contains(&answer.status) {
        return refuse(STATUS.decides(Refuse), Reason::PreflightInvalidStatus);
    }
    let methods = extract_tokens(&headers, ALLOW_METHODS);
    if methods == Extracted::Failure {
        let decision = METHODS_PARSE.on(Refuse, ALLOW_METHODS, get(&headers, ALLOW_METHODS));
        return refuse(decision, Reason::InvalidAllowMethodsPreflightResponse);
    }
    let listed = extract_tokens(&headers, ALLOW_HEADERS);
    if listed == Extracted::Failure {
        let decision = HEADERS_PARSE.on(Refuse, ALLOW_HEADERS, get(&headers, ALLOW_HEADERS));
        return refuse(decision, Reason::InvalidAllowHeadersPreflightResponse);
    }
    let (methods, listed) = (methods.values(), listed.values());
    let wild = |list: &[String]| !include && list.iter().any(|word| word == "*");
    let method = &request.method;
    if !cors_safelisted_method(method) {
        let on = |ruling| METHOD.on(ruling, ALLOW_METHODS, get(&headers, ALLOW_METHODS));
        if !methods.contains(method) && !wild(methods) {
            return refuse(on(Refuse), Reason::MethodDisallowedByPreflightResponse(method.clone()));
        }
        allowed.push(on(Allow));
    }
    for name in names {
        let explicit = listed.iter().any(|word| word.eq_ignore_ascii_case(name));
        let by_name = cors_non_wildcard_request_header_name(name) && !profile.wildcard_covers_authorization;
        if !explicit && (by_name || !wild(listed)) {
            let rule = if by_name && wild(listed) { AUTHORIZATION } else { HEADER };
            let decision = rule.on(Refuse, ALLOW_HEADERS, get(&headers, ALLOW_HEADERS));
            return refuse(decision, Reason::HeaderDisallowedByPreflightResponse(name.clone()));
        }
    }
    if !names.is_empty() {
        allowed.push(HEADER.on(Allow, ALLOW_HEADERS, get(&headers, ALLOW_HEADERS)));
    }
    let max_age = get(&headers, MAX_AGE);
    let seconds = profile.seconds(max_age.as_deref());
    allowed.push(GRANTED.on(Allow, MAX_AGE, max_age));
    Continue(Granted { methods: methods.to_vec(), headers: listed.to_vec(), seconds })
}
