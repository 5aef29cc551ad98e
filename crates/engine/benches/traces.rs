//! How many whole journeys a second the engine computes, natively. The world is parsed anew for each.
#![allow(missing_docs, reason = "criterion_group! makes a function without a doc comment")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::world::World;
use std::hint::black_box;

fn traces(c: &mut Criterion) {
    let world = World::course();
    let state = State::booted(&world);
    let url = "https://backend-demo.senus.doxyz/users".to_owned();
    let actions = [Timed { at: Micros::ZERO, what: Action::Open(url) }];
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(1));
    group.bench_function("whole journey", |b| b.iter(|| run(black_box(&world), &state, &actions, 0)));
    group.bench_function("boot", |b| b.iter(|| State::booted(black_box(&world))));
    group.finish();
}

criterion_group!(benches, traces);
criterion_main!(benches);
