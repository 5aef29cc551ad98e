//! A trace cut into requests: one row each. A redirect begins another row, as in a browser's network panel.

use engine::message::{Flight, Message, Request, Response};
use engine::place::Place::{self, Browser, Program};
use engine::text;
use engine::time::Micros;
use engine::trace::{Act, Basis, Outcome, Step, Trace, Verdict};
use engine::url::Url;

/// One request of an action, with everything that happened for it.
#[derive(Clone, Debug)]
pub struct Row<'t> {
    /// What was asked for.
    pub url: Url,
    /// Its steps, in order.
    pub steps: Vec<&'t Step>,
    /// How the action ended, where this row is the last.
    pub outcome: Option<&'t Outcome>,
}

/// A message on one of its hops.
#[derive(Clone, Copy, Debug)]
pub struct Hop<'t> {
    /// The step.
    pub step: &'t Step,
    /// Where it left.
    pub from: Place,
    /// Where it arrived.
    pub to: Place,
    /// What travelled.
    pub message: &'t Message,
}

/// The rows of one action of a trace, which opened or reached `url`. None where that is no URL.
pub fn rows<'t>(trace: &'t Trace, action: usize, url: &str) -> Vec<Row<'t>> {
    let Some(url) = Url::of_any(url) else { return Vec::new() };
    let asked = url.clone();
    let mut done: Vec<Row<'t>> = Vec::new();
    let mut row = Row { url, steps: Vec::new(), outcome: None };
    // Whether a script of a page asks, which may take several requests: the page is opened, then it begins.
    let mut asks = false;
    for step in trace.steps.iter().filter(|step| step.action == action) {
        match (&step.act, step.name) {
            (Act::Decide { verdict, .. }, "page-opens") => {
                let page = verdict.words.strip_prefix("opens ").and_then(|rest| text::split_once(rest, " first: "));
                row.url = page.and_then(|(page, _)| Url::parse(page)).unwrap_or(row.url);
            }
            (_, "script-asks") => {
                asks = true;
                let next = Row { url: asked.clone(), steps: Vec::new(), outcome: None };
                let page = core::mem::replace(&mut row, next);
                done.extend(Some(page).filter(|page| !page.steps.is_empty()));
            }
            (Act::Decide { at, .. }, name) if *at == Browser && name != "connection-reused" => {}
            _ if asks && row.response().is_some() && step.name != "server-received" => {
                let next = Row { url: asked.clone(), steps: Vec::new(), outcome: None };
                done.push(core::mem::replace(&mut row, next));
            }
            _ => {}
        }
        if let (true, Act::Travel { from: Browser, message: Message::Request(request), .. }) = (asks, &step.act) {
            row.url = sent_to(request).unwrap_or(row.url);
        }
        let leads_on = matches!(step.name, "browser-follows" | "hsts-upgrades" | "redirect-remembered");
        row.steps.push(step);
        if let (true, Some(next)) = (leads_on, row.next()) {
            done.push(core::mem::replace(&mut row, Row { url: next, steps: Vec::new(), outcome: None }));
        }
    }
    row.outcome = trace.outcomes.get(action);
    done.push(row);
    done
}

/// The address that a request is for.
fn sent_to(request: &Request) -> Option<Url> {
    let scheme = if request.secure { "https://" } else { "http://" };
    Url::parse(&[scheme, request.header("Host")?, &request.target].concat())
}

