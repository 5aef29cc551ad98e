//! The instance's terminal: the few commands that change what runs. Each prints what the real one prints.

use crate::state::{State, Status};
use crate::world::World;

/// Runs one command line on the instance and returns what it printed.
pub fn run(world: &World, state: &mut State, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
    match *words {
        [] => String::new(),
        ["nginx", "-t"] => test(world),
        ["systemctl", verb, "nginx" | "nginx.service"] => systemctl(world, state, verb),
        ["pm2", "start" | "restart", "ecosystem.config.js"] => {
            state.start_processes(world);
            "[PM2][WARN] Applications restarted from ecosystem.config.js\n".to_owned() + &list(state)
        }
        ["pm2", "list" | "ls" | "status"] => list(state),
        ["pm2", verb @ ("start" | "stop" | "restart"), name] => pm2(world, state, verb, name),
        [command, ..] => ["bash: ", command, ": command not found\n"].concat(),
    }
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

fn pm2(world: &World, state: &mut State, verb: &str, name: &str) -> String {
    let found = state.processes.iter().position(|process| process.declared.name == name);
    let Some(index) = found else {
        return ["[PM2][ERROR] Process or Namespace ", name, " not found\n"].concat();
    };
    let action = if verb == "stop" { "stopProcessId" } else { "restartProcessId" };
    if verb != "start" || state.processes[index].status != Status::Online {
        state.stop_process(index);
    }
    if verb != "stop" {
        state.start_process(index, world);
    }
    let id = index.to_string();
    let head = ["[PM2] Applying action ", action, " on app [", name, "](ids: [ ", &id, " ])\n"].concat();
    [&head, "[PM2] [", name, "](", &id, ") ✓\n", &list(state)].concat()
}

/// `pm2 list`, with the columns that matter here.
fn list(state: &State) -> String {
    let mut text = "id  name        status\n".to_owned();
    for (i, process) in state.processes.iter().enumerate() {
        let id = i.to_string();
        let name = &process.declared.name;
        let blanks = |width: usize, used: usize| " ".repeat(width.saturating_sub(used).max(1));
        let gaps = [blanks(4, id.len()), blanks(12, name.len())];
        text += &[&id, &gaps[0], name, &gaps[1], process.status.word(), "\n"].concat();
    }
    text
}
