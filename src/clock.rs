//! The player’s only animation frame. It runs while a player runs, and rests with it.

use crate::desk::Desk;
use leptos::prelude::*;
use stage::Cue;
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

thread_local! {
    /// Whose time it is: the latest desk that has asked. The one before it may be gone with its page.
    static DESK: Cell<Option<Desk>> = const { Cell::new(None) };
    /// Whether a frame is asked for.
    static AWAKE: Cell<bool> = const { Cell::new(false) };
}

/// A frame that comes later than this, in milliseconds, was not drawn late but not at all: the page was hidden.
const LONGEST: f64 = 250.0;

/// Starts the clock for this desk, if it does not run already.
pub fn wake(desk: Desk) {
    DESK.set(Some(desk));
    if !AWAKE.replace(true) {
        frame(None);
    }
}

fn frame(before: Option<f64>) {
    let tick = Closure::once_into_js(move |now: f64| {
        let Some(desk) = DESK.get() else { return AWAKE.set(false) };
        let passed = before.map_or(0.0, |before| (now - before).clamp(0.0, LONGEST));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 250")]
        let whole = passed as u32;
        if whole > 0 {
            desk.cue(Cue::Tick(whole));
        }
        // The desk may be gone: the reader has turned the page.
        if desk.head.try_get_untracked().is_some_and(|head| head.playing()) {
            // Parts of a millisecond are not lost: they count from the time that was used.
            let used = |before| if passed < LONGEST { before + f64::from(whole) } else { now };
            frame(Some(before.map_or(now, used)));
        } else {
            AWAKE.set(false);
        }
    });
    let asked = web_sys::window().map(|window| window.request_animation_frame(tick.unchecked_ref()));
    if asked.is_none_or(|id| id.is_err()) {
        AWAKE.set(false);
    }
}
