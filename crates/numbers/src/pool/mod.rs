//! Figure 14: the pool and the flood.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`] | what may be set, and the `Setup` that it makes |
//! | [`caption`] | what happened, in one sentence with numbers from the run, and what decided it |
//! | [`tables`] | how it ended for whom, and the course of time, as tables |
//! | [`charts`] | the same drawn |
//! | [`lanes`] | the ways of a request over the drawing |
//! | [`lights`] | which arrows of the drawing are lit |
//! | [`crowd`] | the requests as tokens that move |
//! | [`desk`] | all of it, behind questions |

pub mod caption;
pub mod charts;
pub mod crowd;
pub mod desk;
pub mod lanes;
pub mod lights;
pub mod settings;
pub mod tables;
