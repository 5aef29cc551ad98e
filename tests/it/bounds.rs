//! Whatever is written, a run ends, and says in words why. Nothing here is timed: it is enough that each test is over.

use engine::journey::{Action, Timed, run};
use engine::pattern::{Pattern, TooLong};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Outcome, Trace};
use engine::world::World;

const URL: &str = "https://backend-demo.senus.doxyz/users";
const NGINX: &str = "/etc/nginx/conf.d/backend.conf";
const MEGABYTE: usize = 1 << 20;

fn open(world: &World, url: &str) -> Trace {
    let action = Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) };
    run(world, &State::booted(world), &[action], 0).0
}

/// The first words of how it ended.
fn end(trace: &Trace) -> String {
    match &trace.outcomes[0] {
        Outcome::Response { status, .. } => status.to_string(),
        Outcome::BrowserError { code, .. } => (*code).to_owned(),
        Outcome::Printed(words) => words.clone(),
    }
}

#[test]
fn a_megabyte_of_any_document_is_read() {
    let course = World::course();
    for document in &course.documents {
        let lines = document.text.repeat(MEGABYTE / document.text.len() + 1);
        let world = course.with_text(&document.name, &lines);
        assert!(!open(&world, URL).steps.is_empty(), "{}", document.name);
        let _ = world.problems().len();
    }
}

#[test]
fn a_hundred_kilobytes_of_one_character_are_read() {
    let course = World::course();
    for document in &course.documents {
        for character in ["a", " ", "{", "(", "[", "\"", "\\", "$", ";", "\n", "é"] {
            let world = course.with_text(&document.name, &character.repeat(100_000 / character.len()));
            assert!(!open(&world, URL).steps.is_empty(), "{} {character}", document.name);
            let _ = world.problems().len();
        }
    }
}

#[test]
fn aliases_that_lead_to_each_other_end() {
    let course = World::course();
    let zone = course.text("senus.doxyz.zone").unwrap().to_owned() + "one IN CNAME two\ntwo IN CNAME one\n";
    let trace = open(&course.with_text("senus.doxyz.zone", &zone), "http://one.senus.doxyz/");
    assert_eq!(end(&trace), "ERR_NAME_NOT_RESOLVED", "{trace}");
    assert!(trace.steps.len() < 500, "{} steps", trace.steps.len());
}

#[test]
fn redirects_that_lead_to_each_other_end() {
    let conf = "server { listen 80; return 302 http://$host/a; }";
    let trace = open(&World::course().with_text(NGINX, conf), "http://backend-demo.senus.doxyz/");
    assert_eq!(end(&trace), "ERR_TOO_MANY_REDIRECTS", "{trace}");
}

/// Each redirect doubles the address: nginx takes no request line of more than 8 KB, and Chromium no address of more than
/// 2 MB.
#[test]
fn an_address_that_doubles_with_every_redirect_ends() {
    let conf = "server { listen 80 default_server; return 302 a/$server_name$request_uri; }";
    let trace = open(&World::course().with_text(NGINX, conf), "http://backend-demo.senus.doxyz/p?q=1");
    assert!(["414", "ERR_TOO_MANY_REDIRECTS"].contains(&end(&trace).as_str()), "{}", end(&trace));
}

#[test]
fn blocks_inside_blocks_inside_blocks_are_read() {
    let nested = "location /a { ".repeat(50_000) + &"}".repeat(50_000);
    let conf = ["server { listen 80; ", &nested, " }"].concat();
    let world = World::course().with_text(NGINX, &conf);
    assert!(!world.problems().is_empty(), "nothing is said of 50,000 levels");
    let script = "[".repeat(200_000);
    for name in ["backend.js", "ecosystem.config.js", "users.json"] {
        assert!(!open(&World::course().with_text(name, &script), URL).steps.is_empty());
    }
}

#[test]
fn a_hundred_thousand_rules_are_read() {
    let course = World::course();
    let rule = "  Custom TCP  TCP  1024  192.0.2.0/24  for nobody here\n".repeat(100_000);
    let world = course.with_edit("security-group", "\n# Outbound rules", &[&rule, "\n# Outbound rules"].concat());
    assert_eq!(end(&open(&world, URL)), "200");
}

#[test]
fn an_expression_made_to_explode_ends() {
    let text = "a".repeat(5_000) + "b";
    for pattern in ["^(a+)+$", "^(a|a)*$", "^(a*)*$", "(.*)*(.*)*(.*)*c", "(?=(a+)+$)b", "(a?){50}a{50}$"] {
        let found = Pattern::new(pattern, false).map(|pattern| pattern.find(&text));
        assert!(matches!(found, Ok(Ok(None) | Err(TooLong)) | Err(_)), "{pattern}: {found:?}");
    }
    let deep = "(".repeat(100_000) + &")".repeat(100_000);
    assert!(Pattern::new(&deep, false).is_err());
    for large in ["(a{1000}){1000}", "((a{1,100}){1,100}){1,100}", "(?:(?:a{500}){500}){500}"] {
        assert!(Pattern::new(large, false).is_err(), "{large} is compiled");
    }
}

/// Found by fuzzing: twice this length is no number.
#[test]
fn data_that_says_it_is_endless_is_refused() {
    let zone = format!("x 300 IN TXT \\# {}\n", usize::MAX);
    let world = World::course();
    let zone = [world.text("senus.doxyz.zone").unwrap_or(""), &zone].concat();
    let problems = world.with_text("senus.doxyz.zone", &zone).problems();
    assert!(
        problems.iter().any(|problem| problem.words.starts_with("\\# with another number of bytes")),
        "{problems:?}"
    );
}
