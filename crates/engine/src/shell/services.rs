//! nginx's own command line (nginx 1.22.1 as Debian 12 builds it: what it says before it has opened its log goes to the
//! terminal, with date and number). systemd's view of it is in [`units`](super::units).
//!
//! nginx reads the certificates, which only root may, so an ordinary user's `nginx -t` fails whatever is configured.

use super::run::{Call, Said};
use crate::problem::Severity;
use crate::proxy::Config;
use crate::state::State;
use crate::tls::Date;
use crate::world::World;

const FILE: &str = "configuration file /etc/nginx/nginx.conf";

pub(super) fn nginx(call: Call<'_>) -> Said {
    let Call { world, state, words, root, .. } = call;
    if words == ["-v"] {
        return Said::err(0, &["nginx version: nginx/1.22.1\n"]);
    }
    let (test, quiet, signal) = match *words {
        [] => (false, false, None),
        ["-q"] => (false, true, None),
        ["-t"] | ["-T"] => (true, false, None),
        ["-t", "-q"] | ["-q", "-t"] | ["-tq"] | ["-qt"] => (true, true, None),
        ["-s", signal @ ("reload" | "stop" | "quit" | "reopen")] => (false, false, Some(signal)),
        ["-s", other] => return Said::err(1, &["nginx: invalid option: \"-s ", other, "\"\n"]),
        ["-s"] => return Said::err(1, &["nginx: option \"-s\" requires parameter\n"]),
        ["-h" | "-?" | "-V" | "-c" | "-p" | "-g" | "-e", ..] => {
            return Said::err(1, &["not modelled: nginx ", words[0], "\n"]);
        }
        [option, ..] => {
            return Said::err(1, &["nginx: invalid option: \"", option.strip_prefix('-').unwrap_or(option), "\"\n"]);
        }
    };
    let mut run = Run::new(world, state);
    let config = world.nginx();
    if !run.configured(&config, root) {
        if test {
            run.plain(&["nginx: ", FILE, " test failed"]);
        }
        return run.ends(1);
    }
    if test {
        if !quiet {
            run.plain(&["nginx: the ", FILE, " syntax is ok"]);
        }
        if !root {
            run.says("emerg", "open() \"/run/nginx.pid\" failed (13: Permission denied)");
            run.plain(&["nginx: ", FILE, " test failed"]);
            return run.ends(1);
        }
        if !quiet {
            run.plain(&["nginx: ", FILE, " test is successful"]);
        }
        let mut said = run.ends(0);
        if words == ["-T"] {
            dump(world, &mut said);
        }
        return said;
    }
    let Some(signal) = signal else {
        return run.starts(world, state, root);
    };
    run.says("notice", "signal process started");
    if !state.nginx.running {
        run.says("error", "open() \"/run/nginx.pid\" failed (2: No such file or directory)");
        return run.ends(1);
    }
    if !root {
        let number = match signal {
            "reload" => "1",
            "stop" => "15",
            "quit" => "3",
            _ => "10",
        };
        let first = state.unit.processes.0.to_string();
        run.says("alert", &["kill(", &first, ", ", number, ") failed (1: Operation not permitted)"].concat());
        return run.ends(1);
    }
    match signal {
        "reload" => _ = state.reload_nginx(world),
        "reopen" => {}
        _ => {
            state.unit_ends();
            state.stop_nginx();
        }
    }
    run.ends(0)
}

/// A run of nginx's program, and what it has said.
struct Run {
    /// `2026/02/14 09:00:00`.
    date: String,
    /// `1301#1301`.
    number: String,
    said: String,
}

impl Run {
    fn new(world: &World, state: &mut State) -> Self {
        let number = state.unit.by_hand().to_string();
        Self { date: dated(world, state.now), number: [&number, "#", &number].concat(), said: String::new() }
    }

    fn plain(&mut self, pieces: &[&str]) {
        self.said += &[&pieces.concat(), "\n"].concat();
    }

    fn says(&mut self, weight: &str, words: &str) {
        self.said += &[&self.date, " [", weight, "] ", &self.number, ": ", words, "\n"].concat();
    }

    fn ends(self, status: u8) -> Said {
        Said::err(status, &[&self.said])
    }

    /// Reads the configuration. False where it is wrong, or where its certificates are not to be read.
    fn configured(&mut self, config: &Config, root: bool) -> bool {
        if !root {
            let words = "the \"user\" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:1";
            self.says("warn", words);
        }
        for problem in config.problems.iter().filter(|problem| problem.severity == Severity::Warning) {
            self.says("warn", &problem.words);
        }
        if let Some(problem) = config.error() {
            self.says("emerg", &problem.words);
            return false;
        }
        let used = config.servers.iter().find_map(|server| server.certificate.as_ref());
        if let (false, Some((path, _))) = (root, used) {
            const ERROR: &str =
                "\": BIO_new_file() failed (SSL: error:8000000D:system library::Permission denied:calling fopen(";
            const REST: &str = ", r) error:10080002:BIO routines::system lib)";
            self.says("emerg", &["cannot load certificate \"", path, ERROR, path, REST].concat());
            return false;
        }
        true
    }

    /// nginx itself.
    fn starts(mut self, world: &World, state: &mut State, root: bool) -> Said {
        if !root {
            self.says("emerg", "open() \"/var/log/nginx/error.log\" failed (13: Permission denied)");
            return self.ends(1);
        }
        if state.nginx.running {
            return Said::err(1, &["not modelled: starting nginx twice; systemctl status nginx says that it runs\n"]);
        }
        if state.start_nginx(world) {
            return self.ends(0);
        }
        let words = state.nginx.failure.as_ref().map_or_else(String::new, |problem| problem.words.clone());
        // Its log is open by now.
        (0..5).for_each(|_| self.plain(&["nginx: [emerg] ", &words]));
        self.plain(&["nginx: [emerg] still could not bind()"]);
        self.ends(1)
    }
}

/// A moment as nginx writes it.
pub(super) fn dated(world: &World, at: crate::time::Micros) -> String {
    let date = world.network().date.map(|(date, _)| Date(date.0 + (at.0 / 1_000_000) as i64).iso_text());
    date.map_or_else(|| "****/**/** **:**:**".to_owned(), |date| date.replace('-', "/"))
}

/// `nginx -T`: the files as nginx has read them.
fn dump(world: &World, said: &mut Said) {
    let mut files: Vec<_> = world.of(crate::world::Kind::Nginx).collect();
    crate::text::sort(&mut files, |document| document.name.clone());
    said.out = files.iter().flat_map(|d| ["# configuration file ", &d.name, ":\n", &d.text, "\n"]).collect();
    said.err += "not modelled: /etc/nginx/nginx.conf and mime.types in this listing\n";
}
