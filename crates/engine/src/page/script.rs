//! What a page's script does, as far as it shows: it attaches listeners, asks for data, computes, writes, throws.
//!
//! It does not run JavaScript. A statement of another form is named in the run, and the script ends openly there.

use crate::app;
use crate::literal::Value;

/// How many statements a script may have.
const MOST: usize = 200;

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its line, counted from 1.
    pub line: u32,
    /// What it does.
    pub act: Act,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// `button.addEventListener("click", …)`: what the listener writes, where it writes something.
    Listen(Option<String>),
    /// `const name = await (await fetch(address)).json();`
    Ask(String, String),
    /// `const name = value;`
    Let(String, String),
    /// `element.textContent = value;`
    Write(String),
    /// `throw new Error(words)`.
    Throw(String),
    /// Something that is not modelled, as written.
    Unknown(String),
}

/// Reads a script: its statements in order, or at which line its brackets do not fit.
pub fn parse(text: &str) -> Vec<Statement> {
    let (mut found, mut written, mut line, mut open) = (Vec::new(), String::new(), 1, 0_i32);
    for (number, text) in crate::text::lines(text) {
        let text = text.trim();
        if text.starts_with("//") || text.is_empty() {
            continue;
        }
        if written.is_empty() {
            line = number;
        }
        written += if written.is_empty() { "" } else { " " };
        written += text;
        open += brackets(text);
        if open <= 0 {
            open = 0;
            add(&mut found, line, &written);
            written.clear();
        }
        if found.len() >= MOST {
            found.push(Statement { line: number, act: Act::Unknown("a script of so many statements".to_owned()) });
            return found;
        }
    }
    if !written.is_empty() {
        let act = Act::Throw("SyntaxError: Unexpected end of input".to_owned());
        // A script that cannot be parsed does not begin.
        return vec![Statement { line, act }];
    }
    found
}

/// How many more brackets open than close in a line, outside of quoted texts.
fn brackets(line: &str) -> i32 {
    let (mut open, mut quote) = (0, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(end), c) if end == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => open += 1,
            (None, ')' | ']' | '}') => open -= 1,
            _ => {}
        }
    }
    open
}

fn add(found: &mut Vec<Statement>, line: u32, written: &str) {
    let has = |part: &str| crate::text::contains(written, part);
    let act = if written.starts_with("console.") {
        return;
    } else if let Some(rest) = written.strip_prefix("throw new Error(") {
        Act::Throw(["Error: ", quoted(rest).unwrap_or("")].concat())
    } else if has(".addEventListener(\"click\"") || written.starts_with("hydrateRoot(") {
        let written = crate::text::split_once(written, ".textContent = ").map(|(_, rest)| rest);
        Act::Listen(written.map(|rest| rest.split([';', '}']).next().unwrap_or("").trim().to_owned()))
    } else if let Some((name, value)) = definition(written) {
        if let (true, Some((_, rest))) = (value.starts_with("await "), crate::text::split_once(value, "fetch(")) {
            match quoted(rest).filter(|_| has(".json()")) {
                Some(address) => Act::Ask(name.to_owned(), address.to_owned()),
                None => Act::Unknown(written.to_owned()),
            }
        } else if value.starts_with("document.querySelector(") || value.starts_with("document.getElementById(") {
            return;
        } else {
            Act::Let(name.to_owned(), value.to_owned())
        }
    } else if let Some((_, value)) = crate::text::split_once(written, ".textContent = ") {
        Act::Write(value.trim_end_matches(';').to_owned())
    } else {
        Act::Unknown(written.to_owned())
    };
    found.push(Statement { line, act });
}

/// `const name = value;`
fn definition(written: &str) -> Option<(&str, &str)> {
    let rest = ["const ", "let ", "var "].iter().find_map(|word| written.strip_prefix(word))?;
    let (name, value) = crate::text::split_once(rest, " = ")?;
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some((name, value.trim_end_matches(';')))
}

/// The quoted text with which this begins.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text[1..].split_once(quote).map(|(inside, _)| inside)
}

/// What `value` is worth after these statements, by the same evaluation as on the server. `data` holds, for each name that
/// was asked for, the JSON that came.
pub fn worth(before: &[Statement], value: &str, data: &[(String, String)]) -> Option<Value> {
    let mut script = String::new();
    for Statement { act, .. } in before {
        match act {
            Act::Ask(name, _) => script += &["const ", name, " = require(\"./", name, ".json\");\n"].concat(),
            Act::Let(name, value) => script += &["const ", name, " = ", value, ";\n"].concat(),
            _ => {}
        }
    }
    script += &["const written = ", value, ";\n"].concat();
    let file = |path: &str| {
        let name = path.strip_suffix(".json")?;
        data.iter().find(|(known, _)| known == name).map(|(_, json)| json.as_str())
    };
    let app = app::parse("script", &script, &file);
    app.data.into_iter().find(|(name, _)| name == "written").map(|(_, value)| value)
}
