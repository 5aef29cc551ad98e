//! The TLS handshake: the certificate is chosen by the name in the ClientHello, and checked by the browser.

use super::connect::SSHD;
use super::{Flow, Journey};
use crate::message::{Flight, Message, Response};
use crate::place::Place::{Firewall, Instance, Proxy};
use crate::problem::Source;
use crate::proxy::choose::{self, Sessions, Shown};
use crate::record::Hop;
use crate::sockets::{self, Listener, Owner};
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;
use crate::{pages, tls};
use core::ops::ControlFlow::{Break, Continue};

impl Journey<'_> {
    /// The way of a message from the browser to the program that accepted the connection.
    pub(super) fn way_in(&self, owner: Owner) -> [Hop; 3] {
        let program = self.program(owner);
        [
            (self.client, Firewall, self.network.browser_firewall),
            (Firewall, Instance, self.network.firewall_instance),
            (Instance, program, self.network.instance_proxy),
        ]
    }

    /// The same way back. The answer leaves on the connection that the request came on.
    pub(super) fn way_out(&self, owner: Owner) -> [Hop; 3] {
        let [first, second, third] = self.way_in(owner).map(|(from, to, span)| (to, from, span));
        [third, second, first]
    }

    /// The TLS handshake. TLS 1.3 takes one round trip (RFC 8446 section 2): the client's Finished travels with the
    /// request, and a session that is resumed saves the certificate only (section 2.2). TLS 1.2 takes two, and one where
    /// a session is resumed (RFC 5246 section 7.3).
    pub(super) fn handshake(&mut self, url: &Url, connection: &mut Connection) -> Flow<()> {
        if !url.secure {
            return Continue(());
        }
        let owner = connection.owner;
        let sni = url.address().is_none().then(|| url.host.trim_end_matches('.').to_owned());
        let hello = Flight::ClientHello { sni: sni.clone(), alpn: self.offers };
        self.record.travel("client-hello", &self.way_in(owner), Message::Tls(hello.into()));
        let config = self.state.nginx.config.clone();
        let shown = match owner {
            Owner::Nginx => choose::certificate(&config, connection.inside.ip(), url.port, sni.as_deref()),
            _ => Shown::Nothing,
        };
        let (path, source, by_name, sessions) = match shown {
            Shown::Certificate(path, source, by_name, sessions) => (path.to_owned(), source, by_name, sessions),
            Shown::NoVersion(source) => {
                let words =
                    "the browser speaks TLS 1.3 and TLS 1.2 and nginx neither: alert protocol_version".to_owned();
                self.record.decide("handshake-rejected", Proxy, Ruling::Refuse, words, self.basis(source));
                let alert = Flight::Alert("protocol_version");
                self.record.travel("tls-alert", &self.way_out(owner), Message::Tls(alert.into()));
                return Break(pages::error("ERR_SSL_VERSION_OR_CIPHER_MISMATCH", &url.host, &url.text()));
            }
            Shown::Nothing => return self.no_tls_here(url, connection),
            Shown::NotModelled(source) => return self.not_modelled(source, "how this certificate is chosen"),
            Shown::Rejected(source) => {
                let words = "rejects the handshake: alert unrecognized_name".to_owned();
                self.record.decide("handshake-rejected", Proxy, Ruling::Refuse, words, self.basis(source));
                let alert = Flight::Alert("unrecognized_name");
                self.record.travel("tls-alert", &self.way_out(owner), Message::Tls(alert.into()));
                return Break(pages::error("ERR_SSL_UNRECOGNIZED_NAME_ALERT", &url.host, &url.text()));
            }
        };
        let ticket = self.ticket(url, &sessions);
        let old = self.version(&sessions, ticket.is_some());
        connection.http2 = self.protocol(url, connection)?;
        if let Some(ticket) = ticket {
            let left = Micros(ticket.until.0 - self.record.now.0).to_string();
            let thing = if sessions.no_tickets.is_none() { "ticket" } else { "id" };
            let what =
                [&short(self.client), " has a session ", thing, " of this host, good for another ", &left].concat();
            let words = match old {
                true => "resumes the session: no certificate, no signature, and one round trip less",
                false => "resumes the session: no certificate, no signature, and the same one round trip",
            };
            self.record.decide("session-resumed", Proxy, Ruling::Choose, words.to_owned(), Basis::State { what });
            self.record.travel("server-hello", &self.way_out(owner), Message::Tls(Flight::Resumed { old }.into()));
            // In TLS 1.3 every handshake brings a new ticket; in TLS 1.2 nginx leaves the client the one it has.
            if !old {
                self.keep_ticket(url, &sessions);
            }
            return Continue(());
        }
        let asked = sni.as_deref().unwrap_or("no name");
        let words = match by_name {
            true => ["the certificate of the block for ", asked, ", the name in the ClientHello (SNI)"].concat(),
            false => ["no server_name fits ", asked, ": the default server's certificate"].concat(),
        };
        let basis = self.basis(source);
        let name = if by_name { "certificate-chosen" } else { "default-certificate" };
        self.record.decide(name, Proxy, Ruling::Choose, words, basis);

        let certificates = self.state.nginx.certificates.clone();
        let missing = tls::Certificate { path: path.clone(), ..Default::default() };
        let shown = certificates.iter().find(|certificate| certificate.path == path).unwrap_or(&missing);
        let names = shown.names.iter().map(|(name, _)| name.clone()).collect();
        let hello = match old {
            true => Flight::OldServerHello { names },
            false => Flight::ServerHello { certificate: path, names },
        };
        self.record.travel("server-hello", &self.way_out(owner), Message::Tls(hello.into()));

        let elapsed = (self.record.now.0 / 1_000_000) as i64;
        let date = self.network.date.as_ref().map(|(date, _)| tls::Date(date.0 + elapsed));
        let opinion = tls::check(shown, &url.host, date, &self.network.trusted);
        let basis = match &opinion.basis {
            Basis::Line { document, line } => self.basis(&Source { document: document.clone(), line: *line }),
            other => other.clone(),
        };
        let ruling = if opinion.error.is_some() { Ruling::Refuse } else { Ruling::Allow };
        self.record.decide("certificate-checked", self.client, ruling, opinion.words, basis);
        match opinion.error {
            Some(code) => return Break(pages::error(code, &url.host, &url.text())),
            None if old => {
                let ticket = sessions.no_tickets.is_none();
                self.record.travel(
                    "client-key-exchange",
                    &self.way_in(owner),
                    Message::Tls(Flight::KeyExchange.into()),
                );
                let finished = Message::Tls(Flight::ServerFinished { ticket }.into());
                self.record.travel("server-finished", &self.way_out(owner), finished);
            }
            None => {}
        }
        self.keep_ticket(url, &sessions);
        Continue(())
    }

    /// nginx's choice of what is spoken inside (ALPN, RFC 7301): whether it is HTTP/2. It offers that where a `listen` of the
    /// socket says so, HTTP/1.1 always, and ends a handshake with nothing in common (`ngx_http_ssl_alpn_select`, 1.22.1).
    fn protocol(&mut self, url: &Url, connection: &Connection) -> Flow<bool> {
        let config = self.state.nginx.config.clone();
        let socket = choose::socket(&config, connection.inside.ip(), url.port);
        let source = socket.and_then(|socket| socket.http2.as_ref());
        if let Some(source) = source.filter(|_| self.offers.contains(&"h2")) {
            let basis = self.basis(source);
            self.record.decide("alpn-chosen", Proxy, Ruling::Choose, "HTTP/2, which both sides speak (ALPN h2)", basis);
            return Continue(true);
        }
        if self.offers.contains(&"http/1.1") {
            return Continue(false);
        }
        let document = socket.map_or_else(|| "".into(), |socket| socket.listen.source.document.clone());
        let sought = ["http2 at the listen of port ", &short(url.port)].concat();
        let words = "the client speaks HTTP/2 only, and this port HTTP/1.1: alert no_application_protocol";
        self.record.decide("handshake-rejected", Proxy, Ruling::Refuse, words, Basis::Absent { document, sought });
        let alert = Flight::Alert("no_application_protocol");
        self.record.travel("tls-alert", &self.way_out(connection.owner), Message::Tls(alert.into()));
        Break(pages::error("ERR_ALPN_NEGOTIATION_FAILED", &url.host, &url.text()))
    }

    /// nginx's choice of the version, the highest that both speak, and what it costs. Whether it is TLS 1.2.
    fn version(&mut self, sessions: &Sessions<'_>, resumed: bool) -> bool {
        let own = sessions.protocols.filter(|protocols| protocols.own);
        let old = own.is_some_and(|protocols| !protocols.new);
        let words = match (old, resumed) {
            (false, _) => "TLS 1.3: one round trip before the request",
            (true, false) => "TLS 1.2: two round trips before the request",
            (true, true) => "TLS 1.2 and a session to resume: one round trip before the request",
        };
        let basis = match own {
            Some(protocols) => self.basis(&protocols.source),
            None => Basis::Standard {
                source: "Debian 12, /etc/nginx/nginx.conf, ssl_protocols",
                says: "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; of those that both sides speak, the highest is taken",
            },
        };
        self.record.decide("tls-version", Proxy, Ruling::Choose, words.to_owned(), basis);
        old
    }

    /// A ClientHello reaches a program that speaks plain HTTP on this port.
    pub(super) fn no_tls_here(&mut self, url: &Url, connection: &Connection) -> Flow<()> {
        let place = self.program(connection.owner);
        let words = "this port speaks plain HTTP: the ClientHello is no HTTP request, 400 Bad Request".to_owned();
        let basis = match sockets::taker(&self.listeners(), connection.inside.ip(), url.port) {
            Some(Listener { owner: Owner::Nginx, source, .. }) => self.state.nginx_basis(self.world, source),
            Some(Listener { owner: Owner::Process(i), source, .. }) => self.state.process_basis(self.world, *i, source),
            Some(Listener { owner: Owner::Sshd, .. }) => SSHD,
            None => Basis::State { what: "the listener is gone".to_owned() },
        };
        self.record.decide("no-tls-here", place, Ruling::Refuse, words, basis);
        let response =
            Response { status: 400, reason: "Bad Request".into(), version: "HTTP/1.1", ..Default::default() };
        let way = self.way_out(connection.owner);
        self.record.travel("response", &way, Message::Response(response.into()));
        Break(pages::error("ERR_SSL_PROTOCOL_ERROR", &url.host, &url.text()))
    }
}
