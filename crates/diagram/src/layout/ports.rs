//! Where on the side of a box each line ends.

use std::collections::BTreeMap;

use super::grid::{Grid, Kind, Seg};

/// Arrowheads on one side of a box stand this far apart.
pub(super) const APART: f64 = 14.0;
/// Lines that fan out begin this far apart, where there is room.
pub(super) const PITCH: f64 = 22.0;

/// A side of a box: the downstream one, or the upstream one.
type End = (usize, bool);

/// The segs that end at each side, in the order in which they can meet it without crossing.
fn sides(grid: &Grid) -> Vec<(End, Vec<(usize, usize)>)> {
    let place = grid.places();
    let mut out = Vec::new();
    for (g, gap) in grid.gaps.iter().enumerate() {
        for down in [true, false] {
            let row = &grid.rows[if down { g } else { g + 1 }];
            for &cell in row.iter().filter(|c| matches!(grid.cells[**c].kind, Kind::Node(_))) {
                let mut here: Vec<usize> =
                    (0..gap.len()).filter(|s| cell == if down { gap[*s].upper } else { gap[*s].lower }).collect();
                here.sort_by(|a, b| {
                    let far = |s: usize| {
                        let seg = &gap[s];
                        if down {
                            (place[seg.lower], seg.into, seg.into_fixed)
                        } else {
                            (place[seg.upper], seg.out, seg.out_fixed)
                        }
                    };
                    let (a1, b1) = (far(*a), far(*b));
                    let fixed = if a1.2 && b1.2 { a1.1.total_cmp(&b1.1) } else { std::cmp::Ordering::Equal };
                    a1.0.cmp(&b1.0).then(fixed).then(gap[*a].arrow.cmp(&gap[*b].arrow))
                });
                if !here.is_empty() {
                    out.push(((cell, down), here.into_iter().map(|s| (g, s)).collect()));
                }
            }
        }
    }
    out
}

/// Before anything is placed: lines spread evenly about the middle of each side.
/// `reach` is how far from the middle of a side lines may end.
/// `pitch` is how far apart two neighbouring arrows would like to be.
pub(super) fn spread(grid: &mut Grid, reach: impl Fn(usize, bool) -> f64, pitch: impl Fn(usize, usize) -> f64) {
    for ((cell, down), segs) in sides(grid) {
        let arrow = |(g, s): (usize, usize)| grid.gaps[g][s].arrow;
        let mut at = vec![0.0];
        for pair in segs.windows(2) {
            at.push(at[at.len() - 1] + pitch(arrow(pair[0]), arrow(pair[1])));
        }
        let span = at[at.len() - 1];
        let scale = if span > 0.0 { (2.0 * reach(cell, down) / span).min(1.0) } else { 0.0 };
        for ((g, s), at) in segs.into_iter().zip(at) {
            let seg = &mut grid.gaps[g][s];
            let at = (at - span / 2.0) * scale;
            if down { seg.out = at } else { seg.into = at }
        }
    }
}

/// After the cells are placed: every port moves to where its line is straight, if its side reaches that far.
/// `tip` says that a side has a point in its middle, where a single line should end.
/// Lanes may slide a little (`gap` is the distance that neighbours keep) so that more lines become straight.
pub(super) fn settle(
    grid: &mut Grid,
    x: &mut [f64],
    reach: impl Fn(usize, bool) -> f64,
    tip: impl Fn(usize) -> bool,
    gap: impl Fn(usize, usize) -> f64,
) {
    let (crowded, alone): (Vec<_>, Vec<_>) = sides(grid).into_iter().partition(|(_, segs)| segs.len() > 1);
    let free: Vec<End> = alone.iter().map(|(end, _)| *end).filter(|(cell, _)| !tip(*cell)).collect();
    straighten(grid, x, crowded, &reach, &tip);
    slide(grid, x, &gap, |cell, down, at| free.contains(&(cell, down)) && at.abs() <= reach(cell, down));
    straighten(grid, x, alone, &reach, &tip);
}

