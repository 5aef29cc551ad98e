//! What nginx and the application do with a request.

use super::apply::Reply;
use super::connect::SSHD;
use super::{Flow, Journey, Tunnel};
use crate::message::{Flags, Message, Request, Response};
use crate::place::Place::{self, Instance, Proxy};
use crate::problem::Source;
use crate::proxy::handle::{self, Attempt, Machine, Next};
use crate::sockets::{self, Owner};
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::{Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};

/// What nginx does with a request.
pub(super) enum Handled {
    /// It answers.
    Answer(Response),
    /// It closes the connection without a word.
    Close,
    /// It resets the connection.
    Reset,
}

/// A process that nginx has a connection to, and how far it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    pub process: usize,
    pub app: Place,
    pub span: Micros,
}

impl Journey<'_> {
    /// nginx's part: what it decides is `handle`'s affair; here its decisions are written down, its connections to the
    /// application made, and its waiting waited.
    pub(super) fn proxy(&mut self, url: &Url, connection: &Connection, request: &Request) -> Flow<Handled> {
        let config = self.state.nginx.config.clone();
        let mut runtime = core::mem::take(&mut self.state.nginx.runtime);
        let sni = (url.secure && url.address().is_none()).then(|| url.host.clone());
        let (client, server) = (connection.client, connection.inside);
        let http2 = connection.http2;
        let facts = handle::Connection { client, server, tls: url.secure, http2, sni };
        let mut machine = Machine::new(&config, request, &facts);
        let mut next = machine.begin(&mut runtime, self.record.now);
        let handled = loop {
            for decision in core::mem::take(&mut machine.decisions) {
                let basis = match decision.basis {
                    Basis::Line { document, line } => self.basis(&Source { document, line }),
                    other => other,
                };
                self.record.decide(decision.name, Proxy, decision.ruling, decision.words, basis);
            }
            let outcome = match next {
                Next::Respond(response) => break Continue(Handled::Answer(response)),
                Next::Close => break Continue(Handled::Close),
                Next::Reset => break Continue(Handled::Reset),
                Next::NotModelled(what, source) => break self.not_modelled(&source, &what),
                Next::Wait(span) => {
                    self.record.now += span;
                    handle::Outcome::Waited
                }
                Next::Connect(attempt) => match self.ask_behind(&attempt) {
                    Continue(outcome) => outcome,
                    Break(outcome) => break Break(outcome),
                },
            };
            next = machine.resume(outcome, &mut runtime, self.record.now);
        };
        self.state.nginx.runtime = runtime;
        handled
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

    /// A new connection to the application.
    fn ask_behind(&mut self, attempt: &Attempt) -> Flow<handle::Outcome> {
        let span = self.network.proxy_app;
        let to = attempt.peer;
        self.state.passed += 1;
        let own = if to.is_ipv6() { to.ip() } else { Ipv4Addr::LOCALHOST.into() };
        let from = SocketAddr::new(own, 40_000 + (self.state.passed % 20_000) as u16);
        let syn = Message::Segment { flags: Flags::Syn, from, to };
        let app = self.meant(to.port());
        self.record.hop("proxy-syn", (Proxy, app, span), syn);
        let owner = self.upstream_accepts(to);
        // The kernel's answer takes its time as well; the request leaves with the ACK.
        self.record.now += span;
        let process = match owner {
            None => return Continue(handle::Outcome::Refused),
            Some((Owner::Nginx, source)) => return self.not_modelled(&source, "nginx passing requests to itself"),
            Some((Owner::Sshd, _)) => {
                let words = "not modelled: nginx passing requests to sshd".to_owned();
                self.record.decide("not-modelled", Proxy, Ruling::Refuse, words.clone(), SSHD);
                return Break(Outcome::Printed(words));
            }
            Some((Owner::Database, _)) => {
                // It takes the first bytes for a length, and hangs up.
                self.hear_http();
                self.record.now += span;
                return Continue(handle::Outcome::Closed);
            }
            Some((Owner::Process(i), _)) => i,
        };
        let behind = Behind { process, app, span };
        if attempt.grpc {
            return self.ask_with_http2(&behind, attempt);
        }
        let request = &attempt.request;
        self.record.hop("proxy-request", (Proxy, app, span), Message::Request(request.clone()));
        if self.state.processes[process].app.grpc.is_some() {
            return Continue(self.no_http1_here(&behind));
        }
        // The limit counts from the moment at which the request was sent, one hop ago.
        let sent = self.record.now - span;
        let reply = self.application(process, request)?;
        let late = self.record.now + span > sent + attempt.read_timeout;
        if let (Reply::Answer(answer), true) = (&reply, late)
            && answer.cut
        {
            let words = "not modelled: how long nginx waits within an answer".to_owned();
            let basis = Basis::State { what: "the rest of the answer does not come in time".to_owned() };
            self.record.decide("not-modelled", Proxy, Ruling::Refuse, words.clone(), basis);
            return Break(Outcome::Printed(words));
        }
        if late || reply == Reply::Never {
            // The application does not learn of it and works on.
            self.record.now = sent + attempt.read_timeout;
            return Continue(handle::Outcome::ReadTimedOut);
        }
        let Reply::Answer(answer) = reply else {
            self.record.now += span;
            return Continue(handle::Outcome::Closed);
        };
        self.record.hop("app-response", (app, Proxy, span), Message::Response(answer.clone()));
        if answer.status == 101 {
            let (idle, line) = (attempt.read_timeout, attempt.read_line.clone());
            self.tunnel = Some(Tunnel { process, ends: (from, to), idle, line });
        }
        Continue(handle::Outcome::Answer(answer))
    }

    /// The kernel's decision about nginx's own connection.
    pub(super) fn upstream_accepts(&mut self, to: SocketAddr) -> Option<(Owner, Source)> {
        let listeners = self.listeners();
        let found = sockets::taker(&listeners, to.ip(), to.port()).cloned();
        match found {
            Some(listener) => {
                let (name, basis) = match listener.owner {
                    Owner::Nginx => ("nginx".to_owned(), self.basis(&listener.source)),
                    Owner::Sshd => ("sshd".to_owned(), SSHD),
                    Owner::Database => ("postgres".to_owned(), self.listens(&listener.source)),
                    Owner::Process(i) => {
                        let basis = self.state.process_basis(self.world, i, &listener.source);
                        (self.state.processes[i].declared.name.clone(), basis)
                    }
                };
                let words = [&name, " listens on port ", &short(to.port())].concat();
                self.record.decide("upstream-accepts", Instance, Ruling::Allow, words, basis);
                Some((listener.owner, listener.source))
            }
            None => {
                let words = ["RST: nothing listens on ", &short(to)].concat();
                let basis = self.why_nobody(&listeners, to);
                self.record.decide("upstream-accepts", Instance, Ruling::Refuse, words, basis);
                None
            }
        }
    }
}
