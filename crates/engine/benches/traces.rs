//! How many whole journeys a second the engine computes, natively, and how the cost grows with what is configured.
#![allow(missing_docs, reason = "criterion_group! makes a function without a doc comment")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::journey::{Action, Timed, run, run_read};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::{Readings, World};
use std::hint::black_box;

const URL: &str = "https://backend-demo.senus.doxyz/users";

fn open() -> [Timed; 1] {
    [Timed { at: Micros::ZERO, what: Action::Open(URL.to_owned()) }]
}

/// The demo world: one request from nothing to the answer.
fn journeys(c: &mut Criterion) {
    let world = World::course();
    let state = State::booted(&world);
    let readings = Readings::of(&world);
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(1));
    group.bench_function("journey", |b| {
        b.iter(|| run_read(black_box(&world), &readings, &state, &open(), 0));
    });
    group.bench_function("journey, documents read anew", |b| b.iter(|| run(black_box(&world), &state, &open(), 0)));
    group.bench_function("read", |b| b.iter(|| Readings::of(black_box(&world))));
    group.bench_function("boot", |b| b.iter(|| State::booted(black_box(&world))));
    group.bench_function("problems", |b| b.iter(|| black_box(&world).problems()));
    group.finish();
}

/// The same journey where one document has many more lines, none of which is about it.
fn growth(c: &mut Criterion) {
    grow(c, "server blocks", &[1, 10, 100, 1_000], "/etc/nginx/conf.d/frontend.conf", |i| {
        format!("server {{ listen 80; server_name n{i}.example; return 404; }}\n")
    });
    grow(c, "records", &[1, 100, 10_000, 100_000], "senus.doxyz.zone", |i| format!("n{i} IN A 192.0.2.1\n"));
    grow(c, "rules", &[1, 10, 100, 1_000], "security-group", |i| {
        format!("  Custom TCP  TCP  {}  192.0.2.0/24  for nobody here\n", 1_024 + i)
    });
}

fn grow(c: &mut Criterion, what: &str, sizes: &[usize], document: &str, line: fn(usize) -> String) {
    let mut group = c.benchmark_group(what);
    for &size in sizes {
        let course = World::course();
        let lines: String = (0..size).map(line).collect();
        // Inbound rules stand before the outbound ones; elsewhere the end will do.
        let text = course.text(document).unwrap_or("");
        let (before, after) = text.split_at(text.find("\n# Outbound rules").map_or(text.len(), |at| at + 1));
        let world = course.with_text(document, &[before, &lines, after].concat());
        let state = State::booted(&world);
        let readings = Readings::of(&world);
        let (trace, _) = run_read(&world, &readings, &state, &open(), 0);
        assert!(matches!(trace.outcomes[0], Outcome::Response { status: 200, .. }), "{what} {size}: {trace}");
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| run_read(black_box(&world), &readings, &state, &open(), 0));
        });
    }
    group.finish();
}

criterion_group!(benches, journeys, growth);
criterion_main!(benches);
