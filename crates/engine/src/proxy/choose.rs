//! Which server block, which certificate, which location (nginx.org: "How nginx processes a request",
//! "Server names", "Configuring HTTPS servers", `location`).

use super::{Config, Listen, Location, Match, Server};
use crate::problem::Source;
use core::net::IpAddr;

/// How a server block came to be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// The block.
    pub server: &'a Server,
    /// The `server_name` line that fitted; `None` where no name did and the default server for the port was taken.
    pub name: Option<(&'a str, &'a Source)>,
    /// A name that is a regular expression, and would have to be tried before the default server: not modelled.
    pub untried: Option<&'a Source>,
}

/// The listening sockets: one a pair of address and port, with the `listen` line that comes first.
pub fn sockets(config: &Config) -> Vec<&Listen> {
    let mut found: Vec<&Listen> = Vec::new();
    for listen in config.servers.iter().flat_map(|server| &server.listens) {
        if !found.iter().any(|l| l.port == listen.port && l.address == listen.address) {
            found.push(listen);
        }
    }
    found
}

/// The socket that takes a connection to `address` and `port`: the exact address before the wildcard.
pub fn socket(config: &Config, address: IpAddr, port: u16) -> Option<IpAddr> {
    let on_port = |a: IpAddr| sockets(config).iter().any(|l| l.port == port && l.address == a).then_some(a);
    let any = match address {
        IpAddr::V4(_) => IpAddr::V4(core::net::Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(core::net::Ipv6Addr::UNSPECIFIED),
    };
    on_port(address).or_else(|| on_port(any))
}

/// Whether TLS is spoken on a socket: one `ssl` among its `listen` lines is enough.
pub fn speaks_tls(config: &Config, socket: IpAddr, port: u16) -> bool {
    config.servers.iter().flat_map(|s| &s.listens).any(|l| l.port == port && l.address == socket && l.ssl)
}

/// The index of the default server of a socket: the one declared so, or else the first.
pub fn default_server(config: &Config, socket: IpAddr, port: u16) -> Option<usize> {
    let on = |l: &&Listen| l.port == port && l.address == socket;
    let declared = config.servers.iter().position(|s| s.listens.iter().any(|l| on(&l) && l.default));
    declared.or_else(|| config.servers.iter().position(|s| s.listens.iter().any(|l| on(&l))))
}

/// Chooses the server block among those of the socket, by name: the exact name, the longest `*.x`, the longest `x.*`,
/// the first regular expression (not modelled); else the default server. `host` is lower case, without a port, and empty
/// where the request has none.
pub fn server<'a>(config: &'a Config, socket: IpAddr, port: u16, host: Option<&str>) -> Option<Chosen<'a>> {
    let on = |s: &&Server| s.listens.iter().any(|l| l.port == port && l.address == socket);
    let mut best: Option<(u8, usize, Chosen<'a>)> = None;
    for candidate in config.servers.iter().filter(on) {
        // A block without `server_name` has the empty name, which fits a request without a host.
        let unnamed = candidate.names.is_empty() && host == Some("");
        let unnamed = unnamed.then_some(("", &candidate.source));
        for (name, source) in candidate.names.iter().map(|(name, source)| (name.as_str(), source)).chain(unnamed) {
            let Some((class, length)) = host.and_then(|host| fits(name, host)) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|(c, l, _)| class < *c || (class == *c && length > *l));
            if better {
                best = Some((class, length, Chosen { server: candidate, name: Some((name, source)), untried: None }));
            }
        }
    }
    let mut names = config.servers.iter().filter(on).flat_map(|candidate| &candidate.names);
    let untried = names.find(|(name, _)| name.starts_with('~') && host.is_some()).map(|(_, source)| source);
    let default =
        || default_server(config, socket, port).map(|i| Chosen { server: &config.servers[i], name: None, untried });
    best.map(|(.., chosen)| chosen).or_else(default)
}

