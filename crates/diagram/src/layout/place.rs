//! Where every cell stands across the flow: lines as straight as they can be, parents over the middle of
//! their children. Cells that one straight line can join form a block; the blocks are placed by least
//! squares under the distances that must be kept (Hildreth's method).

use super::grid::{Grid, Seg};

/// The middles of all cells. `gap` is the distance that two neighbours of a row keep between their edges.
/// With an `axis`, boxes gather about one upright line: with a strong one (above 1) however long arrows
/// pass them, for narrow pages; with a weak one only where nothing else holds them.
pub(super) fn place(grid: &Grid, gap: impl Fn(usize, usize) -> f64, axis: f64, effort: usize) -> Vec<f64> {
    let mut blocks = blocks(grid, axis > 1.0);
    let mut bounds = Vec::new();
    let mut pulls = Vec::new();
    for row in &grid.rows {
        for pair in row.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let keep = (grid.cells[a].across + grid.cells[b].across) / 2.0 + gap(a, b);
            let least = keep + blocks.offset[a] - blocks.offset[b];
            bounds.push(Bound { left: blocks.of[a], right: blocks.of[b], least });
            if grid.cells[a].component != grid.cells[b].component {
                pulls.push((blocks.of[a], blocks.of[b], least, 0.02));
            }
        }
    }
    for (gap, seg) in grid.gaps.iter().flat_map(|gap| gap.iter().map(move |seg| (gap, seg))) {
        let (a, b) = (blocks.of[seg.upper], blocks.of[seg.lower]);
        if a != b {
            let ahead = blocks.offset[seg.upper] + seg.out - blocks.offset[seg.lower] - seg.into;
            pulls.push((a, b, ahead, weight(grid, gap, seg)));
        }
    }
    if axis > 0.0 {
        let line = blocks.count;
        blocks.count += 1;
        for row in &grid.rows {
            let boxes: Vec<usize> = row.iter().copied().filter(|c| grid.is_box(*c)).collect();
            // The row as a whole stands on the line.
            let share = axis / boxes.len().max(1) as f64;
            let span: f64 = boxes
                .windows(2)
                .map(|p| gap(p[0], p[1]) + (grid.cells[p[0]].across + grid.cells[p[1]].across) / 2.0)
                .sum();
            let mut at = -span / 2.0;
            for (i, &c) in boxes.iter().enumerate() {
                if i > 0 {
                    let before = boxes[i - 1];
                    at += gap(before, c) + (grid.cells[before].across + grid.cells[c].across) / 2.0;
                }
                pulls.push((line, blocks.of[c], at - blocks.offset[c], share));
            }
        }
    }
    let x = solve(blocks.count, &bounds, &pulls, effort);
    (0..grid.cells.len()).map(|c| x[blocks.of[c]] + blocks.offset[c]).collect()
}

/// How strongly a line pulls. A line among many at a box pulls less, so that a box stands over the middle
/// of what hangs on it and not of what it hangs on; lines side by side between two boxes pull as one.
fn weight(grid: &Grid, gap: &[Seg], seg: &Seg) -> f64 {
    let base = match (grid.is_box(seg.upper), grid.is_box(seg.lower)) {
        (true, true) => 2.0,
        (false, false) => 8.0,
        _ => 3.0,
    };
    let out = gap.iter().filter(|s| s.upper == seg.upper).count().max(1) as f64;
    let into = gap.iter().filter(|s| s.lower == seg.lower).count().max(1) as f64;
    let most = out.max(into);
    base / if seg.side_by_side { 1.0 } else { most * most }
}

struct Blocks {
    count: usize,
    of: Vec<usize>,
    /// The middle of a cell, from its block's origin.
    offset: Vec<f64>,
}