/// Moves lanes that miss a port by a little onto it. `follows` says that a side's only port can go along,
/// to `at` from the middle.
fn slide(grid: &Grid, x: &mut [f64], gap: impl Fn(usize, usize) -> f64, follows: impl Fn(usize, bool, f64) -> bool) {
    let place = grid.places();
    let mut chains: BTreeMap<usize, Vec<(usize, Seg)>> = BTreeMap::new();
    for (r, gap) in grid.gaps.iter().enumerate() {
        for seg in gap {
            chains.entry(seg.arrow).or_default().push((r, *seg));
        }
    }
    for chain in chains.values().filter(|chain| chain.len() > 1) {
        let (first, last) = (chain[0].1, chain[chain.len() - 1].1);
        let lanes: Vec<(usize, usize)> = chain[1..].iter().map(|(r, s)| (*r, s.upper)).collect();
        let here = x[lanes[0].1];
        if lanes.iter().any(|(_, lane)| (x[*lane] - here).abs() > 0.5) {
            continue;
        }
        let (out, into) = (x[first.upper] + first.out, x[last.lower] + last.into);
        let room = |at: f64| {
            lanes.iter().all(|&(r, lane)| {
                let i = place[lane];
                let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten();
                beside.filter_map(|k| grid.rows[r].get(k)).all(|&other| {
                    let halves = (grid.cells[lane].across + grid.cells[other].across) / 2.0;
                    let ahead = (x[other] - at) * if x[other] > here { 1.0 } else { -1.0 };
                    // Words may come a little nearer to words for the sake of a straight line.
                    let words = |c: usize| grid.cells[c].kind == Kind::Label;
                    let share = if words(lane) && words(other) { 0.4 } else { 1.0 };
                    ahead >= halves + gap(lane, other) * share - 0.01
                })
            })
        };
        let bent = |port: f64| (port - here).abs() > 0.35;
        let near = |port: f64| bent(port) && (port - here).abs() < 18.0;
        let below = |at: f64| bent(into) || follows(last.lower, false, at - x[last.lower]);
        let above = |at: f64| bent(out) || follows(first.upper, true, at - x[first.upper]);
        let goal = if near(out) && below(out) && room(out) {
            out
        } else if near(into) && above(into) && room(into) {
            into
        } else {
            continue;
        };
        for (_, lane) in lanes {
            x[lane] = goal;
        }
    }
}

/// Moves the ports of the given sides.
fn straighten(
    grid: &mut Grid,
    x: &[f64],
    mut sides: Vec<(End, Vec<(usize, usize)>)>,
    reach: impl Fn(usize, bool) -> f64,
    tip: impl Fn(usize) -> bool,
) {
    sides.sort_by_key(|((cell, _), segs)| (segs.len() > 1, tip(*cell)));
    sides.reverse();
    for ((cell, down), segs) in sides {
        let middle = x[cell];
        let half = reach(cell, down);
        if segs.len() == 1 && tip(cell) {
            continue;
        }
        let apart = if segs.len() > 1 { APART.min(2.0 * half / (segs.len() - 1) as f64) } else { 0.0 };
        let last = segs.len() - 1;
        let wishes: Vec<(f64, f64)> = segs
            .iter()
            .enumerate()
            .map(|(i, &(g, s))| {
                let seg = &grid.gaps[g][s];
                let (far, own) =
                    if down { (x[seg.lower] + seg.into, seg.out) } else { (x[seg.upper] + seg.out, seg.into) };
                // Straight, if the ports before and after still find room on the side.
                let (low, high) = (middle - half + i as f64 * apart, middle + half - (last - i) as f64 * apart);
                if low - 0.1 <= far && far <= high + 0.1 { (far, 50.0) } else { (x[cell] + own, 1.0) }
            })
            .collect();
        let found = isotonic(&wishes, apart, middle - half, middle + half);
        for ((g, s), at) in segs.into_iter().zip(found) {
            let seg = &mut grid.gaps[g][s];
            if down {
                seg.out = at - x[cell];
            } else {
                seg.into = at - x[cell];
            }
        }
    }
}

/// The nearest places to the wishes (place, weight) that ascend by at least `apart` within `low..high`.
fn isotonic(wishes: &[(f64, f64)], apart: f64, low: f64, high: f64) -> Vec<f64> {
    // Pools of neighbours that share one place (after `apart` is taken out): sum, weight, count.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (i, (wish, weight)) in wishes.iter().enumerate() {
        pools.push(((wish - i as f64 * apart) * weight, *weight, 1));
        while let [.., a, b] = pools[..] {
            if a.0 / a.1 <= b.0 / b.1 {
                break;
            }
            pools.truncate(pools.len() - 2);
            pools.push((a.0 + b.0, a.1 + b.1, a.2 + b.2));
        }
    }
    let top = high - apart * wishes.len().saturating_sub(1) as f64;
    let flat = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.0 / pool.1, pool.2));
    flat.enumerate().map(|(i, at)| at.max(low).min(top.max(low)) + i as f64 * apart).collect()
}
