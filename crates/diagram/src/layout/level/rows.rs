//! Ranks become rows.

use super::{Arrow, Spot};
use crate::layout::grid::{Cell, Grid, Kind, Seg};

/// Cuts the ranks into rows: between two ranks there is a row for words where an arrow has any, and long
/// arrows get a lane in every row that they pass.
pub(super) fn rows(
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
        let row = (from..to).map(|r| 2 * r + 1).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
        let Some(row) = row else { continue };
        filled[row] = (filled[row].0 + across, filled[row].1.max(along));
        spot[a] = Some(row);
    }
    let used: Vec<usize> = (0..=2 * last).filter(|row| row % 2 == 0 || filled[*row].1 > 0.0).collect();
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
        for (row, &name) in used.iter().enumerate().take(to + 1).skip(from + 1) {
            let lower = if row == to {
                arrow.lower
            } else {
                let words = spot[a] == Some(name);
                let (source, size) = of(arrow.edge);
                let (across, along) = if words { size } else { (0.0, 0.0) };
                let kind = if words { Kind::Label } else { Kind::Lane };
                grid.cells.push(Cell { kind, across, along, component, source, boxed: across });
                grid.rows[row].push(grid.cells.len() - 1);
                grid.cells.len() - 1
            };
            let seg =
                Seg { upper, lower, arrow: a, out: 0.0, into: 0.0, side_by_side, out_fixed: false, into_fixed: false };
            grid.gaps[row - 1].push(seg);
            upper = lower;
        }
    }
}
