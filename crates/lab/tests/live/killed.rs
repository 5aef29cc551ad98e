//! The process is killed again and again while many people like things. Whatever was answered is there.

use crate::harness::{Server, fill};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

#[test]
fn what_was_answered_is_there_after_sigkill() {
    killed("killed", 10, 50, 3);
}

#[test]
#[ignore = "long: ten thousand likes, twenty kills"]
fn ten_thousand_likes_and_twenty_kills() {
    killed("killed-often", 50, 200, 20);
}

/// So many people like so many posts each, all of one owner who likes nothing, while the server is killed so many times.
fn killed(name: &str, people: i64, posts: i64, kills: usize) {
    let mut server = Server::start(name);
    let owner = people + 1;
    fill(&server, owner, 0);
    let insert = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {posts}) \
         INSERT INTO posts (user_id, body) SELECT {owner}, 'post ' || i FROM n"
    );
    server.database().execute_batch(&insert).unwrap();

    let answered = Mutex::new(Vec::new());
    let (retries, unanswered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let all = usize::try_from(people * posts).unwrap();
    std::thread::scope(|scope| {
        for user in 1..=people {
            let client = server.client().of(user);
            let (answered, retries) = (&answered, &retries);
            scope.spawn(move || {
                let mut client = client;
                for post in 1..=posts {
                    // Half of them name a key, half trust the table's own key.
                    let more =
                        if user % 2 == 0 { format!("Idempotency-Key: \"{user}-{post}\"\r\n") } else { String::new() };
                    loop {
                        let request = client.ask(
                            "POST",
                            &format!("/live/posts/{post}/like"),
                            &format!("{more}Content-Length: 0\r\n"),
                        );
                        match request {
                            Ok(heard) if heard.status == 200 => break,
                            Ok(heard) => assert_eq!(heard.status, 503, "{heard:?}"),
                            Err(_) => std::thread::sleep(Duration::from_millis(20)),
                        }
                        retries.fetch_add(1, SeqCst);
                    }
                    answered.lock().unwrap().push((user, post));
                }
            });
        }
        for kill in 1..=kills {
            while answered.lock().unwrap().len() < all * kill / (kills + 1) {
                std::thread::sleep(Duration::from_millis(1));
            }
            server.kill();
            unanswered.fetch_add(missing(&server, &answered), SeqCst);
            server.restart();
        }
    });

    missing(&server, &answered);
    let rows = i64::try_from(all).unwrap();
    assert_eq!(server.count("SELECT count(*) FROM likes"), rows, "every like is there, none twice");
    assert_eq!(server.count("SELECT count(DISTINCT user_id * 100000 + post_id) FROM likes"), rows);
    assert_eq!(server.count("SELECT count(*) FROM notifications"), rows, "the owner is told of each, once");
    assert_eq!(server.count("SELECT count(DISTINCT liked_by * 100000 + post_id) FROM notifications"), rows);
    let check: String = server.database().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut client = server.client().of(1);
    let posts_now: serde_json::Value =
        serde_json::from_str(&client.ask("GET", "/live/posts", "").unwrap().text).unwrap();
    assert!(posts_now.as_array().unwrap().iter().all(|post| post["likes"] == people), "as it is read over HTTP");
    assert!(retries.load(SeqCst) > 0, "some had to ask again");
    let (retries, unanswered) = (retries.into_inner(), unanswered.into_inner());
    println!(
        "{all} likes, {kills} kills: all there; {retries} retries; {unanswered} committed and not yet answered when killed"
    );
}

/// Fails where a like was answered and is not in the store. Gives how many are in the store and were not answered.
fn missing(server: &Server, answered: &Mutex<Vec<(i64, i64)>>) -> usize {
    let answered = answered.lock().unwrap().clone();
    let database = server.database();
    let mut find = database.prepare("SELECT count(*) FROM likes WHERE user_id = ?1 AND post_id = ?2").unwrap();
    for like in &answered {
        assert_eq!(find.query_row(*like, |row| row.get(0)), Ok(1), "{like:?} was answered and is lost");
    }
    let rows = server.count("SELECT count(*) FROM likes");
    usize::try_from(rows).unwrap().saturating_sub(answered.len())
}
