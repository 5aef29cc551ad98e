//! `/var/log/postgresql/postgresql-15-main.log`: what PostgreSQL writes into it, line by line (`elog.c`,
//! `send_message_to_server_log`). Lines of a message after its first begin with a tab.

use super::error::SqlError;
use crate::tls::Date;
use std::sync::Arc;

/// How many lines are kept.
const MOST: usize = 400;

/// The log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The lines, the oldest first.
    pub lines: Vec<Arc<str>>,
    /// How many lines were written in all.
    pub written: u64,
}

/// Who writes.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// When.
    pub now: i64,
    /// `log_line_prefix`.
    pub prefix: &'a str,
    /// The process.
    pub pid: u32,
    /// Role and database, where it serves a client; not known before that has said them.
    pub client: Option<(&'a str, &'a str)>,
}

impl Log {
    /// A message.
    pub fn write(&mut self, writer: Writer<'_>, severity: &str, words: &str) {
        let mut first = true;
        for line in [&writer.prefix(), severity, ":  ", words].concat().split('\n') {
            if self.lines.len() == MOST {
                self.lines.remove(0);
            }
            self.lines.push(if first { line.into() } else { ["\t", line].concat().into() });
            self.written += 1;
            first = false;
        }
    }

    /// A line that is no message of PostgreSQL's own.
    pub fn plain(&mut self, line: &str) {
        if self.lines.len() == MOST {
            self.lines.remove(0);
        }
        self.lines.push(line.into());
        self.written += 1;
    }

    /// An error, and the statement that it belongs to.
    pub fn error(&mut self, writer: Writer<'_>, error: &SqlError, statement: Option<&str>) {
        let place = error.position.map(|at| [" at character ", &at.to_string()].concat()).unwrap_or_default();
        self.write(writer, error.severity, &[error.message.as_str(), &place].concat());
        let more =
            [("DETAIL", error.log_detail()), ("HINT", error.hint.as_deref()), ("CONTEXT", error.context.as_deref())];
        for (name, words) in more {
            if let Some(words) = words {
                self.write(writer, name, words);
            }
        }
        if let Some(statement) = statement {
            self.write(writer, "STATEMENT", statement);
        }
    }

    /// The lines that were written since there were so many.
    pub fn since(&self, written: u64) -> &[Arc<str>] {
        let new = self.written.saturating_sub(written).min(self.lines.len() as u64) as usize;
        &self.lines[self.lines.len() - new..]
    }
}

impl Writer<'_> {
    /// `log_line_prefix` (documentation, section 20.8.3), as far as its signs are modelled; others stay as they are.
    fn prefix(&self) -> String {
        let (mut text, mut chars) = (String::new(), self.prefix.chars());
        while let Some(c) = chars.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some('m') => text += &stamp(self.now, true),
                Some('t') => text += &stamp(self.now, false),
                Some('p') => text += &self.pid.to_string(),
                Some('u') => text += self.client.map_or("", |(user, _)| user),
                Some('d') => text += self.client.map_or("", |(_, base)| base),
                // The rest is only for processes that serve a client.
                Some('q') if self.client.is_none() => return text,
                Some('q') => {}
                Some('%') => text.push('%'),
                Some(other) => {
                    text.push('%');
                    text.push(other);
                }
                None => text.push('%'),
            }
        }
        text
    }
}

/// `2026-02-14 09:00:00.123 UTC`.
pub fn stamp(now: i64, millis: bool) -> String {
    let date = Date(now.div_euclid(1_000_000)).iso_text();
    let part = (1_000 + now.rem_euclid(1_000_000) / 1_000).to_string();
    if millis { [&date, ".", &part[1..], " UTC"].concat() } else { [&date, " UTC"].concat() }
}
