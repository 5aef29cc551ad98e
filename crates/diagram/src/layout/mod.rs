//! [`Diagram`] → [`Figure`]. Several attempts are made, from roomy to tight, and the best that fits the page
//! is kept. Nothing here depends on the platform: equal text gives equal bytes everywhere.
//!
//! Reading order: [`attempts`], [`plan`] (levels, directions), [`level`] (one level: [`rank`], [`order`], [`place`],
//! [`ports`], [`route`]), [`fold`] (long chains), [`sequence`] (sequence diagrams).

mod attempts;
mod fold;
mod grid;
mod level;
mod order;
mod place;
mod plan;
mod ports;
mod rank;
mod route;
mod sequence;
mod size;

use crate::figure::{Edge, Figure, Group, Node, Point, Rect};
use crate::metrics::Weight;
use crate::parse::{self, Diagram, Direction, Flowchart, Text};
use attempts::{Try, tries};
use level::{Attempt, Block};
use plan::Plan;
use size::{Words, tenth};

/// For which page the figure is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A column of up to 1248 px.
    Wide,
    /// A phone: 336 px if it can be done.
    Tall,
}

impl Form {
    /// The width to fit, in pixels.
    pub const fn width(self) -> f32 {
        match self {
            Form::Wide => 1248.0,
            Form::Tall => 336.0,
        }
    }
}

/// Lays a diagram out.
pub fn layout(diagram: &Diagram, form: Form) -> Figure {
    layout_with(diagram, &Diagram::Flowchart(Flowchart::default()), form)
}

/// Lays a diagram out together with additional arrows between its nodes, which are appended to its own.
/// Arrows of `extra` whose ends are not in `diagram` are left out.
pub fn layout_with(diagram: &Diagram, extra: &Diagram, form: Form) -> Figure {
    match diagram {
        Diagram::Flowchart(chart) => flowchart(chart, extra_edges(chart, extra), form),
        Diagram::Sequence(sequence) => sequence::layout(sequence, extra, form),
    }
}

fn extra_edges(chart: &Flowchart, extra: &Diagram) -> Vec<parse::Edge> {
    let Diagram::Flowchart(more) = extra else {
        return Vec::new();
    };
    let index = |i: usize| chart.nodes.iter().position(|node| node.id == more.nodes[i].id);
    let edges = more.edges.iter();
    edges
        .filter_map(|edge| Some(parse::Edge { from: index(edge.from)?, to: index(edge.to)?, ..edge.clone() }))
        .collect()
}

fn flowchart(chart: &Flowchart, extra: Vec<parse::Edge>, form: Form) -> Figure {
    if let Some(figure) = fold::fold(chart, &extra, form) {
        return figure;
    }
    let reverse = matches!(chart.direction, Direction::Up | Direction::Left);
    let plan = Plan::new(chart, extra, reverse);
    let large = chart.nodes.len() + plan.edges.len() > 120;
    let mut best: Option<(f32, Figure)> = None;
    // Whether the best so far fits, with no line lying on another.
    let mut good = false;
    for (i, attempt) in tries(chart, form).into_iter().enumerate() {
        if large && i > 2 {
            break;
        }
        // On a wide page the roomiest style that fits is taken.
        if form == Form::Wide && i % 2 == 0 && good {
            break;
        }
        let figure = draw(&plan, attempt, form, if large { 3 } else { 24 });
        let over = (figure.width - form.width()).max(0.0);
        let small = (13.0 - attempt.style.font as f32).max(0.0);
        let size = if form == Form::Wide { figure.width + figure.height } else { figure.height };
        let (crossings, overlaps) = meetings(&figure);
        let lines = crossings as f32 * 120.0 + overlaps as f32 * 100_000.0;
        let cost = over * 1000.0 + lines + size + small * 60.0 + i as f32 * 0.5;
        if best.as_ref().is_none_or(|b| cost < b.0) {
            good = over == 0.0 && overlaps == 0;
            best = Some((cost, figure));
        }
    }
    best.map(|b| b.1).unwrap_or_default()
}

/// How often lines cross, and how often one lies on another.
fn meetings(figure: &Figure) -> (usize, usize) {
    let runs: Vec<(usize, Point, Point)> = (figure.edges.iter().enumerate())
        .flat_map(|(e, edge)| edge.path.windows(2).map(move |pair| (e, pair[0], pair[1])))
        .collect();
    let upright: Vec<_> = runs.iter().filter(|(_, a, b)| a.x == b.x).collect();
    let mut crossings = 0;
    for (e, a, b) in runs.iter().filter(|(_, a, b)| a.y == b.y) {
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        let crosses = |(f, c, d): &&&(usize, Point, Point)| {
            f != e && left < c.x && c.x < right && c.y.min(d.y) < a.y && a.y < c.y.max(d.y)
        };
        crossings += upright.iter().filter(crosses).count();
    }
    // Side by side or end to end, within 4 px.
    let beside = |a: (f32, f32), b: (f32, f32), c: (f32, f32), d: (f32, f32)| {
        (a.0 - c.0).abs() < 4.0
            && a.0 == b.0
            && c.0 == d.0
            && a.1.max(b.1).min(c.1.max(d.1)) > a.1.min(b.1).max(c.1.min(d.1)) - 4.0
    };
    let mut overlaps = 0;
    for (i, (e, a, b)) in runs.iter().enumerate() {
        for (_, c, d) in runs[i + 1..].iter().filter(|(f, ..)| f != e) {
            let upright = beside((a.x, a.y), (b.x, b.y), (c.x, c.y), (d.x, d.y));
            let level = beside((a.y, a.x), (b.y, b.x), (c.y, c.x), (d.y, d.x));
            overlaps += usize::from(upright || level);
        }
    }
    (crossings, overlaps)
}

