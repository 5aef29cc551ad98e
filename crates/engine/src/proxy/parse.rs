//! nginx's configuration language: words and blocks (`src/core/ngx_conf_file.c`, 1.22.1: `ngx_conf_read_token`). What
//! the directives mean is checked as they are read, by [`super::syntax`].

use super::build::Surroundings;
use super::syntax::{Check, Stop};
use crate::problem::{Problem, Severity};

/// One directive, with its block where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The name.
    pub name: String,
    /// The arguments, quotes removed.
    pub args: Vec<String>,
    /// The line on which it begins.
    pub line: u32,
    /// The line on which nginx had read it whole; error messages name this one.
    pub end: u32,
    /// What stands in its braces.
    pub block: Vec<Directive>,
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Semicolon,
    Open,
    Close,
    File,
}

/// A statement: its words, where it began, and how it ended.
#[derive(Debug)]
pub(super) struct Statement {
    pub words: Vec<String>,
    pub line: u32,
    pub column: u32,
    end: End,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The directives of each file, up to the error where there is one.
    pub trees: Vec<Vec<Directive>>,
    /// What nginx says, in its order. Nothing follows an error. What could not be told is among them as not modelled.
    pub problems: Vec<Problem>,
}

impl Read {
    /// Whether nginx refuses the configuration.
    pub fn refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads files as included one after the other inside `http { }`, and checks them as `nginx -t` does.
pub fn read(files: &[(&str, &str)], around: Surroundings<'_>) -> Read {
    let mut check = Check::new(around);
    let mut read = Read::default();
    let mut stopped = None;
    let mut lines = 1;
    for (document, text) in files {
        let mut tree = Vec::new();
        stopped = file(document, text, 'H', &mut check, &mut tree).err();
        read.trees.push(tree);
        lines = text.lines().count() as u32 + 1;
        if stopped.is_some() {
            break;
        }
    }
    if stopped.is_none() {
        stopped = check.close(lines).and_then(|()| check.finish(lines)).err();
    }
    read.problems = check.problems;
    read.problems.extend(stopped.map(|problem| *problem));
    read
}

/// Reads one file as a whole configuration, with `events { }` and `http { }` in it.
pub fn read_whole(document: &str, text: &str, around: Surroundings<'_>) -> Read {
    let mut check = Check::new(around);
    let mut tree = Vec::new();
    let stopped = file(document, text, 'm', &mut check, &mut tree).err();
    let mut problems = check.problems;
    problems.extend(stopped.map(|problem| *problem));
    Read { trees: vec![tree], problems }
}

fn file(
    document: &str,
    text: &str,
    context: char,
    check: &mut Check<'_>,
    into: &mut Vec<Directive>,
) -> Result<(), Stop> {
    check.file(document, context);
    if text.bytes().any(|c| c == 0) {
        check.problems.push(Problem::not_modelled(document, 1, "a byte 0 in a configuration".to_owned()));
    }
    let mut reader = Reader { document, left: text, line: 1, column: 1, check, start: (text, 1), quote: None };
    reader.block(into, false, 0).map_err(|mut problem| {
        // At the end of the file nginx counts one line more than there is.
        problem.source.line = problem.source.line.min(text.lines().count().max(1) as u32);
        problem
    })
}

/// Blocks nested deeper than this are not read; no real file comes near.
const DEEPEST: u32 = 64;

/// nginx's buffer: no word and no comment may be longer.
const LONGEST: usize = 4096;

struct Reader<'r, 'c> {
    document: &'r str,
    /// What has not been read yet.
    left: &'r str,
    line: u32,
    column: u32,
    check: &'r mut Check<'c>,
    /// Where nginx's buffer begins: at the word or comment being read, with its line, and the quote that it began with.
    start: (&'r str, u32),
    quote: Option<char>,
}

impl Reader<'_, '_> {
    fn stop<T>(&self, pieces: &[&str]) -> Result<T, Stop> {
        self.stop_at((self.line, self.column), pieces)
    }

    fn stop_at<T>(&self, at: (u32, u32), pieces: &[&str]) -> Result<T, Stop> {
        let place = [" in ", self.document, ":", &at.0.to_string()].concat();
        let words = [&pieces.concat(), place.as_str()].concat();
        Err(Box::new(Problem::error(self.document, at.0, at.1, words)))
    }

    /// Statements until the closing brace, or until the end of the file at the outermost level.
    fn block(&mut self, into: &mut Vec<Directive>, inner: bool, depth: u32) -> Result<(), Stop> {
        loop {
            let statement = self.statement()?;
            match statement.end {
                End::File if inner => return self.stop(&["unexpected end of file, expecting \"}\""]),
                End::File => return Ok(()),
                End::Close if inner => return self.check.close(self.line),
                End::Close => return self.stop(&["unexpected \"}\""]),
                End::Semicolon | End::Open => {}
            }
            let (opens, end) = (statement.end == End::Open, self.line);
            self.check.statement(&statement, end, opens)?;
            let mut words = statement.words.into_iter();
            let name = words.next().unwrap_or_default();
            let mut directive = Directive { name, args: words.collect(), line: statement.line, end, block: Vec::new() };
            if opens && depth == DEEPEST {
                let words = "blocks nested so deeply are not read".to_owned();
                return Err(Box::new(Problem::not_modelled(self.document, statement.line, words)));
            }
            let result = if opens { self.block(&mut directive.block, true, depth + 1) } else { Ok(()) };
            into.push(directive);
            result?;
        }
    }

