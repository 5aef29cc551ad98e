//! systemd's view of nginx: `systemctl`, `service`, `journalctl` (recorded with systemd 252.38 of Debian 12). What it says
//! of PostgreSQL is in [`postgres`].
//!
//! Left out of `systemctl status`: how many tasks there may be, memory and processor time, which nobody knows here.

use super::run::{Call, Said};
use super::services::dated;
use super::{files, postgres};
use crate::state::State;
use crate::state::unit::{Line, Step};
use crate::time::Micros;
use crate::tls::Date;
use crate::world::World;

const SEE: &str = "See \"systemctl status nginx.service\" and \"journalctl -xeu nginx.service\" for details.\n";
const UNIT: &str = "nginx.service - A high performance web server and a reverse proxy server";
const NGINX: &str = "/usr/sbin/nginx -g daemon on; master_process on;";

const VERBS: [&str; 14] = [
    "enable",
    "disable",
    "daemon-reload",
    "list-units",
    "cat",
    "show",
    "edit",
    "mask",
    "unmask",
    "reset-failed",
    "kill",
    "list-unit-files",
    "try-restart",
    "reload-or-restart",
];

pub(super) fn systemctl(call: Call<'_>) -> Said {
    let mut plain: Vec<&str> = Vec::new();
    let mut full = !call.screen;
    for word in call.words {
        match *word {
            "--no-pager" => {}
            "-l" | "--full" => full = true,
            option if option.starts_with('-') => return Said::err(1, &["not modelled: systemctl ", option, "\n"]),
            word => plain.push(word),
        }
    }
    let (verb, unit) = match *plain {
        [verb] => (verb, ""),
        [verb, unit] => (verb, unit),
        [] => return Said::err(1, &["not modelled: systemctl without a unit\n"]),
        _ => return Said::err(1, &["not modelled: systemctl for several units\n"]),
    };
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    match verb {
        "start" | "stop" | "restart" | "reload" | "is-active" | "is-enabled" | "status" => {}
        _ if VERBS.contains(&verb) => return Said::err(1, &["not modelled: systemctl ", verb, "\n"]),
        _ => return Said::err(1, &["Unknown command verb ", verb, ".\n"]),
    }
    match (verb, unit) {
        (_, "nginx") => {}
        (_, "postgresql" | "postgresql@15-main") => return postgres::systemctl(call, verb, unit),
        ("status", "") => return Said::err(1, &["not modelled: systemctl without a unit\n"]),
        (_, "") => return Said::err(1, &["Too few arguments.\n"]),
        (_, "ssh" | "sshd" | "cron" | "systemd-resolved" | "pm2-ubuntu") => {
            return Said::err(1, &["not modelled: the unit ", unit, "\n"]);
        }
        ("status", _) => return Said::err(4, &["Unit ", unit, ".service could not be found.\n"]),
        ("is-active", _) => return Said { out: "inactive\n".to_owned(), status: 3, ..Said::default() },
        ("stop", _) => {
            return Said::err(5, &["Failed to stop ", unit, ".service: Unit ", unit, ".service not loaded.\n"]);
        }
        _ => return Said::err(5, &["Failed to ", verb, " ", unit, ".service: Unit ", unit, ".service not found.\n"]),
    }
    let Call { world, state, root, .. } = call;
    match verb {
        "status" => return status(world, state, (!full).then(|| state.terminal.columns())),
        "is-enabled" => return Said::out("enabled\n".to_owned()),
        "is-active" => {
            let (word, status) = match (state.nginx.running, state.nginx.failure.is_some()) {
                (true, _) => ("active\n", 0),
                (false, true) => ("failed\n", 3),
                (false, false) => ("inactive\n", 3),
            };
            return Said { out: word.to_owned(), status, ..Said::default() };
        }
        _ if !root => return forbidden(verb, unit),
        _ => {}
    }
    let job = "Job for nginx.service failed";
    match verb {
        "stop" => state.stop_unit(),
        "start" | "restart" => {
            // The configuration is tested only when nginx has been stopped: it stays down where that fails.
            if verb == "restart" {
                state.stop_unit();
            }
            if !state.start_unit(world) {
                return Said::err(1, &[job, " because the control process exited with error code.\n", SEE]);
            }
        }
        _ if !state.nginx.running => return Said::err(1, &["nginx.service is not active, cannot reload.\n"]),
        _ if !state.reload_unit(world) => return Said::err(1, &[job, ".\n", SEE]),
        _ => {}
    }
    Said::default()
}

