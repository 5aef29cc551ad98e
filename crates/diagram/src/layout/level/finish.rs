//! A level whose cells have their places across the flow gets its places along it, its lines and its frame.

use std::collections::BTreeMap;

use super::{Arrow, Attempt, Block, Spot};
use crate::layout::grid::{Grid, Kind};
use crate::layout::route::{self, Run, TRACK};
use crate::layout::size::{self, Side};

impl Attempt<'_> {
    /// Rows get their places along the flow, lines their tracks, and all is put into one block.
    pub(super) fn finish(
        &self,
        level: Option<usize>,
        grid: &Grid,
        arrows: &[Arrow],
        loops: &[(usize, usize, f64)],
        x: &[f64],
        inner: &[Option<Block>],
    ) -> Block {
        let left = (0..grid.cells.len()).map(|c| x[c] - grid.cells[c].across / 2.0).fold(f64::INFINITY, f64::min);
        let left = if left.is_finite() { left } else { 0.0 };
        let x: Vec<f64> = x.iter().map(|x| x - left).collect();
        let across = (0..grid.cells.len()).map(|c| x[c] + grid.cells[c].across / 2.0).fold(0.0, f64::max);
        let mut block = Block { across, ..Block::default() };

        let runs: Vec<Vec<Run>> = grid
            .gaps
            .iter()
            .map(|gap| gap.iter().map(|s| Run { out: x[s.upper] + s.out, into: x[s.lower] + s.into }).collect())
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
            let tracks = if count == 0 { 0.0 } else { (count - 1) as f64 * TRACK };
            let need = if count == 0 { 0.0 } else { before + tracks + after };
            let height = least.max(need);
            let first = along + before + (height - need) / 2.0;
            track_at.push(track.iter().map(|t| t.map(|t| first + t as f64 * TRACK)).collect());
            along += height;
        }
        block.along = along;

        // Groups begin on one line; boxes of a row have theirs through their middles.
        let start: Vec<f64> = grid
            .rows
            .iter()
            .zip(&middle)
            .map(|(row, middle)| middle - row.iter().map(|c| grid.cells[*c].along).fold(0.0, f64::max) / 2.0)
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
                            let at = (x[c] - inside.across / 2.0, centre(c, r) - inside.along / 2.0);
                            block.take(inside, at);
                            origin[c] = Some(at);
                        }
                    }
                    Kind::Label => {
                        let seg = grid.gaps[r - 1].iter().find(|s| s.lower == c);
                        if let Some(seg) = seg {
                            block.labels.push((arrows[seg.arrow].edge, (x[c], middle[r])));
                        }
                    }
                    _ => {}
                }
            }
        }
        for (a, arrow) in arrows.iter().enumerate() {
            let mut path = Vec::new();
            // Where the line is now; a run that is nearly straight does not move it.
            let mut here = 0.0;
            for (r, gap) in grid.gaps.iter().enumerate() {
                for (s, seg) in gap.iter().enumerate().filter(|(_, seg)| seg.arrow == a) {
                    let run = runs[r][s];
                    if seg.upper == arrow.upper {
                        here = run.out;
                        let border = self.border(grid, seg.upper, seg.out, true);
                        path.push((here, centre(seg.upper, r) + border));
                    }
                    if let Some(at) = track_at[r][s] {
                        path.push((here, at));
                        here = run.into;
                        if let Some((aside, until)) = dodge(&runs[r], &track_at[r], s) {
                            path.push((here + aside, at));
                            path.push((here + aside, until));
                            path.push((here, until));
                        } else {
                            path.push((here, at));
                        }
                    }
                    if seg.lower == arrow.lower {
                        let border = self.border(grid, seg.lower, seg.into, false);
                        path.push((here, centre(seg.lower, r + 1) - border));
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
            let joined = before.chain(path).chain(part(arrow.lower).into_iter().flatten()).collect();
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
            Some(group) => self.frame(group, &block),
            None => block,
        }
    }

    fn draw_loops(&self, grid: &Grid, loops: &[(usize, usize, f64)], x: &[f64], middle: &[f64], block: &mut Block) {
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
            // Each loop goes around the one before.
            let before_it = loops.iter().take_while(|(e, _, _)| *e != edge);
            let count = before_it.filter(|(_, d, _)| *d == c).count();
            let up = (6.0 + 12.0 * count as f64).min(along / 2.0 - 2.0);
            let side = if self.sideways { Side::Bottom } else { Side::Right };
            let (w, h) = self.turned(across, along);
            let inset = size::inset(self.shape(node), w, h, side, up);
            let path = [(right - inset, -up), (out, -up), (out, up), (right - inset, up)];
            block.paths.insert(edge, path.iter().map(|(v, u)| (*v, middle[r] + u)).collect());
            if self.labels[edge].is_some() {
                block.labels.push((edge, (out, middle[r])));
            }
            *before += room;
        }
    }

    /// Puts the frame of a group around its inside.
    pub(super) fn frame(&self, group: usize, inside: &Block) -> Block {
        let pad = self.style.group_pad;
        let title = &self.titles[group];
        let band = if title.h > 0.0 { title.h + 14.0 } else { 0.0 };
        let (has_top, has_bottom) = (inside.ports.iter().any(|p| !p.2), inside.ports.iter().any(|p| p.2));
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
            let lines: Vec<f64> = inside.ports.iter().filter(|p| !p.2).map(|p| p.1 + side + push).collect();
            let free = |at: f64| lines.iter().all(|x| (x - at).abs() > title.w / 2.0 + 8.0);
            let choices = [pad + title.w / 2.0, across - pad - title.w / 2.0, across / 2.0];
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
        let mut block = Block { across, along, ..Block::default() };
        block.groups.push((group, (0.0, 0.0), (across, along), title_at));
        let at = (side + push + band_across, head);
        block.take(inside, at);
        block.ports = inside.ports.iter().map(|(e, v, d)| (*e, v + at.0, *d)).collect();
        block
    }
}

impl Block {
    /// Takes over everything that another block holds, moved by `at`.
    fn take(&mut self, other: &Block, at: Spot) {
        let moved = |spot: &Spot| (spot.0 + at.0, spot.1 + at.1);
        self.nodes.extend(other.nodes.iter().map(|(i, spot, across)| (*i, moved(spot), *across)));
        self.groups.extend(other.groups.iter().map(|(i, start, size, title)| (*i, moved(start), *size, moved(title))));
        self.labels.extend(other.labels.iter().map(|(i, spot)| (*i, moved(spot))));
        for (edge, path) in &other.paths {
            self.paths.insert(*edge, path.iter().map(moved).collect());
        }
    }
}

/// Two lines that change columns would lie on each other between their tracks: the upper one goes down
/// beside the other's column until the other has left it. Returns how far aside, and until where.
fn dodge(runs: &[Run], tracks: &[Option<f64>], s: usize) -> Option<Spot> {
    let at = tracks[s]?;
    let others = runs.iter().zip(tracks).filter_map(|(run, track)| Some((run, (*track)?)));
    let mut shared = others.filter(|(other, track)| *track > at && (other.out - runs[s].into).abs() < 4.0);
    let (other, track) = shared.next()?;
    let aside = if other.into < other.out { 7.0 } else { -7.0 };
    Some((aside, track + 7.0))
}
