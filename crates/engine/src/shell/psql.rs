//! `psql`, `createdb` and `dropdb` (PostgreSQL 15, as Debian has them), on the local socket, where the name in the
//! operating system says who one is.
//!
//! What is to be done stands behind `-c` or `-f`, or comes from a pipe; psql's own prompt is not modelled.

use super::describe;
use super::files;
use super::read::text_of;
use super::run::{Call, Said};
use super::table::{Form, Table};
use crate::database::error::SqlError;
use crate::database::server::{Client, Reply};
use crate::database::session::Part;
use crate::database::tokens::statements;
use crate::database::types::Type;
use crate::state::State;
use crate::world::{Kind, SCHEMA};

const SOCKET: &str = "/var/run/postgresql/.s.PGSQL.";

/// What psql was told.
struct Told<'a> {
    form: Form,
    base: Option<&'a str>,
    user: Option<&'a str>,
    /// Commands and files, in order.
    todo: Vec<Todo<'a>>,
    /// Whether a file ends at its first error.
    strict: bool,
}

enum Todo<'a> {
    Command(&'a str),
    File(&'a str),
}

/// A connection that psql uses.
pub(super) struct Link<'a> {
    pub state: &'a mut State,
    pub pid: u32,
    pub base: String,
    pub user: String,
    form: Form,
    screen: bool,
    /// Whether the text of `schema.sql` is the document's own.
    schema: bool,
    out: String,
    err: String,
}

fn told<'a>(words: &[&'a str]) -> Result<Told<'a>, Said> {
    let mut told = Told { form: Form::default(), base: None, user: None, todo: Vec::new(), strict: false };
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        // Short options may stand together; one that takes a value takes the rest of the word, or the next word.
        if let Some(options) = word.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-')) {
            let mut rest = options;
            while let Some(option) = rest.chars().next() {
                rest = &rest[option.len_utf8()..];
                match option {
                    'A' => told.form.unaligned = true,
                    't' => told.form.bare = true,
                    'q' => told.form.quiet = true,
                    'X' => {}
                    'c' | 'f' | 'd' | 'U' | 'v' => {
                        let value = if rest.is_empty() { words.next() } else { Some(rest) };
                        let Some(value) = value else {
                            let words = ["psql: option requires an argument -- '", &option.to_string(), "'\n"].concat();
                            return Err(Said::err(1, &[&words, "Try \"psql --help\" for more information.\n"]));
                        };
                        match option {
                            'c' => told.todo.push(Todo::Command(value)),
                            'f' => told.todo.push(Todo::File(value)),
                            'd' => told.base = Some(value),
                            'U' => told.user = Some(value),
                            _ if value == "ON_ERROR_STOP=1" => told.strict = true,
                            _ => return Err(Said::err(1, &["not modelled: psql -v ", value, "\n"])),
                        }
                        break;
                    }
                    'h' => {
                        return Err(Said::err(1, &["not modelled: psql -h, which would ask for a password\n"]));
                    }
                    _ => return Err(Said::err(1, &["not modelled: psql -", &option.to_string(), "\n"])),
                }
            }
            continue;
        }
        match word.split_once('=') {
            Some(("--command", value)) => told.todo.push(Todo::Command(value)),
            Some(("--file", value)) => told.todo.push(Todo::File(value)),
            Some(("--dbname", value)) => told.base = Some(value),
            Some(("--username", value)) => told.user = Some(value),
            _ if word.starts_with('-') => return Err(Said::err(1, &["not modelled: psql ", word, "\n"])),
            _ if told.base.is_none() => told.base = Some(word),
            _ if told.user.is_none() => told.user = Some(word),
            _ => return Err(Said::err(1, &["not modelled: psql with so many words\n"])),
        }
    }
    Ok(told)
}

