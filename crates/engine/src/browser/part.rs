//! Which part of the CORS protocol a decision belongs to: the questions that figure 13 asks, told apart. It decides nothing.

use super::check::CORS_CHECK;
use super::fetch::{Event, Fetched};
use super::main_fetch::{NO_CORS, OWN, PREFLIGHT, SIMPLE};
use super::network::{FRESH, KNOWN};
use super::rule::Decision;
use crate::trace::Ruling;

/// A part of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The address is of the page’s own origin: no question of CORS.
    Own,
    /// It is of another origin, and asked at once.
    Other,
    /// It is of another origin, which is asked for permission first.
    First,
    /// It is of another origin, and script has asked not to see the answer (the mode `no-cors`).
    Unread,
    /// Permission was given earlier, and is remembered.
    Known,
    /// The answer to a preflight names the origin that asks.
    Named,
    /// It allows the method, the headers, and how long that is remembered.
    Permitted,
    /// It does not: the request itself is never sent.
    NotPermitted,
    /// The answer may be read.
    Readable,
    /// The answer has come, and is withheld from script.
    Withheld,
    /// A redirect is followed, or shown as one.
    Redirected,
    /// An earlier answer is used again, and nothing is sent.
    Fresh,
    /// Nothing is sent at all.
    Unsent,
    /// No answer came, or none that is HTTP.
    Failed,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 14] = [
        Self::Own,
        Self::Other,
        Self::First,
        Self::Unread,
        Self::Known,
        Self::Named,
        Self::Permitted,
        Self::NotPermitted,
        Self::Readable,
        Self::Withheld,
        Self::Redirected,
        Self::Fresh,
        Self::Unsent,
        Self::Failed,
    ];

    /// The name of its step in a trace.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "same-origin",
            Self::Other => "other-origin",
            Self::First => "preflight-needed",
            Self::Unread => "no-cors",
            Self::Known => "preflight-remembered",
            Self::Named => "preflight-check",
            Self::Permitted => "preflight-permits",
            Self::NotPermitted => "preflight-refused",
            Self::Readable => "cors-check",
            Self::Withheld => "answer-withheld",
            Self::Redirected => "fetch-redirected",
            Self::Fresh => "answer-fresh",
            Self::Unsent => "fetch-unsent",
            Self::Failed => "fetch-failed",
        }
    }

    /// What it is, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Own => "the page’s own origin: sends it",
            Self::Other => "another origin, and no more than a form could send: sends it at once",
            Self::First => "another origin, and more than a form could send: needs permission",
            Self::Unread => "another origin, which script does not want to read: sends it at once",
            Self::Known => "the permission is remembered: sends it at once",
            Self::Named => "the preflight’s answer names the page",
            Self::Permitted => "the preflight’s answer permits it",
            Self::NotPermitted => "the preflight’s answer does not permit it, and the request itself is not sent",
            Self::Readable => "the answer may be read",
            Self::Withheld => "the answer has come, and is withheld",
            Self::Redirected => "goes where the answer leads",
            Self::Fresh => "has an answer that is still fresh, and sends nothing",
            Self::Unsent => "sends nothing",
            Self::Failed => "has no answer",
        }
    }
}

/// The part of each event of a fetch, in order; none for what was sent and answered.
pub fn parts(fetched: &Fetched) -> Vec<Option<Part>> {
    let (mut sent, mut preflight, mut answered) = (false, false, false);
    let mut part = |event: &Event| match event {
        Event::Sent(request) => {
            (sent, preflight, answered) = (true, request.preflight, false);
            None
        }
        Event::Answered(_) => {
            answered = true;
            None
        }
        Event::Decided(decision) if decision.stops() => Some(match (sent, answered, preflight) {
            (false, false, _) => Part::Unsent,
            (_, false, _) => Part::Failed,
            (_, true, true) => Part::NotPermitted,
            (_, true, false) => Part::Withheld,
        }),
        Event::Decided(decision) => Some(passes(decision, preflight && answered)),
    };
    fetched.events.iter().map(&mut part).collect()
}

/// The part of a decision that ends nothing.
fn passes(decision: &Decision, preflight: bool) -> Part {
    let rule = decision.rule;
    match () {
        () if rule == SIMPLE => Part::Other,
        () if rule == PREFLIGHT => Part::First,
        () if rule == NO_CORS => Part::Unread,
        () if rule == KNOWN => Part::Known,
        () if rule == FRESH => Part::Fresh,
        () if rule == OWN || decision.ruling != Ruling::Allow => {
            if rule.algorithm == OWN.algorithm {
                Part::Own
            } else {
                Part::Redirected
            }
        }
        () if preflight && rule.algorithm == CORS_CHECK => Part::Named,
        () if preflight => Part::Permitted,
        () => Part::Readable,
    }
}
