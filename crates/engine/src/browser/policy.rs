//! What is blocked for other reasons than CORS: ports of other services, addresses in the clear on encrypted pages, and
//! answers that their server keeps for its own origin or site.

use super::chromium::{self, Reason};
use super::headers::get;
use super::origin::{Origin, same_origin, schemelessly_same_site, trustworthy};
use super::profile::Profile;
use super::request::{Mode, Request};
use super::rule::{Algorithm, Decision};
use crate::message::Header;
use crate::trace::Ruling::{Allow, Refuse};
use crate::url::bad_port;

const PORT: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, block bad port",
    link: "https://fetch.spec.whatwg.org/#block-bad-port",
};
const MIXED: Algorithm = Algorithm {
    name: "Mixed Content of 2023-02, should fetching request be blocked",
    link: "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
};
const CORP: Algorithm = Algorithm {
    name: "Fetch standard of 2026-06, cross-origin resource policy check",
    link: "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check",
};

const POLICY: &str = "Cross-Origin-Resource-Policy";

/// [Should the request be blocked due to a bad port?](https://fetch.spec.whatwg.org/#block-bad-port) Nothing is sent then.
pub fn blocked_by_port(request: &Request) -> Option<Decision> {
    const RULE: &str = "ports of services that are not HTTP, such as 22, 25 and 6667, are not asked";
    let url = request.url();
    let bad = url.is_http() && url.port_used().is_some_and(bad_port);
    bad.then(|| PORT.step(RULE).decides(Refuse).because(Reason::Net("net::ERR_UNSAFE_PORT")))
}

/// [Should fetching be blocked as mixed
/// content?](https://w3c.github.io/webappsec-mixed-content/#should-block-fetch) Nothing is sent then.
pub fn blocked_as_mixed_content(request: &Request, profile: &Profile) -> Option<Decision> {
    const RULE: &str = "a page that came encrypted fetches nothing in the clear, save from this very machine";
    let encrypted = matches!(&request.top, Origin::Tuple(scheme, ..) if scheme == "https");
    let prohibits = if profile.mixed_content_from_loopback { encrypted } else { trustworthy(&request.top) };
    let plain = !trustworthy(&request.url().origin()) && request.url().scheme != "data";
    let blocked = prohibits && plain && request.mode != Mode::Navigate;
    blocked.then(|| MIXED.step(RULE).decides(Refuse).because(chromium::mixed_content(request)))
}

/// The [cross-origin resource policy check](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check) of an answer
/// that script will not read. Embedder policies are left out: nothing is required here that the server did not say.
pub fn cross_origin_resource_policy_check(request: &Request, headers: &[Header]) -> Option<Decision> {
    let policy = get(headers, POLICY);
    let there = request.url().origin();
    let (says, name, allowed) = match policy.as_deref() {
        Some("same-origin") => (
            "`same-origin` keeps the answer for pages of its own origin, even unread",
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
            same_origin(&request.origin, &there),
        ),
        Some("same-site") => (
            "`same-site` keeps the answer for pages of its own site, even unread; what came encrypted is not for a page in \
             the clear",
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite",
            schemelessly_same_site(&request.origin, &there)
                && (matches!(&request.origin, Origin::Tuple(scheme, ..) if scheme == "https")
                    || request.url().scheme != "https"),
        ),
        // `cross-origin`, no header, and any other word say nothing.
        _ => return None,
    };
    let ruling = if allowed { Allow } else { Refuse };
    Some(Decision { reason: (!allowed).then_some(Reason::Net(name)), ..CORP.step(says).on(ruling, POLICY, policy) })
}
