//! nginx 1.22: its configuration files, and what it decides for a request.
//!
//! It opens no connection and knows no time; which program listens where is `sockets`' affair.

pub mod build;
mod check;
pub mod choose;
pub mod directives;
pub mod parse;
pub mod pass;
pub mod request;
pub mod syntax;
pub mod variables;

use crate::problem::{Problem, Severity, Source};
use crate::time::Micros;
use core::net::IpAddr;

/// A loaded configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The server blocks in the order in which they were read; the order decides default servers.
    pub servers: Vec<Server>,
    /// The first error is the one nginx stops at; what is not modelled is listed as well.
    pub problems: Vec<Problem>,
}

/// A `server` block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The line of `server {`.
    pub source: Source,
    /// Where it listens; `*:80` where nothing is said.
    pub listens: Vec<Listen>,
    /// Its names, lower case, with the line of each.
    pub names: Vec<(String, Source)>,
    /// `ssl_certificate`.
    pub certificate: Option<(String, Source)>,
    /// Whether there is an `ssl_certificate_key`.
    pub key: bool,
    /// A `return` outside every location: it answers before any location is chosen.
    pub returns: Option<Return>,
    /// `ssl_reject_handshake on`.
    pub rejects: Option<Source>,
    /// Its locations.
    pub locations: Vec<Location>,
    /// `keepalive_timeout` in seconds.
    pub keepalive: u64,
    /// A directive in it, or around it, that decides and is not modelled.
    pub not_modelled: Option<(String, Source)>,
}

/// A `listen` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address, `0.0.0.0` for all IPv4 addresses.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub ssl: bool,
    /// Whether it was declared `default_server`.
    pub default: bool,
    /// The line.
    pub source: Source,
}

/// A `return` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The status.
    pub status: u16,
    /// The text or the URL, with variables.
    pub text: Option<String>,
    /// The line.
    pub source: Source,
}

/// How a location is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// `location = /x`.
    Exact,
    /// `location ^~ /x`.
    PrefixFirst,
    /// `location /x`.
    Prefix,
    /// `location ~ x` or `~*`.
    Regex,
    /// `location @x`.
    Named,
}

/// A `location` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The line of `location … {`.
    pub source: Source,
    /// How it is written.
    pub how: Match,
    /// The path or expression.
    pub path: String,
    /// `return`.
    pub returns: Option<Return>,
    /// `proxy_pass`.
    pub pass: Option<Pass>,
    /// The `proxy_set_header` lines in force: its own, or else the inherited ones.
    pub headers: Vec<(String, String)>,
    /// `HTTP/1.0` unless `proxy_http_version 1.1`.
    pub version: &'static str,
    /// `proxy_read_timeout`, 60 s where nothing is said, and its line.
    pub read_timeout: (Micros, Option<Source>),
    /// A directive in it that decides and is not modelled.
    pub not_modelled: Option<(String, Source)>,
}

/// A `proxy_pass` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// `$proxy_host`: the name, and the port where one is written.
    pub host: String,
    /// The addresses the name stands for, with the port: tried one after the other.
    pub addresses: Vec<(IpAddr, u16)>,
    /// The URI part, which replaces the matched prefix; `None` passes the request's own on unchanged.
    pub uri: Option<String>,
    /// The line.
    pub source: Source,
}

impl Config {
    /// The error for which nginx refuses the configuration.
    pub fn error(&self) -> Option<&Problem> {
        self.problems.iter().find(|p| p.severity == Severity::Error)
    }
}

impl Location {
    /// As it is written: `location = /x`.
    pub fn written(&self) -> String {
        let sign = match self.how {
            Match::Exact => "= ",
            Match::PrefixFirst => "^~ ",
            Match::Regex => "~ ",
            Match::Prefix | Match::Named => "",
        };
        ["location ", sign, &self.path].concat()
    }
}
