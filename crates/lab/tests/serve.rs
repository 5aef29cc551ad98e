//! The program itself, as a person starts it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A site of one page, and the server that shows it.
struct Running {
    site: PathBuf,
    server: Child,
    ports: Vec<u16>,
}

fn roundtrip(port: &str, site: &PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roundtrip"));
    command.args(["serve", "--ephemeral", "--port", port, "--site"]).arg(site);
    command
}

impl Running {
    fn start(name: &str) -> Self {
        let folder = format!("roundtrip-serve-{name}-{}", std::process::id());
        let site = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(site.join("index.html"), "<h1>home</h1>").unwrap();
        let mut server = roundtrip("0", &site).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = |line: String| line.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let ports = lines.take(3).filter_map(port).collect();
        Running { site, server, ports }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.site);
    }
}

#[test]
fn two_of_three_neighbouring_ports_show_the_site() {
    let running = Running::start("three");
    let [site, second, third] = running.ports[..] else { panic!("three addresses are printed") };
    assert_eq!((second, third), (site + 1, site + 2));
    for port in [site, second] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let head = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n<h1>home</h1>"), "{answer}");
    }
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let running = Running::start("taken");
    for wanted in [running.ports[0], running.ports[0] - 1, running.ports[0] - 2] {
        let output = roundtrip(&wanted.to_string(), &running.site).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert_eq!(words.lines().count(), 1, "{words}");
        assert!(words.contains("is in use") && words.contains("--port"), "{words}");
        assert!(words.contains(&format!("port {wanted} ")) || wanted != running.ports[0], "{words}");
    }
}

#[test]
fn a_folder_for_likes_belongs_to_one_server() {
    let running = Running::start("folder");
    let likes = running.site.join("likes");
    let serve = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_roundtrip"));
        command.args(["serve", "--port", "0", "--site"]).arg(&running.site).arg("--data").arg(&likes);
        command
    };
    let mut first = serve().stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(first.stdout.take().unwrap()).lines().map(Result::unwrap);
    let kept = lines.take(4).last().unwrap();
    assert!(kept.starts_with("likes ") && kept.ends_with("likes/live.db"), "{kept}");
    let second = serve().output().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    let words = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.contains("another server") && words.contains("--ephemeral"), "{words}");
}

/// What the sandbox has put on the disk goes with the server, however that is asked to end.
#[cfg(unix)]
#[test]
fn the_sandbox_leaves_nothing_behind() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&format!("sandbox{signal}"));
        let scratch = running.site.join("scratch");
        std::fs::create_dir_all(&scratch).unwrap();
        let mut command = roundtrip("0", &running.site);
        let mut server = command.env("TMPDIR", &scratch).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port: u16 = lines.next().and_then(|line| line.rsplit_once(':')?.1.parse().ok()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let head =
            format!("GET /sandbox/file?path=hello.txt HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("lies on the disk"), "{answer}");
        assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 1, "it is there while the server runs");
        let pid = server.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert!(server.wait().unwrap().success(), "{signal}");
        assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "{signal}");
    }
}
