//! What a document says wrongly, and where. Parsing never fails: it gives a value and problems.

use crate::trace::Basis;
use core::fmt;
use std::sync::Arc;

/// A place in a document of the world.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The document's stable name.
    pub document: Arc<str>,
    /// The line, counted from 1.
    pub line: u32,
}

impl Source {
    /// The place `line` of `document`.
    pub fn new(document: &str, line: u32) -> Self {
        Self { document: document.into(), line }
    }
}

impl From<Source> for Basis {
    fn from(source: Source) -> Self {
        Self::Line { document: source.document, line: source.line }
    }
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The real program takes it; this engine does not model it and says so.
    NotModelled,
    /// The real program takes it, and it is probably not what was meant.
    Warning,
    /// The real program refuses it.
    Error,
}

/// One thing wrong in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub source: Source,
    /// The column of the first character concerned, counted from 1; 1 where the whole line is meant.
    pub column: u32,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in the real program's own words where it has some.
    pub words: String,
}

impl Problem {
    /// An error at `line` and `column` of `document`.
    pub fn error(document: &str, line: u32, column: u32, words: String) -> Self {
        Self { source: Source::new(document, line), column, severity: Severity::Error, words }
    }

    /// Something this engine does not model, at `line` of `document`.
    pub fn not_modelled(document: &str, line: u32, words: String) -> Self {
        Self { source: Source::new(document, line), column: 1, severity: Severity::NotModelled, words }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.source.document, self.source.line, self.column, self.words)
    }
}
