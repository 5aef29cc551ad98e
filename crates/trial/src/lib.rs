//! Trials of the laboratory: a fetch that is predicted by the engine and then done by a real browser against the bundled
//! test server. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`lines`] | which status and which header lines the test server sends, and which it refuses to |
//! | [`served`] | what leaves the server for an answer: the lines asked for, and its own |
//! | [`setting`], [`situations`] | a situation: who asks, for what, and how it is answered; those with a name |
//! | [`plan`] | the trial of a situation: what server and frame are told |
//! | [`told`] | the engine's prediction, and what was seen, in one form |
//! | [`compare`] | both side by side, row by row |
//! | [`generate`] | hundreds of situations from a seed |
//! | [`mend`], [`snippets`] | the fewest header lines that make it work, and how programs are told to send them |
//! | [`address`], [`replay`] | a situation as a link; the one that repeats a run of figure 13 |
//! | [`browsers`] | which profile of the engine stands for the browser at hand |
//! | [`json`] | what page, frame and server say to each other |
//!
//! It sends nothing, and knows neither page nor server: both use it.

pub mod address;
pub mod browsers;
pub mod compare;
pub mod generate;
pub mod json;
pub mod lines;
pub mod mend;
pub mod plan;
pub mod replay;
pub mod served;
pub mod setting;
pub mod situations;
pub mod snippets;
pub mod told;
