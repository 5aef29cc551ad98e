//! What people do, and what comes of it: the control flow of a request, and nothing else.
//!
//! The whole order stands here, in [`run`], `exchange` and `ask`; a browser's own part around it (redirects, what is shown)
//! in `navigate`. Each leg of the way is one file of this folder: `lookup`, `connect`, `secure`, `serve`. The layers outside only give verdicts and know neither time nor trace.
//!
//! A request that ends early ends with an [`Outcome`], never with an `Err`: `ControlFlow::Break` carries it up.

mod action;
mod apply;
mod call;
mod call_page;
mod certbot;
mod command;
mod connect;
mod cross;
mod curl;
mod database;
pub mod dig;
mod fetch;
mod flights;
mod grpc;
mod load;
mod lookup;
mod navigate;
mod press;
mod push;
mod remember;
mod resolve;
mod secure;
mod serve;
mod socket;
mod timers;
mod together;

use crate::dns::zone::Zone;
use crate::firewall::SecurityGroup;
use crate::message::{Flags, Message, Request, Response};
use crate::network::Network;
use crate::pages;
use crate::phones::Phones;
use crate::place::Place::{self, Browser, Instance};
use crate::problem::Source;
use crate::proxy::{choose, variables};
use crate::record::Record;
use crate::sockets::{Bound, Owner};
use crate::state::{Connection, Process, State};
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling, Trace};
use crate::url::{self, Url};
use crate::world::{Readings, World};
pub use action::{Action, Caller, Fetch, Press, Script};
use apply::Reply;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{self, Break, Continue};
pub use resolve::resolve;
use serve::Handled;
use std::sync::Arc;
use together::Meeting;

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
    run_read(world, &Readings::of(world), state, actions, seed)
}

/// The same, for a world whose documents have been read already: [`Readings::of`] this very world.
pub fn run_read(world: &World, readings: &Readings, state: &State, actions: &[Timed], seed: u64) -> (Trace, State) {
    let mut journey = Journey::new(world, readings, state, seed);
    for (i, action) in actions.iter().enumerate() {
        journey.record.action = i;
        journey.pass(action.at);
        journey.record.now = journey.record.now.max(action.at);
        let outcome = journey.act(&action.what);
        journey.record.trace.outcomes.push(outcome);
    }
    journey.state.now = journey.record.now;
    (journey.record.finish(), journey.state)
}

struct Journey<'w> {
    world: &'w World,
    zones: &'w [Zone],
    network: &'w Network,
    group: &'w SecurityGroup,
    hosts: &'w [(IpAddr, String)],
    phones: &'w Phones,
    state: State,
    record: Record,
    seed: u64,
    /// The address from which the browser asks.
    visitor: Ipv4Addr,
    /// Whether the resolver knows from the start where each zone is served.
    knows_zones: bool,
    /// Who on the laptop asks, and what it would speak inside TLS (ALPN, RFC 7301).
    client: Place,
    offers: &'static [&'static str],
    /// What the browser's next request is for, and the origin that it names.
    purpose: load::Purpose,
    origin: Option<String>,
    /// Where several requests are on their way at once: what is to become of this one at the application.
    meeting: Meeting,
    /// What the script that asks has given to `fetch`.
    script: Option<fetch::Given>,
    /// What an app on a phone asks for, and where it loses the answer: when that would be too late, and by which line.
    app: Option<press::Asked>,
    /// What nginx has connected: the last answer was a 101.
    tunnel: Option<Tunnel>,
}

/// A connection that nginx only hands bytes through.
#[derive(Clone, Debug)]
struct Tunnel {
    /// To which process.
    process: usize,
    /// nginx's own connection to it: from, to.
    ends: (SocketAddr, SocketAddr),
    /// How long nginx lets it be silent, and by which line.
    idle: Micros,
    line: Option<Source>,
}

/// Either the journey goes on with a value, or it is over with an outcome.
type Flow<T> = ControlFlow<Outcome, T>;

