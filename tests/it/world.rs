//! The documents: whatever is done to them, nothing panics, and every decision points at a line that counts.

use engine::journey::{Action, Timed, run};
use engine::problem::Severity;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Basis, Trace};
use engine::world::World;

const URLS: [&str; 3] = [
    "https://backend-demo.senus.doxyz/users",
    "http://frontend-demo.senus.doxyz/",
    "https://api.senus.doxyz:3001/nobody?x=%41",
];

fn open(url: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) }
}

fn play(world: &World, url: &str) -> Trace {
    run(world, &State::booted(world), &[open(url)], 0).0
}

/// What must hold of every trace of every world.
fn check_shape(world: &World, trace: &Trace) {
    let mut before = Micros::ZERO;
    for step in &trace.steps {
        assert!(step.start >= before, "{} begins before the step before it", step.name);
        assert!(step.end >= step.start, "{} ends before it begins", step.name);
        before = step.start;
        if let Act::Decide { basis: Basis::Line { document, line }, .. } = &step.act {
            let text = world.text(document).unwrap_or_else(|| panic!("{}: no document {document}", step.name));
            let count = text.lines().count().max(1) as u32;
            assert!((1..=count).contains(line), "{}: {document} has no line {line}", step.name);
        }
        if let Act::Decide { basis: Basis::Absent { document, .. }, .. } = &step.act {
            assert!(world.text(document).is_some(), "{}: no document {document}", step.name);
        }
        if let Act::Travel { message, .. } = &step.act {
            assert!(message.short().chars().count() <= 24, "{} is too long for a token", message.short());
        }
    }
    assert_eq!(trace.outcomes.len(), 1);
}

#[test]
fn the_course_world_has_no_problems() {
    let problems: Vec<String> = World::course().problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0]);
}

#[test]
fn every_truncation_of_every_document_can_be_run() {
    let world = World::course();
    for document in &world.documents {
        for (end, _) in document.text.char_indices() {
            let cut = world.with_text(&document.name, &document.text[..end]);
            let _ = cut.problems();
            check_shape(&cut, &play(&cut, URLS[0]));
        }
    }
}

#[test]
fn every_world_without_one_line_can_be_run() {
    let world = World::course();
    for document in &world.documents {
        for line in 1..=document.text.lines().count() as u32 {
            let cut = world.with_line_removed(&document.name, line);
            let _ = cut.problems();
            for url in URLS {
                check_shape(&cut, &play(&cut, url));
            }
        }
    }
}

#[test]
fn worlds_with_one_character_changed_can_be_run() {
    let world = World::course();
    for document in &world.documents {
        for (i, (at, c)) in document.text.char_indices().enumerate().step_by(3) {
            let other = ["{", "\"", ";", "9", "ß"][i % 5];
            let (head, tail) = (&document.text[..at], &document.text[at + c.len_utf8()..]);
            let changed = world.with_text(&document.name, &[head, other, tail].concat());
            let _ = changed.problems();
            check_shape(&changed, &play(&changed, URLS[0]));
        }
    }
}

#[test]
fn every_line_that_decides_counts() {
    for url in ["https://backend-demo.senus.doxyz/users", "http://backend-demo.senus.doxyz/users"] {
        let world = World::course();
        let whole = play(&world, url);
        let mut lines = 0;
        for step in &whole.steps {
            let Act::Decide { basis: Basis::Line { document, line }, .. } = &step.act else {
                continue;
            };
            let without = world.with_line_removed(document, *line);
            let trace = play(&without, url);
            let names = |trace: &Trace| trace.steps.iter().map(|s| (s.slug(), s.act.clone())).collect::<Vec<_>>();
            assert_ne!(names(&trace), names(&whole), "{}: without {document} line {line} nothing changes", step.name);
            lines += 1;
        }
        assert!(lines >= 10, "only {lines} decisions rest on a line");
    }
}

