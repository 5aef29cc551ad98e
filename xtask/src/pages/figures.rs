//! The still figure of a page, in both its forms, and the run as text: what stands there before the app does.

use super::html::address;
use course::drawings::{drawing, problems};
use course::html::{escape, paragraph};
use course::maps;
use course::numbers::Number;
use course::piece::Piece;
use course::sections::{MACHINE_ROOM, SANDBOX_FIGURE};
use diagram::figure::{Figure, Node, Sign};
use diagram::path::Tenth;
use diagram::{Form, geometry, svg};
use link::Bench;
use stage::{Captions, Score};
use std::fmt::Write as _;

/// The figure as it stands in the page: a wide and a tall drawing, of which the style sheet shows one.
pub fn figure(number: u8, title: &str, alt: &str, root: &str) -> String {
    let plays = course::pieces::PIECES.iter().any(|piece| piece.figure == number)
        || course::numbers::of_figure(number).is_some()
        || number == SANDBOX_FIGURE;
    let map = maps::MAPS.contains(&number);
    for problem in problems(number) {
        eprintln!("{problem}");
    }
    let mut out = format!("<figure class=\"stage\" data-figure=\"{number}\">");
    for (form, name) in [(Form::Wide, "wide"), (Form::Tall, "tall")] {
        let figure = drawing(number, form);
        let options = svg::Options {
            id_prefix: format!("f{number}{name}-"),
            class: String::new(),
            title: heading(number, ": ", title),
            description: alt.to_owned(),
            sized: true,
        };
        // The player needs the geometry to draw over it.
        let geometry = if plays { escape(&geometry::write(&figure)) } else { String::new() };
        let data = if plays { format!(" data-geometry=\"{geometry}\"") } else { String::new() };
        let map = if map { doors(number, &figure, root) + &way(number, &figure) } else { String::new() };
        let _ = write!(out, "<div class=\"board {name}\"{data}>{}{map}</div>", svg::write(&figure, &options));
    }
    let _ = write!(out, "<figcaption>{}</figcaption></figure>", escape(&heading(number, ". ", title)));
    out
}

/// The title of a figure with its number; the machine room is none of the course's figures and has no number.
fn heading(number: u8, sign: &str, title: &str) -> String {
    match number {
        MACHINE_ROOM => "The machine room".to_owned(),
        number => format!("Figure {number}{sign}{title}"),
    }
}

/// The links of a map, one over each node that leads somewhere.
fn doors(number: u8, figure: &Figure, root: &str) -> String {
    let mut out = format!("<svg class=\"doors\" viewBox=\"0 0 {} {}\">", figure.width, figure.height);
    for node in &figure.nodes {
        let words = node.label.lines.join(" ");
        if let Some(section) = maps::door(number, &node.id, &words) {
            let f = node.frame;
            let _ = write!(
                out,
                "<a href=\"{}\" aria-label=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\"/></a>",
                address(root, section),
                escape(&words),
                f.x,
                f.y,
                f.w,
                f.h
            );
        }
    }
    out + "</svg>"
}

