//! What goes out and what comes back: the preflight, the HTTP cache, `Origin` and cookies.

use super::chromium::Reason;
use super::cookies::includes_credentials;
use super::exchange::{Answer, Reply, Sent};
use super::fetch::{Event, Run};
use super::headers::is_header_value;
use super::methods::cors_safelisted_method;
use super::origin::{Origin, same_site};
use super::preflight::{cors_preflight_fetch, preflight_request};
use super::profile::{Profile, ThirdParty};
use super::request::{Credentials, Mode, Request, Tainting};
use super::rule::{Algorithm, Decision, Rule};
use super::safelist::cors_unsafe_request_header_names;
use crate::message::Header;
use crate::trace::Ruling::{Allow, Choose, Fail, Refuse};
use core::ops::ControlFlow::{self, Break, Continue};

const NETWORK: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP-network fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
};
pub(super) const KNOWN: Rule = CACHED.step("the preflight cache knows that method and headers are allowed");
const NO_CONNECTION: Rule = NETWORK.step("without a connection there is no answer");
const NO_HTTP: Rule =
    NETWORK.step("a header with NUL or a newline in its value is no HTTP, and a status below 200 is not the last word");
const CACHED: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, CORS-preflight cache",
    link: "https://fetch.spec.whatwg.org/#concept-cache",
};
const CACHE: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP-network-or-cache fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
};
pub(super) const FRESH: Rule = CACHE.step("the HTTP cache holds an answer that is still fresh; nothing is sent");
const MISDIRECTED: Rule =
    CACHE.step("421 says that the connection was the wrong one; it is asked once more on a new one");
const PROXY: Rule = CACHE.step("407 asks for the password of a proxy, and there is none");

