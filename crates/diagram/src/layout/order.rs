//! The order of the cells in each row: as few crossings as can be found, then as near to the source text.

use super::grid::{Grid, Seg};

/// Orders the rows. `effort` is the number of sweeps.
pub(super) fn order(grid: &mut Grid, effort: usize) {
    let mut best: Option<(usize, usize, Vec<Vec<usize>>)> = None;
    for start in [Start::Walk, Start::Source] {
        initial(grid, start);
        keep(grid, &mut best);
        for sweep in 0..effort {
            pass(grid, sweep % 2 == 0);
            if sweep % 4 >= 2 {
                exchange(grid);
            }
            keep(grid, &mut best);
        }
        if effort > 4 {
            if let Some((_, _, rows)) = &best {
                grid.rows.clone_from(rows);
            }
            exchange(grid);
            keep(grid, &mut best);
        }
    }
    if let Some((_, _, rows)) = best {
        grid.rows = rows;
    }
}

#[derive(Clone, Copy)]
enum Start {
    Walk,
    Source,
}

fn keep(grid: &Grid, best: &mut Option<(usize, usize, Vec<Vec<usize>>)>) {
    let (crossings, disorder) = (total(grid), disorder(grid));
    if best.as_ref().is_none_or(|b| (crossings, disorder) < (b.0, b.1)) {
        *best = Some((crossings, disorder, grid.rows.clone()));
    }
}

/// First order: depth first along the arrows, or simply as written.
fn initial(grid: &mut Grid, start: Start) {
    let key = |grid: &Grid, c: usize| (grid.cells[c].component, grid.cells[c].source, c);
    let mut rank = vec![usize::MAX; grid.cells.len()];
    let mut below = vec![Vec::new(); grid.cells.len()];
    for seg in grid.gaps.iter().flatten() {
        below[seg.upper].push((seg.arrow, seg.lower));
    }
    let mut next = 0;
    if matches!(start, Start::Walk) {
        for row in grid.rows.clone() {
            let mut row = row;
            row.sort_by_key(|c| key(grid, *c));
            for cell in row {
                let mut stack = vec![cell];
                while let Some(at) = stack.pop() {
                    if rank[at] != usize::MAX {
                        continue;
                    }
                    rank[at] = next;
                    next += 1;
                    below[at].sort_unstable();
                    stack.extend(below[at].iter().rev().map(|(_, c)| *c));
                }
            }
        }
    }
    let mut rows = std::mem::take(&mut grid.rows);
    for row in &mut rows {
        row.sort_by_key(|c| (grid.cells[*c].component, rank[*c], grid.cells[*c].source, *c));
    }
    grid.rows = rows;
}

/// Sorts every row by the mean place of its neighbours above (or below).
fn pass(grid: &mut Grid, down: bool) {
    let count = grid.rows.len();
    for k in 1..count {
        let r = if down { k } else { count - 1 - k };
        let gap = if down { r - 1 } else { r };
        let place = grid.places();
        let mut sum = vec![(0.0, 0usize); grid.cells.len()];
        for seg in &grid.gaps[gap] {
            let (from, to, port) =
                if down { (seg.upper, seg.lower, seg.out) } else { (seg.lower, seg.upper, seg.into) };
            let width = grid.cells[from].across.max(1.0);
            sum[to].0 += place[from] as f64 + port / width * 0.9 + seg.arrow as f64 * 1e-6;
            sum[to].1 += 1;
        }
        let mean = |c: usize| {
            if sum[c].1 == 0 { place[c] as f64 } else { sum[c].0 / sum[c].1 as f64 }
        };
        let mut row = grid.rows[r].clone();
        row.sort_by(|a, b| {
            let component = grid.cells[*a].component.cmp(&grid.cells[*b].component);
            component.then(mean(*a).total_cmp(&mean(*b))).then(place[*a].cmp(&place[*b]))
        });
        grid.rows[r] = row;
    }
}

/// Exchanges neighbours for as long as that takes crossings away, or nears the source text at no cost.
fn exchange(grid: &mut Grid) {
    for _ in 0..12 {
        let mut changed = false;
        for r in 0..grid.rows.len() {
            for i in 1..grid.rows[r].len() {
                let (a, b) = (grid.rows[r][i - 1], grid.rows[r][i]);
                if grid.cells[a].component != grid.cells[b].component {
                    continue;
                }
                let before = (near(grid, r), late(grid, a, b));
                grid.rows[r].swap(i - 1, i);
                let after = (near(grid, r), late(grid, b, a));
                if after < before {
                    changed = true;
                } else {
                    grid.rows[r].swap(i - 1, i);
                }
            }
        }
        if !changed {
            break;
        }
    }
}

fn late(grid: &Grid, a: usize, b: usize) -> usize {
    usize::from(grid.cells[a].source > grid.cells[b].source)
}

fn near(grid: &Grid, r: usize) -> usize {
    let place = grid.places();
    let above = if r > 0 { crossings(&grid.gaps[r - 1], &place) } else { 0 };
    above + grid.gaps.get(r).map_or(0, |gap| crossings(gap, &place))
}

fn total(grid: &Grid) -> usize {
    let place = grid.places();
    grid.gaps.iter().map(|gap| crossings(gap, &place)).sum()
}

fn crossings(gap: &[Seg], place: &[usize]) -> usize {
    let mut sum = 0;
    let key = |seg: &Seg| {
        let out = if seg.out_fixed { seg.out } else { 0.0 };
        let into = if seg.into_fixed { seg.into } else { 0.0 };
        ((place[seg.upper], out), (place[seg.lower], into))
    };
    for (i, a) in gap.iter().enumerate() {
        let (au, al) = key(a);
        for b in &gap[i + 1..] {
            let (bu, bl) = key(b);
            if (au < bu && al > bl) || (au > bu && al < bl) {
                sum += 1;
            }
        }
    }
    sum
}

/// How many pairs stand the other way round than they are written.
fn disorder(grid: &Grid) -> usize {
    let mut sum = 0;
    for row in &grid.rows {
        for (i, a) in row.iter().enumerate() {
            sum += row[i + 1..].iter().filter(|b| late(grid, *a, **b) > 0).count();
        }
    }
    sum
}
