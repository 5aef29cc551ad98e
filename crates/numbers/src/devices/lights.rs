//! Which arrows of figure 15 are lit, and how far the work is, drawn at the boxes.

use super::caption::share;
use super::compared::SCALES;
use super::desk::Desk;
use super::tables::is_consistent;
use super::verdict::Verdict;
use crate::pool::lanes::{arrow, frame};
use crate::say::thousands;
use diagram::figure::Figure;
use diagram::path::Tenth;
use engine::time::Micros;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The boxes of the readers' machines.
const BOXES: [&str; 3] = ["Device1", "Device2", "Device3"];

/// The arrows that are lit, with the class of their light.
pub fn lit(desk: &Desk) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut out = Vec::new();
    if desk.moment == Micros::ZERO {
        return out;
    }
    for (nth, (name, course)) in BOXES.into_iter().zip(&desk.courses).enumerate() {
        let verdict = Verdict::of(course, desk.moment);
        if desk.operations > 0 {
            out.push(("Logic", name, "request"));
        }
        if let Some((from, to)) = verdict.arrow(nth).filter(|_| desk.operations > 0) {
            let mood = match verdict {
                Verdict::Crash(_) | Verdict::Lag => "refused",
                Verdict::Poor => "waiting",
                _ => "answer",
            };
            out.push((from, to, mood));
        }
    }
    if is_consistent(desk) {
        out.push(("Server", "Consistent", "answer"));
    }
    if desk.fleet_over {
        for ((to, _), without) in SCALES.into_iter().zip(&desk.without) {
            if without.is_some_and(|without| desk.whole.is_better_than(without)) {
                out.push(("Scale", to, "answer"));
            }
        }
    }
    out
}

/// The arrows that are lit at the end of a run with these settings.
pub fn of_run(settings: &str) -> BTreeSet<(&'static str, &'static str)> {
    let mut values = super::settings::usual();
    values.read(settings);
    let mut desk = Desk::new(values);
    desk.go_to(Micros(u64::MAX));
    lit(&desk).into_iter().map(|(from, to, _)| (from, to)).collect()
}

/// Lights and progress over the drawing.
pub fn svg(desk: &Desk, figure: &Figure) -> String {
    let mut out = String::new();
    for (from, to, mood) in lit(desk) {
        if let Some(edge) = arrow(figure, from, to) {
            out += &figure.light(edge, "", &["class=\"lit ", mood, " now\""].concat());
        }
    }
    if desk.moment == Micros::ZERO {
        return out;
    }
    for (name, course) in BOXES.into_iter().zip(&desk.courses) {
        let Some(f) = frame(figure, name) else { continue };
        let done = share(course.at(desk.moment).operations, desk.operations);
        let class = match Verdict::of(course, desk.moment) {
            Verdict::Crash(_) | Verdict::Lag => "refused",
            Verdict::Poor => "waiting",
            Verdict::Works => "answer",
            Verdict::Going => "request",
        };
        #[expect(clippy::cast_precision_loss, reason = "a per cent")]
        let wide = f.w * done.min(100) as f32 / 100.0;
        let y = f.y + f.h + 3.0;
        let _ = write!(
            out,
            "<rect class=\"gauge\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"6\"/><rect class=\"gauge-done {class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"6\"/>\
             <text class=\"count\" text-anchor=\"end\" x=\"{}\" y=\"{}\"><tspan class=\"number\">{done} %</tspan></text>",
            Tenth(f.x),
            Tenth(y),
            Tenth(f.w),
            Tenth(f.x),
            Tenth(y),
            Tenth(wide),
            Tenth(f.x + f.w),
            Tenth(y + 20.0)
        );
    }
    if let Some(f) = frame(figure, "Server") {
        let (working, waiting) = desk
            .fleet
            .servers()
            .fold((0, 0), |(working, waiting), (w, q, _)| (working + u64::from(w), waiting + q as u64));
        let words = format!("{} at work, {} wait", thousands(working), thousands(waiting));
        let _ = write!(
            out,
            "<text class=\"count\" x=\"{}\" y=\"{}\"><tspan class=\"number\">{words}</tspan></text>",
            Tenth(f.x + f.w / 2.0 + 12.0),
            Tenth(f.y + f.h + 20.0)
        );
    }
    out
}
