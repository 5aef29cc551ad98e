//! `fetch` in Node.js on the laptop: no page, so no CORS and no console; the reason is in the error's `cause` (recorded with
//! Node.js 20.20.2, `tests/oracles/node-fetch.json`).
//!
//! It remembers as little as curl. The engine asks with the browser's headers; what a server makes of others is not played.

use crate::case::{Case, Seen};
use crate::curl::{chain, without_memory};
use crate::row::{Row, rows};
use engine::journey::Action;
use engine::message::Flight;
use engine::state::State;
use engine::tls::Date;
use engine::trace::Outcome;
use engine::url::{self, Url};

/// How it ends.
enum End {
    /// With a status and a text.
    Text(u16, String),
    /// `fetch` throws: the code of the cause, and its words.
    Cause(String, String),
    /// The text cannot be read to its end.
    Terminated,
    /// The engine does not know.
    Unknown(String),
}

/// What is typed, and what is printed.
pub fn fetch(case: &Case<'_>) -> (String, Seen) {
    const PRINT: &str = "\").then(async (r) => console.log(r.status, await r.text()))\
                         .catch((e) => console.log(e.message, e.cause?.code, e.cause?.message))'";
    let typed = ["node -e 'fetch(\"", &case.url, PRINT].concat();
    let seen = match end(case) {
        End::Unknown(words) => Seen::Nothing(words.trim().to_owned()),
        End::Text(status, text) => Seen::Text([&status.to_string(), " ", &text, "\n"].concat()),
        End::Cause(code, words) => Seen::Text(["fetch failed ", &code, " ", &words, "\n"].concat()),
        End::Terminated => Seen::Text("terminated UND_ERR_SOCKET other side closed\n".to_owned()),
    };
    (typed, seen)
}

fn cause(code: &str, pieces: &[&str]) -> End {
    End::Cause(code.to_owned(), pieces.concat())
}

fn end(case: &Case<'_>) -> End {
    let Some(url) = Url::parse(&case.url) else {
        return End::Unknown("Node.js cannot fetch this: it is no http or https URL.".to_owned());
    };
    if url::bad_port(url.port) {
        return cause("undefined", &["bad port"]);
    }
    let fresh = without_memory(case.before, &url);
    let trace = case.instead(&fresh, Action::Open(case.url.clone()));
    let rows = rows(&trace, 0, &case.url);
    rows.last().map_or_else(|| End::Unknown("No answer came.".to_owned()), |row| last(case, &fresh, row))
}

/// How it ends with the last request.
fn last(case: &Case<'_>, fresh: &State, row: &Row<'_>) -> End {
    let host = &row.url.host;
    let port = row.url.port.to_string();
    if row.decision("browser-gives-up-lookup").is_some() {
        return cause("ENOTFOUND", &["getaddrinfo ENOTFOUND ", host]);
    }
    if row.decision("browser-gives-up").is_some() {
        let words = ["Connect Timeout Error (attempted address: ", host, ":", &port, ", timeout: 10000ms)"];
        return cause("UND_ERR_CONNECT_TIMEOUT", &words);
    }
    if row.decision("connection-refused").is_some() {
        let address = row.ends().map_or_else(String::new, |(_, server)| server.ip().to_string());
        return cause("ECONNREFUSED", &["connect ECONNREFUSED ", &address, ":", &port]);
    }
    if let Some(end) = row.url.secure.then(|| insecure(case, fresh, row)).flatten() {
        return end;
    }
    match (row.outcome, row.response()) {
        (Some(Outcome::BrowserError { code, .. }), _) => match *code {
            "ERR_EMPTY_RESPONSE" => cause("UND_ERR_SOCKET", &["other side closed"]),
            "ERR_CONNECTION_RESET" => cause("ECONNRESET", &["read ECONNRESET"]),
            "ERR_TOO_MANY_REDIRECTS" => cause("undefined", &["redirect count exceeded"]),
            "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH" => cause(
                "HPE_UNEXPECTED_CONTENT_LENGTH",
                &["Response does not match the HTTP/1.1 protocol (Duplicate Content-Length)"],
            ),
            "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION" => {
                End::Unknown("not modelled: Node.js joins both addresses and follows what comes of it".to_owned())
            }
            // A page of Chromium's own in place of an error without a body, or none in place of a 204.
            _ => row.response().map_or_else(
                || End::Unknown(row.end()),
                |(_, response)| End::Text(response.status, response.body.clone()),
            ),
        },
        (_, Some((_, response))) if response.cut => End::Terminated,
        (Some(Outcome::Printed(words)), _) => End::Unknown(words.clone()),
        (_, Some((_, response))) => End::Text(response.status, crate::curl::unpadded(response).to_owned()),
        _ => End::Unknown(row.end()),
    }
}

/// Why the handshake fails, where it does.
fn insecure(case: &Case<'_>, fresh: &State, row: &Row<'_>) -> Option<End> {
    const ALERT: [&str; 2] = ["…:error:", ":../deps/openssl/openssl/ssl/record/"];
    let openssl = |code: &str, error: &str, at: &str| Some(cause(code, &[ALERT[0], error, ALERT[1], at]));
    let alert = row.flights().find_map(|flight| match flight {
        Flight::Alert(what) => Some(*what),
        _ => None,
    });
    match alert {
        Some("unrecognized_name") => {
            let error = "0A000458:SSL routines:ssl3_read_bytes:tlsv1 unrecognized name";
            return openssl("ERR_SSL_TLSV1_UNRECOGNIZED_NAME", error, "rec_layer_s3.c:1601:SSL alert number 112");
        }
        Some("protocol_version") => {
            let error = "0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version";
            return openssl("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", error, "rec_layer_s3.c:1601:SSL alert number 70");
        }
        _ => {}
    }
    if row.decision("no-tls-here").is_some() {
        let error = "0A00010B:SSL routines:ssl3_get_record:wrong version number";
        return openssl("ERR_SSL_WRONG_VERSION_NUMBER", error, "ssl3_record.c:350:");
    }
    if !row.stopped_at("certificate-checked") {
        return None;
    }
    let path = crate::curl::shown(row, fresh)?;
    let certificate = fresh.nginx.certificates.iter().find(|certificate| certificate.path == path)?;
    let now = case.world.network().date.map(|(date, _)| Date(date.0 + (fresh.now.0 / 1_000_000) as i64));
    let host = &row.url.host;
    Some(match chain(case, certificate, now) {
        Some((_, "self-signed certificate")) => cause("DEPTH_ZERO_SELF_SIGNED_CERT", &["self-signed certificate"]),
        Some((_, "certificate has expired")) => cause("CERT_HAS_EXPIRED", &["certificate has expired"]),
        Some((_, "certificate is not yet valid")) => cause("CERT_NOT_YET_VALID", &["certificate is not yet valid"]),
        Some(_) => cause("UNABLE_TO_VERIFY_LEAF_SIGNATURE", &["unable to verify the first certificate"]),
        None => {
            let names: Vec<String> =
                certificate.names.iter().map(|(name, _)| ["DNS:", name.as_str()].concat()).collect();
            let words = [
                "Hostname/IP does not match certificate's altnames: Host: ",
                host,
                ". is not in the cert's altnames: ",
            ];
            cause("ERR_TLS_CERT_ALTNAME_INVALID", &[&words.concat(), &names.join(", ")])
        }
    })
}
