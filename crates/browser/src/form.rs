//! What is pressed, slid and typed within a part of the page, heard at one place.

use crate::dom::{self, Focus};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, PointerEvent};

/// Hears; dropping this ends it.
pub struct Heard {
    element: Element,
    kinds: &'static [&'static str],
    hear: Closure<dyn Fn(Event)>,
}

impl Drop for Heard {
    fn drop(&mut self) {
        for kind in self.kinds {
            let _ = self.element.remove_event_listener_with_callback(kind, self.hear.as_ref().unchecked_ref());
        }
    }
}

/// Calls `tell` for every event of these kinds within an element.
pub fn hear(element: &Element, kinds: &'static [&'static str], tell: impl Fn(&Touch) + 'static) -> Heard {
    let hear = Closure::<dyn Fn(Event)>::new(move |event: Event| tell(&Touch(event)));
    for kind in kinds {
        let _ = element.add_event_listener_with_callback(kind, hear.as_ref().unchecked_ref());
    }
    Heard { element: element.clone(), kinds, hear }
}

/// Something that was done.
pub struct Touch(Event);

impl Touch {
    /// What kind of thing: `input`, `click`.
    pub fn kind(&self) -> String {
        self.0.type_()
    }

    fn around(&self, name: &str) -> Option<Element> {
        let target = self.0.target()?.dyn_into::<Element>().ok()?;
        target.closest(&["[data-", name, "]"].concat()).ok()?
    }

    /// What the thing, or what it lies in, says of itself under this name (`data-…`).
    pub fn says(&self, name: &str) -> Option<String> {
        self.around(name)?.get_attribute(&["data-", name].concat())
    }

    /// What is set there now: the value of a field, `1` or `0` of a switch.
    pub fn value(&self) -> String {
        let Some(target) = self.0.target() else { return String::new() };
        if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
            return select.value();
        }
        let Some(field) = target.dyn_ref::<HtmlInputElement>() else { return String::new() };
        if field.type_() == "checkbox" { u8::from(field.checked()).to_string() } else { field.value() }
    }

    /// The key that was pressed, if none was held beside it but shift, and no field has it.
    pub fn key(&self) -> Option<String> {
        let event = self.0.dyn_ref::<KeyboardEvent>()?;
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return None;
        }
        let key = event.key();
        let on_a_slider = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        match dom::pressed_on(event) {
            Focus::Field => None,
            Focus::Pressable if key == " " || key == "Enter" => None,
            // A slider keeps the keys that move it.
            Focus::Free if on_a_slider.is_some() && (key.starts_with("Arrow") || key == "Home" || key == "End") => None,
            _ => Some(key),
        }
    }

    /// Where on the thing that says this of itself the pointer is, as a share of its width.
    pub fn across(&self, name: &str) -> Option<f64> {
        let event = self.0.dyn_ref::<PointerEvent>()?;
        let frame = self.around(name)?.get_bounding_client_rect();
        (frame.width() > 0.0).then(|| (f64::from(event.client_x()) - frame.left()) / frame.width())
    }

    /// The browser shall not do what it would.
    pub fn keep(&self) {
        self.0.prevent_default();
    }
}

/// Puts a value into a field, unless somebody types there.
pub fn put(css: &str, value: &str) {
    let Some(element) = dom::find(css) else { return };
    let has_focus = dom::document().active_element().is_some_and(|active| active.is_same_node(Some(&element)));
    if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
        if field.type_() == "checkbox" {
            field.set_checked(value != "0");
        } else if field.value() != value && !(has_focus && field.type_() == "number") {
            field.set_value(value);
        }
    } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    }
}

/// Sets an attribute, if it is another one.
pub fn set(css: &str, name: &str, value: &str) {
    if let Some(element) = dom::find(css).filter(|element| element.get_attribute(name).as_deref() != Some(value)) {
        let _ = element.set_attribute(name, value);
    }
}

/// Puts HTML into an element.
pub fn fill(element: &HtmlElement, html: &str) {
    element.set_inner_html(html);
}

/// The places of this name on the page (`data-said`).
pub fn places(name: &str) -> Vec<Element> {
    dom::find_all(&["[data-said=\"", name, "\"]"].concat())
}

/// Puts HTML into every place of this name.
pub fn say(name: &str, html: &str) {
    for place in places(name) {
        place.set_inner_html(html);
    }
}

/// Shows an element or hides it.
pub fn show(css: &str, shown: bool) {
    if let Some(element) = dom::find(css).filter(|element| element.hidden() == shown) {
        element.set_hidden(!shown);
    }
}