/// One attempt, finished.
fn draw(plan: &Plan<'_>, attempt: Try, form: Form, effort: usize) -> Figure {
    let style = attempt.style;
    let chart = plan.chart;
    let set = |text: &Text, wrap| Words::set(text, style.font, wrap, style.soft, Weight::Regular);
    let nodes: Vec<(Words, f64, f64)> = chart
        .nodes
        .iter()
        .map(|node| {
            let words = set(&node.text, style.node_wrap);
            let (w, h) = size::box_size(node.shape, &words, &style);
            (words, w, h)
        })
        .collect();
    let label = |edge: &parse::Edge| {
        let text = edge.text.as_ref().filter(|text| !text.is_empty())?;
        let mut words = Words::set(text, style.label, style.label_wrap, style.soft, Weight::Regular);
        words.w += 6.0;
        Some(words)
    };
    let labels: Vec<Option<Words>> = plan.edges.iter().map(label).collect();
    let title = |group: &parse::Group| {
        let wrap = if form == Form::Tall { 220.0 } else { 400.0 };
        let mut words = Words::set(&group.title, style.font, wrap, style.soft, Weight::Medium);
        if group.title.is_empty() {
            (words.w, words.h) = (0.0, 0.0);
        }
        words
    };
    let titles: Vec<Words> = chart.groups.iter().map(title).collect();
    let context = Attempt {
        plan,
        style,
        sideways: attempt.sideways,
        stack: attempt.stack,
        wrap: attempt.wrap,
        axis: attempt.axis,
        lanes: attempt.lanes,
        nodes: &nodes,
        labels: &labels,
        titles: &titles,
        effort,
    };
    let budget = f64::from(form.width()) - 2.0 * style.margin;
    let block = context.level(None, budget);
    figure(&context, &block)
}

/// Turns places across and along the flow into places on the page.
fn figure(context: &Attempt<'_>, block: &Block) -> Figure {
    let (plan, margin) = (context.plan, context.style.margin);
    let page = |(across, along): (f64, f64)| {
        let (x, y) = if context.sideways { (along, across) } else { (across, along) };
        (x + margin, y + margin)
    };
    let point = |spot| {
        let (x, y) = page(spot);
        Point { x: tenth(x), y: tenth(y) }
    };
    let size = |(across, along): (f64, f64)| {
        if context.sideways { (along, across) } else { (across, along) }
    };
    let (w, h) = size((block.across, block.along));
    let mut out =
        Figure { width: tenth(w + 2.0 * margin).ceil(), height: tenth(h + 2.0 * margin).ceil(), ..Figure::default() };

    let mut at = vec![((0.0, 0.0), 0.0); plan.chart.nodes.len()];
    for (node, spot, across) in &block.nodes {
        at[*node] = (*spot, *across);
    }
    for (i, node) in plan.chart.nodes.iter().enumerate() {
        let (words, w, h) = &context.nodes[i];
        let (x, y) = page(at[i].0);
        let (w, h) = if context.sideways { (*w, at[i].1) } else { (at[i].1, *h) };
        let (dx, dy) = size::words_shift(node.shape);
        let frame = size::rect(x - w / 2.0, y - h / 2.0, w, h);
        let (id, classes) = (node.id.clone(), node.classes.clone());
        out.nodes.push(Node { id, shape: node.shape, frame, label: words.at(x + dx, y + dy), classes });
    }
    for (i, edge) in plan.edges.iter().enumerate() {
        let mut path: Vec<Point> =
            block.paths.get(&i).map(|p| p.iter().copied().map(point).collect()).unwrap_or_default();
        tidy(&mut path);
        if !plan.forward[i] && edge.from != edge.to {
            path.reverse();
        }
        let spot = block.labels.iter().find(|(e, _)| *e == i);
        let label = spot.and_then(|(_, spot)| {
            let (x, y) = page(*spot);
            Some(context.labels[i].as_ref()?.at(x, y))
        });
        let (from, to) = (edge.from as u16, edge.to as u16);
        let (stroke, tail, head) = (edge.stroke, edge.tail, edge.head);
        out.edges.push(Edge { from, to, path, stroke, tail, head, label, extra: i >= plan.own });
    }
    let mut groups = block.groups.clone();
    groups.sort_by_key(|group| group.0);
    for (i, start, extent, title) in groups {
        let ((x, y), (w, h), (tx, ty)) = (page(start), size(extent), page(title));
        let frame: Rect = size::rect(x, y, w, h);
        out.groups.push(Group { id: plan.chart.groups[i].id.clone(), frame, title: context.titles[i].at(tx, ty) });
    }
    out
}

/// Takes out corners that are none.
fn tidy(path: &mut Vec<Point>) {
    let same = |a: f32, b: f32| (a - b).abs() < 0.35;
    path.dedup_by(|b, a| same(a.x, b.x) && same(a.y, b.y));
    let mut i = 1;
    while i + 1 < path.len() {
        let (a, b, c) = (path[i - 1], path[i], path[i + 1]);
        if same(a.x, b.x) && same(b.x, c.x) || same(a.y, b.y) && same(b.y, c.y) {
            path.remove(i);
        } else {
            i += 1;
        }
    }
    // What is straight up to a fraction of a pixel is straight.
    for i in 1..path.len() {
        let a = path[i - 1];
        let b = &mut path[i];
        if same(a.x, b.x) {
            b.x = a.x;
        } else if same(a.y, b.y) {
            b.y = a.y;
        }
    }
}
