//! `curl` on the instance: the same application, past the browser's rules, and past nginx, firewall and DNS as well where
//! it asks the instance itself (T29). It knows no cookies, no proxies and no HTTP/2.

mod told;

use super::{Journey, serve::Handled};
use crate::dns::{Data, Kind};
use crate::message::{Flight, Message, Request, Response};
use crate::place::Place::{Firewall, Instance, Proxy};
use crate::proxy::choose::{self, Shown};
use crate::sockets::{self, Listener, Owner};
use crate::state::Connection;
use crate::time::Micros;
use crate::tls;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use told::Told;

/// What follows `curl: (60) …`.
const NOT_VERIFIED: &str = "\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.\n";

/// Where curl connects to.
struct There {
    /// The address that it uses.
    at: SocketAddr,
    /// The same, as the instance's kernel sees it.
    inside: SocketAddr,
    /// Who asks.
    from: IpAddr,
}

impl Journey<'_> {
    /// Runs `curl` with these words and returns what it prints.
    pub(super) fn curl(&mut self, words: &[&str]) -> String {
        let mut printed = String::new();
        let ended = told::read(words).and_then(|told| self.fetch(&told, &mut printed));
        match ended {
            Ok(()) => printed,
            Err(words) => printed + &words,
        }
    }

    /// One request, and with `-L` those to which it is led.
    fn fetch(&mut self, told: &Told, printed: &mut String) -> Result<(), String> {
        let Some(mut url) = Url::parse(&told.url) else {
            return Err("curl: (3) URL using bad/illegal format or missing URL\n".to_owned());
        };
        let mut request = told.request(&url);
        for followed in 0.. {
            let there = self.there(&url)?;
            told.note(printed, &["*   Trying ", &there.at.to_string(), "..."]);
            let request_now = Arc::new(request.clone());
            let Some(response) = self.ask_from_here(told, &url, &there, &request_now, printed)? else {
                return Err("curl: (52) Empty reply from server\n".to_owned());
            };
            let next = match (response.status, response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) if told.follow => url.join(location),
                _ => None,
            };
            told.print(&response, next.is_some(), printed);
            told.note(printed, &["* Connection #0 to host ", &url.host, " left intact"]);
            let Some(next) = next else {
                return told.verdict(response.status);
            };
            if followed == 50 {
                return Err("curl: (47) Maximum (50) redirects followed\n".to_owned());
            }
            request = told.again(&next, response.status, &request);
            url = next;
        }
        Ok(())
    }

    /// Which address is meant. The instance's own files come before DNS.
    fn there(&mut self, url: &Url) -> Result<There, String> {
        let mut local = self.hosts.iter().filter(|(_, name)| *name == url.host).map(|(address, _)| *address);
        let mut found = url.address().or_else(|| local.clone().find(IpAddr::is_ipv4)).or_else(|| local.next());
        if found.is_none() {
            // What it asks is no part of the story, as with dig.
            let steps = self.record.trace.steps.len();
            self.record.now += self.network.browser_resolver;
            let resolved = self.resolve(&[url.host.trim_end_matches('.'), "."].concat().into(), Kind::A);
            self.record.now += self.network.browser_resolver;
            self.record.trace.steps.truncate(steps);
            found = resolved.records.iter().find_map(|record| match record.data {
                Data::A(address) => Some(address.into()),
                _ => None,
            });
        }
        let Some(address) = found else {
            return Err(["curl: (6) Could not resolve host: ", &url.host, "\n"].concat());
        };
        let at = SocketAddr::new(address, url.port);
        let private = self.network.private.as_ref().map(|(address, _)| IpAddr::V4(*address));
        if address.is_loopback() || Some(address) == private {
            return Ok(There { at, inside: at, from: address });
        }
        match (&self.network.public, private) {
            (Some((public, _)), Some(private)) if IpAddr::V4(*public) == address => {
                self.around(url, *public)?;
                Ok(There { at, inside: SocketAddr::new(private, url.port), from: address })
            }
            _ => Err(["not modelled: curl to ", &url.host, ", which is not the instance itself\n"].concat()),
        }
    }

    /// To its own public address a packet leaves the instance, is given that address as its sender by the internet
    /// gateway, and comes back through the security group (AWS VPC user guide, "Internet gateways").
    fn around(&mut self, url: &Url, public: Ipv4Addr) -> Result<(), String> {
        let port = url.port.to_string();
        let what = ["tcp port ", &port, " from ", &public.to_string(), ", the instance's own public address"].concat();
        self.record.now += self.network.firewall_instance + self.network.firewall_instance;
        if let Some(rule) = self.group.admits(public, url.port).cloned() {
            let words = ["lets in ", &what].concat();
            self.record.decide("curl-allowed", Firewall, Ruling::Allow, words, rule.source.into());
            return Ok(());
        }
        let basis =
            Basis::Absent { document: self.group.document.clone(), sought: ["inbound rule for ", &what].concat() };
        let words = ["no rule lets in ", &what, ": dropped, and nobody is told"].concat();
        self.record.decide("curl-allowed", Firewall, Ruling::Drop, words, basis);
        self.record.now += Micros::seconds(131);
        let after = " after 131000 ms: Couldn't connect to server\n";
        Err(["curl: (28) Failed to connect to ", &url.host, " port ", &port, after].concat())
    }

    /// A request from the instance to itself.
    fn ask_from_here(
        &mut self,
        told: &Told,
        url: &Url,
        there: &There,
        request: &Arc<Request>,
        printed: &mut String,
    ) -> Result<Option<Arc<Response>>, String> {
        let listeners = self.listeners();
        let (at, port) = (there.inside, there.at.port().to_string());
        let Some(listener) = sockets::taker(&listeners, at.ip(), at.port()).cloned() else {
            let words = ["RST: nothing listens on ", &at.to_string()].concat();
            let basis = self.why_nobody(&listeners, at);
            self.record.decide("curl-connects", Instance, Ruling::Refuse, words, basis);
            let words = ["curl: (7) Failed to connect to ", &url.host, " port ", &port, " after 0 ms: "].concat();
            return Err(words + "Couldn't connect to server\n");
        };
        let place = self.program(listener.owner);
        let basis = match there.at == there.inside {
            true => Basis::Standard {
                source: "Linux, loopback",
                says: "what an instance sends to itself passes no security group and no DNS server",
            },
            false => listener.source.clone().into(),
        };
        let words = ["connects to ", &there.at.to_string()].concat();
        self.record.decide("curl-connects", Instance, Ruling::Allow, words, basis);
        let address = there.at.ip().to_string();
        told.note(printed, &["* Connected to ", &url.host, " (", &address, ") port ", &port, " (#0)"]);
        let http2 = url.secure && self.curl_speaks_tls(told, url, at, &listener)?;
        let request = &Arc::new(Request::clone(request).over(http2));
        told.sent(request, printed);
        let hop = (Instance, place, self.network.instance_proxy);
        self.record.hop("curl-request", hop, Message::Request(request.clone()));
        let flow = match listener.owner {
            Owner::Sshd => return Err("curl: (1) Received HTTP/0.9 when not allowed\n".to_owned()),
            Owner::Process(i) => {
                let served = self.consider(i, request);
                self.application(i, request, served)
            }
            Owner::Nginx => {
                let connection = Connection {
                    host: url.host.clone(),
                    http2,
                    secure: url.secure,
                    client: SocketAddr::new(there.from, 40_001),
                    server: there.at,
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

    /// The handshake, and curl's opinion of the certificate; OpenSSL's words where it fails (observed with curl 7.88.1).
    fn curl_speaks_tls(&mut self, told: &Told, url: &Url, at: SocketAddr, listener: &Listener) -> Result<bool, String> {
        let place = self.program(listener.owner);
        let sni = url.address().is_none().then(|| url.host.trim_end_matches('.').to_owned());
        let span = self.network.instance_proxy;
        let hello = Message::Tls(Flight::ClientHello { sni: sni.clone(), alpn: super::PAGES }.into());
        self.record.hop("curl-client-hello", (Instance, place, span), hello);
        let config = self.state.nginx.config.clone();
        let shown = match listener.owner {
            Owner::Nginx => choose::certificate(&config, at.ip(), at.port(), sni.as_deref()),
            _ => Shown::Nothing,
        };
        let (words, source, number) = match shown {
            Shown::Certificate(path, source, ..) => {
                self.curl_checks(told, url, path, source)?;
                let socket = choose::socket(&config, at.ip(), at.port());
                return Ok(socket.is_some_and(|socket| socket.http2.is_some()));
            }
            Shown::NotModelled(_) => return Err("not modelled: how this certificate is chosen\n".to_owned()),
            Shown::NoVersion(source) => {
                ("no version in common: alert", source, "0A000438:SSL routines::tlsv1 alert internal error")
            }
            Shown::Rejected(source) => {
                ("rejects the handshake: alert", source, "0A000458:SSL routines::tlsv1 unrecognized name")
            }
            Shown::Nothing => {
                ("speaks plain HTTP here", &listener.source, "0A00010B:SSL routines::wrong version number")
            }
        };
        let basis = self.basis(source);
        self.record.decide("curl-handshake", place, Ruling::Refuse, words.to_owned(), basis);
        Err(["curl: (35) OpenSSL/3.0.19: error:", number, "\n"].concat())
    }

    /// curl looks at the certificate: who signed it and its dates as OpenSSL does, then the name.
    fn curl_checks(
        &mut self,
        told: &Told,
        url: &Url,
        path: &str,
        source: &crate::problem::Source,
    ) -> Result<(), String> {
        let words = ["shows the certificate ", path].concat();
        self.record.decide("curl-certificate", Proxy, Ruling::Choose, words, self.basis(source));
        let found = self.state.nginx.certificates.iter().find(|certificate| certificate.path == path).cloned();
        let shown = found.unwrap_or_else(|| tls::Certificate { path: path.to_owned(), ..Default::default() });
        let elapsed = (self.record.now.0 / 1_000_000) as i64;
        let date = self.network.date.as_ref().map(|(date, _)| tls::Date(date.0 + elapsed));
        let opinion = tls::check_as(&shown, &url.host, date, &self.network.trusted, tls::OPENSSL);
        let self_signed = shown.issuer == shown.subject;
        let words = match opinion.error {
            None => None,
            Some(_) if told.insecure => None,
            Some("ERR_CERT_AUTHORITY_INVALID") if self_signed => {
                Some("SSL certificate problem: self-signed certificate".to_owned())
            }
            Some("ERR_CERT_AUTHORITY_INVALID") => {
                Some("SSL certificate problem: unable to get local issuer certificate".to_owned())
            }
            Some("ERR_CERT_DATE_INVALID") => {
                let when = if opinion.words.starts_with("expired") { "has expired" } else { "is not yet valid" };
                Some(["SSL certificate problem: certificate ", when].concat())
            }
            Some(_) => {
                let words = "SSL: no alternative certificate subject name matches target host name '";
                Some([words, &url.host, "'"].concat())
            }
        };
        let ruling = if words.is_some() { Ruling::Refuse } else { Ruling::Allow };
        let basis = match (told.insecure, opinion.basis) {
            (true, _) => Basis::State { what: "curl was told -k: it takes any certificate".to_owned() },
            (false, Basis::Line { document, line }) => self.basis(&crate::problem::Source::new(&document, line)),
            (false, other) => other,
        };
        self.record.decide("curl-checks", Instance, ruling, opinion.words, basis);
        words.map_or(Ok(()), |words| Err(["curl: (60) ", &words, NOT_VERIFIED].concat()))
    }
}
