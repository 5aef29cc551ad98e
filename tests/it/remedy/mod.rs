//! The smallest fix: what is offered works, and for one broken thing something is offered. Both are for the engine to say.

mod breaks;

use breaks::{Broken, Dice, breaks, whole};
use course::load::booted_like;
use course::piece::play_loaded;
use engine::journey::{Action, Timed};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Ruling, Trace};
use engine::world::{Kind, Readings, World};
use remedy::{Findings, Grants, Remedy, remedies};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Whether the last request succeeds, as anybody can see it: without asking the crate.
fn works(broken: &Broken) -> bool {
    let trace = play_loaded(&broken.world, &broken.loaded, &broken.actions);
    match &broken.actions.last().expect("a request").what {
        Action::Open(url) => {
            let own = if url.contains("frontend") { "Hello from the frontend" } else { "\"id\"" };
            matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200, body, .. }) if body.contains(own))
        }
        Action::Reach(_) => decided(&trace, "host-reached"),
        _ => decided(&trace, "connection-stands"),
    }
}

/// The same, whatever the application says.
fn succeeds(broken: &Broken) -> bool {
    let trace = play_loaded(&broken.world, &broken.loaded, &broken.actions);
    match &broken.actions.last().expect("a request").what {
        Action::Open(_) => matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, .. })),
        _ => works(broken),
    }
}

fn decided(trace: &Trace, name: &str) -> bool {
    let answer = |act: &Act| matches!(act, Act::Decide { verdict, .. } if verdict.ruling == Ruling::Answer);
    trace.steps.iter().any(|step| step.name == name && answer(&step.act))
}

fn mend(broken: &Broken) -> Findings {
    remedies(&broken.world, &broken.loaded, &broken.actions)
}

/// With a remedy made.
fn mended(broken: &Broken, remedy: &Remedy) -> Broken {
    let (world, loaded, actions) =
        remedy.apply(&broken.world, &broken.loaded, &broken.actions).expect("the world is what was looked at");
    Broken { world, loaded, actions, ..broken.clone() }
}

/// Every remedy that is offered is made, and the request run again.
fn all_work(broken: &Broken, findings: &Findings) {
    for remedy in &findings.remedies {
        assert!(succeeds(&mended(broken, remedy)), "{} {}: {remedy}", broken.kind, broken.what);
    }
}

/// The worlds with these seeds in which one thing, or several, are broken so that the request fails.
fn broken(seeds: impl Iterator<Item = u64>, edits: usize) -> impl Iterator<Item = Broken> {
    seeds.filter_map(move |seed| {
        let mut dice = Dice(seed);
        let mut broken = whole(&mut dice);
        (0..edits).for_each(|_| breaks(&mut broken, &mut dice));
        (!works(&broken)).then_some(broken)
    })
}

/// Nothing has failed: the words were changed that the right application answers with, and it answers with them.
fn says_something_else(broken: &Broken) {
    assert!(succeeds(broken), "{} {}", broken.kind, broken.what);
    // Of a schema with a mistake psql carries out the rest: then rows are missing, as in a file of data.
    let own = [Kind::Public, Kind::Data, Kind::Script, Kind::Schema];
    let course = World::course();
    let mut pairs = course.documents.iter().zip(&broken.loaded.documents).filter(|(whole, now)| whole != now);
    assert!(pairs.all(|(whole, _)| own.contains(&whole.kind)), "{} {}", broken.kind, broken.what);
}

