//! What was predicted beside what was seen.

use crate::context::Browser;
use crate::outcome::Outcome;
use crate::predict::Prediction;
use crate::probes::Probe;

/// Whether something was reached: a value that does not say the contrary.
pub fn reached(probe: &Probe, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Value(value) => !probe.closed.contains(&value.as_str()),
        Outcome::Throws(..) | Outcome::Silent => false,
    }
}

/// Whether both say the same: in Chromium to the letter, elsewhere whether something is reached.
pub fn agrees(probe: &Probe, predicted: &Prediction, seen: &Outcome, browser: Browser) -> bool {
    match browser {
        // What stands in a picked file is the person's own.
        _ if probe.id == "pick" => reached(probe, seen),
        // A dialog is answered by the person.
        _ if probe.id == "frame-modal" && reached(probe, &predicted.outcome) => {
            ["true", "false"].map(|answer| Outcome::Value(answer.to_owned())).contains(seen)
        }
        Browser::Chromium => predicted.outcome == *seen,
        Browser::Other => reached(probe, &predicted.outcome) == reached(probe, seen),
    }
}
