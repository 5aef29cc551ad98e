//! What is asked of the engine: a program of its own, fetched when somebody plays or changes something. Every question
//! carries the desk, every answer is about it.

use ::lens::played::Played;
use ::lens::question;
use ::lens::session::Said;
use browser::lens;
use course::{Piece, Program};
use engine::time::Micros;
use link::Bench;

/// The run; none as long as the engine is not there, or where the desk is too large for a question.
pub fn run(piece: &Piece, bench: &Bench) -> Option<Played> {
    Played::read(&lens::ask(&question::write("run", None, piece.name, bench).ok()?)?)
}

/// The desk when a program has read its documents anew, and what was printed.
pub fn load(program: Program, bench: &Bench) -> Option<(Bench, String)> {
    let said = Said::read(&lens::ask(&question::write("load", None, program.name(), bench).ok()?)?)?;
    Some((said.bench?, said.printed))
}

/// What each cache holds when so many actions are over, as HTML.
pub fn caches(over: usize, now: Micros, bench: &Bench) -> Option<String> {
    lens::ask(&question::write("caches", Some(over), &now.0.to_string(), bench).ok()?)
}

/// The phones at an event, as HTML. `about` names the piece, and whose phone stands at the left.
pub fn phones(about: &str, event: Option<usize>, bench: &Bench) -> Option<String> {
    lens::ask(&question::write("phones", event, about, bench).ok()?)
}

/// The way to the laboratory, where a real browser does what the run shows, as HTML.
pub fn trying(bench: &Bench) -> Option<String> {
    lens::ask(&question::write("try", None, "../", bench).ok()?)
}
