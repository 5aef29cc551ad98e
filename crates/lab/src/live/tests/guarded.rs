//! Who may ask: every Host, Origin, Sec-Fetch-Site and method, through everything that stands at the site's port. The table
//! is `guard.txt`.

use super::*;
use crate::serve::{Rooms, router};
use crate::site::Site;
use expect_test::expect_file;

const HOSTS: [&[&str]; 13] = [
    &["localhost:8080"],
    &["LOCALHOST:8080"],
    &["127.0.0.1:8080"],
    &["[::1]:8080"],
    &[],
    &["localhost"],
    &["localhost:8081"],
    &["rebound.example:8080"],
    &["localhost.rebound.example:8080"],
    &["192.168.0.7:8080"],
    &["localhost:8080", "localhost:8080"],
    &["localhost:8080@rebound.example"],
    &["local host"],
];

const ORIGINS: [&[&str]; 14] = [
    &[],
    &["http://localhost:8080"],
    &["http://LOCALHOST:8080"],
    &["http://127.0.0.1:8080"],
    &["http://[::1]:8080"],
    &["http://localhost:8081"],
    &["https://localhost:8080"],
    &["http://localhost"],
    &["https://page.example"],
    &["http://localhost:8080.page.example"],
    &["null"],
    &[""],
    &["http://localhost:8080", "http://localhost:8080"],
    &["http://localhost:8080/"],
];

const SITES: [&[&str]; 7] = [
    &[],
    &["same-origin"],
    &["none"],
    &["same-site"],
    &["cross-site"],
    &["Same-Origin"],
    &["same-origin", "cross-site"],
];

/// Name, method, path and whether it wants a WebSocket.
const ASKED: [(&str, &str, &str, bool); 6] = [
    ("GET", "GET", "/live/posts", false),
    ("HEAD", "HEAD", "/live/posts", false),
    ("POST", "POST", "/live/posts/3/like", false),
    ("DELETE", "DELETE", "/live/posts/1/like", false),
    ("OPTIONS", "OPTIONS", "/live/posts/3/like", false),
    ("WebSocket", "GET", "/live/echo", true),
];

/// What is let through is answered by the routes: 200 to a look and to a change, 405 to OPTIONS, 426 to a WebSocket (there is
/// no connection here that could become one). Any other status is the guard's.
fn let_through(name: &str) -> u16 {
    match name {
        "OPTIONS" => 405,
        "WebSocket" => 426,
        _ => 200,
    }
}

struct Row {
    host: &'static [&'static str],
    origin: &'static [&'static str],
    site: &'static [&'static str],
}

#[tokio::test]
async fn every_host_origin_site_and_method() {
    let asking = Asking::new();
    let (ada, grace) = (asking.sign_in(1).await, asking.sign_in(2).await);
    let both = format!("{ada}; {grace}");
    let site = Arc::new(Site::at(std::env::temp_dir().join("roundtrip-no-site")));
    let router = router(Rooms { site: Some(site), live: Some(Arc::clone(&asking.live)), ..Rooms::default() }, 8080);
    let mut table = String::new();
    let mut rows = 0;
    for host in HOSTS {
        for origin in ORIGINS {
            for site in SITES {
                let row = Row { host, origin, site };
                let line = row.line(&router, &both).await;
                table.push_str(&line);
                rows += 1;
            }
        }
    }
    assert_eq!(rows, 13 * 14 * 7);
    expect_file!["guard.txt"].assert_eq(&fold(&table));
}

impl Row {
    async fn line(&self, router: &Router, cookie: &str) -> String {
        let mut verdicts = Vec::new();
        for (name, method, path, upgrade) in ASKED {
            let mut request = Request::builder().method(method).uri(path).header(COOKIE, cookie);
            for (header, values) in [("host", self.host), ("origin", self.origin), ("sec-fetch-site", self.site)] {
                for value in values {
                    request = request.header(header, *value);
                }
            }
            if upgrade {
                request = request.header("upgrade", "websocket").header("connection", "upgrade");
                request = request
                    .header("sec-websocket-version", "13")
                    .header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
            }
            let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = answer.into_parts();
            let bytes = to_bytes(body, 1 << 20).await.unwrap();
            assert!(!parts.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "no CORS, ever");
            let status = parts.status.as_u16();
            if status != let_through(name) && name != "HEAD" {
                let error: Value = serde_json::from_slice(&bytes).expect("JSON says why");
                assert!(error["error"].is_string());
            }
            verdicts.push((name, if status == let_through(name) { "ok".to_owned() } else { status.to_string() }));
        }
        let join = |values: &[&str]| match values {
            [] => "-".to_owned(),
            [""] => "(empty)".to_owned(),
            values => values.join(" + "),
        };
        format!("{}\t{}\t{}\t{}\n", join(self.host), join(self.origin), join(self.site), words(&verdicts))
    }
}

/// `403`, where all methods get the same; else what each gets.
fn words(verdicts: &[(&str, String)]) -> String {
    let (_, first) = &verdicts[0];
    if verdicts.iter().all(|(_, verdict)| verdict == first) {
        return format!("all {first}");
    }
    verdicts.iter().map(|(name, verdict)| format!("{name} {verdict}")).collect::<Vec<_>>().join(", ")
}

/// One line for all values of Sec-Fetch-Site, or of both headers, where they get the same.
fn fold(table: &str) -> String {
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let same = |rows: &[Vec<&str>]| rows.iter().all(|row| row[3] == rows[0][3]);
    let mut out = String::from("Host | Origin | Sec-Fetch-Site: what each method gets (ok: let through)\n");
    for host in rows.chunks(ORIGINS.len() * SITES.len()) {
        if same(host) {
            out.push_str(&format!("{} | any | any: {}\n", host[0][0], host[0][3]));
            continue;
        }
        for origin in host.chunks(SITES.len()) {
            if same(origin) {
                out.push_str(&format!("{} | {} | any: {}\n", origin[0][0], origin[0][1], origin[0][3]));
                continue;
            }
            for row in origin {
                out.push_str(&format!("{} | {} | {}: {}\n", row[0], row[1], row[2], row[3]));
            }
        }
    }
    out
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let asking = Asking::new();
    let ada = asking.sign_in(1).await;
    for (name, value) in [("origin", "http://localhost:8081"), ("origin", "null"), ("sec-fetch-site", "same-site")] {
        for (method, path) in [(Method::POST, "/live/posts/3/like"), (Method::DELETE, "/live/session")] {
            let heard = asking.ask(method, path, &[("cookie", &ada), (name, value)], "").await;
            assert_eq!(heard.status, 403, "{name} {value} {path}");
        }
    }
    assert_eq!(asking.holds().await, (2, 0));
    assert_eq!(asking.get("/live/session", &ada).await.json()["user"]["id"], 1);
}

#[tokio::test]
async fn the_second_origin_keeps_nothing() {
    let site = Arc::new(Site::at(std::env::temp_dir().join("roundtrip-no-site")));
    let router = router(Rooms { site: Some(site), ..Rooms::default() }, 8081);
    let request = Request::builder().uri("/live/state").header(HOST, "localhost:8081").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 404);
}
