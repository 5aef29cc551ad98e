//! `curl` on the instance: the same application, past the browser's rules, and past nginx, firewall and DNS as well where
//! it asks the instance itself (T29). It knows no cookies, no proxies and no HTTP/2.

mod out;
mod told;

use super::{Journey, apply::Reply, serve::Handled};
use crate::dns::{Data, Kind};
use crate::message::{Flight, Message, Request, Response};
use crate::place::Place::{Firewall, Instance, Proxy};
use crate::proxy::choose::{self, Shown};
use crate::shell::Ran;
use crate::sockets::{self, Listener, Owner};
use crate::state::Connection;
use crate::time::Micros;
use crate::tls;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};
use out::{Out, Stop};
use std::sync::Arc;
use told::Told;

/// What follows `curl: (60) …`.
const NOT_VERIFIED: &str = "\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.";

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
    /// Runs `curl` with these words.
    pub(super) fn curl(&mut self, words: &[&str], screen: bool) -> Ran {
        let mut out = Out::new(screen);
        // The URL that was asked last, and the status that came.
        let mut last = (String::new(), 0);
        let told = match told::read(words) {
            Ok(told) => told,
            Err(stop) => return out.end(None, Err(stop), (&last.0, 0)),
        };
        let started = self.record.now;
        let mut end = self.fetch(&told, &mut out, &mut last);
        // Whatever has come of it: curl has not waited for it.
        let late = |limit: &Micros| self.record.now - started > *limit && !matches!(end, Err(Stop::Unknown(_)));
        if let Some(limit) = told.most.filter(late) {
            self.record.now = started + limit;
            let span = (limit.0 / 1_000).to_string();
            let connecting = matches!(&end, Err(Stop::Curl(28, _)));
            let (what, rest) = match connecting {
                true => ("Connection timed out after ", " milliseconds"),
                false => ("Operation timed out after ", " milliseconds with 0 bytes received"),
            };
            out = Out::new(screen);
            end = Err(Stop::Curl(28, [what, &span, rest].concat()));
            last.1 = 0;
        }
        out.end(Some(&told), end, (&last.0, last.1))
    }

    /// One request, and with `-L` those to which it is led.
    fn fetch(&mut self, told: &Told, out: &mut Out, last: &mut (String, u16)) -> Result<(), Stop> {
        last.0.clone_from(&told.url);
        let Some(mut url) = Url::parse(&told.url) else {
            return Err(bad_url(&told.url));
        };
        let mut request = told.request(&url);
        let most = told.redirects.unwrap_or(50);
        for followed in 0.. {
            last.0 = url.text();
            out.opens(told, &url);
            let there = self.there(told, out, &url)?;
            let request_now = Arc::new(request.clone());
            let Some(response) = self.ask_from_here(told, &url, &there, &request_now, out)? else {
                return Err(ends(told, out, 52, "Empty reply from server"));
            };
            last.1 = response.status;
            let next = match (response.status, response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) if told.follow => url.join(location),
                _ => None,
            };
            let elapsed = (self.record.now.0 / 1_000_000) as i64;
            let date = self.network.date.as_ref().map(|(date, _)| tls::Date(date.0 + elapsed));
            let closed = out.answer(told, &request, &response, date, next.is_some());
            if told.fail && response.status >= 400 {
                let words = ["The requested URL returned error: ", &response.status.to_string()].concat();
                return Err(ends(told, out, 22, &words));
            }
            if response.cut && !told.head && next.is_none() {
                let missing = response.length().map(|length| length.saturating_sub(response.body.len()).to_string());
                let words = match missing {
                    Some(missing) => ["transfer closed with ", &missing, " bytes remaining to read"].concat(),
                    None => "transfer closed with outstanding read data remaining".to_owned(),
                };
                return Err(ends(told, out, 18, &words));
            }
            if closed {
                out.closes(told);
            } else {
                let number = out.number();
                out.note(told, &["* Connection #", &number, " to host ", &url.host, " left intact"]);
            }
            let Some(next) = next else {
                return Ok(());
            };
            if followed == most {
                let words = ["Maximum (", &most.to_string(), ") redirects followed"].concat();
                out.note(told, &["* ", &words]);
                return Err(Stop::Curl(47, words));
            }
            if url.port != next.port {
                let (from, to) = (url.port.to_string(), next.port.to_string());
                out.note(told, &["* Clear auth, redirects to port from ", &from, " to ", &to]);
            } else if url.secure != next.secure {
                let scheme = |url: &Url| if url.secure { "https" } else { "http" };
                out.note(told, &["* Clear auth, redirects scheme from ", scheme(&url), " to ", scheme(&next)]);
            }
            out.note(told, &["* Issue another request to this URL: '", &next.text(), "'"]);
            request = told.again(&next, response.status, &request);
            url = next;
        }
        Ok(())
    }

    /// Which address is meant. `localhost` is known to curl itself; the instance's own files come before DNS.
    fn there(&mut self, told: &Told, out: &mut Out, url: &Url) -> Result<There, Stop> {
        let mut local = self.hosts.iter().filter(|(_, name)| *name == url.host).map(|(address, _)| *address);
        let own = (url.host == "localhost").then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let mut found = url.address().or(own).or_else(|| local.clone().find(IpAddr::is_ipv4)).or_else(|| local.next());
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
            return Err(ends(told, out, 6, &["Could not resolve host: ", &url.host].concat()));
        };
        let at = SocketAddr::new(address, url.port);
        out.note(told, &["*   Trying ", &at.to_string(), "..."]);
        let private = self.network.private.as_ref().map(|(address, _)| IpAddr::V4(*address));
        if address.is_loopback() || Some(address) == private {
            return Ok(There { at, inside: at, from: address });
        }
        match (&self.network.public, private) {
            (Some((public, _)), Some(private)) if IpAddr::V4(*public) == address => {
                self.around(told, out, url, *public)?;
                Ok(There { at, inside: SocketAddr::new(private, url.port), from: address })
            }
            _ => {
                let what = ["not modelled: curl to ", &url.host, ", which is not the instance itself\n"];
                Err(Stop::Unknown(what.concat()))
            }
        }
    }

    /// To its own public address a packet leaves the instance, is given that address as its sender by the internet
    /// gateway, and comes back through the security group (AWS VPC user guide, "Internet gateways").
    fn around(&mut self, told: &Told, out: &mut Out, url: &Url, public: Ipv4Addr) -> Result<(), Stop> {
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
        let linux = Micros::seconds(131);
        let (span, why) = match told.connect.filter(|limit| *limit < linux) {
            Some(limit) => (limit, "Timeout was reached"),
            None => (linux, "Couldn't connect to server"),
        };
        self.record.now += span;
        let millis = (span.0 / 1_000).to_string();
        if span == linux {
            let (address, at) = (public.to_string(), &port);
            out.note(told, &["* connect to ", &address, " port ", at, " failed: Connection timed out"]);
        } else {
            out.note(told, &["* ipv4 connect timeout after ", &millis, "ms, move on!"]);
        }
        let words = ["Failed to connect to ", &url.host, " port ", &port, " after ", &millis, " ms: ", why];
        Err(ends(told, out, 28, &words.concat()))
    }

    /// A request from the instance to itself.
    fn ask_from_here(
        &mut self,
        told: &Told,
        url: &Url,
        there: &There,
        request: &Arc<Request>,
        out: &mut Out,
    ) -> Result<Option<Arc<Response>>, Stop> {
        let listeners = self.listeners();
        let (mut at, mut shown, port) = (there.inside, there.at, there.at.port().to_string());
        let refused = |out: &mut Out, at: SocketAddr| {
            let address = at.ip().to_string();
            out.note(told, &["* connect to ", &address, " port ", &port, " failed: Connection refused"]);
        };
        let mut found = sockets::taker(&listeners, at.ip(), at.port()).cloned();
        if found.is_none() && url.host == "localhost" {
            // It is ::1 as well.
            refused(out, shown);
            at = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), at.port());
            shown = at;
            out.note(told, &["*   Trying ", &at.to_string(), "..."]);
            found = sockets::taker(&listeners, at.ip(), at.port()).cloned();
        }
        let Some(listener) = found else {
            refused(out, shown);
            let words = ["RST: nothing listens on ", &there.inside.to_string()].concat();
            let basis = self.why_nobody(&listeners, there.inside);
            self.record.decide("curl-connects", Instance, Ruling::Refuse, words, basis);
            let words =
                ["Failed to connect to ", &url.host, " port ", &port, " after 0 ms: Couldn't connect to server"];
            return Err(ends(told, out, 7, &words.concat()));
        };
        let place = self.program(listener.owner);
        let basis = match there.at == there.inside {
            true => Basis::Standard {
                source: "Linux, loopback",
                says: "what an instance sends to itself passes no security group and no DNS server",
            },
            false => listener.source.clone().into(),
        };
        let words = ["connects to ", &shown.to_string()].concat();
        self.record.decide("curl-connects", Instance, Ruling::Allow, words, basis);
        let address = shown.ip().to_string();
        out.note(told, &["* Connected to ", &url.host, " (", &address, ") port ", &port, " (#", &out.number(), ")"]);
        let http2 = url.secure && self.curl_speaks_tls(told, out, url, at, &listener)?;
        let request = &Arc::new(Request::clone(request).over(http2));
        if let Some(user) = told.user(url) {
            out.note(told, &["* Server auth using Basic with user '", user, "'"]);
        }
        out.sent(told, request);
        let hop = (Instance, place, self.network.instance_proxy);
        self.record.hop("curl-request", hop, Message::Request(request.clone()));
        let flow = match listener.owner {
            Owner::Sshd => return Err(ends(told, out, 1, "Received HTTP/0.9 when not allowed")),
            Owner::Database => {
                self.hear_http();
                return Ok(None);
            }
            Owner::Process(i) => match self.application(i, request) {
                Continue(Reply::Answer(response)) => Continue(Some(response)),
                Continue(Reply::Closed) => Continue(None),
                Continue(Reply::Never) => {
                    let Some(limit) = told.most else {
                        let what =
                            "not modelled: how long curl waits where no answer comes; Ctrl-C or -m would end it\n";
                        return Err(Stop::Unknown(what.to_owned()));
                    };
                    self.record.now += limit;
                    Continue(None)
                }
                Break(outcome) => Break(outcome),
            },
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
                        return Err(ends(told, out, 56, "Recv failure: Connection reset by peer"));
                    }
                    Break(outcome) => Break(outcome),
                }
            }
        };
        let response = match flow {
            Continue(response) => response,
            Break(Outcome::Printed(words)) => return Err(Stop::Unknown(words + "\n")),
            Break(_) => None,
        };
        if let Some(response) = &response {
            let hop = (place, Instance, self.network.instance_proxy);
            self.record.hop("curl-response", hop, Message::Response(response.clone()));
        }
        Ok(response)
    }

    /// The handshake, and curl's opinion of the certificate; OpenSSL's words where it fails (observed with curl 7.88.1).
    fn curl_speaks_tls(
        &mut self,
        told: &Told,
        out: &mut Out,
        url: &Url,
        at: SocketAddr,
        listener: &Listener,
    ) -> Result<bool, Stop> {
        out.note(told, &["* [not modelled here: what -v says of the handshake]"]);
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
                self.curl_checks(told, out, url, path, source)?;
                let socket = choose::socket(&config, at.ip(), at.port());
                return Ok(socket.is_some_and(|socket| socket.http2.is_some()));
            }
            Shown::NotModelled(_) => {
                return Err(Stop::Unknown("not modelled: how this certificate is chosen\n".to_owned()));
            }
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
        Err(ends(told, out, 35, &["OpenSSL/3.0.19: error:", number].concat()))
    }

    /// curl looks at the certificate: who signed it and its dates as OpenSSL does, then the name.
    fn curl_checks(
        &mut self,
        told: &Told,
        out: &mut Out,
        url: &Url,
        path: &str,
        source: &crate::problem::Source,
    ) -> Result<(), Stop> {
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
        let Some(words) = words else { return Ok(()) };
        out.note(told, &["* ", &words]);
        out.closes(told);
        Err(Stop::Curl(60, [&words, NOT_VERIFIED].concat()))
    }
}

/// curl closes its connection and ends.
fn ends(told: &Told, out: &mut Out, code: u8, words: &str) -> Stop {
    out.note(told, &["* ", words]);
    out.closes(told);
    Stop::Curl(code, words.to_owned())
}

fn bad_url(text: &str) -> Stop {
    let scheme = crate::text::split_once(text, "://").map_or("http", |(scheme, _)| scheme);
    if crate::text::contains(text, "://[") {
        return Stop::Unknown("not modelled: curl with an address of IPv6\n".to_owned());
    }
    if matches!(scheme, "http" | "https") {
        return Stop::Curl(3, "URL using bad/illegal format or missing URL".to_owned());
    }
    if matches!(scheme, "ftp" | "file" | "ws" | "wss" | "smtp" | "ftps" | "scp" | "sftp" | "telnet" | "dict" | "ldap") {
        return Stop::Unknown(["not modelled: curl with ", scheme, "://\n"].concat());
    }
    Stop::Curl(1, ["Protocol \"", scheme, "\" not supported or disabled in libcurl"].concat())
}
