//! A place of the page that is filled with HTML, and what is pressed and chosen in it.

use crate::dom::{find, find_all};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// Fills the first element that fits with HTML; what stands in it that somebody wrote must have been escaped.
pub fn fill(selector: &str, html: &str) {
    if let Some(place) = find(selector) {
        place.set_inner_html(html);
    }
}

/// Calls `act` with the word of `data-do` around what is pressed or chosen in this place, as long as it stands there.
pub fn on(place: &HtmlElement, event: &str, act: fn(&str)) {
    let hear = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let around = pressed.and_then(|pressed| pressed.closest("[data-do]").ok().flatten());
        if let Some(word) = around.and_then(|around| around.get_attribute("data-do")) {
            if event.type_() == "submit" {
                event.prevent_default();
            }
            act(&word);
        }
    });
    let _ = place.add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
    hear.forget();
}

/// What a field of this name holds; of several, the one that is chosen.
pub fn value(name: &str) -> String {
    let named = ["[name=", name, "]"].concat();
    let chosen = find(&[&*named, ":checked"].concat());
    let Some(field) = chosen.or_else(|| find(&named)) else { return String::new() };
    if let Some(field) = field.dyn_ref::<HtmlTextAreaElement>() {
        return field.value();
    }
    if let Some(field) = field.dyn_ref::<HtmlSelectElement>() {
        return field.value();
    }
    field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default()
}

/// Whether the box of this name, or with this value, is ticked.
pub fn ticked(name: &str) -> bool {
    find(&["[name=", name, "]:checked"].concat()).is_some()
}

/// Brings it into sight, if it is not.
pub fn show(selector: &str) {
    if let Some(place) = find(selector) {
        let frame = place.get_bounding_client_rect();
        let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(0.0);
        if frame.top() < 0.0 || frame.top() > height * 0.7 {
            place.scroll_into_view();
        }
    }
}

/// Of the elements that fit, those whose `data-mark` is among these names are lit, and no others.
pub fn light(selector: &str, names: &[String]) {
    for mark in find_all(selector) {
        let lit = mark.get_attribute("data-mark").is_some_and(|name| names.contains(&name));
        let _ = mark.class_list().toggle_with_force("on", lit);
    }
}

/// Puts an element into another one, and shows it there.
pub fn put(what: &str, into: &str) {
    if let (Some(what), Some(into)) = (find(what), find(into)) {
        let _ = into.append_child(&what);
        what.set_hidden(false);
    }
}

/// Shows an element, or hides it.
pub fn hide(selector: &str, hidden: bool) {
    if let Some(place) = find(selector) {
        place.set_hidden(hidden);
    }
}
