//! Names and addresses: what is remembered and for how long, servers that fail, zones of any size and any text.

use engine::dns::cache::{self, Held};
use engine::dns::zone::{self, Zone};
use engine::dns::{Kind, Rcode, server};
use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use proptest::prelude::*;
use std::fmt::Write as _;

const ZONE: &str = "senus.doxyz.zone";
const NAME: &str = "http://backend-demo.senus.doxyz/";

fn reach(url: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Reach(url.to_owned()) }
}

fn wait(seconds: u64) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) }
}

fn play(world: &World, actions: &[Timed]) -> (Trace, State) {
    run(world, &State::booted(world), actions, 0)
}

fn code(trace: &Trace) -> &'static str {
    match trace.outcomes.last() {
        Some(Outcome::BrowserError { code, .. }) => code,
        Some(Outcome::Printed(_)) => "reached",
        other => panic!("{other:?}"),
    }
}

/// The sentence of the last decision called `name`.
fn words(trace: &Trace, name: &str) -> String {
    let found = trace.steps.iter().rev().find(|step| step.name == name);
    match found.map(|step| &step.act) {
        Some(Act::Decide { verdict, basis, .. }) => format!("{} [{basis}]", verdict.words),
        _ => panic!("no decision {name}"),
    }
}

fn asked(trace: &Trace) -> Vec<&'static str> {
    trace.steps.iter().map(|step| step.name).filter(|name| name.starts_with("resolver-asks")).collect()
}

fn rows(state: &State, now: Micros) -> Vec<String> {
    let row = |held: &Held| {
        let sign = if held.positive { "" } else { "no: " };
        format!("{} {} {} {sign}{} {}", held.cache.slug(), held.name, held.kind, held.data, held.left)
    };
    cache::table(state, now).iter().map(row).collect()
}

#[test]
fn the_caches_hold_what_was_learned_and_count_down() {
    let (_, state) = play(&World::course(), &[reach("http://api.senus.doxyz/"), reach("http://nobody.senus.doxyz/")]);
    let second = Micros::seconds(1);
    assert_eq!(
        rows(&state, second),
        [
            "browser api.senus.doxyz A 52.23.45.67 299",
            "resolver api.senus.doxyz. CNAME backend-demo.senus.doxyz. 299",
            "resolver backend-demo.senus.doxyz. A 52.23.45.67 299",
            "resolver doxyz. NS ns.nic.doxyz. 86399",
            "resolver nobody.senus.doxyz. A no: NXDOMAIN 299",
            "resolver ns.nic.doxyz. A 192.0.2.30 86399",
            "resolver ns1.senus.doxyz. A 192.0.2.53 299",
            "resolver senus.doxyz. NS ns1.senus.doxyz. 299",
        ]
    );
    assert_eq!(
        rows(&state, second + Micros::seconds(100))[1],
        "resolver api.senus.doxyz. CNAME backend-demo.senus.doxyz. 199"
    );
    assert_eq!(rows(&state, second + Micros::seconds(1_000)).len(), 2, "what the parents said is remembered for a day");
    assert_eq!(rows(&state, second + Micros::seconds(90_000)), [""; 0]);
}

#[test]
fn t21_each_record_is_forgotten_in_its_own_time() {
    let world = World::course();
    let all = ["resolver-asks-root", "resolver-asks-top-level", "resolver-asks-dns"];
    assert_eq!(asked(&play(&world, &[reach(NAME)]).0), all);
    assert_eq!(asked(&play(&world, &[reach(NAME), wait(200), reach(NAME)]).0), all, "the browser remembers");
    // After 301 s the address and the zone's own servers are forgotten; who serves doxyz is remembered for a day.
    assert_eq!(asked(&play(&world, &[reach(NAME), wait(301), reach(NAME)]).0)[3..], all[1..]);
    assert_eq!(asked(&play(&world, &[reach(NAME), wait(90_000), reach(NAME)]).0)[3..], all);
    // Another name of the same zone: only its own server is asked.
    assert_eq!(asked(&play(&world, &[reach(NAME), reach("http://frontend-demo.senus.doxyz/")]).0)[3..], all[2..]);
}

