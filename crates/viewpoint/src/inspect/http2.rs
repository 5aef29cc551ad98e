//! Frames of HTTP/2 (RFC 9113 section 6), as Wireshark lays them out, and inside them gRPC's messages.

use super::{Around, Field, Wire, hex, sealed};
use engine::http2::{Flight, Frame, peers};
use engine::message::header;
use engine::place::Place::{App, Frontend, Proxy};
use engine::protobuf;
use engine::trace::Basis;
use engine::world::Kind;

/// Tool, text and fields.
pub(super) fn flight(around: &Around<'_>, flight: &Flight) -> (&'static str, String, Vec<Field>) {
    let wire = if flight.secure { Wire::Sealed } else { Wire::Open };
    let mut text = String::new();
    let mut fields = Vec::new();
    for frame in &flight.frames {
        let number = frame.stream().to_string();
        text += &match frame {
            Frame::Magic => "HyperText Transfer Protocol 2\n    Stream: Magic\n".to_owned(),
            frame => {
                let length = frame.payload().len().to_string();
                let stream = [frame.word(), ", Stream ID: ", &number, ", Length ", &length].concat();
                ["HyperText Transfer Protocol 2\n    Stream: ", &stream, "\n"].concat()
            }
        };
        let kind = frame.kind().map_or(String::new(), |kind| [" (", &kind.to_string(), ")"].concat());
        let size = [&frame.bytes().len().to_string(), " bytes"].concat();
        let name = [frame.word(), &kind].concat();
        fields.push(sealed(&name, &size, means(frame), wire));
        inside(around, frame, wire, &mut text, &mut fields);
    }
    let size = [&flight.bytes().len().to_string(), " bytes"].concat();
    fields.push(sealed("in all", &size, "These frames leave together.", wire));
    ("Wireshark", text, fields)
}

/// What is in a frame.
fn inside(around: &Around<'_>, frame: &Frame, wire: Wire, text: &mut String, fields: &mut Vec<Field>) {
    let mut line = |pieces: &[&str]| *text += &["        ", &pieces.concat(), "\n"].concat();
    match frame {
        Frame::Magic => line(&["Magic: PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n"]),
        Frame::Settings(values) => {
            for (id, value) in values {
                let (name, value) = (peers::setting(*id), value.to_string());
                line(&["Settings - ", name, " : ", &value]);
                fields.push(sealed(name, &value, setting(*id), wire));
            }
        }
        Frame::SettingsAck => line(&["Flags: 0x01, ACK"]),
        Frame::WindowUpdate { by, .. } => line(&["Window Size Increment: ", &by.to_string()]),
        Frame::Headers { end, fields: said, block, .. } => {
            line(&["Flags: ", if *end { "0x05, End Headers, End Stream" } else { "0x04, End Headers" }]);
            line(&["Header Block Fragment: ", &block.len().to_string(), " bytes"]);
            for (name, value) in said {
                line(&["Header: ", name, ": ", value]);
                let basis = because(around, name);
                fields.push(Field { basis, ..sealed(name, value, meaning(name), wire) });
            }
            let plain: usize = said.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
            let value = [&block.len().to_string(), " bytes in place of ", &plain.to_string()].concat();
            let means = "HPACK: well-known fields are numbers, letters have codes of five to thirty bits.";
            fields.push(sealed("header block", &value, means, wire));
        }
        Frame::Data { end, bytes, .. } => {
            line(&["Flags: ", if *end { "0x01, End Stream" } else { "0x00" }]);
            line(&["DATA payload (", &bytes.len().to_string(), " bytes)"]);
            messages(around, bytes, wire, text, fields);
        }
        Frame::Reset { code, .. } => line(&["Error: ", &code.to_string()]),
        Frame::GoAway { last, code } => {
            line(&["Promised-Stream-ID: ", &last.to_string()]);
            line(&["Error: ", error(*code), " (", &code.to_string(), ")"]);
            fields.push(sealed(
                "error code",
                &[&code.to_string(), " ", error(*code)].concat(),
                "Why no more is said.",
                wire,
            ));
        }
    }
}

/// gRPC's messages in a body: five bytes before each, then protobuf.
fn messages(around: &Around<'_>, bytes: &[u8], wire: Wire, text: &mut String, fields: &mut Vec<Field>) {
    for (flags, message) in protobuf::unframed(bytes).unwrap_or_default() {
        let length = message.len().to_string();
        *text += &["GRPC Message\n    Compressed Flag: ", if flags & 1 == 1 { "Compressed" } else { "Not Compressed" }]
            .concat();
        *text += &["\n    Message Length: ", &length, "\nProtocol Buffers: ", &hex(message), "\n"].concat();
        let prefix = hex(&protobuf::framed(flags, message)[..5]);
        let means = "gRPC's five bytes before each message: whether it is compressed, and its length.";
        fields.push(sealed("message prefix", &prefix, means, wire));
        let said = decoded(around, message);
        let said = said.map_or(String::new(), |said| [": ", &said].concat());
        let value = [hex(message), said].concat();
        let means =
            "protobuf: each field a number and a value. The names stand only in the description that both sides have.";
        fields.push(Field { basis: described(around), ..sealed("message", &value, means, wire) });
    }
}

