//! The engine, a program of its own: fetched when somebody first wants something of it.
//!
//! Question and answer are text. Whoever answers puts a function on the window; the start script fetches the program that
//! does so when it hears that it is wanted.

use crate::turn;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::js_sys::{Function, Reflect};

/// The function on the window.
const NAME: &str = "roundtripLens";
/// Said on the document when somebody asks and nobody answers.
const WANTED: &str = "roundtrip:lens";
/// Said on the document when the answers can be had.
const READY: &str = "roundtrip:ready";

/// Answers questions, as long as the page is open.
pub fn serve(answer: fn(&str) -> String) {
    let answer = Closure::<dyn Fn(String) -> String>::new(move |question: String| answer(&question));
    if let Some(window) = web_sys::window() {
        let _ = Reflect::set(&window, &NAME.into(), answer.as_ref());
    }
    answer.forget();
    turn::say(READY);
}

/// Whether somebody answers.
pub fn there() -> bool {
    window_answers().is_some()
}

/// Sends for the program, unless it is there.
pub fn want() {
    if !there() {
        turn::say(WANTED);
    }
}

fn window_answers() -> Option<Function> {
    Reflect::get(&web_sys::window()?.into(), &NAME.into()).ok()?.dyn_into::<Function>().ok()
}

/// The answer; `None` as long as nobody is there to give it. Then it is sent for, and [`on_ready`] tells.
pub fn ask(question: &str) -> Option<String> {
    match window_answers() {
        Some(answer) => answer.call1(&JsValue::NULL, &question.into()).ok()?.as_string(),
        None => {
            turn::say(WANTED);
            None
        }
    }
}

/// Calls `ready` when the answers can be had.
pub fn on_ready(ready: impl Fn() + 'static) {
    turn::listen(READY, ready);
}
