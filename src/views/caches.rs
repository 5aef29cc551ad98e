//! The clock, to be moved forward, and what each cache holds at the moment that stands on stage.

use super::{flag, press, text};
use crate::desk::Desk;
use course::html::escape;
use course::load;
use engine::dns::cache;
use engine::place::Place::{Browser, Resolver};
use engine::time::Micros;
use engine::trace::Act;
use engine::world::Kind;
use leptos::prelude::*;

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
        let Some(step) = event.and_then(|event| run.trace.steps.get(event)) else { return (Micros::ZERO, 0, false) };
        // A lookup is remembered as soon as its answer has come back to the browser.
        let answered = |act: &Act| matches!(act, Act::Travel { from: Resolver, to: Browser, .. });
        let mut later = run.trace.steps.iter().skip(event.unwrap_or(0) + 1);
        let open = later.any(|other| other.action == step.action && answered(&other.act));
        (step.end, step.action + usize::from(!open), open)
    });
    let state = desk.world.with(|world| {
        desk.loaded.with(|loaded| desk.actions.with(|actions| load::after(world, loaded, actions, over)))
    });
    let when = if open { ", before this lookup" } else { "" };
    let mut out = format!("<p>At {now}{when}:</p>");
    let rows = cache::table(&state, now);
    if rows.is_empty() {
        return out + "<p class=\"empty\">Neither the browser nor the resolver remembers a name.</p>";
    }
    out += "<table><tr><th>Cache</th><th>Name</th><th>Type</th><th>Data</th><th>Seconds left</th></tr>";
    for row in rows {
        let cache = if row.cache == Browser { "browser" } else { "resolver" };
        let class = if row.positive { "" } else { " class=\"none\"" };
        out += &format!(
            "<tr{class}><td>{cache}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&row.name),
            escape(&row.kind),
            escape(&row.data),
            row.left
        );
    }
    out + "</table>"
}
