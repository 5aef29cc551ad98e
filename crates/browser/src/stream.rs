//! Server-sent events (HTML standard, "Server-sent events"). A stream that breaks is closed for good: whoever wants it back
//! opens another, from the id on that it has heard last.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// What is heard.
pub enum Heard {
    /// The stream is open.
    Opened,
    /// An event: its id and its data.
    Told(String, String),
    /// It was refused, or broke off.
    Broken,
}

/// An open stream; closed when it is dropped.
pub struct Stream {
    source: EventSource,
    _open: Closure<dyn Fn(Event)>,
    _told: Closure<dyn Fn(MessageEvent)>,
    _broken: Closure<dyn Fn(Event)>,
}

impl Stream {
    /// Opens a stream, and hears its events of this name.
    pub fn open(path: &str, name: &str, hear: fn(Heard)) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let open = Closure::<dyn Fn(Event)>::new(move |_: Event| hear(Heard::Opened));
        let broken = Closure::<dyn Fn(Event)>::new(move |_: Event| hear(Heard::Broken));
        let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            hear(Heard::Told(event.last_event_id(), data));
        });
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onerror(Some(broken.as_ref().unchecked_ref()));
        let _ = source.add_event_listener_with_callback(name, told.as_ref().unchecked_ref());
        Some(Self { source, _open: open, _told: told, _broken: broken })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
