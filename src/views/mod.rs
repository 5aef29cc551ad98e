//! What is drawn. One component a file; every one only reads the desk and hands it cues.

pub mod actors;
pub mod caption;
pub mod documents;
pub mod keys;
pub mod outcome;
pub mod player;
pub mod run;
pub mod switches;

use leptos::prelude::*;

/// A text that follows the desk. One type for all of them: a view is compiled anew for every closure it holds.
pub fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(read)
}

/// A yes or no that follows the desk.
pub fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// An answer to a press, of one type.
pub fn press(act: impl Fn() + 'static) -> Box<dyn FnMut(leptos::ev::MouseEvent)> {
    Box::new(move |_| act())
}

/// An answer to a change of a field, of one type.
pub fn change(act: impl Fn(leptos::ev::Event) + 'static) -> Box<dyn FnMut(leptos::ev::Event)> {
    Box::new(act)
}
