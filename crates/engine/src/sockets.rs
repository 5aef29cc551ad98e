//! Who listens where on the instance. The kernel decides by address and port only; it knows no names and no HTTP.

use crate::app;
use crate::database::server::Server;
use crate::problem::Source;
use crate::proxy::{Config, choose};
use crate::state::{Process, Status};
use crate::text;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The program behind a listening socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// nginx.
    Nginx,
    /// A process, by its index in the state.
    Process(usize),
    /// sshd, which every such instance runs.
    Sshd,
    /// PostgreSQL.
    Database,
}

/// A listening socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The address it is bound to; `::` takes IPv4 as well, as Node.js binds it.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The program.
    pub owner: Owner,
    /// The line because of which it listens there.
    pub source: Source,
}

/// The listening sockets: nginx's, if it runs, those of the processes that are online, PostgreSQL's, if it runs, and sshd's
/// on port 22.
pub fn listeners(nginx: Option<&Config>, processes: &[Process], database: Option<&Server>) -> Vec<Listener> {
    let mut found = Vec::with_capacity(nginx.map_or(0, |config| config.sockets.len()) + processes.len() + 1);
    for listen in nginx.into_iter().flat_map(choose::sockets) {
        let (address, port, source) = (listen.address, listen.port, listen.source.clone());
        found.push(Listener { address, port, owner: Owner::Nginx, source });
    }
    for (i, process) in processes.iter().enumerate().filter(|(_, process)| process.status == Status::Online) {
        if let Bound::At(address, port, source) = &process.bound {
            let (address, port, source) = (*address, *port, source.clone());
            found.push(Listener { address, port, owner: Owner::Process(i), source });
        }
    }
    if let Some(server) = database {
        found.push(server.listener());
    }
    let address = Ipv6Addr::UNSPECIFIED.into();
    found.push(Listener { address, port: 22, owner: Owner::Sshd, source: Source::default() });
    found
}

/// Where a process binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At this address and port, because of this line.
    At(IpAddr, u16, Source),
    /// The port is not given: Node.js lets the system pick any free one.
    SomePort(Source),
    /// The script never listens.
    Nowhere,
}

/// Where a process binds, by its `app.listen` and its environment.
pub fn bound(process: &Process, hosts: &[(IpAddr, String)]) -> Bound {
    let Some(listen) = &process.app.listen else {
        return Bound::Nowhere;
    };
    let env = |name: &str| process.declared.env(name).map(|(value, _)| value.to_owned());
    let value = |expression| Some(app::constant(expression, &process.app, Some(&env))?.text()?.to_owned());
    // The line of the environment's variable, where the port comes from one.
    let variable = app::variable(&listen.port, &process.app).and_then(|name| process.declared.env(name));
    let source = variable.map_or(&listen.source, |(_, source)| source).clone();
    let port = value(&listen.port).and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    let Some(port) = port else {
        return Bound::SomePort(listen.source.clone());
    };
    let host = listen.host.as_ref().and_then(value).filter(|host| host != "undefined");
    let address = host.map(|host| match host.parse() {
        Ok(address) => address,
        Err(_) => look_up(hosts, &host).unwrap_or(Ipv4Addr::LOCALHOST.into()),
    });
    Bound::At(address.unwrap_or(Ipv6Addr::UNSPECIFIED.into()), port, source)
}

/// The socket that takes a connection to `address` and `port`: one bound to that very address before a wildcard.
pub fn taker(listeners: &[Listener], address: IpAddr, port: u16) -> Option<&Listener> {
    let exact = listeners.iter().find(|l| l.port == port && l.address == address);
    exact.or_else(|| listeners.iter().find(|l| l.port == port && wildcard(l.address, address)))
}

/// Whether a socket bound to `bound` takes connections to any address of the kind of `address`.
fn wildcard(bound: IpAddr, address: IpAddr) -> bool {
    bound == IpAddr::V6(Ipv6Addr::UNSPECIFIED) || (bound == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && address.is_ipv4())
}

/// Whether two bindings of the same port exclude each other.
pub fn clash(one: IpAddr, other: IpAddr) -> bool {
    one == other || one.is_unspecified() || other.is_unspecified()
}

/// Reads `/etc/hosts`: an address, then its names; comments after `#`.
pub fn hosts(text: &str) -> Vec<(IpAddr, String)> {
    let mut found = Vec::new();
    for (_, line) in text::lines(text) {
        let mut words = text::without_comment(line, '#').split_whitespace();
        if let Some(address) = words.next().and_then(|word| word.parse().ok()) {
            found.extend(words.map(|name| (address, name.to_ascii_lowercase())));
        }
    }
    found
}

/// The first address of a name in `/etc/hosts`.
fn look_up(hosts: &[(IpAddr, String)], name: &str) -> Option<IpAddr> {
    hosts.iter().find(|(_, n)| n == name).map(|(address, _)| *address)
}
