//! Directives with checks of their own: what each says of its arguments.

use super::address::{self, For, url};
use super::location::How;
use super::numbers::{number, offset, size, time};
use super::{Check, Done, Words, after, listen};

impl Check<'_> {
    /// A directive whose kind is no common one.
    pub(super) fn own(&mut self, words: Words<'_>, kind: &str) -> Done {
        let first = words.arg(0);
        match kind {
            "cv" | "cvz" => {
                self.once(words)?;
                if kind == "cvz" && !first.is_empty() {
                    self.unsure("a client's certificate towards what is behind");
                }
                return self.script(first);
            }
            "cvsize" => {
                self.once(words)?;
                self.script(first)?;
                return self.valid(words, has_variable(first) || size(first).is_some());
            }
            "preds" => return self.scripts(words),
            "types" => return self.types(words),
            "bind" => return self.bind(words),
            "path" => return self.path(words),
            "access" => return self.access(words),
            "cachepath" => return self.cache_path(words, family(words.name)),
            "cachevalid" => return self.cache_valid(words),
            "param" => {
                if words.args.len() == 3 && words.arg(2) != "if_not_empty" {
                    return self.stop(&["invalid parameter \"", words.arg(2), "\""]);
                }
                return Ok(());
            }
            "root" => return self.root(words),
            "charset" => {
                self.once(words)?;
                if words.name == "source_charset" {
                    self.unsure("`source_charset`");
                }
                return match first.strip_prefix('$') {
                    Some("") => self.stop(&["invalid variable name \"$\""]),
                    Some(name) => {
                        self.want(name);
                        Ok(())
                    }
                    None => Ok(()),
                };
            }
            "addheader" => {
                self.script(words.arg(1))?;
                if words.args.len() == 3 && words.arg(2) != "always" {
                    return self.stop(&["invalid parameter \"", words.arg(2), "\""]);
                }
                return Ok(());
            }
            "acl" => {
                return if first == "all" || first == "unix:" { Ok(()) } else { listen::network(self, first) };
            }
            _ => {}
        }
        match words.name {
            "access_log" => self.access_log(words),
            "error_log" => self.error_log(words),
            "log_format" => self.log_format(words),
            "open_log_file_cache" => self.file_cache(words, &["max", "min_uses"], &["inactive", "valid"], ""),
            "open_file_cache" => self.file_cache(words, &["max"], &["inactive"], "the "),
            "listen" => self.listen(words),
            "server_name" => self.server_name(words),
            "set" => self.set(words),
            "return" => self.return_code(words),
            "rewrite" => self.rewrite(words),
            "server" => self.upstream_server(words),
            "ip_hash" | "least_conn" | "hash" | "random" | "keepalive" => self.method(words),
            "zone" => self.upstream_zone(words),
            "limit_req_zone" => self.limit_zone(words, "requests"),
            "limit_conn_zone" => self.limit_zone(words, "connections"),
            "limit_req" => self.limit_req(words),
            "limit_conn" => self.limit_conn(words),
            "ssl_session_cache" => self.session_cache(words),
            "error_page" => self.error_page(words),
            "try_files" => self.try_files(words),
            "expires" => self.expires(words),
            "keepalive_timeout" => {
                self.once(words)?;
                let second = words.args.get(1).is_none_or(|text| time(text, true).is_some());
                self.valid(words, time(first, false).is_some() && second)
            }
            "resolver" => self.resolver(words),
            "index" => self.index(words),
            "auth_request" => self.once(words),
            "auth_request_set" => {
                self.make_argument(first)?;
                self.script(words.arg(1))
            }
            "auth_basic_user_file" => {
                self.once(words)?;
                self.script(first)
            }
            "mirror" => {
                let off = first == "off";
                let before = self.noted("mirror").map(|value| value == "off");
                if before.is_some_and(|before| before || off) {
                    return self.wrong(words, "is duplicate");
                }
                self.note("mirror", first);
                Ok(())
            }
            "sub_filter" => {
                if first.is_empty() {
                    return self.stop(&["empty search pattern"]);
                }
                self.scripts(words)
            }
            "gzip_disable" => {
                let patterns = words.args.iter().filter(|arg| *arg != "msie6" && *arg != "degradation");
                patterns.into_iter().try_for_each(|pattern| self.regex(pattern))
            }
            "ssl" => {
                self.once(words)?;
                self.flag(words)?;
                self.note("ssl", first);
                self.warn(&["the \"ssl\" directive is deprecated, use the \"listen ... ssl\" directive instead"]);
                Ok(())
            }
            "directio" => {
                self.once(words)?;
                self.valid(words, first == "off" || offset(first).is_some())
            }
            "aio" => self.aio(words),
            "disable_symlinks" => self.disable_symlinks(words),
            "set_real_ip_from" => match address::network(first) {
                Some(_) => listen::network(self, first),
                None if first == "unix:" || self.resolves(first).is_some() => Ok(()),
                None if address::numeric(first) => {
                    self.unsure("an address in an unusual form");
                    Ok(())
                }
                None => self.stop(&["host not found in set_real_ip_from \"", first, "\""]),
            },
            "real_ip_header" | "ancient_browser_value" | "modern_browser_value" if kind == "own" => {
                if words.name == "real_ip_header" { self.once(words) } else { Ok(()) }
            }
            "userid_expires" => {
                self.once(words)?;
                self.valid(words, first == "max" || first == "off" || time(first, true).is_some())
            }
            "http2_push" => self.http2_push(words),
            "internal" => self.once(words),
            "break" | "empty_gif" | "flv" | "mp4" | "stub_status" => Ok(()),
            name if name.starts_with("http2_") => self.obsolete(words),
            _ => self.passing(words),
        }
    }

    fn valid(&mut self, words: Words<'_>, valid: bool) -> Done {
        if valid { Ok(()) } else { self.wrong(words, "invalid value") }
    }

    fn obsolete(&mut self, words: Words<'_>) -> Done {
        let instead = match words.name {
            "http2_idle_timeout" => "keepalive_timeout",
            "http2_recv_timeout" => "client_header_timeout",
            "http2_max_requests" => "keepalive_requests",
            _ => "large_client_header_buffers",
        };
        self.warn(&["the \"", words.name, "\" directive is obsolete, use the \"", instead, "\" directive instead"]);
        Ok(())
    }

    fn root(&mut self, words: Words<'_>) -> Done {
        let other = if words.name == "root" { "alias" } else { "root" };
        match self.noted("root").map(ToOwned::to_owned) {
            Some(before) if before == words.name => return self.wrong(words, "is duplicate"),
            Some(_) => {
                return self.stop(&[
                    "\"",
                    words.name,
                    "\" directive is duplicate, \"",
                    other,
                    "\" directive was specified earlier",
                ]);
            }
            None => self.note("root", words.name),
        }
        if words.name == "alias" && self.scope().place.how == How::Named {
            return self.stop(&["the \"alias\" directive cannot be used inside the named location"]);
        }
        for variable in ["document_root", "realpath_root"] {
            let named = |sign: &str, end: &str| crate::text::contains(words.arg(0), &[sign, variable, end].concat());
            if named("$", "") || named("${", "}") {
                return self.stop(&[
                    "the $",
                    variable,
                    " variable cannot be used in the \"",
                    words.name,
                    "\" directive",
                ]);
            }
        }
        self.script(words.arg(0))
    }

    fn error_page(&mut self, words: Words<'_>) -> Done {
        let count = words.args.len();
        let answer = words.arg(count - 2);
        let mut codes = count - 1;
        if let Some(code) = answer.strip_prefix('=') {
            if count == 2 || (!code.is_empty() && number(code).is_none()) {
                return self.stop(&["invalid value \"", answer, "\""]);
            }
            codes -= 1;
        }
        self.script(words.arg(count - 1))?;
        for code in &words.args[..codes] {
            match number(code) {
                None | Some(499) => return self.stop(&["invalid value \"", code, "\""]),
                Some(300..=599) => {}
                Some(_) => return self.stop(&["value \"", code, "\" must be between 300 and 599"]),
            }
        }
        Ok(())
    }

    fn try_files(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        self.scripts(words)?;
        let last = words.arg(words.args.len() - 1);
        if let Some(code) = last.strip_prefix('=')
            && number(code).is_none_or(|code| code > 999)
        {
            return self.stop(&["invalid code \"", last, "\""]);
        }
        Ok(())
    }

    fn expires(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        let modified = words.args.len() == 2;
        let text = words.arg(words.args.len() - 1);
        if modified && words.arg(0) != "modified" {
            return self.wrong(words, "invalid value");
        }
        self.script(text)?;
        if has_variable(text) {
            return Ok(());
        }
        if !modified && ["epoch", "max", "off"].contains(&text) {
            return Ok(());
        }
        if let Some(daily) = text.strip_prefix('@') {
            return match time(daily, true) {
                _ if modified => self.wrong(words, "daily time cannot be used with \"modified\" parameter"),
                None => self.wrong(words, "invalid value"),
                Some(seconds) if seconds > 86_400 => self.wrong(words, "daily time value must be less than 24 hours"),
                Some(_) => Ok(()),
            };
        }
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        self.valid(words, time(text, true).is_some())
    }

    fn resolver(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        let mut servers = 0;
        for arg in words.args {
            if let Some(value) = after(arg, "valid=") {
                if time(value, true).is_none() {
                    return self.stop(&["invalid parameter: ", arg]);
                }
                continue;
            }
            if let Some(value) = after(arg, "ipv6=") {
                if value != "on" && value != "off" {
                    return self.stop(&["invalid parameter: ", arg]);
                }
                continue;
            }
            match url(arg, For::Connect) {
                Err(what) => return self.stop(&[what, " in resolver \"", arg, "\""]),
                Ok(place) if address::is_address(place.host) || self.resolves(place.host).is_some() => servers += 1,
                Ok(place) if address::numeric(place.host) => {
                    self.unsure("an address in an unusual form");
                    return Ok(());
                }
                Ok(_) => return self.stop(&["host not found in resolver \"", arg, "\""]),
            }
        }
        if servers == 0 { self.stop(&["no name servers defined"]) } else { Ok(()) }
    }

    fn index(&mut self, words: Words<'_>) -> Done {
        for (at, name) in words.args.iter().enumerate() {
            if name.starts_with('/') && at + 1 < words.args.len() {
                self.warn(&["only the last index in \"index\" directive should be absolute"]);
            }
            if name.is_empty() {
                return self.stop(&["index \"\" in \"index\" directive is invalid"]);
            }
            self.script(name)?;
        }
        Ok(())
    }

    fn aio(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        match words.arg(0) {
            "off" | "threads" => Ok(()),
            "on" => self.stop(&["\"aio on\" is unsupported on this platform"]),
            other => match after(other, "threads=") {
                Some(pool) if has_variable(pool) => self.script(pool),
                Some("default") => Ok(()),
                Some(pool) => self.stop(&["unknown thread pool \"", pool, "\""]),
                None => self.wrong(words, "invalid value"),
            },
        }
    }

    fn disable_symlinks(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        let (mut mode, mut from) = (None, false);
        for arg in words.args {
            match arg.as_str() {
                "off" | "on" | "if_not_owner" => mode = Some(arg.as_str()),
                _ => match after(arg, "from=") {
                    Some(path) => {
                        self.script(path)?;
                        from = true;
                    }
                    None => return self.stop(&["invalid parameter \"", arg, "\""]),
                },
            }
        }
        match mode {
            None => self.stop(&["\"disable_symlinks\" must have \"off\", \"on\" or \"if_not_owner\" parameter"]),
            Some("off") if from => self.stop(&["\"from=\" cannot be used with \"off\" parameter"]),
            Some(_) => Ok(()),
        }
    }

    fn http2_push(&mut self, words: Words<'_>) -> Done {
        let off = words.arg(0) == "off";
        match self.noted("http2_push").map(|before| before == "off") {
            Some(true) if off => return self.wrong(words, "is duplicate"),
            Some(true) => return self.wrong(words, "URI cannot be used with \"off\" parameter"),
            Some(false) if off => return self.wrong(words, "\"off\" parameter cannot be used with URI"),
            _ => self.note("http2_push", words.arg(0)),
        }
        self.script(words.arg(0))
    }

    /// `gzip_types` and its like: a type named twice is warned of; `text/html` is there from the beginning.
    fn types(&mut self, words: Words<'_>) -> Done {
        for arg in words.args {
            if arg == "*" {
                self.note("all types", words.name);
                continue;
            }
            let lower = arg.to_ascii_lowercase();
            let fallback = match words.name {
                "charset_types" => &[
                    "text/html",
                    "text/xml",
                    "text/plain",
                    "text/vnd.wap.wml",
                    "application/javascript",
                    "application/rss+xml",
                ][..1],
                _ => &["text/html"][..],
            };
            let key = [words.name, " ", &lower].concat();
            let known = fallback.contains(&lower.as_str());
            let entries = &mut self.scope().entries;
            let again = entries.insert(3, &key, "").is_some();
            if known || again {
                self.warn(&["duplicate MIME type \"", &lower, "\""]);
            }
        }
        Ok(())
    }

    fn bind(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        let first = words.arg(0);
        if words.args.len() == 1 && first == "off" {
            return Ok(());
        }
        self.script(first)?;
        if !has_variable(first) {
            let (host, port) = match first.rsplit_once(':') {
                Some((host, port)) if first.starts_with('[') || address::ipv4(host) => (host, Some(port)),
                _ => (first, None),
            };
            let bare = host.trim_matches(['[', ']']);
            let valid = address::ipv4(bare) || bare.parse::<core::net::Ipv6Addr>().is_ok();
            let fits = port.is_none_or(|port| number(port).is_some_and(|port| (1..=65535).contains(&port)));
            if !valid || !fits {
                return self.stop(&["invalid address \"", first, "\""]);
            }
        }
        if words.args.len() == 2 && words.arg(1) != "transparent" {
            return self.stop(&["invalid parameter \"", words.arg(1), "\""]);
        }
        Ok(())
    }

    /// A folder, with up to three levels.
    fn path(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        let valid = words.args[1..].iter().all(|level| number(level).is_some_and(|level| level > 0));
        self.valid(words, valid)?;
        self.unsure("whether a folder can be made");
        Ok(())
    }

    /// `user:rw group:r all:r`.
    fn access(&mut self, words: Words<'_>) -> Done {
        self.once(words)?;
        for arg in words.args {
            let known = arg
                .split_once(':')
                .is_some_and(|(who, what)| ["user", "group", "all"].contains(&who) && ["r", "rw"].contains(&what));
            if !known {
                return self.stop(&["invalid value \"", arg, "\""]);
            }
        }
        Ok(())
    }

    fn cache_valid(&mut self, words: Words<'_>) -> Done {
        let (last, codes) = (words.arg(words.args.len() - 1), &words.args[..words.args.len() - 1]);
        if time(last, true).is_none() {
            return self.stop(&["invalid time value \"", last, "\""]);
        }
        let valid = |code: &&String| *code == "any" || number(code).is_some_and(|code| (100..=599).contains(&code));
        match codes.iter().find(|code| !valid(code)) {
            Some(code) => self.stop(&["invalid status \"", code, "\""]),
            None => Ok(()),
        }
    }
}

/// Whether a text has variables in it.
pub(super) fn has_variable(text: &str) -> bool {
    text.bytes().any(|c| c == b'$')
}

/// The module that a directive belongs to, for zones: each has its own.
pub(super) fn family(name: &str) -> &'static str {
    ["proxy", "fastcgi", "uwsgi", "scgi"].into_iter().find(|family| name.starts_with(family)).unwrap_or("")
}
