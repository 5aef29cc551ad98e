//! Filtered responses: what script gets to see of an answer.

use super::exchange::Answer;
use super::headers::{extract_tokens, forbidden_response_header_name, sorted_lowercase_set};
use super::request::{Credentials, Request, Tainting};
use super::safelist::cors_safelisted_response_header_name;
use crate::message::Header;

/// What script gets from `fetch()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A [basic filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-basic).
    Basic(Readable),
    /// A [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors).
    Cors(Readable),
    /// An [opaque filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-opaque): nothing, not even the
    /// status.
    Opaque,
    /// An [opaque-redirect filtered
    /// response](https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect): that there was a redirect.
    OpaqueRedirect,
    /// A [network error](https://fetch.spec.whatwg.org/#concept-network-error): `fetch()` rejects with a TypeError, which
    /// does not say why.
    NetworkError,
}

/// What can be read of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    /// The status.
    pub status: u16,
    /// The headers that may be read.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
}

impl Seen {
    /// The word of the standard: what `response.type` says.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Basic(_) => "basic",
            Self::Cors(_) => "cors",
            Self::Opaque => "opaque",
            Self::OpaqueRedirect => "opaqueredirect",
            Self::NetworkError => "network-error",
        }
    }

    /// What can be read, if anything.
    pub const fn readable(&self) -> Option<&Readable> {
        match self {
            Self::Basic(readable) | Self::Cors(readable) => Some(readable),
            _ => None,
        }
    }

    /// The status that script sees; none where the promise is rejected.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::NetworkError => None,
            _ => Some(self.readable().map_or(0, |readable| readable.status)),
        }
    }

    /// The names of the headers that script can read, in lower case and sorted.
    pub fn visible_headers(&self) -> Vec<String> {
        let headers = self.readable().map_or(&[][..], |readable| &readable.headers);
        sorted_lowercase_set(headers.iter().map(|(name, _)| &**name))
    }
}

/// What script sees of an answer, by the request's response tainting.
pub fn filtered_response(request: &Request, answer: &Answer) -> Seen {
    let mut headers = answer.received();
    headers.retain(|(name, _)| !forbidden_response_header_name(name));
    let exposed = cors_exposed_header_name_list(request, &headers);
    let body = answer.body.clone();
    match request.tainting {
        Tainting::Basic => Seen::Basic(Readable { status: answer.status, headers, body }),
        Tainting::Cors => {
            headers.retain(|(name, _)| cors_safelisted_response_header_name(name, &exposed));
            Seen::Cors(Readable { status: answer.status, headers, body })
        }
        Tainting::Opaque => Seen::Opaque,
    }
}

/// The [CORS-exposed header-name list](https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list): what
/// `Access-Control-Expose-Headers` lists; `*` stands for all without credentials. A list that does not parse is empty.
fn cors_exposed_header_name_list(request: &Request, headers: &[Header]) -> Vec<String> {
    let listed = extract_tokens(headers, "Access-Control-Expose-Headers").values().to_vec();
    if request.credentials != Credentials::Include && listed.iter().any(|name| name == "*") {
        return headers.iter().map(|(name, _)| name.to_string()).collect();
    }
    listed
}
