//! `fetch` in a script: what it gets, which is little, and what its console says, which is more (Fetch standard; T03, T09).
//!
//! Only what a plain `fetch(url)` meets stands here: one GET without credentials, which needs no preflight.

use crate::case::{Case, Seen};
use crate::page::failed_status;
use crate::row::Row;
use engine::browser::check;
use engine::browser::chromium::why_not_allowed;
use engine::message::Response;
use engine::trace::Outcome;
use engine::url::Url;

/// How a fetch ends.
enum End<'t> {
    /// Blocked before anything is sent, or because no connection came about, or because the standard forbids reading.
    Error(String),
    /// The script may read the answer; it is of this type.
    Read(&'t Response, &'static str),
    /// The engine does not know.
    Unknown(String),
}

/// The origin of a URL: scheme, host and port; the port is left out where it is the scheme's own (HTML standard).
pub fn origin(url: &Url) -> String {
    [if url.secure { "https://" } else { "http://" }, &url.authority()].concat()
}

/// What the script gets.
pub fn answer(case: &Case<'_>) -> (String, Seen) {
    let typed = ["await fetch(\"", &case.url, "\")   // on a page of ", &case.origin].concat();
    let rows = case.rows();
    let seen = match end(case, &rows) {
        Err(why) => Seen::Nothing(why),
        Ok(End::Unknown(words)) => Seen::Nothing(words),
        Ok(End::Error(_)) => Seen::Text("TypeError: Failed to fetch\n".to_owned()),
        Ok(End::Read(response, kind)) => {
            let ok = if (200..300).contains(&response.status) { "true" } else { "false" };
            let head =
                ["Response { type: \"", kind, "\", status: ", &response.status.to_string(), ", ok: ", ok, " }\n"];
            let body = match response.cut {
                // The head has come, and the body cannot be read.
                true => "await response.text()   // TypeError: Failed to fetch\n",
                false => response.body.as_str(),
            };
            Seen::Text([&head.concat(), body].concat())
        }
    };
    (typed, seen)
}

/// What the console of the script's page says.
pub fn console(case: &Case<'_>) -> Seen {
    let rows = case.rows();
    match end(case, &rows) {
        Err(why) | Ok(End::Unknown(why)) => Seen::Nothing(why),
        Ok(End::Error(words)) => Seen::Text(words),
        Ok(End::Read(response, _)) if response.cut => match case.trace.outcomes.last() {
            Some(Outcome::Response { cut: Some(code), .. }) => Seen::Text(loading(code)),
            _ => Seen::Nothing("The console is empty.".to_owned()),
        },
        Ok(End::Read(response, _)) if response.status >= 400 => {
            Seen::Text(failed_status(response.status, &response.reason))
        }
        Ok(End::Read(..)) => Seen::Nothing("The console is empty.".to_owned()),
    }
}

/// Follows the fetch along the requests. `Err` where there is no such page that could ask.
fn end<'t>(case: &Case<'_>, rows: &[Row<'t>]) -> Result<End<'t>, String> {
    let (Some(first), Some(page)) = (rows.first(), Url::parse(&case.origin)) else {
        return Err("No page can ask for this: it is no http or https URL.".to_owned());
    };
    // Mixed Content standard, section 4.4: a page that came over HTTPS fetches nothing over plain HTTP.
    if page.secure && !first.url.secure {
        let words = [
            "Mixed Content: The page at '",
            &case.origin,
            "/' was loaded over HTTPS, but requested an insecure resource '",
            &first.url.text(),
            "'. This request has been blocked; the content must be served over HTTPS.\n",
        ];
        return Ok(End::Error(words.concat()));
    }
    let mut asking = case.origin.clone();
    let mut crossed = false;
    for (index, row) in rows.iter().enumerate() {
        let here = origin(&row.url);
        crossed |= here != case.origin;
        let Some((_, response)) = row.response().filter(|_| !row.refused_by_browser()) else {
            return Ok(match row.outcome {
                Some(Outcome::BrowserError { code, .. }) => End::Error(loading(code)),
                Some(Outcome::Printed(words)) => End::Unknown(words.trim().to_owned()),
                _ => continue,
            });
        };
        if let (true, Err(why)) = (crossed, may_read(&asking, response)) {
            let redirected =
                if index > 0 { ["' (redirected from '", &first.url.text(), "')"].concat() } else { "'".into() };
            let at = ["Access to fetch at '", &row.url.text(), &redirected, " from origin '", &case.origin];
            let words = [&at.concat(), "' has been blocked by CORS policy: ", &why, "\n", &loading("ERR_FAILED")];
            return Ok(End::Error(words.concat()));
        }
        let Some(next) = rows.get(index + 1) else {
            return Ok(End::Read(response, if crossed { "cors" } else { "basic" }));
        };
        // Fetch standard, HTTP-redirect fetch: from one foreign origin to another the Origin header becomes `null`.
        if here != case.origin && origin(&next.url) != here {
            "null".clone_into(&mut asking);
        }
    }
    Err("No answer came.".to_owned())
}

fn loading(code: &str) -> String {
    ["Failed to load resource: net::", code, "\n"].concat()
}

/// The CORS check without credentials, with Chromium's sentence where it fails.
fn may_read(origin: &str, response: &Response) -> Result<(), String> {
    match check::may_read(origin, false, &response.headers).stops() {
        true => Err(why_not_allowed(origin, false, &response.headers).sentence()),
        false => Ok(()),
    }
}
