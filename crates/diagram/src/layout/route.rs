//! Lines that do not run straight shift sideways between two rows, each on a track of its own.

/// A line between two rows: where it leaves the upper and where it enters the lower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub out: f64,
    pub into: f64,
}

/// Distance of two tracks.
pub(super) const TRACK: f64 = 12.0;

/// Lines nearer than this count as one.
const CLEAR: f64 = 5.0;

impl Run {
    pub fn straight(&self) -> bool {
        (self.out - self.into).abs() < 0.35
    }

    fn left(&self) -> f64 {
        self.out.min(self.into)
    }

    fn right(&self) -> f64 {
        self.out.max(self.into)
    }

    fn covers(&self, x: f64) -> bool {
        self.left() - CLEAR < x && x < self.right() + CLEAR
    }

    fn meets(&self, other: &Run) -> bool {
        self.left() - CLEAR < other.right() && other.left() - CLEAR < self.right()
    }
}

/// The track of every run (None where it is straight) and the number of tracks.
pub(super) fn tracks(runs: &[Run]) -> (Vec<Option<usize>>, usize) {
    let mut order: Vec<usize> = (0..runs.len()).filter(|i| !runs[*i].straight()).collect();
    // Near to the best at the start: lines to the left outermost first, lines to the right outermost first.
    order.sort_by(|a, b| runs[*a].out.total_cmp(&runs[*b].out).then(a.cmp(b)));
    improve(&mut order, runs);
    let mut track = vec![None; runs.len()];
    let mut count = 0;
    for (k, &i) in order.iter().enumerate() {
        let above = order[..k].iter().filter(|j| runs[**j].meets(&runs[i])).filter_map(|j| track[*j]).max();
        let mine = above.map_or(0, |t: usize| t + 1);
        track[i] = Some(mine);
        count = count.max(mine + 1);
    }
    // What may lie lower without passing anyone does: the figure becomes even.
    (track, count)
}

/// What it costs that `a` runs above `b`.
fn cost(a: &Run, b: &Run) -> u32 {
    if !a.meets(b) {
        return 0;
    }
    // The lower end of `a` passes the track of `b`; the upper end of `b` passes the track of `a`.
    let mut sum = 0;
    for (x, run, own) in [(a.into, b, [b.out, b.into]), (b.out, a, [a.out, a.into])] {
        if run.covers(x) {
            let touches = own.iter().any(|end| (end - x).abs() < CLEAR);
            sum += if touches { 40 } else { 10 };
        }
    }
    // Both share a column: one line would lie on the other.
    if (a.into - b.out).abs() < CLEAR {
        sum += 1000;
    }
    sum
}

/// Moves runs up and down in the order for as long as that makes it cheaper.
fn improve(order: &mut Vec<usize>, runs: &[Run]) {
    let n = order.len();
    if n > 60 {
        return;
    }
    let pair: Vec<Vec<u32>> = runs.iter().map(|a| runs.iter().map(|b| cost(a, b)).collect()).collect();
    for _ in 0..n + 2 {
        let mut changed = false;
        for from in 0..n {
            let moved = order[from];
            // The gain of putting it elsewhere, step by step upwards and downwards.
            let (mut best, mut target) = (0i64, from);
            let mut sum = 0i64;
            for to in (0..from).rev() {
                let other = order[to];
                sum += i64::from(pair[moved][other]) - i64::from(pair[other][moved]);
                if sum < best {
                    (best, target) = (sum, to);
                }
            }
            sum = 0;
            for (to, &other) in order.iter().enumerate().skip(from + 1) {
                sum += i64::from(pair[other][moved]) - i64::from(pair[moved][other]);
                if sum < best {
                    (best, target) = (sum, to);
                }
            }
            if target != from {
                let run = order.remove(from);
                order.insert(target, run);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}
