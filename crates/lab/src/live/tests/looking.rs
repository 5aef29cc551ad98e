//! What can be read: posts, users, state, and the plain exchange.

use super::*;

#[tokio::test]
async fn posts_and_users_as_the_courses_backend_answers() {
    let asking = Asking::new();
    assert_eq!(
        asking.get("/live/posts", "").await.json(),
        json!([
            { "id": 1, "author": "Ada", "body": "Notes on the analytical engine", "likes": 1 },
            { "id": 2, "author": "Grace", "body": "A nanosecond is 30 cm of wire", "likes": 1 },
            { "id": 3, "author": "Grace", "body": "Found a moth in relay 70", "likes": 0 },
        ])
    );
    let users = asking.get("/live/users", "").await;
    assert_eq!(
        users.json(),
        json!([{ "id": 1, "name": "Ada" }, { "id": 2, "name": "Grace" }, { "id": 3, "name": "Linus" }])
    );
    assert_eq!(users.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(asking.get("/live/users/3", "").await.line(), r#"200 {"id":3,"name":"Linus"}"#);
    for id in ["4", "x", "-1"] {
        assert_eq!(asking.get(&format!("/live/users/{id}"), "").await.line(), r#"404 {"error":"no such user"}"#);
    }
}

#[tokio::test]
async fn every_answer_is_for_this_origin_only_and_kept_by_nobody() {
    let asking = Asking::new();
    for path in ["/live/state", "/live/posts", "/live/hello", "/live/nowhere", "/live/echo", "/live", "/live/"] {
        let heard = asking.get(path, "").await;
        assert_eq!(heard.header("cache-control"), "no-store", "{path}");
        assert_eq!(heard.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(heard.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(!heard.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{path}");
    }
}

#[tokio::test]
async fn the_state_says_what_is_there() {
    let folder = Folder::new("state");
    let asking = Asking::at(&folder.place(), Limits::USUAL);
    let ada = asking.sign_in(1).await;
    asking.like(&ada, 2).await;
    asking.like(&ada, 2).await;
    let state = asking.get("/live/state", "").await.json();
    assert_eq!(state["holds"], json!({ "users": 3, "posts": 3, "likes": 3, "notifications": 1, "unsent": 1 }),);
    assert_eq!(
        (&state["store"]["journal_mode"], &state["store"]["synchronous"], &state["store"]["durable"]),
        (&json!("wal"), &json!("FULL"), &json!(true))
    );
    assert_eq!(state["since_start"]["changes"], 3);
    assert_eq!(state["since_start"]["commits"], 2, "the second like wrote nothing");
    assert_eq!(Asking::new().get("/live/state", "").await.json()["store"]["durable"], false, "in memory");
}

#[tokio::test]
async fn one_address_in_three_forms() {
    let asking = Asking::new();
    for (accept, status, kind, begins) in [
        ("application/json", 200, "application/json; charset=utf-8", "{\"hello\""),
        ("text/html,*/*;q=0.8", 200, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("image/avif,image/svg+xml,image/*,*/*;q=0.8", 200, "image/svg+xml", "<svg"),
        ("*/*", 200, "application/json; charset=utf-8", "{\"hello\""),
        ("text/plain", 406, "application/json; charset=utf-8", "{\"error\""),
    ] {
        let heard = asking.ask(Method::GET, "/live/hello", &[("accept", accept)], "").await;
        assert_eq!((heard.status, heard.header("content-type")), (status, kind), "{accept}");
        assert_eq!(heard.header("vary"), "Accept", "{accept}");
        assert!(heard.text.starts_with(begins), "{accept}: {}", heard.text);
    }
    let head = asking.ask(Method::HEAD, "/live/hello", &[], "").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}
