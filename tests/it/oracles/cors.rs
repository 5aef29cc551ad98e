//! `cors.jsonl` and `cors-more.jsonl`: fetches of a page's script, and what Chromium 156 did.
//!
//! The engine answers after the standard; where Chromium departs from it, the line stands among the expected failures, with
//! the departure. As Chromium it must be right in every line.

use super::{Case, Verdict, cases, deaf_spots, hold, judge, recording};
use answer::cors::{RECORDED, answer, answer_as};
use engine::browser::profile::{Memory, Profile, ThirdParty};
use serde_json::{Value, json};

/// The recordings, and how many answers must be right at least.
const RECORDINGS: [(&str, usize); 2] = [("cors", 443), ("cors-more", 279)];

/// Everything but Chromium's name, which is compared apart; of headers that a preflight asks for, the order does not count.
fn same(field: &str, expect: &Value, answer: &Value) -> bool {
    match (field, expect, answer) {
        ("chromium_reason" | "console" | "exception", ..) => true,
        ("acrh", Value::String(expect), Value::String(answer)) => sorted(expect) == sorted(answer),
        (_, Value::Object(expect), answer) => {
            expect.iter().all(|(field, value)| same(field, value, &answer[field.as_str()]))
        }
        (_, Value::Array(expect), Value::Array(answer)) => {
            expect.len() == answer.len() && expect.iter().zip(answer).all(|(expect, answer)| same("", expect, answer))
        }
        _ => expect == answer,
    }
}

fn sorted(names: &str) -> Vec<String> {
    let mut names: Vec<String> = names.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.sort();
    names
}

/// The lines in which the standard and the browser are known to differ, by those who recorded them.
fn disputed(file: &str) -> Vec<String> {
    let lines: Vec<Value> = recording(file).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    lines.iter().filter(|line| line["disputed"].is_array()).map(|line| line["id"].to_string()).collect()
}

/// Chromium's names among the network errors of both: how many are right, and of how many.
fn reasons(case: &Case, answer: &Value) -> (usize, usize) {
    let steps = case.expect["steps"].as_array().into_iter().flatten().zip(answer["steps"].as_array().expect("steps"));
    let errors = steps.filter(|(expect, step)| [expect, step].iter().all(|side| side["outcome"] == "network-error"));
    errors.fold((0, 0), |(right, all), (expect, step)| {
        (right + usize::from(expect["chromium_reason"] == step["chromium_reason"]), all + 1)
    })
}

#[test]
fn cors_after_the_standard() {
    for (name, floor) in RECORDINGS {
        let file = [name, ".jsonl"].concat();
        let disputed = disputed(&file);
        let counted = |case: &Case| !disputed.contains(&json!(case.id).to_string());
        let cases: Vec<Case> = cases(&file).into_iter().filter(counted).collect();
        let mut verdicts = Vec::new();
        let (mut right, mut all) = (0, 0);
        for case in &cases {
            let answer = answer(&case.ask).expect("an answer");
            let reasons = reasons(case, &answer);
            let verdict = judge(case, Ok(answer), same);
            if matches!(verdict, Verdict::Right) {
                (right, all) = (right + reasons.0, all + reasons.1);
            }
            verdicts.push((case.id.clone(), verdict));
        }
        println!("{name}: of {all} refusals in the lines that are right {right} have Chromium's own name");
        assert!(right * 100 >= all * 95, "{name}: {right} of {all} names");
        hold(name, floor, &verdicts);
    }
}

/// The profile with which a line was recorded.
fn recorded(ask: &Value) -> Profile {
    let third_party = if ask["third_party"] == "allowed" { ThirdParty::Allowed } else { RECORDED.third_party };
    Profile { third_party, ..RECORDED }
}

#[test]
fn as_chromium_every_line_is_right() {
    for (name, _) in RECORDINGS {
        for case in cases(&[name, ".jsonl"].concat()) {
            let answer = answer_as(&case.ask, &recorded(&case.ask)).expect("an answer");
            let reasons = reasons(&case, &answer);
            assert_eq!(reasons.0, reasons.1, "{}: {}", case.id, answer["steps"]);
            if let Verdict::Wrong(why) = judge(&case, Ok(answer.clone()), same) {
                panic!("{}: {why}", case.id);
            }
            let steps =
                case.expect["steps"].as_array().into_iter().flatten().zip(answer["steps"].as_array().expect("steps"));
            for (expect, step) in steps.filter(|(expect, _)| expect["exception"].is_string()) {
                assert_eq!(expect["exception"], step["exception"], "{}", case.id);
                let console = step["console"].as_array().expect("lines");
                // Of several headers that are not allowed Chromium names one, in no order that could be told.
                let told = |line: &&Value| !line.to_string().contains("Request header field");
                for line in expect["console"].as_array().into_iter().flatten().filter(told) {
                    assert!(console.contains(line), "{}: {line} and not {console:?}", case.id);
                }
            }
        }
    }
}

