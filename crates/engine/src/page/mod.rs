//! A page in the browser: what its HTML names, what its scripts do, and when what of it shows.
//!
//! A leaf like the others: [`html`] and [`script`] read, [`render`] is told what arrived when and says what comes of it.
//! None of them sends a request; that is the journey's affair. [`shown`] says how far a page has come in a trace.
//!
//! It does not build a tree, apply styles or run JavaScript: it knows the rules by which one thing waits for another.

pub mod html;
pub mod render;
pub mod script;
mod shown;

pub use shown::{Buttons, Happened, Picture, Shown, happened, shown};
