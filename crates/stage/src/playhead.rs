//! Where we are in the score, and what a person may ask of it.
//!
//! The player rests before the beginning and at the end of each beat, where what was decided can be read. A step plays
//! the next beat and rests at its end; a step asked for while one is playing finishes that one first, at once.

use crate::score::Score;

/// Where we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Playhead {
    /// The moment, in stage milliseconds.
    pub at: u32,
    /// Where it is running to; `None` when it rests.
    pub until: Option<u32>,
    /// How fast, in percent of the score's own pace.
    pub rate: u32,
}

impl Default for Playhead {
    fn default() -> Self {
        Self { at: 0, until: None, rate: 100 }
    }
}

/// The paces that `<` and `>` go through, in percent.
pub const RATES: [u32; 5] = [25, 50, 100, 200, 400];

/// What a person may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Run to the end; from the end, from the beginning.
    Play,
    /// Stay here.
    Pause,
    /// Play the next beat and rest at its end.
    Step,
    /// Rest at the end of the beat before.
    StepBack,
    /// Go to the end of the next event, within beats.
    Next,
    /// Go back to the end of the event before.
    Previous,
    /// Play this beat again from its beginning.
    Replay,
    /// Go to a moment, in stage milliseconds.
    Seek(u32),
    /// Go to the end of a beat.
    Go(usize),
    /// Set the pace in percent; kept within 10 and 1,000.
    Rate(u32),
    /// So many real milliseconds have passed.
    Tick(u32),
    /// The score has been played at once to where it was running: for readers who want no motion.
    Arrive,
}

impl Playhead {
    /// Whether it is running.
    pub fn playing(&self) -> bool {
        self.until.is_some()
    }
}

/// The next playhead. Pure: the same head, cue and score give the same answer.
pub fn respond(head: Playhead, cue: Cue, score: &Score) -> Playhead {
    let rest = |at: u32| Playhead { at: at.min(score.length), until: None, ..head };
    let run = |at: u32, until: u32| Playhead { at, until: (at < until).then_some(until), ..head };
    match cue {
        Cue::Play if head.at >= score.length => run(0, score.length),
        Cue::Play => run(head.at, score.length),
        Cue::Pause => Playhead { until: None, ..head },
        Cue::Step => {
            // A step that is still playing is finished first.
            let from = match head.until {
                Some(until) if until < score.length => until,
                _ => head.at,
            };
            match score.beats.iter().find(|beat| beat.end > from) {
                Some(beat) => run(from, beat.end),
                None => rest(score.length),
            }
        }
        Cue::StepBack => {
            // While a beat plays, going back undoes that beat; at rest, the beat that was rested on.
            let current = score.beat_at(head.at).map_or(0, |index| score.beats[index].begin);
            let before = score.beats.iter().rev().find(|beat| beat.end <= current);
            rest(before.map_or(0, |beat| beat.end))
        }
        Cue::Next => {
            rest(score.events.iter().map(|event| event.end).filter(|end| *end > head.at).min().unwrap_or(score.length))
        }
        Cue::Previous => {
            rest(score.events.iter().map(|event| event.end).filter(|end| *end < head.at).max().unwrap_or(0))
        }
        Cue::Replay => match score.beat_at(head.at) {
            Some(index) => run(score.beats[index].begin, score.beats[index].end),
            None => respond(head, Cue::Step, score),
        },
        Cue::Seek(at) => rest(at),
        Cue::Go(index) => rest(score.beats.get(index).map_or(score.length, |beat| beat.end)),
        Cue::Rate(rate) => Playhead { rate: rate.clamp(10, 1_000), ..head },
        Cue::Tick(passed) => {
            let Some(until) = head.until else { return head };
            let moved = u64::from(passed) * u64::from(head.rate) / 100;
            let at = u64::from(head.at).saturating_add(moved).min(u64::from(until));
            let at = u32::try_from(at).unwrap_or(until);
            Playhead { at, until: (at < until).then_some(until), ..head }
        }
        Cue::Arrive => rest(head.until.unwrap_or(head.at)),
    }
}
