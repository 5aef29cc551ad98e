//! How large words and boxes are, and where a line meets an outline.

use crate::figure::{Label, Point, Rect, Shape, Sign};
use crate::metrics::{self, Weight};
use crate::parse::Text;
use crate::svg::outline::{LID, slant};
use crate::words::{LEADING, SIGN, SIGN_GAP};

/// The measures of one attempt at a layout, in pixels. Attempts differ in nothing else but their flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Font size of nodes.
    pub font: f64,
    /// Font size of arrows' words.
    pub label: f64,
    /// Nodes' words are broken at this width.
    pub node_wrap: f64,
    /// Arrows' words are broken at this width.
    pub label_wrap: f64,
    /// Words may also be broken after `/ : . -`.
    pub soft: bool,
    /// Between words and outline, left and right.
    pub pad_x: f64,
    /// Between words and outline, above and below.
    pub pad_y: f64,
    /// No box is lower than this.
    pub min_h: f64,
    /// No box is narrower than this.
    pub min_w: f64,
    /// Between neighbours of a rank.
    pub node_gap: f64,
    /// Between ranks.
    pub rank_gap: f64,
    /// Between lines that run side by side.
    pub lane: f64,
    /// Between a group's frame and what is in it.
    pub group_pad: f64,
    /// Around the whole figure.
    pub margin: f64,
}

/// Words broken into lines, and their size.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub lines: Vec<String>,
    pub sign: Option<Sign>,
    pub size: f64,
    pub w: f64,
    pub h: f64,
}

impl Words {
    /// Breaks a text into as few lines as `limit` allows, then makes the lines as even as they can be.
    pub fn set(text: &Text, size: f64, limit: f64, soft: bool, weight: Weight) -> Words {
        let mut lines = Vec::new();
        for (i, line) in text.lines.iter().enumerate() {
            let sign = if i + 1 == text.lines.len() { text.sign } else { None };
            let mut pieces = pieces(line, soft);
            if sign.is_some() {
                pieces.push(Piece { text: String::new(), space: true });
            }
            let measure = |words: &str| f64::from(metrics::width(words, size as f32, weight));
            let fewest = fill(&pieces, limit, size, &measure);
            let (mut low, mut high) = (0.0, limit.max(fewest.1));
            for _ in 0..14 {
                let middle = (low + high) / 2.0;
                let trial = fill(&pieces, middle, size, &measure);
                if trial.0.len() <= fewest.0.len() && trial.1 <= limit.max(fewest.1) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            lines.extend(fill(&pieces, high, size, &measure).0);
        }
        let last = lines.len().saturating_sub(1);
        let with_sign = |i: usize, words: &str| {
            let bare = f64::from(metrics::width(words, size as f32, weight));
            bare + if i == last && text.sign.is_some() { sign_room(words, size) } else { 0.0 }
        };
        let w = lines.iter().enumerate().map(|(i, line)| with_sign(i, line)).fold(0.0, f64::max);
        let h = lines.len() as f64 * size * f64::from(LEADING);
        Words { lines, sign: text.sign, size, w: w.ceil(), h: h.ceil() }
    }

    /// The finished label, centred on a point.
    pub fn at(&self, x: f64, y: f64) -> Label {
        let frame = rect(x - self.w / 2.0, y - self.h / 2.0, self.w, self.h);
        let at = Point { x: tenth(x), y: tenth(y) };
        Label { at, size: self.size as f32, frame, lines: self.lines.clone(), sign: self.sign }
    }
}

fn sign_room(words: &str, size: f64) -> f64 {
    size * f64::from(if words.is_empty() { SIGN } else { SIGN + SIGN_GAP })
}

/// A piece of a line that is never broken. The last one may be empty: it stands for the sign.
struct Piece {
    text: String,
    /// A space stands before it, unless it begins a line.
    space: bool,
}

fn pieces(line: &str, soft: bool) -> Vec<Piece> {
    let mut out = Vec::new();
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let mut space = true;
        let mut piece = String::new();
        let mut rest = word.chars().peekable();
        while let Some(c) = rest.next() {
            piece.push(c);
            let more = rest.peek().is_some_and(|next| next.is_alphabetic());
            if soft && matches!(c, '/' | ':' | '.' | '-') && more && piece.chars().count() > 2 {
                out.push(Piece { text: std::mem::take(&mut piece), space });
                space = false;
            }
        }
        if !piece.is_empty() {
            out.push(Piece { text: piece, space });
        }
    }
    out
}

/// Fills lines up to `limit`; also returns the widest line.
fn fill(pieces: &[Piece], limit: f64, size: f64, measure: &impl Fn(&str) -> f64) -> (Vec<String>, f64) {
    let mut lines = vec![String::new()];
    let mut widest: f64 = 0.0;
    let mut begun = false;
    for piece in pieces {
        let sign = piece.text.is_empty();
        let line = lines.last_mut().expect("never empty");
        let mut longer = line.clone();
        if piece.space && begun && !sign {
            longer.push(' ');
        }
        longer.push_str(&piece.text);
        let w = measure(&longer) + if sign { sign_room(&longer, size) } else { 0.0 };
        if begun && w > limit {
            lines.push(piece.text.clone());
            widest = widest.max(if sign { sign_room("", size) } else { measure(&piece.text) });
        } else {
            *line = longer;
            widest = widest.max(w);
        }
        begun = true;
    }
    (lines, widest)
}

