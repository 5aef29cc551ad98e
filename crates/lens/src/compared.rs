//! Two runs side by side: how each ended, and where they differ.

use course::html::escape;
use engine::time::Micros;
use engine::trace::{Outcome, Trace};
use std::fmt::Write as _;
use viewpoint::compare::{MOST, Row, Side, compare};

/// The comparison. `kept` says whether the first run is one that the reader kept, or the page's own.
pub fn compared(first: &Trace, second: &Trace, kept: bool) -> String {
    let names = [if kept { "The run you kept" } else { "This page’s own run" }, "The run on stage"];
    let rows = compare(first, second);
    let mut out = String::from("<table class=\"compared\"><tr><td></td>");
    names.iter().for_each(|name| out += &format!("<th scope=\"col\">{name}</th>"));
    out += "</tr>";
    if !rows.iter().any(|row| !matches!(row, Row::Same(_))) && first.outcomes == second.outcomes {
        return "<p class=\"empty\">Both runs are the same. Change something, and see here what goes otherwise.</p>"
            .to_owned();
    }
    for row in &rows {
        out += &match row {
            Row::Same(1) => {
                "<tr class=\"same\"><td></td><td colspan=\"2\">One step is the same in both.</td></tr>".to_owned()
            }
            Row::Same(count) => {
                format!("<tr class=\"same\"><td></td><td colspan=\"2\">{count} steps are the same in both.</td></tr>")
            }
            Row::Other(one, other) => pair("≠", "other", Some(one), Some(other)),
            Row::First(one) => pair("−", "first", Some(one), None),
            Row::Second(other) => pair("+", "second", None, Some(other)),
        };
    }
    out += "<tr class=\"ends\"><th scope=\"row\">End</th>";
    for trace in [first, second] {
        let _ = write!(out, "<td><b>{}</b> after {}</td>", escape(&end(trace)), length(trace));
    }
    out += "</tr></table>";
    if first.steps.len().max(second.steps.len()) > MOST {
        let _ = write!(out, "<p class=\"empty\">Of a run this long, the first {MOST} steps are compared.</p>");
    }
    out
}

fn pair(sign: &str, class: &str, one: Option<&Side>, other: Option<&Side>) -> String {
    let cell = |side: Option<&Side>| match side {
        None => "<td class=\"none\"></td>".to_owned(),
        Some(Side { at, place, words, basis }) => {
            let basis = if basis.is_empty() { String::new() } else { format!(" <small>{}</small>", escape(basis)) };
            format!("<td><time>{at}</time> {}<br>{}{basis}</td>", escape(place), escape(words))
        }
    };
    format!("<tr class=\"{class}\"><td>{sign}</td>{}{}</tr>", cell(one), cell(other))
}

/// How the last action ended.
fn end(trace: &Trace) -> String {
    match trace.outcomes.last() {
        Some(Outcome::Response { status, reason, .. }) => format!("{status} {reason}"),
        Some(Outcome::BrowserError { code, .. }) => (*code).to_owned(),
        Some(Outcome::Printed(text)) => text.lines().next().unwrap_or("").to_owned(),
        None => "Nothing was asked for".to_owned(),
    }
}

fn length(trace: &Trace) -> Micros {
    let began = trace.steps.first().map_or(0, |step| step.start.0);
    let ended = trace.steps.iter().map(|step| step.end.0).max().unwrap_or(began);
    Micros(ended - began)
}
