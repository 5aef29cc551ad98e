//! The browser's HTTP cache, as far as it changes who is asked (RFC 9111): an answer that is still fresh is read again, with
//! the headers with which it came, `Access-Control-Allow-Origin` among them.
//!
//! Fresh are answers with `max-age`, and those of the statuses 300, 301, 308 and 410, which say that they are for good.
//! Left out: `Expires`, the guess from `Last-Modified`, asking again with a condition, and parts of a file (`Range`).

use super::exchange::Answer;
use super::headers::{contains, get};
use super::origin::{Origin, registrable_domain};
use super::request::Request;
use crate::message::Header;
use crate::time::Micros;

/// What is stored, for each site on top apart ([HTTP cache partitions](https://fetch.spec.whatwg.org/#http-cache-partitions)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpCache {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    partition: String,
    url: String,
    answer: Answer,
    until: Micros,
    /// The headers that `Vary` names, and what the request said in them.
    varies: Vec<(String, Option<String>)>,
    /// Whether it has no body, since only HEAD was asked.
    head: bool,
}

/// The site on top.
fn partition(request: &Request) -> String {
    match &request.top {
        Origin::Opaque => "null".to_owned(),
        Origin::Tuple(scheme, host, _) => [scheme, "://", registrable_domain(host).unwrap_or(host)].concat(),
    }
}

/// A directive of `Cache-Control`: nothing, or its value.
fn directive(headers: &[Header], name: &str) -> Option<String> {
    let control = get(headers, "Cache-Control")?;
    let mut words = control.split(',').map(|word| word.trim().split_once('=').unwrap_or((word.trim(), "")));
    words.find(|(word, _)| word.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"').to_owned())
}

/// For how long an answer is fresh (RFC 9111 section 4.2.1).
fn lifetime(answer: &Answer, headers: &[Header]) -> Micros {
    if directive(headers, "no-cache").is_some() || get(headers, "Vary").is_some_and(|vary| vary.contains('*')) {
        return Micros::ZERO;
    }
    match directive(headers, "max-age") {
        Some(seconds) => Micros(seconds.parse::<u64>().unwrap_or(0).saturating_mul(1_000_000)),
        None if matches!(answer.status, 300 | 301 | 308 | 410) && !contains(headers, "Expires") => Micros(u64::MAX),
        None => Micros::ZERO,
    }
}

impl HttpCache {
    /// A stored answer that may be [read again](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch) instead of
    /// asking; `sent` are the headers with which it would be asked.
    pub fn stored(&self, request: &Request, sent: &[Header], now: Micros) -> Option<&Answer> {
        let asks =
            ["if-modified-since", "if-none-match", "if-unmodified-since", "if-match", "if-range", "range", "pragma"];
        let insists = asks.iter().any(|name| contains(sent, name)) || contains(sent, "Cache-Control");
        if insists || !matches!(request.method.as_str(), "GET" | "HEAD") {
            return None;
        }
        let (partition, url) = (partition(request), request.url().sent());
        let fits = |entry: &&Entry| {
            entry.partition == partition
                && entry.url == url
                && entry.until > now
                && (!entry.head || request.method == "HEAD")
                && entry.varies.iter().all(|(name, value)| get(sent, name) == *value)
        };
        self.entries.iter().rev().find(fits).map(|entry| &entry.answer)
    }

    /// Drops what is stored of the request's address.
    pub fn forget(&mut self, request: &Request) {
        let (partition, url) = (partition(request), request.url().sent());
        self.entries.retain(|entry| entry.partition != partition || entry.url != url);
    }

    /// Stores an answer (RFC 9111 section 3), or drops what an unsafe method has made old (section 4.4). `keeps_head`: one to
    /// HEAD as well.
    pub fn store(&mut self, request: &Request, sent: &[Header], answer: &Answer, (now, keeps_head): (Micros, bool)) {
        let (partition, url) = (partition(request), request.url().sent());
        let same = |entry: &Entry| entry.partition == partition && entry.url == url;
        match request.method.as_str() {
            "GET" => {}
            "HEAD" if keeps_head => {}
            "HEAD" | "OPTIONS" => return,
            _ => {
                if (200..400).contains(&answer.status) {
                    self.entries.retain(|entry| !same(entry));
                }
                return;
            }
        }
        self.entries.retain(|entry| !same(entry));
        let headers = answer.received();
        let lifetime = lifetime(answer, &headers);
        let forbidden = |list: &[Header]| directive(list, "no-store").is_some();
        let part = contains(sent, "Range") || answer.status == 206;
        let condition = contains(sent, "If-None-Match") || contains(sent, "If-Modified-Since");
        if forbidden(&headers) || forbidden(sent) || part || condition || lifetime == Micros::ZERO {
            return;
        }
        let head = request.method == "HEAD";
        let names = get(&headers, "Vary").unwrap_or_default();
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let varies = names.map(|name| (name.to_ascii_lowercase(), get(sent, name))).collect();
        self.entries.push(Entry { partition, url, answer: answer.clone(), until: now + lifetime, varies, head });
    }
}
