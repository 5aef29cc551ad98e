//! A message opened: as the tools print it, its fields with what each means, and the lines that shaped it.

use course::html::escape;
use engine::trace::{Act, Basis, Trace};
use std::fmt::Write as _;
use viewpoint::inspect::{Field, Opened, Reason, Wire};

/// The messages of a run as buttons, the opened one marked; `at` is where the story stands.
pub fn list(trace: &Trace, at: usize) -> String {
    let mut out = String::from("<ol class=\"messages\">");
    for (index, step) in trace.steps.iter().enumerate() {
        let Act::Travel { from, to, message } = &step.act else { continue };
        let _ = write!(
            out,
            "<li><button type=\"button\" data-event=\"{index}\" aria-pressed=\"{}\"><time>{}</time> {} → {} <b>{}</b></button></li>",
            index == at,
            step.start,
            escape(&from.to_string()),
            escape(&to.to_string()),
            escape(&message.to_string())
        );
    }
    out + "</ol>"
}

/// The opened message.
pub fn opened(opened: &Opened) -> String {
    let mut out = format!(
        "<h3>{} <small>as {} shows it</small></h3><pre tabindex=\"0\">{}</pre>",
        escape(&opened.title),
        opened.tool,
        escape(&opened.text)
    );
    if !opened.fields.is_empty() {
        out += "<div class=\"fields\" tabindex=\"0\" role=\"region\" aria-label=\"Fields\"><table>";
        opened.fields.iter().for_each(|one| out += &field(one));
        out += "</table></div>";
    }
    if !opened.because.is_empty() {
        out += "<h3>What shaped it</h3><ul class=\"reasons\">";
        opened.because.iter().for_each(|one| out += &reason(one));
        out += "</ul>";
    }
    out
}

fn field(Field { name, value, means, wire, basis }: &Field) -> String {
    let sealed = if *wire == Wire::Sealed { " <small>encrypted on the way</small>" } else { "" };
    let basis = basis.as_ref().map_or(String::new(), |basis| format!(" {}", link(basis)));
    format!(
        "<tr><th scope=\"row\">{}</th><td><code>{}</code>{sealed}</td><td>{}{basis}</td></tr>",
        escape(name),
        escape(value),
        escape(means)
    )
}

fn reason(Reason { at, words, basis }: &Reason) -> String {
    format!("<li>{}: {} {}</li>", escape(&at.to_string()), escape(words), link(basis))
}

/// What a decision rests on; a line of a document can be gone to.
fn link(basis: &Basis) -> String {
    let words = escape(&basis.to_string());
    match basis {
        Basis::Line { document, line } => {
            format!(
                "<button type=\"button\" class=\"line\" data-document=\"{}\" data-line=\"{line}\">{words}</button>",
                escape(document)
            )
        }
        Basis::Absent { document, .. } => {
            format!("<button type=\"button\" class=\"line\" data-document=\"{}\">{words}</button>", escape(document))
        }
        Basis::State { .. } | Basis::Standard { .. } => format!("<small>{words}</small>"),
    }
}
