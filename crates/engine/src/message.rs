//! What travels. Each message prints as an engineer would recognise it: a line of `dig`, of `tcpdump`, of `curl -v`.

use crate::database::protocol::{Backend, Frontend};
use crate::dns::{Rcode, Record};
use crate::http2::Flight as Flight2;
use crate::text::Text;
use crate::websocket::{Frame, Opcode};
use core::fmt;
use core::net::SocketAddr;
use std::sync::Arc;

/// A message on its way. What is long in it is shared by its copies: a message is written down once for every hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A DNS question (RFC 1035 section 4.1.2).
    Query {
        /// The name asked for, absolute, with the final dot.
        name: Arc<str>,
        /// The type asked for: `A`.
        kind: crate::dns::Kind,
    },
    /// A DNS answer.
    Answer {
        /// The name that was asked for.
        name: Arc<str>,
        /// Whether it worked.
        rcode: Rcode,
        /// Whether the sender holds the zone itself (the AA bit).
        authoritative: bool,
        /// The answer section, in the order in which the chain is followed.
        records: Vec<Record>,
        /// The authority section: in a referral, the servers to ask.
        authority: Vec<Record>,
    },
    /// A TCP segment without data (RFC 9293).
    Segment {
        /// Which flags are set.
        flags: Flags,
        /// The sender's address and port, as seen at the place where it leaves.
        from: SocketAddr,
        /// The receiver's address and port, as seen at the place where it leaves.
        to: SocketAddr,
    },
    /// A flight of the TLS 1.3 handshake (RFC 8446 section 2).
    Tls(Arc<Flight>),
    /// An HTTP request.
    Request(Arc<Request>),
    /// An HTTP response.
    Response(Arc<Response>),
    /// A WebSocket frame.
    Frame(Arc<Frame>),
    /// Frames of HTTP/2 that leave together.
    Http2(Arc<Flight2>),
    /// What a client sends to PostgreSQL.
    Sql(Arc<Frontend>),
    /// What PostgreSQL sends.
    Rows(Arc<Backend>),
    /// What a push service delivers to a phone (RFC 8030 section 6).
    Notice(Arc<Notice>),
}

/// A push message as the phone's app has decrypted it (RFC 8291): nobody on the way can read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// The number by which the app knows whether it has shown it; none where it has none.
    pub id: Option<String>,
    /// What is shown.
    pub text: String,
    /// As it was sent.
    pub payload: String,
}

/// The kinds of message, which give a token its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A DNS question.
    Query,
    /// A DNS answer.
    Answer,
    /// A bare TCP segment.
    Segment,
    /// A TLS handshake flight.
    Tls,
    /// An HTTP request.
    Request,
    /// An HTTP response.
    Response,
    /// A frame of a connection on which both sides speak.
    Frame,
    /// What a client sends to PostgreSQL.
    Sql,
    /// What PostgreSQL sends.
    Rows,
    /// What a push service delivers.
    Notice,
}

/// The flags of a TCP segment that this engine sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flags {
    /// The wish to connect.
    Syn,
    /// The wish is granted.
    SynAck,
    /// Heard.
    Ack,
    /// Nothing listens here; or the connection is thrown away.
    Rst,
    /// Nothing more will come.
    Fin,
}

/// A flight of the TLS handshake. Its first flight is readable by everybody on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flight {
    /// The client's first flight.
    ClientHello {
        /// The server name it asks for (RFC 6066 section 3); none where the URL holds an address.
        sni: Option<String>,
        /// What it would speak inside, the best first (ALPN, RFC 7301).
        alpn: &'static [&'static str],
    },
    /// The server's flight: ServerHello readable, EncryptedExtensions, Certificate and Finished encrypted.
    ServerHello {
        /// The certificate shown: the file on the server.
        certificate: String,
        /// The DNS names in it.
        names: Vec<String>,
    },
    /// The server's flight where a session is resumed: no certificate and no signature.
    Resumed {
        /// Whether it is TLS 1.2 (RFC 5246 section 7.3).
        old: bool,
    },
    /// The server's first flight in TLS 1.2, readable as a whole (RFC 5246 section 7.3).
    OldServerHello {
        /// The DNS names in the certificate.
        names: Vec<String>,
    },
    /// The client's second flight in TLS 1.2.
    KeyExchange,
    /// The server's second flight in TLS 1.2.
    ServerFinished {
        /// Whether a session ticket comes with it (RFC 5077 section 3.3).
        ticket: bool,
    },
    /// The handshake ends here.
    Alert(&'static str),
}

