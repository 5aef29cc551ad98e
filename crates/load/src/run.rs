//! One half as it runs: clients come, wait, connect, ask, and leave.
//!
//! The simulation goes from event to event, in the order of their moments ([`Due`]). A run is a plain value: it can be
//! cloned, goes on in steps as long as one likes, and is thrown away to cancel it. To go back, run again.
//!
//! What happens at each event stands in the files below: `client` (coming, trying again, leaving), `pool` (what `pg-pool`
//! does), `connection` (what a connection goes through); in `counts` and `asked`, what a run says of itself.

mod asked;
mod client;
mod connection;
mod counts;
mod pool;

use crate::database::Places;
use crate::histogram::Histogram;
use crate::matter::{self, Matter};
use crate::order::{Due, Lane, Line, NEVER, Slab};
use crate::processor::Processor;
use crate::random::{Random, mix};
use crate::series::Series;
use crate::setup::{Half, Setup};
use crate::traffic::{Client, Traffic};
use engine::time::Micros;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub use client::{Leaving, Phase};
pub use connection::Stage;
pub use counts::{Counts, Ended, Progress, ROOM};

/// One half of the figure, at one moment.
#[derive(Clone, Debug)]
pub struct PoolRun {
    setup: Setup,
    half: Half,
    matters: Vec<Matter>,
    ended: Option<Ended>,
    now: u64,
    number: u64,
    /// Timers may end later than this and never sooner.
    no_timer_before: Due,

    pub(crate) traffic: Traffic,
    pub(crate) coming: Option<Client>,
    coming_due: Due,
    chance: Random,
    pub(crate) jobs: Slab<client::Job>,
    /// nginx waits for these, in the order in which it will have waited long enough.
    upstream: Line,
    /// Turned away, and trying again later.
    pub(crate) pausing: BinaryHeap<Reverse<(Due, u32)>>,
    pub(crate) leaving: client::Leavings,

    pub(crate) conns: Slab<connection::Conn>,
    /// Connections that the pool counts: `pool.totalCount`.
    pub(crate) total: u32,
    /// The pool's queue: `pool.waitingCount`.
    pub(crate) waiting: Line,
    /// No longer in the queue, since a connection is being opened; their time runs on.
    promised: Line,
    /// The pool's stack: `pool.idleCount`.
    pub(crate) idle: Line,
    /// Connections by age.
    aging: Line,
    /// Connections that are being opened.
    dialing: Line,

    /// Half a round trip.
    hop: Lane<(connection::Arrival, u32)>,
    /// From the first packet to the startup message's arrival.
    knock: Lane<u32>,
    /// At the postmaster.
    fork: Lane<u32>,
    /// Signing in.
    sign_in: Lane<u32>,
    postmaster_busy_until: u64,
    places: Places,
    pub(crate) processor: Processor,

    counts: Counts,
    latency: Histogram,
    series: Series,
    digest: u64,
}

/// What is due.
#[derive(Clone, Copy)]
enum Source {
    Arrival,
    Hop,
    Processor,
    Waiting,
    Upstream,
    Knock,
    Fork,
    SignIn,
    Promised,
    Dialing,
    Idle,
    Aging,
    Pausing,
}

impl PoolRun {
    /// A half at its beginning.
    pub fn new(setup: &Setup, half: Half) -> Self {
        let matters = matter::matters(setup);
        let database = &setup.database;
        let mut run = Self {
            half,
            ended: matters.iter().any(|matter| matter.stops).then_some(Ended::NotStarted),
            matters,
            now: 0,
            number: 0,
            no_timer_before: NEVER,
            traffic: Traffic::new(setup.seed, setup.clients, &setup.arrivals, setup.work, setup.faults),
            coming: None,
            coming_due: NEVER,
            chance: Random::stream(setup.seed, 3),
            jobs: Slab::default(),
            upstream: Line::default(),
            pausing: BinaryHeap::new(),
            leaving: client::Leavings::default(),
            conns: Slab::default(),
            total: 0,
            waiting: Line::default(),
            promised: Line::default(),
            idle: Line::default(),
            aging: Line::default(),
            dialing: Line::default(),
            hop: Lane::default(),
            knock: Lane::default(),
            fork: Lane::default(),
            sign_in: Lane::default(),
            postmaster_busy_until: 0,
            places: Places::new(database),
            processor: Processor::new(database.cores, database.crowding),
            counts: Counts::default(),
            latency: Histogram::new(7),
            series: Series::new(Micros::millis(1)),
            digest: mix(setup.seed),
            setup: setup.clone(),
        };
        run.await_the_next();
        run
    }