impl<'t> Row<'t> {
    /// The messages, hop by hop.
    pub fn hops(&self) -> impl Iterator<Item = Hop<'t>> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Travel { from, to, message } => Some(Hop { step, from: *from, to: *to, message }),
            Act::Decide { .. } => None,
        })
    }

    /// The flights of the TLS handshake, hop by hop.
    pub fn flights(&self) -> impl Iterator<Item = &'t Flight> {
        self.hops().filter_map(|hop| match hop.message {
            Message::Tls(flight) => Some(&**flight),
            _ => None,
        })
    }

    /// The decisions.
    pub fn decisions(&self) -> impl Iterator<Item = (&'t Step, Place, &'t Verdict, &'t Basis)> {
        self.steps.iter().filter_map(|step| match &step.act {
            Act::Decide { at, verdict, basis } => Some((*step, *at, verdict, basis)),
            Act::Travel { .. } => None,
        })
    }

    /// The first decision of this name.
    pub fn decision(&self, name: &str) -> Option<(&'t Step, &'t Verdict, &'t Basis)> {
        self.decisions().find(|(step, ..)| step.name == name).map(|(step, _, verdict, basis)| (step, verdict, basis))
    }

    /// Whether a decision of this name let nothing go on.
    pub fn stopped_at(&self, name: &str) -> bool {
        self.decision(name).is_some_and(|(_, verdict, _)| verdict.ruling.stops())
    }

    /// The request as it left the browser.
    pub fn request(&self) -> Option<(&'t Step, &'t Request)> {
        self.hops().find_map(|hop| match hop.message {
            Message::Request(request) if hop.from == Browser => Some((hop.step, &**request)),
            _ => None,
        })
    }

    /// Whether the request is one of HTTP/2.
    pub fn over_http2(&self) -> bool {
        let asked = self.request().is_some_and(|(_, request)| request.version == "HTTP/2.0");
        asked || self.decision("alpn-chosen").is_some()
    }

    /// The response as it arrived at the browser.
    pub fn response(&self) -> Option<(&'t Step, &'t Response)> {
        self.hops().find_map(|hop| match hop.message {
            Message::Response(response) if hop.to == Browser => Some((hop.step, &**response)),
            _ => None,
        })
    }

    /// The ends of the browser's connection, as it sees them: the addresses of its SYN, or of the open connection.
    pub fn ends(&self) -> Option<(core::net::SocketAddr, core::net::SocketAddr)> {
        let dialled = self.hops().find_map(|hop| match hop.message {
            Message::Segment { from, to, .. } if matches!(hop.from, Browser | Program) => Some((*from, *to)),
            _ => None,
        });
        let reused = || {
            let (_, _, basis) = self.decision("connection-reused")?;
            let Basis::State { what } = basis else { return None };
            let (_, pair) = text::split_once(what, "request: ")?;
            let (from, to) = text::split_once(pair, " → ")?;
            Some((from.parse().ok()?, to.parse().ok()?))
        };
        dialled.or_else(reused)
    }

    /// The address that the browser chose to connect to.
    pub fn address(&self) -> Option<String> {
        let (_, verdict, _) = self.decision("address-chosen")?;
        let (_, rest) = text::split_once(&verdict.words, "connects to ")?;
        Some(text::split_once(rest, " port ")?.0.to_owned())
    }

    /// Whether an answer came and the browser, all the same, showed an error of its own for the connection: what came was
    /// no answer to its request, or not one that it takes.
    pub fn refused_by_browser(&self) -> bool {
        match self.outcome {
            Some(Outcome::BrowserError { code, .. }) => code.starts_with("ERR_") && *code != "ERR_ABORTED",
            _ => false,
        }
    }

    /// When the browser began with it, and when it was done.
    pub fn span(&self) -> (Micros, Micros) {
        let start = self.steps.first().map_or(Micros::ZERO, |step| step.start);
        let seen = self.steps.iter().filter(|step| match &step.act {
            Act::Decide { at, .. } => matches!(at, Browser | Program),
            Act::Travel { to, .. } => matches!(to, Browser | Program),
        });
        (start, seen.map(|step| step.end).max().unwrap_or(start))
    }

    /// In a few words, how it ended: a status, or Chromium's error.
    pub fn end(&self) -> String {
        match (self.response(), self.outcome) {
            (_, Some(Outcome::Response { cut: Some(code), .. })) => ["(failed) net::", code].concat(),
            (_, Some(Outcome::BrowserError { code, .. })) if self.response().is_none() || self.refused_by_browser() => {
                ["(failed) net::", code].concat()
            }
            (Some((_, response)), _) => [&response.status.to_string(), " ", &response.reason].concat(),
            (None, Some(Outcome::Printed(words))) => words.lines().next().unwrap_or("").to_owned(),
            (None, Some(Outcome::Response { status, reason, .. })) => [&status.to_string(), " ", reason].concat(),
            (None, None) if self.decision("hsts-upgrades").is_some() => "307 Internal Redirect".to_owned(),
            (None, Some(Outcome::BrowserError { code, .. })) => ["(failed) net::", code].concat(),
            (None, None) => "301 (from memory)".to_owned(),
        }
    }

    /// Where a redirect leads, the browser's own ones included.
    fn next(&self) -> Option<Url> {
        let (step, _, verdict, _) = self.decisions().last()?;
        match step.name {
            "browser-follows" => {
                let (_, response) = self.response()?;
                self.url.join(response.header("Location")?)
            }
            "hsts-upgrades" => {
                let port = if self.url.port == 80 { 443 } else { self.url.port };
                Some(Url { secure: true, port, ..self.url.clone() })
            }
            _ => {
                let (_, rest) = text::split_once(&verdict.words, "goes to ")?;
                Url::parse(text::split_once(rest, " without asking")?.0)
            }
        }
    }
}
