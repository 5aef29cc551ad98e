//! `fetch` in a script of the site's own page (Fetch standard of 2026-07): what may be sent, redirects, and what the script
//! gets. The page is of the same origin as the URL, so nothing is withheld from it; `cross` has pages of any
//! origin.

use super::load::Purpose;
use super::{AGENT, Fetch, Journey};
use crate::message::{Header, Request, Response};
use crate::place::Place::Browser;
use crate::text::short;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What a request of a script has that one of the browser's own does not have.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub method: String,
    pub headers: Vec<Header>,
    pub body: String,
    /// The body where it is no text.
    pub data: Vec<u8>,
}

impl Given {
    /// The request as the browser sends it: what the script has set, and what it cannot set.
    pub(super) fn request(&self, url: &Url) -> Request {
        let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
        let mut headers: Vec<Header> = vec![("Host".into(), url.authority().into()), pair("Connection", "keep-alive")];
        // A body without anything in it is announced as well (Fetch standard, HTTP-network-or-cache fetch).
        let size = self.body.len() + self.data.len();
        if size > 0 || matches!(self.method.as_str(), "POST" | "PUT") {
            headers.push(("Content-Length".into(), size.to_string().into()));
        }
        headers.push(pair("User-Agent", AGENT));
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Accept")) {
            headers.push(pair("Accept", Purpose::Data.accept()));
        }
        headers.extend(self.headers.iter().cloned());
        // Append a request Origin header: to all but GET and HEAD, to the page's own origin as well. No script can set it, so
        // where it is there it has been decided already.
        let named = self.headers.iter().any(|(name, _)| name == "Origin");
        if !named && !matches!(self.method.as_str(), "GET" | "HEAD") {
            headers.push(("Origin".into(), url.origin().into()));
        }
        Request {
            method: self.method.clone().into(),
            target: url.target.clone(),
            version: "HTTP/1.1",
            headers,
            secure: url.secure,
            body: self.body.clone(),
            data: self.data.clone(),
        }
    }
}

