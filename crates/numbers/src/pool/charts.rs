//! The charts of figure 14: how long those waited who were served, the line, the connections, how it ended, and how often
//! which wait came.

use super::tables::{refused, stretch, windows};
use crate::chart::{Chart, Line, Unit};
use load::both::Both;
use load::end::End;
use load::run::PoolRun;
use load::series::Window;

/// The charts over time, in order. All have the same stretches, and one cursor reads all of them.
pub fn over_time(both: &Both, cursor: Option<usize>) -> [Chart; 4] {
    let width = stretch(both);
    let (pool, flood) = (windows(&both.pool, width), windows(&both.flood, width));
    let count = pool.len().max(flood.len()) as u64;
    let bounds: Vec<u64> = (0..=count).map(|place| place.saturating_mul(width.0)).collect();
    let first = both.flood.counts().first_refused.map(|at| (at.0, "first refused".to_owned()));
    let line = |name, class, of: &[Window], read: &dyn Fn(&Window) -> Option<u64>| Line {
        name,
        class,
        values: of.iter().map(read).collect(),
    };
    let chart = |name, title, unit, lines| Chart {
        name,
        title,
        unit,
        magnitudes: unit == Unit::Time,
        bounds: bounds.clone(),
        across: Unit::Time,
        across_magnitudes: false,
        lines,
        level: None,
        mark: first.clone(),
        cursor,
    };
    let share = |share: u32| move |window: &Window| window.latency.percentile(share).map(|time| time.0);
    let database = &both.pool.setup().database;
    let limit = u64::from(database.connections);
    let failed = |window: &Window| Some(window.ends.iter().sum::<u64>() - window.ends[End::Served as usize]);
    let connections = Chart {
        level: Some((limit, format!("max_connections = {limit}"))),
        ..chart(
            "connections",
            "Connections at the database, at most",
            Unit::Count,
            vec![
                line("pool", "pool", &pool, &|window| Some(u64::from(window.most_connections))),
                line("a connection each", "flood", &flood, &|window| Some(u64::from(window.most_connections))),
            ],
        )
    };
    [
        chart(
            "latency",
            "How long those waited who were served",
            Unit::Time,
            vec![
                line("pool, half", "pool", &pool, &share(50_000)),
                line("pool, 99 %", "pool most", &pool, &share(99_000)),
                line("a connection each, half", "flood", &flood, &share(50_000)),
                line("a connection each, 99 %", "flood most", &flood, &share(99_000)),
            ],
        ),
        chart(
            "queue",
            "Requests in the pool’s line, at most",
            Unit::Count,
            vec![line("wait", "pool", &pool, &|window| Some(u64::from(window.most_waiting)))],
        ),
        connections,
        chart(
            "ends",
            "For how many it ended, and how",
            Unit::Count,
            vec![
                line("pool: served", "pool", &pool, &|window| Some(window.ends[End::Served as usize])),
                line("pool: failed", "pool failed", &pool, &failed),
                line("each: served", "flood", &flood, &|window| Some(window.ends[End::Served as usize])),
                line("each: refused", "refused", &flood, &|window| Some(refused(window))),
            ],
        ),
    ]
}

/// How often which wait came, of those that were served.
pub fn waits(both: &Both, cursor: Option<usize>) -> Chart {
    let bounds = bounds(both);
    let line = |name, class, run: &PoolRun| {
        let mut values = vec![0_u64; bounds.len().saturating_sub(1)];
        for (end, count) in run.latency().steps() {
            let place = bounds.partition_point(|bound| *bound < end.0).saturating_sub(1);
            if let Some(value) = values.get_mut(place) {
                *value += u64::from(count);
            }
        }
        Line { name, class, values: values.into_iter().map(Some).collect() }
    };
    Chart {
        name: "waits",
        title: "How often which wait came, of those served",
        unit: Unit::Count,
        magnitudes: false,
        across: Unit::Time,
        across_magnitudes: true,
        lines: vec![line("pool", "pool", &both.pool), line("a connection each", "flood", &both.flood)],
        level: None,
        mark: None,
        cursor,
        bounds,
    }
}

/// Ten bounds for each power of ten, from below the shortest wait to above the longest.
fn bounds(both: &Both) -> Vec<u64> {
    let ends = [&both.pool, &both.flood].map(|run| {
        let mut steps = run.latency().steps();
        steps.next().map(|(first, _)| (first.0, run.latency().most().0))
    });
    let ends: Vec<(u64, u64)> = ends.into_iter().flatten().collect();
    let least = ends.iter().map(|(least, _)| *least).min().unwrap_or(1_000);
    let most = ends.iter().map(|(_, most)| *most).max().unwrap_or(1_000_000);
    let mut all: Vec<u64> = (1..10).collect();
    let mut power = 1_u64;
    while power < 1 << 53 {
        all.extend([10, 12, 15, 20, 25, 30, 40, 50, 60, 80].map(|step| step * power));
        power *= 10;
    }
    let (from, to) = (all.partition_point(|bound| *bound < least), all.partition_point(|bound| *bound < most));
    all[from.saturating_sub(1)..(to + 1).min(all.len())].to_vec()
}
