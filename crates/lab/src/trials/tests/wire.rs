//! On real sockets: what leaves the server to the byte, slow clients, and what is no HTTP.

use super::*;
use crate::connections::take;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// One origin at a real port.
struct Running {
    port: u16,
    seats: Arc<Semaphore>,
}

impl Running {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let trials = Arc::new(Trials::at(vec![port], limits));
        let rooms = Rooms { trials: Some(trials), manages: true, ..Rooms::default() };
        let seats = Arc::new(Semaphore::new(limits.connections));
        tokio::spawn(take(listener, router(rooms, port), limits, Arc::clone(&seats)));
        Running { port, seats }
    }

    /// Everything that is answered to these bytes; the server closes the connection.
    async fn say(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let _ = stream.write_all(bytes).await;
        let mut heard = Vec::new();
        // A reset ends it, too.
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut heard)).await;
        let _ = read.expect("the server closes it");
        heard
    }

    async fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> String {
        let (port, length) = (self.port, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        );
        self.say(head.as_bytes()).await.into_iter().map(char::from).collect()
    }

    async fn tell(&self, answer: Value) -> String {
        let opened = self.ask("POST", "/trials", "", "").await;
        let id = opened.split("\"trial\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let target = format!("/trial/{id}/a");
        let at = format!("http://localhost:{}", self.port);
        let policy = json!({ "preflight": null, "actual": answer });
        let body = json!({ "places": [{ "at": at, "target": target, "policy": policy }] }).to_string();
        let told = self.ask("PUT", &format!("/trials/{id}"), "Content-Type: application/json\r\n", &body).await;
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        target
    }
}

/// The prediction knows what the server adds by itself: for every status, with and without a body, for each method.
#[tokio::test]
async fn what_leaves_is_what_the_prediction_takes_it_for() {
    use engine::browser::exchange::Answer;
    let running = Running::start(Limits::USUAL).await;
    let special =
        [200, 204, 205, 206, 302, 304, 404].map(|status| ["GET", "HEAD", "PUT", "OPTIONS"].map(|m| (status, m)));
    let every = (200..=599).filter(|status| status % 7 == 0).map(|status| (status, "GET"));
    for (status, method) in special.into_iter().flatten().chain(every) {
        for body in ["", "four"] {
            let lines = [["Access-Control-Allow-Origin", "a"], ["X", "\u{e9}"], ["access-control-allow-origin", " b "]];
            let target = running.tell(json!({ "status": status, "headers": lines, "body": body })).await;
            let heard = running.ask(method, &target, "", "").await;
            let (head, content) = heard.split_once("\r\n\r\n").unwrap();
            let lines_heard: Vec<(String, String)> = head
                .lines()
                .skip(1)
                .map(|line| line.split_once(':').unwrap())
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .filter(|(name, _)| name != "connection")
                .map(|(name, value)| if name == "date" { (name, String::new()) } else { (name, value) })
                .collect();
            let headers = lines.iter().map(|[name, value]| ((*name).into(), (*value).into())).collect();
            let served = trial::served::served(&Answer { status, headers, body: body.to_owned() });
            let mut due: Vec<(String, String)> = served
                .headers
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .map(|(name, value)| if name == "date" { (name, String::new()) } else { (name, value) })
                .collect();
            due.sort();
            let mut said = lines_heard.clone();
            said.sort();
            assert_eq!(said, due, "{method} {status} {body:?}\n{heard}");
            assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head}");
            assert_eq!(content, if method == "HEAD" { "" } else { &*served.body }, "{method} {status} {body:?}");
        }
    }
}