/// So many worlds, from a seed on, each broken by one edit: for all but so many a fix is offered, and each works.
fn each_has_a_fix(first: u64, count: usize, without_most: usize) {
    let mut without = Vec::new();
    let mut kinds: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let (mut other, mut whole_again) = (0, 0);
    let failing = broken(first.., 1).map(|broken| (mend(&broken), broken)).filter(|(findings, broken)| {
        if findings.fine {
            other += 1;
            says_something_else(broken);
        }
        !findings.fine
    });
    for (findings, broken) in failing.take(count) {
        all_work(&broken, &findings);
        whole_again += usize::from(findings.remedies.first().is_some_and(|first| works(&mended(&broken, first))));
        let tally = kinds.entry(broken.kind).or_default();
        tally[0] += 1;
        if findings.remedies.is_empty() {
            without.push(format!("{}: {} {:?}", broken.kind, broken.what, broken.actions.last().unwrap().what));
        } else {
            tally[1] += 1;
        }
    }
    for (kind, [all, mended]) in &kinds {
        println!("{kind:20} {mended:5} of {all:5}");
    }
    println!("with the first fix, {whole_again} of {count} say what they said before");
    println!("{other} more are answered with 200 and other words: nothing failed");
    println!("{} of {count} have a fix", count - without.len());
    without.sort();
    without.iter().for_each(|line| println!("  {line}"));
    assert!(without.len() <= without_most, "{} of {count} worlds have no fix", without.len());
}

#[test]
fn for_a_thousand_worlds_broken_by_one_edit_a_fix_is_offered_that_works() {
    each_has_a_fix(1, 1_000, 0);
}

#[test]
#[ignore = "takes minutes: cargo xtask test --long"]
fn for_twenty_thousand_other_worlds_a_fix_is_offered_that_works() {
    // Known: lines of schema.sql and backend.js that say several things at once, and that nothing else in the world says.
    each_has_a_fix(11_000_000, 20_000, 24);
}

/// So many worlds, from a seed on, each broken by two edits: what is offered works.
fn no_wrong_fix(first: u64, count: usize) {
    let mut offered = 0;
    for broken in broken(first.., 2).take(count) {
        let findings = mend(&broken);
        all_work(&broken, &findings);
        offered += usize::from(!findings.remedies.is_empty());
    }
    println!("{count} worlds broken by two edits: for {offered} one step is enough, for the others none is offered");
}

#[test]
fn for_worlds_broken_by_two_edits_no_wrong_fix_is_offered() {
    no_wrong_fix(100_000, 300);
}

#[test]
#[ignore = "takes minutes: cargo xtask test --long"]
fn for_five_thousand_other_worlds_broken_by_two_edits_no_wrong_fix_is_offered() {
    no_wrong_fix(2_000_000, 5_000);
}

#[test]
fn what_is_read_again_after_an_edit_is_what_everything_read_anew_would_be() {
    let course = World::course();
    let (before, readings) = (State::booted(&course), Readings::of(&course));
    for seed in 1..400 {
        let mut broken = whole(&mut Dice(seed));
        breaks(&mut broken, &mut Dice(seed));
        let changed = course.documents.iter().zip(&broken.loaded.documents).find(|(whole, now)| whole != now);
        let Some(kind) = changed.map(|(whole, _)| whole.kind) else {
            continue;
        };
        let world = &broken.loaded;
        assert_eq!(booted_like(world, world, &before, kind), State::booted(world), "{}", broken.what);
        let (some, all) = (readings.with(world, kind), Readings::of(world));
        assert_eq!(format!("{some:?}"), format!("{all:?}"), "{}", broken.what);
    }
}

/// A world as `edits` leave it (document, from, to), read or not, and what is asked for after some commands.
fn case(edits: &[(&str, &str, &str)], read: bool, commands: &[&str], action: Action) -> Broken {
    let course = World::course();
    let mut world = course.clone();
    for (document, from, to) in edits {
        assert!(world.text(document).is_some_and(|text| text.contains(from)), "{document}: {from}");
        world = world.with_edit(document, from, to);
    }
    let now = |what| Timed { at: Micros::ZERO, what };
    let commands = commands.iter().map(|command| now(Action::Command((*command).to_owned())));
    let actions = commands.chain([now(action)]).collect();
    let loaded = if read { world.clone() } else { course };
    Broken { kind: "", what: String::new(), world, loaded, actions }
}

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

fn open(url: &str) -> Action {
    Action::Open(url.to_owned())
}

fn posts() -> Action {
    open("https://backend-demo.senus.doxyz/posts")
}

fn users() -> Action {
    open("https://backend-demo.senus.doxyz/users")
}

