//! Runs a line: one pipeline after the other, each command with what the one before has printed.

use super::words::{self, Command, Joint, Piece, Redirect, Word};
use super::{Ask, Instance, bat, files, pm2, postgres, psql, read, search, services, settled, sockets, units, write};
use crate::state::State;
use crate::world::World;

/// The longest line, and the most that a command may print or write here.
const LONGEST: usize = 4_096;
pub(super) const MOST: usize = 65_536;

/// A command as its program sees it.
pub(super) struct Call<'a> {
    pub world: &'a World,
    pub state: &'a mut State,
    /// What follows the program's name.
    pub words: &'a [&'a str],
    pub root: bool,
    /// The user in the operating system: `root`, `ubuntu`, or whoever stands behind `sudo -u`.
    pub system: &'a str,
    /// What the command before it in the pipeline has printed.
    pub input: Option<&'a str>,
    /// Whether it prints on the terminal itself.
    pub screen: bool,
}

/// What a command printed, and its exit status.
#[derive(Default)]
pub(super) struct Said {
    pub out: String,
    pub err: String,
    pub status: u8,
    /// Whether what is wrong was said after all the rest; most programs say it first.
    pub late: bool,
}

impl Said {
    pub fn out(text: String) -> Self {
        Self { out: text, ..Self::default() }
    }

    pub fn err(status: u8, parts: &[&str]) -> Self {
        Self { err: parts.concat(), status, ..Self::default() }
    }

    /// Adds what is said about one more argument.
    pub fn complain(&mut self, status: u8, parts: &[&str]) {
        self.err += &parts.concat();
        self.status = status;
    }
}

/// Runs one line and returns what the terminal shows of it.
pub fn line(instance: &mut dyn Instance, line: &str) -> String {
    let (_, state) = instance.parts();
    state.terminal.ask = None;
    state.terminal.done.clear();
    if line.len() > LONGEST {
        return "not modelled: so long a line\n".to_owned();
    }
    if !line.trim().is_empty() && state.terminal.user {
        if state.terminal.history.len() == 500 {
            state.terminal.history.remove(0);
        }
        state.terminal.history.push(line.to_owned());
    }
    let pipelines = match words::parse(line) {
        Ok(pipelines) => pipelines,
        Err(words) => {
            state.terminal.status = 2;
            return words;
        }
    };
    let mut shown = String::new();
    for pipeline in pipelines {
        let good = instance.parts().1.terminal.status == 0;
        let runs = match pipeline.joint {
            Joint::Then => true,
            Joint::And => good,
            Joint::Or => !good,
        };
        if !runs {
            continue;
        }
        let mut input = None;
        let last = pipeline.commands.len() - 1;
        for (i, command) in pipeline.commands.iter().enumerate() {
            let said = one(instance, command, input.as_deref(), i == last, &mut shown);
            instance.parts().1.terminal.status = said.status;
            input = Some(said.out);
        }
        shown += &input.unwrap_or_default();
        if shown.len() > MOST {
            return shown.chars().take(MOST).collect::<String>() + "\nnot modelled: so much output\n";
        }
        if instance.parts().1.terminal.ask == Some(Ask::Leave) {
            break;
        }
    }
    shown
}

/// Where a stream goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// On: down the pipe, or to the terminal where it is the last.
    On,
    /// To the terminal, whatever follows.
    Shown,
    /// To the file of this redirection.
    File(usize),
}

