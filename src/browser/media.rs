//! What the reader's system asks for, and how the page looks.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{MediaQueryList, MediaQueryListEvent};

/// Whether the reader wants no motion. It can change while the page is open.
pub fn reduced_motion() -> ReadSignal<bool> {
    let query = web_sys::window().and_then(|w| w.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    let (still, set) = signal(query.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(query) = query {
        let hear = Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
            let _ = set.try_set(event.matches());
        });
        query.set_onchange(Some(hear.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((query, hear));
        on_cleanup(move || {
            kept.with_value(|(query, _)| query.set_onchange(None));
        });
    }
    still
}

/// Sets the theme: `light`, `dark`, or the system's where `None`.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element()) else { return };
    // Both only fail for names that are no names.
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}
