//! The configuration beside the figure: one document at a time, the deciding line lit.

use super::{flag, press, text};
use crate::desk::Desk;
use crate::markup;
use browser::dom;
use leptos::prelude::*;

/// The documents as tabs. The one that decided comes to the front by itself, until the reader picks another in that step.
pub fn documents(desk: Desk) -> impl IntoView {
    let lit = Memo::new(move |_| desk.lit());
    let picked = RwSignal::new(None::<(Option<usize>, &'static str)>);
    let names = desk.piece.documents;
    let open = Memo::new(move |_| {
        let decided = lit.get().and_then(|(document, _)| names.iter().copied().find(|name| *name == document));
        match picked.get() {
            Some((beat, name)) if beat == desk.beat.get() => name,
            _ => decided.unwrap_or(names[0]),
        }
    });
    let tab = |name: &'static str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let decides = flag(move || lit.with(|lit| lit.as_ref().is_some_and(|(document, _)| document == name)));
        let pick = press(move || picked.set(Some((desk.beat.get_untracked(), name))));
        let open = text(move || (open.get() == name).to_string());
        view! { <button type="button" aria-pressed=open title=name class:decides=decides on:click=pick>{short}</button> }
    };
    let tabs: Vec<_> = names.iter().copied().map(tab).collect();
    let here = move || lit.get().filter(|(document, _)| document == open.get());
    let lines = Memo::new(move |_| {
        let line = here().and_then(|(_, line)| line);
        desk.world.with(|world| markup::lines(world.text(open.get()).unwrap_or_default(), line))
    });
    // The lit line comes into sight within its box. This writes no signal; it is the page that moves.
    Effect::new(move |_| {
        lines.track();
        dom::reveal_lit_line();
    });
    view! {
        <section class="documents" aria-label="Configuration">
            <h2>"What is written down"</h2>
            <div class="tabs">{tabs}</div>
            <ol class="lines" class:sought=flag(move || matches!(here(), Some((_, None)))) tabindex="0"
                inner_html=text(move || lines.get())></ol>
        </section>
    }
}
