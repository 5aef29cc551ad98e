//! curl's TLS handshake: OpenSSL's lines, and its opinion of the certificate, which is not Chromium's: it looks at the
//! authority first, then at the dates, then at the name; and it takes a name in the subject where there is no other.

use super::{Then, Transcript};
use crate::case::Case;
use crate::dates;
use crate::row::Row;
use engine::message::Flight;
use engine::state::State;
use engine::text;
use engine::tls::{self, Certificate, Date};
use engine::url::Url;
use std::sync::Arc;

/// How things stand for a program that remembers nothing, and takes the common name of a certificate without other names.
pub(crate) fn without_memory(before: &State, url: &Url) -> State {
    let mut state = before.clone();
    (state.addresses, state.redirects, state.connections) = (Vec::new(), Vec::new(), Vec::new());
    (state.secured, state.tickets) = (Vec::new(), Vec::new());
    let named = |certificate: &Certificate| {
        let mut certificate = certificate.clone();
        if let Some(name) = common_name(&certificate).filter(|name| tls::name_fits(name, &url.host))
            && certificate.names.is_empty()
        {
            let name = name.to_owned();
            certificate.names.push((name, certificate.source.clone()));
        }
        certificate
    };
    state.nginx.certificates = Arc::new(before.nginx.certificates.iter().map(named).collect());
    state
}

/// The common name of the subject.
fn common_name(certificate: &Certificate) -> Option<&str> {
    Some(text::split_once(&certificate.subject, "CN = ")?.1.split(',').next()?.trim())
}

/// The rest of the handshake after the certificate, in TLS 1.3.
const NEW: [&str; 4] = [
    "TLSv1.3 (IN), TLS handshake, CERT verify (15)",
    "TLSv1.3 (IN), TLS handshake, Finished (20)",
    "TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1)",
    "TLSv1.3 (OUT), TLS handshake, Finished (20)",
];

/// The same in TLS 1.2.
const OLD: [&str; 6] = [
    "TLSv1.2 (IN), TLS handshake, Server key exchange (12)",
    "TLSv1.2 (IN), TLS handshake, Server finished (14)",
    "TLSv1.2 (OUT), TLS handshake, Client key exchange (16)",
    "TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1)",
    "TLSv1.2 (OUT), TLS handshake, Finished (20)",
    "TLSv1.2 (IN), TLS handshake, Finished (20)",
];

/// Whether TLS 1.2 is spoken.
pub(super) fn is_old(row: &Row<'_>) -> bool {
    row.flights().any(|flight| matches!(flight, Flight::OldServerHello { .. }))
}

/// The file of the certificate that was shown.
pub(crate) fn shown(row: &Row<'_>, fresh: &State) -> Option<String> {
    row.flights().find_map(|flight| match flight {
        Flight::ServerHello { certificate, .. } => Some(certificate.clone()),
        // TLS 1.2 shows the names only; the file is the one that has them.
        Flight::OldServerHello { names } => {
            let same = |certificate: &&Certificate| certificate.names.iter().map(|(name, _)| name).eq(names);
            fresh.nginx.certificates.iter().find(same).map(|certificate| certificate.path.clone())
        }
        _ => None,
    })
}

