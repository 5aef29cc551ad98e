//! The runs that are measured: natively by criterion, as Wasm in Chromium, and beside SimPy. Each takes a number of
//! clients and a seed, and returns a digest, so that nothing of it can be left out.

use crate::job::{Job, Progress};
use crate::need::Size;
use crate::order::Due;
use crate::random::{Random, mix};
use crate::run::PoolRun;
use crate::setup::{Backoff, Half, Retries, Setup};
use crate::traffic::{Arrivals, Work};
use engine::time::Micros;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Clients a second of the M/M/c queue below, and how many serve.
const RATE: u64 = 1_800;
const SERVERS: u32 = 10;
const SERVICE: Micros = Micros::millis(5);

fn run(setup: &Setup, half: Half) -> u64 {
    let mut run = PoolRun::new(setup, half);
    run.finish();
    run.digest()
}

/// The usual setting, with every limit set and one in a thousand slow.
fn everything(clients: u64, seed: u64) -> Setup {
    let mut setup = Setup { seed, clients, ..Setup::default() };
    setup.pool.wait = Micros::seconds(2);
    setup.pool.queue = Some(1_000);
    setup.pool.lifetime = Micros::seconds(60);
    setup.faults.slow_every = 1_000;
    setup.faults.slow = Micros::millis(200);
    setup.retries = Retries {
        times: 2,
        backoff: Backoff::Exponential { first: Micros::millis(100), most: Micros::seconds(1), jitter: true },
    };
    setup
}

/// The pool with everything that the model has.
pub fn pool(clients: u64, seed: u64) -> u64 {
    run(&everything(clients, seed), Half::Pool)
}

/// The flood with everything that the model has.
pub fn flood(clients: u64, seed: u64) -> u64 {
    run(&everything(clients, seed), Half::Flood)
}

/// All of them in one moment, and all are let in: so many run at once.
pub fn at_once(clients: u64, seed: u64) -> u64 {
    let mut setup = everything(clients, seed);
    setup.arrivals = Arrivals::Bursts { size: clients, every: Micros::seconds(1) };
    setup.pool.size = clients.min(u64::from(crate::matter::MOST_CONNECTIONS) - 3) as u32;
    setup.pool.wait = Micros::ZERO;
    setup.pool.queue = None;
    setup.upstream_timeout = Micros::seconds(1_000_000);
    setup.database.connections = setup.pool.size + 3;
    setup.database.memory = u64::MAX;
    run(&setup, Half::Pool)
}

/// A setting in which the pool is the M/M/c queue of the textbooks.
pub fn mmc(clients: u64, seed: u64) -> Setup {
    let mut setup = Setup { seed, clients, ..Setup::default() };
    setup.arrivals = Arrivals::Poisson { per_second: RATE };
    setup.work = Work::Exponential(SERVICE);
    setup.pool.size = SERVERS;
    setup.pool.idle = Micros::ZERO;
    setup.near = Micros::ZERO;
    setup.upstream_timeout = Micros::ZERO;
    setup.database.cores = SERVERS;
    setup.database.fork = Micros::ZERO;
    setup.database.start = Micros::ZERO;
    setup.database.check = Micros::ZERO;
    setup.database.session = Micros::ZERO;
    setup
}

/// The M/M/c queue by the model.
pub fn queue(clients: u64, seed: u64) -> u64 {
    run(&mmc(clients, seed), Half::Pool)
}

/// The M/M/c queue and nothing else, on a plain binary heap: how fast it could be. Returns the sum of what they waited.
pub fn bare(clients: u64, seed: u64) -> u64 {
    let (mut when, mut what) = (Random::stream(seed, 1), Random::stream(seed, 2));
    let gap = 1_000_000.0 / RATE as f64;
    let mut events = BinaryHeap::new();
    let (mut number, mut now, mut left) = (0, 0, clients);
    let mut free = SERVERS;
    let mut waiting = VecDeque::new();
    let (mut waited, mut digest) = (0, 0);
    events.push(Reverse((Due { at: 0, number }, true)));
    while let Some(Reverse((due, comes))) = events.pop() {
        now = due.at.max(now);
        if comes {
            waiting.push_back(now);
            left -= 1;
            if left > 0 {
                number += 1;
                events.push(Reverse((Due { at: now + (when.exponential() * gap) as u64, number }, true)));
            }
        } else {
            free += 1;
        }
        while free > 0 {
            let Some(came) = waiting.pop_front() else { break };
            free -= 1;
            waited += now - came;
            digest = mix(digest ^ now);
            number += 1;
            let end = now + (what.exponential() * SERVICE.0 as f64) as u64;
            events.push(Reverse((Due { at: end, number }, false)));
        }
    }
    waited ^ digest
}

/// One number for runs with so many seeds, of every kind of arrivals and of work, in both halves: is it the same on
/// another machine, so was every one of their events.
pub fn seeds(from: u64, to: u64) -> u64 {
    let digest = |digest, seed| HALVES.iter().fold(digest, |digest, half| mix(digest ^ run(&various(seed), *half)));
    (from..to).fold(0, digest)
}

const HALVES: [Half; 2] = [Half::Pool, Half::Flood];

/// A setting that depends on the seed: busy enough that everything happens which can.
fn various(seed: u64) -> Setup {
    let mut setup = everything(1_000, seed);
    let per_second = 200 + 37 * (seed % 31);
    setup.arrivals = match seed % 3 {
        0 => Arrivals::Poisson { per_second },
        1 => Arrivals::Steady { per_second },
        _ => Arrivals::Bursts { size: per_second / 10, every: Micros::millis(97) },
    };
    setup.work = match seed / 3 % 3 {
        0 => Work::Exponential(SERVICE),
        1 => Work::Fixed(SERVICE),
        _ => Work::Pareto { shape: 150, least: Micros::millis(2), most: Micros::seconds(1) },
    };
    setup.pool.wait = Micros::millis(20 + 10 * (seed % 17));
    setup.pool.idle = Micros::millis(30);
    setup.pool.lifetime = Micros::millis(300);
    setup.upstream_timeout = Micros::millis(150);
    setup.faults.leak_every = 400;
    setup
}

/// The work of figure 15 with so many orders, done in one go; its report's digest.
pub fn job(orders: u32, seed: u64) -> u64 {
    let mut job = Job::new(Size::of(orders), seed);
    loop {
        match job.advance(u64::MAX) {
            Progress::Done(report) => return report.digest(),
            Progress::OutOfMemory(_) => return 0,
            Progress::Going(..) => {}
        }
    }
}
