//! A trace as far as it is played: what of each message is shown, by which way, and every decision. Plain values that know
//! no protocol, so that whoever plays them need not know the engine either; as text they travel from one program to
//! another ([`Plot::write`], [`Plot::read`]).

mod wire;

use crate::cast::{Cast, Route};
use crate::scene::{Mood, mood};
use engine::message::Message;
use engine::page::Happened;
use engine::place::Place;
use engine::time::Micros;
use engine::trace::{self, Basis, Outcome, Trace, Verdict};

/// What is played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plot {
    /// The steps of the trace, in the same order.
    pub steps: Vec<Step>,
    /// How each action ended.
    pub outcomes: Vec<Outcome>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stable name of this kind of step.
    pub name: String,
    /// When it began.
    pub start: Micros,
    /// When it was over.
    pub end: Micros,
    /// Which action it serves.
    pub action: usize,
    /// What it was.
    pub act: Act,
}

/// A message moves, or somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A message goes from one place to the next.
    Travel {
        /// Where it leaves.
        from: Place,
        /// Where it arrives.
        to: Place,
        /// What is shown of it.
        told: Told,
    },
    /// Somebody decides something, because of something.
    Decide {
        /// Who decides.
        at: Place,
        /// What was decided.
        verdict: Verdict,
        /// Because of what.
        basis: Basis,
    },
}

/// What is shown of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// At most 24 characters, for a token.
    pub short: String,
    /// Its first line, for those who read.
    pub line: String,
    /// What it means to the person who waits for the answer.
    pub mood: Mood,
    /// How it is drawn; none where the cast forgets it.
    pub route: Option<Route>,
    /// The HTML of a page that arrives in the browser.
    pub html: Option<String>,
}

impl Plot {
    /// What this cast plays of a trace.
    pub fn of(trace: &Trace, cast: &Cast) -> Self {
        let steps = trace.steps.iter().map(|step| Step::of(step, cast)).collect();
        Self { steps, outcomes: trace.outcomes.clone() }
    }
}

impl Step {
    fn of(step: &trace::Step, cast: &Cast) -> Self {
        let act = match &step.act {
            trace::Act::Travel { from, to, message } => {
                let line = message.to_string().lines().next().unwrap_or_default().to_owned();
                let html = match message {
                    Message::Response(response) if *to == Place::Browser && step.name == "html" => {
                        Some(response.body.clone())
                    }
                    _ => None,
                };
                let (short, mood, route) = (message.short(), mood(message), cast.route(step));
                Act::Travel { from: *from, to: *to, told: Told { short, line, mood, route, html } }
            }
            trace::Act::Decide { at, verdict, basis } => {
                Act::Decide { at: *at, verdict: verdict.clone(), basis: basis.clone() }
            }
        };
        Self { name: step.name.to_owned(), start: step.start, end: step.end, action: step.action, act }
    }

    /// The name for links: the step's name, and for a message also its hop: `request.browser-firewall`.
    pub fn slug(&self) -> String {
        match &self.act {
            Act::Decide { .. } => self.name.clone(),
            Act::Travel { from, to, .. } => [&self.name, ".", from.slug(), "-", to.slug()].concat(),
        }
    }

    /// The same, whosever phone it is.
    pub fn slug_of_any(&self) -> String {
        let any = |place: Place| match place {
            Place::Phone(_) => Place::Phone(0),
            Place::User(_) => Place::User(0),
            other => other,
        };
        match &self.act {
            Act::Decide { .. } => self.name.clone(),
            Act::Travel { from, to, .. } => [&self.name, ".", any(*from).slug(), "-", any(*to).slug()].concat(),
        }
    }

    /// What a page that is being loaded makes of it.
    pub fn happened(&self) -> Option<Happened<'_>> {
        match &self.act {
            Act::Travel { told, .. } => told.html.as_deref().map(Happened::Html),
            Act::Decide { verdict, .. } => Some(Happened::Said(&self.name, &verdict.words)),
        }
    }
}
