//! One attempt: made in the page of the attempts, compared with its prediction, shown, and lit in the figure; and all of them.

use super::{light, show, state};
use browser::{jail, place, server};
use course::html::escape;
use probe::compare::agrees;
use probe::lights::{of_attempt, of_server};
use probe::probes::{Begins, Group, find, of};
use probe::{Outcome, Probe, predict};
use trial::json::Json;

/// How long one attempt may take, in milliseconds.
const PATIENCE: i32 = 10_000;
/// The same where it waits until no press counts any more.
const UNASKED: i32 = 60_000;

/// Makes one, at the press of its button.
pub async fn this(probe: &'static Probe) {
    if !state::take() {
        return;
    }
    if probe.begins == Begins::Unasked {
        say(&[escape(probe.title).as_str(), WAITS].concat());
    }
    let words = one(probe).await;
    state::give_back();
    say(&words);
}

/// Makes all of them, one after the other.
pub async fn all() {
    if !state::take() {
        return;
    }
    state::note(|known| known.tried.clear());
    let served = state::with(|known| known.served).unwrap_or_default();
    let all = || Group::TABLE.into_iter().flat_map(of);
    let free = |probe: &&Probe| probe.begins == Begins::Freely || probe.begins == Begins::WithServer && served;
    // Those that are made unasked come last: until then, the press that began all this counts no more.
    let probes: Vec<&Probe> = all().filter(free).chain(all().filter(|probe| probe.begins == Begins::Unasked)).collect();
    for (number, probe) in probes.iter().enumerate() {
        let waits = if probe.begins == Begins::Unasked { WAITS } else { "" };
        say(&format!("{} of {}: {}{waits}", number + 1, probes.len(), escape(probe.title)));
        let words = one(probe).await;
        if state::page().await.is_err() {
            say(&words);
            state::give_back();
            return;
        }
        if state::with(|_| ()).is_none() {
            // The page was turned.
            return;
        }
    }
    let agreed = state::with(|known| known.tried.values().filter(|agrees| **agrees).count()).unwrap_or_default();
    say(&format!(
        "<b data-agreed=\"{agreed}\" data-done=\"{}\">{agreed} of {} came as predicted.</b>",
        probes.len(),
        probes.len()
    ));
    state::give_back();
}

const WAITS: &str = " (waits some seconds, until your press counts no more)";

fn say(html: &str) {
    place::fill(".sandbox-said", html);
}

/// Makes one attempt, and lets the server do its part; what came of it in a sentence, as HTML.
async fn one(probe: &'static Probe) -> String {
    let Some(known) = state::with(Clone::clone) else { return String::new() };
    state::note(|known| {
        known.tried.remove(probe.id);
    });
    let page = match state::page().await {
        Ok(page) => page,
        Err(words) => return words.to_owned(),
    };
    let unasked = probe.begins == Begins::Unasked;
    let args = format!("{{\"other\":{},\"unasked\":{unasked}}}", probe::outcome::quoted(&known.context.other));
    let patience = if unasked { UNASKED } else { PATIENCE };
    let heard = page.ask(probe.id, &[probe.id, "\n", &args].concat(), patience).await;
    let (violated, seen) =
        match heard.as_deref().and_then(|heard| heard.splitn(3, '\n').nth(2).map(|rest| (heard, rest))) {
            Some((heard, rest)) => (
                heard.split('\n').nth(1).unwrap_or_default().to_owned(),
                Outcome::read(rest).unwrap_or(Outcome::Silent),
            ),
            None => (String::new(), Outcome::Silent),
        };
    let words = came(probe, &seen, &violated);
    if let Some(op) = probe.server.filter(|_| known.served) {
        serve(probe, op).await;
    }
    words
}

