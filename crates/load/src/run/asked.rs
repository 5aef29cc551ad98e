//! What a run says of itself.

use super::{Counts, Ended, PoolRun};
use crate::gauge::Level;
use crate::histogram::Histogram;
use crate::matter::Matter;
use crate::order::Due;
use crate::random::mix;
use crate::series::Series;
use crate::setup::{Half, Setup};
use engine::time::Micros;

impl PoolRun {
    /// What is there now.
    #[inline]
    pub fn level(&self) -> Level {
        self.series.gauges.level()
    }

    /// The moment.
    pub fn now(&self) -> Micros {
        Micros(self.now)
    }

    /// What is there, counted where it lies.
    pub(super) fn counted(&self) -> Level {
        Level {
            inside: (self.counts.arrived - self.counts.ended()) as u32,
            waiting: self.waiting.len(),
            connections: self.places.taken(),
            running: self.processor.count() as u32,
        }
    }

    /// Why it goes on no longer, if so.
    pub fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// What is to be said about the settings.
    pub fn matters(&self) -> &[Matter] {
        &self.matters
    }

    /// The settings.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Which half it is.
    pub fn half(&self) -> Half {
        self.half
    }

    /// What was counted so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// From coming to the answer, of those that were served, other tries included.
    pub fn latency(&self) -> &Histogram {
        &self.latency
    }

    /// What happened when.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// How many requests there are: one for each client that is there, and those whose clients have gone.
    pub fn requests(&self) -> usize {
        self.jobs.count()
    }

    /// The most places that were taken at the database at once.
    pub fn most_connections(&self) -> u32 {
        self.places.most()
    }

    /// One number for everything that ended so far, how, when and in which order: two runs that differ anywhere differ
    /// in it, but for a chance of 2⁻⁶⁴.
    pub fn digest(&self) -> u64 {
        mix(self.digest ^ mix(self.now) ^ self.counts.connects)
    }

    /// Memory that the run takes, in bytes; what a billion clients take as well, if not more of them are there at once.
    pub fn bytes(&self) -> usize {
        let lines = [&self.upstream, &self.waiting, &self.promised, &self.idle, &self.aging, &self.dialing];
        let lanes = self.hop.bytes() + self.knock.bytes() + self.fork.bytes() + self.sign_in.bytes();
        let slabs = self.jobs.bytes() + self.conns.bytes() + self.processor.bytes() + self.leaving.bytes();
        let pausing = self.pausing.capacity() * size_of::<(Due, u32)>();
        let lines: usize = lines.iter().map(|line| line.bytes()).sum();
        size_of::<Self>() + slabs + lines + lanes + pausing + self.latency.bytes() + self.series.bytes()
    }
}
