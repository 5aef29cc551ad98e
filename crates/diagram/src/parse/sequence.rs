//! `sequenceDiagram`.

use super::cursor::Cursor;
use super::text::Line;
use super::{Event, MAX_DEPTH, MAX_EDGES, MAX_NODES, Participant, Problems, Sequence, Side, Text};
use crate::figure::{Stroke, Tip};

/// Every arrow, longest first.
#[rustfmt::skip]
const ARROWS: &[(&str, Stroke, Tip, Tip)] = &[
    ("<<-->>", Stroke::Dotted, Tip::Arrow, Tip::Arrow),
    ("<<->>", Stroke::Solid, Tip::Arrow, Tip::Arrow),
    ("-->>", Stroke::Dotted, Tip::None, Tip::Arrow),
    ("->>", Stroke::Solid, Tip::None, Tip::Arrow),
    ("--x", Stroke::Dotted, Tip::None, Tip::Cross),
    ("--)", Stroke::Dotted, Tip::None, Tip::Open),
    ("-->", Stroke::Dotted, Tip::None, Tip::None),
    ("-x", Stroke::Solid, Tip::None, Tip::Cross),
    ("-)", Stroke::Solid, Tip::None, Tip::Open),
    ("->", Stroke::Solid, Tip::None, Tip::None),
];

const BLOCKS: &[&str] = &["loop", "alt", "opt", "par_over", "par", "critical", "break", "rect", "box"];
const PARTS: &[&str] = &["else", "and", "option"];
const IGNORED: &[&str] =
    &["title", "links", "link", "properties", "details", "accTitle", "accDescr", "create", "destroy"];

