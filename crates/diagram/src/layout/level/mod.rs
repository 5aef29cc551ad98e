//! One level: the page, or the inside of a group. Groups are laid out first and stand on their level as
//! boxes with fixed ports, so that nothing foreign can come to lie in them.
//!
//! Reading order: [`rows`] (ranks become rows), [`measure`] (room), [`finish`] (lines and frames).
//!
//! Places are (across, along) the flow; the page turns them into (x, y) at the end.

mod finish;
mod measure;
mod rows;

use std::collections::BTreeMap;

use super::grid::{Cell, Grid, Kind};
use super::plan::{Member, Plan};
use super::rank::{self, Pull};
use super::size::{Style, Words};
use super::{order, place, ports};
use crate::figure::Shape;

/// A place: across and along the flow.
pub(super) type Spot = (f64, f64);

/// What is the same for every level of one attempt.
pub(super) struct Attempt<'a> {
    pub plan: &'a Plan<'a>,
    pub style: Style,
    /// The flow runs from left to right, not downwards.
    pub sideways: bool,
    /// Parts that do not hang together stand below each other.
    pub stack: bool,
    /// Ranks wider than this share of the budget go on below.
    pub wrap: Option<f64>,
    /// Boxes gather about one line along the flow.
    pub axis: bool,
    /// On which side long arrows pass boxes, where it makes no other difference.
    pub lanes: Lanes,
    /// The nodes' words and sizes on the page.
    pub nodes: &'a [(Words, f64, f64)],
    /// The arrows' words.
    pub labels: &'a [Option<Words>],
    /// The groups' titles.
    pub titles: &'a [Words],
    /// Sweeps and rounds: less for large diagrams.
    pub effort: usize,
}

/// On which side long arrows pass boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lanes {
    Left,
    Right,
}

/// A finished level.
#[derive(Clone, Default)]
pub(super) struct Block {
    pub across: f64,
    pub along: f64,
    /// Nodes by the middles of their boxes, and how far these reach across.
    pub nodes: Vec<(usize, Spot, f64)>,
    /// Groups: frame (start, size) and the middle of the title.
    pub groups: Vec<(usize, Spot, Spot, Spot)>,
    /// Lines, from upstream to downstream.
    pub paths: BTreeMap<usize, Vec<Spot>>,
    /// Arrows' words by their middles.
    pub labels: Vec<(usize, Spot)>,
    /// Where arrows cross the frame: edge, across, downstream side.
    pub ports: Vec<(usize, f64, bool)>,
}

/// An arrow on this level, from its upper to its lower end.
struct Arrow {
    edge: usize,
    upper: usize,
    lower: usize,
    label: bool,
}

