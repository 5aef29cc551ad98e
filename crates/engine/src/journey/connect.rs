//! The TCP connection: the security group lets packets in or drops them, the kernel accepts or refuses.

use super::{Flow, Journey};
use crate::firewall::Rule;
use crate::message::{Flags, Message};
use crate::pages;
use crate::place::Place::{Firewall, Instance};
use crate::sockets::{self, Bound, Listener, Owner};
use crate::state::{Connection, Status};
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use crate::world::Kind;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};

/// Why sshd listens where it does: no document of the world configures it.
pub(super) const SSHD: Basis = Basis::Standard {
    source: "OpenSSH, sshd_config(5), Port",
    says: "unless it is told otherwise, sshd listens on port 22 of every address",
};

/// An attempt to open a TCP connection.
pub(super) struct Attempt {
    client: SocketAddr,
    server: SocketAddr,
    started: Micros,
    names: Names,
}

/// What the steps of an attempt are called. A bare packet has names by its port, since figure 3 draws it so.
#[derive(Clone, Copy)]
struct Names {
    allowed: &'static str,
    dropped: &'static str,
    onward: (&'static str, &'static str),
    /// Whether the internet gateway's translation is told as well.
    gateway: bool,
}

/// The names in a browser's journey.
const BROWSERS: Names =
    Names { allowed: "firewall-decides", dropped: "firewall-decides", onward: ("syn", "ack"), gateway: false };

/// How an attempt ended.
enum Ended {
    /// Nobody answered: no such address, or the packets were dropped.
    Silence { dropped: bool },
    /// The kernel answered with a reset.
    Refused,
    /// The connection stands.
    Accepted { inside: SocketAddr, owner: Owner, tracked: bool },
}

