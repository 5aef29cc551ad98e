//! `fetch` in a script of any page (figure 13): the page is opened, then its script asks, and the browser decides what is
//! sent and what script may read. The rules are those of [`crate::browser`]; what is sent goes the whole way to the servers,
//! and what they answer is what their own configuration says.

use super::action::{Fetch, Script};
use super::load::Purpose;
use super::{Journey, fetch::Given, url::Url};
use crate::browser::exchange::{Answer, Reply, Sent};
use crate::browser::fetch::{Event, Fetched, Remembered, fetch};
use crate::browser::filtered::Seen;
use crate::browser::part::{Part, parts};
use crate::browser::profile::Profile;
use crate::browser::request::{Credentials, Init, Mode, Page};
use crate::browser::rule::Decision;
use crate::browser::url::Url as Address;
use crate::message::{Message, Response};
use crate::pages;
use crate::place::Place::{Browser, Instance, Proxy};
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Act, Basis, Outcome, Ruling, Step, Verdict};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// The fetch as it goes on: what became of the requests that left.
#[derive(Default)]
struct Legs {
    /// Where the steps of each request begin and end, and what time it was then.
    steps: Vec<(usize, usize, Micros)>,
    /// The last answer.
    last: Option<Arc<Response>>,
    /// Chromium’s name for why no answer came.
    code: Option<&'static str>,
    /// Why the run ends here, openly.
    unknown: Option<Outcome>,
}

