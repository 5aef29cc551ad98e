//! Two runs side by side, hop by hop: what is the same in both, what went otherwise, what only one of them has.
//!
//! Steps of the same name at the same place in the story belong together; which do is found as the longest common
//! sequence of their names (as `diff` finds it for lines), so that a step that is missing moves nothing else.

use engine::time::Micros;
use engine::trace::{Act, Step, Trace};

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// So many steps that are the same in both, but for when they happen.
    Same(usize),
    /// The same step, and it says something else.
    Other(Side, Side),
    /// Only the first run has it.
    First(Side),
    /// Only the second run has it.
    Second(Side),
}

/// A step as one side shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// When it began, counted from the beginning of its run.
    pub at: Micros,
    /// Where: `the browser → the security group`, `nginx`.
    pub place: String,
    /// What travelled, or what was decided.
    pub words: String,
    /// Because of what; empty for a message.
    pub basis: String,
}

/// More steps than these of one run are not compared: the table of their pairs would grow beyond reason.
pub const MOST: usize = 2_000;

/// The comparison, in the order of both runs.
pub fn compare(first: &Trace, second: &Trace) -> Vec<Row> {
    let cut = |trace: &'_ Trace| trace.steps.len().min(MOST);
    let (a, b) = (&first.steps[..cut(first)], &second.steps[..cut(second)]);
    let mut rows = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (in_a, in_b) in pairs(a, b).into_iter().chain([(a.len(), b.len())]) {
        rows.extend(a[i..in_a].iter().map(|step| Row::First(side(step, a))));
        rows.extend(b[j..in_b].iter().map(|step| Row::Second(side(step, b))));
        if let (Some(one), Some(other)) = (a.get(in_a), b.get(in_b)) {
            match (one.act == other.act, rows.last_mut()) {
                (true, Some(Row::Same(count))) => *count += 1,
                (true, _) => rows.push(Row::Same(1)),
                (false, _) => rows.push(Row::Other(side(one, a), side(other, b))),
            }
        }
        (i, j) = (in_a + 1, in_b + 1);
    }
    rows
}

/// Whether two steps are the same step of the same action.
fn alike(one: &Step, other: &Step) -> bool {
    let way = |step: &'_ Step| match &step.act {
        Act::Travel { from, to, .. } => (*from, *to),
        Act::Decide { at, .. } => (*at, *at),
    };
    (one.action, one.name, way(one)) == (other.action, other.name, way(other))
}

/// The pairs of a longest common sequence, by the usual table (Wagner and Fischer, 1974), from the end.
fn pairs(a: &[Step], b: &[Step]) -> Vec<(usize, usize)> {
    let wide = b.len() + 1;
    let mut longest = vec![0u16; (a.len() + 1) * wide];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * wide + j] = if alike(&a[i], &b[j]) {
                longest[(i + 1) * wide + j + 1] + 1
            } else {
                longest[(i + 1) * wide + j].max(longest[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if alike(&a[i], &b[j]) {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * wide + j] >= longest[i * wide + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

fn side(step: &Step, run: &[Step]) -> Side {
    let began = run.first().map_or(Micros::ZERO, |first| first.start);
    let (place, words, basis) = match &step.act {
        Act::Travel { from, to, message } => {
            let text = message.to_string();
            let first = text.lines().next().unwrap_or("").to_owned();
            ([&from.to_string(), " → ", &to.to_string()].concat(), first, String::new())
        }
        Act::Decide { at, verdict, basis } => {
            (at.to_string(), [verdict.ruling.word(), ": ", &verdict.words].concat(), basis.to_string())
        }
    };
    Side { at: Micros(step.start.0 - began.0), place, words, basis }
}
