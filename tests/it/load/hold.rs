//! What must never break, whatever is set: nobody is lost, nobody ends twice, no limit is exceeded, and a run is the same
//! however it is cut into steps.

use super::{HALVES, given, plain};
use engine::time::Micros;
use load::both::{Axis, Both, Found, Search};
use load::end::End;
use load::matter::matters;
use load::run::{Ended, Phase, PoolRun, ROOM};
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

/// Settings that are out of all measure, and what is said about them.
#[test]
fn extreme_settings_give_words_and_never_a_hang() {
    type Change = fn(&mut Setup);
    let cases: [(Change, &str); 14] = [
        (|it| it.pool.size = 0, "node-postgres takes a pool size of 0"),
        (|it| it.clients = 0, "Nobody comes"),
        (|it| it.arrivals = Arrivals::Poisson { per_second: 0 }, "Nobody comes"),
        (|it| it.arrivals = Arrivals::Bursts { size: 0, every: Micros::ZERO }, "Nobody comes"),
        (|it| it.database.connections = 0, "0 is outside the valid range for parameter \"max_connections\""),
        (|it| it.database.connections = 3, "must be less than max_connections (3)"),
        (|it| it.database.connections = 5, "The pool may open 10 connections, and the database lets 2 of them in"),
        (|it| it.database.memory = 1 << 20, "does not hold a single connection"),
        (|it| it.database.cores = 0, "without a processor"),
        (|it| it.work = Work::Fixed(Micros(u64::MAX)), "counted as 71 minutes"),
        (|it| it.clients = 1_000_000_000, "goes on in steps and can be stopped"),
        (|it| it.clients = u64::MAX, "the first 4294967295 come"),
        (|it| it.faults.leak_every = 1, "waits for ever"),
        (
            |it| {
                it.clients = 1_000_000_000;
                it.arrivals = Arrivals::Bursts { size: u64::MAX, every: Micros::ZERO };
            },
            "come in one moment",
        ),
    ];
    for (change, words) in cases {
        let mut setup = Setup::default();
        change(&mut setup);
        let found = matters(&setup);
        assert!(found.iter().any(|matter| matter.words.contains(words)), "{words}: {found:?}");
        for half in HALVES {
            let mut run = PoolRun::new(&setup, half);
            let stops = found.iter().any(|matter| matter.stops);
            assert_eq!(run.ended(), stops.then_some(Ended::NotStarted), "{words}");
            // A step is as long as it is asked to be, whatever is set.
            for _ in 0..20 {
                let progress = run.advance(Micros(u64::MAX), 1_000);
                assert!(progress.events <= 1_000);
                run.snapshot(100, Micros::seconds(1));
            }
        }
    }
    assert_eq!(matters(&Setup::default()), []);
}

#[test]
fn a_billion_clients_take_no_more_memory_than_those_who_are_there() {
    let mut setup = Setup { clients: 1_000_000_000, ..Setup::default() };
    let mut run = PoolRun::new(&setup, Half::Pool);
    run.advance(Micros(u64::MAX), 1_000_000);
    let bytes = run.bytes();
    run.advance(Micros(u64::MAX), 3_000_000);
    assert!(run.bytes() < 1_000_000 && run.bytes() < bytes * 2, "{} after {bytes}", run.bytes());
    // All in one moment: the run ends where there is no more room, and says so.
    setup.arrivals = Arrivals::Bursts { size: u64::MAX, every: Micros::ZERO };
    let mut run = PoolRun::new(&setup, Half::Pool);
    assert_eq!(run.finish(), Ended::TooMany);
    assert_eq!(run.requests(), ROOM);
    assert!(run.bytes() < 300 << 20, "{}", run.bytes());
}

#[test]
fn t31_more_memory_is_needed_for_more_connections_and_a_process_that_does_not_fit_is_refused() {
    let mut setup = Setup { clients: 300, ..plain() };
    setup.arrivals = given([(0, 10_000); 300]);
    setup.database.connections = 1_000;
    setup.database.memory = setup.database.memory_of(200);
    setup.database.fork = Micros(10);
    let mut run = PoolRun::new(&setup, Half::Flood);
    run.finish();
    // One at a time gets going, and takes its place before the next is started.
    assert_eq!((run.counts().of(End::Served), run.counts().of(End::NoMemory)), (200, 100));
    assert_eq!(setup.database.memory_of(run.most_connections()), setup.database.memory);
}

#[test]
fn a_snapshot_shows_the_same_clients_from_one_moment_to_the_next() {
    let mut setup = plain();
    setup.clients = 5_000;
    setup.arrivals = Arrivals::Bursts { size: 5_000, every: Micros::seconds(1) };
    setup.work = Work::Fixed(Micros::millis(1));
    let mut run = PoolRun::new(&setup, Half::Pool);
    let arriving = run.snapshot(10, Micros::ZERO).arriving;
    assert!(!arriving.is_empty() && arriving.iter().all(|client| client.at == 0));
    run.advance(Micros(10), u64::MAX);
    let shot = run.snapshot(100, Micros::ZERO);
    assert_eq!((shot.phases[Phase::Waiting as usize], shot.phases[Phase::Working as usize]), (4_990, 10));
    assert_eq!(shot.one_in, 64);
    assert!((50..=100).contains(&shot.actors.len()), "{}", shot.actors.len());
    // Waiting ones are where they are in the queue, which is in order of their numbers here.
    for actor in shot.actors.iter().filter(|actor| actor.phase == Phase::Waiting) {
        assert_eq!(actor.before, Some(actor.client - 10));
    }
    // While as many are there, everybody is drawn who was drawn, unless it has left.
    let mut before: Vec<_> = shot.actors.iter().map(|actor| actor.client).collect();
    for ms in 1..100 {
        run.advance(Micros::millis(ms), u64::MAX);
        let shot = run.snapshot(100, Micros::millis(1));
        let now: Vec<_> = shot.actors.iter().map(|actor| actor.client).collect();
        let left: Vec<_> = shot.leaving.iter().map(|left| left.client).collect();
        assert!(before.iter().all(|client| now.contains(client) || left.contains(client)), "{ms}");
        before = now;
    }
    // Few are drawn one by one, with what is done of their work.
    let mut run = PoolRun::new(&Setup { clients: 4, ..setup }, Half::Flood);
    run.advance(Micros(250), u64::MAX);
    let shot = run.snapshot(100, Micros::ZERO);
    assert_eq!(
        shot.actors.iter().map(|actor| (actor.client, actor.done)).collect::<Vec<_>>(),
        [(0, Some(250)), (1, Some(250)), (2, Some(250)), (3, Some(250))]
    );
}
