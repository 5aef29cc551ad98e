//! A change of one place in a document: a line is replaced, put in, or taken out.

use core::fmt;
use engine::text;
use engine::world::{Kind, World};

/// A change of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Its name.
    pub document: String,
    /// The line that is replaced or taken out, or before which one is put in; counted from 1.
    pub line: u32,
    /// What stands there; none where a line is put in.
    pub old: Option<String>,
    /// What stands there afterwards; none where the line is taken out. May be several lines.
    pub new: Option<String>,
}

impl Edit {
    /// A line is put in before `line`.
    pub fn insert(document: &str, line: u32, new: &str) -> Self {
        Self { document: document.to_owned(), line, old: None, new: Some(new.to_owned()) }
    }

    /// A line is taken out.
    pub fn remove(document: &str, line: u32, old: &str) -> Self {
        Self { document: document.to_owned(), line, old: Some(old.to_owned()), new: None }
    }

    /// A line is replaced.
    pub fn replace(document: &str, line: u32, old: &str, new: &str) -> Self {
        Self { document: document.to_owned(), line, old: Some(old.to_owned()), new: Some(new.to_owned()) }
    }

    /// The text with this change; `None` where it is not the text that was looked at.
    pub fn apply(&self, text: &str) -> Option<String> {
        let mut lines: Vec<&str> = text.lines().collect();
        let at = self.line.checked_sub(1)? as usize;
        match &self.old {
            Some(old) if lines.get(at) == Some(&old.as_str()) => {
                lines.splice(at..=at, self.new.as_deref());
            }
            None if at <= lines.len() => lines.splice(at..at, self.new.as_deref()).for_each(drop),
            _ => return None,
        }
        let mut text = lines.join("\n");
        text.push('\n');
        Some(text)
    }

    /// What kind of document it changes.
    pub(crate) fn kind(&self, world: &World) -> Option<Kind> {
        world.documents.iter().find(|document| document.name == self.document).map(|document| document.kind)
    }

    /// How many signs are put in and taken out, between what both have at the beginning and at the end.
    pub fn size(&self) -> usize {
        let (old, new) = (self.old.as_deref().unwrap_or("").as_bytes(), self.new.as_deref().unwrap_or("").as_bytes());
        let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (old, new) = (&old[front..], &new[front..]);
        let back = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        old.len() + new.len() - 2 * back
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "    {}, line {}", self.document, self.line)?;
        for line in self.old.iter().flat_map(|old| old.lines()) {
            write!(f, "\n    - {}", line.trim())?;
        }
        for line in self.new.iter().flat_map(|new| new.lines()) {
            write!(f, "\n    + {}", line.trim())?;
        }
        Ok(())
    }
}

/// The line with `old` replaced by `new`, where `old` stands as a word of its own; the rest of the line keeps its place.
pub fn with_word(line: &str, old: &str, new: &str) -> Option<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut from = 0;
    while let Some((before, after)) = text::split_once(&line[from..], old) {
        let at = from + before.len();
        let inside = line[..at].chars().next_back().is_some_and(part) || after.chars().next().is_some_and(part);
        if !inside {
            return Some([&line[..at], new, after].concat());
        }
        from = at + old.len().max(1);
    }
    None
}

/// The blanks that a line begins with.
pub fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}
