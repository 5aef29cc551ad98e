//! One thread writes. It takes what waits, carries it out in one transaction, commits once, and only then answers.
//!
//! A commit waits for the disk, some hundred of them a second. While one is under way the next changes gather, so many
//! people share the wait: the more there are, the more each commit carries. Each change has a savepoint of its own, so one
//! that fails takes no other with it. The queue has an end: who comes when it is full is told so at once.

use super::answer::Refusal;
use super::change::{self, Change, Notification, Outcome};
use super::limits::Limits;
use super::outbox::Outbox;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// The way to the thread that writes.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Job>,
    tally: Arc<Tally>,
}

/// What the writer has done since it began.
#[derive(Debug, Default)]
pub struct Tally {
    /// Changes answered after their commit.
    pub changes: AtomicU64,
    /// Transactions that wrote something: as often it waited for the disk.
    pub commits: AtomicU64,
    /// The most changes that shared a transaction.
    pub largest: AtomicU64,
    /// Changes turned away because the queue was full.
    pub turned_away: AtomicU64,
}

/// A change, and where its outcome is waited for.
struct Job {
    change: Change,
    answer: Option<oneshot::Sender<Result<Outcome, Refusal>>>,
}

impl Writer {
    /// Starts the thread. It ends when nobody can reach it any longer.
    pub fn start(database: Connection, limits: &Limits, outbox: Arc<Outbox>) -> std::io::Result<Self> {
        let (queue, waiting) = sync_channel(limits.queue);
        let tally = Arc::new(Tally::default());
        let (counted, most) = (Arc::clone(&tally), limits.group);
        let work = move || work(&database, &waiting, most, &outbox, &counted);
        std::thread::Builder::new().name("writer".to_owned()).spawn(work)?;
        Ok(Writer { queue, tally })
    }

    /// Asks for a change; comes back when it is on the disk, or was refused.
    pub async fn ask(&self, change: Change) -> Result<Outcome, Refusal> {
        let (answer, outcome) = oneshot::channel();
        match self.queue.try_send(Job { change, answer: Some(answer) }) {
            Ok(()) => outcome.await.unwrap_or_else(|_| Err(stopped())),
            Err(TrySendError::Full(_)) => {
                self.tally.turned_away.fetch_add(1, Relaxed);
                Err(busy("too many changes are waiting for the disk"))
            }
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }

    /// Leaves a change that nobody waits for. Says whether there was room for it.
    pub fn leave(&self, change: Change) -> bool {
        self.queue.try_send(Job { change, answer: None }).is_ok()
    }

    /// What was done so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}

/// Nothing was done; come again in a second.
pub fn busy(words: &str) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, words).with(RETRY_AFTER, "1")
}

fn stopped() -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the thread that writes has stopped: start the server anew")
}

fn work(database: &Connection, waiting: &Receiver<Job>, most: usize, outbox: &Outbox, tally: &Tally) {
    while let Ok(first) = waiting.recv() {
        let group: Vec<Job> = std::iter::once(first).chain(waiting.try_iter().take(most - 1)).collect();
        let before = database.total_changes();
        let results = transaction(database, &group);
        tally.largest.fetch_max(group.len() as u64, Relaxed);
        if database.total_changes() > before && results.is_ok() {
            tally.commits.fetch_add(1, Relaxed);
        }
        answer(group, results, outbox, tally);
    }
}

type Done = rusqlite::Result<(Outcome, Option<Notification>)>;

/// All of them, or, where the transaction itself fails, none.
fn transaction(database: &Connection, group: &[Job]) -> rusqlite::Result<Vec<Done>> {
    run(database, "BEGIN IMMEDIATE")?;
    let done = group.iter().map(|job| apart(database, &job.change)).collect::<rusqlite::Result<_>>();
    let done = done.and_then(|done| run(database, "COMMIT").map(|()| done));
    if done.is_err() && !database.is_autocommit() {
        let _ = run(database, "ROLLBACK");
    }
    done
}

/// One change, which leaves nothing behind if it fails. Some failures (a full disk) end the whole transaction: then so do
/// we.
fn apart(database: &Connection, change: &Change) -> rusqlite::Result<Done> {
    run(database, "SAVEPOINT one")?;
    let done = change::apply(database, change);
    match &done {
        Ok(_) => run(database, "RELEASE one")?,
        Err(_) => run(database, "ROLLBACK TO one").and_then(|()| run(database, "RELEASE one"))?,
    }
    Ok(done)
}

fn run(database: &Connection, statement: &str) -> rusqlite::Result<()> {
    database.prepare_cached(statement)?.execute([]).map(drop)
}

fn answer(group: Vec<Job>, results: rusqlite::Result<Vec<Done>>, outbox: &Outbox, tally: &Tally) {
    let results = match results {
        Ok(results) => results.into_iter().map(|done| done.map_err(|problem| failed(&problem))).collect::<Vec<_>>(),
        Err(problem) => group.iter().map(|_| Err(failed(&problem))).collect(),
    };
    for (job, result) in group.into_iter().zip(results) {
        let result = result.map(|(outcome, notification)| {
            notification.into_iter().for_each(|notification| outbox.publish(notification));
            outcome
        });
        tally.changes.fetch_add(u64::from(result.is_ok()), Relaxed);
        // Whoever asked may have gone; it is done all the same.
        job.answer.map(|waiting| waiting.send(result));
    }
}

/// In the database's own words. A lock that somebody else holds will be given back; a full disk will not help itself.
pub fn failed(problem: &rusqlite::Error) -> Refusal {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    let words = format!("nothing was stored: {problem}");
    match problem.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => busy(&words),
        _ => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, words),
    }
}