#[test]
fn telling_cases_are_mended_as_the_golden_file_says() {
    let https = "  HTTPS        TCP       443         0.0.0.0/0   the sites\n";
    let ssh = Action::Connect { from: Ipv4Addr::new(192, 0, 2, 77), port: 22 };
    let nowhere = Action::Connect { from: Ipv4Addr::new(192, 0, 2, 77), port: 5432 };
    let cases = [
        ("port 443 is closed", case(&[("security-group", https, "")], true, &[], users())),
        (
            "ssh is closed",
            case(&[("security-group", "SSH          TCP       22  ", "SSH          TCP       23  ")], true, &[], ssh),
        ),
        ("a database that only the machine itself can reach", case(&[], true, &[], nowhere)),
        (
            "the record leads elsewhere",
            case(
                &[(
                    "senus.doxyz.zone",
                    "backend-demo    IN  A      52.23.45.67",
                    "backend-demo    IN  A      52.23.45.76",
                )],
                true,
                &[],
                users(),
            ),
        ),
        (
            "the glue is missing",
            case(&[("doxyz.zone", "ns1.senus       IN  A      192.0.2.53\n", "")], true, &[], users()),
        ),
        ("the process is stopped", case(&[], true, &["pm2 stop backend"], users())),
        ("the wrong port is passed on to", case(&[(BACKEND, "localhost:3001", "localhost:3002")], true, &[], users())),
        ("a semicolon is missing", case(&[(BACKEND, "localhost:3001;", "localhost:3001")], true, &[], users())),
        (
            "an unknown directive",
            case(&[(BACKEND, "    location /", "    bogus on;\n    location /")], true, &[], users()),
        ),
        ("the certificate has expired", case(&[("network", "2026-02-14", "2026-06-14")], true, &[], users())),
        (
            "the certificate is another site's",
            case(
                &[(
                    BACKEND,
                    "ssl_certificate     /etc/letsencrypt/live/backend",
                    "ssl_certificate     /etc/letsencrypt/live/frontend",
                )],
                true,
                &[],
                users(),
            ),
        ),
        (
            "everybody is denied",
            case(&[(BACKEND, "    location /", "    deny all;\n    location /")], true, &[], users()),
        ),
        ("a port that nobody gave", case(&[("ecosystem.config.js", "        PORT: 3001,\n", "")], true, &[], users())),
        ("an alias that no certificate knows", case(&[], true, &[], open("https://api.senus.doxyz/users"))),
        ("a name that nobody made", case(&[], true, &[], open("https://backend-dmeo.senus.doxyz/users"))),
        ("PostgreSQL is stopped", case(&[], true, &["sudo systemctl stop postgresql"], posts())),
        ("the pool asks at another port", case(&[("backend.js", "port: 5432", "port: 5433")], true, &[], posts())),
        (
            "a password that nobody gave",
            case(&[("ecosystem.config.js", "        PGPASSWORD: \"mango-lantern-42\",\n", "")], true, &[], posts()),
        ),
        (
            "a query names another table",
            case(&[("backend.js", "FROM posts JOIN", "FROM psots JOIN")], true, &[], posts()),
        ),
        ("a table has another name", case(&[("schema.sql", "  body    text", "  bdoy    text")], true, &[], posts())),
        (
            "PostgreSQL would admit nobody",
            case(
                &[("/etc/postgresql/15/main/postgresql.conf", "max_connections = 20", "max_connections = 3")],
                true,
                &[],
                posts(),
            ),
        ),
        (
            "PostgreSQL refuses its settings",
            case(
                &[("/etc/postgresql/15/main/postgresql.conf", "max_connections", "max_conections")],
                true,
                &[],
                posts(),
            ),
        ),
        (
            "a look-up is gone",
            case(
                &[("backend.js", "  const user = users.find((user) => user.id === Number(req.params.id));\n", "")],
                true,
                &[],
                open("https://backend-demo.senus.doxyz/users/2"),
            ),
        ),
        (
            "a word of a script is mistyped",
            case(&[("backend.js", "Number(", "Numbre(")], true, &[], open("https://backend-demo.senus.doxyz/users/2")),
        ),
        ("a bracket is missing far above", case(&[("ecosystem.config.js", "apps: [", "apps:")], true, &[], users())),
        ("an address without its colon", case(&[(BACKEND, "http://local", "http//local")], true, &[], users())),
        (
            "two things at once",
            case(&[("security-group", https, ""), (BACKEND, "localhost:3001", "localhost:3002")], true, &[], users()),
        ),
        ("nothing is wrong", case(&[], true, &[], users())),
    ];
    let mut text = String::new();
    for (name, broken) in &cases {
        let findings = mend(broken);
        all_work(broken, &findings);
        text += &format!("## {name}\n\n{findings}\n");
    }
    // Mended in the file, and nginx has not read it.
    let mut forgotten = case(&[(BACKEND, "localhost:3001", "localhost:3002")], true, &[], users());
    forgotten.world = World::course();
    let findings = mend(&forgotten);
    all_work(&forgotten, &findings);
    text += &format!("## written and not loaded\n\n{findings}\n");
    expect_test::expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/golden/remedies.txt")].assert_eq(&text);
}

