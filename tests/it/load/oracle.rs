//! A real PostgreSQL and a real node-postgres were asked (`pool.json`, `pool-more.json`): same order, same refusals, same
//! words.

use super::{HALVES, given, plain};
use crate::oracles::recording;
use engine::time::Micros;
use load::database::Places;
use load::end::End;
use load::matter::matters;
use load::run::{Ended, Phase, PoolRun};
use load::setup::{Backoff, Half, Setup};
use load::snapshot::PoolState;
use load::traffic::{Arrivals, Work};
use serde_json::Value;
use std::collections::BTreeMap;

fn file(name: &str) -> Value {
    serde_json::from_str(&recording(name)).expect("JSON")
}

/// What is recorded in these units, in microseconds.
fn units(value: &Value) -> u64 {
    value.as_f64().map_or(0, |units| (units * 200_000.0).round() as u64)
}

/// What became of a job.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    on_arrival: PoolState,
    start: Option<u64>,
    conn: Option<u32>,
    end: Option<(u64, End)>,
}

/// Goes through a run event by event and notes what happens to each client.
fn watch(run: &mut PoolRun, clients: usize) -> Vec<Told> {
    let mut told = vec![Told::default(); clients];
    while run.ended().is_none() {
        let (before, arrived) = (run.pool_state(), run.counts().arrived as usize);
        run.advance(Micros(u64::MAX), 1);
        if run.counts().arrived as usize > arrived {
            told[arrived].on_arrival = before;
        }
        let shot = run.snapshot(clients, Micros::ZERO);
        for actor in shot.actors.iter().filter(|actor| actor.phase == Phase::Sent && !actor.orphan) {
            let told = &mut told[actor.client as usize];
            told.start = told.start.or(Some(actor.since.0));
            told.conn = actor.conn;
        }
        for left in &shot.leaving {
            told[left.client as usize].end = Some((left.at.0, left.end));
        }
    }
    told
}

/// The setting of a recorded timeline.
fn setup(case: &Value) -> Setup {
    let mut setup = plain();
    let jobs = case["jobs"].as_array().expect("jobs");
    let trip = 2 * units(&case["one_way_units"]);
    // A query took some milliseconds more there than it was told to sleep. How long each took is given; who waits for
    // whom, and how long, is the question.
    let took = |job: &Value| match job.get("end_raw") {
        Some(end) => units(end) - units(&job["start_raw"]) - trip,
        None => units(&job["work"]),
    };
    setup.arrivals = given(jobs.iter().map(|job| (units(&job["arrive"]), took(job))));
    setup.clients = jobs.len() as u64;
    setup.pool.size = case["pool_max"].as_u64().expect("a size") as u32;
    setup.pool.wait = Micros(units(&case["connection_timeout_units"]));
    setup.pool.idle = Micros(units(&case["idle_timeout_units"]));
    setup.pool.lifetime = Micros(units(&case["lifetime_units"]));
    // The proxy held back every byte, but not TCP's handshake.
    setup.near = Micros(trip);
    setup.handshake.before = 0;
    let first = jobs[0].get("start_raw").map_or(0, units);
    setup.database.session = Micros(first.saturating_sub(units(&jobs[0]["arrive"]) + 3 * trip));
    setup
}

/// Whether it is the same quarter of a unit, or the next: a connection took 10 to 40 ms there.
fn about(model: u64, real: &Value) -> bool {
    real.as_f64().is_some_and(|real| (model as f64 / 200_000.0 - real).abs() < 0.25)
}

