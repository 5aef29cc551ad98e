//! The sentence of the step, and what decided it. The sentence is a live region: once a step, never once a frame.

use super::{flag, text};
use crate::desk::Desk;
use crate::markup;
use leptos::prelude::*;

/// The sentence of the present step, with its deciding line.
pub fn caption(desk: Desk, narrated: RwSignal<bool>) -> impl IntoView {
    let because = Memo::new(move |_| {
        desk.world.with(|world| desk.because().map_or(String::new(), |step| markup::because(&step, world)))
    });
    let sentence = Memo::new(move |_| sentence(desk));
    view! {
        <div class="caption">
            <p class="sentence" role="status" hidden=flag(move || !narrated.get())>{text(move || sentence.get())}</p>
            <p class="because" inner_html=text(move || because.get())></p>
        </div>
    }
}

fn sentence(desk: Desk) -> String {
    let Some(beat) = desk.beat.get() else { return "Press Space: follow the request.".to_owned() };
    let caption = desk.run.with(|run| run.score.beats.get(beat).and_then(|beat| beat.caption));
    caption.map_or(String::new(), |caption| desk.captions.with_value(|captions| captions.words(caption).to_owned()))
}

/// What the scrubber says: `step 4 of 9: the security group …`.
pub fn spoken(desk: Desk) -> String {
    let count = desk.run.with(|run| run.score.beats.len());
    match desk.beat.get() {
        None => format!("before step 1 of {count}"),
        Some(beat) => format!("step {} of {count}: {}", beat + 1, sentence(desk)),
    }
}
