//! Kinds `dns-authoritative` and `dns-resolve`: a name server asked for one name, and a resolver.

use crate::Answer;
use engine::dns::zone::{self, Zone};
use engine::dns::{Kind, Rcode, Record, server};
use engine::journey::resolve;
use engine::problem::Severity;
use engine::state::State;
use engine::world::{self, Document, World};
use serde_json::{Value, json};

/// A zone's document is called like the zone, final dot included.
fn documents(ask: &Value) -> Vec<Document> {
    let document = |zone: &Value| Document {
        name: format!("{}..zone", zone["origin"].as_str().unwrap_or("").trim_end_matches('.')),
        kind: world::Kind::Zone,
        text: zone["text"].as_str().unwrap_or("").to_owned(),
    };
    ask["zones"].as_array().into_iter().flatten().map(document).collect()
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}

/// Answers a question of the kinds `dns-authoritative` and `dns-resolve`.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let world = World::from_iter(documents(ask));
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
            let answer = server::answer(&zones.iter().collect::<Vec<_>>(), &qname, kind);
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
