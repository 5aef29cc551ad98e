//! A frame that fetches for the laboratory: what is sent to it and what it answers is text.

use crate::dom::document;
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::{Function, Promise};
use web_sys::{HtmlElement, HtmlIFrameElement, MessageEvent, Window};

/// A frame that listens.
#[derive(Clone, Debug)]
pub struct Frame(HtmlIFrameElement);

/// Who is waited for, and who waits.
struct Waiting {
    source: Window,
    done: Function,
}

thread_local! {
    /// One is waited for at a time.
    static WAITING: RefCell<Option<Waiting>> = const { RefCell::new(None) };
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// How long a frame may take, in milliseconds.
const PATIENCE: i32 = 20_000;

impl Frame {
    /// Puts a frame into this place, unseen, and waits until it listens. In a sandbox its origin is `null`.
    pub async fn open(place: &HtmlElement, address: &str, sandbox: bool) -> Option<Self> {
        listen();
        let frame: HtmlIFrameElement = document().create_element("iframe").ok()?.dyn_into().ok()?;
        frame.set_hidden(true);
        frame.set_title("Fetches for the laboratory");
        if sandbox {
            frame.set_attribute("sandbox", "allow-scripts").ok()?;
        }
        frame.set_src(address);
        place.append_child(&frame).ok()?;
        let frame = Self(frame);
        frame.hear(|_| {}).await.map(|_| frame)
    }

    /// Sends a text, and waits for what is answered. None where nothing is.
    pub async fn ask(&self, text: &str) -> Option<String> {
        // In a sandbox it has no origin that could be named; what is sent is no secret.
        self.hear(|window| drop(window.post_message(&text.into(), "*"))).await
    }

    /// Takes it away.
    pub fn close(self) {
        self.0.remove();
    }

    async fn hear(&self, say: impl Fn(&Window)) -> Option<String> {
        let source = self.0.content_window()?;
        let heard = Promise::new(&mut |done, _| {
            if let Some(window) = web_sys::window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, PATIENCE);
            }
            WAITING.set(Some(Waiting { source: source.clone(), done }));
            say(&source);
        });
        JsFuture::from(heard).await.ok()?.as_string()
    }
}

/// Listens to what frames say, as long as the page is open; what nobody waits for is not heard.
fn listen() {
    if LISTENS.replace(true) {
        return;
    }
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let awaited = WAITING.with_borrow(|waiting| {
            let source = event.source().map(JsValue::from);
            waiting.as_ref().is_some_and(|waiting| source.as_ref() == Some(waiting.source.as_ref()))
        });
        if let Some(waiting) = WAITING.take().filter(|_| awaited) {
            let _ = waiting.done.call1(&JsValue::NULL, &event.data());
        }
    });
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("message", hear.as_ref().unchecked_ref());
    }
    hear.forget();
}
