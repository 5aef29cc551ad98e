//! What everybody sees when a script of the page asks and nobody opens anything: `fetch` and `WebSocket`. The words are
//! Chromium's, as recorded with Chromium 156 (`tests/oracles/protocols.json`).

use crate::case::{Case, Seen, Who};
use crate::page::failed_status;
use engine::browser::request::{Credentials, Mode};
use engine::journey::{Action, Caller, Fetch};
use engine::text::contains;
use engine::trace::{Act, Outcome};

/// What one of them sees; none where that is no different from an address that was opened.
pub fn view(case: &Case<'_>, who: Who) -> Option<(String, Seen)> {
    let nothing = |at: &str, words: &str| Some((at.to_owned(), Seen::Nothing(words.to_owned())));
    match (&case.action, who) {
        (Action::Fetch(_) | Action::Socket { .. }, Who::Page) => {
            nothing(&[&case.origin, "/"].concat(), "The page stays as it was: one of its scripts asks.")
        }
        (Action::Fetch(_) | Action::Socket { .. }, Who::ScriptConsole) => {
            nothing("Console", "It is the console of the page: see there.")
        }
        (Action::Fetch(fetch), Who::Console) => Some(("Console".to_owned(), fetch_console(case, fetch))),
        (Action::Fetch(fetch), Who::Script) => Some((fetch_typed(fetch), fetched(case))),
        (Action::Fetch(_), Who::Laptop | Who::Instance) if !plain(&case.action) => {
            nothing("curl", "not modelled: curl with the method, headers and body of this request")
        }
        (Action::Socket { .. }, Who::Console) => {
            let lines = socket_lines(case, true);
            Some(("Console".to_owned(), Seen::text_or(lines, "The console is empty.")))
        }
        (Action::Socket { url, .. }, Who::Script) => {
            let typed = ["new WebSocket(\"", url, "\")   // on a page of ", &case.origin].concat();
            Some((typed, Seen::text_or(socket_lines(case, false), "It has learned nothing.")))
        }
        (Action::Socket { .. }, Who::Laptop | Who::Instance) => {
            nothing("curl", "curl 7.88 of Debian 12 speaks no WebSocket.")
        }
        (Action::Call { by: Caller::Page | Caller::Web, .. }, who) => match who {
            Who::Page => nothing(&[&case.origin, "/"].concat(), "The page stays as it was: one of its scripts asks."),
            Who::ScriptConsole => nothing("Console", "It is the console of the page: see there."),
            Who::Console => {
                let lines = printed_lines(case, true);
                Some(("Console".to_owned(), Seen::text_or(lines, "The console is empty.")))
            }
            Who::Script => {
                let lines = printed_lines(case, false);
                Some((call_typed(&case.action), Seen::text_or(lines, "It has learned nothing.")))
            }
            Who::Laptop | Who::Instance => nothing("curl", "curl knows no methods of gRPC."),
            _ => None,
        },
        (Action::Call { .. }, Who::Page | Who::Console | Who::Script | Who::ScriptConsole) => {
            nothing("Browser", "No page takes part: a program on the laptop asks.")
        }
        (Action::Call { .. }, Who::Laptop) => {
            let printed = match case.trace.outcomes.last() {
                Some(Outcome::Printed(text)) => text.clone(),
                _ => String::new(),
            };
            Some(("node client.js".to_owned(), Seen::text_or(printed, "It has printed nothing.")))
        }
        (Action::Call { .. }, Who::Instance) => nothing("curl", "curl knows no methods of gRPC."),
        _ => None,
    }
}

/// A fetch that curl asks for in the same way, but for the headers.
fn plain(action: &Action) -> bool {
    matches!(action, Action::Fetch(Fetch { method, headers, body, from: None, .. })
        if (method.is_empty() || method.eq_ignore_ascii_case("GET")) && headers.is_empty() && body.is_empty())
}

/// What a script's call printed, or what the console says of it.
fn printed_lines(case: &Case<'_>, console: bool) -> String {
    let Some(Outcome::Printed(log)) = case.trace.outcomes.last() else { return String::new() };
    let of_console = |line: &&str| line.starts_with("Failed to load resource");
    log.lines().filter(|line| of_console(line) == console).flat_map(|line| [line, "\n"]).collect()
}

