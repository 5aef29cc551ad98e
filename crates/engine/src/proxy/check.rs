//! What nginx checks once all its files are read.

use super::{Config, Listen, choose};
use crate::problem::{Problem, Severity};

/// What only all files together show: two default servers for one port, a TLS port without a certificate.
pub fn listens(config: &mut Config) {
    let mut problems = Vec::new();
    for (i, server) in config.servers.iter().enumerate() {
        for (j, listen) in server.listens.iter().enumerate() {
            let same = |l: &&Listen| l.port == listen.port && l.address == listen.address;
            let place = [" in ", &listen.source.document, ":", &listen.source.line.to_string()].concat();
            let at = &listen.source;
            let address = [listen.address.to_string(), ":".to_owned(), listen.port.to_string()].concat();
            if server.listens[..j].iter().any(|l| same(&l)) {
                let words = ["a duplicate listen ", &address, &place].concat();
                problems.push(Problem::error(&at.document, at.line, 1, words));
            }
            let earlier = config.servers[..i].iter().flat_map(|s| &s.listens).any(|l| same(&l) && l.default);
            if listen.default && earlier {
                let words = ["a duplicate default server for ", &address, &place].concat();
                problems.push(Problem::error(&at.document, at.line, 1, words));
            }
            let default = choose::default_server(config, listen.address, listen.port);
            let tls = config.servers.iter().flat_map(|s| &s.listens).any(|l| same(&l) && l.ssl);
            if tls && default == Some(i) && server.certificate.is_none() && server.rejects.is_none() {
                let block = &server.source;
                let words = [
                    "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in ",
                    &block.document,
                    ":",
                    &block.line.to_string(),
                ];
                problems.push(Problem::error(&block.document, block.line, 1, words.concat()));
            }
        }
    }
    config.problems.extend(problems);
    names(config);
}

/// A name that two blocks of one socket claim: the first one has it (`ngx_http_server_names`).
fn names(config: &mut Config) {
    let mut taken: Vec<(&Listen, &str)> = Vec::new();
    let mut problems = Vec::new();
    for server in &config.servers {
        for listen in &server.listens {
            for (name, source) in &server.names {
                let same = |(l, n): &(&Listen, &str)| l.port == listen.port && l.address == listen.address && n == name;
                if !taken.iter().any(same) {
                    taken.push((listen, name));
                    continue;
                }
                let at = [&listen.address.to_string(), ":", &listen.port.to_string()].concat();
                let words = ["conflicting server name \"", name, "\" on ", &at, ", ignored"].concat();
                problems.push(Problem { source: source.clone(), column: 1, severity: Severity::Warning, words });
            }
        }
    }
    config.problems.extend(problems);
}