#[tokio::test]
async fn doubled_headers_and_odd_bytes_go_out_exactly() {
    let running = Running::start(Limits::USUAL).await;
    let lines = [
        ["Access-Control-Allow-Origin", "http://localhost:8080"],
        ["X-Bytes", "\u{80}\u{e9}\u{ff}"],
        ["Access-Control-Allow-Origin", "*"],
        ["Access-Control-Allow-Orgin", "*"],
    ];
    let target = running.tell(json!({ "status": 200, "headers": lines, "body": "\u{e9}" })).await;
    let heard = running.ask("GET", &target, "", "").await;
    let lines: Vec<&str> = heard.lines().filter(|line| !line.starts_with("date")).collect();
    assert_eq!(
        lines,
        [
            "HTTP/1.1 200 OK",
            "access-control-allow-origin: http://localhost:8080",
            "access-control-allow-origin: *",
            "x-bytes: \u{80}\u{e9}\u{ff}",
            "access-control-allow-orgin: *",
            "content-length: 2",
            "connection: close",
            "",
            "\u{c3}\u{a9}",
        ]
    );
}

#[tokio::test]
async fn slow_clients_and_bodies_without_end_are_not_waited_for() {
    let limits = Limits {
        connections: 4,
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
        stall: Duration::from_millis(300),
        ..Limits::USUAL
    };
    let running = Running::start(limits).await;
    let target = running.tell(json!({ "status": 200, "headers": [], "body": "here" })).await;
    let host = format!("Host: localhost:{}\r\n", running.port);
    // A head that does not end, a body that does not come, one that does not end, a path for the slow.
    for bytes in [
        format!("GET {target} HTTP/1.1\r\n{host}"),
        format!("POST {target} HTTP/1.1\r\n{host}Content-Length: 10\r\n\r\n123"),
        format!("POST {target} HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        format!("POST /trials HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{{"),
    ] {
        let heard = String::from_utf8(running.say(bytes.as_bytes()).await).unwrap();
        assert!(!heard.contains("here"), "{heard}");
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(running.seats.available_permits(), 3, "one waits for who comes next, the others are free again");
    assert!(running.ask("GET", &target, "", "").await.ends_with("here"));
}

/// No request, however it is made, gets more than one answer, or one with a CORS header that no trial has asked for.
#[tokio::test]
async fn what_is_no_http_harms_nobody() {
    let running = Running::start(Limits::USUAL).await;
    let host = format!("Host: localhost:{}\r\nConnection: close\r\n", running.port);
    let long = "x".repeat(64 * 1024);
    for bytes in [
        format!("GET /trial/{long} HTTP/1.1\r\n{host}\r\n"),
        format!("GET /trial/x HTTP/1.1\r\n{host}X: {long}\r\n\r\n"),
        format!("GET /trial/x HTTP/1.1\r\n{host}{}\r\n", "X: y\r\n".repeat(200)),
        format!("GET /trial/%0d%0aX:%20y HTTP/1.1\r\n{host}\r\n"),
        format!("GET /trial/x HTTP/1.1\r\n{host}Host: rebound.example\r\n\r\n"),
        format!("GET http://rebound.example/trial/x HTTP/1.1\r\n{host}\r\n"),
        format!("OPTIONS * HTTP/1.1\r\n{host}\r\n"),
        format!("CONNECT localhost:1 HTTP/1.1\r\n{host}\r\n"),
        format!("G\0T /trial HTTP/1.1\r\n{host}\r\n"),
        "\x16\x03\x01\x02\0\x01\0\x01".to_owned(),
        "\r\n\r\n\r\n".to_owned() + "HELO\r\n\r\n",
    ] {
        let heard = String::from_utf8_lossy(&running.say(bytes.as_bytes()).await).into_owned();
        assert!(heard.matches("HTTP/1.1 ").count() <= 1, "{bytes:.60}: {heard}");
        assert!(!heard.starts_with("HTTP/1.1 2"), "{bytes:.60}: {heard}");
        assert!(!heard.to_ascii_lowercase().contains("access-control"), "{bytes:.60}: {heard}");
    }
    assert!(running.ask("GET", "/trials", "", "").await.starts_with("HTTP/1.1 200"), "and it still stands");
}
