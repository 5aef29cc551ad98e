//! `pm2 …` as PM2 7.0 prints it on a terminal too narrow for its widest table (PM2, `lib/API.js`, `lib/API/UX/pm2-ls.js`).
//!
//! Left out: the line `host metrics`, which only PM2's own monitoring module writes. Nobody knows here how much memory and
//! processor time a process takes: `N/A`, PM2's own word for it.

use super::logs;
use super::run::{Call, Said};
use crate::state::{Process, State, Status};
use crate::text;
use crate::world::World;

const FILE: &str = "ecosystem.config.js";

pub(super) fn pm2(call: Call<'_>) -> Said {
    if call.root && call.state.terminal.user {
        return Said::err(
            1,
            &["not modelled: sudo pm2, which is another PM2, root's own, and knows none of these processes\n"],
        );
    }
    let Call { world, state, words, .. } = call;
    match *words {
        [] => usage(""),
        ["list" | "ls" | "l" | "ps" | "status"] => Said::out(list(state)),
        ["logs", ref rest @ ..] => log(state, rest),
        ["-v" | "--version"] => Said::out("7.0.4\n".to_owned()),
        [verb @ ("start" | "stop" | "restart" | "reload" | "delete" | "del" | "show" | "describe" | "desc")] => {
            let file = matches!(verb, "start" | "restart" | "reload") && world.text(FILE).is_some();
            if verb == "start" && file {
                return ecosystem(world, state, verb);
            }
            Said::err(1, &["\n  error: missing required argument `id|name|namespace|all|json|stdin'\n\n"])
        }
        [verb @ ("start" | "restart" | "reload" | "stop" | "delete"), name]
            if name.trim_start_matches("./") == FILE =>
        {
            match verb {
                "stop" | "delete" => act(world, state, verb, "all"),
                _ => ecosystem(world, state, verb),
            }
        }
        ["show" | "describe" | "desc", name] => show(state, name),
        [verb @ ("start" | "stop" | "restart" | "reload" | "delete" | "del"), name] => {
            act(world, state, if verb == "del" { "delete" } else { verb }, name)
        }
        ["start" | "restart" | "reload" | "stop" | "delete", name, option, ..] if option.starts_with("--") => {
            Said::err(1, &["not modelled: pm2 with ", option, " for ", name, "\n"])
        }
        [
            "save" | "startup" | "monit" | "flush" | "env" | "scale" | "kill" | "install" | "unstartup" | "resurrect"
            | "jlist" | "reset" | "info" | "update",
            ..,
        ] => Said::err(1, &["not modelled: pm2 ", words[0], "\n"]),
        ["start" | "stop" | "restart" | "reload" | "delete" | "show" | "describe" | "list" | "ls" | "status", ..] => {
            Said::err(1, &["not modelled: this use of pm2\n"])
        }
        _ => usage("[PM2][ERROR] Command not found\n"),
    }
}

fn usage(error: &str) -> Said {
    const TEXT: &str = "\nusage: pm2 [options] <command>\n\npm2 -h, --help             all available commands and options\npm2 examples               display pm2 usage examples\npm2 <command> -h           help on a specific command\n\nAccess pm2 files in ~/.pm2\n";
    Said::err(1, &[error, TEXT])
}

/// The processes that a name, a number or `all` means.
fn named(state: &State, name: &str) -> Vec<usize> {
    let fits =
        |(i, process): &(usize, &Process)| name == "all" || process.declared.name == name || i.to_string() == name;
    state.processes.iter().enumerate().filter(fits).map(|(i, _)| i).collect()
}

fn applies(action: &str, name: &str, ids: &[usize]) -> String {
    // A number that was typed is printed as the text that it is.
    let quote = if name.chars().all(|c| c.is_ascii_digit()) { "'" } else { "" };
    let ids: Vec<String> = ids.iter().map(|id| [quote, &id.to_string(), quote].concat()).collect();
    ["[PM2] Applying action ", action, " on app [", name, "](ids: [ ", &ids.join(", "), " ])\n"].concat()
}