impl Attempt<'_> {
    /// Lays out the page (None) or the inside of a group, in `budget` pixels across.
    pub fn level(&self, level: Option<usize>, budget: f64) -> Block {
        let members = self.plan.members_of(level);
        let inside = budget - if level.is_some() { 2.0 * self.style.group_pad } else { 0.0 };
        let inner: Vec<Option<Block>> = members
            .iter()
            .map(|member| match member {
                Member::Node(_) => None,
                Member::Group(group) => Some(self.level(Some(*group), inside)),
            })
            .collect();
        let mut grid = Grid::default();
        for (i, member) in members.iter().enumerate() {
            let (kind, (across, along)) = match member {
                Member::Node(node) => (Kind::Node(*node), self.node_size(*node)),
                Member::Group(group) => {
                    (Kind::Group(*group), inner[i].as_ref().map_or((0.0, 0.0), |b| (b.across, b.along)))
                }
            };
            grid.cells.push(Cell { kind, across, along, component: 0, source: i + 1000, boxed: across });
        }
        let arrows = self.arrows(level, members, &mut grid);
        let loops = self.loops(level, members, &mut grid);
        self.widen(&mut grid, &arrows);
        let rank = self.rank(&mut grid, &arrows, members.len(), inside);
        rows::rows(&mut grid, &arrows, &rank, |edge| (self.lane_source(edge), self.label_size(edge)), self.sideways);
        self.fix_ports(&mut grid, &arrows, &inner);
        order::order(&mut grid, self.effort.min(24));
        let reaches: Vec<[f64; 2]> =
            grid.cells.iter().map(|cell| [false, true].map(|down| self.reach(cell, down))).collect();
        let reach = |c: usize, down: bool| reaches[c][usize::from(down)];
        let pitch = |a: usize, b: usize| {
            let (one, two) = (&arrows[a], &arrows[b]);
            let beside = one.upper == two.upper && one.lower == two.lower;
            if beside { self.step(one, two) } else { ports::PITCH }
        };
        ports::spread(&mut grid, reach, pitch);
        let mut x = place::place(
            &grid,
            |a, b| self.gap(&grid.cells, a, b),
            match (self.axis, self.stack) {
                (true, _) => 6.0,
                (false, true) => 0.02,
                _ => 0.0,
            },
            self.effort * 5,
        );
        let tips: Vec<bool> = grid
            .cells
            .iter()
            .map(|cell| matches!(cell.kind, Kind::Node(node) if matches!(self.shape(node), Shape::Diamond | Shape::Circle | Shape::DoubleCircle)))
            .collect();
        let gaps: Vec<Cell> = grid.cells.clone();
        let gap = |a: usize, b: usize| self.gap(&gaps, a, b);
        ports::settle(&mut grid, &mut x, reach, |c| tips[c], gap);
        self.finish(level, &grid, &arrows, &loops, &x, &inner)
    }

    /// The place of an arrow's lanes among the boxes, as if it were in the source text.
    fn lane_source(&self, edge: usize) -> usize {
        match self.lanes {
            Lanes::Left => edge,
            Lanes::Right => edge + 1_000_000,
        }
    }

    /// The same for a port. Where groups stand below each other, what comes from far runs on the outside.
    fn port_source(&self, edge: usize, top: bool) -> usize {
        match (self.lanes, top && self.axis, !top && self.axis) {
            (Lanes::Right, true, _) => 2_000_000 - edge,
            (Lanes::Left, _, true) => 999 - edge.min(999),
            _ => self.lane_source(edge),
        }
    }

    /// The arrows of this level; where it is a group's inside, with a port for each that leaves it.
    fn arrows(&self, level: Option<usize>, members: &[Member], grid: &mut Grid) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        let index = |member: Option<Member>| members.iter().position(|m| Some(*m) == member);
        for (edge, e) in self.plan.edges.iter().enumerate() {
            let from = index(self.plan.member(level, e.from));
            let to = index(self.plan.member(level, e.to));
            let forward = self.plan.forward[edge];
            let mut port = |top: bool| {
                let source = self.port_source(edge, top);
                grid.cells.push(Cell { kind: Kind::Port, across: 0.0, along: 0.0, component: 0, source, boxed: 0.0 });
                grid.cells.len() - 1
            };
            let (upper, lower, label) = match (from, to) {
                (Some(a), Some(b)) if a == b || self.plan.level[edge] != level => continue,
                (Some(a), Some(b)) => {
                    let (u, l) = if forward { (a, b) } else { (b, a) };
                    (u, l, self.labels[edge].is_some())
                }
                (Some(a), None) if forward => (a, port(false), false),
                (Some(a), None) => (port(true), a, false),
                (None, Some(b)) if forward => (port(true), b, false),
                (None, Some(b)) => (b, port(false), false),
                (None, None) => continue,
            };
            arrows.push(Arrow { edge, upper, lower, label });
        }
        arrows
    }

    /// Arrows from a node to itself; each widens its cell.
    fn loops(&self, level: Option<usize>, members: &[Member], grid: &mut Grid) -> Vec<(usize, usize, f64)> {
        let mut out = Vec::new();
        for (edge, e) in self.plan.edges.iter().enumerate() {
            if e.from != e.to || self.plan.level[edge] != level {
                continue;
            }
            let Some(cell) = members.iter().position(|m| *m == Member::Node(e.from)) else {
                continue;
            };
            let (label, along) = self.label_size(edge);
            let room = if label > 0.0 { label + 22.0 } else { 26.0 };
            out.push((edge, cell, room));
            grid.cells[cell].across += 2.0 * room;
            grid.cells[cell].along = grid.cells[cell].along.max(along);
        }
        // Words stand on the outermost loop.
        out.sort_by_key(|(edge, _, _)| (self.labels[*edge].is_some(), *edge));
        out
    }

    fn rank(&self, grid: &mut Grid, arrows: &[Arrow], n: usize, budget: f64) -> Vec<usize> {
        let inner = arrows.iter().filter(|a| a.upper < n && a.lower < n);
        let pull = |a: &Arrow| {
            let length = self.plan.edges[a.edge].length;
            Pull { upper: a.upper, lower: a.lower, length, silent: false }
        };
        let mut pulls: Vec<Pull> = inner.map(pull).collect();
        let component = {
            // Everything that has a port hangs together: the ports are in one row.
            let mut joined = pulls.clone();
            let ends: Vec<usize> =
                arrows.iter().filter(|a| a.upper >= n || a.lower >= n).map(|a| a.upper.min(a.lower)).collect();
            for pair in ends.windows(2) {
                joined.push(Pull { upper: pair[0], lower: pair[1], length: 1, silent: false });
            }
            rank::components(n, &joined)
        };
        for (cell, component) in grid.cells.iter_mut().zip(&component) {
            cell.component = *component;
        }
        let with_port = arrows.iter().find(|a| a.upper >= n || a.lower >= n).map(|a| component[a.upper.min(a.lower)]);
        for cell in grid.cells.iter_mut().skip(n) {
            cell.component = with_port.unwrap_or(0);
        }
        let across: Vec<f64> = grid.cells.iter().take(n).map(|cell| cell.across).collect();
        let parts = component.iter().copied().max().map_or(0, |last| last + 1);
        if self.stack && parts > 1 {
            for part in 1..parts {
                let above: Vec<usize> = (0..n).filter(|i| component[*i] + 1 == part).collect();
                for i in (0..n).filter(|i| component[*i] == part) {
                    pulls.extend(above.iter().map(|a| Pull { upper: *a, lower: i, length: 1, silent: true }));
                }
            }
        }
        let mut rank = match self.wrap {
            Some(share) => rank::wrapped(&across, &mut pulls, budget * share, self.style.node_gap, self.style.lane),
            None => rank::ranks(n, &pulls),
        };
        let last = rank.iter().copied().max().unwrap_or(0);
        let first = usize::from(arrows.iter().any(|a| a.upper >= n));
        rank.iter_mut().for_each(|r| *r += first);
        for cell in n..grid.cells.len() {
            let upper = arrows.iter().any(|a| a.upper == cell);
            rank.push(if upper { 0 } else { last + first + 1 });
        }
        rank
    }

    /// Ports of groups are where the inside put them; those of nodes can move.
    fn fix_ports(&self, grid: &mut Grid, arrows: &[Arrow], inner: &[Option<Block>]) {
        for seg in grid.gaps.iter_mut().flatten() {
            let edge = arrows[seg.arrow].edge;
            let fixed = |cell: usize, down: bool| {
                let block = inner.get(cell)?.as_ref()?;
                let port = block.ports.iter().find(|(e, _, d)| *e == edge && *d == down)?;
                Some(port.1 - block.across / 2.0)
            };
            if let Some(at) = fixed(seg.upper, true) {
                (seg.out, seg.out_fixed) = (at, true);
            }
            if let Some(at) = fixed(seg.lower, false) {
                (seg.into, seg.into_fixed) = (at, true);
            }
        }
    }
}
