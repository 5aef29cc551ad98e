//! What is wrong is said, and nothing is stored.

use super::*;
use std::time::Duration;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn bodies_that_are_none() {
    let asking = Asking::new();
    let long = format!("{{\"user\": 1, \"x\": \"{}\"}}", "x".repeat(20_000));
    for (headers, body, status, words) in [
        (&[JSON][..], "", 400, "the body is no JSON: EOF while parsing a value at line 1 column 0"),
        (&[JSON], "{\"user\": 1", 400, "the body is no JSON: EOF while parsing an object at line 1 column 10"),
        (&[JSON], "{\"user\": 1}}", 400, "the body is no JSON: trailing characters at line 1 column 12"),
        (&[JSON], "\u{0}", 400, "the body is no JSON: expected value at line 1 column 1"),
        (&[JSON], "[1]", 400, "the body must be a JSON object"),
        (&[JSON], "{}", 422, "\"user\" must be a user's number"),
        (&[JSON], "{\"user\": \"1\"}", 422, "\"user\" must be a user's number"),
        (&[JSON], "{\"user\": 1.5}", 422, "\"user\" must be a user's number"),
        (&[JSON], "{\"user\": 1e400}", 400, "the body is no JSON: number out of range at line 1 column 14"),
        (&[JSON], "{\"user\": 99}", 404, "no such user"),
        (&[JSON], "{\"user\": -9223372036854775808}", 404, "no such user"),
        (&[JSON], "{\"user\": 1, \"seconds\": 0}", 422, "\"seconds\" must be a number from 1 to 2592000"),
        (&[JSON], "{\"user\": 1, \"seconds\": 2592001}", 422, "\"seconds\" must be a number from 1 to 2592000"),
        (&[], "{\"user\": 1}", 415, "the body must be JSON: Content-Type: application/json"),
        (
            &[("content-type", "text/plain")],
            "{\"user\": 1}",
            415,
            "the body must be JSON: Content-Type: application/json",
        ),
        (
            &[("content-type", "application/x-www-form-urlencoded")],
            "user=1",
            415,
            "the body must be JSON: Content-Type: application/json",
        ),
        (&[JSON, JSON], "{\"user\": 1}", 415, "the body must be JSON: Content-Type: application/json"),
        (&[JSON], &long, 413, "the body is longer than 16384 bytes"),
    ] {
        let heard = asking.ask(Method::POST, "/live/session", headers, body).await;
        assert_eq!(heard.line(), format!("{status} {}", json!({ "error": words })), "{headers:?} {body:.40}");
    }
    let deep = "[".repeat(10_000);
    assert_eq!(asking.ask(Method::POST, "/live/session", &[JSON], &deep).await.status, 400, "nested too deeply");
    let sessions = asking
        .live
        .readers
        .read(|database| database.query_row("SELECT count(*) FROM sessions", [], |row| row.get::<_, i64>(0)));
    assert_eq!(sessions.await.unwrap(), 0, "nothing was stored");
}

#[tokio::test]
async fn a_like_takes_no_body() {
    let asking = Asking::new();
    let ada = asking.sign_in(1).await;
    let long = "x".repeat(20_000);
    for (kind, body, status) in [
        (None, "", 200),
        (Some("application/json"), "{}", 200),
        (Some("application/json; charset=utf-8"), " {} ", 200),
        (Some("application/json"), "{\"a\":1}", 400),
        (Some("application/json"), "{", 400),
        (Some("text/plain"), "{}", 415),
        (None, "like", 415),
        (None, &long, 413),
    ] {
        asking.unlike(&ada, 2).await;
        let (before, _) = asking.holds().await;
        let headers: Vec<_> =
            [("cookie", ada.as_str())].into_iter().chain(kind.map(|kind| ("content-type", kind))).collect();
        let heard = asking.ask(Method::POST, "/live/posts/2/like", &headers, body).await;
        assert_eq!(heard.status, status, "{kind:?} {body:.20}");
        let stored = asking.holds().await.0 - before;
        assert_eq!(stored, i64::from(status == 200), "{kind:?} {body:.20}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let asking = Asking::at(&Place::Memory, Limits { body: Duration::from_millis(100), ..Limits::USUAL });
    let never =
        Body::from_stream(futures_util::stream::pending::<Result<axum::body::Bytes, std::convert::Infallible>>());
    let answer = asking.answer(Method::POST, "/live/session", &[JSON], never).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["connection"]), (408, &"close".parse().unwrap()));
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let asking = Asking::new();
    for (path, allowed) in [
        ("/live/state", "GET,HEAD"),
        ("/live/hello", "GET,HEAD"),
        ("/live/echo", "GET,HEAD"),
        ("/live/users", "GET,HEAD"),
        ("/live/users/1", "GET,HEAD"),
        ("/live/posts", "GET,HEAD"),
        ("/live/posts/1/like", "POST,DELETE"),
        ("/live/phones/a/posts/1/like", "POST,DELETE"),
        ("/live/session", "GET,HEAD,POST,DELETE"),
        ("/live/notifications", "GET,HEAD"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
            if allowed.split(',').any(|known| known == method) {
                continue;
            }
            let heard = asking.ask(method.parse().unwrap(), path, &[], "").await;
            assert_eq!((heard.status, heard.header("allow")), (405, allowed), "{method} {path}");
            assert!(method == "HEAD" || heard.json()["error"].is_string(), "{method} {path}");
        }
    }
    assert_eq!(asking.holds().await, (2, 0));
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let asking = Asking::new();
    for path in [
        "/live",
        "/live/",
        "/live/x",
        "/live/posts/1",
        "/live/phones",
        "/live/phones/a",
        "/live/%00",
        "/live/../live/x",
    ] {
        for method in [Method::GET, Method::POST] {
            let heard = asking.ask(method, path, &[], "").await;
            assert_eq!(heard.line(), r#"404 {"error":"nothing is here"}"#, "{path}");
        }
    }
}

#[tokio::test]
async fn a_websocket_is_asked_for_as_one() {
    let heard = Asking::new().get("/live/echo", "").await;
    assert_eq!((heard.status, heard.header("upgrade")), (426, "websocket"), "RFC 9110 15.5.22");
    assert!(heard.json()["error"].as_str().unwrap().starts_with("this is a WebSocket: "));
}
