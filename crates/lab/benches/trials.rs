//! `cargo xtask bench --trials`: requests a second that trials answer, beside a plain axum handler in the same run.
//!
//! Fifty clients on as many connections, each asking again as soon as it was answered, on the same machine as both servers;
//! by turns, so that what else the machine does hits both. A trial is looked up, its answer put together anew, and the
//! request kept for the witness until that is full; the plain handler says the same four bytes and one header.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

#[allow(dead_code, reason = "the tests kill the server, and count")]
#[path = "../tests/live/harness.rs"]
mod harness;

use harness::{Client, Server};
use std::time::{Duration, Instant};

const CLIENTS: usize = 50;
const REQUESTS: usize = 400;
const TURNS: usize = 3;

fn main() {
    let bench = std::env::args().any(|arg| arg == "--bench");
    let (requests, turns) = if bench { (REQUESTS, TURNS) } else { (2, 1) };
    let server = Server::start("bench-trials");
    let path = trial(&server);
    let plain = plain();
    let mut times = [Vec::new(), Vec::new()];
    let mut took = [Duration::ZERO; 2];
    for turn in 0..2 * turns {
        let (port, path) = if turn % 2 == 0 { (server.port, path.as_str()) } else { (plain, "/") };
        let began = Instant::now();
        times[turn % 2].extend(ask(&server, port, path, requests));
        took[turn % 2] += began.elapsed();
    }
    for (name, (times, took)) in ["a trial", "a plain handler"].iter().zip(times.iter_mut().zip(took)) {
        times.sort_unstable();
        let part = |thousandth: usize| times[(times.len() - 1) * thousandth / 1000].as_secs_f64() * 1000.0;
        let a_second = times.len() as f64 / took.as_secs_f64();
        println!("{name:<16} {a_second:>7.0} requests a second, p50 {:.2} ms, p99 {:.2} ms", part(500), part(990));
    }
}

/// A trial that answers, and where.
fn trial(server: &Server) -> String {
    let mut client = server.client();
    let opened = client.ask("POST", "/trials", "Content-Length: 0\r\n").expect("a trial").text;
    let opened: serde_json::Value = serde_json::from_str(&opened).expect("JSON");
    let id = opened["trial"].as_str().expect("its name");
    let target = format!("/trial/{id}/a");
    let body = serde_json::json!({ "places": [{
        "at": format!("http://localhost:{}", server.port),
        "target": target,
        "policy": { "preflight": null, "actual": {
            "status": 200, "headers": [["Access-Control-Allow-Origin", "*"]], "body": "here",
        } },
    }] });
    let body = body.to_string();
    let head = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    // The client writes a head and an empty line; the body is what stands behind both.
    let told = client.ask("PUT", &format!("/trials/{id}"), &format!("{head}\r\n{body}")).expect("an answer");
    assert_eq!(told.status, 200, "{told:?}");
    target
}

/// A server that has nothing but one handler; its port.
fn plain() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    listener.set_nonblocking(true).expect("a listener that does not block");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let say = async || ([("access-control-allow-origin", "*")], "here");
            let router = axum::Router::new().route("/", axum::routing::any(say));
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    port
}

/// All clients ask so many times; how long each answer took.
fn ask(server: &Server, port: u16, path: &str, requests: usize) -> Vec<Duration> {
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut client = server.client();
                client.port = port;
                scope.spawn(move || (0..requests).map(|_| timed(&mut client, path)).collect::<Vec<_>>())
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("every request is answered")).collect()
    })
}

fn timed(client: &mut Client, path: &str) -> Duration {
    let began = Instant::now();
    let heard = client.ask("GET", path, "").expect("an answer");
    assert_eq!((heard.status, heard.text.as_str()), (200, "here"));
    began.elapsed()
}
