//! What the server says to each kind of request, asked without a network.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HOST, HeaderName, IF_NONE_MATCH, LOCATION,
};
use axum::http::{HeaderMap, Method, Request};
use std::path::PathBuf;
use tower::ServiceExt as _;

/// A small site in a directory of its own, gone again at the end.
struct Tiny(PathBuf);

impl Tiny {
    fn new(name: &str) -> Self {
        let tiny = Tiny(std::env::temp_dir().join(format!("roundtrip-lab-{name}-{}", std::process::id())));
        tiny.put("site/index.html", "<h1>home</h1>");
        tiny.put("site/404.html", "<h1>nothing here</h1>");
        tiny.put("site/part/index.html", "<h1>part</h1>");
        tiny.put("site/app-0123456789abcdef_bg.wasm", "\0asm");
        tiny.put("site/long.css", &"a { color: red }\n".repeat(200));
        tiny.put("site/.hidden", "hidden");
        tiny.put("secret.txt", "secret");
        tiny
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn ask(
        &self,
        method: Method,
        target: &str,
        headers: &[(HeaderName, &str)],
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(target);
        if !headers.iter().any(|(name, _)| name == HOST) {
            request = request.header(HOST, "localhost:8080");
        }
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let router = router(Rooms { site: Some(Arc::new(Site::at(self.0.join("site")))), ..Rooms::default() }, 8080);
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts.status, parts.headers, to_bytes(body, 1 << 20).await.unwrap().to_vec())
    }

