//! `proxy_pass`: a new request on a new connection, and what comes back (`ngx_http_proxy_module.c`,
//! `ngx_http_upstream.c`, 1.22.1).

use super::{Attempt, Go, Machine, Next, Outcome};
use crate::message::{Header, Request, Response};
use crate::proxy::pass::{self as pages, escape};
use crate::proxy::request::unparsed;
use crate::proxy::settings::Key;
use crate::proxy::upstream::{Runtime, Turn};
use crate::proxy::{Method, Pass};
use crate::text::Text;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use core::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A request that is being passed on.
#[derive(Clone, Debug, Default)]
pub(super) struct Passing {
    /// `$proxy_host`.
    pub host: String,
    /// The request as every server gets it.
    request: Arc<Request>,
    /// Whether it has been sent to the server asked last.
    sent: bool,
    /// The server asked last, as the log names it.
    url: String,
    /// The `proxy_pass` URL up to its URI, and the URI.
    pub base: String,
    pub uri: Option<String>,
    pub variables: bool,
}

/// For how many headers there is room from the start.
const ROOM: usize = 8;

/// nginx's error log, `ngx_http_upstream.c`.
const REFUSED: &str = "connect() failed (111: Connection refused) while connecting to upstream";
const CONNECT_TIMED_OUT: &str = "upstream timed out (110: Connection timed out) while connecting to upstream";
const READ_TIMED_OUT: &str =
    "upstream timed out (110: Connection timed out) while reading response header from upstream";
const CUT: &str = "upstream prematurely closed connection while reading upstream";
const CLOSED: &str = "upstream prematurely closed connection while reading response header from upstream";

