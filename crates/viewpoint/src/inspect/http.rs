//! The head and body of an HTTP message (RFC 9110), as `curl -v` prints them, each header with the line that set it.

use super::{Around, Field, Wire, hex, sealed};
use engine::head;
use engine::message::{Request, Response};
use engine::place::Place::{App, Frontend, Proxy};
use engine::protobuf;
use engine::proxy::Block;
use engine::proxy::settings::Key;
use engine::tls::Date;
use engine::trace::Basis;

/// Tool, text and fields of a request.
pub(super) fn request(around: &Around<'_>, request: &Request) -> (&'static str, String, Vec<Field>) {
    let wire = if request.secure { Wire::Sealed } else { Wire::Open };
    let mut text = ["> ", &request.method, " ", &request.target, " ", request.version, "\n"].concat();
    let mut fields = vec![
        sealed("method", &request.method, method(&request.method), wire),
        sealed("target", &request.target, "Which resource of this server: path and query.", wire),
        sealed("version", request.version, version(request.version), wire),
    ];
    if around.from == Proxy {
        let passed = around.decided(&["upstream-chosen"]).map(|(_, basis)| basis.clone());
        fields[1].basis = passed;
    }
    for (name, value) in &request.headers {
        text.push_str(&["> ", name, ": ", value, "\n"].concat());
        let basis = (around.from == Proxy).then(|| setting(around, Key::SetHeader, name)).flatten();
        fields.push(Field { basis, ..sealed(name, value, meaning(name), wire) });
    }
    text.push_str("> \n");
    if !request.data.is_empty() {
        text.push_str(&["} [", &request.data.len().to_string(), " bytes data]\n"].concat());
        fields.extend(pieces(&request.data, wire));
    }
    ("curl -v", text, fields)
}

/// Tool, text and fields of a response.
pub(super) fn response(around: &Around<'_>, response: &Response) -> (&'static str, String, Vec<Field>) {
    let wire = if response.secure { Wire::Sealed } else { Wire::Open };
    let status = [&response.status.to_string(), " ", &response.reason].concat();
    let mut text = ["< ", response.version, " ", &status, "\n"].concat();
    let made = maker(around);
    let mut fields = vec![
        sealed("version", response.version, version(response.version), wire),
        Field { basis: made.clone(), ..sealed("status", &status, class(response.status), wire) },
    ];
    let seconds = (around.step.start.0 / 1_000_000) as i64;
    let date = around.world.network().date.map(|(date, _)| Date(date.0 + seconds));
    let by_proxy = !matches!(around.from, App | Frontend);
    for (name, value) in head::headers(response, date, around.to != Proxy) {
        text.push_str(&["< ", &name, ": ", &value, "\n"].concat());
        let basis = by_proxy.then(|| match &*name {
            "Server" => setting(around, Key::ServerTokens, ""),
            "Location" => made.clone(),
            _ => setting(around, Key::AddHeader, &name),
        });
        fields.push(Field { basis: basis.flatten(), ..sealed(&name, &value, meaning(&name), wire) });
    }
    text.push_str("< \n");
    if !response.body.is_empty() {
        text.push_str(&response.body.replace('\r', ""));
        let size = [&response.body.len().to_string(), " bytes"].concat();
        fields.push(Field {
            basis: made.clone(),
            ..sealed("body", &size, "What was asked for, or what is wrong.", wire)
        });
    }
    if response.cut {
        let size = response.length().map_or_else(String::new, |all| [" of ", &all.to_string()].concat());
        let value = ["the connection ends after ", &response.body.len().to_string(), &size, " bytes"].concat();
        let means = "The body is not all there, and whoever reads it notices that.";
        fields.push(Field { basis: made, ..sealed("end", &value, means, wire) });
    }
    if !response.data.is_empty() {
        text.push_str(&["{ [", &response.data.len().to_string(), " bytes data]\n"].concat());
        fields.extend(pieces(&response.data, wire));
    }
    for (name, value) in &response.trailers {
        text.push_str(&["< ", name, ": ", value, "\n"].concat());
        let means = "It stands behind the body: a trailer. No script in a page gets it.";
        fields.push(sealed(&["trailer ", name].concat(), value, means, wire));
    }
    ("curl -v", text, fields)
}

/// A body that is no text: gRPC's pieces, each with its five bytes.
fn pieces(data: &[u8], wire: Wire) -> Vec<Field> {
    let piece = |(flags, inside): (u8, &[u8])| {
        let prefix = hex(&protobuf::framed(flags, inside)[..5]);
        match core::str::from_utf8(inside) {
            Ok(text) if flags & 0x80 != 0 => {
                let means = "gRPC-Web: the first bit is set, so these are the trailers, as a part of the body that a script can read.";
                sealed(&["piece ", &prefix].concat(), text.trim_end(), means, wire)
            }
            _ => sealed(&["piece ", &prefix].concat(), &hex(inside), "A message in protobuf, behind its length.", wire),
        }
    };
    protobuf::unframed(data).unwrap_or_default().into_iter().map(piece).collect()
}

