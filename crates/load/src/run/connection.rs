//! What a connection goes through, from the first packet to the last.
//!
//! | at | what | takes |
//! | --- | --- | --- |
//! | client | TCP's handshake, and TLS's if there is one, then the startup message | round trips, and half of one |
//! | postmaster | starts a process, one after the other, if there is memory | `fork` |
//! | process | gets going, and takes a place or says that there is none | work, `start` |
//! | both | sign in | work, `check`, and round trips |
//! | process | says that the rest is reserved, or loads what it needs and lets the client in | work, `session` |
//! | client | query, answer, … | half a round trip each way, and work |
//! | client | goodbye: the place is free when it arrives | half a round trip |
//!
//! Not modelled: packets that are lost, the time a process takes to end, `authentication_timeout`, and the postmaster's
//! accept queue, which may be full as well.

use super::PoolRun;
use super::client::Phase;
use crate::end::End;
use crate::order::NONE;
use crate::setup::Half;
use engine::time::Micros;

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// On its way to the server, or at the postmaster.
    Knocking,
    /// Its process gets going.
    Starting,
    /// It has a place, and gets ready to sign in.
    Checking,
    /// Signing in.
    SigningIn,
    /// It may stay, and loads what it needs.
    Loading,
    /// Let in, or refused, and the client does not know it yet.
    Answered,
    /// Open.
    Open,
    /// Not given back, and nobody will.
    Leaked,
    /// The client has said goodbye.
    Closing,
    /// It is over, and its number is free.
    Gone,
}

impl Stage {
    /// Not open yet, and perhaps never.
    pub fn is_opening(self) -> bool {
        matches!(
            self,
            Self::Knocking | Self::Starting | Self::Checking | Self::SigningIn | Self::Loading | Self::Answered
        )
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct Conn {
    pub job: u32,
    pub stage: Stage,
    /// The client has closed it while it was being opened.
    pub cut: bool,
    /// Older than the pool keeps connections.
    pub expired: bool,
    /// A query was answered on it before.
    pub used: bool,
}

/// What arrives after half a round trip.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival {
    /// At the client: you are in.
    Ready,
    /// At the client: the server's no.
    Refused(End),
    /// At the server: a query.
    Query,
    /// At the client: rows.
    Answer,
    /// At the server: the end.
    Goodbye,
    /// At the client: the server has closed as well.
    Closed,
}

impl PoolRun {
    pub(crate) fn trip(&self) -> u64 {
        match self.half {
            Half::Pool => self.setup.near.0,
            Half::Flood => self.setup.far.0,
        }
    }

    #[inline]
    fn travel(&mut self, what: Arrival, conn: u32) {
        let due = self.after(self.trip() / 2);
        self.hop.send(due, (what, conn));
    }

    /// A new connection for this request; the pool's `newClient`.
    pub(super) fn open(&mut self, job: u32) {
        self.counts.connects += 1;
        self.total += 1;
        let conn = self.conns.put(Conn { job, stage: Stage::Knocking, cut: false, expired: false, used: false });
        self.jobs[job].conn = conn;
        self.enter(job, Phase::Connecting);
        if self.setup.pool.wait.0 > 0 {
            let due = self.timer(self.setup.pool.wait);
            self.dialing.join(conn, due);
        }
        let trip = self.trip();
        let due = self.after(trip.saturating_mul(u64::from(self.setup.handshake.before)).saturating_add(trip / 2));
        self.knock.send(due, conn);
    }

    pub(super) fn knock_ends(&mut self) {
        if let Some(conn) = self.knock.arrive() {
            let free_at = self.postmaster_busy_until.max(self.now);
            self.postmaster_busy_until = free_at.saturating_add(self.setup.database.fork.0);
            let due = self.after(self.postmaster_busy_until - self.now);
            self.fork.send(due, conn);
        }
    }

    pub(super) fn fork_ends(&mut self) {
        let Some(conn) = self.fork.arrive() else { return };
        if self.conns[conn].cut {
            return self.forget(conn);
        }
        match self.places.start() {
            Err(end) => self.refuse(conn, end),
            Ok(()) => self.get_going(conn, Stage::Starting, self.setup.database.start),
        }
    }

    fn get_going(&mut self, conn: u32, stage: Stage, work: Micros) {
        self.conns[conn].stage = stage;
        let kind = match stage {
            Stage::Starting => 0,
            Stage::Checking => 1,
            _ => 2,
        };
        self.begin_work(conn, Some(kind), work.0.min(u64::from(u32::MAX)) as u32);
    }

    #[inline]
    fn begin_work(&mut self, conn: u32, kind: Option<usize>, work: u32) {
        self.number += 1;
        self.series.gauges.running.up(self.now);
        self.processor.start(self.now, kind, work, self.number, conn);
    }