impl Machine<'_> {
    /// Chooses the group and makes the request.
    pub(super) fn pass(&mut self, runtime: &mut Runtime) -> Go {
        let block = self.block();
        let Some(pass) = &block.pass else {
            return Go::Status(500);
        };
        if self.filtering {
            // Seen with nginx 1.22.1: the page for a condition that failed cannot come from a server behind.
            let words = "closes the connection: in the middle of an answer no server behind can be asked for another";
            self.decide("connection-closed", Ruling::Drop, words, pass.source.clone());
            return Go::Stop(Next::Close);
        }
        self.began = self.now;
        let mut passing = Passing { host: pass.host.clone(), ..Passing::default() };
        let group = match pass.group {
            Some(group) => {
                passing.base = [scheme(pass), &pass.host].concat();
                passing.uri.clone_from(&pass.uri);
                group
            }
            None => match self.resolve(pass, &mut passing) {
                Ok(Some(group)) => group,
                Ok(None) => usize::MAX,
                Err(go) => return *go,
            },
        };
        if group != usize::MAX {
            let of = &self.config.groups[group];
            if let Some((what, source)) = &of.not_modelled {
                return Go::Stop(Next::NotModelled(what.clone(), source.clone()));
            }
            let key = match &of.method {
                Method::Hash(key) => self.fill(key),
                _ => String::new(),
            };
            self.turn = Turn::new(self.config, group, self.connection.client.ip(), key);
        }
        self.passing = Some(passing);
        let request = if pass.grpc { self.grpc_behind(pass) } else { self.request_behind(pass) };
        let words = self.passing.as_ref().map_or_else(String::new, |passing| {
            ["passes it on to ", scheme(pass), &passing.host, ", on a new connection"].concat()
        });
        self.decide("upstream-chosen", Ruling::Choose, words, pass.source.clone());
        self.upgrade_passed(&request);
        if let Some(passing) = &mut self.passing {
            passing.request = request.into();
        }
        let most = block.settings.word(Key::NextTries).parse().unwrap_or(0);
        if most > 0 {
            self.turn.tries = self.turn.tries.min(most);
        }
        self.connect(runtime)
    }

    /// `proxy_pass` with variables: an address, or the name of a group; other names need a `resolver`.
    fn resolve(&mut self, pass: &Pass, passing: &mut Passing) -> Result<Option<usize>, Box<Go>> {
        let url = self.fill(&pass.url);
        let Some(rest) = url.strip_prefix("http://") else {
            if url.starts_with("https://") {
                let what = "`proxy_pass https://…` is not modelled".to_owned();
                return Err(Box::new(Go::Stop(Next::NotModelled(what, pass.source.clone()))));
            }
            self.decide("bad-gateway", Ruling::Fail, "invalid URL prefix: 500", pass.source.clone());
            return Err(Box::new(Go::Status(500)));
        };
        let (host, uri) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        passing.host = host.to_owned();
        passing.base = ["http://", host].concat();
        passing.variables = true;
        passing.uri = match uri.as_bytes().first() {
            None => None,
            Some(b'?') => Some(["/", uri].concat()),
            Some(_) => Some(uri.to_owned()),
        };
        let (name, port) = pages::host_and_port(host);
        let number = match port {
            Some(text) => text.parse::<u16>().ok().filter(|port| *port > 0),
            None => Some(80),
        };
        let Some(number) = number.filter(|_| !name.is_empty()) else {
            let words = if name.is_empty() { "no host in upstream: 500" } else { "invalid port in upstream: 500" };
            self.decide("bad-gateway", Ruling::Fail, words.to_owned(), pass.source.clone());
            return Err(Box::new(Go::Status(500)));
        };
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            self.turn = Turn::default();
            self.turn.tries = 1;
            self.peers = vec![SocketAddr::new(address, number)];
            return Ok(None);
        }
        let found = self.config.groups.iter().position(|group| {
            let port_fits = match group.port {
                None => port.is_none(),
                Some(other) => other == number,
            };
            group.name.eq_ignore_ascii_case(name) && port_fits
        });
        if let (None, Some(setting)) = (found, self.block().settings.first(Key::Resolver)) {
            let what = "`resolver` is not modelled".to_owned();
            return Err(Box::new(Go::Stop(Next::NotModelled(what, setting.source.clone()))));
        }
        if found.is_none() {
            let words = ["no resolver defined to resolve ", name, ": 502"].concat();
            self.decide("bad-gateway", Ruling::Answer, words, pass.source.clone());
            return Err(Box::new(Go::Status(502)));
        }
        Ok(found)
    }

    /// The request that the server behind receives: a new one.
    fn request_behind(&mut self, pass: &Pass) -> Request {
        let refused = self.refused.clone();
        let client = refused.as_ref().unwrap_or(self.request);
        let settings = &self.block().settings;
        let set = settings.all(Key::SetHeader);
        let body_replaced = settings.first(Key::SetBody).map(|setting| self.fill(setting.arg(0)));
        let mut headers: Vec<Header> = Vec::with_capacity(ROOM);
        let mut usual = vec![("Host", "$proxy_host".to_owned()), ("Connection", "close".to_owned())];
        let length = match &body_replaced {
            Some(body) => Some(body.len().to_string()),
            None if !self.measured => None,
            None if self.discarded => Some(String::new()),
            None if client.header("Content-Length").is_none() => {
                // HTTP/2 need not announce a length; nginx has read the body by now, and knows it.
                Some(client.size()).filter(|size| *size > 0).map(|size| size.to_string())
            }
            None => client.header("Content-Length").map(|n| n.trim_start_matches('0').to_owned()),
        };
        if let Some(length) = length {
            usual.push(("Content-Length", if length.is_empty() { "0".to_owned() } else { length }));
        }
        for (name, value) in usual {
            if !set.iter().any(|setting| setting.arg(0).eq_ignore_ascii_case(name)) {
                headers.push((name.into(), self.fill(&value).into()));
            }
        }
        for setting in set {
            let value = self.fill(setting.arg(1));
            if !value.is_empty() {
                headers.push((setting.arg(0).to_owned().into(), value.into()));
            }
        }
        if settings.on(Key::PassHeaders, true) {
            let odd = |name: &str| {
                let dot = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || (c == '_' && self.underscores()));
                settings.on(Key::IgnoreInvalid, true) && name.contains(dot)
            };
            for (name, value) in &client.headers {
                let set = set.iter().any(|setting| setting.arg(0).eq_ignore_ascii_case(name));
                if !set && !stays_behind(name) && !odd(name) {
                    headers.push((name.clone(), trimmed(value)));
                }
            }
        }
        let method = match settings.first(Key::ProxyMethod) {
            Some(setting) => self.fill(setting.arg(0)).into(),
            None => self.method.clone(),
        };
        let version = if settings.word(Key::HttpVersion) == "1.1" { "HTTP/1.1" } else { "HTTP/1.0" };
        let body = match body_replaced {
            Some(body) => body,
            None if self.discarded || !settings.on(Key::PassBody, true) => String::new(),
            None => client.body.clone(),
        };
        let data = if body.is_empty() { client.data.clone() } else { Vec::new() };
        Request { method, target: self.target_behind(pass), version, headers, body, data, ..Request::default() }
    }

    /// Whether a client's wish to switch to another protocol reaches the server behind. `Upgrade` and `Connection` are about
    /// one hop (RFC 9110 section 7.6.1), so nginx does not pass them on by itself (nginx.org, "WebSocket proxying").
    fn upgrade_passed(&mut self, behind: &Request) {
        let asks = |request: &Request| {
            let connection = request.header("Connection").unwrap_or("");
            let said = connection.split(',').any(|word| word.trim().eq_ignore_ascii_case("upgrade"));
            (said, request.header("Upgrade").is_some())
        };
        if asks(self.request) != (true, true) {
            return;
        }
        let (connection, upgrade) = asks(behind);
        let missing = match (connection, upgrade) {
            (true, true) => {
                let set = self.block().settings.all(Key::SetHeader);
                let Some(setting) = set.iter().find(|setting| setting.arg(0).eq_ignore_ascii_case("Upgrade")) else {
                    return;
                };
                let words = "passes on that the client wants to switch: Upgrade and Connection";
                return self.decide("upgrade-passed", Ruling::Choose, words.to_owned(), setting.source.clone());
            }
            (true, false) => "proxy_set_header Upgrade",
            (false, true) => "proxy_set_header Connection",
            (false, false) => "proxy_set_header Upgrade and Connection",
        };
        let words =
            "Upgrade and Connection are about one hop and stay behind: the application sees an ordinary request";
        let basis = self.absent(missing);
        self.decide("upgrade-left-out", Ruling::Drop, words.to_owned(), basis);
    }

    fn underscores(&self) -> bool {
        self.config.blocks[self.config.servers[self.server].block].settings.on(Key::Underscores, false)
    }

    /// The target: passed on as it came where `proxy_pass` has no URI; else the URI takes the place of the location's
    /// path in the decoded one (`ngx_http_proxy_create_request`).
    pub(super) fn target_behind(&self, pass: &Pass) -> String {
        let passing = self.passing.as_ref();
        let uri = passing.and_then(|passing| passing.uri.as_deref());
        match uri {
            Some(uri) if passing.is_some_and(|passing| passing.variables) => return uri.to_owned(),
            // Of a target in absolute form only what follows the host is passed on.
            None if self.as_it_came => return unparsed(&self.seen().target).to_owned(),
            _ => {}
        }
        let (uri, skip) = match uri.filter(|_| self.valid_location) {
            Some(uri) => (uri, pass.location.len()),
            None => ("", 0),
        };
        let rest = self.uri.get(skip..).unwrap_or("");
        let rest = if self.quoted || self.internal { escape(rest) } else { rest.to_owned() };
        let mark = if self.args.is_empty() { "" } else { "?" };
        [uri, &rest, mark, &self.args].concat()
    }

    /// Asks the next server.
    fn connect(&mut self, runtime: &mut Runtime) -> Go {
        let client = self.connection.client.ip();
        let address = match self.turn.group {
            None => self.peers.first().copied(),
            Some(group) => self.turn.next(self.config, runtime, self.now, client).map(|peer| {
                self.peer = peer;
                self.config.groups[group].peers[peer].address
            }),
        };
        let Some(peer) = address else {
            let name = self.turn.group.map_or("", |group| &self.config.groups[group].name);
            let url = [self.scheme_behind(), name].concat();
            let line = self.log_line("no live upstreams while connecting to upstream", &url);
            let source = self.turn.group.and_then(|group| self.config.groups[group].source.clone());
            let basis = source.map_or_else(|| self.absent("live server"), Into::into);
            self.decide("bad-gateway", Ruling::Answer, ["502 Bad Gateway: ", &line].concat(), basis);
            return Go::Status(502);
        };
        let settings = &self.block().settings;
        let minute = Micros::seconds(60);
        let grpc = self.scheme_behind() == "grpc://";
        let (connect, read) = match grpc {
            true => (Key::GrpcConnectTimeout, Key::GrpcReadTimeout),
            false => (Key::ConnectTimeout, Key::ReadTimeout),
        };
        let connect_timeout = settings.time(connect, minute).0;
        let (read_timeout, read_line) = settings.time(read, minute);
        let Some(passing) = &mut self.passing else {
            return Go::Status(500);
        };
        let request = passing.request.clone();
        passing.sent = false;
        // The log of a gRPC server's failures leaves the path out.
        passing.url = match grpc {
            true => ["grpc://", &peer.to_string()].concat(),
            false => ["http://", &peer.to_string(), &request.target].concat(),
        };
        let url = passing.url.clone();
        Go::Stop(Next::Connect(Attempt { peer, request, url, connect_timeout, read_timeout, read_line, grpc }))
    }

    /// An attempt is over.
    pub(super) fn attempted(&mut self, outcome: Outcome, runtime: &mut Runtime) -> Go {
        let sent = !matches!(outcome, Outcome::Refused | Outcome::ConnectTimedOut);
        match outcome {
            Outcome::Answer(response) => self.answered(&response, runtime),
            Outcome::Garbage(text) if self.scheme_behind() == "grpc://" => {
                // What stands where the length of a frame should.
                let length = text.bytes().take(3).fold(0_u32, |length, byte| length << 8 | u32::from(byte));
                let log = ["upstream sent too large http2 frame: ", &length.to_string(), READING].concat();
                self.next_server("invalid_header", 502, sent, &log, runtime)
            }
            Outcome::Garbage(text) => {
                self.turn.done(self.config, runtime, self.peer, false, self.now);
                self.bare = true;
                let url = self.passing.as_ref().map_or_else(String::new, |passing| passing.url.clone());
                let words = self.log_line(&["upstream sent no valid HTTP/1.0 header", READING].concat(), &url);
                let basis = Basis::Standard {
                    source: "ngx_http_proxy_process_status_line",
                    says: "an answer without a status line is taken for one of HTTP/0.9",
                };
                self.decide("answer-bare", Ruling::Answer, words, basis);
                if self.connection.http2 {
                    // There nginx has no form for it, and writes a status of 000 (observed with 1.22.1).
                    let headers = vec![("Server".into(), "nginx/1.22.1".into())];
                    let response = Response { version: "HTTP/2.0", headers, body: text, ..Response::default() };
                    return Go::Stop(Next::Respond(response));
                }
                self.send(Response { status: 200, body: text, ..Response::default() })
            }
            Outcome::ConnectTimedOut => self.next_server("timeout", 504, sent, CONNECT_TIMED_OUT, runtime),
            Outcome::ReadTimedOut => self.next_server("timeout", 504, sent, READ_TIMED_OUT, runtime),
            Outcome::Closed => self.next_server("error", 502, sent, CLOSED, runtime),
            Outcome::Refused | Outcome::Waited => self.next_server("error", 502, sent, REFUSED, runtime),
        }
    }

    /// Whether another server may be asked after this kind of failure (`proxy_next_upstream`).
    fn may_go_on(&self, kind: &str, sent: bool) -> bool {
        let settings = &self.block().settings;
        let words = settings.first(Key::NextUpstream).map(|setting| setting.args.as_slice());
        let says = |word: &str| words.is_some_and(|words| words.iter().any(|other| other == word));
        let allowed = if words.is_some() { says(kind) } else { matches!(kind, "error" | "timeout") };
        let repeats = matches!(&*self.method, "POST" | "LOCK" | "PATCH") && sent;
        let span = settings.time(Key::NextTimeout, Micros::ZERO).0;
        let in_time = span == Micros::ZERO || self.now - self.began < span;
        allowed && !says("off") && in_time && (!repeats || says("non_idempotent"))
    }

    /// This server failed: the next one, or an error (`ngx_http_upstream_next`).
    fn next_server(&mut self, kind: &str, status: u16, sent: bool, log: &str, runtime: &mut Runtime) -> Go {
        // 403 and 404 are no failures of the server.
        let failed = !matches!(kind, "http_403" | "http_404");
        self.turn.done(self.config, runtime, self.peer, failed, self.now);
        let url = self.passing.as_ref().map_or_else(String::new, |passing| passing.url.clone());
        let line = self.log_line(log, &url);
        if self.turn.tries > 0 && self.may_go_on(kind, sent) {
            let basis = match self.block().settings.first(Key::NextUpstream) {
                Some(setting) => setting.source.clone().into(),
                None => Basis::Standard {
                    source: "nginx.org, proxy_next_upstream",
                    says: "after an error or a timeout the next server is asked, unless configured",
                },
            };
            self.decide("upstream-next", Ruling::Choose, ["asks the next server: ", &line].concat(), basis);
            return self.connect(runtime);
        }
        if status == 504 {
            let key = match (self.scheme_behind() == "grpc://", sent) {
                (false, true) => Key::ReadTimeout,
                (false, false) => Key::ConnectTimeout,
                (true, true) => Key::GrpcReadTimeout,
                (true, false) => Key::GrpcConnectTimeout,
            };
            let basis = self.block().settings.first(key).map_or(
                Basis::Standard {
                    source: "nginx.org, proxy_read_timeout",
                    says: "between two reads from the application at most 60 seconds may pass, unless configured",
                },
                |setting| setting.source.clone().into(),
            );
            self.decide("gateway-timeout", Ruling::GiveUp, line, basis);
        } else {
            let basis = Basis::Standard {
                source: "RFC 9110 section 15.6.3",
                says: "a gateway that gets no valid answer from behind says 502 Bad Gateway",
            };
            let words = [&status.to_string(), " ", pages::reason(status), ": ", &line].concat();
            self.decide("bad-gateway", Ruling::Answer, words, basis);
        }
        Go::Status(status)
    }

    /// An answer came from behind.
    fn answered(&mut self, response: &Response, runtime: &mut Runtime) -> Go {
        let kind = match response.status {
            403 | 404 | 429 | 500 | 502 | 503 | 504 => ["http_", &response.status.to_string()].concat(),
            _ => String::new(),
        };
        let asked = self.block().settings.first(Key::NextUpstream).is_some_and(|s| s.args.contains(&kind));
        if asked && self.turn.tries > 1 && self.may_go_on(&kind, true) {
            let words = [&response.status.to_string(), " from upstream"].concat();
            return self.next_server(&kind, response.status, true, &words, runtime);
        }
        self.turn.done(self.config, runtime, self.peer, false, self.now);
        let settings = &self.block().settings;
        if response.status >= 300 && settings.on(Key::InterceptErrors, false) {
            let text = response.status.to_string();
            let page = settings.all(Key::ErrorPage).iter().any(|p| p.args[..p.args.len() - 1].contains(&text));
            if page {
                self.authenticate = response.header("WWW-Authenticate").map(ToOwned::to_owned);
                return Go::Status(response.status);
            }
        }
        self.through(response)
    }

    /// The server behind ended its connection within the body. The head is on its way to the client already: what came is
    /// passed on, and the client's connection is closed (`ngx_http_upstream_process_request`).
    pub(super) fn cut_behind(&mut self) {
        let url = self.passing.as_ref().map_or_else(String::new, |passing| passing.url.clone());
        let basis = Basis::Standard { source: "RFC 9112 section 8", says: crate::journey::INCOMPLETE };
        self.decide("upstream-cut", Ruling::Fail, self.log_line(CUT, &url), basis);
    }

    /// The scheme of what the request is passed on to.
    fn scheme_behind(&self) -> &'static str {
        self.block().pass.as_ref().map_or("http://", scheme)
    }

    /// The line that nginx writes into its error log (`ngx_http_log_error`).
    fn log_line(&self, error: &str, upstream: &str) -> String {
        pages::log_line(error, self.connection.client.ip(), &self.server_name(), self.request, upstream)
    }
}

/// In nginx's words, what it was doing when an answer went wrong.
const READING: &str = " while reading response header from upstream";

/// How the server behind is spoken to.
const fn scheme(pass: &Pass) -> &'static str {
    if pass.grpc { "grpc://" } else { "http://" }
}

/// The value without blanks at its ends.
fn trimmed(value: &Text) -> Text {
    match value.trim() {
        text if text.len() == value.len() => value.clone(),
        text => text.to_owned().into(),
    }
}

/// Headers of the client's own connection.
fn stays_behind(name: &str) -> bool {
    const OWN: [&str; 8] =
        ["Host", "Connection", "Content-Length", "Keep-Alive", "Expect", "Upgrade", "TE", "Transfer-Encoding"];
    OWN.iter().any(|own| own.eq_ignore_ascii_case(name))
}
