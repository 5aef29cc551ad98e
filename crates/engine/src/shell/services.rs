//! nginx, and systemd's view of it: `nginx -t`, `nginx -s`, `systemctl`, `journalctl` (nginx 1.22.1, systemd 252).
//!
//! nginx reads the certificates, which only root may, so an ordinary user's `nginx -t` fails whatever is configured.

use super::run::{Call, Said};
use crate::state::State;
use crate::world::World;

const FILE: &str = "configuration file /etc/nginx/nginx.conf";
const SEE: &str = "See \"systemctl status nginx.service\" and \"journalctl -xeu nginx.service\" for details.\n";

pub(super) fn nginx(call: Call<'_>) -> Said {
    match *call.words {
        ["-v"] => Said::err(0, &["nginx version: nginx/1.22.1\n"]),
        ["-t"] | ["-T"] | ["-s", _] if !call.root => forbidden(call.world, call.words[0] != "-s"),
        ["-t"] => test(call.world),
        ["-T"] => dump(call.world),
        ["-s", signal] => signalled(call.world, call.state, signal),
        [] if !call.root => forbidden(call.world, false),
        [] if call.state.nginx.running => {
            Said::err(1, &["not modelled: starting nginx twice; systemctl status nginx says that it runs\n"])
        }
        [] if call.state.start_nginx(call.world) => Said::default(),
        [] => Said::err(1, &["nginx: [emerg] ", &failure(call.state), "\n"]),
        [option, ..] if !option.starts_with('-') => Said::err(1, &["nginx: invalid option: \"", option, "\"\n"]),
        [option, ..] => Said::err(1, &["not modelled: nginx ", option, "\n"]),
    }
}

/// What an ordinary user gets: the log is not his to open, and neither are the keys.
fn forbidden(world: &World, test: bool) -> Said {
    const WARN: &str = "nginx: [alert] could not open error log file: open() \"/var/log/nginx/error.log\" failed (13: Permission denied)\nnginx: [warn] the \"user\" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:1\n";
    let config = world.nginx();
    let (certificates, _) = world.certificates();
    let words = match (config.error(), certificates.first()) {
        (Some(problem), _) => problem.words.clone(),
        (None, Some(certificate)) => {
            let path = &certificate.path;
            [
                "cannot load certificate \"",
                path,
                "\": BIO_new_file() failed (SSL: error:8000000D:system library::Permission denied:calling fopen(",
                path,
                ", r) error:10080002:BIO routines::system lib)",
            ]
            .concat()
        }
        (None, None) => "open() \"/run/nginx.pid\" failed (13: Permission denied)".to_owned(),
    };
    let end = if test { ["nginx: ", FILE, " test failed\n"].concat() } else { String::new() };
    Said::err(1, &[WARN, "nginx: [emerg] ", &words, "\n", &end])
}

/// `nginx -t`.
fn test(world: &World) -> Said {
    match world.nginx().error() {
        Some(problem) => Said::err(1, &["nginx: [emerg] ", &problem.words, "\nnginx: ", FILE, " test failed\n"]),
        None => Said::err(0, &["nginx: the ", FILE, " syntax is ok\nnginx: ", FILE, " test is successful\n"]),
    }
}

/// `nginx -T`: the test, and the files as nginx has read them.
fn dump(world: &World) -> Said {
    let mut said = test(world);
    if said.status == 0 {
        let mut files: Vec<_> = world.of(crate::world::Kind::Nginx).collect();
        crate::text::sort(&mut files, |document| document.name.clone());
        said.out = files.iter().flat_map(|d| ["# configuration file ", &d.name, ":\n", &d.text, "\n"]).collect();
        said.err += "not modelled: /etc/nginx/nginx.conf and mime.types in this listing\n";
    }
    said
}

/// `nginx -s reload`, `stop`, `quit`.
fn signalled(world: &World, state: &mut State, signal: &str) -> Said {
    if !matches!(signal, "reload" | "stop" | "quit" | "reopen") {
        return Said::err(1, &["nginx: invalid option: \"-s ", signal, "\"\n"]);
    }
    // The program reads the configuration before it looks for the running one.
    if let Some(problem) = world.nginx().error() {
        return Said::err(1, &["nginx: [emerg] ", &problem.words, "\n"]);
    }
    if !state.nginx.running {
        return Said::err(1, &["nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n"]);
    }
    match signal {
        "reload" => {
            let _ = state.reload_nginx(world);
        }
        "reopen" => {}
        _ => state.stop_nginx(),
    }
    Said::default()
}

fn failure(state: &State) -> String {
    state.nginx.failure.as_ref().map_or_else(String::new, |problem| problem.words.clone())
}

