//! The trials that are open. Time is an argument: microseconds since the server began.
//!
//! Everything is bounded: how many trials, how old one may be, what one may hold, what all may hold together. Where a bound
//! is reached, the oldest trials are forgotten; a page that comes for one of them hears that it is not there.

use super::witness::Arrived;
use crate::live::Limits;
use engine::browser::exchange::{Answer, Policy};
use std::collections::{BTreeMap, VecDeque};

/// Where something is answered, and how.
#[derive(Clone, Debug)]
pub struct Place {
    /// The origin, as the browser names it: `http://localhost:8081`.
    pub at: String,
    /// Path and query: `/trial/1f…/main?x=1`.
    pub target: String,
    /// What is answered.
    pub policy: Policy,
}

impl Place {
    /// Bytes that it takes, roughly.
    pub fn size(&self) -> usize {
        let answer = |answer: &Answer| {
            let lines = answer.headers.iter().map(|(name, value)| name.len() + value.len() + 64);
            lines.sum::<usize>() + answer.body.len() + 64
        };
        let policy = &self.policy;
        self.at.len() + self.target.len() + policy.preflight.iter().chain([&policy.actual]).map(answer).sum::<usize>()
    }
}

/// One trial.
#[derive(Clone, Debug)]
pub struct Trial {
    /// When it was opened.
    pub opened: u64,
    /// What is answered where.
    pub places: Vec<Place>,
    /// What arrived.
    pub arrived: Vec<Arrived>,
    /// How many more arrived, of which nothing was kept.
    pub left_out: u64,
    /// Bytes that all this takes, roughly.
    size: usize,
}

/// What a trial takes while it holds nothing.
const EMPTY: usize = 256;

/// All trials.
#[derive(Debug)]
pub struct Store {
    limits: Limits,
    trials: BTreeMap<String, Trial>,
    /// In the order in which they were opened; some may have been closed since.
    order: VecDeque<String>,
    size: usize,
}

impl Store {
    /// None yet.
    pub fn new(limits: &Limits) -> Self {
        Store { limits: *limits, trials: BTreeMap::new(), order: VecDeque::new(), size: 0 }
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.trials.len()
    }

    /// Bytes that all of them take, roughly.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many names wait in the order of age, those of closed trials among them.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.order.len()
    }

    /// Opens one.
    pub fn open(&mut self, id: String, now: u64) {
        let trial = Trial { opened: now, places: Vec::new(), arrived: Vec::new(), left_out: 0, size: EMPTY };
        self.size += trial.size;
        self.order.push_back(id.clone());
        if let Some(old) = self.trials.insert(id, trial) {
            self.size -= old.size;
        }
        self.make_room(now);
    }

    /// The trial of this name, unless it is too old.
    pub fn find(&self, id: &str, now: u64) -> Option<&Trial> {
        self.trials.get(id).filter(|trial| !self.is_old(trial, now))
    }

    /// Says what is answered from now on. What arrived stays. False where there is no such trial.
    pub fn tell(&mut self, id: &str, places: Vec<Place>, now: u64) -> bool {
        self.change(id, now, |trial| trial.places = places)
    }

    /// Notes what has arrived at a trial: its number among what arrived, where it was kept, and what is to be answered, where
    /// the trial was told of that place.
    pub fn answer(&mut self, id: &str, arrived: Arrived, now: u64) -> (Option<usize>, Option<Answer>) {
        let Some(trial) = self.find(id, now) else { return (None, None) };
        let place = trial.places.iter().find(|place| place.at == arrived.at && place.target == arrived.target);
        let answer = place.map(|Place { policy, .. }| {
            policy.preflight.as_ref().filter(|_| arrived.is_preflight()).unwrap_or(&policy.actual).clone()
        });
        let (most, largest) = (self.limits.arrivals, self.limits.trial_bytes);
        let number = Some(trial.arrived.len()).filter(|kept| *kept < most && trial.size + arrived.size() <= largest);
        self.change(id, now, |trial| match number {
            Some(_) => trial.arrived.push(arrived),
            None => trial.left_out += 1,
        });
        (number, answer)
    }

    /// Notes how long the body of a request was, whose number among those that arrived is `at`.
    pub fn body(&mut self, id: &str, number: usize, bytes: usize) {
        if let Some(arrived) = self.trials.get_mut(id).and_then(|trial| trial.arrived.get_mut(number)) {
            arrived.body_bytes = bytes;
        }
    }

    /// Forgets one. False where there is none.
    pub fn close(&mut self, id: &str, now: u64) -> bool {
        let there = self.find(id, now).is_some();
        self.drop_trial(id);
        self.make_room(now);
        there
    }

    fn is_old(&self, trial: &Trial, now: u64) -> bool {
        u128::from(now.saturating_sub(trial.opened)) > self.limits.trial_age.as_micros()
    }

    fn change(&mut self, id: &str, now: u64, change: impl FnOnce(&mut Trial)) -> bool {
        if self.find(id, now).is_none() {
            return false;
        }
        let Some(trial) = self.trials.get_mut(id) else { return false };
        self.size -= trial.size;
        change(trial);
        let places: usize = trial.places.iter().map(Place::size).sum();
        trial.size = EMPTY + places + trial.arrived.iter().map(Arrived::size).sum::<usize>();
        self.size += trial.size;
        self.make_room(now);
        true
    }

    fn drop_trial(&mut self, id: &str) {
        if let Some(trial) = self.trials.remove(id) {
            self.size -= trial.size;
        }
    }

    /// Forgets what is too old, and the oldest as long as there is too much.
    fn make_room(&mut self, now: u64) {
        while let Some(oldest) = self.order.front() {
            let old = self.trials.get(oldest).is_none_or(|trial| self.is_old(trial, now));
            if !old && self.trials.len() <= self.limits.trials && self.size <= self.limits.trials_bytes {
                break;
            }
            let oldest = self.order.pop_front().unwrap_or_default();
            self.drop_trial(&oldest);
        }
        // Those that were closed while others before them stayed open.
        if self.order.len() > 2 * self.trials.len() + 64 {
            self.order.retain(|id| self.trials.contains_key(id));
        }
    }
}
