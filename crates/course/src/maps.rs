//! The two figures that are maps: where their nodes lead.

use crate::sections::{self, Section};

/// The figures that are lit by the reader's own way, not by a run.
pub const MAPS: [u8; 2] = [11, 16];

/// The nodes of figure 11 and the demonstrations that prove them. The question in the middle is asked by the page itself.
const REASONS: [(&str, &str); 14] = [
    ("Backend", "5-reasons"),
    ("Reasons", "5-reasons"),
    ("R1", "5.1"),
    ("R1A", "5.1"),
    ("R1B", "5.1"),
    ("R2", "5.2"),
    ("R2A", "5.2"),
    // Which headers are required, the reader's own browser shows best.
    ("R2B", "laboratory"),
    ("R3", "5.3"),
    ("R3A", "5.3"),
    ("R3B", "5.3"),
    ("R4", "5.4"),
    ("R4A", "5.4"),
    ("R4B", "5.4"),
];

/// The section that a node of a map opens, by the node's identifier and its words.
pub fn door(figure: u8, id: &str, words: &str) -> Option<&'static Section> {
    match figure {
        16 => match words.split_once(". ") {
            Some((number, _)) if number.starts_with(|c: char| c.is_ascii_digit()) => sections::find(number),
            _ => sections::find(""),
        },
        11 => REASONS.iter().find(|(node, _)| *node == id).and_then(|(_, name)| sections::find(name)),
        _ => None,
    }
}
