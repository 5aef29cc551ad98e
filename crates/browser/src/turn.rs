//! Turning pages without loading the app anew: a link to another section fetches that page and takes its words.

use crate::alarm;
use crate::dom::{document, find, focus};
use std::cell::Cell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent, Response, Url};

/// What the address bar says behind the question mark.
pub fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// What the address bar says behind the `#`.
pub fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Where a click on this page leads, if it is another page of this site and the browser is not asked for a new tab.
fn target(event: &MouseEvent) -> Option<Url> {
    if alarm::rung() {
        return None;
    }
    let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if modified || event.button() != 0 || event.default_prevented() {
        return None;
    }
    // In a figure that is a map the link is an SVG element, whose address is in the attribute.
    let element = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    if element.get_attribute("target").is_some_and(|t| !t.is_empty()) || element.has_attribute("download") {
        return None;
    }
    let here = web_sys::window()?.location();
    let address = match element.dyn_ref::<HtmlAnchorElement>() {
        Some(anchor) => anchor.href(),
        None => element.get_attribute("href")?,
    };
    let url = Url::new_with_base(&address, &here.href().ok()?).ok()?;
    let same_page = Some(url.pathname()) == here.pathname().ok() && Some(url.search()) == here.search().ok();
    (url.origin() == here.origin().ok()? && !same_page).then_some(url)
}

/// The document has this attribute while a change of its address is to turn no page.
pub(crate) const HELD: &str = "data-held";

/// Said on the document when another page has been put in place.
const OPENED: &str = "roundtrip:open";
/// Said on the document before the page is taken away.
const CLOSING: &str = "roundtrip:close";

/// Turns to other pages of this site, by links and by the browser's own buttons, and calls `open` after each.
pub fn on_turn(open: fn()) {
    let click = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
        if let Some(url) = target(&event) {
            event.prevent_default();
            spawn_local(turn(url.href(), true, open));
        }
    });
    let back = Closure::<dyn Fn(Event)>::new(move |_: Event| {
        if document().document_element().is_some_and(|root| root.has_attribute(HELD)) {
            return;
        }
        if let Some(Ok(here)) = web_sys::window().map(|window| window.location().href()) {
            spawn_local(turn(here, false, open));
        }
    });
    let _ = document().add_event_listener_with_callback("click", click.as_ref().unchecked_ref());
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("popstate", back.as_ref().unchecked_ref());
    }
    // Both listen as long as the page is open.
    click.forget();
    back.forget();
}

thread_local! {
    /// Which turn of the page is the latest: an answer that comes late is not for it.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// Goes to another page: fetches it and takes its words; where that fails, the browser goes by itself.
async fn turn(address: String, by_link: bool, open: fn()) {
    let this = TURN.get() + 1;
    TURN.set(this);
    let text = fetch(&address).await;
    if TURN.get() != this {
        return;
    }
    let Some(text) = text else { return leave(&address) };
    // First the history, which keeps where the reader is: without the player the page is shorter, and scrolls.
    if by_link {
        push(&address);
    }
    say(CLOSING);
    if !take(&text) {
        return leave(&address);
    }
    open();
    say(OPENED);
    if by_link { begin() } else { back() }
}

/// Says something on the document.
pub(crate) fn say(name: &str) {
    if let Ok(event) = Event::new(name) {
        let _ = document().dispatch_event(&event);
    }
}

/// Calls `open` whenever another page has been put in place.
pub fn on_opened(open: fn()) {
    listen(OPENED, open);
}

/// Calls `close` before a page is taken away.
pub fn on_closing(close: fn()) {
    listen(CLOSING, close);
}

/// Calls `act` whenever it is said on the document, as long as the page is open.
pub(crate) fn listen(name: &str, act: impl Fn() + 'static) {
    let hear = Closure::<dyn Fn()>::new(act);
    let _ = document().add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
    hear.forget();
}

/// Lets the browser go there by itself: for pages that cannot be fetched.
fn leave(address: &str) {
    if let Some(window) = web_sys::window() {
        // An address that cannot be gone to leaves the reader where they are.
        let _ = window.location().set_href(address);
    }
}

/// Puts the address into the address bar, as a new entry of the history; the old entry keeps where the reader was.
fn push(address: &str) {
    let Some(window) = web_sys::window() else { return };
    if let Ok(history) = window.history() {
        let y = window.scroll_y().unwrap_or(0.0);
        let _ = history.replace_state_with_url(&y.into(), "", None);
        let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address));
    }
}

/// Puts the address into the address bar, in place of the present one.
pub fn replace(address: &str) {
    if let Some(Ok(history)) = web_sys::window().map(|window| window.history()) {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address));
    }
}

/// The address of this page without query and fragment.
pub fn here() -> String {
    let location = web_sys::window().map(|window| window.location());
    location.and_then(|l| Some(format!("{}{}", l.origin().ok()?, l.pathname().ok()?))).unwrap_or_default()
}

/// The text of another page of this site.
async fn fetch(address: &str) -> Option<String> {
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str(address)).await.ok()?.dyn_into::<Response>().ok()?;
    if answer.ok() { JsFuture::from(answer.text().ok()?).await.ok()?.as_string() } else { None }
}

/// Takes title, header and main part out of another page's text and puts them in the place of this page's. `false` when
/// the text is no page of this site.
fn take(html: &str) -> bool {
    let Ok(parser) = web_sys::DomParser::new() else { return false };
    let Ok(other) = parser.parse_from_string(html, web_sys::SupportedType::TextHtml) else { return false };
    let part = |selector: &str| other.query_selector(selector).ok().flatten();
    let (Some(main), Some(there)) = (part("#page"), find("#page")) else { return false };
    let _ = there.replace_with_with_node_1(&main);
    for selector in ["header.top .contents", "header.top .mark", "footer.foot"] {
        if let (Some(new), Some(old)) = (part(selector), find(selector)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
    document().set_title(&other.title());
    true
}

/// Puts the reader at the beginning of the page, as a fresh page would, and the focus with them.
fn begin() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
    if let Some(page) = find("#page") {
        focus(&page);
    }
}

/// Puts the reader where they were on this page when they left it, as far as the history knows.
fn back() {
    let Some(window) = web_sys::window() else { return };
    let state = window.history().and_then(|history| history.state()).ok();
    let y = state.and_then(|state| state.as_f64()).unwrap_or(0.0);
    window.scroll_to_with_x_and_y(0.0, y);
}
