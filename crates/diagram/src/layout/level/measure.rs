//! How much room the things of a level need.

use std::collections::BTreeMap;

use super::{Arrow, Attempt, Spot};
use crate::figure::{Shape, Tip};
use crate::layout::grid::{Cell, Grid, Kind, Seg};
use crate::layout::ports;
use crate::layout::size::{self, Side};

/// Room before the first track, after the last, and at least altogether.
pub(super) type Spot3 = (f64, f64, f64);

impl Attempt<'_> {
    pub(super) fn turned(&self, w: f64, h: f64) -> Spot {
        if self.sideways { (h, w) } else { (w, h) }
    }

    pub(super) fn node_size(&self, node: usize) -> Spot {
        self.turned(self.nodes[node].1, self.nodes[node].2)
    }

    pub(super) fn label_size(&self, edge: usize) -> Spot {
        self.labels[edge].as_ref().map_or((0.0, 0.0), |words| self.turned(words.w, words.h))
    }

    pub(super) fn side(&self, down: bool) -> Side {
        match (self.sideways, down) {
            (false, true) => Side::Bottom,
            (false, false) => Side::Top,
            (true, true) => Side::Right,
            (true, false) => Side::Left,
        }
    }

    pub(super) fn shape(&self, node: usize) -> Shape {
        self.plan.chart.nodes[node].shape
    }

    /// Is there an arrowhead at the upper (or lower) end of an edge?
    pub(super) fn tipped(&self, edge: usize, lower: bool) -> bool {
        let e = &self.plan.edges[edge];
        let tip = if self.plan.forward[edge] == lower { e.head } else { e.tail };
        tip != Tip::None
    }

    /// How far from the middle of its side a cell can be met.
    pub(super) fn reach(&self, cell: &Cell, down: bool) -> f64 {
        let Kind::Node(node) = cell.kind else {
            return cell.across / 2.0;
        };
        let (w, h) = self.turned(cell.boxed, self.node_size(node).1);
        size::reach(self.shape(node), w, h, self.side(down))
    }

    /// The distance of two lines that run side by side between the same boxes.
    pub(super) fn step(&self, a: &Arrow, b: &Arrow) -> f64 {
        let half = |a: &Arrow| {
            if a.label { self.label_size(a.edge).0 / 2.0 } else { 0.0 }
        };
        let full = half(a) + half(b) + self.style.lane * 0.6;
        // On a phone words side by side may stand at different heights.
        (if self.style.soft && !self.sideways && a.label && b.label { full * 0.6 } else { full }).max(18.0)
    }

    /// Boxes become as large as the lines that end at them need.
    pub(super) fn widen(&self, grid: &mut Grid, arrows: &[Arrow]) {
        for cell in 0..grid.cells.len() {
            let Kind::Node(node) = grid.cells[cell].kind else {
                continue;
            };
            let up = arrows.iter().filter(|a| a.lower == cell).count();
            let down = arrows.iter().filter(|a| a.upper == cell).count();
            let mut need: f64 = 0.0;
            for (side, k) in [(true, down), (false, up)] {
                if k > 1 {
                    let (_, along) = self.node_size(node);
                    let (w, h) = self.turned(100.0, along);
                    let part = size::reach(self.shape(node), w, h, self.side(side)) / 50.0;
                    // `reach` of a hundred pixels: what a side gives away at its ends, or its share.
                    let lines = (k - 1) as f64 * ports::APART;
                    let slanted = matches!(self.shape(node), Shape::Diamond | Shape::Circle | Shape::DoubleCircle);
                    need = need.max(if slanted { lines / part.max(0.1) } else { lines + 100.0 * (1.0 - part) });
                }
            }
            // Lines that run side by side to one neighbour should all be straight.
            let mut beside: BTreeMap<usize, Vec<&Arrow>> = BTreeMap::new();
            for arrow in arrows.iter().filter(|a| a.upper == cell || a.lower == cell) {
                let other = if arrow.upper == cell { arrow.lower } else { arrow.upper };
                beside.entry(other).or_default().push(arrow);
            }
            for lines in beside.values().filter(|lines| lines.len() > 1) {
                let others = if arrows.iter().any(|a| a.upper == cell && a.lower == lines[0].upper.max(lines[0].lower))
                {
                    down
                } else {
                    up
                };
                let others = others.saturating_sub(lines.len()) as f64
                    * if self.style.soft { ports::APART } else { ports::PITCH };
                let slanted = matches!(self.shape(node), Shape::Diamond | Shape::Circle | Shape::DoubleCircle);
                let span: f64 = lines.windows(2).map(|pair| self.step(pair[0], pair[1])).sum::<f64>() + others;
                need = need.max(if slanted { span / 0.56 } else { span + 28.0 });
            }
            let limit = if self.style.soft && !self.sideways { 300.0 } else { f64::INFINITY };
            let more = (need.min(limit).ceil() - grid.cells[cell].boxed).max(0.0);
            grid.cells[cell].boxed += more;
            grid.cells[cell].across += more;
        }
    }

    /// The distance that two neighbours of a row keep.
    pub(super) fn gap(&self, cells: &[Cell], a: usize, b: usize) -> f64 {
        let (one, two) = (&cells[a], &cells[b]);
        let apart = if one.component == two.component { 0.0 } else { self.style.node_gap * 0.5 };
        let lane = self.style.lane;
        let base = match (one.is_box(), two.is_box()) {
            (true, true) => self.style.node_gap,
            (true, false) | (false, true) => lane,
            _ if one.kind == Kind::Label || two.kind == Kind::Label => {
                (lane * 0.6).max(18.0 - (one.across + two.across) / 2.0)
            }
            _ => lane,
        };
        base + apart
    }

    /// From the middle of a cell to the outline of its box, at `t` from the middle.
    pub(super) fn border(&self, grid: &Grid, c: usize, t: f64, down: bool) -> f64 {
        let cell = &grid.cells[c];
        match cell.kind {
            Kind::Node(node) => {
                let (_, along) = self.node_size(node);
                let (w, h) = self.turned(cell.boxed, along);
                along / 2.0 - size::inset(self.shape(node), w, h, self.side(down), t)
            }
            _ => cell.along / 2.0,
        }
    }

    /// Room in the gap below row `r`: before the first track, after the last, and at least altogether.
    pub(super) fn room(&self, grid: &Grid, arrows: &[Arrow], gap: &[Seg], r: usize, level: Option<usize>) -> Spot3 {
        let is = |row: usize, kind: Kind| grid.rows[row].iter().any(|c| grid.cells[*c].kind == kind);
        let boxes = |row: usize| grid.rows[row].iter().any(|c| grid.is_box(*c));
        let tip = |lower: bool| {
            gap.iter().any(|s| {
                let end = if lower { s.lower } else { s.upper };
                grid.is_box(end) && self.tipped(arrows[s.arrow].edge, lower)
            })
        };
        let mut before = if tip(false) { 22.0 } else { 13.0 };
        let after = if tip(true) { 22.0 } else { 11.0 };
        let mut least = match (boxes(r), boxes(r + 1)) {
            (true, true) => self.style.rank_gap,
            (true, false) => {
                if tip(false) {
                    24.0
                } else {
                    16.0
                }
            }
            (false, true) => {
                if tip(true) {
                    26.0
                } else {
                    16.0
                }
            }
            _ => 14.0,
        };
        if let (0, Some(group), false) = (r, level, self.sideways)
            && is(0, Kind::Port)
        {
            let title = self.titles[group].h + 14.0;
            before += title;
            least += title;
        }
        (before, after, least)
    }
}
