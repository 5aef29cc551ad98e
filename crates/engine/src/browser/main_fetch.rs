//! Main fetch and HTTP fetch: which way a request goes, who may read the answer, and what becomes of redirects.

use super::check::cors_check;
use super::chromium::{self, Reason};
use super::exchange::Answer;
use super::fetch::Run;
use super::filtered::{Seen, filtered_response};
use super::methods::cors_safelisted_method;
use super::policy::{blocked_as_mixed_content, blocked_by_port, cross_origin_resource_policy_check};
use super::profile::Profile;
use super::redirect::{Location, http_redirect_fetch, location_url};
use super::request::{Mode, RedirectMode, Request, Tainting};
use super::rule::{Algorithm, Decision, Rule};
use crate::trace::Ruling::{Choose, Fail, Refuse};
use core::ops::ControlFlow::{self, Break, Continue};

const MAIN: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, main fetch",
    link: "https://fetch.spec.whatwg.org/#concept-main-fetch",
};
const HTTP: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-fetch",
};
pub(super) const OWN: Rule = MAIN.step("the address is of the page's own origin: no question of CORS");
const NAVIGATION: Rule = MAIN.step("a page that is opened asks nobody's permission");
const DATA: Rule = MAIN.step("a `data:` address holds its answer itself");
const SAME_ORIGIN_ONLY: Rule = MAIN.step("the mode `same-origin` asks no other origin");
pub(super) const NO_CORS: Rule =
    MAIN.step("the mode `no-cors` asks another origin without permission, and script will see nothing of it");
const NO_CORS_FOLLOWS: Rule = MAIN.step("the mode `no-cors` asks another origin only if redirects are followed");
const SCHEME: Rule = MAIN.step("only `http` and `https` can be asked across origins");
pub(super) const PREFLIGHT: Rule =
    MAIN.step("method or headers are more than a form could send: another origin is asked for permission first");
pub(super) const SIMPLE: Rule = MAIN.step(
    "method and headers are no more than a form could send: it is sent at once, and script sees the \
                                answer if the server allows it",
);
pub(super) const REDIRECT_ERROR: Rule = HTTP.step("the redirect mode `error` takes a redirect for an error");
const REDIRECT_MANUAL: Rule = HTTP.step("the redirect mode `manual` stops here, and hides where it leads");
const OF_THE_BROWSER: Rule = HTTP.step("this browser keeps the header for itself, and sends nothing with it");

