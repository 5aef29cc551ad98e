//! One writer, many who wait for it.

use super::*;
use rusqlite::Connection;
use std::time::Duration;

/// A store in a folder, and somebody else who holds its lock, so that nothing can be written.
fn held(folder: &Folder, limits: Limits) -> (Asking, Connection) {
    let asking = Asking::at(&folder.place(), limits);
    let other = Connection::open(file(&folder.0)).unwrap();
    (asking, other)
}

#[tokio::test]
async fn a_full_queue_is_said_at_once_and_those_in_it_are_served() {
    let folder = Folder::new("full");
    let (asking, other) = held(&folder, Limits { queue: 4, group: 2, ..Limits::USUAL });
    let ada = asking.sign_in(1).await;
    let asking = Arc::new(asking);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let like = |post: i64| {
        let (asking, ada) = (Arc::clone(&asking), ada.clone());
        tokio::spawn(async move { asking.like(&ada, post).await })
    };
    // Up to two are in the writer's hands, four wait; one after the other, so that each finds its place.
    let mut waiting = Vec::new();
    for _ in 0..6 {
        waiting.push(like(2));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut turned_away = 0;
    for _ in 0..3 {
        let heard = asking.like(&ada, 3).await;
        assert_eq!(heard.line(), r#"503 {"error":"too many changes are waiting for the disk"}"#);
        assert_eq!(heard.header("retry-after"), "1");
        turned_away += 1;
    }
    assert!(waiting.iter().filter(|like| !like.is_finished()).count() >= 5, "nothing is answered before its commit");
    assert_eq!(asking.holds().await, (2, 0), "reading does not wait, and sees the last commit");
    assert_eq!(asking.get("/live/posts", "").await.status, 200);
    other.execute_batch("COMMIT").unwrap();
    for like in waiting {
        match like.await.unwrap() {
            Heard { status: 200, .. } => {}
            Heard { status: 503, .. } => turned_away += 1,
            other => panic!("{other:?}"),
        }
    }
    let since = &asking.get("/live/state", "").await.json()["since_start"];
    assert_eq!(since["turned_away"], turned_away);
    assert_eq!(asking.holds().await, (3, 1));
}

#[tokio::test]
async fn a_lock_that_is_never_given_back_is_an_answer() {
    let folder = Folder::new("held");
    let (asking, other) = held(&folder, Limits { lock: Duration::from_millis(100), ..Limits::USUAL });
    let ada = asking.sign_in(1).await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let heard = asking.like(&ada, 2).await;
    assert_eq!(heard.line(), r#"503 {"error":"nothing was stored: database is locked"}"#);
    assert_eq!(heard.header("retry-after"), "1");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(asking.like(&ada, 2).await.status, 200, "and then it goes on");
}

#[tokio::test]
async fn a_commit_that_fails_was_not_answered_before() {
    // In memory a transaction can begin while somebody reads, but cannot be committed.
    let asking = Asking::at(&Place::Memory, Limits { lock: Duration::from_millis(100), ..Limits::USUAL });
    let ada = asking.sign_in(1).await;
    let other = asking.live.readers.store().reader().unwrap();
    other.execute_batch("BEGIN; SELECT * FROM likes").unwrap();
    let heard = asking.like(&ada, 2).await;
    assert_eq!(heard.line(), r#"503 {"error":"nothing was stored: database is locked"}"#);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(asking.holds().await, (2, 0), "and nothing was");
    assert_eq!(asking.like(&ada, 2).await.line(), r#"200 {"likes":2}"#);
}

#[tokio::test]
async fn those_who_wait_share_a_commit() {
    let folder = Folder::new("share");
    let (asking, other) = held(&folder, Limits::USUAL);
    let (ada, linus) = (asking.sign_in(1).await, asking.sign_in(3).await);
    let asking = Arc::new(asking);
    let commits = async || asking.get("/live/state", "").await.json()["since_start"]["commits"].as_i64().unwrap();
    let before = commits().await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let all: Vec<_> = (0..100)
        .map(|number| {
            let (asking, cookie) = (Arc::clone(&asking), if number % 2 == 0 { ada.clone() } else { linus.clone() });
            tokio::spawn(async move { asking.like(&cookie, number % 3 + 1).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    other.execute_batch("COMMIT").unwrap();
    for like in all {
        assert_eq!(like.await.unwrap().status, 200);
    }
    assert!(commits().await - before <= 2, "the first alone or with some, the others with the second");
    assert_eq!(
        asking.holds().await.0,
        6 + 1,
        "two users like three posts each, one of them before; and Grace likes one"
    );
}

#[test]
fn one_that_fails_takes_no_other_with_it() {
    let (_store, database) = Store::open(&Place::Memory, &Limits::USUAL).unwrap();
    database
        .execute_batch(
            "CREATE TRIGGER broken BEFORE INSERT ON notifications WHEN NEW.post_id = 3 \
             BEGIN SELECT RAISE(ABORT, 'the disk fails here'); END",
        )
        .unwrap();
    let writer = Writer::start(database, &Limits::USUAL, Arc::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let token = format!(".{:032x}", 7);
        let asker = session::Phone::none()
            .asker(&HeaderMap::from_iter([(COOKIE, format!("session={token}").parse().unwrap())]));
        writer.ask(change::Change::SignIn(asker.clone(), token, 1, 60)).await.unwrap();
        let like = |post| writer.ask(change::Change::Like(asker.clone(), post, None));
        let (good, bad, also_good) = tokio::join!(like(2), like(3), like(1));
        assert_eq!(good.unwrap(), change::Outcome::Done(json!({ "likes": 2 })));
        assert_eq!(also_good.unwrap(), change::Outcome::Done(json!({ "likes": 2 })));
        assert_eq!(bad.unwrap_err().status(), 500);
        let unlike = writer.ask(change::Change::Unlike(asker.clone(), 3, None)).await.unwrap();
        assert_eq!(unlike, change::Outcome::Done(json!({ "likes": 0 })), "the like is gone with its notification");
    });
}
