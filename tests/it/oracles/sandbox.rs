//! `sandbox.json`: what Chromium did when a page tried to reach something, against what the crate `probe` predicts.

use super::{Verdict, hold, recording};
use probe::context::{Browser, Context};
use probe::probes::find;
use probe::{Outcome, predict};
use serde_json::Value;

fn probes() -> Vec<Value> {
    let all: Value = serde_json::from_str(&recording("sandbox.json")).expect("JSON");
    all["probes"].as_array().expect("a list").clone()
}

/// The recording of this name.
pub(crate) fn at(id: &str) -> Option<Value> {
    probes().into_iter().find(|probe| probe["id"] == id)
}

/// Where the recording was made: its page, and the frame or the policy around it.
pub(crate) fn context_of(id: &str) -> Option<Context> {
    let recorded = at(id)?;
    let page = recorded["context"]["page"].as_str()?;
    let origin = page.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let code = recorded["code"].as_str().unwrap_or_default();
    let context = Context {
        secure: recorded["context"]["secure_context"] == true,
        public: recorded["note"].as_str().is_some_and(|note| note.contains("=public")),
        srcdoc: code.contains("f.srcdoc="),
        ..Context::page(Browser::Chromium, &origin, "http://localhost:21102")
    };
    let attribute = code.split_once("setAttribute('sandbox','").and_then(|(_, rest)| rest.split_once('\''));
    Some(match attribute {
        Some((attribute, _)) => context.sandboxed(attribute),
        None if page.ends_with("/csp-sandbox") => context.sandboxed("allow-scripts"),
        None => context,
    })
}

/// The recorded outcome in our form.
fn observed(recorded: &Value) -> Outcome {
    let thrown = |text: &str| text.split_once(": ").map(|(name, message)| Outcome::throws(name, message));
    if let Some(text) = recorded["observed"]["throws"].as_str() {
        return thrown(text).expect("a name and a message");
    }
    let value = &recorded["observed"]["ok"];
    // A frame tells the page in words what was thrown.
    let told = value.as_str().and_then(|text| thrown(text.strip_prefix("throws ")?));
    told.unwrap_or_else(|| Outcome::Value(value.to_string()))
}

/// What a frame of ours writes itself, and the recording's only reads, is another value of the same verdict.
fn same(id: &str, predicted: &Outcome, seen: &Outcome) -> bool {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (predicted, seen) {
        (Outcome::Value(one), Outcome::Value(other)) => json(one) == json(other) && json(one).is_some(),
        _ => predicted == seen && !id.is_empty(),
    }
}

fn judge(recorded: &Value) -> Verdict {
    let id = recorded["id"].as_str().expect("an id");
    let (Some(probe), Some(context)) = (find(id), context_of(id)) else {
        return Verdict::Unsupported("nothing is tried by the page".to_owned());
    };
    let (predicted, seen) = (predict(probe, &context), observed(recorded));
    let (word, verdict) = (predicted.verdict.word(), recorded["verdict"].as_str().unwrap_or_default());
    if !same(id, &predicted.outcome, &seen) {
        return Verdict::Wrong(format!("{} and not {}", predicted.outcome.words(), seen.words()));
    }
    if word == verdict { Verdict::Right } else { Verdict::Wrong(format!("verdict {word} and not {verdict}")) }
}

#[test]
fn the_sandbox_is_as_chromium_has_it() {
    let verdicts: Vec<_> =
        probes().iter().map(|probe| (probe["id"].as_str().expect("an id").to_owned(), judge(probe))).collect();
    hold("sandbox", 43, &verdicts);
}

/// The comparison hears a difference: another outcome, or another verdict, is wrong.
#[test]
fn the_comparison_is_not_deaf() {
    for mut recorded in probes().into_iter().filter(|recorded| matches!(judge(recorded), Verdict::Right)) {
        let (was, verdict) = (recorded["observed"].clone(), recorded["verdict"].clone());
        recorded["observed"] = serde_json::json!({ "ok": "something else" });
        assert!(matches!(judge(&recorded), Verdict::Wrong(_)), "{}", recorded["id"]);
        recorded["observed"] = was;
        recorded["verdict"] = "something else".into();
        assert!(matches!(judge(&recorded), Verdict::Wrong(_)), "{} {verdict}", recorded["id"]);
    }
}
