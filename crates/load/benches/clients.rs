//! How many clients a second the simulation completes, natively, and how the cost grows with their number.
//! `cargo xtask bench --browser` runs the same as Wasm.
#![allow(missing_docs, reason = "criterion_group! makes a function without a doc comment")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use load::bench;
use std::hint::black_box;

const CLIENTS: u64 = 100_000;

fn clients(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.throughput(Throughput::Elements(CLIENTS));
    group.bench_function("bare M/M/c on a heap", |b| b.iter(|| bench::bare(black_box(CLIENTS), 1)));
    group.bench_function("pool, as M/M/c", |b| b.iter(|| bench::queue(black_box(CLIENTS), 1)));
    group.bench_function("pool, everything", |b| b.iter(|| bench::pool(black_box(CLIENTS), 1)));
    group.bench_function("flood, everything", |b| b.iter(|| bench::flood(black_box(CLIENTS), 1)));
    group.finish();
}

/// The same traffic for longer, and the same number at once: what is there at once makes the heap deep.
fn growth(c: &mut Criterion) {
    for (name, run) in [("clients", bench::pool as fn(u64, u64) -> u64), ("clients at once", bench::at_once)] {
        let mut group = c.benchmark_group(name);
        group.sample_size(10);
        for clients in [10, 100, 1_000, 10_000, 100_000, 1_000_000] {
            group.throughput(Throughput::Elements(clients));
            group.bench_function(BenchmarkId::from_parameter(clients), |b| b.iter(|| run(black_box(clients), 1)));
        }
        group.finish();
    }
}

criterion_group!(benches, clients, growth);
criterion_main!(benches);
