//! Time of the page: the next animation frame, a moment later, and how late it is.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Calls `act` at the next animation frame with its time in milliseconds. In a hidden page that may be never.
pub fn next(act: impl FnOnce(f64) + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(act.unchecked_ref());
    }
}

/// Calls `act` when the page has done what it is at.
pub fn later(act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = web_sys::window() {
        let _ = window.set_timeout_with_callback(act.unchecked_ref());
    }
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
