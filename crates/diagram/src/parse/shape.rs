//! The outline of a box: brackets, or `@{ shape: … }`.

use super::cursor::Cursor;
use super::{Problems, Text};
use crate::figure::Shape;

/// Opening and closing brackets, longest first.
#[rustfmt::skip]
const SHAPES: &[(&str, &[(&str, Shape)])] = &[
    ("(((", &[(")))", Shape::DoubleCircle)]),
    ("((", &[("))", Shape::Circle)]),
    ("([", &[("])", Shape::Stadium)]),
    ("(", &[(")", Shape::Rounded)]),
    ("[[", &[("]]", Shape::Subroutine)]),
    ("[(", &[(")]", Shape::Cylinder)]),
    ("[/", &[("/]", Shape::LeanRight), ("\\]", Shape::Trapezoid)]),
    ("[\\", &[("\\]", Shape::LeanLeft), ("/]", Shape::TrapezoidAlt)]),
    ("[", &[("]", Shape::Rect)]),
    ("{{", &[("}}", Shape::Hexagon)]),
    ("{", &[("}", Shape::Diamond)]),
    (">", &[("]", Shape::Flag)]),
];

/// `[text]`, `(text)` and the rest. None where no bracket stands.
pub(super) fn bracketed(cursor: &mut Cursor<'_>, problems: &mut Problems) -> Option<(Text, Shape)> {
    let (open, closings) = SHAPES.iter().find(|(open, _)| cursor.rest().starts_with(open))?;
    let start = cursor.at;
    cursor.at += open.len();
    let inside = cursor.rest();
    // A quoted text may hold brackets.
    let quoted = inside.trim_start().starts_with('"');
    let skip = if quoted { inside.find('"').and_then(|a| Some(a + 2 + inside[a + 1..].find('"')?)) } else { None };
    let skip = skip.unwrap_or(0);
    let found = closings.iter().filter_map(|(close, shape)| Some((skip + inside[skip..].find(close)?, close, shape)));
    if let Some((end, close, shape)) = found.min_by_key(|found| found.0) {
        cursor.at += end + close.len();
        return Some((Text::read(&inside[..end]), *shape));
    }
    let (close, shape) = closings[0];
    cursor.at = start;
    cursor.problem(problems, &format!("`{open}` is never closed; write `{close}` after the text"));
    cursor.at += open.len();
    let words = cursor.statement();
    Some((Text::read(words.trim_end_matches([']', ')', '}'])), shape))
}

/// `A@{ shape: diamond, label: "text" }`
pub(super) fn attributes(cursor: &mut Cursor<'_>) -> Option<(Text, Shape)> {
    cursor.eat("@{");
    let inside = cursor.until("}").unwrap_or_else(|| cursor.statement());
    let value = |key: &str| {
        let after = inside[inside.find(key)? + key.len()..].trim_start().strip_prefix(':')?.trim_start();
        match after.strip_prefix('"') {
            Some(quoted) => Some(&quoted[..quoted.find('"').unwrap_or(quoted.len())]),
            None => Some(after.split(',').next().unwrap_or(after).trim()),
        }
    };
    let shape = match value("shape").unwrap_or("rect") {
        "rounded" | "event" => Shape::Rounded,
        "stadium" | "terminal" | "pill" => Shape::Stadium,
        "subproc" | "subroutine" | "fr-rect" | "subprocess" => Shape::Subroutine,
        "cyl" | "cylinder" | "database" | "db" => Shape::Cylinder,
        "circle" | "circ" => Shape::Circle,
        "dbl-circ" | "double-circle" => Shape::DoubleCircle,
        "diam" | "diamond" | "decision" | "question" => Shape::Diamond,
        "hex" | "hexagon" | "prepare" => Shape::Hexagon,
        "lean-r" | "lean-right" | "in-out" => Shape::LeanRight,
        "lean-l" | "lean-left" | "out-in" => Shape::LeanLeft,
        "trap-b" | "trapezoid" | "priority" => Shape::Trapezoid,
        "trap-t" | "inv-trapezoid" | "manual" => Shape::TrapezoidAlt,
        "odd" => Shape::Flag,
        _ => Shape::Rect,
    };
    value("label").map(|label| (Text::read(label), shape))
}
