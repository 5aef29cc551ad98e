//! Origins and sites (HTML standard of 2026-07, "Origins"; URL standard, "registrable domain").
//!
//! It knows no list of public suffixes: the last label of a name is taken for the suffix, which is that list's own rule for
//! names it does not know. So `a.co.uk` and `b.co.uk` are one site here and two in a browser.

use super::rule::{Algorithm, Rule};
use core::net::IpAddr;

const SAME_ORIGIN: Algorithm = Algorithm {
    name: "HTML standard of 2026-07, same origin",
    link: "https://html.spec.whatwg.org/multipage/browsers.html#same-origin",
};

/// The rule by which two URLs of one name are foreign to each other.
pub const ALL_THREE: Rule = SAME_ORIGIN.step("scheme, host and port must all be equal; the same name is not enough");

/// Who somebody is, for the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody that could be named: a frame with `sandbox`, a `data:` URL.
    Opaque,
    /// Scheme, host and port; no port where it is the scheme's own.
    Tuple(String, String, Option<u16>),
}

/// [Serialization](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin): `null`, or scheme
/// and host, and the port unless it is the scheme's own. No slash at the end.
pub fn serialize(origin: &Origin) -> String {
    match origin {
        Origin::Opaque => "null".to_owned(),
        Origin::Tuple(scheme, host, None) => [scheme, "://", host].concat(),
        Origin::Tuple(scheme, host, Some(port)) => [scheme, "://", host, ":", &port.to_string()].concat(),
    }
}

/// [Same origin](https://html.spec.whatwg.org/multipage/browsers.html#same-origin): all three are equal. An opaque origin
/// is the same as itself only; here a page's origin is compared with those of URLs, and no URL has the page's opaque one.
pub fn same_origin(a: &Origin, b: &Origin) -> bool {
    a == b && *a != Origin::Opaque
}

/// [Schemelessly same site](https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site): equal hosts, or
/// names below one registrable domain. Ports do not count.
pub fn schemelessly_same_site(a: &Origin, b: &Origin) -> bool {
    let (Origin::Tuple(_, a, _), Origin::Tuple(_, b, _)) = (a, b) else { return false };
    a == b || registrable_domain(a).is_some_and(|domain| registrable_domain(b) == Some(domain))
}

/// [Same site](https://html.spec.whatwg.org/multipage/browsers.html#same-site): the same, and the scheme, too.
pub fn same_site(a: &Origin, b: &Origin) -> bool {
    let (Origin::Tuple(a_scheme, ..), Origin::Tuple(b_scheme, ..)) = (a, b) else { return false };
    a_scheme == b_scheme && schemelessly_same_site(a, b)
}

/// The suffix of a name and one label more. Addresses and names of one label have none.
pub fn registrable_domain(host: &str) -> Option<&str> {
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.starts_with('[') || name.parse::<IpAddr>().is_ok() {
        return None;
    }
    let dots: Vec<usize> = name.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at).collect();
    match dots.as_slice() {
        [] => None,
        [_] => Some(host),
        [.., start, _] => Some(&host[start + 1..]),
    }
}

/// [Potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy) (2026-07): encrypted,
/// or this very machine.
pub fn trustworthy(origin: &Origin) -> bool {
    let Origin::Tuple(scheme, host, _) = origin else { return false };
    let name = host.strip_suffix('.').unwrap_or(host);
    let loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()) || host == "[::1]";
    matches!(scheme.as_str(), "https" | "wss") || loopback || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(scheme: &str, host: &str, port: Option<u16>) -> Origin {
        Origin::Tuple(scheme.to_owned(), host.to_owned(), port)
    }

    #[test]
    fn t03_the_same_domain_is_not_the_same_origin() {
        let page = tuple("http", "localhost", Some(3000));
        assert!(same_origin(&page, &page.clone()));
        assert!(!same_origin(&page, &tuple("http", "localhost", Some(3001))));
        assert!(!same_origin(&tuple("http", "app.test", None), &tuple("https", "app.test", None)));
        assert!(!same_origin(&tuple("http", "app.test", None), &tuple("http", "www.app.test", None)));
        // … but ports do not count for a site, and schemes do.
        assert!(same_site(&page, &tuple("http", "localhost", Some(3001))));
        assert!(same_site(&tuple("http", "app.test", None), &tuple("http", "api.app.test", Some(81))));
        assert!(!same_site(&tuple("http", "app.test", None), &tuple("https", "api.app.test", None)));
        assert!(!same_site(&tuple("http", "app.test", None), &tuple("http", "api.test", None)));
        assert!(!same_site(&tuple("http", "127.0.0.1", None), &tuple("http", "localhost", None)));
    }

    #[test]
    fn an_opaque_origin_is_nobodys_friend() {
        assert!(!same_origin(&Origin::Opaque, &Origin::Opaque));
        assert!(!same_site(&Origin::Opaque, &tuple("http", "app.test", None)));
        assert_eq!(serialize(&Origin::Opaque), "null");
        assert_eq!(serialize(&tuple("http", "app.test", Some(8081))), "http://app.test:8081");
    }

    #[test]
    fn registrable_domains() {
        assert_eq!(registrable_domain("a.b.app.test"), Some("app.test"));
        assert_eq!(registrable_domain("app.test"), Some("app.test"));
        assert_eq!(registrable_domain("localhost"), None);
        assert_eq!(registrable_domain("10.0.0.1"), None);
    }
}