/// The size of a box around words: width and height.
pub(super) fn box_size(shape: Shape, words: &Words, style: &Style) -> (f64, f64) {
    let (w, h) = (words.w + 2.0 * style.pad_x, (words.h + 2.0 * style.pad_y).max(style.min_h));
    let s = f64::from(slant(h as f32));
    let lid = 2.0 * f64::from(LID);
    let (w, h) = match shape {
        Shape::Rect | Shape::Rounded | Shape::Actor => (w, h),
        Shape::Stadium => (w + h / 4.0, h),
        Shape::Subroutine => (w + 12.0, h),
        Shape::Cylinder => (w, h + lid * 1.4),
        Shape::Circle | Shape::DoubleCircle => {
            let d = (words.w * words.w + words.h * words.h).sqrt() + 14.0;
            return (d.max(style.min_h), d.max(style.min_h));
        }
        Shape::Diamond => {
            // The words' corners touch the outline at w/W + h/H = 1; a flat diamond reads best.
            let (tw, th) = (words.w + 8.0, words.h + 4.0);
            let h = (th * 2.3).max(style.min_h * 1.3);
            ((tw / (1.0 - th / h)).max(style.min_w), h)
        }
        Shape::Hexagon => (w + s, h),
        Shape::Flag => (w + s, h),
        Shape::LeanRight | Shape::LeanLeft | Shape::Trapezoid | Shape::TrapezoidAlt => (w + 2.0 * s, h),
    };
    (w.max(style.min_w).ceil(), h.ceil())
}

/// Where the middle of the words is, below the middle of the box.
pub(super) fn words_shift(shape: Shape) -> (f64, f64) {
    match shape {
        Shape::Cylinder => (0.0, f64::from(LID) / 2.0),
        Shape::Flag => (6.0, 0.0),
        _ => (0.0, 0.0),
    }
}

/// A side of a box on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

/// How far inside the frame of a `w` × `h` box the outline runs, `t` away from the middle of a side.
pub(super) fn inset(shape: Shape, w: f64, h: f64, side: Side, t: f64) -> f64 {
    let across = matches!(side, Side::Top | Side::Bottom);
    let (half, depth) = if across { (w / 2.0, h / 2.0) } else { (h / 2.0, w / 2.0) };
    let s = f64::from(slant(h as f32));
    let arc = |r: f64, e: f64| r - (r * r - e * e).max(0.0).sqrt();
    let d = match shape {
        Shape::Diamond => t.abs() / half * depth,
        Shape::Circle | Shape::DoubleCircle => arc(half, t),
        Shape::Stadium if across => arc(h / 2.0, (t.abs() - (half - h / 2.0)).max(0.0)),
        Shape::Stadium => arc(half, t),
        Shape::Cylinder if across => f64::from(LID) * (1.0 - (1.0 - (t / half) * (t / half)).max(0.0).sqrt()),
        Shape::Hexagon if across => (t.abs() - (half - s)).max(0.0) / s * depth,
        Shape::Hexagon => t.abs() / half * s,
        _ if across => 0.0,
        Shape::LeanRight if side == Side::Left => s * (half - t) / h,
        Shape::LeanRight => s * (half + t) / h,
        Shape::LeanLeft if side == Side::Left => s * (half + t) / h,
        Shape::LeanLeft => s * (half - t) / h,
        Shape::Trapezoid => s * (half - t) / h,
        Shape::TrapezoidAlt => s * (half + t) / h,
        Shape::Flag if side == Side::Left => s * (1.0 - t.abs() / half),
        _ => 0.0,
    };
    d.clamp(0.0, depth)
}

/// How far from the middle of a side lines may meet the outline.
pub(super) fn reach(shape: Shape, w: f64, h: f64, side: Side) -> f64 {
    let across = matches!(side, Side::Top | Side::Bottom);
    let half = if across { w / 2.0 } else { h / 2.0 };
    let s = f64::from(slant(h as f32));
    match shape {
        Shape::Diamond => half * 0.56,
        Shape::Circle | Shape::DoubleCircle => half * 0.6,
        Shape::Stadium if !across => half * 0.6,
        Shape::Cylinder if !across => half - 2.0 * f64::from(LID),
        Shape::LeanLeft | Shape::LeanRight | Shape::Trapezoid | Shape::TrapezoidAlt if across => half - s - 4.0,
        _ => half - 10.0,
    }
    .max(0.0)
}

/// Rounds to a tenth of a pixel.
pub(super) fn tenth(x: f64) -> f32 {
    ((x * 10.0).round() / 10.0) as f32
}

/// A rectangle rounded to tenths.
pub(super) fn rect(x: f64, y: f64, w: f64, h: f64) -> Rect {
    Rect { x: tenth(x), y: tenth(y), w: tenth(w), h: tenth(h) }
}
