//! What happened when: a run in at most [`WINDOWS`] stretches of equal length. A run that lasts longer gets stretches
//! twice as long, two becoming one; so it takes the same memory however long it lasts.

use crate::end::End;
use crate::histogram::Histogram;
use engine::time::Micros;

/// How many stretches of time there are at most.
pub const WINDOWS: usize = 128;

/// How fine latencies are told apart in a stretch: 3 %.
const BITS: u32 = 5;

/// What is there at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Clients that have come and have not been told how it ended.
    pub inside: u32,
    /// Requests that wait in the pool's queue.
    pub waiting: u32,
    /// Places taken at the database.
    pub connections: u32,
    /// What keeps the database's processor busy: queries, and new connections.
    pub running: u32,
}

/// The sums of a level over time, in microseconds times what was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Of the clients.
    pub inside: u64,
    /// Of those who wait.
    pub waiting: u64,
    /// Of the places taken.
    pub connections: u64,
    /// Of what runs.
    pub running: u64,
}

impl Area {
    #[inline]
    fn add(&mut self, level: Level, span: u64) {
        let part = |sum: &mut u64, there: u32| *sum = sum.saturating_add(span.saturating_mul(u64::from(there)));
        part(&mut self.inside, level.inside);
        part(&mut self.waiting, level.waiting);
        part(&mut self.connections, level.connections);
        part(&mut self.running, level.running);
    }

    fn merge(&mut self, other: Self) {
        self.inside = self.inside.saturating_add(other.inside);
        self.waiting = self.waiting.saturating_add(other.waiting);
        self.connections = self.connections.saturating_add(other.connections);
        self.running = self.running.saturating_add(other.running);
    }
}

/// One stretch of time.
#[derive(Clone, Debug)]
pub struct Window {
    /// How many clients came.
    pub arrived: u64,
    /// How it ended for those for whom it ended here, in the order of [`End::ALL`].
    pub ends: [u64; End::ALL.len()],
    /// Divided by the window's length: how much there was on average.
    pub area: Area,
    /// The most that waited at once.
    pub most_waiting: u32,
    /// The most connections at once.
    pub most_connections: u32,
    /// From coming to the answer, of those that were served here.
    pub latency: Histogram,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            arrived: 0,
            ends: [0; End::ALL.len()],
            area: Area::default(),
            most_waiting: 0,
            most_connections: 0,
            latency: Histogram::new(BITS),
        }
    }
}

impl Window {
    fn merge(&mut self, other: &Self) {
        self.arrived += other.arrived;
        for (mine, theirs) in self.ends.iter_mut().zip(other.ends) {
            *mine += theirs;
        }
        self.area.merge(other.area);
        self.most_waiting = self.most_waiting.max(other.most_waiting);
        self.most_connections = self.most_connections.max(other.most_connections);
        self.latency.merge(&other.latency);
    }
}

/// The stretches so far.
#[derive(Clone, Debug)]
pub struct Series {
    past: Vec<Window>,
    /// The one that runs, taken apart from the others so that it is at hand.
    now: Window,
    width: u64,
    /// Until when it runs.
    end: u64,
}

impl Series {
    /// Stretches of this length to begin with.
    pub fn new(width: Micros) -> Self {
        let width = width.0.max(1);
        Self { past: Vec::new(), now: Window::default(), width, end: width }
    }

    /// Time goes on while this much is there.
    #[inline]
    pub fn go_on(&mut self, from: u64, to: u64, level: Level) {
        if to >= self.end {
            self.turn(from, to, level);
        } else {
            self.now.area.add(level, to - from);
        }
    }

    #[cold]
    fn turn(&mut self, mut from: u64, to: u64, level: Level) {
        while to >= self.end {
            self.now.area.add(level, self.end - from);
            from = self.end;
            let done = std::mem::take(&mut self.now);
            self.note(level);
            self.past.push(done);
            self.end = self.end.saturating_add(self.width);
            if self.past.len() == WINDOWS {
                self.halve();
            }
            if self.end == u64::MAX {
                break;
            }
        }
        self.now.area.add(level, to - from);
    }

    /// Two stretches become one. The number of those that are past is even.
    fn halve(&mut self) {
        let mut past = std::mem::take(&mut self.past).into_iter();
        while let (Some(mut one), Some(other)) = (past.next(), past.next()) {
            one.merge(&other);
            self.past.push(one);
        }
        self.end = self.end.saturating_add(self.width);
        self.width = self.width.saturating_mul(2);
    }

    /// This much is there from now on.
    #[inline]
    pub fn note(&mut self, level: Level) {
        self.now.most_waiting = self.now.most_waiting.max(level.waiting);
        self.now.most_connections = self.now.most_connections.max(level.connections);
    }

    /// Somebody came.
    #[inline]
    pub fn arrived(&mut self) {
        self.now.arrived += 1;
    }

    /// It ended for somebody.
    #[inline]
    pub fn ended(&mut self, end: End, latency: u64) {
        self.now.ends[end as usize] += 1;
        if end == End::Served {
            self.now.latency.add(latency);
        }
    }

    /// The stretches in order; the last one is not over.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.past.iter().chain([&self.now])
    }

    /// How long each is.
    pub fn width(&self) -> Micros {
        Micros(self.width)
    }

    /// What was there, over the whole run.
    pub fn area(&self) -> Area {
        let mut area = Area::default();
        self.windows().for_each(|window| area.merge(window.area));
        area
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.windows().map(|window| size_of::<Window>() + window.latency.bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_become_longer_and_nothing_is_lost() {
        let mut series = Series::new(Micros(10));
        let level = |waiting| Level { inside: 2 * waiting, waiting, connections: 1, running: 3 };
        let (mut now, mut sum) = (0, 0);
        for step in 0..5_000_u64 {
            let next = now + step % 37;
            let there = (step % 5) as u32;
            series.note(level(there));
            series.go_on(now, next, level(there));
            sum += (next - now) * u64::from(there);
            now = next;
            series.arrived();
            series.ended(End::Served, step);
        }
        let area = series.area();
        assert_eq!((area.waiting, area.inside), (sum, 2 * sum));
        assert_eq!((area.connections, area.running), (now, 3 * now));
        assert_eq!(series.windows().map(|window| window.arrived).sum::<u64>(), 5_000);
        assert_eq!(series.windows().map(|window| window.latency.count()).sum::<u64>(), 5_000);
        let count = series.windows().count();
        assert!((WINDOWS / 2..=WINDOWS).contains(&count), "{count}");
        assert_eq!(now / series.width().0, count as u64 - 1);
        assert!(series.windows().all(|window| window.most_waiting == 4));
    }

    #[test]
    fn a_gap_of_ages_takes_no_ages() {
        let mut series = Series::new(Micros(1));
        series.go_on(0, 1 << 50, Level { inside: 1, ..Level::default() });
        assert_eq!(series.area().inside, 1 << 50);
        series.go_on(1 << 50, u64::MAX, Level::default());
        assert!(series.windows().count() <= WINDOWS);
    }
}
