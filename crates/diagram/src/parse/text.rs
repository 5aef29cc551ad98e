//! Lines without comments, and words without markup.

use crate::figure::Sign;

use super::MAX_TEXT;

/// Words with their forced line breaks; signs are taken out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// The lines as the author broke them.
    pub lines: Vec<String>,
    /// ✓ or ✗, wherever it stood.
    pub sign: Option<Sign>,
}

impl Text {
    /// Reads the words of a label: `<br/>`, entities, quotes, Markdown marks and signs.
    pub fn read(raw: &str) -> Text {
        let raw: String = raw.chars().take(MAX_TEXT).collect();
        let mut plain = raw.trim();
        for quote in ['"', '`'] {
            if plain.len() >= 2 && plain.starts_with(quote) && plain.ends_with(quote) {
                plain = &plain[1..plain.len() - 1];
            }
        }
        let decoded = entities(&breaks(plain)).replace("**", "");
        let mut sign = None;
        let mut words = String::with_capacity(decoded.len());
        for c in decoded.chars() {
            match c {
                '✓' | '✔' | '✅' | '☑' => sign = Some(Sign::Tick),
                '✗' | '✘' | '❌' | '✕' | '✖' | '❎' => sign = Some(Sign::Cross),
                '\u{FE0F}' | '\u{200B}' | '\u{200D}' => {}
                c if c.is_control() && c != '\n' => words.push(' '),
                c => words.push(c),
            }
        }
        let lines = words.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut lines: Vec<String> = lines.collect();
        while lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        while lines.len() > 1 && lines[0].is_empty() {
            lines.remove(0);
        }
        Text { lines, sign }
    }

    /// Nothing to read at all.
    pub fn is_empty(&self) -> bool {
        self.sign.is_none() && self.lines.iter().all(String::is_empty)
    }
}

/// `<br>`, `<br/>`, `<br />` and a written `\n` become line ends; other tags (`<b>`) are dropped.
fn breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("\\n") {
            out.push('\n');
            rest = after;
            continue;
        }
        let tag = rest.find('>').map(|end| (rest[1..end].trim_matches([' ', '/']).to_ascii_lowercase(), end));
        match tag {
            Some((name, end)) if rest.starts_with('<') && name == "br" => {
                out.push('\n');
                rest = &rest[end + 1..];
            }
            Some((name, end)) if rest.starts_with('<') && TAGS.contains(&name.as_str()) => {
                rest = &rest[end + 1..];
            }
            _ => {
                let next = rest.chars().next().map_or(1, char::len_utf8);
                out.push_str(&rest[..next]);
                rest = &rest[next..];
            }
        }
    }
    out.push_str(rest);
    out
}

const TAGS: &[&str] = &["b", "i", "u", "em", "strong", "sub", "sup", "small", "code", "span", "div", "p"];

/// `&amp;`, `&#35;` and Mermaid's `#35;`, `#quot;`.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '#']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let start = if rest.starts_with("&#") { 2 } else { 1 };
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(i, _)| i);
        let found = end.filter(|end| *end > start).and_then(|end| Some((named(&rest[start..end])?, end)));
        if let Some((c, end)) = found {
            out.push(c);
            rest = &rest[end + 1..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn named(name: &str) -> Option<char> {
    let hex = name.strip_prefix(['x', 'X']).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let Some(code) = name.parse().ok().or(hex) {
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "semi" => ';',
        "colon" => ':',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "middot" => '·',
        "times" => '×',
        _ => return None,
    })
}

/// A line of the source that says something.
pub(super) struct Line<'a> {
    /// From 1.
    pub number: u32,
    /// The whole line, without its end.
    pub text: &'a str,
}

impl Line<'_> {
    /// The column (from 1, in characters) at which `part`, a slice of this line, begins.
    pub fn column_of(&self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        column(self.text, offset)
    }
}

/// The column (from 1, in characters) of a byte offset.
pub(super) fn column(line: &str, offset: usize) -> u32 {
    1 + line.char_indices().take_while(|(i, _)| *i < offset).count() as u32
}

/// Lines that are neither empty nor comments, nor directives (`%%{…}%%`), nor front matter.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let (mut directive, mut front) = (false, false);
    for (i, line) in text.lines().enumerate() {
        let trimmed = line.trim().trim_start_matches('\u{FEFF}');
        if out.is_empty() && trimmed == "---" {
            front = !front;
            continue;
        }
        let mut rest = trimmed;
        if directive {
            let Some(end) = rest.find("}%%") else {
                continue;
            };
            directive = false;
            rest = rest[end + 3..].trim_start();
        }
        while rest.starts_with("%%{") {
            let Some(end) = rest.find("}%%") else {
                directive = true;
                break;
            };
            rest = rest[end + 3..].trim_start();
        }
        if front || directive || rest.is_empty() || rest.starts_with("%%") {
            continue;
        }
        out.push(Line { number: i as u32 + 1, text: if rest.len() == trimmed.len() { line } else { rest } });
    }
    out
}
