//! Sequence diagrams: participants side by side, time downwards. Columns are as far apart as the words
//! between them need; what happens takes one row after the other.

use super::Form;
use super::size::{self, Words, tenth};
use crate::figure::{Decor, Edge, Figure, Label, Node, Point, Rect, Shape};
use crate::metrics::Weight;
use crate::parse::{Diagram, Event, Sequence, Side, Text};

/// The measures of one attempt, in pixels.
#[derive(Clone, Copy)]
struct Style {
    font: f64,
    wrap: f64,
    head_wrap: f64,
    pad: f64,
    gap: f64,
    /// Between a message's words and the lifelines beside them.
    side: f64,
    row: f64,
    margin: f64,
    soft: bool,
}

const WIDE: Style = Style {
    font: 15.0,
    wrap: 190.0,
    head_wrap: 150.0,
    pad: 18.0,
    gap: 40.0,
    side: 16.0,
    row: 20.0,
    margin: 10.0,
    soft: false,
};
const TALL: Style = Style {
    font: 13.0,
    wrap: 96.0,
    head_wrap: 90.0,
    pad: 7.0,
    gap: 8.0,
    side: 5.0,
    row: 14.0,
    margin: 3.0,
    soft: true,
};

/// Lays out a sequence diagram; the messages of `extra` follow after its own.
pub(super) fn layout(sequence: &Sequence, extra: &Diagram, form: Form) -> Figure {
    let mut sequence = sequence.clone();
    let own = sequence
        .events
        .iter()
        .filter(|event| matches!(event, Event::Message { .. }))
        .count();
    if let Diagram::Sequence(more) = extra {
        let index = |i: usize| {
            sequence
                .participants
                .iter()
                .position(|p| p.id == more.participants[i].id)
        };
        let added: Vec<Event> = more
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Message {
                    from,
                    to,
                    text,
                    stroke,
                    tail,
                    head,
                } => {
                    let (from, to, text) = (index(*from)?, index(*to)?, text.clone());
                    Some(Event::Message {
                        from,
                        to,
                        text,
                        stroke: *stroke,
                        tail: *tail,
                        head: *head,
                    })
                }
                _ => None,
            })
            .collect();
        sequence.events.extend(added);
    }
    let tries = match form {
        Form::Wide => vec![
            WIDE,
            Style {
                wrap: 130.0,
                gap: 24.0,
                ..WIDE
            },
            Style {
                wrap: 90.0,
                gap: 16.0,
                ..WIDE
            },
        ],
        Form::Tall => {
            let small = Style { font: 12.0, ..TALL };
            let wraps = |style: Style, wraps: &[f64]| {
                wraps
                    .iter()
                    .map(|w| Style { wrap: *w, ..style })
                    .collect::<Vec<_>>()
            };
            [
                wraps(TALL, &[96.0, 80.0, 70.0]),
                wraps(small, &[80.0, 70.0, 62.0, 54.0]),
            ]
            .concat()
        }
    };
    let mut best: Option<Figure> = None;
    for style in tries {
        let figure = Stage::new(&sequence, style).play(own);
        let fits = figure.width <= form.width();
        if best.as_ref().is_none_or(|b| figure.width < b.width) {
            best = Some(figure);
        }
        if fits {
            break;
        }
    }
    best.unwrap_or_default()
}

struct Stage<'a> {
    sequence: &'a Sequence,
    style: Style,
    heads: Vec<(Words, f64, f64)>,
    /// The lifelines.
    x: Vec<f64>,
    y: f64,
    figure: Figure,
    /// How far left and right anything reaches.
    reach: (f64, f64),
    /// When each open activation began, for every participant.
    active: Vec<Vec<f64>>,
    bars: Vec<Decor>,
    open: Vec<Open>,
}

struct Open {
    keyword: String,
    top: f64,
    parts: Vec<(f64, Words)>,
    reach: (f64, f64),
}