#[test]
fn the_same_input_gives_the_same_trace() {
    let world = World::course();
    let state = State::booted(&world);
    let actions = [open(URLS[0]), open(URLS[1]), open(URLS[0])];
    assert_eq!(run(&world, &state, &actions, 7), run(&world, &state, &actions, 7));
    let other = run(&world, &state, &actions, 8).0;
    assert_ne!(run(&world, &state, &actions, 7).0, other, "the seed chooses the ephemeral port");
}

#[test]
fn folding_actions_one_by_one_is_the_same_as_running_them_all() {
    let world = World::course();
    let state = State::booted(&world);
    let actions = [open(URLS[0]), open(URLS[1]), open(URLS[0])];
    let (whole, end) = run(&world, &state, &actions, 0);
    let (mut steps, mut now) = (0, state);
    for action in &actions {
        let (trace, next) = run(&world, &now, core::slice::from_ref(action), 0);
        steps += trace.steps.len();
        now = next;
    }
    assert_eq!((steps, now), (whole.steps.len(), end));
}

#[test]
fn mistakes_are_said_in_the_programs_words() {
    let said = |document: &str, from: &str, to: &str| {
        let world = World::course().with_edit(document, from, to);
        let problems = world.problems();
        let first = problems.iter().find(|problem| problem.severity == Severity::Error);
        first.map(|problem| problem.words.clone()).unwrap_or_default()
    };
    let file = "/etc/nginx/conf.d/backend.conf";
    let cases = [
        (file, "proxy_pass ", "proxy_pas ", "unknown directive \"proxy_pas\" in /etc/nginx/conf.d/backend.conf:17"),
        (file, "443 ssl;", "443 ssl", "invalid parameter \"server_name\" in /etc/nginx/conf.d/backend.conf:11"),
        (
            file,
            "location / {",
            "location / ",
            "directive \"location\" has no opening \"{\" in /etc/nginx/conf.d/backend.conf:17",
        ),
        (
            file,
            "listen 80;",
            "listen 80 {",
            "directive \"listen\" is not terminated by \";\" in /etc/nginx/conf.d/backend.conf:3",
        ),
        (file, "    }\n}", "    }\n", "unexpected end of file, expecting \"}\" in /etc/nginx/conf.d/backend.conf:24"),
        (file, "$scheme;", "$scheme", "unexpected \"}\" in /etc/nginx/conf.d/backend.conf:22"),
        (file, "http://localhost", "localhost", "invalid URL prefix in /etc/nginx/conf.d/backend.conf:17"),
        (file, "localhost", "nobody", "host not found in upstream \"nobody\" in /etc/nginx/conf.d/backend.conf:17"),
        (file, "return 301", "return 1301", "invalid return code \"1301\" in /etc/nginx/conf.d/backend.conf:6"),
        (file, "$host$", "$hots$", "unknown \"hots\" variable"),
        (file, "server {", "sever {", "unknown directive \"sever\" in /etc/nginx/conf.d/backend.conf:2"),
        (
            file,
            "    return",
            "    proxy_pass http://localhost:1; return",
            "\"proxy_pass\" directive is not allowed here in /etc/nginx/conf.d/backend.conf:6",
        ),
        ("senus.doxyz.zone", "52.23.45.67", "52.23.45", "bad dotted quad: '52.23.45'"),
        ("senus.doxyz.zone", "backend-demo    IN  A ", "backend-demo    IN  AA", "unknown RR type 'AA'"),
        ("senus.doxyz.zone", "@               IN  NS     ns1", "", "has no NS records"),
        ("ecosystem.config.js", "name: \"backend\",", "name: \"backend\"", "SyntaxError: Unexpected token s"),
        ("users.json", "\"Linus\" }", "\"Linus\" },", ""),
    ];
    for (document, from, to, words) in cases {
        let found = said(document, from, to);
        if words.is_empty() {
            assert!(!found.is_empty(), "{document}: {to:?} is taken without a word");
        } else {
            assert_eq!(found, words, "{document}: {from:?} → {to:?}");
        }
    }
}
