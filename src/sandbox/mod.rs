//! The sandbox: what a page may reach, predicted, tried in this very browser, and done by the bundled server (figure 12). A
//! program of its own, fetched by its page; it knows neither Leptos nor the player. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`state`] | what is known of browser and server, and what was tried |
//! | [`show`] | tables, as text |
//! | [`attempt`] | one attempt: made, compared, shown, lit; and all of them |
//! | [`frame`] | the frame whose attribute `sandbox` is switched |
//! | [`light`] | the figure's arrows |
//! | [`modules`] | what the Wasm modules import |
//!
//! What is predicted comes from `crates/probe`, and from nothing that was seen of an attempt.

pub mod attempt;
pub mod frame;
pub mod light;
pub mod modules;
pub mod show;
pub mod state;

use browser::{dom, place, server, turn};

/// Starts on the page that is open, and on every page with this figure that is opened later.
pub fn start() {
    open();
    turn::on_opened(open);
    turn::on_closing(state::leave);
}

/// Comes to life where there is a place for it.
fn open() {
    if dom::find("[data-place=sandbox]").is_none() {
        return;
    }
    for place in ["[data-place=sandbox]", "[data-place=sandbox-more]"].into_iter().filter_map(dom::find) {
        place::on(&place, "click", pressed);
        place::on(&place, "change", |word| match word {
            "pick" => server::begin(attempt::pick()),
            "token" => server::begin(frame::again()),
            _ => {}
        });
    }
    server::begin(arrive());
}

fn pressed(word: &str) {
    match word {
        "all" => server::begin(attempt::all()),
        "frame" => server::begin(frame::again()),
        "modules" => server::begin(modules::read()),
        _ => {
            if let Some(id) = word.strip_prefix("try-").and_then(probe::probes::find) {
                server::begin(attempt::this(id));
            }
        }
    }
}

/// Looks who serves the page, and shows everything with its prediction. Nothing is tried before somebody presses something.
async fn arrive() {
    match state::arrive().await {
        Ok(()) => {
            if let Some(html) = state::with(show::page) {
                place::fill("[data-place=sandbox]", &html);
                place::fill("[data-place=sandbox-more]", &show::more());
                frame::predicted();
            }
        }
        Err(words) => place::fill("[data-place=sandbox]", &show::nowhere(words)),
    }
}
