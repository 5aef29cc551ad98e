//! What a page says is to be answered: `{"places": [{"at": "http://localhost:8081", "target": "/trial/ID/main",
//! "policy": {"preflight": …, "actual": …}}]}`. The policy is the engine's own type, so that what is predicted and what is
//! answered come from one value.

use super::store::Place;
use super::{Trials, refusal};
use crate::live::answer::Refusal;
use axum::http::StatusCode;
use engine::browser::exchange::Policy;
use serde::Deserialize;
use serde_json::Value;
use trial::lines;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    places: Vec<Where>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Where {
    at: String,
    target: String,
    policy: Policy,
}

/// Reads it, or says what is wrong with it.
pub fn read(trials: &Trials, id: &str, said: Value) -> Result<Vec<Place>, Refusal> {
    let wrong = |words: String| refusal(StatusCode::BAD_REQUEST, words);
    let told: Told = serde_json::from_value(said).map_err(|problem| wrong(format!("not understood: {problem}")))?;
    if told.places.len() > trials.limits.places {
        return Err(wrong(format!("a trial has at most {} places", trials.limits.places)));
    }
    let folder = format!("/trial/{id}/");
    for Where { at, target, policy } in &told.places {
        if !trials.origins().any(|origin| origin == *at) {
            let origins: Vec<String> = trials.origins().collect();
            return Err(wrong(format!("{at:?} is none of our origins; they are {}", origins.join(", "))));
        }
        if !target.starts_with(&folder) || target.len() > lines::LONGEST {
            return Err(wrong(format!("{target:?} does not lie below {folder}")));
        }
        if let Some(trouble) = lines::trouble(policy, &folder) {
            return Err(wrong(trouble));
        }
    }
    let places: Vec<Place> =
        told.places.into_iter().map(|Where { at, target, policy }| Place { at, target, policy }).collect();
    match places.iter().map(Place::size).sum::<usize>() {
        size if size > trials.limits.trial_bytes / 2 => Err(wrong("more than one trial may hold".to_owned())),
        _ => Ok(places),
    }
}
