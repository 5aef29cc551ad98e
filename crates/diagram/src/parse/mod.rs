//! Mermaid text → [`Diagram`]. Parsing cannot fail: whatever is not understood becomes a [`Problem`]
//! that says the fix, and the rest is read on. Flowcharts and sequence diagrams; themes are not ours to follow.

mod cursor;
mod flowchart;
mod link;
mod sequence;
mod shape;
mod text;

use crate::figure::{Shape, Stroke, Tip};
pub use text::Text;

/// More nodes than this are not read: a figure that large is not a figure.
pub const MAX_NODES: usize = 160;
/// More arrows or messages than this are not read.
pub const MAX_EDGES: usize = 320;
/// More groups (or blocks) than this are not read.
pub const MAX_GROUPS: usize = 40;
/// Groups (or blocks) nested deeper than this are not read.
pub const MAX_DEPTH: usize = 8;
/// A longer text is cut off.
pub const MAX_TEXT: usize = 400;
/// More problems than this are not reported.
const MAX_PROBLEMS: usize = 50;

/// What was understood, and what was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// What was understood.
    pub diagram: Diagram,
    /// What was not, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Something in the text that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong and how to set it right.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// A diagram as it is written: who is joined to whom, in source order, without places.
#[derive(Clone, Debug, PartialEq)]
pub enum Diagram {
    /// `flowchart` and `graph`.
    Flowchart(Flowchart),
    /// `sequenceDiagram`.
    Sequence(Sequence),
}

/// Which way a flowchart flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// `TB`, `TD`
    #[default]
    Down,
    /// `BT`
    Up,
    /// `LR`
    Right,
    /// `RL`
    Left,
}

/// A flowchart. Indices are into the vectors of this struct.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flowchart {
    /// Which way it flows.
    pub direction: Direction,
    /// Boxes in the order of their first mention.
    pub nodes: Vec<Node>,
    /// Arrows in source order.
    pub edges: Vec<Edge>,
    /// Subgraphs in source order: a parent stands before its children.
    pub groups: Vec<Group>,
}

/// A box of a flowchart.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its identifier.
    pub id: String,
    /// The words inside.
    pub text: Text,
    /// The outline.
    pub shape: Shape,
    /// `classDef` names, in order.
    pub classes: Vec<String>,
    /// The innermost group that holds it.
    pub group: Option<usize>,
}

/// An arrow of a flowchart.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The node it leaves.
    pub from: usize,
    /// The node it reaches.
    pub to: usize,
    /// The words on it.
    pub text: Option<Text>,
    /// How it is drawn.
    pub stroke: Stroke,
    /// At its beginning.
    pub tail: Tip,
    /// At its end.
    pub head: Tip,
    /// At how many ranks' distance the ends stand at least: 1 for `-->`, 2 for `--->`.
    pub length: usize,
}

/// A subgraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The group around it.
    pub parent: Option<usize>,
    /// `direction LR` inside it.
    pub direction: Option<Direction>,
}

/// A sequence diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// Participants from left to right.
    pub participants: Vec<Participant>,
    /// What happens, from top to bottom.
    pub events: Vec<Event>,
}

/// A participant of a sequence diagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub text: Text,
    /// Drawn as a person.
    pub actor: bool,
}

/// One line of a sequence diagram.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An arrow from one lifeline to another, or back to the same.
    Message {
        /// Index of the sender.
        from: usize,
        /// Index of the receiver.
        to: usize,
        /// The words above it.
        text: Text,
        /// Solid or dotted.
        stroke: Stroke,
        /// At the sender's end (`<<->>`).
        tail: Tip,
        /// At the receiver's end.
        head: Tip,
    },
    /// A participant begins to be active.
    Activate(usize),
    /// And ends it.
    Deactivate(usize),
    /// A note.
    Note {
        /// Where it stands.
        side: Side,
        /// Leftmost participant it speaks of.
        first: usize,
        /// Rightmost participant it speaks of.
        last: usize,
        /// The words.
        text: Text,
    },
    /// `loop`, `alt`, `opt`, `par`, `critical`, `break`, `rect`.
    Open {
        /// The keyword.
        keyword: String,
        /// The condition.
        text: Text,
    },
    /// `else`, `and`, `option`.
    Part(Text),
    /// `end`
    Close,
}

/// Where a note stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `left of`
    Left,
    /// `right of`
    Right,
    /// `over`
    Over,
}

/// Reads a Mermaid text. Never fails and never panics.
pub fn parse(text: &str) -> Parsed {
    let lines = text::lines(text);
    let mut problems = Problems::default();
    let Some(first) = lines.first() else {
        problems.add(1, 1, "there is no diagram here; begin with `flowchart TB` or `sequenceDiagram`");
        return Parsed { diagram: Diagram::Flowchart(Flowchart::default()), problems: problems.0 };
    };
    let word = first.text.trim_start().split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or("");
    let diagram = match word {
        "sequenceDiagram" => Diagram::Sequence(sequence::read(&lines, &mut problems)),
        "flowchart" | "graph" | "flowchart-elk" => Diagram::Flowchart(flowchart::read(&lines, &mut problems)),
        _ => {
            let column = first.column_of(word);
            if OTHERS.contains(&word.trim_end_matches(':')) {
                let message = format!("`{word}` diagrams are not drawn here; flowcharts and sequence diagrams are");
                problems.add(first.number, column, &message);
                Diagram::Flowchart(Flowchart::default())
            } else {
                problems.add(
                    first.number,
                    column,
                    "the first line must say what is drawn; write `flowchart TB` above it",
                );
                Diagram::Flowchart(flowchart::read(&lines, &mut problems))
            }
        }
    };
    Parsed { diagram, problems: problems.0 }
}

/// First words of the Mermaid diagrams that are not drawn here.
const OTHERS: &[&str] = &[
    "classDiagram",
    "classDiagram-v2",
    "stateDiagram",
    "stateDiagram-v2",
    "erDiagram",
    "gantt",
    "pie",
    "journey",
    "gitGraph",
    "mindmap",
    "timeline",
    "quadrantChart",
    "requirementDiagram",
    "requirement",
    "C4Context",
    "C4Container",
    "C4Component",
    "C4Dynamic",
    "C4Deployment",
    "sankey-beta",
    "sankey",
    "xychart-beta",
    "xychart",
    "block-beta",
    "block",
    "packet-beta",
    "packet",
    "architecture-beta",
    "architecture",
    "kanban",
    "zenuml",
    "radar-beta",
    "treemap-beta",
    "treemap",
    "info",
];

/// The problems found so far.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, line: u32, column: u32, message: &str) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(Problem { line, column, message: message.to_string() });
        }
    }
}
