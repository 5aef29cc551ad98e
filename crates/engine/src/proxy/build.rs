//! From directives to a configuration: what nginx checks and computes when it loads its files (`nginx -t`).

mod location;

use super::check;
use super::parse::{self, Directive};
use super::{Config, Listen, Return, Server, directives, variables};
use crate::problem::{Problem, Source};
use crate::text;
use crate::time::Micros;
use core::net::{IpAddr, Ipv4Addr};

/// What loading needs besides the files themselves.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The names of `/etc/hosts`.
    pub hosts: &'a [(IpAddr, String)],
    /// The paths of the certificate files that exist.
    pub certificates: &'a [String],
    /// The paths of key files that belong to none of the certificates.
    pub other_keys: &'a [String],
}

/// What a block takes over from the blocks around it.
#[derive(Clone, Default)]
struct Inherited {
    certificate: Option<(String, Source)>,
    key: bool,
    headers: Vec<(String, String)>,
    version: Option<&'static str>,
    keepalive: Option<u64>,
    read_timeout: Option<(Micros, Option<Source>)>,
    not_modelled: Option<(String, Source)>,
}

/// Loads the files of `conf.d`, given in the order of their names, as inside `http { }`.
pub fn build(files: &[(&str, &str)], around: Surroundings<'_>) -> Config {
    let read = parse::read(files, around);
    if read.refused() {
        return Config { problems: read.problems, ..Config::default() };
    }
    let trees: Vec<(&str, Vec<Directive>)> = files.iter().map(|(document, _)| *document).zip(read.trees).collect();
    let mut made = Vec::new();
    trees.iter().for_each(|(_, tree)| variables_made(tree, &mut made));
    let config = Config { problems: read.problems, ..Config::default() };
    let (groups, late) = (Groups::new(), Vec::new());
    let mut builder = Builder { document: "", around, config, groups, late, made: &made, left_out: None };
    // A `proxy_pass` may name a group that stands in a later file.
    for (document, tree) in &trees {
        builder.document = document;
        tree.iter().filter(|directive| directive.name == "upstream").for_each(|block| builder.group(block));
    }
    for (document, tree) in trees {
        builder.document = document;
        let outer = builder.inherit(&tree, &Inherited::default());
        for directive in &tree {
            builder.mention(directive);
            if directive.name == "server" {
                builder.server(directive, &outer);
            }
        }
    }
    let Builder { mut config, late, .. } = builder;
    config.problems.extend(late);
    check::listens(&mut config);
    config
}

struct Builder<'a> {
    document: &'a str,
    around: Surroundings<'a>,
    config: Config,
    /// The `upstream` groups read so far.
    groups: Groups,
    /// Errors that nginx finds out only when it has read everything.
    late: Vec<Problem>,
    /// The variables that `set` and `map` make.
    made: &'a [String],
    /// What the directive just read leaves out of account.
    left_out: Option<(String, Source)>,
}

/// The names of the variables that a configuration makes itself.
fn variables_made(tree: &[Directive], into: &mut Vec<String>) {
    for directive in tree {
        let name = match directive.name.as_str() {
            "set" => directive.args.first(),
            "map" => directive.args.get(1),
            _ => None,
        };
        into.extend(name.and_then(|name| name.strip_prefix('$')).map(ToOwned::to_owned));
        variables_made(&directive.block, into);
    }
}

/// Groups of servers by name.
type Groups = Vec<(String, Vec<(IpAddr, u16)>)>;

