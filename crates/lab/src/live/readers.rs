//! A few connections that read. In a file, each sees the last commit and never waits for the writer; in memory it waits
//! for the moment in which a transaction is written down.

use super::answer::Refusal;
use super::limits::Limits;
use super::store::Store;
use super::writer::failed;
use anyhow::Result;
use axum::http::StatusCode;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// The connections, and who may take one.
#[derive(Clone, Debug)]
pub struct Readers(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    free: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
    // Last, so that memory is there as long as anybody reads it.
    store: Store,
}

impl Readers {
    /// Opens them all.
    pub fn open(store: Store, limits: &Limits) -> Result<Self> {
        let free = (0..limits.readers).map(|_| store.reader()).collect::<Result<Vec<_>>>()?;
        Ok(Readers(Arc::new(Pool { free: Mutex::new(free), places: Arc::new(Semaphore::new(limits.readers)), store })))
    }

    /// The store that they read.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Reads with one of them, on a thread that may wait. All that is read in `work` is of one moment.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let gone = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the store could not be read");
        let place = Arc::clone(&self.0.places).acquire_owned().await.expect("it is never closed");
        let pool = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || {
            let database = pool.lock().pop().expect("there are as many as places");
            let result = at_one_moment(&database, work);
            pool.lock().push(database);
            drop(place);
            result
        });
        read.await.map_err(|_| gone(()))?.map_err(|problem| failed(&problem))
    }
}

fn at_one_moment<T>(
    database: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    database.prepare_cached("BEGIN")?.execute([])?;
    let result = work(database);
    database.prepare_cached("COMMIT")?.execute([])?;
    result
}

impl Pool {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
