//! `dns.jsonl`: NSD and BIND, asked for one name, and Unbound, asked as a resolver.

use super::{Case, Verdict, cases, deaf_spots, hold, judge};
use answer::dns::answer;
use serde_json::Value;

/// Sections are compared as sets of lines, without regard to case.
fn same(_: &str, expect: &Value, answer: &Value) -> bool {
    let section = |value: &Value| {
        let mut lines: Vec<String> = value.as_array()?.iter().map(|line| line.to_string().to_lowercase()).collect();
        lines.sort();
        Some(lines)
    };
    match (section(expect), section(answer)) {
        (Some(expect), Some(answer)) => expect == answer,
        _ => expect == answer,
    }
}

#[test]
fn the_comparison_is_not_deaf() {
    let spots =
        cases("dns.jsonl").iter().flat_map(|case| deaf_spots(case, &answer(&case.ask), same)).collect::<Vec<_>>();
    assert_eq!(spots, Vec::<String>::new());
}

/// What differed once between the engine and the programs, in zones of our own.
#[test]
fn name_servers_and_resolver_where_we_were_wrong() {
    let verdict = |case: &Case| (case.id.clone(), judge(case, answer(&case.ask), same));
    let verdicts: Vec<(String, Verdict)> = cases("dns-more.jsonl").iter().map(verdict).collect();
    hold("dns-more", 130, &verdicts);
}

#[test]
fn name_servers_and_resolver() {
    let verdict = |case: &Case| (case.id.clone(), judge(case, answer(&case.ask), same));
    let verdicts: Vec<(String, Verdict)> = cases("dns.jsonl").iter().map(verdict).collect();
    hold("dns", 71, &verdicts);
}
