//! The figure's arrows, lit by what came of attempts.

use super::state;
use browser::dom::{self, Drawing};
use diagram::figure::Figure;
use diagram::geometry;
use probe::lights::Lit;
use std::cell::RefCell;

thread_local! {
    /// What is drawn over each form of the figure.
    static DRAWN: RefCell<Vec<(Figure, Drawing)>> = const { RefCell::new(Vec::new()) };
}

/// Takes everything off the figure that is open.
pub fn clear() {
    DRAWN.take();
}

/// Lights what was lit so far; the latest stands out.
pub fn show(latest: &[Lit]) {
    state::note(|known| {
        known.lit.retain(|lit| !latest.contains(lit));
        known.lit.extend(latest);
    });
    let lit = state::with(|known| known.lit.clone()).unwrap_or_default();
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.is_empty() {
            drawn.extend(boards());
        }
        drawn.iter().for_each(|(figure, drawing)| drawing.fill(&svg(figure, &lit, latest)));
    });
}

fn boards() -> impl Iterator<Item = (Figure, Drawing)> {
    dom::boards().into_iter().filter_map(|(board, geometry)| {
        let figure = geometry::read(&geometry)?;
        let drawing = dom::drawing(&board, f64::from(figure.width), f64::from(figure.height))?;
        Some((figure, drawing))
    })
}

fn svg(figure: &Figure, lit: &[Lit], latest: &[Lit]) -> String {
    let is = |node: u16, name: &str| figure.nodes.get(usize::from(node)).is_some_and(|node| node.id == name);
    let mut out = String::new();
    for one @ (from, to, refused) in lit {
        let Some(edge) = figure.edges.iter().find(|edge| is(edge.from, from) && is(edge.to, to)) else { continue };
        let (mood, now) = (if *refused { "refused" } else { "answer" }, if latest.contains(one) { " now" } else { "" });
        out += &figure.light(edge, "", &format!("class=\"lit {mood}{now}\" data-lit=\"{from}-{to}\""));
    }
    out
}
