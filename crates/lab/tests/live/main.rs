//! The live part of the program itself, on real sockets and a real disk, killed and started again.
//!
//! What takes long is marked `#[ignore]` and runs with `cargo xtask test --long`; a small form of it runs always.

#![allow(clippy::disallowed_methods, reason = "a test of a program waits for it, and takes its time")]

mod crowd;
mod harness;
mod killed;
mod streams;
