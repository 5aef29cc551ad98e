//! Blocks: what is checked when one opens, in those whose inside is a language of its own, and when one closes.

use super::finish::Later;
use super::listen::{Kind, hashed};
use super::location::{How, Place};
use super::numbers::number;
use super::{Check, Done, Scope, Words, address};
use crate::problem::Severity;

/// What a block of entries has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    hostnames: bool,
    default: bool,
    ranges: bool,
    /// Keys, with the value where nginx says it; sorted.
    keys: Vec<(u8, String, String)>,
    /// Shares in hundredths of per cent, 0 for the rest.
    shares: Vec<u64>,
}

impl Entries {
    /// Notes a key; the value that it had already, if it had one.
    pub(super) fn insert(&mut self, kind: u8, key: &str, value: &str) -> Option<String> {
        match self.keys.binary_search_by(|(k, name, _)| (*k, name.as_str()).cmp(&(kind, key))) {
            Ok(at) => Some(core::mem::replace(&mut self.keys[at].2, value.to_owned())),
            Err(at) => {
                self.keys.insert(at, (kind, key.to_owned(), value.to_owned()));
                None
            }
        }
    }

    /// Takes a key away again.
    fn remove(&mut self, key: &str) -> Option<String> {
        let at = self.keys.binary_search_by(|(k, name, _)| (*k, name.as_str()).cmp(&(0, key))).ok()?;
        Some(self.keys.remove(at).2)
    }

    /// A name with wildcards goes into two tables (`ngx_hash_add_key`); whether one of them has it already.
    fn taken(&mut self, kind: Kind, key: &str) -> bool {
        match kind {
            Kind::Exact => self.insert(0, key, "").is_some(),
            Kind::Head => self.insert(1, key, "").is_some(),
            Kind::Tail => self.insert(2, key, "").is_some(),
            Kind::Both => self.insert(0, key, "").is_some() || self.insert(1, key, "").is_some(),
        }
    }
}