    /// A process has done its work: what it had to load, or a query.
    #[inline]
    pub(super) fn work_ends(&mut self) {
        let Some(conn) = self.processor.finish(self.now) else { return };
        self.series.gauges.running.down(self.now);
        match self.conns[conn].stage {
            Stage::Starting => self.started(conn),
            Stage::Checking => {
                self.conns[conn].stage = Stage::SigningIn;
                let trips = u64::from(self.setup.handshake.sign_in);
                let due = self.after(self.trip().saturating_mul(trips));
                self.sign_in.send(due, conn);
            }
            Stage::Loading => {
                self.conns[conn].stage = Stage::Answered;
                self.travel(Arrival::Ready, conn);
            }
            _ => {
                let job = self.conns[conn].job;
                self.enter(job, Phase::Returning);
                self.travel(Arrival::Answer, conn);
            }
        }
    }

    fn started(&mut self, conn: u32) {
        if self.conns[conn].cut {
            self.places.stop();
            return self.forget(conn);
        }
        match self.places.take() {
            Err(end) => self.refuse(conn, end),
            Ok(()) => {
                self.series.gauges.connections.up(self.now);
                self.series.note();
                self.get_going(conn, Stage::Checking, self.setup.database.check);
            }
        }
    }

    pub(super) fn sign_in_ends(&mut self) {
        let Some(conn) = self.sign_in.arrive() else { return };
        if self.conns[conn].cut {
            self.vacate();
            return self.forget(conn);
        }
        match self.places.admit() {
            Err(end) => {
                self.vacate();
                self.refuse(conn, end);
            }
            Ok(()) => self.get_going(conn, Stage::Loading, self.setup.database.session),
        }
    }

    #[inline]
    fn vacate(&mut self) {
        self.places.leave();
        self.series.gauges.connections.down(self.now);
    }

    fn refuse(&mut self, conn: u32, end: End) {
        self.conns[conn].stage = Stage::Answered;
        self.travel(Arrival::Refused(end), conn);
    }

    #[inline]
    pub(super) fn hop_ends(&mut self) {
        let Some((what, conn)) = self.hop.arrive() else { return };
        match what {
            Arrival::Query => {
                let job = self.conns[conn].job;
                self.enter(job, Phase::Working);
                let work = self.jobs[job].work;
                self.begin_work(conn, None, work);
            }
            Arrival::Answer => self.answered(conn),
            Arrival::Ready if self.conns[conn].cut => self.say_goodbye(conn),
            Arrival::Ready => self.ready(conn),
            Arrival::Refused(_) if self.conns[conn].cut => self.forget(conn),
            Arrival::Refused(end) => self.turned_away(conn, end),
            Arrival::Goodbye => {
                self.vacate();
                match self.half {
                    Half::Pool => self.travel(Arrival::Closed, conn),
                    Half::Flood => self.forget(conn),
                }
            }
            Arrival::Closed => {
                self.forget(conn);
                self.pulse();
            }
        }
    }

    #[inline]
    fn answered(&mut self, conn: u32) {
        let job = self.conns[conn].job;
        self.conns[conn].used = true;
        if self.jobs[job].leaks {
            // Its place is taken for good: nothing that happens later can give it back.
            self.counts.leaked += 1;
            self.conns[conn].stage = Stage::Leaked;
            self.conns[conn].job = NONE;
        } else {
            match self.half {
                Half::Pool => self.release(conn),
                Half::Flood => {
                    self.total -= 1;
                    self.say_goodbye(conn);
                }
            }
        }
        self.request_ends(job, End::Served);
    }

    pub(super) fn say_goodbye(&mut self, conn: u32) {
        self.conns[conn].stage = Stage::Closing;
        self.conns[conn].job = NONE;
        self.travel(Arrival::Goodbye, conn);
    }

    /// The connection can be used.
    fn ready(&mut self, conn: u32) {
        self.counts.connected += 1;
        self.dialing.leave(conn);
        self.conns[conn].stage = Stage::Open;
        match self.half {
            Half::Pool => self.opened(conn),
            Half::Flood => self.ask(conn),
        }
    }

    /// Sends the query of the connection's request.
    #[inline]
    pub(super) fn ask(&mut self, conn: u32) {
        let job = self.conns[conn].job;
        self.enter(job, Phase::Sent);
        self.travel(Arrival::Query, conn);
    }

    fn forget(&mut self, conn: u32) {
        self.conns[conn].stage = Stage::Gone;
        self.conns.free(conn);
    }

    /// The server has said no.
    fn turned_away(&mut self, conn: u32, end: End) {
        self.counts.refusals += 1;
        self.counts.first_refused.get_or_insert(Micros(self.now));
        self.dialing.leave(conn);
        self.not_opened(conn, end);
        self.forget(conn);
    }

    /// The driver gives up on a connection that is being opened, and closes it. The server finds that out when it is at
    /// that connection again.
    pub(super) fn dialed_too_long(&mut self) {
        let Some(conn) = self.dialing.take_first() else { return };
        self.conns[conn].cut = true;
        self.not_opened(conn, End::ConnectTimeout);
    }

    /// The connection does not come about: whoever waits for one gets another try, then its request is told why.
    fn not_opened(&mut self, conn: u32, end: End) {
        self.total -= 1;
        let job = std::mem::replace(&mut self.conns[conn].job, NONE);
        self.pulse();
        if job != NONE {
            self.promised.leave(job);
            self.request_ends(job, end);
        }
    }
}
