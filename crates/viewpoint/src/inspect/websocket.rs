//! A WebSocket frame, bit by bit (RFC 6455 section 5.2), as Wireshark lays it out.

use super::{Around, Field, Wire, hex, sealed};
use engine::message::header;
use engine::place::Place::Proxy;
use engine::proxy::settings::Key;
use engine::trace::Act;
use engine::websocket::{Frame, Opcode};

/// Tool, text and fields.
pub(super) fn frame(around: &Around<'_>, frame: &Frame) -> (&'static str, String, Vec<Field>) {
    let wire = if frame.secure { Wire::Sealed } else { Wire::Open };
    let opcode = frame.opcode as u8;
    let bits: String = (0..4).rev().map(|bit| if opcode >> bit & 1 == 1 { '1' } else { '0' }).collect();
    let length = frame.payload.len();
    let short = length.min(126 + usize::from(length > 0xffff));
    let mut text = ["WebSocket\n    1... .... = Fin: True\n    .000 .... = Reserved: 0x0\n"].concat();
    text += &["    .... ", &bits, " = Opcode: ", frame.opcode.word(), " (", &opcode.to_string(), ")\n"].concat();
    let (mask, masked) = if frame.mask.is_some() { ("1", "True") } else { ("0", "False") };
    text += &["    ", mask, "... .... = Mask: ", masked, "\n"].concat();
    let bits: String = (0..7).rev().map(|bit| if short >> bit & 1 == 1 { '1' } else { '0' }).collect();
    text += &["    .", &bits[..3], " ", &bits[3..], " = Payload length: ", &length.to_string(), "\n"].concat();
    let mut fields = vec![
        sealed("Fin", "1", "The message ends with this frame; a long one may come in several.", wire),
        sealed("Opcode", &[&opcode.to_string(), " ", frame.opcode.word()].concat(), opcode_means(frame.opcode), wire),
        sealed("Mask", mask, "Whether the payload is masked: always from a client, never from a server.", wire),
        sealed(
            "Payload length",
            &[&length.to_string(), " bytes"].concat(),
            "Up to 125 it fits into these seven bits.",
            wire,
        ),
    ];
    if let Some(key) = frame.mask {
        let key = hex(&key);
        text += &["    Masking-Key: ", &key, "\n    Masked payload: ", &hex(&frame.masked()), "\n"].concat();
        let means = "Chosen anew for each frame, and sent along: it hides nothing. It keeps a page from choosing the bytes on the wire, which a proxy between could take for a request.";
        fields.push(sealed("Masking-Key", &key, means, wire));
        if length > 0 {
            let means = "The payload as it lies on the wire: byte by byte combined with the key.";
            fields.push(sealed("Masked payload", &hex(&frame.masked()), means, wire));
        }
    }
    if length > 0 {
        text += &["    Payload\n        ", &said(frame), "\n"].concat();
        fields.push(sealed("Payload", &frame.says(), payload_means(frame.opcode), wire));
    }
    let size = [&frame.size().to_string(), " bytes"].concat();
    let means = "Of the whole frame. An HTTP request for the same would carry its headers again each time.";
    fields.push(Field { basis: upgraded(around), ..sealed("Frame", &size, means, wire) });
    ("Wireshark", text, fields)
}

/// The line of nginx's file that made the connection one of frames.
fn upgraded(around: &Around<'_>) -> Option<engine::trace::Basis> {
    let switched = around.trace.steps[..around.index].iter().rev().any(|step| {
        matches!(&step.act, Act::Travel { from: Proxy, message: engine::message::Message::Request(request), .. }
            if header(&request.headers, "Upgrade").is_some())
    });
    super::http::setting(around, Key::SetHeader, "Upgrade").filter(|_| switched)
}

fn said(frame: &Frame) -> String {
    match frame.opcode {
        Opcode::Close => {
            let (code, reason) = frame.closing();
            let name = match code {
                1000 => "Normal Closure",
                1001 => "Going Away",
                1002 => "Protocol error",
                1011 => "Internal Error",
                _ => "Unknown",
            };
            let reason = if reason.is_empty() { String::new() } else { ["\n            Reason: ", &reason].concat() };
            ["Close\n            Status code: ", name, " (", &code.to_string(), ")", &reason].concat()
        }
        _ => ["Text: ", &frame.says()].concat(),
    }
}

const fn opcode_means(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Text => "A message of text, in UTF-8.",
        Opcode::Close => "The sender wants to end it; the other side answers with the same.",
        Opcode::Ping => "Are you still there? It also keeps the connection from being silent.",
        Opcode::Pong => "The answer to a ping; browsers give it by themselves.",
    }
}

const fn payload_means(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Close => "Why: 1000 is as intended.",
        _ => "What was said. What it means, the two programs agree on among themselves.",
    }
}
