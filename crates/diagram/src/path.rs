//! The line of an arrow as it is drawn: straight runs with rounded corners.
//! One description serves the drawing ([`Edge::d`]) and whatever travels along it ([`Edge::point_at`]).

use crate::figure::{Edge, Figure, Point};

/// How far from a corner its rounding begins, where the runs are long enough.
const RADIUS: f32 = 7.0;

/// Chords that stand for a rounded corner when it is measured.
const CHORDS: u8 = 6;

impl Figure {
    /// The light on one of its arrows, which passes under the arrow's words: an SVG path with these attributes. `of` tells
    /// this drawing from others on the page.
    pub fn light(&self, edge: &Edge, of: &str, attributes: &str) -> String {
        let d = edge.d();
        let Some(f) = edge.label.as_ref().map(|label| label.frame) else {
            return ["<path ", attributes, " d=\"", &d, "\"/>"].concat();
        };
        // All of the figure but the box of the words.
        let (w, h, x, y) = (Tenth(self.width), Tenth(self.height), Tenth(f.x), Tenth(f.y));
        let id = format!("words{of}{x}-{y}-{w}");
        let hole = format!("M{x} {y}h{}v{}h{}z", Tenth(f.w), Tenth(f.h), Tenth(-f.w));
        format!(
            "<clipPath id=\"{id}\"><path clip-rule=\"evenodd\" d=\"M0 0h{w}v{h}H0z{hole}\"/></clipPath>\
             <path {attributes} clip-path=\"url(#{id})\" d=\"{d}\"/>"
        )
    }
}

impl Edge {
    /// The length of the drawn line in pixels.
    pub fn length(&self) -> f32 {
        let mut sum = 0.0;
        walk(&self.path, |a, b| {
            sum += distance(a, b);
            true
        });
        sum
    }

    /// The point of the drawn line at `fraction` of its length: 0 is the tail, 1 the head.
    pub fn point_at(&self, fraction: f32) -> Point {
        let goal = self.length() * fraction.clamp(0.0, 1.0);
        let mut place = self.path.first().copied().unwrap_or_default();
        let mut done = 0.0;
        walk(&self.path, |a, b| {
            let step = distance(a, b);
            if done + step >= goal && step > 0.0 {
                place = between(a, b, (goal - done) / step);
                return false;
            }
            done += step;
            place = b;
            true
        });
        place
    }

    /// The line as the `d` attribute of an SVG path.
    pub fn d(&self) -> String {
        let mut d = String::new();
        for (i, piece) in pieces(&self.path).enumerate() {
            let letter = if i == 0 { 'M' } else { 'L' };
            match piece {
                Piece::Point(p) => d.push_str(&format!("{letter}{} {}", Tenth(p.x), Tenth(p.y))),
                Piece::Corner(a, p, b) => d.push_str(&format!(
                    "{letter}{} {}Q{} {} {} {}",
                    Tenth(a.x),
                    Tenth(a.y),
                    Tenth(p.x),
                    Tenth(p.y),
                    Tenth(b.x),
                    Tenth(b.y)
                )),
            }
        }
        d
    }
}

/// A number as figures write it: a tenth of a pixel at most, no trailing zero, no minus zero.
#[derive(Clone, Copy, Debug)]
pub struct Tenth(pub f32);

impl std::fmt::Display for Tenth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (f64::from(self.0) * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
        if rest == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{rest}") }
    }
}

enum Piece {
    Point(Point),
    Corner(Point, Point, Point),
}

fn pieces(path: &[Point]) -> impl Iterator<Item = Piece> + '_ {
    path.iter().enumerate().map(|(i, &p)| {
        let (Some(&before), Some(&after)) = (i.checked_sub(1).and_then(|j| path.get(j)), path.get(i + 1)) else {
            return Piece::Point(p);
        };
        let (to, from) = (distance(before, p), distance(p, after));
        let r = RADIUS.min(to / 2.0).min(from / 2.0);
        if r < 0.5 {
            return Piece::Point(p);
        }
        Piece::Corner(between(p, before, r / to), p, between(p, after, r / from))
    })
}

/// Calls `visit` with every short straight run of the drawn line, until it returns false.
fn walk(path: &[Point], mut visit: impl FnMut(Point, Point) -> bool) {
    let mut last: Option<Point> = None;
    for piece in pieces(path) {
        let (enter, corner) = match piece {
            Piece::Point(p) => (p, None),
            Piece::Corner(a, p, b) => (a, Some((p, b))),
        };
        if let Some(from) = last
            && !visit(from, enter)
        {
            return;
        }
        last = Some(enter);
        let Some((p, b)) = corner else { continue };
        let mut from = enter;
        for k in 1..=CHORDS {
            let t = f32::from(k) / f32::from(CHORDS);
            let to = between(between(enter, p, t), between(p, b, t), t);
            if !visit(from, to) {
                return;
            }
            from = to;
        }
        last = Some(b);
    }
}

fn distance(a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    (dx * dx + dy * dy).sqrt()
}

fn between(a: Point, b: Point, t: f32) -> Point {
    Point { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}
