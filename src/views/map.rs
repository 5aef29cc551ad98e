//! The maps: figures whose nodes lead to pages. What was read is marked; it is kept in this browser only.

use crate::browser::storage;
use course::{SECTIONS, maps};
use diagram::figure::Figure;
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

/// The reader's way over a map: a tick on what was read, a ring around what comes next, the way between them lit.
pub fn way(figure: &Figure) -> impl IntoView + use<> {
    let read = read();
    let number = if figure.nodes.iter().any(|node| node.id == "Reasons") { 11 } else { 16 };
    let section = |node: &diagram::figure::Node| maps::door(number, &node.id, &node.label.lines.join(" "));
    let done: Vec<bool> = figure
        .nodes
        .iter()
        .map(|node| section(node).is_some_and(|s| read.iter().any(|slug| slug == s.slug)))
        .collect();
    let lit = figure.edges.iter().filter(|edge| done[usize::from(edge.from)] && done[usize::from(edge.to)]);
    let lit: Vec<_> = lit.map(|edge| view! { <path class="lit answer" d=edge.d() /> }).collect();
    let next = done.iter().position(|done| !done).filter(|_| number == 16);
    let rings: Vec<_> = figure
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, _)| done[*index] || Some(*index) == next)
        .map(|(index, node)| {
            let f = node.frame;
            let class = if done[index] { "read" } else { "next" };
            let (x, y) = (f.x + f.w, f.y);
            let tick = format!("M{} {}l3 3 5.5-6", x - 4.2, y + 0.5);
            view! {
                <g class=class>
                    <rect x=f.x y=f.y width=f.w height=f.h rx="6" />
                    <circle cx=x cy=y r="8" />
                    <path d=tick />
                </g>
            }
        })
        .collect();
    let (w, h) = (figure.width, figure.height);
    view! { <svg class="actors way" viewBox=format!("0 0 {w} {h}") aria-hidden="true">{lit}{rings}</svg> }
}
