//! Connections, and how much of anybody's slowness each may cost us.
//!
//! A connection that sends its head too slowly, or nothing at all, is closed (hyper's `header_read_timeout`, which also
//! bounds the idle time between two requests); one that does not read what was sent to it is closed ([`Patient`]); a
//! head with too many fields or bytes is answered with 431, and what is no HTTP with 400, by hyper itself and without
//! words. There is a greatest number of connections; whoever comes then waits in the kernel's queue until one ends.

use crate::live::Limits;
use crate::patient::Patient;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Takes connections for ever, as many at a time as there are seats.
pub async fn take(listener: TcpListener, router: Router, limits: Limits, seats: Arc<Semaphore>) {
    loop {
        let seat = Arc::clone(&seats).acquire_owned().await.expect("it is never closed");
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, router.clone(), limits, seat))),
            Err(problem) if [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&problem.kind()) => {}
            // No more files, or no more memory: some will be given back.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// One connection, to its end. However it ends, nobody is left to tell.
async fn serve(stream: TcpStream, router: Router, limits: Limits, seat: OwnedSemaphorePermit) {
    // Small answers must not wait for company. Where that cannot be set they wait.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Patient::new(stream, limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(limits.fields)
        .max_buf_size(limits.head_bytes)
        .serve_connection(stream, TowerToHyperService::new(router))
        .with_upgrades();
    let _ = connection.await;
    drop(seat);
}

/// As many files as the system lets this process have, since each connection is one; and how many connections that makes.
#[cfg(unix)]
pub fn room(limits: &Limits) -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    /// For listeners, database, site and runtime.
    const OURS: u64 = 64;
    let mut files = getrlimit(Resource::Nofile);
    let wanted = limits.connections as u64 + OURS;
    if files.current.is_some_and(|current| current < wanted) {
        let more = files.maximum.map_or(wanted, |most| most.min(wanted));
        if setrlimit(Resource::Nofile, rustix::process::Rlimit { current: Some(more), ..files }).is_ok() {
            files.current = Some(more);
        }
    }
    let connections = files.current.map_or(limits.connections as u64, |files| files.saturating_sub(OURS).max(16));
    usize::try_from(connections).unwrap_or(usize::MAX).min(limits.connections)
}

/// Elsewhere sockets are not counted as files.
#[cfg(not(unix))]
pub fn room(limits: &Limits) -> usize {
    limits.connections
}

#[cfg(test)]
mod tests;
