//! Somebody else's site: another origin, no policy of its own, and a frame with a page of ours in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

/// Serves one page to whoever asks; its address. The page keeps what the frame tells it in `heard`. It stops with the test.
pub fn site(frame: &str) -> String {
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Somebody else's site</title><link rel=icon href=data:,>\
         <script>heard = []; addEventListener('message', event => heard.push(event.data))</script>{frame}"
    );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    // A browser connects ahead and says nothing for a while: each visitor has a thread, so that nobody waits for another.
    thread::spawn(move || {
        listener.incoming().flatten().for_each(|visitor| {
            let page = page.clone();
            thread::spawn(move || drop(answer(visitor, &page)));
        });
    });
    format!("http://127.0.0.1:{port}/")
}

fn answer(mut visitor: TcpStream, page: &str) -> std::io::Result<()> {
    let head = BufReader::new(visitor.try_clone()?).lines().map_while(Result::ok);
    head.take_while(|line| !line.is_empty()).for_each(drop);
    let length = page.len();
    write!(
        visitor,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    )
}

/// The built site as any static host would serve it, below a path: files by their names, and no header but their type. The
/// address of one of its pages. It stops with the test.
pub fn static_host(below: &str, page: &str) -> String {
    let site = super::server::site();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    let prefix = format!("/{below}/");
    let start = prefix.clone();
    thread::spawn(move || {
        listener.incoming().flatten().for_each(|visitor| {
            let (site, prefix) = (site.clone(), prefix.clone());
            thread::spawn(move || drop(file(visitor, &site, &prefix)));
        });
    });
    format!("http://127.0.0.1:{port}{start}{page}")
}

fn file(mut visitor: TcpStream, site: &std::path::Path, prefix: &str) -> std::io::Result<()> {
    let head: Vec<String> = BufReader::new(visitor.try_clone()?)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let target = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().strip_prefix(prefix);
    let name = path.filter(|path| !path.contains("..")).map(|path| match path {
        "" => "index.html".to_owned(),
        path if path.ends_with('/') => format!("{path}index.html"),
        path => path.to_owned(),
    });
    let found: Option<(PathBuf, Vec<u8>)> =
        name.and_then(|name| Some((site.join(&name), std::fs::read(site.join(&name)).ok()?)));
    let Some((name, bytes)) = found else {
        return write!(visitor, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let kind = match name.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let length = bytes.len();
    write!(
        visitor,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    visitor.write_all(&bytes)
}
