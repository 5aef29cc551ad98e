//! A flight of the TLS handshake: which messages it holds, and what of them is readable on the wire (RFC 8446 section 2,
//! RFC 5246 section 7.3). The lines are those of `curl -v`, seen from the client.

use super::{Around, Field, Wire, field, sealed};
use engine::message::Flight;

/// Tool, text and fields.
pub(super) fn opened(around: &Around<'_>, flight: &Flight) -> (&'static str, String, Vec<Field>) {
    let fields = fields(around, flight);
    let text: String = lines(flight).iter().flat_map(|line| ["* ", line, ":\n"]).collect();
    let text = match flight {
        Flight::Alert(what) => ["* TLSv1.3 (IN), TLS alert, ", &what.replace('_', " "), ":\n"].concat(),
        _ => text,
    };
    ("curl -v", text, fields)
}

fn lines(flight: &Flight) -> &'static [&'static str] {
    match flight {
        Flight::ClientHello { .. } => &["TLSv1.3 (OUT), TLS handshake, Client hello (1)"],
        Flight::ServerHello { .. } => &[
            "TLSv1.3 (IN), TLS handshake, Server hello (2)",
            "TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8)",
            "TLSv1.3 (IN), TLS handshake, Certificate (11)",
            "TLSv1.3 (IN), TLS handshake, CERT verify (15)",
            "TLSv1.3 (IN), TLS handshake, Finished (20)",
        ],
        Flight::Resumed { old: false } => &[
            "TLSv1.3 (IN), TLS handshake, Server hello (2)",
            "TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8)",
            "TLSv1.3 (IN), TLS handshake, Finished (20)",
        ],
        Flight::Resumed { old: true } => &[
            "TLSv1.3 (IN), TLS handshake, Server hello (2)",
            "TLSv1.2 (IN), TLS change cipher, Change cipher spec (1)",
            "TLSv1.2 (IN), TLS handshake, Finished (20)",
        ],
        Flight::OldServerHello { .. } => &[
            "TLSv1.3 (IN), TLS handshake, Server hello (2)",
            "TLSv1.2 (IN), TLS handshake, Certificate (11)",
            "TLSv1.2 (IN), TLS handshake, Server key exchange (12)",
            "TLSv1.2 (IN), TLS handshake, Server finished (14)",
        ],
        Flight::KeyExchange => &[
            "TLSv1.2 (OUT), TLS handshake, Client key exchange (16)",
            "TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1)",
            "TLSv1.2 (OUT), TLS handshake, Finished (20)",
        ],
        Flight::ServerFinished { ticket: true } => &[
            "TLSv1.2 (IN), TLS handshake, Newsession Ticket (4)",
            "TLSv1.2 (IN), TLS change cipher, Change cipher spec (1)",
            "TLSv1.2 (IN), TLS handshake, Finished (20)",
        ],
        Flight::ServerFinished { ticket: false } => {
            &["TLSv1.2 (IN), TLS change cipher, Change cipher spec (1)", "TLSv1.2 (IN), TLS handshake, Finished (20)"]
        }
        Flight::Alert(_) => &[],
    }
}

const FINISHED: &str = "A checksum over the whole handshake: nobody has changed a word of it.";