fn check(case: &Value, ties: bool) {
    let id = case["id"].as_str().expect("an id");
    let jobs = case["jobs"].as_array().expect("jobs");
    let mut setup = setup(case);
    if id.starts_with("leak") {
        // There, who leaks is the first two of four.
        setup.faults.leak_every = 1;
    }
    let mut run = PoolRun::new(&setup, Half::Pool);
    let told = watch(&mut run, jobs.len());
    let mut names = BTreeMap::new();
    for (job, told) in jobs.iter().zip(&told) {
        let i = &job["i"];
        let state = &job["state_on_arrival"];
        for (name, count) in
            [("total", told.on_arrival.total), ("idle", told.on_arrival.idle), ("waiting", told.on_arrival.waiting)]
        {
            assert_eq!(state[name], count, "{id}, job {i}: {name} on arrival");
        }
        let (at, end) = told.end.expect("an end");
        if let Some(words) = job["error"].as_str() {
            assert_eq!(end.words(Half::Pool), words, "{id}, job {i}");
            assert!(about(at, &job["failed_at_raw"]), "{id}, job {i} failed at {at} and not {}", job["failed_at_raw"]);
        } else {
            assert_eq!(end, End::Served, "{id}, job {i}");
            let start = told.start.expect("a start");
            assert!(about(start, &job["start_raw"]), "{id}, job {i} began at {start} and not {}", job["start_raw"]);
            assert!(about(at, &job["end_raw"]), "{id}, job {i} ended at {at} and not {}", job["end_raw"]);
            // Our numbers are given again when a connection is closed, so two of theirs may have one of ours.
            let ours = *names.entry(job["connection"].as_u64()).or_insert(told.conn);
            assert!(ties || ours == told.conn, "{id}, job {i} had another connection");
        }
    }
    assert_eq!(case["connections_opened"], run.counts().connected, "{id}");
    if let Some(last) = case.get("at_the_end") {
        let state = run.pool_state();
        assert_eq!([&last["total"], &last["idle"], &last["waiting"]], [state.total, state.idle, state.waiting], "{id}");
    }
}

#[test]
fn timelines_of_node_postgres_are_met() {
    let file = file("pool.json");
    let cases = file["pool"].as_array().expect("cases");
    let timelines: Vec<_> = cases.iter().filter(|case| case["jobs"].is_array()).collect();
    assert_eq!(timelines.len(), 6);
    for case in timelines {
        check(case, true);
    }
}

#[test]
fn more_timelines_of_node_postgres_are_met() {
    let file = file("pool-more.json");
    let cases = file["pool"].as_array().expect("cases");
    assert_eq!(cases.len(), 27);
    for case in cases.iter().filter(|case| case["id"] != "refuse-01") {
        check(case, case["id"] == "none-01");
    }
}

#[test]
fn t31_who_waits_for_a_leaked_connection_waits_for_ever() {
    let case = &file("pool.json")["pool"][6];
    assert_eq!((&case["id"], &case["after_3_units"]), (&"pool-13".into(), &"pending".into()));
    let mut setup = plain();
    (setup.pool.size, setup.clients) = (2, 3);
    setup.arrivals = given([(0, 0), (0, 0), (0, 0)]);
    setup.faults.leak_every = 1;
    let mut run = PoolRun::new(&setup, Half::Pool);
    assert_eq!(run.finish(), Ended::Stuck(1));
    assert_eq!(case["waiting"], run.pool_state().waiting);
    // Behind nginx that is a 504, and the request still waits.
    setup.upstream_timeout = Micros::seconds(60);
    let mut run = PoolRun::new(&setup, Half::Pool);
    assert_eq!(run.finish(), Ended::Over);
    assert_eq!((run.counts().of(End::GatewayTimeout), run.pool_state().waiting), (1, 1));
    assert_eq!(run.now(), Micros::seconds(60));
}

#[test]
fn t31_the_database_refuses_and_does_not_crash() {
    let file = file("pool.json");
    let limits = file["limits"].as_array().expect("limits");
    let database = load::setup::Database { connections: 10, reserved: 3, ..Default::default() };
    let mut places = Places::new(&database);
    for limit in &limits[..4] {
        let setup = limit["setup"].as_str().expect("words");
        if setup.starts_with("after one") {
            places.leave();
        }
        places =
            places.with_superusers(setup.contains("superuser connections on top") || setup.contains("a superuser"));
        let mut connect = || {
            places.start()?;
            places.take()?;
            // Who may not stay leaves.
            places.admit().inspect_err(|_| places.leave())
        };
        for nth in 0..limit["accepted"].as_u64().expect("a number") {
            assert_eq!(connect(), Ok(()), "{setup}: number {nth}");
        }
        if let Some(words) = limit["next"]["message"].as_str() {
            let end = connect().expect_err(setup);
            assert_eq!(
                (end.words(Half::Flood), end.sqlstate()),
                (words, limit["next"]["sqlstate"].as_str()),
                "{setup}"
            );
        }
    }
}

