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
use std::collections::{BinaryHeap, VecDeque};

/// Progress is counted in 2⁻²⁸ microseconds of a core's time.
const ONE: u64 = 1 << 28;

/// From where progress is counted anew, so that it never ends.
const FAR: u64 = 1 << 62;

/// When a task is finished: the progress at which it is, and its running number; then who it is.
type Task = (u64, u64, u32);

/// Kinds of tasks that always take equally long.
pub const KINDS: usize = 3;

/// A processor and what runs on it. All tasks progress equally, so one number says how far everybody is, and a task is
/// finished when that number reaches what it was at the task's start plus the task's work.
///
/// So tasks of equal length are finished in the order in which they began, and need no heap.
#[derive(Clone, Debug)]
pub struct Processor {
    cores: u64,
    crowding: u64,
    /// Tasks of any length.
    any: BinaryHeap<Reverse<Task>>,
    /// Tasks of the kinds that are equally long.
    equal: [VecDeque<Task>; KINDS],
    /// How many run.
    tasks: u64,
    /// How far everybody is.
    progress: u64,
    /// When that was.
    at: u64,
    /// How much of a microsecond of a core's time each gets in a microsecond.
    speed: u64,
    due: Due,
    /// Of which kind the next one is that will be finished.
    next: Option<usize>,
}

impl Processor {
    /// Nothing runs. `crowding` in thousandths, at most 100.
    pub fn new(cores: u32, crowding: u32) -> Self {
        Self {
            cores: u64::from(cores.clamp(1, 1_024)),
            crowding: u64::from(crowding.min(100)),
            any: BinaryHeap::new(),
            equal: [const { VecDeque::new() }; KINDS],
            tasks: 0,
            progress: 0,
            at: 0,
            speed: ONE,
            due: NEVER,
            next: None,
        }
    }

    /// How many run.
    #[inline]
    pub fn count(&self) -> usize {
        self.tasks as usize
    }

    /// Memory that it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let equal: usize = self.equal.iter().map(VecDeque::capacity).sum();
        (self.any.capacity() + equal) * size_of::<Task>()
    }

    /// When the next task is finished.
    #[inline]
    pub fn due(&self) -> Due {
        self.due
    }

    /// A task begins: so much work, in microseconds on one core. Of a kind, all have the same.
    #[inline]
    pub fn start(&mut self, now: u64, kind: Option<usize>, work: u32, number: u64, who: u32) {
        self.go_on(now);
        let task = (self.progress + u64::from(work) * ONE, number, who);
        match kind {
            None => self.any.push(Reverse(task)),
            Some(kind) => {
                debug_assert!(self.equal[kind].back().is_none_or(|last| *last < task), "equally long");
                self.equal[kind].push_back(task);
            }
        }
        self.tasks += 1;
        self.look_ahead();
    }

    /// The task that was due is finished.
    #[inline]
    pub fn finish(&mut self, now: u64) -> Option<u32> {
        self.go_on(now);
        let (_, _, who) = match self.next {
            None => self.any.pop()?.0,
            Some(kind) => self.equal[kind].pop_front()?,
        };
        self.tasks -= 1;
        self.look_ahead();
        Some(who)
    }

    /// Everything that runs, with the work that it still has before it, in microseconds on one core. In no order.
    pub fn running(&self, now: u64) -> impl Iterator<Item = (u32, u64)> {
        let progress = self.progress.saturating_add((now - self.at).saturating_mul(self.speed));
        let tasks = self.any.iter().map(|Reverse(task)| task).chain(self.equal.iter().flatten());
        tasks.map(move |(end, _, who)| (*who, end.saturating_sub(progress).div_ceil(ONE)))
    }

    #[inline]
    fn go_on(&mut self, now: u64) {
        // It cannot overflow: the next task's end is near, and nobody asks for a moment beyond it.
        self.progress = self.progress.saturating_add((now - self.at).saturating_mul(self.speed));
        self.at = now;
        if self.tasks == 0 {
            self.progress = 0;
        } else if self.progress > FAR {
            self.count_anew();
        }
    }

    #[cold]
    fn count_anew(&mut self) {
        let base = std::mem::take(&mut self.progress);
        let anew = |(end, number, who): Task| (end.saturating_sub(base), number, who);
        let tasks = std::mem::take(&mut self.any).into_iter();
        self.any = tasks.map(|Reverse(task)| Reverse(anew(task))).collect();
        self.equal.iter_mut().flatten().for_each(|task| *task = anew(*task));
    }

    #[inline]
    fn look_ahead(&mut self) {
        let mut first = self.any.peek().map_or((u64::MAX, u64::MAX), |Reverse((end, number, _))| (*end, *number));
        self.next = None;
        for (kind, equal) in self.equal.iter().enumerate() {
            if let Some(&(end, number, _)) = equal.front()
                && (end, number) < first
            {
                (first, self.next) = ((end, number), Some(kind));
            }
        }
        if self.tasks == 0 {
            self.due = NEVER;
            return;
        }
        let left = first.0.saturating_sub(self.progress);
        let wait = if self.tasks <= self.cores {
            self.speed = ONE;
            left.div_ceil(ONE)
        } else {
            let crowd = 1_000 + self.crowding * (self.tasks - self.cores);
            self.speed = (self.cores * ONE * 1_000 / (crowd * self.tasks)).max(1);
            left.div_ceil(self.speed)
        };
        self.due = Due { at: self.at.saturating_add(wait), number: first.1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts these at 0 and says when each was finished, in order.
    fn ends(mut processor: Processor, works: &[u32]) -> Vec<(u64, u32)> {
        for (who, &work) in works.iter().enumerate() {
            processor.start(0, None, work, who as u64, who as u32);
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
    fn tasks_of_a_kind_are_as_any_others() {
        // The same works with and without kinds, begun while others run.
        let works = [300, 100, 200];
        let mut pair = [Processor::new(2, 10), Processor::new(2, 10)];
        let mut ends = [Vec::new(), Vec::new()];
        for ((processor, ends), kinds) in pair.iter_mut().zip(&mut ends).zip([true, false]) {
            for number in 0..300_u64 {
                let now = number * 97;
                while processor.due().at <= now {
                    let at = processor.due().at;
                    ends.push((at, processor.finish(at)));
                }
                let kind = number as usize % KINDS;
                processor.start(
                    now,
                    kinds.then_some(kind).filter(|_| number % 5 > 0),
                    works[kind],
                    number,
                    number as u32,
                );
            }
        }
        let [one, other] = ends;
        assert_eq!(one, other);
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
        processor.start(0, None, 1_000_000_000, 0, 0);
        for number in 1..200 {
            // Every other one of a kind.
            let kind = (number % 2 == 0).then_some(number as usize % KINDS);
            processor.start(now, kind, 1_000_000_000, number, number as u32);
            now = processor.due().at;
            assert_eq!(processor.finish(now), Some(number as u32 - 1));
        }
        assert_eq!(now, 200_000_000_000);
        assert_eq!(processor.running(now).collect::<Vec<_>>(), [(199, 0)]);
    }
}