/// Runs one command. What goes to the terminal whatever follows in the pipeline is shown at once.
fn one(instance: &mut dyn Instance, command: &Command, input: Option<&str>, last: bool, shown: &mut String) -> Said {
    let (world, state) = instance.parts();
    let world = settled(world, &state.terminal.written);
    let expanded: Vec<String> = command.words.iter().flat_map(|word| expand(&world, state, word)).collect();
    let mut list: Vec<&str> = expanded.iter().map(String::as_str).collect();
    let mut root = !state.terminal.user;
    let mut system = if root { "root" } else { "ubuntu" };
    loop {
        match list[..] {
            ["sudo", "-u", "postgres", _, ..] => {
                list.drain(..3);
                (root, system) = (false, "postgres");
            }
            ["sudo", word, ..] if !word.starts_with('-') => {
                list.remove(0);
                (root, system) = (true, "root");
            }
            _ => break,
        }
    }
    let files_of = |state: &State, word: &Word| expand(&world, state, word).join(" ");
    // bash opens the files before it runs the command: where it may not write, nothing runs.
    for redirect in &command.into {
        if let Redirect::Out(word, _) | Redirect::Err(word) = redirect {
            let name = files_of(state, word);
            // The shell writes as the user that it is, whatever stands behind sudo.
            if let Err(why) = write::may(&world, state, &name, !state.terminal.user) {
                *shown += &["bash: ", &name, ": ", &why, "\n"].concat();
                return Said { status: 1, ..Said::default() };
            }
        }
    }
    // Each redirection counts from where the ones before it have led.
    let (mut out, mut err) = (Goes::On, Goes::Shown);
    for (at, redirect) in command.into.iter().enumerate() {
        match redirect {
            Redirect::Out(..) => out = Goes::File(at),
            Redirect::Err(_) => err = Goes::File(at),
            Redirect::Merge => err = out,
        }
    }
    let screen = last && out == Goes::On;
    let together = out == err || (screen && err == Goes::Shown);
    let before = state.programs();
    let mut said = match list.split_first() {
        None => Said::default(),
        Some((name, words)) => {
            let call = Call { world: &world, state, words, root, system, input, screen };
            match dispatch(name, call) {
                Some(said) => said,
                None => network(instance, &list, screen, together),
            }
        }
    };
    let (_, state) = instance.parts();
    if state.programs() != before {
        let words: Vec<String> = list.iter().map(|word| words::quoted(word)).collect();
        state.terminal.done.push(words.join(" "));
    }
    if said.out.len() > MOST {
        said.out = said.out.chars().take(MOST).collect();
        said.complain(1, &["not modelled: so much output\n"]);
    }
    if out == err {
        said.out += &core::mem::take(&mut said.err);
    }
    for (at, redirect) in command.into.iter().enumerate() {
        let (word, append) = match redirect {
            Redirect::Merge => continue,
            Redirect::Out(word, append) => (word, *append),
            Redirect::Err(word) => (word, false),
        };
        let name = files_of(state, word);
        let mut text = String::new();
        if out == Goes::File(at) {
            text = core::mem::take(&mut said.out);
        } else if err == Goes::File(at) {
            text = core::mem::take(&mut said.err);
        }
        write::put(&world, state, &name, text, append);
    }
    if err == Goes::On && out != err {
        // `2>&1 >file`: what was out's place before.
        said.out = core::mem::take(&mut said.err);
    }
    if said.late && together {
        said.out += &core::mem::take(&mut said.err);
    }
    *shown += &core::mem::take(&mut said.err);
    said
}

/// curl, dig and certbot; or nothing of that name.
fn network(instance: &mut dyn Instance, list: &[&str], screen: bool, together: bool) -> Said {
    let Some(ran) = instance.program(list, screen) else {
        let name = list[0];
        let path = if name.contains('/') { ": No such file or directory\n" } else { ": command not found\n" };
        return Said::err(127, &["bash: ", name, path]);
    };
    // Where both streams go to the same place, they stand as they come.
    let status = ran.status;
    let mut said = Said { status, ..Said::default() };
    for (wrong, text) in ran.pieces {
        if wrong && !together { said.err += &text } else { said.out += &text }
    }
    said
}

