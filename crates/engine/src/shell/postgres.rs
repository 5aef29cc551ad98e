//! systemd's view of PostgreSQL, and Debian's (systemd 252; postgresql-common 248).
//!
//! `postgresql.service` is a unit that does nothing (`ExecStart=/bin/true`): what starts and stops the server is
//! `postgresql@15-main.service`, which follows it. So `systemctl start postgresql` is content whether or not the server
//! came up, and its status says `active (exited)`.

use super::run::{Call, Said};
use crate::state::State;

/// The server's log.
pub(super) const LOG: &str = "/var/log/postgresql/postgresql-15-main.log";

const WHOLE: &str = "PostgreSQL RDBMS";
const MAIN: &str = "PostgreSQL Cluster 15-main";

pub(super) fn systemctl(call: Call<'_>, verb: &str, unit: &str) -> Said {
    let Call { world, state, root, .. } = call;
    let whole = unit == "postgresql";
    match verb {
        "status" => return status(state, whole),
        "is-active" => {
            let (word, status) = match (active(state, whole), state.database.failure.is_some()) {
                (true, _) => ("active\n", 0),
                (false, true) => ("failed\n", 3),
                (false, false) => ("inactive\n", 3),
            };
            return Said { out: word.to_owned(), status, ..Said::default() };
        }
        "start" | "stop" | "restart" | "reload" if !root => return super::units::forbidden(verb, unit),
        "stop" => state.stop_database(world),
        "start" => {
            state.start_database(world);
        }
        "restart" => {
            state.stop_database(world);
            state.start_database(world);
        }
        "reload" => {
            return Said::err(1, &["not modelled: which settings PostgreSQL takes over without a restart\n"]);
        }
        _ => return Said::err(1, &["not modelled: systemctl ", verb, "\n"]),
    }
    Said::default()
}

/// The unit that does nothing is active once it was started, whatever became of the server: its failure is passed over.
fn active(state: &State, whole: bool) -> bool {
    state.database.running || (whole && state.database.failure.is_some())
}

/// `systemctl status`, without what nobody can know here: memory, control group, times.
fn status(state: &State, whole: bool) -> Said {
    let running = state.database.running;
    let (name, words, file) = match whole {
        true => ("postgresql.service", WHOLE, "postgresql.service; enabled; preset: enabled"),
        false => ("postgresql@15-main.service", MAIN, "postgresql@.service; enabled-runtime; preset: enabled"),
    };
    let (sign, is) = match (active(state, whole), whole) {
        (true, true) => ("●", "active (exited)"),
        (true, false) => ("●", "active (running)"),
        (false, false) if state.database.failure.is_some() => ("×", "failed (Result: protocol)"),
        (false, _) => ("○", "inactive (dead)"),
    };
    let mut out = [
        sign,
        " ",
        name,
        " - ",
        words,
        "\n     Loaded: loaded (/lib/systemd/system/",
        file,
        ")\n     Active: ",
        is,
        "\n",
    ]
    .concat();
    if !whole && !running && state.database.failure.is_some() {
        out += &["\n", &journal(state, "postgresql@15-main")].concat();
    }
    Said { out, status: if active(state, whole) { 0 } else { 3 }, ..Said::default() }
}

/// What systemd's journal holds of the last start or stop.
pub(super) fn journal(state: &State, unit: &str) -> String {
    let systemd = |words: &[&str]| ["systemd[1]: ", &words.concat(), "\n"].concat();
    let (words, service) = match unit {
        "postgresql" => (["postgresql.service - ", WHOLE].concat(), "postgresql.service"),
        _ => (["postgresql@15-main.service - ", MAIN].concat(), "postgresql@15-main.service"),
    };
    if unit == "postgresql" {
        return match active(state, true) {
            true => [systemd(&["Starting ", &words, "..."]), systemd(&["Finished ", &words, "."])].concat(),
            false => [systemd(&[service, ": Deactivated successfully."]), systemd(&["Stopped ", &words, "."])].concat(),
        };
    }
    match (&state.database.failure, state.database.running) {
        (_, true) => [systemd(&["Starting ", &words, "..."]), systemd(&["Started ", &words, "."])].concat(),
        (Some(lines), false) => {
            let said = |line: &String| ["postgresql@15-main[740]: ", line, "\n"].concat();
            [
                systemd(&["Starting ", &words, "..."]),
                lines.iter().map(said).collect(),
                systemd(&[
                    service,
                    ": Can't open PID file /run/postgresql/15-main.pid (yet?) after start: No such file or directory",
                ]),
                systemd(&[service, ": Failed with result 'protocol'."]),
                systemd(&["Failed to start ", &words, "."]),
            ]
            .concat()
        }
        (None, false) => [
            systemd(&["Stopping ", &words, "..."]),
            systemd(&[service, ": Deactivated successfully."]),
            systemd(&["Stopped ", &words, "."]),
        ]
        .concat(),
    }
}

/// `pg_lsclusters`.
pub(super) fn clusters(call: Call<'_>) -> Said {
    let (status, port) =
        (if call.state.database.running { "online" } else { "down  " }, call.state.database.conf.port.0);
    let port = port.to_string();
    let gap = " ".repeat(5_usize.saturating_sub(port.len()));
    let head = "Ver Cluster Port Status Owner    Data directory              Log file\n";
    let row = ["15  main    ", &port, &gap, status, " postgres /var/lib/postgresql/15/main ", LOG, "\n"];
    Said::out([head, &row.concat()].concat())
}
