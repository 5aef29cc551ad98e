//! The terminal on the instance: who gets in, what a line prints and changes, what a word may become.
//!
//! The page keeps what a terminal keeps between two lines ([`crate::session`]); everything else is the desk. What is typed is
//! run as things stand when the run on stage is over, and what it changes has happened before that run: the page is then
//! seen as somebody sees it who looks again. A file that is written is an edit of the desk; what a program reads anew, it
//! has read; what else changed something that runs becomes an action.

use crate::session::{Said, Session};
use course::load;
use engine::journey::{Action, Timed, run};
use engine::shell::{self, Ask, Terminal};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::World;
use link::Bench;
use viewpoint::{Case, Seen, Who};

/// Somebody logs in with ssh, from the address of the browser: the first prompt, or why there is none.
pub fn log_in(bench: &Bench) -> Said {
    let mut state = end(bench);
    let network = bench.world.network();
    let from = network.client_address();
    let host = network.public.map_or_else(|| "?".to_owned(), |(address, _)| address.to_string());
    let typed = ["$ ssh ubuntu@", &host, "\n"].concat();
    if let (_, Err(why)) = shell::reach(&bench.world, &state, from, 0) {
        return Said { ask: "leave".to_owned(), printed: typed + &why, ..Said::default() };
    }
    shell::log_in(&mut state);
    let tracked = bench.world.security_group().untracked(from, 22).is_none();
    let prompt = shell::prompt(&bench.world, &state);
    Said { session: Session { tracked, ..Session::default() }, prompt, printed: typed, ..Said::default() }
}

/// One line is run.
pub fn line(bench: &Bench, session: &Session, line: &str) -> Said {
    let world = &bench.world;
    let mut state = attached(bench, session);
    let from = world.network().client_address();
    if !session.tracked && shell::reach(world, &state, from, 0).1.is_err() {
        let host = world.network().public.map_or_else(|| "?".to_owned(), |(address, _)| address.to_string());
        // OpenSSH, packet.c: what ssh says when the other side answers its questions no more (ServerAliveInterval).
        let printed = ["Timeout, server ", &host, " not responding.\n"].concat();
        return Said { ask: "leave".to_owned(), printed, ..Said::default() };
    }
    state.terminal.logs = logs(bench);
    let (trace, mut state) = run(world, &state, &[now(Action::Command(line.to_owned()))], 0);
    let printed = match trace.outcomes.into_iter().next_back() {
        Some(Outcome::Printed(text)) => text,
        _ => String::new(),
    };
    let done = core::mem::take(&mut state.terminal.done);
    let next = shell::settle(world, &mut state);
    let prompt = shell::prompt(&next, &state);
    let loaded = load::held(&state, &bench.loaded);
    let actions = with(&next, &loaded, bench.actions.clone(), done);
    let after = Bench { world: next, loaded, actions, step: None };
    let same = after.world == *world && after.loaded == bench.loaded && after.actions == bench.actions;
    let Terminal { folder, previous, status, ask, .. } = state.terminal;
    let ask = match ask {
        Some(Ask::Clear) => "clear".to_owned(),
        Some(Ask::Leave) => "leave".to_owned(),
        Some(Ask::Edit(name)) => ["edit ", &name].concat(),
        None => String::new(),
    };
    let session = Session { folder, previous, status, tracked: session.tracked, history: Vec::new() };
    Said { session, prompt, ask, printed, bench: (!same).then_some(after) }
}

/// The actions, with what was done before all that is seen. What the programs have read already says of itself that they
/// were made to read it.
fn with(world: &World, loaded: &World, mut actions: Vec<Timed>, done: Vec<String>) -> Vec<Timed> {
    for line in done {
        let at = load::past(&actions).len();
        let moment = actions.get(at).map_or(Micros::ZERO, |action| action.at);
        let before = load::standing(world, loaded, &actions).programs();
        actions.insert(at, Timed { at: moment, what: Action::Command(line) });
        if load::standing(world, loaded, &actions).programs() == before {
            actions.remove(at);
        }
    }
    actions
}

/// What the word before the cursor, which stands at the end of `line`, may become.
pub fn complete(bench: &Bench, session: &Session, line: &str) -> Vec<String> {
    shell::complete(&bench.world, &attached(bench, session), line, line.len())
}

/// How things stand when the run on stage is over.
fn end(bench: &Bench) -> State {
    load::after(&bench.world, &bench.loaded, &bench.actions, usize::MAX)
}

/// The same, with somebody at the terminal.
fn attached(bench: &Bench, session: &Session) -> State {
    let mut state = end(bench);
    shell::log_in(&mut state);
    let Session { folder, previous, status, history, .. } = session.clone();
    state.terminal = Terminal { folder, previous, status, history, ..state.terminal };
    state
}

/// nginx's logs of everything that was asked for.
fn logs(bench: &Bench) -> Vec<(String, String)> {
    let (world, seen) = (&bench.world, &bench.actions[load::past(&bench.actions).len()..]);
    let mut logs = [("/var/log/nginx/access.log", Who::AccessLog), ("/var/log/nginx/error.log", Who::ErrorLog)]
        .map(|(path, who)| (path.to_owned(), String::new(), who));
    for (index, action) in seen.iter().enumerate() {
        if action.what.url().is_none() {
            continue;
        }
        let before = load::after(world, &bench.loaded, &bench.actions, index);
        let case = Case::of(world, &before, &action.what, 0);
        for (_, text, who) in &mut logs {
            if let Seen::Text(lines) = case.view(*who).seen {
                *text += &lines;
            }
        }
    }
    logs.map(|(path, text, _)| (path, text)).into()
}

fn now(what: Action) -> Timed {
    Timed { at: Micros::ZERO, what }
}
