//! The application and its database: a like from end to end, and what becomes of it when something is wrong.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn wait(seconds: u64) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) }
}

/// Somebody asks the application on the instance, with a session.
fn ask(method: &str, path: &str, session: &str) -> Timed {
    command(&format!("curl -s -X {method} -b session={session} localhost:3001{path}"))
}

fn play(world: &World, actions: &[Timed]) -> (Trace, State) {
    run(world, &State::booted(world), actions, 0)
}

fn printed(trace: &Trace) -> Vec<&str> {
    let text = |outcome| match outcome {
        &Outcome::Printed(ref text) => text.as_str(),
        _ => "",
    };
    trace.outcomes.iter().map(text).collect()
}

fn words<'a>(trace: &'a Trace, name: &str) -> &'a str {
    let found = trace.steps.iter().rev().find(|step| step.name == name);
    match found.map(|step| &step.act) {
        Some(Act::Decide { verdict, .. }) => &verdict.words,
        _ => panic!("no decision {name} in\n{trace}"),
    }
}

/// The log of the database, as it stands afterwards.
fn log(state: &State) -> String {
    state.database.log.lines.iter().flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn a_like_from_end_to_end() {
    let cases: [(&str, Vec<Timed>); 8] = [
        (
            "through-nginx",
            vec![command("curl -s -X POST -b session=ada-7f3c https://backend-demo.senus.doxyz/posts/2/like")],
        ),
        ("twice", vec![ask("POST", "/posts/2/like", "ada-7f3c"), ask("POST", "/posts/2/like", "ada-7f3c")]),
        ("unlike", vec![ask("POST", "/posts/2/like", "ada-7f3c"), ask("DELETE", "/posts/2/like", "ada-7f3c")]),
        ("own-post", vec![ask("POST", "/posts/1/like", "ada-7f3c")]),
        ("expired-session", vec![ask("POST", "/posts/1/like", "linus-d205")]),
        ("no-such-post", vec![ask("POST", "/posts/99/like", "ada-7f3c")]),
        ("database-stopped", vec![command("systemctl stop postgresql"), ask("POST", "/posts/2/like", "ada-7f3c")]),
        (
            "database-restarted-between",
            vec![
                ask("POST", "/posts/2/like", "ada-7f3c"),
                command("systemctl restart postgresql"),
                ask("GET", "/posts", "ada-7f3c"),
            ],
        ),
    ];
    for (name, actions) in cases {
        let (trace, state) = play(&World::course(), &actions);
        tests::golden(&format!("traces/like-{name}.txt"), &format!("{trace}\n{}", log(&state)));
    }
}
