//! Slow clients, idle ones, too many, and WebSockets, on a real socket.

#![allow(clippy::disallowed_methods, reason = "how long a real connection is waited for can only be seen on a clock")]

use super::*;
use crate::live::{Live, Place};
use crate::serve::{Rooms, router};
use crate::site::Site;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// Small enough to be reached by a test.
const TIGHT: Limits = Limits {
    connections: 8,
    head: Duration::from_millis(400),
    body: Duration::from_millis(400),
    stall: Duration::from_millis(400),
    silence: Duration::from_millis(400),
    sockets: 2,
    message_bytes: 1000,
    ..Limits::USUAL
};

/// A server on a port of its own.
struct Running {
    port: u16,
    seats: Arc<Semaphore>,
}

impl Running {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let live = Live::start(&Place::Memory, limits).unwrap();
        let site = Arc::new(Site::at(std::env::temp_dir().join("roundtrip-no-site")));
        let seats = Arc::new(Semaphore::new(limits.connections));
        let rooms = Rooms { site: Some(site), live: Some(live), ..Rooms::default() };
        tokio::spawn(take(listener, router(rooms, port), limits, Arc::clone(&seats)));
        Running { port, seats }
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(("127.0.0.1", self.port)).await.unwrap(), port: self.port }
    }
}

struct Client {
    stream: TcpStream,
    port: u16,
}

impl Client {
    async fn send(&mut self, text: &str) {
        let text = text.replace("HOST", &format!("localhost:{}", self.port));
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Everything until the server closes the connection.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset ends it, too.
        let _ = timeout(Duration::from_secs(10), self.stream.read_to_end(&mut bytes)).await.expect("it is closed");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What comes next.
    async fn some(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 65536];
        let read = timeout(Duration::from_secs(10), self.stream.read(&mut bytes)).await.expect("something comes");
        bytes.truncate(read.unwrap());
        bytes
    }

    async fn answer(&mut self, request: &str) -> String {
        self.send(request).await;
        String::from_utf8(self.some().await).unwrap()
    }
}

