//! What nginx says of a configuration while it reads it: `nginx -t`, in its own words and in its own order.
//!
//! Every directive is checked when it has been read, as nginx calls its handler then; what nginx checks at the end of a
//! block or of all files is checked there, so that the error it would stop at is the one that is found. Nothing here
//! says what a configuration does: that is [`super::build`]. Files other than those given are not opened; where the
//! answer hangs on one, it is said to be not modelled.

mod address;
mod blocks;
mod buffers;
mod finish;
mod hash;
mod kinds;
mod listen;
mod location;
mod logs;
pub mod numbers;
mod own;
mod passing;
mod pattern;
mod rewrite;
mod table;
mod upstream;
mod variables;
mod zones;

use super::build::Surroundings;
use super::parse::Statement;
use crate::problem::{Problem, Severity};
use table::Row;

/// An error at which nginx stops.
pub(super) type Stop = Box<Problem>;
type Done = Result<(), Stop>;

/// A block that is being read.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// The directive that opened it.
    name: String,
    /// Its first line and column.
    at: (u32, u32),
    /// The blocks are numbered as they begin.
    number: u32,
    /// The letter of its context in the table; a blank where the inside is a language of its own.
    inside: char,
    /// Rows whose value has been given in this block; sorted.
    seen: Vec<u32>,
    /// What else handlers remember of this block, by name; few.
    notes: Vec<(&'static str, String)>,
    /// For a location: how and with which name it is written.
    place: location::Place,
    /// The headers set for requests that are passed on, and the place of the last one.
    headers: Vec<String>,
    headers_at: (u32, u32),
    /// For a block of entries: what they were.
    entries: blocks::Entries,
}

/// The state of nginx while it reads its configuration.
pub(super) struct Check<'a> {
    around: Surroundings<'a>,
    document: String,
    /// The first line and column of the directive being read, and the line on which it ends.
    at: (u32, u32, u32),
    scopes: Vec<Scope>,
    /// What was said so far, in nginx's order.
    pub(super) problems: Vec<Problem>,
    variables: variables::Variables,
    sockets: listen::Sockets,
    groups: upstream::Groups,
    zones: zones::Zones,
    formats: Vec<String>,
    /// Log files with a buffer.
    buffered: Vec<String>,
    /// The `server` blocks, and those looked at already.
    served: Vec<finish::Served>,
    ended: Vec<finish::Served>,
    /// What `http` itself says of TLS.
    tls: finish::Tls,
    deferred: Vec<finish::Deferred>,
    buffers: buffers::Buffers,
    /// A `large_client_header_buffers` that is too small.
    small: Option<(u32, u32)>,
    /// What was said of the sizes of hash tables.
    sizes: Vec<(String, u64)>,
    /// Locations that are there twice, of all servers.
    late: Vec<Problem>,
    /// How many `server` blocks have begun.
    servers: usize,
}

impl<'a> Check<'a> {
    pub(super) fn new(around: Surroundings<'a>) -> Self {
        Self {
            around,
            document: String::new(),
            at: (1, 1, 1),
            scopes: Vec::new(),
            problems: Vec::new(),
            variables: variables::Variables::default(),
            sockets: listen::Sockets::default(),
            groups: upstream::Groups::default(),
            zones: zones::Zones::default(),
            formats: vec!["combined".to_owned()],
            buffered: Vec::new(),
            served: Vec::new(),
            ended: Vec::new(),
            tls: finish::Tls::default(),
            deferred: Vec::new(),
            buffers: buffers::Buffers::default(),
            small: None,
            sizes: Vec::new(),
            late: Vec::new(),
            servers: 0,
        }
    }

    /// Begins a file that is read in the context with this letter.
    pub(super) fn file(&mut self, document: &str, context: char) {
        document.clone_into(&mut self.document);
        if self.scopes.is_empty() {
            let number = self.numbered(false);
            self.scopes.push(Scope { inside: context, number, at: (1, 1), ..Scope::default() });
        }
    }

    fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// The letter of the context that is being read.
    fn context(&self) -> char {
        self.scopes.last().map_or('H', |scope| scope.inside)
    }

