//! Connections that want nothing, many of them, do not keep the others from being served.

use crate::harness::{Server, fill};
use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn half_sent_requests_do_not_hold_up_the_others() {
    crowd("crowd", 300);
}

#[test]
#[ignore = "long: as many connections as there may be"]
fn more_connections_than_there_may_be_and_it_recovers() {
    // 4,096 may be open at a time; of these the last wait in the kernel's queue until the first have been given up.
    crowd("crowd-full", 4200);
}

fn crowd(name: &str, number: usize) {
    crate::streams::raise_limit();
    let server = Server::start(name);
    fill(&server, 2, 1);
    let mut crowd = Vec::new();
    for _ in 0..number {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", server.port)) else { break };
        stream.write_all(b"POST /live/posts/1/like HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
        crowd.push(stream);
    }
    assert_eq!(crowd.len(), number, "all are connected, or wait in the kernel's queue");
    let began = Instant::now();
    let mut client = server.client().of(2);
    // A connection that is given up is tried again, as browsers do.
    let heard = loop {
        match client.ask("POST", "/live/posts/1/like", "Content-Length: 0\r\n") {
            Ok(heard) => break heard,
            Err(problem) => assert!(began.elapsed() < Duration::from_secs(90), "{problem}"),
        }
    };
    assert_eq!((heard.status, heard.text.as_str()), (200, "{\"likes\":1}"));
    let memory = memory(server.id());
    println!("{number} half-sent requests: a like takes {} ms, the server {memory} kB", began.elapsed().as_millis());
    assert!(memory < 512 * 1024, "{memory} kB");
}

/// The server's memory in kB (Linux); elsewhere 0.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
