//! Reading Mermaid: what is understood, what is said about the rest, and that no text breaks it.

use diagram::figure::{Shape, Sign, Stroke, Tip};
use diagram::parse::{Direction, Event};
use diagram::{Diagram, Flowchart, Form, Sequence, layout, parse};

use crate::figures::source;

/// The parts of the flowchart language that the course's figures do not use.
const FLOWCHART: &str = r#"---
title: ignored
---
%%{init: {
  "theme": "dark"
}}%%
%% a comment
graph RL;
a[Rect] --> b(Rounded) --> c([Stadium]); c --- d[[Sub]]
d -.- e[(Data<br/>base)] ==> f((Circle)) === g(((Double)))
h>Flag] --o i{Diamond} --x j{{Hexagon}} <--> k[/Lean/] o--o l[\Lean\] x--x m[/Trap\] ----> n[\Alt/]
a & b --> c & d
e -- plain text --> f
e -. dotted .-> f -.tight.-> g
e == thick ==> f
f ~~~ g
n -->|"quoted | [pipe]"| o["quoted [text] #35; &amp; ✅"]:::warm
o --> o
subgraph outer [Outer title]
  direction TB
  subgraph inner["Inner: title"]
    p1 --> p2
  end
  p2 --> p3@{ shape: diamond, label: "Asked?" }
end
subgraph Plain title here
  q
end
outer --> q
classDef warm fill:#fff,stroke:#000
class a,b warm
style a fill:#f9f
linkStyle 0 stroke:#ff3
click a "about:blank" _blank
"#;

/// The same for sequence diagrams.
const SEQUENCE: &str = r#"sequenceDiagram
    autonumber
    participant A as Alice<br/>Smith
    actor B as Bob
    create participant C
    A->>+B: Hello
    B-->>-A: Hi
    A->B: line
    A-->B: dotted line
    A-xB: lost
    A--xB: lost, dotted
    A-)B: async
    A--)B: async, dotted
    A<<->>B: both
    B->>B: think ✓
    activate B
    Note left of A: to the left
    Note right of C: to the right
    Note over A,C: over all of them
    loop Every minute
        A->>B: ping
        alt is up
            B->>A: pong
        else is down
            B--xA: nothing
        end
        opt maybe
            par one
                A->>C: x
            and two
                B->>C: y
            end
        end
    end
    critical section
        A->>B: z
    option failed
        A->>B: w
    end
    break when broken
        A->>B: v
    end
    rect rgb(0, 0, 0)
        A->>B: u
    end
    deactivate B
    destroy C
"#;

fn chart(text: &str) -> Flowchart {
    match parse(text).diagram {
        Diagram::Flowchart(chart) => chart,
        Diagram::Sequence(_) => panic!("a flowchart was written"),
    }
}

fn sequence(text: &str) -> Sequence {
    match parse(text).diagram {
        Diagram::Sequence(sequence) => sequence,
        Diagram::Flowchart(_) => panic!("a sequence diagram was written"),
    }
}