fn done(process: &Process, id: usize) -> String {
    ["[PM2] [", &process.declared.name, "](", &id.to_string(), ") ✓\n"].concat()
}

/// Starts a process anew: one that runs is stopped first, and that is counted (`lib/God/ActionMethods.js`,
/// `restartProcessId`).
fn again(world: &World, state: &mut State, id: usize) {
    if state.processes[id].status == Status::Online {
        state.stop_process(id);
        state.processes[id].restarts += 1;
    }
    state.start_process(id, world);
}

fn act(world: &World, state: &mut State, verb: &str, name: &str) -> Said {
    let found = named(state, name);
    if found.is_empty() {
        if verb == "start" && name.ends_with(".js") {
            let what = if world.text(name).is_some() {
                "not modelled: pm2 start with a script; write it into "
            } else {
                "[PM2][ERROR] Script not found: "
            };
            let rest = if world.text(name).is_some() {
                FILE.to_owned()
            } else {
                super::files::absolute(state.terminal.here(), name)
            };
            return Said::err(1, &[what, &rest, "\n"]);
        }
        return Said::err(1, &["[PM2][ERROR] Process or Namespace ", name, " not found\n"]);
    }
    let (action, before, after) = match verb {
        "stop" => ("stopProcessId", "", ""),
        "delete" => ("deleteProcessId", "", ""),
        "start" => ("restartProcessId", "", "[PM2] Process successfully started\n"),
        "reload" => ("reloadProcessId", "Use --update-env to update environment variables\n", ""),
        _ => ("restartProcessId", "Use --update-env to update environment variables\n", ""),
    };
    let mut out = [before, &applies(action, name, &found)].concat();
    for id in &found {
        out += &done(&state.processes[*id], *id);
    }
    // From the last one, so that the numbers of those before stay.
    for id in found.into_iter().rev() {
        match verb {
            "stop" => state.stop_process(id),
            "delete" => {
                state.stop_process(id);
                state.delete_process(id);
            }
            _ => again(world, state, id),
        }
    }
    out += after;
    if verb != "reload" {
        out += &list(state);
    }
    Said::out(out)
}