/// Refusals by what was said, with the SQLSTATE in front as in the recording.
fn said(run: &PoolRun) -> BTreeMap<String, u64> {
    let ends = End::ALL.into_iter().filter(|end| *end != End::Served && run.counts().of(*end) > 0);
    ends.map(|end| {
        let words = [end.sqlstate().unwrap_or_default(), end.words(run.half())].join(" ");
        (words.trim().to_owned(), run.counts().of(end))
    })
    .collect()
}

#[test]
fn t31_thirty_at_once_with_a_pool_and_without() {
    let file = file("pool.json");
    let (flood, pool) = (&file["limits"][4], &file["limits"][5]);
    let mut setup = Setup { clients: 30, ..Setup::default() };
    // Each query outlasts the rush, so that no place is given twice.
    setup.arrivals = given([(0, 100_000); 30]);
    setup.far = Micros(100);
    setup.pool.size = 5;
    (setup.database.connections, setup.database.cores) = (10, 2);
    let mut run = PoolRun::new(&setup, Half::Flood);
    assert_eq!(run.finish(), Ended::Over);
    assert_eq!(flood["succeeded"], run.counts().of(End::Served));
    // Both texts came there, and the same two come here; how many of each is a matter of which process is faster.
    let theirs = flood["failures"].as_object().expect("failures");
    assert_eq!(said(&run).keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    assert_eq!(said(&run).values().sum::<u64>(), theirs.values().filter_map(Value::as_u64).sum::<u64>());

    let mut run = PoolRun::new(&setup, Half::Pool);
    assert_eq!(run.finish(), Ended::Over);
    assert_eq!(pool["succeeded"], run.counts().of(End::Served));
    assert_eq!(pool["total_connections_opened"], run.counts().connected);
    assert_eq!(said(&run), BTreeMap::new());
    assert_eq!(file["limits"][6]["value"], load::setup::Pool::default().size);
}

#[test]
fn t31_a_pool_larger_than_the_database_allows_is_refused() {
    let file = file("pool.json");
    let case = &file["pool"][7];
    assert_eq!(case["id"], "pool-15");
    let mut setup = plain();
    setup.clients = 20;
    setup.arrivals = given([(0, 400_000); 20]);
    setup.pool.size = case["pool_max"].as_u64().expect("a size") as u32;
    setup.database.connections = 10;
    // One after the other, as its postmaster does.
    setup.database.fork = Micros(600);
    let mut run = PoolRun::new(&setup, Half::Pool);
    assert_eq!(run.finish(), Ended::Over);
    assert_eq!(case["succeeded"], run.counts().of(End::Served));
    assert_eq!(case["failed"], run.counts().refused());
    assert_eq!(said(&run).keys().cloned().collect::<Vec<_>>(), [case["failures"][0].as_str().expect("words")]);
    assert!(matters(&setup).iter().any(|matter| matter.words.contains("20 connections") && matter.words.contains('7')));
}

#[test]
fn t31_whoever_waits_behind_a_refused_connection_is_refused_as_well() {
    let file = file("pool-more.json");
    let cases = file["pool"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["id"] == "refuse-01").expect("the case");
    let mut setup = setup(case);
    setup.database.connections = 10;
    let mut run = PoolRun::new(&setup, Half::Pool);
    let jobs = case["jobs"].as_array().expect("jobs");
    let told = watch(&mut run, jobs.len());
    // Which of the first fourteen are let in is a race there; that seven are, and what the others hear, is not.
    let served = |told: &[Told]| told.iter().filter(|told| told.end.is_some_and(|(_, end)| end == End::Served)).count();
    let theirs = jobs[..14].iter().filter(|job| job.get("error").is_none()).count();
    assert_eq!((served(&told[..14]), theirs), (7, 7));
    let words: Vec<_> = jobs.iter().filter_map(|job| job["error"].as_str()).collect();
    assert!(words.iter().all(|words| *words == End::SlotsReserved.words(Half::Pool)));
    assert_eq!(run.counts().of(End::SlotsReserved), words.len() as u64);
    // Those who come later meet what they met there.
    for (job, told) in jobs.iter().zip(&told).skip(14) {
        assert_eq!(job["error"].as_str().is_some(), told.end.expect("an end").1 != End::Served, "{job}");
        assert_eq!(job["state_on_arrival"]["total"], told.on_arrival.total, "{job}");
    }
    assert_eq!(case["connections_opened"], run.counts().connected);
}

#[test]
fn a_server_that_does_not_start_says_why_in_postgresqls_words() {
    let file = file("pool-more.json");
    for start in file["starts"].as_array().expect("starts") {
        let mut setup = Setup::default();
        for option in start["setup"].as_str().expect("options").split(' ') {
            let (name, value) = option.split_once('=').expect("an option");
            let value = value.parse().expect("a number");
            match name {
                "max_connections" => setup.database.connections = value,
                _ => setup.database.reserved = value,
            }
        }
        for half in HALVES {
            let mut run = PoolRun::new(&setup, half);
            assert_eq!(run.finish(), Ended::NotStarted);
            assert_eq!(start["words"], *run.matters()[0].words, "{start}");
        }
    }
}

/// A round of clients that all come at once and try again.
fn storm(round: &Value, seed: u64) -> PoolRun {
    let number = |name: &str| round[name].as_u64().expect("a number");
    let first = Micros::millis(number("backoff_first_ms"));
    let mut setup = Setup { seed, clients: number("clients"), far: Micros::millis(100), ..Setup::default() };
    setup.arrivals = Arrivals::Bursts { size: setup.clients, every: Micros::ZERO };
    setup.work = Work::Fixed(Micros::millis(200));
    setup.handshake.before = 0;
    (setup.database.connections, setup.database.cores) = (10, 1_000);
    setup.retries.times = number("retries") as u16;
    setup.retries.backoff = Backoff::Exponential { first, most: Micros::millis(3_200), jitter: true };
    let mut run = PoolRun::new(&setup, Half::Flood);
    assert_eq!(run.finish(), Ended::Over);
    run
}

#[test]
fn t31_who_tries_again_at_once_keeps_everybody_out() {
    let file = file("pool-more.json");
    let rounds = file["storms"]["rounds"].as_array().expect("rounds");
    for three in rounds.chunks(3) {
        let theirs = |name: &str| three.iter().map(|round| round[name].as_f64().expect("a number")).sum::<f64>() / 3.0;
        let runs: Vec<_> = (0..20).map(|seed| storm(&three[0], seed)).collect();
        let ours = |of: &dyn Fn(&PoolRun) -> u64| runs.iter().map(of).sum::<u64>() as f64 / runs.len() as f64;
        let (served, tries) = (ours(&|run| run.counts().of(End::Served)), ours(&|run| run.counts().connects));
        let clients = theirs("clients");
        assert!((served - theirs("served")).abs() <= 0.12 * clients, "{served} served, and there {}", theirs("served"));
        assert!((tries / theirs("tries") - 1.0).abs() <= 0.25, "{tries} tries, and there {}", theirs("tries"));
        // Without second tries the two texts come as often as there.
        if theirs("retries") == 0.0 {
            for (said, round) in runs.iter().map(said).zip(three.iter().cycle()) {
                let texts = round["texts"].as_object().expect("texts");
                let texts =
                    texts.iter().map(|(words, count)| (["53300 ", words].concat(), count.as_u64().expect("a count")));
                assert_eq!(said, texts.collect());
            }
        }
    }
}
