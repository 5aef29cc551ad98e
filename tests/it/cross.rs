//! Figure 13 as it plays: a script of one origin asks another, through everything that stands between them. The rules of
//! CORS are those of `cors`; here they meet nginx, the application and the network.

use course::drawings::drawing;
use course::pieces::{cors, find};
use course::{Piece, play};
use engine::browser::part::Part;
use engine::browser::profile::Profile;
use engine::journey::{Action, Fetch, Timed};
use engine::message::Message;
use engine::place::Place::{Browser, Proxy};
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use trial::plan::plan;
use trial::replay::replay;
use trial::setting::{Origins, To};
use trial::told;
use viewpoint::{Case, Who};

fn piece() -> &'static Piece {
    find("cors").expect("figure 13")
}

/// The world and the actions with one switch turned.
fn turned(name: &str) -> (World, Vec<Timed>) {
    let (world, actions) = (World::course(), piece().actions());
    let switch = piece().switches.iter().find(|switch| switch.name == name);
    switch.map_or((world.clone(), actions.clone()), |switch| switch.change.set(true, piece(), &world, &actions))
}

fn run(name: &str) -> Trace {
    let (world, actions) = turned(name);
    play(&world, &actions)
}

/// The words of the decisions of this name.
fn said(trace: &Trace, name: &str) -> Vec<String> {
    let words = trace.steps.iter().filter(|step| step.name == name).filter_map(|step| match &step.act {
        Act::Decide { verdict, .. } => Some(verdict.words.to_string()),
        Act::Travel { .. } => None,
    });
    words.collect()
}

/// What a script gets of the first call, in a word, and what the server says it has received.
fn end(name: &str) -> (String, String) {
    let trace = run(name);
    let got = match &trace.outcomes[trace.outcomes.len() - usize::from(!trace.outcomes.is_empty())..][0] {
        Outcome::Response { status, .. } => status.to_string(),
        Outcome::BrowserError { title, .. } => title.clone(),
        Outcome::Printed(text) => text.trim().to_owned(),
    };
    let received = said(&trace, "server-received").pop().unwrap_or_default();
    (got, received.replace("the server has received ", ""))
}

/// What every switch of figure 13 ends with: what the script gets, and what has arrived.
#[test]
fn every_switch_of_figure_13_ends_as_its_words_say() {
    const ERROR: &str = "TypeError: Failed to fetch";
    const OPAQUE: &str = "Response { type: \"opaque\", status: 0, ok: false }";
    for (name, got, received) in [
        ("as-it-is", ERROR, "1 request: GET /users"),
        ("own-origin", "200", "1 request: GET /app.js"),
        ("allow", "200", "1 request: GET /users"),
        ("wildcard", "200", "1 request: GET /users"),
        ("slash", ERROR, "1 request: GET /users"),
        ("post", ERROR, "1 request: POST /like"),
        ("json", ERROR, "1 request: OPTIONS /like"),
        ("json-allowed", "200", "2 requests: OPTIONS /like, POST /like"),
        ("json-header-missing", ERROR, "1 request: OPTIONS /like"),
        ("json-twice", "200", "1 request: POST /like"),
        ("credentials-wildcard", ERROR, "1 request: GET /users"),
        ("credentials", "200", "1 request: GET /users"),
        ("no-cors", OPAQUE, "1 request: GET /users"),
        ("same-origin-only", ERROR, "nothing of it"),
        ("mixed-content", ERROR, "nothing of it"),
        ("bad-gateway", ERROR, "1 request: GET /users"),
        ("bad-gateway-always", "502", "1 request: GET /users"),
    ] {
        assert_eq!(end(name), (got.to_owned(), received.to_owned()), "{name}");
    }
}

#[test]
fn t02_what_is_called_blocked_has_been_carried_out() {
    let trace = run("post-then-look");
    assert!(matches!(&trace.outcomes[0], Outcome::BrowserError { title, .. } if title == "TypeError: Failed to fetch"));
    assert_eq!(trace.outcomes[1], Outcome::Printed("{\"likes\":1}".to_owned()), "the like counts");
    // Only a failed preflight stops it.
    assert!(said(&run("json"), "app-answers").iter().all(|words| !words.contains("POST")));
    assert!(said(&run("json-allowed"), "app-answers").iter().any(|words| words.contains("POST")));
}

