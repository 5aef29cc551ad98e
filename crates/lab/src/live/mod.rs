//! Live: likes for real, below `/live`, at the site's own port.
//!
//! The course's backend again, in Rust and with SQLite: same tables, same paths, same JSON. What the engine predicts of a
//! like can be held against what happens here. In reading order:
//!
//! | module | holds |
//! | --- | --- |
//! | [`routes`] | paths and methods |
//! | [`guard`] | who may ask: `Origin` and `Sec-Fetch-Site` decide |
//! | [`session`] | who asks: the cookie leads to the user; phones that share a browser |
//! | [`body`], [`idempotency`], [`accept`] | what a request may bring |
//! | [`answer`] | what every answer looks like |
//! | [`change`] | what may be changed: the statements of a like, its outbox, a session |
//! | [`writer`] | the one thread that writes, many changes in one commit |
//! | [`read`], [`readers`] | what may be read, beside the writer |
//! | [`outbox`], [`stream`] | notifications, from the commit to the open streams of their user |
//! | [`hello`], [`echo`] | a plain exchange and a WebSocket, for figure 1 |
//! | [`work`] | the piece of work of figure 15 |
//! | [`store`], [`place`] | the database, and where it lies |
//! | [`limits`] | how much of everything there may be |
//!
//! It refuses passwords, other origins, and to answer before what was changed is on the disk. It knows nothing of the
//! site's files.

mod accept;
pub mod answer;
pub mod body;
mod change;
mod echo;
pub mod guard;
mod hello;
mod idempotency;
mod limits;
mod outbox;
mod place;
mod read;
mod readers;
mod routes;
mod session;
mod store;
mod stream;
mod work;
mod writer;

pub use limits::Limits;
pub use place::{Place, file};
pub use routes::{covers, refused, routes};

use anyhow::{Context as _, Result};
use outbox::Outbox;
use readers::Readers;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use store::Store;
use tokio::sync::Semaphore;
use writer::Writer;

/// Everything that the routes share.
#[derive(Debug)]
pub struct Live {
    limits: Limits,
    readers: Readers,
    writer: Writer,
    outbox: Arc<Outbox>,
    streams: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    work: Arc<Semaphore>,
}

impl Live {
    /// Opens the store and starts the thread that writes.
    pub fn start(place: &Place, limits: Limits) -> Result<Arc<Self>> {
        let (store, database) = Store::open(place, &limits)?;
        let readers = Readers::open(store, &limits)?;
        let outbox = Arc::new(Outbox::default());
        let writer = Writer::start(database, &limits, Arc::clone(&outbox)).context("no thread to write with")?;
        let seats = |count| Arc::new(Semaphore::new(count));
        let (streams, sockets, work) = (seats(limits.streams), seats(limits.sockets), seats(1));
        Ok(Arc::new(Live { limits, readers, writer, outbox, streams, sockets, work }))
    }

    /// What a page is told that asks whether anybody is there.
    fn describe(&self, holds: &Value) -> Value {
        let (store, tally) = (self.readers.store(), self.writer.tally());
        let settings = &store.settings;
        let synchronous = ["OFF", "NORMAL", "FULL", "EXTRA"].get(settings.synchronous as usize);
        json!({
            "server": concat!("roundtrip ", env!("CARGO_PKG_VERSION")),
            "store": {
                "id": store.id,
                "journal_mode": settings.journal_mode,
                "synchronous": synchronous,
                "foreign_keys": settings.foreign_keys,
                "durable": settings.durable(),
            },
            "holds": holds,
            "since_start": {
                "changes": tally.changes.load(Relaxed),
                "commits": tally.commits.load(Relaxed),
                "largest_commit": tally.largest.load(Relaxed),
                "turned_away": tally.turned_away.load(Relaxed),
            },
            "open": {
                "streams": self.limits.streams - self.streams.available_permits(),
                "sockets": self.limits.sockets - self.sockets.available_permits(),
            },
        })
    }
}

#[cfg(test)]
mod tests;
