//! What is drawn. One component a file; every one only reads the desk and hands it cues.

pub mod actors;
pub mod address;
pub mod caches;
pub mod caption;
pub mod documents;
pub mod editor;
pub mod keys;
pub mod loading;
pub mod look;
pub mod outcome;
pub mod phones;
pub mod player;
pub mod rules;
pub mod run;
pub mod share;
pub mod story;
pub mod switches;
pub mod terminal;
pub mod trying;

/// A text that follows the desk.
pub type Text = Box<dyn FnMut() -> String + Send>;
/// A yes or no that follows the desk.
pub type Flag = Box<dyn FnMut() -> bool + Send>;
/// An answer to a press.
pub type Press = Box<dyn FnMut(leptos::ev::MouseEvent)>;
/// An answer to a press that is asked where it was.
pub type Click = Box<dyn FnMut(leptos::ev::MouseEvent)>;
/// An answer to a key.
pub type Key = Box<dyn FnMut(leptos::ev::KeyboardEvent)>;
/// An answer to a change of a field.
pub type Change = Box<dyn FnMut(leptos::ev::Event)>;

// One type for all of a kind: a view is compiled anew for every type of closure that it holds.

/// A text that follows the desk. What is drawn changes only when the text does.
pub fn text(read: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// A yes or no that follows the desk.
pub fn flag(read: impl FnMut() -> bool + Send + 'static) -> Flag {
    Box::new(read)
}

/// An answer to a press.
pub fn press(act: impl Fn() + 'static) -> Press {
    Box::new(move |_| act())
}

/// An answer to a press that is asked where it was.
pub fn click(act: impl Fn(leptos::ev::MouseEvent) + 'static) -> Click {
    Box::new(act)
}

/// An answer to a key.
pub fn keydown(act: impl Fn(leptos::ev::KeyboardEvent) + 'static) -> Key {
    Box::new(act)
}

/// An answer to a change of a field.
pub fn change(act: impl Fn(leptos::ev::Event) + 'static) -> Change {
    Box::new(act)
}