/// The name and the value of a header.
pub type Header = (Text, Text);

/// An HTTP request (RFC 9110).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`.
    pub method: Text,
    /// The request target as sent: `/users?x=1`.
    pub target: String,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: &'static str,
    /// Header names and values, in order.
    pub headers: Vec<Header>,
    /// Whether it travels inside TLS, readable only at both ends. The client's Finished travels with it.
    pub secure: bool,
    /// The body as text; empty where there is none.
    pub body: String,
    /// The body where it is no text.
    pub data: Vec<u8>,
}

/// An HTTP response (RFC 9110).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: Text,
    /// `HTTP/1.1`.
    pub version: &'static str,
    /// Header names and values, in order.
    pub headers: Vec<Header>,
    /// The body as text.
    pub body: String,
    /// The body where it is no text.
    pub data: Vec<u8>,
    /// What is said after the body (RFC 9110 section 6.5).
    pub trailers: Vec<Header>,
    /// Whether it travels inside TLS.
    pub secure: bool,
    /// Whether the connection ends before the body does: what is there of it is what was sent.
    pub cut: bool,
}

/// The first value of the header `name`, compared without regard to case (RFC 9110 section 5.1).
pub fn header<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v)
}

impl Request {
    /// The same request as it is written on a connection of HTTP/2: names in small letters, and nothing about the connection
    /// (RFC 9113 section 8.2).
    #[must_use]
    pub fn over(mut self, http2: bool) -> Self {
        if http2 {
            self.version = "HTTP/2.0";
            self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Connection"));
            for (name, _) in &mut self.headers {
                *name = name.to_ascii_lowercase().into();
            }
        }
        self
    }

    /// How many bytes its body has.
    pub fn size(&self) -> usize {
        self.body.len() + self.data.len()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl Response {
    /// How many bytes its body has.
    pub fn size(&self) -> usize {
        self.body.len() + self.data.len()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The length that it announces.
    pub fn length(&self) -> Option<usize> {
        self.header("Content-Length")?.parse().ok()
    }

    /// Whether its body comes in pieces, each with its length (RFC 9112 section 7.1).
    pub fn chunked(&self) -> bool {
        self.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    }
}

impl Flags {
    /// As `tcpdump` readers say it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Syn => "SYN",
            Self::SynAck => "SYN-ACK",
            Self::Ack => "ACK",
            Self::Rst => "RST",
            Self::Fin => "FIN",
        }
    }
}

impl Flight {
    /// The flight's name in RFC 8446, and in RFC 5246 for TLS 1.2.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::ClientHello { .. } => "ClientHello",
            Self::ServerHello { .. } | Self::OldServerHello { .. } | Self::Resumed { .. } => "ServerHello",
            Self::KeyExchange => "ClientKeyExchange",
            Self::ServerFinished { .. } => "Finished",
            Self::Alert(_) => "Alert",
        }
    }
}

impl Message {
    /// The kind, which gives a token its shape.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Query { .. } => Kind::Query,
            Self::Answer { .. } => Kind::Answer,
            Self::Segment { .. } => Kind::Segment,
            Self::Tls(_) => Kind::Tls,
            Self::Request(_) => Kind::Request,
            Self::Response(_) => Kind::Response,
            Self::Frame(_) | Self::Http2(_) => Kind::Frame,
            Self::Sql(_) => Kind::Sql,
            Self::Rows(_) => Kind::Rows,
            Self::Notice(_) => Kind::Notice,
        }
    }

    /// At most 24 characters, for a token on stage: `A?`, `52.23.45.67`, `SYN`, `GET /users`, `200 OK`.
    pub fn short(&self) -> String {
        let full = match self {
            Self::Query { kind, .. } => [&kind.word(), "?"].concat(),
            Self::Answer { rcode, authoritative, records, authority, .. } => match records.last() {
                Some(record) => record.data.to_string(),
                None if *rcode == Rcode::NoError && !authoritative && !authority.is_empty() => {
                    ["ask ", &authority[0].data.to_string()].concat()
                }
                None if *rcode == Rcode::NoError => "no data".to_owned(),
                None => rcode.word().to_owned(),
            },
            Self::Segment { flags, .. } => flags.word().to_owned(),
            Self::Tls(flight) => flight.word().to_owned(),
            Self::Request(request) => [&request.method, " ", &request.target].concat(),
            Self::Response(response) => [&response.status.to_string(), " ", &response.reason].concat(),
            Self::Frame(frame) => match frame.says() {
                says if frame.opcode == Opcode::Text => says,
                says => {
                    [frame.opcode.word().rsplit(' ').next().unwrap_or(""), " ", &says].concat().trim_end().to_owned()
                }
            },
            Self::Http2(flight) => flight.short(),
            Self::Sql(sql) => sql.short(),
            Self::Rows(rows) => rows.short(),
            Self::Notice(notice) => notice.text.clone(),
        };
        shorten(full)
    }
}

