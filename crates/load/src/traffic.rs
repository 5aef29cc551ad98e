//! Who comes when, and how much work each brings. It knows neither pool nor database: both halves get the same traffic.

use crate::random::Random;
use engine::time::Micros;
use std::sync::Arc;

/// When clients come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// One after the other in equal distances.
    Steady {
        /// Clients a second.
        per_second: u64,
    },
    /// Independently of each other (a Poisson process).
    Poisson {
        /// Clients a second, on average.
        per_second: u64,
    },
    /// Many in the same moment, again and again.
    Bursts {
        /// Clients in one burst.
        size: u64,
        /// From one burst to the next.
        every: Micros,
    },
    /// As recorded, in order of time.
    Given(Arc<[Given]>),
}

/// A client of a recorded trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// When it comes.
    pub at: Micros,
    /// How long its query takes on an idle processor; counts instead of [`Work`].
    pub work: Micros,
}

/// How long a query keeps one core busy where nothing else wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Always the same.
    Fixed(Micros),
    /// Exponentially distributed around this mean.
    Exponential(Micros),
    /// Many short ones and a few very long ones: a Pareto distribution between two bounds.
    Pareto {
        /// The exponent of the tail in hundredths: 110 is very heavy, 250 is light.
        shape: u32,
        /// The shortest.
        least: Micros,
        /// The longest.
        most: Micros,
    },
}

/// What goes wrong, counted by clients, so that both halves meet the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Every so many clients, one does not give its connection back (0: none).
    pub leak_every: u64,
    /// Every so many clients, one brings a slow query (0: none).
    pub slow_every: u64,
    /// How long the slow query takes.
    pub slow: Micros,
}

/// The longest query, since work is kept in 32 bits: a little more than 71 minutes.
pub const LONGEST: Micros = Micros(u32::MAX as u64);

/// One client as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its number, from 0.
    pub number: u32,
    /// When it comes, in microseconds.
    pub at: u64,
    /// What its query takes, in microseconds.
    pub work: u32,
    /// It will not give its connection back.
    pub leaks: bool,
}

/// The clients in order of time, drawn one by one: a billion of them take no more memory than one.
#[derive(Clone, Debug)]
pub struct Traffic {
    arrivals: Arrivals,
    work: Work,
    slow: Every,
    slow_work: u64,
    leaks: Every,
    left: u64,
    number: u64,
    /// A Poisson process goes on from here, in 1024ths of a microsecond, so that short distances are not rounded away.
    clock: u64,
    mean_gap: f64,
    when: Random,
    what: Random,
}

impl Traffic {
    /// So many clients, or as many as the trace has where that is less.
    pub fn new(seed: u64, clients: u64, arrivals: &Arrivals, work: Work, faults: Faults) -> Self {
        let most = match arrivals {
            Arrivals::Given(trace) => trace.len() as u64,
            Arrivals::Steady { per_second: 0 }
            | Arrivals::Poisson { per_second: 0 }
            | Arrivals::Bursts { size: 0, .. } => 0,
            _ => u64::from(u32::MAX),
        };
        Self {
            arrivals: arrivals.clone(),
            work,
            slow: Every::new(faults.slow_every),
            slow_work: faults.slow.0,
            leaks: Every::new(faults.leak_every),
            left: clients.min(most),
            number: 0,
            clock: 0,
            mean_gap: match arrivals {
                Arrivals::Poisson { per_second } => 1_000_000.0 * 1024.0 / (*per_second).max(1) as f64,
                _ => 0.0,
            },
            when: Random::stream(seed, 1),
            what: Random::stream(seed, 2),
        }
    }

    fn moment(&mut self) -> u64 {
        let number = self.number;
        match &self.arrivals {
            Arrivals::Steady { per_second } => number * 1_000_000 / per_second,
            Arrivals::Poisson { .. } => {
                let gap = self.when.exponential() * self.mean_gap;
                self.clock = self.clock.saturating_add(gap as u64);
                self.clock >> 10
            }
            Arrivals::Bursts { size, every } => (number / size).saturating_mul(every.0),
            Arrivals::Given(trace) => trace[number as usize].at.0,
        }
    }

    fn takes(&mut self) -> u64 {
        match self.work {
            Work::Fixed(work) => work.0,
            Work::Exponential(mean) => (self.what.exponential() * mean.0 as f64 + 0.5) as u64,
            Work::Pareto { shape, least, most } => {
                let shape = f64::from(shape.max(1)) / 100.0;
                self.what.pareto(shape, least.0.max(1) as f64, most.0.max(least.0).max(1) as f64) as u64
            }
        }
    }
}

/// Every so many clients, one.
#[derive(Clone, Copy, Debug)]
struct Every {
    every: u64,
    /// The number of the next one, from 0.
    next: u64,
}

impl Every {
    /// The last of each so many; none where that is 0.
    fn new(every: u64) -> Self {
        Self { every, next: every.wrapping_sub(1) }
    }

    #[inline]
    fn is(&mut self, number: u64) -> bool {
        let hit = number == self.next;
        if hit {
            self.next += self.every;
        }
        hit
    }
}

impl Iterator for Traffic {
    type Item = Client;

    fn next(&mut self) -> Option<Client> {
        self.left = self.left.checked_sub(1)?;
        let number = self.number;
        let at = self.moment();
        // Drawn also where it does not count, so that a fault changes nobody else's work.
        let drawn = self.takes();
        let work = match &self.arrivals {
            Arrivals::Given(trace) => trace[number as usize].work.0,
            _ => drawn,
        };
        let work = if self.slow.is(number) { self.slow_work } else { work };
        self.number += 1;
        Some(Client { number: number as u32, at, work: work.min(LONGEST.0) as u32, leaks: self.leaks.is(number) })
    }
}
