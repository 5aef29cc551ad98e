//! Where the time of each request went, in the words of Chromium's network panel ("Timing").
//!
//! The bars of a row follow each other without a gap and add up to the row. Chromium draws its bar "Initial connection"
//! over the one called "SSL"; here the first ends where the second begins, so that nothing is counted twice.

use crate::row::{Row, rows};
use engine::message::Message;
use engine::place::Place::{Browser, Program};
use engine::time::Micros;
use engine::trace::{Act, Step, Trace};

/// What a stretch of time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From the name to an address.
    Lookup,
    /// The TCP handshake.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The request is written to the connection.
    Sent,
    /// From the last byte of the request to the first of the answer.
    Waiting,
    /// From the first byte of the answer to the last.
    Receiving,
}

impl Phase {
    /// Chromium's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lookup => "DNS Lookup",
            Self::Connect => "Initial connection",
            Self::Tls => "SSL",
            Self::Sent => "Request sent",
            Self::Waiting => "Waiting for server response",
            Self::Receiving => "Content Download",
        }
    }

    /// What happens in it, in one sentence.
    pub const fn means(self) -> &'static str {
        match self {
            Self::Lookup => "The resolver is asked for the address of the name.",
            Self::Connect => "The TCP handshake: one round trip to the server, before anything can be said.",
            Self::Tls => "The TLS handshake: keys are agreed on and the certificate is checked.",
            Self::Sent => "The request is handed to the network; a request this short goes out at once.",
            Self::Waiting => "The request travels, the server works, and the first byte of its answer travels back.",
            Self::Receiving => {
                "The rest of the answer arrives; how wide the line is, is not modelled, so it takes no time."
            }
        }
    }
}

/// One stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it was spent on.
    pub phase: Phase,
    /// When it began.
    pub start: Micros,
    /// When it was over.
    pub end: Micros,
}

/// One request in the waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What was asked for.
    pub url: String,
    /// `200 OK`, `(failed) net::ERR_…`, `307 Internal Redirect`.
    pub end: String,
    /// When it began.
    pub start: Micros,
    /// When it was over.
    pub stop: Micros,
    /// Its stretches, one after the other, without gaps. None where nothing was sent.
    pub bars: Vec<Bar>,
}

/// The requests of one action of a trace, which opened or reached `url`.
pub fn waterfall(trace: &Trace, action: usize, url: &str) -> Vec<Request> {
    rows(trace, action, url).iter().map(request).collect()
}

fn request(row: &Row<'_>) -> Request {
    let (start, stop) = row.span();
    let mut bars: Vec<Bar> = Vec::new();
    for (phase, at) in row.steps.iter().filter_map(|step| begins(step)) {
        if bars.last().is_some_and(|bar| bar.phase >= phase) {
            continue;
        }
        if let Some(bar) = bars.last_mut() {
            bar.end = at;
        }
        if phase == Phase::Waiting {
            bars.push(Bar { phase: Phase::Sent, start: at, end: at });
        }
        bars.push(Bar { phase, start: at, end: stop });
    }
    Request { url: row.url.text(), end: row.end(), start, stop, bars }
}

/// The phase that begins with a step, and when.
fn begins(step: &Step) -> Option<(Phase, Micros)> {
    match &step.act {
        Act::Decide { at: Browser | Program, .. } if step.name == "browser-checks-cache" => {
            Some((Phase::Lookup, step.start))
        }
        Act::Travel { from: Browser | Program, message, .. } => match message {
            Message::Segment { .. } => Some((Phase::Connect, step.start)),
            Message::Tls(_) => Some((Phase::Tls, step.start)),
            Message::Request(_) => Some((Phase::Waiting, step.start)),
            Message::Http2(flight) if flight.field(":method").is_some() => Some((Phase::Waiting, step.start)),
            _ => None,
        },
        Act::Travel { to: Browser, message: Message::Response(_), .. } => Some((Phase::Receiving, step.end)),
        Act::Travel { to: Program, message: Message::Http2(flight), .. } if flight.field(":status").is_some() => {
            Some((Phase::Receiving, step.end))
        }
        _ => None,
    }
}