const HELLO: &str = "GET /live/hello HTTP/1.1\r\nHost: HOST\r\n\r\n";

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let running = Running::start(TIGHT).await;
    let mut slow = running.connect().await;
    let began = Instant::now();
    for byte in "GET /live/hello HTTP/1.1\r\nHost: localhost".bytes() {
        if slow.stream.write_all(&[byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(slow.rest().await, "");
    assert!(began.elapsed() >= TIGHT.head);
    assert_eq!(running.seats.available_permits(), TIGHT.connections - 1, "all are free but that of the next to come");
}

#[tokio::test]
async fn a_connection_is_used_again_and_closed_when_idle() {
    let running = Running::start(TIGHT).await;
    let mut client = running.connect().await;
    for _ in 0..3 {
        assert!(client.answer(HELLO).await.starts_with("HTTP/1.1 200 OK\r\n"));
        tokio::time::sleep(TIGHT.head / 2).await;
    }
    assert_eq!(client.rest().await, "");
    let mut silent = running.connect().await;
    assert_eq!(silent.rest().await, "", "one that never says anything, too");
}

#[tokio::test]
async fn a_head_with_too_much_in_it_is_refused() {
    let running = Running::start(TIGHT).await;
    for (head, status) in [
        (format!("GET /live/hello HTTP/1.1\r\nHost: HOST\r\n{}\r\n", "a: b\r\n".repeat(60)), 200),
        (format!("GET /live/hello HTTP/1.1\r\nHost: HOST\r\n{}\r\n", "a: b\r\n".repeat(70)), 431),
        (format!("GET /live/hello HTTP/1.1\r\nHost: HOST\r\nCookie: {}\r\n\r\n", "c".repeat(20_000)), 200),
        (format!("GET /live/hello HTTP/1.1\r\nHost: HOST\r\nCookie: {}\r\n\r\n", "c".repeat(100_000)), 431),
        ("no HTTP at all\r\n\r\n".to_owned(), 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n".to_owned(), 400),
    ] {
        let mut client = running.connect().await;
        let answer = client.answer(&head).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head:.60}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let running = Running::start(TIGHT).await;
    let mut slow = running.connect().await;
    let head =
        "POST /live/session HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    slow.send(head).await;
    let answer = slow.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("did not come in time"), "{answer}");
}

#[tokio::test]
async fn a_huge_body_is_told_why() {
    let running = Running::start(Limits { body: Duration::from_secs(10), ..TIGHT }).await;
    let head = "POST /live/session HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n";
    // One that sends first and listens then; one that promises more than we would ever read; one that never ends.
    for (more, body) in [
        ("Content-Length: 900000", "x".repeat(900_000)),
        ("Content-Length: 9000000000", String::new()),
        (
            "Transfer-Encoding: chunked",
            "10000\r\n".to_owned() + &"x".repeat(65536) + "\r\n10000\r\n" + &"x".repeat(65536) + "\r\n0\r\n\r\n",
        ),
    ] {
        let mut client = running.connect().await;
        client.send(&format!("{head}{more}\r\n\r\n{body}")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("longer than 16384 bytes"), "{more}: {answer}");
    }
}

#[tokio::test]
async fn there_are_only_so_many_connections_and_the_next_one_gets_its_turn() {
    let running = Running::start(Limits { head: Duration::from_secs(20), ..TIGHT }).await;
    let mut idle = Vec::new();
    for _ in 0..TIGHT.connections {
        let mut client = running.connect().await;
        assert!(client.answer(HELLO).await.starts_with("HTTP/1.1 200 "));
        idle.push(client);
    }
    let mut next = running.connect().await;
    next.send(HELLO).await;
    let mut byte = [0];
    let early = timeout(Duration::from_millis(300), next.stream.read(&mut byte)).await;
    assert!(early.is_err(), "it waits in the kernel's queue");
    idle.pop();
    assert!(String::from_utf8(next.some().await).unwrap().starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn who_reads_nothing_of_a_long_answer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(async || vec![0; 64 << 20]);
    let seats = Arc::new(Semaphore::new(1));
    tokio::spawn(take(listener, router, TIGHT, Arc::clone(&seats)));
    let mut client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    // Its seat comes back while the client is still there and reads nothing.
    let mut other = Client { stream: TcpStream::connect(("127.0.0.1", port)).await.unwrap(), port };
    other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(String::from_utf8_lossy(&other.some().await).starts_with("HTTP/1.1 200 OK\r\n"));
    drop(client);
}

/// The opening of a WebSocket, with the key of RFC 6455 1.3.
const OPEN: &str = "GET /live/echo HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A frame from the client: final, of this kind, masked with zeros (RFC 6455 5.2).
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let length = match payload.len() {
        short @ 0..126 => vec![0x80 | short as u8],
        long => [&[0x80 | 126], &(long as u16).to_be_bytes()[..]].concat(),
    };
    [&[0x80 | opcode], &length[..], &[0; 4], payload].concat()
}

async fn open(running: &Running) -> Client {
    let mut client = running.connect().await;
    let answer = client.answer(OPEN).await;
    assert!(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{answer}");
    assert!(answer.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{answer}");
    client
}

#[tokio::test]
async fn a_websocket_sends_back_what_it_gets() {
    let running = Running::start(TIGHT).await;
    let mut client = open(&running).await;
    for (opcode, payload) in [(1, &b"Hello"[..]), (2, &[0, 255, 7]), (1, b""), (1, "a ♥".as_bytes())] {
        client.stream.write_all(&frame(opcode, payload)).await.unwrap();
        assert_eq!(client.some().await, [&[0x80 | opcode, payload.len() as u8], payload].concat());
    }
    client.stream.write_all(&frame(9, b"ping")).await.unwrap();
    assert_eq!(client.some().await, b"\x8a\x04ping", "a pong");
    client.stream.write_all(&frame(8, &1000_u16.to_be_bytes())).await.unwrap();
    assert_eq!(client.rest().await.as_bytes()[0], 0xef, "a closing frame (as text), and the end");
}

/// The code in a closing frame.
fn code(frame: &[u8]) -> Option<u16> {
    (frame.first() == Some(&0x88)).then(|| u16::from_be_bytes([frame[2], frame[3]]))
}

#[tokio::test]
async fn a_websocket_ends_for_a_reason() {
    let running = Running::start(TIGHT).await;
    for (sent, closed) in
        [(frame(1, &[b'x'; 1001]), 1009), (frame(1, b"\xff"), 1007), (frame(3, b""), 1002), (Vec::new(), 1000)]
    {
        let mut client = open(&running).await;
        client.stream.write_all(&sent).await.unwrap();
        assert_eq!(code(&client.some().await), Some(closed), "{sent:.20?}");
    }
}

#[tokio::test]
async fn there_are_only_so_many_websockets_and_none_for_other_origins() {
    let running = Running::start(TIGHT).await;
    let (_first, _second) = (open(&running).await, open(&running).await);
    let answer = running.connect().await.answer(OPEN).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("too many WebSockets"), "{answer}");
    let foreign = OPEN.replace("\r\n\r\n", "\r\nOrigin: https://page.example\r\n\r\n");
    let answer = running.connect().await.answer(&foreign).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
}