pub(super) fn read(lines: &[Line<'_>], problems: &mut Problems) -> Sequence {
    let mut reader = Reader::default();
    for (i, line) in lines.iter().enumerate() {
        let mut cursor = Cursor::new(line);
        cursor.skip_space();
        if i == 0 {
            cursor.eat("sequenceDiagram");
        }
        loop {
            cursor.skip_space();
            if cursor.eat(";") {
                continue;
            }
            if cursor.rest().is_empty() {
                break;
            }
            let before = cursor.at;
            reader.statement(&mut cursor, problems);
            if cursor.at == before {
                cursor.statement();
            }
        }
    }
    if !reader.open.is_empty() {
        let last = lines.last().map_or(1, |line| line.number);
        problems.add(last, 1, "a block is still open at the end; write `end` after its last line");
        for shown in reader.open.drain(..).rev() {
            if shown {
                reader.sequence.events.push(Event::Close);
            }
        }
    }
    reader.sequence
}

#[derive(Default)]
struct Reader {
    sequence: Sequence,
    /// The open blocks; false for those that are not drawn (`box`, or nested too deep).
    open: Vec<bool>,
    number: Option<u32>,
}

impl Reader {
    fn statement(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        if cursor.eat_word("participant") {
            return self.participant(cursor, false, problems);
        }
        if cursor.eat_word("actor") {
            return self.participant(cursor, true, problems);
        }
        if cursor.eat_word("autonumber") {
            self.number = if cursor.statement().trim() == "off" { None } else { Some(1) };
            return;
        }
        if cursor.eat_word("activate") {
            if let Some(who) = self.named(cursor, problems) {
                self.sequence.events.push(Event::Activate(who));
            }
            return;
        }
        if cursor.eat_word("deactivate") {
            if let Some(who) = self.named(cursor, problems) {
                self.sequence.events.push(Event::Deactivate(who));
            }
            return;
        }
        if cursor.eat_word("note") || cursor.eat_word("Note") {
            return self.note(cursor, problems);
        }
        if cursor.eat_word("end") {
            match self.open.pop() {
                Some(true) => self.sequence.events.push(Event::Close),
                Some(false) => {}
                None => cursor.problem(problems, "this `end` closes nothing; take it away"),
            }
            return;
        }
        if cursor.eat_word("create") || cursor.eat_word("destroy") {
            cursor.skip_space();
            if cursor.eat_word("participant") {
                self.participant(cursor, false, problems);
            } else if cursor.eat_word("actor") {
                self.participant(cursor, true, problems);
            } else {
                cursor.statement();
            }
            return;
        }
        if let Some(word) = BLOCKS.iter().find(|word| cursor.eat_word(word)) {
            let words = cursor.statement();
            let shown = *word != "box" && self.open.len() < MAX_DEPTH && self.sequence.events.len() < MAX_EDGES;
            if shown {
                let text = if *word == "rect" { Text::read("") } else { Text::read(words) };
                self.sequence.events.push(Event::Open { keyword: (*word).to_string(), text });
            }
            self.open.push(shown);
            return;
        }
        if PARTS.iter().any(|word| cursor.eat_word(word)) {
            let text = Text::read(cursor.statement());
            if self.open.last() == Some(&true) {
                self.sequence.events.push(Event::Part(text));
            } else {
                cursor.problem(problems, "there is no open block to divide; write `alt` above");
            }
            return;
        }
        if IGNORED.iter().any(|word| cursor.eat_word(word)) {
            cursor.statement();
            return;
        }
        self.message(cursor, problems);
    }

    fn participant(&mut self, cursor: &mut Cursor<'_>, actor: bool, problems: &mut Problems) {
        cursor.skip_space();
        let words = cursor.statement().trim();
        let (id, text) = words.split_once(" as ").unwrap_or((words, words));
        let id = id.split("@{").next().unwrap_or(id).trim();
        if id.is_empty() {
            cursor.problem(problems, "the participant has no name; write `participant Server`");
            return;
        }
        if let Some(who) = self.who(id, cursor, problems) {
            let participant = &mut self.sequence.participants[who];
            participant.actor = actor;
            participant.text = Text::read(if text == words { id } else { text });
        }
    }

    /// The index of a participant, who appears on first mention.
    fn who(&mut self, id: &str, cursor: &Cursor<'_>, problems: &mut Problems) -> Option<usize> {
        if let Some(found) = self.sequence.participants.iter().position(|p| p.id == id) {
            return Some(found);
        }
        if self.sequence.participants.len() >= MAX_NODES / 4 {
            cursor.problem(problems, "too many participants; draw two diagrams");
            return None;
        }
        self.sequence.participants.push(Participant { id: id.to_string(), text: Text::read(id), actor: false });
        Some(self.sequence.participants.len() - 1)
    }

    fn named(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) -> Option<usize> {
        let id = cursor.statement().trim();
        if id.is_empty() {
            cursor.problem(problems, "who? write the participant's name after it");
            return None;
        }
        self.who(id, cursor, problems)
    }

    fn note(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        cursor.skip_space();
        let side = if cursor.eat_word("left of") {
            Side::Left
        } else if cursor.eat_word("right of") {
            Side::Right
        } else if cursor.eat_word("over") {
            Side::Over
        } else {
            cursor.problem(problems, "where is the note? write `Note over Server: text`");
            cursor.statement();
            return;
        };
        let words = cursor.statement();
        let Some((names, text)) = words.split_once(':') else {
            cursor.problem(problems, "the note has no text; write it after a colon");
            return;
        };
        let who: Vec<usize> = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .filter_map(|name| self.who(name, cursor, problems))
            .collect();
        let (Some(&first), Some(&last)) = (who.iter().min(), who.iter().max()) else {
            cursor.problem(problems, "the note names nobody; write `Note over Server: text`");
            return;
        };
        if self.sequence.events.len() < MAX_EDGES {
            self.sequence.events.push(Event::Note { side, first, last, text: Text::read(text) });
        }
    }

    fn message(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        let start = cursor.at;
        let words = cursor.statement();
        let (ends, text) = words.split_once(':').unwrap_or((words, ""));
        let found = ARROWS.iter().filter_map(|arrow| Some((ends.find(arrow.0)?, arrow)));
        let found = found.min_by_key(|(at, arrow)| (*at, std::cmp::Reverse(arrow.0.len())));
        let Some((at, arrow)) = found else {
            cursor.at = start;
            let message = format!("`{}` is not understood; a message is written `A->>B: text`", cursor.sight());
            cursor.problem(problems, &message);
            cursor.statement();
            return;
        };
        let from = ends[..at].trim();
        let to = ends[at + arrow.0.len()..].trim();
        let shorthand = to.chars().next().filter(|c| *c == '+' || *c == '-');
        let to = to.trim_start_matches(['+', '-']).trim();
        if from.is_empty() || to.is_empty() {
            cursor.at = start;
            cursor.problem(problems, "a message needs a sender and a receiver; write `A->>B: text`");
            cursor.statement();
            return;
        }
        if self.sequence.events.len() >= MAX_EDGES {
            cursor.problem(problems, "too many messages; draw two diagrams");
            return;
        }
        let (Some(from), Some(to)) = (self.who(from, cursor, problems), self.who(to, cursor, problems)) else {
            return;
        };
        let text = match self.number {
            Some(n) => {
                self.number = Some(n.saturating_add(1));
                Text::read(&format!("{n}. {}", text.trim()))
            }
            None => Text::read(text),
        };
        self.sequence.events.push(Event::Message { from, to, text, stroke: arrow.1, tail: arrow.2, head: arrow.3 });
        match shorthand {
            Some('+') => self.sequence.events.push(Event::Activate(to)),
            Some(_) => self.sequence.events.push(Event::Deactivate(from)),
            None => {}
        }
    }
}
