//! What the live part says to each kind of request, asked without a network.

mod foretold;
mod guarded;
mod hostile;
mod liking;
mod looking;
mod sequences;
mod streaming;
mod working;
mod writing;

use super::*;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, Response};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use tower::ServiceExt as _;

/// A folder of its own, gone again at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let own = format!("roundtrip-live-{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        Folder(std::env::temp_dir().join(own))
    }

    pub fn place(&self) -> Place {
        Place::Folder(self.0.clone())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The live part, and what was said last.
struct Asking {
    live: Arc<Live>,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Heard {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and JSON in one line.
    fn line(&self) -> String {
        format!("{} {}", self.status, self.json())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What a browser keeps of the cookie.
    fn cookie(&self) -> String {
        self.header(SET_COOKIE.as_str()).split(';').next().unwrap().to_owned()
    }
}

impl Asking {
    fn at(place: &Place, limits: Limits) -> Self {
        let live = Live::start(place, limits).unwrap();
        Asking { router: routes(Arc::clone(&live)), live }
    }

    fn new() -> Self {
        Asking::at(&Place::Memory, Limits::USUAL)
    }

    async fn answer(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, "localhost:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let answer = self.answer(method, path, headers, Body::from(body.to_owned())).await;
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Heard {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str, cookie: &str) -> Heard {
        self.ask(Method::GET, path, &[(COOKIE.as_str(), cookie)], "").await
    }

    /// The cookie of this user, at the browser itself.
    async fn sign_in(&self, user: i64) -> String {
        self.sign_in_at("/live", user).await
    }

    async fn sign_in_at(&self, path: &str, user: i64) -> String {
        let json = &[(CONTENT_TYPE.as_str(), "application/json")];
        let heard = self.ask(Method::POST, &format!("{path}/session"), json, &format!("{{\"user\": {user}}}")).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        heard.cookie()
    }

    async fn like(&self, cookie: &str, post: i64) -> Heard {
        self.ask(Method::POST, &format!("/live/posts/{post}/like"), &[(COOKIE.as_str(), cookie)], "").await
    }

    async fn unlike(&self, cookie: &str, post: i64) -> Heard {
        self.ask(Method::DELETE, &format!("/live/posts/{post}/like"), &[(COOKIE.as_str(), cookie)], "").await
    }

    /// What the store holds, as counts of likes and notifications.
    async fn holds(&self) -> (i64, i64) {
        let holds = &self.get("/live/state", "").await.json()["holds"];
        (holds["likes"].as_i64().unwrap(), holds["notifications"].as_i64().unwrap())
    }

    /// The whole outbox: whom, by whom, which post.
    async fn outbox(&self) -> Vec<(i64, i64, i64)> {
        let all = self.live.readers.read(|database| {
            let mut rows = database.prepare("SELECT user_id, liked_by, post_id FROM notifications ORDER BY id")?;
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        });
        all.await.unwrap()
    }
}
