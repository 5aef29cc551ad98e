//! Requests and answers as frames of HTTP/2, each in the way of the program that sends it ([`crate::http2::hpack`]).

use super::Journey;
use crate::http2::hpack::{Encoder, Way};
use crate::http2::{Flight, Frame, peers};
use crate::message::{Header, Message, Request, Response, header};
use crate::place::Place;
use crate::state::Connection;
use crate::text::Text;
use crate::tls::Date;

/// Who asks, which decides the order of the pseudo-headers and how all of it is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// A client of grpc-js.
    Program,
    /// nginx, with `grpc_pass`.
    Proxy,
}

/// A request as frames: its head, and its body where it has one.
pub(super) fn asked(request: &Request, asker: Asker, scheme: &'static str) -> Vec<Frame> {
    let authority = request.header("Host").unwrap_or("").to_owned();
    let pair = |name: &'static str, value: Text| -> Header { (name.into(), value) };
    let method = pair(":method", request.method.clone());
    let path = pair(":path", request.target.clone().into());
    let authority = pair(":authority", authority.into());
    let scheme = pair(":scheme", scheme.into());
    let (mut fields, way) = match asker {
        Asker::Program => (vec![authority, method, path, scheme], Way::Nghttp2),
        Asker::Proxy => (vec![method, scheme, path, authority], Way::NginxAsks),
    };
    fields.extend(request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Host")).cloned());
    let body = bytes(&request.body, &request.data);
    let block = Encoder::new(way).block(&fields);
    let mut frames = vec![Frame::Headers { stream: 1, end: body.is_empty(), fields, block }];
    if !body.is_empty() {
        frames.push(Frame::Data { stream: 1, end: true, bytes: body });
    }
    frames
}

/// An answer as frames: head and body, and its trailers.
pub(super) fn answered(response: &Response, mut encoder: Encoder) -> (Vec<Frame>, Vec<Frame>) {
    let mut fields: Vec<Header> = vec![(":status".into(), status(response.status).into())];
    fields.extend(response.headers.iter().map(|(name, value)| (name.to_ascii_lowercase().into(), value.clone())));
    let body = bytes(&response.body, &response.data);
    let trailers = &response.trailers;
    let block = encoder.block(&fields);
    let mut frames = vec![Frame::Headers { stream: 1, end: body.is_empty() && trailers.is_empty(), fields, block }];
    if !body.is_empty() {
        frames.push(Frame::Data { stream: 1, end: trailers.is_empty(), bytes: body });
    }
    if trailers.is_empty() {
        return (frames, Vec::new());
    }
    let block = encoder.block(trailers);
    (frames, vec![Frame::Headers { stream: 1, end: true, fields: trailers.clone(), block }])
}

/// A status has three digits, whatever it is.
fn status(status: u16) -> String {
    let text = status.to_string();
    ["00", &text].concat()[text.len().min(3) - 1..].to_owned()
}

fn bytes(text: &str, data: &[u8]) -> Vec<u8> {
    if data.is_empty() { text.as_bytes().to_vec() } else { data.to_vec() }
}

/// Frames as a message.
pub(super) fn flight(frames: Vec<Frame>, secure: bool) -> Message {
    Message::Http2(Flight { frames, secure }.into())
}

impl Journey<'_> {
    /// What a server's clock says now, as a header has it.
    pub(super) fn http_date(&self) -> Option<String> {
        let (date, _) = self.network.date.as_ref()?;
        Some(Date(date.0 + (self.record.now.0 / 1_000_000) as i64).http_text())
    }

    /// The answer with the date that its program adds: nginx after its own name, Node.js at the end of the head.
    pub(super) fn dated(&self, response: &Response, by: Place) -> Response {
        let mut response = response.clone();
        if let Some(date) = self.http_date().filter(|_| header(&response.headers, "date").is_none()) {
            let at = if by == Place::Proxy { response.headers.len().min(1) } else { response.headers.len() };
            response.headers.insert(at, ("date".into(), date.into()));
        }
        response
    }

    /// The browser begins a connection of HTTP/2. It does not wait for the server's settings; its first request follows.
    pub(super) fn begin_http2(&mut self, connection: &Connection) {
        if !connection.http2 {
            return;
        }
        let now = self.record.now;
        let message = flight(peers::chromium(), connection.secure);
        self.record.travel("h2-preface", &self.way_in(connection.owner), message);
        let message = flight(peers::nginx_server(), connection.secure);
        self.record.travel("h2-settings", &self.way_out(connection.owner), message);
        self.record.now = now;
    }
}
