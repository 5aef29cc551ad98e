//! The drawn figures, held against geometry: nothing overlaps, nothing is struck through, everything fits,
//! and no line crosses more often than in Mermaid's own drawing.

use diagram::figure::{Edge, Figure, Node, Point, Rect, Shape, Stroke, Tip};
use diagram::path::Tenth;
use diagram::{Diagram, Form, layout, layout_with, parse, svg};
use proptest::prelude::*;

/// Crossings in Mermaid's drawings, counted by eye in its pictures of figures 1 to 16.
const MERMAID: [usize; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];

const FORMS: [(&str, Form); 2] = [("wide", Form::Wide), ("tall", Form::Tall)];

pub fn source(number: usize) -> String {
    let path = format!("{}/../crates/course/figures/{number:02}.mmd", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the course has sixteen figures")
}

fn each(mut visit: impl FnMut(usize, Form, &str, &Diagram, &Figure)) {
    for number in 1..=16 {
        let parsed = parse(&source(number));
        assert_eq!(parsed.problems, [], "figure {number}");
        for (word, form) in FORMS {
            let name = format!("figure {number} {word}");
            let figure = layout(&parsed.diagram, form);
            visit(number, form, &name, &parsed.diagram, &figure);
        }
    }
}

fn overlap(a: Rect, b: Rect, by: f32) -> bool {
    a.x + by < b.x + b.w && b.x + by < a.x + a.w && a.y + by < b.y + b.h && b.y + by < a.y + a.h
}

fn grown(r: Rect, by: f32) -> Rect {
    Rect { x: r.x - by, y: r.y - by, w: r.w + 2.0 * by, h: r.h + 2.0 * by }
}

fn within(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x - 0.11
        && inner.y >= outer.y - 0.11
        && inner.x + inner.w <= outer.x + outer.w + 0.11
        && inner.y + inner.h <= outer.y + outer.h + 0.11
}

/// The straight runs of a drawn edge as thin rectangles.
fn runs(edge: &Edge) -> Vec<Rect> {
    if edge.stroke == Stroke::Invisible {
        return Vec::new();
    }
    let run = |pair: &[Point]| Rect {
        x: pair[0].x.min(pair[1].x),
        y: pair[0].y.min(pair[1].y),
        w: (pair[0].x - pair[1].x).abs(),
        h: (pair[0].y - pair[1].y).abs(),
    };
    edge.path.windows(2).map(run).collect()
}

/// Touching counts: a run has no thickness.
fn meets(run: Rect, r: Rect) -> bool {
    run.x < r.x + r.w && r.x < run.x + run.w && run.y < r.y + r.h && r.y < run.y + run.h
        || (run.w == 0.0 && r.x < run.x && run.x < r.x + r.w && run.y < r.y + r.h && r.y < run.y + run.h)
        || (run.h == 0.0 && r.y < run.y && run.y < r.y + r.h && run.x < r.x + r.w && r.x < run.x + run.w)
}

/// How deep inside the outline of a node a point lies; negative outside.
fn depth(node: &Node, p: Point) -> f32 {
    let f = node.frame;
    let (dx, dy) = ((p.x - f.x - f.w / 2.0).abs(), (p.y - f.y - f.h / 2.0).abs());
    match node.shape {
        Shape::Diamond => (1.0 - dx / (f.w / 2.0) - dy / (f.h / 2.0)) * f.h / 2.0,
        Shape::Circle | Shape::DoubleCircle => f.w / 2.0 - (dx * dx + dy * dy).sqrt(),
        Shape::Hexagon => {
            let slant = (f.h / 3.0).min(16.0) * dy / (f.h / 2.0);
            (f.w / 2.0 - slant - dx).min(f.h / 2.0 - dy)
        }
        Shape::Cylinder => {
            let t = (dx / (f.w / 2.0)).min(1.0);
            let lid = 7.0 * (1.0 - (1.0 - t * t).sqrt());
            (f.h / 2.0 - lid - dy).min(f.w / 2.0 - dx)
        }
        _ => (f.w / 2.0 - dx).min(f.h / 2.0 - dy),
    }
}

/// Everything that is wrong with a figure.
fn faults(figure: &Figure) -> Vec<String> {
    let mut out = Vec::new();
    let canvas = Rect { x: 0.0, y: 0.0, w: figure.width, h: figure.height };
    for (i, node) in figure.nodes.iter().enumerate() {
        if !within(node.frame, canvas) {
            out.push(format!("{} leaves the canvas", node.id));
        }
        let l = node.label.frame;
        for (x, y) in [(l.x, l.y), (l.x + l.w, l.y), (l.x, l.y + l.h), (l.x + l.w, l.y + l.h)] {
            if depth(node, Point { x, y }) < 1.0 {
                out.push(format!("the words of {} leave its outline", node.id));
            }
        }
        for other in &figure.nodes[i + 1..] {
            if overlap(grown(node.frame, 4.0), grown(other.frame, 4.0), 0.0) {
                out.push(format!("{} and {} overlap", node.id, other.id));
            }
        }
        for group in &figure.groups {
            if overlap(node.frame, group.title.frame, 0.0) {
                out.push(format!("{} covers the title of {}", node.id, group.id));
            }
        }
    }
    for group in &figure.groups {
        if !within(group.frame, canvas) || !within(group.title.frame, group.frame) {
            out.push(format!("{} or its title leaves its place", group.id));
        }
    }
    for (e, edge) in figure.edges.iter().enumerate() {
        edge_faults(figure, e, edge, canvas, &mut out);
    }
    out.extend(arrowheads(figure));
    out
}

fn edge_faults(figure: &Figure, e: usize, edge: &Edge, canvas: Rect, out: &mut Vec<String>) {
    let name = |edge: &Edge| {
        let (from, to) = (usize::from(edge.from), usize::from(edge.to));
        format!("{}→{}", figure.nodes[from].id, figure.nodes[to].id)
    };
    let own = name(edge);
    if edge.path.len() < 2 {
        out.push(format!("{own} has no line"));
    }
    for run in runs(edge) {
        if !within(run, canvas) {
            out.push(format!("{own} leaves the canvas"));
        }
        if run.w > 0.0 && run.h > 0.0 {
            out.push(format!("{own} runs aslant"));
        }
        for (i, node) in figure.nodes.iter().enumerate() {
            let serves = i == usize::from(edge.from) || i == usize::from(edge.to);
            if !serves && meets(run, grown(node.frame, 3.0)) {
                out.push(format!("{own} runs through {}", node.id));
            }
            if serves {
                let steps = (run.w.max(run.h) / 2.0) as usize + 1;
                for k in 0..=steps {
                    let t = k as f32 / steps as f32;
                    let p = Point { x: run.x + run.w * t, y: run.y + run.h * t };
                    if depth(node, p) > 1.0 {
                        out.push(format!("{own} enters {}", node.id));
                        break;
                    }
                }
            }
        }
        for group in &figure.groups {
            if meets(run, grown(group.title.frame, 2.0)) {
                out.push(format!("{own} strikes the title of {} through", group.id));
            }
        }
        for other in &figure.edges[e + 1..] {
            for far in runs(other) {
                let side_by_side = (run.w == 0.0) == (far.w == 0.0);
                if side_by_side && overlap(grown(run, 2.0), grown(far, 2.0), 0.0) {
                    out.push(format!("{own} lies on {}", name(other)));
                }
            }
        }
    }
    let Some(label) = &edge.label else { return };
    if !within(label.frame, canvas) {
        out.push(format!("the words of {own} leave the canvas"));
    }
    for node in figure.nodes.iter().filter(|n| overlap(n.frame, label.frame, 0.0)) {
        out.push(format!("the words of {own} cover {}", node.id));
    }
    for group in figure.groups.iter().filter(|g| overlap(g.title.frame, label.frame, 0.0)) {
        out.push(format!("the words of {own} cover the title of {}", group.id));
    }
    for (f, other) in figure.edges.iter().enumerate().filter(|(f, _)| *f != e) {
        let far = other.label.as_ref();
        if f > e && far.is_some_and(|far| overlap(far.frame, label.frame, 0.0)) {
            out.push(format!("the words of {own} and {} overlap", name(other)));
        }
        if runs(other).into_iter().any(|run| meets(run, grown(label.frame, 1.0))) {
            out.push(format!("the words of {own} lie on {}", name(other)));
        }
    }
}

/// Arrowheads on one side of a box stand at least 12 px apart.
fn arrowheads(figure: &Figure) -> Vec<String> {
    let mut out = Vec::new();
    if !figure.decor.is_empty() {
        return out;
    }
    for (i, node) in figure.nodes.iter().enumerate() {
        let mut tips: Vec<(u8, f32)> = Vec::new();
        for edge in figure.edges.iter().filter(|edge| edge.path.len() > 1) {
            let path = &edge.path;
            let last = path.len() - 1;
            for (end, tip, at, before) in
                [(edge.from, edge.tail, path[0], path[1]), (edge.to, edge.head, path[last], path[last - 1])]
            {
                if usize::from(end) == i && tip != Tip::None {
                    let upright = at.x == before.x;
                    let side = u8::from(upright) * 2 + u8::from(at.x + at.y > before.x + before.y);
                    tips.push((side, if upright { at.x } else { at.y }));
                }
            }
        }
        for (k, a) in tips.iter().enumerate() {
            for b in &tips[k + 1..] {
                if a.0 == b.0 && (a.1 - b.1).abs() < 11.9 {
                    out.push(format!("two arrowheads at {} are {} px apart", node.id, (a.1 - b.1).abs()));
                }
            }
        }
    }
    out
}

fn crossings(figure: &Figure) -> usize {
    let mut sum = 0;
    for (e, a) in figure.edges.iter().enumerate() {
        for b in &figure.edges[e + 1..] {
            for r in runs(a) {
                sum += runs(b)
                    .into_iter()
                    .filter(|s| (r.w == 0.0) != (s.w == 0.0))
                    .filter(|s| meets(r, grown(*s, 0.01)) && meets(*s, grown(r, 0.01)))
                    .count();
            }
        }
    }
    sum
}

#[test]
fn nothing_overlaps_and_nothing_is_struck_through() {
    let mut all = Vec::new();
    each(|_, _, name, _, figure| {
        all.extend(faults(figure).into_iter().map(|fault| format!("{name}: {fault}")));
    });
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn every_figure_fits_its_page() {
    each(|_, form, name, _, figure| {
        assert!(figure.width <= form.width(), "{name} is {} px wide", figure.width);
    });
}

#[test]
fn text_is_never_too_small() {
    each(|_, form, name, _, figure| {
        let least = if form == Form::Wide { 14.0 } else { 12.0 };
        let words = figure.edges.iter().filter_map(|edge| edge.label.as_ref());
        let words = words.chain(figure.nodes.iter().map(|node| &node.label));
        for label in words.chain(figure.groups.iter().map(|group| &group.title)) {
            assert!(label.size >= least, "{name}: {:?} at {} px", label.lines, label.size);
        }
    });
}

#[test]
fn no_more_crossings_than_mermaid() {
    each(|number, _, name, _, figure| {
        let (ours, mermaid) = (crossings(figure), MERMAID[number - 1]);
        assert!(ours <= mermaid, "{name}: {ours} crossings, Mermaid has {mermaid}");
    });
}

#[test]
fn groups_hold_their_nodes_and_no_others() {
    each(|_, _, name, diagram, figure| {
        let Diagram::Flowchart(chart) = diagram else {
            return;
        };
        for (g, group) in figure.groups.iter().enumerate() {
            for (node, drawn) in chart.nodes.iter().zip(&figure.nodes) {
                let mut around = std::iter::successors(node.group, |at| chart.groups[*at].parent);
                if around.any(|at| at == g) {
                    assert!(within(drawn.frame, group.frame), "{name}: {} outside {}", node.id, group.id);
                } else {
                    assert!(!overlap(drawn.frame, group.frame, 0.0), "{name}: {} in {}", node.id, group.id);
                }
            }
            for other in &figure.groups[g + 1..] {
                assert!(!overlap(group.frame, other.frame, 0.0), "{name}: {} {}", group.id, other.id);
            }
        }
    });
}

#[test]
fn siblings_keep_the_order_of_the_source() {
    each(|_, form, name, diagram, figure| {
        let (Diagram::Flowchart(chart), Form::Wide) = (diagram, form) else {
            return;
        };
        for (a, one) in figure.groups.iter().enumerate() {
            for (b, two) in figure.groups.iter().enumerate().skip(a + 1) {
                let row = one.frame.y < two.frame.y + two.frame.h && two.frame.y < one.frame.y + one.frame.h;
                let siblings = chart.groups[a].parent == chart.groups[b].parent && row;
                assert!(!siblings || one.frame.x < two.frame.x, "{name}: {} after {}", one.id, two.id);
            }
        }
    });
}

#[test]
fn the_drawings_are_as_they_were() {
    each(|number, form, name, _, figure| {
        let word = if form == Form::Wide { "wide" } else { "tall" };
        let options =
            svg::Options { id_prefix: format!("f{number:02}-"), title: name.to_string(), ..svg::Options::default() };
        tests::golden(&format!("figures/{number:02}-{word}.svg"), &svg::write(figure, &options));
    });
}

#[test]
fn extra_arrows_are_laid_out_with_the_others() {
    let parsed = parse(&source(5));
    let extra = parse(
        "flowchart LR\nBrowser -->|HTTPS to 52.23.45.67| Firewall\nFirewall -->|Response| Browser\nNowhere --> Browser",
    );
    for (word, form) in FORMS {
        let figure = layout_with(&parsed.diagram, &extra.diagram, form);
        assert_eq!(faults(&figure), Vec::<String>::new(), "{word}");
        let extra: Vec<bool> = figure.edges.iter().map(|edge| edge.extra).collect();
        assert_eq!(extra, [vec![false; 10], vec![true; 2]].concat());
        assert!(figure.width <= form.width(), "{word}: {}", figure.width);
    }
}

#[test]
fn a_point_travels_from_border_to_border() {
    each(|_, _, name, _, figure| {
        for edge in &figure.edges {
            let near = |a: Point, b: Point| (a.x - b.x).abs() + (a.y - b.y).abs() < 0.2;
            assert!(near(edge.point_at(0.0), edge.path[0]), "{name}");
            assert!(near(edge.point_at(1.0), edge.path[edge.path.len() - 1]), "{name}");
            let length = edge.length();
            let mut last = edge.point_at(0.0);
            for k in 1..=50u8 {
                let p = edge.point_at(f32::from(k) / 50.0);
                let step = ((p.x - last.x) * (p.x - last.x) + (p.y - last.y) * (p.y - last.y)).sqrt();
                assert!(step <= length / 50.0 + 0.05, "{name}: a leap");
                last = p;
            }
        }
    });
}

/// Relative luminance of `#rrggbb`, after WCAG 2.2.
#[expect(clippy::disallowed_methods, reason = "the standard says 2.4, and nothing is drawn with it")]
fn luminance(colour: &str) -> f64 {
    let channel = |i: usize| {
        let c = f64::from(u8::from_str_radix(&colour[i..i + 2], 16).expect("#rrggbb")) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn the_colours_can_be_told_apart() {
    let css =
        std::fs::read_to_string(format!("{}/../style/figure.css", env!("CARGO_MANIFEST_DIR"))).expect("figure.css");
    let mut themes = 0;
    for block in css.split('}').filter(|block| block.contains("--paper:")) {
        themes += 1;
        let value = |name: &str| {
            let at = block.find(&format!("--{name}:")).expect(name) + name.len() + 3;
            block[at..].trim_start()[..7].to_string()
        };
        let contrast = |a: &str, b: &str| {
            let (a, b) = (luminance(&value(a)) + 0.05, luminance(&value(b)) + 0.05);
            if a > b { a / b } else { b / a }
        };
        for ground in ["paper", "box", "group"] {
            for ink in ["text", "muted", "extra", "ink"] {
                assert!(contrast(ink, ground) >= 4.5, "{ink} on {ground}: {:.2}", contrast(ink, ground));
            }
            for line in ["line", "edge", "group-line", "tick", "cross"] {
                assert!(contrast(line, ground) >= 3.0, "{line} on {ground}: {:.2}", contrast(line, ground));
            }
        }
    }
    assert_eq!(themes, 3, "light, dark by preference, dark by switch");
}

fn flowchart() -> impl Strategy<Value = String> {
    let ends = prop::collection::vec((0..9usize, 0..9usize, 0..4usize), 1..14);
    (ends, 0..4usize, 1..9usize, 0..3usize).prop_map(|(ends, direction, nodes, groups)| {
        let mut text = format!("flowchart {}\n", ["TB", "LR", "BT", "RL"][direction]);
        for g in 0..groups {
            text.push_str(&format!("subgraph G{g}[A group of nodes]\n"));
            for n in (0..nodes).filter(|n| n % 3 == g) {
                text.push_str(&format!("N{n}[Node number {n}]\n"));
            }
            text.push_str("end\n");
        }
        let mut looped = [0; 9];
        for (a, b, kind) in ends {
            // Two loops at a box have room, a third has not.
            if a % nodes == b % nodes {
                looped[a % nodes] += 1;
                if looped[a % nodes] > 2 {
                    continue;
                }
            }
            let kind = if a % nodes == b % nodes && looped[a % nodes] > 1 { 0 } else { kind };
            let arrow = ["-->", "-->|some words|", "-.->", "<-->"][kind];
            text.push_str(&format!("N{} {arrow} N{}\n", a % nodes, b % nodes));
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn random_flowcharts_never_collide(text in flowchart(), tall in prop::bool::weighted(0.2)) {
        let parsed = parse(&text);
        let figure = layout(&parsed.diagram, if tall { Form::Tall } else { Form::Wide });
        let all = faults(&figure);
        prop_assert!(all.is_empty(), "{text}\n{}", all.join("\n"));
    }
}

/// Found by the random charts: the only try that was made laid two lines on one another.
#[test]
fn another_try_is_made_where_lines_would_lie_on_each_other() {
    let text = "flowchart LR
subgraph G0[A group of nodes]
N0[Node number 0]
end
subgraph G1[A group of nodes]
N1[Node number 1]
end
N1 -.-> N2
N0 --> N2
N2 --> N0
N1 -.-> N0
N1 -.-> N2
N0 -->|some words| N1
N2 --> N1
N0 -.-> N1
";
    assert_eq!(faults(&layout(&parse(text).diagram, Form::Wide)), Vec::<String>::new());
}

/// Where an arrow has words, its light leaves their box alone; the holes of different arrows have different names.
#[test]
fn light_passes_under_the_words_of_an_arrow() {
    let mut names = std::collections::BTreeSet::new();
    for form in [Form::Wide, Form::Tall] {
        for number in 1..=16 {
            names.clear();
            let figure = course::drawings::drawing(number, form);
            for edge in &figure.edges {
                let light = figure.light(edge, "", "class=\"lit\"");
                let Some(words) = &edge.label else {
                    assert!(!light.contains("clip"), "{number}: {light}");
                    continue;
                };
                let hole = format!("M{} {}h", Tenth(words.frame.x), Tenth(words.frame.y));
                assert!(light.contains(&hole), "{number}: {light}");
                let id = light.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
                assert!(light.contains(&format!("url(#{id})")) && names.insert(id.to_owned()), "{number}: {light}");
            }
        }
    }
}
