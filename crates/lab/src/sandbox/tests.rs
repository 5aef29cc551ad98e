//! The sandbox under attack: nothing outside its directory is read, nobody else's page is answered, nothing grows.

use super::jail::{MOST_LINE, MOST_LOG, MOST_READ};
use super::process::{HARMLESS, environment};
use super::*;
use crate::live::Limits;
use crate::serve::{Rooms, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use probe::served::{FILES, LOG, Op};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use tower::ServiceExt as _;

struct Asking {
    jail: Arc<Jail>,
    door: Router,
}

impl Asking {
    fn new() -> Self {
        let jail = Arc::new(Jail::default());
        let rooms = Rooms { sandbox: Some(Arc::clone(&jail)), ..Rooms::default() };
        Asking { jail, door: router(rooms, 8080) }
    }

    async fn ask(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: &str) -> (u16, Value, usize) {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "localhost:8080");
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.door.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let cors = answer.headers().keys().filter(|name| name.as_str().starts_with("access-control-")).count();
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), cors)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let (status, said, _) = self.ask(("GET", path), &[], "").await;
        (status, said)
    }

    async fn log(&self, line: &str) -> (u16, Value) {
        let (status, said, _) = self.ask(("POST", "/sandbox/log"), &[], &json!({ "line": line }).to_string()).await;
        (status, said)
    }
}

