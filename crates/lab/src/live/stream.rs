//! `GET …/notifications`: what the post's owner is told, as server-sent events (HTML standard, "Server-sent events").
//!
//! Every event has the id `STORE-NUMBER`. A browser that lost its connection names the last one it got (`Last-Event-ID`), and
//! what came after it is sent again from the table; a phone that remembers names it in the address (`?after=`). Whoever
//! names none gets everything. So each notification is delivered at least once, over broken connections and restarts of
//! the server, and a phone shows it once by its id. An id of another store means nothing here: all is sent.
//!
//! The first event carries only the id to go on from. It is dispatched to no listener, but the browser remembers it, so
//! that even a stream that broke before its first notification goes on where it was.
//!
//! `sent_at` says when a notification was first handed to a connection. Whether it arrived is known by nobody but the phone,
//! and nothing here depends on it.

use super::Live;
use super::answer::Refusal;
use super::change::{Change, Notification};
use super::session::Asker;
use super::{read, writer};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, Uri};
use futures_util::stream;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// The type of such a stream.
pub const KIND: &str = "text/event-stream";

/// Rows that are read, and sent, at once.
const PAGE: usize = 100;

/// One open stream.
struct Listener {
    live: Arc<Live>,
    asker: Asker,
    user: i64,
    /// Everything up to here was sent.
    cursor: i64,
    /// Everything up to here is marked as sent.
    marked: i64,
    /// Has everything been read that was there when we began to listen?
    caught_up: bool,
    told: Receiver<Arc<Notification>>,
    heartbeat: Interval,
    _seat: OwnedSemaphorePermit,
}

/// Opens the stream of this user.
pub fn open(live: Arc<Live>, asker: Asker, user: i64, after: i64) -> Result<Body, Refusal> {
    let seat = Arc::clone(&live.streams).try_acquire_owned();
    let seat = seat.map_err(|_| writer::busy("too many streams of notifications are open"))?;
    let mut heartbeat = interval(live.limits.heartbeat);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    // Listening comes before the first look into the table: what is committed in between is heard.
    let told = live.outbox.listen(user);
    let hello = Bytes::from(format!("retry: 1000\nid: {}-{after}\n\n", live.readers.store().id));
    let listener =
        Listener { live, asker, user, cursor: after, marked: after, caught_up: false, told, heartbeat, _seat: seat };
    let rest = stream::unfold(listener, |mut listener| async {
        let chunk = listener.next().await?;
        Some((Ok::<_, Infallible>(chunk), listener))
    });
    Ok(Body::from_stream(stream::StreamExt::chain(stream::iter([Ok(hello)]), rest)))
}

impl Listener {
    /// What is to be sent next; nothing ends the stream. It is asked for when the connection has taken what came before.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if !self.caught_up {
                let (user, after) = (self.user, self.cursor);
                // Where the table cannot be read the stream ends; the browser comes again.
                let page =
                    self.live.readers.read(move |database| read::told(database, user, after, PAGE)).await.ok()?;
                self.caught_up = page.len() < PAGE;
                if let Some(last) = page.last() {
                    self.cursor = last.id;
                    let events: Vec<String> = page.iter().map(|notification| self.event(notification)).collect();
                    return Some(Bytes::from(events.concat()));
                }
            }
            self.mark();
            tokio::select! {
                told = self.told.recv() => match told {
                    Ok(told) if told.id > self.cursor => {
                        self.cursor = told.id;
                        return Some(Bytes::from(self.event(&told)));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.caught_up = false,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.heartbeat.tick() => {
                    return self.holds().await.then(|| Bytes::from_static(b": still here\n\n"));
                }
            }
        }
    }

    fn event(&self, told: &Notification) -> String {
        let Notification { id, user_id, liked_by, post_id } = told;
        let data = json!({ "id": id, "user_id": user_id, "liked_by": liked_by, "post_id": post_id });
        format!("id: {}-{id}\nevent: notification\ndata: {data}\n\n", self.live.readers.store().id)
    }

    /// Lets the table know that the outbox is sent up to here. Where the writer has no room for it now, the next event or
    /// heartbeat says it again.
    fn mark(&mut self) {
        let Listener { live, user, cursor, .. } = self;
        if self.marked < *cursor && live.outbox.sent(*user, *cursor, || live.writer.leave(Change::Sent(*user, *cursor)))
        {
            self.marked = *cursor;
        }
    }

    /// Is the session still one of this user's?
    async fn holds(&self) -> bool {
        let asker = self.asker.clone();
        let user = self.live.readers.read(move |database| asker.user(database)).await;
        user.is_ok_and(|user| user == Some(self.user))
    }
}

/// From where a stream goes on: the number in `Last-Event-ID`, or in `?after=`, if it is of this store; else 0.
pub fn after(headers: &HeaderMap, target: &Uri, store: &str) -> Result<i64, Refusal> {
    let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    let query = || target.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("after="));
    let Some(id) = header.or_else(query) else { return Ok(0) };
    let number = id.split_once('-').and_then(|(named, number)| {
        let number = number.parse::<i64>().ok().filter(|number| *number >= 0)?;
        Some(if named == store { number } else { 0 })
    });
    let words = "an event's id is that of a store, a hyphen and a number";
    number.ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_goes_on_where_it_was() {
        let from = |header: Option<&str>, target: &str| {
            let header = header.map(|id| ("last-event-id".parse().unwrap(), id.parse().unwrap()));
            after(&HeaderMap::from_iter(header), &target.parse().unwrap(), "0a1b").ok()
        };
        for (header, target, cursor) in [
            (None, "/n", Some(0)),
            (Some("0a1b-17"), "/n", Some(17)),
            (None, "/n?after=0a1b-17", Some(17)),
            (None, "/n?x=1&after=0a1b-17", Some(17)),
            (Some("0a1b-18"), "/n?after=0a1b-17", Some(18)),
            (Some("ffff-17"), "/n", Some(0)),
            (Some("0a1b-"), "/n", None),
            (Some("0a1b--1"), "/n", None),
            (Some("0a1b-99999999999999999999"), "/n", None),
            (Some("17"), "/n", None),
            (Some(""), "/n", None),
        ] {
            assert_eq!(from(header, target), cursor, "{header:?} {target}");
        }
    }
}
