//! Diagram → Figure. (First form: boxes without arrows; the layered layout follows.)

use crate::figure::{Edge, Figure, Label, Node, Point, Rect};
use crate::parse::Diagram;

/// For which page the figure is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A column of up to 1248 px.
    Wide,
    /// A phone: 336 px if it can be done.
    Tall,
}

/// Lays a diagram out.
pub fn layout(diagram: &Diagram, form: Form) -> Figure {
    layout_with(diagram, diagram, form)
}

/// Lays a diagram out together with additional arrows between its nodes.
pub fn layout_with(diagram: &Diagram, _extra: &Diagram, _form: Form) -> Figure {
    let mut figure = Figure {
        width: 220.0,
        ..Figure::default()
    };
    if let Diagram::Flowchart(chart) = diagram {
        for (i, node) in chart.nodes.iter().enumerate() {
            let frame = Rect {
                x: 10.0,
                y: 10.0 + 80.0 * i as f32,
                w: 200.0,
                h: 44.0,
            };
            let at = Point {
                x: 110.0,
                y: frame.y + 22.0,
            };
            let label = Label {
                at,
                size: 15.0,
                frame,
                lines: node.text.lines.clone(),
                sign: node.text.sign,
            };
            let (id, classes) = (node.id.clone(), node.classes.clone());
            figure.nodes.push(Node {
                id,
                shape: node.shape,
                frame,
                label,
                classes,
            });
            figure.height = frame.y + 60.0;
        }
        for edge in &chart.edges {
            let at = |i: usize| {
                figure
                    .nodes
                    .get(i)
                    .map_or(Point::default(), |node| node.label.at)
            };
            let path = vec![at(edge.from), at(edge.to)];
            let (from, to, stroke) = (edge.from as u16, edge.to as u16, edge.stroke);
            let (tail, head) = (edge.tail, edge.head);
            figure.edges.push(Edge {
                from,
                to,
                path,
                stroke,
                tail,
                head,
                label: None,
                extra: false,
            });
        }
    }
    figure
}
