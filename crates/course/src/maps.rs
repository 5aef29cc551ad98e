//! The two figures that are maps: where their nodes lead.

use crate::sections::{self, Section};

/// The figures that are lit by the reader's own way, not by a run.
pub const MAPS: [u8; 2] = [11, 16];

/// The leaves of figure 11 and the demonstrations that prove them.
const REASONS: [(&str, &str); 5] =
    [("Backend", "5-reasons"), ("R1", "5.1"), ("R2", "5.2"), ("R3", "5.3"), ("R4", "5.4")];

/// The section that a node of a map opens, by the node's identifier and its words.
pub fn door(figure: u8, id: &str, words: &str) -> Option<&'static Section> {
    match figure {
        16 => match words.split_once(". ") {
            Some((number, _)) if number.starts_with(|c: char| c.is_ascii_digit()) => sections::find(number),
            _ => sections::find(""),
        },
        11 => {
            // `R1A` is a leaf of `R1`; the question in the middle is asked by the page itself.
            let reason = if id.len() > 2 && id.starts_with('R') && id != "Reasons" { &id[..2] } else { id };
            let reason = if reason == "Reasons" { "Backend" } else { reason };
            REASONS.iter().find(|(node, _)| *node == reason).and_then(|(_, name)| sections::find(name))
        }
        _ => None,
    }
}
