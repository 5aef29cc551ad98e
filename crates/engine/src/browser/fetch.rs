//! One `fetch()` of a page's script, and what becomes of it.
//!
//! What a server says is asked of the caller. Everything that is decided, sent and answered is noted in order. The steps are
//! in `main_fetch` (which branch, and what becomes of redirects) and `network` (what goes out, and what comes back).

use super::cache::PreflightCache;
use super::chromium::{self, Reason};
use super::cookies::Jar;
use super::exchange::{Answer, Reply, Sent};
use super::filtered::Seen;
use super::http_cache::HttpCache;
use super::main_fetch::REDIRECT_ERROR;
use super::profile::Profile;
use super::request::{Init, Page, construct};
use super::rule::Decision;
use crate::time::Micros;
use core::ops::ControlFlow::{Break, Continue};

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

    /// The exception that script gets, in Chromium's words.
    pub fn exception(&self) -> Option<String> {
        self.refusal().map(|decision| chromium::exception(decision.reason.as_ref()))
    }

    /// Chromium's name for the refusal, where it is one of CORS.
    pub fn cors_reason(&self) -> Option<&'static str> {
        self.refusal()?.reason.as_ref().filter(|reason| reason.is_cors()).map(Reason::name)
    }
}

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
            let kept = profile.redirect_error_keeps && decision.rule == REDIRECT_ERROR;
            if run.asked && profile.forgets_on_failure && !kept {
                run.remembered.preflights.clear(&request);
            }
            let console = decision.reason.as_ref().map_or_else(Vec::new, |reason| chromium::console(&request, reason));
            run.events.push(Event::Decided(decision));
            (Seen::NetworkError, console)
        }
    };
    Fetched { seen, events: run.events, console }
}

/// A fetch on its way.
pub(super) struct Run<'a> {
    pub(super) profile: &'a Profile,
    pub(super) remembered: &'a mut Remembered,
    pub(super) now: Micros,
    pub(super) server: &'a mut dyn FnMut(&Sent, Micros) -> Reply,
    pub(super) events: Vec<Event>,
    /// Whether a branch with a preflight was taken.
    pub(super) asked: bool,
}
