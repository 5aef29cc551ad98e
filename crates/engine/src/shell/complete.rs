//! Completion, as bash does it with the Tab key: commands, files, the verbs of `pm2`, `systemctl` and `nginx`, the names of
//! processes and of databases.

use super::files;
use crate::state::State;
use crate::text;
use crate::world::World;

const COMMANDS: [&str; 38] = [
    "bat",
    "batcat",
    "cat",
    "cd",
    "certbot",
    "clear",
    "cp",
    "createdb",
    "curl",
    "dig",
    "dropdb",
    "echo",
    "env",
    "exit",
    "grep",
    "head",
    "history",
    "hostname",
    "journalctl",
    "ls",
    "mv",
    "nano",
    "nginx",
    "pg_lsclusters",
    "pm2",
    "psql",
    "pwd",
    "rm",
    "sed",
    "service",
    "ss",
    "sudo",
    "systemctl",
    "tail",
    "tee",
    "vi",
    "wc",
    "whoami",
];

/// What the word before the cursor may become: whole words, in order; folders end with a slash. `cursor` counts bytes; one
/// inside a character counts as before it.
pub fn complete(world: &World, state: &State, line: &str, cursor: usize) -> Vec<String> {
    let mut cursor = cursor.min(line.len()).min(4_096);
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = &line[..cursor];
    // The command that the cursor is in, and its words.
    let command = before.rsplit(['|', ';', '&']).next().unwrap_or("");
    let mut words: Vec<&str> = command.split_whitespace().collect();
    let word = if command.ends_with(char::is_whitespace) || words.is_empty() { "" } else { words.pop().unwrap_or("") };
    if words.first() == Some(&"sudo") {
        words.remove(0);
        if let ["-u", _, ..] = words[..] {
            words.drain(..2);
        }
    }
    let world = &super::settled(world, &state.terminal.written);
    let mut found: Vec<String> = match *words {
        [] if !word.contains('/') => COMMANDS.iter().map(|name| (*name).to_owned()).collect(),
        ["pm2"] => of(&["delete", "describe", "list", "logs", "reload", "restart", "show", "start", "status", "stop"]),
        ["pm2", verb, ..] if verb != "list" => {
            let mut names: Vec<String> = state.processes.iter().map(|process| process.declared.name.clone()).collect();
            names.push("all".to_owned());
            if matches!(verb, "start" | "restart" | "reload") {
                names.push("ecosystem.config.js".to_owned());
            }
            names
        }
        ["systemctl"] => of(&["is-active", "reload", "restart", "start", "status", "stop"]),
        ["systemctl", ..] | ["journalctl", "-u"] => of(&["nginx", "postgresql"]),
        ["service"] => of(&["nginx", "postgresql"]),
        ["service", _] => of(&["reload", "restart", "start", "status", "stop"]),
        ["-u"] => of(&["postgres"]),
        ["dropdb"] | ["psql", .., "-d"] => bases(state),
        ["psql", .., "-U"] => of(&["backend", "postgres"]),
        ["psql"] if word.starts_with('-') => of(&["-A", "-U", "-c", "-d", "-f", "-q", "-t"]),
        ["nginx"] => of(&["-s", "-t", "-v"]),
        ["nginx", "-s"] => of(&["quit", "reload", "reopen", "stop"]),
        ["ss"] => of(&["-tlnp"]),
        ["cd"] => paths(world, state, word, true),
        _ => paths(world, state, word, false),
    };
    found.retain(|name| name.starts_with(word));
    text::sort(&mut found, Clone::clone);
    found.dedup();
    found
}

/// The databases there are.
fn bases(state: &State) -> Vec<String> {
    let mut database = state.database.clone();
    database.look().bases.iter().map(|base| base.name.clone()).collect()
}

fn of(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The files and folders whose path begins like this.
fn paths(world: &World, state: &State, word: &str, folders: bool) -> Vec<String> {
    let (folder, name) = word.rsplit_once('/').map_or(("", word), |(folder, name)| (folder, name));
    let typed = &word[..word.len() - name.len()];
    let home = folder.strip_prefix('~').map(|rest| [files::HOME, rest].concat());
    let at = if typed == "/" { "/" } else { home.as_deref().unwrap_or(folder) };
    let path = files::absolute(state.terminal.here(), at);
    if !files::listable(&path, !state.terminal.user) {
        return Vec::new();
    }
    let hidden = |other: &str| other.starts_with('.') && !name.starts_with('.');
    let children = files::children(&files::all(world, state), &path).into_iter();
    children
        .filter(|(other, file)| !hidden(other) && (file.is_none() || !folders))
        .map(|(other, file)| [typed, &other, if file.is_none() { "/" } else { "" }].concat())
        .collect()
}
