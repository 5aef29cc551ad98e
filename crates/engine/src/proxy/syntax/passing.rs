//! The directives that pass requests on: `proxy_pass` and its kin.

use super::address::{For, url};
use super::finish::Later;
use super::location::How;
use super::own::{family, has_variable};
use super::{Check, Done, Words};

impl Check<'_> {
    /// A directive of the modules that pass requests on, and the rest.
    pub(super) fn passing(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        let rest = words.name.split_once('_').map_or("", |(_, rest)| rest);
        match rest {
            "pass" => self.pass(words),
            "redirect" | "cookie_domain" | "cookie_path" | "cookie_flags" => self.replacement(words, rest),
            "cache" => {
                self.once(words)?;
                if first == "off" {
                    return Ok(());
                }
                if self.noted("store") == Some(family(words.name)) {
                    let store = ["is incompatible with \"", family(words.name), "_store\""].concat();
                    return self.wrong(words, &store);
                }
                self.note("cache", family(words.name));
                self.script(first)?;
                if !has_variable(first) {
                    let zone = self.zone(first, 0, family(words.name))?;
                    self.later(family(words.name), Later::Zone(zone));
                }
                Ok(())
            }
            "cache_key" => {
                self.once(words)?;
                self.script(first)
            }
            "store" => {
                self.once(words)?;
                if first == "off" {
                    return Ok(());
                }
                if self.noted("cache") == Some(family(words.name)) {
                    let cache = ["is incompatible with \"", family(words.name), "_cache\""].concat();
                    return self.wrong(words, &cache);
                }
                self.note("store", family(words.name));
                if first == "on" { Ok(()) } else { self.script(first) }
            }
            "split_path_info" => {
                let groups = self.regex_groups(first)?;
                if groups == Some(2) || groups.is_none() {
                    return Ok(());
                }
                self.stop(&["pattern \"", first, "\" must have 2 captures"])
            }
            _ => {
                // Files that would have to be opened, and browsers' names.
                self.unsure(&["the arguments of `", words.name, "`"].concat());
                Ok(())
            }
        }
    }

    fn pass(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        if self.noted("pass") == Some(words.name) {
            return self.wrong(words, "is duplicate");
        }
        self.note("pass", words.name);
        if words.name == "proxy_pass" {
            self.note("passes", if has_variable(first) { "variables" } else { "url" });
        }
        if has_variable(first) && words.name != "memcached_pass" {
            return self.script(first);
        }
        let (prefix, fallback) = match (words.name, first) {
            ("proxy_pass", text) if starts(text, "http://") => (7, 80),
            ("proxy_pass", text) if starts(text, "https://") => (8, 443),
            ("proxy_pass", _) => return self.stop(&["invalid URL prefix"]),
            ("grpc_pass", text) if starts(text, "grpc://") => (7, 80),
            ("grpc_pass", text) if starts(text, "grpcs://") => (8, 443),
            ("uwsgi_pass", text) if starts(text, "uwsgi://") => (8, 0),
            ("uwsgi_pass", text) if starts(text, "suwsgi://") => (9, 0),
            _ => (0, 0),
        };
        if words.name == "grpc_pass" && prefix == 0 {
            // Without a prefix it is grpc://, and keeps port 80.
            return self.pass_on(words, first, 80);
        }
        let text = &first[prefix..];
        self.pass_on(words, text, fallback)?;
        let uri = url(text, For::Pass).map_or("", |place| place.uri);
        let how = self.scope().place.how;
        if words.name == "proxy_pass" && !uri.is_empty() && !matches!(how, How::Exact | How::Prefix) {
            return self.stop(&["\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \"if\" statement, or inside \"limit_except\" block"]);
        }
        if words.name == "memcached_pass" {
            self.want("memcached_key");
        }
        Ok(())
    }

    fn pass_on(&mut self, words: Words<'_>, text: &str, fallback: u16) -> Done {
        let what = if words.name == "proxy_pass" { For::Pass } else { For::Connect };
        match url(text, what) {
            Err(what) => self.stop(&[what, " in upstream \"", text, "\""]),
            Ok(place) => self.pass_to(&place, fallback),
        }
    }

    /// `proxy_redirect`, `proxy_cookie_domain`, `proxy_cookie_path`, `proxy_cookie_flags`.
    fn replacement(&mut self, words: Words<'_>, what: &str) -> Done {
        let first = words.arg(0);
        let what = match what {
            "redirect" => "redirect",
            "cookie_domain" => "cookie_domain",
            "cookie_path" => "cookie_path",
            _ => "cookie_flags",
        };
        let before = self.noted(what).map(ToOwned::to_owned);
        if before.as_deref() == Some("off") {
            return self.wrong(words, "is duplicate");
        }
        if words.args.len() == 1 {
            if first == "off" {
                if before.is_some() {
                    return self.wrong(words, "is duplicate");
                }
                self.note(what, "off");
                return Ok(());
            }
            if what != "redirect" || first != "default" {
                return self.stop(&["invalid parameter \"", first, "\""]);
            }
            match self.noted("passes") {
                Some("variables") => {
                    return self.stop(&[
                        "\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables",
                    ]);
                }
                Some(_) => {}
                None => {
                    return self
                        .stop(&["\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive"]);
                }
            }
        }
        self.note(what, "on");
        match first.strip_prefix('~') {
            Some(pattern) => self.regex(pattern.strip_prefix('*').unwrap_or(pattern))?,
            None => self.script(first)?,
        }
        words.args[1..].iter().try_for_each(|arg| self.script(arg))
    }
}

fn starts(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
