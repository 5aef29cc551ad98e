//! A document as it lies below the field in which it is typed: colours, line numbers, the line that decided, and what is
//! wrong, in place. Text to text; pure.

use crate::highlight::{Carry, Stretch, stretches};
use course::html::escape;
use engine::problem::{Problem, Severity};
use engine::world::Kind;

/// Above this size, in bytes, a text has no colours and no numbers, and is read when typing pauses: so that typing itself
/// never waits.
pub const LARGE: usize = 64 << 10;

/// The lines of a document; the one that decided is lit, what is wrong is underlined.
pub fn lines(text: &str, kind: Kind, lit: Option<u32>, problems: &[&Problem]) -> String {
    if text.len() > LARGE {
        return String::new();
    }
    let mut out = String::new();
    let mut carry = Carry::default();
    // What stands behind the last line end is a line, too: the caret can stand there.
    for (number, line) in (1..).zip(text.split('\n')) {
        let mut wrong = problems.iter().filter(|problem| problem.source.line == number);
        let worst = wrong.clone().map(|problem| problem.severity).max();
        out += match (lit == Some(number), worst) {
            (true, None) => "<li class=\"lit\"><code>",
            (true, Some(Severity::Error)) => "<li class=\"lit bad\"><code>",
            (true, Some(_)) => "<li class=\"lit odd\"><code>",
            (false, None) => "<li><code>",
            (false, Some(Severity::Error)) => "<li class=\"bad\"><code>",
            (false, Some(_)) => "<li class=\"odd\"><code>",
        };
        let under = wrong.next().map_or((0, 0), |problem| under(line, problem.column));
        inked(line, &stretches(kind, line, &mut carry), under, &mut out);
        out += "</code></li>";
    }
    out
}

/// The bytes of a line that a problem at this column is about: the word there, or the whole line.
fn under(line: &str, column: u32) -> (usize, usize) {
    let start = line.char_indices().nth(column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
    let end = line[start..].find(char::is_whitespace).map_or(line.len(), |length| start + length);
    if column > 1 && end > start {
        return (start, end);
    }
    (line.len() - line.trim_start().len(), line.trim_end().len())
}

/// The line in its colours, cut where the underline begins and ends.
fn inked(line: &str, stretches: &[Stretch], under: (usize, usize), out: &mut String) {
    let mut piece = |from: usize, to: usize, class: &str| {
        let cuts = [from, under.0.clamp(from, to), under.1.clamp(from, to), to];
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let text = escape(&line[pair[0]..pair[1]]);
            let lined = under.0 <= pair[0] && pair[1] <= under.1;
            let open = if lined { "<u class=\"" } else { "<i class=\"" };
            let close = if lined { "</u>" } else { "</i>" };
            if class.is_empty() && !lined {
                *out += &text;
            } else {
                *out += &[open, class, "\">", &text, close].concat();
            }
        }
    };
    let mut at = 0;
    for (from, to, ink) in stretches {
        piece(at, *from, "");
        piece(*from, *to, ink.class());
        at = *to;
    }
    piece(at, line.len(), "");
}

/// What is wrong in a document, as a list: each with its line, its weight and its words, and a button that goes there.
pub fn problems(problems: &[&Problem]) -> String {
    let mut out = String::new();
    for problem in problems.iter().take(MOST) {
        let (class, word) = match problem.severity {
            Severity::Error => ("bad", "error"),
            Severity::Warning => ("odd", "warning"),
            Severity::NotModelled => ("odd", "not modelled"),
        };
        let (line, column) = (problem.source.line, problem.column);
        out += &format!(
            "<li class=\"{class}\"><button type=\"button\" data-at=\"{line}:{column}\">line {line}</button> \
             <span class=\"weight\">{word}</span> <span>{}</span></li>",
            escape(&problem.words)
        );
    }
    if problems.len() > MOST {
        out += &format!("<li>… and {} more</li>", problems.len() - MOST);
    }
    out
}

/// So many problems are listed.
const MOST: usize = 20;

/// How many UTF-16 units of a text stand before a `line:column`, as [`problems`] writes it.
pub fn place(text: &str, at: &str) -> Option<u32> {
    let (line, column) = at.split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let before: u32 = text.split('\n').take(line.checked_sub(1)?).map(|line| crate::edit::units(line) + 1).sum();
    let line = text.split('\n').nth(line - 1)?;
    let start = under(line, column as u32).0;
    Some(before + crate::edit::units(&line[..start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_becomes_markup() {
        let html = lines("<b>&\"\n; a zone", Kind::Zone, Some(1), &[]);
        assert_eq!(
            html,
            "<li class=\"lit\"><code>&lt;b&gt;&amp;<i class=\"s\">&quot;</i></code></li>\
             <li><code><i class=\"c\">; a zone</i></code></li>"
        );
    }

    #[test]
    fn what_is_wrong_is_underlined_in_place() {
        let wrong = |line, column| Problem::error("d", line, column, "no <such> thing".into());
        let html = lines("lisen 80;\n  é x", Kind::Nginx, None, &[&wrong(1, 7), &wrong(2, 1)]);
        assert_eq!(
            html,
            "<li class=\"bad\"><code><i class=\"k\">lisen</i> <u class=\"v\">80</u><u class=\"\">;</u></code></li>\
             <li class=\"bad\"><code>  <u class=\"k\">é</u><u class=\"\"> x</u></code></li>"
        );
        assert_eq!(place("lisen 80;\n  é x", "2:5"), Some(14));
        assert_eq!(place("", "7:1"), None);
        assert!(problems(&[&wrong(1, 7)]).contains("no &lt;such&gt; thing"));
    }

    #[test]
    fn a_large_text_has_no_layer() {
        let text = "<a>\n".repeat(LARGE);
        assert_eq!(lines(&text, Kind::Nginx, Some(1), &[]), "");
    }
}
