//! The TLS handshake: the certificate is chosen by the name in the ClientHello, and checked by the browser.

use super::connect::SSHD;
use super::{Flow, Journey};
use crate::message::{Flight, Message, Response};
use crate::place::Place::{Browser, Firewall, Instance, Proxy};
use crate::problem::Source;
use crate::proxy::choose::{self, Shown};
use crate::record::Hop;
use crate::sockets::{self, Listener, Owner};
use crate::state::Connection;
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
            (Browser, Firewall, self.network.browser_firewall),
            (Firewall, Instance, self.network.firewall_instance),
            (Instance, program, self.network.instance_proxy),
        ]
    }

    /// The same way back. The answer leaves on the connection that the request came on.
    pub(super) fn way_out(&self, owner: Owner) -> [Hop; 3] {
        let [first, second, third] = self.way_in(owner).map(|(from, to, span)| (to, from, span));
        [third, second, first]
    }

    /// The TLS 1.3 handshake: one round trip (RFC 8446 section 2). The client's Finished travels with the request.
    /// A session that is resumed costs the round trip all the same; what it saves is the certificate (section 2.2).
    pub(super) fn handshake(&mut self, url: &Url, connection: &Connection) -> Flow<()> {
        if !url.secure {
            return Continue(());
        }
        let owner = connection.owner;
        let sni = url.address().is_none().then(|| url.host.trim_end_matches('.').to_owned());
        let hello = Flight::ClientHello { sni: sni.clone() };
        self.record.travel("client-hello", &self.way_in(owner), Message::Tls(hello.into()));
        let config = self.state.nginx.config.clone();
        let shown = match owner {
            Owner::Nginx => choose::certificate(&config, connection.inside.ip(), url.port, sni.as_deref()),
            _ => Shown::Nothing,
        };
        let (path, source, by_name) = match shown {
            Shown::Certificate(path, source, by_name) => (path.to_owned(), source, by_name),
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
        if let Some(ticket) = self.ticket(url) {
            let left = Micros(ticket.until.0 - self.record.now.0).to_string();
            let what = ["the browser has a session ticket of this host, good for another ", &left].concat();
            let words = "resumes the session: no certificate, no signature, and the same one round trip".to_owned();
            self.record.decide("session-resumed", Proxy, Ruling::Choose, words, Basis::State { what });
            self.record.travel("server-hello", &self.way_out(owner), Message::Tls(Flight::Resumed.into()));
            self.keep_ticket(url);
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

        let found = self.state.nginx.certificates.iter().find(|certificate| certificate.path == path).cloned();
        let shown = found.unwrap_or_else(|| tls::Certificate { path: path.clone(), ..Default::default() });
        let names = shown.names.iter().map(|(name, _)| name.clone()).collect();
        let hello = Flight::ServerHello { certificate: path, names };
        self.record.travel("server-hello", &self.way_out(owner), Message::Tls(hello.into()));

        let elapsed = (self.record.now.0 / 1_000_000) as i64;
        let date = self.network.date.as_ref().map(|(date, _)| tls::Date(date.0 + elapsed));
        let opinion = tls::check(&shown, &url.host, date, &self.network.trusted);
        let basis = match &opinion.basis {
            Basis::Line { document, line } => self.basis(&Source::new(document, *line)),
            other => other.clone(),
        };
        let ruling = if opinion.error.is_some() { Ruling::Refuse } else { Ruling::Allow };
        self.record.decide("certificate-checked", Browser, ruling, opinion.words, basis);
        match opinion.error {
            Some(code) => Break(pages::error(code, &url.host, &url.text())),
            None => {
                self.keep_ticket(url);
                Continue(())
            }
        }
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