impl Check<'_> {
    /// A directive with a block was read; its inside follows.
    pub(super) fn open(&mut self, words: Words<'_>) -> Done {
        let number = self.numbered(words.name == "server");
        let mut inside = Scope { number, name: words.name.to_owned(), inside: ' ', ..Scope::default() };
        match words.name {
            "server" => {
                self.servers += 1;
                self.server_begins();
                inside.inside = 'S';
            }
            "http" => inside.inside = 'H',
            "events" => inside.inside = 'e',
            "location" => return self.location(words, number),
            "if" => return self.if_block(words, number),
            "limit_except" => {
                let methods = "GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH";
                if self.noted("limit_except").is_some() {
                    return self.wrong(words, "is duplicate");
                }
                self.note("limit_except", "");
                for method in words.args {
                    if !methods.split(' ').any(|known| known.eq_ignore_ascii_case(method)) {
                        return self.stop(&["invalid method \"", method, "\""]);
                    }
                }
                inside.inside = 'X';
                inside.place = Place { how: How::Noname, ..Place::default() };
            }
            "upstream" => {
                self.upstream(words)?;
                inside.inside = 'U';
            }
            "map" => {
                self.script(words.arg(0))?;
                self.make_argument(words.arg(1))?;
            }
            "split_clients" => {
                self.script(words.arg(0))?;
                self.make_argument(words.arg(1))?;
            }
            "geo" => {
                if let Some(source) = words.args.get(1).map(|_| words.arg(0)) {
                    match source.strip_prefix('$') {
                        Some(name) => self.want(name),
                        None => return self.stop(&["invalid variable name \"", source, "\""]),
                    }
                }
                self.make_argument(words.args.last().map_or("", String::as_str))?;
            }
            _ => {}
        }
        inside.at = (self.at.0, self.at.1);
        self.scopes.push(inside);
        Ok(())
    }

    /// A block has ended, on this line.
    pub(in crate::proxy) fn close(&mut self, line: u32) -> Done {
        self.headers_end();
        let Some(mut ended) = self.scopes.pop() else { return Ok(()) };
        self.at = (ended.at.0, ended.at.1, line);
        match ended.name.as_str() {
            "location" => {
                let place = core::mem::take(&mut ended.place);
                self.scope().place.ended(place);
            }
            "server" => {
                self.scopes.push(ended);
                let listens = self.listen_by_default();
                let place = core::mem::take(&mut self.scope().place);
                self.scopes.pop();
                listens?;
                self.late.extend(place.first_problem());
            }
            "http" => self.finish(line)?,
            "upstream" => self.upstream_ended(&ended)?,
            "split_clients" => self.split_ended(&ended.entries.shares)?,
            "map" => {
                let table = self.table("map_hash", 2048);
                let keys = ended.entries.keys.iter();
                let names: Vec<&str> = keys.filter(|(kind, ..)| *kind == 0).map(|(_, name, _)| name.as_str()).collect();
                match self.fits(&table, &names) {
                    Some(problem) if problem.severity == Severity::Error => return Err(Box::new(problem)),
                    problem => self.problems.extend(problem),
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The headers of a block that has ended are looked at when settings are merged.
    fn headers_end(&mut self) {
        let (headers, at) = (core::mem::take(&mut self.scope().headers), self.scope().headers_at);
        if !headers.is_empty() {
            let before = self.at;
            (self.at.0, self.at.1) = at;
            self.later("proxy", Later::Headers(headers));
            self.at = before;
        }
    }

    /// A line inside a block whose inside is a language of its own.
    pub(super) fn entry(&mut self, words: &[String]) -> Done {
        if words.first().is_some_and(|first| first == "include") && self.scope().name != "charset_map" {
            if words.len() != 2 {
                let what = match self.scope().name.as_str() {
                    "types" => "invalid number of arguments in \"include\" directive",
                    "map" => "invalid number of the map parameters",
                    _ => "invalid number of the geo parameters",
                };
                return self.stop(&[what]);
            }
            self.unsure("`include`: other files are not read");
            return Ok(());
        }
        match self.scope().name.clone().as_str() {
            "types" => self.type_entry(words),
            "map" => self.map_entry(words),
            "geo" => self.geo_entry(words),
            "split_clients" => self.split_entry(words),
            _ => {
                self.unsure("the inside of `charset_map`");
                Ok(())
            }
        }
    }

    fn type_entry(&mut self, words: &[String]) -> Done {
        let kind = &words[0];
        for ending in &words[1..] {
            let ending = ending.to_ascii_lowercase();
            if let Some(before) = self.scope().entries.insert(0, &ending, kind) {
                self.warn(&[
                    "duplicate extension \"",
                    &ending,
                    "\", content type: \"",
                    kind,
                    "\", previous content type: \"",
                    &before,
                    "\"",
                ]);
            }
        }
        Ok(())
    }

    fn map_entry(&mut self, words: &[String]) -> Done {
        let key = words[0].as_str();
        if let [_] = words {
            match key {
                "hostnames" => {
                    self.scope().entries.hostnames = true;
                    return Ok(());
                }
                "volatile" => return Ok(()),
                _ => {}
            }
        }
        let [_, value] = words else { return self.stop(&["invalid number of the map parameters"]) };
        self.script(value)?;
        if key == "default" {
            if core::mem::replace(&mut self.scope().entries.default, true) {
                return self.stop(&["duplicate default map parameter"]);
            }
            return Ok(());
        }
        if let Some(pattern) = key.strip_prefix('~') {
            return self.regex(pattern.strip_prefix('*').unwrap_or(pattern));
        }
        let key = key.strip_prefix('\\').unwrap_or(key);
        let lower = key.to_ascii_lowercase();
        let entries = &mut self.scope().entries;
        let taken = if entries.hostnames {
            match hashed(&lower) {
                Some((kind, name)) => entries.taken(kind, name),
                None => return self.stop(&["invalid hostname or wildcard \"", key, "\""]),
            }
        } else {
            entries.insert(0, &lower, "").is_some()
        };
        if taken { self.stop(&["conflicting parameter \"", &lower, "\""]) } else { Ok(()) }
    }

    fn geo_entry(&mut self, words: &[String]) -> Done {
        let key = words[0].as_str();
        if let [_] = words {
            match key {
                "ranges" => {
                    if !self.scope().entries.keys.is_empty() || self.scope().entries.default {
                        return self
                            .stop(&["the \"ranges\" directive must be the first directive inside \"geo\" block"]);
                    }
                    self.scope().entries.ranges = true;
                    self.unsure("ranges in `geo`");
                    return Ok(());
                }
                "proxy_recursive" => return Ok(()),
                _ => {}
            }
        }
        let [_, value] = words else { return self.stop(&["invalid number of the geo parameters"]) };
        if self.scope().entries.ranges {
            return Ok(());
        }
        let network = if key == "proxy" || key == "delete" { value } else { key };
        if key == "default" {
            self.scope().entries.default = true;
        } else {
            match address::network(network) {
                None if key == "proxy" && self.resolves(network).is_some() => {}
                None => return self.stop(&["invalid network \"", network, "\""]),
                Some(true) => self.warn(&["low address bits of ", network, " are meaningless"]),
                Some(false) => {}
            }
        }
        match key {
            "proxy" => {}
            "delete" => {
                if self.scope().entries.remove(network).is_none() {
                    self.warn(&["no network \"", network, "\" to delete"]);
                }
            }
            _ => {
                if let Some(before) = self.scope().entries.insert(0, network, value) {
                    let words =
                        ["duplicate network \"", network, "\", value: \"", value, "\", old value: \"", &before, "\""];
                    self.warn(&words);
                    // The default is entered for both families of addresses.
                    if key == "default" {
                        self.warn(&words);
                    }
                }
            }
        }
        Ok(())
    }

    fn split_entry(&mut self, words: &[String]) -> Done {
        let share = words[0].as_str();
        let parts = if share == "*" {
            Some(0)
        } else {
            share.strip_suffix('%').and_then(hundredths).filter(|parts| *parts > 0)
        };
        match parts {
            Some(parts) => self.scope().entries.shares.push(parts),
            None => return self.stop(&["invalid percent value \"", share, "\""]),
        }
        Ok(())
    }

    /// All shares together; `*` fills up to the whole.
    fn split_ended(&mut self, shares: &[u64]) -> Done {
        let mut sum = 0;
        for share in shares {
            sum = if *share == 0 { 10_000 } else { sum + share };
            if sum > 10_000 {
                return self.stop(&["percent total is greater than 100%"]);
            }
        }
        Ok(())
    }
}

/// A number with up to two decimals, in hundredths (`ngx_atofp`).
fn hundredths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 2 || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let value = |text: &str| if text.is_empty() { Some(0) } else { number(text) };
    let scale = if part.len() == 1 { 10 } else { 1 };
    value(whole)?.checked_mul(100)?.checked_add(value(part)? * scale)
}
