//! A script of the site's own page calls a method of a gRPC service: with `fetch` alone, and with the library connect-web 2,
//! which speaks gRPC-Web (gRPC, `PROTOCOL-WEB.md`). What both get is as recorded with Chromium 156.
//!
//! A page can send the bytes of a call, and it gets the bytes of the answer. What it never gets are trailers: a Response of
//! the Fetch standard has none.

use super::fetch::Given;
use super::load::Purpose;
use super::{Fetch, Journey};
use crate::app::grpc::{name, status, web_trailers};
use crate::message::Response;
use crate::place::Place::Browser;
use crate::protobuf::{self, Proto};
use crate::text::short;
use crate::trace::{Basis, Outcome, Ruling};
use crate::url::Url;
use core::ops::ControlFlow::{Break, Continue};

impl Journey<'_> {
    /// Calls the method from a page; `web` where it is done with gRPC-Web.
    pub(super) fn call_from_page(
        &mut self,
        url: &Url,
        proto: &Proto,
        answers: &str,
        data: Vec<u8>,
        web: bool,
    ) -> Outcome {
        let headers: &[(&str, &str)] = match web {
            true => &[
                ("content-type", "application/grpc-web+proto"),
                ("x-grpc-web", "1"),
                ("x-user-agent", "connect-es/2.1.2"),
            ],
            false => &[("content-type", "application/grpc"), ("te", "trailers")],
        };
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let fetch = Fetch { url: url.text(), method: "POST".to_owned(), headers, ..Fetch::default() };
        let given = match self.given(&fetch) {
            Ok(given) => Given { data, ..given },
            Err(words) => return Outcome::Printed(words),
        };
        (self.purpose, self.script) = (Purpose::Data, Some(given));
        let exchanged = self.exchange(url);
        (self.purpose, self.script) = (Purpose::Open, None);
        let response = match exchanged {
            Continue(response) => response,
            Break(Outcome::BrowserError { code, .. }) if web => {
                let console = ["Failed to load resource: net::", code, "\n"].concat();
                return Outcome::Printed([&console, "ConnectError: [unknown] Failed to fetch\n"].concat());
            }
            Break(Outcome::BrowserError { code, .. }) => {
                let console = ["Failed to load resource: net::", code, "\n"].concat();
                return Outcome::Printed([&console, "TypeError: Failed to fetch\n"].concat());
            }
            Break(other) => return other,
        };
        if response.status < 100 {
            return Outcome::Printed("not modelled: what Chromium makes of an answer with the status 000\n".to_owned());
        }
        self.withholds_trailers(&response);
        if web { self.web_told(&response, proto, answers) } else { self.bare_told(&response, proto, answers) }
    }

    /// Trailers have come, and the script does not get them.
    fn withholds_trailers(&mut self, response: &Response) {
        if response.trailers.is_empty() {
            return;
        }
        let names: Vec<&str> = response.trailers.iter().map(|(name, _)| &**name).collect();
        let words = ["the trailers have arrived (", &names.join(", "), "), and the script does not get them"].concat();
        let basis = Basis::Standard {
            source: "Fetch standard of 2026-07, responses",
            says: "a response has a status, headers and a body; trailers are read from the connection and left out",
        };
        self.record.decide("trailers-withheld", Browser, Ruling::Drop, words, basis);
    }

    /// What a script learns that has only `fetch`.
    fn bare_told(&mut self, response: &Response, proto: &Proto, answers: &str) -> Outcome {
        let mut log = ["status ", &short(response.status), "\n"].concat();
        for name in ["grpc-status", "grpc-message"] {
            if let Some(value) = response.header(name) {
                log += &[name, ": ", value, "\n"].concat();
            }
        }
        let json = decoded(&response.data, proto, answers);
        let message = json.map_or(String::new(), |json| [": a message of protobuf, ", &json].concat());
        log += &["body: ", &short(response.data.len()), " bytes", &message, "\n"].concat();
        let (ruling, words, says) = match response.header("grpc-status") {
            Some(code) => {
                let words =
                    ["grpc-status ", code, " stands in the head, since there is no body: that a script may read"];
                (Ruling::Answer, words.concat(), "the headers of an answer of the page's own origin can be read")
            }
            None => {
                let words = "there is a body, and nothing says whether the call went well".to_owned();
                (Ruling::Fail, words, "what is not in headers or body, a script does not learn")
            }
        };
        let basis = Basis::Standard { source: "Fetch standard of 2026-07, Response class", says };
        self.record.decide("script-reads", Browser, ruling, words, basis);
        Outcome::Printed(log)
    }

    /// What the library makes of an answer, in its words.
    fn web_told(&mut self, response: &Response, proto: &Proto, answers: &str) -> Outcome {
        let trailers = web_trailers(&response.data);
        let of_body = Response { trailers, ..Response::default() };
        let error =
            |code: u16, details: &str| ["ConnectError: [", &name(code).to_ascii_lowercase(), "] ", details].concat();
        let (ruling, words) = match (
            response.status,
            status(&of_body),
            status(&Response { data: Vec::new(), trailers: Vec::new(), ..response.clone() }),
        ) {
            (200, Some((0, _)), _) => match decoded(&response.data, proto, answers) {
                Some(json) => (Ruling::Answer, json),
                None => {
                    return Outcome::Printed("not modelled: an answer that is not the message described".to_owned());
                }
            },
            (200, Some((code, details)), _) | (200, None, Some((code, details))) => {
                (Ruling::Fail, error(code, &details))
            }
            (200, None, None) => (Ruling::Fail, error(2, "missing trailer")),
            (status, ..) => {
                let code = super::call::code_of_http(status);
                (Ruling::Fail, error(code, &["HTTP ", &short(status)].concat()))
            }
        };
        let basis = Basis::Standard {
            source: "gRPC, PROTOCOL-WEB.md",
            says: "the trailers stand at the end of the body, as a last message whose first bit is set",
        };
        self.record.decide("call-ends", Browser, ruling, words.clone(), basis);
        let console = match response.status {
            200..=299 => String::new(),
            status => {
                let status = short(status);
                [
                    "Failed to load resource: the server responded with a status of ",
                    &status,
                    " (",
                    &response.reason,
                    ")\n",
                ]
                .concat()
            }
        };
        Outcome::Printed([&console, &words, "\n"].concat())
    }
}

/// The first message of a body as JSON.
fn decoded(data: &[u8], proto: &Proto, answers: &str) -> Option<String> {
    let pieces = protobuf::unframed(data)?;
    let (_, bytes) = pieces.iter().find(|(flags, _)| flags & 0x80 == 0)?;
    let mut json = String::new();
    protobuf::decode(proto, proto.message(answers)?, bytes)?.json(&mut json);
    Some(json)
}
