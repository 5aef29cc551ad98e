//! Likes, sessions, keys.

use super::*;

#[tokio::test]
async fn a_like_counts_once_and_its_owner_is_told() {
    let asking = Asking::new();
    let ada = asking.sign_in(1).await;
    assert_eq!(asking.like(&ada, 2).await.line(), r#"200 {"likes":2}"#);
    assert_eq!(asking.like(&ada, 2).await.line(), r#"200 {"likes":2}"#, "a second like is none");
    assert_eq!(asking.outbox().await, [(2, 1, 2)]);
    assert_eq!(asking.unlike(&ada, 2).await.line(), r#"200 {"likes":1}"#);
    assert_eq!(asking.unlike(&ada, 2).await.line(), r#"200 {"likes":1}"#);
    assert_eq!(asking.like(&ada, 2).await.line(), r#"200 {"likes":2}"#);
    assert_eq!(asking.outbox().await, [(2, 1, 2), (2, 1, 2)], "liked anew, told anew, as backend.js does");
}

#[tokio::test]
async fn nobody_is_told_of_their_own_like() {
    let asking = Asking::new();
    let grace = asking.sign_in(2).await;
    assert_eq!(asking.like(&grace, 3).await.line(), r#"200 {"likes":1}"#);
    assert_eq!(asking.outbox().await, []);
}

#[tokio::test]
async fn without_a_session_nothing_is_stored() {
    let asking = Asking::new();
    for cookie in ["", "session=.00000000000000000000000000000000", "session=ada-7f3c", "other=1"] {
        for heard in [asking.like(cookie, 2).await, asking.unlike(cookie, 1).await] {
            assert_eq!(heard.line(), r#"401 {"error":"not signed in"}"#);
            assert_eq!(heard.header("www-authenticate"), "Session realm=\"live\"", "RFC 9110 15.5.2");
        }
        assert_eq!(asking.get("/live/notifications", cookie).await.status, 401);
    }
    assert_eq!(asking.holds().await, (2, 0));
}

#[tokio::test]
async fn a_post_that_is_not_there() {
    let asking = Asking::new();
    let ada = asking.sign_in(1).await;
    assert_eq!(asking.like(&ada, 99).await.line(), r#"404 {"error":"no such post"}"#);
    assert_eq!(asking.unlike(&ada, 99).await.line(), r#"200 {"likes":0}"#, "as backend.js");
    for id in ["", "abc", "-1", "1.5", "%31x", "2147483648", "+1", "0x1"] {
        let heard = asking.ask(Method::POST, &format!("/live/posts/{id}/like"), &[("cookie", &ada)], "").await;
        assert_eq!(heard.line(), r#"400 {"error":"a post's number is a whole number"}"#, "{id}");
    }
    assert_eq!(asking.holds().await, (2, 0));
}

#[tokio::test]
async fn a_session_begins_ends_and_expires() {
    let asking = Asking::new();
    let nobody = r#"200 {"user":null}"#;
    assert_eq!(asking.get("/live/session", "").await.line(), nobody);
    let grace = asking.sign_in(2).await;
    assert_eq!(asking.get("/live/session", &grace).await.line(), r#"200 {"liked":[1],"user":{"id":2,"name":"Grace"}}"#);
    let out = asking.ask(Method::DELETE, "/live/session", &[("cookie", &grace)], "").await;
    assert_eq!((out.line().as_str(), out.cookie().as_str()), (nobody, "session="));
    assert!(out.header("set-cookie").contains("Max-Age=0"), "the browser forgets it");
    assert_eq!(asking.get("/live/session", &grace).await.line(), nobody, "and the server has");

    let json = &[("content-type", "application/json")];
    let ada = asking.sign_in(1).await;
    for (user, status, before) in [(9, 404, 1), (3, 200, 0)] {
        let headers = &[json[0], ("cookie", ada.as_str())];
        let other = asking.ask(Method::POST, "/live/session", headers, &format!("{{\"user\":{user}}}")).await;
        let kept = asking.get("/live/session", &ada).await.json()["user"]["id"] == before;
        assert_eq!((other.status, kept), (status, before == 1), "the one before ends when another begins");
    }
    let short = asking.ask(Method::POST, "/live/session", json, r#"{"user":1,"seconds":1}"#).await;
    assert_eq!(short.line(), r#"200 {"user":{"id":1,"name":"Ada"}}"#);
    assert_eq!(asking.like(&short.cookie(), 2).await.status, 200);
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(asking.like(&short.cookie(), 3).await.line(), r#"401 {"error":"not signed in"}"#);
}

#[tokio::test]
async fn phones_in_one_browser_are_signed_in_by_themselves() {
    let asking = Asking::new();
    let left = asking.sign_in_at("/live/phones/left", 1).await;
    let right = asking.sign_in_at("/live/phones/right", 2).await;
    let both = format!("{left}; {right}");
    for (path, name) in [("/live/phones/left", "Ada"), ("/live/phones/right", "Grace")] {
        let heard = asking.get(&format!("{path}/session"), &both).await;
        assert_eq!(heard.json()["user"]["name"], name);
    }
    assert_eq!(asking.get("/live/session", &both).await.json()["user"], Value::Null);
    assert_eq!(asking.get("/live/phones/third/session", &both).await.json()["user"], Value::Null);
    let heard = asking.ask(Method::POST, "/live/phones/right/posts/1/like", &[("cookie", &both)], "").await;
    assert_eq!(heard.line(), r#"200 {"likes":1}"#, "Grace liked it before");
    for name in ["LEFT", "a_b", "12345678901234567", "%2e%2e"] {
        let heard = asking.get(&format!("/live/phones/{name}/session"), &both).await;
        assert_eq!(heard.status, 404, "{name}");
    }
}

#[tokio::test]
async fn a_key_lets_a_request_happen_once() {
    let asking = Asking::new();
    let (ada, linus) = (asking.sign_in(1).await, asking.sign_in(3).await);
    let with = async |method: Method, cookie: &str, post: i64, key: &str| {
        let headers = [("cookie", cookie), ("idempotency-key", key)];
        asking.ask(method, &format!("/live/posts/{post}/like"), &headers, "").await
    };
    let first = with(Method::POST, &ada, 2, "\"k1\"").await;
    assert_eq!((first.line().as_str(), first.header("idempotent-replayed")), (r#"200 {"likes":2}"#, ""));
    assert_eq!(asking.unlike(&ada, 2).await.line(), r#"200 {"likes":1}"#);
    let again = with(Method::POST, &ada, 2, "k1").await;
    assert_eq!((again.line().as_str(), again.header("idempotent-replayed")), (r#"200 {"likes":2}"#, "true"));
    assert_eq!(asking.get("/live/session", &ada).await.json()["liked"], json!([]), "nothing was done");
    assert_eq!(asking.outbox().await, [(2, 1, 2)], "nobody was told again");

    let words = r#"422 {"error":"this Idempotency-Key was used for another request"}"#;
    assert_eq!(with(Method::POST, &ada, 3, "k1").await.line(), words);
    assert_eq!(with(Method::DELETE, &ada, 2, "k1").await.line(), words);
    assert_eq!(with(Method::POST, &linus, 3, "k1").await.line(), r#"200 {"likes":1}"#, "another user's key is another");
    assert_eq!(with(Method::POST, &ada, 3, "\"open").await.status, 400);
    assert_eq!(with(Method::POST, &ada, 99, "k2").await.status, 404);
    assert_eq!(with(Method::POST, &ada, 2, "k2").await.status, 200, "what was refused did not use the key");
}
