//! The geometry of a figure as a board carries it: what is needed to draw over a drawing, and no words.
//!
//! One line a thing, numbers in tenths of a pixel, as layout rounds them: `width height`, then a node as
//! `x y width height id`, then, after an empty line, an arrow as `from to x y x y …`, and `w` with the box of its words,
//! which nothing may be drawn over.

use crate::figure::{Edge, Figure, Label, Node, Point, Rect};

/// A figure that has frames, identifiers and lines only. `None` when the text is no geometry.
pub fn read(text: &str) -> Option<Figure> {
    let mut lines = text.lines();
    let mut size = lines.next()?.split(' ');
    let (width, height) = (pixels(&mut size)?, pixels(&mut size)?);
    let nodes = lines.by_ref().take_while(|line| !line.is_empty()).map(node).collect::<Option<_>>()?;
    let edges = lines.map(edge).collect::<Option<_>>()?;
    Some(Figure { width, height, nodes, edges, ..Figure::default() })
}

fn node(line: &str) -> Option<Node> {
    let mut words = line.splitn(5, ' ');
    let frame = frame(&mut words)?;
    Some(Node { id: words.next()?.to_owned(), frame, ..Node::default() })
}

fn edge(line: &str) -> Option<Edge> {
    let mut words = line.split(' ');
    let (from, to) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let mut path = Vec::new();
    while let Some(x) = pixels(&mut words) {
        path.push(Point { x, y: pixels(&mut words)? });
    }
    // The word that is no number has been read: behind it stands the box.
    let label = frame(&mut words).map(|frame| Label { frame, ..Label::default() });
    Some(Edge { from, to, path, label, ..Edge::default() })
}

fn frame<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Rect> {
    Some(Rect { x: pixels(words)?, y: pixels(words)?, w: pixels(words)?, h: pixels(words)? })
}

fn pixels<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<f32> {
    let tenths: i32 = words.next()?.parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a figure is a few thousand pixels wide")]
    let tenths = tenths as f32;
    Some(tenths / 10.0)
}

/// The geometry of this figure as text, for [`read`].
#[cfg(feature = "layout")]
pub fn write(figure: &Figure) -> String {
    use std::fmt::Write as _;
    #[expect(clippy::cast_possible_truncation, reason = "a figure is a few thousand pixels wide")]
    let tenths = |pixels: f32| (pixels * 10.0).round() as i32;
    let mut out = format!("{} {}", tenths(figure.width), tenths(figure.height));
    for Node { id, frame: f, .. } in &figure.nodes {
        let _ = write!(out, "\n{} {} {} {} {id}", tenths(f.x), tenths(f.y), tenths(f.w), tenths(f.h));
    }
    out.push('\n');
    for Edge { from, to, path, label, .. } in &figure.edges {
        let _ = write!(out, "\n{from} {to}");
        for Point { x, y } in path {
            let _ = write!(out, " {} {}", tenths(*x), tenths(*y));
        }
        if let Some(Label { frame: f, .. }) = label {
            let _ = write!(out, " w {} {} {} {}", tenths(f.x), tenths(f.y), tenths(f.w), tenths(f.h));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_a_geometry_is_read_or_refused() {
        let text = "1200 800\n100 80 500 300 A\n100 600 500 300 the other\n\n0 1 350 380 350 600 w 300 450 100 80\n1 0 10 10 20 20";
        let figure = read(text).expect("a geometry");
        assert_eq!((figure.width, figure.nodes[1].id.as_str(), figure.edges[0].to), (120.0, "the other", 1));
        assert_eq!(figure.edges[0].path, [Point { x: 35.0, y: 38.0 }, Point { x: 35.0, y: 60.0 }]);
        assert_eq!(figure.edges[0].label.as_ref().map(|label| label.frame.y), Some(45.0));
        assert!(figure.edges[1].label.is_none());
        for end in 0..text.len() {
            let _ = read(&text[..end]);
        }
        #[cfg(feature = "layout")]
        assert_eq!(write(&figure), text);
    }
}
