//! Which arrows of the sixteen figures something real lights. Computed from the course and the engine, never from a list.
//!
//! An arrow counts as `run` when a run that the course offers lights it, and it goes dark once a line of configuration
//! that decided that run is taken away (of the figures about numbers: once nobody comes and nothing is to be done; of figure
//! 12, which attempts light: once no script may run and nothing is served); as `correction` when the page corrects it instead; as `map` when its node leads to
//! a page.

use anyhow::Result;
use course::drawings::drawing;
use course::pieces::PIECES;
use course::sections::SANDBOX_FIGURE;
use course::{Piece, maps, play};
use diagram::Form;
use diagram::figure::{Edge, Figure};
use engine::trace::{Act, Basis, Trace};
use engine::world::World;
use numbers::{devices, pool};
use stage::Plot;
use std::collections::BTreeSet;

/// Why an arrow counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lit {
    /// Lit by a run, and dark without the line that decided.
    Run,
    /// The page corrects it.
    Correction,
    /// It leads to a page.
    Map,
    /// Not yet.
    No,
}

/// Prints one line a figure, then the arrows that are not lit yet, then the total.
pub fn run(args: &[String]) -> Result<()> {
    crate::nothing_more(args)?;
    let mut dark = Vec::new();
    let (mut lit, mut all) = (0, 0);
    for number in 1..=16 {
        let figure = drawing(number, Form::Wide);
        let arrows = arrows(number, &figure);
        let count = |kind: Lit| arrows.iter().filter(|lit| **lit == kind).count();
        let kinds = [(Lit::Run, "run"), (Lit::Correction, "correction"), (Lit::Map, "map")];
        let words: Vec<String> = kinds
            .into_iter()
            .filter(|(kind, _)| count(*kind) > 0)
            .map(|(kind, word)| format!("{} {word}", count(kind)))
            .collect();
        let mine = arrows.len() - count(Lit::No);
        let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
        println!("figure {number}: {mine} of {}{words}", arrows.len());
        for (edge, _) in figure.edges.iter().zip(&arrows).filter(|(_, lit)| **lit == Lit::No) {
            let name = |node: u16| &figure.nodes[usize::from(node)].id;
            let label = edge.label.as_ref().map_or(String::new(), |label| format!(" “{}”", label.lines.join(" ")));
            dark.push(format!("not lit: figure {number}, {} to {}{label}", name(edge.from), name(edge.to)));
        }
        lit += mine;
        all += arrows.len();
    }
    dark.iter().for_each(|line| println!("{line}"));
    println!("total: {lit} of {all}");
    Ok(())
}

/// Why each of a figure's own arrows counts, in the order of the figure's text.
pub fn arrows(number: u8, figure: &Figure) -> Vec<Lit> {
    let own = figure.edges.iter().filter(|edge| !edge.extra);
    if maps::MAPS.contains(&number) {
        let leads = |node: u16| {
            let node = &figure.nodes[usize::from(node)];
            maps::door(number, &node.id, &node.label.lines.join(" ")).is_some()
        };
        return own.map(|edge| if leads(edge.to) { Lit::Map } else { Lit::No }).collect();
    }
    if let Some(name) = course::numbers::of_figure(number).map(|number| number.name) {
        let lit = lit_by_numbers(name);
        let name = |node: u16| figure.nodes[usize::from(node)].id.as_str();
        let is = |edge: &Edge| lit.contains(&(name(edge.from), name(edge.to)));
        return own.map(|edge| if is(edge) { Lit::Run } else { Lit::No }).collect();
    }
    if number == SANDBOX_FIGURE {
        let lit = lit_by_attempts();
        let name = |node: u16| figure.nodes[usize::from(node)].id.as_str();
        let is = |edge: &Edge| lit.contains(&(name(edge.from), name(edge.to)));
        return own.map(|edge| if is(edge) { Lit::Run } else { Lit::No }).collect();
    }
    let Some(piece) = PIECES.iter().find(|piece| piece.figure == number) else {
        return own.map(|_| Lit::No).collect();
    };
    let lit = lit_by_runs(piece, figure);
    own.enumerate()
        .map(|(index, edge)| {
            let name = |node: u16| figure.nodes[usize::from(node)].id.as_str();
            let arrow = (name(edge.from), name(edge.to));
            if piece.corrections.iter().any(|correction| correction.arrow == arrow) {
                Lit::Correction
            } else if lit.contains(&index) {
                Lit::Run
            } else {
                Lit::No
            }
        })
        .collect()
}

/// The arrows that some run of a figure about numbers lights, of those that its buttons offer, and that are dark when nobody
/// comes and nothing is to be done.
fn lit_by_numbers(name: &str) -> BTreeSet<(&'static str, &'static str)> {
    let (runs, nothing): (BTreeSet<_>, BTreeSet<_>) = match name {
        "pool" => (pool::lights::of_run(""), pool::lights::of_run("clients=0")),
        _ => {
            let presets = devices::settings::PRESETS.into_iter();
            let runs = presets.flat_map(|(_, settings)| devices::lights::of_run(settings)).collect();
            (runs, devices::lights::of_run("orders=0&requests=0"))
        }
    };
    runs.difference(&nothing).copied().collect()
}

