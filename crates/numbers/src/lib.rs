//! Figures 14 and 15: thousands of clients, and the same work on other machines, as the page asks for them and shows them.
//!
//! Everything here is a pure function or a plain value, and most of it runs in a worker: a [question](talk) is text, an
//! [answer](talk) is HTML for places on the page, and tokens to be drawn. It knows no page and no clock; what happens in a
//! run is `load`'s affair, and nothing is decided here.
//!
//! Reading order: [`say`], [`knob`] (what may be set), [`head`] (where the reader is), [`talk`], [`chart`]; figure 14 in
//! [`pool`], figure 15 in [`devices`]; [`worker`] answers for both; [`controls`] and [`still`] are what stands on the page.

pub mod chart;
pub mod controls;
pub mod devices;
pub mod head;
pub mod knob;
pub mod pool;
pub mod say;
pub mod still;
pub mod talk;
pub mod worker;
