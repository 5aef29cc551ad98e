//! The page: the only code, with the player's clock, that touches the browser. It knows neither Leptos nor the course.
//!
//! [`page`] is what every page does. One file a device: [`dom`] (places in the page), [`turn`] (other pages), [`media`] (what the reader's system asks for),
//! [`field`] (where text is typed), [`prompt`] (the terminal), [`lens`] (the program that shows more), [`theme`], [`storage`], [`share`] (clipboard and files), [`alarm`] (a panic).

pub mod alarm;
pub mod dom;
pub mod field;
pub mod lens;
pub mod media;
pub mod page;
pub mod prompt;
pub mod share;
pub mod storage;
pub mod theme;
pub mod turn;