#[test]
fn t09_the_reason_stands_in_the_console_alone() {
    let (world, actions) = turned("as-it-is");
    let state = engine::state::State::booted(&world);
    let case = Case::of(&world, &state, &actions[0].what, 0);
    let view = |who| format!("{:?}", case.view(who).seen);
    assert!(view(Who::Script).contains("TypeError: Failed to fetch") && !view(Who::Script).contains("CORS"));
    let console = view(Who::Console);
    assert!(
        console.contains("has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present"),
        "{console}"
    );
    assert!(view(Who::AccessLog).contains("\\\"GET /users HTTP/1.1\\\" 200"), "{}", view(Who::AccessLog));
}

#[test]
fn t11_a_preflight_carries_no_cookies_and_asks_for_method_and_headers() {
    let trace = run("json-allowed");
    let preflight = trace.steps.iter().find_map(|step| match &step.act {
        Act::Travel { from: Browser, message: Message::Request(request), .. } if step.name == "preflight" => {
            Some(request)
        }
        _ => None,
    });
    let preflight = preflight.expect("a preflight");
    let header = |name| preflight.header(name);
    assert_eq!((&*preflight.method, header("Cookie")), ("OPTIONS", None));
    assert_eq!(header("Origin"), Some("https://frontend-demo.senus.doxyz"));
    assert_eq!(header("Access-Control-Request-Method"), Some("POST"));
    assert_eq!(header("Access-Control-Request-Headers"), Some("content-type"));
    assert_eq!(header("Content-Length"), None);
}

#[test]
fn t12_programs_on_a_server_are_asked_nothing() {
    let trace = run("backend");
    let printed = |at: usize| matches!(&trace.outcomes[at], Outcome::Printed(text) if !text.is_empty());
    assert!(printed(1) && printed(2) && printed(3), "{:?}", trace.outcomes);
    assert!(trace.steps.iter().filter(|step| step.action > 0).all(|step| step.name != "cors-check"));
}

#[test]
fn t13_without_always_a_502_looks_like_a_cors_error() {
    let (without, with) = (run("bad-gateway"), run("bad-gateway-always"));
    assert_eq!(said(&without, "header-left-out").len(), 2);
    assert!(said(&without, "script-refused")[0].contains("blocked by CORS policy"));
    assert!(said(&with, "script-reads")[0].contains("status: 502"));
}

/// What is told at the end is what nginx has been asked: its own log has as many lines.
#[test]
fn what_has_been_received_is_what_stands_in_the_access_log() {
    for switch in piece().switches {
        let (world, actions) = turned(switch.name);
        let past = course::load::past(&actions).len();
        let Action::Fetch(_) = &actions[past].what else { panic!("{}: no call", switch.name) };
        let state = course::load::standing(&world, &world, &actions);
        let case = Case::of(&world, &state, &actions[past].what, 0);
        let arrived = case
            .trace
            .steps
            .iter()
            .skip_while(|step| step.name != "script-asks")
            .filter(|step| matches!(&step.act, Act::Travel { to: Proxy, message: Message::Request(_), .. }));
        // The page itself is the first line.
        let log = format!("{:?}", case.view(Who::AccessLog).seen);
        assert_eq!(log.matches("HTTP/1.1").count(), arrived.count() + 1, "{}: {log}", switch.name);
    }
}

