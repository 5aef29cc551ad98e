//! What other browsers did in the laboratory’s situations by chance, recorded by `cargo xtask test --firefox` (with `RECORD`),
//! and what the engine says that they do. Without those browsers, it is held against what they have done once.

use engine::browser::profile::Profile;
use serde_json::Value;
use std::fmt::Write as _;
use trial::browsers::{named, probed};
use trial::compare::{agree, compare};
use trial::plan::{Plan, plan};
use trial::setting::Origins;
use trial::told::{observed, predict, predicted};

/// The name in the place of a trial’s own.
const WORD: &str = "0000000000000000000000000000cafe";

/// What a record says of one trial.
struct Record {
    link: String,
    plan: Plan,
    heard: String,
    witness: String,
}

/// The profile that was found out, the browser’s name, and the trials.
fn read(text: &str) -> (Profile, String, Vec<Record>) {
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let head = lines.next().expect("a head");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let all: Vec<String> = head["origins"].as_array().expect("origins").iter().map(text).collect();
    let origins = Origins::of(&text(&head["site"]), &all).expect("the site is one of them");
    let mut records: Vec<Record> = lines
        .map(|line| {
            let link = text(&line["trial"]);
            let setting = trial::address::read(&link).expect("a trial").expect("a whole one");
            let plan = plan(&setting.fill(&origins), &origins, WORD).expect("an address");
            Record { link, plan, heard: text(&line["heard"]), witness: text(&line["witness"]) }
        })
        .collect();
    let (name, profile) = named(&text(&head["browser"]));
    let probe = records.remove(0);
    let seen = observed(&probe.plan, &probe.heard, &probe.witness).expect("the probe’s record");
    (probed(profile, &seen), name, records)
}

/// Where engine and browser differ, a paragraph each, and how many trials there were.
fn differences(text: &str) -> (usize, Vec<String>) {
    let (profile, _, records) = read(text);
    let mut out = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let told = predicted(&record.plan, &predict(&record.plan, &profile));
        let seen = observed(&record.plan, &record.heard, &record.witness).expect("a record");
        let rows = compare(&told, &seen, profile.name == "Chromium");
        if !agree(&rows) {
            let mut words = format!("{}: {}\n", number + 1, record.link);
            for row in rows.iter().filter(|row| !row.agrees) {
                let _ = writeln!(words, "  {}\n    - {}\n    + {}", row.what, row.predicted, row.seen);
            }
            out.push(words);
        }
    }
    (records.len(), out)
}

/// The lines of the list of those in which the engine is known to be wrong about this browser.
fn expected(browser: &str) -> Vec<usize> {
    let list = include_str!("../../oracles/expected-failures/browsers.txt");
    let mine = list.lines().filter_map(|line| line.strip_prefix(browser)?.trim().parse().ok());
    mine.collect()
}

fn hold(browser: &str, text: &str) {
    let (all, differ) = differences(text);
    assert!(all >= 300, "{browser}: {all}");
    let wrong: Vec<usize> =
        differ.iter().filter_map(|words| words.split(':').next().and_then(|number| number.parse().ok())).collect();
    assert_eq!(wrong, expected(browser), "{browser}: {}", differ.join("\n"));
}

#[test]
fn what_firefox_did() {
    hold("firefox", include_str!("../../oracles/firefox.jsonl"));
}

#[test]
fn what_webkit_did() {
    hold("webkit", include_str!("../../oracles/webkit.jsonl"));
}

/// Told to be Chromium, the engine is wrong about Firefox in many of them: the profiles are not all the same.
#[test]
fn one_browser_is_not_another() {
    let as_chromium = include_str!("../../oracles/firefox.jsonl").replacen("Firefox/", "Chrome/", 1);
    assert!(differences(&as_chromium).1.len() > 20);
}

/// For whoever records anew: `RECORDED=FILE cargo test -p tests --test it -- browsers::recorded --ignored --nocapture`.
#[test]
#[ignore = "needs a record: RECORDED=FILE"]
#[allow(clippy::disallowed_methods, reason = "whoever records names the file")]
fn recorded() {
    let Ok(file) = std::env::var("RECORDED") else { return };
    let (all, differ) = differences(&std::fs::read_to_string(file).expect("a record"));
    differ.iter().for_each(|words| println!("{words}"));
    println!("{} of {all} agree", all - differ.len());
}