impl Journey<'_> {
    /// A script asks.
    pub(super) fn ask_by_script(&mut self, fetch: &Fetch) -> Outcome {
        let type_error = |words: &str| Outcome::Printed(["TypeError: ", words, "\n"].concat());
        let Some(mut url) = Url::parse(&fetch.url) else {
            return type_error(&["Failed to execute 'fetch': Failed to parse URL from ", &fetch.url].concat());
        };
        let mut given = match self.given(fetch) {
            Ok(given) => given,
            Err(words) => return type_error(&words),
        };
        let origin = url.origin();
        let mut followed = 0;
        let response = loop {
            if let Some(next) = self.upgrade(&url) {
                url = next;
            }
            (self.purpose, self.script) = (Purpose::Data, Some(given.clone()));
            let exchanged = self.exchange(&url);
            (self.purpose, self.script) = (Purpose::Open, None);
            let response = match exchanged {
                Continue(response) => response,
                // A script learns no more of it than that it failed; the console has the name.
                Break(Outcome::BrowserError { code, .. }) => return failed(code),
                Break(other) => return other,
            };
            self.note_policy(&url, &response);
            let next = match (response.status, response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => url.join(location),
                _ => None,
            };
            let Some(next) = next else { break response };
            if next.origin() != origin {
                let words = ["not modelled: a fetch that is sent on to another origin, ", &next.origin()].concat();
                let basis = Basis::Standard {
                    source: "Fetch standard, HTTP-redirect fetch",
                    says: "where a redirect leads to another origin, the answer there is subject to CORS",
                };
                self.record.decide("not-modelled", Browser, Ruling::Refuse, words.clone(), basis);
                return Outcome::Printed(words);
            }
            if followed == 20 {
                return failed("ERR_TOO_MANY_REDIRECTS");
            }
            followed += 1;
            self.follow(&response, &next, &mut given);
            url = next;
        };
        let ok = if (200..300).contains(&response.status) { "true" } else { "false" };
        let (ruling, body) = match response.cut {
            true => (Ruling::Fail, ") and cannot read the body to its end: TypeError: Failed to fetch"),
            false => (Ruling::Answer, ") and may read the body"),
        };
        let words = ["the script gets status ", &short(response.status), " (ok: ", ok, body];
        let basis = Basis::Standard {
            source: "Fetch standard, main fetch",
            says: "an answer of the page's own origin is readable, whatever its status",
        };
        self.record.decide("script-reads", Browser, ruling, words.concat(), basis);
        let content_type = response.header("Content-Type").unwrap_or("").to_owned();
        let (reason, body) = (response.reason.clone(), response.body.clone());
        Outcome::Response { status: response.status, reason, content_type, body, cut: super::cut(&response) }
    }

    /// What of a script's wishes is sent (Fetch standard, "new Request"). The words of a TypeError where it cannot be.
    pub(super) fn given(&mut self, fetch: &Fetch) -> Result<Given, String> {
        let upper = fetch.method.to_ascii_uppercase();
        let method = match upper.as_str() {
            "" => "GET".to_owned(),
            "CONNECT" | "TRACE" | "TRACK" => {
                return Err([
                    "Failed to execute 'fetch' on 'Window': '",
                    &fetch.method,
                    "' HTTP method is unsupported.",
                ]
                .concat());
            }
            // These are written in capitals for the script, and no others.
            "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
            _ => fetch.method.clone(),
        };
        if matches!(method.as_str(), "GET" | "HEAD") && !fetch.body.is_empty() {
            let words = "Failed to execute 'fetch' on 'Window': Request with GET/HEAD method cannot have body.";
            return Err(words.to_owned());
        }
        let mut headers: Vec<Header> = Vec::new();
        for (name, value) in &fetch.headers {
            if forbidden(name) {
                let basis = Basis::Standard {
                    source: "Fetch standard, forbidden request-header",
                    says: "of some headers a script has no say: the browser sets them itself, or nobody does",
                };
                let words = [name, ": ", value, " is left out, and the script is not told"].concat();
                self.record.decide("header-forbidden", Browser, Ruling::Drop, words, basis);
                continue;
            }
            headers.push((name.clone().into(), value.clone().into()));
        }
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
        if !fetch.body.is_empty() && !typed {
            headers.push(("Content-Type".into(), "text/plain;charset=UTF-8".into()));
        }
        Ok(Given { method, headers, body: fetch.body.clone(), data: Vec::new() })
    }

    /// A redirect inside the origin: a POST becomes a GET after 301 and 302, and after 303 everything but HEAD does.
    fn follow(&mut self, response: &Arc<Response>, next: &Url, given: &mut Given) {
        let becomes_get = match response.status {
            301 | 302 => given.method == "POST",
            303 => !matches!(given.method.as_str(), "GET" | "HEAD"),
            _ => false,
        };
        if becomes_get {
            given.method = "GET".to_owned();
            given.body = String::new();
            given.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
        }
        let words =
            [&short(response.status), ": the browser itself asks for ", &next.text(), " with ", &given.method].concat();
        let basis = Basis::Standard {
            source: "Fetch standard, HTTP-redirect fetch",
            says: "after 301 and 302 a POST becomes a GET without body, after 303 everything but HEAD; 307 and 308 keep all",
        };
        self.record.decide("browser-follows", Browser, Ruling::Choose, words, basis);
    }
}

/// What the script's page shows of a request that came to nothing.
fn failed(code: &'static str) -> Outcome {
    let text = ["Failed to load resource: net::", code].concat();
    Outcome::BrowserError { code, title: "TypeError: Failed to fetch".to_owned(), text }
}

/// The headers that a script cannot set (Fetch standard, "forbidden request-header").
fn forbidden(name: &str) -> bool {
    const NAMES: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let lower = name.to_ascii_lowercase();
    NAMES.contains(&lower.as_str()) || lower.starts_with("sec-") || lower.starts_with("proxy-")
}
