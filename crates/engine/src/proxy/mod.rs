//! nginx 1.22: its configuration files, and what it decides for a request.
//!
//! It opens no connection and knows no time; which program listens where is `sockets`' affair. Reading order:
//! [`parse`] and [`build`] (from text to [`Config`]), [`choose`] (which block), [`handle`] (a request from its first
//! line to the answer), [`upstream`] (whose turn it is in a group).

pub mod build;
pub mod choose;
pub mod effects;
pub mod handle;
pub mod parse;
pub mod pass;
pub mod request;
pub mod settings;
pub mod syntax;
pub mod upstream;
pub mod variables;

use crate::pattern::Pattern;
use crate::problem::{Problem, Severity, Source};
use crate::time::Micros;
use core::net::{IpAddr, SocketAddr};
use settings::Settings;

/// A loaded configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The server blocks in the order in which they were read; the order decides default servers.
    pub servers: Vec<Server>,
    /// Every block that can be in force for a request: of servers, locations, `if`, `limit_except`.
    pub blocks: Vec<Block>,
    /// The groups of servers to pass requests to: `upstream`, and one for each name in a `proxy_pass`.
    pub groups: Vec<Group>,
    /// `map` and `geo`.
    pub maps: Vec<Map>,
    /// `limit_req_zone`.
    pub zones: Vec<Zone>,
    /// The listening sockets, with what finds a server block there by name.
    pub sockets: Vec<Socket>,
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
    /// Its names, lower case, with the line of each; `.x` as it is written.
    pub names: Vec<(String, Source)>,
    /// The first certificate.
    pub certificate: Option<(String, Source)>,
    /// Whether there is an `ssl_certificate_key`.
    pub key: bool,
    /// `ssl on`, which makes every socket speak TLS whose default server says so.
    pub ssl: Option<Source>,
    /// `ssl_reject_handshake on`.
    pub rejects: Option<Source>,
    /// What holds where no location fits: an index into the blocks.
    pub block: usize,
    /// `keepalive_timeout` in seconds.
    pub keepalive: u64,
    /// `ssl_protocols`.
    pub protocols: Option<Protocols>,
    /// `ssl_session_tickets off`.
    pub no_tickets: Option<Source>,
    /// Whether `ssl_session_cache` keeps sessions: `builtin` or `shared`. By itself nginx keeps none.
    pub keeps_sessions: bool,
    /// `ssl_session_timeout`.
    pub session_timeout: Option<(Micros, Source)>,
}

/// `ssl_protocols`: those that a browser of today speaks as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocols {
    /// Whether `TLSv1.2` is among them.
    pub old: bool,
    /// Whether `TLSv1.3` is among them.
    pub new: bool,
    /// Whether it stands in the server block itself. In `http` it only adds to what Debian's `nginx.conf` says there.
    pub own: bool,
    /// The line.
    pub source: Source,
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
    /// Whether HTTP/2 is offered in the TLS handshake.
    pub http2: bool,
    /// Whether it was declared `default_server`.
    pub default: bool,
    /// The line.
    pub source: Source,
}

/// A listening socket: a pair of address and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// The `listen` line that comes first.
    pub listen: Listen,
    /// The `ssl` line; one among its `listen` lines is enough.
    pub ssl: Option<Source>,
    /// The `http2` line; one is enough here as well.
    pub http2: Option<Source>,
    /// The default server: the one declared so, or else the first.
    pub default: usize,
    /// The server blocks.
    pub servers: Vec<usize>,
    /// Exact names, sorted.
    pub exact: Vec<Claim>,
    /// The part after `*.`, sorted.
    pub heads: Vec<Claim>,
    /// The part before `.*`, sorted.
    pub tails: Vec<Claim>,
    /// Regular expressions, in order; without one where it is not modelled.
    pub patterns: Vec<(Option<Pattern>, Claim)>,
}

/// A name on a socket: the name, the index of the server block, and the index of the name in it.
pub type Claim = (String, usize, usize);

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

/// What a block is, and how a location is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// `server`.
    Server,
    /// `location = /x`.
    Exact,
    /// `location ^~ /x`.
    PrefixFirst,
    /// `location /x`.
    Prefix,
    /// `location ~ x`.
    Regex,
    /// `location ~* x`.
    RegexCaseless,
    /// `location @x`.
    Named,
    /// `if` and `limit_except`.
    Inner,
}

