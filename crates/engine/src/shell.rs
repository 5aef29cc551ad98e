//! The instance's terminal: the few commands that change what runs. Each prints what the real one prints.

use crate::sockets::{self, Owner};
use crate::state::{Process, State, Status};
use crate::text;
use crate::world::{Document, Kind, World};
use core::net::IpAddr;

/// Runs one command line on the instance and returns what it printed.
pub fn run(world: &World, state: &mut State, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
    match *words {
        [] => String::new(),
        ["nginx", "-t"] => test(world),
        ["nginx", "-s", signal] => signalled(world, state, signal),
        ["systemctl", verb, "nginx" | "nginx.service"] => systemctl(world, state, verb),
        ["pm2", ref rest @ ..] => pm2(world, state, rest),
        ["ss", ..] => listening(state),
        ["ls"] => files(world, ""),
        ["ls", folder] => files(world, folder),
        ["cat", name] => match world.documents.iter().find(|document| here(document) && document.name == name) {
            Some(document) => document.text.clone(),
            None => ["cat: ", name, ": No such file or directory\n"].concat(),
        },
        [command, ..] => ["bash: ", command, ": command not found\n"].concat(),
    }
}

/// Whether a document is a file on the instance.
fn here(document: &Document) -> bool {
    matches!(document.kind, Kind::Nginx | Kind::Hosts | Kind::Processes | Kind::Script | Kind::Data)
}

/// `ls`: the files of a folder.
fn files(world: &World, folder: &str) -> String {
    let folder = folder.trim_end_matches('/');
    let inside = |name: &str| match name.rsplit_once('/') {
        Some((place, file)) => (place == folder).then(|| file.to_owned()),
        None => folder.is_empty().then(|| name.to_owned()),
    };
    let mut found: Vec<String> = world.documents.iter().filter(|d| here(d)).filter_map(|d| inside(&d.name)).collect();
    text::sort(&mut found, Clone::clone);
    if found.is_empty() {
        return ["ls: cannot access '", folder, "': No such file or directory\n"].concat();
    }
    found.join("\n") + "\n"
}

/// `nginx -s reload`, `stop`, `quit`.
fn signalled(world: &World, state: &mut State, signal: &str) -> String {
    if !matches!(signal, "reload" | "stop" | "quit" | "reopen") {
        return ["nginx: invalid option: \"-s ", signal, "\"\n"].concat();
    }
    // The program reads the configuration before it looks for the running one.
    if let Some(problem) = world.nginx().error() {
        return ["nginx: [emerg] ", &problem.words, "\n"].concat();
    }
    if !state.nginx.running {
        return "nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n".to_owned();
    }
    match signal {
        "reload" => {
            let _ = state.reload_nginx(world);
        }
        "reopen" => {}
        _ => state.stop_nginx(),
    }
    String::new()
}

/// `ss -tlnp`: who listens where, with the columns that are known here.
fn listening(state: &State) -> String {
    let nginx = state.nginx.running.then_some(&*state.nginx.config);
    let mut text = "State   Local Address:Port   Peer Address:Port  Process\n".to_owned();
    for listener in sockets::listeners(nginx, &state.processes) {
        let (name, both) = match listener.owner {
            Owner::Nginx => ("nginx", false),
            Owner::Sshd => ("sshd", false),
            Owner::Process(_) => ("node", true),
        };
        let address = match listener.address {
            IpAddr::V6(address) if address.is_unspecified() && both => "*".to_owned(),
            IpAddr::V6(address) => ["[", &address.to_string(), "]"].concat(),
            IpAddr::V4(address) => address.to_string(),
        };
        let at = [&address, ":", &listener.port.to_string()].concat();
        let gap = " ".repeat(21_usize.saturating_sub(at.len()).max(1));
        text += &["LISTEN  ", &at, &gap, "*:*                users:((\"", name, "\"))\n"].concat();
    }
    text
}

/// `nginx -t`.
fn test(world: &World) -> String {
    let file = "configuration file /etc/nginx/nginx.conf";
    match world.nginx().error() {
        Some(problem) => ["nginx: [emerg] ", &problem.words, "\nnginx: ", file, " test failed\n"].concat(),
        None => ["nginx: the ", file, " syntax is ok\nnginx: ", file, " test is successful\n"].concat(),
    }
}

