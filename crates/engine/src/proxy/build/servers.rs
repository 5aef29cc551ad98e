//! Server blocks, and the sockets on which they listen.

use super::Builder;
use crate::pattern::Pattern;
use crate::proxy::parse::Directive;
use crate::proxy::{Block, Claim, Config, Listen, Match, Protocols, Server, Socket, settings};
use core::net::Ipv4Addr;

impl Builder<'_> {
    pub(super) fn server(&mut self, directive: &Directive, http: &[Directive], outer: &Block) {
        let mut server = Server { source: self.source(directive), keepalive: 75, ..Server::default() };
        // The server's own directives count before those of `http`.
        let outside = http.iter().filter(|inner| inner.name != "server").map(|inner| (inner, false));
        for (inner, own) in outside.chain(directive.block.iter().map(|inner| (inner, true))) {
            let first = inner.args.first().map_or("", String::as_str);
            match inner.name.as_str() {
                "ssl" => server.ssl = (first == "on").then(|| self.source(inner)),
                "ssl_certificate_key" => server.key = true,
                "keepalive_timeout" => {
                    server.keepalive = settings::time(first).map_or(75, |span| span.0 / 1_000_000);
                }
                "ssl_protocols" => {
                    // Several lines in one block add up; those of the block take the place of those outside.
                    let before = server.protocols.take().filter(|before| before.own == own);
                    let has = |word: &str| inner.args.iter().any(|arg| arg.eq_ignore_ascii_case(word));
                    let old = has("TLSv1.2") || before.as_ref().is_some_and(|before| before.old);
                    let new = has("TLSv1.3") || before.as_ref().is_some_and(|before| before.new);
                    let source = before.map_or_else(|| self.source(inner), |before| before.source);
                    server.protocols = Some(Protocols { old, new, own, source });
                }
                "ssl_session_tickets" => {
                    server.no_tickets = first.eq_ignore_ascii_case("off").then(|| self.source(inner));
                }
                "ssl_session_cache" => {
                    server.keeps_sessions = inner.args.iter().any(|arg| !matches!(arg.as_str(), "off" | "none"));
                }
                "ssl_session_timeout" => {
                    server.session_timeout = settings::time(first).map(|span| (span, self.source(inner)));
                }
                "ssl_reject_handshake" => server.rejects = (first == "on").then(|| self.source(inner)),
                _ => {}
            }
        }
        let certificate = |tree: &[Directive]| {
            tree.iter().find(|inner| inner.name == "ssl_certificate").map(|inner| {
                (
                    inner.args.first().cloned().unwrap_or_default(),
                    crate::problem::Source::new(self.document, inner.line),
                )
            })
        };
        server.certificate = certificate(&directive.block).or_else(|| certificate(http));
        for inner in &directive.block {
            match inner.name.as_str() {
                "listen" => server.listens.extend(self.listens(inner)),
                "server_name" => {
                    let source = self.source(inner);
                    let lower = |name: &String| match name.starts_with('~') {
                        true => name.clone(),
                        false => name.to_ascii_lowercase(),
                    };
                    server.names.extend(inner.args.iter().map(|name| (lower(name), source.clone())));
                    for name in &inner.args {
                        if let Some(expression) = name.strip_prefix('~') {
                            self.pattern(inner, expression, true);
                        }
                        if name == "$hostname" {
                            self.leave_out(inner, "`server_name $hostname`");
                        }
                    }
                }
                _ => {}
            }
        }
        if server.listens.is_empty() {
            let (address, source) = (Ipv4Addr::UNSPECIFIED.into(), server.source.clone());
            server.listens.push(Listen { address, port: 80, ssl: false, http2: false, default: false, source });
        }
        let left_out = self.left_out.take();
        server.block = self.block(directive, outer, Match::Server, "");
        let block = &mut self.config.blocks[server.block];
        block.not_modelled = block.not_modelled.take().or(left_out);
        self.config.servers.push(server);
    }

    /// `listen [address:]port [default_server] [ssl] …`; a name may stand for several addresses.
    fn listens(&mut self, directive: &Directive) -> Vec<Listen> {
        let first = directive.args.first().map_or("", String::as_str);
        if first.starts_with("unix:") {
            self.report(directive, "`listen unix:…` is not modelled: no client here reaches it".to_owned());
            return Vec::new();
        }
        let (host, port) = match crate::proxy::pass::host_and_port(first) {
            (number, None) if number.bytes().all(|b| b.is_ascii_digit()) => ("*", number.parse().ok()),
            (host, port) => (host, Some(port.and_then(|port| port.parse().ok()).unwrap_or(80))),
        };
        let has = |flags: &[&str]| directive.args.iter().any(|arg| flags.contains(&arg.as_str()));
        if has(&["proxy_protocol"]) || (has(&["http2"]) && !has(&["ssl"])) {
            self.leave_out(directive, "`listen … proxy_protocol` or `http2` without TLS");
        }
        if first.starts_with("[::]") && directive.args.iter().any(|arg| arg == "ipv6only=off") {
            self.leave_out(directive, "`ipv6only=off`");
        }
        let addresses = match host {
            "*" | "" => vec![Ipv4Addr::UNSPECIFIED.into()],
            host => self.addresses(host),
        };
        let (ssl, http2, default) = (has(&["ssl"]), has(&["http2"]), has(&["default_server", "default"]));
        let listen =
            |address| Listen { address, port: port.unwrap_or(80), ssl, http2, default, source: self.source(directive) };
        addresses.into_iter().map(listen).collect()
    }
}

