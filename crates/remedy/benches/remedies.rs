//! How long it takes to look for the smallest fix: in each of a thousand worlds broken by one edit, and again, by
//! criterion, in those that took longest and in the one in the middle. At most 50 ms each is wanted.
#![allow(missing_docs, reason = "criterion_group! makes a function without a doc comment")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../../../tests/it/remedy/breaks.rs"]
mod breaks;

use breaks::{Broken, Dice};
use core::time::Duration;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use remedy::{Findings, remedies};
use std::hint::black_box;
use std::time::Instant;

fn find(broken: &Broken) -> Findings {
    remedies(&broken.world, &broken.loaded, &broken.actions)
}

/// The shorter of two times.
fn takes(broken: &Broken) -> Duration {
    let once = || {
        let start = Instant::now();
        black_box(find(black_box(broken)));
        start.elapsed()
    };
    once().min(once())
}

fn worlds(c: &mut Criterion) {
    let broken = (1..).map(|seed| {
        let mut dice = Dice(seed);
        let mut broken = breaks::whole(&mut dice);
        breaks::breaks(&mut broken, &mut dice);
        broken
    });
    let failing = broken.filter(|broken| !find(broken).fine).take(1_000);
    let mut all: Vec<_> = failing.map(|broken| (takes(&broken), broken)).collect();
    all.sort_by_key(|(time, _)| core::cmp::Reverse(*time));
    let middle = all.len() / 2;
    let slow = all.iter().filter(|(time, _)| *time > Duration::from_millis(50)).count();
    println!("{} worlds: median {:?}, worst {:?}, {slow} above 50 ms", all.len(), all[middle].0, all[0].0);
    let mut group = c.benchmark_group("remedies");
    group.sample_size(10);
    for (place, (_, broken)) in all.iter().enumerate().filter(|(place, _)| *place < 4 || *place == middle) {
        let name = format!("{place}, {}, {}", broken.kind, broken.what.replace('/', " "));
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| find(black_box(broken))));
    }
    group.finish();
}

criterion_group!(benches, worlds);
criterion_main!(benches);
