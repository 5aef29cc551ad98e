//! Requests: what script asks for, and what the browser makes of it before anything is sent.
//!
//! `fetch()` throws where an argument makes no sense or is forbidden; script cannot tell most of these errors from a refusal
//! on the way.

use super::chromium::Reason;
use super::headers::{contains, forbidden_request_header, get, is_header_value, is_token, normalize};
use super::methods::{self, cors_safelisted_method, forbidden_method, is_method};
use super::origin::{Origin, same_origin, same_site, serialize};
use super::rule::{Algorithm, Decision};
use super::safelist::no_cors_safelisted_request_header;
use super::url::Url;
use crate::message::Header;
use crate::trace::Ruling::Fail;
use core::ops::ControlFlow::{self, Break, Continue};

/// The [mode](https://fetch.spec.whatwg.org/#concept-request-mode) of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Mode {
    /// Other origins may be read if they allow it.
    #[default]
    Cors,
    /// Other origins may be asked, and are not read.
    NoCors,
    /// Other origins are not asked.
    SameOrigin,
    /// A page is opened. No script can use it.
    Navigate,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Cors, Self::NoCors, Self::SameOrigin, Self::Navigate];

    /// The word that script writes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::NoCors => "no-cors",
            Self::SameOrigin => "same-origin",
            Self::Navigate => "navigate",
        }
    }

    /// The mode with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// The [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode): to whom cookies go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Credentials {
    /// To nobody.
    Omit,
    /// To the page's own origin.
    #[default]
    SameOrigin,
    /// To everybody.
    Include,
}

impl Credentials {
    /// Every credentials mode.
    pub const ALL: [Self; 3] = [Self::Omit, Self::SameOrigin, Self::Include];

    /// The word that script writes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
        }
    }

    /// The credentials mode with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|credentials| credentials.word() == word)
    }
}

/// The [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum RedirectMode {
    /// Redirects are followed.
    #[default]
    Follow,
    /// A redirect is an error.
    Error,
    /// Script is told that there was a redirect, and not where to.
    Manual,
}

/// The [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting): how much script will see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tainting {
    /// Everything but cookies.
    #[default]
    Basic,
    /// What the server allows.
    Cors,
    /// Nothing.
    Opaque,
}

/// The page whose script asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address, from which relative URLs are read.
    pub url: Url,
    /// Whether its origin is opaque: a frame with `sandbox` and without `allow-same-origin`, in a page of that address.
    pub opaque: bool,
}

impl Page {
    /// Its origin.
    pub fn origin(&self) -> Origin {
        if self.opaque { Origin::Opaque } else { self.url.origin() }
    }
}

/// What script gives to `fetch()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Init {
    /// The address.
    pub url: String,
    /// The method; `GET` where script names none.
    pub method: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, always text here.
    pub body: Option<String>,
    /// The mode.
    pub mode: Mode,
    /// To whom cookies go.
    pub credentials: Credentials,
    /// What becomes of redirects.
    pub redirect: RedirectMode,
}

/// A [request](https://fetch.spec.whatwg.org/#concept-request) on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method as it is sent.
    pub method: String,
    /// All addresses so far; the last one is the current one.
    pub urls: Vec<Url>,
    /// The headers that script set.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Option<String>,
    /// Whose script asks.
    pub origin: Origin,
    /// The origin of the page on top: it decides about mixed content and sites.
    pub top: Origin,
    /// The page's address.
    pub page: String,
    /// The mode.
    pub mode: Mode,
    /// To whom cookies go.
    pub credentials: Credentials,
    /// What becomes of redirects.
    pub redirect: RedirectMode,
    /// How much script will see.
    pub tainting: Tainting,
    /// How many redirects were followed.
    pub redirects: usize,
    /// Whether one of them has made a GET of it.
    pub turned: bool,
}

const CONSTRUCTOR: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, Request constructor",
    link: "https://fetch.spec.whatwg.org/#dom-request",
};
const APPEND: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, append to a Headers object",
    link: "https://fetch.spec.whatwg.org/#concept-headers-append",
};

