//! Messages as they lie on the wire (protobuf.dev, "Encoding"; gRPC, `PROTOCOL-HTTP2.md`, "Length-Prefixed-Message").

use super::{Field, Message, Proto};
use crate::literal::{Data, Value};

/// How deeply messages may lie in each other.
const DEEPEST: u32 = 32;

/// A value as a message of this description. A field that has its usual value, 0 or nothing, is left out (proto 3).
pub fn encode(proto: &Proto, message: &Message, value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(proto, message, value, &mut out, 0);
    out
}

fn write(proto: &Proto, message: &Message, value: &Value, out: &mut Vec<u8>, depth: u32) {
    for field in message.fields.iter().filter(|_| depth < DEEPEST) {
        match value.get(&field.name) {
            Some(list) if field.repeated => {
                list.items().iter().for_each(|one| put(proto, field, one, out, depth, true));
            }
            Some(one) => put(proto, field, one, out, depth, false),
            None => {}
        }
    }
}

/// One field: its number and how it is written, then its value.
fn put(proto: &Proto, field: &Field, value: &Value, out: &mut Vec<u8>, depth: u32, always: bool) {
    let text = value.text().unwrap_or("");
    if let Some(number) = whole(&field.kind, text) {
        if number != 0 || always {
            varint(out, u64::from(field.number) << 3);
            varint(out, number);
        }
        return;
    }
    let bytes = match (field.kind.as_str(), proto.message(&field.kind)) {
        ("string", _) => text.as_bytes().to_vec(),
        (_, Some(inner)) => {
            let mut bytes = Vec::new();
            write(proto, inner, value, &mut bytes, depth + 1);
            bytes
        }
        _ => return,
    };
    let message = matches!(value.data, Data::Object(_));
    if !bytes.is_empty() || always || message {
        varint(out, u64::from(field.number) << 3 | 2);
        varint(out, bytes.len() as u64);
        out.extend_from_slice(&bytes);
    }
}

/// A number as it is written, for the types that are written as numbers.
fn whole(kind: &str, text: &str) -> Option<u64> {
    let number = text.parse::<i64>().unwrap_or(0);
    Some(match kind {
        "bool" => u64::from(text == "true"),
        "int32" => i64::from(number as i32) as u64,
        "int64" | "uint64" => number as u64,
        "uint32" => u64::from(number as u32),
        // Small ones stay small on both sides of zero.
        "sint32" | "sint64" => (number << 1 ^ number >> 63) as u64,
        _ => return None,
    })
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A message of this description as a value: every field of it, with 0 or nothing where it does not stand. `None` where
/// the bytes are no such message.
pub fn decode(proto: &Proto, message: &Message, bytes: &[u8]) -> Option<Value> {
    read(proto, message, bytes, 0)
}

fn read(proto: &Proto, message: &Message, mut bytes: &[u8], depth: u32) -> Option<Value> {
    if depth == DEEPEST {
        return None;
    }
    let mut found: Vec<(String, Value)> =
        message.fields.iter().map(|field| (field.name.clone(), usual(field))).collect();
    while !bytes.is_empty() {
        let key = take_varint(&mut bytes)?;
        let at = message.fields.iter().position(|field| u64::from(field.number) == key >> 3);
        let value = match key & 7 {
            0 => {
                let number = take_varint(&mut bytes)?;
                at.map(|at| written(&message.fields[at].kind, number))
            }
            2 => {
                let length = usize::try_from(take_varint(&mut bytes)?).ok()?;
                let inside = bytes.get(..length)?;
                bytes = &bytes[length..];
                match at.map(|at| message.fields[at].kind.as_str()) {
                    Some("string") => Some(text(String::from_utf8(inside.to_vec()).ok()?)),
                    Some(kind) => match proto.message(kind) {
                        Some(inner) => Some(read(proto, inner, inside, depth + 1)?),
                        None => return None,
                    },
                    None => None,
                }
            }
            1 => {
                bytes = bytes.get(8..)?;
                None
            }
            5 => {
                bytes = bytes.get(4..)?;
                None
            }
            _ => return None,
        };
        if let Some((at, value)) = at.zip(value) {
            match &mut found[at].1.data {
                Data::List(items) if message.fields[at].repeated => items.push(value),
                _ => found[at].1 = value,
            }
        }
    }
    Some(Value { line: 0, data: Data::Object(found) })
}

fn usual(field: &Field) -> Value {
    let data = match field.kind.as_str() {
        _ if field.repeated => Data::List(Vec::new()),
        "string" => Data::Text(String::new()),
        "bool" => Data::Bare("false".to_owned()),
        kind if whole(kind, "").is_some() => Data::Bare("0".to_owned()),
        _ => Data::Bare("null".to_owned()),
    };
    Value { line: 0, data }
}

fn written(kind: &str, number: u64) -> Value {
    let text = match kind {
        "bool" => if number == 0 { "false" } else { "true" }.to_owned(),
        "int32" => (number as i32).to_string(),
        "int64" => (number as i64).to_string(),
        "sint32" | "sint64" => ((number >> 1) as i64 ^ -((number & 1) as i64)).to_string(),
        "uint32" => (number as u32).to_string(),
        _ => number.to_string(),
    };
    Value { line: 0, data: Data::Bare(text) }
}

fn text(text: String) -> Value {
    Value { line: 0, data: Data::Text(text) }
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for at in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << (7 * at);
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A message with gRPC's prefix: a byte of flags (0: not compressed; 0x80: trailers, in gRPC-Web), four of length.
pub fn framed(flags: u8, message: &[u8]) -> Vec<u8> {
    [&[flags], &(message.len() as u32).to_be_bytes()[..], message].concat()
}

/// The pieces of a body that is made of such: flags and content of each. `None` where it is not.
pub fn unframed(mut bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut found = Vec::new();
    while let [flags, a, b, c, d, rest @ ..] = bytes {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        found.push((*flags, rest.get(..length)?));
        bytes = &rest[length..];
    }
    bytes.is_empty().then_some(found)
}
