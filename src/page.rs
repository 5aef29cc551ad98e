//! What every page does: turns to other pages without loading anew, marks what was read on the maps, keeps the theme.

use crate::browser::{dom, media, storage, turn};
use crate::markup;
use course::{SECTIONS, maps};
use diagram::figure::Node;

/// Starts on the page that is open.
pub fn start() {
    media::theme_switch();
    open();
    turn::on_turn(open);
}

/// What is done on a page that has just been opened: it counts as read, and the maps show the reader's way.
fn open() {
    let read = read(&dom::section());
    for number in maps::MAPS {
        for (board, figure) in dom::boards(&format!("[data-figure='{number}']")) {
            let visited = |node: &Node| {
                let door = maps::door(number, &node.id, &node.label.lines.join(" "));
                door.is_some_and(|section| read.iter().any(|slug| slug == section.slug))
            };
            let done: Vec<bool> = figure.nodes.iter().map(visited).collect();
            // What comes next is clear only where there is one way.
            let next = done.iter().position(|done| !done).filter(|_| number == 16);
            dom::draw_over(&board, &markup::way(&figure, &done, next));
        }
    }
}

/// The slugs of the sections that were read, this one among them; kept in this browser only.
fn read(section: &str) -> Vec<String> {
    let kept = storage::get("read");
    let mut read: Vec<String> = kept.unwrap_or_default().split(' ').map(str::to_owned).collect();
    let known = SECTIONS.iter().any(|known| known.slug == section);
    if known && !read.iter().any(|slug| slug == section) {
        read.push(section.to_owned());
        storage::set("read", &read.join(" "));
    }
    read
}
