//! Several people, each at an address of their own with a browser of their own; the resolver and the instance are everybody's.

use engine::journey::{Action, Timed, run};
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use std::net::Ipv4Addr;
use viewpoint::{Case, Seen, Who};

const USERS: &str = "https://backend-demo.senus.doxyz/users";
const OTHER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);

fn open() -> Action {
    Action::Open(USERS.to_owned())
}

fn other(what: Action) -> Action {
    Action::From(OTHER, what.into())
}

fn play(world: &World, actions: &[Action]) -> (Trace, State) {
    let actions: Vec<Timed> = actions.iter().map(|what| Timed { at: Micros::ZERO, what: what.clone() }).collect();
    run(world, &State::booted(world), &actions, 0)
}

fn ends(trace: &Trace) -> Vec<String> {
    let end = |outcome: &Outcome| match outcome {
        Outcome::Response { status, .. } => status.to_string(),
        Outcome::BrowserError { code, .. } => (*code).to_owned(),
        Outcome::Printed(text) => text.clone(),
    };
    trace.outcomes.iter().map(end).collect()
}

/// The names of an action's steps.
fn names(trace: &Trace, action: usize) -> Vec<&'static str> {
    trace.steps.iter().filter(|step| step.action == action).map(|step| step.name).collect()
}

#[test]
fn each_browser_remembers_for_itself_and_the_resolver_for_all() {
    let (trace, state) = play(&World::course(), &[open(), other(open()), open(), other(open())]);
    assert_eq!(ends(&trace), ["200", "200", "200", "200"]);
    assert!(names(&trace, 0).contains(&"resolver-asks-root"));
    assert!(names(&trace, 1).contains(&"browser-asks-resolver"), "the second browser does not know the address");
    assert!(!names(&trace, 1).contains(&"resolver-asks-root"), "the resolver does");
    for again in [2, 3] {
        assert!(names(&trace, again).contains(&"connection-reused"), "{again}");
    }
    assert_eq!((state.connections.len(), state.visitors.len()), (1, 1));
    // The packets of the second carry its address.
    let from = |action| {
        trace.steps.iter().find(|s| s.action == action && s.name == "firewall-decides").map(|s| match &s.act {
            Act::Decide { verdict, .. } => verdict.words.to_string(),
            Act::Travel { .. } => String::new(),
        })
    };
    assert!(from(0).unwrap().contains("203.0.113.7") && from(1).unwrap().contains("198.51.100.77"));
}

#[test]
fn who_one_is_can_decide() {
    let rule = "  HTTPS        TCP       443         0.0.0.0/0   the sites";
    let narrow = World::course().with_edit("security-group", rule, &rule.replace("0.0.0.0/0", "198.51.100.77/32"));
    assert_eq!(ends(&play(&narrow, &[open(), other(open())]).0), ["ERR_CONNECTION_TIMED_OUT", "200"]);
    let conf = "/etc/nginx/conf.d/backend.conf";
    let denied = World::course().with_edit(conf, "    location / {", "    deny 198.51.100.77;\n    location / {");
    assert_eq!(ends(&play(&denied, &[open(), other(open())]).0), ["200", "403"]);
}

#[test]
fn what_ends_on_the_instance_ends_for_every_browser() {
    let reload = Action::Command("systemctl reload nginx".to_owned());
    let (trace, _) = play(&World::course(), &[other(open()), open(), reload, other(open()), open()]);
    for later in [3, 4] {
        assert!(!names(&trace, later).contains(&"connection-reused"), "{later}");
        assert!(!names(&trace, later).contains(&"session-resumed"), "nginx has a new key for its tickets");
        assert!(names(&trace, later).contains(&"syn"));
    }
    assert!(trace.steps.iter().any(|step| matches!(&step.act, Act::Travel { from: Place::Browser, .. })));
}

#[test]
fn the_log_names_who_asked() {
    let world = World::course();
    let before = State::booted(&world);
    let seen = Case::of(&world, &before, &other(open()), 0).view(Who::AccessLog).seen;
    assert!(matches!(&seen, Seen::Text(lines) if lines.starts_with("198.51.100.77 - - [")), "{seen:?}");
}
