//! What a run is made of: everything that can be set, with where its usual value comes from.
//!
//! The two halves differ in nothing but who opens connections: an application with a pool, or every client its own.

use crate::traffic::{Arrivals, Faults, Work};
use engine::time::Micros;

/// Both halves, and the traffic that they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Another seed is another day with the same habits.
    pub seed: u64,
    /// How many clients come.
    pub clients: u64,
    /// When they come.
    pub arrivals: Arrivals,
    /// What their queries take.
    pub work: Work,
    /// The pool of the one half.
    pub pool: Pool,
    /// From the application to the database and back.
    pub near: Micros,
    /// From a client to the database and back, where each has its own connection.
    pub far: Micros,
    /// What happens before the first query of a connection.
    pub handshake: Handshake,
    /// The database, one of the same kind for each half.
    pub database: Database,
    /// How long nginx waits for the application: `proxy_read_timeout`, 60 s if not given. 0 is for ever. Where each
    /// client has a connection of its own, there is no nginx.
    pub upstream_timeout: Micros,
    /// What a client does that was turned away.
    pub retries: Retries,
    /// What goes wrong.
    pub faults: Faults,
}

/// A pool as node-postgres has it (`pg-pool` 3.14). Not modelled: its `min`, `maxUses`, `verify` and `onConnect`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// `max`: connections at most, 10 if not given. node-postgres takes 0 for not given.
    pub size: u32,
    /// How many may wait. node-postgres has no limit; mysql2 has (`queueLimit`), and its words are used.
    pub queue: Option<u32>,
    /// `connectionTimeoutMillis`: how long to wait for a connection, new or not. 0, its usual value, is for ever. Where
    /// each client has its own connection, its driver has the same setting.
    pub wait: Micros,
    /// `maxLifetimeSeconds`: an older connection is closed once nobody uses it. 0, its usual value, is never.
    pub lifetime: Micros,
    /// `idleTimeoutMillis`: closed after so long without use, 10 s if not given. 0 is never.
    pub idle: Micros,
}

/// Exchanges before a connection can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Round trips before PostgreSQL's startup message: 1 for TCP; 3 with TLS 1.3 (and the question whether it is spoken).
    pub before: u32,
    /// Round trips of authentication after the startup message: 2 with SCRAM, 0 where the server asks for nothing.
    pub sign_in: u32,
}

/// The database server: PostgreSQL 15.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// `max_connections`, usually 100.
    pub connections: u32,
    /// `superuser_reserved_connections`, usually 3.
    pub reserved: u32,
    /// Whether the clients are superusers, who may use the reserved ones.
    pub superuser: bool,
    /// Processor cores.
    pub cores: u32,
    /// By how many thousandths each running query beyond the cores slows down all of them. An assumption: that
    /// throughput falls past the cores is known, how far differs between machines and queries.
    pub crowding: u32,
    /// What the one postmaster process needs to start a process for a new connection, one after the other. Measured:
    /// 0.45 to 0.68 ms of its processor time each (PostgreSQL 15.18, 2,000 connections, as all below).
    pub fork: Micros,
    /// What the new process needs until it looks for a place, and to end, as work on a core: all that a client costs who
    /// is told that there are too many. Measured: 1.6 ms.
    pub start: Micros,
    /// What it needs in addition until it knows whether the client may stay (with SCRAM), as work on a core. Measured: a
    /// client who hears that the rest is reserved costs 3.0 to 3.4 ms in all.
    pub check: Micros,
    /// What it needs in addition before it answers its first query, as work on a core. Measured: a connection with one
    /// query costs 4.4 to 4.9 ms in all, while `select 1` on an open one takes 0.015 ms.
    pub session: Micros,
    /// Memory of the machine for PostgreSQL, in bytes.
    pub memory: u64,
    /// `shared_buffers`, usually 128 MB.
    pub shared: u64,
    /// Memory of one connection's process, in bytes. Measured: 1.3 to 1.9 MB of its own after a few queries; a sort may
    /// take `work_mem`, usually 4 MB, on top.
    pub per_connection: u64,
}

/// What a client does after it was turned away, by whomever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often it tries again.
    pub times: u16,
    /// How long it pauses before.
    pub backoff: Backoff,
}

/// The pause before another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same; zero is at once.
    Fixed(Micros),
    /// Twice as long each time, up to a bound; with jitter anything from nothing to that ("full jitter", AWS
    /// Architecture Blog, Exponential Backoff And Jitter, 2015).
    Exponential {
        /// The first pause.
        first: Micros,
        /// The longest pause.
        most: Micros,
        /// A pause of random length up to the doubled one.
        jitter: bool,
    },
}

/// Which half runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Behind nginx, an application takes connections from its pool.
    Pool,
    /// Every client opens a connection of its own.
    Flood,
}

const MB: u64 = 1 << 20;

impl Default for Setup {
    /// A common setting: the programs' usual values, and a database of 4 cores and 4 GB.
    fn default() -> Self {
        Self {
            seed: 1,
            clients: 1_000,
            arrivals: Arrivals::Poisson { per_second: 400 },
            work: Work::Exponential(Micros::millis(5)),
            pool: Pool::default(),
            near: Micros(500),
            far: Micros::millis(40),
            handshake: Handshake { before: 1, sign_in: 2 },
            database: Database::default(),
            upstream_timeout: Micros::seconds(60),
            retries: Retries { times: 0, backoff: Backoff::Fixed(Micros::ZERO) },
            faults: Faults::default(),
        }
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self { size: 10, queue: None, wait: Micros::ZERO, lifetime: Micros::ZERO, idle: Micros::seconds(10) }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            connections: 100,
            reserved: 3,
            superuser: false,
            cores: 4,
            crowding: 1,
            fork: Micros(600),
            start: Micros(1_600),
            check: Micros(1_500),
            session: Micros(1_400),
            memory: 4_096 * MB,
            shared: 128 * MB,
            per_connection: 6 * MB,
        }
    }
}

impl Pool {
    /// How many connections the pool opens at most: `this.options.max || 10`.
    pub fn most(&self) -> u32 {
        if self.size == 0 { 10 } else { self.size }
    }
}

impl Retries {
    /// The pause before try number `tried` + 1, of which `tried` have failed; `chance` is asked where there is jitter.
    pub(crate) fn pause(&self, tried: u16, chance: &mut crate::random::Random) -> u64 {
        match self.backoff {
            Backoff::Fixed(pause) => pause.0,
            Backoff::Exponential { first, most, jitter } => {
                let doubled = first.0.saturating_mul(1_u64 << (tried.saturating_sub(1)).min(63)).min(most.0);
                if jitter { chance.up_to(doubled.min(u64::from(u32::MAX - 1))) } else { doubled }
            }
        }
    }
}
