//! The configuration beside the figure: one document at a time, the one that decided in front.

use super::{editor, flag, loading, press, share, text};
use crate::desk::Desk;
use leptos::prelude::*;

/// Which document is open: one that the reader has picked in a step, or the one that decided.
#[derive(Clone, Copy)]
pub struct Open {
    picked: RwSignal<Option<(Option<usize>, &'static str)>>,
    /// Its name.
    pub name: Memo<&'static str>,
}

impl Open {
    /// Follows what decides.
    pub fn new(desk: Desk) -> Self {
        let names = desk.piece.documents;
        let picked = RwSignal::new(None);
        let name = Memo::new(move |_| match picked.get() {
            Some((beat, name)) if beat == desk.beat() => name,
            _ => {
                let decided = desk.lit().and_then(|(document, _)| names.iter().copied().find(|name| *name == document));
                decided.unwrap_or(names[0])
            }
        });
        Self { picked, name }
    }

    /// Opens a document, as long as this step stands.
    pub fn pick(self, desk: Desk, name: &str) {
        if let Some(name) = desk.piece.documents.iter().find(|known| **known == name) {
            self.picked.set(Some((untrack(|| desk.beat()), name)));
        }
    }
}

/// The documents as tabs. The one that decided comes to the front by itself, until the reader picks another in that step.
pub fn documents(desk: Desk, open: Open) -> impl IntoView {
    let tab = |name: &'static str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let decides = flag(move || desk.lit().is_some_and(|(document, _)| document == name));
        let pick = press(move || open.pick(desk, name));
        let pressed = text(move || (open.name.get() == name).to_string());
        let label = text(move || {
            match desk.problems.with(|problems| problems.iter().filter(|p| *p.source.document == *name).count()) {
                0 => short.to_owned(),
                count => format!("{short}<b>{count}<span class=\"unseen\"> problems</span></b>"),
            }
        });
        view! { <button type="button" aria-pressed=pressed title=name class:decides=decides on:click=pick inner_html=label></button> }
    };
    let tabs: Vec<_> = desk.piece.documents.iter().copied().map(tab).collect();
    view! {
        <section class="documents" aria-label="Configuration">
            <h2>"What is written down"</h2>
            <div class="tabs">{tabs}</div>
            {editor::editor(desk, open)}
            {loading::loading(desk)}
            {share::share(desk)}
        </section>
    }
}
