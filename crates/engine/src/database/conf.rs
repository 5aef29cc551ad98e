//! `postgresql.conf` (PostgreSQL 15 documentation, chapter 20): one setting a line.
//!
//! PostgreSQL reads it when it starts. A line that it does not understand, a name that it does not know, a value that does
//! not fit: then it does not start. Debian's `pg_ctlcluster` reads the file before it, and refuses what is no setting at all.

use crate::problem::{Problem, Severity, Source};
use crate::text;

/// The names of all settings of PostgreSQL 15 (`pg_settings`).
const NAMES: &str = include_str!("settings.txt");

/// The names of all settings.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// What the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conf {
    /// `max_connections`.
    pub most: (u32, Option<Source>),
    /// `superuser_reserved_connections`.
    pub reserved: (u32, Option<Source>),
    /// `port`.
    pub port: (u16, Option<Source>),
    /// `listen_addresses`.
    pub addresses: (String, Option<Source>),
    /// `log_connections`.
    pub connections: bool,
    /// `log_disconnections`.
    pub disconnections: bool,
    /// `log_statement`.
    pub statements: Statements,
    /// `log_line_prefix`.
    pub prefix: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What PostgreSQL, or Debian's program before it, says as it does not start.
    pub refusal: Option<Vec<String>>,
    /// Whether that stands in PostgreSQL's log, and not only on the screen.
    pub logged: bool,
}

/// `log_statement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statements {
    /// None.
    None,
    /// Those that define something.
    Ddl,
    /// Those that change something as well.
    Mod,
    /// Every one.
    All,
}

impl Default for Conf {
    fn default() -> Self {
        Self {
            most: (100, None),
            reserved: (3, None),
            port: (5432, None),
            addresses: ("localhost".to_owned(), None),
            connections: false,
            disconnections: false,
            statements: Statements::None,
            prefix: "%m [%p] ".to_owned(),
            problems: Vec::new(),
            refusal: None,
            logged: true,
        }
    }
}

/// A line that is a setting: its name and value.
fn setting(line: &str) -> Option<(&str, String)> {
    let line = line.trim();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    if name.is_empty() || rest.is_empty() {
        return None;
    }
    let (value, rest) = match rest.strip_prefix('\'') {
        Some(quoted) => {
            let (mut value, mut chars) = (String::new(), quoted.char_indices().peekable());
            loop {
                match chars.next()? {
                    (_, '\'') if chars.peek().is_some_and(|(_, c)| *c == '\'') => {
                        chars.next();
                        value.push('\'');
                    }
                    (at, '\'') => break (value, &quoted[at + 1..]),
                    (_, c) => value.push(c),
                }
            }
        }
        None => {
            let end = rest.find(|c: char| c.is_whitespace() || c == '#').unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        }
    };
    let rest = rest.trim();
    (rest.is_empty() || rest.starts_with('#')).then_some((name, value))
}

/// A truth value as PostgreSQL takes it.
fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" | "t" | "y" | "tr" | "tru" | "ye" => Some(true),
        "off" | "of" | "false" | "no" | "0" | "f" | "n" | "fa" | "fal" | "fals" => Some(false),
        _ => None,
    }
}

