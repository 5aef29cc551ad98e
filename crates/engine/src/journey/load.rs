//! Loading a page: its HTML, then everything that it names, over a few connections at once; then what the browser makes of
//! it ([`crate::page::render`]).

use super::Journey;
use crate::browser::check::may_read;
use crate::browser::rule::Decision;
use crate::message::Response;
use crate::page::html::{self, What};
use crate::page::render::{Arrival, Given, render};
use crate::place::Place::Browser;
use crate::text;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::SocketAddr;
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// How many connections a browser keeps to one host with HTTP/1.1 (Chromium, `kMaxSocketsPerGroup`: 6).
const MOST_CONNECTIONS: usize = 6;

/// How many questions the scripts of a page may ask.
const MOST_QUESTIONS: usize = 16;

/// What a request is for: it names the messages of a page that is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody opens an address, and nothing more.
    #[default]
    Open,
    /// A page.
    Page,
    /// A style sheet.
    Style,
    /// A script.
    Script,
    /// An image.
    Image,
    /// Data for a script.
    Data,
    /// The question of the browser itself whether a script may ask.
    Preflight,
    /// A WebSocket.
    Socket,
    /// What an app on a phone asks for.
    App,
}

impl Purpose {
    /// The names of request and response.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("request", "response"),
            Self::Page => ("page-request", "html"),
            Self::Style => ("style-request", "css"),
            Self::Script => ("script-request", "javascript"),
            Self::Image => ("asset-request", "static-asset"),
            Self::Data => ("data-request", "data"),
            Self::Preflight => ("preflight", "preflight-answer"),
            Self::Socket => ("upgrade-request", "upgrade-response"),
            Self::App => ("app-request", "app-answer"),
        }
    }

    /// The header `Accept` (Fetch standard, "fetch": by destination).
    pub(super) const fn accept(self) -> &'static str {
        match self {
            Self::Open | Self::Page => "text/html,*/*;q=0.8",
            Self::Style => "text/css,*/*;q=0.1",
            Self::Image => "image/avif,image/webp,image/*,*/*;q=0.8",
            Self::Script | Self::Data | Self::Preflight | Self::Socket | Self::App => "*/*",
        }
    }
}

/// The connections that are still receiving, and until when.
type Busy = Vec<(SocketAddr, Micros)>;

