//! What is pressed and slid below the figures, as HTML: written once, when the figure begins to play. Fields say of
//! themselves what they set (`data-knob`, `data-slide`), buttons what they do (`data-cue`), and places what is said in
//! them (`data-said`).

use crate::head::{PACES, pace};
use crate::knob::{Knob, Values, field};
use crate::{devices, pool};
use course::html::escape;

/// How many tokens are drawn at most, to choose from.
pub const TOKENS: [u64; 5] = [300, 2_000, 4_000, 10_000, 50_000];

/// Of these, what is chosen if nobody does.
pub const USUAL_TOKENS: u64 = 4_000;

fn icon(name: &str, d: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 24 24\" width=\"23\" height=\"23\" aria-hidden=\"true\"><path d=\"{d}\"/></svg><span class=\"unseen\">{name}</span>"
    )
}

/// What stands on the button that plays and pauses.
pub fn play(playing: bool) -> String {
    if playing { icon("Pause", "M7 5h4v14H7zM14 5h4v14h-4z") } else { icon("Play", "M8 4.5v15l12-7.5z") }
}

fn button(cue: &str, name: &str, key: &str, d: &str) -> String {
    format!("<button type=\"button\" data-cue=\"{cue}\" title=\"{key}\">{}</button>", icon(name, d))
}

/// The bar that stays in sight: the sentence, and everything that moves through the run.
fn bar() -> String {
    let option = |thousandths: u64| format!("<option value=\"{thousandths}\">{}</option>", pace(thousandths));
    let paces: String = PACES.into_iter().map(option).collect();
    format!(
        "<div class=\"now\"><div class=\"caption\"><p class=\"sentence\" data-said=\"sentence\"></p>\
         <p class=\"because\"><span class=\"basis\"><small data-said=\"because\"></small></span></p></div>\
         <p class=\"unseen\" role=\"status\" data-said=\"spoken\"></p>\
         <div class=\"bar\">{}{}<button class=\"play\" type=\"button\" data-cue=\"toggle\" title=\"Space\" data-said=\"play\">{}</button>{}{}\
         <div class=\"track\"><svg class=\"ticks\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" data-said=\"tick\"></svg>\
         <input class=\"scrub\" type=\"range\" min=\"0\" max=\"1000\" value=\"0\" aria-label=\"Moment\" data-scrub=\"\"></div>\
         <output class=\"moment\" data-said=\"moment\"></output>\
         <label class=\"speed\"><span>Speed</span><select data-pace=\"\">{paces}</select></label>\
         <button class=\"wordy\" type=\"button\" data-cue=\"stop\" hidden>Stop</button></div></div>",
        button("reset", "From the beginning", "Home", "M6 5h2v14H6zM20 5v14L9 12z"),
        button("back", "Step back", "Left arrow", "M17 5v14L7 12zM5 5h2v14H5z"),
        play(false),
        button("step", "Step", "Right arrow", "M7 5v14l10-7zM17 5h2v14h-2z"),
        button("end", "To the end", "End", "M4 5v14l11-7zM16 5h2v14h-2z"),
    )
}

/// The keys, as a line: they act where the focus is in the player and in no field.
const KEYS: &str = "<details class=\"more\"><summary>Keys</summary><p><kbd>Space</kbd> or <kbd>K</kbd> plays and pauses, <kbd>←</kbd> \
    <kbd>→</kbd> (<kbd>J</kbd>, <kbd>L</kbd>) step, <kbd>Home</kbd> and <kbd>End</kbd> go to the beginning and the end, <kbd>0</kbd> to \
    <kbd>9</kbd> to the tenths, <kbd>&lt;</kbd> <kbd>&gt;</kbd> slower and faster, <kbd>Esc</kbd> stops. They act while the focus is in this \
    part of the page and in no field.</p></details>";

fn knobs(title: &str, knobs: &[Knob], seen: usize, values: &Values, presets: &[(&str, &str)]) -> String {
    let fields = |knobs: &[Knob]| knobs.iter().map(|knob| field(knob, values.get(knob.name))).collect::<String>();
    let preset = |(words, set): &(&str, &str)| {
        format!("<button type=\"button\" data-preset=\"{}\">{}</button>", escape(set), escape(words))
    };
    let presets: String = presets.iter().map(preset).collect();
    let more = if seen < knobs.len() {
        format!(
            "<details class=\"more\"><summary>More settings</summary><div class=\"knobs\">{}</div></details>",
            fields(&knobs[seen..])
        )
    } else {
        String::new()
    };
    format!(
        "<fieldset class=\"set\"><legend>{title}</legend><p class=\"presets\">{presets}</p><div class=\"knobs\">{}</div>{more}{KEYS}</fieldset>\
         <div data-said=\"matters\" role=\"status\"></div>",
        fields(&knobs[..seen])
    )
}

