//! “For real”: with `roundtrip serve` running, a like on the page is a row in its SQLite file, and the owner's phone in
//! another window hears of it (docs/live.md). A program of its own: it is fetched where the bundled server was found.
//!
//! | module | holds |
//! | --- | --- |
//! | [`likes`] | the panel beside figure 7: carries out what [`phone::step`] wants, and writes what it says |
//! | [`feed`], [`trial`] | what that panel shows, as text: the phone; a request beside what was foretold of it |
//! | [`wire`] | the panel beside figure 1: a plain exchange, and a WebSocket |
//! | [`whose`] | whose phone a window is |
//!
//! It knows nothing of Leptos: what stands in a panel is written as text, place by place, where it says something else.

pub mod feed;
pub mod likes;
pub mod trial;
pub mod whose;
pub mod wire;

use browser::{dom, turn};

/// The place on a page that has one.
const PLACE: &str = "section.live";

/// Starts on the page that is open, and follows the reader to others.
pub fn start() {
    open();
    turn::on_opened(open);
    turn::on_closing(close);
    likes::once();
}

fn open() {
    match dom::find(PLACE).and_then(|place| place.dataset().get("for")).as_deref() {
        Some("likes") => likes::open(),
        Some("wire") => wire::open(),
        _ => {}
    }
}

fn close() {
    likes::close();
    wire::close();
}

/// Puts this into the panel in place of everything but its heading.
fn fill(html: &str) {
    if let Some(place) = dom::find(PLACE) {
        place.set_inner_html(&["<h2>For real</h2>", html].concat());
        let _ = place.class_list().add_1("on");
    }
}

/// Milliseconds, as words.
fn took(milliseconds: u64) -> String {
    match milliseconds {
        0 => "less than 1 ms".to_owned(),
        some => [&some.to_string(), " ms"].concat(),
    }
}
