//! WebSocket (RFC 6455): the answer to the handshake, and frames as they lie on the wire.
//!
//! It knows no connection and no time. It does not know fragments, extensions (`permessage-deflate` is offered by
//! browsers and taken up by nobody here) and subprotocols.

use crate::digest::{base64, sha1};
use core::fmt;

/// A frame (RFC 6455 section 5.2). Every one here is whole: FIN is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub opcode: Opcode,
    /// The masking key, which every frame of a client has and no frame of a server (section 5.1).
    pub mask: Option<[u8; 4]>,
    /// The payload as it is meant, unmasked.
    pub payload: Vec<u8>,
    /// Whether it travels inside TLS.
    pub secure: bool,
}

/// What a frame is (RFC 6455 section 11.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A message of text, in UTF-8.
    Text = 1,
    /// The end: a code, and why.
    Close = 8,
    /// Are you there?
    Ping = 9,
    /// I am.
    Pong = 10,
}

impl Opcode {
    /// As Wireshark names it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Close => "Connection Close",
            Self::Ping => "Ping",
            Self::Pong => "Pong",
        }
    }
}

impl Frame {
    /// A message of text.
    pub fn text(text: &str) -> Self {
        Self { opcode: Opcode::Text, mask: None, payload: text.as_bytes().to_vec(), secure: false }
    }

    /// A frame of another kind, with this payload.
    pub const fn control(opcode: Opcode, payload: Vec<u8>) -> Self {
        Self { opcode, mask: None, payload, secure: false }
    }

    /// The end of the conversation (section 5.5.1): a code in two bytes, and why. Without a code it is empty.
    pub fn close(code: Option<u16>, reason: &str) -> Self {
        let mut payload = code.map_or_else(Vec::new, |code| code.to_be_bytes().to_vec());
        if code.is_some() {
            payload.extend_from_slice(reason.as_bytes());
        }
        Self::control(Opcode::Close, payload)
    }

    /// Code and reason of a close frame; 1005 where it has none (section 7.1.5).
    pub fn closing(&self) -> (u16, String) {
        match self.payload.as_slice() {
            [high, low, reason @ ..] => {
                (u16::from_be_bytes([*high, *low]), String::from_utf8_lossy(reason).into_owned())
            }
            _ => (1005, String::new()),
        }
    }

    /// The payload as it lies on the wire: each byte of it combined with a byte of the key (section 5.3).
    pub fn masked(&self) -> Vec<u8> {
        match self.mask {
            Some(key) => self.payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect(),
            None => self.payload.clone(),
        }
    }

    /// The frame as it lies on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mask = if self.mask.is_some() { 0x80 } else { 0 };
        let mut bytes = vec![0x80 | self.opcode as u8];
        match self.payload.len() {
            length @ 0..=125 => bytes.push(mask | length as u8),
            length @ 126..=0xffff => {
                bytes.push(mask | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                bytes.push(mask | 127);
                bytes.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(self.mask.as_ref().map_or(&[], |key| key));
        bytes.extend_from_slice(&self.masked());
        bytes
    }

    /// How many bytes it has on the wire.
    pub fn size(&self) -> usize {
        let length = match self.payload.len() {
            0..=125 => 2,
            126..=0xffff => 4,
            _ => 10,
        };
        length + self.mask.map_or(0, |key| key.len()) + self.payload.len()
    }

    /// What it says, in a line: the text, or code and reason.
    pub fn says(&self) -> String {
        match self.opcode {
            Opcode::Close if self.payload.is_empty() => String::new(),
            Opcode::Close => {
                let (code, reason) = self.closing();
                [&code.to_string(), " ", &reason].concat().trim_end().to_owned()
            }
            _ => String::from_utf8_lossy(&self.payload).into_owned(),
        }
    }
}

impl fmt::Display for Frame {
    /// As Wireshark's list of packets shows it, with what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = if self.mask.is_some() { " [MASKED]" } else { "" };
        write!(f, "WebSocket {} [FIN]{masked}", self.opcode.word())?;
        match self.says() {
            says if says.is_empty() => Ok(()),
            says => write!(f, " {says}"),
        }
    }
}

/// The value of `Sec-WebSocket-Accept` for a key: the key and a fixed text, hashed (section 4.2.2, step 5.4).
pub fn accept(key: &str) -> String {
    base64(&sha1(&[key.trim(), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"].concat().into_bytes()))
}

/// Bytes that nobody can foresee, in life: here they follow from the seed and from how many were drawn before
/// (SplitMix64, Steele, Lea and Flood 2014).
pub fn random<const N: usize>(seed: u64, drawn: u64) -> [u8; N] {
    let mut bytes = [0; N];
    let mut state = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ drawn.wrapping_mul(0xd1b5_4a32_d192_ed03);
    for part in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        part.copy_from_slice(&(mixed ^ mixed >> 31).to_be_bytes()[..part.len()]);
    }
    bytes
}