impl Journey<'_> {
    /// A script of a page asks. What it gets is the outcome; what servers have received is the last thing that is told.
    pub(super) fn ask_from_page(&mut self, asked: &Fetch, script: &Script) -> Outcome {
        let page = match self.page_of(&script.page) {
            Ok(page) => page,
            Err(outcome) => return outcome,
        };
        let init = Init {
            url: asked.url.clone(),
            method: if asked.method.is_empty() { "GET".to_owned() } else { asked.method.clone() },
            headers: asked.headers.clone(),
            body: Some(asked.body.clone()).filter(|body| !body.is_empty()),
            mode: script.mode,
            credentials: script.credentials,
            ..Init::default()
        };
        let words = ["a script of ", &page.url.sent(), " calls ", &typed(&init)].concat();
        let basis = Basis::Standard {
            source: "Fetch standard of 2026-06, fetch method",
            says: "script says what it wants; what is sent, and what script may read, is up to the browser",
        };
        self.record.decide("script-asks", Browser, Ruling::Choose, words, basis);
        let mut legs = Legs::default();
        let mut remembered = core::mem::take(&mut self.state.fetches);
        let (first, begun) = (self.record.trace.steps.len(), self.record.now);
        let fetched = self.fetch_by(&init, &page, &mut remembered, &mut legs);
        self.state.fetches = remembered;
        self.weave(first, begun, &fetched, &legs);
        if let Some(outcome) = legs.unknown {
            return outcome;
        }
        let outcome = self.script_gets(&fetched, &legs);
        self.received(first);
        outcome
    }

    /// The page, opened unless it is open. Where no page comes, no script of it runs.
    fn page_of(&mut self, text: &str) -> Result<Page, Outcome> {
        let open = self.state.page.clone().filter(|(asked, _)| asked == text);
        let at = match open {
            Some((_, at)) => at,
            None => {
                let words = ["opens ", text, " first: without its page no script runs"].concat();
                let says = "scripts are fetched and run for the document that names them";
                let basis = Basis::Standard { source: "HTML standard, scripting", says };
                self.record.decide("page-opens", Browser, Ruling::Choose, words, basis);
                let (url, response) = self.navigate(text)?;
                let shown = self.show(&url, &response);
                if !(200..300).contains(&response.status) || response.cut {
                    return Err(shown);
                }
                self.state.page = Some((text.to_owned(), url.text()));
                url.text()
            }
        };
        let url = Address::parse(&at, None).ok_or_else(|| pages::error("ERR_INVALID_URL", &at, &at))?;
        Ok(Page { url, opaque: false })
    }

    fn fetch_by(&mut self, init: &Init, page: &Page, remembered: &mut Remembered, legs: &mut Legs) -> Fetched {
        let now = self.record.now;
        let mut server = |sent: &Sent, _: Micros| {
            let begin = self.record.trace.steps.len();
            let answer = self.answer_to(sent, legs);
            legs.steps.push((begin, self.record.trace.steps.len(), self.record.now));
            Reply { answer, at: self.record.now }
        };
        fetch(init, page, &Profile::CHROMIUM, (remembered, now), &mut server)
    }

    /// One request, all the way there and back.
    fn answer_to(&mut self, sent: &Sent, legs: &mut Legs) -> Option<Answer> {
        if legs.unknown.is_some() {
            return None;
        }
        let mut url = Url::parse(&sent.url.sent())?;
        if let Some(next) = self.upgrade(&url) {
            url = next;
        }
        let body = sent.body.clone().unwrap_or_default();
        let given = Given { method: sent.method.clone(), headers: sent.headers.clone(), body, data: Vec::new() };
        let purpose = if sent.preflight { Purpose::Preflight } else { Purpose::Data };
        (self.purpose, self.script) = (purpose, Some(given));
        let exchanged = self.exchange(&url);
        (self.purpose, self.script) = (Purpose::Open, None);
        match exchanged {
            Continue(response) => {
                self.note_policy(&url, &response);
                let (status, headers, body) = (response.status, response.headers.clone(), response.body.clone());
                legs.last = Some(response);
                Some(Answer { status, headers, body })
            }
            Break(Outcome::BrowserError { code, .. }) => {
                legs.code = Some(code);
                None
            }
            Break(other) => {
                legs.unknown = Some(other);
                None
            }
        }
    }

    /// Writes the browser’s decisions between the steps of the requests, in the order in which they were made.
    fn weave(&mut self, first: usize, begun: Micros, fetched: &Fetched, legs: &Legs) {
        let mut requests: Vec<Option<Step>> = self.record.trace.steps.drain(first..).map(Some).collect();
        let (mut now, mut leg) = (begun, legs.steps.iter());
        for (event, part) in fetched.events.iter().zip(parts(fetched)) {
            match event {
                Event::Sent(_) => {
                    let Some((begin, end, after)) = leg.next() else { continue };
                    now = *after;
                    let steps = requests[begin - first..end - first].iter_mut().filter_map(Option::take);
                    self.record.trace.steps.extend(steps);
                }
                Event::Answered(_) => {}
                Event::Decided(decision) => {
                    let verdict = Verdict { ruling: decision.ruling, words: said(part, decision).into() };
                    let act = Act::Decide { at: Browser, verdict, basis: decision.basis() };
                    let (name, action) = (part.map_or("fetch-decided", Part::name), self.record.action);
                    self.record.trace.steps.push(Step { name, start: now, end: now, action, act });
                }
            }
        }
    }

    /// What script gets of it.
    fn script_gets(&mut self, fetched: &Fetched, legs: &Legs) -> Outcome {
        let standard = |says| Basis::Standard { source: "Fetch standard of 2026-06, fetch method", says };
        match &fetched.seen {
            Seen::Basic(readable) | Seen::Cors(readable) => {
                let last = legs.last.as_ref();
                let cut = last.and_then(|response| super::cut(response));
                let ok = if (200..300).contains(&readable.status) { "true" } else { "false" };
                let status = short(readable.status);
                let words = ["gets Response { type: \"", fetched.seen.word(), "\", status: ", &status, ", ok: ", ok];
                let rest =
                    if cut.is_some() { " }, and cannot read the body to its end" } else { " }, and may read it" };
                let says = "the promise is fulfilled with a response, whatever its status";
                let ruling = if cut.is_some() { Ruling::Fail } else { Ruling::Answer };
                let words = ["the script ", &words.concat(), rest].concat();
                self.record.decide("script-reads", Browser, ruling, words, standard(says));
                let content_type = crate::message::header(&readable.headers, "Content-Type").unwrap_or("").to_owned();
                let reason = last.map(|response| response.reason.clone()).unwrap_or_default();
                Outcome::Response { status: readable.status, reason, content_type, body: readable.body.clone(), cut }
            }
            Seen::Opaque | Seen::OpaqueRedirect => {
                let shown = ["Response { type: \"", fetched.seen.word(), "\", status: 0, ok: false }"].concat();
                let says = "an opaque response holds nothing that script could read, not even the status";
                let words = ["the script gets ", &shown].concat();
                self.record.decide("script-sees-nothing", Browser, Ruling::Drop, words, standard(says));
                Outcome::Printed(shown + "\n")
            }
            Seen::NetworkError => {
                let title = fetched.exception().unwrap_or_else(|| "TypeError: Failed to fetch".to_owned());
                let text = match legs.code {
                    Some(code) => ["Failed to load resource: net::", code].concat(),
                    None => fetched.console.join("\n"),
                };
                let console = if text.is_empty() { String::new() } else { ["; the console says: ", &text].concat() };
                let words = ["the script gets ", &title, &console.replace('\n', " ")].concat();
                let says = "a network error rejects the promise with a TypeError, and script is not told why";
                self.record.decide("script-refused", Browser, Ruling::Refuse, words, standard(says));
                Outcome::BrowserError { code: legs.code.unwrap_or("ERR_FAILED"), title, text }
            }
        }
    }

    /// Which requests of the script have arrived at the instance, as its own programs could tell.
    fn received(&mut self, first: usize) {
        let arrived = self.record.trace.steps[first..].iter().filter_map(|step| match &step.act {
            Act::Travel { from: Instance, message: Message::Request(request), to }
                if *to != crate::place::Place::Firewall =>
            {
                Some([&request.method, " ", &*request.target].concat())
            }
            _ => None,
        });
        let arrived: Vec<String> = arrived.collect();
        let words = match arrived.len() {
            0 => "the server has received nothing of it".to_owned(),
            1 => ["the server has received 1 request: ", &arrived[0]].concat(),
            many => ["the server has received ", &short(many), " requests: ", &arrived.join(", ")].concat(),
        };
        let basis = Basis::State { what: "what has arrived, whatever the script was told".to_owned() };
        self.record.decide("server-received", Proxy, Ruling::Answer, words, basis);
    }
}

