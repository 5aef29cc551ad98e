//! Zones of shared memory, and the directives that make and use them (`ngx_shared_memory_add`).

use super::numbers::{number, size, time};
use super::{Check, Done, Words, after};
use crate::problem::Problem;

/// A zone: what it is for, its size (0 as long as nobody says one), and what it is bound to.
#[derive(Clone, Debug)]
struct Zone {
    name: String,
    purpose: &'static str,
    size: u64,
    bound: Option<String>,
    place: (String, u32, u32),
}

/// All zones, in the order in which they were first named.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    all: Vec<Zone>,
}

/// A page of memory; a zone has eight of them at least.
const PAGE: u64 = 4096;

impl Check<'_> {
    /// A zone is named, with a size or without.
    pub(super) fn zone(&mut self, name: &str, bytes: u64, purpose: &'static str) -> Result<usize, super::Stop> {
        if let Some(at) = self.zones.all.iter().position(|zone| zone.name == name) {
            let zone = &mut self.zones.all[at];
            if zone.purpose != purpose {
                return self.stop(&["the shared memory zone \"", name, "\" is already declared for a different use"]);
            }
            if zone.size == 0 {
                zone.size = bytes;
            }
            let other = zone.size;
            if bytes != 0 && bytes != other {
                let (bytes, other) = (bytes.to_string(), other.to_string());
                return self.stop(&[
                    "the size ",
                    &bytes,
                    " of shared memory zone \"",
                    name,
                    "\" conflicts with already declared size ",
                    &other,
                ]);
            }
            return Ok(at);
        }
        let place = (self.document.clone(), self.at.0, self.at.1);
        self.zones.all.push(Zone { name: name.to_owned(), purpose, size: bytes, bound: None, place });
        Ok(self.zones.all.len() - 1)
    }

    /// `zone=name:size`.
    fn sized_zone<'t>(&self, flag: &'t str, value: &'t str) -> Result<(&'t str, u64), super::Stop> {
        let Some((name, bytes)) = value.split_once(':') else {
            return self.stop(&["invalid zone size \"", flag, "\""]);
        };
        match size(bytes) {
            None => self.stop(&["invalid zone size \"", flag, "\""]),
            Some(bytes) if bytes < 8 * PAGE => self.stop(&["zone \"", flag, "\" is too small"]),
            Some(bytes) => Ok((name, bytes)),
        }
    }

    /// `limit_req_zone` and `limit_conn_zone`.
    pub(super) fn limit_zone(&mut self, words: Words<'_>, purpose: &'static str) -> Done {
        let key = words.arg(0);
        self.script(key)?;
        let mut zone = ("", 0);
        for flag in &words.args[1..] {
            if let Some(value) = after(flag, "zone=") {
                zone = self.sized_zone(flag, value)?;
            } else if let Some(value) = after(flag, "rate=").filter(|_| purpose == "requests") {
                let digits = value.strip_suffix("r/s").or_else(|| value.strip_suffix("r/m")).unwrap_or(value);
                if number(digits).is_none_or(|n| n == 0) {
                    return self.stop(&["invalid rate \"", flag, "\""]);
                }
            } else {
                return self.stop(&["invalid parameter \"", flag, "\""]);
            }
        }
        if zone.0.is_empty() {
            return self.stop(&["\"", words.name, "\" must have \"zone\" parameter"]);
        }
        let at = self.zone(zone.0, zone.1, purpose)?;
        if let Some(other) = &self.zones.all[at].bound {
            return self.stop(&[words.name, " \"", zone.0, "\" is already bound to key \"", other, "\""]);
        }
        self.zones.all[at].bound = Some(key.to_owned());
        Ok(())
    }

    pub(super) fn limit_req(&mut self, words: Words<'_>) -> Done {
        let mut zone = None;
        for flag in words.args {
            let positive = |value: &str| number(value).is_some_and(|n| n > 0);
            if let Some(name) = after(flag, "zone=") {
                zone = Some((name, self.zone(name, 0, "requests")?));
            } else if let Some(value) = after(flag, "burst=") {
                if !positive(value) {
                    return self.stop(&["invalid burst value \"", flag, "\""]);
                }
            } else if let Some(value) = after(flag, "delay=") {
                if !positive(value) {
                    return self.stop(&["invalid delay value \"", flag, "\""]);
                }
            } else if flag != "nodelay" {
                return self.stop(&["invalid parameter \"", flag, "\""]);
            }
        }
        match zone {
            None => self.stop(&["\"limit_req\" must have \"zone\" parameter"]),
            Some((_, at)) => self.once_for_zone(words, at),
        }
    }

    pub(super) fn limit_conn(&mut self, words: Words<'_>) -> Done {
        let at = self.zone(words.arg(0), 0, "connections")?;
        self.once_for_zone(words, at)?;
        match number(words.arg(1)) {
            None | Some(0) => self.stop(&["invalid number of connections \"", words.arg(1), "\""]),
            Some(1..=65535) => Ok(()),
            Some(_) => self.stop(&["connection limit must be less 65536"]),
        }
    }

    fn once_for_zone(&mut self, words: Words<'_>, at: usize) -> Done {
        match self.first_time(0x4000_0000 + at as u32) {
            true => Ok(()),
            false => self.wrong(words, "is duplicate"),
        }
    }

    /// `zone name [size]` of an upstream.
    pub(super) fn upstream_zone(&mut self, words: Words<'_>) -> Done {
        let name = words.arg(0);
        if name.is_empty() {
            return self.stop(&["invalid zone name \"", name, "\""]);
        }
        let mut bytes = 0;
        if let Some(text) = words.args.get(1) {
            bytes = match size(text) {
                None => return self.stop(&["invalid zone size \"", text, "\""]),
                Some(bytes) if bytes < 8 * PAGE => return self.stop(&["zone \"", name, "\" is too small"]),
                Some(bytes) => bytes,
            };
        }
        self.zone(name, bytes, "upstream").map(|_| ())
    }

    /// `ssl_session_cache off | none | [builtin[:size]] [shared:name:size]`.
    pub(super) fn session_cache(&mut self, words: Words<'_>) -> Done {
        for flag in words.args {
            if ["off", "none", "builtin"].contains(&flag.as_str()) {
                continue;
            }
            let invalid = |check: &Self| check.stop(&["invalid session cache \"", flag, "\""]);
            if let Some(count) = after(flag, "builtin:") {
                if number(count).is_none() {
                    return invalid(self);
                }
                continue;
            }
            let Some((name, bytes)) = after(flag, "shared:").and_then(|rest| rest.split_once(':')) else {
                return invalid(self);
            };
            match size(bytes) {
                Some(_) if name.is_empty() => return invalid(self),
                None => return invalid(self),
                Some(bytes) if bytes < 8 * PAGE => {
                    return self.stop(&["session cache \"", flag, "\" is too small"]);
                }
                Some(bytes) => self.zone(name, bytes, "tls").map(|_| ())?,
            }
        }
        Ok(())
    }

    /// `proxy_cache_path path keys_zone=name:size …`.
    pub(super) fn cache_path(&mut self, words: Words<'_>, purpose: &'static str) -> Done {
        let mut zone = None;
        for flag in &words.args[1..] {
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            let valid = match name {
                "levels" => {
                    let parts: Vec<&str> = value.split(':').collect();
                    if parts.len() > 3 || !value.is_empty() && parts.iter().any(|part| !["1", "2"].contains(part)) {
                        return self.stop(&["invalid \"levels\" \"", flag, "\""]);
                    }
                    true
                }
                "use_temp_path" => {
                    if value != "on" && value != "off" {
                        return self.stop(&[
                            "invalid use_temp_path value \"",
                            flag,
                            "\", it must be \"on\" or \"off\"",
                        ]);
                    }
                    true
                }
                "keys_zone" => {
                    let Some((name, bytes)) = value.split_once(':') else {
                        return self.stop(&["invalid keys zone size \"", flag, "\""]);
                    };
                    match size(bytes) {
                        None => return self.stop(&["invalid keys zone size \"", flag, "\""]),
                        Some(bytes) if bytes < 2 * PAGE => {
                            return self.stop(&["keys zone \"", flag, "\" is too small"]);
                        }
                        Some(bytes) => zone = Some((name, bytes)),
                    }
                    true
                }
                "inactive" => time(value, true).is_some(),
                "max_size" | "min_free" => super::numbers::offset(value).is_some(),
                "loader_files" | "manager_files" | "purger_files" => number(value).is_some(),
                "loader_sleep" | "manager_sleep" | "loader_threshold" | "manager_threshold" => {
                    time(value, false).is_some()
                }
                _ => return self.stop(&["invalid parameter \"", flag, "\""]),
            };
            if !valid {
                return self.stop(&["invalid ", name, " value \"", flag, "\""]);
            }
        }
        let Some((name, bytes)) = zone.filter(|(name, _)| !name.is_empty()) else {
            return self.stop(&["\"", words.name, "\" must have \"keys_zone\" parameter"]);
        };
        let at = self.zone(name, bytes, purpose)?;
        if self.zones.all[at].bound.is_some() {
            return self.stop(&["duplicate zone \"", name, "\""]);
        }
        self.zones.all[at].bound = Some(String::new());
        self.unsure("whether the folder of a cache can be made");
        Ok(())
    }

    /// A cache needs a zone that a path was given to.
    pub(super) fn known_zone(&self, zone: usize, family: &str) -> Done {
        match &self.zones.all[zone] {
            Zone { bound: None, name, .. } => self.stop(&["\"", family, "_cache\" zone \"", name, "\" is unknown"]),
            _ => Ok(()),
        }
    }

    /// At the end: a zone that is used, and that nobody gives a size (`ngx_init_cycle`).
    pub(super) fn zones_at_the_end(&self) -> Done {
        let Some(zone) = self.zones.all.iter().find(|zone| zone.size == 0) else { return Ok(()) };
        let words = ["zero size shared memory zone \"", &zone.name, "\""].concat();
        Err(Box::new(Problem::error(&zone.place.0, zone.place.1, zone.place.2, words)))
    }
}
