//! The player: the bar with its buttons and scrubber, and around it everything that follows the story.

use super::{caption, change, documents, keys, look, outcome, phones, press, run, story, switches, terminal, text};
use crate::desk::Desk;
use browser::dom;
use course::html::escape;
use leptos::prelude::*;
use stage::Cue;
use stage::playhead::RATES;

/// Everything below the figure.
pub fn player(desk: Desk) -> impl IntoView {
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
            keys::Key::Close => help.set(false),
        }
    };
    let open = documents::Open::new(desk);
    let problems = text(move || {
        let notice = |problem: &String| format!("<p class=\"notice\" role=\"status\">{}</p>", escape(problem));
        desk.params.with_value(|params| params.problems.iter().map(notice).collect())
    });
    view! {
        <section class="player" tabindex="0" aria-label="Player" on:keydown=press>
            <div class="notices" inner_html=problems></div>
            {story::story(desk)}
            <div class="beside">
                {documents::documents(desk, open)}
                {if phones::has(desk.piece) { phones::phones(desk).into_any() } else { outcome::outcome(desk).into_any() }}
            </div>
            {switches::switches(desk)}
            <div class="now">
                {caption::caption(desk, narrated)}
                {bar(desk, help)}
            </div>
            {keys::help(help, on)}
            {terminal::terminal(desk, open)}
            {look::look(desk, open)}
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
    let next = if up { RATES.into_iter().find(|r| *r > rate) } else { RATES.into_iter().rev().find(|r| *r < rate) };
    desk.cue(Cue::Rate(next.unwrap_or(rate)));
}

/// The buttons and the scrubber.
fn bar(desk: Desk, help: RwSignal<bool>) -> impl IntoView {
    let playing = move || desk.head.get().playing();
    let play = text(move || {
        let (name, d) = if playing() { ("Pause", "M7 5h4v14H7zM14 5h4v14h-4z") } else { ("Play", "M8 4.5v15l12-7.5z") };
        icon(name, d)
    });
    let seek = change(move |event| {
        if let Ok(at) = event_target_value(&event).parse() {
            desk.cue(Cue::Seek(at));
        }
    });
    view! {
        <div class="bar">
            {button("Step back", "Left arrow", "M17 5v14L7 12zM5 5h2v14H5z", press(move || desk.cue(Cue::StepBack)))}
            <button class="play" type="button" title="Space" on:click=press(move || toggle(desk)) inner_html=play></button>
            {button("Step", "Right arrow", "M7 5v14l10-7zM17 5h2v14h-2z", press(move || desk.cue(Cue::Step)))}
            <input class="scrub" type="range" min="0" aria-label="Moment"
                max=text(move || desk.run.with(|run| run.score.length).to_string())
                aria-valuetext=text(move || caption::spoken(desk))
                prop:value=text(move || desk.head.get().at.to_string()) on:input=seek />
            {go_to(desk)}
            {speed(desk)}
            <button class="quiet" type="button" title="?" aria-expanded=text(move || help.get().to_string())
                on:click=press(move || help.update(|open| *open = !*open))>"Keys"</button>
        </div>
    }
}

/// How fast: the choice is kept true by the desk, since the keys change it, too.
fn speed(desk: Desk) -> impl IntoView {
    let choose = change(move |event| desk.cue(Cue::Rate(event_target_value(&event).parse().unwrap_or(100))));
    let options = text(move || {
        let rate = desk.head.get().rate;
        let known = RATES.contains(&rate);
        let one = |rate: u32, on: bool| {
            let words = match rate {
                25 => "¼×".to_owned(),
                50 => "½×".to_owned(),
                _ if rate.is_multiple_of(100) => format!("{}×", rate / 100),
                _ => format!("{rate} %"),
            };
            format!("<option value=\"{rate}\"{}>{words}</option>", if on { " selected" } else { "" })
        };
        let mut options: String = RATES.into_iter().map(|known| one(known, known == rate)).collect();
        if !known {
            options += &one(rate, true);
        }
        options
    });
    view! {
        <label class="speed"><span>"Speed"</span>
            <select on:change=choose inner_html=options></select></label>
    }
}

/// A select of all steps: where we are, and the way to any other.
fn go_to(desk: Desk) -> impl IntoView {
    let options = text(move || {
        let count = desk.run.with(|run| run.score.beats.len());
        let step = |beat| format!("<option value=\"{beat}\">Step {} of {count}</option>", beat + 1);
        format!("<option value=\"\">Start of {count}</option>{}", (0..count).map(step).collect::<String>())
    });
    let go = change(move |event| match event_target_value(&event).parse() {
        Ok(beat) => desk.cue(Cue::Go(beat)),
        Err(_) => desk.cue(Cue::Seek(0)),
    });
    let here = text(move || {
        desk.run.track();
        desk.beat().map_or(String::new(), |beat| beat.to_string())
    });
    view! {
        <select class="goto" aria-label="Go to step" on:change=go inner_html=options prop:value=here></select>
    }
}

fn button(
    name: &'static str,
    key: &'static str,
    d: &'static str,
    act: Box<dyn FnMut(leptos::ev::MouseEvent)>,
) -> impl IntoView {
    view! { <button type="button" title=key on:click=act inner_html=icon(name, d)></button> }
}

/// A sign and its name, for those who do not see the sign.
fn icon(name: &str, d: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 24 24\" width=\"23\" height=\"23\" aria-hidden=\"true\"><path d=\"{d}\"/></svg><span class=\"unseen\">{name}</span>"
    )
}
