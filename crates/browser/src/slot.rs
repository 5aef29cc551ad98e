//! Places that are written anew as a whole, and what is pressed in them.

use crate::dom::{document, find, focus};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlInputElement, VisibilityState};

/// Writes a place anew, where it says something else. What had the focus there has it again, if it is there again, by its
/// `id`.
pub fn write(selector: &str, html: &str, before: &mut String) {
    let Some(place) = find(selector).filter(|_| before != html) else { return };
    let held = document().active_element().filter(|active| place.contains(Some(active))).map(|active| active.id());
    place.set_inner_html(html);
    html.clone_into(before);
    if let Some(again) = held.filter(|id| !id.is_empty()).and_then(|id| find(&["#", &id].concat())) {
        focus(&again);
    }
}

/// Hears presses inside a place: what the pressed thing says of itself as `data-do`.
pub fn on_press(selector: &str, act: fn(&str)) {
    listen(selector, "click", move |event| {
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let pressed = pressed.and_then(|pressed| pressed.closest("[data-do]").ok().flatten());
        if let Some(what) = pressed.and_then(|pressed| pressed.get_attribute("data-do")) {
            act(&what);
        }
    });
}

/// Hears that a form inside a place is sent off: what it says of itself as `data-do`.
pub fn on_submit(selector: &str, act: fn(&str)) {
    listen(selector, "submit", move |event| {
        event.prevent_default();
        let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(what) = form.and_then(|form| form.get_attribute("data-do")) {
            act(&what);
        }
    });
}

fn listen(selector: &str, name: &str, act: impl Fn(Event) + 'static) {
    let Some(place) = find(selector) else { return };
    let hear = Closure::<dyn Fn(Event)>::new(act);
    let _ = place.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
    // It listens as long as the place is there.
    hear.forget();
}

/// Calls this whenever the reader comes back to this window.
pub fn on_return(act: fn()) {
    let hear = Closure::<dyn Fn()>::new(move || {
        if document().visibility_state() == VisibilityState::Visible {
            act();
        }
    });
    let _ = document().add_event_listener_with_callback("visibilitychange", hear.as_ref().unchecked_ref());
    hear.forget();
}

/// What stands in a field.
pub fn typed(selector: &str) -> String {
    let field = find(selector).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    field.map_or_else(String::new, |field| field.value())
}
