//! The engine as the page asks it. A question is text: what is wanted, and the desk as it stands. The answer is text as
//! well: the run itself ([`played`]), or what is shown of it beyond its figure, as HTML. Each answer is played anew, so
//! that it is about the very run that is on stage.

pub mod beside;
pub mod caches;
pub mod compared;
pub mod fixes;
pub mod message;
pub mod people;
pub mod phones;
pub mod played;
pub mod predict;
pub mod question;
pub mod session;
pub mod terminal;
pub mod timing;
pub mod trying;

use course::html::escape;
use course::load::{self, Program};
use engine::journey::Action;
use engine::time::Micros;
use engine::trace::Act;
use link::Bench;
use played::Played;
use question::Question;
use session::{Said, Session};
use stage::Plot;
use viewpoint::waterfall::waterfall;
use viewpoint::{Case, inspect};

/// The answer to a question: HTML; to `fix`, the desk with that fix made, as a workbench file; to what is typed into the
/// terminal, what came of it ([`session::Said`]), or what the word may become, a line each.
pub fn answer(question: &str) -> String {
    let question = match question::read(question) {
        Ok(question) => question,
        Err(damage) => return format!("<p class=\"empty\">{}</p>", escape(&damage.to_string())),
    };
    let bench = &question.bench;
    match question.kind {
        "run" => run(bench, question.about).write(),
        "load" => load_anew(bench, question.about).write(),
        "caches" => caches::caches(bench, question.at.unwrap_or(0), Micros(question.about.parse().unwrap_or(0))),
        "message" => message(bench, question.at),
        "timing" => timing(bench),
        "people" => people(bench),
        "fixes" => fixes::fixes(&remedy::remedies(&bench.world, &bench.loaded, &bench.actions)),
        "compare" => compare(&question),
        "beside" => {
            let trace = course::play_loaded(&bench.world, &bench.loaded, &bench.actions);
            let state = load::standing(&bench.world, &bench.loaded, &bench.actions);
            beside::beside(&viewpoint::sides::sides(&bench.world, &state, &trace))
        }
        "try" => trying::trying(bench, question.about),
        "phones" => phones::phones(bench, question.about, question.at),
        "predict" => predict::predict(question.about),
        "log-in" => terminal::log_in(bench).write(),
        "line" => typed(&question, |session, line| terminal::line(bench, session, line).write()),
        "complete" => typed(&question, |session, line| terminal::complete(bench, session, line).join("\n")),
        "fix" => fix(bench, question.at).unwrap_or_default(),
        kind => format!("<p class=\"empty\">There is nothing called “{}” to see.</p>", escape(kind)),
    }
}

/// The run of a piece, as far as it is played.
pub fn run(bench: &Bench, piece: &str) -> Played {
    let Some(piece) = course::pieces::find(piece) else { return Played::default() };
    let trace = course::play_loaded(&bench.world, &bench.loaded, &bench.actions);
    Played { plot: Plot::of(&trace, &piece.cast), problems: bench.world.problems() }
}

/// The desk when some programs have read their documents anew, one after the other, and what was printed.
fn load_anew(bench: &Bench, programs: &str) -> Said {
    let (mut loaded, mut printed) = (bench.loaded.clone(), String::new());
    for program in programs.split(' ').filter_map(Program::named) {
        let (next, said) = program.load(&bench.world, &loaded, &bench.actions);
        loaded = next;
        printed += &said;
    }
    Said { printed, bench: Some(Bench { loaded, ..bench.clone() }), ..Said::default() }
}

/// The run on stage beside another one, or what is wrong with the other.
fn compare(question: &Question<'_>) -> String {
    let play = |bench: &Bench| course::play_loaded(&bench.world, &bench.loaded, &bench.actions);
    match link::read_file(question.about) {
        Ok(other) => compared::compared(&play(&other), &play(&question.bench), question.at.is_some()),
        Err(damage) => format!("<p class=\"empty\">{}</p>", escape(&damage.to_string())),
    }
}

/// The answer to somebody at the terminal.
fn typed(question: &Question<'_>, answer: impl Fn(&Session, &str) -> String) -> String {
    Session::read(question.about).map_or_else(String::new, |(session, line)| answer(&session, line))
}

/// The message at which the story stands, or the last one before it, or the first of all.
fn message(Bench { world, loaded, actions, .. }: &Bench, at: Option<usize>) -> String {
    let trace = course::play_loaded(world, loaded, actions);
    let travels = |index: &usize| matches!(trace.steps[*index].act, Act::Travel { .. });
    let before = at.and_then(|at| (0..trace.steps.len().min(at + 1)).rev().find(travels));
    let Some(index) = before.or_else(|| (0..trace.steps.len()).find(travels)) else {
        return "<p class=\"empty\">Nothing travels in this run.</p>".to_owned();
    };
    let state = load::after(world, loaded, actions, trace.steps[index].action + 1);
    let opened = inspect::open(world, &state, &trace, index);
    let opened = opened.map_or_else(String::new, |opened| message::opened(&opened));
    format!("<div class=\"inspector\">{}<div class=\"opened\">{opened}</div></div>", message::list(&trace, index))
}

/// The last thing that a browser is asked for: which action it is, and its URL.
fn asked(bench: &Bench) -> Option<(usize, &Action, &str)> {
    let seen = load::past(&bench.actions).len();
    let actions = bench.actions[seen..].iter().enumerate();
    actions.rev().find_map(|(index, action)| Some((index, &action.what, action.what.url()?)))
}

const NOBODY: &str = "<p class=\"empty\">Nobody asks for a page here: a port is tried, and that is all.</p>";

fn timing(bench: &Bench) -> String {
    let Some((action, _, url)) = asked(bench) else { return NOBODY.to_owned() };
    let trace = course::play_loaded(&bench.world, &bench.loaded, &bench.actions);
    timing::timing(&waterfall(&trace, action, url))
}

fn people(bench: &Bench) -> String {
    let Some((at, action, _)) = asked(bench) else { return NOBODY.to_owned() };
    let before = load::after(&bench.world, &bench.loaded, &bench.actions, at);
    people::people(&Case::of(&bench.world, &before, action, 0).views())
}

/// The desk with one of the fixes made.
fn fix(bench: &Bench, at: Option<usize>) -> Option<String> {
    let found = remedy::remedies(&bench.world, &bench.loaded, &bench.actions);
    let (world, loaded, actions) = found.remedies.get(at?)?.apply(&bench.world, &bench.loaded, &bench.actions)?;
    link::write_file(&Bench { world, loaded, actions, step: None }).ok()
}
