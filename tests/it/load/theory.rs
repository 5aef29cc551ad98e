//! The simulation against queueing theory, in one table (`tests/golden/load/theory.txt`).
//!
//! In a plain setting the pool is the textbooks' queue: with as many connections as servers, M/M/1 and M/M/c, and with a
//! limit on who may wait, M/M/c/K. The flood on few cores is the same queue with its processor shared, which holds as
//! many clients on average (and, on one core, for any distribution of work); with cores for everybody it is Erlang's
//! loss system, whose losses depend on the mean of the work alone.
//!
//! Each figure is measured in thirty batches of one long run. The interval is Student's, at 99.9 %, so that of a hundred
//! right figures a tenth of one lies outside; how many lie within the narrower interval of 95 % is said below the table.

use super::plain;
use engine::time::Micros;
use expect_test::expect_file;
use load::end::End;
use load::run::PoolRun;
use load::setup::{Half, Setup};
use load::traffic::{Arrivals, Work};
use std::fmt::Write as _;

const BATCHES: usize = 30;
/// Student's quantiles with 29 degrees of freedom, two-sided.
const T_999: f64 = 3.659;
const T_95: f64 = 2.045;
/// Mean work, in seconds and as a span.
const MEAN: f64 = 0.01;
const SERVICE: Micros = Micros::millis(10);

/// What is there in a state of equilibrium.
#[derive(Clone, Copy, Debug)]
struct Steady {
    /// Clients inside.
    inside: f64,
    /// Those who wait.
    waiting: f64,
    /// Share of those who come that are turned away.
    lost: f64,
    /// Seconds from coming to the answer.
    stay: f64,
}

/// Erlang's B: the share lost of so much offered work with so many servers and no queue.
fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |b, n| offered * b / (f64::from(n) + offered * b))
}

/// Erlang's C: the share that has to wait.
fn erlang_c(servers: u32, offered: f64) -> f64 {
    let b = erlang_b(servers, offered);
    b / (1.0 - offered / f64::from(servers) * (1.0 - b))
}

/// M/M/c, by Erlang's C and Little's law.
fn mmc(servers: u32, rate: f64) -> Steady {
    let offered = rate * MEAN;
    let load = offered / f64::from(servers);
    let waiting = erlang_c(servers, offered) * load / (1.0 - load);
    Steady { inside: waiting + offered, waiting, lost: 0.0, stay: (waiting + offered) / rate }
}

/// M/M/c/K, by its birth and death rates; `room` counts those who are served as well.
fn mmck(servers: u32, room: u32, rate: f64) -> Steady {
    let mut weights = vec![1.0];
    for n in 1..=room {
        weights.push(weights[n as usize - 1] * rate * MEAN / f64::from(n.min(servers)));
    }
    let sum: f64 = weights.iter().sum();
    let mean =
        |part: &dyn Fn(u32) -> u32| -> f64 { (0..=room).map(|n| weights[n as usize] / sum * f64::from(part(n))).sum() };
    let (inside, lost) = (mean(&|n| n), weights[room as usize] / sum);
    Steady { inside, waiting: mean(&|n| n.saturating_sub(servers)), lost, stay: inside / (rate * (1.0 - lost)) }
}

/// A mean with the half widths of its intervals.
struct Measured {
    mean: f64,
    wide: f64,
    narrow: f64,
}

fn measured(batches: &[f64]) -> Measured {
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    Measured { mean, wide: T_999 * error, narrow: T_95 * error }
}

/// The four figures of `Steady`, each in batches of so many clients on average.
fn batches(setup: Setup, half: Half, rate: f64, clients: u64) -> [Vec<f64>; 4] {
    let setup = Setup { clients: u64::from(u32::MAX), ..setup };
    let mut run = PoolRun::new(&setup, half);
    assert!(run.matters().iter().all(|matter| !matter.stops), "{:?}", run.matters());
    let span = (clients as f64 / rate * 1e6) as u64;
    let mut before = None;
    let mut found = [(); 4].map(|()| Vec::new());
    // The first stretch warms up.
    for batch in 1..=BATCHES as u64 + 1 {
        while run.now().0 < batch * span {
            run.advance(Micros(batch * span), 1_000_000);
            assert_eq!(run.ended(), None);
        }
        let (area, latency, counts) = (run.series().area(), run.latency(), *run.counts());
        let lost = counts.ended() - counts.of(End::Served);
        let now = [area.inside, area.waiting, lost, counts.arrived, latency.sum(), latency.count()];
        if let Some(before) = before.replace(now) {
            let grown: Vec<f64> = now.iter().zip(before).map(|(now, before)| (now - before) as f64).collect();
            let figures =
                [grown[0] / span as f64, grown[1] / span as f64, grown[2] / grown[3], grown[4] / grown[5] / 1e6];
            found.iter_mut().zip(figures).for_each(|(list, figure)| list.push(figure));
        }
    }
    found
}

