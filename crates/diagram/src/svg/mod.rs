//! [`Figure`] → SVG text. The only place that escapes. Draws with classes; colours are the stylesheet's.
//! No inline style, no `<style>`, no `<marker>`: it stands under a strict CSP, any number of times in a page.

pub(crate) mod outline;

use std::fmt::Write;

use crate::figure::{Decor, Edge, Figure, Group, Label, Node, Point, Rect, Sign, Stroke, Tip};
use crate::metrics::{self, Weight};
use crate::path::Tenth;

/// What the page decides about the picture.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Stands before every `id`, so that two figures in a page do not share one.
    pub id_prefix: String,
    /// More classes for the outermost element.
    pub class: String,
    /// The name of the picture, for those who do not see it.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// Also written as `width` and `height`, for files that stand alone.
    pub sized: bool,
}

/// Writes the figure as one `<svg>` element.
pub fn write(figure: &Figure, options: &Options) -> String {
    let mut out = String::new();
    let (w, h, id) = (Tenth(figure.width), Tenth(figure.height), Escaped(&options.id_prefix));
    let space = if options.class.is_empty() { "" } else { " " };
    let _ = write!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" class="figure{space}{}""#, Escaped(&options.class));
    if options.sized {
        let _ = write!(out, r#" width="{w}" height="{h}""#);
    }
    let _ = write!(out, r#" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}title"#);
    if options.description.is_empty() {
        out.push_str("\">\n");
    } else {
        let _ = writeln!(out, r#" {id}desc">"#);
    }
    let _ = writeln!(out, r#"<title id="{id}title">{}</title>"#, Escaped(&options.title));
    if !options.description.is_empty() {
        let _ = writeln!(out, r#"<desc id="{id}desc">{}</desc>"#, Escaped(&options.description));
    }
    out.push_str("<g class=\"fig-groups\">\n");
    figure.groups.iter().for_each(|group| write_group(&mut out, group));
    out.push_str("</g>\n<g class=\"fig-decor\">\n");
    figure.decor.iter().for_each(|decor| write_decor(&mut out, decor));
    out.push_str("</g>\n<g class=\"fig-edges\">\n");
    for (i, edge) in figure.edges.iter().enumerate() {
        write_edge(&mut out, i, edge);
    }
    out.push_str("</g>\n<g class=\"fig-nodes\">\n");
    figure.nodes.iter().for_each(|node| write_node(&mut out, node));
    out.push_str("</g>\n<g class=\"fig-labels\">\n");
    for (i, edge) in figure.edges.iter().enumerate() {
        if let Some(label) = &edge.label {
            let extra = if edge.extra { " extra" } else { "" };
            // The ground behind the words is the group's where they stand inside one.
            let inside = figure.groups.iter().any(|group| covers(group.frame, label.at));
            let ground = if inside { " in-group" } else { "" };
            let _ = write!(out, r#"<g class="edge-label{extra}{ground}" data-edge="{i}">"#);
            write_rect(&mut out, "label-bg", label.frame, 3.0);
            write_label(&mut out, label);
            out.push_str("</g>\n");
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn covers(frame: Rect, p: Point) -> bool {
    frame.x <= p.x && p.x <= frame.x + frame.w && frame.y <= p.y && p.y <= frame.y + frame.h
}

fn write_group(out: &mut String, group: &Group) {
    let _ = write!(out, r#"<g class="group" data-group="{}">"#, Escaped(&group.id));
    write_rect(out, "group-frame", group.frame, 6.0);
    write_label(out, &group.title);
    out.push_str("</g>\n");
}

fn write_decor(out: &mut String, decor: &Decor) {
    match decor {
        Decor::Lifeline { node, from, to } => {
            let d = format!("M{} {}L{} {}", Tenth(from.x), Tenth(from.y), Tenth(to.x), Tenth(to.y));
            let _ = write!(out, r#"<path class="lifeline" data-lifeline="{node}" d="{d}"/>"#);
        }
        Decor::Activation(frame) => write_rect(out, "activation", *frame, 0.0),
        Decor::Block { frame, keyword, parts } => {
            out.push_str("<g class=\"block\">");
            write_rect(out, "block-frame", *frame, 4.0);
            let size = parts.first().map_or(12.0, |(_, label)| label.size.max(12.0));
            let tab = Rect { w: metrics::width(keyword, size, Weight::Medium) + 16.0, h: size + 10.0, ..*frame };
            write_rect(out, "block-tab", tab, 4.0);
            let word = Label {
                at: Point { x: tab.x + tab.w / 2.0, y: tab.y + tab.h / 2.0 },
                size,
                frame: tab,
                lines: vec![keyword.clone()],
                sign: None,
            };
            write_label(out, &word);
            for (i, (y, label)) in parts.iter().enumerate() {
                if i > 0 {
                    let (y, x) = (Tenth(*y), Tenth(frame.x));
                    let _ = write!(out, r#"<path class="block-part" d="M{x} {y}L{} {y}"/>"#, Tenth(frame.x + frame.w));
                }
                if label.frame.w > 0.0 {
                    write_rect(out, "label-bg", label.frame, 3.0);
                }
                write_label(out, label);
            }
            out.push_str("</g>");
        }
        Decor::Note { frame, label } => {
            out.push_str("<g class=\"note\">");
            write_rect(out, "note-frame", *frame, 2.0);
            write_label(out, label);
            out.push_str("</g>");
        }
    }
    out.push('\n');
}

fn write_edge(out: &mut String, index: usize, edge: &Edge) {
    let class = match edge.stroke {
        Stroke::Solid => "solid",
        Stroke::Dotted => "dotted",
        Stroke::Thick => "thick",
        Stroke::Invisible => return,
    };
    let extra = if edge.extra { " extra" } else { "" };
    let _ = write!(out, r#"<g class="edge {class}{extra}" data-edge="{index}"><path class="line" d="{}"/>"#, edge.d());
    let mut ends = edge.path.iter();
    if let (Some(&a), Some(&b)) = (ends.next(), ends.next()) {
        write_tip(out, edge.tail, b, a);
    }
    let mut ends = edge.path.iter().rev();
    if let (Some(&a), Some(&b)) = (ends.next(), ends.next()) {
        write_tip(out, edge.head, b, a);
    }
    out.push_str("</g>\n");
}

/// A tip at `end` of a run that comes from `from`.
fn write_tip(out: &mut String, tip: Tip, from: Point, end: Point) {
    let (dx, dy) = (end.x - from.x, end.y - from.y);
    let length = (dx * dx + dy * dy).sqrt();
    if length < 0.01 {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    // `back` along the run, `side` to the left of it.
    let at = |back: f32, side: f32| {
        let (x, y) = (end.x - ux * back - uy * side, end.y - uy * back + ux * side);
        format!("{} {}", Tenth(x), Tenth(y))
    };
    let _ = match tip {
        Tip::None => Ok(()),
        Tip::Arrow => {
            write!(out, r#"<path class="tip" d="M{}L{}L{}Z"/>"#, at(0.0, 0.0), at(9.0, 4.2), at(9.0, -4.2))
        }
        Tip::Open => {
            write!(out, r#"<path class="tip-open" d="M{}L{}L{}"/>"#, at(8.0, 4.5), at(0.0, 0.0), at(8.0, -4.5))
        }
        Tip::Circle => {
            let (x, y) = (Tenth(end.x - ux * 4.0), Tenth(end.y - uy * 4.0));
            write!(out, r#"<circle class="tip" cx="{x}" cy="{y}" r="4"/>"#)
        }
        Tip::Cross => write!(
            out,
            r#"<path class="tip-open" d="M{}L{}M{}L{}"/>"#,
            at(9.0, 4.0),
            at(1.0, -4.0),
            at(9.0, -4.0),
            at(1.0, 4.0)
        ),
    };
}

fn write_node(out: &mut String, node: &Node) {
    let _ = write!(out, r#"<g class="node shape-{}"#, outline::shape_name(node.shape));
    for class in &node.classes {
        let _ = write!(out, " is-{}", Escaped(class));
    }
    let _ = write!(out, r#"" data-node="{}">"#, Escaped(&node.id));
    outline::write_outline(out, node.shape, node.frame);
    write_label(out, &node.label);
    out.push_str("</g>\n");
}

fn write_rect(out: &mut String, class: &str, frame: Rect, radius: f32) {
    let (x, y, w, h) = (Tenth(frame.x), Tenth(frame.y), Tenth(frame.w), Tenth(frame.h));
    let _ = write!(out, r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}""#);
    if radius > 0.0 {
        let _ = write!(out, r#" rx="{}""#, Tenth(radius.min(frame.h / 2.0)));
    }
    out.push_str("/>");
}

fn write_label(out: &mut String, label: &Label) {
    if label.lines.iter().any(|line| !line.is_empty()) {
        let _ = write!(out, r#"<text font-size="{}">"#, Tenth(label.size));
        for (at, line) in label.lines_at() {
            let _ = write!(out, r#"<tspan x="{}" y="{}">{}</tspan>"#, Tenth(at.x), Tenth(at.y), Escaped(line));
        }
        out.push_str("</text>");
    }
    if let (Some(sign), Some((at, size))) = (label.sign, label.sign_at()) {
        let p = |x: f32, y: f32| format!("{} {}", Tenth(at.x + x * size), Tenth(at.y + y * size));
        let (name, d) = match sign {
            Sign::Tick => ("tick", format!("M{}L{}L{}", p(-0.42, 0.02), p(-0.12, 0.36), p(0.44, -0.4))),
            Sign::Cross => {
                ("cross", format!("M{}L{}M{}L{}", p(-0.36, -0.36), p(0.36, 0.36), p(0.36, -0.36), p(-0.36, 0.36)))
            }
        };
        let _ = write!(out, r#"<path class="sign {name}" d="{d}"/>"#);
    }
}

/// Text as it may stand in an element or in a quoted attribute.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if c.is_control() => f.write_str(" ")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