/// The steps of the [Request constructor](https://fetch.spec.whatwg.org/#dom-request) that can end in an exception.
///
/// Left out: a `Request` object as the argument, `signal`, `integrity`, `cache`, `keepalive`, bodies other than text.
pub fn construct(init: &Init, page: &Page) -> ControlFlow<Decision, Request> {
    let throw =
        |says, words: &[&str]| Break(CONSTRUCTOR.step(says).decides(Fail).because(Reason::Thrown(words.concat())));
    let beyond = |text: &str| text.chars().any(|c| u32::from(c) > 255);
    let headers_beyond = init.headers.iter().any(|(name, value)| beyond(name) || beyond(value));
    if headers_beyond || beyond(&init.method) {
        let property = if headers_beyond { "headers" } else { "method" };
        const WORDS: &str = "' property from 'RequestInit': String contains non ISO-8859-1 code point.";
        return throw("a text with signs that are no byte throws", &["Failed to read the '", property, WORDS]);
    }
    let Some(url) = Url::parse(&init.url, Some(&page.url)) else {
        return throw("an address that does not parse throws", &["Failed to parse URL from ", &init.url]);
    };
    if url.includes_credentials() {
        let words = ["Request cannot be constructed from a URL that includes credentials: ", &init.url];
        return throw("an address with a user name or a password throws", &words);
    }
    if init.mode == Mode::Navigate {
        let words = "Cannot construct a Request with a RequestInit whose mode member is set as 'navigate'.";
        return throw("the mode `navigate` is not for scripts, and throws", &[words]);
    }
    if !is_method(&init.method) {
        let words = ["'", &init.method, "' is not a valid HTTP method."];
        return throw("a method that is no token throws", &words);
    }
    if forbidden_method(&init.method) {
        return throw("CONNECT, TRACE and TRACK throw", &["'", &init.method, "' HTTP method is unsupported."]);
    }
    let method = methods::normalize(&init.method);
    if init.mode == Mode::NoCors && !cors_safelisted_method(&method) {
        let words = ["'", &method, "' is unsupported in no-cors mode."];
        return throw("the mode `no-cors` takes the methods GET, HEAD and POST only, and throws for others", &words);
    }
    let mut headers = Vec::new();
    for (name, value) in &init.headers {
        append(&mut headers, init.mode, name, value)?;
    }
    if init.body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
        return throw("GET and HEAD with a body throw", &["Request with GET/HEAD method cannot have body."]);
    }
    // A text says what it is, unless script has said so.
    if init.body.is_some() && !contains(&headers, "content-type") {
        append(&mut headers, init.mode, "Content-Type", "text/plain;charset=UTF-8")?;
    }
    Continue(Request {
        method,
        urls: vec![url],
        headers,
        body: init.body.clone(),
        origin: page.origin(),
        top: page.url.origin(),
        page: page.url.sent(),
        mode: init.mode,
        credentials: init.credentials,
        redirect: init.redirect,
        tainting: Tainting::Basic,
        redirects: 0,
        turned: false,
    })
}

/// [Appends](https://fetch.spec.whatwg.org/#concept-headers-append) a header that script sets. What it may not set is left
/// out without a word.
fn append(headers: &mut Vec<Header>, mode: Mode, name: &str, value: &str) -> ControlFlow<Decision> {
    let value = normalize(value);
    if !is_token(name) || !is_header_value(value) {
        let words = if is_token(name) { "Invalid value" } else { "Invalid name" };
        let decision = APPEND.step("a name that is no token, or a value with NUL or a newline, throws").decides(Fail);
        return Break(decision.because(Reason::Thrown(words.to_owned())));
    }
    if forbidden_request_header(name, value) {
        return Continue(());
    }
    if mode == Mode::NoCors {
        let whole = get(headers, name).map_or_else(|| value.to_owned(), |before| [&before, ", ", value].concat());
        if !no_cors_safelisted_request_header(name, &whole) {
            return Continue(());
        }
    }
    let known = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(known, _)| known.clone());
    headers.push((known.unwrap_or_else(|| name.to_owned().into()), value.to_owned().into()));
    Continue(())
}

impl Request {
    /// The [current URL](https://fetch.spec.whatwg.org/#concept-request-current-url).
    pub fn url(&self) -> &Url {
        &self.urls[self.urls.len() - 1]
    }

    /// Whether the current URL is of the asking origin.
    pub fn same_origin(&self) -> bool {
        same_origin(&self.origin, &self.url().origin())
    }

    /// The same request as if it had been made for its current URL.
    #[must_use]
    pub fn unredirected(&self) -> Self {
        Self { urls: vec![self.url().clone()], ..self.clone() }
    }

    /// The [redirect-taint](https://fetch.spec.whatwg.org/#concept-request-tainted-origin): whether a foreign origin, or
    /// even a foreign site, has redirected to a third one.
    pub fn redirect_taint(&self) -> Taint {
        let mut taint = Taint::SameOrigin;
        for pair in self.urls.windows(2) {
            let (last, next) = (pair[0].origin(), pair[1].origin());
            if !same_site(&next, &last) && !same_site(&self.origin, &last) {
                return Taint::CrossSite;
            }
            if !same_origin(&next, &last) && !same_origin(&self.origin, &last) {
                taint = Taint::SameSite;
            }
        }
        taint
    }

    /// [The request's origin in words](https://fetch.spec.whatwg.org/#serializing-a-request-origin): what the header
    /// `Origin` says. After a foreign redirect it says `null`.
    pub fn serialized_origin(&self) -> String {
        match self.redirect_taint() {
            Taint::SameOrigin => serialize(&self.origin),
            _ => "null".to_owned(),
        }
    }
}

/// What a [redirect-taint](https://fetch.spec.whatwg.org/#concept-request-tainted-origin) can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taint {
    /// No foreign origin has redirected to another one.
    SameOrigin,
    /// One has, within its site.
    SameSite,
    /// One has, across sites.
    CrossSite,
}