#[test]
fn t21_lowering_the_ttl_counts_from_the_next_answer_only() {
    let world = World::course();
    let (_, state) = play(&world, &[reach(NAME)]);
    let lower =
        world.with_edit(ZONE, "$TTL 300", "$TTL 30").with_edit(ZONE, "A      52.23.45.67", "A      52.23.45.76");
    let (trace, _) = run(&lower, &state, &[wait(200), reach(NAME)], 0);
    assert_eq!(code(&trace), "reached", "the old address is still remembered");
    let (trace, state) = run(&lower, &state, &[wait(301), reach(NAME)], 0);
    assert_eq!(code(&trace), "ERR_CONNECTION_TIMED_OUT");
    assert!(rows(&state, state.now).iter().all(|row| !row.contains("backend-demo")), "30 s are over by then");
}

#[test]
fn t20_an_alias_into_another_zone_is_a_lookup_of_its_own() {
    let world = World::course();
    let world =
        world.with_edit(ZONE, "api             IN  CNAME  backend-demo", "api             IN  CNAME  www.doxyz.");
    let world = world.with_edit("doxyz.zone", "senus           IN", "www 60 IN A 52.23.45.67\nsenus           IN");
    let (trace, state) = play(&world, &[reach("http://api.senus.doxyz/")]);
    assert_eq!(code(&trace), "reached");
    assert_eq!(asked(&trace).last(), Some(&"resolver-asks-top-level"));
    let answer = trace.steps.iter().rev().find(|step| step.name == "resolver-answers").expect("an answer");
    let Act::Travel { message: Message::Answer { records, .. }, .. } = &answer.act else { panic!("no answer") };
    let ttls: Vec<u32> = records.iter().map(|record| record.ttl).collect();
    assert_eq!(ttls, [300, 60], "each record has its own time to live");
    assert!(rows(&state, state.now)[0].ends_with(" 60") || rows(&state, state.now)[0].ends_with(" 59"));
}

#[test]
fn t22_records_name_addresses_and_never_ports_or_paths() {
    let world = World::course();
    let with_srv = world.with_edit(ZONE, "api ", "_http._tcp.backend-demo IN SRV 0 5 8080 backend-demo\napi ");
    for (url, port) in [(NAME, 80), ("https://backend-demo.senus.doxyz/users?x=1", 443)] {
        let (trace, _) = play(&with_srv, &[reach(url)]);
        let Some(Act::Travel { message: Message::Query { name, kind }, .. }) =
            trace.steps.iter().find(|step| step.name == "browser-asks-resolver").map(|step| &step.act)
        else {
            panic!("nothing is asked");
        };
        assert_eq!((&**name, *kind), ("backend-demo.senus.doxyz.", Kind::A), "no port and no path in the question");
        assert!(words(&trace, "address-chosen").contains(&format!("52.23.45.67 port {port}")), "the URL says the port");
    }
}

#[test]
fn a_server_that_is_missing_or_broken_or_silent_is_said() {
    let world = World::course();
    let glue = "ns1.senus       IN  A      192.0.2.53";
    let cases = [
        (world.with_edit("network", "root address ", "# "), "network holds no root address"),
        (world.with_edit("root.zone", "604800     ; expire", "soon ; expire"), "SERVFAIL: cannot find out"),
        (world.with_edit("root.zone", "doxyz.          172800  IN  NS", "doxyz. IN FOO"), "SERVFAIL: cannot find out"),
        (world.with_text("doxyz.zone", ""), "doxyz.zone holds no SOA record"),
        (world.with_edit("doxyz.zone", glue, "ns1.senus IN A 192.0.2.99"), "SERVFAIL: cannot find out"),
        (world.with_edit("doxyz.zone", glue, ""), "doxyz.zone, line 13"),
        (world.with_edit("network", "dns address        192.0.2.53", "dns address        192.0.2.54"), "SERVFAIL"),
    ];
    for (world, says) in cases {
        let (trace, _) = play(&world, &[reach(NAME)]);
        assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED", "{says}");
        let said = words(&trace, "resolver-fails");
        assert!(said.contains(says), "{said}: not {says}");
    }
    let (trace, _) = play(&world.with_edit("doxyz.zone", glue, "ns1.senus IN A 192.0.2.99"), &[reach(NAME)]);
    assert!(words(&trace, "server-silent").contains("no answer from 192.0.2.99"));
    // A world with a document less.
    let mut without = world;
    without.documents.retain(|document| document.name != "doxyz.zone");
    assert_eq!(code(&play(&without, &[reach(NAME)]).0), "ERR_NAME_NOT_RESOLVED");
}

