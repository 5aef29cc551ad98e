//! The sentence of the step, and what decided it. The sentence is a live region: once a step, never once a frame.

use super::{flag, text};
use crate::desk::Desk;
use crate::markup;
use leptos::prelude::*;

/// The sentence of the present step, with its deciding line.
pub fn caption(desk: Desk, narrated: RwSignal<bool>) -> impl IntoView {
    let because = move || desk.world.with(|world| desk.last(|step| markup::because(step, world))).unwrap_or_default();
    view! {
        <div class="caption">
            <p class="sentence" role="status" hidden=flag(move || !narrated.get())>{text(move || sentence(desk))}</p>
            <p class="because" inner_html=text(because)></p>
        </div>
    }
}

fn sentence(desk: Desk) -> String {
    if desk.pending.get() || !desk.run.with(|run| run.true_now) {
        return "The engine is on its way …".to_owned();
    }
    let Some(beat) = desk.beat() else { return "Press Space or the play button: follow the request.".to_owned() };
    desk.run.with(|run| {
        let caption = run.score.beats.get(beat).and_then(|beat| beat.caption);
        caption.map_or(String::new(), |caption| run.captions.words(caption).to_owned())
    })
}

/// What the scrubber says: `step 4 of 9: the security group …`.
pub fn spoken(desk: Desk) -> String {
    let count = desk.run.with(|run| run.score.beats.len());
    match desk.beat() {
        None => format!("before step 1 of {count}"),
        Some(beat) => format!("step {} of {count}: {}", beat + 1, sentence(desk)),
    }
}
