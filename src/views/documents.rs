//! The configuration beside the figure: one document at a time, the deciding line lit.

use crate::desk::{Desk, line_of};
use engine::trace::Act;
use leptos::prelude::*;

/// The documents as tabs. The one that decided comes to the front by itself, until the reader picks another in that step.
pub fn documents(desk: Desk) -> impl IntoView {
    let lit = Memo::new(move |_| {
        let Some(Act::Decide { basis, .. }) = desk.because().map(|step| step.act) else { return None };
        line_of(&basis).map(|(document, line)| (document.to_owned(), line))
    });
    let picked = RwSignal::new(None::<(Option<usize>, &'static str)>);
    let names = desk.piece.documents;
    let open = Memo::new(move |_| {
        let decided = lit.get().and_then(|(document, _)| names.iter().copied().find(|name| *name == document));
        match picked.get() {
            Some((beat, name)) if beat == desk.beat.get() => name,
            _ => decided.unwrap_or(names[0]),
        }
    });
    let tabs: Vec<_> = names
        .iter()
        .copied()
        .map(|name| {
            let short = name.rsplit('/').next().unwrap_or(name);
            view! {
                <button type="button" aria-pressed=move || (open.get() == name).to_string() title=name
                    class:decides=move || lit.with(|lit| lit.as_ref().is_some_and(|(document, _)| document == name))
                    on:click=move |_| picked.set(Some((desk.beat.get_untracked(), name)))>{short}</button>
            }
        })
        .collect();
    let lines = move || {
        let name = open.get();
        let lit = lit.get().filter(|(document, _)| document == name);
        let text = desk.world.with(|world| world.text(name).unwrap_or_default().to_owned());
        let sought = matches!(lit, Some((_, None)));
        let line = lit.and_then(|(_, line)| line);
        let rows: Vec<_> = text
            .lines()
            .enumerate()
            .map(|(index, text)| {
                let here = line == u32::try_from(index + 1).ok();
                view! { <li class:lit=here aria-current=here.then_some("true")><code>{text.to_owned()}</code></li> }
            })
            .collect();
        view! { <ol class="lines" class:sought=sought tabindex="0">{rows}</ol> }
    };
    view! {
        <section class="documents" aria-label="Configuration">
            <h2>"What is written down"</h2>
            <div class="tabs">{tabs}</div>
            {lines}
        </section>
    }
}
