//! Sequence diagrams: participants side by side, time downwards. Columns are as far apart as the words
//! between them need; what happens takes one row after the other.

mod events;

use super::Form;
use super::size::{Words, tenth};
use crate::figure::{Decor, Figure, Label, Node, Point, Rect, Shape};
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
    let own = sequence.events.iter().filter(|event| matches!(event, Event::Message { .. })).count();
    if let Diagram::Sequence(more) = extra {
        let index = |i: usize| sequence.participants.iter().position(|p| p.id == more.participants[i].id);
        let added: Vec<Event> = more
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Message { from, to, text, stroke, tail, head } => {
                    let (from, to, text) = (index(*from)?, index(*to)?, text.clone());
                    Some(Event::Message { from, to, text, stroke: *stroke, tail: *tail, head: *head })
                }
                _ => None,
            })
            .collect();
        sequence.events.extend(added);
    }
    let tries = match form {
        Form::Wide => vec![WIDE, Style { wrap: 130.0, gap: 24.0, ..WIDE }, Style { wrap: 90.0, gap: 16.0, ..WIDE }],
        Form::Tall => {
            let small = Style { font: 12.0, ..TALL };
            let wraps =
                |style: Style, wraps: &[f64]| wraps.iter().map(|w| Style { wrap: *w, ..style }).collect::<Vec<_>>();
            [wraps(TALL, &[96.0, 80.0, 70.0]), wraps(small, &[80.0, 70.0, 62.0, 54.0])].concat()
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
                let words = Words::set(&p.text, style.font, style.head_wrap, style.soft, Weight::Regular);
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
        Words::set(text, self.style.font, wrap, self.style.soft, Weight::Regular)
    }

    /// The words of a message: they may be as wide as the way it goes.
    fn message(&self, text: &Text, from: usize, to: usize) -> Words {
        let way = (self.x[from] - self.x[to]).abs() - 2.0 * self.style.side;
        self.words_in(text, self.style.wrap.max(if way > 1.0 { way.min(self.style.wrap * 3.0) } else { 0.0 }))
    }

    /// Sets the lifelines as far apart as heads, words and notes need.
    fn columns(&mut self) {
        let n = self.heads.len();
        let style = self.style;
        let mut apart: Vec<f64> = (1..n).map(|i| (self.heads[i - 1].1 + self.heads[i].1) / 2.0 + style.gap).collect();
        let mut needs: Vec<(usize, usize, f64)> = Vec::new();
        for event in &self.sequence.events {
            match event {
                Event::Message { from, to, text, .. } if from == to => {
                    // On a phone the words of a loop may lie over the next lifeline.
                    let room = LOOP + 8.0 + if style.soft { 0.0 } else { self.words(text).w + style.side };
                    needs.push((*from, from + 1, room));
                }
                Event::Message { from, to, text, .. } => {
                    let room = self.words(text).w + 2.0 * style.side;
                    needs.push((*from.min(to), *from.max(to), room));
                }
                Event::Note { side: Side::Right, last, text, .. } => {
                    needs.push((*last, last + 1, self.words(text).w + 40.0));
                }
                Event::Note { side: Side::Left, first, text, .. } if *first > 0 => {
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
        let top = if self.sequence.participants.iter().any(|p| p.actor) { 36.0 } else { 0.0 };
        let high = self.heads.iter().map(|head| head.2).fold(0.0, f64::max);
        for (i, participant) in self.sequence.participants.iter().enumerate() {
            let (words, w, _) = &self.heads[i];
            let frame = Rect { x: (self.x[i] - w / 2.0) as f32, y: top as f32, w: *w as f32, h: high as f32 };
            let shape = if participant.actor { Shape::Actor } else { Shape::Rounded };
            let label = words.at(self.x[i], top + high / 2.0);
            self.figure.nodes.push(Node { id: participant.id.clone(), shape, frame, label, classes: Vec::new() });
            self.reach = (self.reach.0.min(self.x[i] - w / 2.0), self.reach.1.max(self.x[i] + w / 2.0));
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
            from: Point { x: self.x[i] as f32, y: below as f32 },
            to: Point { x: self.x[i] as f32, y: self.y as f32 },
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
            Decor::Note { frame, label: words } => {
                rect(frame);
                label(words);
            }
        }
    }
}
