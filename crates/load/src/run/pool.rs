//! What `pg-pool` 3.14 does, method by method; the names of its methods stand beside ours.
//!
//! Waiters are served in the order in which they came. Of the idle connections, the one that was used last is used
//! first, so that the others grow idle long enough to be closed.

use super::PoolRun;
use super::client::Phase;
use crate::end::End;
use crate::order::NONE;

impl PoolRun {
    /// `connect`: a connection for this request. If there is room and none is idle, a new one is opened, even if others
    /// wait. Else the request waits, and if one is idle, the first that waits has it at once.
    #[inline]
    pub(super) fn take(&mut self, job: u32) {
        if self.total < self.setup.pool.most() && self.idle.is_empty() {
            return self.open(job);
        }
        let full = self.setup.pool.queue.is_some_and(|queue| self.waiting.len() >= queue);
        if full && self.idle.is_empty() {
            return self.request_ends(job, End::QueueFull);
        }
        let due = self.timer(self.setup.pool.wait);
        self.waiting.join(job, due);
        self.series.gauges.waiting.up(self.now);
        if self.idle.is_empty() {
            self.counts.most_waiting = self.counts.most_waiting.max(self.waiting.len());
            self.series.note();
        } else {
            self.pulse();
        }
    }

    #[inline]
    fn leave_the_queue(&mut self, job: u32) {
        self.waiting.leave(job);
        self.series.gauges.waiting.down(self.now);
    }

    /// `_pulseQueue`: the first that waits gets the connection that was used last, or a new one if there is room.
    #[inline]
    pub(super) fn pulse(&mut self) {
        let Some(job) = self.waiting.first() else { return };
        if let Some(conn) = self.idle.take_last() {
            self.leave_the_queue(job);
            self.conns[conn].job = job;
            self.jobs[job].conn = conn;
            self.ask(conn);
        } else if self.total < self.setup.pool.most() {
            // The time that it may wait goes on, whatever becomes of the new connection.
            if let Some(due) = self.waiting.until(job) {
                self.promised.join(job, due);
            }
            self.leave_the_queue(job);
            self.open(job);
        }
    }

    /// `_afterConnect` and `_acquireClient`: its life begins, and the one for whom it was opened has it, if it is still
    /// there.
    pub(super) fn opened(&mut self, conn: u32) {
        let due = self.timer(self.setup.pool.lifetime);
        self.aging.join(conn, due);
        let job = self.conns[conn].job;
        if job == NONE {
            return self.release(conn);
        }
        self.promised.leave(job);
        self.ask(conn);
    }

    /// `_release`: back to the others, or closed if it is too old.
    #[inline]
    pub(super) fn release(&mut self, conn: u32) {
        self.conns[conn].job = NONE;
        if self.conns[conn].expired {
            return self.remove(conn);
        }
        let due = self.timer(self.setup.pool.idle);
        self.idle.join(conn, due);
        self.pulse();
    }

    /// `_remove`: no longer counted; the next one that waits is looked for when the server has closed as well.
    fn remove(&mut self, conn: u32) {
        self.total -= 1;
        self.aging.leave(conn);
        self.say_goodbye(conn);
    }

    /// `connectionTimeoutMillis` of one that waits.
    pub(super) fn waited_too_long(&mut self) {
        if let Some(job) = self.waiting.first() {
            self.leave_the_queue(job);
            self.request_ends(job, End::WaitTimeout);
        }
    }

    /// The same of one for whom a connection is being opened: that one is kept, and becomes idle.
    pub(super) fn waited_too_long_for_a_new_one(&mut self) {
        if let Some(job) = self.promised.take_first() {
            debug_assert!(self.jobs[job].phase == Phase::Connecting);
            let conn = self.jobs[job].conn;
            self.conns[conn].job = NONE;
            self.request_ends(job, End::WaitTimeout);
        }
    }

    /// `idleTimeoutMillis` of the connection that has been idle for longest.
    pub(super) fn idle_too_long(&mut self) {
        if let Some(conn) = self.idle.take_first() {
            self.remove(conn);
        }
    }

    /// `maxLifetimeSeconds`: closed now if it is idle, else when it comes back.
    pub(super) fn grew_too_old(&mut self) {
        let Some(conn) = self.aging.take_first() else { return };
        self.conns[conn].expired = true;
        if self.idle.leave(conn) {
            self.remove(conn);
        }
    }
}
