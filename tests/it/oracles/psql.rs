//! What psql prints, as recorded, in the instance's terminal.

use super::{Case, cases, hold, judge};
use engine::shell;
use engine::state::State;
use engine::world::{SCHEMA, World};
use serde_json::json;

#[test]
fn psql_prints_what_it_was_seen_to_print() {
    let mut verdicts = Vec::new();
    for case in cases("psql.jsonl") {
        let schema = case.ask["schema"].as_str().expect("a schema");
        let world = World::course().with_text(SCHEMA, schema).with_edit(
            "/etc/postgresql/15/main/postgresql.conf",
            "max_connections = 20",
            "max_connections = 10",
        );
        let mut state = State::booted(&world);
        let commands = case.ask["commands"].as_array().expect("commands");
        let results = case.expect["results"].as_array().expect("results");
        for (i, (command, expect)) in commands.iter().zip(results).enumerate() {
            let out = shell::run(&world, &mut state, command.as_str().expect("a command"));
            let said = match out.find("not modelled: ") {
                Some(at) => Err(out[at..].lines().next().unwrap_or("").to_owned()),
                None => Ok(json!({ "out": out, "status": state.terminal.status })),
            };
            let one = Case {
                id: format!("{} {i}", case.id),
                ask: command.clone(),
                expect: expect.clone(),
                also_right: Vec::new(),
            };
            verdicts.push((one.id.clone(), judge(&one, said, |_, expect, answer| expect == answer)));
        }
    }
    hold("psql", 64, &verdicts);
}
