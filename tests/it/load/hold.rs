//! What must never break, whatever is set: nobody is lost, nobody ends twice, no limit is exceeded, and a run is the same
//! however it is cut into steps.

use super::{HALVES, given, plain};
use engine::time::Micros;
use load::both::{Axis, Both, Found, Search};
use load::end::End;
use load::run::{Ended, PoolRun};
use load::setup::{Backoff, Database, Half, Handshake, Pool, Retries, Setup};
use load::traffic::{Arrivals, Faults, Work};
use proptest::prelude::*;

fn arrivals() -> impl Strategy<Value = Arrivals> {
    prop_oneof![
        (1..5_000_u64).prop_map(|per_second| Arrivals::Steady { per_second }),
        (1..5_000_u64).prop_map(|per_second| Arrivals::Poisson { per_second }),
        (1..300_u64, 0..200_000_u64).prop_map(|(size, every)| Arrivals::Bursts { size, every: Micros(every) }),
        prop::collection::vec((0..1_000_000_u64, 0..50_000_u64), 0..300).prop_map(|mut trace| {
            trace.sort_unstable();
            given(trace)
        }),
    ]
}

fn work() -> impl Strategy<Value = Work> {
    let span = |most: u64| (0..most).prop_map(Micros);
    prop_oneof![
        span(50_000).prop_map(Work::Fixed),
        span(50_000).prop_map(Work::Exponential),
        (50..300_u32, span(5_000), span(500_000)).prop_map(|(shape, least, most)| Work::Pareto { shape, least, most }),
    ]
}

/// A span that is often 0, which often means something else.
fn perhaps(most: u64) -> impl Strategy<Value = Micros> {
    prop_oneof![Just(Micros::ZERO), (1..most).prop_map(Micros)]
}

fn pool() -> impl Strategy<Value = Pool> {
    let size = prop_oneof![0..3_u32, 3..40_u32];
    (size, prop::option::of(0..50_u32), perhaps(300_000), perhaps(500_000), perhaps(100_000))
        .prop_map(|(size, queue, wait, lifetime, idle)| Pool { size, queue, wait, lifetime, idle })
}

fn database() -> impl Strategy<Value = Database> {
    (
        1..60_u32,
        0..5_u32,
        any::<bool>(),
        1..9_u32,
        0..100_u32,
        0..3_000_u64,
        [0..5_000_u64, 0..5_000, 0..5_000],
        0..400_u64,
    )
        .prop_map(|(connections, reserved, superuser, cores, crowding, fork, [start, check, session], memory)| {
            Database {
                connections,
                reserved: reserved.min(connections - 1),
                superuser,
                cores,
                crowding,
                fork: Micros(fork),
                start: Micros(start),
                check: Micros(check),
                session: Micros(session),
                memory: memory << 20,
                ..Database::default()
            }
        })
}

fn retries() -> impl Strategy<Value = Retries> {
    let backoff = prop_oneof![
        perhaps(50_000).prop_map(Backoff::Fixed),
        (perhaps(50_000), perhaps(500_000), any::<bool>()).prop_map(|(first, most, jitter)| Backoff::Exponential {
            first,
            most,
            jitter
        }),
    ];
    (0..4_u16, backoff).prop_map(|(times, backoff)| Retries { times, backoff })
}

prop_compose! {
    fn setups()(
        seed in any::<u64>(), clients in 0..800_u64, arrivals in arrivals(), work in work(), pool in pool(),
        near in 0..3_000_u64, far in 0..100_000_u64, before in 0..4_u32, sign_in in 0..3_u32, database in database(),
        upstream_timeout in perhaps(400_000), retries in retries(), faults in (0..3_u64, 1..60_u64, 1..60_u64, perhaps(900_000)),
    ) -> Setup {
        let (which, leak_every, slow_every, slow) = faults;
        let faults = Faults { leak_every: leak_every * (which & 1), slow_every: slow_every * (which >> 1), slow };
        let handshake = Handshake { before, sign_in };
        let (near, far) = (Micros(near), Micros(far));
        Setup { seed, clients, arrivals, work, pool, near, far, handshake, database, upstream_timeout, retries, faults }
    }
}

