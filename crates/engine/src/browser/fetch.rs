//! The order of events of one `fetch()`: main fetch, HTTP fetch, and what they call.
//!
//! What a server says is asked of the caller. Everything that is decided, sent and answered is noted in order.

use super::cache::PreflightCache;
use super::check::cors_check;
use super::chromium::{self, Reason};
use super::cookies::{Jar, includes_credentials};
use super::exchange::{Answer, Reply, Sent};
use super::filtered::{Seen, filtered_response};
use super::headers::is_header_value;
use super::http_cache::HttpCache;
use super::methods::cors_safelisted_method;
use super::origin::{Origin, same_site};
use super::policy::{blocked_as_mixed_content, blocked_by_port, cross_origin_resource_policy_check};
use super::preflight::{cors_preflight_fetch, preflight_request};
use super::profile::Profile;
use super::redirect::{Location, http_redirect_fetch, location_url};
use super::request::{Credentials, Init, Mode, Page, RedirectMode, Request, Tainting, construct};
use super::rule::{Algorithm, Decision, Rule};
use super::safelist::cors_unsafe_request_header_names;
use crate::message::Header;
use crate::time::Micros;
use crate::trace::Ruling::{Allow, Choose, Fail, Refuse};
use core::ops::ControlFlow::{self, Break, Continue};

/// What a browser remembers from one fetch to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// What servers have allowed.
    pub preflights: PreflightCache,
    /// Cookies.
    pub jar: Jar,
    /// Answers that are still fresh.
    pub answers: HttpCache,
}

/// Something that happens in the course of a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step of the standard decided.
    Decided(Decision),
    /// A request left.
    Sent(Box<Sent>),
    /// An answer came.
    Answered(Box<Answer>),
}

/// What became of a `fetch()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What script gets.
    pub seen: Seen,
    /// What happened, in order. Where script gets a network error, the last decision says why.
    pub events: Vec<Event>,
    /// What the console says.
    pub console: Vec<String>,
}

impl Fetched {
    /// The decisions, in order.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.events.iter().filter_map(|event| match event {
            Event::Decided(decision) => Some(decision),
            _ => None,
        })
    }

    /// The requests that left, in order.
    pub fn sent(&self) -> impl Iterator<Item = &Sent> {
        self.events.iter().filter_map(|event| match event {
            Event::Sent(sent) => Some(&**sent),
            _ => None,
        })
    }

    /// The decision that made it a network error.
    pub fn refusal(&self) -> Option<&Decision> {
        self.decisions().filter(|_| self.seen == Seen::NetworkError).last()
    }

    /// Chromium's name for the refusal, where it is one of CORS.
    pub fn cors_reason(&self) -> Option<&'static str> {
        self.refusal()?.reason.as_ref().filter(|reason| reason.is_cors()).map(Reason::name)
    }
}

const MAIN: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, main fetch",
    link: "https://fetch.spec.whatwg.org/#concept-main-fetch",
};
const HTTP: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-fetch",
};
const NETWORK: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP-network fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
};

const OWN: Rule = MAIN.step("the address is of the page's own origin: no question of CORS");
const NAVIGATION: Rule = MAIN.step("a page that is opened asks nobody's permission");
const DATA: Rule = MAIN.step("a `data:` address holds its answer itself");
const SAME_ORIGIN_ONLY: Rule = MAIN.step("the mode `same-origin` asks no other origin");
const NO_CORS: Rule =
    MAIN.step("the mode `no-cors` asks another origin without permission, and script will see nothing of it");
const NO_CORS_FOLLOWS: Rule = MAIN.step("the mode `no-cors` asks another origin only if redirects are followed");
const SCHEME: Rule = MAIN.step("only `http` and `https` can be asked across origins");
const PREFLIGHT: Rule =
    MAIN.step("method or headers are more than a form could send: another origin is asked for permission first");
const SIMPLE: Rule = MAIN.step(
    "method and headers are no more than a form could send: it is sent at once, and script sees the \
                                answer if the server allows it",
);
const KNOWN: Rule = HTTP.step("the preflight cache knows that method and headers are allowed");
const REDIRECT_ERROR: Rule = HTTP.step("the redirect mode `error` takes a redirect for an error");
const REDIRECT_MANUAL: Rule = HTTP.step("the redirect mode `manual` stops here, and hides where it leads");
const OF_THE_BROWSER: Rule = NETWORK.step("this browser keeps the header for itself, and sends nothing with it");
const NO_CONNECTION: Rule = NETWORK.step("without a connection there is no answer");
const NO_HTTP: Rule =
    NETWORK.step("a header with NUL or a newline in its value is no HTTP, and a status below 200 is not the last word");
const CACHE: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, HTTP-network-or-cache fetch",
    link: "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
};
const FRESH: Rule = CACHE.step("the HTTP cache holds an answer that is still fresh; nothing is sent");
const MISDIRECTED: Rule =
    CACHE.step("421 says that the connection was the wrong one; it is asked once more on a new one");
const PROXY: Rule = CACHE.step("407 asks for the password of a proxy, and there is none");

