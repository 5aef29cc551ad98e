//! The HTTP-redirect fetch: what becomes of a request when an answer names another address.

use super::chromium::{self, Reason};
use super::exchange::Answer;
use super::headers::request_body_header_name;
use super::origin::same_origin;
use super::profile::Profile;
use super::request::{Mode, Request, Tainting};
use super::rule::{Algorithm, Decision, Rule};
use super::safelist::cors_non_wildcard_request_header_name;
use super::url::Url;
use crate::trace::Ruling::{Choose, Refuse};
use core::ops::ControlFlow::{self, Break, Continue};

const REDIRECT: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP-redirect fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
};

/// How many redirects are followed.
pub const MOST_REDIRECTS: usize = 20;

const LOCATION: &str = "Location";

const BAD: Rule = REDIRECT.step("an address that does not parse, or two of them, is an error");
const SCHEME: Rule = REDIRECT.step("only `http` and `https` are followed");
const MOST: Rule = REDIRECT.step("after twenty redirects the next one is an error");
const CREDENTIALS: Rule =
    REDIRECT.step("an address with a user name or a password is not followed to another origin, nor back from one");
const FOLLOW: Rule = REDIRECT.step("the request goes on to the address in `Location`");
const TAINTED: Rule = REDIRECT.step(
    "the request goes on to the address in `Location`; since a foreign origin has sent it on to a third one, Origin says \
     `null` from here",
);

/// What `Location` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// There is none: the answer is one like any other.
    Null,
    /// It does not parse.
    Failure,
    /// An address.
    Url(Box<Url>),
}

/// The [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url) of an answer, seen from the current URL.
pub fn location_url(request: &Request, answer: &Answer, profile: &Profile) -> Location {
    let headers = answer.received();
    let mut values: Vec<&str> =
        headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(LOCATION)).map(|(_, value)| &**value).collect();
    if profile.location_twice {
        values.dedup();
    }
    match values.as_slice() {
        [] => Location::Null,
        [""] if profile.empty_location_is_no_redirect => Location::Null,
        [value] => Url::parse(value, Some(request.url())).map_or(Location::Failure, |url| Location::Url(Box::new(url))),
        _ => Location::Failure,
    }
}

/// The [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#concept-http-redirect-fetch), up to the fetch that follows it:
/// the request is changed. With no `Location` there is nothing to follow.
pub fn http_redirect_fetch(
    request: &mut Request,
    answer: &Answer,
    profile: &Profile,
) -> ControlFlow<Decision, Option<Decision>> {
    let value = super::headers::get(&answer.received(), LOCATION);
    let on = |rule: Rule, ruling| rule.on(ruling, LOCATION, value.clone());
    let chromium = chromium::redirect_refused(request, answer);
    let refuse = |rule: Rule, reason: Reason| Break(on(rule, Refuse).because(chromium.clone().unwrap_or(reason)));
    let mut url = match location_url(request, answer, profile) {
        Location::Null => return Continue(None),
        Location::Failure => return refuse(BAD, Reason::Net("net::ERR_INVALID_REDIRECT")),
        Location::Url(url) => *url,
    };
    if !url.is_http() {
        return refuse(SCHEME, Reason::Net("net::ERR_UNSAFE_REDIRECT"));
    }
    if request.redirects == MOST_REDIRECTS {
        return refuse(MOST, Reason::Net("net::ERR_TOO_MANY_REDIRECTS"));
    }
    request.redirects += 1;
    let (here, there) = (request.url().origin(), url.origin());
    let foreign = request.mode == Mode::Cors && !same_origin(&request.origin, &there);
    if url.includes_credentials() && (foreign || request.tainting == Tainting::Cors) {
        return refuse(CREDENTIALS, Reason::RedirectContainsCredentials);
    }
    if profile.blocks_credentials_in_redirects && url.includes_credentials() {
        return refuse(CREDENTIALS, Reason::Net("net::ERR_BLOCKED_BY_CLIENT"));
    }
    let becomes_get = match answer.status {
        301 | 302 => request.method == "POST",
        303 => !matches!(request.method.as_str(), "GET" | "HEAD"),
        _ => false,
    };
    if becomes_get {
        (request.method, request.body, request.turned) = ("GET".to_owned(), None, true);
        request.headers.retain(|(name, _)| !request_body_header_name(name));
    }
    // Authorization is for the origin that it was meant for.
    if !same_origin(&here, &there) {
        request.headers.retain(|(name, _)| !cors_non_wildcard_request_header_name(name));
    }
    request.headers.retain(|(name, _)| !profile.dropped_on_redirect.contains(&&*name.to_ascii_lowercase()));
    if url.fragment.is_empty() {
        url.fragment = request.url().fragment.clone();
    }
    let before = request.redirect_taint();
    request.urls.push(url);
    let rule = if request.redirect_taint() == before { FOLLOW } else { TAINTED };
    Continue(Some(on(rule, Choose)))
}
