//! What can be seen of the run beyond its figure: fetched, and computed, when somebody first wants to see it.

use super::documents::Open;
use super::{click, press, text};
use crate::desk::Desk;
use crate::layer;
use ::lens::question;
use browser::{dom, field, lens};
use leptos::prelude::*;

/// What can be shown: the word of its button, and the word of its question.
const SHOWN: [(&str, &str); 4] = [
    ("The message", "message"),
    ("Where the time went", "timing"),
    ("As everybody sees it", "people"),
    ("What would help", "fixes"),
];

/// A button for each, and what it shows. The message follows the step that stands on stage.
pub fn look(desk: Desk, open: Open) -> impl IntoView {
    let shown = RwSignal::new(None::<&'static str>);
    let picked = RwSignal::new(None::<(Option<usize>, usize)>);
    let at = move || {
        let here = desk.moment.get().event;
        picked.get().filter(|(step, _)| *step == here).map(|(_, event)| event).or(here)
    };
    let asked = Memo::new(move |_| {
        let kind = shown.get()?;
        let at = if kind == "message" { at() } else { None };
        question::write(kind, at, "", &desk.bench()).ok()
    });
    let answer = Memo::new(move |_| {
        desk.ready.track();
        let Some(question) = asked.get() else { return String::new() };
        let waiting = "<p class=\"empty\">The lens is on its way …</p>";
        lens::ask(&question).unwrap_or_else(|| waiting.to_owned())
    });
    let buttons = SHOWN.map(|(words, kind)| {
        let pressed = text(move || (shown.get() == Some(kind)).to_string());
        let toggle = press(move || shown.update(|now| *now = if *now == Some(kind) { None } else { Some(kind) }));
        view! { <button type="button" aria-pressed=pressed on:click=toggle>{words}</button> }
    });
    // Another message than that of the step can be opened, as long as the step stands.
    let act = click(move |event| {
        if let Some(document) = dom::says_around(&event, "document") {
            open.pick(desk, &document);
            let line = dom::says_around(&event, "line").unwrap_or_else(|| "1".to_owned());
            let at = desk.world.with_untracked(|world| layer::place(world.text(&document)?, &[&line, ":1"].concat()));
            // By then the document stands in the field.
            field::in_a_pause(move || at.into_iter().for_each(field::go));
        } else if let Some(event) = dom::says_around(&event, "event") {
            picked.set(event.parse().ok().map(|event| (desk.moment.get_untracked().event, event)));
        } else if let Some(fix) = dom::says_around(&event, "fix") {
            let mended = question::write("fix", fix.parse().ok(), "", &untrack(|| desk.bench())).ok();
            if let Some(Ok(bench)) = mended.and_then(|question| Some(link::read_file(&lens::ask(&question)?))) {
                desk.replace(bench);
            }
        }
    });
    view! {
        <section class="look" aria-label="Look inside">
            <h2>"Look inside"</h2>
            <div class="tabs">{buttons.into_iter().collect::<Vec<_>>()}</div>
            <div class="seen" inner_html=text(move || answer.get()) on:click=act></div>
        </section>
    }
}