/// What made an answer: the application's line, or nginx's.
fn maker(around: &Around<'_>) -> Option<Basis> {
    const ANSWERS: [&str; 6] =
        ["app-answers", "app-dies", "proxy-returns", "bad-gateway", "gateway-timeout", "no-tls-here"];
    around.decided(&ANSWERS).map(|(_, basis)| basis.clone())
}

/// The line of a directive that is in force where the request was handled; for headers the one with this name.
pub(super) fn setting(around: &Around<'_>, key: Key, name: &str) -> Option<Basis> {
    let found = block(around)?
        .settings
        .all(key)
        .iter()
        .find(|setting| key == Key::ServerTokens || setting.arg(0).eq_ignore_ascii_case(name))?;
    // What nginx loaded may no longer be what the document says.
    Some(around.state.nginx_basis(around.world, &found.source))
}

/// The location that nginx chose for the request.
fn block<'a>(around: &'a Around<'_>) -> Option<&'a Block> {
    let (_, Basis::Line { document, line }) = around.decided(&["location-chosen"])? else { return None };
    let here = |block: &&Block| block.source.line == *line && block.source.document == *document;
    around.state.nginx.config.blocks.iter().find(here)
}

fn method(method: &str) -> &'static str {
    match method {
        "GET" => "Give me this; nothing shall change by it.",
        "HEAD" => "Give me only the head of it.",
        "POST" => "Take this and do something with it; twice is not the same as once.",
        "PUT" => "Put this there; twice is the same as once.",
        "DELETE" => "Take it away; twice is the same as once.",
        "OPTIONS" => "What is allowed here?",
        _ => "A method of its own.",
    }
}

fn version(version: &str) -> &'static str {
    match version {
        "HTTP/1.0" => "The old version: the connection ends with the answer.",
        "HTTP/2.0" => "Frames: many exchanges share the connection, and a head is written in few bytes.",
        _ => "The connection stays open for the next request, unless somebody says otherwise.",
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "Not finished: something else follows.",
        2 => "It worked.",
        3 => "It is elsewhere: the client may ask there itself.",
        4 => "The request is wrong, says the server.",
        _ => "The server, or one behind it, failed.",
    }
}

/// What a header is for (RFC 9110, RFC 9111, Fetch standard, nginx.org).
pub(super) fn meaning(name: &str) -> &'static str {
    const KNOWN: [(&str, &str); 28] = [
        ("Host", "The name in the URL: the server chooses its block by it."),
        ("Connection", "Whether this hop's connection stays open; it is never passed on."),
        ("User-Agent", "What the client says it is."),
        ("Accept", "Which kinds of answer the client understands."),
        ("X-Real-IP", "The client's address, which the application could not know otherwise."),
        ("X-Forwarded-For", "The addresses that the request has come through, the client's first."),
        ("X-Forwarded-Proto", "Which scheme the client used."),
        ("Upgrade", "Another protocol that the client would like to go on with."),
        ("Sec-WebSocket-Version", "Which version of the protocol; 13 is that of RFC 6455."),
        (
            "Sec-WebSocket-Key",
            "Sixteen random bytes. Whoever answers must hash them, and so shows that it knows WebSocket.",
        ),
        ("Sec-WebSocket-Accept", "The key and a fixed text, hashed with SHA-1: the server understood."),
        ("Sec-WebSocket-Extensions", "What the client could do beside: compress. Nobody here takes it up."),
        ("Origin", "The origin of the page whose script asks."),
        ("Cookie", "What the server has asked the browser to keep."),
        ("Set-Cookie", "What the browser shall keep and send again."),
        ("Authorization", "Who asks, with the proof."),
        ("Server", "Which program answers; `server_tokens off` hides its version."),
        ("Date", "When the answer was made."),
        ("Content-Type", "What kind of thing the body is."),
        ("Content-Length", "How many bytes the body has."),
        ("Transfer-Encoding", "The body comes in pieces, each with its length."),
        ("Location", "Where to go instead."),
        ("Cache-Control", "Who may keep the answer, and for how long."),
        ("Strict-Transport-Security", "From now on the browser opens this host over HTTPS only."),
        ("Access-Control-Allow-Origin", "Pages of which origin may read the answer."),
        ("Access-Control-Allow-Credentials", "Whether they may when cookies were sent."),
        ("Vary", "Which headers of the request the answer depends on."),
        ("X-Powered-By", "Which framework the application uses; it tells an attacker more than a user."),
    ];
    KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("A header.", |(_, means)| means)
}
