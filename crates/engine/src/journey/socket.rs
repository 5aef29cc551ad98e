//! A page's WebSocket: an HTTP request that asks to switch (RFC 6455 section 4.1), then frames both ways, as long as nobody
//! closes it. What the page's script and its console see is in Chromium's words, as observed with Chromium 156.

mod talk;

use super::load::Purpose;
use super::serve::Handled;
use super::{Flow, Journey};
use crate::app::live::Open;
use crate::message::{Flags, Header, Message, Request, Response};
use crate::place::Place::Browser;
use crate::sockets::Owner;
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use crate::websocket;
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use talk::Line;

impl Journey<'_> {
    /// A script of the site's own page opens a WebSocket, says these things a second apart, and closes it so long after
    /// the last of them.
    pub(super) fn socket(&mut self, text: &str, say: &[String], hold: Micros) -> Outcome {
        let Some(url) = Url::of_socket(text) else {
            let words = "SyntaxError: Failed to construct 'WebSocket': The URL's scheme must be either 'http', 'https', 'ws', or 'wss'.";
            return Outcome::Printed([words, "\n"].concat());
        };
        let url = self.upgrade(&url).unwrap_or(url);
        let address = url.socket();
        let failed = |words: &str| {
            let words = ["WebSocket connection to '", &address, "' failed: ", words, "\nerror\n", CLOSE_1006].concat();
            Outcome::Printed(words)
        };
        let (connection, request, response) = match self.switch(&url) {
            Continue(all) => all,
            // Chromium names the status, and gives the script no more than the code 1006.
            Break(Outcome::Response { status, .. }) => {
                return failed(
                    &["Error during WebSocket handshake: Unexpected response code: ", &short(status)].concat(),
                );
            }
            Break(Outcome::BrowserError { code: "ERR_EMPTY_RESPONSE", .. }) => {
                return failed("Connection closed before receiving a handshake response");
            }
            Break(Outcome::BrowserError { code, .. }) => {
                return failed(&["Error in connection establishment: net::", code].concat());
            }
            Break(other) => return other,
        };
        let expected = websocket::accept(request.header("Sec-WebSocket-Key").unwrap_or(""));
        let accepted = response.header("Sec-WebSocket-Accept");
        let basis = Basis::Standard {
            source: "RFC 6455 section 4.1",
            says: "the client fails the connection unless Sec-WebSocket-Accept is the hash of its own key",
        };
        if accepted != Some(&expected) {
            let words = "the hash in Sec-WebSocket-Accept is not that of the key: nobody there speaks WebSocket";
            self.record.decide("socket-refused", Browser, Ruling::Refuse, words, basis);
            return failed("Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value");
        }
        let words = ["the hash of its own key comes back, ", &expected, ": the socket is open"].concat();
        self.record.decide("socket-opens", Browser, Ruling::Allow, words, basis);
        let tunnel = self.tunnel.take();
        let process = match (connection.owner, &tunnel) {
            (Owner::Process(i), _) => i,
            (_, Some(tunnel)) => tunnel.process,
            _ => return failed("Error during WebSocket handshake: Unexpected response code: 101"),
        };
        let (last, log) = (self.record.now, "open\n".to_owned());
        let mut line = Line { connection, request, process, tunnel, open: Open::default(), last, masked: 0, log };
        let ended = self.converse(&mut line, say, hold);
        match ended {
            Continue(()) => Outcome::Printed(line.log),
            Break(outcome) => outcome,
        }
    }

    /// The handshake: a connection of its own (browsers keep those of WebSockets apart), and the request to switch.
    fn switch(&mut self, url: &Url) -> Flow<(Connection, Arc<Request>, Arc<Response>)> {
        self.port_allowed(url)?;
        let address = self.look_up(url)?;
        let mut connection = self.connect(url, address)?;
        self.offers = super::SOCKETS;
        let secured = self.handshake(url, &mut connection);
        self.offers = super::PAGES;
        secured?;
        let key = crate::digest::base64(&websocket::random::<16>(self.seed, self.state.opened));
        let request = Arc::new(asks(url, key));
        let owner = connection.owner;
        let (asked, answered) = Purpose::Socket.names();
        self.record.travel(asked, &self.way_in(owner), Message::Request(request.clone()));
        self.tunnel = None;
        let handled = self.handled(url, &connection, &request)?;
        let mut response = match handled {
            Handled::Answer(response) => response,
            Handled::Close | Handled::Reset => {
                let flags = if matches!(handled, Handled::Reset) { Flags::Rst } else { Flags::Fin };
                self.hang_up(&connection, flags);
                let code = if flags == Flags::Rst { "ERR_CONNECTION_RESET" } else { "ERR_EMPTY_RESPONSE" };
                return Break(crate::pages::error(code, &url.host, &url.text()));
            }
        };
        response.secure = url.secure;
        let response = Arc::new(response);
        self.record.travel(answered, &self.way_out(owner), Message::Response(response.clone()));
        if response.status == 101 {
            return Continue((connection, request, response));
        }
        let words = ["expected 101 Switching Protocols and got ", &short(response.status), ": no socket"].concat();
        let basis = Basis::Standard {
            source: "RFC 6455 section 4.1",
            says: "any status but 101 means that there is no WebSocket; a browser does not even follow a redirect",
        };
        self.record.decide("socket-refused", Browser, Ruling::Refuse, words, basis);
        let (status, reason, body) = (response.status, response.reason.clone(), response.body.clone());
        Break(Outcome::Response { status, reason, content_type: String::new(), body, cut: None })
    }
}

/// What the script's listener notes of a connection that has gone.
const CLOSE_1006: &str = "close: code 1006, not clean\n";

/// The request to switch, as Chromium writes it; what it says of languages and caches is left out.
fn asks(url: &Url, key: String) -> Request {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let headers: Vec<Header> = vec![
        ("Host".into(), url.authority().into()),
        pair("Connection", "Upgrade"),
        pair("User-Agent", super::AGENT),
        pair("Upgrade", "websocket"),
        ("Origin".into(), url.origin().into()),
        pair("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key".into(), key.into()),
        pair("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ];
    Request {
        method: "GET".into(),
        target: url.target.clone(),
        version: "HTTP/1.1",
        headers,
        secure: url.secure,
        ..Request::default()
    }
}
