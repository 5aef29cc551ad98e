//! Which rank every member of a level stands on.

use std::collections::BTreeSet;

/// An arrow from an upper to a lower member, and the ranks between them at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pull {
    pub upper: usize,
    pub lower: usize,
    pub length: usize,
    /// Keeps order only: drawn as no line.
    pub silent: bool,
}

/// The smallest ranks that respect every arrow; a member that only sends moves down to its nearest receiver.
pub(super) fn ranks(n: usize, pulls: &[Pull]) -> Vec<usize> {
    let mut rank = vec![0; n];
    // Longest path. The arrows are acyclic; the bound on the rounds is for whoever breaks that promise.
    for _ in 0..=n {
        let mut changed = false;
        for pull in pulls {
            let least = rank[pull.upper] + pull.length;
            if rank[pull.lower] < least {
                rank[pull.lower] = least;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for _ in 0..n {
        let mut changed = false;
        for i in 0..n {
            let receives = pulls.iter().any(|p| p.lower == i);
            let least = pulls.iter().filter(|p| p.upper == i).map(|p| rank[p.lower].saturating_sub(p.length)).min();
            let Some(least) = least.filter(|_| !receives) else {
                continue;
            };
            if least > rank[i] {
                rank[i] = least;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    compact(&mut rank);
    rank
}

/// Takes out ranks on which nobody stands.
fn compact(rank: &mut [usize]) {
    let used: BTreeSet<usize> = rank.iter().copied().collect();
    let used: Vec<usize> = used.into_iter().collect();
    for r in rank.iter_mut() {
        *r = used.binary_search(r).unwrap_or(0);
    }
}

/// Which members hang together, numbered in source order.
pub(super) fn components(n: usize, pulls: &[Pull]) -> Vec<usize> {
    let mut of: Vec<usize> = (0..n).collect();
    loop {
        let mut changed = false;
        for pull in pulls.iter().filter(|p| !p.silent) {
            let least = of[pull.upper].min(of[pull.lower]);
            changed |= of[pull.upper] != least || of[pull.lower] != least;
            of[pull.upper] = least;
            of[pull.lower] = least;
        }
        if !changed {
            break;
        }
    }
    compact(&mut of);
    of
}

/// Ranks for a narrow page: where a rank is wider than `budget` its later members go below whatever hangs
/// on the earlier ones alone.
pub(super) fn wrapped(widths: &[f64], pulls: &mut Vec<Pull>, budget: f64, gap: f64, lane: f64) -> Vec<usize> {
    let n = widths.len();
    let mut rank = ranks(n, pulls);
    for _ in 0..8 {
        let Some(found) = too_wide(widths, pulls, &rank, budget, gap, lane) else {
            break;
        };
        let here: Vec<usize> = (0..n).filter(|i| rank[*i] == found).collect();
        let hanging: Vec<BTreeSet<usize>> = here.iter().map(|i| hanging(*i, pulls, &rank)).collect();
        let room = budget - lane * lanes(pulls, &rank, found) as f64;
        let chunks = chunks(&here, &hanging, widths, &rank, room, gap, lane);
        if chunks.len() < 2 {
            break;
        }
        for pair in chunks.windows(2) {
            for &above in &pair[0] {
                for &below in &pair[1] {
                    let silent = |upper| Pull { upper, lower: here[below], length: 1, silent: true };
                    pulls.push(silent(here[above]));
                    pulls.extend(hanging[above].iter().map(|i| silent(*i)));
                }
            }
        }
        rank = ranks(n, pulls);
    }
    rank
}

fn lanes(pulls: &[Pull], rank: &[usize], at: usize) -> usize {
    pulls.iter().filter(|p| !p.silent && rank[p.upper] < at && rank[p.lower] > at).count()
}

fn too_wide(widths: &[f64], pulls: &[Pull], rank: &[usize], budget: f64, gap: f64, lane: f64) -> Option<usize> {
    let last = rank.iter().copied().max()?;
    (0..=last).find(|r| {
        let here: Vec<f64> = widths.iter().zip(rank).filter(|(_, k)| *k == r).map(|(w, _)| *w).collect();
        let sum: f64 = here.iter().sum::<f64>() + gap * here.len().saturating_sub(1) as f64;
        here.len() > 1 && sum + lane * lanes(pulls, rank, *r) as f64 > budget
    })
}

/// Everything below `i` that only `i` leads to.
fn hanging(i: usize, pulls: &[Pull], rank: &[usize]) -> BTreeSet<usize> {
    let mut set = BTreeSet::from([i]);
    loop {
        let more = (0..rank.len()).find(|j| {
            let mut above = pulls.iter().filter(|p| p.lower == *j).peekable();
            !set.contains(j) && above.peek().is_some() && above.all(|p| set.contains(&p.upper))
        });
        let Some(more) = more else { break };
        set.insert(more);
    }
    set.remove(&i);
    set
}

/// Divides the members of a rank, in order, into rows of about the same number that fit.
fn chunks(
    here: &[usize],
    hanging: &[BTreeSet<usize>],
    widths: &[f64],
    rank: &[usize],
    room: f64,
    gap: f64,
    lane: f64,
) -> Vec<Vec<usize>> {
    // What hangs on a member is as wide as its widest rank.
    let wide = |k: usize| {
        let last = rank.iter().copied().max().unwrap_or(0);
        let rows = (0..=last).map(|r| {
            let row = hanging[k].iter().filter(|i| rank[**i] == r);
            row.map(|i| widths[*i] + gap).sum::<f64>() - gap
        });
        rows.fold(widths[here[k]], f64::max).min(room)
    };
    let divide = |most: usize| {
        let mut out: Vec<Vec<usize>> = vec![Vec::new()];
        let mut sum = 0.0;
        for k in 0..here.len() {
            let later = here.len() - k - 1;
            let row = out.last_mut().expect("never empty");
            let more = if row.is_empty() { wide(k) } else { sum + gap + wide(k) };
            if !row.is_empty() && (more + lane * later as f64 > room || row.len() >= most) {
                out.push(vec![k]);
                sum = wide(k);
            } else {
                row.push(k);
                sum = more;
            }
        }
        out
    };
    let rows = divide(usize::MAX).len().max(2);
    divide(here.len().div_ceil(rows))
}
