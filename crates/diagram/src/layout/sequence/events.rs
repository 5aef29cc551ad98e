//! What happens in a sequence diagram, one row after the other.

use super::{BAR, LOOP, Open, Stage};
use crate::figure::{Decor, Edge, Label, Point};
use crate::layout::size::{self, Words, tenth};
use crate::metrics::Weight;
use crate::parse::{Event, Side, Text};

impl Stage<'_> {
    pub(super) fn event(&mut self, event: &Event, next: Option<&Event>, own: usize) {
        match event {
            Event::Message { from, to, text, stroke, tail, head } => {
                let words = if from == to { self.words(text) } else { self.message(text, *from, *to) };
                let begins = |who: usize| usize::from(next == Some(&Event::Activate(who)));
                let (path, label) =
                    if from == to { self.turn(*from, &words) } else { self.arrow(*from, *to, begins(*to), &words) };
                let label = Some(label).filter(|_| !text.is_empty());
                let extra = self.figure.edges.len() >= own;
                let (from, to) = (*from as u16, *to as u16);
                let edge = Edge { from, to, path, stroke: *stroke, tail: *tail, head: *head, label, extra };
                self.figure.edges.push(edge);
            }
            Event::Activate(who) => self.active[*who].push(self.y - self.style.row),
            Event::Deactivate(who) => {
                if let Some(start) = self.active[*who].pop() {
                    let end = self.y;
                    self.y -= self.style.row;
                    self.bar(*who, start);
                    self.y = end;
                }
            }
            Event::Note { side, first, last, text } => self.note(*side, *first, *last, text),
            Event::Open { keyword, text } => {
                let words = self.condition(text);
                let top = self.y;
                self.y += words.h.max(self.style.font) + 16.0;
                let parts = vec![(top, words)];
                let reach = (f64::INFINITY, f64::NEG_INFINITY);
                self.open.push(Open { keyword: keyword.clone(), top, parts, reach });
            }
            Event::Part(text) => {
                let words = self.condition(text);
                let y = self.y;
                if let Some(open) = self.open.last_mut() {
                    self.y += words.h.max(self.style.font) + 16.0;
                    open.parts.push((y, words));
                }
            }
            Event::Close => self.close(),
        }
    }

    fn condition(&self, text: &Text) -> Words {
        if text.is_empty() {
            return Words::default();
        }
        let mut bracketed = text.clone();
        if let (Some(first), true) = (bracketed.lines.first_mut(), text.lines.len() == 1) {
            *first = format!("[{first}]");
        }
        let (size, wrap) = (self.style.font, self.style.wrap * 1.5);
        let mut words = Words::set(&bracketed, size, wrap, self.style.soft, Weight::Medium);
        words.w += 6.0;
        words
    }

    /// Everything between `left` and `right` belongs to the open blocks too.
    fn cover(&mut self, left: f64, right: f64) {
        self.reach = (self.reach.0.min(left), self.reach.1.max(right));
        for open in &mut self.open {
            open.reach = (open.reach.0.min(left), open.reach.1.max(right));
        }
    }

    /// Where a line meets a lifeline, from the side `to` is on: at the edge of the bar, if one is there.
    fn meet(&self, who: usize, begins: usize, right: bool) -> f64 {
        let depth = self.active[who].len() + begins;
        if depth == 0 {
            return self.x[who];
        }
        let bar = self.x[who] + (depth - 1) as f64 * BAR;
        if right { bar + BAR } else { self.x[who] - BAR }
    }

    fn arrow(&mut self, from: usize, to: usize, begins: usize, words: &Words) -> (Vec<Point>, Label) {
        let right = self.x[to] > self.x[from];
        let (a, b) = (self.meet(from, 0, right), self.meet(to, begins, !right));
        let middle = self.y + words.h / 2.0;
        self.y += words.h + 5.0;
        let y = self.y;
        self.y += self.style.row;
        let at = (a + b) / 2.0;
        self.cover((a.min(b) - 14.0).min(at - words.w / 2.0), (a.max(b) + 14.0).max(at + words.w / 2.0));
        let path = vec![Point { x: tenth(a), y: tenth(y) }, Point { x: tenth(b), y: tenth(y) }];
        (path, words.at(at, middle))
    }

    /// A message to oneself.
    fn turn(&mut self, who: usize, words: &Words) -> (Vec<Point>, Label) {
        let x = self.meet(who, 0, true);
        let high = words.h.max(24.0);
        let (out, top, low) = (x + LOOP - 6.0, self.y + (high - 24.0) / 2.0, self.y + (high + 24.0) / 2.0);
        let middle = self.y + high / 2.0;
        self.y += high + self.style.row * 0.8;
        let at = out + 8.0 + words.w / 2.0;
        self.cover(x - 14.0, at + words.w / 2.0);
        let path = [(x, top), (out, top), (out, low), (x, low)];
        (path.iter().map(|(x, y)| Point { x: tenth(*x), y: tenth(*y) }).collect(), words.at(at, middle))
    }

    pub(super) fn bar(&mut self, who: usize, start: f64) {
        let x = self.x[who] + self.active[who].len() as f64 * BAR - BAR;
        let high = (self.y - start).max(10.0);
        self.bars.push(Decor::Activation(size::rect(x, start, 2.0 * BAR, high)));
    }

    fn note(&mut self, side: Side, first: usize, last: usize, text: &Text) {
        let span = self.x[last] - self.x[first];
        let words = self.words_in(text, self.style.wrap.max(span));
        let own = words.w + 20.0;
        let w = if side == Side::Over && first != last { own.max(span + 40.0) } else { own };
        let h = words.h + 14.0;
        let middle = match side {
            Side::Left => self.x[first] - 12.0 - w / 2.0,
            Side::Right => self.x[last] + 12.0 + w / 2.0,
            Side::Over => (self.x[first] + self.x[last]) / 2.0,
        };
        let frame = size::rect(middle - w / 2.0, self.y, w, h);
        let label = words.at(middle, self.y + h / 2.0);
        self.figure.decor.push(Decor::Note { frame, label });
        self.cover(middle - w / 2.0, middle + w / 2.0);
        self.y += h + self.style.row;
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let (mut left, mut right) = open.reach;
        if left > right {
            (left, right) = (self.x.first().copied().unwrap_or(0.0), self.x.last().copied().unwrap_or(0.0));
        }
        let word = f64::from(crate::metrics::width(&open.keyword, self.style.font as f32, Weight::Medium));
        let widest = open.parts.iter().map(|(_, words)| words.w).fold(0.0, f64::max);
        left -= 12.0;
        right = (right + 12.0).max(left + word + widest + 40.0);
        let frame = size::rect(left, open.top, right - left, self.y - open.top);
        let label = |y: f64, words: &Words| {
            words.at(left + word + 26.0 + words.w / 2.0, y + 8.0 + words.h.max(self.style.font) / 2.0)
        };
        let parts = open.parts.iter().map(|(y, words)| (tenth(*y), label(*y, words))).collect();
        self.figure.decor.push(Decor::Block { frame, keyword: open.keyword, parts });
        self.cover(left, right);
        self.y += self.style.row;
    }
}