/// The reader's way over a map: its arrows, a tick on what was read, a ring around what comes next. Nothing of it shows until
/// the page says which sections were read.
fn way(number: u8, figure: &Figure) -> String {
    let door = |node: &Node| maps::door(number, &node.id, &node.label.lines.join(" ")).map(|section| section.slug);
    // What comes next is clear only where there is one way.
    let single = if number == 16 { " single" } else { "" };
    let (width, height) = (figure.width, figure.height);
    let mut out = format!("<svg class=\"actors way{single}\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">");
    for edge in &figure.edges {
        let ends = (&figure.nodes[usize::from(edge.from)], &figure.nodes[usize::from(edge.to)]);
        if let (Some(from), Some(to)) = (door(ends.0), door(ends.1)) {
            let _ = write!(out, "<path class=\"lit answer\" data-after=\"{from} {to}\" d=\"{}\"/>", edge.d());
        }
    }
    for node in &figure.nodes {
        let Some(section) = door(node) else { continue };
        let f = node.frame;
        let (x, y) = (f.x + f.w, f.y);
        let _ = write!(
            out,
            "<g data-after=\"{section}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>\
             <circle cx=\"{}\" cy=\"{}\" r=\"8\"/><path d=\"M{} {}l3 3 5.5-6\"/></g>",
            Tenth(f.x),
            Tenth(f.y),
            Tenth(f.w),
            Tenth(f.h),
            Tenth(x),
            Tenth(y),
            Tenth(x - 4.2),
            Tenth(y + 0.5)
        );
    }
    out + "</svg>"
}

/// A figure whose nodes and arrows are marked, so that a program may light them: nothing of that shows before.
pub fn marked(number: u8, title: &str, alt: &str) -> String {
    let mut out = format!("<figure class=\"stage\" data-figure=\"{number}\">");
    for (form, name) in [(Form::Wide, "wide"), (Form::Tall, "tall")] {
        let figure = drawing(number, form);
        let options = svg::Options {
            id_prefix: format!("f{number}{name}-"),
            class: String::new(),
            title: heading(number, ": ", title),
            description: alt.to_owned(),
            sized: true,
        };
        let _ =
            write!(out, "<div class=\"board {name}\">{}{}</div>", svg::write(&figure, &options), marks(&figure, name));
    }
    let _ = write!(out, "<figcaption>{}</figcaption></figure>", escape(&heading(number, ". ", title)));
    out
}

/// A mark for each arrow, which passes under the arrow’s words, and for each node a frame. What ends at a node with a cross
/// is drawn as refused.
fn marks(figure: &Figure, name: &str) -> String {
    let (w, h) = (Tenth(figure.width), Tenth(figure.height));
    let mut out = format!("<svg class=\"actors marks\" viewBox=\"0 0 {w} {h}\" aria-hidden=\"true\">");
    let mood = |node: &Node| if node.label.sign == Some(Sign::Cross) { "refused" } else { "answer" };
    for edge in &figure.edges {
        let (from, to) = (&figure.nodes[usize::from(edge.from)], &figure.nodes[usize::from(edge.to)]);
        let attributes = format!("class=\"lit {}\" data-mark=\"{}-{}\"", mood(to), from.id, to.id);
        out += &figure.light(edge, name, &attributes);
    }
    for node in &figure.nodes {
        let f = node.frame;
        let _ = write!(
            out,
            "<rect class=\"held {}\" data-mark=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"9\"/>",
            mood(node),
            node.id,
            Tenth(f.x - 4.0),
            Tenth(f.y - 4.0),
            Tenth(f.w + 8.0),
            Tenth(f.h + 8.0)
        );
    }
    out + "</svg>"
}

/// Whether a figure is so slim that its player has room beside it.
pub fn is_slim(number: u8) -> bool {
    drawing(number, Form::Wide).width < 560.0
}

/// What can be pressed before the player is there: then it is fetched, and plays.
const WAITING: &str = "<p class=\"bar waiting\"><button class=\"play\" type=\"button\">\
    <svg viewBox=\"0 0 24 24\" width=\"23\" height=\"23\" aria-hidden=\"true\"><path d=\"M8 4.5v15l12-7.5z\"/></svg>\
    <span class=\"unseen\">Play</span></button> <output></output></p>";

/// The run of a piece, computed by the engine while the page is written: as text for those who read, in whose place the app
/// puts the player, and as what the player plays until something is changed.
pub fn run(piece: &Piece) -> String {
    let bench = Bench { actions: piece.actions(), ..Bench::default() };
    let played = lens::run(&bench, piece.name);
    let captions = Captions::parse(piece.captions);
    let score = Score::new(&played.plot, &captions);
    let mut out = String::from("<aside class=\"corrections\">");
    for correction in piece.corrections {
        let (from, to) = correction.arrow;
        let _ = write!(out, "<p data-arrow=\"{from}-{to}\">{}</p>", escape(correction.words));
    }
    out += "</aside><div data-place=\"player\">";
    out += WAITING;
    out += "<section class=\"run\"><h2>The run, step by step</h2><ol>";
    for step in stage::story::story(&played.plot, &score, &captions) {
        let _ = write!(out, "<li>{}</li>", paragraph(&step));
    }
    let plot = escape(&played.write());
    // Browsers drop a line end at the beginning of a `pre`.
    let _ = write!(out, "</ol></section></div><pre class=\"plot\" hidden>\n{plot}</pre>");
    if piece.documents.contains(&"phones") {
        let _ = write!(out, "<div class=\"phones0\" hidden>{}</div>", lens::phones::phones(&bench, piece.name, None));
    }
    out
}

/// What figure 12's attempts come to, as it is predicted of an ordinary page in Chromium, as text for those who read; in its
/// place the app puts the tables in which they are made.
pub fn attempts() -> String {
    use probe::context::{Browser, Context};
    use probe::probes::{Group, of};
    let context = Context::page(Browser::Chromium, "https://page.example", "");
    let mut out = String::from("<aside class=\"corrections\">");
    for ((from, to), words) in course::sandbox::CORRECTIONS {
        let _ = write!(out, "<p data-arrow=\"{from}-{to}\">{}</p>", escape(words));
    }
    out += "</aside><div data-place=\"sandbox\"><h2>What a page’s script may reach</h2><noscript><p>With JavaScript, your browser \
            tries each of these here.</p></noscript>";
    for group in Group::TABLE {
        let _ = write!(out, "<details><summary>{}</summary><ul>", group.title());
        for probe in of(group) {
            let predicted = probe::predict(probe, &context);
            let outcome = escape(&predicted.outcome.words());
            let _ = write!(
                out,
                "<li>{}: <b>{}</b>. <code>{outcome}</code></li>",
                escape(probe.title),
                predicted.verdict.words()
            );
        }
        out += "</ul></details>";
    }
    out + "</div>"
}

/// The run of a figure that is about numbers, with the usual settings: as text for those who read, in whose place the app
/// puts what plays.
pub fn run_in_numbers(number: &Number) -> String {
    let still = if number.name == "pool" { numbers::still::of_pool() } else { numbers::still::of_devices() };
    format!("<aside class=\"corrections\"></aside><div data-place=\"player\">{WAITING}{still}</div>")
}
