//! Chromium's own names for a refused fetch, and the sentences in its console, as Chromium 156 says them.
//!
//! The names are those of its network service (`CorsError`) and of its network stack (`net::ERR_…`). Which name a refusal
//! gets follows the order in which Chromium looks, and this is not everywhere the order of the standard: it reads a
//! redirect's address before it makes the CORS check. The sentences are recorded in `tests/oracles/facts_observed.json`.

use super::exchange::Answer;
use super::headers::get;
use super::origin::{same_origin, serialize};
use super::profile::Profile;
use super::redirect::{Location, MOST_REDIRECTS, location_url};
use super::request::{Mode, Request, Tainting};
use super::url::Url;
use crate::message::Header;

/// Why Chromium refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The CORS check failed: why, and whether it was that of the preflight.
    Check(Denied, bool),
    /// The preflight's status is not from 200 to 299.
    PreflightInvalidStatus,
    /// The preflight was answered with a redirect.
    PreflightDisallowedRedirect,
    /// `Access-Control-Allow-Methods` does not parse.
    InvalidAllowMethodsPreflightResponse,
    /// `Access-Control-Allow-Headers` does not parse.
    InvalidAllowHeadersPreflightResponse,
    /// The method is not allowed.
    MethodDisallowedByPreflightResponse(String),
    /// A header is not allowed.
    HeaderDisallowedByPreflightResponse(String),
    /// A redirect names a user or a password.
    RedirectContainsCredentials,
    /// An error below CORS, by its name.
    Net(&'static str),
    /// What is refused before anything is sent: a name, and what the console says.
    Unsent(&'static str, String),
    /// `fetch()` throws before there is a request: what the exception says.
    Thrown(String),
}

/// What is wrong with the headers of a CORS check; the value that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// `*` with credentials.
    WildcardOriginNotAllowed,
    /// No `Access-Control-Allow-Origin`.
    MissingAllowOriginHeader,
    /// Several values, or a value with a blank or a comma in it.
    MultipleAllowOriginValues(String),
    /// What no URL could be.
    InvalidAllowOriginValue(String),
    /// Another origin.
    AllowOriginMismatch(String),
    /// `Access-Control-Allow-Credentials` is not `true`.
    InvalidAllowCredentials(String),
}

/// What Chromium says where a CORS check fails (`services/network/public/cpp/cors/cors.cc`, `CheckAccess`) for an origin in
/// words, with or without credentials.
pub fn why_not_allowed(asking: &str, include: bool, headers: &[Header]) -> Reason {
    let denied = match get(headers, "Access-Control-Allow-Origin") {
        None => Denied::MissingAllowOriginHeader,
        Some(value) if value == "*" && include => Denied::WildcardOriginNotAllowed,
        Some(value) if value == asking => {
            Denied::InvalidAllowCredentials(get(headers, "Access-Control-Allow-Credentials").unwrap_or_default())
        }
        Some(value) if value.chars().any(|c| matches!(c, ' ' | ',')) => Denied::MultipleAllowOriginValues(value),
        Some(value) if value != "null" && Url::parse(&value, None).is_none() => Denied::InvalidAllowOriginValue(value),
        Some(value) => Denied::AllowOriginMismatch(value),
    };
    Reason::Check(denied, false)
}

impl Reason {
    /// The same reason, found in the answer to a preflight.
    pub fn in_preflight(self) -> Self {
        match self {
            Self::Check(denied, _) => Self::Check(denied, true),
            other => other,
        }
    }

