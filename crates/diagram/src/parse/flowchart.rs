//! `flowchart` and `graph`.

use super::cursor::Cursor;
use super::link::{self, Link};
use super::shape;
use super::text::Line;
use super::{Direction, Edge, Flowchart, Group, MAX_DEPTH, MAX_EDGES, MAX_GROUPS, MAX_NODES, Node, Problems, Text};
use crate::figure::Shape;

pub(super) fn read(lines: &[Line<'_>], problems: &mut Problems) -> Flowchart {
    let mut reader = Reader::default();
    for (i, line) in lines.iter().enumerate() {
        let mut cursor = Cursor::new(line);
        cursor.skip_space();
        if i == 0 {
            reader.header(&mut cursor);
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
        problems.add(last, 1, "a subgraph is still open at the end; write `end` after its last line");
    }
    reader.finish(problems)
}

#[derive(Default)]
struct Reader {
    chart: Flowchart,
    /// The open subgraphs; None for one that was too much.
    open: Vec<Option<usize>>,
    /// Arrows in source order, their ends still names.
    links: Vec<(String, String, Link)>,
}

impl Reader {
    fn header(&mut self, cursor: &mut Cursor<'_>) {
        if ["flowchart-elk", "flowchart", "graph"].iter().any(|word| cursor.eat_word(word)) {
            cursor.skip_space();
            if let Some(direction) = direction(cursor) {
                self.chart.direction = direction;
            }
        }
    }

    fn group(&self) -> Option<usize> {
        self.open.iter().rev().find_map(|group| *group)
    }

    fn statement(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        if cursor.eat_word("subgraph") {
            return self.subgraph(cursor, problems);
        }
        if cursor.eat_word("end") {
            if self.open.pop().is_none() {
                cursor.problem(problems, "this `end` closes nothing; take it away");
            }
            return;
        }
        if cursor.eat_word("direction") {
            cursor.skip_space();
            match (direction(cursor), self.group()) {
                (Some(direction), Some(group)) => {
                    self.chart.groups[group].direction = Some(direction);
                }
                (Some(direction), None) => self.chart.direction = direction,
                (None, _) => cursor.problem(problems, "which direction? write `direction LR`"),
            }
            return;
        }
        if cursor.eat_word("class") {
            return self.class(cursor);
        }
        // Looks are the page's own; clicks belong to whoever shows the figure.
        if ["classDef", "style", "linkStyle", "click", "accTitle", "accDescr"].iter().any(|word| cursor.eat_word(word))
        {
            cursor.statement();
            return;
        }
        self.chain(cursor, problems);
    }

    fn subgraph(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        cursor.skip_space();
        let words = cursor.statement().trim();
        if self.chart.groups.len() >= MAX_GROUPS || self.open.len() >= MAX_DEPTH {
            cursor.problem(problems, "too many subgraphs, or nested too deep; this one is drawn without its frame");
            self.open.push(None);
            return;
        }
        let (id, title) = match words.find('[') {
            Some(at) if words.ends_with(']') && at > 0 => (words[..at].trim(), &words[at + 1..words.len() - 1]),
            _ => (words.trim_matches('"'), words),
        };
        let id = if id.is_empty() { format!("subgraph {}", self.chart.groups.len() + 1) } else { id.to_string() };
        let parent = self.group();
        self.chart.groups.push(Group { id, title: Text::read(title), parent, direction: None });
        self.open.push(Some(self.chart.groups.len() - 1));
    }

    fn class(&mut self, cursor: &mut Cursor<'_>) {
        let words = cursor.statement().trim();
        let Some((ids, name)) = words.rsplit_once(char::is_whitespace) else {
            return;
        };
        for id in ids.split(',').map(str::trim) {
            if let Some(node) = self.chart.nodes.iter_mut().find(|node| node.id == id) {
                node.classes.extend(name.split(',').map(|name| name.trim().to_string()));
            }
        }
    }

    /// `a & b -->|text| c --> d`
    fn chain(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) {
        let Some(mut left) = self.nodes(cursor, problems) else {
            return;
        };
        loop {
            cursor.skip_space();
            if cursor.rest().is_empty() || cursor.rest().starts_with(';') {
                return;
            }
            let start = cursor.at;
            let Some(link) = link::link(cursor) else {
                cursor.at = start;
                let message = format!("`{}` is not understood; join two boxes with `A --> B`", cursor.sight());
                cursor.problem(problems, &message);
                cursor.statement();
                return;
            };
            cursor.skip_space();
            let Some(right) = self.nodes(cursor, problems) else {
                return;
            };
            for a in &left {
                for b in &right {
                    if self.links.len() >= MAX_EDGES {
                        cursor.problem(problems, "too many arrows; draw two figures");
                        return;
                    }
                    self.links.push((a.clone(), b.clone(), link.clone()));
                }
            }
            left = right;
        }
    }

    fn nodes(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) -> Option<Vec<String>> {
        let mut all = Vec::new();
        loop {
            cursor.skip_space();
            all.push(self.node(cursor, problems)?);
            let here = cursor.at;
            cursor.skip_space();
            if !cursor.eat("&") {
                cursor.at = here;
                return Some(all);
            }
        }
    }

    fn node(&mut self, cursor: &mut Cursor<'_>, problems: &mut Problems) -> Option<String> {
        let id = identifier(cursor);
        if id.is_empty() {
            let sight = cursor.sight();
            let message = if sight.is_empty() {
                "a box is missing at the end of the line; write its name after the arrow".to_string()
            } else {
                format!(
                    "`{sight}` is not the name of a box; names are letters and digits, as in `Server[Backend Server]`"
                )
            };
            cursor.problem(problems, &message);
            cursor.statement();
            return None;
        }
        let shaped = if cursor.rest().starts_with("@{") {
            shape::attributes(cursor)
        } else {
            shape::bracketed(cursor, problems)
        };
        let mut classes = Vec::new();
        while cursor.eat(":::") {
            classes.push(cursor.take_while(|c| c.is_alphanumeric() || c == '_' || c == '-').to_string());
        }
        let group = self.group();
        let is_group = shaped.is_none() && self.chart.groups.iter().any(|group| group.id == id);
        if !is_group {
            let found = self.chart.nodes.iter().position(|node| node.id == id);
            let index = match found {
                Some(index) => index,
                None if self.chart.nodes.len() >= MAX_NODES => {
                    cursor.problem(problems, "too many boxes; draw two figures");
                    return None;
                }
                None => {
                    let text = Text::read(id);
                    self.chart.nodes.push(Node {
                        id: id.to_string(),
                        text,
                        shape: Shape::Rect,
                        classes: vec![],
                        group,
                    });
                    self.chart.nodes.len() - 1
                }
            };
            let node = &mut self.chart.nodes[index];
            node.classes.extend(classes);
            // The first subgraph that mentions a node owns it; a mention outside does not take it out.
            node.group = node.group.or(group);
            if let Some((text, shape)) = shaped {
                node.text = text;
                node.shape = shape;
            }
        }
        Some(id.to_string())
    }

    /// Names become indices, now that every box and subgraph is known.
    fn finish(mut self, problems: &mut Problems) -> Flowchart {
        let groups = self.chart.groups.clone();
        self.chart.nodes.retain(|node| {
            // A name that turned out to be a subgraph further down is not a box.
            !groups.iter().any(|group| group.id == node.id)
        });
        for (a, b, link) in std::mem::take(&mut self.links) {
            let (Some(from), Some(to)) = (self.end_of(&a), self.end_of(&b)) else {
                problems.add(link.line, 1, "an arrow to an empty subgraph is left out; put a box into it");
                continue;
            };
            if self.chart.groups.iter().any(|group| group.id == a || group.id == b) {
                problems.add(link.line, 1, "an arrow to a subgraph ends at its first box here; name the box you mean");
            }
            let Link { text, stroke, tail, head, length, .. } = link;
            self.chart.edges.push(Edge { from, to, text, stroke, tail, head, length });
        }
        self.chart
    }

    fn end_of(&self, id: &str) -> Option<usize> {
        if let Some(node) = self.chart.nodes.iter().position(|node| node.id == id) {
            return Some(node);
        }
        let group = self.chart.groups.iter().position(|group| group.id == id)?;
        self.chart.nodes.iter().position(|node| {
            let mut at = node.group;
            while let Some(inner) = at {
                if inner == group {
                    return true;
                }
                at = self.chart.groups[inner].parent;
            }
            false
        })
    }
}

fn direction(cursor: &mut Cursor<'_>) -> Option<Direction> {
    let names = [
        ("TB", Direction::Down),
        ("TD", Direction::Down),
        ("BT", Direction::Up),
        ("LR", Direction::Right),
        ("RL", Direction::Left),
    ];
    names.iter().find(|(name, _)| cursor.eat_word(name)).map(|(_, direction)| *direction)
}

/// Letters, digits, `_`, and `-` or `.` inside a word (`a-b`, but not the first dash of `a-->b`).
fn identifier<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    let rest = cursor.rest();
    let mut end = 0;
    for (i, c) in rest.char_indices() {
        let next = rest[i + c.len_utf8()..].chars().next();
        let inner = (c == '-' || c == '.' || c == '/' || c == ':') && i > 0 && next.is_some_and(char::is_alphanumeric);
        if !(c.is_alphanumeric() || c == '_' || inner) || rest[i..].starts_with(":::") {
            break;
        }
        end = i + c.len_utf8();
    }
    cursor.at += end;
    &rest[..end]
}
