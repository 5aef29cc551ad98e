//! What can be chosen in the small space, and what each choice means: said in other words than the engine's, over the names
//! of the choices, without a header being read.

use super::*;

pub const MODES: [Mode; 3] = [Mode::Cors, Mode::NoCors, Mode::SameOrigin];
pub const TO_WHOM: [Credentials; 3] = [Credentials::Omit, Credentials::SameOrigin, Credentials::Include];

/// Methods as script writes them, and whether a form could send them.
pub const VERBS: [(&str, bool); 6] =
    [("GET", true), ("head", true), ("POST", true), ("put", false), ("patch", false), ("DELETE", false)];

/// Headers of script, and the names that need permission.
pub const MARKS: [(Pairs<'_>, &[&str]); 6] = [
    (&[], &[]),
    (&[("Content-Type", "text/plain"), ("Range", "bytes=0-9"), ("Cookie", "mine=1")], &[]),
    (&[("Content-Type", "application/json")], &["content-type"]),
    (&[("X-Trace", "7")], &["x-trace"]),
    (&[("Authorization", "Bearer x")], &["authorization"]),
    (&[("X-Trace", "7"), ("Authorization", "Bearer x")], &["authorization", "x-trace"]),
];

/// Where the page stands to the address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stands {
    Own,
    Sibling,
    Foreign,
    /// A frame without an origin, in a page of the address.
    Opaque,
}
pub const STANDS: [Stands; 4] = [Stands::Own, Stands::Sibling, Stands::Foreign, Stands::Opaque];

impl Stands {
    pub fn address(self) -> &'static str {
        match self {
            Self::Own | Self::Opaque => "https://app.test/data",
            Self::Sibling => "https://api.app.test/data",
            Self::Foreign => "https://api.other.test/data",
        }
    }

    pub fn origin(self) -> &'static str {
        if self == Self::Opaque { "null" } else { ORIGIN }
    }
}

/// What a server says about the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    Nobody,
    Star,
    Asking,
    Other,
    WithSlash,
    Twice,
}
pub const WHO: [Who; 6] = [Who::Nobody, Who::Star, Who::Asking, Who::Other, Who::WithSlash, Who::Twice];

/// What it says about credentials.
pub const SAYS: [Option<&str>; 4] = [None, Some("true"), Some("True"), Some("false")];

impl Who {
    pub fn headers(self, stands: Stands, credentials: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
        let origin = stands.origin();
        let mut headers = match self {
            Self::Nobody => vec![],
            Self::Star => vec![(ALLOW, "*")],
            Self::Asking => vec![(ALLOW, origin)],
            Self::Other => vec![(ALLOW, "https://elsewhere.test")],
            Self::WithSlash if stands == Stands::Opaque => vec![(ALLOW, "null/")],
            Self::WithSlash => vec![(ALLOW, "https://app.test/")],
            Self::Twice => vec![(ALLOW, origin), (ALLOW, origin)],
        };
        headers.extend(credentials.map(|value| (CREDENTIALS, value)));
        headers
    }

    /// Whether the asking page is let in.
    pub fn lets_in(self, to: Credentials, says: Option<&str>) -> bool {
        match self {
            Self::Star => to != INCLUDE,
            Self::Asking => to != INCLUDE || says == Some("true"),
            _ => false,
        }
    }
}

/// What a preflight is answered: status, who, credentials, and the two lists.
#[derive(Clone, Copy, Debug)]
pub struct Leave {
    pub status: u16,
    pub who: Who,
    pub says: Option<&'static str>,
    pub methods: Option<&'static str>,
    pub headers: Option<&'static str>,
}

pub const METHOD_LISTS: [Option<&str>; 5] =
    [None, Some("*"), Some("GET, PUT,DELETE"), Some("PATCH"), Some("PUT;DELETE")];
pub const HEADER_LISTS: [Option<&str>; 6] = [
    None,
    Some("*"),
    Some("X-TRACE"),
    Some("*, authorization"),
    Some("content-type , x-trace,Authorization"),
    Some("x trace"),
];

impl Leave {
    pub const EVERYTHING: Self =
        Self { status: 204, who: Who::Asking, says: Some("true"), methods: METHOD_LISTS[2], headers: HEADER_LISTS[4] };

    pub fn answer(self, stands: Stands) -> Answer {
        let mut headers = self.who.headers(stands, self.says);
        headers.extend(self.methods.map(|list| (METHODS, list)));
        headers.extend(self.headers.map(|list| (HEADERS, list)));
        answer(self.status, &headers)
    }

    /// Whether it allows a request of this method with these names.
    pub fn allows(self, to: Credentials, (verb, form): (&str, bool), names: &[&str], star_covers_all: bool) -> bool {
        let star = to != INCLUDE;
        // The lists above, read by a person.
        let method = form
            || match self.methods {
                Some("*") => star,
                Some("GET, PUT,DELETE") => matches!(verb, "put" | "DELETE"),
                _ => false,
            };
        let listed = |name: &&str| match self.headers {
            Some("*") => star && (*name != "authorization" || star_covers_all),
            Some("X-TRACE") => *name == "x-trace",
            Some("*, authorization") => star || *name == "authorization",
            Some("content-type , x-trace,Authorization") => true,
            _ => false,
        };
        let readable = self.methods != Some("PUT;DELETE") && self.headers != Some("x trace");
        (200..300).contains(&self.status)
            && self.who.lets_in(to, self.says)
            && readable
            && method
            && names.iter().all(listed)
    }
}