/// The table, row by row.
#[derive(Default)]
struct Table {
    text: String,
    rows: u32,
    within_95: u32,
}

impl Table {
    /// Every run has chances of its own, or the rows would be right or wrong together.
    fn seeded(&self, setup: Setup) -> Setup {
        Setup { seed: u64::from(self.rows), ..setup }
    }

    fn row(&mut self, model: &str, load: f64, figure: &str, theory: f64, Measured { mean, wide, narrow }: Measured) {
        let off = (mean - theory).abs();
        self.rows += 1;
        self.within_95 += u32::from(off <= narrow);
        let mark = if off <= wide { "" } else { "  OUTSIDE" };
        let _ =
            writeln!(self.text, "{model:<34} {load:>5.2}  {figure:<10} {theory:>10.5} {mean:>10.5} ± {wide:.5}{mark}");
    }

    fn add(&mut self, model: &str, load: f64, theory: Steady, found: &[Vec<f64>; 4], wanted: &[usize]) {
        let theory = [theory.inside, theory.waiting, theory.lost, theory.stay * 1e3];
        // What is rarer than one in a thousand is not seen often enough to be judged.
        for &which in wanted.iter().filter(|which| theory[**which] > 0.001) {
            let name = ["clients", "waiting", "lost", "stay, ms"][which];
            let scale = if which == 3 { 1e3 } else { 1.0 };
            let scaled: Vec<f64> = found[which].iter().map(|x| x * scale).collect();
            self.row(model, load, name, theory[which], measured(&scaled));
        }
    }
}

/// A pool that is M/M/c/K, or M/M/c where there is no room given.
fn pool(servers: u32, room: Option<u32>, per_second: u64) -> Setup {
    let mut setup = plain();
    setup.arrivals = Arrivals::Poisson { per_second };
    setup.work = Work::Exponential(SERVICE);
    setup.pool.size = servers;
    setup.pool.queue = room.map(|room| room - servers);
    setup
}

/// A flood that has `places` places and these cores, without cost of connecting.
fn flood(places: u32, cores: u32, work: Work, per_second: u64) -> Setup {
    let mut setup = plain();
    setup.arrivals = Arrivals::Poisson { per_second };
    setup.work = work;
    (setup.database.connections, setup.database.reserved) = (places, 0);
    (setup.database.cores, setup.database.crowding) = (cores, 0);
    setup.database.memory = u64::MAX;
    setup
}

/// A bounded Pareto distribution with a very heavy tail: its mean is [`MEAN`], by 1.5/0.5 · L · (1 − √(L/H)) / (1 − (L/H)^1.5)
/// half a microsecond less for what is cut off; a test below looks.
const HEAVY: Work = Work::Pareto { shape: 150, least: Micros(3_396), most: Micros(10_000_000) };

const ALL: &[usize] = &[0, 1, 2, 3];
const NO_QUEUE: &[usize] = &[0, 2, 3];
const NO_LOSS: &[usize] = &[0, 1, 3];

