//! The sentences of a piece, tied to steps by name, never to seconds.
//!
//! The text form is one caption a line, `name: sentence` or `name.from-to: sentence`. A step of the trace that has a
//! caption begins a new step on stage; the ones after it, until the next caption, belong to it. `~ name` passes quickly
//! over the steps of this name: what another figure shows at length.

use crate::plot::Step;
use engine::text::split_once;

/// The captions of one piece, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captions {
    lines: Vec<(String, String)>,
    quick: Vec<String>,
}

impl Captions {
    /// Reads the text form. Empty lines and lines that begin with `#` are passed over, as is a line without a colon.
    pub fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .filter_map(|line| split_once(line, ": "))
            .map(|(name, words)| (name.trim().to_owned(), words.trim().to_owned()))
            .collect();
        let quick =
            text.lines().filter_map(|line| line.strip_prefix("~ ")).map(|name| name.trim().to_owned()).collect();
        Self { lines, quick }
    }

    /// Whether this step is passed over quickly.
    pub fn hurries(&self, step: &Step) -> bool {
        self.quick.contains(&step.name)
    }

    /// The names of the steps that are passed over quickly.
    pub fn quick(&self) -> &[String] {
        &self.quick
    }

    /// The caption that this step begins with: the one for its hop, else the one for its name at the first hop.
    pub fn find(&self, step: &Step) -> Option<usize> {
        let slug = step.slug();
        self.lines.iter().position(|(name, _)| *name == slug)
    }

    /// The words of a caption.
    pub fn words(&self, index: usize) -> &str {
        &self.lines[index].1
    }

    /// The slug of a caption.
    pub fn slug(&self, index: usize) -> &str {
        &self.lines[index].0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
