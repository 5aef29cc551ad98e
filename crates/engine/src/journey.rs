//! What people do, and what comes of it. ALL control flow of a request is in this file: the layers only give verdicts.
//!
//! A request that ends early ends with an [`Outcome`], never with an `Err`: `ControlFlow::Break` carries it up.

use crate::dns::cache::Memory;
use crate::dns::{Kind, Rcode, server};
use crate::firewall::SecurityGroup;
use crate::message::{Flags, Flight, Message, Request, Response};
use crate::network::Network;
use crate::place::Place::{self, App, Browser, Dns, Firewall, Instance, Proxy, Resolver};
use crate::problem::Source;
use crate::proxy::choose::{self, Found};
use crate::proxy::pass;
use crate::proxy::variables::{self, Facts};
use crate::proxy::{Location, Pass};
use crate::record::Record;
use crate::sockets::{self, Bound, Listener, Owner};
use crate::state::{Connection, Remembered, State, Status};
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling, Trace};
use crate::url::{self, Url};
use crate::world::World;
use crate::{app, pages, shell, tls};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{self, Break, Continue};

/// Something that somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A person opens a URL in the browser.
    Open(String),
    /// Somebody runs a command on the instance.
    Command(String),
    /// Time passes.
    Wait(Micros),
}

/// An action and its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// When it begins; not before the action before it is over.
    pub at: Micros,
    /// What is done.
    pub what: Action,
}

/// Runs the actions, one after the other, and returns what happened and how things stand afterwards.
/// `seed` chooses what a real machine chooses at random: the first ephemeral port.
pub fn run(world: &World, state: &State, actions: &[Timed], seed: u64) -> (Trace, State) {
    let mut journey = Journey {
        world,
        network: world.network(),
        group: world.security_group(),
        state: state.clone(),
        record: Record { now: state.now, ..Record::default() },
        seed,
    };
    for (i, action) in actions.iter().enumerate() {
        journey.record.action = i;
        journey.record.now = journey.record.now.max(action.at);
        let outcome = match &action.what {
            Action::Open(url) => journey.open(url),
            Action::Command(line) => journey.command(line),
            Action::Wait(span) => {
                journey.record.now += *span;
                Outcome::Printed(String::new())
            }
        };
        journey.record.trace.outcomes.push(outcome);
    }
    journey.state.now = journey.record.now;
    (journey.record.finish(), journey.state)
}

struct Journey<'w> {
    world: &'w World,
    network: Network,
    group: SecurityGroup,
    state: State,
    record: Record,
    seed: u64,
}

/// Either the journey goes on with a value, or it is over with an outcome.
type Flow<T> = ControlFlow<Outcome, T>;

/// What nginx does with a request.
enum Handled {
    /// It answers.
    Answer(Response),
    /// It closes the connection without a word.
    Close,
}

