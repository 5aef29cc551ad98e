//! What is counted, and why a run goes on no longer.

use crate::end::End;
use engine::time::Micros;

/// How many requests fit into a run at once. One more, and the run ends and says so: memory is not endless.
pub const ROOM: usize = 1 << 20;

/// Why a run goes on no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It never began: [`PoolRun::matters`](super::PoolRun::matters) says why.
    NotStarted,
    /// All have come, and it has ended for everybody.
    Over,
    /// So many wait for ever: nothing will happen any more.
    Stuck(u32),
    /// More than [`ROOM`] requests would be there at once.
    TooMany,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The moment.
    pub now: Micros,
    /// Events in this step.
    pub events: u64,
    /// Set once it goes on no longer.
    pub ended: Option<Ended>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients that have come.
    pub arrived: u64,
    /// How it ended for those for whom it has, in the order of [`End::ALL`].
    pub ends: [u64; End::ALL.len()],
    /// Tries after the first.
    pub retries: u64,
    /// Connections that were asked for.
    pub connects: u64,
    /// Those that came about.
    pub connected: u64,
    /// Those that are not given back.
    pub leaked: u64,
    /// Queries whose answer nobody wanted any more.
    pub wasted: u64,
    /// The most that waited for a connection at once.
    pub most_waiting: u32,
    /// How often the database said no, to whatever try.
    pub refusals: u64,
    /// When it first did.
    pub first_refused: Option<Micros>,
}

impl Counts {
    /// For how many it ended so.
    pub fn of(&self, end: End) -> u64 {
        self.ends[end as usize]
    }

    /// For how many it has ended.
    pub fn ended(&self) -> u64 {
        self.ends.iter().sum()
    }

    /// For how many clients the database's no was the end.
    pub fn refused(&self) -> u64 {
        End::ALL.iter().filter(|end| end.is_refused()).map(|end| self.of(*end)).sum()
    }
}
