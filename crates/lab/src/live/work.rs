//! `/live/work`: the piece of work of figure 15, done natively, to be held beside the reader's own device.
//!
//! One at a time, of a bounded size, in steps: who goes away before it is done has stopped it. Nothing is stored.

use super::answer::{Refusal, Said, say};
use super::{Live, body, writer};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use load::job::{Job, Progress};
use load::need::Size;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// Operations between two looks whether anybody still waits: some milliseconds.
const STEP: u64 = 1_000_000;

/// Tells the work that nobody waits for it, when it is dropped with the request.
struct Waits(Arc<AtomicBool>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// `{"orders": 1000000}`: what came out as one number, and how long it took.
pub async fn work(State(live): State<Arc<Live>>, request: Request) -> Said {
    let (parts, sent) = request.into_parts();
    let asked = body::object(&parts.headers, sent, &live.limits).await?;
    let most = live.limits.orders;
    let orders = asked["orders"].as_u64().filter(|orders| (1..=u64::from(most)).contains(orders));
    let orders = orders.ok_or_else(|| {
        let words = format!("\"orders\" must be a number from 1 to {most}");
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, words)
    })?;
    let seat = Arc::clone(&live.work).try_acquire_owned();
    let seat = seat.map_err(|_| writer::busy("this work is being done for somebody else"))?;
    let gone = Arc::new(AtomicBool::new(false));
    let waits = Waits(Arc::clone(&gone));
    let done = tokio::task::spawn_blocking(move || {
        let done = run(orders as u32, &gone);
        drop(seat);
        done
    });
    let done = done.await;
    drop(waits);
    match done {
        Ok(Some(value)) => Ok(say(StatusCode::OK, &value)),
        _ => Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "there is no memory for this work")),
    }
}

/// The whole work, unless nobody waits for it any more, or there is no memory.
#[expect(clippy::disallowed_methods, reason = "it is measured how long this machine takes")]
fn run(orders: u32, gone: &AtomicBool) -> Option<Value> {
    let began = Instant::now();
    let mut job = Job::new(Size::of(orders), 1);
    while !gone.load(Relaxed) {
        match job.advance(STEP) {
            Progress::Going(..) => {}
            Progress::OutOfMemory(_) => return None,
            Progress::Done(report) => {
                return Some(json!({
                    "orders": orders,
                    "operations": job.done(),
                    "micros": u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
                    "held": job.most_held(),
                    // In hexadecimal: JSON's numbers are not as long everywhere.
                    "digest": format!("{:016x}", report.digest()),
                }));
            }
        }
    }
    None
}
