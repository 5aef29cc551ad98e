//! What can be seen of the run beyond its figure: fetched, and computed, when somebody first wants to see it.

use super::documents::Open;
use super::{click, flag, press, text};
use crate::desk::Desk;
use crate::layer;
use ::lens::question;
use browser::{dom, field, lens};
use leptos::prelude::*;
use link::Bench;

/// What can be shown: the word of its button, and the word of its question.
const SHOWN: [(&str, &str); 6] = [
    ("The message", "message"),
    ("Where the time went", "timing"),
    ("As everybody sees it", "people"),
    ("What would help", "fixes"),
    ("Compared", "compare"),
    ("Side by side", "beside"),
];

/// A button for each, and what it shows. The message follows the step that stands on stage.
pub fn look(desk: Desk, open: Open) -> impl IntoView {
    let Desk { shown, picked, .. } = desk;
    // The run that the one on stage is compared with, where it is not the page's own.
    let kept = RwSignal::new(None::<Bench>);
    let at = move || {
        let here = desk.moment.get().event;
        picked.get().filter(|(step, _)| *step == here).map(|(_, event)| event).or(here)
    };
    let asked = Memo::new(move |_| {
        let kind = shown.get()?;
        let other = kept.get();
        let at = match kind {
            "message" => at(),
            "compare" => other.as_ref().map(|_| 0),
            _ => None,
        };
        let other = if kind == "compare" { Some(other.unwrap_or_else(|| desk.own())) } else { None };
        let about = other.map_or(Ok(String::new()), |other| link::write_file(&other)).ok()?;
        question::write(kind, at, &about, &desk.bench()).ok()
    });
    let answer = Memo::new(move |_| {
        desk.ready.track();
        let Some(question) = asked.get() else { return String::new() };
        let waiting = "<p class=\"empty\">The lens is on its way …</p>";
        lens::ask(&question).unwrap_or_else(|| waiting.to_owned())
    });
    // Only where the same is done in two places.
    let two = desk.piece.then.is_some();
    let buttons = SHOWN.into_iter().filter(|(_, kind)| two || *kind != "beside").map(|(words, kind)| {
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
            <div class="tabs">{buttons.collect::<Vec<_>>()}</div>
            <div class="keep" hidden=flag(move || shown.get() != Some("compare"))>
                <button type="button" on:click=press(move || kept.set(Some(untrack(|| desk.bench()))))>"Keep this run"</button>
                <button type="button" disabled=flag(move || kept.with(Option::is_none)) on:click=press(move || kept.set(None))>
                    "Compare with this page’s own"
                </button>
            </div>
            <div class="seen" inner_html=text(move || answer.get()) on:click=act></div>
        </section>
    }
}