/// The text cut to 24 characters, the last one an ellipsis where something was cut.
fn shorten(text: String) -> String {
    if text.chars().count() <= 24 {
        return text;
    }
    text.chars().take(23).chain(['…']).collect()
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query { name, kind } => write!(f, "{name} IN {kind} ?"),
            Self::Answer { name, rcode, authoritative, records, authority } => {
                write!(f, "{}{}", rcode.word(), if *authoritative { " aa" } else { "" })?;
                if records.is_empty() && *rcode == Rcode::NoError && !authoritative && !authority.is_empty() {
                    write!(f, ", {name}: ask")?;
                    return authority.iter().try_for_each(|record| write!(f, " {record}"));
                }
                if records.is_empty() {
                    write!(f, ", {name}: nothing")?;
                }
                for (i, record) in records.iter().enumerate() {
                    write!(f, "{}{record}", if i == 0 { ", " } else { "; " })?;
                }
                Ok(())
            }
            Self::Segment { flags, from, to } => write!(f, "{} {from} → {to}", flags.word()),
            Self::Tls(flight) => write!(f, "{flight}"),
            Self::Request(request) => write!(f, "{request}"),
            Self::Response(response) => write!(f, "{response}"),
            Self::Frame(frame) => write!(f, "{frame}"),
            Self::Http2(flight) => write!(f, "{flight}"),
            Self::Sql(sql) => write!(f, "{sql}"),
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Notice(notice) => write!(f, "push message {}", notice.payload),
        }
    }
}

impl fmt::Display for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientHello { sni, alpn } => {
                match sni {
                    Some(name) => write!(f, "ClientHello, TLS 1.3, server_name {name}")?,
                    None => f.write_str("ClientHello, TLS 1.3, no server_name")?,
                }
                match alpn {
                    ["h2"] => f.write_str(", ALPN h2"),
                    _ => Ok(()),
                }
            }
            Self::ServerHello { names, .. } => {
                f.write_str("ServerHello, {EncryptedExtensions, Certificate for")?;
                for name in names {
                    write!(f, " {name}")?;
                }
                f.write_str(", CertificateVerify, Finished}")
            }
            Self::Resumed { old: false } => {
                f.write_str("ServerHello with pre_shared_key, {EncryptedExtensions, Finished}")
            }
            Self::Resumed { old: true } => f.write_str("ServerHello, TLS 1.2, ChangeCipherSpec, {Finished}"),
            Self::OldServerHello { names } => {
                f.write_str("ServerHello, TLS 1.2, Certificate for")?;
                for name in names {
                    write!(f, " {name}")?;
                }
                f.write_str(", ServerKeyExchange, ServerHelloDone")
            }
            Self::KeyExchange => f.write_str("ClientKeyExchange, ChangeCipherSpec, {Finished}"),
            Self::ServerFinished { ticket: true } => f.write_str("NewSessionTicket, ChangeCipherSpec, {Finished}"),
            Self::ServerFinished { ticket: false } => f.write_str("ChangeCipherSpec, {Finished}"),
            Self::Alert(what) => write!(f, "Alert, {what}"),
        }
    }
}

impl fmt::Display for Request {
    /// The request line, then one header a line, as `curl -v` shows it; an empty line and the body, where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.target, self.version)?;
        headers_and_body(f, &self.headers, &self.body)
    }
}

/// One header a line, an empty line and the body.
fn headers_and_body(f: &mut fmt::Formatter<'_>, headers: &[Header], body: &str) -> fmt::Result {
    for (name, value) in headers {
        write!(f, "\n{name}: {value}")?;
    }
    if !body.is_empty() {
        write!(f, "\n\n{body}")?;
    }
    Ok(())
}

impl fmt::Display for Response {
    /// The status line, then one header a line, an empty line and the body, as far as it came.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.status)?;
        if !self.reason.is_empty() {
            write!(f, " {}", self.reason)?;
        }
        headers_and_body(f, &self.headers, &self.body)?;
        if self.cut { f.write_str("\n[the connection ends here, before the body does]") } else { Ok(()) }
    }
}