#[test]
fn queues_are_as_theory_says() {
    let mut table = Table::default();
    for servers in [1, 2, 5, 20] {
        for percent in [30, 50, 70, 90] {
            let rate = u64::from(servers * percent);
            let clients = if percent == 90 { 60_000 } else { 10_000 };
            let found = batches(table.seeded(pool(servers, None, rate)), Half::Pool, rate as f64, clients);
            let model = format!("pool as M/M/{servers}");
            table.add(&model, f64::from(percent) / 100.0, mmc(servers, rate as f64), &found, NO_LOSS);
        }
    }
    for (servers, room) in [(1, 1), (1, 5), (4, 4), (4, 12), (10, 10), (10, 20)] {
        for percent in [50, 90, 120, 200] {
            let rate = u64::from(servers * percent);
            let found = batches(table.seeded(pool(servers, Some(room), rate)), Half::Pool, rate as f64, 10_000);
            let model = format!("pool as M/M/{servers}/{room}");
            let figures = if room == servers { NO_QUEUE } else { ALL };
            table.add(&model, f64::from(percent) / 100.0, mmck(servers, room, rate as f64), &found, figures);
        }
    }
    for places in [5, 20, 97] {
        for (name, work) in [("M", Work::Exponential(SERVICE)), ("D", Work::Fixed(SERVICE)), ("Pareto", HEAVY)] {
            for percent in [70, 110] {
                let rate = u64::from(places * percent);
                let found = batches(table.seeded(flood(places, places, work, rate)), Half::Flood, rate as f64, 20_000);
                let b = erlang_b(places, rate as f64 * MEAN);
                assert!((b - mmck(places, places, rate as f64).lost).abs() < 1e-12);
                let model = format!("flood as M/{name}/{places}/{places} (Erlang B)");
                table.row(&model, f64::from(percent) / 100.0, "lost", b, measured(&found[2]));
            }
        }
    }
    for (cores, name, work) in [
        (1, "M", Work::Exponential(SERVICE)),
        (1, "D", Work::Fixed(SERVICE)),
        (1, "Pareto", HEAVY),
        (4, "M", Work::Exponential(SERVICE)),
    ] {
        for percent in [50, 80] {
            let rate = u64::from(cores * percent);
            let found = batches(table.seeded(flood(10_000, cores, work, rate)), Half::Flood, rate as f64, 30_000);
            let model = format!("flood as M/{name}/{cores}, shared");
            table.add(&model, f64::from(percent) / 100.0, mmc(cores, rate as f64), &found, &[0, 3]);
        }
    }
    let Table { text, rows, within_95 } = table;
    let head = "model                               load  figure         theory   measured ± interval (99.9 %)";
    let text = format!("{head}\n{text}\n{within_95} of {rows} within their interval of 95 %.\n");
    expect_file!["../../golden/load/theory.txt"].assert_eq(&text);
    assert!(!text.contains("OUTSIDE"), "{text}");
    // If the intervals are right, about 95 of a hundred; far more would mean that they are too wide to say anything.
    assert!((90..=98).contains(&(100 * within_95 / rows)), "{within_95} of {rows}");
}

#[test]
fn the_heavy_tail_has_the_mean_that_theory_is_asked_about() {
    let mut traffic = load::traffic::Traffic::new(
        5,
        u64::from(u32::MAX),
        &Arrivals::Steady { per_second: 1 },
        HEAVY,
        load::traffic::Faults::default(),
    );
    let clients = 5_000_000;
    let sum: f64 = traffic.by_ref().take(clients).map(|client| f64::from(client.work)).sum();
    let mean = sum / clients as f64 / 1e6;
    assert!((mean / MEAN - 1.0).abs() < 0.005, "{mean}");
}

#[test]
fn the_stay_in_m_m_1_is_exponential() {
    let (rate, left) = (50, 50.0);
    let mut setup = pool(1, None, rate);
    setup.clients = 500_000;
    let mut all = load::histogram::Histogram::new(7);
    for seed in 0..8 {
        setup.seed = seed;
        let mut run = PoolRun::new(&setup, Half::Pool);
        run.finish();
        all.merge(run.latency());
    }
    let (ln_2, ln_10) = (std::f64::consts::LN_2, std::f64::consts::LN_10);
    for (share, of_mean) in [(50_000, ln_2), (90_000, ln_10), (99_000, 2.0 * ln_10), (99_900, 3.0 * ln_10)] {
        let theory = of_mean / left * 1e6;
        let found = all.percentile(share).expect("some").0 as f64;
        assert!((found / theory - 1.0).abs() < 0.03, "{share}: {found} and {theory}");
    }
}

#[test]
fn littles_law_is_exact() {
    // Clients times time is the same sum, taken client by client or moment by moment.
    for setup in [pool(3, None, 250), pool(2, Some(5), 400), pool(1, None, 90)] {
        let setup = Setup { clients: 50_000, ..setup };
        let mut run = PoolRun::new(&setup, Half::Pool);
        run.finish();
        assert_eq!(run.series().area().inside, run.latency().sum());
    }
}
