//! A script's tokens: words, numbers, texts and signs, each with its place (ECMAScript, "Lexical Grammar"). No regular
//! expressions, and no templates with something to fill in.

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text: of a quoted text what it stands for.
    pub text: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
    /// Whether a line break stands before it.
    pub fresh: bool,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A quoted text.
    Text,
    /// A template with something to fill in.
    Template,
    /// A sign.
    Sign,
    /// The end of the script.
    End,
}

/// The signs of more than one character, the longer ones first.
const SIGNS: [&str; 18] =
    ["===", "!==", "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "**"];

/// The tokens of a text, the last one [`Kind::End`], or where it cannot be read: line, column and V8's words.
pub fn tokens(text: &str) -> Result<Vec<Token>, (u32, u32, &'static str)> {
    let (mut found, mut rest) = (Vec::<Token>::new(), text);
    let (mut line, mut column, mut fresh) = (1, 1, true);
    loop {
        let Some(first) = rest.chars().next() else {
            found.push(Token { kind: Kind::End, text: String::new(), line, column, fresh: true });
            return Ok(found);
        };
        let (kind, length, value) = if first.is_whitespace() {
            (None, span(rest, char::is_whitespace), None)
        } else if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()), None)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let end = crate::text::split_once(comment, "*/").map(|(inside, _)| inside.len() + 4);
            (None, end.ok_or((line, column, "SyntaxError: Invalid or unexpected token"))?, None)
        } else if first.is_ascii_digit() {
            (Some(Kind::Number), span(rest, |c| c.is_ascii_alphanumeric() || c == '.'), None)
        } else if first.is_alphabetic() || matches!(first, '_' | '$') {
            (Some(Kind::Word), span(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '$')), None)
        } else if matches!(first, '"' | '\'' | '`') {
            let (length, value) =
                quoted(rest, first).ok_or((line, column, "SyntaxError: Invalid or unexpected token"))?;
            let filled = first == '`' && crate::text::contains(&rest[..length], "${");
            (Some(if filled { Kind::Template } else { Kind::Text }), length, Some(value))
        } else {
            // Most signs stand alone.
            let longer = rest.as_bytes().get(1).is_some_and(|second| b"=.>&|?+-*".contains(second));
            let sign = SIGNS.iter().find(|sign| longer && rest.starts_with(**sign));
            (Some(Kind::Sign), sign.map_or(first.len_utf8(), |sign| sign.len()), None)
        };
        let (here, after) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = value.unwrap_or_else(|| here.to_owned());
            found.push(Token { kind, text, line, column, fresh });
            fresh = false;
        }
        for c in here.chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            fresh |= c == '\n';
        }
        rest = after;
    }
}

/// How many bytes from the start are such characters.
fn span(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.chars().take_while(|c| fits(*c)).map(char::len_utf8).sum()
}

/// A quoted text: its length with the quotes, and what it stands for.
fn quoted(text: &str, quote: char) -> Option<(usize, String)> {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' if quote != '`' => return None,
            'n' if escaped => value.push('\n'),
            't' if escaped => value.push('\t'),
            _ if escaped => value.push(c),
            '\\' => {}
            _ if c == quote => return Some((at + 1, value)),
            _ => value.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    None
}
