//! The course's own backend.js and schema.sql, run for real with Express 4, node-postgres, web-push and PostgreSQL: what it
//! answered, what its push service got, and what the database then held (`tests/oracles/like.jsonl`).

use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Trace};
use engine::world::World;
use serde_json::{Value, json};

fn act(what: Action) -> Timed {
    Timed { at: Micros::ZERO, what }
}

fn asked(step: &Value) -> Timed {
    let (method, path) = (step["method"].as_str().expect("a method"), step["path"].as_str().expect("a path"));
    let session = step["session"].as_str().map_or(String::new(), |token| format!(" -b session={token}"));
    let body = step["body"].as_str().map_or(String::new(), |body| format!(" --json '{body}'"));
    act(Action::Command(format!("curl -sS -X {method}{session}{body} 'localhost:3001{path}'")))
}

/// What came back: of a page of an error the status alone.
fn answer(trace: &Trace) -> Value {
    let response = trace.steps.iter().rev().find_map(|step| match &step.act {
        Act::Travel { to: Place::Instance, message: Message::Response(response), .. } => Some(response),
        _ => None,
    });
    let response = response.unwrap_or_else(|| panic!("no answer in\n{trace}"));
    json!({ "status": response.status, "body": if response.status == 500 { Value::Null } else { json!(response.body) } })
}

/// What reached the push service.
fn pushed(trace: &Trace, answered: u16) -> Vec<Value> {
    let request = |step: &engine::trace::Step| match &step.act {
        Act::Travel { to: Place::Push, message: Message::Request(request), .. } => Some(request.clone()),
        _ => None,
    };
    let one = |request: std::sync::Arc<engine::message::Request>| {
        let own = request.headers.iter().filter(|(name, _)| name != "Host");
        let headers: Vec<[&str; 2]> = own.map(|(name, value)| [&**name, &**value]).collect();
        let size: usize = request.header("Content-Length").expect("a length").parse().expect("a number");
        json!({ "method": request.method, "path": request.target, "size": size, "headers": headers, "answered": answered })
    };
    trace.steps.iter().filter_map(request).map(one).collect()
}

fn rows(state: &State, table: &str) -> Vec<String> {
    let (columns, rows) = state.database.clone().rows("demo", table).expect("a table");
    let value = |(column, value): (&String, Option<String>)| match column.as_str() {
        "sent_at" => if value.is_some() { "t" } else { "f" }.to_owned(),
        _ => value.unwrap_or_default(),
    };
    rows.into_iter().map(|row| columns.iter().zip(row).map(value).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn the_backend_of_the_course_does_what_it_did_for_real() {
    let recorded = include_str!("../../oracles/like.jsonl");
    assert_eq!(recorded.lines().count(), 7);
    for line in recorded.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let name = case["id"].as_str().expect("a name");
        let course = World::course();
        let (mut world, mut state, mut answered) = (course.clone(), State::booted(&course), 201);
        let (mut found, mut push) = (Vec::new(), Vec::new());
        for step in case["ask"]["steps"].as_array().expect("steps") {
            let action = match step.as_str().and_then(|step| step.split_once(' ').or(Some((step, "")))) {
                None => asked(step),
                Some(("push", status)) => {
                    answered = status.parse().expect("a status");
                    let says = if answered == 0 { "nothing" } else { status };
                    world = course.with_edit("phones", "answers   201", &format!("answers   {says}"));
                    found.push(Value::Null);
                    continue;
                }
                Some(("wait", seconds)) => act(Action::Wait(Micros::seconds(seconds.parse().expect("seconds")))),
                Some(("restart", _)) => act(Action::Command("pm2 restart backend".to_owned())),
                Some((verb, _)) => act(Action::Command(format!("systemctl {verb} postgresql"))),
            };
            let (trace, after) = run(&world, &state, &[action], 0);
            found.push(if step.is_object() { answer(&trace) } else { Value::Null });
            push.extend(pushed(&trace, answered));
            state = after;
        }
        let expect = &case["expect"];
        assert_eq!(json!(found), expect["steps"], "{name}");
        // Here nothing arrives where nobody answers; there a server took the request and kept silent.
        let arrived: Vec<&Value> =
            expect["push"].as_array().expect("a list").iter().filter(|p| p["answered"] != 0).collect();
        assert_eq!(push.iter().collect::<Vec<_>>(), arrived, "{name}");
        for table in ["likes", "notifications", "messages"] {
            assert_eq!(json!(rows(&state, table)), expect[table], "{name}: {table}");
        }
    }
}
