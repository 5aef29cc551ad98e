//! Where the time went, as a waterfall: a row a request, as in browsers' network panels.

use course::html::escape;
use engine::time::Micros;
use std::fmt::Write as _;
use viewpoint::waterfall::{Bar, Phase, Request};

/// The width of the drawing, in its own units.
const WIDTH: u64 = 1_000;

/// The waterfall with its legend, and the same as a table for those who read.
pub fn timing(requests: &[Request]) -> String {
    let (Some(first), Some(last)) = (requests.first(), requests.iter().map(|request| request.stop).max()) else {
        return "<p class=\"empty\">Nothing was asked for, so nothing took time.</p>".to_owned();
    };
    let (start, span) = (first.start.0, (last.0 - first.start.0).max(1));
    let place = |at: Micros| at.0.saturating_sub(start) * WIDTH / span;
    let mut out = String::from("<ol class=\"waterfall\">");
    for request in requests {
        let _ = write!(
            out,
            "<li><p><code>{}</code> <span>{}</span> <time>{}</time></p><svg viewBox=\"0 0 {WIDTH} 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
            escape(&request.url),
            escape(&request.end),
            length(request.start, request.stop)
        );
        for bar in &request.bars {
            let (x, end) = (place(bar.start), place(bar.end));
            let wide = end.saturating_sub(x).max(2);
            let _ =
                write!(out, "<rect class=\"{}\" x=\"{x}\" y=\"1\" width=\"{wide}\" height=\"12\"/>", class(bar.phase));
        }
        out += "</svg>";
        out += &table(&request.bars);
        out += "</li>";
    }
    out + "</ol>"
}

fn table(bars: &[Bar]) -> String {
    if bars.is_empty() {
        return "<p class=\"empty\">Nothing was sent: this took no time on the network.</p>".to_owned();
    }
    let row = |bar: &Bar| {
        format!(
            "<tr><th scope=\"row\"><i class=\"{}\"></i>{}</th><td>{}</td><td>{}</td></tr>",
            class(bar.phase),
            bar.phase.word(),
            length(bar.start, bar.end),
            bar.phase.means()
        )
    };
    format!("<table>{}</table>", bars.iter().map(row).collect::<String>())
}

fn length(start: Micros, end: Micros) -> String {
    Micros(end.0 - start.0).to_string()
}

const fn class(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => "lookup",
        Phase::Connect => "connect",
        Phase::Tls => "tls",
        Phase::Sent => "sent",
        Phase::Waiting => "wait",
        Phase::Receiving => "receive",
    }
}
