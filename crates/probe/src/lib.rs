//! What a page's script may reach, tried: the attempts of figure 12, what is predicted of each, and how both compare.
//!
//! It decides from a [`Context`] alone and tries nothing itself: the page does, with the very code that stands here. In
//! reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`probes`] | the attempts: what each tries, its code, the arrow it lights, what the server can do instead |
//! | [`tokens`] | the attribute `sandbox`: the HTML standard's flags |
//! | [`context`] | where an attempt is made |
//! | [`outcome`] | what comes of one: a value, an exception, nothing |
//! | [`predict`] | from an attempt and its context to the outcome, and why |
//! | [`compare`] | predicted beside seen |
//! | [`lights`] | which arrows of the figure are lit by what came of them |
//! | [`served`] | what the bundled server does in its demonstration directory |
//! | [`imports`] | what a Wasm module imports, in groups |
//! | [`script`] | the attempts as the script that the page's frame runs |

pub mod compare;
pub mod context;
pub mod imports;
pub mod lights;
pub mod outcome;
pub mod predict;
pub mod probes;
pub mod script;
pub mod served;
pub mod tokens;

pub use context::Context;
pub use outcome::Outcome;
pub use predict::{Prediction, predict};
pub use probes::{PROBES, Probe};