/// Reads the document.
pub fn parse(document: &str, text: &str) -> Conf {
    let mut conf = Conf::default();
    for (number, line) in text::lines(text) {
        if line.trim().is_empty() || line.trim().starts_with('#') {
            continue;
        }
        let Some((name, value)) = setting(line) else {
            let words = ["invalid line ", &number.to_string(), " in ", document, ": ", line.trim()].concat();
            conf.problems.push(Problem::error(document, number, 1, words.clone()));
            if conf.refusal.is_none() {
                (conf.refusal, conf.logged) = (Some(vec![["Error: ", &words].concat()]), false);
            }
            continue;
        };
        let source = Source::new(document, number);
        let refused = match take(&mut conf, name, &value, &source) {
            Ok(true) => continue,
            Ok(false) => {
                let words = [name, " is not modelled"].concat();
                conf.problems.push(Problem::not_modelled(document, number, words));
                continue;
            }
            Err(words) => words,
        };
        conf.problems.push(Problem::error(document, number, 1, refused[0].clone()));
        if conf.refusal.is_none() {
            let mut lines = Vec::new();
            let mut words = refused.into_iter();
            lines.extend(words.next().map(|words| {
                let place = [" in file \"", document, "\" line ", &number.to_string()].concat();
                let unknown = words.starts_with("unrecognized");
                ["LOG:  ", &words, if unknown { &place } else { "" }].concat()
            }));
            lines.extend(words.map(|hint| ["HINT:  ", &hint].concat()));
            lines.push(["FATAL:  configuration file \"", document, "\" contains errors"].concat());
            conf.refusal = Some(lines);
        }
    }
    if conf.refusal.is_none() && conf.reserved.0 >= conf.most.0 {
        let (reserved, most) = (conf.reserved.0.to_string(), conf.most.0.to_string());
        let words =
            ["superuser_reserved_connections (", &reserved, ") must be less than max_connections (", &most, ")"];
        let source = conf.most.1.clone().or(conf.reserved.1.clone()).unwrap_or_else(|| Source::new(document, 1));
        let words = words.concat();
        conf.problems.push(Problem { source, column: 1, severity: Severity::Error, words: words.clone() });
        conf.refusal = Some(vec![["postgres: ", &words].concat()]);
        conf.logged = true;
    }
    conf
}

/// Takes one setting over. False where its name is real and it is not modelled; an error in PostgreSQL's words, with a hint
/// behind it where there is one.
fn take(conf: &mut Conf, name: &str, value: &str, source: &Source) -> Result<bool, Vec<String>> {
    let number = |least: i64, most: i64| match value.parse::<i64>() {
        Err(_) => Err(vec![["invalid value for parameter \"", name, "\": \"", value, "\""].concat()]),
        Ok(found) if found < least || found > most => {
            let range = ["\" (", &least.to_string(), " .. ", &most.to_string(), ")"].concat();
            Err(vec![[value, " is outside the valid range for parameter \"", name, &range].concat()])
        }
        Ok(found) => Ok(found),
    };
    let bool = || truth(value).ok_or_else(|| vec![["parameter \"", name, "\" requires a Boolean value"].concat()]);
    match name.to_ascii_lowercase().as_str() {
        "max_connections" => conf.most = (number(1, 262_143)? as u32, Some(source.clone())),
        "superuser_reserved_connections" => conf.reserved = (number(0, 262_143)? as u32, Some(source.clone())),
        "port" => conf.port = (number(1, 65_535)? as u16, Some(source.clone())),
        "listen_addresses" => conf.addresses = (value.to_owned(), Some(source.clone())),
        "log_connections" => conf.connections = bool()?,
        "log_disconnections" => conf.disconnections = bool()?,
        "log_line_prefix" => value.clone_into(&mut conf.prefix),
        "log_statement" => {
            conf.statements = match value.to_ascii_lowercase().as_str() {
                "none" => Statements::None,
                "ddl" => Statements::Ddl,
                "mod" => Statements::Mod,
                "all" => Statements::All,
                _ => {
                    let words = ["invalid value for parameter \"log_statement\": \"", value, "\""].concat();
                    return Err(vec![words, "Available values: none, ddl, mod, all.".to_owned()]);
                }
            }
        }
        name if text::lines(NAMES).any(|(_, known)| known.eq_ignore_ascii_case(name)) => return Ok(false),
        // A name with a dot belongs to an extension, and may be anything.
        name if name.contains('.') => return Ok(false),
        _ => return Err(vec![["unrecognized configuration parameter \"", name, "\""].concat()]),
    }
    Ok(true)
}
