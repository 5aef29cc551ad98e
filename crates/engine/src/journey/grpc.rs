//! nginx asks a server behind it with HTTP/2 (`grpc_pass`), and what happens where the two do not speak the same.

use super::flights::{Asker, answered, asked, flight};
use super::{Flow, Journey, serve::Behind};
use crate::app::End;
use crate::http2::hpack::{Encoder, Way};
use crate::http2::{Flight, Frame, peers};
use crate::message::{Message, Response};
use crate::place::Place::Proxy;
use crate::proxy::handle::{Attempt, Outcome};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use core::ops::ControlFlow::Continue;

impl Journey<'_> {
    /// nginx has a connection to this process and sends the call on it.
    pub(super) fn ask_with_http2(&mut self, behind: &Behind, attempt: &Attempt) -> Flow<Outcome> {
        let Behind { process, app, span } = *behind;
        let mut frames = peers::nginx_client();
        frames.extend(asked(&attempt.request, Asker::Proxy, "http"));
        self.record.hop("proxy-request", (Proxy, app, span), flight(frames, false));
        if self.state.processes[process].app.grpc.is_none() {
            return Continue(self.no_http2_here(behind));
        }
        // The server's settings set out at once; its answer does not wait for nginx to have read them.
        let began = self.record.now;
        self.record.hop("app-settings", (app, Proxy, span), flight(peers::node_server(), false));
        self.record.hop("proxy-settings", (Proxy, app, span), flight(vec![Frame::SettingsAck], false));
        self.record.now = began;
        let served = self.consider(process, &attempt.request);
        if served.end == End::Never || served.wait + span + span > attempt.read_timeout {
            let sent = self.record.now - span;
            self.application(process, &attempt.request, served)?;
            self.record.now = sent + attempt.read_timeout;
            return Continue(Outcome::ReadTimedOut);
        }
        let Some(answer) = self.application(process, &attempt.request, served)? else {
            self.record.now += span;
            return Continue(Outcome::Closed);
        };
        // nginx has asked for a table of no size, so nothing is remembered from one head to the next.
        let (head, trailers) = answered(&self.dated(&answer, app), Encoder::without_table(Way::Nghttp2));
        let mut frames = vec![Frame::SettingsAck];
        frames.extend(head);
        let left = self.record.now;
        self.record.hop("app-response", (app, Proxy, span), flight(frames, false));
        let arrived = self.record.now;
        if !trailers.is_empty() {
            self.record.now = left + Micros(10);
            self.record.hop("app-trailers", (app, Proxy, span), flight(trailers, false));
            self.record.now = arrived;
        }
        Continue(Outcome::Answer(answer))
    }

    /// A server of HTTP/1.1 gets the preface of HTTP/2, which is made to look like a request that nobody can take
    /// (RFC 9113 section 3.4).
    fn no_http2_here(&mut self, behind: &Behind) -> Outcome {
        let Behind { process, app, span } = *behind;
        let basis = self.listens_as(process);
        let words = "speaks HTTP/1.1: “PRI * HTTP/2.0” is no request, 400 Bad Request";
        self.record.decide("app-answers", app, Ruling::Refuse, words, basis);
        let headers = vec![("Connection".into(), "close".into())];
        let response =
            Response { status: 400, reason: "Bad Request".into(), version: "HTTP/1.1", headers, ..Response::default() };
        self.record.hop("app-response", (app, Proxy, span), Message::Response(response.into()));
        Outcome::Garbage("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_owned())
    }

    /// A server of gRPC gets a request of HTTP/1: it says what it can do, and that this was wrong, and ends the connection
    /// (as observed with Node.js 20).
    pub(super) fn no_http1_here(&mut self, behind: &Behind) -> Outcome {
        let Behind { process, app, span } = *behind;
        let basis = self.listens_as(process);
        let words = "speaks HTTP/2 only, and this is not its preface: GOAWAY";
        self.record.decide("app-answers", app, Ruling::Refuse, words, basis);
        let frames = vec![Frame::Settings(Vec::new()), Frame::GoAway { last: 0, code: 2 }];
        let bytes = Flight { frames: frames.clone(), secure: false }.bytes();
        self.record.hop("app-response", (app, Proxy, span), flight(frames, false));
        Outcome::Garbage(String::from_utf8(bytes).unwrap_or_default())
    }

    /// The line because of which a process listens.
    fn listens_as(&self, process: usize) -> Basis {
        let listen = self.state.processes[process].app.listen.as_ref().map(|listen| listen.source.clone());
        self.state.process_basis(self.world, process, &listen.unwrap_or_default())
    }
}