    fn peek(&self) -> Option<char> {
        self.left.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.left = &self.left[c.len_utf8()..];
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    /// The next character, if what is being read still fits into nginx's buffer.
    fn take(&mut self) -> Result<Option<char>, Stop> {
        let (start, line) = self.start;
        if start.len() - self.left.len() < LONGEST || self.left.is_empty() {
            return Ok(self.next());
        }
        let at = (line, 1);
        if let Some(quote) = self.quote {
            let quote = quote.encode_utf8(&mut [0; 4]).to_owned();
            return self.stop_at(at, &["too long parameter, probably missing terminating \"", &quote, "\" character"]);
        }
        let mut end = 10;
        while !start.is_char_boundary(end) {
            end -= 1;
        }
        self.stop_at(at, &["too long parameter \"", &start[..end], "...\" started"])
    }

    /// The next statement.
    fn statement(&mut self) -> Result<Statement, Stop> {
        self.start = (self.left, self.line);
        let mut said = Statement { words: Vec::new(), line: self.line, column: self.column, end: End::File };
        loop {
            let at = (self.line, self.column);
            let start = self.left;
            let Some(c) = self.take()? else {
                if said.words.is_empty() {
                    return Ok(said);
                }
                return self.early_end();
            };
            self.start = (start, at.0);
            match c {
                ' ' | '\t' | '\r' | '\n' => continue,
                '#' => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.take()?;
                    }
                    continue;
                }
                ';' | '{' if said.words.is_empty() => {
                    return self.stop_at(at, &["unexpected \"", c.encode_utf8(&mut [0; 4]), "\""]);
                }
                ';' => said.end = End::Semicolon,
                '{' => said.end = End::Open,
                '}' if !said.words.is_empty() => return self.stop_at(at, &["unexpected \"}\""]),
                '}' => said.end = End::Close,
                first => {
                    if said.words.is_empty() {
                        (said.line, said.column) = at;
                    }
                    match self.word(first, &mut said.words)? {
                        Some(end) => said.end = end,
                        None => continue,
                    }
                }
            }
            return Ok(said);
        }
    }

    fn early_end<T>(&self) -> Result<T, Stop> {
        self.stop(&["unexpected end of file, expecting \";\" or \"}\""])
    }

    /// The rest of a word that begins with `first`. Says how the statement ended, if the word's last sign ended it.
    fn word(&mut self, first: char, words: &mut Vec<String>) -> Result<Option<End>, Stop> {
        let mut word = String::new();
        if first == '"' || first == '\'' {
            self.start = (self.left, self.line);
            self.quote = Some(first);
            loop {
                match self.take()? {
                    None => return self.early_end(),
                    Some('\\') => self.escape(&mut word)?,
                    Some(c) if c == first => break,
                    Some(c) => word.push(c),
                }
            }
            self.quote = None;
            words.push(word);
            return self.after_quote();
        }
        let mut next = Some(first);
        let mut variable = false;
        loop {
            match next {
                None => return self.early_end(),
                Some('{') if variable => word.push('{'),
                Some('\\') => {
                    self.escape(&mut word)?;
                    variable = false;
                }
                Some(c @ (' ' | '\t' | '\r' | '\n' | ';' | '{')) => {
                    words.push(word);
                    return Ok(match c {
                        ';' => Some(End::Semicolon),
                        '{' => Some(End::Open),
                        _ => None,
                    });
                }
                Some(c) => {
                    variable = c == '$';
                    word.push(c);
                }
            }
            next = self.take()?;
        }
    }

    /// After a closing quote there must be a blank or the end of the statement, or a parenthesis, which begins a word.
    fn after_quote(&mut self) -> Result<Option<End>, Stop> {
        let at = (self.line, self.column);
        match self.peek() {
            None => self.early_end(),
            Some(')') => Ok(None),
            Some(c @ (' ' | '\t' | '\r' | '\n' | ';' | '{')) => {
                self.take()?;
                Ok(match c {
                    ';' => Some(End::Semicolon),
                    '{' => Some(End::Open),
                    _ => None,
                })
            }
            Some(c) => self.stop_at(at, &["unexpected \"", c.encode_utf8(&mut [0; 4]), "\""]),
        }
    }

    /// A backslash: it disappears before quotes and itself, makes `\t \r \n`, and stays before anything else.
    fn escape(&mut self, word: &mut String) -> Result<(), Stop> {
        match self.take()? {
            Some(c @ ('"' | '\'' | '\\')) => word.push(c),
            Some('t') => word.push('\t'),
            Some('r') => word.push('\r'),
            Some('n') => word.push('\n'),
            Some(c) => word.extend(['\\', c]),
            None => word.push('\\'),
        }
        Ok(())
    }
}
