//! The field in which text is typed: where its caret stands, and what is seen of it.

use crate::dom::{document, find};
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, HtmlTextAreaElement};

/// The field of the editor.
const FIELD: &str = ".editor textarea";

fn field() -> Option<HtmlTextAreaElement> {
    find(FIELD)?.dyn_into().ok()
}

/// Whether somebody types there.
pub fn has_focus() -> bool {
    document().active_element().is_some_and(|active| active.matches(FIELD).unwrap_or(false))
}

/// Puts a text into the field, and the caret behind its first `at` UTF-16 units.
pub fn put(text: &str, at: u32) {
    if let Some(field) = field() {
        field.set_value(text);
        // A caret cannot fail to stand in a text field.
        let _ = field.set_selection_range(at, at);
    }
}

/// Goes to a place in the text: the caret behind its first `at` UTF-16 units, and the focus on the field.
pub fn go(at: u32) {
    if let Some(field) = field() {
        // The browser brings a caret into sight when the focus comes to it.
        let _ = field.set_selection_range(at, at);
        field.blur().and_then(|()| field.focus()).unwrap_or_default();
    }
}

/// Brings the lit line into the sight of its own box, without moving the page; never while somebody types there.
pub fn reveal_lit_line() {
    let (Some(list), Some(line)) = (find(".editor"), find(".editor .lit")) else { return };
    if has_focus() {
        return;
    }
    let (top, height) = (line.offset_top(), seen(&list));
    // A line more: the bar may grow with the sentence that is still to come.
    if top < list.scroll_top() || top + 2 * line.offset_height() > list.scroll_top() + height {
        list.set_scroll_top(top - height / 3);
    }
}

/// How much of a box is seen above the player's bar, which lies over the bottom of the page.
fn seen(list: &HtmlElement) -> i32 {
    let frame = list.get_bounding_client_rect();
    let bar = find(".player > .now").map_or(frame.bottom(), |bar| bar.get_bounding_client_rect().top());
    #[expect(clippy::cast_possible_truncation, reason = "a height in pixels")]
    let above = (bar.min(frame.bottom()) - frame.top()) as i32;
    // Where nothing of it is seen, the whole box counts: it will be scrolled to.
    if above > 60 { above } else { list.client_height() }
}

thread_local! {
    /// What waits for a pause in typing.
    static PAUSE: Cell<i32> = const { Cell::new(0) };
}

/// Does something when nobody has typed for a moment; only the last that was asked for.
pub fn in_a_pause(act: impl FnOnce() + 'static) {
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(PAUSE.get());
        let act = Closure::once_into_js(act);
        let waits = window.set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), 300);
        PAUSE.set(waits.unwrap_or(0));
    }
}

/// What stands in the field now.
pub fn text() -> Option<String> {
    Some(field()?.value())
}
