//! Where each line of a label stands, for everybody who draws one.

use crate::figure::{Label, Point};
use crate::metrics::{self, Weight};

/// Distance between base lines, as a multiple of the font size.
pub(crate) const LEADING: f32 = 1.28;

/// Width of a sign and of the space before it, as multiples of the font size.
pub(crate) const SIGN: f32 = 0.8;
pub(crate) const SIGN_GAP: f32 = 0.34;

impl Label {
    /// Every line with the point where its baseline has its middle (`text-anchor: middle`).
    pub fn lines_at(&self) -> impl Iterator<Item = (Point, &str)> {
        self.lines.iter().enumerate().map(|(i, line)| {
            let last = i + 1 == self.lines.len();
            let shift =
                if last && self.sign.is_some() && !line.is_empty() { self.size * (SIGN + SIGN_GAP) / 2.0 } else { 0.0 };
            (Point { x: self.at.x - shift, y: self.middle_of(i) + self.size * 0.345 }, line.as_str())
        })
    }

    /// The middle of the sign and its width, if there is one.
    pub fn sign_at(&self) -> Option<(Point, f32)> {
        self.sign?;
        let last = self.lines.len().saturating_sub(1);
        let words = self.lines.last().map_or("", String::as_str);
        let shift = if words.is_empty() {
            0.0
        } else {
            (metrics::width(words, self.size, Weight::Regular) + self.size * SIGN_GAP) / 2.0
        };
        Some((Point { x: self.at.x + shift, y: self.middle_of(last) }, self.size * SIGN))
    }

    fn middle_of(&self, line: usize) -> f32 {
        let lines = self.lines.len().max(1) as f32;
        self.at.y + (line as f32 - (lines - 1.0) / 2.0) * self.size * LEADING
    }
}
