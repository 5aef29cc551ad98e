//! A request on its way through nginx: what it decides, and what it wants done.
//!
//! The machine opens no connection and waits for nothing. [`Machine::begin`] says what comes next, and whoever owns time
//! and sockets tells it with [`Machine::resume`] how an attempt went. The phases are those of `ngx_http_core_module.c`,
//! 1.22.1: server rewrite, find location, rewrite, limits, access, content; an error may begin again at the top
//! (`error_page`), at most ten times.

mod answer;
mod back;
mod begin;
mod content;
mod errors;
mod facts;
mod grpc;
mod pass;
mod rewrite;

use super::upstream::{Runtime, Turn};
use super::{Block, Config, choose};
use crate::message::{Request, Response};
use crate::problem::Source;
use crate::text::Text;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use core::net::SocketAddr;
use std::sync::Arc;

/// The connection that a request came on.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The client's end.
    pub client: SocketAddr,
    /// nginx's end.
    pub server: SocketAddr,
    /// Whether TLS is spoken on it.
    pub tls: bool,
    /// Whether HTTP/2 is spoken on it.
    pub http2: bool,
    /// The name in the ClientHello.
    pub sni: Option<String>,
}

/// One decision of nginx, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The name of the step.
    pub name: &'static str,
    /// What kind of decision.
    pub ruling: Ruling,
    /// In words.
    pub words: Text,
    /// Because of what.
    pub basis: Basis,
}

/// What nginx wants now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// This goes to the client.
    Respond(Response),
    /// The connection is closed without a word.
    Close,
    /// The same with a reset (`reset_timedout_connection`).
    Reset,
    /// The request is held back so long (`limit_req`), and then goes on: [`Machine::resume`] with [`Outcome::Waited`].
    Wait(Micros),
    /// Another server is to be asked.
    Connect(Attempt),
    /// The engine does not know what nginx would do, because of this line.
    NotModelled(String, Source),
}

/// A request to a server behind nginx, on a new connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The server.
    pub peer: SocketAddr,
    /// What is sent to it.
    pub request: Arc<Request>,
    /// As nginx's log names it: `http://127.0.0.1:3001/users`.
    pub url: String,
    /// How long to try to connect.
    pub connect_timeout: Micros,
    /// How long to wait for the first byte of the answer; after a 101, for anything from either side.
    pub read_timeout: Micros,
    /// The line that says so.
    pub read_line: Option<Source>,
    /// Whether HTTP/2 is spoken to it (`grpc_pass`).
    pub grpc: bool,
}

/// How an attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The time of [`Next::Wait`] is over.
    Waited,
    /// Nobody listens there.
    Refused,
    /// No answer to the SYN.
    ConnectTimedOut,
    /// No answer to the request.
    ReadTimedOut,
    /// The connection was closed before an answer came.
    Closed,
    /// What came is no HTTP: this text.
    Garbage(String),
    /// An answer.
    Answer(Arc<Response>),
}

/// Where the machine goes on.
enum Go {
    /// The server's own rewrite directives.
    Server,
    /// Which location.
    Find,
    /// The location's rewrite directives.
    Location,
    /// Limits and access.
    Access,
    /// What the location does.
    Content,
    /// An error, or a status without a body.
    Status(u16),
    /// Done, for now.
    Stop(Next),
}