/// Whether a server name fits the host, and how: 0 exact, 1 leading star, 2 trailing star; with its length.
fn fits(name: &str, host: &str) -> Option<(u8, usize)> {
    if name == host && !name.starts_with('~') {
        return Some((0, name.len()));
    }
    if let Some(domain) = name.strip_prefix('.') {
        let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        return if host == domain { Some((0, name.len())) } else { below.then_some((1, name.len())) };
    }
    if let Some(domain) = name.strip_prefix('*') {
        let rest = host.strip_suffix(domain)?;
        return (domain.starts_with('.') && !rest.is_empty()).then_some((1, name.len()));
    }
    let start = name.strip_suffix('*')?;
    (start.ends_with('.') && host.strip_prefix(start).is_some_and(|rest| !rest.is_empty())).then_some((2, name.len()))
}

/// What nginx shows in the TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// This certificate, with its line; and whether a server name fitted.
    Certificate(&'a str, &'a Source, bool),
    /// Nothing: the handshake is rejected (`ssl_reject_handshake`).
    Rejected(&'a Source),
    /// Nothing, since no TLS is spoken here.
    Nothing,
    /// A regular expression would have to be tried first, which is not modelled.
    NotModelled(&'a Source),
}

/// Chooses the certificate by SNI among the server blocks of the socket; a block without one takes the default server's.
pub fn certificate<'a>(config: &'a Config, socket: IpAddr, port: u16, sni: Option<&str>) -> Shown<'a> {
    let Some(chosen) = server(config, socket, port, sni).filter(|_| speaks_tls(config, socket, port)) else {
        return Shown::Nothing;
    };
    if let Some(source) = chosen.untried {
        return Shown::NotModelled(source);
    }
    if let Some(source) = &chosen.server.rejects {
        return Shown::Rejected(source);
    }
    let default = default_server(config, socket, port).and_then(|i| config.servers[i].certificate.as_ref());
    match chosen.server.certificate.as_ref().or(default) {
        Some((path, source)) => Shown::Certificate(path, source, chosen.name.is_some()),
        None => Shown::Nothing,
    }
}

/// How a location came to be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// This one.
    Location(&'a Location),
    /// A location that passes requests on has this path and one slash more: nginx redirects there with 301.
    AddSlash(&'a Location),
    /// None fits: nginx looks for a file.
    Nothing,
    /// A regular expression would have to be tried first, which is not modelled.
    NotModelled(&'a Location),
}

/// Chooses the location: `=`, else the longest prefix; if that one is not `^~`, regular expressions come before it.
pub fn location<'a>(server: &'a Server, uri: &str) -> Found<'a> {
    if let Some(exact) = server.locations.iter().find(|l| l.how == Match::Exact && l.path == uri) {
        return Found::Location(exact);
    }
    let slash = |l: &&Location| l.pass.is_some() && l.path.strip_suffix('/').is_some_and(|path| path == uri);
    let is_prefix = |l: &&Location| matches!(l.how, Match::Prefix | Match::PrefixFirst);
    let bare = server.locations.iter().filter(is_prefix).any(|l| l.path == uri);
    if let Some(location) = server.locations.iter().filter(is_prefix).find(slash).filter(|_| !bare) {
        return Found::AddSlash(location);
    }
    let prefix = server
        .locations
        .iter()
        .filter(|l| matches!(l.how, Match::Prefix | Match::PrefixFirst) && uri.starts_with(&l.path))
        .max_by_key(|l| l.path.len());
    if let Some(first) = prefix.filter(|l| l.how == Match::PrefixFirst) {
        return Found::Location(first);
    }
    if let Some(regex) = server.locations.iter().find(|l| l.how == Match::Regex) {
        return Found::NotModelled(regex);
    }
    prefix.map_or(Found::Nothing, Found::Location)
}

/// The path as locations see it: without the query, percent-decoded, slashes merged, dots resolved
/// (`ngx_http_parse_complex_uri`). `None` where the path climbs above the root or ends in half an escape: 400.
pub fn normal_path(target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next().unwrap_or("");
    let mut decoded = Vec::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || (bytes.next()? as char).to_digit(16);
        let value = digit()? * 16 + digit()?;
        if value == 0 {
            return None;
        }
        decoded.push(value as u8);
    }
    let decoded = String::from_utf8_lossy(&decoded).into_owned();
    let mut segments: Vec<&str> = Vec::new();
    let mut directory = true;
    for segment in decoded.split('/') {
        directory = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    let end = if directory && !segments.is_empty() { "/" } else { "" };
    Some(["/", &segments.join("/"), end].concat())
}
