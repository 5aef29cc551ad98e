//! The way from a run of figure 13 to the laboratory, where a real browser does the same.

use course::html::escape;
use course::sections::LABORATORY;
use engine::journey::{Action, Fetch, Timed};
use engine::trace::Trace;
use link::Bench;
use trial::{address, replay::replay};

/// A link to the laboratory, with the last call of a script set up there, and its servers answering as those of the run did.
/// `root` is the way to the site’s first page.
pub fn trying(bench: &Bench, root: &str) -> String {
    let seen = &bench.actions[course::load::past(&bench.actions).len()..];
    let called = |action: &Timed| matches!(&action.what, Action::Fetch(Fetch { from: Some(_), .. }));
    let Some(at) = seen.iter().rposition(called) else { return String::new() };
    let Action::Fetch(fetch) = &seen[at].what else { return String::new() };
    let Some(script) = &fetch.from else { return String::new() };
    let trace = course::play_loaded(&bench.world, &bench.loaded, &bench.actions);
    // What was asked twice is asked twice, and what was answered first counts: a preflight is sent once.
    let times = seen[..=at].iter().filter(|action| action.what == seen[at].what).count();
    let first = seen.iter().position(|action| action.what == seen[at].what).unwrap_or(at);
    let steps = trace.steps.into_iter().filter(|step| (first..=at).contains(&step.action)).collect();
    match replay(fetch, script, &Trace { steps, ..Trace::default() }, times) {
        Ok(setting) => format!(
            "<p class=\"try\"><a href=\"{}{LABORATORY}/#{}\">Try it for real in the laboratory</a>: the same call, and servers \
             that answer as these do.</p>",
            escape(root),
            escape(&address::write(&setting))
        ),
        Err(words) => format!(
            "<p class=\"try\">{words} The <a href=\"{}{LABORATORY}/\">laboratory</a> has other trials.</p>",
            escape(root)
        ),
    }
}
