//! The run as an ordered list: the same content as the moving figure.

use super::{flag, text};
use crate::desk::Desk;
use browser::{dom, turn};
use course::html;
use leptos::prelude::*;
use stage::Cue;
use stage::story::story;

/// Every step with its sentence, who sent what to whom, what was decided, because of what. Each step is a link to itself.
pub fn run(desk: Desk) -> impl IntoView {
    let items = move || {
        let run = desk.run.get();
        let story = story(&run.trace, &run.score, &run.captions);
        let item = |(beat, paragraph)| {
            let here = move || desk.beat() == Some(beat);
            let current = text(move || if here() { "step".to_owned() } else { "false".to_owned() });
            view! { <li class:here=flag(here) aria-current=current inner_html=html::paragraph(&paragraph)></li> }
        };
        story.into_iter().enumerate().map(item).collect::<Vec<_>>()
    };
    // A link to a step of this page goes there at once; the address says so, too.
    let go = move |event: leptos::ev::MouseEvent| {
        if let Some((item, link)) = dom::step_link(&event) {
            event.prevent_default();
            turn::replace(&format!("{}{link}", turn::here()));
            desk.cue(Cue::Go(item));
        }
    };
    view! {
        <section class="run" aria-label="The run as text">
            <h2>"The run, step by step"</h2>
            <ol on:click=go>{items}</ol>
        </section>
    }
}
