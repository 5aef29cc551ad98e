//! A long chain of boxes, one below the other, wastes a wide page: it is folded into columns that are all
//! read downwards. Where the author's classes mark chapters, a chapter is a column.

use super::Form;
use super::attempts::{PHONE, ROOMY};
use super::size::{self, Style, Words, tenth};
use crate::figure::{Edge, Figure, Node, Point, Shape};
use crate::metrics::Weight;
use crate::parse::{self, Direction, Flowchart};

/// Shorter chains stand in one column.
const LONG: usize = 10;

/// The aim for width over height where no classes mark chapters.
const ASPECT: f64 = 1.6;

const STYLE: Style = Style { node_wrap: 168.0, pad_x: 14.0, pad_y: 11.0, rank_gap: 32.0, node_gap: 48.0, ..ROOMY };
const NARROW: Style = Style { node_wrap: 120.0, rank_gap: 28.0, node_gap: 36.0, ..PHONE };

/// Lays out a chain in columns; None where the chart is no chain, or not a long one.
pub(super) fn fold(chart: &Flowchart, extra: &[parse::Edge], form: Form) -> Option<Figure> {
    let forward = matches!(chart.direction, Direction::Down | Direction::Right);
    let plain = chart.groups.is_empty() && extra.is_empty() && chart.edges.iter().all(|edge| edge.text.is_none());
    if !forward || !plain || chart.nodes.len() < LONG {
        return None;
    }
    let chain = chain(chart)?;
    let style = if form == Form::Wide { STYLE } else { NARROW };
    let words: Vec<Words> = chart
        .nodes
        .iter()
        .map(|node| Words::set(&node.text, style.font, style.node_wrap, style.soft, Weight::Regular))
        .collect();
    let mut sizes: Vec<(f64, f64)> =
        chart.nodes.iter().zip(&words).map(|(node, words)| size::box_size(node.shape, words, &style)).collect();
    // Boxes of one width make columns; shapes that grow with their width keep their own.
    let wide = sizes.iter().map(|s| s.0).fold(0.0, f64::max);
    for (size, node) in sizes.iter_mut().zip(&chart.nodes) {
        if matches!(node.shape, Shape::Rect | Shape::Rounded | Shape::Stadium | Shape::Subroutine) {
            size.0 = wide;
        }
    }
    let step = sizes.iter().map(|s| s.1).sum::<f64>() / sizes.len() as f64 + style.rank_gap;
    let room = f64::from(form.width()) - 2.0 * style.margin + style.node_gap;
    let most = (room / (wide + style.node_gap)) as usize;
    let columns = chapters(chart, &chain).map(|chapters| gather(&chapters, most)).or_else(|| {
        let n = chain.len();
        let even = |k: usize| k as f64 * (wide + style.node_gap) >= ASPECT * n.div_ceil(k) as f64 * step;
        let count = (2..n).find(|k| even(*k)).unwrap_or(n).min(most).max(1);
        Some(chain.chunks(n.div_ceil(count)).map(<[usize]>::to_vec).collect::<Vec<_>>())
    });
    let columns = columns.filter(|columns| columns.len() > 1)?;
    Some(draw(chart, &columns, &words, &sizes, wide, &style))
}

/// Chapters gathered into `most` columns at most, in order, the longest as short as can be.
fn gather(chapters: &[Vec<usize>], most: usize) -> Vec<Vec<usize>> {
    let longest = chapters.iter().map(Vec::len).max().unwrap_or(0);
    let total: usize = chapters.iter().map(Vec::len).sum();
    for limit in longest..=total {
        let mut columns: Vec<Vec<usize>> = Vec::new();
        for chapter in chapters {
            match columns.last_mut() {
                Some(column) if most < chapters.len() && column.len() + chapter.len() <= limit => {
                    column.extend(chapter);
                }
                _ => columns.push(chapter.clone()),
            }
        }
        if columns.len() <= most {
            return columns;
        }
    }
    Vec::new()
}