/// The handshake; how curl ends where it fails.
pub(super) fn secures(out: &mut Transcript, case: &Case<'_>, fresh: &State, row: &Row<'_>) -> Option<Then> {
    out.says(&["ALPN: offers h2,http/1.1"]);
    out.says(&["TLSv1.3 (OUT), TLS handshake, Client hello (1):"]);
    out.says(&[" CAfile: /etc/ssl/certs/ca-certificates.crt"]);
    out.says(&[" CApath: /etc/ssl/certs"]);
    let alert = row.flights().find_map(|flight| match flight {
        Flight::Alert(what) => Some(*what),
        _ => None,
    });
    match alert {
        Some("unrecognized_name") => {
            out.says(&["TLSv1.3 (IN), TLS alert, unrecognized name (624):"]);
            return Some(openssl(out, "0A000458:SSL routines::tlsv1 unrecognized name"));
        }
        Some("protocol_version") => {
            // curl would take TLS 1.1, but nginx's OpenSSL has no signature for it that Debian still allows (recorded).
            out.says(&["TLSv1.3 (IN), TLS alert, internal error (592):"]);
            return Some(openssl(out, "0A000438:SSL routines::tlsv1 alert internal error"));
        }
        _ => {}
    }
    if row.decision("no-tls-here").is_some() {
        return Some(openssl(out, "0A00010B:SSL routines::wrong version number"));
    }
    let chosen = row.decision("certificate-chosen").or_else(|| row.decision("default-certificate"));
    let path = chosen.and_then(|_| shown(row, fresh));
    let Some(path) = path else { return Some(Then::Unknown(row.end())) };
    let old = is_old(row);
    let version = if old { "TLSv1.2" } else { "TLSv1.3" };
    out.says(&["TLSv1.3 (IN), TLS handshake, Server hello (2):"]);
    if !old {
        out.says(&["TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):"]);
    }
    out.says(&[version, " (IN), TLS handshake, Certificate (11):"]);
    let missing = Certificate::default();
    let here = |certificates: &'_ [Certificate]| certificates.iter().position(|certificate| certificate.path == path);
    let found = here(&fresh.nginx.certificates).map_or(&missing, |at| &fresh.nginx.certificates[at]);
    let by_subject =
        here(&case.before.nginx.certificates).is_some_and(|at| case.before.nginx.certificates[at].names.is_empty());
    let now = case.world.network().date.map(|(date, _)| Date(date.0 + (fresh.now.0 / 1_000_000) as i64));
    let code = row.decision("certificate-checked").filter(|(_, verdict, _)| verdict.ruling.stops()).is_some();
    let host = &row.url.host;
    if let (true, Some((alert, words))) = (code, chain(case, found, now)) {
        out.says(&[version, " (OUT), TLS alert, ", alert, ":"]);
        let words = ["SSL certificate problem: ", words].concat();
        out.says(&[&words]);
        return Some(distrusts(out, words, false));
    }
    let flights: &[&str] = if old { &OLD } else { &NEW };
    for line in flights {
        out.says(&[line, ":"]);
    }
    out.says(&[
        "SSL connection using ",
        if old { "TLSv1.2 / ECDHE-RSA-AES256-GCM-SHA384" } else { "TLSv1.3 / TLS_AES_256_GCM_SHA384" },
    ]);
    let http2 = row.over_http2();
    out.says(&["ALPN: server accepted ", if http2 { "h2" } else { "http/1.1" }]);
    out.says(&["Server certificate:"]);
    out.says(&[" subject: ", &distinguished(&found.subject)]);
    for (what, date) in [(" start date: ", &found.not_before), (" expire date: ", &found.not_after)] {
        out.says(&[what, &date.as_ref().map_or_else(String::new, |(date, text, _)| dated(*date, text))]);
    }
    let fits = found.names.iter().find(|(name, _)| tls::name_fits(name, host));
    match fits {
        Some((name, _)) if by_subject => out.says(&[" common name: ", name, " (matched)"]),
        Some((name, _)) => out.says(&[" subjectAltName: host \"", host, "\" matched cert's \"", name, "\""]),
        None => {
            let words = if by_subject {
                let name = common_name(found).unwrap_or("");
                ["SSL: certificate subject name '", name, "' does not match target host name '", host, "'"].concat()
            } else {
                out.says(&[" subjectAltName does not match ", host]);
                ["SSL: no alternative certificate subject name matches target host name '", host, "'"].concat()
            };
            out.says(&[&words]);
            return Some(distrusts(out, words, true));
        }
    }
    out.says(&[" issuer: ", &distinguished(&found.issuer)]);
    out.says(&[" SSL certificate verify ok."]);
    out.says(&["using HTTP/", if http2 { "2" } else { "1.1" }]);
    None
}

/// What is wrong with the certificate apart from its name, and the alert with which OpenSSL says so.
pub(crate) fn chain(
    case: &Case<'_>,
    certificate: &Certificate,
    now: Option<Date>,
) -> Option<(&'static str, &'static str)> {
    // Asked for a name that fits in any case, Chromium's check finds the authority first.
    let any = Certificate { names: vec![("a.test".to_owned(), certificate.source.clone())], ..certificate.clone() };
    match tls::check(&any, "a.test", now, &case.world.network().trusted).error? {
        "ERR_CERT_AUTHORITY_INVALID" if certificate.issuer == certificate.subject => {
            Some(("unknown CA (560)", "self-signed certificate"))
        }
        "ERR_CERT_AUTHORITY_INVALID" => Some(("unknown CA (560)", "unable to get local issuer certificate")),
        _ if certificate.not_before.as_ref().zip(now).is_some_and(|((start, ..), now)| now < *start) => {
            Some(("bad certificate (554)", "certificate is not yet valid"))
        }
        _ => Some(("certificate expired (557)", "certificate has expired")),
    }
}

/// OpenSSL could not go on.
fn openssl(out: &mut Transcript, error: &str) -> Then {
    let words = ["OpenSSL/3.0.19: error:", error].concat();
    out.says(&[&words]);
    out.closes(35, &words)
}

/// curl does not trust the server.
fn distrusts(out: &mut Transcript, words: String, said: bool) -> Then {
    const MORE: &str = "\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of \
                        the server and therefore could not\nestablish a secure connection to it. To learn more about \
                        this situation and\nhow to fix it, please visit the web page mentioned above.";
    let end = out.closes(60, &(words + MORE));
    if said {
        out.says(&["TLSv1.3 (OUT), TLS alert, close notify (256):"]);
    }
    end
}

/// What the server sends after the handshake, which curl reads with the answer.
pub(super) fn tickets(out: &mut Transcript, row: &Row<'_>) {
    if is_old(row) {
        return;
    }
    out.says(&["TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):"]);
    out.says(&["TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):"]);
    out.says(&["old SSL session ID is stale, removing"]);
}

/// `C = US, O = Let's Encrypt` as curl writes it: `C=US; O=Let's Encrypt`.
fn distinguished(name: &str) -> String {
    let parts: Vec<String> = name
        .split(", ")
        .map(|part| match text::split_once(part, " = ") {
            Some((key, value)) => [key, "=", value].concat(),
            None => part.to_owned(),
        })
        .collect();
    parts.join("; ")
}

/// A date as OpenSSL writes it; certbot's own are written otherwise in the state.
fn dated(date: Date, text: &str) -> String {
    if text.ends_with("GMT") {
        return text.to_owned();
    }
    let [year, month, day, clock] = dates::parts(date);
    let day = day.strip_prefix('0').map_or_else(|| day.clone(), |digit| [" ", digit].concat());
    [dates::month_name(&month), " ", &day, " ", &clock, " ", &year, " GMT"].concat()
}