    /// The name: `MissingAllowOriginHeader`, `net::ERR_TOO_MANY_REDIRECTS`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Check(Denied::WildcardOriginNotAllowed, false) => "WildcardOriginNotAllowed",
            Self::Check(Denied::WildcardOriginNotAllowed, true) => "PreflightWildcardOriginNotAllowed",
            Self::Check(Denied::MissingAllowOriginHeader, false) => "MissingAllowOriginHeader",
            Self::Check(Denied::MissingAllowOriginHeader, true) => "PreflightMissingAllowOriginHeader",
            Self::Check(Denied::MultipleAllowOriginValues(_), false) => "MultipleAllowOriginValues",
            Self::Check(Denied::MultipleAllowOriginValues(_), true) => "PreflightMultipleAllowOriginValues",
            Self::Check(Denied::InvalidAllowOriginValue(_), false) => "InvalidAllowOriginValue",
            Self::Check(Denied::InvalidAllowOriginValue(_), true) => "PreflightInvalidAllowOriginValue",
            Self::Check(Denied::AllowOriginMismatch(_), false) => "AllowOriginMismatch",
            Self::Check(Denied::AllowOriginMismatch(_), true) => "PreflightAllowOriginMismatch",
            Self::Check(Denied::InvalidAllowCredentials(_), false) => "InvalidAllowCredentials",
            Self::Check(Denied::InvalidAllowCredentials(_), true) => "PreflightInvalidAllowCredentials",
            Self::PreflightInvalidStatus => "PreflightInvalidStatus",
            Self::PreflightDisallowedRedirect => "PreflightDisallowedRedirect",
            Self::InvalidAllowMethodsPreflightResponse => "InvalidAllowMethodsPreflightResponse",
            Self::InvalidAllowHeadersPreflightResponse => "InvalidAllowHeadersPreflightResponse",
            Self::MethodDisallowedByPreflightResponse(_) => "MethodDisallowedByPreflightResponse",
            Self::HeaderDisallowedByPreflightResponse(_) => "HeaderDisallowedByPreflightResponse",
            Self::RedirectContainsCredentials => "RedirectContainsCredentials",
            Self::Net(name) | Self::Unsent(name, _) => name,
            Self::Thrown(_) => "TypeError",
        }
    }

    /// Whether it is one of CORS.
    pub const fn is_cors(&self) -> bool {
        !matches!(self, Self::Net(_) | Self::Unsent(..) | Self::Thrown(_))
    }

    /// What the console says of it, after “has been blocked by CORS policy”.
    pub fn sentence(&self) -> String {
        const VALID: &str = " Have the server send the header with a valid value.";
        match self {
            Self::Check(denied, preflight) => {
                let text = match denied {
                    Denied::WildcardOriginNotAllowed => {
                        "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard \
                         '*' when the request's credentials mode is 'include'."
                            .to_owned()
                    }
                    Denied::MissingAllowOriginHeader => {
                        "No 'Access-Control-Allow-Origin' header is present on the requested resource.".to_owned()
                    }
                    Denied::MultipleAllowOriginValues(value) => [
                        "The 'Access-Control-Allow-Origin' header contains multiple values '",
                        value,
                        "', but only one is allowed.",
                        VALID,
                    ]
                    .concat(),
                    Denied::InvalidAllowOriginValue(value) => {
                        ["The 'Access-Control-Allow-Origin' header contains the invalid value '", value, "'.", VALID]
                            .concat()
                    }
                    Denied::AllowOriginMismatch(value) => [
                        "The 'Access-Control-Allow-Origin' header has a value '",
                        value,
                        "' that is not equal to the supplied origin.",
                        VALID,
                    ]
                    .concat(),
                    Denied::InvalidAllowCredentials(value) => [
                        "The value of the 'Access-Control-Allow-Credentials' header in the response is '",
                        value,
                        "' which must be 'true' when the request's credentials mode is 'include'.",
                    ]
                    .concat(),
                };
                if *preflight { [PREFLIGHT, &text].concat() } else { text }
            }
            Self::PreflightInvalidStatus => [PREFLIGHT, "It does not have HTTP ok status."].concat(),
            Self::PreflightDisallowedRedirect => {
                [PREFLIGHT, "Redirect is not allowed for a preflight request."].concat()
            }
            Self::InvalidAllowMethodsPreflightResponse => {
                "Cannot parse Access-Control-Allow-Methods response header field in preflight response.".to_owned()
            }
            Self::InvalidAllowHeadersPreflightResponse => {
                "Cannot parse Access-Control-Allow-Headers response header field in preflight response.".to_owned()
            }
            Self::MethodDisallowedByPreflightResponse(method) => {
                ["Method ", method, " is not allowed by Access-Control-Allow-Methods in preflight response."].concat()
            }
            Self::HeaderDisallowedByPreflightResponse(name) => [
                "Request header field ",
                name,
                " is not allowed by Access-Control-Allow-Headers in preflight response.",
            ]
            .concat(),
            Self::RedirectContainsCredentials => "Redirect location '' contains a username and password, which is \
                                                  disallowed for cross-origin requests."
                .to_owned(),
            Self::Net(_) => String::new(),
            Self::Unsent(_, text) | Self::Thrown(text) => text.clone(),
        }
    }
}

const PREFLIGHT: &str = "Response to preflight request doesn't pass access control check: ";

/// What script gets: an exception that does not say why, unless its arguments were wrong.
pub fn exception(reason: Option<&Reason>) -> String {
    match reason {
        Some(Reason::Thrown(text)) => ["TypeError: Failed to execute 'fetch' on 'Window': ", text].concat(),
        _ => "TypeError: Failed to fetch".to_owned(),
    }
}

