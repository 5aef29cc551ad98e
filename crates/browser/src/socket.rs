//! A WebSocket to this page's own origin, as a script has it: messages, and how it ended.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

/// What is heard.
pub enum Heard {
    /// The handshake is done.
    Opened,
    /// A text.
    Text(String),
    /// It is closed: the code, the reason, and whether both sides said so.
    Closed(u16, String, bool),
}

/// A socket; closed when it is dropped.
pub struct Socket {
    socket: WebSocket,
    _open: Closure<dyn Fn(Event)>,
    _text: Closure<dyn Fn(MessageEvent)>,
    _closed: Closure<dyn Fn(CloseEvent)>,
}

impl Socket {
    /// Opens it.
    pub fn open(path: &str, hear: fn(Heard)) -> Option<Self> {
        let origin = web_sys::window()?.location().origin().ok()?;
        let socket = WebSocket::new(&[&origin.replacen("http", "ws", 1), path].concat()).ok()?;
        let open = Closure::<dyn Fn(Event)>::new(move |_: Event| hear(Heard::Opened));
        let text = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            hear(Heard::Text(event.data().as_string().unwrap_or_default()));
        });
        let closed = Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| {
            hear(Heard::Closed(event.code(), event.reason(), event.was_clean()));
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(text.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, _open: open, _text: text, _closed: closed })
    }

    /// The address.
    pub fn url(&self) -> String {
        self.socket.url()
    }

    /// The extensions that both sides have agreed on; empty where there are none.
    pub fn extensions(&self) -> String {
        self.socket.extensions()
    }

    /// Sends a text. Says whether it could be sent.
    pub fn send(&self, text: &str) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && self.socket.send_with_str(text).is_ok()
    }

    /// Closes it, as an end that was meant.
    pub fn close(&self) {
        let _ = self.socket.close_with_code(1000);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.close();
    }
}
