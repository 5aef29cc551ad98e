//! What [`variables`](crate::proxy::variables) ask of a request, and what they leave with it.

use super::Machine;
use crate::message::Request;
use crate::proxy::Config;
use crate::proxy::settings::Key;
use core::net::{IpAddr, SocketAddr};

/// What variables are computed from.
pub(in crate::proxy) struct Facts<'a> {
    pub args: &'a str,
    pub uri: &'a str,
    pub host: &'a str,
    pub method: &'a str,
    pub proxy_host: &'a str,
    pub tls: bool,
    pub sni: Option<&'a str>,
    pub client: IpAddr,
    pub server: SocketAddr,
}

impl<'c> Machine<'c> {
    pub(in crate::proxy) fn config(&self) -> &'c Config {
        self.config
    }

    /// The request as it came.
    pub(in crate::proxy) fn client_request(&self) -> &'c Request {
        self.request
    }

    /// The same, as far as it has been read.
    pub(in crate::proxy) fn request_read(&self) -> &Request {
        self.seen()
    }

    /// `$status`: of the answer that is being made, or that of the error which another is shown for.
    pub(in crate::proxy) fn answer_status(&self) -> u16 {
        match (self.status, self.answering) {
            (0, 0) if self.bare => 9,
            (0, answering) => answering,
            (status, _) => status,
        }
    }

    pub(in crate::proxy) fn server_index(&self) -> usize {
        self.server
    }

    pub(in crate::proxy) fn facts(&self) -> Facts<'_> {
        Facts {
            args: &self.args,
            uri: &self.uri,
            host: &self.host,
            method: &self.method,
            proxy_host: self.passing.as_ref().map_or("", |passing| &passing.host),
            tls: self.connection.tls,
            sni: self.connection.sni.as_deref(),
            client: self.connection.client.ip(),
            server: self.connection.server,
        }
    }

    /// A text that grows beyond all bounds ends the run.
    pub(in crate::proxy) fn bound(&mut self, length: usize) {
        if length > crate::proxy::variables::LONGEST {
            let what = "a text of more than a million characters".to_owned();
            self.unknown = self.unknown.take().or(Some((what, self.block().source.clone())));
        }
    }

    pub(in crate::proxy) fn captured(&self, number: usize) -> String {
        self.captures.get(number).cloned().unwrap_or_default()
    }

    pub(in crate::proxy) fn own_variable(&self, name: &str) -> Option<String> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    pub(in crate::proxy) fn keep_variable(&mut self, name: &str, value: &str) {
        self.set_variable(name, value.to_owned());
    }

    pub(in crate::proxy) fn note_captures(&mut self, names: &[(String, usize)], captures: Vec<String>) {
        self.name_captures(names, &captures);
        self.captures = captures;
    }

    pub(in crate::proxy) fn takes_underscores(&self) -> bool {
        let block = self.config.servers[self.server].block;
        self.config.blocks[block].settings.on(Key::Underscores, false)
    }

    /// `$document_root` and `$request_filename`.
    pub(in crate::proxy) fn file_name(&mut self, name: &str) -> String {
        let block = self.block();
        let setting = block.settings.first(Key::Root);
        let (alias, path) = setting.map_or((false, "html".to_owned()), |s| (s.arg(0) == "alias", s.arg(1).to_owned()));
        let path = self.fill(&path);
        let root = if path.starts_with('/') { path } else { ["/usr/share/nginx/", &path].concat() };
        match name {
            "realpath_root" => String::new(),
            "request_filename" if alias => [root.as_str(), self.uri.get(block.path.len()..).unwrap_or("")].concat(),
            "request_filename" => [root.as_str(), &self.uri].concat(),
            _ => root,
        }
    }
}