#[test]
fn a_name_server_without_an_address_beside_it_is_looked_up_first() {
    let world = World::course();
    let away = world.with_edit("doxyz.zone", "senus           IN  NS     ns1.senus", "senus IN NS ns.hosting");
    let away = away.with_edit("doxyz.zone", "ns1.senus       IN  A      192.0.2.53", "ns.hosting IN A 192.0.2.53");
    let (trace, _) = play(&away, &[reach(NAME)]);
    assert_eq!((code(&trace), asked(&trace).len()), ("reached", 3), "it is in the same zone: the address comes along");
    let away = away.with_edit("root.zone", "doxyz. ", "hosting. 300 IN NS ns.nic.doxyz.\ndoxyz. ");
    let away = away.with_edit("doxyz.zone", "ns.hosting\n", "ns.hosting.\n");
    let (trace, _) = play(&away, &[reach(NAME)]);
    assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED", "nobody holds the zone hosting");
    assert!(words(&trace, "server-address-wanted").starts_with("needs the address of ns.hosting."));
    // Two zones whose servers stand in each other: nobody can begin.
    let round = away.with_edit("root.zone", "hosting. 300 IN NS ns.nic.doxyz.", "hosting. 300 IN NS ns.senus.doxyz.");
    let (trace, _) = play(&round, &[reach(NAME)]);
    assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED");
    assert!(asked(&trace).len() <= 32);
}

/// Every line that is no comment counts: without it a run, a problem or what is remembered differs.
#[test]
fn every_line_of_the_shipped_zones_and_addresses_counts() {
    let world = World::course();
    let urls = [NAME, "http://frontend-demo.senus.doxyz/", "http://api.senus.doxyz/", "http://nobody.senus.doxyz/"];
    let seen = |world: &World| {
        let all = urls.map(|url| {
            let (trace, state) = play(world, &[reach(url)]);
            let acts: Vec<String> = trace.to_string().lines().map(without_place).collect();
            (acts, rows(&state, state.now))
        });
        (all, world.problems().iter().map(|problem| problem.words.clone()).collect::<Vec<_>>())
    };
    let whole = seen(&world);
    for document in ["root.zone", "doxyz.zone", ZONE] {
        for (at, line) in world.text(document).expect("a zone").lines().enumerate() {
            if line.trim().is_empty() || line.starts_with(';') {
                continue;
            }
            let without = world.with_line_removed(document, at as u32 + 1);
            assert_ne!(seen(&without), whole, "{document}, line {}: nothing changes without {line}", at + 1);
        }
    }
}

/// A line of a trace without the numbers of lines, which move when a line is taken away.
fn without_place(line: &str) -> String {
    line.split(", line ").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}

/// The zone is sorted once, and a lookup goes straight to its name.
#[test]
fn a_zone_of_many_records_in_any_order() {
    let mut text = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n".to_owned();
    for i in 0..20_000u32 {
        let _ = writeln!(text, "h{} A 10.{}.{}.{}", i.wrapping_mul(7_919) % 20_011, i >> 16, i >> 8 & 255, i & 255);
    }
    let zone = zone::parse("big.test.zone", &text);
    assert_eq!(zone.broken(), None);
    let answer = server::answer(&[&zone], "h7919.big.test.", Kind::A);
    assert_eq!(answer.records.iter().map(ToString::to_string).collect::<Vec<_>>(), ["h7919.big.test. 60 A 10.0.0.1"]);
    assert_eq!(server::answer(&[&zone], "h20012.big.test.", Kind::A).rcode, Rcode::NxDomain);
}