/// The arrows that the page's attempts light when they come as predicted, and the server's deeds; less what they would light
/// in a frame in which no script runs, beside a server that does nothing. That they do come so is what the browser's tests
/// hold, and what `crates/lab` answers its own.
fn lit_by_attempts() -> BTreeSet<(&'static str, &'static str)> {
    use probe::context::{Browser, Context};
    use probe::lights::{of_attempt, of_server};
    use probe::probes::{Group, of};
    use probe::served::Op;
    let light = |context: &Context, serves: bool| -> BTreeSet<_> {
        let tried = Group::TABLE.into_iter().flat_map(of);
        let tried = tried.flat_map(|probe| of_attempt(probe, &probe::predict(probe, context).outcome));
        let served = Op::ALL.into_iter().flat_map(|op| of_server(op, serves && op.status() == 200));
        tried.chain(served).map(|(from, to, _)| (from, to)).collect()
    };
    let page = Context::page(Browser::Chromium, "http://localhost:8080", "http://localhost:8081");
    let nothing = light(&page.clone().sandboxed(""), false);
    light(&page, true).difference(&nothing).copied().collect()
}

/// The arrows that some run of the piece lights and that go dark without a line that decided that run.
fn lit_by_runs(piece: &Piece, figure: &Figure) -> BTreeSet<usize> {
    let (world, actions) = (World::course(), piece.actions());
    let turned = piece.switches.iter().map(|switch| switch.change.set(true, piece, &world, &actions));
    let mut out = BTreeSet::new();
    for (world, actions) in std::iter::once((world.clone(), actions.clone())).chain(turned) {
        let trace = play(&world, &actions);
        for arrow in light(piece, figure, &trace) {
            let decided = lines_before(piece, figure, &trace, arrow);
            let dark = decided.iter().any(|(document, line)| {
                let without = world.with_line_removed(document, *line);
                !light(piece, figure, &play(&without, &actions)).contains(&arrow)
            });
            if dark {
                out.insert(arrow);
            }
        }
    }
    out
}

/// The arrows that a run lights.
fn light(piece: &Piece, figure: &Figure, trace: &Trace) -> BTreeSet<usize> {
    Plot::of(trace, &piece.cast).steps.iter().flat_map(|step| piece.cast.arrows(figure, step)).collect()
}

/// The lines of configuration that had decided something by the time this arrow was first lit.
fn lines_before(piece: &Piece, figure: &Figure, trace: &Trace, arrow: usize) -> Vec<(String, u32)> {
    let plot = Plot::of(trace, &piece.cast);
    let first = plot.steps.iter().position(|step| piece.cast.arrows(figure, step).contains(&arrow));
    let before = &trace.steps[..=first.unwrap_or(0)];
    before
        .iter()
        .filter_map(|step| match &step.act {
            Act::Decide { basis: Basis::Line { document, line }, .. } => Some((document.to_string(), *line)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_lit_by_runs() {
        for number in [1, 2, 6, 7, 8, 13] {
            let arrows = arrows(number, &drawing(number, Form::Wide));
            assert!(arrows.iter().all(|lit| *lit == Lit::Run), "figure {number}: {arrows:?}");
        }
    }

    #[test]
    fn figure_5_is_lit_by_runs_and_two_corrections() {
        let figure = drawing(5, Form::Wide);
        let arrows = arrows(5, &figure);
        let count = |kind: Lit| arrows.iter().filter(|lit| **lit == kind).count();
        assert_eq!((count(Lit::Run), count(Lit::Correction), count(Lit::No)), (8, 2, 0), "{arrows:?}");
    }

    #[test]
    fn figures_14_and_15_are_lit_by_runs() {
        for number in [14, 15] {
            let arrows = arrows(number, &drawing(number, Form::Wide));
            assert!(arrows.iter().all(|lit| *lit == Lit::Run), "figure {number}: {arrows:?}");
        }
    }

    #[test]
    fn figure_12_is_lit_by_attempts() {
        let arrows = arrows(12, &drawing(12, Form::Wide));
        assert_eq!((arrows.len(), arrows.iter().all(|lit| *lit == Lit::Run)), (11, true), "{arrows:?}");
    }

    #[test]
    fn the_maps_lead_everywhere() {
        for number in maps::MAPS {
            assert!(arrows(number, &drawing(number, Form::Wide)).iter().all(|lit| *lit == Lit::Map), "figure {number}");
        }
    }

    #[test]
    fn only_the_arrows_named_in_the_plan_are_corrected() {
        let corrected: Vec<_> = PIECES.iter().flat_map(|p| p.corrections.iter().map(|c| (p.figure, c.arrow))).collect();
        assert_eq!(corrected, [(5, ("Firewall", "DNS")), (5, ("DNS", "Browser"))]);
    }
}
