//! The outlines of nodes.

use std::fmt::Write;

use super::write_rect;
use crate::figure::{Rect, Shape};
use crate::path::Tenth;

pub(super) fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Rect => "rect",
        Shape::Rounded => "rounded",
        Shape::Stadium => "stadium",
        Shape::Subroutine => "subroutine",
        Shape::Cylinder => "cylinder",
        Shape::Circle => "circle",
        Shape::DoubleCircle => "double-circle",
        Shape::Flag => "flag",
        Shape::Diamond => "diamond",
        Shape::Hexagon => "hexagon",
        Shape::LeanRight => "lean-right",
        Shape::LeanLeft => "lean-left",
        Shape::Trapezoid => "trapezoid",
        Shape::TrapezoidAlt => "trapezoid-alt",
        Shape::Actor => "actor",
    }
}

/// How far the slanted sides of hexagons, trapezoids and parallelograms reach in.
pub(crate) fn slant(frame_h: f32) -> f32 {
    (frame_h / 3.0).min(16.0)
}

/// Half the height of a cylinder's lid.
pub(crate) const LID: f32 = 7.0;

pub(super) fn write_outline(out: &mut String, shape: Shape, f: Rect) {
    let (r, b, s) = (f.x + f.w, f.y + f.h, slant(f.h));
    let (cx, cy) = (f.x + f.w / 2.0, f.y + f.h / 2.0);
    match shape {
        Shape::Rect => write_rect(out, "box", f, 3.0),
        Shape::Rounded => write_rect(out, "box", f, 10.0),
        Shape::Stadium => write_rect(out, "box", f, f.h / 2.0),
        Shape::Subroutine => {
            write_rect(out, "box", f, 3.0);
            let (x1, x2, y) = (Tenth(f.x + 6.0), Tenth(r - 6.0), Tenth(f.y));
            let _ = write!(out, r#"<path class="inner" d="M{x1} {y}V{b}M{x2} {y}V{b}"/>"#, b = Tenth(b));
        }
        Shape::Cylinder => {
            let (x, r, rx, ry) = (Tenth(f.x), Tenth(r), Tenth(f.w / 2.0), Tenth(LID));
            let (top, low) = (Tenth(f.y + LID), Tenth(b - LID));
            let _ = write!(
                out,
                r#"<path class="box" d="M{x} {top}A{rx} {ry} 0 0 1 {r} {top}V{low}A{rx} {ry} 0 0 1 {x} {low}Z"/>"#
            );
            let _ = write!(out, r#"<path class="inner" d="M{x} {top}A{rx} {ry} 0 0 0 {r} {top}"/>"#);
        }
        Shape::Circle | Shape::DoubleCircle => {
            let (x, y) = (Tenth(cx), Tenth(cy));
            let _ = write!(out, r#"<circle class="box" cx="{x}" cy="{y}" r="{}"/>"#, Tenth(f.w / 2.0));
            if shape == Shape::DoubleCircle {
                let _ = write!(out, r#"<circle class="inner" cx="{x}" cy="{y}" r="{}"/>"#, Tenth(f.w / 2.0 - 4.0));
            }
        }
        Shape::Diamond => write_polygon(out, &[(cx, f.y), (r, cy), (cx, b), (f.x, cy)]),
        Shape::Hexagon => {
            write_polygon(out, &[(f.x + s, f.y), (r - s, f.y), (r, cy), (r - s, b), (f.x + s, b), (f.x, cy)]);
        }
        Shape::LeanRight => write_polygon(out, &[(f.x + s, f.y), (r, f.y), (r - s, b), (f.x, b)]),
        Shape::LeanLeft => write_polygon(out, &[(f.x, f.y), (r - s, f.y), (r, b), (f.x + s, b)]),
        Shape::Trapezoid => write_polygon(out, &[(f.x + s, f.y), (r - s, f.y), (r, b), (f.x, b)]),
        Shape::TrapezoidAlt => {
            write_polygon(out, &[(f.x, f.y), (r, f.y), (r - s, b), (f.x + s, b)]);
        }
        Shape::Flag => write_polygon(out, &[(f.x, f.y), (r, f.y), (r, b), (f.x, b), (f.x + s, cy)]),
        Shape::Actor => {
            write_rect(out, "box", f, 10.0);
            let (x, y) = (Tenth(cx), Tenth(f.y - 22.0));
            let _ = write!(out, r#"<circle class="inner" cx="{x}" cy="{y}" r="7"/>"#);
            let (l, r, a) = (Tenth(cx - 12.0), Tenth(cx + 12.0), Tenth(f.y - 2.0));
            let _ = write!(out, r#"<path class="inner" d="M{l} {a}A12 12 0 0 1 {r} {a}"/>"#);
        }
    }
}

fn write_polygon(out: &mut String, corners: &[(f32, f32)]) {
    out.push_str(r#"<path class="box" d="#);
    out.push('"');
    for (i, (x, y)) in corners.iter().enumerate() {
        let _ = write!(out, "{}{} {}", if i == 0 { 'M' } else { 'L' }, Tenth(*x), Tenth(*y));
    }
    out.push_str("Z\"/>");
}