impl Run<'_> {
    pub(super) fn note(&mut self, decision: Decision) {
        self.events.push(Event::Decided(decision));
    }

    /// The names that need permission.
    pub(super) fn unsafe_names(&self, request: &Request) -> Vec<String> {
        let safe = |name: &str, value: &str| self.profile.safe(name, value);
        if !self.profile.joins_headers {
            return cors_unsafe_request_header_names(&request.headers, safe);
        }
        let mut joined: Vec<Header> = Vec::new();
        for (name, value) in &request.headers {
            match joined.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, before)) => *before = [&**before, ", ", &**value].concat().into(),
                None => joined.push((name.clone(), value.clone())),
            }
        }
        cors_unsafe_request_header_names(&joined, safe)
    }

    /// Asks for permission, unless the [cache](https://fetch.spec.whatwg.org/#cors-preflight-cache) knows that it is given.
    pub(super) fn preflight(&mut self, request: &Request) -> ControlFlow<Decision> {
        let names = self.unsafe_names(request);
        let method = (!cors_safelisted_method(&request.method)).then_some(request.method.as_str());
        if self.remembered.preflights.suffices(request, (method, &names), self.profile, self.now) {
            self.note(KNOWN.decides(Allow));
            return Continue(());
        }
        let answer = self.exchange(preflight_request(request, &names))?;
        let mut allowed = Vec::new();
        let granted = cors_preflight_fetch(request, &names, &answer, self.profile, &mut allowed);
        self.events.extend(allowed.into_iter().map(Event::Decided));
        self.remembered.preflights.store(request, &granted?, self.profile, self.now);
        Continue(())
    }

    /// [HTTP-network-or-cache fetch](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch): the browser adds
    /// `Origin` and cookies, looks into its cache, asks, and keeps what comes. Dialogs are answered by nobody.
    pub(super) fn network_fetch(&mut self, request: &Request) -> ControlFlow<Decision, Answer> {
        let mut headers = request.headers.clone();
        if let Some(origin) = request_origin_header(request, self.profile) {
            headers.push(("Origin".into(), origin.into()));
        }
        let credentials = includes_credentials(request, self.profile);
        let cookie = self.remembered.jar.header(request, self.profile, self.now).filter(|_| credentials);
        if let Some(cookie) = cookie {
            headers.push(("Cookie".into(), cookie.into()));
        }
        let keeps = !(self.profile.null_keeps_no_answers && request.origin == Origin::Opaque);
        let stored = self.remembered.answers.stored(request, &headers, self.now).filter(|_| keeps);
        if let Some(answer) = stored.cloned() {
            self.note(FRESH.decides(Choose));
            self.events.push(Event::Answered(Box::new(answer.clone())));
            return Continue(answer);
        }
        let (method, url, body) = (request.method.clone(), request.url().clone(), request.body.clone());
        let answer = self.exchange(Sent { preflight: false, method, url, headers: headers.clone(), body })?;
        if keeps {
            self.remembered.answers.store(request, &headers, &answer, self.now);
        }
        if credentials {
            self.remembered.jar.store(request, &answer, self.profile, self.now);
        }
        Continue(answer)
    }

    /// Script is not given an answer. Where it has just come, a browser may have stopped reading it, and keeps none of it.
    pub(super) fn withhold(&mut self, request: &Request, answer: &Answer) {
        let came = matches!(self.events.as_slice(), [.., Event::Sent(_), Event::Answered(_)]);
        if came && self.profile.withheld_is_not_kept && !answer.redirects() {
            self.remembered.answers.forget(request);
        }
    }

    /// A request leaves, and an answer comes; of two statuses the browser makes something by itself, in a preflight, too.
    fn exchange(&mut self, sent: Sent) -> ControlFlow<Decision, Answer> {
        let mut answer = self.ask(sent.clone())?;
        if answer.status == 421 {
            self.note(MISDIRECTED.decides(Choose));
            answer = self.ask(sent)?;
        }
        if answer.status == 407 {
            return Break(PROXY.decides(Refuse).because(Reason::Net("net::ERR_UNEXPECTED_PROXY_AUTH")));
        }
        Continue(answer)
    }

    fn ask(&mut self, sent: Sent) -> ControlFlow<Decision, Answer> {
        let Reply { answer, at } = (self.server)(&sent, self.now);
        self.events.push(Event::Sent(Box::new(sent)));
        self.now = at.max(self.now);
        let Some(answer) = answer else {
            return Break(NO_CONNECTION.decides(Fail).because(Reason::Net("net::ERR_FAILED")));
        };
        self.events.push(Event::Answered(Box::new(answer.clone())));
        if answer.status < 200 || !answer.received().iter().all(|(_, value)| is_header_value(value)) {
            return Break(NO_HTTP.decides(Fail).because(Reason::Net("net::ERR_INVALID_HTTP_RESPONSE")));
        }
        Continue(answer)
    }
}

/// The header `Origin` that [goes with a request](https://fetch.spec.whatwg.org/#append-a-request-origin-header): with every
/// one that CORS looks at, and with every method but GET and HEAD. The referrer policy is the default one.
fn request_origin_header(request: &Request, profile: &Profile) -> Option<String> {
    let origin = request.serialized_origin();
    if request.tainting == Tainting::Cors {
        return Some(origin);
    }
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        let inactive = profile.foreign_frames_name_themselves && profile.third_party == ThirdParty::Blocked;
        // It is named when the request is made; where a redirect makes a GET of a POST, the header goes.
        let foreign =
            request.origin == Origin::Opaque && request.credentials == Credentials::Include && !request.turned;
        let named = foreign && same_site(&request.top, &request.urls[0].origin()) && request.mode != Mode::Navigate;
        return (inactive && named).then_some(origin);
    }
    let encrypted = matches!(&request.origin, Origin::Tuple(scheme, ..) if scheme == "https");
    let downgrade = request.mode != Mode::Cors && encrypted && request.url().scheme != "https";
    let hidden = profile.no_cors_redirect_hides_origin
        && request.mode != Mode::Cors
        && request.urls.windows(2).any(|pair| pair[0].origin() != pair[1].origin());
    Some(if downgrade || hidden { "null".to_owned() } else { origin })
}
