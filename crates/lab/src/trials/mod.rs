//! Trials: this server answers exactly as a trial of the laboratory wants it to, and tells what reached it.
//!
//! The page opens a trial at the site's own origin, says what is to be answered at which of its addresses, lets its browser
//! fetch them from whatever origin they lie at, and asks what has arrived (docs/trials.md). In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`routes`] | paths and methods, and who may ask for what |
//! | [`frame`] | the page from which trials are fetched |
//! | [`store`] | the trials: how many, how old, how large |
//! | [`told`] | what a page says is to be answered |
//! | [`write`] | an answer of the engine's own type becomes one of HTTP |
//! | [`witness`] | what arrived, in words |
//!
//! It refuses to be told anything by another page than the site's own, to answer what it was not told about, and to keep
//! anything on the disk. It decides nothing about CORS: that is the browser's business.

mod frame;
mod routes;
mod store;
mod told;
mod witness;
mod write;

pub use routes::{at_every_origin, covers, managed};

use crate::live::Limits;
use crate::live::answer::Refusal;
use axum::http::StatusCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Store;
use tokio::time::Instant;

/// Every trial of this server.
#[derive(Debug)]
pub struct Trials {
    limits: Limits,
    /// The ports of all origins, the site's first.
    ports: Vec<u16>,
    began: Instant,
    store: Mutex<Store>,
}

impl Trials {
    /// None yet. `ports` are those of all origins, the site's first.
    pub fn at(ports: Vec<u16>, limits: Limits) -> Self {
        Trials { limits, ports, began: Instant::now(), store: Mutex::new(Store::new(&limits)) }
    }

    /// The trials, and the time since the server began, in microseconds. No handler can leave them half changed.
    fn open(&self) -> (MutexGuard<'_, Store>, u64) {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        (store, u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    /// The origins at which a trial can answer: two names of this machine, each with every port.
    fn origins(&self) -> impl Iterator<Item = String> {
        let of = |name: &'static str| self.ports.iter().map(move |port| format!("http://{name}:{port}"));
        of("localhost").chain(of("127.0.0.1"))
    }
}

/// Why a page does not get what it asked for.
fn refusal(status: StatusCode, words: impl Into<String>) -> Refusal {
    Refusal::new(status, words)
}

#[cfg(test)]
mod tests;
