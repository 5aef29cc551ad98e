//! Places in the page that was there before the app.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};

/// The document.
pub fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("the app runs in a page")
}

/// Says on the document that somebody does this; `false` where somebody said so before.
pub fn claim(name: &str) -> bool {
    document().document_element().is_some_and(|root| !root.has_attribute(name) && root.set_attribute(name, "").is_ok())
}

/// The first element that fits.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The text of the first element that fits; empty where there is none.
pub fn text_of(selector: &str) -> String {
    find(selector).and_then(|element| element.text_content()).unwrap_or_default()
}

/// What stands in the first element that fits, as HTML; empty where there is none.
pub fn html_of(selector: &str) -> String {
    find(selector).map(|element| element.inner_html()).unwrap_or_default()
}

/// Brings the first element that fits into sight.
pub fn show(selector: &str) {
    if let Some(element) = find(selector) {
        element.scroll_into_view();
    }
}

/// Every element that fits.
pub fn find_all(selector: &str) -> Vec<Element> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into().ok()).collect()
}

/// What the page says of itself: `section` is its slug, `piece` the name of what plays on it.
pub fn page_says(name: &str) -> Option<String> {
    find("#page")?.dataset().get(name)
}

/// The boards on the page (both forms of a figure) that carry their geometry, and the geometry.
pub fn boards() -> Vec<(HtmlElement, String)> {
    let board = |board: Element| {
        let geometry = board.get_attribute("data-geometry")?;
        Some((board.dyn_into().ok()?, geometry))
    };
    find_all(".board[data-geometry]").into_iter().filter_map(board).collect()
}

/// Takes everything out of an element.
pub fn clear(element: &Element) {
    element.set_text_content(None);
}

/// A finger moved further than this, in pixels, has swiped; else it has tapped.
const SWIPE: i32 = 40;

/// What a finger asks that was put down at `began` (in pixels from the left) and is lifted: `true` for forward, by a swipe to
/// the left or a tap on the right half, `false` for back. `None` for everything that is no finger.
pub fn finger_asks_forward(event: &PointerEvent, began: i32) -> Option<bool> {
    if event.pointer_type() != "touch" {
        return None;
    }
    let moved = event.client_x() - began;
    if moved.abs() > SWIPE {
        return Some(moved < 0);
    }
    let frame = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    Some(f64::from(event.client_x()) > frame.left() + frame.width() / 2.0)
}

/// Where in a drawing this was, that is so many units wide and scaled to its frame.
#[expect(clippy::cast_possible_truncation, reason = "a drawing is a few thousand pixels wide")]
pub fn point_in(event: &MouseEvent, width: f32) -> Option<(f32, f32)> {
    let frame = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    let scale = f64::from(width) / frame.width();
    let (x, y) = (f64::from(event.client_x()) - frame.left(), f64::from(event.client_y()) - frame.top());
    Some(((x * scale) as f32, (y * scale) as f32))
}

/// Whether a click was a finger's.
pub fn is_finger(event: &MouseEvent) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch")
}

/// Says by the pointer whether what is under it can be pressed.
pub fn offers_press(event: &MouseEvent, offers: bool) {
    if let Some(element) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // A class can always be set.
        let _ = element.class_list().toggle_with_force("offers", offers);
    }
}

/// Brings the head of the first element that fits into sight, unless it is there already.
pub fn bring(selector: &str) {
    let selector = selector.to_owned();
    let look = Closure::once_into_js(move || {
        let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(0.0);
        if let Some(element) = find(&selector) {
            let top = element.get_bounding_client_rect().top();
            if top < 0.0 || top > height / 2.0 {
                element.scroll_into_view();
            }
        }
    });
    // By the next frame, what it shows has been drawn, and the player has followed what happens ([`follow`]); then it is time.
    let later = Closure::once_into_js(move || {
        if let Some(window) = web_sys::window() {
            let _ = window.request_animation_frame(look.unchecked_ref());
        }
    });
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(later.unchecked_ref());
    }
}

/// What has the focus when a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A field that takes text, or a choice: it keeps all keys.
    Field,
    /// Something that is pressed with space or enter: it keeps these.
    Pressable,
    /// Anything else, the scrubber among it.
    Free,
}

/// What had the focus when this key was pressed.
pub fn pressed_on(event: &KeyboardEvent) -> Focus {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return Focus::Free };
    match (target.tag_name().as_str(), target.get_attribute("type").as_deref()) {
        ("INPUT", Some("range")) => Focus::Free,
        ("INPUT", Some("checkbox")) | ("BUTTON" | "A" | "SUMMARY", _) => Focus::Pressable,
        ("INPUT" | "SELECT" | "TEXTAREA", _) => Focus::Field,
        _ => Focus::Free,
    }
}

/// Where a figure is taller than what can be seen of it (on a phone, in a small frame), brings what happens into sight, above
/// the player's bar. On a wide page, where the figure is seen whole, nothing moves.
pub fn follow() {
    let Some(window) = web_sys::window() else { return };
    // By the next frame, what happens has been drawn.
    let look = Closure::once_into_js(bring_into_sight);
    let _ = window.request_animation_frame(look.unchecked_ref());
}

