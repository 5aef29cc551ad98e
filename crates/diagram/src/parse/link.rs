//! The arrow between two boxes of a flowchart.

use super::Text;
use super::cursor::Cursor;
use crate::figure::{Stroke, Tip};

/// What is written between two nodes.
#[derive(Clone)]
pub(super) struct Link {
    pub text: Option<Text>,
    pub stroke: Stroke,
    pub tail: Tip,
    pub head: Tip,
    pub length: usize,
    pub line: u32,
}

/// `-->`, `-->|text|`, `-- text -->` and the rest. None where no arrow stands.
pub(super) fn link(cursor: &mut Cursor<'_>) -> Option<Link> {
    let line = cursor.line.number;
    if cursor.rest().starts_with("~~~") {
        let length = cursor.count('~') - 2;
        cursor.at += length + 2;
        return Some(Link { text: None, stroke: Stroke::Invisible, tail: Tip::None, head: Tip::None, length, line });
    }
    let tail = tip(cursor, '<', |after| after.starts_with("--") || after.starts_with("==") || after.starts_with("-."));
    let (stroke, mark, minimum) = if cursor.rest().starts_with("--") {
        (Stroke::Solid, '-', 2)
    } else if cursor.rest().starts_with("==") {
        (Stroke::Thick, '=', 2)
    } else if cursor.rest().starts_with("-.") {
        (Stroke::Dotted, '.', 1)
    } else {
        return None;
    };
    if stroke == Stroke::Dotted {
        cursor.at += 1;
    }
    let mut count = cursor.count(mark);
    cursor.at += count;
    let whole = stroke != Stroke::Dotted || cursor.eat("-");
    let mut head = if whole { tip(cursor, '>', |_| true) } else { Tip::None };
    let mut text = None;
    // `-- text -->`: neither a head nor a third dash, and the arrow goes on further down the line.
    if head == Tip::None && (count == minimum && stroke != Stroke::Dotted || !whole) {
        let end = match stroke {
            Stroke::Dotted => ".-",
            Stroke::Thick => "==",
            _ => "--",
        };
        let here = cursor.at;
        match cursor.until(end) {
            Some(words) if !words.contains(';') => {
                text = Some(Text::read(words));
                count = if stroke == Stroke::Dotted {
                    1
                } else {
                    let more = cursor.count(mark);
                    cursor.at += more;
                    2 + more
                };
                head = tip(cursor, '>', |_| true);
            }
            _ => {
                cursor.at = here;
                if !whole {
                    return None;
                }
            }
        }
    }
    let length = match stroke {
        Stroke::Dotted => count,
        _ if head == Tip::None => count.saturating_sub(2),
        _ => count.saturating_sub(1),
    };
    let here = cursor.at;
    cursor.skip_space();
    if cursor.eat("|") {
        // Quoted words may hold the bar itself.
        let closing = if cursor.rest().trim_start().starts_with('"') { "\"|" } else { "|" };
        match cursor.until(closing).or_else(|| cursor.until("|")) {
            Some(words) => text = Some(Text::read(words.trim_start().trim_matches('"'))),
            None => cursor.at = here,
        }
    } else {
        cursor.at = here;
    }
    let text = text.filter(|text| !text.is_empty());
    Some(Link { text, stroke, tail, head, length: length.clamp(1, 6), line })
}

/// A tip, if one stands here and `fits` what follows it.
fn tip(cursor: &mut Cursor<'_>, arrow: char, fits: impl Fn(&str) -> bool) -> Tip {
    let found = match cursor.peek() {
        Some(c) if c == arrow => Tip::Arrow,
        Some('o') => Tip::Circle,
        Some('x') => Tip::Cross,
        _ => return Tip::None,
    };
    if !fits(&cursor.rest()[1..]) {
        return Tip::None;
    }
    cursor.at += 1;
    found
}
