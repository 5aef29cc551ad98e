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

/// The same journey where what decides it comes last among many lines of its kind: the asked name in the last server
/// block of the same socket, the last name of the zone, the last rule for the same port.
fn growth(c: &mut Criterion) {
    grow(c, "server blocks", &[1, 10, 100, 1_000], "/etc/nginx/conf.d/backend.conf", "# Plain HTTP", |i| {
        let live = "/etc/letsencrypt/live/backend-demo.senus.doxyz";
        let key = format!("ssl_certificate {live}/fullchain.pem; ssl_certificate_key {live}/privkey.pem;");
        format!("server {{ listen 443 ssl; server_name a{i}.example; {key} return 404; }}\n")
    });
    grow(c, "records", &[1, 100, 10_000, 100_000], "senus.doxyz.zone", "backend-demo ", |i| {
        format!("a{i} IN A 192.0.2.1\n")
    });
    grow(c, "rules", &[1, 10, 100, 1_000], "security-group", "  HTTPS ", |i| {
        format!("  HTTPS  TCP  443  198.18.{}.{}/32  for somebody else\n", i / 256, i % 256)
    });
}

/// Measures the journey with so many lines more in a document, before the place where `at` stands.
fn grow(c: &mut Criterion, what: &str, sizes: &[usize], document: &str, at: &str, line: fn(usize) -> String) {
    let mut group = c.benchmark_group(what);
    for &size in sizes {
        let lines: String = (0..size).map(line).collect();
        let world = World::course().with_edit(document, at, &[&lines, at].concat());
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
