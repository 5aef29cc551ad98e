//! The sentences of a piece, tied to steps by name, never to seconds.
//!
//! The text form is one caption a line, `name: sentence` or `name.from-to: sentence`. A step of the trace that has a
//! caption begins a new step on stage; the ones after it, until the next caption, belong to it. `~ name` passes quickly
//! over the steps of this name: what another figure shows at length.
//!
//! Where steps of one name mean different things, `own-name = name [words]: sentence` is for those whose words hold these;
//! links then use the own name. Where it does not matter whose phone it is, `phone` and `user` stand without a number.

use crate::plot::{Act, Step};
use engine::text::{contains, split_once};

/// The captions of one piece, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captions {
    lines: Vec<Line>,
    quick: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// The name that links use.
    name: String,
    /// The steps it is for.
    slug: String,
    /// What their words must hold.
    words: String,
    sentence: String,
}

impl Line {
    /// What stands before the colon, and the sentence.
    fn read(head: &str, sentence: &str) -> Self {
        let (name, steps) = split_once(head, " = ").unwrap_or((head, head));
        let (slug, words) = split_once(steps, " [").unwrap_or((steps, ""));
        let words = words.trim_end().trim_end_matches(']').to_owned();
        Self { name: name.trim().to_owned(), slug: slug.trim().to_owned(), words, sentence: sentence.trim().to_owned() }
    }

    fn fits(&self, step: &Step) -> bool {
        let said = |said: &str| self.words.is_empty() || contains(said, &self.words);
        let words = match &step.act {
            Act::Travel { told, .. } => said(&told.line),
            Act::Decide { verdict, .. } => said(&verdict.words),
        };
        words && (self.slug == step.slug() || self.slug == step.slug_of_any())
    }
}

impl Captions {
    /// Reads the text form. Empty lines and lines that begin with `#` are passed over, as is a line without a colon.
    pub fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .filter_map(|line| split_once(line, ": "))
            .map(|(name, words)| Line::read(name, words))
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
        self.lines.iter().position(|line| line.fits(step))
    }

    /// The words of a caption.
    pub fn words(&self, index: usize) -> &str {
        &self.lines[index].sentence
    }

    /// The name of a caption in links.
    pub fn slug(&self, index: usize) -> &str {
        &self.lines[index].name
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
