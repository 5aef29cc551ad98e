//! What a browser lets a page's script ask and read (`engine::browser`): each rule of thumb that is wrong has a test with its
//! number, and every combination of a small space is tried. What a real browser did is compared in `oracles::cors`.

mod answers;
mod choices;
mod hostile;
mod memory;
mod permission;
mod space;

use engine::browser::cookies::{Cookie, SameSite};
use engine::browser::exchange::{Answer, Policy, Reply, Sent};
use engine::browser::fetch::{Fetched, Remembered, fetch};
use engine::browser::profile::Profile;
use engine::browser::request::{Credentials, Init, Mode, Page};
use engine::browser::url::Url;
use engine::message::Header;
use engine::time::Micros;

const PAGE: &str = "https://app.test/";
const API: &str = "https://api.other.test/data";
const ORIGIN: &str = "https://app.test";

// The headers of the protocol that servers send.
const ALLOW: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

/// The profiles, the standard first.
const PROFILES: [Profile; 4] = [Profile::STANDARD, Profile::CHROMIUM, Profile::FIREFOX, Profile::WEBKIT];

fn page(address: &str) -> Page {
    Page { url: Url::parse(address, None).expect("a page's address"), opaque: false }
}

/// Names and values.
type Pairs<'a> = &'a [(&'static str, &'static str)];

fn headers(pairs: Pairs<'_>) -> Vec<Header> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn answer(status: u16, pairs: Pairs<'_>) -> Answer {
    Answer { status, headers: headers(pairs), body: "said".to_owned() }
}

/// What a server answers to preflights, and to everything else.
fn policy(preflight: Answer, actual: Answer) -> Policy {
    Policy { preflight: Some(preflight), actual }
}

fn with(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn get(url: &str) -> Init {
    Init { url: url.to_owned(), method: "GET".to_owned(), ..Init::default() }
}

fn asks(method: &str, url: &str) -> Init {
    Init { method: method.to_owned(), ..get(url) }
}

/// A browser with a page, what it remembers, and servers by their address.
struct Browser {
    page: Page,
    profile: Profile,
    remembered: Remembered,
    now: Micros,
    servers: Vec<(String, Policy)>,
}

impl Browser {
    fn new(servers: &[(&str, Policy)]) -> Self {
        let servers = servers.iter().map(|(url, policy)| ((*url).to_owned(), policy.clone())).collect();
        let remembered = Remembered::default();
        Self { page: page(PAGE), profile: Profile::STANDARD, remembered, now: Micros::ZERO, servers }
    }

    /// With a cookie for a host that would go with every request.
    fn cookie(mut self, host: &str) -> Self {
        self.remembered.jar.cookies.push(cookie(host));
        self
    }

    /// A server at no address answers 404; one whose status is 0 does not answer.
    fn fetch(&mut self, init: &Init) -> Fetched {
        let servers = &self.servers;
        let mut server = |sent: &Sent, at: Micros| {
            let known = servers.iter().find(|(url, _)| *url == sent.url.sent());
            let answer = known.map_or_else(|| answer(404, &[]), |(_, policy)| policy.answer(sent).clone());
            Reply { answer: Some(answer).filter(|answer| answer.status != 0), at }
        };
        fetch(init, &self.page, &self.profile, (&mut self.remembered, self.now), &mut server)
    }

    fn wait(&mut self, span: Micros) {
        self.now += span;
    }
}

fn cookie(host: &str) -> Cookie {
    Cookie {
        name: "session".to_owned(),
        value: "1".to_owned(),
        domain: host.to_owned(),
        host_only: true,
        path: "/".to_owned(),
        secure: true,
        same_site: SameSite::None,
        partition: None,
        until: None,
    }
}

/// What was sent, in order: method and address.
fn sent(fetched: &Fetched) -> Vec<String> {
    fetched.sent().map(|sent| [&*sent.method, " ", &sent.url.sent()].concat()).collect()
}

/// The methods that were sent, in order.
fn methods(fetched: &Fetched) -> Vec<&str> {
    fetched.sent().map(|sent| &*sent.method).collect()
}

/// The status that script reads; none where it reads nothing.
fn read(fetched: &Fetched) -> Option<u16> {
    fetched.seen.readable().map(|readable| readable.status)
}

/// Chromium's name for the refusal.
fn why(fetched: &Fetched) -> &'static str {
    fetched.refusal().and_then(|decision| decision.reason.as_ref()).map_or("", |reason| reason.name())
}

const INCLUDE: Credentials = Credentials::Include;
const NO_CORS: Mode = Mode::NoCors;
