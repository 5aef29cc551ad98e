//! Which server block, which certificate, which location (nginx.org: "How nginx processes a request",
//! "Server names", "Configuring HTTPS servers", `location`).

use super::{Claim, Config, Listen, Match, Protocols, Socket};
use crate::problem::Source;
use crate::time::Micros;
use core::net::IpAddr;

/// How a server block came to be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The index of the block.
    pub server: usize,
    /// The index of the name that fitted, in the block; a block without names has the empty one.
    pub name: usize,
    /// Of a regular expression: the names of its groups, and what the groups hold.
    pub captures: Option<Captured>,
}

/// The names of an expression's groups with their numbers, and what the groups hold.
pub type Captured = (Vec<(String, usize)>, Vec<String>);

/// The listening sockets: one a pair of address and port, with the `listen` line that comes first.
pub fn sockets(config: &Config) -> impl Iterator<Item = &Listen> {
    config.sockets.iter().map(|socket| &socket.listen)
}

/// The socket that takes a connection to `address` and `port`: the exact address before the wildcard.
pub fn socket(config: &Config, address: IpAddr, port: u16) -> Option<&Socket> {
    let at = |a: IpAddr| config.sockets.iter().find(|s| s.listen.port == port && s.listen.address == a);
    let any = match address {
        IpAddr::V4(_) => IpAddr::V4(core::net::Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(core::net::Ipv6Addr::UNSPECIFIED),
    };
    at(address).or_else(|| at(any))
}

fn claimed(claims: &[Claim], name: &str) -> Option<Chosen> {
    let at = claims.binary_search_by(|(known, ..)| known.as_str().cmp(name)).ok()?;
    let (_, server, name) = claims[at];
    Some(Chosen { server, name, captures: None })
}

/// Chooses the server block among those of the socket, by name: the exact name, the longest `*.x`, the longest `x.*`,
/// the first regular expression; `None` leaves the default server. `host` has no port, and is empty where the request
/// names none.
///
/// # Errors
///
/// The regular expression of this server block is not modelled, or takes too many steps.
pub fn server(socket: &Socket, host: &str) -> Result<Option<Chosen>, usize> {
    let lower = host.bytes().any(|b| b.is_ascii_uppercase()).then(|| host.to_ascii_lowercase());
    let host = lower.as_deref().unwrap_or(host);
    if let Some(found) = claimed(&socket.exact, host) {
        return Ok(Some(found));
    }
    let dots: Vec<usize> = host.bytes().enumerate().filter(|(_, b)| *b == b'.').map(|(at, _)| at).collect();
    for at in &dots {
        if let Some(found) = claimed(&socket.heads, &host[at + 1..]) {
            return Ok(Some(found));
        }
    }
    for at in dots.iter().rev().filter(|at| **at + 1 < host.len()) {
        if let Some(found) = claimed(&socket.tails, &host[..*at]) {
            return Ok(Some(found));
        }
    }
    for (pattern, (_, server, name)) in socket.patterns.iter().filter(|_| !host.is_empty()) {
        let pattern = pattern.as_ref().ok_or(*server)?;
        if let Some(captures) = pattern.find(host).map_err(|_| *server)? {
            let part =
                |group: &Option<(usize, usize)>| group.and_then(|(a, b)| host.get(a..b)).unwrap_or("").to_owned();
            let captures = Some((pattern.names.clone(), captures.iter().map(part).collect()));
            return Ok(Some(Chosen { server: *server, name: *name, captures }));
        }
    }
    Ok(None)
}

/// What nginx shows in the TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// This certificate, with its line; whether a server name fitted; and how the session is made.
    Certificate(&'a str, &'a Source, bool, Sessions<'a>),
    /// Nothing: the handshake is rejected (`ssl_reject_handshake`).
    Rejected(&'a Source),
    /// Nothing: this `ssl_protocols` has no version that clients of today speak.
    NoVersion(&'a Source),
    /// Nothing, since no TLS is spoken here.
    Nothing,
    /// This line decides, and it is not modelled.
    NotModelled(&'a Source),
}

/// How TLS sessions are made and resumed. OpenSSL settles most of it before it knows the server name, so the default
/// server of the socket decides for all; only tickets must be allowed by the named block as well (observed with
/// nginx 1.22.1 and OpenSSL 3.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sessions<'a> {
    /// `ssl_protocols` of the default server.
    pub protocols: Option<&'a Protocols>,
    /// The `ssl_session_tickets off` in force.
    pub no_tickets: Option<&'a Source>,
    /// Whether the server keeps sessions itself (`ssl_session_cache`).
    pub kept: bool,
    /// `ssl_session_timeout` of the default server.
    pub timeout: Option<&'a (Micros, Source)>,
}

/// Chooses the certificate by SNI among the server blocks of the socket; a block without one takes the default server's.
pub fn certificate<'a>(config: &'a Config, address: IpAddr, port: u16, sni: Option<&str>) -> Shown<'a> {
    let Some(socket) = socket(config, address, port).filter(|socket| socket.ssl.is_some()) else {
        return Shown::Nothing;
    };
    let default = &config.servers[socket.default];
    if let Some(Protocols { old: false, new: false, source, .. }) = &default.protocols {
        return Shown::NoVersion(source);
    }
    let sni = sni.map(|name| name.strip_suffix('.').unwrap_or(name)).filter(|name| !name.is_empty());
    let (server, named) = match sni.map_or(Ok(None), |name| server(socket, name)) {
        Ok(Some(chosen)) => (chosen.server, true),
        Ok(None) => (socket.default, false),
        Err(server) => return Shown::NotModelled(&config.servers[server].source),
    };
    let chosen = &config.servers[server];
    if let Some(source) = &chosen.rejects {
        return Shown::Rejected(source);
    }
    let sessions = Sessions {
        protocols: default.protocols.as_ref(),
        no_tickets: default.no_tickets.as_ref().or(chosen.no_tickets.as_ref()),
        kept: default.keeps_sessions,
        timeout: default.session_timeout.as_ref(),
    };
    match chosen.certificate.as_ref().or(default.certificate.as_ref()) {
        Some((path, source)) if crate::text::contains(path, "$") => Shown::NotModelled(source),
        Some((path, source)) => Shown::Certificate(path, source, named, sessions),
        None => Shown::Nothing,
    }
}

/// How a location came to be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The index of its block; that of the server's own block where no location fits.
    pub block: usize,
    /// A location that passes requests on has this path and one slash more: nginx redirects there with 301.
    pub add_slash: bool,
    /// What the groups of its expression hold.
    pub captures: Option<Vec<String>>,
}

