//! The configuration beside the figure: one document at a time, the one that decided in front.

use super::{editor, flag, loading, press, share, text};
use crate::desk::Desk;
use course::html::escape;
use engine::world::World;
use leptos::prelude::*;
use std::cell::RefCell;

/// Which document is open: one that the reader has picked in a step, or the one that decided.
#[derive(Clone, Copy)]
pub struct Open {
    picked: RwSignal<Option<(Option<usize>, &'static str)>>,
    /// The documents that are shown here.
    names: Memo<Vec<&'static str>>,
    /// The name of the open one.
    pub name: Memo<&'static str>,
}

impl Open {
    /// Follows what decides.
    pub fn new(desk: Desk) -> Self {
        let names = Memo::new(move |_| desk.world.with(|world| shown(world, desk.piece.documents)));
        let picked = desk.document;
        let name = Memo::new(move |_| {
            let known = |wanted: &str| names.with(|names| names.iter().copied().find(|name| *name == wanted));
            let here = picked.get().filter(|(beat, _)| *beat == desk.beat()).and_then(|(_, name)| known(name));
            let decided = || desk.lit().and_then(|(document, _)| known(&document));
            here.or_else(decided).or_else(|| names.with(|names| names.first().copied())).unwrap_or_default()
        });
        Self { picked, names, name }
    }

    /// Opens a document, as long as this step stands.
    pub fn pick(self, desk: Desk, name: &str) {
        if let Some(name) = self.names.with_untracked(|names| names.iter().copied().find(|known| *known == name)) {
            self.picked.set(Some((untrack(|| desk.beat()), name)));
        }
    }
}

/// The documents of the piece, and those that somebody made.
fn shown(world: &World, own: &[&'static str]) -> Vec<&'static str> {
    let course = World::course();
    let made = world.documents.iter().map(|document| document.name.as_str()).filter(|name| course.text(name).is_none());
    own.iter().copied().filter(|name| world.text(name).is_some()).chain(made.map(forever)).collect()
}

thread_local! {
    /// The names of documents that somebody made while the page was open.
    static MADE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// A name that lives as long as the page: few are made, and the views hold names everywhere.
fn forever(name: &str) -> &'static str {
    MADE.with_borrow_mut(|made| {
        if let Some(known) = made.iter().copied().find(|known| *known == name) {
            return known;
        }
        let name: &'static str = String::from(name).leak();
        made.push(name);
        name
    })
}

/// The documents as tabs. The one that decided comes to the front by itself, until the reader picks another in that step.
pub fn documents(desk: Desk, open: Open) -> impl IntoView {
    let tab = move |name: &'static str| {
        let short = name.rsplit('/').next().unwrap_or(name);
        let decides = flag(move || desk.lit().is_some_and(|(document, _)| document == name));
        let pick = press(move || open.pick(desk, name));
        let pressed = text(move || (open.name.get() == name).to_string());
        let label = text(move || {
            match desk.problems(|problems| problems.iter().filter(|p| *p.source.document == *name).count()) {
                0 => escape(short),
                count => format!("{}<b>{count}<span class=\"unseen\"> problems</span></b>", escape(short)),
            }
        });
        view! { <button type="button" aria-pressed=pressed title=name class:decides=decides on:click=pick inner_html=label></button> }
    };
    let tabs = move || open.names.get().into_iter().map(tab).collect::<Vec<_>>();
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