/// How far a loop goes to the right of its lifeline.
const LOOP: f64 = 26.0;
/// Half the width of an activation.
const BAR: f64 = 5.0;

impl<'a> Stage<'a> {
    fn new(sequence: &'a Sequence, style: Style) -> Self {
        let heads: Vec<(Words, f64, f64)> = sequence
            .participants
            .iter()
            .map(|p| {
                let words = Words::set(
                    &p.text,
                    style.font,
                    style.head_wrap,
                    style.soft,
                    Weight::Regular,
                );
                let (w, h) = (words.w + 2.0 * style.pad, (words.h + 20.0).max(42.0));
                (words, w, h)
            })
            .collect();
        let mut stage = Stage {
            sequence,
            style,
            x: vec![0.0; heads.len()],
            active: vec![Vec::new(); heads.len()],
            heads,
            y: 0.0,
            figure: Figure::default(),
            reach: (0.0, 0.0),
            bars: Vec::new(),
            open: Vec::new(),
        };
        stage.columns();
        stage
    }

    fn words(&self, text: &Text) -> Words {
        self.words_in(text, self.style.wrap)
    }

    fn words_in(&self, text: &Text, wrap: f64) -> Words {
        if text.is_empty() {
            return Words::default();
        }
        Words::set(
            text,
            self.style.font,
            wrap,
            self.style.soft,
            Weight::Regular,
        )
    }

    /// The words of a message: they may be as wide as the way it goes.
    fn message(&self, text: &Text, from: usize, to: usize) -> Words {
        let way = (self.x[from] - self.x[to]).abs() - 2.0 * self.style.side;
        self.words_in(
            text,
            self.style.wrap.max(if way > 1.0 {
                way.min(self.style.wrap * 3.0)
            } else {
                0.0
            }),
        )
    }

    /// Sets the lifelines as far apart as heads, words and notes need.
    fn columns(&mut self) {
        let n = self.heads.len();
        let style = self.style;
        let mut apart: Vec<f64> = (1..n)
            .map(|i| (self.heads[i - 1].1 + self.heads[i].1) / 2.0 + style.gap)
            .collect();
        let mut needs: Vec<(usize, usize, f64)> = Vec::new();
        for event in &self.sequence.events {
            match event {
                Event::Message { from, to, text, .. } if from == to => {
                    // On a phone the words of a loop may lie over the next lifeline.
                    let room = LOOP
                        + 8.0
                        + if style.soft {
                            0.0
                        } else {
                            self.words(text).w + style.side
                        };
                    needs.push((*from, from + 1, room));
                }
                Event::Message { from, to, text, .. } => {
                    let room = self.words(text).w + 2.0 * style.side;
                    needs.push((*from.min(to), *from.max(to), room));
                }
                Event::Note {
                    side: Side::Right,
                    last,
                    text,
                    ..
                } => {
                    needs.push((*last, last + 1, self.words(text).w + 40.0));
                }
                Event::Note {
                    side: Side::Left,
                    first,
                    text,
                    ..
                } if *first > 0 => {
                    needs.push((first - 1, *first, self.words(text).w + 40.0));
                }
                _ => {}
            }
        }
        needs.sort_by_key(|(a, b, _)| b - a);
        for (a, b, room) in needs.into_iter().filter(|(_, b, _)| *b < n) {
            let lack = room - apart[a..b].iter().sum::<f64>();
            if lack > 0.0 {
                let share = lack / (b - a) as f64;
                apart[a..b].iter_mut().for_each(|d| *d += share);
            }
        }
        for i in 1..n {
            self.x[i] = self.x[i - 1] + apart[i - 1].ceil();
        }
    }

