//! What somebody made at the workbench, as a link and as a file. Pure.
//!
//! | module | what |
//! | --- | --- |
//! | [`short`] | the link: what differs from the course's own world, the actions, the step |
//! | [`file`] | the same as a text that a person reads and edits |
//! | [`damage`] | why a link or a file does not open, in a sentence |
//! | `change` | how a document differs from the course's |
//! | `code` | numbers and texts as bytes, a text as copies from what was before it |
//!
//! What is read is as it was written, or it is refused and explained: nothing is guessed, and nothing is opened in part.

mod change;
mod code;
pub mod damage;
pub mod file;
pub mod short;

pub use damage::{Damage, TooLarge};
use engine::journey::Timed;
use engine::world::World;
pub use file::{read_file, say, understand, write_file};
pub use short::{is_link, read, write};

/// What lies on the workbench. A document that somebody made has the kind of its name ([`engine::world::Kind::of_file`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// What is written down.
    pub world: World,
    /// What is written down, as the programs have read it last.
    pub loaded: World,
    /// What is done, and when.
    pub actions: Vec<Timed>,
    /// The step at which to look, by its name or number.
    pub step: Option<String>,
}

impl Default for Bench {
    /// As the course has it: nothing is changed and nothing is done.
    fn default() -> Self {
        Self { world: World::course(), loaded: World::course(), actions: Vec::new(), step: None }
    }
}

/// A link has at most so many characters. It stands after the `#`, so no server ever sees it; what limits it is what
/// carries it from person to person. Several of these still cut a text or an address at about 2,000 characters.
pub const LINK: usize = 2_000;

/// All texts of a link have at most so many bytes together, once they are read: a few bytes can name a long text.
pub const TEXTS: usize = 1 << 20;

/// A file has at most so many bytes.
pub const FILE: usize = 4 << 20;

/// So many actions at most, in a link and in a file.
pub const ACTIONS: usize = 1_000;
