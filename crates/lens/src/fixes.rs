//! The single steps that make the request succeed, each with a button that makes it.

use course::html::escape;
use remedy::{Findings, Grants, Remedy};
use std::fmt::Write as _;

/// What was found, the best first.
pub fn fixes(found: &Findings) -> String {
    if found.fine {
        return "<p class=\"empty\">This request succeeds as it is. Break something first.</p>".to_owned();
    }
    let tried: Vec<String> = found.tried.iter().map(|(family, count)| format!("{} {count}", family.word())).collect();
    let tried = format!("<p class=\"tried\">Tried by running the request: {}.</p>", tried.join(", "));
    if found.remedies.is_empty() {
        return "<p class=\"empty\">No single step helps: more than one thing is wrong, or it is something that no step here mends.</p>".to_owned() + &tried;
    }
    let mut out = String::from("<ol class=\"fixes\">");
    for (index, fix) in found.remedies.iter().enumerate() {
        let _ = write!(out, "<li><p>{}{}</p>", escape(&fix.words), grants(fix));
        out += &change(fix);
        if let Some(note) = fix.note {
            let _ = write!(out, "<p><small>{}</small></p>", escape(note));
        }
        let why = fix.why();
        if !why.is_empty() {
            let _ = write!(out, "<p><small>Why it helps: {}</small></p>", escape(&why));
        }
        let _ = write!(out, "<button type=\"button\" data-fix=\"{index}\">Do this</button></li>");
    }
    out + "</ol>" + &tried
}

const fn grants(fix: &Remedy) -> &'static str {
    match fix.grants {
        Grants::Nobody => "",
        Grants::Visitor => " <b class=\"ruling goes-on\">lets in this visitor</b>",
        Grants::Everybody => " <b class=\"ruling stops\">lets in everybody</b>",
    }
}

/// The lines that go and come, or the command.
fn change(fix: &Remedy) -> String {
    let mut out = String::new();
    if let Some(edit) = &fix.edit {
        let lines = |sign: &str, tag: &str, text: &Option<String>| {
            let line = |line: &str| format!("<{tag}>{sign} {}</{tag}>\n", escape(line));
            text.as_ref().map_or(String::new(), |text| text.lines().map(line).collect())
        };
        let _ = write!(
            out,
            "<pre tabindex=\"0\"><small>{}, line {}</small>\n{}{}</pre>",
            escape(&edit.document),
            edit.line,
            lines("−", "del", &edit.old),
            lines("+", "ins", &edit.new)
        );
    }
    if let Some(command) = &fix.command {
        let _ = write!(out, "<pre tabindex=\"0\">$ {}</pre>", escape(command));
    }
    out
}
