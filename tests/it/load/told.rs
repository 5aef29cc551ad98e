//! Runs as text, in golden files: what there is to see in each of the figure's settings.

use engine::time::Micros;
use expect_test::expect_file;
use load::bench;
use load::both::Both;
use load::end::End;
use load::run::Ended;
use load::setup::{Backoff, Retries, Setup};
use load::traffic::{Arrivals, Faults, Work};

/// Both halves with these settings, held in a file.
fn check(name: &str, setup: &Setup) -> Both {
    let mut both = Both::new(setup);
    while !both.is_over() {
        both.advance(Micros(u64::MAX), 10_000);
    }
    let text = format!("{}\n{}", both.pool, both.flood);
    let file = [env!("CARGO_MANIFEST_DIR"), "/golden/load/", name, ".txt"].concat();
    expect_file![file].assert_eq(&text);
    both
}

fn count(both: &Both, end: End) -> [u64; 2] {
    [both.pool.counts().of(end), both.flood.counts().of(end)]
}

#[test]
fn the_usual_day() {
    let both = check("usual", &Setup::default());
    assert_eq!(both.pool.counts().of(End::Served), 1_000);
    // The pool opens as many as were needed at once; the flood one each.
    assert_eq!((both.pool.counts().connects, both.flood.counts().connects), (8, 1_000));
}

#[test]
fn t31_a_burst_waits_in_the_pool_and_is_refused_in_the_flood() {
    let setup = Setup {
        clients: 4_000,
        arrivals: Arrivals::Bursts { size: 1_000, every: Micros::seconds(2) },
        ..Setup::default()
    };
    let both = check("bursts", &setup);
    assert_eq!(count(&both, End::Served)[0], 4_000);
    assert_eq!(both.pool.counts().most_waiting, 990);
    assert!(both.flood.counts().refused() > 3_000);
}

#[test]
fn a_leak_stops_the_pool_for_ever_and_only_nginx_says_so() {
    let faults = Faults { leak_every: 100, ..Faults::default() };
    let setup = Setup { clients: 4_000, faults, ..Setup::default() };
    let both = check("leak", &setup);
    assert_eq!(both.pool.counts().leaked, 10);
    assert!(count(&both, End::GatewayTimeout)[0] > 2_900);
    let patient = Setup { upstream_timeout: Micros::ZERO, ..setup };
    let mut both = Both::new(&patient);
    both.advance(Micros(u64::MAX), u64::MAX);
    assert!(matches!(both.pool.ended(), Some(Ended::Stuck(_))));
}

#[test]
fn slow_queries_hold_everybody_up() {
    let faults = Faults { slow_every: 50, slow: Micros::seconds(1), ..Faults::default() };
    let setup = Setup { clients: 4_000, faults, ..Setup::default() };
    let slow = check("slow", &setup);
    let usual = Both::at(&Setup { faults: Faults::default(), ..setup }, Micros(u64::MAX));
    let half = |both: &Both| both.pool.latency().percentile(50_000).expect("some");
    assert!(half(&slow).0 > 10 * half(&usual).0, "{} and {}", half(&slow), half(&usual));
}

#[test]
fn retries_without_a_pause_make_it_worse() {
    let setup = |backoff| Setup {
        clients: 6_000,
        arrivals: Arrivals::Poisson { per_second: 700 },
        retries: Retries { times: 5, backoff },
        ..Setup::default()
    };
    let second = Micros::seconds(1);
    let at_once = check("retries", &setup(Backoff::Fixed(Micros::ZERO)));
    let exponential = Backoff::Exponential { first: Micros::millis(100), most: second, jitter: true };
    let later = check("retries-with-backoff", &setup(exponential));
    let asked = |both: &Both| both.flood.counts().connects;
    assert!(asked(&at_once) > asked(&later), "{} and {}", asked(&at_once), asked(&later));
}

#[test]
fn heavy_tails_and_every_limit() {
    let mut setup = Setup { clients: 5_000, arrivals: Arrivals::Poisson { per_second: 600 }, ..Setup::default() };
    setup.work = Work::Pareto { shape: 120, least: Micros::millis(2), most: Micros::seconds(2) };
    (setup.pool.wait, setup.pool.queue) = (Micros::millis(500), Some(200));
    setup.upstream_timeout = Micros::seconds(1);
    check("limits", &setup);
}

#[test]
fn a_thousand_seeds_are_what_they_were() {
    // `cargo xtask bench --browser` asks Chromium the same.
    expect_file!["../../golden/load/seeds.txt"].assert_eq(&format!("{:016x}\n", bench::seeds(0, 1_000)));
}
