//! One thread writes. It takes what waits, carries it out in one transaction, commits once, and only then answers.
//!
//! A commit waits for the disk, some hundred of them a second. While one is under way the next changes gather, so many
//! people share the wait: the more there are, the more each commit carries. Those who were just answered often ask again;
//! so that they and those who waited share one commit instead of taking turns, the writer looks out for them for half as
//! long as the last commit took, as PostgreSQL's `commit_delay` does ("Write Ahead Log" in its documentation). Who is alone
//! is not kept waiting.
//!
//! Each change has a savepoint of its own, so one that fails takes no other with it. The queue has an end: who comes when
//! it is full is told so at once.

#![allow(clippy::disallowed_methods, reason = "how long the disk took is seen on a clock")]

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
use std::time::{Duration, Instant};
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
        let (counted, limits) = (Arc::clone(&tally), *limits);
        let work = move || work(&database, &waiting, &limits, &outbox, &counted);
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

fn work(database: &Connection, waiting: &Receiver<Job>, limits: &Limits, outbox: &Outbox, tally: &Tally) {
    let mut last = Last { changes: 0, took: Duration::ZERO };
    let mut next = Vec::new();
    while let Some(group) = gather(next, waiting, limits, last) {
        let (began, before) = (Instant::now(), database.total_changes());
        let results = transaction(database, &group);
        let wrote = database.total_changes() > before && results.is_ok();
        last = Last { changes: group.len(), took: if wrote { began.elapsed() } else { Duration::ZERO } };
        tally.largest.fetch_max(group.len() as u64, Relaxed);
        tally.commits.fetch_add(u64::from(wrote), Relaxed);
        // Taken before anybody is answered: who comes now has waited, who comes later was answered.
        next = waiting.try_iter().take(limits.group).collect();
        answer(group, results, outbox, tally);
    }
}

/// How many changes the last transaction carried, and how long it took.
#[derive(Clone, Copy)]
struct Last {
    changes: usize,
    took: Duration,
}

/// Those who have waited, and those who are likely to come at once; nothing when nobody can come any longer.
fn gather(mut group: Vec<Job>, waiting: &Receiver<Job>, limits: &Limits, last: Last) -> Option<Vec<Job>> {
    let likely = (group.len() + last.changes).min(limits.group);
    if group.is_empty() {
        group.push(waiting.recv().ok()?);
    }
    let until = Instant::now() + (last.took / 2).min(limits.company);
    while group.len() < likely
        && let Ok(job) = waiting.recv_timeout(until.saturating_duration_since(Instant::now()))
    {
        group.push(job);
    }
    // Whoever else is there already costs nobody any time.
    group.extend(waiting.try_iter().take(limits.group.saturating_sub(group.len())));
    Some(group)
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
        // What nobody waits for is the server's own affair.
        tally.changes.fetch_add(u64::from(result.is_ok() && job.answer.is_some()), Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk so slow that everybody would be waited for.
    const SLOW: Duration = Duration::from_secs(1000);

    /// So much patience that no busy machine makes a difference.
    const PATIENT: Limits = Limits { company: Duration::from_secs(10), group: 10, ..Limits::USUAL };

    fn job() -> Job {
        Job { change: Change::Sent(1, 1), answer: None }
    }

    fn put(queue: &SyncSender<Job>, jobs: usize) {
        (0..jobs).for_each(|_| assert!(queue.try_send(job()).is_ok()));
    }

    /// How many share a transaction, after one of so many changes during which so many have come.
    fn size(waiting: &Receiver<Job>, limits: &Limits, changes: usize, came: usize) -> Option<usize> {
        let came = (0..came).map(|_| job()).collect();
        gather(came, waiting, limits, Last { changes, took: SLOW }).map(|group| group.len())
    }

    #[test]
    fn who_is_alone_is_not_kept_waiting() {
        let (queue, waiting) = sync_channel(100);
        put(&queue, 3);
        let began = Instant::now();
        assert_eq!(size(&waiting, &PATIENT, 1, 0), Some(3), "those who are there are taken along");
        put(&queue, 1);
        assert_eq!(size(&waiting, &PATIENT, 1, 0), Some(1), "one after one: it is the same person");
        assert_eq!(size(&waiting, &PATIENT, 0, 1), Some(1), "nobody was answered before");
        assert!(began.elapsed() < PATIENT.company / 2);
    }

    #[test]
    fn those_who_were_answered_are_looked_out_for_but_not_for_ever() {
        let (queue, waiting) = sync_channel(100);
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            put(&queue, 3);
            queue
        });
        assert_eq!(size(&waiting, &PATIENT, 3, 2), Some(5), "two who waited and three who came again share a commit");
        let _queue = late.join().unwrap();
        let brief = Limits { company: Duration::from_millis(5), ..PATIENT };
        assert_eq!(size(&waiting, &brief, 5, 1), Some(1), "nobody else came");
    }

    #[test]
    fn a_group_has_an_end_and_so_has_the_thread() {
        let (queue, waiting) = sync_channel(100);
        put(&queue, 19);
        assert_eq!([3, 10].map(|came| size(&waiting, &PATIENT, 50, came)), [Some(10), Some(10)]);
        drop(queue);
        assert_eq!([0, 0].map(|came| size(&waiting, &PATIENT, 50, came)), [Some(10), Some(2)]);
        assert_eq!(size(&waiting, &PATIENT, 50, 0), None);
    }
}
