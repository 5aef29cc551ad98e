//! `nginx.jsonl`: nginx 1.22.1, asked with one configuration.

use super::{Case, Verdict, cases, deaf_spots, hold, judge};
use answer::nginx::answer;
use serde_json::Value;

/// The recordings, and how many answers must be right at least. `nginx-more` was recorded here, in the same form: what
/// comparisons with the real nginx over generated configurations had found wrong, and what lies around it.
const RECORDINGS: [(&str, usize); 2] = [("nginx", 29), ("nginx-more", 52)];

/// Headers are compared as sets, everything else as it is; an entry that says that it is unsupported is passed over.
fn same(_: &str, expect: &Value, answer: &Value) -> bool {
    match (expect, answer) {
        (_, Value::Object(entry)) if entry.contains_key("unsupported") => true,
        (Value::Object(expect), answer) => {
            expect.iter().filter(|(field, _)| *field != "version_quirk").all(|(field, value)| match field.as_str() {
                "headers" => headers(value) == headers(&answer[field]),
                _ => same(field, value, &answer[field]),
            })
        }
        (Value::Array(expect), Value::Array(answer)) => {
            expect.len() == answer.len() && expect.iter().zip(answer).all(|(expect, answer)| same("", expect, answer))
        }
        _ => expect == answer,
    }
}

fn headers(value: &Value) -> Vec<String> {
    let mut pairs: Vec<String> = value.as_array().into_iter().flatten().map(ToString::to_string).collect();
    pairs.sort();
    pairs
}

/// Right, as far as it is answered; unsupported where one entry is.
fn verdict(case: &Case) -> Verdict {
    let answer = answer(&case.ask);
    let partly = answer.as_ref().ok().and_then(|answer| {
        let entries = answer["responses"].as_array()?;
        entries.iter().find_map(|entry| entry["unsupported"].as_str().map(ToOwned::to_owned))
    });
    match (judge(case, answer, same), partly) {
        (Verdict::Right, Some(what)) => Verdict::Unsupported(what),
        (verdict, _) => verdict,
    }
}

/// Answers with nothing unsupported in them are compared in every field.
#[test]
fn the_comparison_is_not_deaf() {
    let whole = |case: &&Case| matches!(verdict(case), Verdict::Right);
    let deaf = |case: &Case| deaf_spots(case, &answer(&case.ask), same);
    // `version_quirk` is a remark of those who recorded, and no answer.
    let quirk = |spot: &String| spot.ends_with("version_quirk");
    let all = RECORDINGS.iter().flat_map(|(name, _)| cases(&[name, ".jsonl"].concat())).collect::<Vec<Case>>();
    let spots: Vec<String> = all.iter().filter(whole).flat_map(deaf).filter(|spot| !quirk(spot)).collect();
    assert_eq!(spots, Vec::<String>::new());
}

#[test]
fn nginx() {
    for (name, floor) in RECORDINGS {
        let cases = cases(&[name, ".jsonl"].concat());
        let verdicts: Vec<(String, Verdict)> = cases.iter().map(|case| (case.id.clone(), verdict(case))).collect();
        let responses = |case: &Case| answer(&case.ask).ok().and_then(|answer| answer["responses"].as_array().cloned());
        let responses: Vec<Value> = cases.iter().filter_map(responses).flatten().collect();
        let unsupported = responses.iter().filter(|entry| entry.get("unsupported").is_some()).count();
        println!("{name}: of {} single responses {unsupported} are unsupported", responses.len());
        hold(name, floor, &verdicts);
    }
}
