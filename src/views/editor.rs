//! The editor: a plain field, and below it the same text in colours, with the line that decided and what is wrong.

use super::documents::Open;
use super::{change, click, flag, keydown, press, rules, text};
use crate::desk::{Desk, Kept};
use crate::edit::Caret;
use crate::layer::{self, LARGE};
use browser::{dom, field};
use engine::problem::{Problem, Severity};
use engine::world::{Document, Kind};
use leptos::prelude::*;

/// The open document, to be edited; what is wrong in it; and the ways back.
pub fn editor(desk: Desk, open: Open) -> impl IntoView {
    let name = open.name;
    let here = move || desk.lit().filter(|(document, _)| document == name.get());
    let standing = move || desk.world.with(|world| world.text(name.get()).unwrap_or_default().to_owned());
    let lines = move || {
        let (name, line) = (name.get(), here().and_then(|(_, line)| line));
        desk.world.with(|world| {
            let Some(document) = world.documents.iter().find(|document| document.name == name) else {
                return String::new();
            };
            desk.problems(|all| layer::lines(&document.text, document.kind, line, &of(all, name)))
        })
    };
    // The lit line comes into sight within its box. This writes no signal; it is the page that moves.
    Effect::new(move |_: Option<()>| {
        let _ = (desk.beat(), here());
        field::reveal_lit_line();
    });
    let write = move |event: leptos::ev::Event| {
        let (name, text) = (name.get_untracked(), event_target_value(&event));
        let write = move |text: &str| {
            desk.write(name, text);
            // However the run goes now, what is typed in stays in front.
            open.pick(desk, name);
        };
        if text.len() <= LARGE || event.type_() == "change" {
            return write(&text);
        }
        field::in_a_pause(move || {
            if let Some(text) = field::text().filter(|_| open.name.try_get_untracked() == Some(name)) {
                write(&text);
            }
        });
    };
    let large = move || desk.world.with(|world| world.text(name.get()).is_some_and(|text| text.len() > LARGE));
    let keys = keydown(move |event| {
        let held = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        let caret = match event.key().as_str() {
            "z" | "Z" if held && event.shift_key() => desk.redo(),
            "z" | "Z" if held => desk.undo(),
            "y" | "Y" if held => desk.redo(),
            _ => return,
        };
        event.prevent_default();
        show(desk, open, caret);
    });
    let wrong = text(move || desk.problems(|all| layer::problems(&of(all, name.get()))));
    let invalid = text(move || {
        let error = |all: &Vec<Problem>| of(all, name.get()).iter().any(|p| p.severity == Severity::Error);
        desk.problems(|all| error(all)).to_string()
    });
    let go = click(move |event| {
        let at = dom::says_around(&event, "at").and_then(|at| layer::place(&untrack(standing), &at));
        if let Some(at) = at {
            field::go(at);
        }
    });
    let table = RwSignal::new(false);
    let group = move || {
        let is =
            |document: &std::sync::Arc<Document>| document.name == name.get() && document.kind == Kind::SecurityGroup;
        desk.world.with(|world| world.documents.iter().any(is))
    };
    let as_table = Memo::new(move |_| table.get() && group());
    let rows = move || as_table.get().then(|| rules::rules(desk, open));
    let way = |words: &'static str, wanted: bool| {
        let pressed = text(move || (table.get() == wanted).to_string());
        view! { <button type="button" aria-pressed=pressed on:click=press(move || table.set(wanted))>{words}</button> }
    };
    view! {
        <div class="ways" hidden=flag(move || !group())>{way("Text", false)}{way("Table", true)}</div>
        {rows}
        <div class="editor" hidden=flag(move || as_table.get()) class:large=flag(large)
            class:sought=flag(move || matches!(here(), Some((_, None))))>
            <ol class="lines" aria-hidden="true" inner_html=text(lines)></ol>
            <textarea spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" rows="1"
                aria-label=text(move || name.get().to_owned()) aria-describedby="problems" aria-invalid=invalid
                prop:value=text(standing) on:input=change(write) on:change=change(write) on:keydown=keys></textarea>
        </div>
        <ul class="problems" id="problems" inner_html=wrong on:click=go></ul>
        {back(desk, open)}
    }
}

/// The ways back, and whether what is typed will be here again.
fn back(desk: Desk, open: Open) -> impl IntoView {
    let note = text(move || {
        match desk.kept.get() {
            Kept::Here => "",
            Kept::FromBefore => "Your edits from last time are here.",
            Kept::InTheLink => {
                "This came with a link. What you change goes into the address; your own edits stay apart."
            }
            Kept::TooLong => "This came with a link, and is too much for one now: save it as a file.",
            Kept::Nowhere => {
                "This page may not keep anything in your browser: what you type is gone when it is closed."
            }
        }
        .to_owned()
    });
    let ways = move || {
        desk.world.track();
        desk.actions.track();
        desk.history.with_value(|history| history.ways())
    };
    let own = move || {
        let course = engine::world::World::course();
        let texts = desk.world.with(|world| *world == course) && desk.loaded.with(|loaded| *loaded == course);
        texts && desk.actions.with(|actions| *actions == desk.piece.actions())
    };
    view! {
        <div class="back">
            <button type="button" title="Ctrl+Z" disabled=flag(move || !ways().0)
                on:click=press(move || show(desk, open, desk.undo()))>"Undo"</button>
            <button type="button" title="Ctrl+Shift+Z" disabled=flag(move || !ways().1)
                on:click=press(move || show(desk, open, desk.redo()))>"Redo"</button>
            <button type="button" class="own" disabled=flag(own) on:click=press(move || desk.reset())>
                "Back to the course’s own"
            </button>
            <span class="kept" role="status">{note}</span>
        </div>
    }
}

/// Shows the place where something was taken back.
fn show(desk: Desk, open: Open, caret: Option<Caret>) {
    if let Some((document, at)) = caret {
        open.pick(desk, &document);
        if open.name.get_untracked() == document {
            desk.world.with_untracked(|world| field::put(world.text(&document).unwrap_or_default(), at));
        }
    }
}

/// The problems of one document, the first lines first.
fn of<'a>(all: &'a [Problem], name: &str) -> Vec<&'a Problem> {
    let mut found: Vec<&Problem> = all.iter().filter(|problem| *problem.source.document == *name).collect();
    engine::text::sort(&mut found, |problem| problem.source.line);
    found
}