/// A block whose settings can be in force for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its opening brace.
    pub source: Source,
    /// What it is.
    pub how: Match,
    /// The path, expression or name of a location.
    pub path: String,
    /// The expression, compiled.
    pub pattern: Option<Pattern>,
    /// What the rewrite module does here, in order.
    pub steps: Vec<Step>,
    /// The directives in force: its own, or else the inherited ones.
    pub settings: Settings,
    /// `proxy_pass`; inside `if` and `limit_except` the outer one counts.
    pub pass: Option<Pass>,
    /// `stub_status`.
    pub status_page: Option<Source>,
    /// `internal`.
    pub internal: Option<Source>,
    /// `try_files`.
    pub try_files: Option<(Vec<String>, Source)>,
    /// The locations inside.
    pub inside: Vec<usize>,
    /// `limit_except`: the methods that are not limited, and the block for all others.
    pub limit: Option<(Vec<String>, usize)>,
    /// A directive in it, or around it, that decides and is not modelled.
    pub not_modelled: Option<(String, Source)>,
}

/// A step of the rewrite module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `set`: the name without `$`, and the value.
    Set(String, String),
    /// `if`, with its block.
    If(Condition, usize, Source),
    /// `rewrite`.
    Rewrite(Rewrite),
    /// `break`.
    Break(Source),
    /// `return`.
    Return(Return),
}

/// A `rewrite` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The expression.
    pub pattern: Pattern,
    /// What takes the place of the path.
    pub replacement: String,
    /// What happens then.
    pub flag: Flag,
    /// Whether the request's own arguments are added: not after a final `?`.
    pub keeps: bool,
    /// The line.
    pub source: Source,
}

/// The last word of a `rewrite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// None: the next directive follows.
    Next,
    /// `last`: a location is looked for again.
    Last,
    /// `break`: the location stays.
    Break,
    /// `redirect`, `permanent`, or a replacement that is a URL: the status.
    Redirect(u16),
}

/// The condition of an `if`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `$x`: not empty and not `0`.
    True(String),
    /// `=` and `!=`: variable, text, negated.
    Equal(String, String, bool),
    /// `~`, `~*` and their opposites: variable, expression, negated.
    Like(String, Pattern, bool),
    /// `-f`, `-d`, `-e`, `-x`: no file exists here, so it is true if negated.
    File(bool),
}

/// A `proxy_pass` directive, or a `grpc_pass`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// As it is written, with its variables.
    pub url: String,
    /// `$proxy_host`: the name, and the port where one is written. Empty where the URL has variables.
    pub host: String,
    /// The group; `None` where the URL has variables.
    pub group: Option<usize>,
    /// The URI part, which replaces the matched prefix; `None` passes the request's own on unchanged.
    pub uri: Option<String>,
    /// Whether it is a `grpc_pass`: HTTP/2 is spoken to the server behind.
    pub grpc: bool,
    /// The path of the location it stands in.
    pub location: String,
    /// The line.
    pub source: Source,
}

/// A group of servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The name in `upstream`, or the host in `proxy_pass`.
    pub name: String,
    /// The port in a `proxy_pass` that made the group.
    pub port: Option<u16>,
    /// How the next one is chosen.
    pub method: Method,
    /// The servers.
    pub peers: Vec<Peer>,
    /// The line of `upstream`.
    pub source: Option<Source>,
    /// Something in it that decides and is not modelled.
    pub not_modelled: Option<(String, Source)>,
}

/// How a group chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Weighted round robin.
    #[default]
    InTurn,
    /// `least_conn`.
    LeastConnections,
    /// `ip_hash`.
    ClientAddress,
    /// `hash key`.
    Hash(String),
}

/// A server of a group, at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Where it is.
    pub address: SocketAddr,
    /// As it is written: the key of `hash`.
    pub name: String,
    /// `weight`.
    pub weight: u32,
    /// `max_fails`.
    pub max_fails: u32,
    /// `fail_timeout` in seconds.
    pub fail_timeout: u64,
    /// `backup`.
    pub backup: bool,
    /// `down`.
    pub down: bool,
    /// The line.
    pub source: Source,
}

/// `map $x $y { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The text that is looked up.
    pub from: String,
    /// The variable, without `$`.
    pub name: String,
    /// `hostnames`: wildcards are looked for.
    pub hostnames: bool,
    /// Literal keys, lower case, and values.
    pub exact: Vec<(String, String)>,
    /// Expressions and values.
    pub patterns: Vec<(Pattern, String)>,
    /// `default`.
    pub default: String,
    /// Whether it is a `geo`: keys are networks.
    pub geo: bool,
}

/// `limit_req_zone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// What requests are counted by.
    pub key: String,
    /// Requests a second, in thousandths.
    pub rate: u64,
}

impl Config {
    /// The error for which nginx refuses the configuration.
    pub fn error(&self) -> Option<&Problem> {
        self.problems.iter().find(|p| p.severity == Severity::Error)
    }
}

impl Block {
    /// As it is written: `location = /x`.
    pub fn written(&self) -> String {
        let sign = match self.how {
            Match::Exact => "= ",
            Match::PrefixFirst => "^~ ",
            Match::Regex => "~ ",
            Match::RegexCaseless => "~* ",
            _ => "",
        };
        ["location ", sign, &self.path].concat()
    }
}