#[test]
fn the_rest_of_the_flowchart_language() {
    let parsed = parse(FLOWCHART);
    let said: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["line 29, column 1: an arrow to a subgraph ends at its first box here; name the box you mean"]);
    let chart = chart(FLOWCHART);
    assert_eq!(chart.direction, Direction::Left);
    let shape = |id: &str| chart.nodes.iter().find(|node| node.id == id).map(|node| node.shape);
    let shapes = [
        ("a", Shape::Rect),
        ("b", Shape::Rounded),
        ("c", Shape::Stadium),
        ("d", Shape::Subroutine),
        ("e", Shape::Cylinder),
        ("f", Shape::Circle),
        ("g", Shape::DoubleCircle),
        ("h", Shape::Flag),
        ("i", Shape::Diamond),
        ("j", Shape::Hexagon),
        ("k", Shape::LeanRight),
        ("l", Shape::LeanLeft),
        ("m", Shape::Trapezoid),
        ("n", Shape::TrapezoidAlt),
        ("p3", Shape::Diamond),
    ];
    for (id, expected) in shapes {
        assert_eq!(shape(id), Some(expected), "{id}");
    }
    let edges: Vec<String> = chart
        .edges
        .iter()
        .map(|edge| {
            let text = edge.text.as_ref().map_or(String::new(), |text| text.lines.join("/"));
            let (from, to) = (&chart.nodes[edge.from].id, &chart.nodes[edge.to].id);
            format!("{from} {:?}{:?}{:?}{} {to} {text}", edge.tail, edge.stroke, edge.head, edge.length)
        })
        .collect();
    assert_eq!(
        edges,
        [
            "a NoneSolidArrow1 b ",
            "b NoneSolidArrow1 c ",
            "c NoneSolidNone1 d ",
            "d NoneDottedNone1 e ",
            "e NoneThickArrow1 f ",
            "f NoneThickNone1 g ",
            "h NoneSolidCircle1 i ",
            "i NoneSolidCross1 j ",
            "j ArrowSolidArrow1 k ",
            "k CircleSolidCircle1 l ",
            "l CrossSolidCross1 m ",
            "m NoneSolidArrow3 n ",
            "a NoneSolidArrow1 c ",
            "a NoneSolidArrow1 d ",
            "b NoneSolidArrow1 c ",
            "b NoneSolidArrow1 d ",
            "e NoneSolidArrow1 f plain text",
            "e NoneDottedArrow1 f dotted",
            "f NoneDottedArrow1 g tight",
            "e NoneThickArrow1 f thick",
            "f NoneInvisibleNone1 g ",
            "n NoneSolidArrow1 o quoted | [pipe]",
            "o NoneSolidArrow1 o ",
            "p1 NoneSolidArrow1 p2 ",
            "p2 NoneSolidArrow1 p3 ",
            "p1 NoneSolidArrow1 q ",
        ]
    );
    let o = chart.nodes.iter().find(|node| node.id == "o").expect("o");
    assert_eq!((o.text.lines.join("/"), o.text.sign), ("quoted [text] # &".into(), Some(Sign::Tick)));
    assert_eq!((o.classes.clone(), chart.nodes[0].classes.clone()), (vec!["warm".into()], vec!["warm".into()]));
    let groups: Vec<_> = chart.groups.iter().map(|g| (g.title.lines.join("/"), g.parent, g.direction)).collect();
    assert_eq!(
        groups,
        [
            ("Outer title".to_string(), None, Some(Direction::Down)),
            ("Inner: title".to_string(), Some(0), None),
            ("Plain title here".to_string(), None, None),
        ]
    );
}

#[test]
fn the_rest_of_the_sequence_language() {
    assert_eq!(parse(SEQUENCE).problems, []);
    let sequence = sequence(SEQUENCE);
    let names: Vec<_> = sequence.participants.iter().map(|p| (p.text.lines.join("/"), p.actor)).collect();
    assert_eq!(names, [("Alice/Smith".into(), false), ("Bob".into(), true), ("C".to_string(), false)]);
    let messages: Vec<_> = sequence
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Message { text, stroke, tail, head, .. } => Some((text.lines.join("/"), *stroke, *tail, *head)),
            _ => None,
        })
        .take(9)
        .collect();
    let expected = [
        ("1. Hello", Stroke::Solid, Tip::None, Tip::Arrow),
        ("2. Hi", Stroke::Dotted, Tip::None, Tip::Arrow),
        ("3. line", Stroke::Solid, Tip::None, Tip::None),
        ("4. dotted line", Stroke::Dotted, Tip::None, Tip::None),
        ("5. lost", Stroke::Solid, Tip::None, Tip::Cross),
        ("6. lost, dotted", Stroke::Dotted, Tip::None, Tip::Cross),
        ("7. async", Stroke::Solid, Tip::None, Tip::Open),
        ("8. async, dotted", Stroke::Dotted, Tip::None, Tip::Open),
        ("9. both", Stroke::Solid, Tip::Arrow, Tip::Arrow),
    ];
    assert_eq!(messages, expected.map(|(t, s, a, b)| (t.to_string(), s, a, b)));
    let count = |open: bool| {
        let is = |event: &&Event| {
            if open { matches!(event, Event::Open { .. }) } else { **event == Event::Close }
        };
        sequence.events.iter().filter(is).count()
    };
    assert_eq!((count(true), count(false)), (7, 7));
}

/// A text and the problems that it has.
fn check(text: &str, expected: &[&str]) {
    let said: Vec<String> = parse(text).problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, expected, "{text}");
}

