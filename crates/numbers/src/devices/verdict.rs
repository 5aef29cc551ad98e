//! How the work fares on a machine, as somebody who waits for it would say.

use engine::time::Micros;
use load::device::{Course, Ended};

/// How the work fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Going,
    /// The memory was full in this stage, and the page was ended.
    Crash(&'static str),
    /// Done, so late that nobody waits for it.
    Lag,
    /// Done, and it was a wait.
    Poor,
    /// Done, and hardly a wait.
    Works,
}

/// Up to here the reader's flow of thought is not broken (Nielsen, Usability Engineering, 1993, 5.5).
pub const FLOW: Micros = Micros::seconds(1);

/// Beyond this, readers turn to something else (the same).
pub const ATTENTION: Micros = Micros::seconds(10);

impl Verdict {
    /// What is to be said of this course at this moment.
    pub fn of(course: &Course, moment: Micros) -> Self {
        let time = course.time();
        match course.ended {
            _ if moment < time && moment > ATTENTION => Self::Lag,
            _ if moment < time => Self::Going,
            Ended::OutOfMemory(stage) => Self::Crash(stage),
            Ended::Done if time > ATTENTION => Self::Lag,
            Ended::Done if time > FLOW => Self::Poor,
            Ended::Done => Self::Works,
        }
    }

    /// The arrow of the drawing that says so, if this machine has one.
    pub fn arrow(self, machine: usize) -> Option<(&'static str, &'static str)> {
        match (machine, self) {
            (0, Self::Crash(_) | Self::Lag) => Some(("Device1", "Crash")),
            (1, Self::Poor) => Some(("Device2", "Slow")),
            (2, Self::Works) => Some(("Device3", "OK")),
            _ => None,
        }
    }

    /// In words, for a table.
    pub fn words(self) -> String {
        match self {
            Self::Going => "at work".to_owned(),
            Self::Crash(stage) => format!("✗ out of memory ({stage})"),
            Self::Lag => "✗ more than 10 s: lag".to_owned(),
            Self::Poor => "more than 1 s: poor performance".to_owned(),
            Self::Works => "✓ works".to_owned(),
        }
    }
}