pub(super) fn systemctl(call: Call<'_>) -> Said {
    let Call { world, state, words, root, system, input, screen } = call;
    let (verb, unit) = match *words {
        [verb] => (verb, ""),
        ["--no-pager", verb, unit] | [verb, "--no-pager", unit] | [verb, unit, "--no-pager"] | [verb, unit] => {
            (verb, unit)
        }
        _ => return Said::err(1, &["not modelled: this use of systemctl\n"]),
    };
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    if matches!(unit, "postgresql" | "postgresql@15-main") {
        return super::postgres::systemctl(Call { world, state, words, root, system, input, screen }, verb, unit);
    }
    if !matches!(verb, "start" | "stop" | "restart" | "reload" | "is-active" | "status") {
        if matches!(
            verb,
            "enable" | "disable" | "daemon-reload" | "list-units" | "cat" | "show" | "is-enabled" | "edit"
        ) {
            return Said::err(1, &["not modelled: systemctl ", verb, "\n"]);
        }
        return Said::err(1, &["Unknown command verb ", verb, ".\n"]);
    }
    match unit {
        "nginx" => {}
        "" => return Said::err(1, &["Too few arguments.\n"]),
        "ssh" | "sshd" | "cron" | "systemd-resolved" => return Said::err(1, &["not modelled: the unit ", unit, "\n"]),
        _ if verb == "status" => return Said::err(4, &["Unit ", unit, ".service could not be found.\n"]),
        _ => return Said::err(5, &["Failed to ", verb, " ", unit, ".service: Unit ", unit, ".service not found.\n"]),
    }
    let failed = |state: &State| {
        let _ = state;
        Said::err(1, &["Job for nginx.service failed because the control process exited with error code.\n", SEE])
    };
    match verb {
        "status" => return status(state),
        "is-active" => {
            let (word, status) = if state.nginx.running { ("active\n", 0) } else { (inactive(state), 3) };
            return Said { out: word.to_owned(), status, ..Said::default() };
        }
        _ if !root => {
            let words = ["Failed to ", verb, " nginx.service: Interactive authentication required.\n"].concat();
            return Said::err(1, &[&words, "See system logs and 'systemctl status nginx.service' for details.\n"]);
        }
        "stop" => state.stop_nginx(),
        "start" | "restart" => {
            // ExecStartPre tests the configuration; a restart stops first, and stays down where that fails.
            if verb == "restart" {
                state.stop_nginx();
            }
            if !state.start_nginx(world) {
                return failed(state);
            }
        }
        _ if !state.nginx.running => return Said::err(1, &["nginx.service is not active, cannot reload.\n"]),
        _ => {
            if state.reload_nginx(world).is_err() {
                return Said::err(1, &["Job for nginx.service failed.\n", SEE]);
            }
        }
    }
    Said::default()
}

fn inactive(state: &State) -> &'static str {
    if state.nginx.failure.is_some() { "failed\n" } else { "inactive\n" }
}

/// `systemctl status nginx`, without what nobody can know here: memory, control group, times.
fn status(state: &State) -> Said {
    let (sign, active) = match (state.nginx.running, &state.nginx.failure) {
        (true, _) => ("●", "active (running)"),
        (false, Some(_)) => ("×", "failed (Result: exit-code)"),
        (false, None) => ("○", "inactive (dead)"),
    };
    let mut out = [sign, " nginx.service - A high performance web server and a reverse proxy server\n     Loaded: loaded (/lib/systemd/system/nginx.service; enabled; preset: enabled)\n     Active: ", active, "\n       Docs: man:nginx(8)\n"].concat();
    if state.nginx.failure.is_some() {
        out += &["\n", &journal(state)].concat();
    }
    Said { out, status: if state.nginx.running { 0 } else { 3 }, ..Said::default() }
}

/// What systemd's journal holds of nginx's last start.
fn journal(state: &State) -> String {
    let said = |words: &str| ["nginx[811]: ", words, "\n"].concat();
    let systemd = |words: &str| ["systemd[1]: ", words, "\n"].concat();
    const UNIT: &str = "nginx.service - A high performance web server and a reverse proxy server";
    let begins = systemd(&["Starting ", UNIT, "..."].concat());
    match &state.nginx.failure {
        Some(problem) => [
            begins,
            said(&["nginx: [emerg] ", &problem.words].concat()),
            said(&["nginx: ", FILE, " test failed"].concat()),
            systemd("nginx.service: Control process exited, code=exited, status=1/FAILURE"),
            systemd("nginx.service: Failed with result 'exit-code'."),
            systemd(&["Failed to start ", UNIT, "."].concat()),
        ]
        .concat(),
        None if state.nginx.running => [begins, systemd(&["Started ", UNIT, "."].concat())].concat(),
        None => [
            systemd(&["Stopping ", UNIT, "..."].concat()),
            systemd("nginx.service: Deactivated successfully."),
            systemd(&["Stopped ", UNIT, "."].concat()),
        ]
        .concat(),
    }
}

/// `journalctl -u nginx`: of nginx's last start or stop. Times and the host are left out, since no clock stamped them.
pub(super) fn journalctl(call: Call<'_>) -> Said {
    let mut unit = "";
    let mut words = call.words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-u" | "-xeu" | "-eu" | "-xu" => unit = words.next().copied().unwrap_or(""),
            "-n" => {
                words.next();
            }
            "--no-pager" | "-e" | "-x" | "-xe" => {}
            option if option.starts_with("--unit=") => unit = &option[7..],
            option => return Said::err(1, &["not modelled: journalctl ", option, "\n"]),
        }
    }
    match unit.strip_suffix(".service").unwrap_or(unit) {
        "nginx" => Said::out(journal(call.state)),
        unit @ ("postgresql" | "postgresql@15-main") => Said::out(super::postgres::journal(call.state, unit)),
        "" => Said::err(1, &["not modelled: the journal of the whole system\n"]),
        unit => Said::err(1, &["not modelled: the journal of ", unit, "\n"]),
    }
}