impl Journey<'_> {
    /// The browser connects.
    pub(super) fn connect(&mut self, url: &Url, address: Ipv4Addr) -> Flow<Connection> {
        let attempt = self.attempt(self.visitor, SocketAddr::new(address.into(), url.port), BROWSERS);
        match self.shake_hands(&attempt) {
            Ended::Silence { .. } => {
                self.give_up("browser-gives-up", &attempt, "ERR_CONNECTION_TIMED_OUT");
                Break(pages::error("ERR_CONNECTION_TIMED_OUT", &url.host, &url.text()))
            }
            Ended::Refused => {
                self.refused("ERR_CONNECTION_REFUSED");
                Break(pages::error("ERR_CONNECTION_REFUSED", &url.host, &url.text()))
            }
            Ended::Accepted { inside, owner, tracked } => {
                let (host, secure) = (url.host.clone(), url.secure);
                let Attempt { client, server, .. } = attempt;
                let (http2, until) = (false, Micros::ZERO);
                Continue(Connection { host, secure, http2, client, server, inside, owner, tracked, until })
            }
        }
    }

    /// Somebody at `from` tries a port of the instance's public address, as `nc -vz` does, and prints its words.
    pub(super) fn knock(&mut self, from: Ipv4Addr, port: u16) -> Outcome {
        let Some((address, source)) = self.network.public.clone() else {
            let basis = Basis::Absent { document: "network".into(), sought: "public address".into() };
            let words = "the instance has no public address to connect to".to_owned();
            self.record.decide("nobody-there", self.client, Ruling::Fail, words.clone(), basis);
            return Outcome::Printed(words);
        };
        let (allowed, onward) = match port {
            22 => ("port-22-allowed", ("syn-22", "ack-22")),
            80 => ("port-80-allowed", ("syn-80", "ack-80")),
            443 => ("port-443-allowed", ("syn-443", "ack-443")),
            _ => ("other-port-allowed", ("syn-other", "ack-other")),
        };
        let names = Names { allowed, dropped: "packet-blocked", onward, gateway: true };
        let attempt = self.attempt(from, SocketAddr::new(address.into(), port), names);
        let at = [&short(address), " port ", &short(port), " (tcp)"].concat();
        let words = ["from ", &short(from), " to ", &at].concat();
        self.record.decide("target-chosen", self.client, Ruling::Choose, words, source.into());
        match self.shake_hands(&attempt) {
            Ended::Silence { dropped } => {
                let name = if dropped { "sender-gives-up" } else { "browser-gives-up" };
                self.give_up(name, &attempt, "Connection timed out");
                Outcome::Printed(["nc: connect to ", &at, " failed: Connection timed out\n"].concat())
            }
            Ended::Refused => {
                self.refused("Connection refused");
                Outcome::Printed(["nc: connect to ", &at, " failed: Connection refused\n"].concat())
            }
            Ended::Accepted { .. } => {
                let service = match port {
                    22 => "ssh",
                    80 => "http",
                    443 => "https",
                    8080 => "http-alt",
                    _ => "*",
                };
                let at = [&short(address), " ", &short(port), " port [tcp/", service].concat();
                let words = ["Connection to ", &at, "] succeeded!"].concat();
                let basis = Basis::Standard {
                    source: "RFC 9293 section 3.5",
                    says: "when the SYN has been answered and the answer acknowledged, the connection stands",
                };
                self.record.decide("connection-stands", self.client, Ruling::Answer, words.clone(), basis);
                Outcome::Printed(words + "\n")
            }
        }
    }

    fn attempt(&mut self, from: Ipv4Addr, server: SocketAddr, names: Names) -> Attempt {
        // Linux's range of ephemeral ports is 32768 to 60999.
        let port = 32_768 + (18_556 + self.seed % 28_232 + self.state.opened * 2) % 28_232;
        self.state.opened += 1;
        Attempt { client: SocketAddr::new(from.into(), port as u16), server, started: self.record.now, names }
    }

    /// The TCP handshake (RFC 9293 section 3.5).
    fn shake_hands(&mut self, attempt: &Attempt) -> Ended {
        let Attempt { client, server, names, .. } = *attempt;
        let segment = |flags, from, to| Message::Segment { flags, from, to };

        // The internet gateway knows one public address and translates it one to one; other packets go elsewhere.
        let public = self.network.public.clone();
        let (private, private_source) = self.network.private.clone().unzip();
        let (true, Some(private)) = (public.as_ref().is_some_and(|(p, _)| IpAddr::V4(*p) == server.ip()), private)
        else {
            let words = [
                &short(server.ip()),
                " is not this instance's address: the packets go elsewhere, and nothing comes back",
            ]
            .concat();
            let absent = Basis::Absent { document: "network".into(), sought: "public address".into() };
            let basis = public.map_or(absent, |(_, source)| source.into());
            self.record.decide("nobody-there", self.client, Ruling::Fail, words, basis);
            return Ended::Silence { dropped: false };
        };
        let inside = SocketAddr::new(private.into(), server.port());
        let (b_f, f_i) = (self.network.browser_firewall, self.network.firewall_instance);
        self.record.hop("syn", (self.client, Firewall, b_f), segment(Flags::Syn, client, server));
        if let (true, Some(source)) = (names.gateway, private_source) {
            let words = ["the internet gateway sends it on to ", &short(private), ", the private address"];
            self.record.decide("gateway-translates", Firewall, Ruling::Choose, words.concat(), source.into());
        }
        let IpAddr::V4(from) = client.ip() else { unreachable!("clients have IPv4 addresses here") };
        let Some(rule) = self.admitted(from, server.port(), names) else {
            return Ended::Silence { dropped: true };
        };
        self.record.hop(names.onward.0, (Firewall, Instance, f_i), segment(Flags::Syn, client, inside));
        let Some(owner) = self.accept(inside) else {
            self.record.hop("rst", (Instance, Firewall, f_i), segment(Flags::Rst, inside, client));
            self.record.hop("rst", (Firewall, self.client, b_f), segment(Flags::Rst, server, client));
            return Ended::Refused;
        };
        self.record.hop("syn-ack", (Instance, Firewall, f_i), segment(Flags::SynAck, inside, client));
        let tracked = self.let_out(&rule, from, server.port());
        self.record.hop("syn-ack", (Firewall, self.client, b_f), segment(Flags::SynAck, server, client));
        // The client does not wait for its ACK to arrive: what follows sets out at the same moment.
        let now = self.record.now;
        self.record.hop("ack", (self.client, Firewall, b_f), segment(Flags::Ack, client, server));
        self.record.hop(names.onward.1, (Firewall, Instance, f_i), segment(Flags::Ack, client, inside));
        self.record.now = now;
        Ended::Accepted { inside, owner, tracked }
    }

    /// The client hears that nobody listens; `error` is its own word for that.
    fn refused(&mut self, error: &str) {
        let basis = Basis::Standard {
            source: "RFC 9293 section 3.10.7.3",
            says: "a reset in answer to a SYN ends the attempt: connection refused",
        };
        let words = ["the connection was refused: ", error].concat();
        self.record.decide("connection-refused", self.client, Ruling::Fail, words, basis);
    }

    /// The security group's decision about a packet that begins a connection.
    fn admitted(&mut self, peer: Ipv4Addr, port: u16, names: Names) -> Option<Rule> {
        let what = ["tcp port ", &short(port), " from ", &short(peer)].concat();
        match self.group.admits(peer, port).cloned() {
            Some(rule) => {
                let (words, basis) = (["lets in ", &what].concat(), rule.source.clone().into());
                self.record.decide(names.allowed, Firewall, Ruling::Allow, words, basis);
                Some(rule)
            }
            None => {
                let sought = ["inbound rule for ", &what].concat();
                let basis = Basis::Absent { document: self.group.document.clone(), sought };
                let words = ["no rule lets in ", &what, ": dropped, and nobody is told"].concat();
                self.record.decide(names.dropped, Firewall, Ruling::Drop, words, basis);
                None
            }
        }
    }

    /// The reply leaves: by an outbound rule where that lets everything out anyway, else because the group remembers the
    /// connection. Whether it does.
    fn let_out(&mut self, rule: &Rule, peer: Ipv4Addr, port: u16) -> bool {
        let open = self.group.untracked(peer, port).cloned();
        let words = match &open {
            Some(_) => "let out: everybody may come in here and anything may leave, so nothing is remembered",
            None => "let out: a reply on a connection that the group remembers needs no rule of its own",
        };
        let source = open.as_ref().unwrap_or(rule).source.clone();
        self.record.decide("firewall-remembers", Firewall, Ruling::Allow, words.to_owned(), source.into());
        open.is_none()
    }

    /// Nobody answers the SYN. Linux sends it again after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 seconds and gives up after
    /// 131 (`tcp_syn_retries` 6, `tcp_syn_linear_timeouts` 4: kernel documentation, networking/ip-sysctl).
    fn give_up(&mut self, name: &'static str, attempt: &Attempt, error: &str) {
        const AGAIN: [u64; 10] = [1, 2, 3, 4, 5, 7, 11, 19, 35, 67];
        let Attempt { client: from, server: to, started, .. } = *attempt;
        let ours = self.network.public.as_ref().is_some_and(|(public, _)| to.ip() == IpAddr::V4(*public));
        let span = self.network.browser_firewall;
        for seconds in AGAIN.into_iter().filter(|_| ours) {
            self.record.now = started + Micros::seconds(seconds);
            let again = Message::Segment { flags: Flags::Syn, from, to };
            self.record.hop("syn-again", (self.client, Firewall, span), again);
        }
        self.record.now = started + Micros::seconds(131);
        let words = ["no answer to 11 SYNs in 131 s: ", error].concat();
        let basis = Basis::Standard {
            source: "Linux, networking/ip-sysctl, tcp_syn_retries and tcp_syn_linear_timeouts",
            says: "a SYN is sent again ten times; 131 seconds after the first one the attempt has failed",
        };
        self.record.decide(name, self.client, Ruling::GiveUp, words, basis);
    }

    /// An untracked connection whose rule is gone: the rules are asked again, and drop its packets.
    pub(super) fn cut_off(&mut self, peer: Ipv4Addr, port: u16) {
        self.admitted(peer, port, BROWSERS);
    }

    pub(super) fn listeners(&self) -> Vec<Listener> {
        let nginx = self.state.nginx.running.then_some(&*self.state.nginx.config);
        sockets::listeners(nginx, &self.state.processes)
    }

    /// The kernel's decision: does a program listen at this address and port?
    fn accept(&mut self, inside: SocketAddr) -> Option<Owner> {
        let listeners = self.listeners();
        let port = inside.port().to_string();
        if let Some(listener) = sockets::taker(&listeners, inside.ip(), inside.port()) {
            let (name, basis) = match listener.owner {
                Owner::Nginx => ("nginx", self.state.nginx_basis(self.world, &listener.source)),
                Owner::Sshd => ("sshd", SSHD),
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
                Owner::Sshd => SSHD,
                Owner::Process(i) => {
                    let listen = self.state.processes[i].app.listen.as_ref().map(|listen| &listen.source);
                    self.state.process_basis(self.world, i, listen.unwrap_or(&other.source))
                }
            };
        }
        let nginx = &self.state.nginx;
        let wanted = sockets::listeners(Some(&nginx.config), &[]);
        if let (false, Some(problem)) = (nginx.running, &nginx.failure) {
            return problem.source.clone().into();
        }
        if !nginx.running && sockets::taker(&wanted, at.ip(), at.port()).is_some() {
            return Basis::State { what: "nginx is stopped".to_owned() };
        }
        for process in &self.state.processes {
            let here = match process.bound {
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
        let sought = ["program that listens on port ", &short(at.port())].concat();
        let inside = at.ip().is_loopback();
        let kind = if inside { Kind::Processes } else { Kind::Nginx };
        let document = self.world.of(kind).next().map_or("", |document| document.name.as_str());
        Basis::Absent { document: document.into(), sought }
    }
}
