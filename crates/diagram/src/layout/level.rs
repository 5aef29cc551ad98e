//! One level: the page, or the inside of a group. Groups are laid out first and stand on their level as
//! boxes with fixed ports, so that nothing foreign can come to lie in them.
//!
//! Places are (across, along) the flow; the page turns them into (x, y) at the end.

use std::collections::BTreeMap;

use super::grid::{Cell, Grid, Kind, Seg};
use super::plan::{Member, Plan};
use super::rank::{self, Pull};
use super::route::{self, Run, TRACK};
use super::size::{self, Side, Style, Words};
use super::{order, place, ports};
use crate::figure::{Shape, Tip};

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
    fn turned(&self, w: f64, h: f64) -> Spot {
        if self.sideways { (h, w) } else { (w, h) }
    }

    fn node_size(&self, node: usize) -> Spot {
        self.turned(self.nodes[node].1, self.nodes[node].2)
    }

    fn label_size(&self, edge: usize) -> Spot {
        self.labels[edge]
            .as_ref()
            .map_or((0.0, 0.0), |words| self.turned(words.w, words.h))
    }

    fn side(&self, down: bool) -> Side {
        match (self.sideways, down) {
            (false, true) => Side::Bottom,
            (false, false) => Side::Top,
            (true, true) => Side::Right,
            (true, false) => Side::Left,
        }
    }

    fn shape(&self, node: usize) -> Shape {
        self.plan.chart.nodes[node].shape
    }

    /// Is there an arrowhead at the upper (or lower) end of an edge?
    fn tipped(&self, edge: usize, lower: bool) -> bool {
        let e = &self.plan.edges[edge];
        let tip = if self.plan.forward[edge] == lower {
            e.head
        } else {
            e.tail
        };
        tip != Tip::None
    }

    /// Lays out the page (None) or the inside of a group, in `budget` pixels across.
    pub fn level(&self, level: Option<usize>, budget: f64) -> Block {
        let members = self.plan.members_of(level);
        let inside = budget
            - if level.is_some() {
                2.0 * self.style.group_pad
            } else {
                0.0
            };
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
                Member::Group(group) => (
                    Kind::Group(*group),
                    inner[i]
                        .as_ref()
                        .map_or((0.0, 0.0), |b| (b.across, b.along)),
                ),
            };
            grid.cells.push(Cell {
                kind,
                across,
                along,
                component: 0,
                source: i + 1000,
                boxed: across,
            });
        }
        let arrows = self.arrows(level, members, &mut grid);
        let loops = self.loops(level, members, &mut grid);
        self.widen(&mut grid, &arrows);
        let rank = self.rank(&mut grid, &arrows, members.len(), inside);
        rows(
            &mut grid,
            &arrows,
            &rank,
            |edge| (self.lane_source(edge), self.label_size(edge)),
            self.sideways,
        );
        self.fix_ports(&mut grid, &arrows, &inner);
        order::order(&mut grid, self.effort.min(24));
        let reaches: Vec<[f64; 2]> = grid
            .cells
            .iter()
            .map(|cell| [false, true].map(|down| self.reach(cell, down)))
            .collect();
        let reach = |c: usize, down: bool| reaches[c][usize::from(down)];
        let pitch = |a: usize, b: usize| {
            let (one, two) = (&arrows[a], &arrows[b]);
            let beside = one.upper == two.upper && one.lower == two.lower;
            if beside {
                self.step(one, two)
            } else {
                ports::PITCH
            }
        };
        ports::spread(&mut grid, reach, pitch);
        let x = place::place(
            &grid,
            |a, b| self.gap(&grid, &arrows, a, b),
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
        ports::settle(&mut grid, &x, reach, |c| tips[c]);
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

    /// How far from the middle of its side a cell can be met.
    fn reach(&self, cell: &Cell, down: bool) -> f64 {
        let Kind::Node(node) = cell.kind else {
            return cell.across / 2.0;
        };
        let (w, h) = self.turned(cell.boxed, self.node_size(node).1);
        size::reach(self.shape(node), w, h, self.side(down))
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
                grid.cells.push(Cell {
                    kind: Kind::Port,
                    across: 0.0,
                    along: 0.0,
                    component: 0,
                    source,
                    boxed: 0.0,
                });
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
            arrows.push(Arrow {
                edge,
                upper,
                lower,
                label,
            });
        }
        arrows
    }

    /// Arrows from a node to itself; each widens its cell.
    fn loops(
        &self,
        level: Option<usize>,
        members: &[Member],
        grid: &mut Grid,
    ) -> Vec<(usize, usize, f64)> {
        let mut out = Vec::new();
        for (edge, e) in self.plan.edges.iter().enumerate() {
            if e.from != e.to || self.plan.level[edge] != level {
                continue;
            }
            let Some(cell) = members.iter().position(|m| *m == Member::Node(e.from)) else {
                continue;
            };
            let (label, _) = self.label_size(edge);
            let room = if label > 0.0 { label + 22.0 } else { 26.0 };
            out.push((edge, cell, room));
            grid.cells[cell].across += 2.0 * room;
        }
        out
    }

    /// The distance of two lines that run side by side between the same boxes.
    fn step(&self, a: &Arrow, b: &Arrow) -> f64 {
        let half = |a: &Arrow| {
            if a.label {
                self.label_size(a.edge).0 / 2.0
            } else {
                0.0
            }
        };
        let full = half(a) + half(b) + self.style.lane * 0.6;
        // On a phone words side by side may stand at different heights.
        (if self.style.soft && !self.sideways {
            full * 0.6
        } else {
            full
        })
        .max(18.0)
    }

    /// Boxes become as large as the lines that end at them need.
    fn widen(&self, grid: &mut Grid, arrows: &[Arrow]) {
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
                    let slanted = matches!(
                        self.shape(node),
                        Shape::Diamond | Shape::Circle | Shape::DoubleCircle
                    );
                    need = need.max(if slanted {
                        lines / part.max(0.1)
                    } else {
                        lines + 100.0 * (1.0 - part)
                    });
                }
            }
            // Lines that run side by side to one neighbour should all be straight.
            let mut beside: BTreeMap<usize, Vec<&Arrow>> = BTreeMap::new();
            for arrow in arrows.iter().filter(|a| a.upper == cell || a.lower == cell) {
                let other = if arrow.upper == cell {
                    arrow.lower
                } else {
                    arrow.upper
                };
                beside.entry(other).or_default().push(arrow);
            }
            for lines in beside.values().filter(|lines| lines.len() > 1) {
                let others = if arrows
                    .iter()
                    .any(|a| a.upper == cell && a.lower == lines[0].upper.max(lines[0].lower))
                {
                    down
                } else {
                    up
                };
                let others = others.saturating_sub(lines.len()) as f64 * ports::APART;
                let slanted = matches!(
                    self.shape(node),
                    Shape::Diamond | Shape::Circle | Shape::DoubleCircle
                );
                let span: f64 = lines
                    .windows(2)
                    .map(|pair| self.step(pair[0], pair[1]))
                    .sum::<f64>()
                    + others;
                need = need.max(if slanted { span / 0.56 } else { span + 28.0 });
            }
            let limit = if self.style.soft && !self.sideways {
                300.0
            } else {
                f64::INFINITY
            };
            let more = (need.min(limit).ceil() - grid.cells[cell].boxed).max(0.0);
            grid.cells[cell].boxed += more;
            grid.cells[cell].across += more;
        }
    }

    fn rank(&self, grid: &mut Grid, arrows: &[Arrow], n: usize, budget: f64) -> Vec<usize> {
        let inner = arrows.iter().filter(|a| a.upper < n && a.lower < n);
        let pull = |a: &Arrow| {
            let length = self.plan.edges[a.edge].length;
            Pull {
                upper: a.upper,
                lower: a.lower,
                length,
                silent: false,
            }
        };
        let mut pulls: Vec<Pull> = inner.map(pull).collect();
        let component = {
            // Everything that has a port hangs together: the ports are in one row.
            let mut joined = pulls.clone();
            let ends: Vec<usize> = arrows
                .iter()
                .filter(|a| a.upper >= n || a.lower >= n)
                .map(|a| a.upper.min(a.lower))
                .collect();
            for pair in ends.windows(2) {
                joined.push(Pull {
                    upper: pair[0],
                    lower: pair[1],
                    length: 1,
                    silent: false,
                });
            }
            rank::components(n, &joined)
        };
        for (cell, component) in grid.cells.iter_mut().zip(&component) {
            cell.component = *component;
        }
        let with_port = arrows
            .iter()
            .find(|a| a.upper >= n || a.lower >= n)
            .map(|a| component[a.upper.min(a.lower)]);
        for cell in grid.cells.iter_mut().skip(n) {
            cell.component = with_port.unwrap_or(0);
        }
        let across: Vec<f64> = grid.cells.iter().take(n).map(|cell| cell.across).collect();
        let parts = component.iter().copied().max().map_or(0, |last| last + 1);
        if self.stack && parts > 1 {
            for part in 1..parts {
                let above: Vec<usize> = (0..n).filter(|i| component[*i] + 1 == part).collect();
                for i in (0..n).filter(|i| component[*i] == part) {
                    pulls.extend(above.iter().map(|a| Pull {
                        upper: *a,
                        lower: i,
                        length: 1,
                        silent: true,
                    }));
                }
            }
        }
        let mut rank = match self.wrap {
            Some(share) => rank::wrapped(
                &across,
                &mut pulls,
                budget * share,
                self.style.node_gap,
                self.style.lane,
            ),
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
                let port = block
                    .ports
                    .iter()
                    .find(|(e, _, d)| *e == edge && *d == down)?;
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

    /// The distance that two neighbours of a row keep.
    fn gap(&self, grid: &Grid, arrows: &[Arrow], a: usize, b: usize) -> f64 {
        let _ = arrows;
        let (one, two) = (&grid.cells[a], &grid.cells[b]);
        let apart = if one.component == two.component {
            0.0
        } else {
            self.style.node_gap * 0.5
        };
        let lane = self.style.lane;
        let base = match (grid.is_box(a), grid.is_box(b)) {
            (true, true) => self.style.node_gap,
            (true, false) | (false, true) => lane,
            _ if one.kind == Kind::Label || two.kind == Kind::Label => {
                (lane * 0.6).max(18.0 - (one.across + two.across) / 2.0)
            }
            _ => lane,
        };
        base + apart
    }

    /// Rows get their places along the flow, lines their tracks, and all is put into one block.
    fn finish(
        &self,
        level: Option<usize>,
        grid: &Grid,
        arrows: &[Arrow],
        loops: &[(usize, usize, f64)],
        x: &[f64],
        inner: &[Option<Block>],
    ) -> Block {
        let left = (0..grid.cells.len())
            .map(|c| x[c] - grid.cells[c].across / 2.0)
            .fold(f64::INFINITY, f64::min);
        let left = if left.is_finite() { left } else { 0.0 };
        let x: Vec<f64> = x.iter().map(|x| x - left).collect();
        let mut block = Block::default();
        block.across = (0..grid.cells.len())
            .map(|c| x[c] + grid.cells[c].across / 2.0)
            .fold(0.0, f64::max);

        let runs: Vec<Vec<Run>> = grid
            .gaps
            .iter()
            .map(|gap| {
                gap.iter()
                    .map(|s| Run {
                        out: x[s.upper] + s.out,
                        into: x[s.lower] + s.into,
                    })
                    .collect()
            })
            .collect();
        let mut middle = vec![0.0; grid.rows.len()];
        let mut track_at: Vec<Vec<Option<f64>>> = Vec::new();
        let mut along = 0.0;
        for (r, row) in grid.rows.iter().enumerate() {
            let high = row.iter().map(|c| grid.cells[*c].along).fold(0.0, f64::max);
            middle[r] = along + high / 2.0;
            along += high;
            let Some(gap) = grid.gaps.get(r) else { break };
            let (track, count) = route::tracks(&runs[r]);
            let (before, after, least) = self.room(grid, arrows, gap, r, level);
            let tracks = if count == 0 {
                0.0
            } else {
                (count - 1) as f64 * TRACK
            };
            let need = if count == 0 {
                0.0
            } else {
                before + tracks + after
            };
            let height = least.max(need);
            let first = along + before + (height - need) / 2.0;
            track_at.push(
                track
                    .iter()
                    .map(|t| t.map(|t| first + t as f64 * TRACK))
                    .collect(),
            );
            along += height;
        }
        block.along = along;

        // Groups begin on one line; boxes of a row have theirs through their middles.
        let start: Vec<f64> = grid
            .rows
            .iter()
            .zip(&middle)
            .map(|(row, middle)| {
                middle - row.iter().map(|c| grid.cells[*c].along).fold(0.0, f64::max) / 2.0
            })
            .collect();
        let centre = |c: usize, r: usize| match grid.cells[c].kind {
            Kind::Group(_) => start[r] + grid.cells[c].along / 2.0,
            _ => middle[r],
        };
        let mut origin: Vec<Option<Spot>> = vec![None; grid.cells.len()];
        for (r, row) in grid.rows.iter().enumerate() {
            for &c in row {
                let cell = &grid.cells[c];
                match cell.kind {
                    Kind::Node(node) => block.nodes.push((node, (x[c], middle[r]), cell.boxed)),
                    Kind::Group(_) => {
                        if let Some(inside) = &inner[c] {
                            let at = (
                                x[c] - inside.across / 2.0,
                                centre(c, r) - inside.along / 2.0,
                            );
                            block.take(inside, at);
                            origin[c] = Some(at);
                        }
                    }
                    Kind::Label => {
                        let seg = grid.gaps[r - 1].iter().find(|s| s.lower == c);
                        if let Some(seg) = seg {
                            block
                                .labels
                                .push((arrows[seg.arrow].edge, (x[c], middle[r])));
                        }
                    }
                    _ => {}
                }
            }
        }
        for (a, arrow) in arrows.iter().enumerate() {
            let mut path = Vec::new();
            for (r, gap) in grid.gaps.iter().enumerate() {
                for (s, seg) in gap.iter().enumerate().filter(|(_, seg)| seg.arrow == a) {
                    let run = runs[r][s];
                    if seg.upper == arrow.upper {
                        path.push((
                            run.out,
                            centre(seg.upper, r) + self.border(grid, seg.upper, seg.out, true),
                        ));
                    }
                    if let Some(at) = track_at[r][s] {
                        path.push((run.out, at));
                        path.push((run.into, at));
                    }
                    if seg.lower == arrow.lower {
                        let at = if track_at[r][s].is_some() {
                            run.into
                        } else {
                            run.out
                        };
                        path.push((
                            at,
                            centre(seg.lower, r + 1)
                                - self.border(grid, seg.lower, seg.into, false),
                        ));
                    }
                }
            }
            // Where the line comes out of a group, or goes into one, the group holds its other part.
            let part = |c: usize| {
                let path = inner.get(c)?.as_ref()?.paths.get(&arrow.edge)?;
                let (across, along) = origin[c]?;
                Some(path.iter().map(move |(v, u)| (v + across, u + along)))
            };
            let before = part(arrow.upper).into_iter().flatten();
            let joined = before
                .chain(path)
                .chain(part(arrow.lower).into_iter().flatten())
                .collect();
            if grid.cells[arrow.upper].kind == Kind::Port {
                block.ports.push((arrow.edge, x[arrow.upper], false));
            }
            if grid.cells[arrow.lower].kind == Kind::Port {
                block.ports.push((arrow.edge, x[arrow.lower], true));
            }
            block.paths.insert(arrow.edge, joined);
        }
        self.draw_loops(grid, loops, &x, &middle, &mut block);
        match level {
            Some(group) => self.frame(group, block),
            None => block,
        }
    }

    /// From the middle of a cell to the outline of its box, at `t` from the middle.
    fn border(&self, grid: &Grid, c: usize, t: f64, down: bool) -> f64 {
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
    fn room(
        &self,
        grid: &Grid,
        arrows: &[Arrow],
        gap: &[Seg],
        r: usize,
        level: Option<usize>,
    ) -> Spot3 {
        let is =
            |row: usize, kind: Kind| grid.rows[row].iter().any(|c| grid.cells[*c].kind == kind);
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

    fn draw_loops(
        &self,
        grid: &Grid,
        loops: &[(usize, usize, f64)],
        x: &[f64],
        middle: &[f64],
        block: &mut Block,
    ) {
        let mut used: BTreeMap<usize, f64> = BTreeMap::new();
        for &(edge, c, room) in loops {
            let Some(r) = grid.rows.iter().position(|row| row.contains(&c)) else {
                continue;
            };
            let Kind::Node(node) = grid.cells[c].kind else {
                continue;
            };
            let (across, along) = (grid.cells[c].boxed, self.node_size(node).1);
            let right = x[c] + across / 2.0;
            let before = used.entry(c).or_insert(0.0);
            let out = right + *before + room / 2.0;
            let up = along * 0.22;
            let side = if self.sideways {
                Side::Bottom
            } else {
                Side::Right
            };
            let (w, h) = self.turned(across, along);
            let inset = size::inset(self.shape(node), w, h, side, up);
            let path = [
                (right - inset, -up),
                (out, -up),
                (out, up),
                (right - inset, up),
            ];
            block.paths.insert(
                edge,
                path.iter().map(|(v, u)| (*v, middle[r] + u)).collect(),
            );
            if self.labels[edge].is_some() {
                block.labels.push((edge, (out, middle[r])));
            }
            *before += room;
        }
    }

    /// Puts the frame of a group around its inside.
    fn frame(&self, group: usize, inside: Block) -> Block {
        let pad = self.style.group_pad;
        let title = &self.titles[group];
        let band = if title.h > 0.0 { title.h + 14.0 } else { 0.0 };
        let (has_top, has_bottom) = (
            inside.ports.iter().any(|p| !p.2),
            inside.ports.iter().any(|p| p.2),
        );
        let before = if has_top && !self.sideways { 0.0 } else { pad };
        let (mut head, mut side) = (if has_top { 0.0 } else { before }, pad);
        let foot = if has_bottom { 0.0 } else { pad };
        let mut band_across = 0.0;
        if self.sideways {
            band_across = band;
            side = pad;
        } else if !has_top {
            head = band + pad * 0.5;
        }
        let mut across = inside.across + 2.0 * side + band_across;
        let mut along = inside.along + head + foot;
        let mut push = 0.0;
        let title_at;
        if self.sideways {
            along = along.max(title.w + 2.0 * pad);
            title_at = (8.0 + title.h / 2.0, pad + title.w / 2.0);
        } else {
            across = across.max(title.w + 2.0 * pad);
            push = ((across - 2.0 * side - inside.across) / 2.0).max(0.0);
            let lines: Vec<f64> = inside
                .ports
                .iter()
                .filter(|p| !p.2)
                .map(|p| p.1 + side + push)
                .collect();
            let free = |at: f64| lines.iter().all(|x| (x - at).abs() > title.w / 2.0 + 8.0);
            let choices = [
                pad + title.w / 2.0,
                across - pad - title.w / 2.0,
                across / 2.0,
            ];
            let found = choices.into_iter().find(|at| free(*at));
            let at = found.unwrap_or_else(|| {
                // No room beside the lines: the frame grows on the left.
                let first = lines.iter().copied().fold(f64::INFINITY, f64::min);
                let more = (pad + title.w + 10.0 - first).max(0.0);
                push += more;
                across += more;
                pad + title.w / 2.0
            });
            title_at = (at, 8.0 + title.h / 2.0);
        }
        let mut block = Block {
            across,
            along,
            ..Block::default()
        };
        block
            .groups
            .push((group, (0.0, 0.0), (across, along), title_at));
        let at = (side + push + band_across, head);
        block.take(&inside, at);
        block.ports = inside
            .ports
            .iter()
            .map(|(e, v, d)| (*e, v + at.0, *d))
            .collect();
        block
    }
}

type Spot3 = (f64, f64, f64);

impl Block {
    /// Takes over everything that another block holds, moved by `at`.
    fn take(&mut self, other: &Block, at: Spot) {
        let moved = |spot: &Spot| (spot.0 + at.0, spot.1 + at.1);
        self.nodes.extend(
            other
                .nodes
                .iter()
                .map(|(i, spot, across)| (*i, moved(spot), *across)),
        );
        self.groups.extend(
            other
                .groups
                .iter()
                .map(|(i, start, size, title)| (*i, moved(start), *size, moved(title))),
        );
        self.labels
            .extend(other.labels.iter().map(|(i, spot)| (*i, moved(spot))));
        for (edge, path) in &other.paths {
            self.paths.insert(*edge, path.iter().map(moved).collect());
        }
    }
}

/// Cuts the ranks into rows: between two ranks there is a row for words where an arrow has any, and long
/// arrows get a lane in every row that they pass.
fn rows(
    grid: &mut Grid,
    arrows: &[Arrow],
    rank: &[usize],
    of: impl Fn(usize) -> (usize, Spot),
    sideways: bool,
) {
    let last = rank.iter().copied().max().unwrap_or(0);
    // Words stand in the odd rows; where an arrow has a choice it takes the row that grows least.
    let mut filled = vec![(0.0f64, 0.0f64); 2 * last + 2];
    let mut spot = vec![None; arrows.len()];
    let mut labelled: Vec<usize> = (0..arrows.len()).filter(|a| arrows[*a].label).collect();
    labelled.sort_by_key(|a| (rank[arrows[*a].lower] - rank[arrows[*a].upper], *a));
    for a in labelled {
        let (_, (across, along)) = of(arrows[a].edge);
        let (from, to) = (rank[arrows[a].upper], rank[arrows[a].lower]);
        let middle = (from + to) as f64;
        let cost = |row: usize| {
            let (sum, high) = filled[row];
            let grows = (along - high).max(0.0) + if high == 0.0 { 30.0 } else { 0.0 };
            let wide = if sideways { 0.0 } else { (sum + across) * 0.8 };
            grows + wide + (row as f64 - middle).abs() * 2.0
        };
        let row = (from..to)
            .map(|r| 2 * r + 1)
            .min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
        let Some(row) = row else { continue };
        filled[row] = (filled[row].0 + across, filled[row].1.max(along));
        spot[a] = Some(row);
    }
    let used: Vec<usize> = (0..=2 * last)
        .filter(|row| row % 2 == 0 || filled[*row].1 > 0.0)
        .collect();
    grid.rows = vec![Vec::new(); used.len()];
    grid.gaps = vec![Vec::new(); used.len().saturating_sub(1)];
    let index = |row: usize| used.binary_search(&row).unwrap_or(0);
    for (cell, rank) in rank.iter().enumerate() {
        grid.rows[index(2 * rank)].push(cell);
    }
    for (a, arrow) in arrows.iter().enumerate() {
        let (from, to) = (index(2 * rank[arrow.upper]), index(2 * rank[arrow.lower]));
        let component = grid.cells[arrow.upper].component;
        let same = |other: &&Arrow| other.upper == arrow.upper && other.lower == arrow.lower;
        let side_by_side = arrows.iter().filter(same).count() > 1;
        let mut upper = arrow.upper;
        for row in from + 1..=to {
            let lower = if row == to {
                arrow.lower
            } else {
                let words = spot[a] == Some(used[row]);
                let (source, size) = of(arrow.edge);
                let (across, along) = if words { size } else { (0.0, 0.0) };
                let kind = if words { Kind::Label } else { Kind::Lane };
                grid.cells.push(Cell {
                    kind,
                    across,
                    along,
                    component,
                    source,
                    boxed: across,
                });
                grid.rows[row].push(grid.cells.len() - 1);
                grid.cells.len() - 1
            };
            let seg = Seg {
                upper,
                lower,
                arrow: a,
                out: 0.0,
                into: 0.0,
                side_by_side,
                out_fixed: false,
                into_fixed: false,
            };
            grid.gaps[row - 1].push(seg);
            upper = lower;
        }
    }
}
