//! Figure 12: what is predicted of every attempt, held against what Chromium was seen to do, and what lights which arrow.

use crate::oracles::sandbox::{at, context_of};
use course::drawings::drawing;
use diagram::Form;
use probe::compare::{agrees, reached};
use probe::context::{Browser, Context};
use probe::lights::{Lit, of_attempt, of_server};
use probe::probes::{Begins, Group, find};
use probe::served::Op;
use probe::tokens::TOKENS;
use probe::{Outcome, PROBES, predict};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const HOME: &str = "http://localhost:8080";
const OTHER: &str = "http://localhost:8081";

fn page() -> Context {
    Context::page(Browser::Chromium, HOME, OTHER)
}

/// Every switch of the page on and off: 128 sets of tokens.
fn token_sets() -> Vec<String> {
    let offered: Vec<&str> = TOKENS.iter().filter(|(.., offered)| *offered).map(|(token, ..)| *token).collect();
    let set = |bits: u32| {
        let on = offered.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, token)| *token);
        on.collect::<Vec<_>>().join(" ")
    };
    (0..1 << offered.len()).map(set).collect()
}

/// The predictions as text: each attempt on the page, and each of the frame for the sets of tokens that differ.
#[test]
fn what_is_predicted() {
    let mut text = String::new();
    for group in Group::TABLE {
        let _ = writeln!(text, "{}", group.title());
        for probe in PROBES.iter().filter(|probe| probe.group == group) {
            line(&mut text, probe, &page());
        }
    }
    for attribute in ["", "allow-scripts", "allow-scripts allow-same-origin"] {
        let _ = writeln!(text, "\n<iframe sandbox=\"{attribute}\">");
        for probe in PROBES.iter().filter(|probe| probe.group == Group::Frame) {
            let pressed = probe.begins == Begins::InFrame;
            line(&mut text, probe, &Context { pressed, ..page().sandboxed(attribute) });
        }
    }
    tests::golden("sandbox.txt", &text);
}

fn line(text: &mut String, probe: &probe::Probe, context: &Context) {
    let predicted = predict(probe, context);
    let (id, verdict, outcome) = (probe.id, predicted.verdict.word(), predicted.outcome.words());
    let _ = writeln!(text, "  {id}: {verdict}: {outcome}\n    {}", predicted.because);
}

/// No attempt without a prediction, whatever the tokens; and only a frame without scripts says nothing.
#[test]
fn everything_is_predicted() {
    let names: BTreeSet<&str> = PROBES.iter().map(|probe| probe.id).collect();
    assert_eq!(names.len(), PROBES.len(), "two attempts of one name");
    for attribute in token_sets() {
        for probe in PROBES {
            let context = page().sandboxed(&attribute);
            let predicted = predict(probe, &context);
            assert_eq!(predicted.outcome == Outcome::Silent, context.flags.scripts, "{} {attribute}", probe.id);
            assert!(!predicted.because.is_empty(), "{} {attribute}", probe.id);
        }
    }
}

/// Every switch changes what is predicted of some attempt in the frame: there is none that does nothing.
#[test]
fn every_token_has_an_effect() {
    let told = |attribute: &str| -> Vec<_> {
        let context = Context { pressed: true, ..page().sandboxed(attribute) };
        PROBES.iter().filter(|probe| probe.group == Group::Frame).map(|probe| predict(probe, &context)).collect()
    };
    for (token, _, offered) in TOKENS {
        let base = if token == "allow-scripts" { "" } else { "allow-scripts" };
        assert_eq!(
            told(base) != told(&format!("{base} {token}")),
            offered || token.ends_with("user-activation") && token.contains("top"),
            "{token}"
        );
    }
}

/// T32: browsers do keep connections. What is missing is the raw socket.
#[test]
fn t32_a_connection_is_kept_and_a_raw_socket_is_missing() {
    let [kept, raw] = ["keep-socket", "net-01"].map(|id| find(id).expect("an attempt"));
    let [kept_is, raw_is] = [kept, raw].map(|probe| predict(probe, &page()));
    assert_eq!(kept_is.outcome, Outcome::Value("[\"one\",\"two\"]".to_owned()), "two messages on one connection");
    assert!(reached(kept, &kept_is.outcome) && !reached(raw, &raw_is.outcome));
    assert_eq!(
        (raw_is.verdict.word(), raw.server),
        ("absent", Some(Op::Socket)),
        "the server has what the page has not"
    );
}

