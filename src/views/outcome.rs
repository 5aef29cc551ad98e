//! What the browser's window shows in the end, as Chromium would show it.

use super::{address, caches, text};
use crate::desk::Desk;
use crate::markup;
use leptos::prelude::*;

/// A small browser window: the address while the request is under way, and what came of it.
pub fn outcome(desk: Desk) -> impl IntoView {
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
                {address::asked(desk)}
                <div class="content" inner_html=body></div>
            </div>
            {caches::caches(desk)}
        </section>
    }
}
