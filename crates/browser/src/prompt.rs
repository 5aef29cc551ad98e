//! The terminal's line and its screen.

use crate::dom::{document, find};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// The field in which a line is typed.
pub const LINE: &str = ".terminal #line";

/// Brings the end of the screen into its sight, once it is drawn.
pub fn to_the_end() {
    let Some(window) = web_sys::window() else { return };
    let look = Closure::once_into_js(|| {
        if let Some(screen) = find(".terminal .tty") {
            screen.set_scroll_top(screen.scroll_height());
        }
    });
    let _ = window.request_animation_frame(look.unchecked_ref());
}

/// Whether something on the page is selected, that a key may be meant to copy.
pub fn has_selection() -> bool {
    let chosen = web_sys::window().and_then(|window| window.get_selection().ok().flatten());
    let active = document().active_element().and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    let within = active.is_some_and(|field| field.selection_start().ok() != field.selection_end().ok());
    within || chosen.is_some_and(|selection| !selection.is_collapsed())
}