/// The words that one word becomes: variables put in, patterns replaced by the files that fit.
fn expand(world: &World, state: &State, word: &Word) -> Vec<String> {
    let (mut text, mut pattern, mut quoted) = (String::new(), false, false);
    for (i, piece) in word.iter().enumerate() {
        match piece {
            Piece::Plain(plain) => {
                pattern |= plain.contains(['*', '?']);
                match plain.strip_prefix('~') {
                    Some(rest) if i == 0 && (rest.is_empty() || rest.starts_with('/')) => {
                        text += files::HOME;
                        text += rest;
                    }
                    _ => text += plain,
                }
            }
            Piece::Quoted(plain) => {
                quoted = true;
                text += plain;
            }
            Piece::Variable(name) => text += &variable(world, state, name),
        }
    }
    if text.is_empty() && !quoted {
        return Vec::new();
    }
    let found = if pattern { matching(world, state, &text) } else { Vec::new() };
    if found.is_empty() { vec![text] } else { found }
}

/// The variables of the shell that are modelled.
pub(super) fn variable(world: &World, state: &State, name: &str) -> String {
    match name {
        "?" => state.terminal.status.to_string(),
        "HOSTNAME" => files::hostname(world),
        "HOME" => if state.terminal.user { files::HOME } else { "/root" }.to_owned(),
        "PWD" => state.terminal.here().to_owned(),
        "OLDPWD" => state.terminal.previous.clone(),
        "SHELL" => "/bin/bash".to_owned(),
        "USER" | "LOGNAME" => if state.terminal.user { "ubuntu" } else { "root" }.to_owned(),
        _ => String::new(),
    }
}

/// The files whose path fits a pattern with `*` and `?` in its last part.
fn matching(world: &World, state: &State, text: &str) -> Vec<String> {
    let (folder, pattern) = text.rsplit_once('/').map_or(("", text), |(folder, name)| (folder, name));
    let (slash, at) = if text.len() > pattern.len() { ("/", [folder, "/"].concat()) } else { ("", ".".to_owned()) };
    let path = files::absolute(state.terminal.here(), &at);
    if !files::listable(&path, !state.terminal.user) {
        return Vec::new();
    }
    let children = files::children(&files::all(world, state), &path).into_iter().map(|(name, _)| name);
    let fits =
        children.filter(|name| (!name.starts_with('.') || pattern.starts_with('.')) && search::glob(pattern, name));
    fits.map(|name| [folder, slash, &name].concat()).collect()
}

/// The programs that need no network.
fn dispatch(name: &str, call: Call<'_>) -> Option<Said> {
    let words = call.words;
    Some(match name {
        "cd" => read::cd(call),
        "pwd" => Said::out([call.state.terminal.here(), "\n"].concat()),
        "ls" | "ll" => read::ls(call, name == "ll"),
        "cat" => read::cat(call),
        "bat" | "batcat" => bat::bat(call, name),
        "less" | "more" => read::cat(call),
        "head" | "tail" => read::ends(call, name),
        "wc" => read::wc(call),
        "grep" => search::grep(call),
        "sed" => search::sed(call),
        "echo" => echo(words),
        "tee" => write::tee(call),
        "rm" => write::rm(call),
        "cp" | "mv" => write::copy(call, name),
        "touch" => write::touch(call),
        "nano" | "vi" | "vim" => write::edit(call, name),
        "clear" => {
            call.state.terminal.ask = Some(Ask::Clear);
            Said::default()
        }
        "exit" | "logout" => {
            call.state.terminal.ask = Some(Ask::Leave);
            Said::out("logout\n".to_owned())
        }
        "stty" => stty(call),
        "tput" if words == ["cols"] => Said::out(call.state.terminal.columns().to_string() + "\n"),
        "history" => read::history(call.state),
        "true" | ":" => Said::default(),
        "false" => Said { status: 1, ..Said::default() },
        "whoami" => Said::out([call.system, "\n"].concat()),
        "psql" => psql::psql(call),
        "createdb" | "dropdb" => psql::one_database(call, name),
        "pg_lsclusters" => postgres::clusters(call),
        "id" if call.root => Said::out("uid=0(root) gid=0(root) groups=0(root)\n".to_owned()),
        "hostname" if words.is_empty() => Said::out(files::hostname(call.world) + "\n"),
        "env" | "printenv" => read::env(call),
        "nginx" => services::nginx(call),
        "systemctl" => units::systemctl(call),
        "service" => match *words {
            [unit @ ("nginx" | "postgresql"), verb] => units::systemctl(Call { words: &[verb, unit], ..call }),
            _ => Said::err(1, &["not modelled: services other than nginx and postgresql\n"]),
        },
        "journalctl" => units::journalctl(call),
        "ss" => sockets::ss(call),
        "pm2" => pm2::pm2(call),
        "sudo" if words.is_empty() => Said::err(1, &["usage: sudo [options] command\n"]),
        "sudo" => Said::err(1, &["not modelled: sudo ", words[0], "\n"]),
        _ if REAL.contains(&name) => Said::err(1, &["not modelled: ", name, "\n"]),
        _ if name.contains('=') || SYNTAX.contains(&name) => {
            Said::err(1, &["not modelled: ", name, ", of bash's own language\n"])
        }
        _ => return None,
    })
}