/// Everything that holds between two events.
fn holds(run: &PoolRun) {
    let (counts, level, setup) = (run.counts(), run.level(), run.setup());
    assert_eq!(counts.arrived, counts.ended() + u64::from(level.inside), "nobody is lost");
    assert!(level.connections <= setup.database.connections, "max_connections");
    assert!(level.inside as usize <= run.requests());
    let pool = run.pool_state();
    if run.half() == Half::Pool {
        assert!(pool.total <= setup.pool.most(), "the pool's size");
        assert!(setup.pool.queue.is_none_or(|queue| pool.waiting <= queue), "the queue's length");
        assert!(pool.idle + pool.opening + pool.leaked <= pool.total);
        assert!(pool.idle == 0 || pool.waiting == 0, "nobody waits while a connection is idle");
    } else {
        assert_eq!((pool.waiting, pool.idle), (0, 0));
        assert_eq!(counts.of(End::GatewayTimeout), 0, "no nginx in between");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_client_ends_exactly_once(setup in setups(), step in 1..50_u64) {
        for half in HALVES {
            let mut run = PoolRun::new(&setup, half);
            while run.advance(Micros(u64::MAX), step).ended.is_none() {
                holds(&run);
            }
            holds(&run);
            let counts = *run.counts();
            match run.ended() {
                Some(Ended::Over) => prop_assert_eq!(run.level().inside, 0),
                Some(Ended::Stuck(left)) => {
                    // Only a connection that is never given back keeps somebody for ever.
                    prop_assert!(counts.leaked > 0 && half == Half::Pool && setup.pool.wait.0 == 0);
                    prop_assert_eq!(left, run.level().waiting);
                }
                other => prop_assert!(false, "{:?}", other),
            }
            if setup.upstream_timeout.0 == 0 {
                prop_assert_eq!(run.requests(), run.level().inside as usize, "no request without its client");
            }
            // Fewer than the ring remembers have left, each once.
            let shot = run.snapshot(4_096, Micros(u64::MAX));
            let mut left: Vec<_> = shot.leaving.iter().map(|left| left.client).collect();
            left.sort_unstable();
            left.dedup();
            prop_assert_eq!(left.len() as u64, counts.ended());
            prop_assert_eq!(shot.phases.iter().sum::<u32>() as usize, run.requests());

            let windows: Vec<_> = run.series().windows().collect();
            prop_assert_eq!(windows.iter().map(|window| window.arrived).sum::<u64>(), counts.arrived);
            for end in End::ALL {
                let sum: u64 = windows.iter().map(|window| window.ends[end as usize]).sum();
                prop_assert_eq!(sum, counts.of(end));
            }
            prop_assert_eq!(windows.iter().map(|w| w.area.inside).sum::<u64>(), run.series().area().inside);
            prop_assert_eq!(run.latency().count(), counts.of(End::Served));
        }
    }

    #[test]
    fn a_run_is_the_same_however_it_is_cut(setup in setups(), cuts in prop::collection::vec((1..200_u64, 0..20_000_u64), 1..20)) {
        for half in HALVES {
            let mut whole = PoolRun::new(&setup, half);
            whole.finish();
            let mut run = PoolRun::new(&setup, half);
            for (events, span) in cuts.iter().cycle() {
                let until = Micros(run.now().0 + span);
                if run.advance(until, *events).ended.is_some() {
                    break;
                }
                run.snapshot(10, Micros(10));
                // A moment without an event is one as well.
                if run.now() == until && *span == 0 {
                    run.advance(Micros(u64::MAX), 1);
                }
            }
            prop_assert_eq!(run.digest(), whole.digest());
            prop_assert_eq!(run.counts(), whole.counts());
            prop_assert_eq!(run.series().area(), whole.series().area());
        }
    }
}

#[test]
fn both_halves_get_the_same_traffic() {
    let setup = Setup { clients: 2_000, ..Setup::default() };
    let mut both = Both::new(&setup);
    while !both.is_over() {
        both.advance(Micros(u64::MAX), 100);
    }
    // The same clients in the same windows of time, up to the end of the shorter run.
    let arrived = |run: &PoolRun| run.series().windows().map(|window| window.arrived).collect::<Vec<_>>();
    assert_eq!(both.pool.series().width(), both.flood.series().width());
    assert_eq!(arrived(&both.pool).iter().sum::<u64>(), 2_000);
    assert!(arrived(&both.pool).iter().zip(arrived(&both.flood)).all(|(pool, flood)| *pool == flood));
    let again = Both::at(&setup, Micros::seconds(2));
    let mut stepped = Both::new(&setup);
    for tenth in 1..=20 {
        stepped.advance(Micros::millis(100 * tenth), u64::MAX);
    }
    assert_eq!((again.pool.digest(), again.flood.digest()), (stepped.pool.digest(), stepped.flood.digest()));
}

fn search(setup: &Setup, half: Half, axis: Axis, most: u64) -> Found {
    let mut search = Search::new(setup, half, axis, 1, most);
    loop {
        if let Some(found) = search.advance(10_000) {
            return found;
        }
    }
}

#[test]
fn the_point_from_which_the_flood_is_refused_is_found() {
    // At once, with time enough: as many as the database lets in.
    let mut setup = plain();
    setup.arrivals = Arrivals::Bursts { size: u64::from(u32::MAX), every: Micros::ZERO };
    assert_eq!(search(&setup, Half::Flood, Axis::Clients, 10_000), Found::From(98));
    assert_eq!(search(&setup, Half::Pool, Axis::Clients, 10_000), Found::Never);
    // By their rate: with one more a second somebody is refused, with one less nobody.
    let setup = Setup { clients: 5_000, ..Setup::default() };
    let Found::From(rate) = search(&setup, Half::Flood, Axis::Rate, 10_000) else { panic!("never") };
    for (per_second, refused) in [(rate, true), (rate - 1, false)] {
        let arrivals = Arrivals::Poisson { per_second };
        let mut run = PoolRun::new(&Setup { arrivals, ..setup.clone() }, Half::Flood);
        run.finish();
        assert_eq!(run.counts().refusals > 0, refused, "{per_second}");
        assert_eq!(run.counts().first_refused.is_some(), refused);
    }
    let full = Setup { database: Database { connections: 0, ..Database::default() }, ..setup };
    assert_eq!(search(&full, Half::Flood, Axis::Rate, 10), Found::Unknown(Ended::NotStarted));
}
