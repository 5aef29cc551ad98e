//! The sandbox: what a server may do that a page may not, done in a jail of its own (figure 12, docs/sandbox.md).
//!
//! The page asks at the site's own origin, and the server reads, lists and writes in one directory that it has made for that,
//! tells about its own process, and opens a TCP connection to itself. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`routes`] | paths and methods, and who may ask for what |
//! | [`jail`] | the demonstration directory: no path leads out of it |
//! | [`process`] | this process and its environment |
//! | [`socket`] | a raw TCP connection, both ends ours |
//!
//! It refuses to read or write anything outside its directory, to tell a variable's value unless it is known to be harmless,
//! to look at any other process, and to connect to anybody else.

mod jail;
mod process;
mod routes;
mod socket;

pub use jail::Jail;
pub use routes::{covers, routes};

#[cfg(test)]
mod tests;
