//! The still figure of a page, in both its forms, and the run as text: what stands there before the app does.

use super::html::address;
use anyhow::{Context as _, Result};
use base64::Engine as _;
use course::drawings::{drawing, problems};
use course::html::{escape, paragraph};
use course::maps;
use course::piece::Piece;
use diagram::figure::Figure;
use diagram::{Form, svg};
use engine::world::World;
use stage::{Captions, Score};
use std::fmt::Write as _;

/// The figure as it stands in the page: a wide and a tall drawing, of which the style sheet shows one.
pub fn figure(number: u8, title: &str, alt: &str, root: &str) -> Result<String> {
    let plays = course::pieces::PIECES.iter().any(|piece| piece.figure == number);
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
            title: format!("Figure {number}: {title}"),
            description: alt.to_owned(),
            sized: true,
        };
        // The page needs the geometry only where something is drawn over it.
        let geometry = if plays || map { pack(&figure)? } else { String::new() };
        let data = if geometry.is_empty() { String::new() } else { format!(" data-geometry=\"{geometry}\"") };
        let doors = if map { doors(number, &figure, root) } else { String::new() };
        let _ = write!(out, "<div class=\"board {name}\"{data}>{}{doors}</div>", svg::write(&figure, &options));
    }
    let _ = write!(out, "<figcaption>Figure {number}. {}</figcaption></figure>", escape(title));
    Ok(out)
}

fn pack(figure: &Figure) -> Result<String> {
    let bytes = postcard::to_allocvec(figure).context("a figure that cannot be packed")?;
    Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
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

/// The run of a piece as text, computed by the engine while the page is written; the app puts the player in its place.
pub fn run(piece: &Piece) -> String {
    let world = World::course();
    let trace = course::play(&world, &piece.actions());
    let captions = Captions::parse(piece.captions);
    let score = Score::new(&trace, &captions);
    let mut out = String::from("<aside class=\"corrections\">");
    for correction in piece.corrections {
        let (from, to) = correction.arrow;
        let _ = write!(out, "<p data-arrow=\"{from}-{to}\">{}</p>", escape(correction.words));
    }
    out += "</aside><div data-place=\"player\"><section class=\"run\"><h2>The run, step by step</h2><ol>";
    for step in stage::story::story(&trace, &score, &captions) {
        let _ = write!(out, "<li>{}</li>", paragraph(&step));
    }
    out + "</ol></section></div>"
}
