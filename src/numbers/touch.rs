//! What is pressed, slid and typed.

use crate::open::Open;
use crate::state::State;
use crate::{ask, measure, show};
use browser::form::{self, Touch};
use browser::turn;
use numbers::head::{Cue, respond};
use numbers::knob::{Values, Way, spoken, step_of, steps};
use std::rc::Rc;

/// Something was done.
pub fn touched(open: &Rc<Open>, touch: &Touch) {
    let changed = {
        let mut state = open.state.borrow_mut();
        match touch.kind().as_str() {
            "input" => typed(&mut state, touch),
            "change" => chosen(&mut state, touch),
            "click" => pressed(&mut state, touch),
            "keydown" => key(&mut state, touch),
            _ => pointed(&mut state, touch),
        }
    };
    if changed {
        show::head(&mut open.state.borrow_mut());
        ask::go_on(open);
    }
}

/// A slider or a field of the settings, the scrubber, or a reader of charts.
fn typed(state: &mut State, touch: &Touch) -> bool {
    let value = touch.value();
    if let Some(name) = touch.says("slide") {
        let Some(Way::Slide(least, most)) = way(state, &name) else { return false };
        let steps = steps(least, most);
        let at = value.parse::<usize>().unwrap_or(0).min(steps.len() - 1);
        return set(state, &name, steps[at]);
    }
    if let Some(name) = touch.says("knob") {
        // A field that was emptied waits for its number.
        return value.parse().is_ok_and(|number| set(state, &name, number));
    }
    let number = value.parse::<u64>().unwrap_or(0);
    if touch.says("scrub").is_some() {
        let at = (u128::from(number) * u128::from(state.head.length) / 1_000) as u64;
        return cue(state, Cue::Seek(at));
    }
    if touch.says("at").is_some() {
        (state.at, state.say) = (Some(number), true);
        return true;
    }
    if touch.says("bin").is_some() {
        (state.bin, state.say) = (Some(number), true);
        return true;
    }
    false
}

/// A select.
fn chosen(state: &mut State, touch: &Touch) -> bool {
    let number = touch.value().parse::<u64>().unwrap_or(0);
    if touch.says("pace").is_some() {
        return cue(state, Cue::Pace(number));
    }
    if touch.says("tokens").is_some() {
        (state.tokens, state.due) = (number, true);
        return true;
    }
    if touch.says("orders").is_some() {
        state.measure.orders = number;
    }
    false
}

fn pressed(state: &mut State, touch: &Touch) -> bool {
    if let Some(preset) = touch.says("preset") {
        let mut values = Values::usual(state.kind.knobs());
        values.read(&preset);
        for knob in state.kind.knobs() {
            put(state, knob.name, values.get(knob.name));
        }
        state.values = values;
        return anew(state);
    }
    match touch.says("cue").as_deref() {
        Some("toggle") => cue(state, Cue::Toggle),
        Some("step") => cue(state, Cue::Step),
        Some("back") => cue(state, Cue::StepBack),
        Some("end") => cue(state, Cue::End),
        Some("reset") => cue(state, Cue::Stop) && cue(state, Cue::Seek(0)),
        Some("stop") => {
            state.finding = false;
            cue(state, Cue::Stop)
        }
        Some("find") => {
            state.finding = true;
            true
        }
        Some("measure") => measure::begin(state),
        Some("cancel") => measure::cancel(state),
        _ => false,
    }
}

fn key(state: &mut State, touch: &Touch) -> bool {
    let Some(key) = touch.key().filter(|_| state.keys) else { return false };
    let done = match key.as_str() {
        " " | "k" => cue(state, Cue::Toggle),
        "ArrowRight" | "l" => cue(state, Cue::Step),
        "ArrowLeft" | "j" => cue(state, Cue::StepBack),
        "Home" => cue(state, Cue::Stop) && cue(state, Cue::Seek(0)),
        "End" => cue(state, Cue::End),
        "<" => cue(state, Cue::Faster(false)),
        ">" => cue(state, Cue::Faster(true)),
        "Escape" => {
            state.finding = false;
            cue(state, Cue::Stop)
        }
        tenth if tenth.len() == 1 && tenth.as_bytes()[0].is_ascii_digit() => {
            cue(state, Cue::Seek(state.head.length / 10 * u64::from(tenth.as_bytes()[0] - b'0')))
        }
        _ => return false,
    };
    touch.keep();
    done
}

/// A chart under the pointer is read where that is.
fn pointed(state: &mut State, touch: &Touch) -> bool {
    let (Some(name), Some(edges), Some(across)) = (touch.says("chart"), touch.says("edges"), touch.across("chart"))
    else {
        return false;
    };
    let edges: Vec<f64> = edges.split(' ').filter_map(|edge| edge.parse().ok()).collect();
    let at = edges.partition_point(|edge| *edge <= across * 1_000.0);
    if at == 0 || at >= edges.len() {
        return false;
    }
    let (at, read) = ((at - 1) as u64, if name == "waits" { &mut state.bin } else { &mut state.at });
    if *read == Some(at) {
        return false;
    }
    *read = Some(at);
    state.say = true;
    form::put(if name == "waits" { "[data-bin]" } else { "[data-at]" }, &at.to_string());
    true
}

fn cue(state: &mut State, cue: Cue) -> bool {
    let before = state.head;
    state.head = respond(before, cue);
    if state.head.seek.is_none() && !state.head.playing && before.wants() {
        state.say = true;
    }
    true
}

fn way(state: &State, name: &str) -> Option<Way> {
    state.kind.knobs().iter().find(|knob| knob.name == name).map(|knob| knob.way)
}

/// Sets a knob, and the other field of it.
fn set(state: &mut State, name: &str, value: u64) -> bool {
    if state.values.get(name) == value || !state.values.set(name, value) {
        return false;
    }
    put(state, name, state.values.get(name));
    anew(state)
}

/// Puts a value into the fields of a knob.
fn put(state: &State, name: &str, value: u64) {
    let Some(knob) = state.kind.knobs().iter().find(|knob| knob.name == name) else { return };
    form::put(&format!("[data-knob={name}]"), &value.to_string());
    if let Way::Slide(least, most) = knob.way {
        let slider = format!("[data-slide={name}]");
        form::put(&slider, &step_of(&steps(least, most), value).to_string());
        form::set(&slider, "aria-valuetext", &spoken(knob, value));
    }
}

/// Other settings: the run begins anew, and the address says which they are.
fn anew(state: &mut State) -> bool {
    let query = state.values.beside(&turn::query(), state.kind.knobs());
    let address = if query.is_empty() { turn::here() } else { [&*turn::here(), "?", &query].concat() };
    turn::replace(&address);
    state.set_anew();
    show::mark_rate(state, None);
    true
}