#[test]
fn problems_say_where_and_how_to_mend_them() {
    check("", &["line 1, column 1: there is no diagram here; begin with `flowchart TB` or `sequenceDiagram`"]);
    check(
        "%% only words\n\npie title Pets",
        &["line 3, column 1: `pie` diagrams are not drawn here; flowcharts and sequence diagrams are"],
    );
    check("A --> B", &["line 1, column 1: the first line must say what is drawn; write `flowchart TB` above it"]);
    check(
        "flowchart TB\nA --> ",
        &["line 2, column 7: a box is missing at the end of the line; write its name after the arrow"],
    );
    check("flowchart TB\nä é --> B", &["line 2, column 3: `é --> B` is not understood; join two boxes with `A --> B`"]);
    check("flowchart TB\nA[Open", &["line 2, column 2: `[` is never closed; write `]` after the text"]);
    check("flowchart TB\nend", &["line 2, column 4: this `end` closes nothing; take it away"]);
    check(
        "flowchart TB\nsubgraph x\nA",
        &["line 3, column 1: a subgraph is still open at the end; write `end` after its last line"],
    );
    check(
        "sequenceDiagram\nA->>B: x\nwhatever",
        &["line 3, column 1: `whatever` is not understood; a message is written `A->>B: text`"],
    );
}

/// Lays a text out if its skeleton is new: where the boxes are does not hang on every letter.
fn survives(text: &str, last: &mut String, form: Form) {
    let parsed = parse(text);
    let skeleton = match &parsed.diagram {
        Diagram::Flowchart(chart) => {
            let nodes: Vec<_> = chart.nodes.iter().map(|n| (n.shape, n.group, n.text.lines.len())).collect();
            let edges: Vec<_> = chart.edges.iter().map(|e| (e.from, e.to, e.text.is_some())).collect();
            format!("{nodes:?}{edges:?}{}", chart.groups.len())
        }
        Diagram::Sequence(sequence) => {
            format!("{} {}", sequence.participants.len(), sequence.events.len())
        }
    };
    if skeleton != *last {
        let figure = layout(&parsed.diagram, form);
        assert!(figure.width.is_finite() && figure.height.is_finite());
        *last = skeleton;
    }
}

fn texts() -> Vec<String> {
    (1..=16).map(source).chain([FLOWCHART.to_string(), SEQUENCE.to_string()]).collect()
}

#[test]
fn no_truncation_breaks_it() {
    for text in texts() {
        let mut last = String::new();
        for (end, _) in text.char_indices() {
            survives(&text[..end], &mut last, Form::Wide);
        }
    }
}

#[test]
fn no_missing_line_breaks_it() {
    for text in texts() {
        let lines: Vec<&str> = text.lines().collect();
        for gone in 0..lines.len() {
            let rest: Vec<&str> = [&lines[..gone], &lines[gone + 1..]].concat();
            let mut last = String::new();
            survives(&rest.join("\n"), &mut last, Form::Wide);
            if gone % 6 == 1 {
                last.clear();
                survives(&rest.join("\n"), &mut last, Form::Tall);
            }
        }
    }
}

#[test]
fn hostile_texts_are_bounded() {
    let mut star = String::from("flowchart TB\n");
    let mut nest = String::from("flowchart TB\n");
    let mut chain = String::from("flowchart LR\n");
    for i in 0..2000 {
        star.push_str(&format!("A{} --> B{}\n", i % 90, (i * 7) % 90));
        nest.push_str(&format!("subgraph s{i}\n x{i} --> y{i}\n"));
        chain.push_str(&format!("C{i} --> C{}\n", i + 1));
    }
    let long = format!("flowchart TB\nA[{}] -->|{}| B", "wide ".repeat(4000), "x".repeat(9000));
    let links = format!("flowchart TB\nA {} B", "--".repeat(5000));
    let loops = format!("sequenceDiagram\n{}A->>B: x\n", "loop x\n".repeat(3000));
    for text in [star, nest, chain, long, links, loops] {
        let parsed = parse(&text);
        assert!(parsed.problems.len() <= 60);
        let figure = layout(&parsed.diagram, Form::Wide);
        assert!(figure.width.is_finite());
    }
}
