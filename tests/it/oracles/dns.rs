//! `dns.jsonl`: NSD and BIND, asked for one name, and Unbound, asked as a resolver.

use super::{Answer, Case, Verdict, cases, deaf_spots, hold, judge};
use engine::dns::zone::{self, Zone};
use engine::dns::{Kind, Rcode, Record, server};
use engine::journey::resolve;
use engine::problem::Severity;
use engine::state::State;
use engine::world::{self, Document, World};
use serde_json::{Value, json};

/// A zone's document is called like the zone.
fn documents(ask: &Value) -> Vec<Document> {
    let document = |zone: &Value| Document {
        name: format!("{}zone", zone["origin"].as_str().unwrap_or("")),
        kind: world::Kind::Zone,
        text: zone["text"].as_str().unwrap_or("").to_owned(),
    };
    ask["zones"].as_array().into_iter().flatten().map(document).collect()
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}

fn answer(ask: &Value) -> Answer {
    let world = World { documents: documents(ask) };
    let zones: Vec<Zone> = world.documents.iter().map(|document| zone::parse(&document.name, &document.text)).collect();
    let mut problems = zones.iter().flat_map(|zone| &zone.problems);
    if let Some(problem) = problems.find(|problem| problem.severity == Severity::NotModelled) {
        return Err(problem.words.clone());
    }
    let qtype = ask["qtype"].as_str().unwrap_or("A").to_ascii_uppercase();
    let kind = Kind::named(&qtype).ok_or_else(|| format!("questions of type {qtype}"))?;
    let qname = zone::absolute(ask["qname"].as_str().unwrap_or("."), ".");
    match ask["kind"].as_str() {
        Some("dns-authoritative") => {
            let answer = server::answer(&zones, &qname, kind);
            let (records, authority) = (lines(&answer.records), lines(&answer.authority));
            let (rcode, aa) = (answer.rcode.word(), answer.authoritative);
            Ok(json!({ "rcode": rcode, "aa": aa, "answer": records, "authority": authority, "why": answer.words }))
        }
        Some("dns-resolve") => {
            let (records, rcode): (Vec<Record>, Rcode) = resolve(&world, &State::default(), &qname, kind);
            Ok(json!({ "rcode": rcode.word(), "answer": lines(&records) }))
        }
        kind => Err(format!("questions of the kind {kind:?}")),
    }
}

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

#[test]
fn name_servers_and_resolver() {
    let verdict = |case: &Case| (case.id.clone(), judge(case, answer(&case.ask), same));
    let verdicts: Vec<(String, Verdict)> = cases("dns.jsonl").iter().map(verdict).collect();
    hold("dns", 71, &verdicts);
}
