//! When on stage: the only map from simulated microseconds to milliseconds in front of the reader.
//!
//! A light in the glass and a minute's time-out cannot be shown to scale, so every event gets the time that a person
//! needs to see it. Order is kept; what happens at once within a beat is shown at once.

use crate::captions::Captions;
use crate::plot::{Act, Plot};
use engine::time::Micros;
use engine::trace::Ruling;

/// Stage time of a message's hop, in milliseconds.
pub const HOP: u32 = 480;
/// Stage time of a decision: the light holds for a moment.
pub const DECISION: u32 = 900;
/// Stage time of a step that is passed over quickly, in milliseconds.
pub const QUICK: u32 = 60;
/// Stage time of giving up after a long wait.
pub const WAIT: u32 = 1_600;

/// The timetable of one trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// One event for each step of the trace, in the same order.
    pub events: Vec<Event>,
    /// The steps as the reader counts them.
    pub beats: Vec<Beat>,
    /// When the last event ends, in stage milliseconds.
    pub length: u32,
}

/// A step of the trace on stage, in stage milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it begins.
    pub begin: u32,
    /// When it is over.
    pub end: u32,
    /// The beat that it belongs to.
    pub beat: usize,
}

/// A step as the reader counts them: one sentence, one or more events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The first event.
    pub first: usize,
    /// The last event.
    pub last: usize,
    /// The caption, as an index into the captions; `None` when the piece has no words for the trace's first steps.
    pub caption: Option<usize>,
    /// When it begins, in stage milliseconds.
    pub begin: u32,
    /// When it is over: where the player rests.
    pub end: u32,
}

impl Score {
    /// Gives every step of the trace its time on stage, and gathers the steps into beats where a caption begins.
    pub fn new(plot: &Plot, captions: &Captions) -> Self {
        let mut score = Self::default();
        let mut spans: Vec<(Micros, Micros)> = Vec::new();
        for step in &plot.steps {
            let caption = captions.find(step);
            // The same caption again goes on with the same beat: ten attempts in a row are one thing to see.
            let opens = match score.beats.last() {
                Some(beat) => caption.is_some() && caption != beat.caption,
                None => true,
            };
            // A new beat waits until everything before it has been seen; within a beat, what overlaps stays so.
            let earliest = if opens { score.length } else { 0 };
            let begin = score.begin(step.start, &spans).max(earliest);
            let end = begin + if captions.hurries(step) { QUICK } else { length(&step.act) };
            if opens {
                let first = score.events.len();
                score.beats.push(Beat { first, last: first, caption, begin, end });
            }
            let beat = score.beats.len() - 1;
            score.events.push(Event { begin, end, beat });
            let open = &mut score.beats[beat];
            open.last = score.events.len() - 1;
            open.end = open.end.max(end);
            score.length = score.length.max(end);
            spans.push((step.start, step.end));
        }
        score
    }

    /// Where on stage the simulated moment `start` lies: after everything that is over by then, and inside what is
    /// still going on, in proportion.
    fn begin(&self, start: Micros, spans: &[(Micros, Micros)]) -> u32 {
        let mut begin = 0;
        for (event, (from, to)) in self.events.iter().zip(spans) {
            let at = if *to <= start {
                event.end
            } else if *from < start {
                let share = (start - *from).0 * u64::from(event.end - event.begin) / (*to - *from).0;
                event.begin + u32::try_from(share).unwrap_or(0)
            } else {
                event.begin
            };
            begin = begin.max(at);
        }
        begin
    }

    /// The beat that stands on stage at `at`; `None` before the first one begins. A moment between two beats belongs to
    /// the one that has just ended, so that the player rests on what was decided.
    pub fn beat_at(&self, at: u32) -> Option<usize> {
        if at == 0 {
            return None;
        }
        self.beats.iter().rposition(|beat| beat.begin < at)
    }

    /// The latest event that has begun at `at`.
    pub fn event_at(&self, at: u32) -> Option<usize> {
        if at == 0 {
            return None;
        }
        self.events.iter().rposition(|event| event.begin < at)
    }
}

/// How long an act is looked at.
fn length(act: &Act) -> u32 {
    match act {
        Act::Travel { .. } => HOP,
        Act::Decide { verdict, .. } if verdict.ruling == Ruling::GiveUp => WAIT,
        Act::Decide { .. } => DECISION,
    }
}
