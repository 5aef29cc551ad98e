//! Recorded answers of real programs, put to the engine. `tests/oracles/README.md` has the forms of question and answer.
//!
//! The crate `answer` puts them, as `roundtrip answer` does. Each file here compares its answers with what was recorded.
//!
//! What is not right today stands in `tests/oracles/expected-failures`, and can only become less: a line that is no
//! longer true fails the test until it is deleted.

mod browsers;
mod cors;
mod dns;
mod express;
mod facts;
mod like;
mod nginx;
mod nginx_test;
mod pool;
mod psql;
mod rules;
pub(crate) mod sandbox;
mod security_group;
mod sql;

use answer::Answer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How an answer compares with the recorded one.
enum Verdict {
    Right,
    Wrong(String),
    Unsupported(String),
}

/// One recorded question with its answer.
struct Case {
    id: String,
    ask: Value,
    expect: Value,
    /// Other right answers, where real programs differ.
    also_right: Vec<Value>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oracles")
}

pub(crate) fn recording(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).expect("a recording")
}

/// The questions of a recording that has one a line.
fn cases(file: &str) -> Vec<Case> {
    let read = |line: &str| {
        let mut value: Value = serde_json::from_str(line).expect("JSON");
        let also_right = value["also_right"].as_array().cloned().unwrap_or_default();
        let id = value["id"].as_str().expect("an id").to_owned();
        Case { id, ask: value["ask"].take(), expect: value["expect"].take(), also_right }
    };
    recording(file).lines().map(read).collect()
}

/// Compares the fields that were recorded, each as `same` says.
fn judge(case: &Case, answer: Answer, same: impl Fn(&str, &Value, &Value) -> bool) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(what) => return Verdict::Unsupported(what),
    };
    let differing = |expect: &Value| {
        let fields = expect.as_object().expect("fields");
        fields
            .iter()
            .find(|(field, value)| !same(field, value, &answer[field.as_str()]))
            .map(|(field, _)| field.clone())
    };
    match differing(&case.expect) {
        Some(_) if case.also_right.iter().any(|other| differing(other).is_none()) => Verdict::Right,
        Some(field) => Verdict::Wrong(format!("{field}: {} and not {}", answer[&field], case.expect[&field])),
        None => Verdict::Right,
    }
}

/// Where the comparison is deaf: the places in the recorded answer at which another value would pass as well.
fn deaf_spots(case: &Case, answer: &Answer, same: impl Fn(&str, &Value, &Value) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    leaves(&case.expect, String::new(), &mut places);
    let passes = |place: &String| {
        let mut expect = case.expect.clone();
        let leaf = expect.pointer_mut(place).expect("a place in it");
        *leaf = match &*leaf {
            Value::Bool(yes) => Value::Bool(!yes),
            other => Value::String(format!("not {other}")),
        };
        let other = Case { id: String::new(), ask: Value::Null, expect, also_right: Vec::new() };
        matches!(judge(&other, answer.clone(), &same), Verdict::Right)
    };
    places.into_iter().filter(passes).map(|place| format!("{}{place}", case.id)).collect()
}

/// The places of all values that are no lists and no objects, as JSON pointers.
fn leaves(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| leaves(item, format!("{at}/{i}"), into)),
        Value::Object(fields) => fields.iter().for_each(|(name, item)| leaves(item, format!("{at}/{name}"), into)),
        _ => into.push(at),
    }
}

/// Holds the verdicts of one recording against its list of expected failures, and prints the score. At least `floor`
/// answers must be right, so that no list can grow unseen.
fn hold(recording: &str, floor: usize, verdicts: &[(String, Verdict)]) {
    let path = folder().join("expected-failures").join(format!("{recording}.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty());
    let mut expected: BTreeMap<&str, &str> = lines
        .map(|line| line.rsplit_once(' ').expect("an id and a word"))
        .map(|(id, word)| (id.trim(), word))
        .collect();
    let mut counts = BTreeMap::from([("right", 0), ("wrong", 0), ("unsupported", 0)]);
    let mut complaints = String::new();
    for (id, verdict) in verdicts {
        let (word, why) = match verdict {
            Verdict::Right => ("right", ""),
            Verdict::Wrong(why) => ("wrong", why.as_str()),
            Verdict::Unsupported(why) => ("unsupported", why.as_str()),
        };
        *counts.get_mut(word).expect("one of three words") += 1;
        let listed = expected.remove(id.as_str()).unwrap_or("right");
        if word == listed {
            continue;
        }
        let _ = match word {
            "right" => writeln!(complaints, "{id} is right now: delete its line"),
            _ => writeln!(complaints, "{id} {word}, and not {listed}: {why}"),
        };
    }
    for id in expected.keys() {
        let _ = writeln!(complaints, "{id} is listed and does not exist");
    }
    let (right, wrong, unsupported) = (counts["right"], counts["wrong"], counts["unsupported"]);
    println!("{recording}: {right} right, {wrong} wrong, {unsupported} unsupported of {}", verdicts.len());
    assert!(complaints.is_empty(), "{}:\n{complaints}", path.display());
    assert!(right >= floor, "{recording}: {right} right, and there were {floor}");
}
