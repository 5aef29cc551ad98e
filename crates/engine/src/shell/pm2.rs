//! `pm2 …` as PM2 7.0.4 prints it (PM2, `lib/API.js`, `lib/API/UX`): its commands here, its tables in [`list`], its logs in
//! [`log`].
//!
//! Left out: the line `host metrics`, which only PM2's own monitoring module writes. Nobody knows here how much memory a
//! process takes: `N/A`, PM2's own word for it. Processor time is `0%`: when PM2 looks, no process is computing.

mod list;
mod log;

use super::run::{Call, Said};
use crate::state::daemon::Note;
use crate::state::{Process, State, Status};
use crate::world::World;
pub use log::own;

const FILE: &str = "ecosystem.config.js";

pub(super) fn pm2(call: Call<'_>) -> Said {
    if call.root && call.state.terminal.user {
        return Said::err(
            1,
            &["not modelled: sudo pm2, which is another PM2, root's own, and knows none of these processes\n"],
        );
    }
    // What goes into a file or a pipe is not cut, and its tables are the widest.
    let wide = if call.screen { call.state.terminal.columns() } else { list::UNBOUNDED };
    let Call { world, state, words, .. } = call;
    let mut said = run(world, state, words, wide);
    said.late = true;
    said.out = cropped(&said.out, wide);
    said.err = cropped(&said.err, wide);
    said
}

/// The lines that PM2 cuts where they are longer than the terminal is wide (`lib/Common.js`, `printOut`).
fn cropped(text: &str, wide: usize) -> String {
    let own = |line: &str| line.starts_with(['[', ' ']) || line.starts_with("Use ");
    let crop = |line: &str| match line.chars().count() > wide && own(line) {
        true => line.chars().take(wide - 1).chain(['…']).collect(),
        false => line.to_owned(),
    };
    let lines: Vec<String> = text.split('\n').map(crop).collect();
    lines.join("\n")
}

fn run(world: &World, state: &mut State, words: &[&str], wide: usize) -> Said {
    match *words {
        [] => usage(""),
        ["list" | "ls" | "l" | "ps" | "status"] => Said::out(list::list(state, wide)),
        ["logs" | "log", ref rest @ ..] => log::log(world, state, rest),
        ["-v" | "--version"] => Said::out("7.0.4\n".to_owned()),
        [verb @ ("start" | "stop" | "restart" | "reload" | "delete" | "del" | "show" | "describe" | "desc")] => {
            let file = matches!(verb, "start" | "restart" | "reload") && world.text(FILE).is_some();
            if verb == "start" && file {
                return ecosystem(world, state, verb, wide);
            }
            Said::err(1, &["\n  error: missing required argument `id|name|namespace|all|json|stdin'\n\n"])
        }
        [verb @ ("start" | "restart" | "reload" | "stop" | "delete" | "del"), name]
            if name.trim_start_matches("./") == FILE =>
        {
            match verb {
                "stop" | "delete" | "del" => act(world, state, verb, &["all"], wide),
                _ => ecosystem(world, state, verb, wide),
            }
        }
        ["show" | "describe" | "desc" | "info", name] => list::show(world, state, name),
        ["start" | "restart" | "reload" | "stop" | "delete" | "del", ref names @ ..]
            if names.iter().any(|name| name.starts_with("--")) =>
        {
            let option = names.iter().find(|name| name.starts_with("--")).unwrap_or(&"");
            Said::err(1, &["not modelled: pm2 with ", option, "\n"])
        }
        [verb @ ("start" | "stop" | "restart" | "reload" | "delete" | "del"), ref names @ ..] => {
            act(world, state, verb, names, wide)
        }
        [
            "save" | "startup" | "monit" | "flush" | "env" | "scale" | "kill" | "install" | "unstartup" | "resurrect"
            | "jlist" | "prettylist" | "reset" | "update" | "trigger" | "examples",
            ..,
        ] => Said::err(1, &["not modelled: pm2 ", words[0], "\n"]),
        ["show" | "describe" | "list" | "ls" | "status", ..] => Said::err(1, &["not modelled: this use of pm2\n"]),
        _ => usage("[PM2][ERROR] Command not found\n"),
    }
}

fn usage(error: &str) -> Said {
    const TEXT: &str = "\nusage: pm2 [options] <command>\n\npm2 -h, --help             all available commands and options\npm2 examples               display pm2 usage examples\npm2 <command> -h           help on a specific command\n\nAccess pm2 files in ~/.pm2\n";
    Said::err(1, &[error, TEXT])
}

/// The processes that a name, a number, the namespace or `all` means, by their places in the list.
fn named(state: &State, name: &str) -> Vec<usize> {
    let fits = |(_, process): &(usize, &Process)| {
        matches!(name, "all" | "default") || process.declared.name == name || process.id.to_string() == name
    };
    state.processes.iter().enumerate().filter(fits).map(|(i, _)| i).collect()
}