/// polkit asks an ordinary user for a password; `ubuntu` has none, so none is right.
pub(super) fn forbidden(verb: &str, unit: &str) -> Said {
    let words = [
        "==== AUTHENTICATING FOR org.freedesktop.systemd1.manage-units ====\nAuthentication is required to ",
        verb,
        " '",
        unit,
        ".service'.\nAuthenticating as: Ubuntu (ubuntu)\nPassword: \n\
         polkit-agent-helper-1: pam_authenticate failed: Authentication failure\n\
         ==== AUTHENTICATION FAILED ====\nFailed to ",
        verb,
        " ",
        unit,
        ".service: Access denied\nSee system logs and 'systemctl status ",
        unit,
        ".service' for details.\n",
    ];
    Said::err(4, &words)
}

/// A span as `systemctl` says how long ago something was (`format_timestamp_relative`).
fn ago(span: Micros) -> String {
    let of = |unit: u64| (span.0 / 1_000_000) / unit;
    let (seconds, minutes, hours, days) = (of(1), of(60), of(3_600), of(86_400));
    let say = |pieces: &[(u64, &str)]| {
        let parts = pieces.iter().map(|(number, unit)| [&number.to_string(), *unit, " "].concat());
        parts.collect::<String>() + "ago"
    };
    match span.0 {
        0 => "now".to_owned(),
        1..1_000 => say(&[(span.0, "us")]),
        1_000..1_000_000 => say(&[(span.0 / 1_000, "ms")]),
        _ if seconds < 60 => say(&[(seconds, "s")]),
        _ if seconds < 300 => say(&[(minutes, "min"), (seconds % 60, "s")]),
        _ if minutes < 60 => say(&[(minutes, "min")]),
        _ if hours < 6 => say(&[(hours, "h"), (minutes % 60, "min")]),
        _ if hours < 25 => say(&[(hours, "h")]),
        _ if hours < 48 => say(&[(1, " day"), (hours - 24, "h")]),
        _ => say(&[(days, " days")]),
    }
}

/// A span to the millisecond (`format_timespan`): `609ms`, `2.345s`, `1min 2.345s`.
fn lasted(span: Micros) -> String {
    let millis = span.0 / 1_000;
    let (hours, minutes, rest) = (millis / 3_600_000, millis / 60_000 % 60, millis % 60_000);
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push([&hours.to_string(), "h"].concat());
    }
    if minutes > 0 {
        parts.push([&minutes.to_string(), "min"].concat());
    }
    if rest >= 1_000 && rest % 1_000 > 0 {
        parts.push([&(rest / 1_000).to_string(), ".", &(rest % 1_000 + 1_000).to_string()[1..], "s"].concat());
    } else if rest >= 1_000 {
        parts.push([&(rest / 1_000).to_string(), "s"].concat());
    } else if rest > 0 {
        parts.push([&rest.to_string(), "ms"].concat());
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" ") }
}

/// `Fri 2026-11-27 14:03:24 UTC`.
fn since(world: &World, at: Micros) -> String {
    const DAYS: [&str; 7] = ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"];
    let Some((date, _)) = world.network().date else { return "*** ****-**-** **:**:** UTC".to_owned() };
    let date = Date(date.0 + (at.0 / 1_000_000) as i64);
    // The first of March of the year 0 was a Wednesday.
    let day = date.0.div_euclid(86_400).rem_euclid(7) as usize;
    [DAYS[day], " ", &date.iso_text(), " UTC"].concat()
}

