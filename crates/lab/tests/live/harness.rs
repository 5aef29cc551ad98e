//! `roundtrip serve` as a person starts it, a client that speaks HTTP to it, and a store with many users and posts.

use rusqlite::Connection;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server, its folder, and a site of one page. All gone at the end.
pub struct Server {
    pub folder: PathBuf,
    pub port: u16,
    process: Child,
}

impl Server {
    pub fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("roundtrip-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("site")).unwrap();
        std::fs::write(folder.join("site/index.html"), "<h1>home</h1>").unwrap();
        let (process, port) = launch(&folder, 0).expect("it starts");
        Server { folder, port, process }
    }

    /// Ends it as the kernel does when memory is short: SIGKILL, at whatever it is.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again, at the same port, with the same folder.
    pub fn restart(&mut self) {
        for _ in 0..50 {
            if let Some((process, port)) = launch(&self.folder, self.port) {
                assert_eq!(port, self.port);
                self.process = process;
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it does not start again");
    }

    /// The process, for whoever wants to look at it.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The store itself, beside the server.
    pub fn database(&self) -> Connection {
        let database = Connection::open(self.folder.join("live.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        database
    }

    /// One number from the store.
    pub fn count(&self, query: &str) -> i64 {
        self.database().query_row(query, [], |row| row.get(0)).unwrap()
    }

    pub fn client(&self) -> Client {
        Client { port: self.port, cookie: String::new(), stream: None }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts the program and waits until it says where it is.
fn launch(folder: &Path, port: u16) -> Option<(Child, u16)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roundtrip"));
    command.args(["serve", "--port", &port.to_string(), "--site"]).arg(folder.join("site")).arg("--data").arg(folder);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.next().and_then(|line| line.rsplit_once(':')?.1.parse().ok());
    match lines.find(|line| line == "Ctrl-C stops.").and(port) {
        Some(port) => Some((process, port)),
        None => {
            let _ = process.wait();
            None
        }
    }
}

/// Users 1 to `users`, each with `posts` posts, and for each a session `.000…N` at the browser itself; no likes yet.
pub fn fill(server: &Server, users: i64, posts: i64) {
    let mut database = server.database();
    let all = database.transaction().unwrap();
    all.execute_batch("DELETE FROM likes; DELETE FROM posts; DELETE FROM sqlite_sequence; DELETE FROM users").unwrap();
    for user in 1..=users {
        all.execute("INSERT INTO users VALUES (?1, ?2)", (user, format!("user {user}"))).unwrap();
        let ends = "INSERT INTO sessions VALUES (?1, ?2, unixepoch() + 86400)";
        all.execute(ends, (token(user), user)).unwrap();
        for post in 1..=posts {
            all.execute("INSERT INTO posts (user_id, body) VALUES (?1, ?2)", (user, format!("post {post}"))).unwrap();
        }
    }
    all.commit().unwrap();
}

/// The token of a user's session.
pub fn token(user: i64) -> String {
    format!(".{user:032x}")
}

/// A connection that is used again as long as it lasts.
pub struct Client {
    pub port: u16,
    pub cookie: String,
    stream: Option<BufReader<TcpStream>>,
}

/// An answer: its status and its body.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    pub text: String,
}

impl Client {
    /// Signed in as this user.
    pub fn of(mut self, user: i64) -> Self {
        self.cookie = format!("session={}", token(user));
        self
    }

    /// Asks once. After an error the connection is gone, and nobody knows what became of the request.
    pub fn ask(&mut self, method: &str, path: &str, more: &str) -> io::Result<Heard> {
        let result = self.exchange(method, path, more);
        if result.is_err() {
            self.stream = None;
        }
        result
    }

    fn exchange(&mut self, method: &str, path: &str, more: &str) -> io::Result<Heard> {
        let Client { port, cookie, .. } = &*self;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n{more}\r\n");
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(connect(self.port)?),
        };
        stream.get_mut().write_all(head.as_bytes())?;
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(ErrorKind::UnexpectedEof)?;
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().map_err(|_| ErrorKind::InvalidData)?;
                }
                Some(_) => {}
                None if line == "\r\n" => break,
                None => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        Ok(Heard { status, text: String::from_utf8(body).map_err(|_| ErrorKind::InvalidData)? })
    }
}

fn connect(port: u16) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(BufReader::new(stream))
}
