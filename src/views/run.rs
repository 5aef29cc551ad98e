//! The run as an ordered list: the same content as the moving figure.

use super::{click, text};
use crate::desk::Desk;
use browser::{dom, turn};
use course::html;
use leptos::prelude::*;
use stage::Cue;
use stage::story::story;

/// Every step with its sentence, who sent what to whom, what was decided, because of what. Each step is a link to itself.
pub fn run(desk: Desk) -> impl IntoView {
    // What only shows is text: it is drawn anew only where it says something else.
    let items = move || {
        let run = desk.run.get();
        let items = story(&run.plot, &run.score, &run.captions);
        items.iter().map(|step| ["<li>", &html::paragraph(step), "</li>"].concat()).collect::<String>()
    };
    let items = Memo::new(move |_| items());
    // The step that stands on stage is marked in the list. This writes no signal.
    Effect::new(move |_: Option<()>| {
        items.track();
        dom::mark_step(desk.beat());
    });
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
            <ol on:click=click(go) inner_html=text(move || items.get())></ol>
        </section>
    }
}
