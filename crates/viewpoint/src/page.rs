//! The page as it opens, and its console: Chromium's own words (observed with Chromium 156, `facts_observed.json`).

use crate::case::{Case, Seen};
use engine::trace::Outcome;

/// What the browser shows: the content, or its own page.
pub fn page(case: &Case<'_>) -> Seen {
    match case.trace.outcomes.last() {
        Some(Outcome::Response { body, cut: Some(_), .. }) => {
            Seen::text_or(body.clone(), "The page is empty: of what came nothing could be shown.")
        }
        Some(Outcome::Response { body, .. }) => Seen::text_or(body.clone(), "The page is empty."),
        Some(Outcome::BrowserError { code: "ERR_ABORTED", text, .. }) => Seen::Nothing([text, "."].concat()),
        Some(Outcome::BrowserError { code, title, text }) => {
            let net = if code.starts_with("ERR_CERT_") { "NET::" } else { "" };
            Seen::Text([title, "\n\n", text, "\n\n", advice(code), net, code, "\n"].concat())
        }
        Some(Outcome::Printed(words)) => Seen::Nothing(words.trim().to_owned()),
        None => Seen::Nothing("Nothing was opened.".to_owned()),
    }
}

/// What Chromium advises on its own page.
fn advice(code: &str) -> &'static str {
    match code {
        "ERR_NAME_NOT_RESOLVED" => {
            "Try:\n\nChecking the connection\nChecking the proxy, firewall, and DNS configuration\n\n"
        }
        "ERR_CONNECTION_REFUSED" | "ERR_CONNECTION_RESET" | "ERR_CONNECTION_TIMED_OUT" => {
            "Try:\n\nChecking the connection\nChecking the proxy and the firewall\n\n"
        }
        "ERR_TOO_MANY_REDIRECTS" => "Try deleting your cookies.\n\n",
        _ => "",
    }
}

/// What the console of the page says. Of a connection that failed it says nothing: there is only the error page.
pub fn console(case: &Case<'_>) -> Seen {
    let rows = case.rows();
    if let Some(Outcome::Response { cut: Some(code), .. }) = case.trace.outcomes.last() {
        return Seen::Text(["Failed to load resource: net::", code, "\n"].concat());
    }
    let shown = rows.last().filter(|row| !row.refused_by_browser()).and_then(|row| row.response());
    let status = shown.filter(|(_, response)| response.status >= 400);
    match status {
        // About a page of its own Chromium leaves the reason out.
        Some((_, response)) if response.body.is_empty() => Seen::Text(failed_status(response.status, "")),
        Some((_, response)) => Seen::Text(failed_status(response.status, &response.reason)),
        None => Seen::Nothing("The console is empty.".to_owned()),
    }
}

/// Chromium's line about an answer that is an error.
pub(crate) fn failed_status(status: u16, reason: &str) -> String {
    let status = status.to_string();
    ["Failed to load resource: the server responded with a status of ", &status, " (", reason, ")\n"].concat()
}