fn bring_into_sight() {
    let Some(window) = web_sys::window() else { return };
    let there = |board: &str| find(board).is_some_and(|board| board.offset_height() > 0);
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    let board = match () {
        () if there(".board.tall") => ".board.tall",
        () if there(".embed .board.wide") => ".board.wide",
        () => return,
    };
    if height == 0.0 {
        return;
    }
    let below = find(".player > .now").map_or(height, |bar| bar.get_bounding_client_rect().top());
    let happens = [" .held", " .now", " .token"].map(|what| [board, what].concat());
    let Some(frame) =
        happens.iter().find_map(|selector| find_any(selector)).map(|element| element.get_bounding_client_rect())
    else {
        return;
    };
    let by = if frame.top() < MARGIN {
        frame.top() - MARGIN
    } else if frame.bottom() > below - MARGIN {
        frame.bottom() - below + MARGIN
    } else {
        return;
    };
    window.scroll_by_with_x_and_y(0.0, by);
}

/// How far from the edge of what can be seen something should be, in pixels.
const MARGIN: f64 = 24.0;

fn find_any(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Whether the reader has not yet put the focus anywhere.
pub fn focus_is_free() -> bool {
    let active = document().active_element();
    active.is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether the focus is on an element that fits.
pub fn focus_is_at(selector: &str) -> bool {
    document().active_element().is_some_and(|element| element.matches(selector).unwrap_or(false))
}

/// Puts the focus on an element without moving the page.
pub fn focus(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element that cannot take the focus leaves it where it is.
    let _ = element.focus_with_options(&options);
}

/// Puts the focus on an element that the next frame will have drawn.
pub fn focus_soon(selector: &str) {
    let selector = selector.to_owned();
    let look = Closure::once_into_js(move || {
        if let Some(element) = find(&selector) {
            focus(&element);
        }
    });
    if let Some(window) = web_sys::window() {
        let _ = window.request_animation_frame(look.unchecked_ref());
    }
}

/// The link to a step that was clicked: which item of its list, and its address. `None` for other clicks, and for those that
/// ask for a new tab.
pub fn step_link(event: &MouseEvent) -> Option<(usize, String)> {
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href^='?step=']").ok()??;
    let item = link.closest("li").ok()??;
    let mut before = 0;
    let mut other = item.previous_element_sibling();
    while let Some(element) = other {
        before += 1;
        other = element.previous_element_sibling();
    }
    Some((before, link.get_attribute("href")?))
}

/// Marks one step of the run as the one that stands on stage.
pub fn mark_step(step: Option<usize>) {
    for (index, item) in find_all(".run > ol > li").iter().enumerate() {
        // An attribute can always be set.
        let _ = if Some(index) == step {
            item.class_list().add_1("here").and_then(|()| item.set_attribute("aria-current", "step"))
        } else if item.has_attribute("aria-current") {
            item.class_list().remove_1("here").and_then(|()| item.remove_attribute("aria-current"))
        } else {
            Ok(())
        };
    }
}

/// Fills the screen with an element, or gives the screen back.
pub fn full_screen(element: &Element) {
    if document().fullscreen_element().is_some() {
        document().exit_fullscreen();
    } else {
        // A frame that may not do so simply stays as it is.
        let _ = element.request_fullscreen();
    }
}

/// Shows the page's own alert.
pub fn trouble(why: &str) {
    if let (Some(alert), Some(output)) = (find("#trouble"), find("#trouble output")) {
        output.set_text_content(Some(why));
        alert.set_hidden(false);
        alert.scroll_into_view();
    }
}

/// Writes to the console.
pub fn log_error(text: &str) {
    web_sys::console::error_1(&text.into());
}

/// What the pressed thing, or what it lies in, says of itself under this name (`data-…`).
pub fn says_around(event: &MouseEvent, name: &str) -> Option<String> {
    let attribute = ["data-", name].concat();
    let around = event.target()?.dyn_into::<Element>().ok()?.closest(&["[", &attribute, "]"].concat()).ok()??;
    around.get_attribute(&attribute)
}

/// Sends JSON to an address of this origin: the status and the text of the answer; nothing where there is none.
pub(crate) async fn post(address: &str, body: &str) -> Option<(u16, String)> {
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Headers, RequestInit, Response};
    let headers = Headers::new().ok()?;
    headers.set("Content-Type", "application/json").ok()?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    let asked = web_sys::window()?.fetch_with_str_and_init(address, &init);
    let answer = JsFuture::from(asked).await.ok()?.dyn_into::<Response>().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    Some((answer.status(), text))
}

/// A form of a figure on the page.
pub type Board = HtmlElement;

/// What is drawn over a figure as SVG; dropping it takes it off.
pub struct Drawing(Element);

impl Drawing {
    /// Draws this instead of what was drawn.
    pub fn fill(&self, svg: &str) {
        self.0.set_inner_html(svg);
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// A drawing over this board, in the pixels of its figure.
pub fn drawing(board: &Element, width: f64, height: f64) -> Option<Drawing> {
    let svg = document().create_element_ns(Some("http://www.w3.org/2000/svg"), "svg").ok()?;
    svg.set_attribute("class", "actors").ok()?;
    svg.set_attribute("viewBox", &format!("0 0 {width} {height}")).ok()?;
    svg.set_attribute("aria-hidden", "true").ok()?;
    board.append_child(&svg).ok()?;
    Some(Drawing(svg))
}
