//! The M/M/c queue by the model, by a bare heap, and how long clients waited: for `bench/simpy_mmc.py`, which puts SimPy
//! beside it. `cargo run --release -p load --example mmc -- CLIENTS`
#![allow(clippy::disallowed_methods, reason = "it takes the time")]

use load::bench;
use load::run::PoolRun;
use load::setup::Half;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let clients = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1_000_000);
    let timed = |work: &dyn Fn() -> u64| {
        // The best of five: other work on the machine only makes it slower.
        let time = |_| {
            let began = Instant::now();
            black_box(work());
            began.elapsed().as_secs_f64()
        };
        clients as f64 / (0..5).map(time).fold(f64::MAX, f64::min)
    };
    let mut run = PoolRun::new(&bench::mmc(clients, 1), Half::Pool);
    run.finish();
    let waited = run.series().area().waiting as f64 / clients as f64 / 1e3;
    println!(
        "Roundtrip's pool as M/M/10: {:>12.0} clients a second, mean wait {waited:.3} ms",
        timed(&|| bench::queue(clients, 1))
    );
    println!("a bare heap, M/M/10:        {:>12.0} clients a second", timed(&|| bench::bare(clients, 1)));
}
