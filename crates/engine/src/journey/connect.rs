//! The TCP connection: the security group lets packets in or drops them, the kernel accepts or refuses.

use super::{Flow, Journey};
use crate::firewall::Rule;
use crate::message::{Flags, Message};
use crate::pages;
use crate::place::Place::{self, Browser, Firewall, Instance};
use crate::sockets::{self, Bound, Listener, Owner};
use crate::state::{Connection, Status};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;
use crate::world::Kind;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};

impl Journey<'_> {
    /// The TCP handshake (RFC 9293 section 3.5).
    pub(super) fn connect(&mut self, url: &Url, address: Ipv4Addr) -> Flow<Connection> {
        // Linux's range of ephemeral ports is 32768 to 60999.
        let port = 32_768 + (18_556 + self.seed % 28_232 + self.state.opened * 2) % 28_232;
        self.state.opened += 1;
        let client = SocketAddr::new(self.network.client_address().into(), port as u16);
        let server = SocketAddr::new(address.into(), url.port);
        let segment = |flags, from, to| move |_: Place| Message::Segment { flags, from, to };
        let started = self.record.now;

        // The internet gateway knows one public address and translates it one to one; other packets go elsewhere.
        let public = self.network.public.clone();
        let private = self.network.private.clone().map(|(address, _)| address);
        let (true, Some(private)) = (public.as_ref().is_some_and(|(p, _)| *p == address), private) else {
            let words = [
                &address.to_string(),
                " is not this instance's address: the packets go elsewhere, and nothing comes back",
            ]
            .concat();
            let absent = Basis::Absent { document: "network".into(), sought: "public address".into() };
            let basis = public.map_or(absent, |(_, source)| source.into());
            self.record.decide("nobody-there", Browser, Ruling::Fail, words, basis);
            return self.give_up(url, started, &client, &server);
        };
        let inside = SocketAddr::new(private.into(), url.port);
        let (b_f, f_i) = (self.network.browser_firewall, self.network.firewall_instance);
        self.record.travel("syn", &[(Browser, Firewall, b_f)], segment(Flags::Syn, client, server));
        let Some(rule) = self.admitted(&client, url.port) else {
            return self.give_up(url, started, &client, &server);
        };
        self.record.travel("syn", &[(Firewall, Instance, f_i)], segment(Flags::Syn, client, inside));
        let owner = self.accept(url, inside);
        let Some(owner) = owner else {
            self.record.travel("rst", &[(Instance, Firewall, f_i)], segment(Flags::Rst, inside, client));
            self.record.travel("rst", &[(Firewall, Browser, b_f)], segment(Flags::Rst, server, client));
            let basis = Basis::Standard {
                source: "RFC 9293 section 3.10.7.3",
                says: "a reset in answer to a SYN ends the attempt: connection refused",
            };
            let words = "the connection was refused: ERR_CONNECTION_REFUSED".to_owned();
            self.record.decide("connection-refused", Browser, Ruling::Fail, words, basis);
            return Break(pages::error("ERR_CONNECTION_REFUSED", &url.host, &url.text()));
        };
        self.record.travel("syn-ack", &[(Instance, Firewall, f_i)], segment(Flags::SynAck, inside, client));
        let tracked = !self.group.untracked(&rule);
        let words = "let out: a reply on the connection that this rule let in needs no rule of its own".to_owned();
        self.record.decide("firewall-remembers", Firewall, Ruling::Allow, words, rule.source.into());
        self.record.travel("syn-ack", &[(Firewall, Browser, b_f)], segment(Flags::SynAck, server, client));
        // The browser does not wait for its ACK to arrive: what follows sets out at the same moment.
        let now = self.record.now;
        self.record.travel("ack", &[(Browser, Firewall, b_f)], segment(Flags::Ack, client, server));
        self.record.travel("ack", &[(Firewall, Instance, f_i)], segment(Flags::Ack, client, inside));
        self.record.now = now;
        let (host, secure) = (url.host.clone(), url.secure);
        Continue(Connection { host, secure, client, server, inside, owner, tracked, until: Micros::ZERO })
    }

    /// The security group's decision about a packet that begins a connection.
    pub(super) fn admitted(&mut self, client: &SocketAddr, port: u16) -> Option<Rule> {
        let IpAddr::V4(peer) = client.ip() else {
            return None;
        };
        let what = ["tcp port ", &port.to_string(), " from ", &peer.to_string()].concat();
        match self.group.admits(peer, port).cloned() {
            Some(rule) => {
                let (words, basis) = (["lets in ", &what].concat(), rule.source.clone().into());
                self.record.decide("firewall-decides", Firewall, Ruling::Allow, words, basis);
                Some(rule)
            }
            None => {
                let sought = ["inbound rule for ", &what].concat();
                let basis = Basis::Absent { document: self.group.document.clone(), sought };
                let words = ["no rule lets in ", &what, ": dropped, and nobody is told"].concat();
                self.record.decide("firewall-decides", Firewall, Ruling::Drop, words, basis);
                None
            }
        }
    }

    /// Nobody answers the SYN. Linux sends it again after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 seconds and gives up after
    /// 131 (`tcp_syn_retries` 6, `tcp_syn_linear_timeouts` 4: kernel documentation, networking/ip-sysctl).
    pub(super) fn give_up<T>(
        &mut self,
        url: &Url,
        started: Micros,
        client: &SocketAddr,
        server: &SocketAddr,
    ) -> Flow<T> {
        const AGAIN: [u64; 10] = [1, 2, 3, 4, 5, 7, 11, 19, 35, 67];
        let ours = self.network.public.as_ref().is_some_and(|(public, _)| server.ip() == IpAddr::V4(*public));
        let span = self.network.browser_firewall;
        let (from, to) = (*client, *server);
        for seconds in AGAIN.into_iter().filter(|_| ours) {
            self.record.now = started + Micros::seconds(seconds);
            let again = |_| Message::Segment { flags: Flags::Syn, from, to };
            self.record.travel("syn-again", &[(Browser, Firewall, span)], again);
        }
        self.record.now = started + Micros::seconds(131);
        let words = "no answer to 11 SYNs in 131 s: ERR_CONNECTION_TIMED_OUT".to_owned();
        let basis = Basis::Standard {
            source: "Linux, networking/ip-sysctl, tcp_syn_retries and tcp_syn_linear_timeouts",
            says: "a SYN is sent again ten times; 131 seconds after the first one the attempt has failed",
        };
        self.record.decide("browser-gives-up", Browser, Ruling::GiveUp, words, basis);
        Break(pages::error("ERR_CONNECTION_TIMED_OUT", &url.host, &url.text()))
    }

    pub(super) fn listeners(&self) -> Vec<Listener> {
        let nginx = self.state.nginx.running.then_some(&*self.state.nginx.config);
        sockets::listeners(nginx, &self.state.processes, self.hosts)
    }

    /// The kernel's decision: does a program listen at this address and port?
    pub(super) fn accept(&mut self, url: &Url, inside: SocketAddr) -> Option<Owner> {
        let listeners = self.listeners();
        let port = url.port.to_string();
        if let Some(listener) = sockets::taker(&listeners, inside.ip(), inside.port()) {
            let (name, basis) = match listener.owner {
                Owner::Nginx => ("nginx", self.state.nginx_basis(self.world, &listener.source)),
                Owner::Process(i) => {
                    let basis = self.state.process_basis(self.world, i, &listener.source);
                    (self.state.processes[i].declared.name.as_str(), basis)
                }
            };
            let words = [name, " listens on port ", &port].concat();
            self.record.decide("instance-accepts", Instance, Ruling::Allow, words, basis);
            return Some(listener.owner);
        }
        let failure = self.state.nginx.failure.as_ref().filter(|_| !self.state.nginx.running);
        let words = match failure {
            Some(problem) => {
                ["RST: nothing listens on port ", &port, ": nginx could not start: ", &problem.words].concat()
            }
            None => ["RST: nothing listens on port ", &port].concat(),
        };
        let basis = self.why_nobody(&listeners, inside);
        self.record.decide("instance-accepts", Instance, Ruling::Refuse, words, basis);
        None
    }

    /// Why nobody listens at an address and port.
    pub(super) fn why_nobody(&self, listeners: &[Listener], at: SocketAddr) -> Basis {
        // Somebody listens on the port, but at another address.
        if let Some(other) = listeners.iter().find(|listener| listener.port == at.port()) {
            return match other.owner {
                Owner::Nginx => self.state.nginx_basis(self.world, &other.source),
                Owner::Process(i) => {
                    let listen = self.state.processes[i].app.listen.as_ref().map(|listen| &listen.source);
                    self.state.process_basis(self.world, i, listen.unwrap_or(&other.source))
                }
            };
        }
        let nginx = &self.state.nginx;
        let wanted = sockets::listeners(Some(&nginx.config), &[], &[]);
        if let (false, Some(problem)) = (nginx.running, &nginx.failure) {
            return problem.source.clone().into();
        }
        if !nginx.running && sockets::taker(&wanted, at.ip(), at.port()).is_some() {
            return Basis::State { what: "nginx is stopped".to_owned() };
        }
        for process in &self.state.processes {
            let bound = sockets::bound(process, self.hosts);
            let here = match bound {
                Bound::At(_, port, _) => port == at.port(),
                Bound::SomePort(_) => false,
                Bound::Nowhere => true,
            };
            let what = match process.status {
                Status::Online => continue,
                Status::Stopped if here => ["pm2: ", &process.declared.name, " is stopped"].concat(),
                Status::Errored if here => {
                    let why = process.failure.as_deref().unwrap_or("");
                    ["pm2: ", &process.declared.name, " is errored: ", why].concat()
                }
                Status::Stopped | Status::Errored => continue,
            };
            return Basis::State { what };
        }
        let sought = ["program that listens on port ", &at.port().to_string()].concat();
        let inside = at.ip().is_loopback();
        let kind = if inside { Kind::Processes } else { Kind::Nginx };
        let document = self.world.of(kind).next().map_or("", |document| document.name.as_str());
        Basis::Absent { document: document.to_owned(), sought }
    }
}
