//! From the request's first line to the server block (`ngx_http_request.c`, `ngx_http_parse.c`).

use super::{Go, Machine, Next};
use crate::proxy::request::{self, Refusal, Target};
use crate::proxy::settings::Key;
use crate::proxy::{choose, variables};
use crate::trace::{Basis, Ruling};

/// How much of a request that is refused has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Not even its first line.
    Nothing,
    /// Its first line, but not what its path means.
    Method,
    /// Its first line and so many of its headers.
    Headers(usize),
}

impl Machine<'_> {
    /// Reads the request line and the headers, as far as they are in order, and chooses the server block.
    pub(super) fn read(&mut self) -> Go {
        let config = self.config;
        let (address, port) = (self.connection.server.ip(), self.connection.server.port());
        let Some(socket) = choose::socket(config, address, port) else {
            return Go::Stop(Next::Close);
        };
        // Until a Host is read, the block is the one that TLS chose, or the default server.
        let sni = self.connection.sni.as_ref().filter(|_| self.connection.tls);
        let by_sni = match sni.map(|name| choose::server(socket, name)) {
            Some(Err(claim)) => return self.too_many_steps(claim),
            Some(Ok(found)) => found.map(|found| found.server),
            None => None,
        };
        self.enter(by_sni.unwrap_or(socket.default));
        let line = match request::line(self.request, &config.blocks[self.block].settings, self.connection.http2) {
            Ok(line) => line,
            Err(refusal) => {
                // Of the line itself only the version may be known: that of a request without one, with another method.
                self.bare = self.request.version == "HTTP/0.9" && request::is_bare(self.request);
                self.unread(Known::Nothing);
                return self.refuse(&refusal);
            }
        };
        self.bare = self.request.version == "HTTP/0.9";
        let read = match request::target(&line, &config.blocks[self.block].settings) {
            Ok(read) => read,
            Err(refusal) => {
                self.unread(Known::Method);
                return self.refuse(&refusal);
            }
        };
        let Target { host, path, args, quoted, plus } = read;
        (self.uri, self.args, self.quoted, self.plus) = (path, args, quoted, plus);
        if let Err(refusal) = request::host(&line) {
            self.unread(Known::Headers(0));
            return self.refuse(&refusal);
        }
        let mut chosen = false;
        if let Some(host) = host {
            self.host = variables::bare_host(&host);
            if let Some(go) = self.virtual_server() {
                return go;
            }
            chosen = true;
        }
        if let Err((refusal, before, hosted)) = request::headers(self.request, &config.blocks[self.block].settings) {
            self.unread(Known::Headers(before));
            // A Host that came before is obeyed already.
            if hosted && !chosen {
                self.host = self.request.header("Host").map(variables::bare_host).unwrap_or_default();
                if let Some(go) = self.virtual_server() {
                    return go;
                }
            }
            return self.refuse(&refusal);
        }
        if !chosen {
            self.host = self.request.header("Host").map(variables::bare_host).unwrap_or_default();
            if let Some(go) = self.virtual_server() {
                return go;
            }
        }
        if let Err(refusal) = request::framed(self.request) {
            self.unread(Known::Headers(usize::MAX));
            return self.refuse(&refusal);
        }
        if let Err(refusal) = request::complete(self.request) {
            return self.refuse(&refusal);
        }
        if let (false, Some(source)) = (self.connection.tls, &socket.ssl) {
            let words = "plain HTTP on a port that speaks TLS: 400".to_owned();
            self.decide("plain-http-refused", Ruling::Refuse, words, source.clone());
            return Go::Status(497);
        }
        let verify = self.block().settings.first(Key::VerifyClient).filter(|setting| setting.arg(0) == "on");
        if let (true, Some(setting)) = (self.connection.tls, verify) {
            let words = "the client shows no certificate: 400 No required SSL certificate was sent".to_owned();
            self.decide("request-refused", Ruling::Refuse, words, setting.source.clone());
            return Go::Status(496);
        }
        Go::Server
    }

    /// What follows has not been read when the request is refused, and no variable and no server behind hears of it.
    fn unread(&mut self, known: Known) {
        let mut seen = self.request.clone();
        seen.body = String::new();
        if let Known::Headers(count) = known {
            seen.headers.truncate(count);
            self.measured = false;
        } else {
            (seen.headers, seen.target, self.measured) = (Vec::new(), String::new(), false);
        }
        if known == Known::Nothing {
            // No body follows a HEAD, wherever the line breaks off.
            let head = self.request.method == "HEAD";
            self.method = if head { "HEAD" } else { "" }.into();
            seen.version = "HTTP/0.9";
        }
        self.refused = Some(seen);
    }

    fn enter(&mut self, server: usize) {
        self.server = server;
        self.block = self.config.servers[server].block;
    }

    fn too_many_steps(&self, server: usize) -> Go {
        let source = self.config.servers[server].source.clone();
        Go::Stop(Next::NotModelled("a regular expression that is too long to match, or not modelled".into(), source))
    }

    /// The server block for the host asked for; where none fits, the default server.
    fn virtual_server(&mut self) -> Option<Go> {
        let config = self.config;
        let socket = choose::socket(config, self.connection.server.ip(), self.connection.server.port())?;
        let port = socket.listen.port.to_string();
        let found = match choose::server(socket, &self.host) {
            Ok(found) => found,
            Err(server) => return Some(self.too_many_steps(server)),
        };
        let asked = self.host.clone();
        // A block that wants certificates is not entered under another name than that of the handshake.
        let server = found.as_ref().map_or(socket.default, |found| found.server);
        let settings = &config.blocks[config.servers[server].block].settings;
        let verify = settings.first(Key::VerifyClient).filter(|setting| setting.arg(0) != "off");
        let sni = self.connection.sni.as_ref().filter(|sni| self.connection.tls && !sni.eq_ignore_ascii_case(&asked));
        if let (Some(setting), Some(sni)) = (verify, sni) {
            let words = ["TLS was negotiated for ", sni, ", and the Host is ", &asked, ": 421"].concat();
            self.enter(server);
            self.decide("request-refused", Ruling::Refuse, words, setting.source.clone());
            return Some(Go::Status(421));
        }
        let Some(found) = found else {
            self.enter(socket.default);
            let server = &config.servers[self.server];
            let line = server.source.line.to_string();
            let document = server.source.document.clone();
            let which = ": the default server of port ";
            let words = ["no server_name fits ", &asked, which, &port, ", ", &document, " line ", &line].concat();
            let sought = ["server_name that fits ", &asked].concat();
            self.decide("default-server", Ruling::Choose, words, Basis::Absent { document, sought });
            return None;
        };
        self.enter(found.server);
        let server = &config.servers[found.server];
        let (name, source) = server.names.get(found.name).map_or(("", &server.source), |(name, at)| (name, at));
        if let Some((names, captures)) = found.captures {
            self.name_captures(&names, &captures);
            self.captures = captures;
        }
        let words = ["Host ", &asked, " fits server_name ", name].concat();
        self.decide("server-chosen", Ruling::Choose, words, source.clone());
        None
    }

    fn refuse(&mut self, refusal: &Refusal) -> Go {
        let (status, source, says) = match refusal {
            Refusal::NotModelled(what) => {
                let source = self.block().source.clone();
                return Go::Stop(Next::NotModelled((*what).to_owned(), source));
            }
            Refusal::Status(status, source, says) => (*status, *source, *says),
        };
        let words = [&status.min(499).to_string(), " ", says].concat();
        let words = match status {
            494 => "400 Request Header Or Cookie Too Large".to_owned(),
            505 => "505 HTTP Version Not Supported".to_owned(),
            501 => "501 Not Implemented".to_owned(),
            _ => words,
        };
        let limit = self.block().settings.first(Key::HeaderBuffers).filter(|_| matches!(status, 414 | 494));
        let basis = limit.map_or(Basis::Standard { source, says }, |setting| setting.source.clone().into());
        self.decide("request-refused", Ruling::Refuse, words, basis);
        Go::Status(status)
    }
}
