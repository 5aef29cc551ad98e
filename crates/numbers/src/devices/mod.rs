//! Figure 15: the same work on a phone, an old laptop, a desktop, and a server that can be enlarged; and on the reader's
//! own device.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`] | what may be set, and the machines and servers that it makes |
//! | [`verdict`] | how the work fares on a machine, by which thresholds |
//! | [`compared`] | whether what the server got more of was of use |
//! | [`caption`] | what happened in a sentence, and what decided it |
//! | [`tables`] | machines with the source of each number, and the servers |
//! | [`lights`] | which arrows are lit, and how far the work is |
//! | [`measured`] | the work on the reader's own device, beside the bundled server |
//! | [`desk`] | all of it, behind questions |

pub mod caption;
pub mod compared;
pub mod desk;
pub mod lights;
pub mod measured;
pub mod settings;
pub mod tables;
pub mod verdict;