/// A slider that reads charts at one of their stretches.
fn reader(label: &str, data: &str, said: &str) -> String {
    format!(
        "<label class=\"reader\">{label} <input type=\"range\" min=\"0\" max=\"0\" value=\"0\" data-{data}=\"\"></label>\
         <p class=\"unseen\" data-said=\"{said}\"></p>"
    )
}

fn chart(name: &str) -> String {
    format!("<div class=\"chart\" data-said=\"{name}\"></div>")
}

/// Everything below figure 14.
pub fn of_pool(values: &Values) -> String {
    let tokens = |many: u64| {
        let on = if many == USUAL_TOKENS { " selected" } else { "" };
        format!("<option value=\"{many}\"{on}>{}</option>", crate::say::thousands(many))
    };
    let tokens: String = TOKENS.into_iter().map(tokens).collect();
    format!(
        "<section class=\"player numbers\" tabindex=\"0\" aria-label=\"Player\">{}\
         <p class=\"legend-tokens\"><span data-said=\"scale\"></span> <label>Draw at most <select data-tokens=\"\">{tokens}</select></label></p>{}\
         <section class=\"point\"><h2>From how many on?</h2><p data-said=\"point\"></p>\
         <button type=\"button\" data-cue=\"find\">Find the point from which the flood is refused</button></section>\
         <section><h2>How it ended</h2><div data-said=\"counts\"></div></section>\
         <section class=\"charts\"><h2>The course of time</h2>{}{}{}{}{}\
         <details><summary>As a table</summary><div class=\"wide-table\" tabindex=\"0\" role=\"region\" aria-label=\"The course of time\" data-said=\"course\"></div></details></section>\
         <section class=\"charts\"><h2>How long</h2>{}{}</section></section>",
        bar(),
        knobs(
            "What comes, and what there is",
            &pool::settings::KNOBS,
            pool::settings::SEEN,
            values,
            &pool::settings::PRESETS
        ),
        reader("Read the charts at", "at", "read"),
        chart("latency"),
        chart("queue"),
        chart("connections"),
        chart("ends"),
        reader("Read the distribution at", "bin", "read-waits"),
        chart("waits"),
    )
}

/// Everything below figure 15.
pub fn of_devices(values: &Values) -> String {
    let most = devices::desk::MOST_ORDERS;
    let orders: String = [100_000, 500_000, 1_000_000, 2_000_000, most]
        .into_iter()
        .map(|orders| {
            let on = if orders == 1_000_000 { " selected" } else { "" };
            format!("<option value=\"{orders}\"{on}>{}</option>", crate::say::thousands(u64::from(orders)))
        })
        .collect();
    format!(
        "<section class=\"player numbers\" tabindex=\"0\" aria-label=\"Player\">{}{}\
         <section class=\"own\"><h2>On your own device</h2>\
         <p>The same work, done for real: as Wasm in a worker here, and by the bundled server if it runs. The page stays alive meanwhile.</p>\
         <p class=\"bar\"><label>Orders <select data-orders=\"\">{orders}</select></label>\
         <button class=\"wordy\" type=\"button\" data-cue=\"measure\">Measure</button>\
         <button class=\"wordy\" type=\"button\" data-cue=\"cancel\" hidden>Cancel</button>\
         <progress max=\"1000\" value=\"0\" aria-label=\"How much of the work is done\" hidden></progress>\
         <output data-said=\"working\"></output></p><div data-said=\"measured\" role=\"status\"></div></section>\
         <section><h2>The machines</h2><div data-said=\"machines\"></div></section>\
         <section><h2>The server</h2><div data-said=\"servers\"></div></section>\
         <section class=\"charts\"><h2>The course of time</h2>{}{}</section></section>",
        bar(),
        knobs(
            "The work, and what the server has",
            &devices::settings::KNOBS,
            devices::settings::SEEN,
            values,
            &devices::settings::PRESETS
        ),
        reader("Read the chart at", "at", "read"),
        chart("progress"),
    )
}
