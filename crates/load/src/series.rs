//! What happened when: a run in at most [`WINDOWS`] stretches of equal length. A run that lasts longer gets stretches
//! twice as long, two becoming one; so it takes the same memory however long it lasts.

use crate::end::End;
use crate::gauge::{Area, Gauges};
use crate::histogram::Histogram;
use engine::time::Micros;

/// How many stretches of time there are at most.
pub const WINDOWS: usize = 128;

/// How fine latencies are told apart in a stretch: 3 %.
const BITS: u32 = 5;

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
    /// Another stretch as well.
    pub fn merge(&mut self, other: &Self) {
        self.arrived += other.arrived;
        for (mine, theirs) in self.ends.iter_mut().zip(other.ends) {
            *mine += theirs;
        }
        self.area = self.area.combine(other.area, u64::wrapping_add);
        self.most_waiting = self.most_waiting.max(other.most_waiting);
        self.most_connections = self.most_connections.max(other.most_connections);
        self.latency.merge(&other.latency);
    }
}

/// The stretches so far.
#[derive(Clone, Debug)]
pub struct Series {
    /// What is there.
    pub gauges: Gauges,
    past: Vec<Window>,
    /// The one that runs, taken apart from the others so that it is at hand.
    now: Window,
    /// The sums when it began.
    before: Area,
    width: u64,
    /// Until when it runs.
    end: u64,
}

impl Series {
    /// Stretches of this length to begin with.
    pub fn new(width: Micros) -> Self {
        let width = width.0.max(1);
        let (gauges, before) = (Gauges::default(), Area::default());
        Self { gauges, past: Vec::new(), now: Window::default(), before, width, end: width }
    }

    /// Time goes on to this moment.
    #[inline]
    pub fn go_on(&mut self, to: u64) {
        if to >= self.end {
            self.turn(to);
        }
    }

    #[cold]
    fn turn(&mut self, to: u64) {
        while to >= self.end {
            self.settle(self.end);
            self.before = self.gauges.area(self.end);
            self.past.push(std::mem::take(&mut self.now));
            self.note();
            self.end = self.end.saturating_add(self.width);
            if self.past.len() == WINDOWS {
                self.halve();
            }
            if self.end == u64::MAX {
                break;
            }
        }
    }

    /// The sums of the stretch that runs, up to now.
    pub fn settle(&mut self, now: u64) {
        self.now.area = self.gauges.area(now).combine(self.before, u64::wrapping_sub);
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

    /// More wait, or are connected: perhaps more than ever.
    #[inline]
    pub fn note(&mut self) {
        self.now.most_waiting = self.now.most_waiting.max(self.gauges.waiting.there());
        self.now.most_connections = self.now.most_connections.max(self.gauges.connections.there());
    }

    /// Somebody comes.
    #[inline]
    pub fn arrived(&mut self, now: u64) {
        self.now.arrived += 1;
        self.gauges.inside.up(now);
    }

    /// It ended for somebody.
    #[inline]
    pub fn ended(&mut self, now: u64, end: End, latency: u64) {
        self.gauges.inside.down(now);
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
        self.before.combine(self.now.area, u64::wrapping_add)
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
        let (mut now, mut sum) = (0, 0);
        for step in 0..5_000_u64 {
            let next = now + step % 37;
            // One, two, three, four, three, two, one, none.
            let waiting = &mut series.gauges.waiting;
            if step % 8 < 4 {
                waiting.up(now);
            } else {
                waiting.down(now);
            }
            let there = waiting.there();
            series.note();
            series.go_on(next);
            sum += (next - now) * u64::from(there);
            series.arrived(next);
            series.ended(next, End::Served, step);
            now = next;
        }
        series.settle(now);
        assert_eq!(series.area().waiting, sum);
        assert_eq!(series.windows().map(|window| window.area.waiting).sum::<u64>(), sum);
        assert_eq!(series.area().inside, 0);
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
        series.gauges.inside.up(0);
        series.go_on(1 << 50);
        series.settle(1 << 50);
        assert_eq!(series.area().inside, 1 << 50);
        series.go_on(u64::MAX);
        assert!(series.windows().count() <= WINDOWS);
    }
}
