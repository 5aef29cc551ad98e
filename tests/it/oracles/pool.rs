//! A pool of database connections, as recorded (`pool.json`): who begins when, who gives up, how many connections are
//! opened, and what the server tells the one who is too many.

use engine::database::conf;
use engine::database::server::{Client, Server};
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Trace};
use engine::world::World;
use serde_json::Value;

const SETTINGS: &str = "/etc/postgresql/15/main/postgresql.conf";

fn recorded() -> Value {
    serde_json::from_str(include_str!("../../oracles/pool.json")).expect("JSON")
}

/// An application whose handlers hold a client for as long as they are asked to.
fn script(options: &str) -> String {
    format!(
        "const express = require(\"express\");\nconst {{ Pool }} = require(\"pg\");\nconst app = express();\nconst pool = new Pool({{ host: \"localhost\", database: \"demo\", user: \"backend\"{options} }});\napp.get(\"/job/:i/:ms\", async (req, res) => {{\n  try {{\n    const client = await pool.connect();\n    await new Promise((done) => setTimeout(done, Number(req.params.ms)));\n    client.release();\n    res.json({{ done: true }});\n  }} catch (error) {{\n    res.status(503).json({{ error: error.message }});\n  }}\n}});\napp.listen(3001);\n"
    )
}

/// What becomes of jobs (arrival, work in milliseconds) with these options of the pool and these settings of the server.
fn jobs(options: &str, settings: &str, jobs: &[(u64, u64)]) -> Trace {
    let world = World::course().with_text("backend.js", &script(options)).with_text(SETTINGS, settings);
    assert!(world.problems().iter().all(|problem| !problem.source.document.ends_with("backend.js")));
    let one = |(i, (arrive, work)): (usize, &(u64, u64))| Timed {
        at: Micros::millis(*arrive),
        what: Action::Command(format!("curl -s localhost:3001/job/{i}/{work}")),
    };
    let together = Action::Together(jobs.iter().enumerate().map(one).collect());
    run(&world, &State::booted(&world), &[Timed { at: Micros::ZERO, what: together }], 0).0
}

/// When the job `i` was answered, and how.
fn answered(trace: &Trace, i: usize) -> Option<(Micros, &str)> {
    let begun = trace.steps.iter().map(|step| step.start).min().unwrap_or(Micros::ZERO);
    trace.steps.iter().find_map(|step| match &step.act {
        Act::Decide { verdict, .. } if step.name == "app-answers" && verdict.words.contains(&format!("/job/{i}/")) => {
            Some((step.end - begun, &*verdict.words))
        }
        _ => None,
    })
}

fn count(trace: &Trace, name: &str) -> u64 {
    let decided = |act: &Act| matches!(act, Act::Decide { .. });
    trace.steps.iter().filter(|step| step.name == name && decided(&step.act)).count() as u64
}

#[test]
fn who_waits_for_a_connection_waits_as_long_as_was_recorded() {
    let recorded = recorded();
    let unit = recorded["time_unit_ms"].as_f64().expect("a number");
    let millis = |value: &Value| (value.as_f64().expect("a number") * unit) as u64;
    let mut compared = 0;
    for case in recorded["pool"].as_array().expect("timelines") {
        let id = case["id"].as_str().expect("a name");
        let Some(list) = case["jobs"].as_array() else { continue };
        let patience = case["connection_timeout_units"].as_f64();
        let patience =
            patience.map_or(String::new(), |units| format!(", connectionTimeoutMillis: {}", (units * unit) as u64));
        let asked: Vec<_> = list.iter().map(|job| (millis(&job["arrive"]), millis(&job["work"]))).collect();
        let trace = jobs(&format!(", max: {}{patience}", case["pool_max"]), "", &asked);
        for (i, job) in list.iter().enumerate() {
            let (at, words) = answered(&trace, i).unwrap_or_else(|| panic!("{id} {i}: no answer"));
            let (expect, fine) = match job["error"].as_str() {
                Some(_) => (millis(&job["failed_at"]), false),
                None => (millis(&job["end"]), true),
            };
            assert_eq!(words.ends_with("200 OK"), fine, "{id} {i}: {words}");
            // The recording is rounded to a quarter of a unit.
            assert!((at.0 / 1_000).abs_diff(expect) <= (unit / 4.0) as u64, "{id} {i}: {at} for {expect} ms");
            compared += 1;
        }
        assert_eq!(count(&trace, "pool-opens"), case["connections_opened"].as_u64().expect("a number"), "{id}");
    }
    println!("{compared} jobs waited as long as was recorded");
    assert_eq!(compared, 32);
}

#[test]
fn clients_that_nobody_gives_back_keep_the_next_one_waiting() {
    // pool-13: two are taken for good, and the third waits until one of them is released.
    let trace = jobs(", max: 2", "", &[(0, 60_000), (0, 90_000), (0, 200)]);
    let (at, words) = answered(&trace, 2).expect("served in the end");
    assert!(words.ends_with("200 OK") && at.0.abs_diff(60_200_000) < 100_000, "{at} {words}");
}

#[test]
fn a_pool_larger_than_the_server_is_told_so() {
    // pool-15: a pool of 20 where the server has 10 places, of which 3 are kept.
    let trace = jobs(", max: 20", "max_connections = 10\n", &[(0, 1_000); 20]);
    let ends: Vec<&str> = (0..20).map(|i| answered(&trace, i).expect("an answer").1).collect();
    let fine = ends.iter().filter(|words| words.ends_with("200 OK")).count();
    assert_eq!((fine, ends.len() - fine), (7, 13));
    let case = &recorded()["pool"].as_array().expect("cases").last().expect("one").clone();
    assert_eq!((case["succeeded"].as_u64(), case["failed"].as_u64()), (Some(7), Some(13)));
    let words = case["failures"][0].as_str().and_then(|words| words.strip_prefix("53300 ")).expect("words");
    assert!(trace.to_string().contains(words), "{words}");
}

#[test]
fn a_full_server_has_two_texts() {
    let mut server = Server::default();
    let start = |server: &mut Server, text: &str| server.start(conf::parse(SETTINGS, text), Vec::new(), 0);
    assert!(start(&mut server, "max_connections = 10\nsuperuser_reserved_connections = 3\n"));
    let backend =
        Client { user: "backend", base: "demo", password: Some("mango-lantern-42"), system: None, port: Some(50_000) };
    let postgres = Client { user: "postgres", base: "postgres", password: None, system: Some("postgres"), port: None };
    let recorded = recorded();
    let mut pids = Vec::new();
    for (limit, client) in
        recorded["limits"].as_array().expect("limits").iter().zip([backend, postgres, backend, postgres])
    {
        if limit["setup"].as_str().is_some_and(|setup| setup.starts_with("after one client")) {
            server.close(pids.pop().expect("one"), 0);
        }
        let mut accepted = 0;
        let mut next = None;
        while next.is_none() && accepted < limit["accepted"].as_u64().expect("a number") + 1 {
            match server.connect(client, 0) {
                Ok(pid) => {
                    pids.push(pid);
                    accepted += 1;
                }
                Err(error) => next = Some(error),
            }
            if limit["next"].is_null() {
                break;
            }
        }
        assert_eq!(accepted, limit["accepted"].as_u64().expect("a number"), "{limit}");
        assert_eq!(next.as_ref().map(|error| error.message.as_str()), limit["next"]["message"].as_str(), "{limit}");
        assert_eq!(next.as_ref().map(|error| error.code), limit["next"]["sqlstate"].as_str(), "{limit}");
    }
}