    fn play(mut self, own: usize) -> Figure {
        let top = if self.sequence.participants.iter().any(|p| p.actor) {
            36.0
        } else {
            0.0
        };
        let high = self.heads.iter().map(|head| head.2).fold(0.0, f64::max);
        for (i, participant) in self.sequence.participants.iter().enumerate() {
            let (words, w, _) = &self.heads[i];
            let frame = Rect {
                x: (self.x[i] - w / 2.0) as f32,
                y: top as f32,
                w: *w as f32,
                h: high as f32,
            };
            let shape = if participant.actor {
                Shape::Actor
            } else {
                Shape::Rounded
            };
            let label = words.at(self.x[i], top + high / 2.0);
            self.figure.nodes.push(Node {
                id: participant.id.clone(),
                shape,
                frame,
                label,
                classes: Vec::new(),
            });
            self.reach = (
                self.reach.0.min(self.x[i] - w / 2.0),
                self.reach.1.max(self.x[i] + w / 2.0),
            );
        }
        self.y = top + high + self.style.row;
        let events = &self.sequence.events;
        for (i, event) in events.iter().enumerate() {
            self.event(event, events.get(i + 1), own);
        }
        self.y += self.style.row * 0.5;
        for who in 0..self.active.len() {
            while let Some(start) = self.active[who].pop() {
                self.bar(who, start);
            }
        }
        let below = top + high;
        let lines = (0..self.x.len()).map(|i| Decor::Lifeline {
            node: i as u16,
            from: Point {
                x: self.x[i] as f32,
                y: below as f32,
            },
            to: Point {
                x: self.x[i] as f32,
                y: self.y as f32,
            },
        });
        let mut decor: Vec<Decor> = lines.collect();
        decor.append(&mut self.bars);
        decor.append(&mut self.figure.decor);
        self.figure.decor = decor;
        self.figure.height = self.y as f32;
        let margin = self.style.margin;
        let (dx, dy) = (margin - self.reach.0, margin);
        self.figure.width = tenth(self.reach.1 - self.reach.0 + 2.0 * margin).ceil();
        self.figure.height = tenth(self.y + 2.0 * margin).ceil();
        shift(&mut self.figure, dx, dy);
        self.figure
    }

