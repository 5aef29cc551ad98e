//! The browser's own error pages, in Chromium's words (observed with Chromium 156, `tests/oracles/facts_observed.json`).

use crate::trace::Outcome;

/// The page for an error. `url` is the whole address; where the page says "NET::ERR_CERT_…", `code` leaves out `NET::`.
pub fn error(code: &'static str, host: &str, url: &str) -> Outcome {
    let unreachable = "This site can’t be reached";
    let not_working = "This page isn’t working";
    let not_secure = "This site can’t provide a secure connection";
    let (title, pieces): (&'static str, [&str; 3]) = match code {
        "ERR_NAME_NOT_RESOLVED" => (unreachable, ["", host, "’s server IP address could not be found."]),
        "ERR_CONNECTION_TIMED_OUT" | "ERR_TIMED_OUT" => (unreachable, ["", host, " took too long to respond."]),
        "ERR_CONNECTION_REFUSED" => (unreachable, ["", host, " refused to connect."]),
        "ERR_EMPTY_RESPONSE" => (not_working, ["", host, " didn’t send any data."]),
        "ERR_CONNECTION_RESET" => (unreachable, ["", "", "The connection was reset."]),
        _ if code.starts_with("ERR_RESPONSE_HEADERS_") => (not_working, ["", host, " sent an invalid response."]),
        "ERR_TOO_MANY_REDIRECTS" => (not_working, ["", host, " redirected you too many times."]),
        "ERR_SSL_PROTOCOL_ERROR" => (not_secure, ["", host, " sent an invalid response."]),
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH" => (not_secure, ["", host, " uses an unsupported protocol."]),
        _ if code.starts_with("ERR_CERT_") => (
            "Your connection is not private",
            [
                "Attackers might be trying to steal your information from ",
                host,
                " (for example, passwords, messages, or credit cards). Learn more about this warning",
            ],
        ),
        _ => (
            unreachable,
            [
                "The webpage at ",
                url,
                " might be temporarily down or it may have moved permanently to a new web address.",
            ],
        ),
    };
    Outcome::BrowserError { code, title: title.to_owned(), text: pieces.concat() }
}

/// The page in place of an error without a body, as observed with Chromium 156; none for a status that was not observed.
pub fn empty(status: u16, host: &str, url: &str) -> Option<Outcome> {
    const CODES: [(u16, &str); 15] = [
        (400, "HTTP ERROR 400"),
        (401, "HTTP ERROR 401"),
        (403, "HTTP ERROR 403"),
        (404, "HTTP ERROR 404"),
        (405, "HTTP ERROR 405"),
        (410, "HTTP ERROR 410"),
        (413, "HTTP ERROR 413"),
        (414, "HTTP ERROR 414"),
        (418, "HTTP ERROR 418"),
        (429, "HTTP ERROR 429"),
        (500, "HTTP ERROR 500"),
        (501, "HTTP ERROR 501"),
        (502, "HTTP ERROR 502"),
        (503, "HTTP ERROR 503"),
        (504, "HTTP ERROR 504"),
    ];
    let (_, code) = CODES.into_iter().find(|(known, _)| *known == status)?;
    let title = match status {
        403 => ["Access to ", host, " was denied"].concat(),
        404 | 410 => ["This ", host, " page can’t be found"].concat(),
        _ => "This page isn’t working".to_owned(),
    };
    let text = match status {
        403 => "You don't have authorization to view this page.".to_owned(),
        404 => ["No webpage was found for the web address: ", url].concat(),
        410 => "It may have been moved or deleted.".to_owned(),
        500..=503 => [host, " is currently unable to handle this request."].concat(),
        504 => [host, " took too long to respond."].concat(),
        _ => "If the problem continues, contact the site owner.".to_owned(),
    };
    Some(Outcome::BrowserError { code, title, text })
}
