//! Kind `cors`: fetches of one page's script, one after the other, against servers that answer as the question says.
//!
//! The answer follows the Fetch standard. Where Chromium departs from it and something else is seen, the step says so in
//! `chromium`, in the same form. A question may name another `profile` (`chromium`, `firefox`, `webkit`), and what becomes of
//! cookies of other sites (`third_party`: `allowed`, `blocked`, `partitioned`). `cookies` are those of each request that
//! leaves, preflights among them.

use crate::Answer;
use engine::browser::exchange::{self, Policy, Reply, Sent};
use engine::browser::fetch::{Fetched, Remembered, fetch};
use engine::browser::origin::serialize;
use engine::browser::profile::{Profile, ThirdParty};
use engine::browser::request::{Credentials, Init, Mode, Page, RedirectMode};
use engine::browser::url::Url;
use engine::time::Micros;
use serde_json::{Map, Value, json};

/// Chromium as Debian ships it, with which the recordings were made: it blocks cookies of other sites.
pub const RECORDED: Profile = Profile { third_party: ThirdParty::Blocked, ..Profile::CHROMIUM };

/// A text; the empty one where there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// Pairs of texts.
fn pairs(value: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| (text(&pair[0]).to_owned(), text(&pair[1]).to_owned());
    value.as_array().into_iter().flatten().map(pair).collect()
}

