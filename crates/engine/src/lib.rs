//! What happens: the request-flow engine.
//!
//! `World` (what is written down) + `State` (what has happened) + actions → `Trace` + the next `State`.
//! It knows no picture, no clock, no dice and no page: time and seed are arguments, and every verdict
//! names the line of configuration, the rule or the step of a standard that decided it.
//!
//! Reading order: [`time`], [`place`], [`message`], [`trace`], [`world`], [`state`], [`journey`].

pub mod message;
pub mod place;
pub mod time;
pub mod trace;
