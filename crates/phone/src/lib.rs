//! The phone of “for real”: what it asks the bundled server (`crates/lab`, docs/live.md), what came back, and how that
//! compares with what the engine foretold. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`exchange`] | one request and its answer, as a script may know them |
//! | [`held`] | what the server says that it holds |
//! | [`note`] | a notification, and which were shown |
//! | [`memory`] | what a phone keeps over a reload, as text |
//! | [`step`] | the phone itself: what happens to it, and what is to be done then |
//! | [`compare`] | what was foretold beside what came, and which differences may be |
//! | [`wire`] | for figure 1: a plain exchange and a WebSocket, as far as a script sees them |
//! | [`json`] | reading what the server says |
//!
//! Pure: it has no clock (time is an argument, in milliseconds), no dice (a key is an argument), no network and no page.
//! It refuses to guess: a count is what the server said last, and a like that was not answered is shown as unsent.

pub mod compare;
pub mod exchange;
pub mod held;
pub mod json;
pub mod memory;
pub mod note;
pub mod step;
pub mod wire;
