//! What nginx and the application do with a request.

use super::connect::SSHD;
use super::{Flow, Journey};
use crate::app::{End, Served};
use crate::message::{Flags, Message, Request, Response};
use crate::place::Place::{Instance, Proxy};
use crate::problem::Source;
use crate::proxy::choose::{self, Found};
use crate::proxy::variables::{self, Facts};
use crate::proxy::{Listen, Location, Pass, Return, pass};
use crate::sockets::{self, Owner};
use crate::state::Connection;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::{Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};

/// nginx's error log, `ngx_http_upstream.c`.
const REFUSED: &str = "connect() failed (111: Connection refused) while connecting to upstream";
/// The same where the application closes the connection without a word.
const CLOSED: &str = "upstream prematurely closed connection while reading response header from upstream";
/// The same for `proxy_read_timeout`.
const TIMED_OUT: &str = "upstream timed out (110: Connection timed out) while reading response header from upstream";

/// What nginx does with a request.
pub(super) enum Handled {
    /// It answers.
    Answer(Response),
    /// It closes the connection without a word.
    Close,
}

impl Journey<'_> {
    /// nginx's part: server block, location, and what the location says.
    pub(super) fn proxy(&mut self, url: &Url, connection: &Connection, request: &Request) -> Flow<Handled> {
        let config = self.state.nginx.config.clone();
        let port = connection.inside.port();
        let Some(socket) = choose::socket(&config, connection.inside.ip(), port) else {
            return Continue(Handled::Close);
        };
        if !url.secure && choose::speaks_tls(&config, socket, port) {
            let words = "plain HTTP on a port that speaks TLS: 400".to_owned();
            let on = |l: &&Listen| l.port == port && l.address == socket && l.ssl;
            let listen = config.servers.iter().flat_map(|server| &server.listens).find(on);
            let basis = self.basis(&listen.map(|listen| listen.source.clone()).unwrap_or_default());
            self.record.decide("plain-http-refused", Proxy, Ruling::Refuse, words, basis);
            return Continue(Handled::Answer(pass::plain_http_on_tls_port(request)));
        }
        let Some(uri) = choose::normal_path(&request.target) else {
            let basis =
                Basis::Standard { source: "RFC 3986 section 5.2.4", says: "a path cannot climb above the root" };
            self.record.decide("request-refused", Proxy, Ruling::Refuse, "400 Bad Request".into(), basis);
            return Continue(Handled::Answer(pass::page(400, request)));
        };
        let host = request.header("Host").map(variables::bare_host);
        let Some(chosen) = choose::server(&config, socket, port, host.as_deref()) else {
            return Continue(Handled::Close);
        };
        if let Some(source) = chosen.untried {
            return self.not_modelled(source, "a regular expression in server_name");
        }
        let asked = host.as_deref().unwrap_or("");
        let (words, basis) = match chosen.name {
            Some((name, source)) => (["Host ", asked, " fits server_name ", name].concat(), self.basis(source)),
            None => {
                let document = chosen.server.source.document.clone();
                let line = chosen.server.source.line.to_string();
                let words = [
                    "no server_name fits ",
                    asked,
                    ": the default server of port ",
                    &port.to_string(),
                    ", ",
                    &document,
                    " line ",
                    &line,
                ];
                let sought = ["server_name that fits ", asked].concat();
                (words.concat(), Basis::Absent { document: document.clone(), sought })
            }
        };
        let name = if chosen.name.is_some() { "server-chosen" } else { "default-server" };
        self.record.decide(name, Proxy, Ruling::Choose, words, basis);

        let server_name = chosen.server.names.first().map_or("", |(name, _)| name.as_str());
        let (client, server_address) = (connection.client.ip(), connection.inside.ip());
        let facts = Facts { request, uri: &uri, server_name, port, server_address, client, proxy_host: "" };
        if let Some((what, source)) = &chosen.server.not_modelled {
            return self.not_modelled(source, what);
        }
        if let Some(returns) = &chosen.server.returns {
            return Continue(self.returned(returns, &facts));
        }
        let location = match choose::location(chosen.server, &uri) {
            Found::Location(location) => location,
            Found::NotModelled(location) => {
                return self.not_modelled(&location.source, "a location given by a regular expression");
            }
            Found::AddSlash(location) => {
                let query = request.target.split_once('?').map_or("", |(_, query)| query);
                let mark = if query.is_empty() { "" } else { "?" };
                let text = Some([&location.path, mark, query].concat());
                let returns = Return { status: 301, text, source: location.source.clone() };
                return Continue(self.returned(&returns, &facts));
            }
            Found::Nothing => return Continue(self.no_file(&uri, request, &chosen.server.source)),
        };
        let words = [&uri, " fits ", &location.written()].concat();
        let basis = self.basis(&location.source);
        self.record.decide("location-chosen", Proxy, Ruling::Choose, words, basis);
        if let Some((what, source)) = &location.not_modelled {
            return self.not_modelled(source, what);
        }
        match (&location.returns, &location.pass) {
            (Some(returns), _) => Continue(self.returned(returns, &facts)),
            (None, Some(pass)) => self.pass_on(location, pass, &facts),
            (None, None) => Continue(self.no_file(&uri, request, &location.source)),
        }
    }

    pub(super) fn basis(&self, source: &Source) -> Basis {
        self.state.nginx_basis(self.world, source)
    }

    /// The run ends here, openly: the engine does not know what nginx would do.
    pub(super) fn not_modelled<T>(&mut self, source: &Source, what: &str) -> Flow<T> {
        let words = ["not modelled: ", what].concat();
        let basis = self.basis(source);
        self.record.decide("not-modelled", Proxy, Ruling::Refuse, words.clone(), basis);
        Break(Outcome::Printed(words))
    }

    pub(super) fn returned(&mut self, returns: &Return, facts: &Facts<'_>) -> Handled {
        let basis = self.basis(&returns.source);
        let response = pass::returned(returns, facts);
        let words = match response.as_ref().map(|r| (r.status.to_string(), r.header("Location"))) {
            Some((status, Some(location))) => [&status, ": go to ", location].concat(),
            Some((status, None)) => ["answers ", &status, " itself"].concat(),
            None => "444: closes the connection without an answer".to_owned(),
        };
        let ruling = if response.is_some() { Ruling::Answer } else { Ruling::Drop };
        self.record.decide("proxy-returns", Proxy, ruling, words, basis);
        response.map_or(Handled::Close, Handled::Answer)
    }

    /// Nothing says what to do: nginx looks for a file, and there are none.
    pub(super) fn no_file(&mut self, uri: &str, request: &Request, source: &Source) -> Handled {
        let words = ["no file for ", uri, ": 404 Not Found"].concat();
        let basis =
            Basis::Absent { document: source.document.clone(), sought: ["proxy_pass or return for ", uri].concat() };
        self.record.decide("file-not-found", Proxy, Ruling::Refuse, words, basis);
        Handled::Answer(pass::page(404, request))
    }

    /// `proxy_pass`: a new connection to the application, tried at each address of the name.
    pub(super) fn pass_on(&mut self, location: &Location, pass: &Pass, facts: &Facts<'_>) -> Flow<Handled> {
        let facts = &Facts { proxy_host: &pass.host, ..facts.clone() };
        let request = pass::request(location, pass, facts);
        let words = ["passes it on to http://", &pass.host, ", on a new connection"].concat();
        let basis = self.basis(&pass.source);
        self.record.decide("upstream-chosen", Proxy, Ruling::Choose, words, basis);
        let span = self.network.proxy_app;
        let mut failures = String::new();
        for (address, port) in &pass.addresses {
            let to = SocketAddr::new(*address, *port);
            self.state.passed += 1;
            let own = if address.is_ipv6() { *address } else { Ipv4Addr::LOCALHOST.into() };
            let from = SocketAddr::new(own, 40_000 + (self.state.passed % 20_000) as u16);
            let syn = |_| Message::Segment { flags: Flags::Syn, from, to };
            let app = self.meant(*port);
            self.record.travel("proxy-syn", &[(Proxy, app, span)], syn);
            if let Some(process) = self.upstream_accepts(to) {
                // The kernel's SYN-ACK takes its time as well; the request leaves with the ACK.
                self.record.now += span;
                self.record.travel("proxy-request", &[(Proxy, app, span)], |_| Message::Request(request.clone()));
                let Owner::Process(i) = process else { return Continue(self.not_modelled_loop(facts)) };
                let (limit, source) = &location.read_timeout;
                let served = self.consider(i, &request);
                let upstream = ["http://", &to.to_string(), &request.target].concat();
                if served.end == End::Never || served.wait + span + span > *limit {
                    return self.too_slow(i, &request, served, (*limit, source.as_ref()), facts, &upstream);
                }
                if let Some(answer) = self.application(i, &request, served)? {
                    let way = [(app, Proxy, span)];
                    self.record.travel("app-response", &way, |_| Message::Response(answer.clone()));
                    return Continue(Handled::Answer(pass::response_to_client(&answer)));
                }
                self.record.now += span;
                failures = pass::log_line(CLOSED, facts, &upstream);
                continue;
            }
            self.record.now += span;
            failures = pass::log_line(REFUSED, facts, &["http://", &to.to_string(), &request.target].concat());
        }
        let basis = Basis::Standard {
            source: "RFC 9110 section 15.6.3",
            says: "a gateway that gets no valid answer from behind says 502 Bad Gateway",
        };
        let words = ["502 Bad Gateway: ", &failures].concat();
        self.record.decide("bad-gateway", Proxy, Ruling::Answer, words, basis);
        Continue(Handled::Answer(pass::page(502, facts.request)))
    }

    /// Nothing comes from the application for as long as `proxy_read_timeout` says: 504. The application does not learn
    /// of it and works on.
    fn too_slow(
        &mut self,
        process: usize,
        request: &Request,
        served: Served,
        (limit, source): (Micros, Option<&Source>),
        facts: &Facts<'_>,
        upstream: &str,
    ) -> Flow<Handled> {
        // The limit counts from the moment at which the request was sent, one hop ago.
        let sent = self.record.now - self.network.proxy_app;
        self.application(process, request, served)?;
        self.record.now = sent + limit;
        let basis = source.map_or(
            Basis::Standard {
                source: "nginx.org, proxy_read_timeout",
                says: "between two reads from the application at most 60 seconds may pass, unless configured",
            },
            |source| self.basis(source),
        );
        let words = pass::log_line(TIMED_OUT, facts, upstream);
        self.record.decide("gateway-timeout", Proxy, Ruling::GiveUp, words, basis);
        Continue(Handled::Answer(pass::page(504, facts.request)))
    }

    /// nginx passes to nginx.
    pub(super) fn not_modelled_loop(&mut self, facts: &Facts<'_>) -> Handled {
        let basis = Basis::State { what: "nginx listens at the address that it passes requests to".into() };
        let words = "not modelled: nginx passing requests to itself".to_owned();
        self.record.decide("not-modelled", Proxy, Ruling::Refuse, words, basis);
        Handled::Answer(pass::page(500, facts.request))
    }

    /// The kernel's decision about nginx's own connection.
    pub(super) fn upstream_accepts(&mut self, to: SocketAddr) -> Option<Owner> {
        let listeners = self.listeners();
        let found = sockets::taker(&listeners, to.ip(), to.port()).cloned();
        match found {
            Some(listener) => {
                let (name, basis) = match listener.owner {
                    Owner::Nginx => ("nginx".to_owned(), self.basis(&listener.source)),
                    Owner::Sshd => ("sshd".to_owned(), SSHD),
                    Owner::Process(i) => {
                        let basis = self.state.process_basis(self.world, i, &listener.source);
                        (self.state.processes[i].declared.name.clone(), basis)
                    }
                };
                let words = [&name, " listens on port ", &to.port().to_string()].concat();
                self.record.decide("upstream-accepts", Instance, Ruling::Allow, words, basis);
                Some(listener.owner)
            }
            None => {
                let words = ["RST: nothing listens on ", &to.to_string()].concat();
                let basis = self.why_nobody(&listeners, to);
                self.record.decide("upstream-accepts", Instance, Ruling::Refuse, words, basis);
                None
            }
        }
    }
}
