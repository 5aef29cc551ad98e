//! `curl` on the instance: the same path, asked of the application itself (T29).

use crate::case::{Case, Seen};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use engine::message::{Message, Request};
use engine::place::Place::Proxy;
use engine::proxy::handle::{Connection, Machine, Next};
use engine::shell::quoted;
use engine::sockets::{self, Bound};
use engine::text;
use engine::url::Url;

/// What somebody who is logged in gets from the application that should answer.
pub fn instance(case: &Case<'_>) -> (String, Seen) {
    let Some((url, port)) = Url::parse(&case.url).and_then(|url| application(case, &url).map(|port| (url, port)))
    else {
        let words = "No application is behind this name, so there is nothing to ask on the instance.";
        return ("curl".to_owned(), Seen::Nothing(words.to_owned()));
    };
    let typed = ["curl ", &quoted(&["localhost:", &port.to_string(), &url.target].concat())].concat();
    let printed = case.printed_instead(&[&typed, "; echo \"|$?\""].concat());
    let (printed, code) = printed.rsplit_once('|').unwrap_or((&printed, "0"));
    if text::contains(printed, "not modelled") {
        return (typed, Seen::Nothing(printed.trim().to_owned()));
    }
    let end = if printed.is_empty() || printed.ends_with('\n') { "" } else { "\n" };
    (typed, Seen::Text([printed, end, "$ echo $?\n", code].concat()))
}

/// The port of the application that this URL is meant for: where nginx went; else where it would go if the request came;
/// else the application's own, where there is only one.
fn application(case: &Case<'_>, url: &Url) -> Option<u16> {
    let went = case.rows().iter().rev().find_map(|row| {
        row.hops().find_map(|hop| match hop.message {
            Message::Segment { to, .. } if hop.from == Proxy => Some(to.port()),
            _ => None,
        })
    });
    went.or_else(|| would_go(case, url)).or_else(|| own(case, url))
}

/// Where nginx would pass the request on, as it is configured, whether it runs or not.
fn would_go(case: &Case<'_>, url: &Url) -> Option<u16> {
    let state = case.before;
    let address = case.world.network().private.map_or(Ipv4Addr::UNSPECIFIED, |(address, _)| address);
    let server = SocketAddr::new(address.into(), 443);
    let client = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000);
    let headers = vec![("Host".into(), url.host.clone().into())];
    let target = url.target.clone();
    let request =
        Request { method: "GET".into(), target, version: "HTTP/1.1", headers, secure: true, ..Request::default() };
    let facts = Connection { client, server, tls: true, http2: false, sni: Some(url.host.clone()) };
    let mut runtime = state.nginx.runtime.clone();
    match Machine::new(&state.nginx.config, &request, &facts).begin(&mut runtime, state.now) {
        Next::Connect(attempt) => Some(attempt.peer.port()),
        _ => None,
    }
}

/// The port of the application that listens on the URL's own port, or of the only one there is.
fn own(case: &Case<'_>, url: &Url) -> Option<u16> {
    let hosts = case.world.hosts();
    let ports = case.before.processes.iter().filter_map(|process| match sockets::bound(process, &hosts) {
        Bound::At(_, port, _) => Some(port),
        _ => None,
    });
    let ports: Vec<u16> = ports.collect();
    ports.iter().find(|port| **port == url.port).copied().or_else(|| (ports.len() == 1).then(|| ports[0]))
}
