//! Why a link or a file does not open, and why there is none.

use core::fmt::{Display, Formatter, Result};

/// What is wrong with a link or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// It is no link of ours.
    Foreign,
    /// Another version wrote it.
    Version(u32),
    /// Its end is missing.
    Cut,
    /// What it says and its checksum do not fit.
    Checksum,
    /// It is longer than any that we write, or names more than a page can hold.
    TooLarge,
    /// The checksum fits, but what it says has no meaning.
    Nonsense,
    /// It changes a document that is not there.
    Document,
    /// It changes this document, which was another text when the link was made.
    Edit(String),
    /// A line of a file, counted from 1, and what is wrong with it.
    Line(usize, String),
}

/// What lies on the workbench is more than fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// Into a link.
    Link,
    /// Into a file.
    File,
}

impl Display for Damage {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Foreign => "This is no link to a workbench: such a link says bench1. after its #.",
            Self::Version(version) => {
                return write!(
                    f,
                    "This was written in version {version} of our form, and this page reads version 1. Loading the page anew may help."
                );
            }
            Self::Cut => "This link is cut off: its end is missing. It must be copied whole.",
            Self::Checksum => {
                "This link is damaged: what it says does not fit its checksum. It must be copied letter for letter."
            }
            Self::TooLarge => "This is larger than anything that the workbench writes, so it is not opened.",
            Self::Nonsense => "This link is whole, but what it says has no meaning: the workbench did not write it.",
            Self::Document => "This link changes a document that this page does not have.",
            Self::Edit(name) => {
                return write!(
                    f,
                    "This link changes {name}, which is not the text any more that it was when the link was made: the change does not fit."
                );
            }
            Self::Line(number, words) => return write!(f, "Line {number}: {words}."),
        })
    }
}

impl Display for TooLarge {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Link => {
                "This is more than a link can carry: longer ones than 2,000 characters are cut on their way. Save it as a file instead."
            }
            Self::File => "This is more than a file can hold: 4 MiB of text, and 1,000 actions.",
        })
    }
}
