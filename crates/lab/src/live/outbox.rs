//! Who listens: what was committed to the outbox is handed to the open streams of its user.
//!
//! The table is the truth. What is handed on here only spares a stream from looking into it: a stream that falls behind
//! loses nothing, it reads on where it was ([`stream`](super::stream)).

use super::change::Notification;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast::{Receiver, Sender, channel};

/// Notifications that wait for a stream that does not take them. It reads from the table what it has missed.
const WAITING: usize = 64;

/// The open streams, by their user.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<BTreeMap<i64, Listeners>>);

#[derive(Debug)]
struct Listeners {
    hand: Sender<Arc<Notification>>,
    /// Up to here it is known that something was sent.
    sent: i64,
}

impl Outbox {
    /// From now on, everything that this user is told.
    pub fn listen(&self, user: i64) -> Receiver<Arc<Notification>> {
        let mut all = self.lock();
        all.retain(|_, listeners| listeners.hand.receiver_count() > 0);
        all.entry(user).or_insert_with(|| Listeners { hand: channel(WAITING).0, sent: 0 }).hand.subscribe()
    }

    /// Hands this to whoever listens. It must have been committed.
    pub fn publish(&self, notification: Notification) {
        if let Some(listeners) = self.lock().get(&notification.user_id) {
            let _ = listeners.hand.send(Arc::new(notification));
        }
    }

    /// A stream of this user has sent everything up to this number. Where that is news, it is to be marked; where that
    /// fails it stays news. Says whether it is known now.
    pub fn sent(&self, user: i64, up_to: i64, mark: impl FnOnce() -> bool) -> bool {
        let mut all = self.lock();
        let Some(listeners) = all.get_mut(&user).filter(|listeners| listeners.sent < up_to) else {
            return true;
        };
        let marked = mark();
        if marked {
            listeners.sent = up_to;
        }
        marked
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, Listeners>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(id: i64, user_id: i64) -> Notification {
        Notification { id, user_id, liked_by: 1, post_id: 1 }
    }

    #[test]
    fn each_user_hears_what_is_theirs() {
        let outbox = Outbox::default();
        let (mut ada, mut also_ada, mut grace) = (outbox.listen(1), outbox.listen(1), outbox.listen(2));
        for notification in [told(1, 1), told(2, 2), told(3, 3), told(4, 1)] {
            outbox.publish(notification);
        }
        let heard = |stream: &mut Receiver<Arc<Notification>>| {
            std::iter::from_fn(|| stream.try_recv().ok()).map(|told| told.id).collect::<Vec<_>>()
        };
        assert_eq!((heard(&mut ada), heard(&mut also_ada), heard(&mut grace)), (vec![1, 4], vec![1, 4], vec![2]));
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let outbox = Outbox::default();
        drop((outbox.listen(1), outbox.listen(2)));
        let _here = outbox.listen(3);
        assert_eq!(outbox.lock().keys().copied().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn what_was_sent_is_marked_once() {
        let outbox = Outbox::default();
        let _here = outbox.listen(3);
        let mut marks = Vec::new();
        for (up_to, works) in [(5, true), (5, true), (4, true), (6, false), (6, true), (6, true)] {
            outbox.sent(3, up_to, || {
                marks.push((up_to, works));
                works
            });
        }
        assert_eq!(marks, [(5, true), (6, false), (6, true)]);
    }
}
