//! PM2's tables: `pm2 list` in the widest of its three forms that the terminal has room for
//! (PM2 7.0.4, `lib/API/UX/pm2-ls.js`), and `pm2 show` (`pm2-describe.js`).

use super::super::{HOME, files, logs};
use super::{Said, named};
use crate::state::{Process, State, Status};
use crate::text;
use crate::time::Micros;
use crate::tls::Date;
use crate::world::World;

/// How wide PM2 takes what is no terminal to be.
pub const UNBOUNDED: usize = 300;

/// A column of the list: its head, its width, and what stands in it.
type Column = (&'static str, usize, fn(&Process, Micros) -> String);

/// The version of Node.js that everything here was recorded with.
const NODE: &str = "20.20.2";

/// `pm2 list`: sorted by name; the name's column is five wider than the longest.
pub fn list(state: &State, wide: usize) -> String {
    let longest = state.processes.iter().map(|process| process.declared.name.chars().count() + 5).max();
    let digits = state.processes.iter().map(|process| process.id.to_string().len()).max().unwrap_or(0);
    let name = longest.unwrap_or(11);
    let id = (digits + 2).max(4);
    let columns = [full(id, name.min(40)), condensed(id, name.min(20)), mini(id, name.min(16))];
    let room = |columns: &&Vec<Column>| columns.iter().map(|(_, width, _)| width + 1).sum::<usize>() < wide;
    let columns = columns.iter().find(room).unwrap_or(&columns[2]);
    let mut processes: Vec<&Process> = state.processes.iter().collect();
    text::sort(&mut processes, |process| process.declared.name.clone());
    let mut rows = vec![columns.iter().map(|(head, ..)| (*head).to_owned()).collect::<Vec<_>>()];
    rows.extend(
        processes.into_iter().map(|process| columns.iter().map(|(_, _, cell)| cell(process, state.now)).collect()),
    );
    for row in &mut rows {
        row[1] = fitted(&row[1], columns[1].1 - 2);
    }
    table(&rows, &columns.iter().map(|(_, width, _)| *width).collect::<Vec<_>>(), true)
}

fn full(id: usize, name: usize) -> Vec<Column> {
    vec![
        ("id", id, number),
        ("name", name, |process, _| process.declared.name.clone()),
        ("namespace", 13, |_, _| "default".to_owned()),
        ("version", 9, |_, _| "N/A".to_owned()),
        ("mode", 9, mode),
        ("pid", 10, |process, _| process.pid.to_string()),
        ("uptime", 8, uptime),
        ("↺", 6, restarts),
        ("status", 11, status),
        ("cpu", 10, processor),
        ("mem", 10, memory),
        ("user", 10, |_, _| "ubuntu".to_owned()),
        ("watching", 10, |_, _| "disabled".to_owned()),
    ]
}

fn condensed(id: usize, name: usize) -> Vec<Column> {
    vec![
        ("id", id, number),
        ("name", name, |process, _| process.declared.name.clone()),
        ("mode", 10, mode),
        ("↺", 6, restarts),
        ("status", 11, status),
        ("cpu", 10, processor),
        ("memory", 10, memory),
    ]
}

fn mini(id: usize, name: usize) -> Vec<Column> {
    vec![
        ("id", id, number),
        ("name", name, |process, _| process.declared.name.clone()),
        ("status", 11, status),
        ("cpu", 8, processor),
        ("mem", 10, memory),
    ]
}

fn number(process: &Process, _: Micros) -> String {
    process.id.to_string()
}

fn mode(_: &Process, _: Micros) -> String {
    "fork".to_owned()
}

fn restarts(process: &Process, _: Micros) -> String {
    process.restarts.to_string()
}

fn status(process: &Process, _: Micros) -> String {
    process.status.word().to_owned()
}

fn processor(_: &Process, _: Micros) -> String {
    "0%".to_owned()
}

/// Nobody knows it of one that runs.
fn memory(process: &Process, _: Micros) -> String {
    if process.status == Status::Online { "N/A" } else { "0b" }.to_owned()
}

/// For how long it has run, in the largest unit of which there are two (`lib/API/UX/helpers.js`, `timeSince`).
fn uptime(process: &Process, now: Micros) -> String {
    if process.status != Status::Online {
        return "0".to_owned();
    }
    let seconds = (now - process.started).0 / 1_000_000;
    const UNITS: [(u64, &str); 5] = [(31_536_000, "Y"), (2_592_000, "M"), (86_400, "D"), (3_600, "h"), (60, "m")];
    let unit = UNITS.into_iter().find(|(unit, _)| seconds / unit > 1);
    let (unit, letter) = unit.unwrap_or((1, "s"));
    [&(seconds / unit).to_string(), letter].concat()
}

/// A name that is too long ends with three dots in one.
fn fitted(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room - 1).chain(['…']).collect()
}

