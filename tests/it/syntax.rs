//! nginx's configuration language: no text breaks the reading of it, and every problem stands on a line of it.

use engine::problem::Severity;
use engine::proxy::build::Surroundings;
use engine::proxy::parse::{Read, read, read_whole};
use engine::world::{Kind, World};
use proptest::prelude::*;

const AROUND: Surroundings<'_> = Surroundings { hosts: &[], certificates: &[], keys: &[], other_keys: &[] };

fn check(text: &str) -> Read {
    let whole = ["events {} http { ", text, "\n}\n"].concat();
    read_whole("nginx.conf", &whole, AROUND);
    let found = read(&[("nginx.conf", text)], AROUND);
    let lines = text.lines().count().max(1) as u32;
    for problem in &found.problems {
        assert!((1..=lines).contains(&problem.source.line), "{problem} of {lines} lines");
    }
    found
}

#[test]
fn large_files_are_bounded() {
    let repeated = |what: &str, times: usize| what.repeat(times);
    let numbered = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    let locations = numbered(25_000, |i| format!("location /l{i} {{ return 200; }}\n"));
    let servers = numbered(10_000, |i| format!("server {{ listen 80; server_name n{i}.test; }}\n"));
    let headers = numbered(50_000, |i| format!("add_header X-{i} $host;\n"));
    let upstreams = numbered(10_000, |i| format!("upstream u{i} {{ server 127.0.0.1; }}\n"));
    let texts = [
        ["server {\n", &locations, "}\n"].concat(),
        servers,
        headers,
        upstreams,
        ["server { ", &repeated("location / { ", 10_000)].concat(),
        repeated("{", 100_000),
        repeated("server { ", 100_000),
        repeated("}", 1_000_000),
        repeated("\"", 1_000_000),
        repeated("a ", 500_000),
        repeated("allow all;\n", 100_000),
        ["map $uri $a {\n", &numbered(20_000, |i| format!("k{i} v;\n")), "}\n"].concat(),
    ];
    for text in texts {
        let found = check(&text);
        assert!(found.problems.len() <= 20_000, "{}", found.problems.len());
    }
}

#[test]
fn blocks_nested_too_deeply_are_named() {
    let text = ["server { ", &"location / { ".repeat(100), &"} ".repeat(101)].concat();
    let found = check(&text);
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].severity, Severity::NotModelled);
    assert_eq!(found.problems[0].words, "blocks nested so deeply are not read");
}

#[test]
fn every_word_of_what_we_ship_may_be_missing_or_there_twice() {
    let world = World::course();
    for document in world.of(Kind::Nginx) {
        let text = document.text.as_str();
        for (at, word) in text.split_inclusive([' ', '\n', ';']).scan(0, |end, word| {
            let at = *end;
            *end += word.len();
            Some((at, word))
        }) {
            let (before, after) = (&text[..at], &text[at + word.len()..]);
            check(&[before, after].concat());
            check(&[before, word, word, after].concat());
        }
    }
}

/// Words of configurations, and signs that mean something.
fn word() -> impl Strategy<Value = String> {
    let known = "server location upstream map geo types if http events listen server_name return rewrite set proxy_pass \
        proxy_set_header add_header error_page try_files limit_req limit_req_zone access_log log_format ssl_certificate \
        proxy_buffers large_client_header_buffers gzip_types proxy_cookie_path resolver expires split_clients hash \
        { } ; {} $ ${ $host ${x} $x \" ' \\ # ( ) (-f ~ ~* = ^~ @x / /a * *.a . 80 443 [::]: [ ] unix: : 1m -1 0 on off \
        zone=a:1m zone=a burst=1 http:// http://a:80/x default \u{e9} \u{0} 99999999999999999999 ~(?<a>b) ~( [a-";
    let known: Vec<String> = known.split_whitespace().map(ToOwned::to_owned).collect();
    prop_oneof![4 => prop::sample::select(known), 1 => "[ -~]{0,6}", 1 => Just("\n".to_owned()), 1 => "\\PC{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_reading(words in prop::collection::vec(word(), 0..40)) {
        check(&words.join(" "));
        check(&words.concat());
    }

    #[test]
    fn no_arguments_break_a_directive(name in prop::sample::select(names()), words in prop::collection::vec(word(), 0..5)) {
        let said = [&name, " ", &words.join(" ")].concat();
        for text in [[&said, ";"].concat(), ["server { ", &said, "; }"].concat(), ["server { location / { ", &said, "; } }"].concat(), ["upstream u { ", &said, "; }"].concat()] {
            check(&text);
        }
    }
}

/// Every directive that nginx has.
fn names() -> Vec<String> {
    let own = include_str!("../../crates/engine/src/proxy/syntax/directives.txt").lines();
    let passed = include_str!("../../crates/engine/src/proxy/syntax/upstreams.txt").lines();
    let first = |line: &str| line.split(' ').next().unwrap_or("").to_owned();
    own.map(first).chain(passed.map(|line| ["proxy_", &first(line)].concat())).collect()
}
