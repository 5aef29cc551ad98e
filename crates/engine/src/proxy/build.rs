//! From directives to a configuration: what nginx checks and computes when it loads its files (`nginx -t`).

use super::check;
use super::parse::{self, Directive};
use super::{Config, Listen, Location, Match, Pass, Return, Server, directives, variables};
use crate::problem::{Problem, Source};
use core::net::{IpAddr, Ipv4Addr};

/// What loading needs besides the files themselves.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The names of `/etc/hosts`.
    pub hosts: &'a [(IpAddr, String)],
    /// The paths of the certificate files that exist.
    pub certificates: &'a [String],
}

/// What a block takes over from the blocks around it.
#[derive(Clone, Default)]
struct Inherited {
    certificate: Option<(String, Source)>,
    key: bool,
    headers: Vec<(String, String)>,
    version: Option<&'static str>,
    keepalive: Option<u64>,
}

/// Loads the files of `conf.d`, given in the order of their names, as inside `http { }`.
pub fn build(files: &[(&str, &str)], around: Surroundings<'_>) -> Config {
    let mut config = Config::default();
    for (document, text) in files {
        let tree = parse::parse(document, text, &mut config.problems);
        let mut builder = Builder { document, around, config: &mut config };
        let outer = builder.inherit(&tree, &Inherited::default());
        for directive in &tree {
            builder.mention(directive);
            if directive.name == "server" {
                builder.server(directive, &outer);
            }
        }
        if config.error().is_some() {
            return config;
        }
    }
    check::listens(&mut config);
    config
}

struct Builder<'a> {
    document: &'a str,
    around: Surroundings<'a>,
    config: &'a mut Config,
}

impl Builder<'_> {
    fn source(&self, directive: &Directive) -> Source {
        Source::new(self.document, directive.line)
    }

    fn error(&mut self, directive: &Directive, pieces: &[&str]) {
        let place = [" in ", self.document, ":", &directive.end.to_string()].concat();
        let words = [&pieces.concat(), place.as_str()].concat();
        self.config.problems.push(Problem::error(self.document, directive.line, 1, words));
    }

    /// Reports what the engine leaves out.
    fn mention(&mut self, directive: &Directive) {
        if directives::find(&directive.name).is_some_and(|rules| rules.iter().all(|rule| !rule.modelled)) {
            let words = ["`", &directive.name, "` is not modelled"].concat();
            self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
        }
    }

    /// Reports unknown and unmodelled variables in a text.
    fn check_variables(&mut self, directive: &Directive, text: &str) {
        for name in variables::names(text) {
            let (document, line) = (self.document, directive.line);
            match variables::known(name) {
                Some(true) => {}
                Some(false) => {
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
                "keepalive_timeout" => match first.trim_end_matches('s').parse() {
                    Ok(seconds) => own.keepalive = Some(seconds),
                    Err(_) => self.error(directive, &["\"keepalive_timeout\" directive invalid value"]),
                },
                _ => {}
            }
        }
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
                self.config.problems.push(Problem::error(self.document, block.line, 1, words));
            } else if !self.around.certificates.contains(&path) {
                let words = [
                    "cannot load certificate \"",
                    &path,
                    "\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(",
                    &path,
                    ", r) error:10000080:BIO routines::no such file)",
                ];
                self.config.problems.push(Problem::error(self.document, block.line, 1, words.concat()));
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
                _ if flag.contains('=') => {}
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

    fn location(&mut self, block: &Directive, outer: &Inherited, into: &mut Vec<Location>) {
        let own = self.inherit(&block.block, outer);
        let path = block.args.last().cloned().unwrap_or_default();
        let how = match (block.args.len(), block.args[0].as_str()) {
            (2, "=") => Match::Exact,
            (2, "^~") => Match::PrefixFirst,
            (2, "~" | "~*") => Match::Regex,
            (2, other) => {
                let other = other.to_owned();
                return self.error(block, &["invalid location modifier \"", &other, "\""]);
            }
            (_, name) if name.starts_with('@') => Match::Named,
            _ => Match::Prefix,
        };
        if matches!(how, Match::Exact | Match::Prefix | Match::PrefixFirst)
            && into
                .iter()
                .any(|l| l.path == path && (l.how == Match::Exact) == (how == Match::Exact) && l.how != Match::Regex)
        {
            self.error(block, &["duplicate location \"", &path, "\""]);
        }
        let mut location = Location {
            source: self.source(block),
            how,
            path,
            returns: None,
            pass: None,
            headers: own.headers.clone(),
            version: own.version.unwrap_or("HTTP/1.0"),
            not_modelled: None,
        };
        if how == Match::Regex {
            let words = "a location given by a regular expression is not modelled".to_owned();
            self.config.problems.push(Problem::not_modelled(self.document, block.line, words));
        }
        for directive in &block.block {
            self.mention(directive);
            match directive.name.as_str() {
                "return" => {
                    location.returns = location.returns.take().or_else(|| self.returns(directive));
                }
                "proxy_pass" => location.pass = self.pass(directive, how),
                "alias" | "allow" | "deny" | "auth_basic" | "if" | "rewrite" | "try_files" | "internal"
                | "limit_req" | "limit_except" | "location" | "error_page" | "set" | "break" => {
                    let what = (directive.name.clone(), self.source(directive));
                    if directive.name == "location" {
                        let words = "a location inside a location is not modelled".to_owned();
                        self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                    }
                    location.not_modelled = location.not_modelled.take().or(Some(what));
                }
                _ => {}
            }
        }
        into.push(location);
    }

    /// `proxy_pass http://host[:port][/uri]`: the name is looked up now, once (`ngx_http_proxy_pass`).
    fn pass(&mut self, directive: &Directive, how: Match) -> Option<Pass> {
        let url = directive.args.first()?.clone();
        let rest = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
            (Some(rest), _) => rest,
            (None, Some(_)) => {
                let words = "`proxy_pass https://…` is not modelled".to_owned();
                self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                return None;
            }
            (None, None) => {
                self.error(directive, &["invalid URL prefix"]);
                return None;
            }
        };
        if rest.contains('$') {
            let words = "`proxy_pass` with variables is not modelled".to_owned();
            self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
            return None;
        }
        let (host, uri) = rest.find('/').map_or((rest, None), |at| (&rest[..at], Some(rest[at..].to_owned())));
        if uri.is_some() && matches!(how, Match::Regex | Match::Named) {
            self.error(directive, &["\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \"if\" statement, or inside \"limit_except\" block"]);
            return None;
        }
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !host.ends_with(']') => match port.parse::<u16>() {
                Ok(port) if port > 0 => (name, port),
                _ => {
                    self.error(directive, &["invalid port in upstream \"", host, uri.as_deref().unwrap_or(""), "\""]);
                    return None;
                }
            },
            _ => (host, 80),
        };
        let addresses: Vec<(IpAddr, u16)> = match name.trim_matches(['[', ']']).parse() {
            Ok(address) => vec![(address, port)],
            Err(_) => {
                self.around.hosts.iter().filter(|(_, n)| n == name).map(|(address, _)| (*address, port)).collect()
            }
        };
        if addresses.is_empty() {
            self.error(directive, &["host not found in upstream \"", name, "\""]);
            return None;
        }
        Some(Pass { host: host.to_owned(), addresses, uri, source: self.source(directive) })
    }
}
