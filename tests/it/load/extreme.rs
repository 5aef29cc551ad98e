//! Settings out of all measure, memory, and what is drawn of a crowd.

use super::{HALVES, given, plain};
use engine::time::Micros;
use load::end::End;
use load::matter::matters;
use load::run::{Ended, Phase, PoolRun, ROOM};
use load::setup::{Half, Setup};
use load::traffic::{Arrivals, Work};

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
