//! The clock, to be moved forward, and what each cache holds at the moment that stands on stage.

use super::{flag, press, text};
use crate::asked;
use crate::desk::Desk;
use engine::place::Place::{Browser, Resolver};
use engine::time::Micros;
use engine::world::Kind;
use leptos::prelude::*;
use stage::plot::Act;

/// How long one may wait: the words, and the seconds.
const SPANS: [(&str, u64); 3] = [("30 s", 30), ("5 min", 300), ("1 h", 3_600)];

/// Shown where the piece has a zone beside it.
pub fn caches(desk: Desk) -> Option<impl IntoView> {
    let zone = |name: &&str| {
        let is = |world: &engine::world::World| world.of(Kind::Zone).any(|document| document.name == **name);
        desk.world.with_untracked(is)
    };
    desk.piece.documents.iter().find(|name| zone(name))?;
    let waits = SPANS.map(|(words, seconds)| {
        view! { <button type="button" on:click=press(move || desk.wait(seconds))>{words}</button> }
    });
    let first = move || desk.actions.with(|actions| course::anew(actions).len() == actions.len());
    Some(view! {
        <div class="caches">
            <h2>"What is remembered"</h2>
            <div class="waits">
                <span>"Wait, then ask again:"</span>
                {waits.into_iter().collect::<Vec<_>>()}
                <button type="button" disabled=flag(first) on:click=press(move || desk.anew())>"Start anew"</button>
            </div>
            <div class="held" tabindex="0" role="region" aria-label="What each cache holds" inner_html=text(move || table(desk))></div>
        </div>
    })
}

/// What is remembered at this moment, as a table.
fn table(desk: Desk) -> String {
    let event = desk.moment.get().event;
    let (now, over, open) = desk.run.with(|run| {
        let Some(step) = event.and_then(|event| run.plot.steps.get(event)) else { return (Micros::ZERO, 0, false) };
        // A lookup is remembered as soon as its answer has come back to the browser.
        let answered = |act: &Act| matches!(act, Act::Travel { from: Resolver, to: Browser, .. });
        let mut later = run.plot.steps.iter().skip(event.unwrap_or(0) + 1);
        let open = later.any(|other| other.action == step.action && answered(&other.act));
        (step.end, step.action + usize::from(!open), open)
    });
    let when = if open { ", before this lookup" } else { "" };
    let held = if desk.ready.get() { asked::caches(over, now, &desk.bench()) } else { None };
    let waits = || "<p class=\"empty\">Shown as soon as the engine is here.</p>".to_owned();
    format!("<p>At {now}{when}:</p>") + &held.unwrap_or_else(waits)
}
