//! The database's processor: everything that runs shares its cores equally (processor sharing).
//!
//! Its law: up to as many tasks as cores, each runs at full speed. Beyond, the cores are shared, and together they get
//! less done the more there are: with *n* tasks on *c* cores the speed of all is *c* / (1 + *k* (*n* − *c*)), *k* being
//! `crowding` in thousandths. With *k* = 0 it is the plain processor sharing of queueing theory. The form is that of the
//! Universal Scalability Law (Gunther) without its contention below the cores.
//!
//! Not modelled: disks, locks between queries, and caches that are cold: all of a query is work on a core.

use crate::order::{Due, NEVER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Progress is counted in 2⁻²⁸ microseconds of a core's time.
const ONE: u64 = 1 << 28;

/// From where progress is counted anew, so that it never ends.
const FAR: u64 = 1 << 62;

/// A processor and what runs on it. All tasks progress equally, so one number says how far everybody is, and a task is
/// finished when that number reaches what it was at the task's start plus the task's work.
#[derive(Clone, Debug)]
pub struct Processor {
    cores: u64,
    crowding: u64,
    running: BinaryHeap<Reverse<(u64, u64, u32)>>,
    /// How far everybody is.
    progress: u64,
    /// When that was.
    at: u64,
    /// How much of a microsecond of a core's time each gets in a microsecond.
    speed: u64,
    due: Due,
}

impl Processor {
    /// Nothing runs. `crowding` in thousandths, at most 100.
    pub fn new(cores: u32, crowding: u32) -> Self {
        Self {
            cores: u64::from(cores.clamp(1, 1_024)),
            crowding: u64::from(crowding.min(100)),
            running: BinaryHeap::new(),
            progress: 0,
            at: 0,
            speed: ONE,
            due: NEVER,
        }
    }

    /// How many run.
    #[inline]
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        self.running.capacity() * size_of::<(u64, u64, u32)>()
    }

    /// When the next task is finished.
    #[inline]
    pub fn due(&self) -> Due {
        self.due
    }

    /// A task begins: so much work, in microseconds on one core.
    #[inline]
    pub fn start(&mut self, now: u64, work: u32, number: u64, who: u32) {
        self.go_on(now);
        self.running.push(Reverse((self.progress + u64::from(work) * ONE, number, who)));
        self.look_ahead();
    }

    /// The task that was due is finished.
    #[inline]
    pub fn finish(&mut self, now: u64) -> Option<u32> {
        self.go_on(now);
        let Reverse((_, _, who)) = self.running.pop()?;
        self.look_ahead();
        Some(who)
    }

    /// Everything that runs, with the work that it still has before it, in microseconds on one core. In no order.
    pub fn running(&self, now: u64) -> impl Iterator<Item = (u32, u64)> {
        let progress = self.progress.saturating_add((now - self.at).saturating_mul(self.speed));
        self.running.iter().map(move |Reverse((end, _, who))| (*who, end.saturating_sub(progress).div_ceil(ONE)))
    }

    #[inline]
    fn go_on(&mut self, now: u64) {
        // It cannot overflow: the next task's end is near, and nobody asks for a moment beyond it.
        self.progress = self.progress.saturating_add((now - self.at).saturating_mul(self.speed));
        self.at = now;
        if self.running.is_empty() {
            self.progress = 0;
        } else if self.progress > FAR {
            self.count_anew();
        }
    }

    #[cold]
    fn count_anew(&mut self) {
        let base = self.progress;
        let tasks = std::mem::take(&mut self.running).into_iter();
        self.running =
            tasks.map(|Reverse((end, number, who))| Reverse((end.saturating_sub(base), number, who))).collect();
        self.progress = 0;
    }

    #[inline]
    fn look_ahead(&mut self) {
        let tasks = self.running.len() as u64;
        let Some(&Reverse((end, number, _))) = self.running.peek() else {
            self.due = NEVER;
            return;
        };
        let left = end.saturating_sub(self.progress);
        let wait = if tasks <= self.cores {
            self.speed = ONE;
            left.div_ceil(ONE)
        } else {
            self.speed = (self.cores * ONE * 1_000 / ((1_000 + self.crowding * (tasks - self.cores)) * tasks)).max(1);
            left.div_ceil(self.speed)
        };
        self.due = Due { at: self.at.saturating_add(wait), number };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts these at 0 and says when each was finished, in order.
    fn ends(mut processor: Processor, works: &[u32]) -> Vec<(u64, u32)> {
        for (who, &work) in works.iter().enumerate() {
            processor.start(0, work, who as u64, who as u32);
        }
        std::iter::from_fn(|| {
            let at = processor.due().at;
            processor.finish(at.min(u64::MAX - 1)).map(|who| (at, who))
        })
        .collect()
    }

    #[test]
    fn as_many_as_cores_run_undisturbed() {
        assert_eq!(ends(Processor::new(3, 100), &[300, 100, 200]), [(100, 1), (200, 2), (300, 0)]);
    }

    #[test]
    fn more_share_equally() {
        // Two of 100 on one core are half done after 100; the one of 300 then has the core to itself.
        assert_eq!(ends(Processor::new(1, 0), &[100, 300]), [(200, 0), (400, 1)]);
        assert_eq!(ends(Processor::new(2, 0), &[100, 100, 100, 100]), [(200, 0), (200, 1), (200, 2), (200, 3)]);
    }

    #[test]
    fn a_crowd_costs_all_of_them() {
        // Eleven on one core, ten too many at 100 thousandths each: half the speed.
        let ends = ends(Processor::new(1, 100), &[1_000; 11]);
        assert!(ends.iter().all(|(at, _)| (22_000..22_002).contains(at)), "{ends:?}");
    }

    #[test]
    fn counting_anew_changes_nothing() {
        // Two at a time share one core, so that somebody is always there, for longer than progress can be counted.
        let mut processor = Processor::new(1, 0);
        let mut now = 0;
        processor.start(0, 1_000_000_000, 0, 0);
        for number in 1..200 {
            processor.start(now, 1_000_000_000, number, number as u32);
            now = processor.due().at;
            assert_eq!(processor.finish(now), Some(number as u32 - 1));
        }
        assert_eq!(now, 200_000_000_000);
        assert_eq!(processor.running(now).collect::<Vec<_>>(), [(199, 0)]);
    }
}
