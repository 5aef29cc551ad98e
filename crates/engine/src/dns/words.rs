//! Master-file text to entries: lines of words, joined by parentheses (RFC 1035 section 5.1).

use crate::problem::Problem;

/// One word of the file with its place. A word keeps its escapes; quotation marks are taken off.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Whether it stood in quotation marks.
    pub quoted: bool,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
}

/// What one entry consists of.
#[derive(Clone, Debug, Default)]
pub struct Entry<'a> {
    /// Whether it began with a blank: the owner is the one before.
    pub blank: bool,
    /// Its words; never none.
    pub words: Vec<Word<'a>>,
}

/// The entries of a text, one after the other.
pub struct Entries<'a> {
    text: &'a str,
    /// Where in the text.
    at: usize,
    line: u32,
    column: u32,
    document: &'a str,
    /// What was wrong so far.
    pub problems: Vec<Problem>,
}

impl<'a> Entries<'a> {
    /// The entries of the document's text.
    pub fn new(document: &'a str, text: &'a str) -> Self {
        Self { text, at: 0, line: 1, column: 1, document, problems: Vec::new() }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self) {
        let Some(c) = self.peek() else { return };
        self.at += c.len_utf8();
        (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
    }

    fn error(&mut self, (line, column): (u32, u32), words: &str) {
        self.problems.push(Problem::error(self.document, line, column, words.to_owned()));
    }

    /// A word without quotation marks: up to a blank or a sign of its own.
    fn plain(&mut self) {
        while let Some(c) = self.peek().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n' | '(' | ')' | ';' | '"')) {
            self.skip();
            if c == '\\' && self.peek().is_some_and(|c| c != '\n') {
                self.skip();
            }
        }
    }

    /// The rest of a text in quotation marks. It ends with its line at the latest.
    fn quoted(&mut self) {
        while let Some(c) = self.peek().filter(|c| !matches!(c, '"' | '\n')) {
            self.skip();
            if c == '\\' && self.peek().is_some_and(|c| c != '\n') {
                self.skip();
            }
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let mut open = None;
        let mut entry = Entry { blank: matches!(self.peek(), Some(' ' | '\t')), words: Vec::new() };
        while let Some(c) = self.peek() {
            let (at, line, column) = (self.at, self.line, self.column);
            match c {
                '\n' => {
                    self.skip();
                    match (open, entry.words.is_empty()) {
                        (Some(_), _) => {}
                        (None, false) => return Some(entry),
                        (None, true) => entry.blank = matches!(self.peek(), Some(' ' | '\t')),
                    }
                }
                ' ' | '\t' | '\r' => self.skip(),
                ';' => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.skip();
                    }
                }
                '(' => {
                    if open.is_some() {
                        self.error((line, column), "parenthesis inside a parenthesis");
                    }
                    open = Some((line, column));
                    self.skip();
                }
                ')' => {
                    if open.take().is_none() {
                        self.error((line, column), "unbalanced parentheses");
                    }
                    self.skip();
                }
                '"' => {
                    self.skip();
                    let from = self.at;
                    self.quoted();
                    entry.words.push(Word { text: &self.text[from..self.at], quoted: true, line, column });
                    if self.peek() == Some('"') {
                        self.skip();
                    } else {
                        self.error((line, column), "unbalanced quotes");
                    }
                }
                _ => {
                    self.plain();
                    entry.words.push(Word { text: &self.text[at..self.at], quoted: false, line, column });
                }
            }
        }
        if let Some(place) = open {
            self.error(place, "this parenthesis is never closed");
        }
        (!entry.words.is_empty()).then_some(entry)
    }
}
