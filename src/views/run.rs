//! The run as an ordered list: the same content as the moving figure.

use crate::browser::page;
use crate::desk::Desk;
use leptos::prelude::*;
use stage::Cue;
use stage::story::{Line, Paragraph, story};

/// Every step with its sentence, who sent what to whom, what was decided, because of what. Each step is a link to itself.
pub fn run(desk: Desk) -> impl IntoView {
    let items = move || {
        let run = desk.run.get();
        let story = desk.captions.with_value(|captions| story(&run.trace, &run.score, captions));
        story.into_iter().enumerate().map(|(index, paragraph)| item(desk, index, paragraph)).collect::<Vec<_>>()
    };
    view! {
        <section class="run" aria-label="The run as text">
            <h2>"The run, step by step"</h2>
            <ol>{items}</ol>
        </section>
    }
}

fn item(desk: Desk, beat: usize, paragraph: Paragraph) -> impl IntoView {
    let here = move || desk.beat.get() == Some(beat);
    let link = format!("?step={}", paragraph.name);
    let to = link.clone();
    let go = move |event: leptos::ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        page::replace(&format!("{}{to}", page::here()));
        desk.cue(Cue::Go(beat));
    };
    let lines: Vec<_> = paragraph.lines.into_iter().map(line).collect();
    view! {
        <li class:here=here aria-current=move || here().then_some("step")>
            <a href=link title="A link to this step" on:click=go>{paragraph.caption}</a>
            <ul>{lines}</ul>
        </li>
    }
}

fn line(line: Line) -> impl IntoView {
    let ruling = line.ruling.map(|ruling| {
        let class = format!("ruling {}", if ruling.stops() { "stops" } else { "goes-on" });
        view! { <b class=class>{ruling.word()}</b> " " }
    });
    let because = line.because.map(|basis| view! { <small>{basis.to_string()}</small> });
    view! { <li><time>{line.at.to_string()}</time> <span class="who">{line.who}</span> " " {ruling} <span>{line.words}</span> " " {because}</li> }
}
