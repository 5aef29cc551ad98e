//! `upstream`, its servers, and the groups that a `proxy_pass` makes (`ngx_http_upstream_add`).

use super::address::{self, For, Url, url};
use super::numbers::{number, time};
use super::{Check, Done, Scope, Words, after};
use crate::problem::Problem;

/// A group of servers, declared by `upstream` or made by naming a host.
#[derive(Clone, Debug)]
struct Group {
    declared: bool,
    /// The port that was written, and the default one.
    port: Option<u16>,
    fallback: u16,
    host: String,
    place: (String, u32, u32, u32),
    /// The problem of a declared group that has only spare servers.
    problem: Option<Problem>,
}

/// All groups, in order, and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    all: Vec<Group>,
    /// Names in lower case with the groups of that name; sorted.
    names: Vec<(String, Vec<usize>)>,
}

impl Check<'_> {
    pub(super) fn upstream(&mut self, words: Words<'_>) -> Done {
        let name = words.arg(0);
        let place = (self.document.clone(), self.at.0, self.at.1, self.at.2);
        let group = Group { declared: true, port: None, fallback: 0, host: name.to_owned(), place, problem: None };
        if let Some(at) = self.groups_named(name).into_iter().next() {
            let other = &mut self.groups.all[at];
            if other.declared {
                return self.stop(&["duplicate upstream \"", name, "\""]);
            }
            if let Some(port) = other.port {
                let place = [" in ", &other.place.0, ":", &other.place.3.to_string()].concat();
                let words = ["upstream \"", name, "\" may not have port ", &port.to_string(), &place].concat();
                return Err(Box::new(Problem { words, ..*self.problem(&[]) }));
            }
            *other = group;
            return Ok(());
        }
        self.groups_add(group);
        Ok(())
    }

    /// A host to which requests are passed on; `fallback` is the port where none is written.
    pub(super) fn pass_to(&mut self, place: &Url<'_>, fallback: u16) -> Done {
        for at in self.groups_named(place.host) {
            let other = &self.groups.all[at];
            if other.declared {
                if let Some(port) = place.port {
                    let port = port.to_string();
                    return self.stop(&["upstream \"", place.host, "\" may not have port ", &port]);
                }
                return Ok(());
            }
            if other.port.unwrap_or(other.fallback) == place.port.unwrap_or(fallback) {
                return Ok(());
            }
        }
        let at = (self.document.clone(), self.at.0, self.at.1, self.at.2);
        let host = place.host.to_owned();
        self.groups_add(Group { declared: false, port: place.port, fallback, host, place: at, problem: None });
        Ok(())
    }

    fn groups_named(&self, name: &str) -> Vec<usize> {
        let lower = name.to_ascii_lowercase();
        match self.groups.names.binary_search_by(|(known, _)| known.as_str().cmp(&lower)) {
            Ok(at) => self.groups.names[at].1.clone(),
            Err(_) => Vec::new(),
        }
    }

    fn groups_add(&mut self, group: Group) {
        let lower = group.host.to_ascii_lowercase();
        let number = self.groups.all.len();
        match self.groups.names.binary_search_by(|(known, _)| known.as_str().cmp(&lower)) {
            Ok(at) => self.groups.names[at].1.push(number),
            Err(at) => self.groups.names.insert(at, (lower, vec![number])),
        }
        self.groups.all.push(group);
    }

    /// A `server` of a group: its parameters are read first, then its address (`ngx_http_upstream_server`).
    pub(super) fn upstream_server(&mut self, words: Words<'_>) -> Done {
        let mut backup = false;
        for flag in &words.args[1..] {
            let valid = if let Some(value) = after(flag, "weight=") {
                number(value).is_some_and(|n| n > 0)
            } else if let Some(value) = after(flag, "max_conns=").or_else(|| after(flag, "max_fails=")) {
                number(value).is_some()
            } else if let Some(value) = after(flag, "fail_timeout=") {
                time(value, true).is_some()
            } else {
                backup |= flag == "backup";
                flag == "backup" || flag == "down"
            };
            if flag == "backup" && self.noted("no spares").is_some() {
                return self.stop(&["balancing method does not support parameter \"", flag, "\""]);
            }
            if !valid {
                return self.stop(&["invalid parameter \"", flag, "\""]);
            }
        }
        let first = words.arg(0);
        let place = match url(first, For::Connect) {
            Ok(place) => place,
            Err(what) => return self.stop(&[what, " in upstream \"", first, "\""]),
        };
        if address::is_address(place.host) || self.resolves(place.host).is_some() {
            self.note(if backup { "spare" } else { "server" }, "");
            return Ok(());
        }
        if address::numeric(place.host) {
            self.unsure("an address in an unusual form");
            return Ok(());
        }
        self.stop(&["host not found in upstream \"", first, "\""])
    }

    pub(super) fn upstream_ended(&mut self, ended: &Scope) -> Done {
        let has = |what: &str| ended.notes.iter().any(|(name, _)| *name == what);
        if has("server") {
            return Ok(());
        }
        if !has("spare") {
            return self.stop(&["no servers are inside upstream"]);
        }
        if let Some(group) = self.groups.all.iter_mut().rfind(|group| group.declared) {
            let line = group.place.3.to_string();
            let words = ["no servers in upstream \"", &group.host, "\" in ", &group.place.0, ":", &line].concat();
            group.problem = Some(Problem::error(&group.place.0, group.place.1, group.place.2, words));
        }
        Ok(())
    }

    /// How a group chooses its server.
    pub(super) fn method(&mut self, words: Words<'_>) -> Done {
        match words.name {
            "hash" => {
                self.script(words.arg(0))?;
                if words.args.len() == 2 && words.arg(1) != "consistent" {
                    return self.stop(&["invalid parameter \"", words.arg(1), "\""]);
                }
            }
            "random" => {
                for (at, flag) in words.args.iter().enumerate() {
                    let right = [&["two"][..], &["least_conn", "least_time=header", "least_time=last_byte"]][at.min(1)];
                    if !right[..1].contains(&flag.as_str()) {
                        return self.stop(&["invalid parameter \"", flag, "\""]);
                    }
                }
            }
            "keepalive" => {
                self.once(words)?;
                let count = words.arg(0);
                if number(count).is_none_or(|n| n == 0) {
                    return self.stop(&["invalid value \"", count, "\" in \"keepalive\" directive"]);
                }
            }
            _ => {}
        }
        if words.name != "keepalive" && self.noted("method").is_some() {
            self.warn(&["load balancing method redefined"]);
        }
        self.note("method", "");
        if words.name != "keepalive" && words.name != "least_conn" {
            self.note("no spares", "");
        }
        Ok(())
    }

    /// At the end, group by group: those without a server that always takes part, and names nobody has
    /// (`ngx_http_upstream_init_round_robin`).
    pub(super) fn groups_at_the_end(&mut self) -> Done {
        for group in &self.groups.all {
            if let Some(problem) = &group.problem {
                return Err(Box::new(problem.clone()));
            }
            if !group.declared && !group.host.starts_with("unix:") && group.port.is_none() && group.fallback == 0 {
                let (document, line, column, end) = &group.place;
                let words = ["no port in upstream \"", &group.host, "\" in ", document, ":", &end.to_string()].concat();
                return Err(Box::new(Problem::error(document, *line, *column, words)));
            }
            if group.declared || address::is_address(&group.host) || self.resolves(&group.host).is_some() {
                continue;
            }
            let (document, line, column, end) = &group.place;
            if address::numeric(&group.host) {
                let words = "an address in an unusual form".to_owned();
                self.problems.push(Problem { column: *column, ..Problem::not_modelled(document, *line, words) });
                return Ok(());
            }
            let words =
                ["host not found in upstream \"", &group.host, "\" in ", document, ":", &end.to_string()].concat();
            return Err(Box::new(Problem::error(document, *line, *column, words)));
        }
        Ok(())
    }
}
