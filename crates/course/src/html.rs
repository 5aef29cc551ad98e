//! The markup that the written pages and the app share, so that what the app puts in a place looks as what stood there.

use engine::trace::Ruling;
use stage::story::{Line, Paragraph};

/// Text for HTML, attributes included.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// The word of a decision, in its shape.
pub fn ruling(ruling: Ruling) -> String {
    let class = if ruling.stops() { "stops" } else { "goes-on" };
    format!("<b class=\"ruling {class}\">{}</b> ", ruling.word())
}

/// A step of the run: its sentence as a link to itself, and a line for everything that happened in it.
pub fn paragraph(Paragraph { name, caption, lines }: &Paragraph) -> String {
    let lines: String = lines.iter().map(line).collect();
    format!("<a href=\"?step={name}\">{}</a><ul>{lines}</ul>", escape(caption))
}

fn line(Line { at, who, words, ruling: kind, because }: &Line) -> String {
    let kind = kind.map_or(String::new(), ruling);
    let because = because.as_ref().map_or(String::new(), |b| format!(" <small>{}</small>", escape(&b.to_string())));
    format!(
        "<li><time>{at}</time> <span class=\"who\">{}</span> {kind}<span>{}</span>{because}</li>",
        escape(who),
        escape(words)
    )
}