    /// Goes on to this moment, or for so many events, whichever comes first.
    pub fn advance(&mut self, until: Micros, events: u64) -> Progress {
        let mut left = events;
        while left > 0 && self.ended.is_none() {
            let (due, source) = self.next();
            if due == NEVER {
                let over = self.level().inside == 0;
                self.ended = Some(if over { Ended::Over } else { Ended::Stuck(self.level().inside) });
            } else if due.at > until.0 {
                self.clock(until.0);
                break;
            } else {
                self.clock(due.at);
                self.happen(source);
                left -= 1;
                if self.coming.is_none() && self.series.gauges.inside.there() == 0 {
                    self.ended = Some(Ended::Over);
                }
            }
        }
        self.series.settle(self.now);
        debug_assert_eq!(self.counted(), self.level());
        Progress { now: Micros(self.now), events: events - left, ended: self.ended }
    }

    /// Goes on to the end. What takes long is better done in steps.
    pub fn finish(&mut self) -> Ended {
        loop {
            if let Some(ended) = self.advance(Micros(u64::MAX), u64::MAX).ended {
                return ended;
            }
        }
    }

    /// What is due next. The timers below are many and rarely come to their end, so they are not asked every time: it is
    /// known before when none of them can.
    #[inline]
    fn next(&mut self) -> (Due, Source) {
        let mut best = (self.coming_due, Source::Arrival);
        let mut look = |due: Due, source| {
            if due.is_before(best.0) {
                best = (due, source);
            }
        };
        look(self.hop.due(), Source::Hop);
        look(self.processor.due(), Source::Processor);
        look(self.knock.due(), Source::Knock);
        look(self.fork.due(), Source::Fork);
        look(self.sign_in.due(), Source::SignIn);
        if best.0.is_before(self.no_timer_before) { best } else { self.next_timer(best) }
    }

    #[cold]
    fn next_timer(&mut self, best: (Due, Source)) -> (Due, Source) {
        let timers = [
            (self.waiting.due(), Source::Waiting),
            (self.upstream.due(), Source::Upstream),
            (self.promised.due(), Source::Promised),
            (self.dialing.due(), Source::Dialing),
            (self.idle.due(), Source::Idle),
            (self.aging.due(), Source::Aging),
            (self.pausing.peek().map_or(NEVER, |Reverse((due, _))| *due), Source::Pausing),
        ];
        let sooner = |one: (Due, Source), other: (Due, Source)| if other.0.is_before(one.0) { other } else { one };
        let timer = timers.into_iter().fold((NEVER, Source::Pausing), sooner);
        self.no_timer_before = timer.0;
        sooner(best, timer)
    }

    /// When a timer of this length is over that begins now; a span of 0 lasts for ever, as it does in the settings.
    #[inline]
    fn timer(&mut self, span: Micros) -> Due {
        let due = if span.0 == 0 { NEVER } else { self.after(span.0) };
        if due.is_before(self.no_timer_before) {
            self.no_timer_before = due;
        }
        due
    }

    #[inline]
    fn clock(&mut self, at: u64) {
        // Somebody may ask for a moment that has passed.
        if at > self.now {
            self.series.go_on(at);
            self.now = at;
        }
    }

    #[inline]
    fn happen(&mut self, source: Source) {
        match source {
            Source::Arrival => self.arrive(),
            Source::Hop => self.hop_ends(),
            Source::Processor => self.work_ends(),
            Source::Waiting => self.waited_too_long(),
            Source::Upstream => self.nginx_gives_up(),
            Source::Knock => self.knock_ends(),
            Source::Fork => self.fork_ends(),
            Source::SignIn => self.sign_in_ends(),
            Source::Promised => self.waited_too_long_for_a_new_one(),
            Source::Dialing => self.dialed_too_long(),
            Source::Idle => self.idle_too_long(),
            Source::Aging => self.grew_too_old(),
            Source::Pausing => self.paused_long_enough(),
        }
    }

    #[inline]
    fn after(&mut self, span: u64) -> Due {
        self.number += 1;
        Due { at: self.now.saturating_add(span), number: self.number }
    }
}