fn said(value: &Value) -> exchange::Answer {
    let headers = pairs(&value["headers"]).into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let status = value["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
    exchange::Answer { status, headers, body: text(&value["body"]).to_owned() }
}

fn policy(value: &Value) -> Policy {
    Policy { preflight: value.get("preflight").map(said), actual: said(&value["actual"]) }
}

fn page(ask: &Value) -> Result<Page, String> {
    let origin = text(&ask["page"]["origin"]);
    let url = Url::parse(origin, None).ok_or_else(|| format!("a page of the origin {origin}"))?;
    Ok(Page { url, opaque: ask["page"]["opaque"].as_bool().unwrap_or(false) })
}

fn init(step: &Value) -> Result<Init, String> {
    Ok(Init {
        url: text(&step["url"]).to_owned(),
        method: step["method"].as_str().unwrap_or("GET").to_owned(),
        headers: pairs(&step["headers"]),
        body: step["body"].as_str().map(ToOwned::to_owned),
        mode: match step["mode"].as_str() {
            None | Some("cors") => Mode::Cors,
            Some("no-cors") => Mode::NoCors,
            Some("same-origin") => Mode::SameOrigin,
            Some("navigate") => Mode::Navigate,
            Some(other) => return Err(format!("the mode {other}")),
        },
        credentials: match step["credentials"].as_str() {
            None | Some("same-origin") => Credentials::SameOrigin,
            Some("omit") => Credentials::Omit,
            Some("include") => Credentials::Include,
            Some(other) => return Err(format!("the credentials mode {other}")),
        },
        redirect: match step["redirect"].as_str() {
            None | Some("follow") => RedirectMode::Follow,
            Some("error") => RedirectMode::Error,
            Some("manual") => RedirectMode::Manual,
            Some(other) => return Err(format!("the redirect mode {other}")),
        },
    })
}

/// What was seen of one step, in the form of the recordings.
fn seen(fetched: &Fetched) -> Value {
    let preflight = |sent: &Sent| {
        json!({
            "url": sent.url.sent(),
            "origin": sent.header("Origin"),
            "acrm": sent.header("Access-Control-Request-Method"),
            "acrh": sent.header("Access-Control-Request-Headers"),
        })
    };
    let actual =
        |sent: &Sent| json!({ "url": sent.url.sent(), "method": sent.method, "origin": sent.header("Origin") });
    let (preflights, others): (Vec<&Sent>, Vec<&Sent>) = fetched.sent().partition(|sent| sent.preflight);
    json!({
        "outcome": fetched.seen.word(),
        "script_status": fetched.seen.status(),
        "visible_headers": fetched.seen.visible_headers(),
        "preflights": preflights.into_iter().map(preflight).collect::<Vec<Value>>(),
        "actual_requests": others.into_iter().map(actual).collect::<Vec<Value>>(),
        "chromium_reason": fetched.cors_reason(),
        "cookies": fetched.sent().map(|sent| sent.header("Cookie")).collect::<Vec<_>>(),
    })
}

/// Why it ended as it did: each decision with the algorithm, its link, what it says, and the header that decided.
fn why(fetched: &Fetched) -> Value {
    let decisions = fetched.decisions().map(|decision| {
        let mut line = json!({
            "ruling": decision.ruling.word(),
            "algorithm": decision.rule.algorithm.name,
            "link": decision.rule.algorithm.link,
            "says": decision.rule.says,
        });
        if let Some(header) = &decision.header {
            line["header"] = json!([header.name, header.value]);
        }
        if let Some(reason) = &decision.reason {
            line["chromium"] = json!(reason.name());
        }
        line
    });
    decisions.collect()
}

/// The steps of a question, as a profile has them.
fn steps(ask: &Value, profile: &Profile) -> Result<Vec<(Fetched, Value)>, String> {
    let page = page(ask)?;
    let mut server: Map<String, Value> = ask["server"].as_object().cloned().unwrap_or_default();
    let (mut remembered, mut now) = (Remembered::default(), Micros::ZERO);
    let mut steps = Vec::new();
    for step in ask["steps"].as_array().into_iter().flatten() {
        now += Micros::millis(step["wait_ms_before"].as_u64().unwrap_or(0));
        if let Some(change) = step["server_change"].as_object() {
            server.extend(change.clone());
        }
        let mut answers = |sent: &Sent, at: Micros| {
            let known = server.get(&sent.url.sent()).map(|entry| policy(entry).answer(sent).clone());
            let nothing = exchange::Answer { status: 404, ..exchange::Answer::default() };
            Reply { answer: Some(known.unwrap_or(nothing)), at }
        };
        let fetched = fetch(&init(step)?, &page, profile, (&mut remembered, now), &mut answers);
        let seen = seen(&fetched);
        steps.push((fetched, seen));
    }
    Ok(steps)
}

/// What script gets of each fetch, and what arrives at the servers.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let profile = match ask["profile"].as_str() {
        None | Some("standard") => Profile::STANDARD,
        Some("chromium") => RECORDED,
        Some("firefox") => Profile::FIREFOX,
        Some("webkit") => Profile::WEBKIT,
        Some(other) => return Err(format!("the profile {other}")),
    };
    let third_party = match ask["third_party"].as_str() {
        None => profile.third_party,
        Some("allowed") => ThirdParty::Allowed,
        Some("blocked") => ThirdParty::Blocked,
        Some("partitioned") => ThirdParty::Partitioned,
        Some(other) => return Err(format!("cookies of other sites that are {other}")),
    };
    answer_as(ask, &Profile { third_party, ..profile })
}

/// The same, as a given profile has it.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer_as(ask: &Value, profile: &Profile) -> Answer {
    let other = (profile.name == Profile::STANDARD.name).then(|| steps(ask, &RECORDED)).transpose()?;
    let mut lines = Vec::new();
    for (at, (fetched, mut line)) in steps(ask, profile)?.into_iter().enumerate() {
        let departs = other.as_ref().and_then(|other| other.get(at)).filter(|(_, chromium)| *chromium != line);
        line["why"] = why(&fetched);
        line["console"] = json!(fetched.console);
        line["exception"] = json!(fetched.exception());
        if let Some((_, chromium)) = departs {
            line["chromium"] = chromium.clone();
        }
        lines.push(line);
    }
    Ok(json!({ "page": serialize(&page(ask)?.origin()), "steps": lines }))
}