/// The mode `same-origin` and an address of another origin: at once, or after a redirect.
pub fn mode_same_origin(request: &Request) -> Reason {
    let (url, origin) = (request.url().sent() + &request.url().fragment, serialize(&request.origin));
    let text = if request.redirects == 0 {
        let why = ". Request mode is \"same-origin\" but the URL's origin is not same as the request origin ";
        ["Fetch API cannot load ", &url, why, &origin, "."].concat()
    } else {
        let why = ". Domains, protocols and ports must match.\n";
        ["Unsafe attempt to load URL ", &url, " from frame with URL ", &request.page, why].concat()
    };
    Reason::Unsent("origin", text)
}

/// The mode `no-cors` and a redirect mode other than `follow`.
pub fn mode_no_cors(request: &Request) -> Reason {
    let url = request.url().sent() + &request.url().fragment;
    let why = ". Request mode is \"no-cors\" but the redirect mode is not \"follow\".";
    Reason::Unsent("no-cors", ["Fetch API cannot load ", &url, why].concat())
}

/// An address in the clear on an encrypted page.
pub fn mixed_content(request: &Request) -> Reason {
    let text = [
        "Mixed Content: The page at '",
        &request.page,
        "' was loaded over HTTPS, but requested an insecure resource '",
        &request.url().sent(),
        "'. This request has been blocked; the content must be served over HTTPS.",
    ];
    Reason::Unsent("mixed-content", text.concat())
}

/// The lines in the console after a refused `fetch()`. Script sees none of them.
pub fn console(request: &Request, reason: &Reason) -> Vec<String> {
    let failed = |name: &str| ["Failed to load resource: ", name].concat();
    match reason {
        Reason::Net(name) => return vec![failed(name)],
        Reason::Unsent(_, text) => return vec![text.clone()],
        Reason::Thrown(_) => return Vec::new(),
        _ => {}
    }
    let shown = |url: &Url| url.sent() + &url.fragment;
    let (first, last) = (shown(&request.urls[0]), shown(request.url()));
    let from = if first == last { String::new() } else { ["(redirected from '", &first, "') "].concat() };
    let origin = serialize(&request.origin);
    let access = [
        "Access to fetch at '",
        &last,
        "' ",
        &from,
        "from origin '",
        &origin,
        "' has been blocked by CORS policy: ",
        &reason.sentence(),
    ];
    vec![visible(&access.concat()), failed("net::ERR_FAILED")]
}

/// Signs beyond ASCII, and control characters, as the console shows them: `\u000B`.
fn visible(text: &str) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut shown = String::new();
    for c in text.chars() {
        if (' '..='~').contains(&c) {
            shown.push(c);
            continue;
        }
        let code = c as usize;
        shown.push_str("\\u00");
        shown.push(DIGITS[code >> 4]);
        shown.push(DIGITS[code & 15]);
    }
    shown
}

/// How Chromium sees a preflight that is answered with a redirect: before the CORS check, and only if there is somewhere to
/// go.
pub fn preflight_redirect(request: &Request, answer: &Answer) -> Option<Reason> {
    match location(request, answer) {
        Location::Null => None,
        Location::Failure => Some(Reason::Net(INVALID)),
        Location::Url(_) => Some(Reason::PreflightDisallowedRedirect),
    }
}

/// What Chromium's network stack says of a redirect before anybody makes a CORS check.
pub fn redirect_trouble(request: &Request, answer: &Answer) -> Option<Reason> {
    match location(request, answer) {
        Location::Failure => Some(Reason::Net(INVALID)),
        Location::Url(_) if request.redirects >= MOST_REDIRECTS => Some(Reason::Net(MANY)),
        _ => None,
    }
}

const INVALID: &str = "net::ERR_INVALID_REDIRECT";
const MANY: &str = "net::ERR_TOO_MANY_REDIRECTS";

fn location(request: &Request, answer: &Answer) -> Location {
    if answer.redirects() { location_url(request, answer, &Profile::CHROMIUM) } else { Location::Null }
}

/// What Chromium says of a redirect that it does not follow after a CORS check that has passed: it looks for a user name in
/// the address before it finds that the scheme is wrong or that redirects are an error.
pub fn redirect_refused(request: &Request, answer: &Answer) -> Option<Reason> {
    if let Some(trouble) = redirect_trouble(request, answer) {
        return Some(trouble);
    }
    let Location::Url(url) = location(request, answer) else { return None };
    let foreign = request.mode == Mode::Cors && !same_origin(&request.origin, &url.origin());
    let refused = url.includes_credentials() && (foreign || request.tainting == Tainting::Cors);
    refused.then_some(Reason::RedirectContainsCredentials)
}
