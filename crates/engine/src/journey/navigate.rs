//! A browser is sent to an address: redirects are followed, and what came is shown.

use super::{Journey, SNIFFED, contradicts, cut};
use crate::message::Response;
use crate::pages;
use crate::place::Place::Browser;
use crate::text::short;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Journey<'_> {
    /// Name and connection, and nothing more. The connection is closed at once.
    pub(super) fn reach(&mut self, text: &str) -> Outcome {
        let Some(url) = Url::parse(text) else {
            return pages::error("ERR_INVALID_URL", text, text);
        };
        let connected = match self.look_up(&url) {
            Continue(address) => self.connect(&url, address),
            Break(outcome) => Break(outcome),
        };
        match connected {
            Break(outcome) => outcome,
            Continue(connection) => {
                let words = [&url.host, " is reached at ", &short(connection.server)].concat();
                let basis = Basis::Standard {
                    source: "RFC 9293 section 3.5",
                    says: "when the SYN has been answered and the answer acknowledged, the connection stands",
                };
                self.record.decide("host-reached", Browser, Ruling::Answer, words.clone(), basis);
                Outcome::Printed(words)
            }
        }
    }

    pub(super) fn open(&mut self, text: &str) -> Outcome {
        match self.navigate(text) {
            Ok((url, response)) => self.show(&url, &response),
            Err(outcome) => outcome,
        }
    }

    /// A navigation: requests and redirects until there is something to show, and where it came from.
    pub(super) fn navigate(&mut self, text: &str) -> Result<(Url, Arc<Response>), Outcome> {
        let Some(mut url) = Url::parse(text) else {
            return Err(pages::error("ERR_INVALID_URL", text, text));
        };
        // Chromium follows 20 redirects and fails at the next one (Fetch standard, "HTTP-redirect fetch").
        let mut followed = 0;
        loop {
            if let Some(next) = self.upgrade(&url) {
                url = next;
            }
            if let Some((_, to)) = self.state.redirects.iter().find(|(from, _)| *from == url.text()) {
                let what = ["the browser remembers: 301 from ", &url.text(), " to ", to].concat();
                let (words, next) = (["goes to ", to, " without asking"].concat(), Url::parse(to));
                self.record.decide("redirect-remembered", Browser, Ruling::Choose, words, Basis::State { what });
                followed += 1;
                match next {
                    Some(next) if followed <= 20 => url = next,
                    Some(_) => return Err(pages::error("ERR_TOO_MANY_REDIRECTS", &url.host, &url.text())),
                    None => return Err(pages::error("ERR_INVALID_REDIRECT", &url.host, &url.text())),
                }
                continue;
            }
            let response = match self.exchange(&url) {
                Continue(response) => response,
                Break(outcome) => return Err(outcome),
            };
            if let Some(error) = contradicts(&response) {
                let basis = Basis::Standard {
                    source: "RFC 9110 section 5.3",
                    says: "a header that holds one value may not come twice with different ones",
                };
                self.record.decide("browser-refuses-answer", Browser, Ruling::Refuse, error.to_owned(), basis);
                return Err(pages::error(error, &url.host, &url.text()));
            }
            self.note_policy(&url, &response);
            let next = match (response.status, response.header("Location")) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => url.join(location),
                _ => None,
            };
            let Some(next) = next else {
                return Ok((url, response));
            };
            if followed == 20 {
                let basis = Basis::Standard {
                    source: "Fetch standard, HTTP-redirect fetch",
                    says: "after twenty redirects the next one is a network error",
                };
                let words = "followed 20 redirects already: ERR_TOO_MANY_REDIRECTS".to_owned();
                self.record.decide("browser-stops-redirects", Browser, Ruling::Refuse, words, basis);
                return Err(pages::error("ERR_TOO_MANY_REDIRECTS", &url.host, &url.text()));
            }
            followed += 1;
            let words = [&short(response.status), ": the browser itself opens ", &next.text()].concat();
            let basis = Basis::Standard {
                source: "RFC 9110 section 15.4",
                says: "the user agent may follow the Location of a redirect with a new request",
            };
            self.record.decide("browser-follows", Browser, Ruling::Choose, words, basis);
            if matches!(response.status, 301 | 308) {
                self.state.redirects.push((url.text(), next.text()));
            }
            url = next;
        }
    }

    pub(super) fn show(&mut self, url: &Url, response: &Response) -> Outcome {
        // Chromium shows a page of its own in place of an empty error, and for 204 and 205 stays where it was.
        if matches!(response.status, 204 | 205) {
            let basis = Basis::Standard {
                source: "HTML standard, navigate",
                says: "an answer 204 or 205 ends a navigation, and the page that was open stays",
            };
            let text = "the browser stays on the page that was open".to_owned();
            self.record.decide("browser-shows", Browser, Ruling::Answer, text.clone(), basis);
            return Outcome::BrowserError { code: "ERR_ABORTED", title: String::new(), text };
        }
        if response.body.is_empty() && response.status >= 400 {
            let basis = Basis::State { what: ["the body of the answer is empty, ", &response.reason].concat() };
            let page = pages::empty(response.status, &url.host, &url.text());
            let words = match page {
                Some(_) => "shows a page of its own",
                None => "not modelled: what the browser shows when the answer is empty",
            };
            self.record.decide("browser-shows", Browser, Ruling::Refuse, words.to_owned(), basis);
            return page.unwrap_or(Outcome::Printed(words.to_owned()));
        }
        let words = ["shows ", &short(response.status), " ", &response.reason].concat();
        let basis = Basis::Standard {
            source: "RFC 9110 section 15",
            says: "the status says how the request went; a page that comes with it is shown, with an error as well",
        };
        self.record.decide("browser-shows", Browser, Ruling::Answer, words, basis);
        let content_type = response.header("Content-Type").unwrap_or("").to_owned();
        // Of what it would first have to guess the type, Chromium shows nothing if the rest does not come.
        let guessed = content_type.is_empty() || content_type.starts_with("text/plain");
        let body = if response.cut && guessed && response.body.len() < SNIFFED {
            String::new()
        } else {
            response.body.clone()
        };
        let (reason, cut) = (response.reason.clone(), cut(response));
        Outcome::Response { status: response.status, reason, content_type, body, cut }
    }
}
