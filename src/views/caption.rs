//! The sentence of the step, and what decided it. The sentence is a live region: once a step, never once a frame.

use crate::desk::{Desk, line_of};
use engine::trace::Act;
use leptos::prelude::*;

/// The sentence of the present step, with its deciding line.
pub fn caption(desk: Desk, narrated: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="caption">
            <p class="sentence" role="status" aria-live="polite" hidden=move || !narrated.get()>{move || sentence(desk)}</p>
            {move || because(desk)}
        </div>
    }
}

fn sentence(desk: Desk) -> String {
    let run = desk.run.get();
    match desk.beat.get() {
        None => "Press Space: follow the request.".to_owned(),
        Some(beat) => run
            .score
            .beats
            .get(beat)
            .and_then(|beat| beat.caption)
            .map(|caption| desk.captions.with_value(|captions| captions.words(caption).to_owned()))
            .unwrap_or_default(),
    }
}

/// What the scrubber says: `step 4 of 9: the security group …`.
pub fn spoken(desk: Desk) -> String {
    let count = desk.run.with(|run| run.score.beats.len());
    match desk.beat.get() {
        None => format!("before step 1 of {count}"),
        Some(beat) => format!("step {} of {count}: {}", beat + 1, sentence(desk)),
    }
}

/// The last decision: its word, what was said, and the line that decided.
fn because(desk: Desk) -> Option<impl IntoView> {
    let step = desk.because()?;
    let Act::Decide { verdict, basis, .. } = step.act else { return None };
    let quote = line_of(&basis).and_then(|(document, line)| {
        desk.world.with(|world| Some(world.text(document)?.lines().nth(line? as usize - 1)?.trim().to_owned()))
    });
    let class = format!("ruling {}", if verdict.ruling.stops() { "stops" } else { "goes-on" });
    let source = basis.to_string();
    Some(view! {
        <p class="because">
            <b class=class>{verdict.ruling.word()}</b> " " <span>{verdict.words}</span>
            <span class="basis">{quote.map(|line| view! { <code>{line}</code> })} <small>{source}</small></span>
        </p>
    })
}