#[test]
fn mistakes_in_a_zone_are_said_in_the_servers_words() {
    let cases = [
        ("x.other. A 192.0.2.1", "out of zone data: x.other. is outside the zone for fqdn z.test."),
        ("@ SOA ns h 2 2 3 4 5", "this SOA record was already encountered"),
        ("x CNAME y\nx A 192.0.2.1", "x.z.test.: CNAME and other data"),
        ("x DNAME y\na.x A 192.0.2.1", "DNAME at x.z.test. has data below it. This is not allowed (rfc 2672)."),
        ("x A 192.0.2", "bad dotted quad: '192.0.2'"),
        ("x AAAA 1::2::3", "bad IPv6 address: '1::2::3'"),
        ("x FOO bar", "unknown RR type 'FOO'"),
        ("x CH A 192.0.2.1", "class other than IN: 'CH'"),
        ("x A ( 192.0.2.1", "this parenthesis is never closed"),
        ("x TXT \"abc", "unbalanced quotes"),
        ("a..b A 192.0.2.1", "empty label: 'a..b'"),
        ("x MX 10", "unexpected end of line"),
        ("x A 192.0.2.1 192.0.2.2", "extra input text: 192.0.2.2"),
        ("$FOO 1", "cannot read the directive $FOO"),
    ];
    for (line, says) in cases {
        let text = format!("$TTL 300\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n{line}\n");
        let zone = zone::parse("z.test.zone", &text);
        assert_eq!(zone.broken().map(|problem| problem.words.as_str()), Some(says), "{line}");
        let answer = server::answer(&[&zone], "ns.z.test.", Kind::A);
        assert_eq!(answer.rcode, Rcode::ServFail, "{line}");
    }
}

/// Words of which zone files are made, and some of which they are not.
fn scraps() -> impl Strategy<Value = String> {
    let words = [
        "@",
        "*",
        "a",
        "b.a",
        "*.a",
        "z.test.",
        ".",
        "\\.",
        "\\065",
        "\\",
        "\"",
        "(",
        ")",
        ";",
        "\n",
        "\n ",
        "$ORIGIN",
        "$TTL",
        "IN",
        "60",
        "1h",
        "A",
        "AAAA",
        "CNAME",
        "DNAME",
        "NS",
        "SOA",
        "MX",
        "TXT",
        "DS",
        "TYPE7",
        "\\#",
        "4",
        "192.0.2.1",
        "::1",
        "ß",
        "a.z.test.",
        "ns h 1 2 3 4 5",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..60).prop_map(|words| words.join(" "))
}