/// One `fetch()` of a page's script: `server` says what is answered to a request that leaves at a moment, and when.
pub fn fetch(
    init: &Init,
    page: &Page,
    profile: &Profile,
    (remembered, now): (&mut Remembered, Micros),
    server: &mut dyn FnMut(&Sent, Micros) -> Reply,
) -> Fetched {
    let mut run = Run { profile, remembered, now, server, events: Vec::new(), asked: false };
    let mut request = match construct(init, page) {
        Continue(request) => request,
        Break(decision) => {
            let events = vec![Event::Decided(decision)];
            return Fetched { seen: Seen::NetworkError, events, console: Vec::new() };
        }
    };
    let (seen, console) = match run.main_fetch(&mut request) {
        Continue(seen) => (seen, Vec::new()),
        Break(decision) => {
            // A network error after a preflight: what is known of the address is forgotten.
            if run.asked && profile.forgets_on_failure {
                run.remembered.preflights.clear(&request);
            }
            let console = decision.reason.as_ref().map_or_else(Vec::new, |reason| chromium::console(&request, reason));
            run.events.push(Event::Decided(decision));
            (Seen::NetworkError, console)
        }
    };
    Fetched { seen, events: run.events, console }
}

struct Run<'a> {
    profile: &'a Profile,
    remembered: &'a mut Remembered,
    now: Micros,
    server: &'a mut dyn FnMut(&Sent, Micros) -> Reply,
    events: Vec<Event>,
    /// Whether a branch with a preflight was taken.
    asked: bool,
}

/// How a request is sent on.
enum Branch {
    /// By its scheme.
    Scheme,
    /// By HTTP, and after a preflight or not.
    Http(bool),
}

impl Run<'_> {
    fn note(&mut self, decision: Decision) {
        self.events.push(Event::Decided(decision));
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), once for each address on the way.
    fn main_fetch(&mut self, request: &mut Request) -> ControlFlow<Decision, Seen> {
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
                    return Break(SAME_ORIGIN_ONLY.decides(Refuse).because(Reason::Net("net::ERR_FAILED")));
                }
                Mode::NoCors if request.redirect != RedirectMode::Follow => {
                    return Break(NO_CORS_FOLLOWS.decides(Refuse).because(Reason::Net("net::ERR_FAILED")));
                }
                Mode::NoCors => (NO_CORS, Tainting::Opaque, Branch::Scheme),
                Mode::Cors if !http => {
                    return Break(SCHEME.decides(Refuse).because(Reason::Net("net::ERR_FAILED")));
                }
                Mode::Cors if self.unsafe_names(request).is_empty() && cors_safelisted_method(&request.method) => {
                    (SIMPLE, Tainting::Cors, Branch::Http(false))
                }
                Mode::Cors => (PREFLIGHT, Tainting::Cors, Branch::Http(true)),
            }
        };
        request.tainting = tainting;
        self.note(rule.decides(Choose));
        Continue(branch)
    }

    /// The names that need permission.
    fn unsafe_names(&self, request: &Request) -> Vec<String> {
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

    /// Asks for permission, unless the [cache](https://fetch.spec.whatwg.org/#cors-preflight-cache) knows that it is given.
    fn preflight(&mut self, request: &Request) -> ControlFlow<Decision> {
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
    fn network_fetch(&mut self, request: &Request) -> ControlFlow<Decision, Answer> {
        let mut headers = request.headers.clone();
        if let Some(origin) = request_origin_header(request, self.profile) {
            headers.push(("Origin".into(), origin.into()));
        }
        let credentials = includes_credentials(request, self.profile);
        let cookie = self.remembered.jar.header(request, self.profile, self.now).filter(|_| credentials);
        if let Some(cookie) = cookie {
            headers.push(("Cookie".into(), cookie.into()));
        }
        if let Some(answer) = self.remembered.answers.stored(request, &headers, self.now).cloned() {
            self.note(FRESH.decides(Choose));
            self.events.push(Event::Answered(Box::new(answer.clone())));
            return Continue(answer);
        }
        let (method, url, body) = (request.method.clone(), request.url().clone(), request.body.clone());
        let sent = Sent { preflight: false, method, url, headers: headers.clone(), body };
        let mut answer = self.exchange(sent.clone())?;
        if answer.status == 421 {
            self.note(MISDIRECTED.decides(Choose));
            answer = self.exchange(sent)?;
        }
        if answer.status == 407 {
            return Break(PROXY.decides(Refuse).because(Reason::Net("net::ERR_UNEXPECTED_PROXY_AUTH")));
        }
        self.remembered.answers.store(request, &headers, &answer, self.now);
        if credentials {
            self.remembered.jar.store(request, &answer, self.profile, self.now);
        }
        Continue(answer)
    }

    /// A request leaves, and an answer comes.
    fn exchange(&mut self, sent: Sent) -> ControlFlow<Decision, Answer> {
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

/// Whether a redirect names no address.
fn leads_nowhere(request: &Request, answer: &Answer) -> bool {
    location_url(request, answer, &Profile::CHROMIUM) == Location::Null
}

/// The header `Origin` that [goes with a request](https://fetch.spec.whatwg.org/#append-a-request-origin-header): with every
/// one that CORS looks at, and with every method but GET and HEAD. The referrer policy is the default one.
fn request_origin_header(request: &Request, profile: &Profile) -> Option<String> {
    let origin = request.serialized_origin();
    if request.tainting == Tainting::Cors {
        return Some(origin);
    }
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        let foreign = request.origin == Origin::Opaque && request.credentials == Credentials::Include;
        let named = foreign && same_site(&request.top, &request.urls[0].origin()) && request.mode != Mode::Navigate;
        return (profile.foreign_frames_name_themselves && named).then_some(origin);
    }
    let encrypted = matches!(&request.origin, Origin::Tuple(scheme, ..) if scheme == "https");
    let downgrade = request.mode != Mode::Cors && encrypted && request.url().scheme != "https";
    let hidden = profile.no_cors_redirect_hides_origin
        && request.mode != Mode::Cors
        && request.urls.windows(2).any(|pair| pair[0].origin() != pair[1].origin());
    Some(if downgrade || hidden { "null".to_owned() } else { origin })
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
