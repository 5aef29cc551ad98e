//! `upstream`, and the groups that a `proxy_pass` makes by naming a host.

use super::Builder;
use crate::problem::Source;
use crate::proxy::parse::Directive;
use crate::proxy::pass::host_and_port;
use crate::proxy::{Group, Match, Method, Pass, Peer, settings};
use core::net::{IpAddr, SocketAddr};

impl Builder<'_> {
    /// `proxy_pass http://host[:port][/uri]`: the name is looked up now, once (`ngx_http_proxy_pass`).
    pub(super) fn pass(&mut self, directive: &Directive, how: Match, location: &str) -> Option<Pass> {
        let url = directive.args.first()?.clone();
        let source = self.source(directive);
        let by_path = matches!(how, Match::Exact | Match::PrefixFirst | Match::Prefix);
        let location = if by_path { location.to_owned() } else { String::new() };
        if crate::text::contains(&url, "$") {
            if directive.name == "grpc_pass" {
                self.leave_out(directive, "`grpc_pass` with variables");
                return None;
            }
            return Some(Pass { url, host: String::new(), group: None, uri: None, grpc: false, location, source });
        }
        if directive.name == "grpc_pass" {
            return self.grpc_pass(directive, url, location);
        }
        let Some(rest) = url.strip_prefix("http://") else {
            self.leave_out(directive, "`proxy_pass https://…`");
            return None;
        };
        if rest.starts_with("unix:") {
            self.leave_out(directive, "`proxy_pass` to a socket in the file system");
            return None;
        }
        let (host, uri) = rest.find(['/', '?']).map_or((rest, None), |at| (&rest[..at], Some(&rest[at..])));
        let uri = uri.map(ToOwned::to_owned);
        let host = host.to_owned();
        let group = self.group_for(&host, &source);
        if self.config.groups[group].peers.is_empty() {
            self.leave_out(directive, &["the host ", &host].concat());
            return None;
        }
        Some(Pass { url, host, group: Some(group), uri, grpc: false, location, source })
    }

    /// `grpc_pass grpc://host[:port]`; without a scheme it means the same (`ngx_http_grpc_pass`).
    fn grpc_pass(&mut self, directive: &Directive, url: String, location: String) -> Option<Pass> {
        let source = self.source(directive);
        let host = url.strip_prefix("grpc://").unwrap_or(&url).to_owned();
        if host.starts_with("grpcs://") || host.starts_with("unix:") {
            self.leave_out(directive, "this form of `grpc_pass`");
            return None;
        }
        let group = self.group_for(&host, &source);
        if self.config.groups[group].peers.is_empty() {
            self.leave_out(directive, &["the host ", &host].concat());
            return None;
        }
        Some(Pass { url, host, group: Some(group), uri: None, grpc: true, location, source })
    }

    /// The group that a host stands for: an `upstream`, or one of its own.
    fn group_for(&mut self, host: &str, source: &Source) -> usize {
        let (name, port) = host_and_port(host);
        let number: u16 = port.and_then(|port| port.parse().ok()).unwrap_or(80);
        let fits = |group: &Group| {
            let port_fits = group.port.map_or(port.is_none(), |other| other == number);
            group.name.eq_ignore_ascii_case(name) && port_fits
        };
        if let Some(known) = self.config.groups.iter().position(fits) {
            return known;
        }
        let peers = self.addresses(name).into_iter().map(|address| Peer {
            address: SocketAddr::new(address, number),
            name: host.to_owned(),
            weight: 1,
            max_fails: 1,
            fail_timeout: 10,
            backup: false,
            down: false,
            source: source.clone(),
        });
        let group = Group { name: name.to_owned(), port: Some(number), peers: peers.collect(), ..Group::default() };
        self.config.groups.push(group);
        self.config.groups.len() - 1
    }

    /// `upstream name { … }`.
    pub(super) fn group(&mut self, block: &Directive) {
        let name = block.args.first().cloned().unwrap_or_default();
        let mut group = Group { name, source: Some(self.source(block)), ..Group::default() };
        for directive in &block.block {
            let first = directive.args.first().map_or("", String::as_str);
            match directive.name.as_str() {
                "server" => self.peer(directive, &mut group.peers),
                "least_conn" => group.method = Method::LeastConnections,
                "ip_hash" => group.method = Method::ClientAddress,
                "hash" if directive.args.len() == 1 => {
                    self.mention(directive);
                    group.method = Method::Hash(first.to_owned());
                }
                "hash" => self.leave_out(directive, "`hash … consistent`"),
                _ => self.mention(directive),
            }
        }
        group.not_modelled = self.left_out.take();
        self.config.groups.push(group);
    }

    /// `server address[:port] weight=… max_fails=… fail_timeout=… backup down`.
    fn peer(&mut self, directive: &Directive, into: &mut Vec<Peer>) {
        let place = directive.args.first().map_or("", String::as_str);
        let value = |name: &str| directive.args.iter().find_map(|arg| arg.strip_prefix(name));
        let has = |name: &str| directive.args.iter().any(|arg| arg == name);
        let source = self.source(directive);
        if value("max_conns=").is_some_and(|number| number != "0") {
            self.report(directive, "`max_conns` is not modelled: requests come one after the other".to_owned());
        }
        if has("resolve") || value("service=").is_some() || place.starts_with("unix:") {
            self.leave_out(directive, "this form of `server`");
        }
        let (host, port) = host_and_port(place);
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(80);
        let span = value("fail_timeout=").and_then(settings::time).map_or(10, |span| span.0 / 1_000_000);
        let addresses = self.addresses(host);
        if addresses.is_empty() && !place.starts_with("unix:") {
            self.leave_out(directive, &["the host ", host].concat());
        }
        for address in addresses {
            into.push(Peer {
                address: SocketAddr::new(address, port),
                name: place.to_owned(),
                weight: value("weight=").and_then(|n| n.parse().ok()).unwrap_or(1),
                max_fails: value("max_fails=").and_then(|n| n.parse().ok()).unwrap_or(1),
                fail_timeout: span,
                backup: has("backup"),
                down: has("down"),
                source: source.clone(),
            });
        }
    }

    /// The addresses that a host in a configuration stands for: itself, or its names in `/etc/hosts`.
    pub(super) fn addresses(&self, host: &str) -> Vec<IpAddr> {
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => vec![address],
            Err(_) => {
                let named = self.around.hosts.iter().filter(|(_, name)| name.eq_ignore_ascii_case(host));
                named.map(|(address, _)| *address).collect()
            }
        }
    }
}