fn systemctl(world: &World, state: &mut State, verb: &str) -> String {
    const SEE: &str = "See \"systemctl status nginx.service\" and \"journalctl -xeu nginx.service\" for details.\n";
    const FAILED: &str = "Job for nginx.service failed because the control process exited with error code.\n";
    match verb {
        "stop" => state.stop_nginx(),
        "start" => {
            if !state.start_nginx(world) {
                return [FAILED, SEE].concat();
            }
        }
        "restart" => {
            state.stop_nginx();
            if !state.start_nginx(world) {
                return [FAILED, SEE].concat();
            }
        }
        "reload" if !state.nginx.running => {
            return "nginx.service is not active, cannot reload.\n".to_owned();
        }
        "reload" => {
            if state.reload_nginx(world).is_err() {
                return ["Job for nginx.service failed.\n", SEE].concat();
            }
        }
        "is-active" => {
            return if state.nginx.running { "active\n" } else { "inactive\n" }.to_owned();
        }
        _ => {
            return ["Unknown command verb '", verb, "', did you mean 'reload'?\n"].concat();
        }
    }
    String::new()
}

/// `pm2 …` (PM2 documentation, "Quick Start").
fn pm2(world: &World, state: &mut State, words: &[&str]) -> String {
    let (verb, name) = match *words {
        ["list" | "ls" | "status"] => return list(state),
        ["start" | "restart" | "reload", "ecosystem.config.js"] => {
            state.start_processes(world);
            return "[PM2][WARN] Applications restarted from ecosystem.config.js\n".to_owned() + &list(state);
        }
        ["logs"] => return state.processes.iter().map(log).collect(),
        [verb @ ("start" | "stop" | "restart" | "delete" | "logs"), name] => (verb, name),
        _ => return "not modelled: this use of pm2\n".to_owned(),
    };
    let fits =
        |(i, process): &(usize, &Process)| name == "all" || process.declared.name == name || i.to_string() == name;
    let found: Vec<usize> = state.processes.iter().enumerate().filter(fits).map(|(i, _)| i).collect();
    if found.is_empty() {
        return ["[PM2][ERROR] Process or Namespace ", name, " not found\n"].concat();
    }
    if verb == "logs" {
        return found.iter().map(|i| log(&state.processes[*i])).collect();
    }
    let action = match verb {
        "stop" => "stopProcessId",
        "delete" => "deleteProcessId",
        _ => "restartProcessId",
    };
    let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
    let mut text =
        ["[PM2] Applying action ", action, " on app [", name, "](ids: [ ", &ids.join(", "), " ])\n"].concat();
    for index in found.into_iter().rev() {
        let process = &state.processes[index];
        let said = ["[PM2] [", &process.declared.name, "](", &index.to_string(), ") ✓\n"].concat();
        let runs = process.status == Status::Online;
        if verb != "start" || !runs {
            state.stop_process(index);
        }
        match verb {
            "stop" => {}
            "delete" => state.delete_process(index),
            _ => {
                state.processes[index].restarts += u32::from(verb == "restart");
                state.start_process(index, world);
            }
        }
        text += &said;
    }
    text + &list(state)
}

/// What a process wrote as it ended, as `pm2 logs` prefixes it.
fn log(process: &Process) -> String {
    process.log.iter().flat_map(|line| [&process.declared.name, "  | ", line, "\n"]).collect()
}

/// `pm2 list`, with the columns that are known here.
fn list(state: &State) -> String {
    const WIDTHS: [usize; 5] = [4, 20, 10, 6, 11];
    let edge = |[left, middle, right]: [&str; 3]| {
        let bars: Vec<String> = WIDTHS.iter().map(|width| "─".repeat(*width)).collect();
        [left, &bars.join(middle), right, "\n"].concat()
    };
    let row = |cells: [&str; 5]| {
        let mut text = "│".to_owned();
        for (cell, width) in cells.into_iter().zip(WIDTHS) {
            let gap = width.saturating_sub(cell.chars().count() + 1);
            text += &[" ", cell, &" ".repeat(gap), "│"].concat();
        }
        text + "\n"
    };
    let mut text = edge(["┌", "┬", "┐"]) + &row(["id", "name", "mode", "↺", "status"]) + &edge(["├", "┼", "┤"]);
    for (i, process) in state.processes.iter().enumerate() {
        let (id, restarts) = (i.to_string(), process.restarts.to_string());
        text += &row([&id, &process.declared.name, "fork", &restarts, process.status.word()]);
    }
    text + &edge(["└", "┴", "┘"])
}