impl Journey<'_> {
    fn command(&mut self, line: &str) -> Outcome {
        let printed = shell::run(self.world, &mut self.state, line);
        let basis = Basis::State { what: ["somebody runs it on the instance: ", line].concat() };
        let words = printed.lines().next().map_or(line, |first| first).to_owned();
        self.record.decide("command-runs", Instance, Ruling::Answer, words, basis);
        Outcome::Printed(printed)
    }

    // ---- The browser -------------------------------------------------------------------------------------------

    /// A navigation: requests and redirects until there is something to show.
    fn open(&mut self, text: &str) -> Outcome {
        let Some(mut url) = Url::parse(text) else {
            return pages::error("ERR_INVALID_URL", text, text);
        };
        // Chromium follows 20 redirects and fails at the next one (Fetch standard, "HTTP-redirect fetch").
        for _ in 0..=20 {
            if let Some((_, to)) = self.state.redirects.iter().find(|(from, _)| *from == url.text()) {
                let what = ["the browser remembers: 301 from ", &url.text(), " to ", to].concat();
                let (words, next) = (["goes to ", to, " without asking"].concat(), Url::parse(to));
                self.record.decide("redirect-remembered", Browser, Ruling::Choose, words, Basis::State { what });
                match next {
                    Some(next) => url = next,
                    None => return pages::error("ERR_INVALID_REDIRECT", &url.host, &url.text()),
                }
                continue;
            }
            let response = match self.exchange(&url) {
                Continue(response) => response,
                Break(outcome) => return outcome,
            };
            let next = match (response.status, response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => url.join(location),
                _ => None,
            };
            let Some(next) = next else {
                return self.show(response);
            };
            let words = [&response.status.to_string(), ": the browser itself opens ", &next.text()].concat();
            let basis = Basis::Standard {
                source: "RFC 9110 section 15.4",
                says: "the user agent may follow the Location of a redirect with a new request",
            };
            self.record.decide("browser-follows", Browser, Ruling::Choose, words, basis);
            if matches!(response.status, 301 | 308) {
                self.state.redirects.push((url.text(), next.text()));
            }
            url = next;
        }
        pages::error("ERR_TOO_MANY_REDIRECTS", &url.host, &url.text())
    }

    fn show(&mut self, response: Response) -> Outcome {
        let words = ["shows ", &response.status.to_string(), " ", &response.reason].concat();
        let basis = Basis::Standard {
            source: "RFC 9110 section 15",
            says: "the status says how the request went; the body is shown whatever the status",
        };
        self.record.decide("browser-shows", Browser, Ruling::Answer, words, basis);
        let content_type = response.header("Content-Type").unwrap_or("").to_owned();
        Outcome::Response { status: response.status, reason: response.reason, content_type, body: response.body }
    }

    /// One request and its response, on a connection that is open already or on a new one.
    fn exchange(&mut self, url: &Url) -> Flow<Response> {
        if url::bad_port(url.port) {
            let basis = Basis::Standard {
                source: "Fetch standard, bad port",
                says: "browsers do not speak HTTP to ports of other protocols",
            };
            let words = ["does not connect to port ", &url.port.to_string()].concat();
            self.record.decide("browser-refuses-port", Browser, Ruling::Refuse, words, basis);
            return Break(pages::error("ERR_UNSAFE_PORT", &url.host, &url.text()));
        }
        let connection = match self.open_connection(url) {
            Some(connection) => connection,
            None => {
                let address = self.look_up(url)?;
                let connection = self.connect(url, address)?;
                self.handshake(url, &connection)?;
                connection
            }
        };
        self.ask(url, connection)
    }

    /// An idle connection to the same host and port is used again: no lookup, no handshakes.
    fn open_connection(&mut self, url: &Url) -> Option<Connection> {
        let now = self.record.now;
        self.state.connections.retain(|connection| connection.until > now);
        let fits = |c: &&Connection| c.host == url.host && c.server.port() == url.port && c.secure == url.secure;
        let connection = self.state.connections.iter().find(fits)?.clone();
        let what = ["open since an earlier request: ", &pair(&connection.client, &connection.server)].concat();
        let words = "uses the open connection again: no lookup, no handshake".to_owned();
        self.record.decide("connection-reused", Browser, Ruling::Choose, words, Basis::State { what });
        Some(connection)
    }

    // ---- The name ----------------------------------------------------------------------------------------------

    /// From the host to an address.
    fn look_up(&mut self, url: &Url) -> Flow<Ipv4Addr> {
        if let Some(IpAddr::V4(address)) = url.address() {
            return Continue(address);
        }
        let now = self.record.now;
        self.state.addresses.retain(|remembered| remembered.until > now);
        if let Some(known) = self.state.addresses.iter().find(|remembered| remembered.host == url.host) {
            let address = known.address;
            let left = Micros(known.until.0 - now.0).to_string();
            let what = ["the browser remembers ", &address.to_string(), " for another ", &left].concat();
            let words = [&url.host, " is ", &address.to_string()].concat();
            self.record.decide("browser-checks-cache", Browser, Ruling::Choose, words, Basis::State { what });
            return Continue(address);
        }
        let basis = Basis::State { what: ["the browser remembers no address for ", &url.host].concat() };
        let words = "not remembered: asks the resolver".to_owned();
        self.record.decide("browser-checks-cache", Browser, Ruling::Choose, words, basis);

        let name = [url.host.trim_end_matches('.'), "."].concat();
        let kind = Kind::A;
        let to_resolver = self.network.browser_resolver;
        let query = Message::Query { name: name.clone(), kind: kind.word() };
        self.record.travel("browser-asks-resolver", &[(Browser, Resolver, to_resolver)], |_| query.clone());
        let (records, rcode, basis) = self.resolve(&name, kind);
        let answer = Message::Answer { name, rcode, authoritative: false, records: records.clone() };
        self.record.travel("resolver-answers", &[(Resolver, Browser, to_resolver)], |_| answer.clone());

        let found = records.iter().find_map(|record| match record.data {
            crate::dns::Data::A(address) => Some((address, record)),
            _ => None,
        });
        let Some((address, record)) = found else {
            let words = match rcode {
                Rcode::NoError => [&url.host, " has no address"].concat(),
                _ => [rcode.word(), ": ", &url.host, " could not be found"].concat(),
            };
            self.record.decide("browser-gives-up-lookup", Browser, Ruling::Refuse, words, basis);
            return Break(pages::error("ERR_NAME_NOT_RESOLVED", &url.host, &url.text()));
        };
        let words = ["connects to ", &address.to_string(), " port ", &url.port.to_string()].concat();
        self.record.decide("address-chosen", Browser, Ruling::Choose, words, record.source.clone().into());
        // Chromium remembers an address for at least a minute (`kMinimumTTLSeconds`, net/dns/host_resolver_manager.cc).
        let lifetime = records.iter().map(|record| record.ttl).min().unwrap_or(0).max(60);
        let until = self.record.now + Micros::seconds(u64::from(lifetime));
        self.state.addresses.push(Remembered { host: url.host.clone(), address, until });
        Continue(address)
    }

    /// The resolver's work: from its memory, or by asking the authoritative server, once for each alias it leaves open.
    fn resolve(&mut self, name: &str, kind: Kind) -> (Vec<crate::dns::Record>, Rcode, Basis) {
        let zones = self.world.zones();
        let mut asked: Vec<String> = Vec::new();
        loop {
            let basis = |what: &str| Basis::State { what: ["the resolver ", what, name].concat() };
            match self.state.resolver.look_up(name, kind, self.record.now) {
                Memory::Known(records) => {
                    let basis = basis("remembers an answer for ");
                    if asked.is_empty() {
                        let words = "remembered from an earlier question".to_owned();
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Answer, words, basis.clone());
                    }
                    return (records, Rcode::NoError, basis);
                }
                Memory::KnownNothing(records, rcode) => {
                    let basis = basis("remembers that there is nothing for ");
                    if asked.is_empty() {
                        let words = [rcode.word(), ", remembered from an earlier question"].concat();
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Answer, words, basis.clone());
                    }
                    return (records, rcode, basis);
                }
                Memory::Unknown(records, next) => {
                    if asked.contains(&next) {
                        return (records, Rcode::ServFail, basis("cannot finish the chain of aliases of "));
                    }
                    if asked.is_empty() {
                        let words = "not remembered: asks the server of the zone".to_owned();
                        let basis = basis("remembers nothing about ");
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Choose, words, basis);
                    }
                    let answer = self.ask_authority(&zones, &next, kind);
                    let failed = matches!(answer.rcode, Rcode::ServFail | Rcode::Refused) || !answer.authoritative;
                    if failed {
                        return (records, Rcode::ServFail, answer.basis);
                    }
                    self.state.resolver.remember(&answer.records, self.record.now);
                    if !answer.records.iter().any(|record| record.data.is(kind)) {
                        let last = answer.records.last().map_or(next.clone(), |record| record.data.to_string());
                        let leaves = matches!(answer.basis, Basis::Line { .. });
                        if !leaves {
                            let ttl = answer.negative_ttl;
                            self.state.resolver.remember_nothing(&last, kind, answer.rcode, ttl, self.record.now);
                            return (answer.records, answer.rcode, answer.basis);
                        }
                    } else if records.is_empty() {
                        return (answer.records, answer.rcode, answer.basis);
                    }
                    asked.push(next);
                }
            }
        }
    }

    /// One question to the authoritative server, there and back.
    fn ask_authority(&mut self, zones: &[crate::dns::zone::Zone], name: &str, kind: Kind) -> server::Answer {
        let span = self.network.resolver_dns;
        let query = Message::Query { name: name.to_owned(), kind: kind.word() };
        self.record.travel("resolver-asks-dns", &[(Resolver, Dns, span)], |_| query.clone());
        let answer = server::answer(zones, name, kind);
        for record in &answer.records {
            if let crate::dns::Data::Cname(target) = &record.data {
                let words = [&record.name, " is an alias of ", target].concat();
                self.record.decide("dns-follows-alias", Dns, Ruling::Choose, words, record.source.clone().into());
            }
        }
        let ruling = match answer.rcode {
            Rcode::NoError => Ruling::Answer,
            Rcode::NxDomain | Rcode::ServFail | Rcode::Refused => Ruling::Refuse,
        };
        self.record.decide("dns-decides", Dns, ruling, answer.words.clone(), answer.basis.clone());
        let message = Message::Answer {
            name: name.to_owned(),
            rcode: answer.rcode,
            authoritative: answer.authoritative,
            records: answer.records.clone(),
        };
        self.record.travel("dns-answers", &[(Dns, Resolver, span)], |_| message.clone());
        answer
    }

    // ---- The connection ----------------------------------------------------------------------------------------

    /// The TCP handshake (RFC 9293 section 3.5).
    fn connect(&mut self, url: &Url, address: Ipv4Addr) -> Flow<Connection> {
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
            self.record.decide("nobody-there", Browser, Ruling::Drop, words, basis);
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
    fn admitted(&mut self, client: &SocketAddr, port: u16) -> Option<crate::firewall::Rule> {
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
    fn give_up<T>(&mut self, url: &Url, started: Micros, client: &SocketAddr, server: &SocketAddr) -> Flow<T> {
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

    fn listeners(&self) -> Vec<Listener> {
        let nginx = self.state.nginx.running.then_some(&self.state.nginx.config);
        sockets::listeners(nginx, &self.state.processes, &self.world.hosts())
    }

    /// The kernel's decision: does a program listen at this address and port?
    fn accept(&mut self, url: &Url, inside: SocketAddr) -> Option<Owner> {
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
        let words = ["RST: nothing listens on port ", &port].concat();
        let basis = self.why_nobody(&listeners, inside);
        self.record.decide("instance-accepts", Instance, Ruling::Refuse, words, basis);
        None
    }

    /// Why nobody listens at an address and port.
    fn why_nobody(&self, listeners: &[Listener], at: SocketAddr) -> Basis {
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
        for (i, process) in self.state.processes.iter().enumerate() {
            let bound = sockets::bound(process, &self.world.hosts());
            let here = matches!(bound, Bound::At(_, port, _) if port == at.port());
            let what = match process.status {
                Status::Online => continue,
                Status::Stopped if here => ["pm2: ", &process.declared.name, " is stopped"].concat(),
                Status::Errored if here => {
                    let why = process.failure.as_deref().unwrap_or("");
                    ["pm2: ", &process.declared.name, " is errored: ", why].concat()
                }
                Status::Stopped | Status::Errored => continue,
            };
            let _ = i;
            return Basis::State { what };
        }
        let sought = ["program that listens on port ", &at.port().to_string()].concat();
        let document = if matches!(at.ip(), IpAddr::V4(a) if a.is_loopback()) || at.ip().is_ipv6() {
            "ecosystem.config.js"
        } else {
            "/etc/nginx/conf.d"
        };
        Basis::Absent { document: document.to_owned(), sought }
    }

    // ---- TLS ---------------------------------------------------------------------------------------------------

    /// The way of a message from the browser to the program that accepted the connection.
    fn way_in(&self, owner: Owner) -> [(Place, Place, Micros); 3] {
        let program = program(owner);
        [
            (Browser, Firewall, self.network.browser_firewall),
            (Firewall, Instance, self.network.firewall_instance),
            (Instance, program, self.network.instance_proxy),
        ]
    }

    /// The same way back. The answer leaves on the connection that the request came on.
    fn way_out(&self, owner: Owner) -> [(Place, Place, Micros); 3] {
        self.way_in(owner)
            .map(|(from, to, span)| (to, from, span))
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap_or_else(|_| unreachable!("three hops back as there are three hops in"))
    }

    /// The TLS 1.3 handshake: one round trip (RFC 8446 section 2). The client's Finished travels with the request.
    fn handshake(&mut self, url: &Url, connection: &Connection) -> Flow<()> {
        if !url.secure {
            return Continue(());
        }
        let owner = connection.owner;
        let sni = url.address().is_none().then(|| url.host.trim_end_matches('.').to_owned());
        let hello = Flight::ClientHello { sni: sni.clone() };
        self.record.travel("client-hello", &self.way_in(owner), |_| Message::Tls(hello.clone()));
        let config = &self.state.nginx.config;
        let socket = choose::socket(config, connection.inside.ip(), url.port);
        let socket = socket.filter(|socket| owner == Owner::Nginx && choose::speaks_tls(config, *socket, url.port));
        let Some(socket) = socket else {
            return self.no_tls_here(url, connection);
        };

        // The server block by SNI; its certificate, or the default server's where it has none.
        let chosen = choose::server(config, socket, url.port, sni.as_deref());
        let default = choose::default_server(config, socket, url.port).map(|i| &config.servers[i]);
        let certificate = chosen.as_ref().and_then(|chosen| chosen.server.certificate.as_ref());
        let certificate = certificate.or_else(|| default.and_then(|server| server.certificate.as_ref()));
        let Some((path, source)) = certificate.cloned() else {
            return self.no_tls_here(url, connection);
        };
        let by_name = chosen.and_then(|chosen| chosen.name).is_some();
        let asked = sni.as_deref().unwrap_or("no name");
        let words = match by_name {
            true => ["the certificate for ", asked, ", the name in the ClientHello (SNI)"].concat(),
            false => ["no server_name fits ", asked, ": the default server's certificate"].concat(),
        };
        let basis = self.state.nginx_basis(self.world, &source);
        self.record.decide("certificate-chosen", Proxy, Ruling::Choose, words, basis);

        let found = self.state.nginx.certificates.iter().find(|certificate| certificate.path == path).cloned();
        let shown = found.unwrap_or_else(|| tls::Certificate { path: path.clone(), ..Default::default() });
        let names = shown.names.iter().map(|(name, _)| name.clone()).collect();
        let hello = Flight::ServerHello { certificate: path, names };
        self.record.travel("server-hello", &self.way_out(owner), |_| Message::Tls(hello.clone()));

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
            None => Continue(()),
        }
    }

    /// A ClientHello reaches a program that speaks plain HTTP on this port.
    fn no_tls_here(&mut self, url: &Url, connection: &Connection) -> Flow<()> {
        let place = program(connection.owner);
        let words = "this port speaks plain HTTP: the ClientHello is no HTTP request, 400 Bad Request".to_owned();
        let basis = match sockets::taker(&self.listeners(), connection.inside.ip(), url.port) {
            Some(Listener { owner: Owner::Nginx, source, .. }) => self.state.nginx_basis(self.world, source),
            Some(Listener { owner: Owner::Process(i), source, .. }) => self.state.process_basis(self.world, *i, source),
            None => Basis::State { what: "the listener is gone".to_owned() },
        };
        self.record.decide("no-tls-here", place, Ruling::Refuse, words, basis);
        let response =
            Response { status: 400, reason: "Bad Request".into(), version: "HTTP/1.1", ..Default::default() };
        let way = self.way_out(connection.owner);
        self.record.travel("response", &way, |_| Message::Response(response.clone()));
        Break(pages::error("ERR_SSL_PROTOCOL_ERROR", &url.host, &url.text()))
    }

    // ---- The request -------------------------------------------------------------------------------------------

    /// The request goes in and the response comes back, on one connection.
    fn ask(&mut self, url: &Url, mut connection: Connection) -> Flow<Response> {
        let request = browser_request(url);
        let owner = connection.owner;
        let way = self.way_in(owner);
        let started = self.record.now;
        self.record.travel("request", &way[..1], |_| Message::Request(request.clone()));
        let known = self.state.connections.iter().any(|c| c.client == connection.client);
        let IpAddr::V4(peer) = connection.client.ip() else { unreachable!("clients have IPv4 addresses here") };
        if known && !connection.tracked && self.group.admits(peer, url.port).is_none() {
            return self.cut(url, &connection, started);
        }
        self.record.travel("request", &way[1..], |_| Message::Request(request.clone()));
        let handled = match owner {
            Owner::Nginx => self.proxy(url, &connection, &request)?,
            Owner::Process(i) => Handled::Answer(self.application(i, &request)),
        };
        self.state.connections.retain(|c| c.client != connection.client);
        let Handled::Answer(mut response) = handled else {
            return Break(pages::error("ERR_EMPTY_RESPONSE", &url.host, &url.text()));
        };
        response.secure = url.secure;
        self.record.travel("response", &self.way_out(owner), |_| Message::Response(response.clone()));
        // nginx keeps an idle connection for `keepalive_timeout`, Node.js for 5 s (`server.keepAliveTimeout`).
        let idle = match owner {
            Owner::Nginx => self.keepalive(&connection, &request),
            Owner::Process(_) => 5,
        };
        connection.until = self.record.now + Micros::seconds(idle);
        self.state.connections.push(connection);
        Continue(response)
    }

    /// An untracked connection whose rule is gone: its packets are dropped at once (T15). Linux sends data again for
    /// about 924.6 s (`tcp_retries2` 15).
    fn cut(&mut self, url: &Url, connection: &Connection, started: Micros) -> Flow<Response> {
        self.admitted(&connection.client, url.port);
        self.state.connections.retain(|c| c.client != connection.client);
        self.record.now = started + Micros::millis(924_600);
        let words = "no acknowledgement for 15 min: ERR_TIMED_OUT".to_owned();
        let basis = Basis::Standard {
            source: "Linux, networking/ip-sysctl, tcp_retries2",
            says: "data that nobody acknowledges is sent again 15 times, for 924.6 seconds in all",
        };
        self.record.decide("browser-gives-up", Browser, Ruling::GiveUp, words, basis);
        Break(pages::error("ERR_TIMED_OUT", &url.host, &url.text()))
    }

    /// `keepalive_timeout` of the server block that answered, in seconds.
    fn keepalive(&self, connection: &Connection, request: &Request) -> u64 {
        let config = &self.state.nginx.config;
        let socket = choose::socket(config, connection.inside.ip(), connection.inside.port());
        let host = request.header("Host").map(variables::bare_host);
        let chosen = socket.and_then(|s| choose::server(config, s, connection.inside.port(), host.as_deref()));
        chosen.map_or(75, |chosen| chosen.server.keepalive)
    }

    // ---- nginx -------------------------------------------------------------------------------------------------

    /// nginx's part: server block, location, and what the location says.
    fn proxy(&mut self, url: &Url, connection: &Connection, request: &Request) -> Flow<Handled> {
        let config = self.state.nginx.config.clone();
        let port = connection.inside.port();
        let Some(socket) = choose::socket(&config, connection.inside.ip(), port) else {
            return Continue(Handled::Close);
        };
        if !url.secure && choose::speaks_tls(&config, socket, port) {
            let words = "plain HTTP on a port that speaks TLS: 400".to_owned();
            let on = |l: &&crate::proxy::Listen| l.port == port && l.address == socket && l.ssl;
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
                (words.concat(), Basis::Absent { document: "/etc/nginx/conf.d".into(), sought })
            }
        };
        self.record.decide("server-chosen", Proxy, Ruling::Choose, words, basis);

        let server_name = chosen.server.names.first().map_or("", |(name, _)| name.as_str());
        let (client, server_address) = (connection.client.ip(), connection.inside.ip());
        let facts = Facts { request, uri: &uri, server_name, port, server_address, client, proxy_host: "" };
        if let Some(returns) = &chosen.server.returns {
            return Continue(self.returned(returns, &facts));
        }
        let location = match choose::location(chosen.server, &uri) {
            Found::Location(location) => location,
            Found::NotModelled(location) => {
                return self.not_modelled(&location.source, "a location given by a regular expression");
            }
            Found::Nothing => return Continue(self.no_file(&uri, request, &chosen.server.source)),
        };
        let words = [&uri, " fits ", &written(location)].concat();
        let basis = self.basis(&location.source);
        self.record.decide("location-chosen", Proxy, Ruling::Choose, words, basis);
        if let Some((what, source)) = &location.not_modelled {
            return self.not_modelled(source, what);
        }
        match (&location.returns, &location.pass) {
            (Some(returns), _) => Continue(self.returned(returns, &facts)),
            (None, Some(pass)) => Continue(self.pass_on(location, pass, &facts)),
            (None, None) => Continue(self.no_file(&uri, request, &location.source)),
        }
    }

    fn basis(&self, source: &Source) -> Basis {
        self.state.nginx_basis(self.world, source)
    }

    /// The run ends here, openly: the engine does not know what nginx would do.
    fn not_modelled<T>(&mut self, source: &Source, what: &str) -> Flow<T> {
        let words = ["not modelled: ", what].concat();
        let basis = self.basis(source);
        self.record.decide("not-modelled", Proxy, Ruling::Refuse, words.clone(), basis);
        Break(Outcome::Printed(words))
    }

    fn returned(&mut self, returns: &crate::proxy::Return, facts: &Facts<'_>) -> Handled {
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
    fn no_file(&mut self, uri: &str, request: &Request, source: &Source) -> Handled {
        let words = ["no file for ", uri, ": 404 Not Found"].concat();
        let basis =
            Basis::Absent { document: source.document.clone(), sought: ["proxy_pass or return for ", uri].concat() };
        self.record.decide("file-not-found", Proxy, Ruling::Refuse, words, basis);
        Handled::Answer(pass::page(404, request))
    }

    /// `proxy_pass`: a new connection to the application, tried at each address of the name.
    fn pass_on(&mut self, location: &Location, pass: &Pass, facts: &Facts<'_>) -> Handled {
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
            self.record.travel("proxy-syn", &[(Proxy, App, span)], syn);
            if let Some(process) = self.upstream_accepts(to) {
                // The kernel's SYN-ACK takes its time as well; the request leaves with the ACK.
                self.record.now += span;
                self.record.travel("proxy-request", &[(Proxy, App, span)], |_| Message::Request(request.clone()));
                let answer = match process {
                    Owner::Process(i) => self.application(i, &request),
                    Owner::Nginx => return self.not_modelled_loop(facts),
                };
                let way = [(App, Proxy, span)];
                self.record.travel("app-response", &way, |_| Message::Response(answer.clone()));
                return Handled::Answer(pass::response_to_client(&answer));
            }
            self.record.now += span;
            failures = log_line(facts, &["http://", &to.to_string(), &request.target].concat());
        }
        let basis = Basis::Standard {
            source: "RFC 9110 section 15.6.3",
            says: "a gateway that gets no valid answer from behind says 502 Bad Gateway",
        };
        self.record.decide("bad-gateway", Proxy, Ruling::Refuse, failures, basis);
        Handled::Answer(pass::page(502, facts.request))
    }

    /// nginx passes to nginx.
    fn not_modelled_loop(&mut self, facts: &Facts<'_>) -> Handled {
        let basis = Basis::State { what: "nginx listens at the address that it passes requests to".into() };
        let words = "not modelled: nginx passing requests to itself".to_owned();
        self.record.decide("not-modelled", Proxy, Ruling::Refuse, words, basis);
        Handled::Answer(pass::page(500, facts.request))
    }

    /// The kernel's decision about nginx's own connection.
    fn upstream_accepts(&mut self, to: SocketAddr) -> Option<Owner> {
        let listeners = self.listeners();
        let found = sockets::taker(&listeners, to.ip(), to.port()).cloned();
        match found {
            Some(listener) => {
                let (name, basis) = match listener.owner {
                    Owner::Nginx => ("nginx".to_owned(), self.basis(&listener.source)),
                    Owner::Process(i) => {
                        let basis = self.state.process_basis(self.world, i, &listener.source);
                        (self.state.processes[i].declared.name.clone(), basis)
                    }
                };
                let words = [&name, " listens on port ", &to.port().to_string()].concat();
                self.record.decide("upstream-accepts", App, Ruling::Allow, words, basis);
                Some(listener.owner)
            }
            None => {
                let words = ["RST: nothing listens on ", &to.to_string()].concat();
                let basis = self.why_nobody(&listeners, to);
                self.record.decide("upstream-accepts", App, Ruling::Refuse, words, basis);
                None
            }
        }
    }

    // ---- The application ---------------------------------------------------------------------------------------

    fn application(&mut self, process: usize, request: &Request) -> Response {
        let running = &self.state.processes[process];
        let route = app::route_for(&running.app, request);
        let response = app::answer(route, request);
        let status = response.status.to_string();
        let path = request.target.split('?').next().unwrap_or("");
        let (ruling, words, basis) = match route {
            Some(route) => {
                let words = ["answers ", &request.method, " ", path, ": ", &status, " ", &response.reason].concat();
                (Ruling::Answer, words, self.state.process_basis(self.world, process, &route.source))
            }
            None => {
                let words = ["Cannot ", &request.method, " ", path, ": 404 Not Found"].concat();
                let sought = ["route for ", &request.method, " ", path].concat();
                let document = running.declared.script.clone();
                (Ruling::Refuse, words, Basis::Absent { document, sought })
            }
        };
        self.record.decide_after(self.network.app_work, "app-answers", App, ruling, words, basis);
        response
    }
}

