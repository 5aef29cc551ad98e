//! Thousands of clients: the simulation of pool and flood, held to real programs, to queueing theory, and to what must
//! never break.

mod devices;
mod extreme;
mod hold;
mod oracle;
mod theory;
mod told;

use engine::time::Micros;
use load::setup::{Half, Setup};
use load::traffic::{Arrivals, Given};

/// A setting without distances and without cost of connecting, in which nobody gives up.
fn plain() -> Setup {
    let mut setup = Setup::default();
    (setup.near, setup.far) = (Micros::ZERO, Micros::ZERO);
    setup.upstream_timeout = Micros::ZERO;
    setup.pool.idle = Micros::ZERO;
    setup.database.cores = 1_000;
    setup.database.fork = Micros::ZERO;
    (setup.database.start, setup.database.check, setup.database.session) = (Micros::ZERO, Micros::ZERO, Micros::ZERO);
    setup
}

/// Clients as given: when, and how much work.
fn given(trace: impl IntoIterator<Item = (u64, u64)>) -> Arrivals {
    Arrivals::Given(trace.into_iter().map(|(at, work)| Given { at: Micros(at), work: Micros(work) }).collect())
}

const HALVES: [Half; 2] = [Half::Pool, Half::Flood];