pub(super) fn psql(call: Call<'_>) -> Said {
    if call.words == ["--version"] || call.words == ["-V"] {
        return Said::out("psql (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n".to_owned());
    }
    let told = match told(call.words) {
        Ok(told) => told,
        Err(said) => return said,
    };
    // Files are opened when their turn comes; they are read here, while the instance can be looked at.
    let files: Vec<Option<Result<String, &str>>> = told
        .todo
        .iter()
        .map(|todo| match todo {
            Todo::File(name) => Some(text_of(&call, name)),
            Todo::Command(_) => None,
        })
        .collect();
    let user = told.user.unwrap_or(call.system).to_owned();
    let base = told.base.unwrap_or(&user).to_owned();
    let (system, input, screen) = (call.system, call.input, call.screen);
    let here = call.state.terminal.here().to_owned();
    let is_schema = |name: &str| files::name_of(&files::absolute(&here, name)) == SCHEMA;
    let pid = match connect(call.state, &user, &base, system) {
        Ok(pid) => pid,
        Err(words) => return Said::err(2, &["psql: error: ", &words]),
    };
    let mut link = Link {
        state: call.state,
        pid,
        base,
        user,
        form: told.form,
        screen,
        schema: false,
        out: String::new(),
        err: String::new(),
    };
    if told.todo.is_empty() && input.is_none() {
        let clock = link.state.clock(link.state.now);
        link.state.database.close(pid, clock);
        return Said::err(1, &["not modelled: psql's own prompt; psql -c 'SELECT …' works\n"]);
    }
    let mut status = 0;
    if told.todo.is_empty() {
        link.script(input.unwrap_or(""), None, false);
    }
    for (todo, file) in told.todo.iter().zip(files) {
        match (todo, file) {
            (Todo::File(name), Some(Ok(text))) => {
                link.schema = is_schema(name);
                if link.schema {
                    link.state.database.made = call.world.of(Kind::Schema).cloned().collect();
                }
                status = if link.script(&text, Some(name), told.strict) || !told.strict { 0 } else { 3 };
            }
            (Todo::File(name), Some(Err(why))) => {
                link.err += &["psql: error: ", name, ": ", why].concat();
                status = 1;
            }
            (Todo::Command(text), _) => {
                // Of several commands the last one's end counts.
                let good = match text.trim_start().strip_prefix('\\') {
                    Some(_) => link.backslash(text.trim(), None),
                    None => link.query(text, None),
                };
                status = u8::from(!good);
            }
            _ => {}
        }
        if status == 3 {
            break;
        }
    }
    let clock = link.state.clock(link.state.now);
    link.state.database.close(pid, clock);
    Said { out: link.out, err: link.err, status, late: false }
}

/// A connection on the local socket.
fn connect(state: &mut State, user: &str, base: &str, system: &str) -> Result<u32, String> {
    let port = state.database.conf.port.0.to_string();
    let failed = ["connection to server on socket \"", SOCKET, "5432\" failed: "].concat();
    // psql looks for the socket of the usual port.
    if !state.database.running || port != "5432" {
        let words =
            "No such file or directory\n\tIs the server running locally and accepting connections on that socket?\n";
        return Err([&failed, words].concat());
    }
    let clock = state.clock(state.now);
    let client = Client { user, base, password: None, system: Some(system), port: None };
    let connected = state.database.connect(client, clock);
    connected.map_err(|error| [&failed, error.severity, ":  ", &error.message, "\n"].concat())
}

impl Link<'_> {
    fn say(&mut self, text: &str) {
        self.out += text;
    }

    /// On a terminal complaints stand among the output, in order; a pipe does not carry them.
    fn complain(&mut self, text: &str) {
        if self.screen {
            self.out += text;
        } else {
            self.err += text;
        }
    }

    /// A script: its statements one after the other. False where it ended at an error.
    fn script(&mut self, text: &str, file: Option<&str>, strict: bool) -> bool {
        // A line that begins with a backslash is psql's own.
        let mut rest = String::new();
        let mut from = 1;
        let mut number = 0;
        for line in text.lines().chain(["\\"]) {
            number += 1;
            if line.trim_start().starts_with('\\') {
                for (at, statement) in statements(&rest) {
                    let begins = from + rest[..at].matches('\n').count() as u32;
                    let ends = begins + statement.matches('\n').count() as u32;
                    let place = file.map(|file| (file, begins, ends));
                    if !self.query(statement, place) && strict {
                        return false;
                    }
                }
                rest.clear();
                from = number + 1;
                if line != "\\" && !self.backslash(line.trim(), file.map(|file| (file, number, number))) && strict {
                    return false;
                }
                continue;
            }
            rest += line;
            rest.push('\n');
        }
        true
    }

    /// A query, and what comes of it. The place: the file, the first and the last line.
    pub fn query(&mut self, text: &str, place: Option<(&str, u32, u32)>) -> bool {
        let clock = self.state.clock(self.state.now);
        let document = place.filter(|_| self.schema).map(|(_, from, _)| (SCHEMA, from));
        let before = match place {
            Some((file, _, line)) => ["psql:", file, ":", &line.to_string(), ": "].concat(),
            None => String::new(),
        };
        match self.state.database.execute(self.pid, text, None, document, clock) {
            Reply::Answer(parts, _) => self.show(&parts, text, &before),
            Reply::NotModelled(what) => {
                self.complain(&[&before, "not modelled: ", &what, "\n"].concat());
                false
            }
            Reply::Waits(_) => {
                self.complain("not modelled: waiting for another transaction; psql is interrupted\n");
                false
            }
        }
    }

    fn show(&mut self, parts: &[Part], text: &str, before: &str) -> bool {
        let (mut columns, mut rows, mut good): (Option<&[(String, Type)]>, Vec<_>, _) = (None, Vec::new(), true);
        for part in parts {
            match part {
                Part::Columns(found) => columns = Some(found),
                Part::Row(row) => rows.push(row.clone()),
                Part::Complete(tag, _) => {
                    let query = tag.starts_with("SELECT ") || tag == "SHOW";
                    if let Some(columns) = columns.take() {
                        let rows = core::mem::take(&mut rows);
                        let printed = result(columns, rows).print(self.form);
                        self.say(&printed);
                    }
                    if !query && !self.form.quiet {
                        self.say(&[tag, "\n"].concat());
                    }
                }
                Part::Empty => {}
                Part::Notice(notice) => {
                    let words = [before, &complaint(notice, text)].concat();
                    self.complain(&words);
                }
                Part::Error(error) => {
                    let words = [before, &complaint(error, text)].concat();
                    self.complain(&words);
                    good = false;
                }
            }
        }
        good
    }

    /// `\dt` and its like.
    fn backslash(&mut self, line: &str, place: Option<(&str, u32, u32)>) -> bool {
        let before = match place {
            Some((file, _, line)) => ["psql:", file, ":", &line.to_string(), ": "].concat(),
            None => String::new(),
        };
        let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let form = self.form;
        match describe::describe(self, command, rest.trim().trim_end_matches(';'), form) {
            Ok(text) => {
                self.say(&text);
                true
            }
            Err(words) => {
                self.complain(&[before, words].concat());
                false
            }
        }
    }
}

