//! The figures of the course laid out, with what a piece draws beside the drawing's own arrows. For the build and the
//! tests: the page carries the geometry with it.

use crate::pieces::PIECES;
use crate::words;
use diagram::figure::Figure;
use diagram::{Form, layout_with, parse};

/// Figure 1 to 16, or the machine room, laid out.
///
/// # Panics
/// When there is no such figure.
pub fn drawing(number: u8, form: Form) -> Figure {
    let beside = PIECES.iter().find(|piece| piece.figure == number).map_or("", |piece| piece.beside);
    let beside = parse(&format!("flowchart LR\n{beside}")).diagram;
    layout_with(&parse(words::figure(number)).diagram, &beside, form)
}

/// What is wrong with the text of a figure: one sentence each, with its place. Nothing of the figure is lost by it.
pub fn problems(number: u8) -> Vec<String> {
    let problems = parse(words::figure(number)).problems;
    problems.iter().map(|problem| format!("figure {number}, {problem}")).collect()
}