fn fields(around: &Around<'_>, flight: &Flight) -> Vec<Field> {
    match flight {
        Flight::ClientHello { sni, alpn } => vec![
            field("supported_versions", "TLS 1.3, TLS 1.2", "The versions that the client speaks."),
            match sni {
                Some(name) => field(
                    "server_name",
                    name,
                    "The name that the client wants (SNI): the server chooses its certificate by it, and everybody on the \
                     way can read it.",
                ),
                None => field("server_name", "", "None is sent: the URL holds an address and no name."),
            },
            field("ALPN", &alpn.join(", "), "What the client would speak inside."),
            field("key_share", "(random)", "Half of what both need to agree on keys."),
        ],
        Flight::ServerHello { certificate, names } => {
            let mut fields = vec![
                field(
                    "ServerHello",
                    "TLS 1.3",
                    "The version, and the other half of the keys: all that follows is sealed.",
                ),
                sealed("EncryptedExtensions", "http/1.1", "What will be spoken inside.", Wire::Sealed),
            ];
            fields.extend(certificates(around, names, Some(certificate), Wire::Sealed));
            let means = "A signature with the certificate's key: the server is the one that holds it.";
            fields.push(sealed("CertificateVerify", "(a signature)", means, Wire::Sealed));
            fields.push(sealed("Finished", "(a checksum)", FINISHED, Wire::Sealed));
            fields
        }
        Flight::OldServerHello { names } => {
            let mut fields = vec![field("ServerHello", "TLS 1.2", "The version and the cipher.")];
            fields.extend(certificates(around, names, None, Wire::Open));
            let means = "Half of what both need to agree on keys, signed with the certificate's key.";
            fields.push(field("ServerKeyExchange", "(random, signed)", means));
            fields.push(field(
                "ServerHelloDone",
                "",
                "Nothing more until the client has answered: a second round trip.",
            ));
            fields
        }
        Flight::Resumed { old: false } => vec![
            field("ServerHello", "pre_shared_key", "The server knows the session: no certificate and no signature."),
            sealed("EncryptedExtensions", "http/1.1", "What will be spoken inside.", Wire::Sealed),
            sealed("Finished", "(a checksum)", FINISHED, Wire::Sealed),
        ],
        Flight::Resumed { old: true } => vec![
            field("ServerHello", "TLS 1.2", "The server knows the session: no certificate and no signature."),
            field("ChangeCipherSpec", "", "From here on all is sealed."),
            sealed("Finished", "(a checksum)", FINISHED, Wire::Sealed),
        ],
        Flight::KeyExchange => vec![
            field("ClientKeyExchange", "(random)", "The other half of what both need to agree on keys."),
            field("ChangeCipherSpec", "", "From here on all is sealed."),
            sealed("Finished", "(a checksum)", FINISHED, Wire::Sealed),
        ],
        Flight::ServerFinished { ticket } => {
            let means = "With it the client can resume the session later; in TLS 1.2 it travels in the open.";
            let ticket = ticket.then(|| field("NewSessionTicket", "(sealed by the server)", means));
            let rest = [
                field("ChangeCipherSpec", "", "From here on all is sealed."),
                sealed("Finished", "(a checksum)", FINISHED, Wire::Sealed),
            ];
            ticket.into_iter().chain(rest).collect()
        }
        Flight::Alert(what) => vec![field("Alert", what, "The handshake ends here, and this is why.")],
    }
}

/// The certificate: the line that chose it, and the names with their lines.
fn certificates(around: &Around<'_>, names: &[String], path: Option<&String>, wire: Wire) -> Vec<Field> {
    let chosen = around.decided(&["certificate-chosen", "default-certificate"]).map(|(_, basis)| basis.clone());
    let means = match wire {
        Wire::Open => "Who the server is, signed by an authority; in TLS 1.2 everybody on the way can read it.",
        Wire::Sealed => "Who the server is, signed by an authority; in TLS 1.3 only the client can read it.",
    };
    let found = around.state.nginx.certificates.iter().find(|certificate| Some(&certificate.path) == path);
    let first = Field { basis: chosen, ..sealed("Certificate", path.map_or("", |path| path), means, wire) };
    let names = names.iter().map(|name| {
        let line = found.and_then(|found| found.names.iter().find(|(known, _)| known == name));
        let basis = line.filter(|(_, source)| source.line > 0).map(|(_, source)| source.clone().into());
        Field { basis, ..sealed("subjectAltName", name, "A name that the certificate is for.", wire) }
    });
    [first].into_iter().chain(names).collect()
}