/// A number that was typed is printed as the text that it is.
fn applies(action: &str, name: &str, ids: &[String]) -> String {
    let quote = if number(name) { "'" } else { "" };
    let ids: Vec<String> = ids.iter().map(|id| [quote, id, quote].concat()).collect();
    ["[PM2] Applying action ", action, " on app [", name, "](ids: [ ", &ids.join(", "), " ])\n"].concat()
}

fn number(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_digit())
}

fn done(process: &Process) -> String {
    ["[PM2] [", &process.declared.name, "](", &process.id.to_string(), ") ✓\n"].concat()
}

/// Starts a process anew: one that runs is stopped first, and that is counted (`lib/God/ActionMethods.js`,
/// `restartProcessId`).
fn again(world: &World, state: &mut State, at: usize, reload: bool) {
    if reload {
        state.daemon.note(state.now, Note::Reloads(state.processes[at].id));
    }
    if state.processes[at].status == Status::Online {
        state.stop_process(at);
        state.processes[at].restarts += 1;
    }
    state.start_process(at, world);
}

/// Does something with each of the processes that are named, one name after the other, and lists them all at the end.
fn act(world: &World, state: &mut State, verb: &str, names: &[&str], wide: usize) -> Said {
    let mut said = Said::default();
    for name in names {
        if !one(world, state, verb, name, &mut said) {
            return said;
        }
    }
    if verb != "reload" {
        said.out += &list::list(state, wide);
    }
    said
}

/// The same for one name. False where it means nothing.
fn one(world: &World, state: &mut State, verb: &str, name: &str, said: &mut Said) -> bool {
    let (action, before, after) = match verb {
        "stop" => ("stopProcessId", "", ""),
        "delete" | "del" => ("deleteProcessId", "", ""),
        "start" => ("restartProcessId", "", "[PM2] Process successfully started\n"),
        "reload" => ("reloadProcessId", "Use --update-env to update environment variables\n", ""),
        _ => ("restartProcessId", "Use --update-env to update environment variables\n", ""),
    };
    let found = named(state, name);
    if found.is_empty() && number(name) {
        said.out += &[before, &applies(action, name, &[name.to_owned()])].concat();
        let words = if verb == "stop" || verb.starts_with("del") {
            [name, " : id unknown"].concat()
        } else {
            "God db process id unknown".to_owned()
        };
        said.complain(1, &["[PM2][ERROR] ", &words, "\n"]);
        state.daemon.note(state.now, Note::Error(words));
        return false;
    }
    if found.is_empty() && verb == "start" && name.ends_with(".js") {
        let written = world.text(name).is_some();
        let path = super::files::absolute(state.terminal.here(), name);
        match written {
            true => said.complain(1, &["not modelled: pm2 start with a script; write it into ", FILE, "\n"]),
            false => said.complain(1, &["[PM2][ERROR] Script not found: ", &path, "\n"]),
        }
        return false;
    }
    if found.is_empty() {
        said.complain(1, &["[PM2][ERROR] Process or Namespace ", name, " not found\n"]);
        return false;
    }
    let ids: Vec<String> = found.iter().map(|at| state.processes[*at].id.to_string()).collect();
    said.out += &[before, &applies(action, name, &ids)].concat();
    for at in &found {
        said.out += &done(&state.processes[*at]);
    }
    // From the last one, so that the places of those before stay.
    for at in found.into_iter().rev() {
        match verb {
            "stop" => state.stop_process(at),
            "delete" | "del" => {
                state.stop_process(at);
                state.delete_process(at);
            }
            _ => again(world, state, at, verb == "reload"),
        }
    }
    said.out += after;
    true
}

/// `pm2 start ecosystem.config.js`: what runs is started anew, with what the file says now; what is missing is started.
fn ecosystem(world: &World, state: &mut State, verb: &str, wide: usize) -> Said {
    let (declared, problems) = world.declared();
    if world.text(FILE).is_none() {
        let path = super::files::absolute(state.terminal.here(), FILE);
        return Said::err(1, &["[PM2][ERROR] File ", &path, " not found\n"]);
    }
    if declared.is_empty() {
        let why = problems.first().map_or("no applications in it", |problem| &problem.words);
        return Said::err(1, &["[PM2][ERROR] File ", FILE, " malformated\n", why, "\n"]);
    }
    let (mut applied, mut ticks, mut missing) = (String::new(), String::new(), Vec::new());
    let action = if verb == "reload" { "reloadProcessId" } else { "restartProcessId" };
    for app in declared {
        match state.processes.iter().position(|process| process.declared.name == app.name) {
            Some(at) => {
                applied += &applies(action, &app.name, &[state.processes[at].id.to_string()]);
                ticks += &done(&state.processes[at]);
                state.declare_process(at, app, world);
                again(world, state, at, verb == "reload");
            }
            None => missing.push(app),
        }
    }
    let mut out = applied + &ticks;
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|app| app.name.as_str()).collect();
        out += &["[PM2][WARN] Applications ", &names.join(", "), " not running, starting...\n"].concat();
        for app in missing {
            out += &["[PM2] App [", &app.name, "] launched (1 instances)\n"].concat();
            state.add_process(app, world);
        }
    }
    if verb != "reload" {
        out += &list::list(state, wide);
    }
    Said::out(out)
}
