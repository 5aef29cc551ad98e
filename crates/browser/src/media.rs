//! What the reader's system asks for.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{MediaQueryList, MediaQueryListEvent};

/// The reader's wish for less motion, followed while the page is open; dropping this ends it.
pub struct ReducedMotion {
    query: MediaQueryList,
    _hear: Closure<dyn Fn(MediaQueryListEvent)>,
}

impl Drop for ReducedMotion {
    fn drop(&mut self) {
        self.query.set_onchange(None);
    }
}

/// Calls `tell` with the reader's wish for less motion, now and whenever it changes.
pub fn on_reduced_motion(tell: impl Fn(bool) + 'static) -> Option<ReducedMotion> {
    let query = web_sys::window()?.match_media("(prefers-reduced-motion: reduce)").ok()??;
    tell(query.matches());
    let hear = Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| tell(event.matches()));
    query.set_onchange(Some(hear.as_ref().unchecked_ref()));
    Some(ReducedMotion { query, _hear: hear })
}