/// `systemctl status nginx`; with a width, what is longer is cut in the lines that systemd cuts.
fn status(world: &World, state: &State, wide: Option<usize>) -> Said {
    let unit = &state.unit;
    let running = state.nginx.running;
    let (sign, active) = match (running, &state.nginx.failure) {
        (true, _) => ("●", "active (running)"),
        (false, Some(_)) => ("×", "failed (Result: exit-code)"),
        (false, None) => ("○", "inactive (dead)"),
    };
    let (at, gone) = (since(world, unit.since), ago(state.now - unit.since));
    let mut out = [
        sign,
        " ",
        UNIT,
        "\n     Loaded: loaded (/lib/systemd/system/nginx.service; enabled; preset: enabled)\n     Active: ",
        active,
        " since ",
        &at,
        "; ",
        &gone,
        "\n",
    ]
    .concat();
    if let (false, Some(ran)) = (running, unit.ran) {
        out += &["   Duration: ", &lasted(ran), "\n"].concat();
    }
    out += "       Docs: man:nginx(8)\n";
    for (step, pid, well) in &unit.runs {
        let command = match step {
            Step::Pre => "ExecStartPre=/usr/sbin/nginx -t -q -g daemon on; master_process on;",
            Step::Start => "ExecStart=/usr/sbin/nginx -g daemon on; master_process on;",
            Step::Reload => "ExecReload=/usr/sbin/nginx -g daemon on; master_process on; -s reload",
            Step::Stop => "ExecStop=/sbin/start-stop-daemon --quiet --stop --retry QUIT/5 --pidfile /run/nginx.pid",
        };
        let end = if *well { "0/SUCCESS" } else { "1/FAILURE" };
        out += &["    Process: ", &pid.to_string(), " ", command, " (code=exited, status=", end, ")\n"].concat();
    }
    let (first, worker) = (unit.processes.0.to_string(), unit.processes.1.to_string());
    if running {
        out += &["   Main PID: ", &first, " (nginx)\n     CGroup: /system.slice/nginx.service\n"].concat();
        let master = [&first, " \"nginx: master process ", NGINX, "\""].concat();
        let cut = |text: String, room: usize| match text.chars().count() > room {
            true => text.chars().take(room - 1).chain(['…']).collect(),
            false => text,
        };
        let room = wide.map_or(usize::MAX, |wide| wide - 15);
        out += &["             ├─", &cut(master, room), "\n"].concat();
        out += &["             └─", &worker, " \"nginx: worker process\"\n"].concat();
    } else if unit.runs.iter().any(|(step, _, well)| *step == Step::Start && *well) {
        out += &["   Main PID: ", &first, " (code=exited, status=0/SUCCESS)\n"].concat();
    }
    let lines: Vec<String> = journal(world, state, false).split_off(unit.before);
    let lines = &lines[lines.len().saturating_sub(10)..];
    if !lines.is_empty() {
        out += "\n";
    }
    let mut shortened = false;
    for line in lines {
        let text = wide.map_or_else(|| line.clone(), |wide| middle(line, wide));
        shortened |= text != *line;
        out += &[&text, "\n"].concat();
    }
    let mut said = Said { out, status: if running { 0 } else { 3 }, ..Said::default() };
    if shortened {
        (said.err, said.late) = ("Hint: Some lines were ellipsized, use -l to show in full.\n".to_owned(), true);
    }
    said
}

/// A line of the journal cut within what was said, nine tenths of it before the cut (`ellipsize_mem`).
fn middle(line: &str, wide: usize) -> String {
    let Some((head, said)) = crate::text::split_once(line, ": ") else { return line.to_owned() };
    let signs: Vec<char> = said.chars().collect();
    let room = wide.saturating_sub(head.chars().count() + 2);
    if signs.len() <= room || room < 4 {
        return line.to_owned();
    }
    let first = ((room - 1) * 90 + 50) / 100;
    let last = room - 1 - first;
    let text: String = signs[..first].iter().chain(&['…']).chain(&signs[signs.len() - last..]).collect();
    [head, ": ", &text].concat()
}

