//! What of a figure somebody points at, and when something next happens there.

use crate::cast::Cast;
use crate::plot::{Act, Plot};
use crate::score::Score;
use diagram::figure::{Figure, Point, Rect};
use engine::trace::Basis;

/// A thing of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// A node, as an index into the figure's nodes.
    Node(usize),
    /// An arrow, as an index into the figure's edges.
    Arrow(usize),
}

/// How far from a line, in pixels of the figure, it is still pointed at.
const NEAR: f32 = 8.0;

/// What lies at this point: a node, the words of an arrow, or the nearest arrow.
pub fn at(figure: &Figure, point: Point) -> Option<Touched> {
    let node = || figure.nodes.iter().position(|node| holds(&node.frame, point)).map(Touched::Node);
    let words = |edge: &diagram::figure::Edge| edge.label.as_ref().is_some_and(|label| holds(&label.frame, point));
    let named = || figure.edges.iter().position(words).map(Touched::Arrow);
    let near = || {
        let lines = figure.edges.iter().enumerate().map(|(index, edge)| (index, distance(&edge.path, point)));
        let (index, away) = lines.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (away <= NEAR).then_some(Touched::Arrow(index))
    };
    node().or_else(named).or_else(near)
}

/// The next event after the one `now` at which this is in the light, and the beat that it belongs to; the first of all where
/// none follows, and `None` where none is in this run.
pub fn next(
    touched: Touched,
    (plot, score): (&Plot, &Score),
    figure: &Figure,
    cast: &Cast,
    now: Option<usize>,
) -> Option<(usize, usize)> {
    let all = || 0..plot.steps.len();
    let shows = |index: &usize| match touched {
        Touched::Arrow(arrow) => cast.arrows(figure, &plot.steps[*index]).contains(&arrow),
        Touched::Node(node) => cast.actor(figure, &plot.steps[*index]) == Some(node),
    };
    // Of what is decided at a box, what rests on a line of a document can be opened.
    let by_line = |index: &usize| matches!(&plot.steps[*index].act, Act::Decide { basis: Basis::Line { .. }, .. });
    let opens = |index: &usize| shows(index) && by_line(index);
    let lines = matches!(touched, Touched::Node(_)) && all().any(|index| opens(&index));
    let lit = |index: &usize| if lines { opens(index) } else { shows(index) };
    let beat = |event: usize| score.beats.iter().position(|beat| beat.last >= event);
    let here = now.and_then(beat);
    let later = |index: &usize| here.is_none_or(|here| beat(*index) > Some(here));
    let first = all().find(|index| lit(index) && later(index)).or_else(|| all().find(lit))?;
    let beat = beat(first)?;
    let last = (first..=score.beats[beat].last).rev().find(lit).unwrap_or(first);
    // A decision that lights an arrow is shown by what is sent because of it.
    let sent = |index: &usize| matches!(plot.steps[*index].act, Act::Travel { .. });
    let shown = match touched {
        Touched::Arrow(_) => (last..=score.beats[beat].last).find(sent).unwrap_or(last),
        Touched::Node(_) => last,
    };
    Some((beat, shown))
}

fn holds(frame: &Rect, Point { x, y }: Point) -> bool {
    x >= frame.x && x <= frame.x + frame.w && y >= frame.y && y <= frame.y + frame.h
}

/// How far a point is from a line with corners.
fn distance(path: &[Point], point: Point) -> f32 {
    let parts = path.iter().zip(path.iter().skip(1));
    parts.map(|(a, b)| from_part(*a, *b, point)).fold(f32::INFINITY, f32::min)
}

fn from_part(a: Point, b: Point, Point { x, y }: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let whole = dx * dx + dy * dy;
    let share = if whole > 0.0 { (((x - a.x) * dx + (y - a.y) * dy) / whole).clamp(0.0, 1.0) } else { 0.0 };
    let (dx, dy) = (x - a.x - share * dx, y - a.y - share * dy);
    (dx * dx + dy * dy).sqrt()
}