/// Chooses the location for a path in the block `outer` and, in turn, inside the one found: `=`, else the longest
/// prefix; if that one is not `^~`, regular expressions come before it (`ngx_http_core_find_location`).
///
/// # Errors
///
/// The regular expression of this block is not modelled, or takes too many steps.
pub fn location(config: &Config, outer: usize, uri: &str) -> Result<Found, usize> {
    let blocks = &config.blocks;
    let inside = &blocks[outer].inside;
    let of = |how: Match| inside.iter().copied().filter(move |i| blocks[*i].how == how);
    let prefixes = || inside.iter().copied().filter(|i| matches!(blocks[*i].how, Match::Prefix | Match::PrefixFirst));
    if let Some(block) = of(Match::Exact).find(|i| blocks[*i].path == uri) {
        return Ok(Found { block, ..Found::default() });
    }
    let bare = prefixes().any(|i| blocks[i].path == uri);
    let slash =
        |i: &usize| blocks[*i].pass.is_some() && blocks[*i].path.strip_suffix('/').is_some_and(|path| path == uri);
    if let Some(block) = prefixes().chain(of(Match::Exact)).find(slash).filter(|_| !bare) {
        return Ok(Found { block, add_slash: true, captures: None });
    }
    let longest = prefixes().filter(|i| uri.starts_with(&blocks[*i].path)).max_by_key(|i| blocks[*i].path.len());
    let mut found = Found { block: outer, ..Found::default() };
    let mut first = false;
    if let Some(block) = longest {
        found = location(config, block, uri)?;
        // What was decided inside by an exact path, a slash or an expression stands.
        if found.add_slash || found.captures.is_some() || blocks[found.block].how == Match::Exact {
            return Ok(found);
        }
        first = blocks[block].how == Match::PrefixFirst;
    }
    if first {
        return Ok(found);
    }
    for block in inside.iter().copied().filter(|i| matches!(blocks[*i].how, Match::Regex | Match::RegexCaseless)) {
        let Some(pattern) = &blocks[block].pattern else {
            return Err(block);
        };
        if let Some(captures) = pattern.find(uri).map_err(|_| block)? {
            let part = |group: &Option<(usize, usize)>| {
                let bytes = group.map_or(&[][..], |(from, to)| &uri.as_bytes()[from..to]);
                String::from_utf8_lossy(bytes).into_owned()
            };
            let captures: Vec<String> = captures.iter().map(part).collect();
            let inner = location(config, block, uri)?;
            return Ok(if inner.captures.is_some() { inner } else { Found { captures: Some(captures), ..inner } });
        }
    }
    Ok(found)
}

/// Whether an address is in a network: `all`, an address, or CIDR.
pub fn network_holds(network: &str, address: IpAddr) -> bool {
    if network == "all" {
        return true;
    }
    let (base, bits) = network.split_once('/').map_or((network, None), |(base, bits)| (base, bits.parse::<u32>().ok()));
    match (base.parse(), address) {
        (Ok(IpAddr::V4(base)), IpAddr::V4(address)) => {
            let shift = 32 - bits.unwrap_or(32).min(32);
            base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        (Ok(IpAddr::V6(base)), IpAddr::V6(address)) => {
            let shift = 128 - bits.unwrap_or(128).min(128);
            base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}