/// What the page predicts is what is answered.
#[tokio::test]
async fn everything_is_done_as_it_was_predicted() {
    let asking = Asking::new();
    for op in Op::ALL {
        let (status, said, cors) = asking.ask(op.request(), &[], op.body().unwrap_or_default()).await;
        assert_eq!((status, cors), (op.status(), 0), "{op:?}: {said}");
    }
    for (name, text) in FILES {
        let (status, said) = asking.get(&format!("/sandbox/file?path={name}")).await;
        assert_eq!((status, &said["text"], &said["bytes"]), (200, &json!(text), &json!(text.len())), "{name}");
    }
    let (_, said) = asking.get("/sandbox/directory?path=").await;
    let names: Vec<_> =
        said["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, [LOG, "hello.txt", "notes", "secret.env"]);
    let (_, said) = asking.get("/sandbox/process").await;
    assert_eq!(said["pid"], json!(std::process::id()));
    let (_, said, _) = asking.ask(("POST", "/sandbox/socket"), &[], "{}").await;
    assert_eq!((said["sent"].as_str(), said["received"].as_str()), (Some("00 00 00 08 04 d2 16 2f"), Some("4e")));
    let ends = [said["from"].as_str().unwrap(), said["to"].as_str().unwrap()];
    assert!(ends.iter().all(|end| end.starts_with("127.0.0.1:")), "to nobody but itself: {ends:?}");
}

/// No path leads out, however it is written.
#[tokio::test]
async fn nothing_outside_the_directory_is_read() {
    let asking = Asking::new();
    assert_eq!(asking.jail.place(), None, "it is made when it is asked for");
    asking.get("/sandbox/directory?path=").await;
    let root = asking.jail.place().expect("it was made");
    // Beside it lies what must not be read.
    let secret = root.with_extension("outside");
    fs::write(&secret, "outside").unwrap();
    let beside = secret.file_name().unwrap().to_str().unwrap();
    let absolute = secret.display().to_string();
    let mut paths: Vec<String> = [
        "..",
        "../",
        "../..",
        "../../etc/passwd",
        "notes/../../etc/passwd",
        "notes/..",
        "./hello.txt",
        ".",
        "/etc/passwd",
        "//etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "%252e%252e/etc/passwd",
        "..%5c..%5cetc%5cpasswd",
        "..\\..\\etc\\passwd",
        "hello.txt%00",
        "%00",
        "hello.txt%00.png",
        "c:/windows/win.ini",
        "%c0%ae%c0%ae/etc/passwd",
        "%ff",
        "%",
        "%2",
        "~/.ssh/id_rsa",
        "....//....//etc/passwd",
        "notes/.hidden",
        "file:///etc/passwd",
        "hello.txt/../../etc/passwd",
        "hello.txt/",
        "%E2%80%A6/passwd",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend([
        format!("../{beside}"),
        format!("%2e%2e/{beside}"),
        absolute.clone(),
        format!("notes/../../{beside}"),
    ]);
    paths.push("a/".repeat(5_000));
    for path in &paths {
        for route in ["file", "directory"] {
            let path = path.replace('\\', "%5C");
            let (status, said) = asking.get(&format!("/sandbox/{route}?path={path}")).await;
            let inside = path == "hello.txt/";
            assert!((400..500).contains(&status) || inside && status == 200, "{route} {path}: {status} {said}");
            let text = said.to_string();
            assert!(!text.contains("\"text\"") || inside, "{path}: {text}");
            assert!(!text.contains("root:") && !text.contains("\"outside\""), "{path}: {text}");
            assert!(
                !text.contains(&std::env::temp_dir().display().to_string()) || path.contains(&absolute),
                "no path of the machine: {text}"
            );
        }
    }
    for query in ["", "?", "?file=hello.txt", "?path", "?PATH=hello.txt", "?a=1&path=hello.txt"] {
        assert_eq!(asking.get(&format!("/sandbox/file{query}")).await.0, 400, "{query}");
    }
    fs::remove_file(secret).unwrap();
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    /// Nor by chance: what is answered is a file of the demonstration directory, or a refusal.
    #[test]
    fn paths_by_chance_stay_inside(parts in proptest::collection::vec(
        proptest::sample::select(vec!["..", ".", "/", "hello.txt", "notes", "todo.txt", "etc", "passwd", "%", "~", "\\", "\0", " ", "é", "tmp", "secret.env"]),
        0..12,
    )) {
        let (jail, path) = (Jail::default(), parts.concat());
        if let Ok((text, _)) = jail.read(&path) {
            assert!(FILES.iter().any(|(_, own)| *own == text), "{path:?}: {text}");
        }
        if let Ok(entries) = jail.list(&path) {
            let known = ["hello.txt", "notes", "secret.env", "todo.txt"];
            assert!(entries.iter().all(|(name, ..)| known.contains(&name.as_str())), "{path:?}: {entries:?}");
        }
    }
}

/// Nor does a link, should one ever come to lie there.
#[cfg(unix)]
#[tokio::test]
async fn no_link_leads_out() {
    let asking = Asking::new();
    asking.get("/sandbox/directory?path=").await;
    let root = asking.jail.place().unwrap();
    for (name, to) in [("passwd", "/etc/passwd"), ("etc", "/etc"), ("up", ".."), ("inside", "hello.txt")] {
        std::os::unix::fs::symlink(to, root.join(name)).unwrap();
    }
    for path in ["passwd", "etc/passwd", "etc", "up"] {
        for route in ["file", "directory"] {
            let (status, said) = asking.get(&format!("/sandbox/{route}?path={path}")).await;
            assert_eq!(status, 403, "{route} {path}: {said}");
        }
    }
    assert_eq!(asking.get("/sandbox/file?path=inside").await.0, 200, "a link that stays inside is one more name");
}

#[tokio::test]
async fn nothing_grows() {
    let asking = Asking::new();
    asking.get("/sandbox/directory?path=").await;
    let root = asking.jail.place().unwrap();
    fs::write(root.join("huge.txt"), vec![b'x'; 10 * MOST_READ as usize]).unwrap();
    let (status, said) = asking.get("/sandbox/file?path=huge.txt").await;
    assert_eq!((status, said["text"].as_str().map(str::len)), (200, Some(MOST_READ as usize)));
    assert_eq!(said["bytes"], json!(10 * MOST_READ), "how large it is, is told");
    let line = "é".repeat(MOST_LINE);
    let mut most = 0;
    for _ in 0..200 {
        assert_eq!(asking.log(&line).await.0, 200);
        most = most.max(fs::metadata(root.join(LOG)).unwrap().len());
    }
    assert!((MOST_LOG / 2..=MOST_LOG).contains(&most), "{most}");
    for odd in ["", &"x".repeat(MOST_LINE + 1), "two\nlines", "\u{1b}[2J", "\0"] {
        assert_eq!(asking.log(odd).await.0, 400, "{odd:?}");
    }
    for body in ["{}", "{\"line\": 1}", "{\"line\": \"x\", \"path\": \"../x\"}", "[]", "x"] {
        assert_eq!(asking.ask(("POST", "/sandbox/log"), &[], body).await.0, 400, "{body}");
    }
    let long = json!({ "line": "x".repeat(1 << 20) }).to_string();
    assert_eq!(asking.ask(("POST", "/sandbox/log"), &[], &long).await.0, 413);
    assert_eq!(Limits::USUAL.body_bytes, 16 * 1024);
}

/// Nobody but the site's own pages, and programs that are no browser.
#[tokio::test]
async fn nobody_else_is_answered() {
    let asking = Asking::new();
    let foreign: [&[(&str, &str)]; 9] = [
        &[("origin", "http://localhost:8081")],
        &[("origin", "http://127.0.0.1:8080")],
        &[("origin", "https://page.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site")],
        &[("host", "rebound.example:8080")],
        &[("host", "localhost:8081")],
        &[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")],
    ];
    for headers in foreign {
        for op in Op::ALL {
            let (status, said, cors) = asking.ask(op.request(), headers, op.body().unwrap_or_default()).await;
            assert!([403, 421].contains(&status) && cors == 0, "{op:?} {headers:?}: {status}");
            assert!(said["error"].is_string() && said.as_object().unwrap().len() == 1, "{said}");
        }
    }
    assert_eq!(asking.jail.place(), None, "who is refused does not even make the directory");
    let own = [("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")];
    for op in Op::ALL {
        assert_eq!(asking.ask(op.request(), &own, op.body().unwrap_or_default()).await.0, op.status(), "{op:?}");
    }
    for (method, path, status) in [
        ("GET", "/sandbox/log", 405),
        ("GET", "/sandbox/socket", 405),
        ("DELETE", "/sandbox/file?path=hello.txt", 405),
        ("PUT", "/sandbox/file?path=hello.txt", 405),
        ("GET", "/sandbox/", 404),
        ("GET", "/sandbox/other", 404),
    ] {
        assert_eq!(asking.ask((method, path), &[], "").await.0, status, "{method} {path}");
    }
}

/// A variable may be a secret: it is named, and its value is not told.
#[test]
fn values_that_may_be_secrets_are_not_told() {
    let all = [("DATABASE_PASSWORD", "hunter2"), ("LANG", "C.UTF-8"), ("PATH", "/bin"), ("TERM", "x")];
    let told = environment(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let values: Vec<_> =
        told.as_array().unwrap().iter().map(|one| (one["name"].as_str().unwrap(), one["value"].as_str())).collect();
    assert_eq!(values, [("DATABASE_PASSWORD", None), ("LANG", Some("C.UTF-8")), ("PATH", None), ("TERM", Some("x"))]);
    for secret in ["KEY", "TOKEN", "SECRET", "PASS", "PATH", "HOME", "USER"] {
        assert!(HARMLESS.iter().all(|name| !name.contains(secret)), "{secret}");
    }
    let many = (0..10_000).map(|n| (format!("N{n}"), "x".to_owned()));
    assert!(environment(many).as_array().unwrap().len() <= 300);
}

/// The directory is this person's alone, and goes with the server.
#[tokio::test]
async fn the_directory_goes_with_the_server() {
    let asking = Asking::new();
    asking.get("/sandbox/directory?path=").await;
    let root = asking.jail.place().unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&root).unwrap().permissions()) & 0o777, 0o700);
    drop(asking);
    assert!(!root.exists());
}
