//! What every page does: turns to other pages without loading anew, marks what was read on the maps, keeps the theme.

use crate::{dom, storage, theme, turn};

/// Starts on the page that is open, unless another program has done so.
pub fn start() {
    if !dom::claim("data-turns") {
        return;
    }
    theme::switch();
    open();
    turn::on_turn(open);
}

/// What is done on a page that has just been opened: it counts as read, and the maps show the reader's way. Every mark of
/// the way stands on its map already, unseen, with the sections that it waits for.
fn open() {
    let read = read();
    let is_read = |slug: &str| read.split(' ').any(|known| known == slug);
    for mark in dom::find_all(".way [data-after]") {
        if mark.get_attribute("data-after").is_some_and(|sections| sections.split(' ').all(is_read)) {
            let _ = mark.class_list().add_1("read");
        }
    }
    for mark in dom::find_all(".way.single") {
        if let Ok(Some(next)) = mark.query_selector("g:not(.read)") {
            let _ = next.class_list().add_1("next");
        }
    }
}

/// The slugs of the sections that were read, this one among them; kept in this browser only.
fn read() -> String {
    let mut read = storage::get("read").unwrap_or_default();
    if let Some(section) = dom::page_says("section")
        && !read.split(' ').any(|known| known == section)
    {
        read.push(' ');
        read.push_str(&section);
        storage::set("read", &read);
    }
    read
}
