//! nginx on the page: what it decides is seen in the trace, with the line that decided, and nothing makes it hang.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Basis, Outcome, Trace};
use engine::world::World;

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";
const URL: &str = "https://backend-demo.senus.doxyz/users";

fn open(url: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) }
}

fn play(world: &World, actions: &[Timed]) -> Trace {
    run(world, &State::booted(world), actions, 0).0
}

/// The course's world with these lines in the location of the backend.
fn with(lines: &str) -> World {
    World::course().with_edit(BACKEND, "location / {", &["location / {\n", lines].concat())
}

fn status(trace: &Trace) -> u16 {
    match trace.outcomes.last() {
        Some(Outcome::Response { status, .. }) => *status,
        other => panic!("no response but {other:?}"),
    }
}

/// The words of the decisions called `name`, and the lines they rest on; 0 where it is no line.
fn decided<'a>(trace: &'a Trace, name: &str) -> Vec<(&'a str, u32)> {
    let decision = |step: &'a engine::trace::Step| match &step.act {
        Act::Decide { verdict, basis: Basis::Line { line, .. }, .. } => Some((&*verdict.words, *line)),
        Act::Decide { verdict, .. } => Some((&*verdict.words, 0)),
        Act::Travel { .. } => None,
    };
    trace.steps.iter().filter(|step| step.name == name).filter_map(decision).collect()
}

fn line_of(world: &World, part: &str) -> u32 {
    1 + world.text(BACKEND).unwrap().lines().position(|line| line.contains(part)).unwrap() as u32
}

#[test]
fn t13_a_header_without_always_does_not_go_with_a_502() {
    let world = with("        add_header Access-Control-Allow-Origin *;\n        add_header X-Both yes always;");
    let stop = Timed { at: Micros::ZERO, what: Action::Command("pm2 stop backend".to_owned()) };
    let trace = play(&world, &[stop, open(URL)]);
    assert_eq!(status(&trace), 502);
    let left = decided(&trace, "header-left-out");
    let line = line_of(&world, "Access-Control");
    assert_eq!(left, [("Access-Control-Allow-Origin is left out: without `always` it does not go with 502", line)]);
    let sent = |trace: &Trace| {
        let response = trace.steps.iter().find(|step| step.name == "response").unwrap();
        let Act::Travel { message, .. } = &response.act else { panic!("no message") };
        message.to_string()
    };
    assert!(sent(&trace).contains("X-Both: yes") && !sent(&trace).contains("Access-Control-Allow-Origin"));
    assert!(sent(&play(&world, &[open(URL)])).contains("Access-Control-Allow-Origin: *"));
}

#[test]
fn t23_a_regular_expression_is_a_name_like_others_and_comes_last() {
    let names = "server_name ~^(?<sub>back)end-.*$;";
    let world = World::course().with_edit(BACKEND, "server_name backend-demo.senus.doxyz;", names);
    let trace = play(&world, &[open("http://backend-demo.senus.doxyz/users")]);
    assert_eq!(status(&trace), 200);
    assert!(decided(&trace, "server-chosen")[0].0.contains("~^(?<sub>back)end-.*$"));
}

#[test]
fn t27_a_group_asks_the_next_server_and_leaves_out_the_one_that_failed() {
    let group = "upstream app { server 127.0.0.1:3999; server 127.0.0.1:3001; }\nserver {";
    let world = World::course().with_edit(BACKEND, "server {", group);
    let world = world.with_edit(BACKEND, "http://localhost:3001", "http://app");
    let trace = play(&world, &[open(URL), open(URL)]);
    assert_eq!(status(&trace), 200);
    // The first request finds out, the second one knows.
    assert_eq!(decided(&trace, "upstream-next").len(), 1);
    assert_eq!(trace.steps.iter().filter(|step| step.name == "proxy-syn").count(), 3);
}

#[test]
fn each_kind_of_decision_names_its_line() {
    let cases = [
        ("        deny all;", "access-denied", 403),
        ("        if ($request_method = GET) { return 418; }", "condition-holds", 418),
        ("        rewrite ^/users$ /nobody break;", "uri-rewritten", 404),
        ("        error_page 403 =200 /x;\n        return 403;", "error-page", 200),
        ("        try_files $uri =410;", "try-files", 410),
        ("        return 204;", "proxy-returns", 204),
    ];
    for (lines, name, expected) in cases {
        let world = with(lines);
        let trace = play(&world, &[open(URL)]);
        let first = lines.lines().next().unwrap().trim();
        let decision = decided(&trace, name);
        assert_eq!(decision.first().map(|(_, line)| *line), Some(line_of(&world, first)), "{name}: {trace}");
        if let Some(Outcome::Response { status, .. }) = trace.outcomes.last() {
            assert!(*status == expected || name == "error-page", "{name}: {status}");
        }
    }
}

#[test]
fn an_expression_made_to_explode_and_a_text_that_doubles_end_with_words() {
    let long = ["https://backend-demo.senus.doxyz/", &"a".repeat(60), "!"].concat();
    let explode = World::course().with_edit(BACKEND, "location / {", "location ~ ^/(a+)+$ {");
    let doubling = ["set $x aaaaaaaaaa;"; 1].into_iter().chain(["set $x $x$x$x$x$x$x$x$x;"; 40]);
    let doubling = with(&doubling.collect::<Vec<_>>().join("\n"));
    for world in [explode, doubling] {
        let trace = play(&world, &[open(&long)]);
        let last = trace.outcomes.last();
        assert!(matches!(last, Some(Outcome::Printed(text)) if text.starts_with("not modelled: ")), "{last:?}");
    }
}

#[test]
fn a_path_that_changes_for_ever_is_a_500() {
    let trace = play(&with("        rewrite ^ /again last;"), &[open(URL)]);
    assert_eq!(status(&trace), 500);
    assert_eq!(decided(&trace, "uri-rewritten").len(), 11);
}
