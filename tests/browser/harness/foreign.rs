//! Somebody else's site: another origin, no policy of its own, and a frame with a page of ours in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
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