/// How large the terminal is: `stty size`, and `stty cols N` for another width (coreutils 9.1).
fn stty(call: Call<'_>) -> Said {
    match *call.words {
        ["size"] => Said::out(["24 ", &call.state.terminal.columns().to_string(), "\n"].concat()),
        ["cols" | "columns", number] => match number.parse::<u16>() {
            Ok(wide @ 20..=500) => {
                call.state.terminal.wide = wide;
                Said::default()
            }
            Ok(_) => Said::err(1, &["not modelled: a terminal so wide or narrow\n"]),
            Err(_) => Said::err(1, &["stty: invalid integer argument: ‘", number, "’\n"]),
        },
        _ => Said::err(1, &["not modelled: stty, but for size and cols\n"]),
    }
}

fn echo(words: &[&str]) -> Said {
    let (words, end) = match words.split_first() {
        Some((&"-n", rest)) => (rest, ""),
        _ => (words, "\n"),
    };
    Said::out(words.join(" ") + end)
}

/// Programs that such an instance has and that are not modelled.
const REAL: &[&str] = &[
    "apt",
    "apt-get",
    "awk",
    "base64",
    "chmod",
    "chown",
    "cut",
    "date",
    "df",
    "diff",
    "du",
    "find",
    "free",
    "git",
    "host",
    "htop",
    "id",
    "ifconfig",
    "ip",
    "kill",
    "killall",
    "ln",
    "lsof",
    "man",
    "mkdir",
    "mount",
    "nc",
    "netstat",
    "node",
    "npm",
    "npx",
    "nslookup",
    "openssl",
    "passwd",
    "ping",
    "pkill",
    "ps",
    "python3",
    "reboot",
    "rmdir",
    "scp",
    "shutdown",
    "sleep",
    "sort",
    "ssh",
    "stat",
    "su",
    "tar",
    "time",
    "timeout",
    "top",
    "touch",
    "tr",
    "traceroute",
    "tree",
    "ufw",
    "uname",
    "uniq",
    "uptime",
    "watch",
    "wget",
    "which",
    "xargs",
    "yes",
    "bash",
    "sh",
    "hostname",
    "iptables",
    "dpkg",
    "vmstat",
    "who",
    "w",
    "last",
    "dmesg",
    "crontab",
    "tmux",
    "screen",
    "hostnamectl",
];

/// Words of bash's own language that are not modelled.
const SYNTAX: &[&str] = &[
    "alias", "export", "set", "unset", "source", ".", "if", "for", "while", "until", "case", "function", "{", "[",
    "[[", "test", "type", "command", "eval", "exec", "read", "printf", "jobs", "fg", "bg", "kill", "wait", "trap", "!",
];
