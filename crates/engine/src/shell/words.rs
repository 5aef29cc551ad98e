//! A command line as bash reads it: words, quotes, `;`, `&&`, `||`, `|` and files to write into (Bash manual, "Shell
//! Syntax"). Variables and patterns are put in when a command runs, not before.
//!
//! Not modelled, and said so by name: substitutions of commands, jobs in the background, loops, functions, here-documents.

/// What joins a pipeline to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// `;`, or the beginning.
    Then,
    /// `&&`
    And,
    /// `||`
    Or,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As written, open to patterns.
    Plain(String),
    /// Within quotes or behind a backslash.
    Quoted(String),
    /// `$NAME`
    Variable(String),
}

/// A word, not yet expanded.
pub type Word = Vec<Piece>;

/// Where a command's output goes instead of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// `> file`, `>> file`: whether it is appended.
    Out(Word, bool),
    /// `2> file`
    Err(Word),
    /// `2>&1`
    Merge,
}

/// One command of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its words.
    pub words: Vec<Word>,
    /// Its redirections, in order.
    pub into: Vec<Redirect>,
}

/// Commands that `|` joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// What joins it to the one before.
    pub joint: Joint,
    /// The commands.
    pub commands: Vec<Command>,
}

/// The most commands that a line may have here.
const MOST: usize = 64;

enum Token {
    Word(Word),
    Sign(&'static str),
}

/// Reads a line.
///
/// # Errors
///
/// What bash says of a line that it does not understand, or which part of it is not modelled.
pub fn parse(line: &str) -> Result<Vec<Pipeline>, String> {
    let mut tokens = tokens(line)?.into_iter().peekable();
    let (mut found, mut joint) = (Vec::new(), Joint::Then);
    let (mut commands, mut command) = (Vec::new(), Command::default());
    let unexpected = |sign: &str| Err(["bash: syntax error near unexpected token `", sign, "'\n"].concat());
    while let Some(token) = tokens.next() {
        let sign = match token {
            Token::Word(word) => {
                command.words.push(word);
                continue;
            }
            Token::Sign(sign) => sign,
        };
        match sign {
            "2>&1" => command.into.push(Redirect::Merge),
            ">" | ">>" | "2>" => match tokens.next() {
                Some(Token::Word(word)) if sign == "2>" => command.into.push(Redirect::Err(word)),
                Some(Token::Word(word)) => command.into.push(Redirect::Out(word, sign == ">>")),
                Some(Token::Sign(sign)) => return unexpected(sign),
                None => return unexpected("newline"),
            },
            _ if command.words.is_empty() => return unexpected(sign),
            _ => {
                commands.push(core::mem::take(&mut command));
                if sign != "|" {
                    let commands = core::mem::take(&mut commands);
                    found.push(Pipeline { joint, commands });
                    joint = match sign {
                        "&&" => Joint::And,
                        "||" => Joint::Or,
                        _ => Joint::Then,
                    };
                }
            }
        }
        if found.len() + commands.len() > MOST {
            return Err("not modelled: so many commands in one line\n".to_owned());
        }
    }
    let open = !commands.is_empty() || joint != Joint::Then;
    if command.words.is_empty() && open {
        return Err("bash: syntax error: unexpected end of file\n".to_owned());
    }
    if !command.words.is_empty() || !command.into.is_empty() {
        commands.push(command);
        found.push(Pipeline { joint, commands });
    }
    Ok(found)
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut word: Option<Word> = None;
    let mut chars = line.chars().peekable();
    let plain = |word: &mut Option<Word>, c: char| {
        let word = word.get_or_insert_default();
        match word.last_mut() {
            Some(Piece::Plain(text)) => text.push(c),
            _ => word.push(Piece::Plain(c.into())),
        }
    };
    while let Some(c) = chars.next() {
        match c {
            _ if c.is_whitespace() => found.extend(word.take().map(Token::Word)),
            '#' if word.is_none() => break,
            '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => text.push(c),
                        None => return Err(unclosed("'")),
                    }
                }
                word.get_or_insert_default().push(Piece::Quoted(text));
            }
            '"' => {
                let into = word.get_or_insert_default();
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                            Some(c) => text.extend(['\\', c]),
                            None => return Err(unclosed("\"")),
                        },
                        Some('$') => {
                            into.push(Piece::Quoted(core::mem::take(&mut text)));
                            into.push(variable(&mut chars)?);
                        }
                        Some('`') => return Err(substitution()),
                        Some(c) => text.push(c),
                        None => return Err(unclosed("\"")),
                    }
                }
                into.push(Piece::Quoted(text));
            }
            '\\' => word.get_or_insert_default().extend(chars.next().map(|c| Piece::Quoted(c.into()))),
            '$' => {
                let piece = variable(&mut chars)?;
                word.get_or_insert_default().push(piece);
            }
            '`' => return Err(substitution()),
            '>' => {
                // `2>` names the stream of errors only where the 2 is a word of its own.
                let errors = word.as_ref().is_some_and(|word| *word == [Piece::Plain("2".to_owned())]);
                if errors {
                    word = None;
                }
                found.extend(word.take().map(Token::Word));
                let next = chars.next_if(|c| matches!(c, '>' | '&'));
                match (errors, next) {
                    (true, Some('&')) => match chars.next() {
                        Some('1') => found.push(Token::Sign("2>&1")),
                        _ => return Err("not modelled: this redirection\n".to_owned()),
                    },
                    (false, Some('>')) => found.push(Token::Sign(">>")),
                    (true, None) => found.push(Token::Sign("2>")),
                    (false, None) => found.push(Token::Sign(">")),
                    _ => return Err("not modelled: this redirection\n".to_owned()),
                }
            }
            '|' | '&' | ';' => {
                found.extend(word.take().map(Token::Word));
                found.push(Token::Sign(match (c, chars.next_if_eq(&c)) {
                    ('|', None) => "|",
                    ('|', Some(_)) => "||",
                    ('&', Some(_)) => "&&",
                    ('&', None) => return Err("not modelled: a command in the background (&)\n".to_owned()),
                    (_, None) => ";",
                    (_, Some(_)) => ";;",
                }));
            }
            '<' | '(' | ')' => return Err(["not modelled: ", &c.to_string(), " in a command line\n"].concat()),
            _ => plain(&mut word, c),
        }
    }
    found.extend(word.map(Token::Word));
    Ok(found)
}

fn unclosed(quote: &str) -> String {
    ["bash: unexpected EOF while looking for matching `", quote, "'\n"].concat()
}

fn substitution() -> String {
    "not modelled: the output of one command in the line of another ($(…), `…`)\n".to_owned()
}

/// What follows a `$`.
fn variable(chars: &mut core::iter::Peekable<core::str::Chars<'_>>) -> Result<Piece, String> {
    if chars.peek() == Some(&'(') {
        return Err(substitution());
    }
    if chars.next_if_eq(&'?').is_some() {
        return Ok(Piece::Variable("?".to_owned()));
    }
    let braced = chars.next_if_eq(&'{').is_some();
    let mut name = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
        name.push(c);
    }
    if braced && chars.next() != Some('}') {
        return Err("not modelled: such an expansion of a variable (${…})\n".to_owned());
    }
    Ok(if name.is_empty() { Piece::Quoted("$".to_owned()) } else { Piece::Variable(name) })
}

/// A word so that bash reads it as it is.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let mut out = String::from("'");
    for c in word.chars() {
        match c {
            '\'' => out += r"'\''",
            _ => out.push(c),
        }
    }
    out.push('\'');
    out
}