/// The journal's lines; with explanations, each followed by what the catalogue says of it.
fn journal(world: &World, state: &State, explained: bool) -> Vec<String> {
    let host = files::hostname(world);
    let line = |(at, pid, line, job): &(Micros, u32, Line, u32)| {
        let date = dated(world, *at);
        let month = date.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(0);
        const MONTHS: [&str; 13] =
            ["***", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let stamp = [MONTHS[month.min(12)], " ", date.get(8..).unwrap_or("** **:**:**")].concat();
        let number = pid.to_string();
        let who = if *pid == 1 { "systemd" } else { "nginx" };
        let said = match line {
            Line::Says(weight, words) => [&date, " [", weight, "] ", &number, "#", &number, ": ", words].concat(),
            Line::Plain(words) => words.clone(),
            own => own.words(),
        };
        let mut text = [&stamp, " ", &host, " ", who, "[", &number, "]: ", &said].concat();
        if explained {
            text += &line.explained(*job);
        }
        text
    };
    state.unit.journal.iter().map(line).collect()
}

impl Line {
    /// systemd's own sentence.
    fn words(&self) -> String {
        let (before, after) = match self {
            Self::Starting => ("Starting ", "..."),
            Self::Started => ("Started ", "."),
            Self::Reloading => ("Reloading ", "..."),
            Self::Reloaded => ("Reloaded ", "."),
            Self::ReloadFailed => ("Reload failed for ", "."),
            Self::Stopping => ("Stopping ", "..."),
            Self::Stopped => ("Stopped ", "."),
            Self::StartFailed => ("Failed to start ", "."),
            Self::Deactivated => return "nginx.service: Deactivated successfully.".to_owned(),
            Self::Failed => return "nginx.service: Failed with result 'exit-code'.".to_owned(),
            Self::Exited(_) => {
                return "nginx.service: Control process exited, code=exited, status=1/FAILURE".to_owned();
            }
            Self::Says(..) | Self::Plain(_) => return String::new(),
        };
        [before, UNIT, after].concat()
    }

    /// What `journalctl -x` adds (systemd's message catalogue). The numbers of jobs are ours.
    fn explained(&self, job: u32) -> String {
        let number = (50 + job).to_string();
        let about = |what: &str, how: &str, result: &str| {
            let subject = ["A ", what, " job for unit nginx.service has ", how].concat();
            let end = match result {
                "begun" => [subject.as_str(), ".\n░░ \n░░ The job identifier is ", &number, "."].concat(),
                "" => [subject.as_str(), ".\n░░ \n░░ The job identifier is ", &number, "."].concat(),
                result => {
                    let how = if result == "failed" { "finished with a failure" } else { how };
                    let said = ["A ", what, " job for unit nginx.service has ", how, ".\n░░ \n"].concat();
                    [&said, "░░ The job identifier is ", &number, " and the job result is ", result, "."].concat()
                }
            };
            (subject, end)
        };
        let (subject, text) = match self {
            Self::Starting => about("start", "begun execution", "begun"),
            Self::Started => about("start", "finished successfully", ""),
            Self::Reloading => about("reload", "begun execution", "begun"),
            Self::Reloaded => about("reload", "finished", "done"),
            Self::ReloadFailed => about("reload", "finished", "failed"),
            Self::Stopping => about("stop", "begun execution", "begun"),
            Self::Stopped => about("stop", "finished", "done"),
            Self::StartFailed => about("start", "failed", "failed"),
            Self::Deactivated => (
                "Unit succeeded".to_owned(),
                "The unit nginx.service has successfully entered the 'dead' state.".to_owned(),
            ),
            Self::Failed => (
                "Unit failed".to_owned(),
                "The unit nginx.service has entered the 'failed' state with result 'exit-code'.".to_owned(),
            ),
            Self::Exited(step) => {
                let which = match step {
                    Step::Pre => "ExecStartPre",
                    Step::Start => "ExecStart",
                    Step::Reload => "ExecReload",
                    Step::Stop => "ExecStop",
                };
                let end = "= process belonging to unit nginx.service has exited.\n░░ \n\
                           ░░ The process' exit code is 'exited' and its exit status is 1.";
                ("Unit process exited".to_owned(), ["An ", which, end].concat())
            }
            Self::Says(..) | Self::Plain(_) => return String::new(),
        };
        const FROM: &str = "\n░░ Defined-By: systemd\n░░ Support: https://www.debian.org/support\n░░ \n░░ ";
        ["\n░░ Subject: ", &subject, FROM, &text].concat()
    }
}

/// `journalctl -u nginx`, `journalctl -u postgresql`.
pub(super) fn journalctl(call: Call<'_>) -> Said {
    let (mut unit, mut explained, mut last) = ("", false, usize::MAX);
    let mut words = call.words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "--no-pager" | "--unit" => unit = if word == "--unit" { words.next().unwrap_or("") } else { unit },
            "-n" | "--lines" => match words.next().map(str::parse) {
                Some(Ok(count)) => last = count,
                _ => return Said::err(1, &["not modelled: journalctl ", word, " without a number\n"]),
            },
            long if long.starts_with("--unit=") => unit = &long[7..],
            long if long.starts_with("--lines=") => last = long[8..].parse().unwrap_or(last),
            long if long.starts_with("--") => return Said::err(1, &["not modelled: journalctl ", long, "\n"]),
            short => {
                let Some(letters) = short.strip_prefix('-') else {
                    return Said::err(1, &["not modelled: journalctl ", short, "\n"]);
                };
                let count = letters.trim_start_matches(|c: char| !c.is_ascii_digit());
                if let (Some(lines), true) = (letters.strip_prefix('n'), letters.len() > count.len()) {
                    last = lines.parse().unwrap_or(last);
                    continue;
                }
                for letter in letters.chars() {
                    match letter {
                        'x' => explained = true,
                        'e' | 'q' | 'r' if letter != 'r' => {}
                        'u' => unit = words.next().unwrap_or(""),
                        _ => return Said::err(1, &["not modelled: journalctl ", short, "\n"]),
                    }
                }
            }
        }
    }
    let lines = match unit.strip_suffix(".service").unwrap_or(unit) {
        "nginx" => journal(call.world, call.state, explained),
        unit @ ("postgresql" | "postgresql@15-main") => {
            postgres::journal(call.state, unit).lines().map(str::to_owned).collect()
        }
        "" => return Said::err(1, &["not modelled: the journal of the whole system\n"]),
        "ssh" | "sshd" | "cron" => return Said::err(1, &["not modelled: the journal of ", unit, "\n"]),
        _ => return Said::out("-- No entries --\n".to_owned()),
    };
    let lines = &lines[lines.len().saturating_sub(last)..];
    Said::out(lines.iter().flat_map(|line| [line, "\n"]).collect())
}