    fn event(&mut self, event: &Event, next: Option<&Event>, own: usize) {
        match event {
            Event::Message {
                from,
                to,
                text,
                stroke,
                tail,
                head,
            } => {
                let words = if from == to {
                    self.words(text)
                } else {
                    self.message(text, *from, *to)
                };
                let begins = |who: usize| usize::from(next == Some(&Event::Activate(who)));
                let (path, label) = if from == to {
                    self.turn(*from, &words)
                } else {
                    self.arrow(*from, *to, begins(*to), &words)
                };
                let label = Some(label).filter(|_| !text.is_empty());
                let extra = self.figure.edges.len() >= own;
                let (from, to) = (*from as u16, *to as u16);
                let edge = Edge {
                    from,
                    to,
                    path,
                    stroke: *stroke,
                    tail: *tail,
                    head: *head,
                    label,
                    extra,
                };
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
            Event::Note {
                side,
                first,
                last,
                text,
            } => self.note(*side, *first, *last, text),
            Event::Open { keyword, text } => {
                let words = self.condition(text);
                let top = self.y;
                self.y += words.h.max(self.style.font) + 16.0;
                let parts = vec![(top, words)];
                let reach = (f64::INFINITY, f64::NEG_INFINITY);
                self.open.push(Open {
                    keyword: keyword.clone(),
                    top,
                    parts,
                    reach,
                });
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

    fn arrow(
        &mut self,
        from: usize,
        to: usize,
        begins: usize,
        words: &Words,
    ) -> (Vec<Point>, Label) {
        let right = self.x[to] > self.x[from];
        let (a, b) = (self.meet(from, 0, right), self.meet(to, begins, !right));
        let middle = self.y + words.h / 2.0;
        self.y += words.h + 5.0;
        let y = self.y;
        self.y += self.style.row;
        let at = (a + b) / 2.0;
        self.cover(
            (a.min(b) - 14.0).min(at - words.w / 2.0),
            (a.max(b) + 14.0).max(at + words.w / 2.0),
        );
        let path = vec![
            Point {
                x: tenth(a),
                y: tenth(y),
            },
            Point {
                x: tenth(b),
                y: tenth(y),
            },
        ];
        (path, words.at(at, middle))
    }

    /// A message to oneself.
    fn turn(&mut self, who: usize, words: &Words) -> (Vec<Point>, Label) {
        let x = self.meet(who, 0, true);
        let high = words.h.max(24.0);
        let (out, top, low) = (
            x + LOOP - 6.0,
            self.y + (high - 24.0) / 2.0,
            self.y + (high + 24.0) / 2.0,
        );
        let middle = self.y + high / 2.0;
        self.y += high + self.style.row * 0.8;
        let at = out + 8.0 + words.w / 2.0;
        self.cover(x - 14.0, at + words.w / 2.0);
        let path = [(x, top), (out, top), (out, low), (x, low)];
        (
            path.iter()
                .map(|(x, y)| Point {
                    x: tenth(*x),
                    y: tenth(*y),
                })
                .collect(),
            words.at(at, middle),
        )
    }

    fn bar(&mut self, who: usize, start: f64) {
        let x = self.x[who] + self.active[who].len() as f64 * BAR - BAR;
        let high = (self.y - start).max(10.0);
        self.bars
            .push(Decor::Activation(size::rect(x, start, 2.0 * BAR, high)));
    }

    fn note(&mut self, side: Side, first: usize, last: usize, text: &Text) {
        let span = self.x[last] - self.x[first];
        let words = self.words_in(text, self.style.wrap.max(span));
        let own = words.w + 20.0;
        let w = if side == Side::Over && first != last {
            own.max(span + 40.0)
        } else {
            own
        };
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
            (left, right) = (
                self.x.first().copied().unwrap_or(0.0),
                self.x.last().copied().unwrap_or(0.0),
            );
        }
        let word = f64::from(crate::metrics::width(
            &open.keyword,
            self.style.font as f32,
            Weight::Medium,
        ));
        let widest = open
            .parts
            .iter()
            .map(|(_, words)| words.w)
            .fold(0.0, f64::max);
        left -= 12.0;
        right = (right + 12.0).max(left + word + widest + 40.0);
        let frame = size::rect(left, open.top, right - left, self.y - open.top);
        let label = |y: f64, words: &Words| {
            words.at(
                left + word + 26.0 + words.w / 2.0,
                y + 8.0 + words.h.max(self.style.font) / 2.0,
            )
        };
        let parts = open
            .parts
            .iter()
            .map(|(y, words)| (tenth(*y), label(*y, words)))
            .collect();
        self.figure.decor.push(Decor::Block {
            frame,
            keyword: open.keyword,
            parts,
        });
        self.cover(left, right);
        self.y += self.style.row;
    }
}

/// Moves everything.
fn shift(figure: &mut Figure, dx: f64, dy: f64) {
    let point = |p: &mut Point| {
        (p.x, p.y) = (tenth(f64::from(p.x) + dx), tenth(f64::from(p.y) + dy));
    };
    let rect = |r: &mut Rect| {
        (r.x, r.y) = (tenth(f64::from(r.x) + dx), tenth(f64::from(r.y) + dy));
    };
    let label = |l: &mut Label| {
        point(&mut l.at);
        rect(&mut l.frame);
    };
    for node in &mut figure.nodes {
        rect(&mut node.frame);
        label(&mut node.label);
    }
    for edge in &mut figure.edges {
        edge.path.iter_mut().for_each(point);
        edge.label.iter_mut().for_each(label);
    }
    for decor in &mut figure.decor {
        match decor {
            Decor::Lifeline { from, to, .. } => [from, to].into_iter().for_each(point),
            Decor::Activation(frame) => rect(frame),
            Decor::Block { frame, parts, .. } => {
                rect(frame);
                for (y, words) in parts {
                    *y = tenth(f64::from(*y) + dy);
                    label(words);
                }
            }
            Decor::Note {
                frame,
                label: words,
            } => {
                rect(frame);
                label(words);
            }
        }
    }
}
