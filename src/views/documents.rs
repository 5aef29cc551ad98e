//! The configuration beside the figure: one document at a time, the deciding line lit.

use super::{flag, press, text};
use crate::desk::Desk;
use crate::markup;
use browser::dom;
use leptos::prelude::*;

/// The documents as tabs. The one that decided comes to the front by itself, until the reader picks another in that step.
pub fn documents(desk: Desk) -> impl IntoView {
    let picked = RwSignal::new(None::<(Option<usize>, &'static str)>);
    let names = desk.piece.documents;
    let open = move || match picked.get() {
        Some((beat, name)) if beat == desk.beat() => name,
        _ => {
            let decided = desk.lit().and_then(|(document, _)| names.iter().copied().find(|name| *name == document));
            decided.unwrap_or(names[0])
        }
    };
    let tab = |name: &'static str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let decides = flag(move || desk.lit().is_some_and(|(document, _)| document == name));
        let pick = press(move || picked.set(Some((untrack(|| desk.beat()), name))));
        let open = text(move || (open() == name).to_string());
        view! { <button type="button" aria-pressed=open title=name class:decides=decides on:click=pick>{short}</button> }
    };
    let tabs: Vec<_> = names.iter().copied().map(tab).collect();
    let here = move || desk.lit().filter(|(document, _)| document == open());
    let lines = move || {
        let line = here().and_then(|(_, line)| line);
        desk.world.with(|world| markup::lines(world.text(open()).unwrap_or_default(), line))
    };
    // The lit line comes into sight within its box. This writes no signal; it is the page that moves.
    Effect::new(move |before: Option<String>| {
        let lines = lines();
        if before.as_ref() != Some(&lines) {
            dom::reveal_lit_line();
        }
        lines
    });
    view! {
        <section class="documents" aria-label="Configuration">
            <h2>"What is written down"</h2>
            <div class="tabs">{tabs}</div>
            <ol class="lines" class:sought=flag(move || matches!(here(), Some((_, None)))) tabindex="0"
                inner_html=text(lines)></ol>
        </section>
    }
}
