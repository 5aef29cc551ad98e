//! Notifications on their way to a phone.

use super::*;
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use std::time::Duration;

/// An open stream, read event by event.
struct Stream {
    parts: axum::body::BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(asking: &Asking, cookie: &str, last: Option<&str>) -> Self {
        let mut headers = vec![("cookie", cookie)];
        headers.extend(last.map(|id| ("last-event-id", id)));
        let answer = asking.answer(Method::GET, "/live/notifications", &headers, Body::empty()).await;
        assert_eq!(
            (answer.status(), &answer.headers()[CONTENT_TYPE]),
            (StatusCode::OK, &stream::KIND.parse().unwrap())
        );
        Stream { parts: answer.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event, without its blank line; nothing when the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                return Some(event);
            }
            let part = tokio::time::timeout(Duration::from_secs(10), self.parts.next()).await.expect("something comes");
            self.text.push_str(std::str::from_utf8(&part?.unwrap()).unwrap());
        }
    }

    /// The number of the next notification.
    async fn number(&mut self) -> i64 {
        let event = self.next().await.expect("the stream goes on");
        let id = event.lines().next().unwrap().rsplit_once('-').unwrap().1;
        assert!(event.contains("\nevent: notification\ndata: {"), "{event}");
        id.parse().unwrap()
    }
}

#[tokio::test]
async fn the_owner_hears_of_a_like_at_once() {
    let asking = Asking::new();
    let (ada, grace) = (asking.sign_in(1).await, asking.sign_in(2).await);
    let store = asking.live.readers.store().id.clone();
    let mut stream = Stream::open(&asking, &grace, None).await;
    assert_eq!(stream.next().await, Some(format!("retry: 1000\nid: {store}-0")));
    asking.like(&ada, 2).await;
    let data = r#"{"id":1,"liked_by":1,"post_id":2,"user_id":2}"#;
    assert_eq!(stream.next().await, Some(format!("id: {store}-1\nevent: notification\ndata: {data}")));
    asking.like(&grace, 1).await;
    asking.like(&ada, 1).await;
    asking.like(&ada, 3).await;
    assert_eq!(stream.number().await, 2, "what others are told is not heard here");
}

#[tokio::test]
async fn what_was_missed_is_sent_again() {
    let folder = Folder::new("missed");
    let mut asking = Asking::at(&folder.place(), Limits::USUAL);
    let (ada, grace) = (asking.sign_in(1).await, asking.sign_in(2).await);
    let store = asking.live.readers.store().id.clone();
    for _ in 0..130 {
        asking.like(&ada, 2).await;
        asking.unlike(&ada, 2).await;
    }
    for round in 0..2 {
        for (last, first) in [(None, 1), (Some(format!("{store}-40")), 41), (Some("ffffffff-40".to_owned()), 1)] {
            let mut stream = Stream::open(&asking, &grace, last.as_deref()).await;
            stream.next().await;
            for number in first..=130 {
                assert_eq!(stream.number().await, number, "{last:?}");
            }
        }
        if round == 0 {
            // The old one lets go of its folder before the new one takes it.
            drop(asking);
            asking = restarted(&folder).await;
        }
    }
}

/// The store again, once the last reader of the old one is gone.
async fn restarted(folder: &Folder) -> Asking {
    for _ in 0..200 {
        if let Ok(live) = Live::start(&folder.place(), Limits::USUAL) {
            return Asking { router: routes(Arc::clone(&live)), live };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the folder is never free");
}

#[tokio::test]
async fn a_stream_that_falls_behind_loses_nothing() {
    let asking = Asking::new();
    let (ada, grace) = (asking.sign_in(1).await, asking.sign_in(2).await);
    let mut stream = Stream::open(&asking, &grace, None).await;
    stream.next().await;
    asking.like(&ada, 2).await;
    assert_eq!(stream.number().await, 1);
    for _ in 0..200 {
        asking.unlike(&ada, 2).await;
        asking.like(&ada, 2).await;
    }
    for number in 2..=201 {
        assert_eq!(stream.number().await, number);
    }
}

#[tokio::test]
async fn what_was_sent_is_marked() {
    let asking = Asking::new();
    let (ada, grace) = (asking.sign_in(1).await, asking.sign_in(2).await);
    asking.like(&ada, 2).await;
    let unsent = async || asking.get("/live/state", "").await.json()["holds"]["unsent"].as_i64().unwrap();
    assert_eq!(unsent().await, 1);
    let mut stream = Stream::open(&asking, &grace, None).await;
    stream.next().await;
    stream.number().await;
    let more = tokio::spawn(async move { stream.next().await });
    for _ in 0..500 {
        if unsent().await == 0 {
            more.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is never marked");
}

#[tokio::test]
async fn a_silent_stream_says_that_it_is_there_until_its_session_ends() {
    let asking = Asking::at(&Place::Memory, Limits { heartbeat: Duration::from_millis(50), ..Limits::USUAL });
    let grace = asking.sign_in(2).await;
    let mut stream = Stream::open(&asking, &grace, None).await;
    stream.next().await;
    assert_eq!(stream.next().await.as_deref(), Some(": still here"));
    asking.ask(Method::DELETE, "/live/session", &[("cookie", &grace)], "").await;
    while let Some(event) = stream.next().await {
        assert_eq!(event, ": still here");
    }
}

#[tokio::test]
async fn streams_are_counted_and_bounded() {
    let asking = Asking::at(&Place::Memory, Limits { streams: 2, ..Limits::USUAL });
    let grace = asking.sign_in(2).await;
    let first = Stream::open(&asking, &grace, None).await;
    let _second = Stream::open(&asking, &grace, None).await;
    let heard = asking.get("/live/notifications", &grace).await;
    assert_eq!(heard.line(), r#"503 {"error":"too many streams of notifications are open"}"#);
    assert_eq!(heard.header("retry-after"), "1");
    assert_eq!(asking.get("/live/state", "").await.json()["open"]["streams"], 2);
    drop(first);
    Stream::open(&asking, &grace, None).await;
}