/// A decision in words: which part of the protocol it is, and what the header says that decided.
fn said(part: Option<Part>, decision: &Decision) -> String {
    let part = part.map_or("decides", Part::words);
    match &decision.header {
        Some(header) => [part, ": ", &header.words()].concat(),
        None => part.to_owned(),
    }
}

/// The call as it stands in the script.
fn typed(init: &Init) -> String {
    let mut options = Vec::new();
    if init.method != "GET" {
        options.push(["method: \"", &init.method, "\""].concat());
    }
    if !init.headers.is_empty() {
        let one = |(name, value): &(String, String)| ["\"", name, "\": \"", value, "\""].concat();
        let all: Vec<String> = init.headers.iter().map(one).collect();
        options.push(["headers: { ", &all.join(", "), " }"].concat());
    }
    options.extend(init.body.as_ref().map(|body| ["body: '", body, "'"].concat()));
    if init.mode != Mode::default() {
        options.push(["mode: \"", init.mode.word(), "\""].concat());
    }
    if init.credentials != Credentials::default() {
        options.push(["credentials: \"", init.credentials.word(), "\""].concat());
    }
    let options = if options.is_empty() { String::new() } else { [", { ", &options.join(", "), " }"].concat() };
    ["fetch(\"", &init.url, "\"", &options, ")"].concat()
}
