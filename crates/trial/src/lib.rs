//! Trials of the laboratory: a fetch that is predicted by the engine and then done by a real browser against the bundled
//! test server. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`lines`] | which status and which header lines the test server sends, and which it refuses to |
//! | [`served`] | what leaves the server for an answer: the lines asked for, and its own |
//!
//! It sends nothing, and knows neither page nor server: both use it.

pub mod lines;
pub mod served;