impl<'w> Journey<'w> {
    fn new(world: &'w World, readings: &'w Readings, state: &State, seed: u64) -> Self {
        let record = Record::new(state.now);
        let Readings { zones, group, network, hosts, phones } = readings;
        Self {
            world,
            zones,
            network,
            group,
            hosts,
            phones,
            state: state.clone(),
            record,
            seed,
            visitor: network.client_address(),
            knows_zones: false,
            client: Browser,
            offers: PAGES,
            purpose: load::Purpose::Open,
            origin: None,
            script: None,
            app: None,
            tunnel: None,
            meeting: Meeting::None,
        }
    }
}

impl Journey<'_> {
    /// Does what somebody does.
    fn act(&mut self, what: &Action) -> Outcome {
        match what {
            Action::Open(url) => self.open(url),
            Action::Load { url, click } => self.load(url, *click),
            Action::Reach(url) => self.reach(url),
            Action::Command(line) => self.command(line),
            Action::Connect { from, port } => self.knock(*from, *port),
            Action::Fetch(fetch) => match &fetch.from {
                Some(script) => self.ask_from_page(fetch, script),
                None => self.ask_by_script(fetch),
            },
            Action::Socket { url, say, hold } => self.socket(url, say, *hold),
            Action::Call { url, message, by } => self.call(url, message, *by),
            Action::Press { phone, what } => self.press(phone, what),
            Action::Wait(span) => {
                let end = self.record.now + *span;
                self.pass(end);
                self.record.now = self.record.now.max(end);
                Outcome::Printed(String::new())
            }
            Action::From(address, what) => self.visit(*address, |journey| journey.act(what)),
            Action::Together(actions) => self.together(actions),
        }
    }

    /// Somebody at another address does something: the browser there remembers other things.
    fn visit<T>(&mut self, address: Ipv4Addr, what: impl FnOnce(&mut Self) -> T) -> T {
        let own = self.visitor;
        self.state.trade_places(own, address);
        self.visitor = address;
        let outcome = what(self);
        self.visitor = own;
        self.state.trade_places(address, own);
        outcome
    }

    /// The place of the program behind a socket.
    fn program(&self, owner: Owner) -> Place {
        match owner {
            Owner::Nginx => Place::Proxy,
            Owner::Process(i) if self.state.processes[i].declared.name == "frontend" => Place::Frontend,
            Owner::Process(_) => Place::App,
            Owner::Sshd => Instance,
            Owner::Database => Place::Database,
        }
    }

    /// The place of the program that is meant to listen on this port, whether it runs or not.
    fn meant(&self, port: u16) -> Place {
        let here = |process: &Process| matches!(process.bound, Bound::At(_, at, _) if at == port);
        self.state.processes.iter().position(here).map_or(Place::App, |i| self.program(Owner::Process(i)))
    }

    /// One request and its response, on a connection that is open already or on a new one.
    fn exchange(&mut self, url: &Url) -> Flow<Arc<Response>> {
        self.port_allowed(url)?;
        let connection = match self.open_connection(url) {
            Some(connection) => connection,
            None => {
                let address = self.look_up(url)?;
                let mut connection = self.connect(url, address)?;
                self.handshake(url, &mut connection)?;
                self.begin_http2(&connection);
                connection
            }
        };
        self.ask(url, connection)
    }

    /// Whether browsers speak to this port at all.
    fn port_allowed(&mut self, url: &Url) -> Flow<()> {
        if url::bad_port(url.port) {
            let basis = Basis::Standard {
                source: "Fetch standard, bad port",
                says: "browsers do not speak HTTP to ports of other protocols",
            };
            let words = ["does not connect to port ", &short(url.port)].concat();
            self.record.decide("browser-refuses-port", self.client, Ruling::Refuse, words, basis);
            return Break(pages::error("ERR_UNSAFE_PORT", &url.host, &url.text()));
        }
        Continue(())
    }

    /// An idle connection to the same host and port is used again: no lookup, no handshakes.
    fn open_connection(&mut self, url: &Url) -> Option<Connection> {
        let now = self.record.now;
        self.state.connections.retain(|connection| connection.until > now);
        let fits = |c: &&Connection| c.host == url.host && c.server.port() == url.port && c.secure == url.secure;
        let connection = self.state.connections.iter().find(fits)?.clone();
        let what = ["open since an earlier request: ", &pair(&connection.client, &connection.server)].concat();
        let words = "uses the open connection again: no lookup, no handshake".to_owned();
        self.record.decide("connection-reused", self.client, Ruling::Choose, words, Basis::State { what });
        Some(connection)
    }

    /// The request goes in and the response comes back, on one connection.
    fn ask(&mut self, url: &Url, mut connection: Connection) -> Flow<Arc<Response>> {
        let request = Arc::new(
            match (&self.app, &self.script) {
                (Some(asked), _) => asked.request(url),
                (_, Some(given)) => given.request(url),
                _ => browser_request(url, self.purpose, self.origin.take()),
            }
            .over(connection.http2),
        );
        let (asks, answers) = self.purpose.names();
        let owner = connection.owner;
        let way = self.way_in(owner);
        let started = self.record.now;
        self.record.travel(asks, &way[..1], Message::Request(request.clone()));
        let known = self.state.connections.iter().any(|c| c.client == connection.client);
        let IpAddr::V4(peer) = connection.client.ip() else { unreachable!("clients have IPv4 addresses here") };
        if known && !connection.tracked && self.group.admits(peer, url.port).is_none() {
            return self.cut(url, &connection, peer, started);
        }
        self.record.travel(asks, &way[1..], Message::Request(request.clone()));
        let handled = self.handled(url, &connection, &request)?;
        self.state.connections.retain(|c| c.client != connection.client);
        let mut response = match handled {
            Handled::Answer(response) => response,
            Handled::Close | Handled::Reset => {
                let (flags, code) = match handled {
                    Handled::Reset => (Flags::Rst, "ERR_CONNECTION_RESET"),
                    _ => (Flags::Fin, "ERR_EMPTY_RESPONSE"),
                };
                self.hang_up(&connection, flags);
                return Break(pages::error(code, &url.host, &url.text()));
            }
        };
        response.secure = url.secure;
        let response = Arc::new(response);
        self.record.travel(answers, &self.way_out(owner), Message::Response(response.clone()));
        self.loses_answer(url, started)?;
        // nginx keeps an idle connection for `keepalive_timeout`, Node.js for 5 s (`server.keepAliveTimeout`).
        let idle = match owner {
            Owner::Nginx => self.keepalive(&connection, &request),
            Owner::Process(_) | Owner::Sshd | Owner::Database => 5,
        };
        if let Some(code) = cut(&response) {
            self.hang_up(&connection, Flags::Fin);
            let (came, size) = (short(response.body.len()), response.length().map(short));
            let all = size.map_or_else(|| "no last piece".to_owned(), |size| ["not ", &size].concat());
            let words = [&came, " bytes came, and ", &all, ": ", code].concat();
            let basis = Basis::Standard { source: "RFC 9112 section 8", says: INCOMPLETE };
            self.record.decide("answer-incomplete", self.client, Ruling::Fail, words, basis);
            return Continue(response);
        }
        connection.until = self.record.now + Micros::seconds(idle);
        self.state.connections.push(connection);
        Continue(response)
    }

    /// What the program behind a connection does with a request.
    fn handled(&mut self, url: &Url, connection: &Connection, request: &Request) -> Flow<Handled> {
        Continue(match connection.owner {
            Owner::Nginx => self.proxy(url, connection, request)?,
            Owner::Process(i) => match self.application(i, request)? {
                Reply::Answer(answer) => Handled::Answer(Arc::unwrap_or_clone(answer)),
                Reply::Never => {
                    return Break(Outcome::Printed("not modelled: how long the browser waits for an answer".into()));
                }
                Reply::Closed => Handled::Close,
            },
            // Browsers do not speak to port 22 (Fetch standard, "bad port").
            Owner::Sshd | Owner::Database => Handled::Close,
        })
    }

    /// The instance's side of the connection ends without an answer: FIN, or RST (RFC 9293 section 3.6).
    fn hang_up(&mut self, connection: &Connection, flags: Flags) {
        let name = if flags == Flags::Rst { "rst" } else { "fin" };
        let Connection { client: to, server, inside, .. } = *connection;
        let [_, inner, outer] = self.way_out(connection.owner);
        self.record.hop(name, inner, Message::Segment { flags, from: inside, to });
        self.record.hop(name, outer, Message::Segment { flags, from: server, to });
    }

    /// An untracked connection whose rule is gone: its packets are dropped at once (T15). Linux sends data again for
    /// about 924.6 s (`tcp_retries2` 15).
    fn cut(&mut self, url: &Url, connection: &Connection, peer: Ipv4Addr, started: Micros) -> Flow<Arc<Response>> {
        self.cut_off(peer, url.port);
        self.state.connections.retain(|c| c.client != connection.client);
        self.record.now = started + Micros::millis(924_600);
        let words = "no acknowledgement for 15 min: ERR_TIMED_OUT".to_owned();
        let basis = Basis::Standard {
            source: "Linux, networking/ip-sysctl, tcp_retries2",
            says: "data that nobody acknowledges is sent again 15 times, for 924.6 seconds in all",
        };
        self.record.decide("browser-gives-up", self.client, Ruling::GiveUp, words, basis);
        Break(pages::error("ERR_TIMED_OUT", &url.host, &url.text()))
    }

    /// `keepalive_timeout` of the server block that answered, in seconds.
    fn keepalive(&self, connection: &Connection, request: &Request) -> u64 {
        let config = &self.state.nginx.config;
        let Some(socket) = choose::socket(config, connection.inside.ip(), connection.inside.port()) else {
            return 75;
        };
        let host = request.header("Host").map(variables::bare_host).unwrap_or_default();
        let chosen = choose::server(socket, &host).ok().flatten();
        config.servers[chosen.map_or(socket.default, |chosen| chosen.server)].keepalive
    }
}

