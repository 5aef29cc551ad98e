//! nginx's configuration language: tokens and blocks, with nginx's own error messages
//! (`src/core/ngx_conf_file.c`, 1.22.1: `ngx_conf_read_token`, `ngx_conf_handler`).

use super::directives::{self, Context};
use crate::problem::Problem;

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
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Semicolon,
    Open,
    Close,
    File,
}

struct Reader<'a> {
    document: &'a str,
    text: core::iter::Peekable<core::str::Chars<'a>>,
    line: u32,
    column: u32,
}

/// Reads one included file. The directives up to the first error are returned with it: nginx stops there.
pub fn parse(document: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Directive> {
    let mut reader = Reader { document, text: text.chars().peekable(), line: 1, column: 1 };
    let mut found = Vec::new();
    if let Err(mut problem) = reader.block(&mut found, Context::Http, false, 0) {
        // At the end of the file nginx counts one line more than there is.
        problem.source.line = problem.source.line.min(text.lines().count().max(1) as u32);
        problems.push(*problem);
    }
    found
}

type Stop = Box<Problem>;

/// A statement: its words, where it began, and how it ended.
struct Statement {
    words: Vec<String>,
    line: u32,
    end: End,
}

/// Blocks nested deeper than this are refused; no real file comes near.
const DEEPEST: u32 = 32;

impl Reader<'_> {
    fn stop<T>(&self, pieces: &[&str]) -> Result<T, Stop> {
        let place = [" in ", self.document, ":", &self.line.to_string()].concat();
        let words = [&pieces.concat(), place.as_str()].concat();
        Err(Box::new(Problem::error(self.document, self.line, self.column, words)))
    }

    /// Statements until the closing brace, or until the end of the file at the outermost level.
    fn block(&mut self, into: &mut Vec<Directive>, context: Context, inner: bool, depth: u32) -> Result<(), Stop> {
        loop {
            let statement = self.statement()?;
            match statement.end {
                End::File if inner => {
                    return self.stop(&["unexpected end of file, expecting \"}\""]);
                }
                End::File => return Ok(()),
                End::Close if inner => return Ok(()),
                End::Close => return self.stop(&["unexpected \"}\""]),
                End::Semicolon | End::Open => {}
            }
            let opens = statement.end == End::Open;
            let mut words = statement.words.into_iter();
            let name = words.next().unwrap_or_default();
            let args: Vec<String> = words.collect();
            self.admit(&name, args.len(), opens, context)?;
            let again = !opens && into.iter().any(|earlier: &Directive| earlier.name == name);
            if again && !directives::REPEATED.contains(&name.as_str()) {
                return self.stop(&["\"", &name, "\" directive is duplicate"]);
            }
            let mut directive = Directive { name, args, line: statement.line, end: self.line, block: Vec::new() };
            if opens {
                if depth == DEEPEST {
                    return self.stop(&["too many nested blocks"]);
                }
                let result = match directives::inside(&directive.name, context) {
                    Some(inside) => self.block(&mut directive.block, inside, true, depth + 1),
                    None => self.skip(),
                };
                into.push(directive);
                result?;
            } else {
                into.push(directive);
            }
        }
    }

    /// Reads over the block of a directive whose inside is a language of its own (`types`, `map`, …).
    fn skip(&mut self) -> Result<(), Stop> {
        let mut depth = 1;
        while depth > 0 {
            match self.statement()?.end {
                End::Open => depth += 1,
                End::Close => depth -= 1,
                End::File => return self.stop(&["unexpected end of file, expecting \"}\""]),
                End::Semicolon => {}
            }
        }
        Ok(())
    }

    /// Whether the directive exists, may stand here, and has as many arguments as it should.
    fn admit(&self, name: &str, count: usize, opens: bool, context: Context) -> Result<(), Stop> {
        let Some(known) = directives::find(name) else {
            return self.stop(&["unknown directive \"", name, "\""]);
        };
        let Some(rule) = known.iter().find(|rule| rule.contexts & context.bit() != 0) else {
            return self.stop(&["\"", name, "\" directive is not allowed here"]);
        };
        if !rule.block && opens {
            return self.stop(&["directive \"", name, "\" is not terminated by \";\""]);
        }
        if rule.block && !opens {
            return self.stop(&["directive \"", name, "\" has no opening \"{\""]);
        }
        if count < rule.least || count > rule.most {
            return self.stop(&["invalid number of arguments in \"", name, "\" directive"]);
        }
        Ok(())
    }

    fn next(&mut self) -> Option<char> {
        let c = self.text.next()?;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    /// The next statement (`ngx_conf_read_token`).
    fn statement(&mut self) -> Result<Statement, Stop> {
        let mut words: Vec<String> = Vec::new();
        let mut line = self.line;
        loop {
            let Some(c) = self.next() else {
                if words.is_empty() {
                    return Ok(Statement { words, line, end: End::File });
                }
                return self.stop(&["unexpected end of file, expecting \";\" or \"}\""]);
            };
            let end = match c {
                ' ' | '\t' | '\r' | '\n' => continue,
                '#' => {
                    while self.text.peek().is_some_and(|c| *c != '\n') {
                        self.next();
                    }
                    continue;
                }
                ';' | '{' if words.is_empty() => {
                    return self.stop(&["unexpected \"", c.encode_utf8(&mut [0; 4]), "\""]);
                }
                ';' => Some(End::Semicolon),
                '{' => Some(End::Open),
                '}' if !words.is_empty() => return self.stop(&["unexpected \"}\""]),
                '}' => Some(End::Close),
                first => {
                    if words.is_empty() {
                        line = self.line;
                    }
                    self.word(first, &mut words)?
                }
            };
            if let Some(end) = end {
                return Ok(Statement { words, line, end });
            }
        }
    }

    /// The rest of a word that begins with `first`. Says how the statement ended, if the word's last sign ended it.
    fn word(&mut self, first: char, words: &mut Vec<String>) -> Result<Option<End>, Stop> {
        let mut word = String::new();
        if first == '"' || first == '\'' {
            loop {
                match self.next() {
                    None => {
                        return self.stop(&["unexpected end of file, expecting \";\" or \"}\""]);
                    }
                    Some('\\') => self.escape(&mut word),
                    Some(c) if c == first => break,
                    Some(c) => word.push(c),
                }
            }
            words.push(word);
            return self.after_quote();
        }
        let mut next = Some(first);
        let mut variable = false;
        loop {
            match next {
                None => return self.stop(&["unexpected end of file, expecting \";\" or \"}\""]),
                Some('{') if variable => word.push('{'),
                Some('\\') => self.escape(&mut word),
                Some(c @ (' ' | '\t' | '\r' | '\n' | ';' | '{')) => {
                    words.push(word);
                    return Ok(match c {
                        ';' => Some(End::Semicolon),
                        '{' => Some(End::Open),
                        _ => None,
                    });
                }
                Some(c) => word.push(c),
            }
            variable = next == Some('$');
            next = self.next();
        }
    }

    /// After a closing quote there must be a blank or the end of the statement.
    fn after_quote(&mut self) -> Result<Option<End>, Stop> {
        match self.next() {
            None => self.stop(&["unexpected end of file, expecting \";\" or \"}\""]),
            Some(' ' | '\t' | '\r' | '\n' | ')') => Ok(None),
            Some(';') => Ok(Some(End::Semicolon)),
            Some('{') => Ok(Some(End::Open)),
            Some(c) => self.stop(&["unexpected \"", c.encode_utf8(&mut [0; 4]), "\""]),
        }
    }

    /// A backslash: it disappears before quotes and itself, makes `\t \r \n`, and stays before anything else.
    fn escape(&mut self, word: &mut String) {
        match self.next() {
            Some(c @ ('"' | '\'' | '\\')) => word.push(c),
            Some('t') => word.push('\t'),
            Some('r') => word.push('\r'),
            Some('n') => word.push('\n'),
            Some(c) => word.extend(['\\', c]),
            None => word.push('\\'),
        }
    }
}