/// Finds the listening sockets, and for each of them the names on it.
pub(super) fn sockets(config: &mut Config) {
    let mut sockets: Vec<Socket> = Vec::new();
    for (index, server) in config.servers.iter().enumerate() {
        for listen in &server.listens {
            let same = |s: &Socket| s.listen.port == listen.port && s.listen.address == listen.address;
            let at = sockets.iter().position(same).unwrap_or_else(|| {
                sockets.push(Socket {
                    listen: listen.clone(),
                    ssl: None,
                    http2: None,
                    default: index,
                    servers: Vec::new(),
                    exact: Vec::new(),
                    heads: Vec::new(),
                    tails: Vec::new(),
                    patterns: Vec::new(),
                });
                sockets.len() - 1
            });
            let socket = &mut sockets[at];
            if listen.ssl && socket.ssl.is_none() {
                socket.ssl = Some(listen.source.clone());
            }
            if listen.http2 && socket.http2.is_none() {
                socket.http2 = Some(listen.source.clone());
            }
            if listen.default {
                socket.default = index;
            }
            if !socket.servers.contains(&index) {
                socket.servers.push(index);
                claims(socket, index, server);
            }
        }
    }
    for socket in &mut sockets {
        socket.ssl = socket.ssl.take().or(config.servers[socket.default].ssl.clone());
    }
    config.sockets = sockets;
}

/// Puts the names of a server block on a socket; of two claims to one name the first counts.
fn claims(socket: &mut Socket, server: usize, block: &Server) {
    if block.names.is_empty() {
        claim(&mut socket.exact, "", server, 0);
    }
    for (i, (name, _)) in block.names.iter().enumerate() {
        if let Some(expression) = name.strip_prefix('~') {
            let pattern = Pattern::new(expression, true).ok();
            socket.patterns.push((pattern, (name.clone(), server, i)));
        } else if let Some(domain) = name.strip_prefix("*.") {
            claim(&mut socket.heads, domain, server, i);
        } else if let Some(domain) = name.strip_prefix('.') {
            claim(&mut socket.exact, domain, server, i);
            claim(&mut socket.heads, domain, server, i);
        } else if let Some(start) = name.strip_suffix(".*") {
            claim(&mut socket.tails, start, server, i);
        } else {
            claim(&mut socket.exact, name, server, i);
        }
    }
}

fn claim(into: &mut Vec<Claim>, name: &str, server: usize, index: usize) {
    if let Err(at) = into.binary_search_by(|(known, ..)| known.as_str().cmp(name)) {
        into.insert(at, (name.to_owned(), server, index));
    }
}
