//! What the reader's system asks for, and how the page looks.

use super::{dom, storage};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlSelectElement, MediaQueryList, MediaQueryListEvent};

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

const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];

/// Puts the switch between the system's theme, light and dark into the bar at the top: a plain select, reachable by every
/// device. The choice is kept in the browser, and put in force before the first paint by the boot script.
pub fn theme_switch() {
    let Some(tools) = dom::find("#tools") else { return };
    let kept = storage::get("theme").unwrap_or_default();
    let option = |(value, word): (&str, &str)| {
        let mark = if value == kept { " selected" } else { "" };
        format!("<option value=\"{value}\"{mark}>{word}</option>")
    };
    let options: String = THEMES.into_iter().map(option).collect();
    tools.set_inner_html(&format!("<label class=\"theme\"><span>Theme</span><select>{options}</select></label>"));
    let Some(select) = dom::find("#tools select").and_then(|e| e.dyn_into::<HtmlSelectElement>().ok()) else { return };
    let choose = {
        let select = select.clone();
        Closure::<dyn Fn()>::new(move || choose(&select.value()))
    };
    select.set_onchange(Some(choose.as_ref().unchecked_ref()));
    // It listens as long as the page is open.
    choose.forget();
}

fn choose(theme: &str) {
    let Some(root) = dom::find(":root") else { return };
    // Both only fail for names that are no names.
    let _ = if theme.is_empty() {
        storage::forget("theme");
        root.remove_attribute("data-theme")
    } else {
        storage::set("theme", theme);
        root.set_attribute("data-theme", theme)
    };
}
