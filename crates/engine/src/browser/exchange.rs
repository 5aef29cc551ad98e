//! What leaves the browser, and what comes back. The test server of the laboratory answers with the same values.

use super::headers::{as_received, get};
use super::url::Url;
use crate::message::Header;
use crate::time::Micros;

/// A request as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Whether the browser asks by itself whether script may ask.
    pub preflight: bool,
    /// The method.
    pub method: String,
    /// Where to.
    pub url: Url,
    /// The headers that say something here: script’s own, and those of the CORS protocol. The order is not modelled.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Option<String>,
}

impl Sent {
    /// A header of it.
    pub fn header(&self, name: &str) -> Option<String> {
        get(&self.headers, name)
    }
}

/// What a server answers: status, headers as written, in order and with repetitions, body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values, in order.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
}

/// How a server answers at one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Policy {
    /// To preflights; if there is none, as to everything else.
    pub preflight: Option<Answer>,
    /// To everything else.
    pub actual: Answer,
}

impl Policy {
    /// What it answers to a request.
    pub fn answer(&self, sent: &Sent) -> &Answer {
        self.preflight.as_ref().filter(|_| sent.preflight).unwrap_or(&self.actual)
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The answer; none where the connection failed.
    pub answer: Option<Answer>,
    /// When it was there.
    pub at: Micros,
}

impl Answer {
    /// The headers as the browser has them: without blanks around the values.
    pub fn received(&self) -> Vec<Header> {
        self.headers.iter().map(|(name, value)| (name.clone(), as_received(value).to_owned().into())).collect()
    }

    /// A [redirect status](https://fetch.spec.whatwg.org/#redirect-status).
    pub const fn redirects(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}