/// The message as JSON, by the description that names the method; a question on the way in, an answer on the way out.
fn decoded(around: &Around<'_>, bytes: &[u8]) -> Option<String> {
    let path = path(around)?;
    let proto = description(around, &path)?.1;
    let (asks, answers) = proto.method(&path)?;
    let out = matches!(around.step.name, "grpc-answer" | "app-response");
    let message = proto.message(if out { answers } else { asks })?;
    let mut json = String::new();
    protobuf::decode(&proto, message, bytes)?.json(&mut json);
    Some(json)
}

/// The method of the call that a message belongs to.
fn path(around: &Around<'_>) -> Option<String> {
    let before = around.trace.steps[..=around.index].iter().rev();
    before.take_while(|step| step.action == around.step.action).find_map(|step| match &step.act {
        engine::trace::Act::Travel { message: engine::message::Message::Http2(flight), .. } => {
            flight.field(":path").map(str::to_owned)
        }
        _ => None,
    })
}

fn description(around: &Around<'_>, path: &str) -> Option<(String, protobuf::Proto)> {
    let documents = around.world.of(Kind::Data).filter(|document| document.name.ends_with(".proto"));
    let mut read = documents.map(|document| (document.name.clone(), protobuf::parse(&document.name, &document.text)));
    read.find(|(_, proto)| proto.method(path).is_some())
}

/// The line of the description that names the method.
fn described(around: &Around<'_>) -> Option<Basis> {
    let path = path(around)?;
    let (document, proto) = description(around, &path)?;
    let name = path.rsplit('/').next()?;
    let mut methods = proto.services.iter().flat_map(|service| &service.methods);
    let (.., line) = methods.find(|(known, ..)| known == name)?;
    Some(Basis::Line { document: document.into(), line: *line })
}

/// The line that set a field.
fn because(around: &Around<'_>, name: &str) -> Option<Basis> {
    let decided = |names: &[&str]| around.decided(names).map(|(_, basis)| basis.clone());
    match name {
        ":authority" | ":path" if around.from == Proxy => decided(&["upstream-chosen"]),
        "grpc-status" | "grpc-message" if matches!(around.from, Proxy | App | Frontend) => decided(&["app-answers"]),
        ":status" => decided(&["app-answers", "proxy-returns", "bad-gateway", "gateway-timeout"]),
        _ => None,
    }
}

fn means(frame: &Frame) -> &'static str {
    match frame {
        Frame::Magic => {
            "What a client of HTTP/2 says first. A server of HTTP/1.1 takes it for a request that it cannot answer."
        }
        Frame::Settings(_) => "What the sender can do, and how much it is willing to keep.",
        Frame::SettingsAck => "The other side's settings were read.",
        Frame::WindowUpdate { .. } => "How much more the other side may send before it must wait.",
        Frame::Headers { fields, .. } if header(fields, ":method").is_some() => {
            "The head of a request: first what in HTTP/1.1 is the request line and Host."
        }
        Frame::Headers { fields, .. } if header(fields, ":status").is_some() => "The head of an answer.",
        Frame::Headers { .. } => "Trailers: headers that follow the body. No script in a page ever sees them.",
        Frame::Data { .. } => "A part of the body.",
        Frame::Reset { .. } => "This exchange is over; others on the connection go on.",
        Frame::GoAway { .. } => "No more exchanges on this connection.",
    }
}

fn meaning(name: &str) -> &'static str {
    match name {
        ":method" => "A call is always a POST.",
        ":scheme" => "http or https, as the sender sees this hop.",
        ":path" => "Which service, and which of its methods.",
        ":authority" => "What in HTTP/1.1 is the header Host.",
        ":status" => "200 for every call that was answered at all; how it went is said elsewhere.",
        "te" => "The client understands trailers. A script in a page cannot send this.",
        "grpc-status" => "How the call went: 0 is OK, 5 that there is no such thing.",
        "grpc-message" => "The same in words, with percent escapes.",
        "grpc-accept-encoding" => "How messages to the sender may be compressed.",
        "accept-encoding" => "How the whole body may be compressed: not at all.",
        "x-grpc-web" => "The library of the page speaks gRPC-Web.",
        "grpc-encoding" => "How the messages are compressed.",
        "content-type" => "A call of gRPC; after the plus sign, how messages are written.",
        other => super::http::meaning(other),
    }
}

const fn setting(id: u16) -> &'static str {
    match id {
        1 => "How much it remembers of earlier headers, in bytes.",
        2 => "Whether the server may send what nobody asked for.",
        3 => "How many exchanges at once.",
        4 => "How many bytes of a body may be on their way on one stream.",
        5 => "How long a frame may be.",
        _ => "How long all headers together may be.",
    }
}

const fn error(code: u32) -> &'static str {
    match code {
        0 => "NO_ERROR",
        1 => "PROTOCOL_ERROR",
        2 => "INTERNAL_ERROR",
        _ => "another error",
    }
}
