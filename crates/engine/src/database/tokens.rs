//! A statement's tokens (PostgreSQL 15 documentation, section 4.1 "Lexical Structure"): words in lower case unless they are
//! quoted, numbers, texts, parameters and signs. No texts with escapes (`E'…'`) and none between dollars.

use super::error::{Fault, SqlError};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// What it says: a word in lower case, of a quoted text what it stands for.
    pub text: String,
    /// The byte at which it begins.
    pub at: usize,
    /// The byte after it.
    pub end: usize,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a name.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A number.
    Number,
    /// `$1`: its number.
    Param,
    /// A sign.
    Sign,
    /// The end.
    End,
}

/// The signs of more than one character, the longer ones first.
const SIGNS: [&str; 13] = ["..", "!~~*", "~~*", "!~~", "::", "<=", ">=", "<>", "!=", "||", "~~", "->", ":="];

/// The tokens of a text, the last one [`Kind::End`], and why there are no more where the text could not be divided further.
pub fn tokens(text: &str) -> (Vec<Token>, Option<Fault>) {
    let (mut found, mut at) = (Vec::new(), 0);
    let broken = loop {
        if at == text.len() {
            break None;
        }
        match token(text, at) {
            Ok((kind, length, value)) => {
                found.extend(kind.map(|kind| Token { kind, text: value, at, end: at + length }));
                at += length;
            }
            Err(fault) => break Some(fault),
        }
    };
    found.push(Token { kind: Kind::End, text: String::new(), at, end: at });
    (found, broken)
}

/// One token, or what is passed over; its length, and what it says.
fn token(text: &str, at: usize) -> Result<(Option<Kind>, usize, String), Fault> {
    let rest = &text[at..];
    let first = rest.chars().next().unwrap_or(' ');
    let broken = |words: &str| {
        let words = ["unterminated ", words, " at or near \"", rest, "\""].concat();
        Fault::error(SqlError::new("42601", words).at(text, at))
    };
    Ok(match first {
        ' ' | '\t' | '\n' | '\r' | '\u{c}' => (None, first.len_utf8(), String::new()),
        '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len()), String::new()),
        '/' if rest.starts_with("/*") => (None, comment(rest).ok_or_else(|| broken("/* comment"))?, String::new()),
        '\'' => {
            let (length, value) = quoted(rest, '\'').ok_or_else(|| broken("quoted string"))?;
            (Some(Kind::Text), length, value)
        }
        '"' => {
            let (length, value) = quoted(rest, '"').ok_or_else(|| broken("quoted identifier"))?;
            if value.is_empty() {
                let words = "zero-length delimited identifier at or near \"\"\"\"".to_owned();
                return Err(Fault::error(SqlError::new("42601", words).at(text, at)));
            }
            (Some(Kind::Quoted), length, value)
        }
        '$' => {
            let length = 1 + span(&rest[1..], |c| c.is_ascii_digit());
            if length == 1 {
                return Err(Fault::not_modelled("a text between dollars"));
            }
            junk(text, at, length, "parameter")?;
            (Some(Kind::Param), length, rest[1..length].to_owned())
        }
        '0'..='9' | '.' if number(rest) > 0 => {
            let length = number(rest);
            junk(text, at, length, "numeric literal")?;
            (Some(Kind::Number), length, rest[..length].to_owned())
        }
        _ if begins(first) => {
            let length = span(rest, |c| begins(c) || c.is_ascii_digit() || c == '$');
            if matches!(first, 'e' | 'E' | 'b' | 'B' | 'x' | 'X') && length == 1 && rest[1..].starts_with('\'') {
                return Err(Fault::not_modelled("a text with escapes"));
            }
            (Some(Kind::Word), length, rest[..length].to_ascii_lowercase())
        }
        _ => {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let length = sign.map_or(first.len_utf8(), |sign| sign.len());
            (Some(Kind::Sign), length, rest[..length].to_owned())
        }
    })
}

/// Whether a name may begin with it (`ident_start` of PostgreSQL's `scan.l`: what is no ASCII is a letter there).
const fn begins(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// The length of the number at the beginning: digits, or a fraction, without two points; 0 where there is none.
fn number(text: &str) -> usize {
    let whole = span(text, |c| c.is_ascii_digit());
    let rest = &text[whole..];
    if !rest.starts_with('.') || rest.starts_with("..") {
        return whole;
    }
    let fraction = span(&rest[1..], |c| c.is_ascii_digit());
    if whole + fraction == 0 { 0 } else { whole + 1 + fraction }
}

/// A name that begins where a number or a parameter ends.
fn junk(text: &str, at: usize, length: usize, what: &str) -> Result<(), Fault> {
    let rest = &text[at..];
    if !rest[length..].starts_with(begins) {
        return Ok(());
    }
    let more = span(&rest[length..], |c| begins(c) || c.is_ascii_digit() || c == '$');
    let words = ["trailing junk after ", what, " at or near \"", &rest[..length + more], "\""];
    Err(Fault::error(SqlError::new("42601", words.concat()).at(text, at)))
}

/// How many bytes from the start are such characters.
fn span(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum()
}

/// The length of a comment; comments lie within each other.
fn comment(text: &str) -> Option<usize> {
    let (mut open, mut at) = (0_u32, 0);
    while at < text.len() {
        let rest = &text[at..];
        let step = match rest.get(..2) {
            Some("/*") => {
                open += 1;
                2
            }
            Some("*/") => {
                open -= 1;
                2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// A quoted text: its length with the quotes, and what it stands for. Two quotes in it stand for one.
fn quoted(text: &str, quote: char) -> Option<(usize, String)> {
    let (mut value, mut chars) = (String::new(), text.char_indices().skip(1).peekable());
    while let Some((at, c)) = chars.next() {
        if c != quote {
            value.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            value.push(quote);
            chars.next();
        } else {
            return Some((at + 1, value));
        }
    }
    None
}

/// The statements of a script, as psql divides it: by the semicolons that stand in no text, comment or bracket. Each with
/// the byte at which it begins.
pub fn statements(script: &str) -> Vec<(usize, &str)> {
    let (mut found, mut from, mut at, mut open) = (Vec::new(), 0, 0, 0_u32);
    let mut empty = true;
    while at < script.len() {
        let rest = &script[at..];
        let first = rest.chars().next().unwrap_or(' ');
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest).unwrap_or(rest.len()),
            '\'' | '"' => quoted(rest, first).map_or(rest.len(), |(length, _)| length),
            _ => first.len_utf8(),
        };
        let blank = first.is_whitespace() || rest.starts_with("--") || rest.starts_with("/*");
        if empty && blank {
            at += length;
            from = at;
            continue;
        }
        match first {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            ';' if open == 0 => {
                if !empty {
                    found.push((from, &script[from..=at]));
                }
                at += 1;
                (from, empty) = (at, true);
                continue;
            }
            _ => {}
        }
        empty = false;
        at += length;
    }
    if !empty {
        found.push((from, script[from..].trim_end()));
    }
    found
}