/// The place of the program behind a socket.
fn program(owner: Owner) -> Place {
    match owner {
        Owner::Nginx => Proxy,
        Owner::Process(_) => App,
    }
}

/// What the browser asks for.
fn browser_request(url: &Url) -> Request {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    let headers = vec![
        pair("Host", &url.authority()),
        pair("Connection", "keep-alive"),
        pair("User-Agent", agent),
        pair("Accept", "text/html,*/*;q=0.8"),
    ];
    Request { method: "GET".into(), target: url.target.clone(), version: "HTTP/1.1", headers, secure: url.secure }
}

/// A location as it is written.
fn written(location: &Location) -> String {
    use crate::proxy::Match;
    let sign = match location.how {
        Match::Exact => "= ",
        Match::PrefixFirst => "^~ ",
        Match::Regex => "~ ",
        Match::Prefix | Match::Named => "",
    };
    ["location ", sign, &location.path].concat()
}

/// The line that nginx writes into its error log (`ngx_http_log_error`).
fn log_line(facts: &Facts<'_>, upstream: &str) -> String {
    let request = facts.request;
    [
        "connect() failed (111: Connection refused) while connecting to upstream, client: ",
        &facts.client.to_string(),
        ", server: ",
        facts.server_name,
        ", request: \"",
        &request.method,
        " ",
        &request.target,
        " ",
        request.version,
        "\", upstream: \"",
        upstream,
        "\", host: \"",
        request.header("Host").unwrap_or(""),
        "\"",
    ]
    .concat()
}

/// Both ends of a connection.
fn pair(from: &SocketAddr, to: &SocketAddr) -> String {
    [&from.to_string(), " → ", &to.to_string()].concat()
}
