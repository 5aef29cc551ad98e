//! How it ended for whom, and the course of time, as tables: the same as figure and charts show, for everybody.

use crate::say::{count, thousands, time};
use course::html::escape;
use engine::time::Micros;
use load::both::Both;
use load::end::End;
use load::run::PoolRun;
use load::series::Window;
use std::fmt::Write as _;

/// The name of a half, as a column.
const HALVES: [&str; 2] = ["One pool", "A connection each"];

/// How many lines the course of time has, at most.
const LINES: usize = 16;

fn row(name: &str, values: [String; 2]) -> String {
    let [one, other] = values;
    format!("<tr><th scope=\"row\">{name}</th><td>{one}</td><td>{other}</td></tr>")
}

/// The counts of both halves, with the words that were said.
pub fn counts(both: &Both) -> String {
    let of = |read: &dyn Fn(&PoolRun) -> u64| [thousands(read(&both.pool)), thousands(read(&both.flood))];
    let some = |read: &dyn Fn(&PoolRun) -> u64| read(&both.pool) + read(&both.flood) > 0;
    let mut rows = row("clients came", of(&|run| run.counts().arrived));
    for end in End::ALL {
        if !some(&|run| run.counts().of(end)) && end != End::Served {
            continue;
        }
        let half = if both.pool.counts().of(end) > 0 { both.pool.half() } else { both.flood.half() };
        let state = end.sqlstate().map(|state| [" <small>SQLSTATE ", state, "</small>"].concat()).unwrap_or_default();
        let name = match end {
            End::Served => "were served".to_owned(),
            _ => format!("{}: <q>{}</q>{state}", end.program(half), escape(end.words(half))),
        };
        rows += &row(&name, of(&|run| run.counts().of(end)));
    }
    rows += &row("are there now", of(&|run| u64::from(run.level().inside)));
    rows += &row("connections opened", of(&|run| run.counts().connected));
    rows += &row("at once, at most", of(&|run| u64::from(run.most_connections())));
    let memory = |run: &PoolRun| run.setup().database.memory_of(run.most_connections()) >> 20;
    rows += &row("memory of the database, at most <small>MB</small>", of(&memory));
    for (name, read) in [
        (
            "waited in line at once, at most",
            (|run: &PoolRun| u64::from(run.counts().most_waiting)) as fn(&PoolRun) -> u64,
        ),
        ("tries after the first", |run| run.counts().retries),
        ("connections not given back", |run| run.counts().leaked),
        ("queries whose answer nobody wanted any more", |run| run.counts().wasted),
    ] {
        if some(&read) {
            rows += &row(name, of(&read));
        }
    }
    for (name, share) in [("half of those served waited up to", 50_000), ("99 % of them up to", 99_000)] {
        let of = |run: &PoolRun| run.latency().percentile(share).map_or("–".to_owned(), time);
        rows += &row(name, [of(&both.pool), of(&both.flood)]);
    }
    let longest =
        |run: &PoolRun| if run.latency().count() == 0 { "–".to_owned() } else { time(run.latency().most()) };
    rows += &row("the longest", [longest(&both.pool), longest(&both.flood)]);
    table(&format!("After {}", time(both.pool.now().max(both.flood.now()))), &HALVES, &rows)
}

fn table(caption: &str, columns: &[&str], rows: &str) -> String {
    let columns: String = columns.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    format!(
        "<table class=\"figures\"><caption>{caption}</caption><thead><tr><td></td>{columns}</tr></thead><tbody>{rows}</tbody></table>"
    )
}

/// What happened when: a line for each of at most sixteen stretches of time.
pub fn course(both: &Both) -> String {
    let width = stretch(both);
    let halves = [windows(&both.pool, width), windows(&both.flood, width)];
    let count = halves.iter().map(Vec::len).max().unwrap_or(0);
    let (together, end) = (count.div_ceil(LINES).max(1), both.pool.now().max(both.flood.now()));
    let mut rows = String::new();
    for line in 0..count.div_ceil(together) {
        let until = Micros((line as u64 + 1).saturating_mul(together as u64).saturating_mul(width.0)).min(end);
        let _ = write!(rows, "<tr><th scope=\"row\">{}</th>", time(until));
        for half in &halves {
            let mut sum = Window::default();
            half.iter().skip(line * together).take(together).for_each(|window| sum.merge(window));
            let half_of_them = sum.latency.percentile(50_000).map_or("–".to_owned(), time);
            let (served, refused) = (sum.ends[End::Served as usize], refused(&sum));
            let others = sum.ends.iter().sum::<u64>() - served - refused;
            for cell in [thousands(served), thousands(refused + others), half_of_them] {
                let _ = write!(rows, "<td>{cell}</td>");
            }
        }
        rows += "</tr>";
    }
    let columns = ["pool: served", "failed", "half up to", "each: served", "failed", "half up to"];
    table("What happened until when", &columns, &rows)
}

/// For how many the database's no was the end.
pub fn refused(window: &Window) -> u64 {
    End::ALL.iter().filter(|end| end.is_refused()).map(|end| window.ends[*end as usize]).sum()
}

/// How long a stretch of time is in which both halves can be told.
pub fn stretch(both: &Both) -> Micros {
    both.pool.series().width().max(both.flood.series().width())
}

/// The stretches of a half, as long as is asked: a power of two times their own length.
pub fn windows(run: &PoolRun, width: Micros) -> Vec<Window> {
    let own: Vec<&Window> = run.series().windows().collect();
    let together = usize::try_from(width.0 / run.series().width().0.max(1)).unwrap_or(1).max(1);
    let merged = own.chunks(together).map(|part| {
        let mut sum = part[0].clone();
        part[1..].iter().for_each(|window| sum.merge(window));
        sum
    });
    merged.collect()
}

/// What there is to say about the settings, as notices.
pub fn matters(both: &Both) -> String {
    let notice = |words: &str| format!("<p class=\"notice\">{}</p>", escape(words));
    both.pool.matters().iter().map(|matter| notice(&matter.words)).collect()
}

/// From how many clients on the flood is refused, as far as it is known.
pub fn clients(number: u64) -> String {
    count(number, "client", "clients")
}