/// A request in nginx.
#[derive(Clone, Debug)]
pub struct Machine<'c> {
    config: &'c Config,
    request: &'c Request,
    connection: &'c Connection,
    /// What was decided since the caller last took it.
    pub decisions: Vec<Decision>,
    /// The server block whose directives were carried out last, by its index.
    pub server_seen: Option<usize>,
    /// The location whose directives were carried out last, by the index of its block.
    pub location_seen: Option<usize>,
    server: usize,
    block: usize,
    method: Text,
    uri: String,
    args: String,
    /// The host asked for, without a port, lower case; empty where the request names none.
    host: String,
    variables: Vec<(String, String)>,
    captures: Vec<String>,
    /// Whether the target had escapes; then what is made of the path is escaped again.
    quoted: bool,
    plus: bool,
    internal: bool,
    /// Whether the target is passed on as it came.
    as_it_came: bool,
    /// Whether the path still begins with that of the location.
    valid_location: bool,
    uri_changed: bool,
    /// How many more changes of the path are allowed.
    changes: u32,
    error_page: bool,
    /// The status that replaces that of the answer.
    status: u16,
    /// `Location` of the answer, and whether it is completed to a URL.
    location: Option<(String, bool)>,
    authenticate: Option<String>,
    delayed: bool,
    /// Whether the body has been thrown away.
    discarded: bool,
    /// What has been read of a request that was refused; none of one that has been read whole.
    refused: Option<Request>,
    /// Whether it is known how long the body is.
    measured: bool,
    /// Whether a condition failed while the head of an answer was being sent.
    filtering: bool,
    /// Whether the answer that is being made came from a server behind.
    passed_on: bool,
    /// The status that is being answered with, for `$status`.
    answering: u16,
    /// Whether an answer is written without a header: to an HTTP/0.9 request.
    bare: bool,
    turn: Turn,
    peer: usize,
    peers: Vec<SocketAddr>,
    passing: Option<pass::Passing>,
    began: Micros,
    now: Micros,
    /// An expression that could not be matched in time, or something else that ends the run.
    unknown: Option<(String, Source)>,
}

impl<'c> Machine<'c> {
    /// A request has arrived on `connection`.
    pub fn new(config: &'c Config, request: &'c Request, connection: &'c Connection) -> Self {
        Self {
            config,
            request,
            connection,
            decisions: Vec::new(),
            server_seen: None,
            location_seen: None,
            server: 0,
            block: 0,
            method: request.method.clone(),
            uri: String::new(),
            args: String::new(),
            host: String::new(),
            variables: Vec::new(),
            captures: Vec::new(),
            quoted: false,
            plus: false,
            internal: false,
            as_it_came: true,
            valid_location: true,
            uri_changed: false,
            changes: 11,
            error_page: false,
            status: 0,
            location: None,
            authenticate: None,
            delayed: false,
            discarded: false,
            refused: None,
            measured: true,
            filtering: false,
            passed_on: false,
            answering: 0,
            bare: false,
            turn: Turn::default(),
            peer: 0,
            peers: Vec::new(),
            passing: None,
            began: Micros::ZERO,
            now: Micros::ZERO,
            unknown: None,
        }
    }

    /// Reads the request, and goes as far as it gets.
    pub fn begin(&mut self, runtime: &mut Runtime, now: Micros) -> Next {
        self.now = now;
        let go = self.read();
        self.drive(go, runtime)
    }

    /// Goes on after an attempt.
    pub fn resume(&mut self, outcome: Outcome, runtime: &mut Runtime, now: Micros) -> Next {
        self.now = now;
        let go = match outcome {
            Outcome::Waited => {
                self.delayed = true;
                Go::Access
            }
            outcome => self.attempted(outcome, runtime),
        };
        self.drive(go, runtime)
    }

    fn drive(&mut self, mut go: Go, runtime: &mut Runtime) -> Next {
        loop {
            if let Some((what, source)) = self.unknown.take() {
                return Next::NotModelled(what, source);
            }
            go = match go {
                Go::Server => self.server_rewrite(),
                Go::Find => self.find(),
                Go::Location => self.location_rewrite(),
                Go::Access => self.access(runtime),
                Go::Content => self.content(runtime),
                Go::Status(status) => self.special(status),
                Go::Stop(next) => return next,
            }
        }
    }

    /// The request, as far as it has been read.
    fn seen(&self) -> &Request {
        self.refused.as_ref().unwrap_or(self.request)
    }

