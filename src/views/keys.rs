//! The player's keys, after what people know from video players. They act only while the player has the focus, never
//! while a field has it, never with a modifier that is not listed, and can be switched off.

use super::{change, flag};
use browser::dom::{self, Focus};
use course::html::escape;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use stage::Cue;

/// What a key asks for.
pub enum Key {
    /// Something the playhead does by itself.
    Cue(Cue),
    /// Play or pause.
    Toggle,
    /// To so many tenths of the whole.
    Tenth(u32),
    /// Faster, or slower.
    Faster(bool),
    /// To the end.
    End,
    /// Fill the screen.
    FullScreen,
    /// Show or hide the sentence of the step.
    Narration,
    /// To the choice of steps.
    GoTo,
    /// Show or hide the list of keys.
    Help,
    /// Hide the list of keys.
    Close,
}

/// The list that `?` opens.
const LIST: [(&str, &str); 13] = [
    ("Space or K", "play, pause"),
    ("→ or L", "next step"),
    ("← or J", "previous step"),
    (". and ,", "next and previous event within a step"),
    ("R", "play this step again"),
    ("Home, End", "beginning, end"),
    ("0 to 9", "to so many tenths"),
    ("> and <", "faster, slower"),
    ("G", "go to a step"),
    ("C", "sentence on and off"),
    ("F", "full screen"),
    ("?", "this list"),
    ("a click", "on an arrow or a box of the figure: what happens there next"),
];

/// What this key press asks of the player; `None` when it is not for the player.
pub fn read(event: &KeyboardEvent) -> Option<Key> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let key = event.key();
    match dom::pressed_on(event) {
        Focus::Field => return None,
        Focus::Pressable if matches!(key.as_str(), " " | "Enter") => return None,
        Focus::Pressable | Focus::Free => {}
    }
    Some(match key.as_str() {
        " " | "k" | "K" => Key::Toggle,
        "ArrowRight" | "l" | "L" => Key::Cue(Cue::Step),
        "ArrowLeft" | "j" | "J" => Key::Cue(Cue::StepBack),
        "." => Key::Cue(Cue::Next),
        "," => Key::Cue(Cue::Previous),
        "r" | "R" => Key::Cue(Cue::Replay),
        "Home" => Key::Cue(Cue::Seek(0)),
        "End" => Key::End,
        ">" => Key::Faster(true),
        "<" => Key::Faster(false),
        "f" | "F" => Key::FullScreen,
        "c" | "C" => Key::Narration,
        "g" | "G" => Key::GoTo,
        "?" => Key::Help,
        "Escape" => Key::Close,
        digit => Key::Tenth(digit.parse().ok().filter(|tenth| *tenth < 10)?),
    })
}

/// The list of keys, and the switch that turns them off.
pub fn help(open: RwSignal<bool>, on: RwSignal<bool>) -> impl IntoView {
    let rows: String =
        LIST.iter().map(|(key, does)| format!("<div><dt>{}</dt><dd>{does}</dd></div>", escape(key))).collect();
    view! {
        <div class="keys" hidden=flag(move || !open.get())>
            <dl inner_html=rows></dl>
            <label>
                <input type="checkbox" prop:checked=flag(move || on.get()) on:change=change(move |event| on.set(event_target_checked(&event))) />
                " The player takes these keys while it has the focus"
            </label>
        </div>
    }
}
