//! Locations, `proxy_pass` and the groups of servers it may name.

use super::{Builder, Inherited};
use crate::problem::Problem;
use crate::proxy::parse::Directive;
use crate::proxy::{Location, Match, Pass};
use crate::text;
use crate::time::Micros;
use core::net::IpAddr;

impl Builder<'_> {
    pub(super) fn location(&mut self, block: &Directive, outer: &Inherited, into: &mut Vec<Location>) {
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
            read_timeout: own.read_timeout.clone().unwrap_or((Micros::seconds(60), None)),
            not_modelled: own.not_modelled.clone(),
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
                "location" => {
                    let words = "a location inside a location is not modelled".to_owned();
                    self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                    self.left_out = Some((directive.name.clone(), self.source(directive)));
                }
                _ => {}
            }
            location.not_modelled = location.not_modelled.take().or(self.left_out.take());
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
                self.left_out = Some((words.clone(), self.source(directive)));
                self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
                return None;
            }
            (None, None) => {
                self.error(directive, &["invalid URL prefix"]);
                return None;
            }
        };
        if text::contains(rest, "$") {
            let words = "`proxy_pass` with variables is not modelled".to_owned();
            self.left_out = Some((words.clone(), self.source(directive)));
            self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
            return None;
        }
        let (host, uri) = rest.find('/').map_or((rest, None), |at| (&rest[..at], Some(rest[at..].to_owned())));
        if uri.is_some() && matches!(how, Match::Regex | Match::Named) {
            self.error(directive, &["\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \"if\" statement, or inside \"limit_except\" block"]);
            return None;
        }
        if let Some((_, addresses)) = self.groups.iter().find(|(name, _)| name == host) {
            let addresses = addresses.clone();
            return Some(Pass { host: host.to_owned(), addresses, uri, source: self.source(directive) });
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
        let addresses: Vec<(IpAddr, u16)> = self.addresses(name).into_iter().map(|address| (address, port)).collect();
        if addresses.is_empty() {
            self.late.push(self.said(directive, &["host not found in upstream \"", name, "\""]));
            return None;
        }
        Some(Pass { host: host.to_owned(), addresses, uri, source: self.source(directive) })
    }

    /// `upstream name { server address:port; … }`. Names in it are looked up now; parameters are not modelled.
    pub(super) fn group(&mut self, block: &Directive) {
        let name = block.args.first().cloned().unwrap_or_default();
        if self.groups.iter().any(|(other, _)| *other == name) {
            return self.error(block, &["duplicate upstream \"", &name, "\""]);
        }
        let mut addresses = Vec::new();
        for server in block.block.iter().filter(|directive| directive.name == "server") {
            if let Some(parameter) = server.args.get(1) {
                let words = ["`server … ", parameter, "` is not modelled"].concat();
                self.config.problems.push(Problem::not_modelled(self.document, server.line, words));
            }
            let place = server.args.first().map_or("", String::as_str);
            let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
            let port: Option<u16> = port.parse().ok().filter(|port| *port > 0);
            match (self.addresses(host), port) {
                (found, Some(port)) if !found.is_empty() => addresses.extend(found.into_iter().map(|a| (a, port))),
                (_, None) => self.error(server, &["invalid port in upstream \"", place, "\""]),
                _ => self.error(server, &["host not found in upstream \"", place, "\""]),
            }
        }
        if block.block.iter().all(|directive| directive.name != "server") {
            self.error(block, &["no servers are inside upstream"]);
        }
        if addresses.len() > 1 {
            let words =
                "taking turns in an upstream group is not modelled: the first server is always asked first".to_owned();
            self.config.problems.push(Problem::not_modelled(self.document, block.line, words));
        }
        self.groups.push((name, addresses));
    }

    /// The addresses that a host in a configuration stands for: itself, or its names in `/etc/hosts`.
    fn addresses(&self, host: &str) -> Vec<IpAddr> {
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => vec![address],
            Err(_) => self.around.hosts.iter().filter(|(_, name)| name == host).map(|(address, _)| *address).collect(),
        }
    }
}
