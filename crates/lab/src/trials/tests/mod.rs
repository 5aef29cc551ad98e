//! What the test server says, asked without a network; on real sockets what only they can show.

mod bounds;
mod guarded;
mod hostile;
mod predicted;
mod wire;

use super::*;
use crate::serve::{Rooms, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;

const PORTS: [u16; 3] = [8080, 8081, 8082];

/// Three origins that share their trials.
struct Asking {
    trials: Arc<Trials>,
    doors: [Router; 3],
}

/// An answer, read to its end, each byte a sign.
#[derive(Debug)]
struct Heard {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Heard {
    fn json(&self) -> Value {
        let bytes: Vec<u8> = self.text.chars().map(|c| c as u8).collect();
        serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    fn cors(&self) -> usize {
        self.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).count()
    }
}

impl Asking {
    fn with(limits: Limits) -> Self {
        let trials = Arc::new(Trials::at(PORTS.to_vec(), limits));
        let doors = [0, 1, 2].map(|at| {
            let rooms = Rooms { trials: Some(Arc::clone(&trials)), manages: at == 0, ..Rooms::default() };
            router(rooms, PORTS[at])
        });
        Asking { trials, doors }
    }

    fn new() -> Self {
        Asking::with(Limits::USUAL)
    }

    /// Asks at one of the doors, by a name of this machine.
    async fn ask(&self, door: usize, (method, path): (&str, &str), headers: &[(&str, &str)], body: &str) -> Heard {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", format!("localhost:{}", PORTS[door]));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer =
            self.doors[door].clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        let text = bytes.iter().map(|byte| char::from(*byte)).collect();
        let mut headers = parts.headers;
        // Where it stands without a network, axum writes it; on the wire hyper does.
        headers.remove("content-length");
        Heard { status: parts.status.as_u16(), headers, text }
    }

    async fn open(&self) -> String {
        let heard = self.ask(0, ("POST", "/trials"), &[], "").await;
        assert_eq!(heard.status, 201, "{heard:?}");
        heard.json()["trial"].as_str().unwrap().to_owned()
    }

    async fn tell(&self, id: &str, places: Value) -> Heard {
        let body = json!({ "places": places }).to_string();
        self.ask(0, ("PUT", &format!("/trials/{id}")), &[("content-type", "application/json")], &body).await
    }

    async fn arrived(&self, id: &str) -> Value {
        let heard = self.ask(0, ("GET", &format!("/trials/{id}")), &[], "").await;
        assert_eq!(heard.status, 200, "{heard:?}");
        heard.json()["arrived"].clone()
    }
}

/// A place of a trial that answers everything in one way.
fn place(at: &str, id: &str, name: &str, status: u16, headers: &[(&str, &str)]) -> Value {
    json!({
        "at": at,
        "target": format!("/trial/{id}/{name}"),
        "policy": { "preflight": null, "actual": { "status": status, "headers": headers, "body": "here" } },
    })
}

const SECOND: &str = "http://localhost:8081";

#[tokio::test]
async fn a_trial_from_opening_to_witness() {
    let asking = Asking::new();
    let id = asking.open().await;
    let mut main =
        place(SECOND, &id, "main?x=1", 418, &[("Access-Control-Allow-Origin", "*"), ("X-Odd", "\u{e9}\u{ff}")]);
    main["policy"]["preflight"] =
        json!({ "status": 204, "headers": [["Access-Control-Allow-Methods", "PUT"]], "body": "" });
    let other = place("http://127.0.0.1:8082", &id, "main?x=1", 302, &[("Location", "/elsewhere")]);
    assert_eq!(asking.tell(&id, json!([main, other])).await.json(), json!({ "trial": id, "places": 2 }));

    let path = format!("/trial/{id}/main?x=1");
    let preflight = [("origin", "http://localhost:8080"), ("access-control-request-method", "PUT")];
    let heard = asking.ask(1, ("OPTIONS", &path), &preflight, "").await;
    assert_eq!((heard.status, heard.headers.len()), (204, 1), "{heard:?}");
    assert_eq!(heard.headers["access-control-allow-methods"], "PUT");
    // Without the header that no script can send it is a request like any other.
    assert_eq!(asking.ask(1, ("OPTIONS", &path), &preflight[..1], "").await.status, 418);
    let heard = asking.ask(1, ("PUT", &path), &[("x-mine", "1"), ("cookie", "a=b")], "12345").await;
    assert_eq!((heard.status, heard.text.as_str(), heard.headers.len()), (418, "here", 2), "{heard:?}");
    assert_eq!(heard.headers["x-odd"].as_bytes(), [0xe9, 0xff], "odd bytes go out as they are");

    // The same path at another name or port is another place, and unknown ones are as bare as can be.
    assert_eq!(asking.ask(2, ("GET", &path), &[("host", "127.0.0.1:8082")], "").await.status, 302);
    for (door, path) in [(2, path.as_str()), (1, &format!("/trial/{id}/main")), (0, &format!("/trial/{id}/"))] {
        let heard = asking.ask(door, ("GET", path), &[], "").await;
        assert_eq!((heard.status, heard.cors(), heard.text.as_str()), (404, 0, ""), "{path}");
    }
    let arrived = asking.arrived(&id).await;
    let line = |one: &Value| {
        format!("{} {} {} {}", one["method"], one["at"], one["target"], one["body_bytes"]).replace(&id, "ID")
    };
    let lines: Vec<String> = arrived.as_array().unwrap().iter().map(|one| line(one).replace('"', "")).collect();
    assert_eq!(
        lines,
        [
            "OPTIONS http://localhost:8081 /trial/ID/main?x=1 0",
            "OPTIONS http://localhost:8081 /trial/ID/main?x=1 0",
            "PUT http://localhost:8081 /trial/ID/main?x=1 5",
            "GET http://127.0.0.1:8082 /trial/ID/main?x=1 0",
            "GET http://localhost:8082 /trial/ID/main?x=1 0",
            "GET http://localhost:8081 /trial/ID/main 0",
            "GET http://localhost:8080 /trial/ID/ 0",
        ]
    );
    assert_eq!(arrived[2]["headers"], json!([["host", "localhost:8081"], ["x-mine", "1"], ["cookie", "a=b"]]));
    let times: Vec<u64> = arrived.as_array().unwrap().iter().map(|one| one["after_us"].as_u64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");

    // What is told anew takes the place of what was told; what has arrived stays.
    assert_eq!(asking.tell(&id, json!([place(SECOND, &id, "main?x=1", 200, &[])])).await.status, 200);
    assert_eq!(asking.ask(1, ("PUT", &path), &[], "").await.status, 200);
    assert_eq!(asking.arrived(&id).await.as_array().unwrap().len(), 8);
    assert_eq!(asking.ask(0, ("DELETE", &format!("/trials/{id}")), &[], "").await.status, 200);
    for (method, status) in [("GET", 404), ("DELETE", 404)] {
        assert_eq!(asking.ask(0, (method, &format!("/trials/{id}")), &[], "").await.status, status);
    }
    assert_eq!(asking.ask(1, ("PUT", &path), &[], "").await.status, 404);
}

#[tokio::test]
async fn trials_are_opened_at_the_sites_own_port_alone() {
    let asking = Asking::new();
    let id = asking.open().await;
    for door in [1, 2] {
        for asked in [("POST", "/trials".to_owned()), ("GET", "/trials".to_owned()), ("GET", format!("/trials/{id}"))] {
            let heard = asking.ask(door, (asked.0, &asked.1), &[], "").await;
            assert_eq!((heard.status, heard.cors()), (404, 0), "{asked:?} at {door}");
        }
    }
    for path in ["/trials/", "/trials/a/b", "/trial", "/trial/", "/trial/x", "/trial/x/y", "/trial//"] {
        let heard = asking.ask(0, ("GET", path), &[], "").await;
        assert_eq!((heard.status, heard.cors()), (404, 0), "{path}");
    }
    let here = asking.ask(0, ("GET", "/trials"), &[], "").await.json();
    let origins = ["localhost", "127.0.0.1"].map(|name| PORTS.map(|port| format!("http://{name}:{port}"))).concat();
    assert_eq!(here["origins"], json!(origins));
    assert_eq!(here["open"], 1);
}
