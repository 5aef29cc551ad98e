//! What goes out and what comes back: the preflight, the HTTP cache, `Origin` and cookies.

use super::chromium::Reason;
use super::cookies::includes_credentials;
use super::exchange::{Answer, Reply, Sent};
use super::fetch::{Event, Run};
use super::headers::{get, is_header_value};
use super::methods::cors_safelisted_method;
use super::origin::{Origin, same_site};
use super::preflight::{cors_preflight_fetch, preflight_request};
use super::profile::{Profile, ThirdParty};
use super::request::{Credentials, Mode, RedirectMode, Request, Tainting};
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
        if self.profile.repeats_names {
            let names = cors_unsafe_request_header_names(&request.headers, safe);
            let often = |name: &str| {
                let same = request
                    .headers
                    .iter()
                    .filter(|(known, value)| known.eq_ignore_ascii_case(name) && !safe(known, value));
                same.count().max(1)
            };
            return names.into_iter().flat_map(|name| vec![name.clone(); often(&name)]).collect();
        }
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

    /// The headers that script has set, as they are sent: of some a browser sends one only.
    fn single(&self, request: &Request) -> Vec<Header> {
        let mut headers = request.headers.clone();
        if self.profile.values_as_utf8 {
            // One sign for each byte that is sent.
            let bytes = |value: &str| value.bytes().map(char::from).collect::<String>();
            headers.iter_mut().for_each(|(_, value)| *value = bytes(value).into());
        }
        for single in self.profile.single_headers {
            let same = |(name, _): &Header| name.eq_ignore_ascii_case(single);
            let first = request.body.is_some() && *single == "content-type";
            let kept = if first { headers.iter().position(same) } else { headers.iter().rposition(same) };
            let mut at = 0;
            headers.retain(|header| {
                at += 1;
                !same(header) || kept == Some(at - 1)
            });
        }
        headers
    }

    /// Asks for permission, unless the [cache](https://fetch.spec.whatwg.org/#cors-preflight-cache) knows that it is given.
    pub(super) fn preflight(&mut self, request: &Request) -> ControlFlow<Decision> {
        let names = self.unsafe_names(request);
        let asked = !cors_safelisted_method(&request.method) || self.profile.remembers_head && request.method == "HEAD";
        let method = asked.then_some(request.method.as_str());
        if self.remembered.preflights.suffices(request, (method, &names), self.profile, self.now) {
            self.note(KNOWN.decides(Allow));
            return Continue(());
        }
        let page = if self.profile.preflight_names_page { Some(request.unredirected()) } else { None };
        let asking = page.as_ref().unwrap_or(request);
        let answer = self.exchange(preflight_request(asking, &names))?;
        let mut allowed = Vec::new();
        let granted = cors_preflight_fetch(asking, &names, &answer, self.profile, &mut allowed);
        self.events.extend(allowed.into_iter().map(Event::Decided));
        self.remembered.preflights.store(request, &granted?, self.profile, self.now);
        Continue(())
    }

    /// [HTTP-network-or-cache fetch](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch): the browser adds
    /// `Origin` and cookies, looks into its cache, asks, and keeps what comes. Dialogs are answered by nobody.
    pub(super) fn network_fetch(&mut self, request: &Request) -> ControlFlow<Decision, Answer> {
        let mut headers = self.single(request);
        if let Some(origin) = request_origin_header(request, self.profile) {
            headers.push(("Origin".into(), origin.into()));
        }
        let credentials = includes_credentials(request, self.profile);
        let cookie = self.remembered.jar.header(request, self.profile, self.now).filter(|_| credentials);
        if let Some(cookie) = cookie {
            headers.push(("Cookie".into(), cookie.into()));
        }
        let manual = self.profile.manual_keeps_nothing && request.redirect == RedirectMode::Manual;
        let keeps = !(manual || self.profile.null_keeps_no_answers && request.origin == Origin::Opaque);
        let stored = self.remembered.answers.stored(request, &headers, self.now).filter(|_| keeps);
        if let Some(answer) = stored.cloned() {
            self.note(FRESH.decides(Choose));
            self.events.push(Event::Answered(Box::new(answer.clone())));
            return Continue(answer);
        }
        let (method, url, body) = (request.method.clone(), request.url().clone(), request.body.clone());
        let answer = self.exchange(Sent { preflight: false, method, url, headers: headers.clone(), body })?;
        if keeps && (!self.profile.keeps_fewer || among_fewer(request, &answer)) {
            self.remembered.answers.store(request, &headers, &answer, (self.now, self.profile.keeps_head));
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

/// Whether an answer is one of those that a browser keeps which keeps fewer.
fn among_fewer(request: &Request, answer: &Answer) -> bool {
    let kept = matches!(answer.status, 200 | 203 | 204 | 206 | 300 | 301 | 302 | 307 | 308 | 410);
    let says = || get(&answer.headers, "Cache-Control").is_some_and(|value| crate::text::contains(&value, "max-age"));
    kept && (!answer.redirects() || request.redirect == RedirectMode::Follow && says())
}

/// The header `Origin` that [goes with a request](https://fetch.spec.whatwg.org/#append-a-request-origin-header): with every
/// one that CORS looks at, and with every method but GET and HEAD. The referrer policy is the default one.
fn request_origin_header(request: &Request, profile: &Profile) -> Option<String> {
    let origin = request.serialized_origin();
    if request.tainting == Tainting::Cors {
        return Some(origin);
    }
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        let inactive = profile.foreign_frames_name_themselves && profile.third_party != ThirdParty::Allowed;
        // It is named when the request is made; where a redirect makes a GET of a POST, the header goes.
        let foreign =
            request.origin == Origin::Opaque && request.credentials == Credentials::Include && !request.turned;
        let inactive = inactive && (request.redirects == 0 || !profile.named_until_redirect);
        let named = foreign && same_site(&request.top, &request.urls[0].origin()) && request.mode != Mode::Navigate;
        let stays = profile.origin_stays && request.turned && origin != "null";
        return (inactive && named || stays).then_some(origin);
    }
    let encrypted = matches!(&request.origin, Origin::Tuple(scheme, ..) if scheme == "https");
    let downgrade = request.mode != Mode::Cors && encrypted && request.url().scheme != "https";
    let hidden = profile.no_cors_redirect_hides_origin
        && request.mode != Mode::Cors
        && request.urls.windows(2).any(|pair| pair[0].origin() != pair[1].origin());
    Some(if downgrade || hidden { "null".to_owned() } else { origin })
}
