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
    Outcome::BrowserError { code, title, text: pieces.concat() }
}
