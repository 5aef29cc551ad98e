//! How a trace is played on a figure.
//!
//! `Trace` + [`Cast`] → [`Plot`]; [`Plot`] + `Figure` → [`Score`] → [`Scene`] at a moment. Everything is a pure function of its
//! arguments, which is what makes play, step, step back, scrub, links to one moment and film strips
//! the same mechanism. It knows nothing of the page and nothing of what a request is.
//!
//! Reading order: [`cast`] (who plays whom), [`plot`] (what of a trace is played), [`captions`] (where a step begins, and its sentence),
//! [`score`] (when on stage), [`scene`] (what stands there), [`playhead`] (where we are), [`carry`]
//! (where we are after the world has changed), [`story`] (the same run as text), [`touch`] (what is pointed at).

pub mod captions;
pub mod carry;
pub mod cast;
pub mod playhead;
pub mod plot;
pub mod scene;
pub mod score;
pub mod story;
pub mod touch;

pub use captions::Captions;
pub use carry::carry;
pub use cast::{Cast, Hop, Light, Route};
pub use playhead::{Cue, Playhead, respond};
pub use plot::Plot;
pub use scene::{Mood, Motion, Scene, Token, lit, scene};
pub use score::{Event, Score};