impl Builder<'_> {
    fn source(&self, directive: &Directive) -> Source {
        Source::new(self.document, directive.line)
    }

    fn error(&mut self, directive: &Directive, pieces: &[&str]) {
        let problem = self.said(directive, pieces);
        self.config.problems.push(problem);
    }

    /// What nginx says of a directive.
    fn said(&self, directive: &Directive, pieces: &[&str]) -> Problem {
        let place = [" in ", self.document, ":", &directive.end.to_string()].concat();
        Problem::error(self.document, directive.line, 1, [&pieces.concat(), place.as_str()].concat())
    }

    /// Reports what the engine leaves out.
    fn mention(&mut self, directive: &Directive) {
        if !directives::modelled(&directive.name) {
            let words = ["`", &directive.name, "` is not modelled"].concat();
            self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
        }
    }

    /// Reports unknown and unmodelled variables in a text.
    fn check_variables(&mut self, directive: &Directive, text: &str) {
        for name in variables::names(text) {
            let (document, line) = (self.document, directive.line);
            let known = variables::known(name).or_else(|| self.made.iter().any(|made| made == name).then_some(false));
            match known {
                Some(true) => {}
                Some(false) => {
                    self.left_out = Some((["the variable $", name].concat(), self.source(directive)));
                    let words = ["the variable $", name, " is not modelled"].concat();
                    self.config.problems.push(Problem::not_modelled(document, line, words));
                }
                None if name.is_empty() => self.error(directive, &["invalid variable name"]),
                None => {
                    let words = ["unknown \"", name, "\" variable"].concat();
                    self.config.problems.push(Problem::error(document, line, 1, words));
                }
            }
        }
    }

    /// What a block says for itself and for the blocks inside. One `proxy_set_header` discards all inherited ones.
    fn inherit(&mut self, block: &[Directive], outer: &Inherited) -> Inherited {
        let mut own = Inherited { headers: Vec::new(), ..outer.clone() };
        for directive in block {
            let first = directive.args.first().map_or("", String::as_str);
            match directive.name.as_str() {
                "ssl_certificate" => {
                    own.certificate = Some((first.to_owned(), self.source(directive)));
                }
                "ssl_certificate_key" => own.key = true,
                "proxy_set_header" => {
                    let value = directive.args.get(1).cloned().unwrap_or_default();
                    self.check_variables(directive, &value);
                    own.headers.push((first.to_owned(), value));
                }
                "proxy_http_version" => match first {
                    "1.0" => own.version = Some("HTTP/1.0"),
                    "1.1" => own.version = Some("HTTP/1.1"),
                    _ => self.error(directive, &["invalid value \"", first, "\""]),
                },
                "proxy_read_timeout" => match time(first) {
                    Some(span) => own.read_timeout = Some((span, Some(self.source(directive)))),
                    None => self.error(directive, &["\"proxy_read_timeout\" directive invalid value"]),
                },
                "keepalive_timeout" => match time(first) {
                    Some(span) => own.keepalive = Some(span.0 / 1_000_000),
                    None => self.error(directive, &["\"keepalive_timeout\" directive invalid value"]),
                },
                name if directives::DECIDES.contains(&name) => {
                    let what = (name.to_owned(), self.source(directive));
                    own.not_modelled = own.not_modelled.or(Some(what));
                }
                _ => {}
            }
        }
        own.not_modelled = own.not_modelled.or(self.left_out.take());
        if own.headers.is_empty() {
            own.headers.clone_from(&outer.headers);
        }
        own
    }

    fn server(&mut self, block: &Directive, outer: &Inherited) {
        let own = self.inherit(&block.block, outer);
        let mut server = Server {
            source: self.source(block),
            certificate: own.certificate.clone(),
            key: own.key,
            keepalive: own.keepalive.unwrap_or(75),
            not_modelled: own.not_modelled.clone(),
            ..Server::default()
        };
        for directive in &block.block {
            self.mention(directive);
            match directive.name.as_str() {
                "listen" => {
                    if let Some(listen) = self.listen(directive) {
                        server.listens.push(listen);
                    }
                }
                "server_name" => {
                    let source = self.source(directive);
                    server.names.extend(directive.args.iter().map(|name| (name.to_ascii_lowercase(), source.clone())));
                    for name in directive.args.iter().filter(|name| name.starts_with('~')) {
                        let words = ["the regular expression ", name, " is not modelled"].concat();
                        self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                    }
                }
                "return" => {
                    server.returns = server.returns.take().or_else(|| self.returns(directive));
                    server.not_modelled = server.not_modelled.take().or(self.left_out.take());
                }
                "ssl_reject_handshake" => {
                    server.rejects = directive.args.first().filter(|arg| *arg == "on").map(|_| self.source(directive));
                }
                "location" => self.location(directive, &own, &mut server.locations),
                _ => {}
            }
        }
        if server.listens.is_empty() {
            let address = Ipv4Addr::UNSPECIFIED.into();
            server.listens.push(Listen {
                address,
                port: 80,
                ssl: false,
                default: false,
                source: server.source.clone(),
            });
        }
        if let Some((path, _)) = &server.certificate {
            let path = path.clone();
            if !server.key {
                let words = ["no \"ssl_certificate_key\" is defined for certificate \"", &path, "\""].concat();
                self.late.push(Problem::error(self.document, block.line, 1, words));
            } else if !self.around.certificates.contains(&path) {
                let words = [
                    "cannot load certificate \"",
                    &path,
                    "\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(",
                    &path,
                    ", r) error:10000080:BIO routines::no such file)",
                ];
                self.late.push(Problem::error(self.document, block.line, 1, words.concat()));
            }
        }
        self.config.servers.push(server);
    }

    /// `listen [address:]port [default_server] [ssl] …`.
    fn listen(&mut self, directive: &Directive) -> Option<Listen> {
        let first = directive.args.first()?;
        let mut listen = Listen {
            address: Ipv4Addr::UNSPECIFIED.into(),
            port: 80,
            ssl: false,
            default: false,
            source: self.source(directive),
        };
        let (host, port) = match first.rsplit_once(':') {
            Some((host, port)) if !first.ends_with(']') => (host, Some(port)),
            _ if first.chars().all(|c| c.is_ascii_digit()) => ("*", Some(first.as_str())),
            _ => (first.as_str(), None),
        };
        if let Some(port) = port {
            match port.parse() {
                Ok(port) if port > 0 => listen.port = port,
                _ => {
                    self.error(directive, &["invalid port in \"", first, "\" of the \"listen\" directive"]);
                    return None;
                }
            }
        }
        match (host, host.trim_matches(['[', ']']).parse()) {
            ("*", _) => {}
            (_, Ok(address)) => listen.address = address,
            ("localhost", _) => listen.address = Ipv4Addr::LOCALHOST.into(),
            _ => {
                self.error(directive, &["host not found in \"", first, "\" of the \"listen\" directive"]);
                return None;
            }
        }
        for flag in &directive.args[1..] {
            match flag.as_str() {
                "ssl" => listen.ssl = true,
                "default_server" | "default" => listen.default = true,
                "http2" | "proxy_protocol" | "reuseport" | "deferred" => {
                    let words = ["`listen … ", flag, "` is not modelled"].concat();
                    self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                }
                _ if text::contains(flag, "=") => {}
                _ => self.error(directive, &["invalid parameter \"", flag, "\""]),
            }
        }
        Some(listen)
    }

    /// `return code [text]`, `return code URL`, `return URL`.
    fn returns(&mut self, directive: &Directive) -> Option<Return> {
        let first = directive.args.first()?;
        let source = self.source(directive);
        for text in &directive.args {
            self.check_variables(directive, text);
        }
        let is_url = ["http://", "https://", "$scheme"].iter().any(|start| first.starts_with(start));
        if directive.args.len() == 1 && is_url {
            return Some(Return { status: 302, text: Some(first.clone()), source });
        }
        match first.parse() {
            Ok(status) if status <= 999 => Some(Return { status, text: directive.args.get(1).cloned(), source }),
            _ => {
                self.error(directive, &["invalid return code \"", first, "\""]);
                None
            }
        }
    }
}

/// A time as nginx writes it: `60`, `60s`, `1m`, `500ms`, `1h 30m` without the blank (nginx.org, "Configuration file
/// measurement units").
fn time(text: &str) -> Option<Micros> {
    let (mut total, mut rest) = (0u64, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().ok()?;
        let unit = &rest[end..];
        let length = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let scale: u64 = match &unit[..length] {
            "ms" => 1_000,
            "" | "s" => 1_000_000,
            "m" => 60_000_000,
            "h" => 3_600_000_000,
            "d" => 86_400_000_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(scale)?)?;
        rest = &unit[length..];
    }
    (!text.is_empty()).then_some(Micros(total))
}