    /// A directive was read: `name`, then its arguments.
    pub(super) fn statement(&mut self, said: &Statement, end: u32, opens: bool) -> Done {
        self.at = (said.line, said.column, end);
        if self.context() == ' ' {
            if opens {
                return self.stop(&["unexpected \"{\""]);
            }
            return self.entry(&said.words);
        }
        let name = said.words.first().map_or("", String::as_str);
        let row = self.admit(name, said.words.len() - 1, opens)?;
        let words = Words { name, args: &said.words[1..], row };
        if opens {
            return self.open(words);
        }
        self.value(words)?;
        self.remember(words);
        Ok(())
    }

    /// Whether the directive exists, may stand here, and has as many arguments as it should (`ngx_conf_handler`).
    fn admit(&self, name: &str, count: usize, opens: bool) -> Result<Row, Stop> {
        let rows = table::rows(name);
        let context = self.context();
        let Some(row) = rows.iter().find(|row| row.stands_in(context)) else {
            return match rows.is_empty() {
                true => self.stop(&["unknown directive \"", name, "\""]),
                false => self.stop(&["\"", name, "\" directive is not allowed here"]),
            };
        };
        if !row.opens() && opens {
            return self.stop(&["directive \"", name, "\" is not terminated by \";\""]);
        }
        if row.opens() && !opens {
            return self.stop(&["directive \"", name, "\" has no opening \"{\""]);
        }
        if !row.takes(count) {
            return self.stop(&["invalid number of arguments in \"", name, "\" directive"]);
        }
        Ok(*row)
    }

    /// An error in the words of nginx, with the place where it is.
    fn problem(&self, pieces: &[&str]) -> Stop {
        let place = [" in ", &self.document, ":", &self.at.2.to_string()].concat();
        Box::new(Problem::error(&self.document, self.at.0, self.at.1, [&pieces.concat(), place.as_str()].concat()))
    }

    fn stop<T>(&self, pieces: &[&str]) -> Result<T, Stop> {
        Err(self.problem(pieces))
    }

    /// What a handler returns in a word: `"x" directive is duplicate`.
    fn wrong<T>(&self, words: Words<'_>, what: &str) -> Result<T, Stop> {
        self.stop(&["\"", words.name, "\" directive ", what])
    }

    fn warn(&mut self, pieces: &[&str]) {
        let problem = Problem { severity: Severity::Warning, ..*self.problem(pieces) };
        self.problems.push(problem);
    }

    /// Something that only files or names outside of the configuration could tell.
    fn unsure(&mut self, what: &str) {
        self.problems
            .push(Problem { column: self.at.1, ..Problem::not_modelled(&self.document, self.at.0, what.to_owned()) });
    }

    /// Notes that this directive was given in this block; `false` where it was already.
    fn first_time(&mut self, id: u32) -> bool {
        let seen = &mut self.scope().seen;
        match seen.binary_search(&id) {
            Ok(_) => false,
            Err(at) => {
                seen.insert(at, id);
                true
            }
        }
    }

    /// A directive that may stand once in a block.
    fn once(&mut self, words: Words<'_>) -> Done {
        if self.first_time(words.row.id) { Ok(()) } else { self.wrong(words, "is duplicate") }
    }

    fn note(&mut self, what: &'static str, value: &str) {
        self.scope().notes.push((what, value.to_owned()));
    }

    fn noted(&self, what: &str) -> Option<&str> {
        let scope = self.scopes.last()?;
        scope.notes.iter().find(|(name, _)| *name == what).map(|(_, value)| value.as_str())
    }
}

/// A directive's words and its row in the table.
#[derive(Clone, Copy)]
struct Words<'w> {
    name: &'w str,
    args: &'w [String],
    row: Row,
}

impl<'w> Words<'w> {
    /// An argument, empty where there is none.
    fn arg(&self, i: usize) -> &'w str {
        self.args.get(i).map_or("", String::as_str)
    }
}

/// The part after a prefix such as `zone=`.
fn after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    text.strip_prefix(prefix)
}