/// The call as it stands in the script.
fn call_typed(action: &Action) -> String {
    let Action::Call { url, message, by } = action else { return String::new() };
    let (target, method) = url.rsplit_once('/').unwrap_or((url, ""));
    match by {
        Caller::Web => ["await client.", &method.to_lowercase(), "(", message, ")   // connect-web, ", target].concat(),
        _ => {
            let options =
                "{ method: \"POST\", headers: { \"content-type\": \"application/grpc\", te: \"trailers\" }, body }";
            ["await fetch(\"", url, "\", ", options, ")"].concat()
        }
    }
}

/// What the script noted of its socket, or what its console says of it.
fn socket_lines(case: &Case<'_>, console: bool) -> String {
    let Some(Outcome::Printed(log)) = case.trace.outcomes.last() else { return String::new() };
    let said = |line: &&str| line.starts_with("WebSocket connection to ") || line.starts_with("not modelled");
    log.lines().filter(|line| said(line) == console).flat_map(|line| [line, "\n"]).collect()
}

/// The call as it stands in the script.
fn fetch_typed(fetch: &Fetch) -> String {
    let mut options = Vec::new();
    if !fetch.method.is_empty() && fetch.method != "GET" {
        options.push(["method: \"", &fetch.method, "\""].concat());
    }
    if !fetch.headers.is_empty() {
        let one = |(name, value): &(String, String)| ["\"", name, "\": \"", value, "\""].concat();
        let all: Vec<String> = fetch.headers.iter().map(one).collect();
        options.push(["headers: { ", &all.join(", "), " }"].concat());
    }
    if !fetch.body.is_empty() {
        options.push(["body: '", &fetch.body, "'"].concat());
    }
    if let Some(script) = &fetch.from {
        if script.mode != Mode::default() {
            options.push(["mode: \"", script.mode.word(), "\""].concat());
        }
        if script.credentials != Credentials::default() {
            options.push(["credentials: \"", script.credentials.word(), "\""].concat());
        }
    }
    let options = if options.is_empty() { String::new() } else { [", { ", &options.join(", "), " }"].concat() };
    ["await fetch(\"", &fetch.url, "\"", &options, ")"].concat()
}

/// What the script gets.
fn fetched(case: &Case<'_>) -> Seen {
    match case.trace.outcomes.last() {
        Some(Outcome::Response { status, body, .. }) => {
            let ok = if (200..300).contains(status) { "true" } else { "false" };
            let kind = if contains(&said(case, "script-reads"), "type: \"cors\"") { "cors" } else { "basic" };
            let head =
                ["Response { type: \"", kind, "\", status: ", &status.to_string(), ", ok: ", ok, " }\n"].concat();
            Seen::Text(head + body)
        }
        Some(Outcome::BrowserError { title, .. }) => Seen::Text([title, "\n"].concat()),
        Some(Outcome::Printed(words)) if contains(words, "TypeError") || words.starts_with("Response {") => {
            Seen::Text(words.clone())
        }
        Some(Outcome::Printed(words)) => Seen::Nothing(words.trim().to_owned()),
        None => Seen::Nothing("Nothing was asked for.".to_owned()),
    }
}

/// The words of the first decision of this name.
fn said(case: &Case<'_>, name: &str) -> String {
    let words = case.trace.steps.iter().find_map(|step| match &step.act {
        Act::Decide { verdict, .. } if step.name == name => Some(verdict.words.to_string()),
        _ => None,
    });
    words.unwrap_or_default()
}

fn fetch_console(case: &Case<'_>, _: &Fetch) -> Seen {
    match case.trace.outcomes.last() {
        Some(Outcome::Response { status, reason, .. }) if *status >= 400 => Seen::Text(failed_status(*status, reason)),
        Some(Outcome::BrowserError { text, .. }) if !text.is_empty() => Seen::Text([text, "\n"].concat()),
        _ => Seen::Nothing("The console is empty.".to_owned()),
    }
}