fn check(text: &str, name: &str) {
    let head = "$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n";
    let zones: Vec<Zone> = vec![
        zone::parse("z.test.zone", text),
        zone::parse("z.test.zone", &[head, text].concat()),
        zone::parse("a.z.test.zone", &[head, text].concat()),
        zone::parse("root.zone", text),
    ];
    let all: Vec<&Zone> = zones.iter().collect();
    for kind in [Kind::A, Kind::DS, Kind::ANY, Kind::CNAME] {
        for name in [name, "a.z.test.", "b.a.z.test.", "x.y.z.test.", "."] {
            let _ = server::answer(&all, name, kind);
            let _ = server::answer(&all[1..3], name, kind);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_scraps_are_read_and_answered(text in scraps(), name in scraps()) {
        check(&text, &zone::absolute(&name, "z.test."));
    }

    #[test]
    fn any_text_is_read_and_answered(text in "\\PC{0,200}", name in "\\PC{0,40}") {
        check(&text, &name);
    }

    #[test]
    fn any_zone_text_can_be_run(text in scraps()) {
        for document in ["root.zone", "doxyz.zone", ZONE] {
            let world = World::course();
            let whole = world.text(document).expect("a zone").to_owned() + &text + "\n";
            let (trace, state) = play(&world.with_text(document, &whole), &[reach(NAME)]);
            prop_assert!(trace.steps.len() < 1_000);
            let _ = cache::table(&state, state.now);
        }
    }
}

/// Found by the property test above.
#[test]
fn a_name_with_an_empty_label_lies_nowhere() {
    for name in [". a.z.test.", "..z.test.", ".z.test.", "a..z.test.", "."] {
        check("", name);
        check("* A 192.0.2.1", name);
    }
}

#[test]
fn the_places_of_a_lookup_are_three_servers() {
    let (trace, _) = play(&World::course(), &[reach(NAME)]);
    let places: Vec<Place> = trace
        .steps
        .iter()
        .filter(|step| step.name.ends_with("-decides") && step.name != "firewall-decides")
        .filter_map(|step| match step.act {
            Act::Decide { at, .. } => Some(at),
            Act::Travel { .. } => None,
        })
        .collect();
    assert_eq!(places, [Place::Root, Place::TopLevel, Place::Dns]);
}

/// Held against dig 9.18.49, asking NSD 4.6.1 for the same zone; number, date and size of the message are left out.
#[test]
fn dig_prints_what_dig_prints() {
    let printed = |line: &str| {
        let (trace, _) = play(&World::course(), &[Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }]);
        assert_eq!(trace.steps.len(), 1, "what dig asks is no part of the story");
        match trace.outcomes.last() {
            Some(Outcome::Printed(text)) => text.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        printed("dig @192.0.2.53 api.senus.doxyz"),
        "
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> @192.0.2.53 api.senus.doxyz
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR
;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 2
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;api.senus.doxyz.\t\tIN\tA

;; ANSWER SECTION:
api.senus.doxyz.\t300\tIN\tCNAME\tbackend-demo.senus.doxyz.
backend-demo.senus.doxyz. 300\tIN\tA\t52.23.45.67

;; AUTHORITY SECTION:
senus.doxyz.\t\t300\tIN\tNS\tns1.senus.doxyz.

;; ADDITIONAL SECTION:
ns1.senus.doxyz.\t300\tIN\tA\t192.0.2.53

;; Query time: 36 msec
;; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)

"
    );
    assert_eq!(printed("dig +short api.senus.doxyz"), "backend-demo.senus.doxyz.\n52.23.45.67\n");
    let answer = "api.senus.doxyz.\t300\tIN\tCNAME\tbackend-demo.senus.doxyz.\nbackend-demo.senus.doxyz. 300\tIN\tA\t52.23.45.67\n";
    assert_eq!(printed("dig +noall +answer api.senus.doxyz"), answer);
    let no = printed("dig nobody.senus.doxyz MX");
    assert!(
        no.contains("status: NXDOMAIN\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n"),
        "{no}"
    );
    assert!(
        no.contains(
            "senus.doxyz.\t\t300\tIN\tSOA\tns1.senus.doxyz. hostmaster.senus.doxyz. 2026021401 7200 900 1209600 300\n"
        ),
        "{no}"
    );
    let trace = printed("dig +trace backend-demo.senus.doxyz");
    let from: Vec<&str> = trace.lines().filter(|line| line.starts_with(";; Received")).collect();
    assert_eq!(
        from,
        [
            ";; Received from 198.41.0.4#53(root) in 18 ms",
            ";; Received from 192.0.2.30#53(ns.nic.doxyz) in 28 ms",
            ";; Received from 192.0.2.53#53(ns1.senus.doxyz) in 36 ms",
        ]
    );
    assert!(printed("dig @192.0.2.9 senus.doxyz").contains(";; communications error to 192.0.2.9#53: timed out\n"));
    assert!(printed("dig +nope x").starts_with("Invalid option: +nope"));
}