/// Where the engine's answer is not what Chromium did, it says that Chromium departs, and how.
#[test]
fn departures_are_told() {
    for case in cases("cors-more.jsonl").iter().filter(|case| case.ask["third_party"].is_null()) {
        let answer = answer(&case.ask).expect("an answer");
        let steps =
            case.expect["steps"].as_array().into_iter().flatten().zip(answer["steps"].as_array().expect("steps"));
        for (expect, step) in steps {
            let told = if step["chromium"].is_null() { step } else { &step["chromium"] };
            assert!(same("", expect, told), "{}: {expect} and not {told}", case.id);
        }
    }
}

/// How one thing of Chromium's profile is put back to the standard.
type Mend = (&'static str, fn(&mut Profile));

/// Every departure of Chromium that a recording can show. The longest time that a preflight is remembered is not among
/// them: nobody waited for two hours.
const DEPARTURES: [Mend; 20] = [
    ("a negative age is 0", |profile| profile.max_age = Profile::STANDARD.max_age),
    ("`*` covers Authorization", |profile| profile.wildcard_covers_authorization = false),
    ("headers of one name are joined", |profile| profile.joins_headers = false),
    ("its own safe headers", |profile| profile.own_safelist = false),
    ("Available-Dictionary is never sent", |profile| profile.never_sent = &[]),
    ("the last preflight is remembered as a whole", |profile| profile.memory = Memory::EachGrant),
    ("a failure clears nothing", |profile| profile.forgets_on_failure = true),
    ("Origin: null is not remembered", |profile| profile.remembers_null = true),
    ("conditions pass by the preflight cache", |profile| profile.conditions_pass_by = false),
    ("a no-cors redirect hides the origin", |profile| profile.no_cors_redirect_hides_origin = false),
    ("foreign frames name themselves", |profile| profile.foreign_frames_name_themselves = false),
    ("client hints do not survive a redirect", |profile| profile.dropped_on_redirect = &[]),
    ("no redirect to a user name", |profile| profile.blocks_credentials_in_redirects = false),
    ("an empty Location is none", |profile| profile.empty_location_is_no_redirect = false),
    ("`error` needs a Location", |profile| profile.error_needs_location = false),
    ("every Location is read", |profile| profile.reads_every_location = false),
    ("the same Location twice", |profile| profile.location_twice = false),
    ("cookies stay in a no-cors redirect", |profile| profile.no_cors_keeps_credentials = false),
    ("a redirect does not leave the site", |profile| profile.same_site_ignores_redirects = false),
    ("loopback pages are no secure pages", |profile| profile.mixed_content_from_loopback = false),
];

/// Which departures a line shows: without one of them the engine is no longer right.
fn shown(case: &Case) -> Vec<&'static str> {
    let right = |profile: &Profile| {
        let answer = answer_as(&case.ask, profile);
        matches!(judge(case, answer, same), Verdict::Right)
    };
    let without = |(_, mend): &&Mend| {
        let mut profile = recorded(&case.ask);
        mend(&mut profile);
        !right(&profile)
    };
    DEPARTURES.iter().filter(without).map(|(name, _)| *name).collect()
}

#[test]
fn every_departure_of_chromium_is_seen_in_a_recording() {
    let cases: Vec<Case> = RECORDINGS.iter().flat_map(|(name, _)| cases(&[name, ".jsonl"].concat())).collect();
    let seen: Vec<&str> = cases.iter().flat_map(shown).collect();
    let unseen: Vec<&str> = DEPARTURES.iter().map(|(name, _)| *name).filter(|name| !seen.contains(name)).collect();
    assert_eq!(unseen, Vec::<&str>::new(), "no line shows them");
}

/// Prints the list of expected failures, each with the departure that it shows.
#[test]
#[ignore = "for a new recording; the list of an old one may only become shorter"]
fn list_the_departures() {
    for (name, _) in RECORDINGS {
        let wrong = |case: &&Case| matches!(judge(case, answer(&case.ask), same), Verdict::Wrong(_));
        for case in cases(&[name, ".jsonl"].concat()).iter().filter(wrong) {
            let shown = shown(case);
            let shown =
                if shown.is_empty() { "in two ways, each of which suffices".to_owned() } else { shown.join("; ") };
            println!("{} wrong  # Chromium departs: {shown}", case.id);
        }
    }
}

/// Answers are compared in every field.
#[test]
fn the_comparison_is_not_deaf() {
    let compared =
        |spot: &String| !["chromium_reason", "console", "exception"].iter().any(|field| spot.contains(field));
    let deaf = |case: &Case| {
        let answer = answer_as(&case.ask, &recorded(&case.ask));
        deaf_spots(case, &answer, same)
    };
    let spots: Vec<String> = cases("cors.jsonl").iter().flat_map(deaf).filter(compared).collect();
    assert_eq!(spots, Vec::<String>::new());
}
