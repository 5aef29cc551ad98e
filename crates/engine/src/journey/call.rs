//! A program on the laptop calls a method of a gRPC service: `@grpc/grpc-js` 1.14 on Node.js 20, whose words these are, as
//! recorded. One question, one answer, no deadline, and a connection of its own.
//!
//! The program has the same description of the service as the server: the document of the world that names the method.

use super::flights::{Asker, answered, asked, flight};
use super::serve::Handled;
use super::{Caller, Flow, Journey};
use crate::app::grpc::{name, status};
use crate::http2::hpack::{Encoder, Way};
use crate::http2::{Frame, peers};
use crate::literal::{self, Dialect};
use crate::message::{Flags, Header, Request, Response};
use crate::place::Place::{Browser, Program, Proxy};
use crate::protobuf::{self, Proto};
use crate::sockets::Owner;
use crate::state::Connection;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use crate::world::Kind;
use core::ops::ControlFlow::{Break, Continue};

impl Journey<'_> {
    /// Calls the method and prints what came of it.
    pub(super) fn call(&mut self, text: &str, message: &str, by: Caller) -> Outcome {
        let Some(url) = Url::parse(text) else {
            return Outcome::Printed("not modelled: a server and a method that are written like this\n".to_owned());
        };
        let Some(proto) = self.description(&url.target) else {
            let method = url.target.rsplit('/').next().unwrap_or("");
            let words = ["TypeError: client.", method, " is not a function: no description here names it\n"];
            return Outcome::Printed(words.concat());
        };
        let (asks, answers) = proto.method(&url.target).unwrap_or(("", ""));
        let question = literal::parse(message, Dialect::Json).ok().zip(proto.message(asks));
        let Some((value, described)) = question else {
            return Outcome::Printed(
                ["not modelled: a question that is no JSON, or of no known message ", asks, "\n"].concat(),
            );
        };
        let data = protobuf::framed(0, &protobuf::encode(&proto, described, &value));
        if by != Caller::Program {
            return self.call_from_page(&url, &proto, answers, data, by == Caller::Web);
        }
        // A program shares nothing with the browser: no addresses, no sessions, no connections.
        let state = &mut self.state;
        let kept = (core::mem::take(&mut state.addresses), core::mem::take(&mut state.tickets));
        (self.client, self.offers) = (Program, &["h2"]);
        let ended = self.exchange_of_call(&url, data);
        let outcome = match ended {
            Continue((connection, response)) => {
                let outcome = self.told(&response, &proto, answers);
                // The program has nothing more to ask.
                let goodbye = flight(vec![Frame::GoAway { last: 0, code: 0 }], connection.secure);
                self.record.travel("h2-goaway", &self.way_in(connection.owner), goodbye);
                outcome
            }
            Break(Outcome::BrowserError { code, .. }) => self.no_connection(&url, code),
            Break(other) => other,
        };
        (self.client, self.offers) = (Browser, super::PAGES);
        (self.state.addresses, self.state.tickets) = kept;
        outcome
    }

    /// The description in the world that names this method.
    fn description(&self, path: &str) -> Option<Proto> {
        let documents = self.world.of(Kind::Data).filter(|document| document.name.ends_with(".proto"));
        let mut read = documents.map(|document| protobuf::parse(&document.name, &document.text));
        read.find(|proto| proto.method(path).is_some())
    }

    /// The connection, the frames that begin it, the call, and what comes back.
    fn exchange_of_call(&mut self, url: &Url, data: Vec<u8>) -> Flow<(Connection, Response)> {
        let address = self.look_up(url)?;
        let mut connection = self.connect(url, address)?;
        self.handshake(url, &mut connection)?;
        let (owner, secure) = (connection.owner, connection.secure);
        let peer = match owner {
            Owner::Nginx if connection.http2 => peers::nginx_server(),
            Owner::Process(i) if self.state.processes[i].app.grpc.is_some() => peers::node_server(),
            _ => {
                let words = "not modelled: HTTP/2 without TLS to a program that speaks HTTP/1.1".to_owned();
                let basis = Basis::State { what: "the client of gRPC speaks HTTP/2 from its first byte".to_owned() };
                self.record.decide("not-modelled", Program, Ruling::Refuse, words.clone(), basis);
                return Break(Outcome::Printed(words));
            }
        };
        self.record.travel("h2-preface", &self.way_in(owner), flight(peers::grpc_client(), secure));
        self.record.travel("h2-settings", &self.way_out(owner), flight(peer, secure));
        let basis = Basis::Standard {
            source: "RFC 9113 section 3.4",
            says: "both sides begin with their settings; this client waits for those of the server before it asks",
        };
        self.record.decide("h2-begins", Program, Ruling::Allow, "both sides have said what they can do", basis);
        connection.http2 = true;
        let request = question(url, data);
        let mut frames = vec![Frame::SettingsAck];
        frames.extend(asked(&request, Asker::Program, if secure { "https" } else { "http" }));
        self.record.travel("grpc-call", &self.way_in(owner), flight(frames, secure));
        let handled = self.handled(url, &connection, &request)?;
        let response = match handled {
            Handled::Answer(response) => response,
            Handled::Close | Handled::Reset => {
                self.hang_up(&connection, Flags::Fin);
                let words = "not modelled: a connection of HTTP/2 that is closed in the middle of a call".to_owned();
                return Break(Outcome::Printed(words));
            }
        };
        let (way, by) = match owner {
            Owner::Nginx => (Encoder::new(Way::NginxAnswers), Proxy),
            _ => (Encoder::new(Way::Nghttp2), self.program(owner)),
        };
        let response = self.dated(&response, by);
        let (mut head, trailers) = answered(&response, way);
        if by != Proxy {
            head.insert(0, Frame::SettingsAck);
        }
        self.answer_travels(&connection, head, trailers);
        Continue((connection, response))
    }

    /// Head and body, and close behind them the trailers.
    fn answer_travels(&mut self, connection: &Connection, head: Vec<Frame>, trailers: Vec<Frame>) {
        let (way, secure, left) = (self.way_out(connection.owner), connection.secure, self.record.now);
        self.record.travel("grpc-answer", &way, flight(head, secure));
        if !trailers.is_empty() {
            // They leave as soon as the body has left.
            self.record.now = left + Micros(10);
            self.record.travel("grpc-trailers", &way, flight(trailers, secure));
        }
    }

    /// What the program makes of the answer.
    fn told(&mut self, response: &Response, proto: &Proto, answers: &str) -> Outcome {
        let basis = Basis::Standard {
            source: "gRPC, PROTOCOL-HTTP2.md, Responses",
            says: "how a call went is said in grpc-status, in trailers or in a head without a body; the HTTP status is always 200",
        };
        let bodies = protobuf::unframed(&response.data).unwrap_or_default();
        let message = bodies.first().map(|(_, bytes)| *bytes);
        let (ruling, words, printed) = match (status(response), response.status) {
            (Some((0, _)), 200) => {
                let described = proto.message(answers);
                let value =
                    message.zip(described).and_then(|(bytes, described)| protobuf::decode(proto, described, bytes));
                let Some(value) = value else {
                    let words = "not modelled: an answer that is not the message described".to_owned();
                    return Outcome::Printed(words);
                };
                let mut json = String::new();
                value.json(&mut json);
                (Ruling::Answer, ["grpc-status 0, OK: ", &json].concat(), json)
            }
            (Some((code, details)), 200) => {
                let words = [&short(code), " ", name(code), ": ", &details].concat();
                (Ruling::Fail, ["grpc-status ", &words].concat(), ["Error: ", &words].concat())
            }
            (_, status) => return self.no_status(status),
        };
        self.record.decide("call-ends", Program, ruling, words, basis);
        Outcome::Printed(printed + "\n")
    }

    /// An answer without a `grpc-status`: somebody on the way answered who does not speak gRPC.
    fn no_status(&mut self, status: u16) -> Outcome {
        let mapped = Basis::Standard {
            source: "gRPC, http-grpc-status-mapping.md",
            says: "where an answer has no grpc-status, the HTTP status stands for one: 404 is UNIMPLEMENTED, 502 to 504 are UNAVAILABLE",
        };
        let missing = Basis::Standard {
            source: "gRPC, PROTOCOL-HTTP2.md, Responses",
            says: "every answer ends with a grpc-status; where none comes, the library says INTERNAL",
        };
        let (code, details, basis) = match status {
            0..=200 => (13, "Received RST_STREAM with code 0 (Call ended without gRPC status)".to_owned(), missing),
            _ => {
                let code = code_of_http(status);
                (code, ["Received HTTP status code ", &short(status)].concat(), mapped)
            }
        };
        let words = [&short(code), " ", name(code), ": ", &details].concat();
        self.record.decide("call-ends", Program, Ruling::Fail, ["no grpc-status: ", &words].concat(), basis);
        Outcome::Printed(["Error: ", &words, "\n"].concat())
    }

    /// No connection came about.
    fn no_connection(&mut self, url: &Url, code: &str) -> Outcome {
        let to = self.state_of_last_attempt();
        let names = || {
            let shown = self.record.trace.steps.iter().rev().find_map(|step| match &step.act {
                crate::trace::Act::Travel { message: crate::message::Message::Tls(flight), .. } => match &**flight {
                    crate::message::Flight::ServerHello { names, .. }
                    | crate::message::Flight::OldServerHello { names } => Some(names.clone()),
                    _ => None,
                },
                crate::trace::Act::Travel { .. } | crate::trace::Act::Decide { .. } => None,
            });
            shown.unwrap_or_default().iter().map(|name| ["DNS:", name].concat()).collect::<Vec<_>>().join(", ")
        };
        let why = match code {
            "ERR_NAME_NOT_RESOLVED" => {
                let target = [&url.host, ":", &url.port.to_string()].concat();
                return self.unavailable(&["Name resolution failed for target dns:", &target].concat());
            }
            "ERR_CONNECTION_REFUSED" => ["Error: connect ECONNREFUSED ", &to].concat(),
            "ERR_CONNECTION_TIMED_OUT" => ["Error: connect ETIMEDOUT ", &to].concat(),
            // The address of a thread and a place in OpenSSL's sources are left out.
            "ERR_ALPN_NEGOTIATION_FAILED" => {
                "Error: …:error:0A000460:SSL routines:ssl3_read_bytes:tlsv1 alert no application protocol:…:SSL alert number 120\n".to_owned()
            }
            "ERR_SSL_PROTOCOL_ERROR" => {
                "Error: …:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…\n".to_owned()
            }
            "ERR_CERT_COMMON_NAME_INVALID" => [
                "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: ",
                &url.host,
                ". is not in the cert's altnames: ",
                &names(),
            ]
            .concat(),
            "ERR_CERT_DATE_INVALID" => "Error: certificate has expired".to_owned(),
            "ERR_CERT_AUTHORITY_INVALID" => "Error: unable to verify the first certificate".to_owned(),
            other => return Outcome::Printed(["not modelled: what the client of gRPC says of ", other, "\n"].concat()),
        };
        self.unavailable(&["No connection established. Last error: ", &why, ". Resolution note: "].concat())
    }

    fn unavailable(&mut self, details: &str) -> Outcome {
        let words = ["14 UNAVAILABLE: ", details].concat();
        let basis = Basis::Standard {
            source: "gRPC, statuscodes.md",
            says: "where the server cannot be reached, the library itself ends the call: UNAVAILABLE",
        };
        let first = words.lines().next().unwrap_or("").to_owned();
        self.record.decide("call-ends", Program, Ruling::Fail, first, basis);
        Outcome::Printed(["Error: ", &words, "\n"].concat())
    }

    /// The address and port that was tried last.
    fn state_of_last_attempt(&self) -> String {
        let syn = self.record.trace.steps.iter().rev().find_map(|step| match &step.act {
            crate::trace::Act::Travel {
                from: Program, message: crate::message::Message::Segment { to, .. }, ..
            } => Some(to.to_string()),
            _ => None,
        });
        syn.unwrap_or_default()
    }
}

/// The code that stands for an HTTP status where no other was given (gRPC, `http-grpc-status-mapping.md`).
pub(super) const fn code_of_http(status: u16) -> u16 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502..=504 => 14,
        _ => 2,
    }
}

/// The request of a call (gRPC, `PROTOCOL-HTTP2.md`, "Requests"), as grpc-js writes it.
fn question(url: &Url, data: Vec<u8>) -> Request {
    let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
    let authority = [&url.host, ":", &url.port.to_string()].concat();
    let headers: Vec<Header> = vec![
        ("host".into(), authority.into()),
        pair("grpc-accept-encoding", "identity,deflate,gzip"),
        pair("accept-encoding", "identity"),
        pair("user-agent", "grpc-node-js/1.14.7"),
        pair("content-type", "application/grpc"),
        pair("te", "trailers"),
    ];
    let (target, secure) = (url.target.clone(), url.secure);
    Request { method: "POST".into(), target, version: "HTTP/2.0", headers, secure, data, ..Request::default() }
}
