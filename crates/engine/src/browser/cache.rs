//! The CORS-preflight cache: what servers have allowed, and for how long. The moment is an argument.

use super::headers::contains;
use super::origin::serialize;
use super::profile::{Memory, Profile};
use super::request::{Credentials, Request};
use super::safelist::cors_non_wildcard_request_header_name;
use crate::time::Micros;

/// The [CORS-preflight cache](https://fetch.spec.whatwg.org/#concept-cache).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreflightCache {
    entries: Vec<Entry>,
}

/// A [cache entry](https://fetch.spec.whatwg.org/#cache-entry).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    key: Key,
    /// When it ends.
    until: Micros,
    /// Whether it was asked for with credentials.
    credentials: bool,
    what: Grant,
}

/// For whom, and at which address, fragment and all. The network partition key is the site on top.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    top: String,
    origin: String,
    url: String,
}

/// A method or a header that is allowed; `*` for all.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Grant {
    Method(String),
    Header(String),
}

/// What a preflight allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The methods of `Access-Control-Allow-Methods`.
    pub methods: Vec<String>,
    /// The names of `Access-Control-Allow-Headers`.
    pub headers: Vec<String>,
    /// For how many seconds.
    pub seconds: u64,
}

impl PreflightCache {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a request needs no preflight: there is a [method cache entry
    /// match](https://fetch.spec.whatwg.org/#concept-cache-match-method) for its method, if it needs one, and a [header-name
    /// cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match-header) for each name.
    pub fn suffices(
        &mut self,
        request: &Request,
        (method, names): (Option<&str>, &[String]),
        profile: &Profile,
        now: Micros,
    ) -> bool {
        self.entries.retain(|entry| entry.until > now);
        if passes_by(request, profile) || !remembers(request, profile) {
            return false;
        }
        let key = Key::of(request);
        let include = request.credentials == Credentials::Include;
        let fits = |entry: &&Entry| {
            entry.key == key
                && match profile.memory {
                    Memory::EachGrantByCredentials => entry.credentials == include,
                    _ => entry.credentials || !include,
                }
        };
        // By the letter of the standard a `*` is a wildcard here even where it was none when it came.
        let wild =
            |entry: &Entry| !profile.remembers_no_star && (profile.memory == Memory::EachGrant || !entry.credentials);
        let known =
            |wanted: &Grant| self.entries.iter().filter(fits).any(|entry| entry.stands_for(wanted, wild(entry)));
        // Where nothing needs permission and it is asked for all the same, an entry must be there at least.
        if profile.asks_again_when_redirected && !self.entries.iter().any(|entry| fits(&entry)) {
            return false;
        }
        let sufficient = method.is_none_or(|method| known(&Grant::Method(method.to_owned())))
            && names.iter().all(|name| known(&Grant::Header(name.clone())));
        if !sufficient && profile.memory == Memory::LastAnswer {
            self.entries.retain(|entry| entry.key != key);
        }
        sufficient
    }

    /// [Creates entries](https://fetch.spec.whatwg.org/#concept-cache-create-entry), or gives those that match a new end. The
    /// standard leaves open from when that is counted; here it is from now.
    pub fn store(&mut self, request: &Request, granted: &Granted, profile: &Profile, now: Micros) {
        if !remembers(request, profile) {
            return;
        }
        let key = Key::of(request);
        let credentials = request.credentials == Credentials::Include;
        if profile.memory == Memory::LastAnswer {
            self.entries.retain(|entry| entry.key != key);
        }
        let until = now + Micros(granted.seconds.saturating_mul(1_000_000));
        let methods = granted.methods.iter().map(|method| Grant::Method(method.clone()));
        let headers = granted.headers.iter().map(|name| Grant::Header(name.to_ascii_lowercase()));
        for what in methods.chain(headers) {
            let same = |entry: &&mut Entry| {
                let credentials = match profile.memory {
                    Memory::EachGrantByCredentials => entry.credentials == credentials,
                    _ => entry.credentials || !credentials,
                };
                entry.key == key && credentials && entry.what == what
            };
            match self.entries.iter_mut().find(same) {
                Some(entry) => entry.until = until,
                None => self.entries.push(Entry { key: key.clone(), until, credentials, what }),
            }
        }
    }

    /// [Clears](https://fetch.spec.whatwg.org/#concept-cache-clear) what is known of the request's address.
    pub fn clear(&mut self, request: &Request) {
        let key = Key::of(request);
        self.entries.retain(|entry| entry.key != key);
    }
}

/// Whether a browser remembers anything for the request's origin.
fn remembers(request: &Request, profile: &Profile) -> bool {
    profile.remembers_null || request.serialized_origin() != "null"
}

/// Whether a browser does not look up what it remembers: the request has a condition.
fn passes_by(request: &Request, profile: &Profile) -> bool {
    const CONDITIONS: [&str; 5] = ["if-modified-since", "if-none-match", "if-unmodified-since", "if-match", "if-range"];
    profile.conditions_pass_by && CONDITIONS.iter().any(|name| contains(&request.headers, name))
}

impl Key {
    fn of(request: &Request) -> Self {
        let (top, url) = (serialize(&request.top), request.url());
        Self { top, origin: request.serialized_origin(), url: url.sent() + &url.fragment }
    }
}

impl Entry {
    fn stands_for(&self, wanted: &Grant, wild: bool) -> bool {
        match (&self.what, wanted) {
            (Grant::Method(known), Grant::Method(_)) if known == "*" && wild => true,
            (Grant::Header(known), Grant::Header(name)) if known == "*" && wild => {
                !cors_non_wildcard_request_header_name(name) || name == known
            }
            (known, wanted) => known == wanted,
        }
    }
}
