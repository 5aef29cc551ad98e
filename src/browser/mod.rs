//! The page: the only code, with the clock, that touches the browser. One file a device.

pub mod dom;
pub mod media;
pub mod panic;
pub mod storage;
pub mod turn;