/// How a request is sent on.
enum Branch {
    /// By its scheme.
    Scheme,
    /// By HTTP, and after a preflight or not.
    Http(bool),
}
impl Run<'_> {
    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), once for each address on the way.
    pub(super) fn main_fetch(&mut self, request: &mut Request) -> ControlFlow<Decision, Seen> {
        if request.headers.iter().any(|(name, _)| self.profile.never_sent.contains(&&*name.to_ascii_lowercase())) {
            return Break(OF_THE_BROWSER.decides(Fail).because(Reason::Net("net::ERR_INVALID_ARGUMENT")));
        }
        loop {
            if let Some(decision) = blocked_by_port(request).or_else(|| blocked_as_mixed_content(request, self.profile))
            {
                return Break(decision);
            }
            let branch = self.choose(request)?;
            let preflight = matches!(branch, Branch::Http(true));
            self.asked |= preflight;
            if matches!(branch, Branch::Scheme) && !request.url().is_http() {
                return scheme_fetch(request);
            }
            let answer = self.http_fetch(request, preflight)?;
            if !answer.redirects() {
                return Continue(filtered_response(request, &answer));
            }
            match request.redirect {
                RedirectMode::Error if self.profile.error_needs_location && leads_nowhere(request, &answer) => {
                    return Continue(filtered_response(request, &answer));
                }
                RedirectMode::Error => {
                    let trouble = chromium::redirect_refused(request, &answer);
                    let decision = REDIRECT_ERROR.decides(Refuse);
                    return Break(decision.because(trouble.unwrap_or(Reason::Net("net::ERR_FAILED"))));
                }
                RedirectMode::Manual => {
                    if let Some(trouble) = self.early_trouble(request, &answer) {
                        return Break(REDIRECT_MANUAL.decides(Fail).because(trouble));
                    }
                    self.note(REDIRECT_MANUAL.decides(Choose));
                    return Continue(Seen::OpaqueRedirect);
                }
                RedirectMode::Follow => match http_redirect_fetch(request, &answer, self.profile)? {
                    Some(decision) => self.note(decision),
                    None => return Continue(filtered_response(request, &answer)),
                },
            }
        }
    }

    /// What is wrong with a redirect for a browser that reads its address whether or not it goes there.
    fn early_trouble(&self, request: &Request, answer: &Answer) -> Option<Reason> {
        chromium::redirect_trouble(request, answer).filter(|_| self.profile.reads_every_location)
    }

    /// Which branch of main fetch is taken, and the response tainting that goes with it.
    fn choose(&mut self, request: &mut Request) -> ControlFlow<Decision, Branch> {
        let http = request.url().is_http();
        let (rule, tainting, branch) = if request.same_origin() && request.tainting == Tainting::Basic {
            (OWN, Tainting::Basic, Branch::Scheme)
        } else if request.url().scheme == "data" {
            (DATA, Tainting::Basic, Branch::Scheme)
        } else {
            match request.mode {
                Mode::Navigate => (NAVIGATION, Tainting::Basic, Branch::Scheme),
                Mode::SameOrigin => {
                    return Break(SAME_ORIGIN_ONLY.decides(Refuse).because(chromium::mode_same_origin(request)));
                }
                Mode::NoCors if request.redirect != RedirectMode::Follow => {
                    return Break(NO_CORS_FOLLOWS.decides(Refuse).because(chromium::mode_no_cors(request)));
                }
                Mode::NoCors => (NO_CORS, Tainting::Opaque, Branch::Scheme),
                Mode::Cors if !http => {
                    return Break(SCHEME.decides(Refuse).because(Reason::Net("net::ERR_FAILED")));
                }
                Mode::Cors if self.asked && self.profile.asks_again_when_redirected => {
                    (PREFLIGHT, Tainting::Cors, Branch::Http(true))
                }
                Mode::Cors if self.unsafe_names(request).is_empty() && cors_safelisted_method(&request.method) => {
                    (SIMPLE, Tainting::Cors, Branch::Http(false))
                }
                Mode::Cors => (PREFLIGHT, Tainting::Cors, Branch::Http(true)),
            }
        };
        request.tainting = tainting;
        let decision = match branch {
            Branch::Http(true) => self.why_preflight(rule, request),
            _ => rule.decides(Choose),
        };
        self.note(decision);
        Continue(branch)
    }

    /// What of a request needs permission: its headers, or its method.
    fn why_preflight(&self, rule: Rule, request: &Request) -> Decision {
        match self.unsafe_names(request).as_slice() {
            [] => rule.on(Choose, "Access-Control-Request-Method", Some(request.method.clone())),
            names => rule.on(Choose, "Access-Control-Request-Headers", Some(names.join(","))),
        }
    }

    /// [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch), up to what becomes of redirects.
    fn http_fetch(&mut self, request: &Request, preflight: bool) -> ControlFlow<Decision, Answer> {
        if preflight {
            self.preflight(request)?;
        }
        let answer = self.network_fetch(request)?;
        let headers = answer.received();
        let trouble = chromium::redirect_trouble(request, &answer);
        let checked = match request.tainting {
            Tainting::Basic => None,
            Tainting::Cors => Some(cors_check(request, &headers)),
            Tainting::Opaque => cross_origin_resource_policy_check(request, &headers),
        };
        match checked {
            Some(decision) if decision.stops() => {
                self.withhold(request, &answer);
                return Break(match trouble {
                    Some(reason) => decision.because(reason),
                    None => decision,
                });
            }
            Some(decision) => self.note(decision),
            None => {}
        }
        Continue(answer)
    }
}

/// Whether a redirect names no address.
fn leads_nowhere(request: &Request, answer: &Answer) -> bool {
    location_url(request, answer, &Profile::CHROMIUM) == Location::Null
}

/// [Scheme fetch](https://fetch.spec.whatwg.org/#concept-scheme-fetch) of what is not HTTP: only `data:` has an answer here.
fn scheme_fetch(request: &Request) -> ControlFlow<Decision, Seen> {
    const SCHEME_FETCH: Algorithm = Algorithm {
        name: "Fetch standard of 2026-06, scheme fetch",
        link: "https://fetch.spec.whatwg.org/#concept-scheme-fetch",
    };
    let data = (request.url().scheme == "data").then(|| request.url().path.split_once(',')).flatten();
    let Some((kind, body)) = data else {
        let says = "no script reads a file of the machine by its address, nor any other scheme without HTTP";
        return Break(SCHEME_FETCH.step(says).decides(Refuse).because(Reason::Net("net::ERR_FAILED")));
    };
    let kind = if super::mime::essence(kind).is_some() { kind } else { "text/plain;charset=US-ASCII" };
    let headers = vec![("Content-Type".into(), kind.to_owned().into())];
    Continue(filtered_response(request, &Answer { status: 200, headers, body: body.to_owned() }))
}