#[test]
fn no_remedy_lets_in_more_than_is_needed() {
    let closed =
        World::course().text("security-group").unwrap().replace("  SSH ", "# SSH ").replace("  HTTP", "# HTTP");
    for port in [22, 80, 443, 3_000, 3_001, 5_433] {
        let visitor = Ipv4Addr::new(192, 0, 2, 77);
        // Something listens on every port, so that a rule is enough.
        let script = format!("const express = require(\"express\");\nconst app = express();\napp.listen({port});\n");
        let mut broken = case(&[], true, &[], Action::Connect { from: visitor, port });
        broken.world = broken.world.with_text("security-group", &closed);
        if port > 1_000 {
            broken.world = broken.world.with_text("backend.js", &script);
        }
        broken.loaded = broken.world.clone();
        let findings = mend(&broken);
        all_work(&broken, &findings);
        let new = |remedy: &Remedy| remedy.edit.as_ref().and_then(|edit| edit.new.clone()).unwrap_or_default();
        let first = findings.remedies.first().expect("a rule helps");
        assert!(new(first).contains("192.0.2.77/32") && first.grants == Grants::Visitor, "{port}: {findings}");
        for remedy in &findings.remedies {
            let wide = ["0.0.0.0/0", "::/0", "Anywhere", "*"].iter().any(|wide| new(remedy).contains(wide));
            assert!(!wide || (remedy.grants == Grants::Everybody && matches!(port, 80 | 443)), "{port}: {remedy}");
        }
    }
}

#[test]
fn where_nothing_helps_it_says_what_was_tried() {
    let findings = mend(&case(&[], true, &[], open("https://backend-demo.senus.example/")));
    assert!(!findings.fine && findings.remedies.is_empty(), "{findings}");
    assert!(findings.tried.iter().map(|(_, count)| count).sum::<usize>() > 20, "{findings}");
    assert!(findings.to_string().starts_with("No single step helps.\nTried: "), "{findings}");
}

#[test]
fn a_remedy_for_another_text_is_not_made() {
    let broken = case(&[(BACKEND, "localhost:3001", "localhost:3002")], true, &[], users());
    let findings = mend(&broken);
    let edited = findings.remedies.iter().find(|remedy| remedy.edit.as_ref().is_some_and(|e| e.document == BACKEND));
    let other = broken.world.with_text(BACKEND, "# empty\n");
    assert!(edited.expect("an edit").apply(&other, &broken.loaded, &broken.actions).is_none());
}

#[test]
fn hostile_texts_are_looked_at_and_the_search_ends() {
    let course = World::course();
    for document in &course.documents {
        for text in ["", "{", "é.listen(é\nserver { listen é;", &"(\n".repeat(300)] {
            let mut broken = case(&[], true, &[], users());
            broken.world = course.with_text(&document.name, text);
            broken.loaded = broken.world.clone();
            all_work(&broken, &mend(&broken));
        }
    }
}
