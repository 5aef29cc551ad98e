//! Clients: they come, are told how it ended, try again, leave.
//!
//! A client is not its request. Where nginx has given up, the application goes on with what the client asked
//! (`proxy_read_timeout` cancels nothing), and the client may be back with another try: the request without a client is
//! an orphan here.

use super::{Ended, PoolRun, ROOM};
use crate::end::End;
use crate::order::{Due, NEVER, NONE};
use crate::random::mix;
use crate::setup::Half;
use engine::time::Micros;
use std::cmp::Reverse;

/// What a request is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// In the pool's queue.
    Waiting,
    /// A connection is opened for it.
    Connecting,
    /// The query is on its way.
    Sent,
    /// The database works.
    Working,
    /// The answer is on its way.
    Returning,
    /// Turned away; it tries again later.
    Pausing,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Connecting, Self::Sent, Self::Working, Self::Returning, Self::Pausing];
}

/// One request of a client.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// When its client first came.
    pub born: u64,
    /// Since when it is in this phase.
    pub since: u64,
    pub client: u32,
    pub work: u32,
    pub conn: u32,
    /// Tries that failed.
    pub tried: u16,
    pub phase: Phase,
    pub leaks: bool,
    /// Nobody waits for it any more.
    pub orphan: bool,
    /// The place is free.
    pub gone: bool,
}

/// A client for whom it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its number.
    pub client: u32,
    /// When.
    pub at: Micros,
    /// How.
    pub end: End,
    /// The connection that it had, if any.
    pub conn: Option<u32>,
}

/// How many of those who left last are remembered, to be drawn as they leave.
const REMEMBERED: usize = 2_048;

/// The last ones that left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leavings {
    ring: Vec<Leaving>,
    next: usize,
}

impl Leavings {
    #[inline]
    fn add(&mut self, leaving: Leaving) {
        if self.ring.len() < REMEMBERED {
            self.ring.push(leaving);
        } else {
            self.ring[self.next % REMEMBERED] = leaving;
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    pub fn bytes(&self) -> usize {
        self.ring.capacity() * size_of::<Leaving>()
    }

    /// The last ones first.
    pub fn latest(&self) -> impl Iterator<Item = &Leaving> {
        let (newer, older) = self.ring.split_at(self.next.min(self.ring.len()));
        newer.iter().rev().chain(older.iter().rev())
    }
}

impl PoolRun {
    /// Draws the client that comes next.
    #[inline]
    pub(super) fn await_the_next(&mut self) {
        self.coming = self.traffic.next();
        self.number += 1;
        self.coming_due = match &self.coming {
            Some(client) => Due { at: client.at.max(self.now), number: self.number },
            None => NEVER,
        };
    }

    #[inline]
    pub(super) fn arrive(&mut self) {
        let Some(client) = self.coming else { return };
        if self.jobs.count() >= ROOM {
            self.ended = Some(Ended::TooMany);
            return;
        }
        self.counts.arrived += 1;
        self.series.arrived(self.now);
        let job = self.jobs.put(Job {
            born: self.now,
            since: self.now,
            client: client.number,
            work: client.work,
            conn: NONE,
            tried: 0,
            phase: Phase::Waiting,
            leaks: client.leaks,
            orphan: false,
            gone: false,
        });
        self.await_the_next();
        self.attempt(job);
    }

    #[inline]
    fn attempt(&mut self, job: u32) {
        match self.half {
            Half::Flood => self.open(job),
            Half::Pool => {
                let span = self.setup.upstream_timeout;
                if span.0 > 0 {
                    let due = self.timer(span);
                    self.upstream.join(job, due);
                }
                self.take(job);
            }
        }
    }

    #[inline]
    pub(super) fn enter(&mut self, job: u32, phase: Phase) {
        let now = self.now;
        let job = &mut self.jobs[job];
        job.phase = phase;
        job.since = now;
    }

    /// A request is at its end.
    #[inline]
    pub(super) fn request_ends(&mut self, job: u32, end: End) {
        if self.jobs[job].orphan {
            self.counts.wasted += u64::from(end == End::Served);
        } else {
            self.upstream.leave(job);
            if end != End::Served && self.may_try_again(job) {
                return self.pause(job);
            }
            self.client_ends(job, end);
        }
        self.jobs[job].gone = true;
        self.jobs.free(job);
    }

    /// nginx has waited for `proxy_read_timeout`. The request goes on without its client.
    pub(super) fn nginx_gives_up(&mut self) {
        let Some(job) = self.upstream.take_first() else { return };
        if self.may_try_again(job) {
            let again = self.jobs[job].clone();
            let again = self.jobs.put(Job { conn: NONE, ..again });
            self.pause(again);
        } else {
            self.client_ends(job, End::GatewayTimeout);
        }
        self.jobs[job].orphan = true;
    }

    #[inline]
    fn may_try_again(&self, job: u32) -> bool {
        self.jobs[job].tried < self.setup.retries.times && self.jobs.count() < ROOM
    }

    fn pause(&mut self, job: u32) {
        self.jobs[job].tried += 1;
        self.jobs[job].conn = NONE;
        self.enter(job, Phase::Pausing);
        let span = self.setup.retries.pause(self.jobs[job].tried, &mut self.chance);
        let due = self.after(span);
        if due.is_before(self.no_timer_before) {
            self.no_timer_before = due;
        }
        self.pausing.push(Reverse((due, job)));
    }

    pub(super) fn paused_long_enough(&mut self) {
        if let Some(Reverse((_, job))) = self.pausing.pop() {
            self.counts.retries += 1;
            self.enter(job, Phase::Waiting);
            self.attempt(job);
        }
    }

    /// A client is told how it ended, once.
    #[inline]
    fn client_ends(&mut self, job: u32, end: End) {
        let Job { client, born, conn, .. } = self.jobs[job];
        let latency = self.now - born;
        self.counts.ends[end as usize] += 1;
        if end == End::Served {
            self.latency.add(latency);
        }
        self.series.ended(self.now, end, latency);
        self.digest = mix(self.digest ^ (u64::from(client) << 3 | end as u64) ^ self.now.rotate_left(32));
        let conn = (conn != NONE).then_some(conn);
        self.leaving.add(Leaving { client, at: Micros(self.now), end, conn });
    }
}
