//! `curl` on the instance: the same application, past firewall, DNS and the browser's rules, and past nginx as well where
//! the port is the application's own (T29).

use super::{Journey, serve::Handled};
use crate::message::{Message, Request, Response};
use crate::place::Place::Instance;
use crate::sockets::{self, Owner};
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What curl is told.
struct Told<'a> {
    method: &'a str,
    url: &'a str,
    host: Option<&'a str>,
    headers: bool,
}

impl Journey<'_> {
    /// Runs `curl` with these words and returns what it prints.
    pub(super) fn curl(&mut self, words: &[&str]) -> String {
        let told = match told(words) {
            Ok(told) => told,
            Err(option) => return ["not modelled: curl ", option, "\n"].concat(),
        };
        let address =
            if crate::text::contains(told.url, "://") { told.url.to_owned() } else { ["http://", told.url].concat() };
        let Some(url) = Url::parse(&address) else {
            return "curl: (3) URL using bad/illegal format or missing URL\n".to_owned();
        };
        if url.secure {
            return "not modelled: curl with TLS\n".to_owned();
        }
        let mut local = self.hosts.iter().filter(|(_, name)| *name == url.host).map(|(address, _)| *address);
        let found = url.address().or_else(|| local.clone().find(IpAddr::is_ipv4)).or_else(|| local.next());
        let private = self.network.private.as_ref().map(|(address, _)| IpAddr::V4(*address));
        let Some(address) = found.filter(|address| address.is_loopback() || Some(*address) == private) else {
            return ["not modelled: curl to ", &url.host, ", which is not the instance itself\n"].concat();
        };
        let request = Request {
            method: told.method.to_owned().into(),
            target: url.target.clone(),
            version: "HTTP/1.1",
            headers: [
                ("Host", told.host.unwrap_or(&url.authority())),
                ("User-Agent", "curl/7.88.1"),
                ("Accept", "*/*"),
            ]
            .map(|(name, value)| (name.into(), value.to_owned().into()))
            .to_vec(),
            secure: false,
        };
        match self.ask_here(&url, SocketAddr::new(address, url.port), &request.into()) {
            Ok(Some(response)) => printed(&told, &response),
            Ok(None) => "curl: (52) Empty reply from server\n".to_owned(),
            Err(words) => words,
        }
    }

    /// A request from the instance to itself.
    fn ask_here(&mut self, url: &Url, at: SocketAddr, request: &Arc<Request>) -> Result<Option<Arc<Response>>, String> {
        let listeners = self.listeners();
        let port = at.port().to_string();
        let Some(listener) = sockets::taker(&listeners, at.ip(), at.port()).cloned() else {
            let words = ["RST: nothing listens on ", &short(at)].concat();
            let basis = self.why_nobody(&listeners, at);
            self.record.decide("curl-connects", Instance, Ruling::Refuse, words, basis);
            let words = ["curl: (7) Failed to connect to ", &url.host, " port ", &port, " after 0 ms: "].concat();
            return Err(words + "Couldn't connect to server\n");
        };
        let place = self.program(listener.owner);
        let basis = Basis::Standard {
            source: "Linux, loopback",
            says: "what an instance sends to itself passes no security group and no DNS server",
        };
        let words = ["connects to ", &short(at)].concat();
        self.record.decide("curl-connects", Instance, Ruling::Allow, words, basis);
        let hop = (Instance, place, self.network.instance_proxy);
        self.record.hop("curl-request", hop, Message::Request(request.clone()));
        let flow = match listener.owner {
            Owner::Sshd => return Err("curl: (1) Received HTTP/0.9 when not allowed\n".to_owned()),
            Owner::Process(i) => {
                let served = self.consider(i, request);
                self.application(i, request, served)
            }
            Owner::Nginx => {
                let client = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 40_001);
                let connection = Connection {
                    host: url.host.clone(),
                    secure: false,
                    client,
                    server: at,
                    inside: at,
                    owner: listener.owner,
                    tracked: true,
                    until: Micros::ZERO,
                };
                match self.proxy(url, &connection, request) {
                    Continue(Handled::Answer(response)) => Continue(Some(Arc::new(response))),
                    Continue(Handled::Close) => Continue(None),
                    Continue(Handled::Reset) => {
                        return Err("curl: (56) Recv failure: Connection reset by peer\n".to_owned());
                    }
                    Break(outcome) => Break(outcome),
                }
            }
        };
        let response = match flow {
            Continue(response) => response,
            Break(Outcome::Printed(words)) => return Err(words + "\n"),
            Break(_) => None,
        };
        if let Some(response) = &response {
            let hop = (place, Instance, self.network.instance_proxy);
            self.record.hop("curl-response", hop, Message::Response(response.clone()));
        }
        Ok(response)
    }
}

/// Reads curl's options, or names one that is not modelled.
fn told<'a>(words: &[&'a str]) -> Result<Told<'a>, &'a str> {
    let mut told = Told { method: "GET", url: "", host: None, headers: false };
    let mut words = words.iter().map(|word| word.trim_matches(['"', '\'']));
    while let Some(word) = words.next() {
        match word {
            "-X" | "--request" => told.method = words.next().unwrap_or("GET"),
            "-I" | "--head" => (told.method, told.headers) = ("HEAD", true),
            "-i" | "--include" => told.headers = true,
            "-s" | "--silent" | "-S" | "-sS" => {}
            "-H" | "--header" if words.next() == Some("Host:") => told.host = words.next(),
            option if option.starts_with('-') => return Err(option),
            url => told.url = url,
        }
    }
    Ok(told)
}

fn printed(told: &Told<'_>, response: &Response) -> String {
    let mut text = String::new();
    if told.headers {
        text += &[response.version, " ", &short(response.status), " ", &response.reason, "\n"].concat();
        for (name, value) in &response.headers {
            text += &[name, ": ", value, "\n"].concat();
        }
        text += "\n";
    }
    if told.method != "HEAD" {
        text += &response.body;
    }
    text
}
