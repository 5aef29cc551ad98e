//! `pm2 logs`: the last lines of each log; of PM2's own log what its daemon has noted (PM2 7.0.4, `lib/API/LogManagement.js`,
//! `lib/API/Log.js`). It would go on and show what comes; here it ends.

use super::super::{files, logs};
use super::{Said, named};
use crate::state::State;
use crate::state::daemon::Note;
use crate::tls::Date;
use crate::world::World;

const OWN: &str = "/home/ubuntu/.pm2/pm2.log";

pub fn log(world: &World, state: &State, words: &[&str]) -> Said {
    let (mut count, mut name, mut only) = (15_usize, "all", ["out", "error"].as_slice());
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
    let rest = " (change the value with --lines option)\n";
    let mut out = ["[TAILING] Tailing last ", &lines, " lines for [", name, "] ", kind, rest].concat();
    if name == "all" && only.len() == 2 {
        let own = own(world, state);
        out += &tail(OWN, "PM2", &own, count);
    }
    for process in named(state, name).into_iter().map(|at| &state.processes[at]) {
        let label = [&process.id.to_string(), "|", &process.declared.name].concat();
        for which in only {
            let (path, lines): (String, &[String]) = match *which {
                "error" => (logs::error(&process.declared.name), &process.log),
                _ => (logs::out(&process.declared.name), &[]),
            };
            out += &tail(&path, &label, lines, count);
        }
    }
    Said::out(out)
}

/// The last lines of a file, each behind the label of its process, which takes ten places.
fn tail(path: &str, label: &str, lines: &[String], count: usize) -> String {
    let mut out = [path, " last ", &count.to_string(), " lines:\n"].concat();
    let last = &lines[lines.len().saturating_sub(count)..];
    let label: String = label.chars().chain([' '; 10]).take(10).collect();
    for line in last {
        out += &[&label, " | ", line, "\n"].concat();
    }
    if !last.is_empty() {
        out += "\n";
    }
    out
}

/// PM2's own log, as far as it is kept.
pub fn own(world: &World, state: &State) -> Vec<String> {
    let date = world.network().date.map(|(date, _)| date);
    let at = |seconds: u64| match date {
        Some(date) => Date(date.0 + seconds as i64).iso_text().replace(' ', "T"),
        None => "****-**-**T**:**:**".to_owned(),
    };
    let line = |seconds: u64, words: &str, kind: &str| [&at(seconds), ": PM2 ", kind, ": ", words].concat();
    let mut lines = Vec::new();
    if state.daemon.dropped == 0 {
        const RULE: &str = "===============================================================================";
        let settings = [
            ("PM2 version          : ", "7.0.4"),
            ("Node.js version      : ", "20.20.2"),
            ("Current arch         : ", "x64"),
            ("PM2 home             : ", "/home/ubuntu/.pm2"),
            ("PM2 PID file         : ", "/home/ubuntu/.pm2/pm2.pid"),
            ("RPC socket file      : ", "/home/ubuntu/.pm2/rpc.sock"),
            ("BUS socket file      : ", "/home/ubuntu/.pm2/pub.sock"),
            ("Application log path : ", "/home/ubuntu/.pm2/logs"),
            ("Worker Interval      : ", "30000"),
            ("Process dump file    : ", "/home/ubuntu/.pm2/dump.pm2"),
            ("Concurrent actions   : ", "2"),
            ("SIGTERM timeout      : ", "1600"),
            ("Runtime Binary       : ", "/usr/bin/node"),
        ];
        lines.push(line(0, RULE, "log"));
        lines.push(line(0, "--- New PM2 Daemon started ----------------------------------------------------", "log"));
        lines.extend(settings.map(|(name, value)| line(0, &[name, value].concat(), "log")));
        lines.push(line(0, RULE, "log"));
    }
    for (when, note) in &state.daemon.notes {
        let app = |declared: &crate::processes::Declared, id: u32| {
            ["App [", &declared.name, ":", &id.to_string(), "] "].concat()
        };
        let mut kind = "log";
        let words = match note {
            Note::Starts(declared, id) => app(declared, *id) + "starting in -fork mode-",
            Note::Online(declared, id) => app(declared, *id) + "online",
            Note::Exits(declared, id, code) => {
                [&app(declared, *id), "exited with code [", code, "] via signal [SIGINT]"].concat()
            }
            Note::Stops(declared, id) => ["Stopping app:", &declared.name, " id:", &id.to_string()].concat(),
            Note::Killed(pid) => ["pid=", &pid.to_string(), " msg=process tree killed (1 pids)"].concat(),
            Note::NoPid(declared, id) => {
                kind = "error";
                ["app=", &declared.name, " id=", &id.to_string(), " does not have a pid"].concat()
            }
            // So it says, of one that runs (`lib/God/Reload.js`).
            Note::Reloads(id) => ["Process ", &id.to_string(), " in a stopped status, starting it"].concat(),
            Note::Error(words) => {
                kind = "error";
                words.clone()
            }
            Note::GivesUp(declared, _) => {
                let (path, most) = (files::path_of(&declared.script), declared.max_restarts.to_string());
                ["Script ", &path, " had too many unstable restarts (", &most, "). Stopped. \"errored\""].concat()
            }
        };
        lines.push(line(when.0 / 1_000_000, &words, kind));
    }
    lines
}
