//! The player: the bar with its buttons and scrubber, and around it everything that follows the story.

use super::{caption, documents, keys, outcome, run, switches};
use crate::browser::dom;
use crate::desk::Desk;
use leptos::html::Section;
use leptos::prelude::*;
use stage::Cue;

/// Everything below the figure.
pub fn player(desk: Desk) -> impl IntoView {
    let place: NodeRef<Section> = NodeRef::new();
    let on = RwSignal::new(desk.params.with_value(|params| params.keys));
    let help = RwSignal::new(false);
    let narrated = RwSignal::new(true);
    let press = move |event: leptos::ev::KeyboardEvent| {
        if !on.get_untracked() && event.key() != "?" {
            return;
        }
        let Some(key) = keys::read(&event) else { return };
        event.prevent_default();
        match key {
            keys::Key::Cue(cue) => desk.cue(cue),
            keys::Key::Toggle => toggle(desk),
            keys::Key::Tenth(tenth) => desk.cue(Cue::Seek(desk.run.get_untracked().score.length / 10 * tenth)),
            keys::Key::Faster(up) => faster(desk, up),
            keys::Key::End => desk.cue(Cue::Seek(u32::MAX)),
            keys::Key::FullScreen => {
                if let Some(stage) = dom::find("#page") {
                    dom::full_screen(&stage);
                }
            }
            keys::Key::Narration => narrated.update(|on| *on = !*on),
            keys::Key::GoTo => {
                if let Some(select) = dom::find(".player .goto") {
                    let _ = select.focus();
                }
            }
            keys::Key::Help => help.update(|open| *open = !*open),
        }
    };
    let problems = move || {
        let problems = desk.params.with_value(|params| params.problems.clone());
        problems.into_iter().map(|problem| view! { <p class="notice" role="status">{problem}</p> }).collect::<Vec<_>>()
    };
    view! {
        <section class="player" tabindex="0" node_ref=place aria-label="Player" on:keydown=press>
            {problems}
            <div class="now">
                {caption::caption(desk, narrated)}
                {bar(desk, help)}
            </div>
            {keys::help(help, on)}
            {switches::switches(desk)}
            <div class="beside">
                {documents::documents(desk)}
                {outcome::outcome(desk)}
            </div>
            {run::run(desk)}
        </section>
    }
}

fn toggle(desk: Desk) {
    let playing = desk.head.get_untracked().playing();
    desk.cue(if playing { Cue::Pause } else { Cue::Play });
}

fn faster(desk: Desk, up: bool) {
    let rate = desk.head.get_untracked().rate;
    let next = if up {
        stage::playhead::RATES.into_iter().find(|r| *r > rate)
    } else {
        stage::playhead::RATES.into_iter().rev().find(|r| *r < rate)
    };
    desk.cue(Cue::Rate(next.unwrap_or(rate)));
}

/// The buttons and the scrubber.
fn bar(desk: Desk, help: RwSignal<bool>) -> impl IntoView {
    let playing = move || desk.head.get().playing();
    let icon = move || if playing() { "M7 5h4v14H7zM14 5h4v14h-4z" } else { "M8 4.5v15l12-7.5z" };
    let length = move || desk.run.with(|run| run.score.length);
    let spoken = move || caption::spoken(desk);
    let seek = move |event| {
        if let Ok(at) = event_target_value(&event).parse::<f64>() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range input keeps it within the score")]
            desk.cue(Cue::Seek(at as u32));
        }
    };
    view! {
        <div class="bar">
            {button("Step back", "Left arrow", "M17 5v14L7 12zM5 5h2v14H5z", move || desk.cue(Cue::StepBack))}
            <button class="play" type="button" aria-label=move || if playing() { "Pause" } else { "Play" }
                title="Space" on:click=move |_| toggle(desk)>
                <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d=icon /></svg>
            </button>
            {button("Step", "Right arrow", "M7 5v14l10-7zM17 5h2v14h-2z", move || desk.cue(Cue::Step))}
            <input class="scrub" type="range" min="0" aria-label="Moment" max=length
                aria-valuetext=spoken prop:value=move || desk.head.get().at.to_string() on:input=seek />
            {go_to(desk)}
            <label class="speed">
                <span>"Speed"</span>
                <select on:change=move |event| { desk.cue(Cue::Rate(event_target_value(&event).parse().unwrap_or(100))) }
                    prop:value=move || desk.head.get().rate.to_string()>
                    {stage::playhead::RATES.map(|rate| view! {
                        <option value=rate.to_string() selected=rate == 100>{speed(rate)}</option>
                    })}
                </select>
            </label>
            <button class="quiet" type="button" aria-expanded=move || help.get().to_string() title="?"
                on:click=move |_| help.update(|open| *open = !*open)>"Keys"</button>
        </div>
    }
}

fn speed(rate: u32) -> String {
    match rate {
        25 => "¼×".to_owned(),
        50 => "½×".to_owned(),
        _ => format!("{}×", rate / 100),
    }
}

/// A select of all steps: where we are, and the way to any other.
fn go_to(desk: Desk) -> impl IntoView {
    let options = move || {
        let run = desk.run.get();
        let count = run.score.beats.len();
        let start = view! { <option value="">{format!("Start of {count}")}</option> };
        let steps: Vec<_> = (0..count)
            .map(|beat| view! { <option value=beat.to_string()>{format!("Step {} of {count}", beat + 1)}</option> })
            .collect();
        (start, steps)
    };
    let go = move |event| match event_target_value(&event).parse() {
        Ok(beat) => desk.cue(Cue::Go(beat)),
        Err(_) => desk.cue(Cue::Seek(0)),
    };
    view! {
        <select class="goto" aria-label="Go to step" on:change=go
            prop:value=move || { desk.run.track(); desk.beat.get().map_or(String::new(), |beat| beat.to_string()) }>
            {options}
        </select>
    }
}

fn button(name: &'static str, key: &'static str, d: &'static str, press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button type="button" aria-label=name title=key on:click=move |_| press()>
            <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d=d /></svg>
        </button>
    }
}
