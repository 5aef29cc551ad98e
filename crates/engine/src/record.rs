//! The pen that writes a trace: it moves the time on as things happen.

use crate::message::Message;
use crate::place::Place;
use crate::text::Text;
use crate::time::Micros;
use crate::trace::{Act, Basis, Ruling, Step, Trace, Verdict};

/// From where, to where, and how long it takes.
pub type Hop = (Place, Place, Micros);

/// A trace being written.
#[derive(Clone, Debug)]
pub struct Record {
    /// What has been written so far.
    pub trace: Trace,
    /// What time it is in the simulation.
    pub now: Micros,
    /// Which action is served.
    pub action: usize,
}

/// How many steps a journey has room for from the start; most have fewer.
const ROOM: usize = 64;

impl Record {
    /// An empty page.
    pub fn new(now: Micros) -> Self {
        let trace = Trace { steps: Vec::with_capacity(ROOM), ..Trace::default() };
        Self { trace, now, action: 0 }
    }

    /// A message goes along `hops`, one after the other, as soon as each has arrived.
    pub fn travel(&mut self, name: &'static str, hops: &[Hop], message: Message) {
        let Some((last, before)) = hops.split_last() else { return };
        before.iter().for_each(|hop| self.hop(name, *hop, message.clone()));
        self.hop(name, *last, message);
    }

    /// A message goes from one place to the next.
    pub fn hop(&mut self, name: &'static str, (from, to, span): Hop, message: Message) {
        let start = self.now;
        self.now += span;
        let act = Act::Travel { from, to, message };
        self.trace.steps.push(Step { name, start, end: self.now, action: self.action, act });
    }

    /// Somebody decides, now.
    pub fn decide(&mut self, name: &'static str, at: Place, ruling: Ruling, words: impl Into<Text>, basis: Basis) {
        self.decide_after(Micros::ZERO, name, at, ruling, words, basis);
    }

    /// Somebody decides, and needs some time for it.
    pub fn decide_after(
        &mut self,
        span: Micros,
        name: &'static str,
        at: Place,
        ruling: Ruling,
        words: impl Into<Text>,
        basis: Basis,
    ) {
        self.verdict(span, name, at, Verdict { ruling, words: words.into() }, basis);
    }

    fn verdict(&mut self, span: Micros, name: &'static str, at: Place, verdict: Verdict, basis: Basis) {
        let start = self.now;
        self.now += span;
        let act = Act::Decide { at, verdict, basis };
        self.trace.steps.push(Step { name, start, end: self.now, action: self.action, act });
    }

    /// The trace, ordered by start time; what starts at the same time keeps the order of cause and effect.
    pub fn finish(mut self) -> Trace {
        crate::text::sort(&mut self.trace.steps, |step| step.start);
        self.trace
    }
}