/// `pm2 start ecosystem.config.js`: what runs is started anew, with what the file says now; what is missing is started.
fn ecosystem(world: &World, state: &mut State, verb: &str) -> Said {
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
            Some(id) => {
                applied += &applies(action, &app.name, &[id]);
                ticks += &done(&state.processes[id], id);
                state.declare_process(id, app, world);
                again(world, state, id);
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
    Said::out(out + &list(state))
}

/// `pm2 list`: sorted by name; the name's column is five wider than the longest, 20 at most.
fn list(state: &State) -> String {
    let longest = state.processes.iter().map(|process| process.declared.name.chars().count() + 5).max();
    let widths = [4, longest.map_or(11, |wide| wide.min(20)), 10, 6, 11, 10, 10];
    let mut order: Vec<usize> = (0..state.processes.len()).collect();
    text::sort(&mut order, |id| state.processes[*id].declared.name.clone());
    let mut rows = vec![["id", "name", "mode", "↺", "status", "cpu", "memory"].map(str::to_owned).to_vec()];
    for id in order {
        let process = &state.processes[id];
        let name: String = match process.declared.name.chars().count() {
            count if count > widths[1] - 2 => process.declared.name.chars().take(widths[1] - 3).chain(['…']).collect(),
            _ => process.declared.name.clone(),
        };
        let (cpu, memory) = if process.status == Status::Online { ("N/A", "N/A") } else { ("0%", "0b") };
        let (number, restarts) = (id.to_string(), process.restarts.to_string());
        rows.push([&number, &name, "fork", &restarts, process.status.word(), cpu, memory].map(str::to_owned).to_vec());
    }
    table(&rows, &widths, true)
}

/// A table as PM2 draws it; under its first row a line where that is its head.
fn table(rows: &[Vec<String>], widths: &[usize], head: bool) -> String {
    let edge = |[left, middle, right]: [&str; 3]| {
        let bars: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        [left, &bars.join(middle), right, "\n"].concat()
    };
    let mut text = edge(["┌", "┬", "┐"]);
    for (i, row) in rows.iter().enumerate() {
        if i == 1 && head {
            text += &edge(["├", "┼", "┤"]);
        }
        text += "│";
        for (cell, width) in row.iter().zip(widths) {
            let gap = width.saturating_sub(cell.chars().count() + 1);
            text += &[" ", cell, &" ".repeat(gap), "│"].concat();
        }
        text += "\n";
    }
    text + &edge(["└", "┴", "┘"])
}

/// `pm2 logs`: the last lines of each log. It would go on and show what comes; here it ends.
fn log(state: &State, words: &[&str]) -> Said {
    let (mut count, mut name, mut only) = (15_usize, "all", ["error", "out"].as_slice());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--nostream" => {}
            "--lines" => count = words.next().and_then(|word| word.parse().ok()).unwrap_or(15),
            "--err" => only = &["error"],
            "--out" => only = &["out"],
            option if option.starts_with('-') => return Said::err(1, &["not modelled: pm2 logs ", option, "\n"]),
            word => name = word,
        }
    }
    let lines = count.to_string();
    let kind = if name == "all" { "processes" } else { "process" };
    let mut out = [
        "[TAILING] Tailing last ",
        &lines,
        " lines for [",
        name,
        "] ",
        kind,
        " (change the value with --lines option)\n",
    ]
    .concat();
    let found = named(state, name);
    let wide = found.iter().map(|id| label(state, *id).chars().count()).max().unwrap_or(0);
    for which in only {
        for id in &found {
            let process = &state.processes[*id];
            let name = &process.declared.name;
            let path = if *which == "error" { logs::error(name) } else { logs::out(name) };
            out += &[&path, " last ", &lines, " lines:\n"].concat();
            if *which == "error" {
                let prefix = label(state, *id);
                let gap = " ".repeat(wide - prefix.chars().count() + 1);
                for line in &process.log[process.log.len().saturating_sub(count)..] {
                    out += &[&prefix, &gap, "| ", line, "\n"].concat();
                }
                if !process.log.is_empty() && count > 0 {
                    out += "\n";
                }
            }
        }
    }
    Said::out(out)
}

/// `1|backend`, one character wider than the name.
fn label(state: &State, id: usize) -> String {
    [&id.to_string(), "|", &state.processes[id].declared.name].concat()
}

/// `pm2 show`, as far as it is known.
fn show(state: &State, name: &str) -> Said {
    let Some(id) = named(state, name).first().copied().filter(|_| name != "all") else {
        return Said::err(1, &["[PM2][WARN] ", name, " doesn't exist\n"]);
    };
    let process = &state.processes[id];
    let declared = &process.declared;
    let script = super::files::path_of(&declared.script);
    let (restarts, unstable, number) = (process.restarts.to_string(), process.unstable.to_string(), id.to_string());
    let (error, out) = (logs::error(&declared.name), logs::out(&declared.name));
    let pid = ["/home/ubuntu/.pm2/pids/", &declared.name, "-", &number, ".pid"].concat();
    let cells = [
        ["status", process.status.word()],
        ["name", &declared.name],
        ["namespace", "default"],
        ["restarts", &restarts],
        ["script path", &script],
        ["script args", "N/A"],
        ["error log path", &error],
        ["out log path", &out],
        ["pid path", &pid],
        ["interpreter", "node"],
        ["interpreter args", "N/A"],
        ["script id", &number],
        ["exec cwd", super::HOME],
        ["exec mode", "fork_mode"],
        ["node env", "N/A"],
        ["watch & reload", "✘"],
        ["unstable restarts", &unstable],
    ];
    let rows: Vec<Vec<String>> = cells.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let wide = |at: usize| rows.iter().map(|row| row[at].chars().count() + 2).max().unwrap_or(0);
    let title = [" Describing process with id ", &number, " - name ", &declared.name, " \n"].concat();
    let uses = [" Use `pm2 logs ", &declared.name, " [--lines 1000]` to display logs\n"].concat();
    Said::out([title, table(&rows, &[wide(0), wide(1)], false), uses].concat())
}