/// The laboratory’s trial of a run comes to what the run came to, by the same rules, with the test server’s answers.
#[test]
fn the_trial_of_a_run_comes_to_the_same() {
    let of = |name: &str| [8080, 8081, 8082].map(|port| format!("http://{name}:{port}"));
    let origins = Origins::of("http://localhost:8080", &[of("localhost"), of("127.0.0.1")].concat()).expect("origins");
    let mut tried = 0;
    for name in piece().switches.iter().map(|switch| switch.name).chain(["as-it-is"]) {
        let (world, actions) = turned(name);
        let trace = play(&world, &actions);
        let past = course::load::past(&actions).len();
        let Action::Fetch(fetch @ Fetch { from: Some(script), .. }) = &actions[past].what else { continue };
        let first =
            Trace { steps: trace.steps.iter().filter(|step| step.action == 0).cloned().collect(), ..Trace::default() };
        let setting = match replay(fetch, script, &first, 1) {
            Ok(setting) => setting,
            Err(words) => {
                assert_eq!(name, "mixed-content", "{words}");
                continue;
            }
        };
        assert_eq!(setting.to, if name == "own-origin" { To::Own } else { To::Port });
        let plan = plan(&setting.fill(&origins), &origins, "1f").expect("an address");
        let fetched = told::predict(&plan, &Profile::CHROMIUM).pop().expect("a call");
        let due = match &trace.outcomes[0] {
            Outcome::Response { status, .. } => Some(*status),
            Outcome::Printed(_) => Some(0),
            Outcome::BrowserError { .. } => None,
        };
        assert_eq!(fetched.seen.status(), due, "{name}: {setting:?}");
        let console = |words: &str| words.split("blocked by CORS policy: ").nth(1).map(str::to_owned);
        let told = said(&trace, "script-refused").first().and_then(|words| console(words));
        if let Some(told) = told {
            let trial = fetched.console.first().and_then(|words| console(words)).expect("a line");
            let own = |text: &str| {
                text.replace("http://localhost:8080", "P").replace("https://frontend-demo.senus.doxyz", "P")
            };
            assert!(own(&told).starts_with(&own(&trial)), "{name}: {told} / {trial}");
        }
        tried += 1;
    }
    assert!(tried >= 17, "{tried}");
}

/// Every part of the protocol has its place on the figure, and the words on its nodes are the figure’s.
#[test]
fn every_part_of_the_protocol_has_its_place_on_figure_13() {
    let figure = drawing(13, diagram::Form::Wide);
    let node = |id: &str| figure.nodes.iter().position(|node| node.id == id);
    for part in Part::ALL {
        assert!(cors::LIGHTS.iter().any(|light| light.name == part.name()), "{part:?}");
        let (at, arrow) = cors::place(part);
        assert!(node(at).is_some() && cors::NODES.iter().any(|(id, _)| *id == at), "{part:?}: {at}");
        if let Some((from, to)) = arrow {
            assert!(stage::cast::edge(&figure, from, to, 0).is_some(), "{part:?}: {from} to {to}");
        }
    }
    for (id, words) in cors::NODES {
        let at = node(id).expect(id);
        assert_eq!(figure.nodes[at].label.lines.join(" "), words);
    }
}

/// Each leaf of figure 11 opens the demonstration that proves it: a figure that plays, or the laboratory.
#[test]
fn no_leaf_of_figure_11_is_without_its_demonstration() {
    // Figure 12 has no run of the engine: its probes are done by the reader’s browser.
    const PROBED: u8 = 12;
    let figure = drawing(11, diagram::Form::Wide);
    let is_leaf = |at: usize| !figure.edges.iter().any(|edge| usize::from(edge.from) == at);
    let leaves: Vec<_> = figure.nodes.iter().enumerate().filter(|(at, _)| is_leaf(*at)).map(|(_, node)| node).collect();
    assert_eq!(leaves.len(), 8);
    for leaf in leaves {
        let words = leaf.label.lines.join(" ");
        let section = course::maps::door(11, &leaf.id, &words).unwrap_or_else(|| panic!("{words} opens nothing"));
        let plays = section.figure.is_some_and(|figure| {
            let piece = course::pieces::PIECES.iter().any(|piece| piece.figure == figure && !piece.bench);
            piece || course::numbers::of_figure(figure).is_some() || figure == PROBED
        });
        assert!(plays || section.slug == course::sections::LABORATORY, "{words}: {} shows nothing", section.slug);
    }
    for node in &figure.nodes {
        assert!(course::maps::door(11, &node.id, "").is_some(), "{}", node.id);
    }
}
