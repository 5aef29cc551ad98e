//! `access_log`, `error_log`, `log_format`, and caches of open files. Whether a file can be opened is not known here.

use super::numbers::{number, size, time};
use super::own::has_variable;
use super::{Check, Done, Words, after};

impl Check<'_> {
    pub(super) fn access_log(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        if first == "off" {
            return match words.args.get(1) {
                None => Ok(()),
                Some(other) => self.stop(&["invalid parameter \"", other, "\""]),
            };
        }
        if let Some(rest) = after(first, "syslog:") {
            self.syslog(rest)?;
        } else {
            self.script(first)?;
            self.log_file(first);
        }
        if let Some(format) = words.args.get(1)
            && self.formats.binary_search(format).is_err()
        {
            return self.stop(&["unknown log format \"", format, "\""]);
        }
        let (mut buffer, mut flush) = (None, false);
        for arg in words.args.iter().skip(2) {
            if let Some(value) = after(arg, "buffer=") {
                if size(value).is_none_or(|n| n == 0) {
                    return self.stop(&["invalid buffer size \"", value, "\""]);
                }
                buffer = size(value);
            } else if let Some(value) = after(arg, "flush=") {
                if time(value, false).is_none_or(|n| n == 0) {
                    return self.stop(&["invalid flush time \"", value, "\""]);
                }
                flush = true;
            } else if arg == "gzip" {
                buffer = buffer.or(Some(65536));
            } else if let Some(value) = after(arg, "gzip=") {
                if !number(value).is_some_and(|n| (1..=9).contains(&n)) {
                    return self.stop(&["invalid compression level \"", value, "\""]);
                }
                buffer = buffer.or(Some(65536));
            } else if let Some(value) = after(arg, "if=") {
                self.script(value)?;
            } else {
                return self.stop(&["invalid parameter \"", arg, "\""]);
            }
        }
        if flush && buffer.is_none() {
            return self.stop(&["no buffer is defined for access_log \"", first, "\""]);
        }
        if buffer.is_some() {
            if first.starts_with("syslog:") {
                return self.stop(&["logs to syslog cannot be buffered"]);
            }
            if has_variable(first) {
                return self.stop(&["buffered logs cannot have variables in name"]);
            }
            if self.buffered.iter().any(|known| known == first) {
                self.unsure("two buffered logs with one name");
            }
            self.buffered.push(first.to_owned());
        }
        Ok(())
    }

    pub(super) fn error_log(&mut self, words: Words<'_>) -> Done {
        const LEVELS: [&str; 8] = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];
        const DEBUG: [&str; 7] =
            ["debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream"];
        let first = words.arg(0);
        if let Some(bytes) = after(first, "memory:") {
            if size(bytes).is_none_or(|n| n < 4096) {
                return self.stop(&["invalid buffer size \"", bytes, "\""]);
            }
        } else if let Some(rest) = after(first, "syslog:") {
            self.syslog(rest)?;
        } else if first != "stderr" {
            self.log_file(first);
        }
        let mut plain = false;
        for level in words.args.iter().skip(1) {
            if LEVELS.contains(&level.as_str()) {
                if plain {
                    return self.stop(&["duplicate log level \"", level, "\""]);
                }
                plain = true;
            } else if !DEBUG.contains(&level.as_str()) {
                return self.stop(&["invalid log level \"", level, "\""]);
            }
        }
        Ok(())
    }

    /// Log files are opened when everything has been read; the usual folders are there.
    fn log_file(&mut self, path: &str) {
        let usual = ["/var/log/nginx/", "/dev/", "/tmp/"]
            .iter()
            .any(|folder| after(path, folder).is_some_and(|file| file.bytes().all(|c| c != b'/')));
        if !usual && !path.is_empty() && !has_variable(path) {
            self.unsure("whether a log file can be opened");
        }
    }

    fn syslog(&mut self, text: &str) -> Done {
        for part in text.split(',') {
            if let Some(server) = after(part, "server=") {
                if !super::address::ipv4(server) {
                    self.unsure("the address of a syslog server");
                }
            } else if let Some(facility) = after(part, "facility=") {
                let known = "kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron local0 local1 local2 local3 local4 local5 local6 local7";
                if !known.split(' ').any(|name| name == facility) {
                    return self.stop(&["unknown syslog facility \"", facility, "\""]);
                }
            } else if let Some(severity) = after(part, "severity=") {
                let known = "emerg alert crit error warn notice info debug";
                if !known.split(' ').any(|name| name == severity) {
                    return self.stop(&["unknown syslog severity \"", severity, "\""]);
                }
            } else if let Some(tag) = after(part, "tag=") {
                if tag.len() > 32 {
                    return self.stop(&["syslog tag length exceeds 32"]);
                }
                if !tag.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_') {
                    return self.stop(&["syslog \"tag\" only allows alphanumeric characters and underscore"]);
                }
            } else if part != "nohostname" {
                return self.stop(&["unknown syslog parameter \"", part, "\""]);
            }
        }
        if after(text, "server=").is_none() && !crate::text::contains(text, ",server=") {
            return self.stop(&["no syslog server specified"]);
        }
        Ok(())
    }

    pub(super) fn log_format(&mut self, words: Words<'_>) -> Done {
        let name = words.args[0].clone();
        match self.formats.binary_search(&name) {
            Ok(_) => return self.stop(&["duplicate \"log_format\" name \"", &name, "\""]),
            Err(at) => self.formats.insert(at, name),
        }
        let mut texts = &words.args[1..];
        if let Some(escape) = after(words.arg(1), "escape=") {
            if !["json", "none", "default"].contains(&escape) {
                return self.stop(&["unknown log format escaping \"", escape, "\""]);
            }
            texts = &texts[1..];
        }
        for text in texts {
            let mut rest = text.as_str();
            while let Some(at) = rest.bytes().position(|c| c == b'$') {
                let sign = &rest[at..];
                let body = sign[1..].strip_prefix('{');
                let braced = body.is_some();
                let body = body.unwrap_or(&sign[1..]);
                let length = body.bytes().position(|c| !c.is_ascii_alphanumeric() && c != b'_').unwrap_or(body.len());
                let variable = &body[..length];
                rest = &body[length..];
                if braced && !body.is_empty() {
                    match rest.strip_prefix('}') {
                        Some(behind) => rest = behind,
                        None => {
                            return self.stop(&["the closing bracket in \"", variable, "\" variable is missing"]);
                        }
                    }
                }
                if variable.is_empty() {
                    return self.stop(&["invalid parameter \"", sign, "\""]);
                }
                // This one exists in logs only.
                if variable != "pipe" {
                    self.want(variable);
                }
            }
        }
        Ok(())
    }

    /// `open_file_cache` and `open_log_file_cache`.
    pub(super) fn file_cache(&mut self, words: Words<'_>, numbers: &[&str], times: &[&str], article: &str) -> Done {
        self.once(words)?;
        let mut max = false;
        for arg in words.args {
            if arg == "off" {
                max = true;
                continue;
            }
            let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
            let valid = (numbers.contains(&name) && number(value).is_some_and(|n| n > 0))
                || (times.contains(&name) && time(value, true).is_some());
            if !valid {
                return self.stop(&["invalid \"", words.name, "\" parameter \"", arg, "\""]);
            }
            max |= name == "max";
        }
        if max { Ok(()) } else { self.stop(&["\"", words.name, "\" must have ", article, "\"max\" parameter"]) }
    }
}
