//! Figure 13, lit for a trial: the way that the call has taken, as far as the step that is looked at.

use browser::place;
use course::pieces::cors;
use engine::browser::fetch::{Event, Fetched};
use engine::browser::filtered::Seen;
use engine::browser::part::parts;
use std::cell::RefCell;

/// What a step lights: a node, and an arrow by its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lit {
    /// Which call it belongs to.
    pub call: usize,
    /// The node at which it is shown.
    pub node: &'static str,
    /// The arrow along which something goes, or that was decided for.
    pub arrow: Option<(&'static str, &'static str)>,
}

thread_local! {
    static STEPS: RefCell<Vec<Lit>> = const { RefCell::new(Vec::new()) };
}

/// The marks of the figure on this page.
const MARKS: &str = ".lab-figure [data-mark]";

/// What each step lights, call by call: its events, and then what script gets.
pub fn steps(fetched: &[Fetched]) -> Vec<Lit> {
    let mut out = Vec::new();
    for (call, fetched) in fetched.iter().enumerate() {
        for (event, part) in fetched.events.iter().zip(parts(fetched)) {
            let (node, arrow) = match (event, part) {
                (Event::Sent(_), _) => ("BServer", Some(("Check", "BServer"))),
                (Event::Answered(_), _) => ("Headers", Some(("BServer", "Headers"))),
                (_, part) => part.map_or(("Check", None), cors::place),
            };
            out.push(Lit { call, node, arrow });
        }
        let node = match fetched.seen {
            Seen::Basic(_) => "Allow",
            Seen::Cors(_) => "Allow2",
            _ => "Block",
        };
        out.push(Lit { call, node, arrow: None });
    }
    out
}

/// The names of what is lit at a step: all of its call up to there.
fn names(steps: &[Lit], at: usize) -> Vec<String> {
    let Some(here) = steps.get(at) else { return Vec::new() };
    let mut out = vec!["Page".to_owned(), "Page-Check".to_owned(), "Check".to_owned()];
    for step in steps[..=at].iter().filter(|step| step.call == here.call) {
        out.push(step.node.to_owned());
        out.extend(step.arrow.map(|(from, to)| [from, "-", to].concat()));
    }
    out
}

/// Shows a trial on the figure, to its end.
pub fn of(fetched: &[Fetched]) {
    let steps = steps(fetched);
    place::light(MARKS, &names(&steps, steps.len().saturating_sub(1)));
    STEPS.set(steps);
    place::hide(".lab-figure", false);
}

/// Shows it as far as one of its steps.
pub fn at(step: usize) {
    STEPS.with_borrow(|steps| place::light(MARKS, &names(steps, step)));
}

/// No trial is shown.
pub fn clear() {
    place::hide(".lab-figure", true);
}

/// The words on a node.
pub fn words(node: &str) -> &'static str {
    cors::NODES.iter().find(|(id, _)| *id == node).map_or("", |(_, words)| words)
}
