//! How long it takes to look for the smallest fix: among a thousand worlds broken by one edit, in those for which most
//! steps are tried. At most 50 ms is wanted.
#![allow(missing_docs, reason = "criterion_group! makes a function without a doc comment")]

#[path = "../../../tests/it/remedy/breaks.rs"]
mod breaks;

use breaks::{Broken, Dice};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use remedy::remedies;
use std::hint::black_box;

fn worlds(c: &mut Criterion) {
    let find = |broken: &Broken| remedies(&broken.world, &broken.loaded, &broken.actions);
    let mut all = Vec::new();
    for seed in 1..=1_000 {
        let mut dice = Dice(seed);
        let mut broken = breaks::whole(&mut dice);
        breaks::breaks(&mut broken, &mut dice);
        let tried: usize = find(&broken).tried.iter().map(|(_, count)| count).sum();
        all.push((tried, broken));
    }
    all.sort_by_key(|(tried, _)| core::cmp::Reverse(*tried));
    let mut group = c.benchmark_group("remedies");
    group.sample_size(10);
    // The most expensive ones, and the one in the middle.
    let some = all.iter().take(8).chain(all.get(all.len() / 2));
    for (place, (tried, broken)) in some.enumerate() {
        let name = format!("{place}, {tried} tried, {}, {}", broken.kind, broken.what.replace('/', " "));
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| find(black_box(broken))));
    }
    group.finish();
}

criterion_group!(benches, worlds);
criterion_main!(benches);