/// A table as PM2 draws it; under its first row a line where that is its head and something follows.
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

/// `pm2 show`. What PM2's own monitoring reads inside a running process is not known here.
pub fn show(world: &World, state: &State, name: &str) -> Said {
    let Some(process) = named(state, name).first().map(|at| &state.processes[*at]).filter(|_| name != "all") else {
        return Said::err(1, &["[PM2][WARN] ", name, " doesn't exist\n"]);
    };
    let declared = &process.declared;
    let (name, id) = (declared.name.as_str(), process.id.to_string());
    let created = match (world.network().date, process.status) {
        (Some((date, _)), Status::Online | Status::Stopped) => {
            let text = Date(date.0 + (process.created.0 / 1_000_000) as i64).iso_text();
            let millis = (process.created.0 / 1_000 % 1_000 + 1_000).to_string();
            [&text.replace(' ', "T"), ".", &millis[1..], "Z"].concat()
        }
        _ => "N/A".to_owned(),
    };
    let cells = [
        ["status", process.status.word()],
        ["name", name],
        ["namespace", "default"],
        ["version", "N/A"],
        ["restarts", &process.restarts.to_string()],
        ["uptime", &uptime(process, state.now)],
        ["script path", &files::path_of(&declared.script)],
        ["script args", "N/A"],
        ["error log path", &logs::error(name)],
        ["out log path", &logs::out(name)],
        ["pid path", &["/home/ubuntu/.pm2/pids/", name, "-", &id, ".pid"].concat()],
        ["interpreter", "node"],
        ["interpreter args", "N/A"],
        ["script id", &id],
        ["exec cwd", HOME],
        ["exec mode", "fork_mode"],
        ["node.js version", NODE],
        ["node env", declared.env("NODE_ENV").map_or("N/A", |(value, _)| value)],
        ["watch & reload", "✘"],
        ["unstable restarts", &process.unstable.to_string()],
        ["created at", &created],
    ];
    let rows: Vec<Vec<String>> = cells.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let wide = |at: usize| rows.iter().map(|row| row[at].chars().count() + 2).max().unwrap_or(0);
    let title = [" Describing process with id ", &id, " - name ", name, " \n"].concat();
    let mut text = [title, table(&rows, &[wide(0), wide(1)], false)].concat();
    if process.status == Status::Online {
        text += " Actions available \n";
        let actions = [
            "km:heapdump",
            "km:cpu:profiling:start",
            "km:cpu:profiling:stop",
            "km:heap:sampling:start",
            "km:heap:sampling:stop",
        ];
        text += &table(&actions.map(|action| vec![action.to_owned()]), &[24], false);
        text += &[" Trigger via: pm2 trigger ", name, " <action_name>\n\n"].concat();
        text += " Code metrics value \nnot modelled: what it measures in its processes\n";
    }
    text += " Divergent env variables from local env \n\n\n Add your own code metrics: http://bit.ly/code-metrics\n";
    text += &[" Use `pm2 logs ", name, " [--lines 1000]` to display logs\n"].concat();
    text += &[" Use `pm2 env ", &id, "` to display environment variables\n"].concat();
    text += &[" Use `pm2 monit` to monitor CPU and Memory usage ", name, "\n"].concat();
    Said::out(text)
}