/// The nodes in the order of the chain, if every one has one arrow in and one out at most.
fn chain(chart: &Flowchart) -> Option<Vec<usize>> {
    let n = chart.nodes.len();
    let mut next = vec![None; n];
    let mut entered = vec![false; n];
    for edge in &chart.edges {
        if next[edge.from].is_some() || entered[edge.to] || edge.from == edge.to {
            return None;
        }
        next[edge.from] = Some(edge.to);
        entered[edge.to] = true;
    }
    let first = entered.iter().position(|entered| !entered)?;
    let chain: Vec<usize> = std::iter::successors(Some(first), |at| next[*at]).take(n + 1).collect();
    (chain.len() == n && chart.edges.len() + 1 == n).then_some(chain)
}

/// Columns that begin with a node of the first node's classes. A heading alone joins what follows it.
fn chapters(chart: &Flowchart, chain: &[usize]) -> Option<Vec<Vec<usize>>> {
    let classes = |i: usize| &chart.nodes[i].classes;
    let mark = classes(*chain.first()?);
    if mark.is_empty() || chain.iter().all(|i| classes(*i) == mark) {
        return None;
    }
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for &node in chain {
        let alone = columns.last().is_some_and(|column| column.len() == 1);
        match columns.last_mut() {
            Some(column) if alone || classes(node) != mark => column.push(node),
            _ => columns.push(vec![node]),
        }
    }
    Some(columns)
}

fn draw(
    chart: &Flowchart,
    columns: &[Vec<usize>],
    words: &[Words],
    sizes: &[(f64, f64)],
    wide: f64,
    style: &Style,
) -> Figure {
    let mut figure = Figure::default();
    // Middle of every node, and its column.
    let mut at = vec![(0.0, 0.0, 0usize); chart.nodes.len()];
    let mut lowest: f64 = 0.0;
    for (c, column) in columns.iter().enumerate() {
        let x = style.margin + wide / 2.0 + c as f64 * (wide + style.node_gap);
        let mut y = style.margin;
        for &node in column {
            let h = sizes[node].1;
            at[node] = (x, y + h / 2.0, c);
            y += h + style.rank_gap;
        }
        lowest = lowest.max(y - style.rank_gap);
    }
    figure.width = (style.margin * 2.0 + columns.len() as f64 * (wide + style.node_gap) - style.node_gap) as f32;
    figure.height = (lowest + style.margin) as f32;
    for (i, node) in chart.nodes.iter().enumerate() {
        let ((x, y, _), (w, h)) = (at[i], sizes[i]);
        let frame = size::rect(x - w / 2.0, y - h / 2.0, w, h);
        let (dx, dy) = size::words_shift(node.shape);
        let (id, classes) = (node.id.clone(), node.classes.clone());
        figure.nodes.push(Node { id, shape: node.shape, frame, label: words[i].at(x + dx, y + dy), classes });
    }
    for edge in &chart.edges {
        let ((ax, ay, ac), (bx, by, bc)) = (at[edge.from], at[edge.to]);
        let ((aw, ah), (bw, bh)) = (sizes[edge.from], sizes[edge.to]);
        let path = if ac == bc {
            vec![(ax, ay + ah / 2.0), (bx, by - bh / 2.0)]
        } else {
            let turn = bx - wide / 2.0 - style.node_gap / 2.0;
            vec![(ax + aw / 2.0, ay), (turn, ay), (turn, by), (bx - bw / 2.0, by)]
        };
        let mut path: Vec<Point> = path.into_iter().map(|(x, y)| Point { x: tenth(x), y: tenth(y) }).collect();
        super::tidy(&mut path);
        let (from, to, stroke) = (edge.from as u16, edge.to as u16, edge.stroke);
        let (tail, head) = (edge.tail, edge.head);
        figure.edges.push(Edge { from, to, path, stroke, tail, head, label: None, extra: false });
    }
    figure
}