/// Chromium's error for an answer that contradicts itself (`net/http/http_network_transaction.cc`).
fn contradicts(response: &Response) -> Option<&'static str> {
    let twice = |name: &str| {
        let first = response.header(name);
        response.headers.iter().any(|(n, value)| n.eq_ignore_ascii_case(name) && Some(&**value) != first)
    };
    match (twice("Content-Length"), twice("Location")) {
        (true, _) => Some("ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH"),
        (_, true) => Some("ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION"),
        _ => None,
    }
}

/// What RFC 9112 section 8 says of a body that did not come to its end.
pub(crate) const INCOMPLETE: &str =
    "a body is incomplete if the connection closes before its length, or its last piece, has come";

/// How many bytes Chromium wants to see before it takes a text for what its type says (observed with Chromium 156).
const SNIFFED: usize = 1024;

/// Chromium's name for a body that did not come to its end.
fn cut(response: &Response) -> Option<&'static str> {
    let code =
        if response.length().is_some() { "ERR_CONTENT_LENGTH_MISMATCH" } else { "ERR_INCOMPLETE_CHUNKED_ENCODING" };
    response.cut.then_some(code)
}
/// What a browser would speak inside TLS, for a page and for a WebSocket.
const PAGES: &[&str] = &["h2", "http/1.1"];
const SOCKETS: &[&str] = &["http/1.1"];

/// What the browser says it is.
const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/// What the browser asks for.
fn browser_request(url: &Url, purpose: load::Purpose, origin: Option<String>) -> Request {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let mut headers = vec![
        ("Host".into(), url.authority().into()),
        pair("Connection", "keep-alive"),
        pair("User-Agent", AGENT),
        pair("Accept", purpose.accept()),
    ];
    headers.extend(origin.map(|origin| ("Origin".into(), origin.into())));
    Request {
        method: "GET".into(),
        target: url.target.clone(),
        version: "HTTP/1.1",
        headers,
        secure: url.secure,
        ..Request::default()
    }
}

/// Both ends of a connection.
fn pair(from: &SocketAddr, to: &SocketAddr) -> String {
    [&short(from), " → ", &short(to)].concat()
}
