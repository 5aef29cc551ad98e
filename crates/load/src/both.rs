//! Both halves under the same traffic, and the point from which the flood is refused.

use crate::run::{Ended, PoolRun, Progress};
use crate::setup::{Half, Setup};
use crate::traffic::Arrivals;
use engine::time::Micros;

/// The two halves of figure 14. The same clients come to both in the same moments, with the same work.
#[derive(Clone, Debug)]
pub struct Both {
    /// Behind nginx, an application with a pool.
    pub pool: PoolRun,
    /// Every client opens a connection of its own.
    pub flood: PoolRun,
}

impl Both {
    /// Both at their beginning.
    pub fn new(setup: &Setup) -> Self {
        Self { pool: PoolRun::new(setup, Half::Pool), flood: PoolRun::new(setup, Half::Flood) }
    }

    /// Both go on to this moment, or each for so many events. Where one needs more events than that, the other may be
    /// ahead until the next call: to draw both, go on until both have the moment.
    pub fn advance(&mut self, until: Micros, events: u64) -> [Progress; 2] {
        [self.pool.advance(until, events), self.flood.advance(until, events)]
    }

    /// Both as they are at this moment, from the beginning. What takes long is better done in steps.
    pub fn at(setup: &Setup, moment: Micros) -> Self {
        let mut both = Self::new(setup);
        both.advance(moment, u64::MAX);
        both
    }

    /// Whether neither goes on.
    pub fn is_over(&self) -> bool {
        self.pool.ended().is_some() && self.flood.ended().is_some()
    }
}

/// What is made larger until the database refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Clients a second; of bursts, clients in one.
    Rate,
    /// How many come in all.
    Clients,
}

impl Axis {
    /// The settings with this value.
    pub fn set(self, setup: &mut Setup, value: u64) {
        match (self, &mut setup.arrivals) {
            (Self::Clients, _) => setup.clients = value,
            (Self::Rate, Arrivals::Steady { per_second } | Arrivals::Poisson { per_second }) => *per_second = value,
            (Self::Rate, Arrivals::Bursts { size, .. }) => *size = value,
            // A trace has the rate that it has.
            (Self::Rate, Arrivals::Given(_)) => {}
        }
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// From this value on: with it somebody is refused, with one less nobody is.
    From(u64),
    /// Nobody is refused, however large it is made.
    Never,
    /// A run ended before it was known: it would not start, or had no room.
    Unknown(Ended),
}

/// The search for the point from which the database refuses, by bisection: whole runs of one half with the same seed. It
/// goes on in steps, as a run does.
///
/// That more traffic is refused wherever less is holds nearly always, and not by necessity: other gaps between clients
/// may be luckier. The value that is found is one where it begins.
#[derive(Clone, Debug)]
pub struct Search {
    setup: Setup,
    half: Half,
    axis: Axis,
    /// Nobody is refused here, if anything is known.
    none_at: Option<u64>,
    /// Somebody is refused here.
    some_at: Option<u64>,
    least: u64,
    most: u64,
    probe: u64,
    runs: u32,
    run: PoolRun,
    found: Option<Found>,
}

impl Search {
    /// Looks between these values, both included.
    pub fn new(setup: &Setup, half: Half, axis: Axis, least: u64, most: u64) -> Self {
        let setup = setup.clone();
        let run = probe(&setup, half, axis, most);
        Self { setup, half, axis, none_at: None, some_at: None, least, most, probe: most, runs: 1, run, found: None }
    }

    /// Goes on for about so many events; the answer when it is known.
    pub fn advance(&mut self, events: u64) -> Option<Found> {
        let mut left = events;
        while left > 0 && self.found.is_none() {
            // Looks up now and then, since the first refusal is all that is asked.
            let step = self.run.advance(Micros(u64::MAX), left.min(4_096));
            left -= step.events.clamp(1, left);
            if self.run.counts().refusals > 0 {
                self.some_at = Some(self.probe);
            } else if let Some(ended) = step.ended {
                if matches!(ended, Ended::NotStarted | Ended::TooMany) {
                    self.found = Some(Found::Unknown(ended));
                }
                self.none_at = Some(self.probe);
            } else {
                continue;
            }
            self.decide();
        }
        self.found
    }

    /// Answers, or takes the next value.
    fn decide(&mut self) {
        let next = match (self.none_at, self.some_at) {
            _ if self.found.is_some() => return,
            // The largest is tried first, then the smallest.
            (_, None) => return self.found = Some(Found::Never),
            (None, Some(some)) if some == self.least => return self.found = Some(Found::From(some)),
            (None, Some(_)) => self.least,
            (Some(none), Some(some)) if some <= none + 1 => return self.found = Some(Found::From(some)),
            (Some(none), Some(some)) => none + (some - none) / 2,
        };
        self.probe = next;
        self.runs += 1;
        self.run = probe(&self.setup, self.half, self.axis, next);
    }

    /// How many runs it has begun.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// Between which values it lies, as far as is known.
    pub fn between(&self) -> (u64, u64) {
        (self.none_at.unwrap_or(self.least), self.some_at.unwrap_or(self.most))
    }
}

fn probe(setup: &Setup, half: Half, axis: Axis, value: u64) -> PoolRun {
    let mut setup = setup.clone();
    axis.set(&mut setup, value);
    PoolRun::new(&setup, half)
}
