//! A frame in which something is tried, with or without the attribute `sandbox`; what is said to it and what it tells is text.

use crate::dom::document;
use crate::turn::HELD;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::{Function, Promise, Reflect};
use web_sys::{HtmlElement, HtmlIFrameElement, MessageEvent};

/// Who waits for a text that begins with this line.
type Waiting = Rc<RefCell<Option<(String, Function)>>>;

/// A frame. It goes when this is dropped.
pub struct Jail {
    frame: HtmlIFrameElement,
    waiting: Waiting,
    hear: Closure<dyn Fn(MessageEvent)>,
}

impl Jail {
    /// Puts a frame at the end of this place, and waits until it says that it is ready, or for `patience` milliseconds; says
    /// whether it did. What it tells unasked is handed to `unasked`. None where there can be no frame.
    pub async fn open(
        place: &HtmlElement,
        address: &str,
        sandbox: Option<&str>,
        title: &str,
        patience: i32,
        unasked: fn(&str),
    ) -> Option<(Self, bool)> {
        let frame: HtmlIFrameElement = document().create_element("iframe").ok()?.dyn_into().ok()?;
        frame.set_title(title);
        match sandbox {
            Some(tokens) => frame.set_attribute("sandbox", tokens).ok()?,
            None => frame.set_hidden(true),
        }
        frame.set_src(address);
        let (waiting, own) = (Waiting::default(), frame.clone());
        let waits = waiting.clone();
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let source = event.source().map(JsValue::from);
            if source.is_none() || source != own.content_window().map(JsValue::from) {
                return;
            }
            let Some(text) = event.data().as_string() else { return };
            let first = text.split('\n').next().unwrap_or_default();
            let awaited = waits.borrow().as_ref().is_some_and(|(wanted, _)| wanted == first);
            if !awaited {
                unasked(&text);
            } else if let Some((_, done)) = waits.take() {
                let _ = done.call1(&JsValue::NULL, &text.into());
            }
        });
        let window = web_sys::window()?;
        window.add_event_listener_with_callback("message", hear.as_ref().unchecked_ref()).ok()?;
        let jail = Self { frame, waiting, hear };
        let ready = jail.hear("ready", patience, || drop(place.append_child(&jail.frame))).await.is_some();
        Some((jail, ready))
    }

    /// Says a text, and waits for one that begins with this line. None where it does not come in so many milliseconds.
    pub async fn ask(&self, first: &str, text: &str, patience: i32) -> Option<String> {
        // In a sandbox it has no origin that could be named; what is said is no secret.
        let say = || self.frame.content_window().map(|window| window.post_message(&text.into(), "*"));
        self.hear(first, patience, || drop(say())).await
    }

    async fn hear(&self, first: &str, patience: i32, begin: impl Fn()) -> Option<String> {
        let heard = Promise::new(&mut |done, _| {
            if let Some(window) = web_sys::window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, patience);
            }
            self.waiting.replace(Some((first.to_owned(), done)));
            begin();
        });
        JsFuture::from(heard).await.ok()?.as_string()
    }
}

impl Drop for Jail {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback("message", self.hear.as_ref().unchecked_ref());
        }
        self.frame.remove();
    }
}

/// Whether this page is a secure context.
pub fn secure() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// The address of this page without its fragment.
pub fn address() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// While it is held, a change of the address below this page turns no page: that a frame sends it to a fragment is part of an
/// attempt ([`crate::turn`], which is another program, looks for the attribute).
pub fn hold(held: bool) {
    if let Some(root) = document().document_element() {
        // An attribute of a name like this can always be set and taken away.
        let _ = if held { root.set_attribute(HELD, "") } else { root.remove_attribute(HELD) };
    }
}

/// Waits so many milliseconds.
pub async fn pause(milliseconds: i32) {
    let passed = Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
        }
    });
    // It only ever comes to its end.
    let _ = JsFuture::from(passed).await;
}

/// The file that was picked in the field of this name: its name, its bytes, and the beginning of its text.
pub async fn picked(field: &str) -> Option<(String, u64, String)> {
    let field = crate::dom::find(&["[name=", field, "]"].concat())?;
    let field: web_sys::HtmlInputElement = field.dyn_into().ok()?;
    let file = field.files()?.get(0)?;
    let text = JsFuture::from(file.text()).await.ok()?.as_string()?;
    Some((file.name(), file.size() as u64, text.chars().take(200).collect()))
}

/// The addresses of all that this page has fetched so far.
pub fn fetched() -> Vec<String> {
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else { return Vec::new() };
    let entries =
        Reflect::get(&performance, &"getEntriesByType".into()).ok().and_then(|get| get.dyn_into::<Function>().ok());
    let entries = entries.and_then(|get| get.call1(&performance, &"resource".into()).ok());
    let entries = entries.map(|entries| web_sys::js_sys::Array::from(&entries)).unwrap_or_default();
    entries.iter().filter_map(|entry| Reflect::get(&entry, &"name".into()).ok()?.as_string()).collect()
}

/// What the Wasm module at this address imports: from which module, under which name, and of which kind
/// (`WebAssembly.Module.imports`, WebAssembly JavaScript Interface). None where it cannot be fetched.
pub async fn imports(address: &str) -> Option<Vec<[String; 3]>> {
    use web_sys::js_sys::{ArrayBuffer, WebAssembly};
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str(address)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    let bytes: ArrayBuffer = JsFuture::from(answer.array_buffer().ok()?).await.ok()?.dyn_into().ok()?;
    let module = WebAssembly::Module::new(&bytes).ok();
    let module = match module {
        Some(module) => module,
        // A browser may refuse to compile a large module at once.
        None => JsFuture::from(WebAssembly::compile(&bytes)).await.ok()?.dyn_into().ok()?,
    };
    let word = |entry: &JsValue, name: &str| Reflect::get(entry, &name.into()).ok().and_then(|word| word.as_string());
    let entry = |entry: JsValue| Some([word(&entry, "module")?, word(&entry, "name")?, word(&entry, "kind")?]);
    WebAssembly::Module::imports(&module).iter().map(entry).collect()
}
