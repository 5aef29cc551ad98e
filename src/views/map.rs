//! The maps: figures whose nodes lead to pages. What was read is marked; it is kept in this browser only.

use crate::browser::storage;
use crate::markup;
use course::{SECTIONS, maps};
use diagram::figure::{Figure, Node};
use diagram::path::Tenth;
use leptos::prelude::*;

/// Remembers that a section was read.
pub fn remember(section: &str) {
    let mut read = read();
    let known = SECTIONS.iter().any(|known| known.slug == section);
    if known && !read.iter().any(|slug| slug == section) {
        read.push(section.to_owned());
        storage::set("read", &read.join(" "));
    }
}

fn read() -> Vec<String> {
    storage::get("read").unwrap_or_default().split(' ').map(str::to_owned).collect()
}

/// The reader's way over figure 11 or 16.
pub fn way(number: u8, figure: &Figure) -> impl IntoView + use<> {
    let read = read();
    let visited = |node: &Node| {
        let door = maps::door(number, &node.id, &node.label.lines.join(" "));
        door.is_some_and(|section| read.iter().any(|slug| slug == section.slug))
    };
    let done: Vec<bool> = figure.nodes.iter().map(visited).collect();
    // What comes next is clear only where there is one way.
    let next = done.iter().position(|done| !done).filter(|_| number == 16);
    let frame = format!("0 0 {} {}", Tenth(figure.width), Tenth(figure.height));
    view! { <svg class="actors way" viewBox=frame aria-hidden="true" inner_html=markup::way(figure, &done, next)></svg> }
}
