//! What an Express 4 application with node-postgres does, as recorded: what it answers, when its process ends, what the
//! database then holds. `curl` on the instance asks in the place of the recorder's client.

use super::{Case, cases, hold, judge};
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::{SCHEMA, World};
use serde_json::{Value, json};

/// What is typed for a step of a recording.
fn typed(step: &Value) -> String {
    if let Some(sql) = step["sql"].as_str() {
        return format!("sudo -u postgres psql -At -d demo -c \"{sql}\"");
    }
    if let Some(verb) = step["command"].as_str() {
        return format!("sudo systemctl {verb} postgresql");
    }
    let request = &step["request"];
    let (method, path) = (request["method"].as_str().unwrap_or("GET"), request["path"].as_str().expect("a path"));
    let cookie = request["cookie"].as_str().map_or(String::new(), |cookie| format!(" -b '{cookie}'"));
    format!("curl -sS -i -X {method}{cookie} 'localhost:3001{}'", path.replace('\'', "%27"))
}

/// The answer in what curl printed: status and body; of an error's page the first line.
fn answer(printed: &str) -> Value {
    if printed.starts_with("curl: (52)") {
        return json!({ "closed": true });
    }
    let (head, body) = printed.split_once("\r\n\r\n").or_else(|| printed.split_once("\n\n")).unwrap_or((printed, ""));
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = match body.split_once("<pre>") {
        Some((_, rest)) => rest
            .split_once("</pre>")
            .map_or(rest, |(body, _)| body)
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">"),
        None => body.to_owned(),
    };
    json!({ "status": status, "body": body })
}

fn result(step: &Value, outcome: &Outcome, trace: &Trace) -> Result<Value, String> {
    if let Some(list) = step["together"].as_array() {
        let (_, outcomes) = trace.together.first().expect("several at once");
        let each = list.iter().zip(outcomes).map(|(step, outcome)| result(step, outcome, trace));
        return Ok(json!({ "together": each.collect::<Result<Vec<_>, _>>()? }));
    }
    let Outcome::Printed(printed) = outcome else { return Err("an outcome that is none".to_owned()) };
    if let Some(at) = printed.find("not modelled: ") {
        return Err(printed[at..].lines().next().unwrap_or("").to_owned());
    }
    if step["sql"].is_string() {
        return Ok(json!({ "rows": printed.trim().split('\n').collect::<Vec<_>>() }));
    }
    if step["command"].is_string() {
        return Ok(json!({}));
    }
    Ok(answer(printed))
}

/// The ends of processes between two states. PM2 starts them again, as the recorder did.
fn exits(before: &State, after: &State) -> Vec<Value> {
    let mut found = Vec::new();
    for (old, new) in before.processes.iter().zip(&after.processes) {
        let count = (new.restarts - old.restarts) as usize;
        for words in &new.log[new.log.len() - count.min(new.log.len())..] {
            found.push(json!({ "code": 1, "words": words }));
        }
    }
    found
}

#[test]
fn an_application_does_what_it_was_seen_to_do() {
    let mut verdicts = Vec::new();
    for case in cases("express.jsonl") {
        let (schema, script) =
            (case.ask["schema"].as_str().expect("a schema"), case.ask["script"].as_str().expect("one"));
        let world = World::course().with_text(SCHEMA, schema).with_text("backend.js", script);
        let mut state = State::booted(&world);
        let steps = case.ask["steps"].as_array().expect("steps");
        let results = case.expect["results"].as_array().expect("results");
        for (i, (step, expect)) in steps.iter().zip(results).enumerate() {
            let action = match step["together"].as_array() {
                Some(list) => {
                    let at = |one: &Value| Micros::millis(one["at"].as_u64().expect("a time"));
                    let one = |one: &Value| Timed { at: at(one), what: Action::Command(typed(one)) };
                    Action::Together(list.iter().map(one).collect())
                }
                None => Action::Command(typed(step)),
            };
            let (trace, next) = run(&world, &state, &[Timed { at: state.now, what: action }], 0);
            let never = trace
                .steps
                .iter()
                .any(|step| step.name == "app-never-answers" && matches!(step.act, Act::Decide { .. }));
            let mut said = result(step, &trace.outcomes[0], &trace);
            // How long curl would wait is not the application's affair.
            let waits = |said: &String| said.contains("how long curl waits");
            if never && said.as_ref().err().is_none_or(waits) {
                said = Ok(json!({ "never": true }));
            }
            let exits = exits(&state, &next);
            if let (false, Ok(Value::Object(said))) = (exits.is_empty(), &mut said) {
                said.insert("exits".to_owned(), exits.into());
            }
            state = next;
            let id = format!("{} {i}", case.id);
            let wrap = |value: &Value| json!({ "result": value });
            let one = Case { id: id.clone(), ask: step.clone(), expect: wrap(expect), also_right: Vec::new() };
            verdicts.push((id, judge(&one, said.map(|said| wrap(&said)), |_, expect, answer| expect == answer)));
        }
    }
    hold("express", 117, &verdicts);
}
