//! The machines with where each of their numbers comes from, and the servers, as tables.

use super::caption::share;
use super::compared::{SCALES, fared};
use super::desk::Desk;
use super::settings::{fleet, machines, service, usual};
use super::verdict::Verdict;
use crate::chart::{Chart, Line, Unit};
use crate::say::{bytes, thousands, time};
use course::html::escape;
use engine::time::Micros;
use load::device::{Basis, Coefficient, DEVICES};
use std::fmt::Write as _;

/// A number, and how it is known.
fn known(coefficient: Coefficient, say: fn(u64) -> String) -> String {
    let (class, words) = match coefficient.basis {
        Basis::Figure => ("figure-says", "the drawing".to_owned()),
        Basis::Standard(what) => ("standard", ["standard: ", what].concat()),
        Basis::Measured(what) => ("measured", ["measured: ", what].concat()),
        Basis::Assumed(why) => ("assumed", ["assumption: ", why].concat()),
    };
    format!("{}<small class=\"{class}\">{}</small>", say(coefficient.value), escape(&words))
}

/// What the server has: as drawn, or as somebody has set it.
fn set(desk: &Desk, knob: &str, value: &str) -> String {
    let drawn = desk.values.get(knob) == usual().get(knob);
    [value, "<small>", if drawn { "the drawing" } else { "set above" }, "</small>"].concat()
}

fn speed(operations: u64) -> String {
    [&thousands(operations / 1_000_000), " million/s"].concat()
}

/// The machines: what they have, from where that is known, and how the work fares on them.
pub fn machines_table(desk: &Desk) -> String {
    let mut rows = String::new();
    for (nth, machine) in DEVICES.iter().enumerate() {
        let (done, held, took, verdict) = match desk.courses.get(nth) {
            Some(course) => {
                let point = course.at(desk.moment);
                let took = if desk.moment < course.time() { "–".to_owned() } else { time(course.time()) };
                let verdict = Verdict::of(course, desk.moment).words();
                (format!("{} %", share(point.operations, desk.operations)), bytes(point.bytes), took, verdict)
            }
            None => ("–".to_owned(), "–".to_owned(), time(service(&desk.stages)), "one request on one core".to_owned()),
        };
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{done}</td><td>{held}</td><td>{took}</td><td>{verdict}</td></tr>",
            machine.name,
            if nth < 3 {
                known(machine.memory, bytes)
            } else {
                set(desk, "memory", &bytes(desk.values.get("memory") << 30))
            },
            if nth < 3 {
                known(machine.free, bytes)
            } else {
                bytes(fleet(&desk.values).memory) + "<small class=\"assumed\">assumption: 2 GB are the system’s</small>"
            },
            if nth < 3 {
                known(machine.cores, thousands)
            } else {
                set(desk, "cores", &thousands(desk.values.get("cores")))
            },
            known(machine.speed, speed)
        );
    }
    let columns = ["memory", "of it for the work", "cores", "operations of a core", "done", "holds", "took", "verdict"];
    let columns: String = columns.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    format!(
        "<div class=\"wide-table\" tabindex=\"0\" role=\"region\" aria-label=\"The machines\"><table class=\"figures\"><caption>The machines, after {}</caption>\
         <thead><tr><td></td>{columns}</tr></thead><tbody>{rows}</tbody></table></div>",
        time(desk.moment)
    )
}

/// The servers, and what more of each is good for.
pub fn servers(desk: &Desk) -> String {
    let mut rows = String::new();
    let all = desk.fleet.servers().count();
    for (nth, (working, waiting, done)) in desk.fleet.servers().take(8).enumerate() {
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">server {}</th><td>{working}</td><td>{}</td><td>{}</td></tr>",
            nth + 1,
            thousands(waiting as u64),
            thousands(done)
        );
    }
    if all > 8 {
        let _ = write!(rows, "<tr><th scope=\"row\">and {} more</th><td></td><td></td><td></td></tr>", all - 8);
    }
    let mut out = format!(
        "<table class=\"figures\"><caption>The servers, after {}</caption><thead><tr><td></td><th scope=\"col\">at work</th>\
         <th scope=\"col\">wait</th><th scope=\"col\">done</th></tr></thead><tbody>{rows}</tbody></table>",
        time(desk.moment)
    );
    out += &compared(desk);
    out
}

/// What more cores, more memory and more servers changed, each by itself.
fn compared(desk: &Desk) -> String {
    let mut items = String::new();
    for ((_, knob), without) in SCALES.iter().zip(&desk.without) {
        let Some(without) = without else { continue };
        let what = match *knob {
            "cores" => "more cores",
            "memory" => "more memory",
            _ => "more servers",
        };
        let words = if !desk.whole.is_better_than(*without) {
            format!("{what}: of no use here")
        } else if without.out_of_memory > desk.whole.out_of_memory {
            format!(
                "{what}: {} requests out of memory instead of {}",
                thousands(desk.whole.out_of_memory),
                thousands(without.out_of_memory)
            )
        } else {
            format!("{what}: 99 % are answered within {} instead of {}", time(desk.whole.waited), time(without.waited))
        };
        let _ = write!(items, "<li>{words}</li>");
    }
    if items.is_empty() {
        return "<p class=\"compared-scales\">Give the server more of something to see what it is good for.</p>"
            .to_owned();
    }
    ["<ul class=\"compared-scales\">", &items, "</ul>"].concat()
}

/// Whether the server’s answers came in about the time that the work takes, for everybody.
pub fn is_consistent(desk: &Desk) -> bool {
    let fared = fared(&desk.fleet);
    desk.fleet_over
        && fared.done > 0
        && fared.out_of_memory == 0
        && fared.waited <= Micros(service(&desk.stages).0.saturating_mul(2))
}

/// How far the work is on each machine, over time.
pub fn progress(desk: &Desk, cursor: Option<usize>) -> Chart {
    let longest = desk.courses.iter().map(|course| course.time().0).max().unwrap_or(0).max(100);
    let bounds: Vec<u64> = (0..=100).map(|place| (u128::from(longest) * place / 100) as u64).collect();
    let classes = ["phone", "laptop", "desktop"];
    let lines = desk.courses.iter().zip(machines()).zip(classes).map(|((course, machine), class)| {
        let value = |bound: &u64| {
            let past = *bound <= course.time().0 && *bound <= desk.moment.0;
            past.then(|| share(course.at(Micros(*bound)).operations, desk.operations))
        };
        Line { name: machine.name, class, values: bounds[1..].iter().map(value).collect() }
    });
    Chart {
        name: "progress",
        title: "How much of the work is done, in per cent",
        unit: Unit::Count,
        magnitudes: false,
        across: Unit::Time,
        across_magnitudes: false,
        lines: lines.collect(),
        level: Some((100, "done".to_owned())),
        mark: None,
        cursor,
        bounds,
    }
}

/// Of the servers, in a phrase.
pub fn fleet_words(desk: &Desk) -> String {
    let fleet = fleet(&desk.values);
    format!("{} × {} cores, {}", fleet.servers, fleet.cores, bytes(fleet.memory))
}