/// T33: no ambient access to files. What a person picks, and a store of the origin's own, are open.
#[test]
fn t33_files_are_closed_unless_a_person_picks_them() {
    let opens = |id: &str, context: &Context| {
        let probe = find(id).expect("an attempt");
        reached(probe, &predict(probe, context).outcome)
    };
    for id in ["read-file", "read-directory", "os-04", "os-06", "os-10", "os-11", "os-20", "write-log"] {
        assert!(!opens(id, &page()), "{id}");
    }
    for id in ["pick", "opfs"] {
        assert!(opens(id, &page()), "{id}");
    }
    for id in ["os-13", "os-14", "write-log"] {
        let predicted = predict(find(id).expect("an attempt"), &page());
        assert_eq!(predicted.verdict.word(), "needs-user-gesture", "{id}: a picker is there, and waits for a press");
    }
    // And the page says so, at that arrow.
    let arrows = all(Form::Wide);
    for ((from, to), _) in course::sandbox::CORRECTIONS {
        assert!(arrows.contains(&(from.to_owned(), to.to_owned())), "{from} to {to}");
    }
    assert!(
        course::sandbox::CORRECTIONS.iter().any(|(arrow, words)| *arrow == ("Allowed", "FS") && words.contains("pick"))
    );
    // In a sandbox there is no store, and no picker.
    let jailed = page().sandboxed("allow-scripts");
    assert!(!opens("opfs", &jailed) && !opens("os-13", &jailed));
    // Nor without TLS, on another machine than this.
    let plain = Context { secure: false, ..page() };
    assert!(!opens("opfs", &plain) && !opens("os-13", &plain));
}

fn all(form: Form) -> BTreeSet<(String, String)> {
    let figure = drawing(12, form);
    let name = |node: u16| figure.nodes[usize::from(node)].id.clone();
    figure.edges.iter().filter(|edge| !edge.extra).map(|edge| (name(edge.from), name(edge.to))).collect()
}

fn lit(context: &Context) -> BTreeSet<(String, String)> {
    lights(context).into_iter().map(|(from, to, _)| (from.to_owned(), to.to_owned())).collect()
}

/// What the attempts of the page light, in a context.
fn lights(context: &Context) -> Vec<Lit> {
    let tried = PROBES.iter().filter(|probe| probe.group != Group::Frame && !matches!(probe.begins, Begins::Never(_)));
    tried.flat_map(|probe| of_attempt(probe, &predict(probe, context).outcome)).collect()
}

#[test]
fn every_arrow_of_figure_12_is_lit() {
    let server: BTreeSet<_> = Op::ALL.into_iter().flat_map(|op| of_server(op, op.status() == 200)).collect();
    let server = server.into_iter().map(|(from, to, _)| (from.to_owned(), to.to_owned()));
    let lit: BTreeSet<_> = lit(&page()).into_iter().chain(server).collect();
    assert_eq!(lit, all(Form::Wide));
    assert_eq!(lit, all(Form::Tall));
}

#[test]
fn an_arrow_of_figure_12_is_dark_where_nothing_lights_it() {
    assert_eq!(lit(&page().sandboxed("")), BTreeSet::new(), "no script, no question");
    let jailed = lit(&page().sandboxed("allow-scripts"));
    for (to, open) in
        [("Storage", false), ("Cookies", false), ("DOM", true), ("FS", true), ("OS", true), ("Processes", true)]
    {
        assert_eq!(jailed.contains(&("Allowed".to_owned(), to.to_owned())), open, "{to}");
    }
    assert!(Op::ALL.into_iter().flat_map(|op| of_server(op, false)).next().is_none(), "what failed lights nothing");
    // Should a browser ever read a file by its path, the arrow behind “No” would stay dark.
    let file = find("read-file").expect("an attempt");
    assert_eq!(of_attempt(file, &Outcome::text("127.0.0.1 localhost")), [("JS", "Allowed", false)]);
}

/// In Chromium to the letter; in another browser what counts is whether something is reached.
#[test]
fn how_they_compare() {
    let probe = find("read-file").expect("an attempt");
    let predicted = predict(probe, &page());
    let other = Outcome::throws("TypeError", "NetworkError when attempting to fetch resource.");
    for (seen, chromium, elsewhere) in [
        (predicted.outcome.clone(), true, true),
        (other, false, true),
        (Outcome::text("root"), false, false),
        (Outcome::Silent, false, true),
    ] {
        assert_eq!(agrees(probe, &predicted, &seen, Browser::Chromium), chromium, "{seen:?}");
        assert_eq!(agrees(probe, &predicted, &seen, Browser::Other), elsewhere, "{seen:?}");
    }
}

/// What runs on the page is what was recorded, where both go by one name, and the place differs in nothing that counts.
#[test]
fn the_recorded_attempts_are_ours() {
    let mut same = 0;
    for probe in PROBES.iter().filter(|probe| !probe.id.starts_with("sbx")) {
        let Some(recorded) = at(probe.id) else { continue };
        let code = recorded["code"].as_str().unwrap_or_default();
        same += usize::from(code == probe.code);
        let mine = probe.code.contains("other()") || probe.code.contains("args.");
        assert!(code == probe.code || mine, "{}: {code}\nand ours: {}", probe.id, probe.code);
    }
    assert!(same >= 25, "{same}");
    assert!(context_of("lna-01").is_some_and(|context| !context.secure));
}
