//! `cargo xtask bench --live`: durable likes a second, how long one takes, and how many commits they shared.
//!
//! Fifty clients on as many connections, each asking again as soon as it was answered, on the same machine as the server:
//! what the clients compute is taken from what the server could have had. Each like is another one, so each is written;
//! each has an owner who is told, so a notification is written as well. `synchronous` is FULL: an answer means that the
//! disk has it.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

#[allow(dead_code, reason = "the tests kill the server, and count")]
#[path = "../tests/live/harness.rs"]
mod harness;

use harness::{Server, fill};
use std::io::Write as _;
use std::time::{Duration, Instant};

const CLIENTS: i64 = 50;
const POSTS: i64 = 600;

fn main() {
    // `cargo test --benches` runs this, too; it wants to know only that it would run.
    let posts = if std::env::args().any(|arg| arg == "--bench") { POSTS } else { 2 };
    let server = Server::start("bench-live");
    fill(&server, CLIENTS, posts);
    let began = Instant::now();
    let mut times = std::thread::scope(|scope| {
        let clients: Vec<_> = (1..=CLIENTS)
            .map(|user| {
                let client = server.client().of(user);
                // Everybody likes the posts of the next user.
                let first = user % CLIENTS * posts + 1;
                scope.spawn(move || {
                    let mut client = client;
                    (first..first + posts).map(|post| timed(&mut client, post)).collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("every like is answered")).collect::<Vec<Duration>>()
    });
    let took = began.elapsed();
    times.sort_unstable();
    let state = server.client().ask("GET", "/live/state", "").expect("the state").text;
    let state: serde_json::Value = serde_json::from_str(&state).expect("JSON");
    let likes = times.len();
    assert_eq!(state["holds"]["likes"], likes, "all are there");
    assert_eq!((&state["store"]["synchronous"], &state["store"]["durable"]), (&"FULL".into(), &true.into()));
    let part = |thousandth: usize| times[(likes - 1) * thousandth / 1000].as_secs_f64() * 1000.0;
    let (commits, largest) = (&state["since_start"]["commits"], &state["since_start"]["largest_commit"]);
    println!(
        "durable likes a second: {:.0} ({likes} likes from {CLIENTS} clients in {:.2} s, synchronous FULL)",
        likes as f64 / took.as_secs_f64(),
        took.as_secs_f64(),
    );
    println!("commits: {commits}, {:.1} likes each, at most {largest}", likes as f64 / commits.as_f64().unwrap_or(1.0));
    println!("for scale: {:.0} times a second this disk takes 4 kB and says that it has them", syncs(&server));
    println!("p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", part(500), part(990), part(1000));
}

/// How often a second a file's end can be written and waited for, alone.
fn syncs(server: &Server) -> f64 {
    const TIMES: u32 = 200;
    let mut file = std::fs::File::create(server.folder.join("syncs")).expect("a file");
    let began = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("it is written");
    }
    f64::from(TIMES) / began.elapsed().as_secs_f64()
}

/// One like; how long its answer took.
fn timed(client: &mut harness::Client, post: i64) -> Duration {
    let began = Instant::now();
    let heard = client.ask("POST", &format!("/live/posts/{post}/like"), "Content-Length: 0\r\n").expect("an answer");
    assert_eq!(heard.status, 200, "{heard:?}");
    began.elapsed()
}