/// The table of a result: numbers stand on the right.
fn result(columns: &[(String, Type)], rows: Vec<Vec<Option<String>>>) -> Table {
    let heads = columns.iter().map(|(name, kind)| (name.clone(), kind.is_number())).collect();
    Table { title: None, heads, rows, foot: None }
}

/// An error or a notice, with the line of the statement that it means.
fn complaint(error: &SqlError, text: &str) -> String {
    let mut out = [error.severity, ":  ", &error.message, "\n"].concat();
    if let Some(position) = error.position {
        out += &excerpt(text, position);
    }
    for (name, words) in [("DETAIL", &error.detail), ("HINT", &error.hint)] {
        if let Some(words) = words {
            out += &[name, ":  ", words, "\n"].concat();
        }
    }
    out
}

/// The line that is meant with a mark below it, cut so that it fits (libpq, `reportErrorPosition`).
fn excerpt(text: &str, position: usize) -> String {
    const WIDTH: usize = 60;
    const RIGHT: usize = 10;
    let characters: Vec<char> = text.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    let at = (position - 1).min(characters.len());
    let line = characters[..at].iter().filter(|c| **c == '\n').count() + 1;
    let begin = characters[..at].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
    let end = characters[at..].iter().position(|c| *c == '\n').map_or(characters.len(), |length| at + length);
    let (mut from, mut to, mut left, mut right) = (begin, end, "", "");
    if to - from > WIDTH {
        if from + WIDTH >= at + RIGHT {
            to = from + WIDTH;
            right = "...";
        } else {
            if at + RIGHT < to {
                to = at + RIGHT;
                right = "...";
            }
            if to - from > WIDTH {
                from = to - WIDTH;
                left = "...";
            }
        }
    }
    let head = ["LINE ", &line.to_string(), ": ", left].concat();
    let shown: String = characters[from..to].iter().collect();
    [&head, &shown, right, "\n", &" ".repeat(head.chars().count() + at - from), "^\n"].concat()
}

/// `createdb` and `dropdb`: one statement in the database `postgres`.
pub(super) fn one_database(call: Call<'_>, program: &str) -> Said {
    let names: Vec<&str> = call.words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let lenient = call.words.contains(&"--if-exists");
    let ([name], true) = (&names[..], call.words.iter().all(|word| !word.starts_with('-') || *word == "--if-exists"))
    else {
        return Said::err(1, &["not modelled: ", program, " but with the name of one database\n"]);
    };
    let pid = match connect(call.state, call.system, "postgres", call.system) {
        Ok(pid) => pid,
        Err(words) => return Said::err(1, &[program, ": error: ", &words]),
    };
    let (verb, what) = match program {
        "createdb" => ("CREATE DATABASE ", "database creation failed: "),
        _ if lenient => ("DROP DATABASE IF EXISTS ", "database removal failed: "),
        _ => ("DROP DATABASE ", "database removal failed: "),
    };
    let clock = call.state.clock(call.state.now);
    let statement = [verb, "\"", name, "\""].concat();
    let reply = call.state.database.execute(pid, &statement, None, None, clock);
    call.state.database.close(pid, clock);
    match reply {
        Reply::Answer(parts, _) => match parts.into_iter().find(|part| matches!(part, Part::Error(_))) {
            Some(Part::Error(error)) => Said::err(1, &[program, ": error: ", what, &complaint(&error, &statement)]),
            _ => Said::default(),
        },
        _ => Said::err(1, &["not modelled: ", program, " here\n"]),
    }
}
