//! Many phones listen while the server is killed. None misses a notification, and what comes twice has the same id.

use crate::harness::{Server, fill, token};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

#[test]
fn a_phone_misses_nothing_across_restarts() {
    listened("streams", 5, 4, 40, 2);
}

#[test]
#[ignore = "long: a thousand streams"]
fn a_thousand_streams_miss_nothing_across_restarts() {
    listened("streams-many", 100, 10, 3000, 3);
}

/// Each of so many owners has so many phones; people like so many times; the server is killed so many times in between.
fn listened(name: &str, owners: i64, phones: i64, likes: i64, kills: i64) {
    raise_limit();
    let mut server = Server::start(name);
    let liker = owners + 1;
    fill(&server, liker, likes / owners);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (port, open, again) = (server.port, Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let expected = usize::try_from(likes / owners).unwrap();
    let streams: Vec<_> = (0..owners * phones)
        .map(|number| {
            let phone = Phone {
                port,
                user: number % owners + 1,
                seen: BTreeMap::new(),
                last: String::new(),
                forgetful: number % 3 == 0,
            };
            runtime.spawn(phone.listen(expected, Arc::clone(&open), Arc::clone(&again)))
        })
        .collect();
    while open.load(SeqCst) < streams.len() {
        std::thread::sleep(Duration::from_millis(5));
    }

    let mut client = server.client().of(liker);
    for number in 0..likes {
        if (1..=kills).any(|kill| number == likes * kill / (kills + 1)) {
            server.kill();
            server.restart();
        }
        // Post `number` belongs to owner `number / (likes / owners) + 1`: turn about, so that all are told all the time.
        let post = (number % owners) * (likes / owners) + number / owners + 1;
        while client.ask("POST", &format!("/live/posts/{post}/like"), "Content-Length: 0\r\n").is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    for stream in streams {
        let phone = runtime.block_on(stream).unwrap();
        let query = format!(
            "SELECT group_concat(id) FROM (SELECT id FROM notifications WHERE user_id = {} ORDER BY id)",
            phone.user
        );
        let rows: String = server.database().query_row(&query, [], |row| row.get(0)).unwrap();
        let shown: Vec<String> = phone.seen.keys().map(i64::to_string).collect();
        assert_eq!(shown.join(","), rows, "a phone of user {}", phone.user);
    }
    let (opened, again) = (open.load(SeqCst), again.load(SeqCst));
    println!(
        "{} streams, {likes} likes, {kills} kills: {} notifications shown, none missed; {again} came twice; {opened} connections",
        owners * phones,
        likes * phones,
    );
}

/// A phone that reconnects as a browser's EventSource does.
struct Phone {
    port: u16,
    user: i64,
    /// By id, what was shown: what came with a known id is not shown again.
    seen: BTreeMap<i64, String>,
    last: String,
    /// Remembers what it showed, and not how far the stream was: it gets everything again.
    forgetful: bool,
}

impl Phone {
    async fn listen(mut self, expected: usize, open: Arc<AtomicUsize>, again: Arc<AtomicUsize>) -> Self {
        while self.seen.len() < expected {
            let _ = self.connection(expected, &open, &again).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self
    }

    async fn connection(&mut self, expected: usize, open: &AtomicUsize, again: &AtomicUsize) -> std::io::Result<()> {
        let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).await?);
        let last = if self.last.is_empty() || self.forgetful {
            String::new()
        } else {
            format!("Last-Event-ID: {}\r\n", self.last)
        };
        let (port, token) = (self.port, token(self.user));
        let head = format!(
            "GET /live/notifications HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/event-stream\r\nCookie: session={token}\r\n{last}\r\n"
        );
        stream.get_mut().write_all(head.as_bytes()).await?;
        let (mut line, mut data, mut first) = (String::new(), String::new(), true);
        while self.seen.len() < expected {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            // Lines of chunks (hexadecimal sizes, blank lines) have no colon.
            match line.trim_end().split_once(": ") {
                Some(("HTTP/1.1 200 OK", _)) => {}
                Some(("id", id)) => {
                    id.clone_into(&mut self.last);
                    if std::mem::take(&mut first) {
                        open.fetch_add(1, SeqCst);
                    }
                }
                Some(("data", text)) => {
                    text.clone_into(&mut data);
                    let number: i64 = self.last.rsplit_once('-').unwrap().1.parse().unwrap();
                    if let Some(before) = self.seen.insert(number, data.clone()) {
                        assert_eq!(before, data, "the same id is the same notification");
                        again.fetch_add(1, SeqCst);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A thousand sockets are more files than some systems allow at first.
pub fn raise_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let files = getrlimit(Resource::Nofile);
        let most = files.maximum.map_or(8192, |most| most.min(8192));
        if files.current.is_some_and(|current| current < most) {
            setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..files }).unwrap();
        }
    }
}