    fn block(&self) -> &'c Block {
        &self.config.blocks[self.block]
    }

    fn decide(&mut self, name: &'static str, ruling: Ruling, words: impl Into<Text>, basis: impl Into<Basis>) {
        self.decisions.push(Decision { name, ruling, words: words.into(), basis: basis.into() });
    }

    /// Whether something that is not modelled decides in the block in force.
    fn unmodelled(&self) -> Option<Go> {
        let (what, source) = self.block().not_modelled.clone()?;
        Some(Go::Stop(Next::NotModelled(what, source)))
    }

    /// Which location fits the path (`ngx_http_core_find_config_phase`).
    fn find(&mut self) -> Go {
        self.uri_changed = false;
        let top = self.config.servers[self.server].block;
        let found = match choose::location(self.config, top, &self.uri) {
            Ok(found) => found,
            Err(block) => {
                let source = self.config.blocks[block].source.clone();
                return Go::Stop(Next::NotModelled(
                    "a regular expression that is too long to match, or not modelled".into(),
                    source,
                ));
            }
        };
        if let Some(captures) = found.captures {
            self.capture(found.block, captures);
        }
        self.block = found.block;
        let block = self.block();
        if found.block != top && !found.add_slash {
            let words = [&self.uri, " fits ", &block.written()].concat();
            self.decide("location-chosen", Ruling::Choose, words, block.source.clone());
        }
        if let (false, Some(source)) = (self.internal, &block.internal) {
            let words = "only for requests that nginx makes itself: 404".to_owned();
            self.decide("internal-only", Ruling::Refuse, words, source.clone());
            return Go::Status(404);
        }
        self.limited_methods();
        if let Some(go) = self.body_too_large() {
            return go;
        }
        if found.add_slash {
            let query = if self.args.is_empty() { String::new() } else { ["?", &self.args].concat() };
            let target = [super::pass::escape(&block.path).as_str(), &query].concat();
            let words = ["301: go to ", &self.complete(&target)].concat();
            self.decide("proxy-returns", Ruling::Answer, words, block.source.clone());
            self.location = Some((target, true));
            return Go::Status(301);
        }
        Go::Location
    }

    /// `limit_except`: other methods get the settings of its block.
    fn limited_methods(&mut self) {
        if let Some((methods, block)) = &self.block().limit {
            let free = |m: &String| *m == self.method || (m == "GET" && self.method == "HEAD");
            if !methods.iter().any(free) {
                self.block = *block;
            }
        }
    }

    /// The groups of a match: by number, and by name as variables.
    fn capture(&mut self, block: usize, captures: Vec<String>) {
        if let Some(pattern) = &self.config.blocks[block].pattern {
            self.name_captures(&pattern.names, &captures);
        }
        self.captures = captures;
    }

    fn name_captures(&mut self, names: &[(String, usize)], captures: &[String]) {
        for (name, number) in names {
            let value = captures.get(*number).cloned().unwrap_or_default();
            self.set_variable(name, value);
        }
    }

    fn set_variable(&mut self, name: &str, value: String) {
        match self.variables.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.to_owned(), value)),
        }
    }

    /// Another path, from the top (`ngx_http_internal_redirect`).
    fn redirect_inside(&mut self, target: &str) -> Go {
        self.changes -= 1;
        if self.changes == 0 {
            return self.cycle(target);
        }
        let (uri, args) = target.split_once('?').unwrap_or((target, ""));
        (self.uri, self.args) = (uri.to_owned(), args.to_owned());
        self.internal = true;
        self.as_it_came = false;
        self.valid_location = true;
        self.block = self.config.servers[self.server].block;
        Go::Server
    }

    /// A location by its name (`ngx_http_named_location`).
    fn named(&mut self, name: &str) -> Go {
        self.changes -= 1;
        if self.changes == 0 {
            return self.cycle(name);
        }
        let top = &self.config.blocks[self.config.servers[self.server].block];
        if self.uri.is_empty() {
            let words = ["empty URI in redirect to named location \"", name, "\""].concat();
            self.decide("location-missing", Ruling::Fail, words, top.source.clone());
            return Go::Status(500);
        }
        let Some(found) = top.inside.iter().find(|i| {
            let block = &self.config.blocks[**i];
            block.how == super::Match::Named && block.path == name
        }) else {
            let words = ["could not find named location \"", name, "\""].concat();
            self.decide("location-missing", Ruling::Fail, words, top.source.clone());
            return Go::Status(500);
        };
        self.internal = true;
        self.uri_changed = false;
        self.block = *found;
        let words = ["goes on in ", &self.block().written()].concat();
        self.decide("location-chosen", Ruling::Choose, words, self.block().source.clone());
        self.limited_methods();
        Go::Location
    }

    fn cycle(&mut self, target: &str) -> Go {
        let words =
            ["rewrite or internal redirection cycle while internally redirecting to \"", target, "\": 500"].concat();
        let basis = Basis::Standard {
            source: "ngx_http_core_module.c, NGX_HTTP_MAX_URI_CHANGES",
            says: "the path of a request may change ten times",
        };
        self.decide("redirection-cycle", Ruling::Fail, words, basis);
        Go::Status(500)
    }
}
