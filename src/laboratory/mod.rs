//! The laboratory: the CORS bench. A program of its own, fetched by the laboratory's page; it knows neither Leptos nor the
//! player. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`state`] | what is known of server and browser |
//! | [`form`] | the situation as fields, and back |
//! | [`run`] | one trial: predicted, done, compared |
//! | [`show`] | a trial as a table, and why step by step |
//! | [`figure`] | figure 13, lit for a trial |
//! | [`mending`] | what would make it work |
//! | [`all`] | hundreds of trials, one after the other |
//! | [`alone`] | what can be shown without the bundled server |
//!
//! What is predicted comes from `crates/trial`, and from nothing that was seen of the trial.

pub mod all;
pub mod alone;
pub mod figure;
pub mod form;
pub mod mending;
pub mod run;
pub mod show;
pub mod state;

use browser::{dom, place, server, turn};
use course::html::escape;
use show::marked;
use trial::situations::situations;

/// Starts on the page that is open, and on every laboratory that is opened later.
pub fn start() {
    open();
    turn::on_opened(open);
    turn::on_closing(state::leave);
}

/// Comes to life where there is a place for it.
fn open() {
    let Some(place) = dom::find("[data-place=laboratory]") else { return };
    place::on(&place, "click", |word| match word {
        "stop" => state::stop(),
        "all" => server::begin(all::all()),
        "alone" => server::begin(alone::demonstrate()),
        _ => {
            if let Some(number) = word.strip_prefix("difference-") {
                all::open(number.parse().unwrap_or(0));
            } else if let Some(step) = word.strip_prefix("at-") {
                figure::at(step.parse().unwrap_or(0));
            }
        }
    });
    place::on(&place, "change", |word| {
        if word == "situation" {
            choose(&place::value("situation"));
        }
    });
    place::on(&place, "submit", |_| server::begin(run::this()));
    server::begin(arrive());
}

/// Looks who serves the page, and shows what can be done there.
async fn arrive() {
    place::fill("[data-place=laboratory]", "<p class=\"empty\">Looking for the test server…</p>");
    match state::arrive().await {
        Ok(()) => {
            place::fill("[data-place=laboratory]", &bench());
            place::put(".lab-figure", ".figure-place");
            begin();
        }
        Err(words) => {
            place::fill("[data-place=laboratory]", &alone::page(&words));
            place::put(".lab-figure", ".figure-place");
            figure::clear();
        }
    }
}

/// Puts into the fields what the address says, or else the first situation.
fn begin() {
    match trial::address::read(&turn::fragment()) {
        None => choose("no-header"),
        Some(Ok(setting)) => {
            let filled = state::with(|lab| form::fields(&setting.fill(&lab.origins), &lab.origins));
            place::fill(
                ".trial-words",
                "As the link has set it up. A real browser is asked now, and real servers answer.",
            );
            place::fill(".trial-fields", &filled.unwrap_or_default());
            place::fill(".trial-outcome", "");
            figure::clear();
        }
        Some(Err(words)) => {
            choose("no-header");
            let words =
                ["<b>This link sets nothing up:</b> ", &escape(&words), ". Below is the first situation instead."]
                    .concat();
            place::fill(".trial-words", &words);
        }
    }
}

/// Puts a situation with a name into the fields.
fn choose(name: &str) {
    let Some(situation) = situations().into_iter().find(|situation| situation.name == name) else { return };
    let filled = state::with(|lab| form::fields(&situation.setting.fill(&lab.origins), &lab.origins));
    place::fill(".trial-words", &marked(situation.words));
    place::fill(".trial-fields", &filled.unwrap_or_default());
    place::fill(".trial-outcome", "");
    figure::clear();
}

/// The whole bench.
fn bench() -> String {
    let option = |situation: &trial::situations::Situation| {
        format!("<option value=\"{}\">{}</option>", situation.name, escape(situation.title))
    };
    let options: String = situations().iter().map(option).collect();
    let lab = state::with(|lab| (escape(&lab.browser), lab.cookies())).unwrap_or_default();
    format!(
        "<p class=\"lab-browser\">Predicted for <b>{}</b>, in which you read this, by its profile in the engine. {}</p>\
         <p class=\"pick\"><label>Situation <select name=\"situation\" data-do=\"situation\">{options}</select></label></p>\
         <p class=\"trial-words\"></p>\
         <form data-do=\"try\"><div class=\"trial-fields\"></div>{}\
         <p><button class=\"go\">Predict, then fetch</button></p></form>\
         <div class=\"trial-outcome\" role=\"region\" aria-label=\"What came of it\"></div>\
         <div class=\"figure-place\"></div><div class=\"trial-mending\"></div>\
         <p class=\"trial-said\" role=\"status\"></p>{}",
        lab.0,
        lab.1,
        form::guess(),
        all::controls()
    )
}
