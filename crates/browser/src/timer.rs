//! The page's clock, and being woken by it; a name that nobody else will draw.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Milliseconds since the page was opened.
pub fn now() -> u64 {
    let now = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page is open for less than that")]
    let whole = now as u64;
    whole
}

/// Calls this in so many milliseconds. The number is for [`forget`].
pub fn after(milliseconds: u64, act: impl FnOnce() + 'static) -> i32 {
    let act = Closure::once_into_js(act);
    let wait = i32::try_from(milliseconds).unwrap_or(i32::MAX);
    let window = web_sys::window();
    let set = |window: web_sys::Window| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), wait).ok()
    };
    window.and_then(set).unwrap_or(0)
}

/// Does not call it after all.
pub fn forget(number: i32) {
    if let Some(window) = web_sys::window() {
        window.clear_timeout_with_handle(number);
    }
}

/// A name drawn by lot (a UUID, version 4), from the system's source; none where the page is in no secure context.
pub fn lot() -> Option<String> {
    Some(web_sys::window()?.crypto().ok()?.random_uuid())
}
