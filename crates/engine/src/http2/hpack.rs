//! HPACK (RFC 7541): headers as they lie on the wire. The standard leaves to the sender what it indexes; here are the ways
//! of nghttp2 1.61 (in Node.js 20), of nginx 1.22.1 and of Chromium 156, as recorded.

use super::huffman;
use crate::message::Header;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Node.js.
    Nghttp2,
    /// nginx, when it answers.
    NginxAnswers,
    /// nginx, when it asks a server behind it (`grpc_pass`).
    NginxAsks,
    /// Chromium.
    Chromium,
}

/// What a sender remembers of a connection: the fields it has written before.
#[derive(Clone, Debug)]
pub struct Encoder {
    way: Way,
    /// The latest first.
    dynamic: Vec<(String, String)>,
    /// How large the table may be; 0 where the other side wants none.
    most: usize,
    /// Whether the other side must still be told of that.
    announce: bool,
}

/// A table has 4,096 bytes unless the other side says otherwise (RFC 9113 section 6.5.2).
const USUAL: usize = 4_096;

impl Encoder {
    /// On a new connection.
    pub const fn new(way: Way) -> Self {
        Self { way, dynamic: Vec::new(), most: USUAL, announce: false }
    }

    /// On a new connection whose other side has asked for no table (`SETTINGS_HEADER_TABLE_SIZE` 0), as nginx does.
    pub const fn without_table(way: Way) -> Self {
        Self { way, dynamic: Vec::new(), most: 0, announce: true }
    }

    /// The fields as they lie on the wire.
    pub fn block(&mut self, fields: &[Header]) -> Vec<u8> {
        let mut out = Vec::new();
        if core::mem::take(&mut self.announce) {
            integer(&mut out, 0x20, 5, self.most);
        }
        for (name, value) in fields {
            self.field(&mut out, &name.to_ascii_lowercase(), value);
        }
        out
    }

    fn field(&mut self, out: &mut Vec<u8>, name: &str, value: &str) {
        let exact = STATIC.iter().position(|known| *known == (name, value)).map(|at| at + 1);
        let named = STATIC.iter().position(|(known, _)| *known == name).map(|at| at + 1);
        match self.way {
            Way::NginxAnswers => match (named, name) {
                (_, ":status") if exact.is_some() => integer(out, 0x80, 7, exact.unwrap_or(0)),
                // Digits go as they are.
                (Some(at), ":status" | "content-length") => {
                    integer(out, 0x40, 6, if name == ":status" { 8 } else { at });
                    raw(out, value);
                }
                (Some(at), "server" | "date" | "content-type" | "location" | "last-modified" | "vary") => {
                    integer(out, 0x40, 6, at);
                    text(out, value);
                }
                _ => literal(out, name, value),
            },
            Way::NginxAsks => match (exact, named) {
                (Some(at), _) if name.starts_with(':') => integer(out, 0x80, 7, at),
                (None, Some(at)) if name.starts_with(':') => {
                    integer(out, 0x40, 6, at);
                    text(out, value);
                }
                _ => literal(out, name, value),
            },
            Way::Nghttp2 | Way::Chromium => self.remembering(out, (name, value), exact, named),
        }
    }

    /// Writes a field as one seen before, by its number, or in full, and then remembers it.
    fn remembering(&mut self, out: &mut Vec<u8>, field: (&str, &str), exact: Option<usize>, named: Option<usize>) {
        let (name, value) = field;
        let known = self.dynamic.iter().position(|(n, v)| n == name && v == value);
        if let Some(at) = exact.or(known.map(|at| STATIC.len() + 1 + at)) {
            return integer(out, 0x80, 7, at);
        }
        let named =
            named.or_else(|| self.dynamic.iter().position(|(known, _)| known == name).map(|at| STATIC.len() + 1 + at));
        let weight = name.len() + value.len() + 32;
        let worth = match self.way {
            Way::Nghttp2 => !FLEETING.contains(&name) && weight <= self.most / 4 * 3,
            _ => !name.starts_with(':') || name == ":authority",
        };
        let (mark, bits) = if worth { (0x40, 6) } else { (0, 4) };
        integer(out, mark, bits, named.unwrap_or(0));
        if named.is_none() {
            text(out, name);
        }
        text(out, value);
        if worth {
            self.dynamic.insert(0, (name.to_owned(), value.to_owned()));
            let mut size = 0;
            let most = self.most;
            self.dynamic.retain(|(name, value)| {
                size += name.len() + value.len() + 32;
                size <= most
            });
        }
    }
}

/// What nghttp2 never remembers, since it is another one each time.
const FLEETING: [&str; 8] =
    [":path", "age", "content-length", "etag", "if-modified-since", "if-none-match", "location", "set-cookie"];

/// A field with a name of its own, which nobody needs to remember.
fn literal(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(0);
    text(out, name);
    text(out, value);
}

/// A number whose first bits share a byte with a mark (RFC 7541 section 5.1).
fn integer(out: &mut Vec<u8>, mark: u8, bits: u32, number: usize) {
    let most = (1_usize << bits) - 1;
    if number < most {
        return out.push(mark | number as u8);
    }
    out.push(mark | most as u8);
    let mut rest = number - most;
    while rest >= 128 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A text: encoded where that is shorter (section 5.2).
fn text(out: &mut Vec<u8>, text: &str) {
    let size = huffman::size(text.as_bytes());
    if size < text.len() {
        integer(out, 0x80, 7, size);
        return out.extend_from_slice(&huffman::encode(text.as_bytes()));
    }
    raw(out, text);
}

fn raw(out: &mut Vec<u8>, text: &str) {
    integer(out, 0, 7, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// The fields that everybody knows (RFC 7541 appendix A), numbered from 1.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