    async fn get(&self, target: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        self.ask(Method::GET, target, &[]).await
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn files_directories_and_nothing() {
    let site = Tiny::new("files");
    for (target, status, body) in [
        ("/", 200, "<h1>home</h1>"),
        ("/index.html", 200, "<h1>home</h1>"),
        ("/?step=4", 200, "<h1>home</h1>"),
        ("/part/", 200, "<h1>part</h1>"),
        ("/%70art/", 200, "<h1>part</h1>"),
        ("/part", 308, ""),
        ("/part/index.html/", 404, "<h1>nothing here</h1>"),
        ("/nowhere", 404, "<h1>nothing here</h1>"),
        ("/nowhere/at/all/", 404, "<h1>nothing here</h1>"),
    ] {
        let (said, headers, bytes) = site.get(target).await;
        assert_eq!((said.as_u16(), String::from_utf8_lossy(&bytes).as_ref()), (status, body), "{target}");
        assert_eq!(headers["content-security-policy"], crate::policy::CONTENT_SECURITY, "{target}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{target}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{target}");
    }
}

#[tokio::test]
async fn a_directory_without_its_slash_keeps_the_query_and_the_host() {
    let site = Tiny::new("slash");
    for (target, there) in [("/part", "/part/"), ("/part?step=4&x=%20", "/part/?step=4&x=%20"), ("//part", "/part/")] {
        let (status, headers, _) = site.get(target).await;
        assert_eq!((status, &headers[LOCATION]), (StatusCode::PERMANENT_REDIRECT, &there.parse().unwrap()), "{target}");
    }
}

#[tokio::test]
async fn nothing_outside_the_site_is_read() {
    let site = Tiny::new("outside");
    #[cfg(unix)]
    std::os::unix::fs::symlink(site.0.join("secret.txt"), site.0.join("site/link.txt")).unwrap();
    for target in
        ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/part/../../secret.txt", "/.hidden", "/link.txt"]
    {
        let (status, _, body) = site.get(target).await;
        assert_eq!((status, &body[..]), (StatusCode::NOT_FOUND, &b"<h1>nothing here</h1>"[..]), "{target}");
    }
}

#[tokio::test]
async fn types_and_caches() {
    let site = Tiny::new("caches");
    let (_, wasm, _) = site.get("/app-0123456789abcdef_bg.wasm").await;
    assert_eq!(wasm[CONTENT_TYPE], "application/wasm");
    assert_eq!(wasm[CACHE_CONTROL], "public, max-age=31536000, immutable");
    let (_, page, _) = site.get("/").await;
    assert_eq!(page[CACHE_CONTROL], "no-cache");
    let tag = page[ETAG].to_str().unwrap();
    let (status, _, body) = site.ask(Method::GET, "/", &[(IF_NONE_MATCH, tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    site.put("site/index.html", "<h1>home, rebuilt</h1>");
    assert_eq!(site.ask(Method::GET, "/", &[(IF_NONE_MATCH, tag)]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn text_travels_small() {
    let site = Tiny::new("small");
    for (accepted, coding) in [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("", None)] {
        let (_, headers, body) = site.ask(Method::GET, "/long.css", &[(ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(headers.get(CONTENT_ENCODING).map(|coding| coding.to_str().unwrap()), coding);
        assert_eq!(body.len() < 200, coding.is_some(), "{accepted:?}: {} bytes", body.len());
    }
}

#[tokio::test]
async fn only_looking_is_served() {
    let site = Tiny::new("methods");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let (status, headers, _) = site.ask(method, "/", &[]).await;
        assert_eq!((status, &headers["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD".parse().unwrap()));
    }
    assert_eq!(site.ask(Method::HEAD, "/", &[]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn strangers_and_nonsense_are_turned_away() {
    let site = Tiny::new("host");
    for (host, status) in [
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("localhost:8081", 421),
        ("rebound.example:8080", 421),
        ("", 400),
        ("local host", 400),
        ("[::1", 400),
    ] {
        let (said, _, body) = site.ask(Method::GET, "/", &[(HOST, host)]).await;
        assert_eq!(said.as_u16(), status, "{host:?}");
        assert_eq!(body == b"<h1>home</h1>", status == 200, "{host:?}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let words = open_door(port).err().unwrap().to_string();
    assert_eq!(words, format!("port {port} is in use; take others with --port, such as --port 9080, or --others"));
}

#[tokio::test]
async fn the_site_within_the_program_is_answered_like_the_one_in_a_folder() {
    let site = Tiny::new("packed");
    let packed = Site::of(Files::Bundle(crate::bundle::tests::packed(&site.0.join("site"))));
    let folder = Site::at(site.0.join("site"));
    let asked = [
        "/",
        "/index.html",
        "/part/",
        "/part",
        "/part?x=1",
        "//part",
        "/nowhere",
        "/nowhere/at/all/",
        "/long.css",
        "/app-0123456789abcdef_bg.wasm",
        "/.hidden",
        "/../secret.txt",
        "/part/index.html/",
        "/par",
        "/%70art/",
    ];
    for target in asked {
        for accepted in ["", "gzip", "br"] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().unwrap())]);
            let target = target.parse().unwrap();
            let mut heard = Vec::new();
            for site in [&folder, &packed] {
                let (parts, body) = site.answer(&Method::GET, &target, &headers).into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                heard.push((parts.status, parts.headers, if accepted == "br" { None } else { Some(body) }));
            }
            assert_eq!(heard[0], heard[1], "{target} {accepted}");
        }
    }
    let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, "br".parse().unwrap())]);
    let body = packed.answer(&Method::GET, &"/long.css".parse().unwrap(), &headers).into_body();
    let small = to_bytes(body, 1 << 20).await.unwrap();
    assert_eq!(crate::squeeze::open(&small, 17 * 200).unwrap(), "a { color: red }\n".repeat(200).as_bytes());
}

/// The page of figure 12's attempts alone has another policy than the site, whatever is written around its path.
#[tokio::test]
async fn one_page_has_a_policy_of_its_own() {
    let tiny = Tiny::new("free");
    tiny.put("site/5.1-sandbox/frame.html", "<p>attempts</p>");
    tiny.put("site/5.1-sandbox/index.html", "<p>5.1</p>");
    let policy = async |target: &str| {
        let (_, headers, _) = tiny.get(target).await;
        headers
            .get_all("content-security-policy")
            .iter()
            .map(|one| one.to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let free = "object-src 'none'; base-uri 'none'; frame-ancestors 'self'";
    for target in ["/5.1-sandbox/frame.html", "/5.1-sandbox/frame.html?x"] {
        assert_eq!(policy(target).await, [free], "{target}");
    }
    for target in
        ["/", "/5.1-sandbox/", "/5.1-sandbox", "/5.1-sandbox//frame.html", "/part/", "/nowhere", "/frame.html"]
    {
        assert_eq!(policy(target).await, [crate::policy::CONTENT_SECURITY], "{target}");
    }
}
