//! HTTP/2 (RFC 9113): frames as they lie on the wire. What they mean is that of HTTP (RFC 9110).
//!
//! It knows no connection and no time, and no flow control: what is sent here is far smaller than any window. It does not
//! read frames; whoever sends them says what is in them. Reading order: this file, [`hpack`], [`peers`].

pub mod hpack;
mod huffman;
pub mod peers;

use crate::message::Header;
use core::fmt;

/// Frames that leave together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The frames, in order.
    pub frames: Vec<Frame>,
    /// Whether they travel inside TLS.
    pub secure: bool,
}

/// A frame (RFC 9113 section 6), or the words that come before the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The client's connection preface (section 3.4).
    Magic,
    /// What the sender asks of the other side: identifier and value of each setting (section 6.5).
    Settings(Vec<(u16, u32)>),
    /// The other side's settings were read.
    SettingsAck,
    /// The other side may send so much more (section 6.9).
    WindowUpdate {
        /// On which stream; 0 is the connection.
        stream: u32,
        /// How many bytes.
        by: u32,
    },
    /// The head of a message, or its trailers (section 6.2).
    Headers {
        /// The stream: an exchange.
        stream: u32,
        /// Whether nothing follows.
        end: bool,
        /// What it says: pseudo-headers first.
        fields: Vec<Header>,
        /// The same as it lies on the wire ([`hpack`]).
        block: Vec<u8>,
    },
    /// A part of a body (section 6.1).
    Data {
        /// The stream.
        stream: u32,
        /// Whether nothing follows.
        end: bool,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// This stream is over (section 6.4).
    Reset {
        /// The stream.
        stream: u32,
        /// Why.
        code: u32,
    },
    /// No more streams on this connection (section 6.8).
    GoAway {
        /// The last stream that counts.
        last: u32,
        /// Why: 0 is as intended.
        code: u32,
    },
}

/// The words of [`Frame::Magic`].
pub const MAGIC: &str = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

impl Frame {
    /// As Wireshark names it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Magic => "Magic",
            Self::Settings(_) | Self::SettingsAck => "SETTINGS",
            Self::WindowUpdate { .. } => "WINDOW_UPDATE",
            Self::Headers { .. } => "HEADERS",
            Self::Data { .. } => "DATA",
            Self::Reset { .. } => "RST_STREAM",
            Self::GoAway { .. } => "GOAWAY",
        }
    }

    /// The stream that it belongs to; 0 is the connection as a whole.
    pub const fn stream(&self) -> u32 {
        match self {
            Self::WindowUpdate { stream, .. }
            | Self::Headers { stream, .. }
            | Self::Data { stream, .. }
            | Self::Reset { stream, .. } => *stream,
            Self::Magic | Self::Settings(_) | Self::SettingsAck | Self::GoAway { .. } => 0,
        }
    }

    /// Its type in the head (section 11.2 of RFC 9113's registry); none for the preface, which is no frame.
    pub const fn kind(&self) -> Option<u8> {
        Some(match self {
            Self::Magic => return None,
            Self::Data { .. } => 0,
            Self::Headers { .. } => 1,
            Self::Reset { .. } => 3,
            Self::Settings(_) | Self::SettingsAck => 4,
            Self::GoAway { .. } => 7,
            Self::WindowUpdate { .. } => 8,
        })
    }

    /// Its flags: ACK or END_STREAM (1), END_HEADERS (4).
    pub const fn flags(&self) -> u8 {
        match self {
            Self::SettingsAck => 1,
            Self::Headers { end, .. } => 4 | *end as u8,
            Self::Data { end, .. } => *end as u8,
            _ => 0,
        }
    }

    /// What follows its head of nine bytes.
    pub fn payload(&self) -> Vec<u8> {
        let two = |one: u32, other: u32| [one.to_be_bytes(), other.to_be_bytes()].concat();
        match self {
            Self::Magic | Self::SettingsAck => Vec::new(),
            Self::Settings(values) => {
                values.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect()
            }
            Self::WindowUpdate { by, .. } => by.to_be_bytes().to_vec(),
            Self::Headers { block, .. } => block.clone(),
            Self::Data { bytes, .. } => bytes.clone(),
            Self::Reset { code, .. } => code.to_be_bytes().to_vec(),
            Self::GoAway { last, code } => two(*last, *code),
        }
    }

    /// The frame as it lies on the wire: length, type, flags, stream (section 4.1), payload.
    pub fn bytes(&self) -> Vec<u8> {
        let Some(kind) = self.kind() else { return MAGIC.as_bytes().to_vec() };
        let payload = self.payload();
        let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
        bytes.extend_from_slice(&[kind, self.flags()]);
        bytes.extend_from_slice(&self.stream().to_be_bytes());
        bytes.extend_from_slice(&payload);
        bytes
    }
}

impl Flight {
    /// The flight as it lies on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        self.frames.iter().flat_map(Frame::bytes).collect()
    }

    /// The value of a field of its first head, pseudo-headers included.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.frames.iter().find_map(|frame| match frame {
            Frame::Headers { fields, .. } => crate::message::header(fields, name),
            _ => None,
        })
    }

    /// In a few words: what is asked or answered, or the first frame.
    pub fn short(&self) -> String {
        let value = |name: &str| self.field(name).unwrap_or("");
        match (self.field(":method"), self.field(":status"), self.field("grpc-status"), self.frames.last()) {
            (Some(method), ..) => [method, " ", value(":path")].concat(),
            (_, _, Some(status), _) => ["grpc-status: ", status].concat(),
            (_, Some(status), ..) => ["HEADERS ", status].concat(),
            (.., Some(frame)) => frame.word().to_owned(),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Flight {
    /// As Wireshark's list of packets shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HTTP2")?;
        for (i, frame) in self.frames.iter().enumerate() {
            write!(f, "{} {}", if i == 0 { "" } else { "," }, frame.word())?;
            match frame {
                Frame::Magic => {}
                frame => write!(f, "[{}]", frame.stream())?,
            }
            match frame {
                Frame::SettingsAck => f.write_str(" ACK")?,
                Frame::Headers { fields, .. } => {
                    let value = |name: &str| crate::message::header(fields, name);
                    match (value(":method"), value(":status"), value("grpc-status")) {
                        (Some(method), ..) => write!(f, ": {method} {}", value(":path").unwrap_or(""))?,
                        (_, Some(status), Some(grpc)) => write!(f, ": {status}, grpc-status {grpc}")?,
                        (_, Some(status), None) => write!(f, ": {status}")?,
                        (_, _, Some(grpc)) => write!(f, ": grpc-status {grpc}")?,
                        _ => {}
                    }
                }
                Frame::Data { bytes, .. } => write!(f, " {} bytes", bytes.len())?,
                _ => {}
            }
        }
        Ok(())
    }
}
