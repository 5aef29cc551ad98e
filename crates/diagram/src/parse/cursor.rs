//! A place in one line.

use super::text::{Line, column};
use super::{MAX_TEXT, Problems};

pub(super) struct Cursor<'a> {
    pub line: &'a Line<'a>,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(line: &'a Line<'a>) -> Self {
        Cursor { line, at: 0 }
    }

    pub fn rest(&self) -> &'a str {
        &self.line.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    pub fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Eats `word` where it is not the beginning of a longer word.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word);
        let found = after.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-'));
        if found {
            self.at += word.len();
        }
        found
    }

    /// How many times `c` stands here.
    pub fn count(&self, c: char) -> usize {
        self.rest().chars().take_while(|x| *x == c).count()
    }

    /// The text up to `end`, which is eaten too; None (and nothing eaten) where `end` never comes.
    pub fn until(&mut self, end: &str) -> Option<&'a str> {
        let found = self.rest().find(end)?;
        let text = &self.rest()[..found];
        self.at += found + end.len();
        Some(text)
    }

    pub fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Everything up to the end of the line or a `;` that is not the end of an entity.
    pub fn statement(&mut self) -> &'a str {
        let rest = self.rest();
        let end = statement_end(rest);
        self.at += end;
        &rest[..end]
    }

    pub fn problem(&self, problems: &mut Problems, message: &str) {
        problems.add(self.line.number, column(self.line.text, self.at), message);
    }

    /// What stands here, short enough for a message.
    pub fn sight(&self) -> String {
        let rest = self.rest().trim();
        let short: String = rest.chars().take(20).collect();
        if short.len() < rest.len() { format!("{short}…") } else { short }
    }
}

/// Where a statement ends: at a `;` outside quotes that does not close an entity such as `#35;`.
fn statement_end(text: &str) -> usize {
    let mut quoted = false;
    for (i, c) in text.char_indices().take(MAX_TEXT * 4) {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                let before = &text[..i];
                let word = before.rfind(['#', '&']).map(|at| &before[at + 1..]);
                if !word.is_some_and(|w| !w.is_empty() && w.len() < 10 && w.chars().all(|c| c.is_ascii_alphanumeric()))
                {
                    return i;
                }
            }
            _ => {}
        }
    }
    text.len()
}
