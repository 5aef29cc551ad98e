//! What the browser's window shows in the end, as Chromium would show it.

use super::text;
use crate::desk::Desk;
use crate::markup;
use engine::journey::{Action, Timed};
use leptos::prelude::*;

/// A small browser window: the address while the request is under way, and what came of it.
pub fn outcome(desk: Desk) -> impl IntoView {
    let asked = |actions: &Vec<Timed>| {
        actions.iter().find_map(|action| match &action.what {
            Action::Open(url) | Action::Reach(url) => Some(url.clone()),
            Action::Connect { from, port } => Some(format!("from {from} to port {port}")),
            _ => None,
        })
    };
    let address = text(move || desk.actions.with(asked).unwrap_or_default());
    let body = text(move || {
        let (run, moment) = (desk.run.get(), desk.moment.get());
        match run.trace.outcomes.last() {
            Some(outcome) if moment.over => markup::page(outcome),
            _ if moment.beat.is_none() => "<p class=\"empty\">Nothing has been asked for yet.</p>".to_owned(),
            _ => "<p class=\"empty\">Waiting for the answer …</p>".to_owned(),
        }
    });
    view! {
        <section class="outcome" aria-label="The browser window">
            <h2>"What the browser shows"</h2>
            <div class="window">
                <p class="address"><code>{address}</code></p>
                <div class="content" inner_html=body></div>
            </div>
        </section>
    }
}