/// Shows what came of an attempt, and lights it.
fn came(probe: &'static Probe, seen: &Outcome, violated: &str) -> String {
    let Some(context) = state::with(|known| known.context.clone()) else { return String::new() };
    let predicted = predict(probe, &context);
    place::fill(&selector("seen", probe), &show::seen(probe, &predicted, seen, violated, context.browser));
    let agree = violated.is_empty() && agrees(probe, &predicted, seen, context.browser);
    note(probe, agree);
    light::show(&of_attempt(probe, seen));
    let how = if agree { "as predicted" } else { "not as predicted" };
    format!("{}: {}, {how}.", escape(probe.title), predicted.verdict.words())
}

/// Notes whether an attempt came as predicted, and says how many of its group did.
fn note(probe: &'static Probe, agrees: bool) {
    state::note(|known| {
        known.tried.entry(probe.id).and_modify(|before| *before &= agrees).or_insert(agrees);
    });
    let tried = state::with(|known| known.tried.clone()).unwrap_or_default();
    let of_group: Vec<bool> = of(probe.group).filter_map(|probe| tried.get(probe.id).copied()).collect();
    let agreed = of_group.iter().filter(|agrees| **agrees).count();
    let class = if agreed == of_group.len() { "agrees" } else { "differs" };
    let words = format!("<span class=\"{class}\">{agreed} of {} tried came as predicted</span>", of_group.len());
    place::fill(&format!("[data-tally={:?}]", probe.group), &words);
}

fn selector(what: &str, probe: &Probe) -> String {
    format!(".sandbox-groups [data-{what}=\"{}\"]", probe.id)
}

/// Lets the server do what a page may not.
async fn serve(probe: &'static Probe, op: probe::served::Op) {
    let (method, path) = op.request();
    let place = selector("served", probe);
    let Some((status, text)) = server::ask(method, path, op.body()).await else {
        // It has gone since: say so, and call it nothing else.
        place::fill(
            &place,
            "<p class=\"then\">The server does not answer any more. Start it again, and load the page anew.</p>",
        );
        return;
    };
    let as_predicted = status == op.status();
    place::fill(&place, &show::served(status, &told(&text), as_predicted));
    if as_predicted {
        light::show(&of_server(op, status == 200));
    } else {
        note(probe, false);
    }
}

/// Variables that are named on the page, of those whose values are not told.
const NAMED: usize = 30;

/// What the server said, as a person reads it: names and values, one a line.
fn told(text: &str) -> String {
    let Some(said) = Json::read(text) else { return text.to_owned() };
    if let Some(refused) = said.get("error").text() {
        return refused.to_owned();
    }
    let word = |value: &Json| match value {
        Json::Text(text) | Json::Number(text) => text.trim_end().to_owned(),
        _ => "—".to_owned(),
    };
    let name = |one: &Json| one.get("name").text().unwrap_or_default().to_owned();
    let entries = said
        .get("entries")
        .list()
        .iter()
        .map(|one| format!("{} ({}, {} bytes)", name(one), word(one.get("kind")), word(one.get("bytes"))));
    let variables = said.get("variables").list();
    let harmless = variables.iter().filter(|one| one.get("value").text().is_some());
    let harmless = harmless.map(|one| format!("{}={}", name(one), word(one.get("value"))));
    let hidden: Vec<String> = variables.iter().filter(|one| one.get("value").text().is_none()).map(name).collect();
    let mut lines: Vec<String> = entries.chain(harmless).collect();
    if !hidden.is_empty() {
        // A value may be a secret: it stays on the server.
        let first = hidden.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(" ");
        let rest = if hidden.len() > NAMED { " …" } else { "" };
        lines.push(format!("and {} more, whose values stay there: {first}{rest}", hidden.len()));
    }
    if let (true, Json::Map(pairs)) = (lines.is_empty(), &said) {
        lines = pairs.iter().map(|(name, value)| format!("{name}: {}", word(value))).collect();
    }
    lines.join("\n")
}

/// A file was picked: it is read here, in the page, and goes nowhere.
pub async fn pick() {
    let (Some(probe), Some((name, bytes, text))) = (find("pick"), jail::picked("picked").await) else { return };
    let seen = Outcome::text(&text);
    let words = came(probe, &seen, "");
    say(&format!("{words} {} has {bytes} bytes; nothing of it was sent anywhere.", escape(&name)));
}