/// Joins cells that a straight line may join: the only arrow of both, or the middle one.
fn blocks(grid: &Grid, axis: bool) -> Blocks {
    let n = grid.cells.len();
    let mut root: Vec<usize> = (0..n).collect();
    let mut offset = vec![0.0; n];
    let place = grid.places();
    for gap in &grid.gaps {
        let mut wanted: Vec<(usize, &Seg)> = Vec::new();
        for seg in gap {
            let mut down: Vec<&Seg> = gap.iter().filter(|s| s.upper == seg.upper).collect();
            let mut up: Vec<&Seg> = gap.iter().filter(|s| s.lower == seg.lower).collect();
            down.sort_by(|a, b| a.out.total_cmp(&b.out));
            up.sort_by(|a, b| a.into.total_cmp(&b.into));
            let thin = |c: usize| !grid.is_box(c);
            let class = match (thin(seg.upper), thin(seg.lower)) {
                (true, true) => 0,
                // Lines bend at boxes, rather than draw these away from the axis.
                (true, false) | (false, true) if axis => continue,
                (true, false) if middle(&up, seg) => 1,
                (false, true) if middle(&down, seg) => 1,
                (false, false) if middle(&up, seg) && middle(&down, seg) => 2,
                _ => continue,
            };
            wanted.push((class, seg));
        }
        wanted.sort_by_key(|(class, seg)| (*class, seg.arrow));
        let mut kept: Vec<&Seg> = Vec::new();
        for (_, seg) in wanted {
            let free = kept.iter().all(|k| {
                let above = place[k.upper].cmp(&place[seg.upper]);
                above.is_ne() && above == place[k.lower].cmp(&place[seg.lower])
            });
            if free {
                kept.push(seg);
                // The lower cell is not yet joined to anything: rows are taken from the top.
                root[seg.lower] = root[seg.upper];
                offset[seg.lower] = offset[seg.upper] + seg.out - seg.into;
            }
        }
    }
    let mut names = vec![usize::MAX; n];
    let mut count = 0;
    let of = (0..n)
        .map(|c| {
            if names[root[c]] == usize::MAX {
                names[root[c]] = count;
                count += 1;
            }
            names[root[c]]
        })
        .collect();
    Blocks { count, of, offset }
}

/// Is this the middle one of the lines at one side of a box?
fn middle(side: &[&Seg], seg: &Seg) -> bool {
    side.len() % 2 == 1 && side[side.len() / 2].arrow == seg.arrow
}

/// `right` stands at least `least` to the right of `left`.
struct Bound {
    left: usize,
    right: usize,
    least: f64,
}

/// Minimises the sum of `weight · (x[b] − x[a] − ahead)²` under the bounds.
fn solve(n: usize, bounds: &[Bound], pulls: &[(usize, usize, f64, f64)], effort: usize) -> Vec<f64> {
    let mut x = vec![0.0; n];
    settle(&mut x, bounds);
    let mut mass = vec![0.001; n];
    for (a, b, _, weight) in pulls {
        mass[*a] += weight;
        mass[*b] += weight;
    }
    let mut force = vec![0.0; bounds.len()];
    for _ in 0..effort {
        let mut goal: Vec<f64> = x.iter().zip(&mass).map(|(x, _)| x * 0.001).collect();
        for &(a, b, ahead, weight) in pulls {
            goal[a] += weight * (x[b] - ahead);
            goal[b] += weight * (x[a] + ahead);
        }
        for i in 0..n {
            goal[i] = goal[i] / mass[i] * 0.6 + x[i] * 0.4;
        }
        // Least movement from the goal that keeps the bounds.
        for (bound, f) in bounds.iter().zip(&force) {
            goal[bound.left] -= f / mass[bound.left];
            goal[bound.right] += f / mass[bound.right];
        }
        for _ in 0..30 {
            let mut moved: f64 = 0.0;
            for (bound, f) in bounds.iter().zip(force.iter_mut()) {
                let (l, r) = (bound.left, bound.right);
                let lack = bound.least - (goal[r] - goal[l]);
                let more = (*f + lack / (1.0 / mass[l] + 1.0 / mass[r])).max(0.0) - *f;
                *f += more;
                goal[l] -= more / mass[l];
                goal[r] += more / mass[r];
                moved = moved.max(more.abs() / mass[l].min(mass[r]));
            }
            if moved < 0.01 {
                break;
            }
        }
        x = goal;
    }
    settle(&mut x, bounds);
    x
}

/// Makes every bound hold, moving cells to the right.
fn settle(x: &mut [f64], bounds: &[Bound]) {
    for _ in 0..=x.len() {
        let mut changed = false;
        for bound in bounds {
            let least = x[bound.left] + bound.least;
            if x[bound.right] < least - 1e-7 {
                x[bound.right] = least;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