impl Journey<'_> {
    /// Opens a page and loads what it names; somebody clicks its button so long after the beginning.
    pub(super) fn load(&mut self, address: &str, click: Option<Micros>) -> Outcome {
        let started = self.record.now;
        self.purpose = Purpose::Page;
        let opened = self.navigate(address);
        self.purpose = Purpose::Open;
        let (url, response) = match opened {
            Ok(opened) => opened,
            Err(outcome) => return outcome,
        };
        let html = response.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html"));
        if !html || response.body.is_empty() {
            return self.show(&url, &response);
        }
        self.record.now += self.receiving(&response);
        let page = html::parse(&response.body);
        let named: Vec<&str> = page.parts.iter().filter_map(html::Part::address).collect();
        let words = match named.is_empty() {
            true => "reads the HTML, and finds nothing more to ask for".to_owned(),
            false => ["reads the HTML, and at once asks for ", &named.join(", ")].concat(),
        };
        let basis = Basis::Standard {
            source: "HTML standard of 2026-07, Speculative HTML parsing",
            says: "what a page names may be asked for before the parser comes to it",
        };
        self.record.decide("html-read", Browser, Ruling::Choose, words, basis);
        if page.more {
            let words = "not modelled: a page of so many parts; the first 200 are looked at".to_owned();
            let basis = Basis::State { what: "the HTML".to_owned() };
            self.record.decide("not-modelled", Browser, Ruling::Refuse, words, basis);
        }

        let (at, mut busy) = (self.record.now, Busy::new());
        let mut last = at;
        let mut arrivals = Vec::new();
        for part in &page.parts {
            let (purpose, checked) = match &part.what {
                What::Style(_) => (Purpose::Style, false),
                What::Script(_, _, module) => (Purpose::Script, *module),
                _ => (Purpose::Image, false),
            };
            let arrival = part.address().map(|address| self.resource(&url, address, (purpose, checked), at, &mut busy));
            last = last.max(arrival.as_ref().map_or(at, |arrival| arrival.at));
            arrivals.push(arrival);
        }

        let document = self.document(&url, &response);
        let mut data = Vec::new();
        let course = loop {
            let click = click.map(|span| started + span);
            let (page, document, rate) = (&page, document.as_deref(), self.network.browser_script);
            let course = render(Given { page, at, document, arrivals: &arrivals, data: &data, rate, click });
            match course.wants {
                Some((address, at)) if data.len() < MOST_QUESTIONS => {
                    data.push(self.resource(&url, &address, (Purpose::Data, true), at, &mut busy));
                }
                _ => break course,
            }
        };
        for event in course.events {
            self.record.now = event.at;
            self.record.decide_after(event.span, event.name, Browser, event.ruling, event.words, event.basis);
            last = last.max(self.record.now);
        }
        self.record.now = last;
        if course.wants.is_some() {
            let words = "not modelled: a script that asks so often".to_owned();
            let basis = Basis::State { what: "the scripts have asked 16 times".to_owned() };
            self.record.decide("not-modelled", Browser, Ruling::Refuse, words, basis);
        }
        let content_type = response.header("Content-Type").unwrap_or("").to_owned();
        let (reason, body) = (response.reason.clone(), response.body.clone());
        Outcome::Response { status: response.status, reason, content_type, body, cut: super::cut(&response) }
    }

    /// One thing that a page names, asked for at a moment, on a connection that is free then. `checked`: scripts of other
    /// origins are not to read it unasked (request mode "cors").
    fn resource(
        &mut self,
        page: &Url,
        address: &str,
        (purpose, checked): (Purpose, bool),
        at: Micros,
        busy: &mut Busy,
    ) -> Arrival {
        let failed =
            |at: Micros, why: &str| Arrival { at, answer: Err(why.to_owned()), document: None, withheld: None };
        let Some(url) = page.join(address) else { return failed(at, "ERR_INVALID_URL") };
        if page.secure && !url.secure {
            return failed(at, "not modelled: a part in the clear on a page that came encrypted");
        }
        let foreign = url.origin() != page.origin();
        let fits =
            |c: &crate::state::Connection| c.host == url.host && c.server.port() == url.port && c.secure == url.secure;
        // A connection of HTTP/2 carries any number of exchanges at once (RFC 9113 section 5).
        let free_at = |c: &crate::state::Connection| match c.http2 {
            true => at,
            false => busy.iter().rev().find(|(known, _)| *known == c.client).map_or(at, |(_, at)| *at),
        };
        let mut times: Vec<Micros> = self.state.connections.iter().filter(|c| fits(c)).map(free_at).collect();
        text::sort(&mut times, |time| *time);
        // With as many connections as there may be, the request waits for the first that is free.
        let start = if times.len() < MOST_CONNECTIONS { at } else { times[0].max(at) };
        let free = |c: &crate::state::Connection| !fits(c) || free_at(c) <= start;
        let aside: Vec<_> = self.state.connections.iter().filter(|c| !free(c)).cloned().collect();
        self.state.connections.retain(free);
        self.record.now = start;
        (self.purpose, self.origin) = (purpose, (checked && foreign).then(|| page.origin()));
        let exchanged = self.exchange(&url);
        (self.purpose, self.origin) = (Purpose::Open, None);
        let arrival = match exchanged {
            Break(outcome) => match outcome {
                Outcome::BrowserError { code, .. } => failed(self.record.now, code),
                Outcome::Printed(words) => failed(self.record.now, &words),
                Outcome::Response { .. } => failed(self.record.now, "nothing came"),
            },
            Continue(response) => {
                self.record.now += self.receiving(&response);
                if let Some(connection) = self.state.connections.last() {
                    busy.push((connection.client, self.record.now));
                }
                // Modules and plain questions take no credentials to other origins, and need no preflight.
                let asks = || may_read(&page.origin(), false, &response.headers);
                let withheld = foreign.then(asks).filter(Decision::stops);
                let document = self.document(&url, &response);
                let answer = match response.status {
                    _ if response.cut => Err(super::cut(&response).unwrap_or_default().to_owned()),
                    301..=303 | 307 | 308 => Err("not modelled: a redirect of a part of a page".to_owned()),
                    _ => Ok(response),
                };
                Arrival { at: self.record.now, answer, document, withheld }
            }
        };
        self.state.connections.extend(aside);
        arrival
    }

    /// How long a body takes to arrive after its first byte.
    fn receiving(&self, response: &Response) -> Micros {
        let length = response.header("Content-Length").and_then(|length| length.parse::<u64>().ok());
        let bytes = length.unwrap_or(response.body.len() as u64);
        Micros(self.network.browser_kilobyte.0.saturating_mul(bytes) / 1_000).min(Micros::seconds(3_600))
    }

    /// The document of the world that an answer is, so that its lines can be named.
    fn document(&self, url: &Url, response: &Arc<Response>) -> Option<String> {
        let path = url.target.split('?').next().unwrap_or("");
        let index = if path.ends_with('/') { "index.html" } else { "" };
        let name = ["public", path, index].concat();
        (self.world.text(&name)? == response.body).then_some(name)
    }
}
