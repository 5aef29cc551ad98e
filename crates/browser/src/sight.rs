//! Whether something can be seen, how large it is, and in which light: followed while the page is open.

use crate::dom::document;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::js_sys::Array;
use web_sys::{
    Element, Event, IntersectionObserver, IntersectionObserverEntry, MediaQueryList, MutationObserver,
    MutationObserverInit, ResizeObserver,
};

/// Follows whether an element is seen; dropping this ends it.
pub struct Seen {
    observer: Option<IntersectionObserver>,
    hidden: Closure<dyn Fn(Event)>,
    _crossed: Closure<dyn Fn(Array)>,
}

impl Drop for Seen {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
        let _ =
            document().remove_event_listener_with_callback("visibilitychange", self.hidden.as_ref().unchecked_ref());
    }
}

/// Calls `tell` whenever the element comes into sight or goes out of it, by scrolling or because the page is hidden.
pub fn on_seen(element: &Element, tell: impl Fn(bool) + 'static) -> Seen {
    let (inside, tell) = (Rc::new(Cell::new(true)), Rc::new(tell));
    let crossed = {
        let (inside, tell) = (Rc::clone(&inside), Rc::clone(&tell));
        Closure::<dyn Fn(Array)>::new(move |entries: Array| {
            let last = entries.get(entries.length().saturating_sub(1));
            inside.set(last.unchecked_ref::<IntersectionObserverEntry>().is_intersecting());
            tell(inside.get() && !document().hidden());
        })
    };
    let hidden = Closure::<dyn Fn(Event)>::new(move |_: Event| tell(inside.get() && !document().hidden()));
    let _ = document().add_event_listener_with_callback("visibilitychange", hidden.as_ref().unchecked_ref());
    let observer = IntersectionObserver::new(crossed.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        observer.observe(element);
    }
    Seen { observer, hidden, _crossed: crossed }
}

/// Follows the size of elements; dropping this ends it.
pub struct Sized {
    observer: Option<ResizeObserver>,
    _changed: Closure<dyn Fn()>,
}

impl Drop for Sized {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Calls `tell` whenever one of these elements has another size, and once at the beginning.
pub fn on_size(elements: &[Element], tell: impl Fn() + 'static) -> Sized {
    let changed = Closure::<dyn Fn()>::new(tell);
    let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        elements.iter().for_each(|element| observer.observe(element));
    }
    Sized { observer, _changed: changed }
}

/// Follows the theme; dropping this ends it.
pub struct Lit {
    chosen: Option<MutationObserver>,
    system: Option<MediaQueryList>,
    _changed: Closure<dyn Fn()>,
}

impl Drop for Lit {
    fn drop(&mut self) {
        if let Some(chosen) = &self.chosen {
            chosen.disconnect();
        }
        if let Some(system) = &self.system {
            system.set_onchange(None);
        }
    }
}

/// Calls `tell` whenever the page becomes light or dark, by the reader's choice or the system's.
pub fn on_light(tell: impl Fn() + 'static) -> Lit {
    let changed = Closure::<dyn Fn()>::new(tell);
    let chosen = MutationObserver::new(changed.as_ref().unchecked_ref()).ok();
    if let (Some(chosen), Some(root)) = (&chosen, document().document_element()) {
        let init = MutationObserverInit::new();
        init.set_attributes(true);
        // The root can always be observed.
        let _ = chosen.observe_with_options(&root, &init);
    }
    let dark = web_sys::window().and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
    if let Some(dark) = &dark {
        dark.set_onchange(Some(changed.as_ref().unchecked_ref()));
    }
    Lit { chosen, system: dark, _changed: changed }
}
