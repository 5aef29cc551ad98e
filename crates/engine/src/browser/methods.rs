//! [Methods](https://fetch.spec.whatwg.org/#methods) of requests. Their case counts.

use super::headers::is_token;

/// A [method](https://fetch.spec.whatwg.org/#concept-method): any token (RFC 9110 section 9.1), `CHICKEN` as well.
pub fn is_method(text: &str) -> bool {
    is_token(text)
}

/// A [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method): what a form could always send.
pub fn cors_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// A [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method), in any case of its letters.
pub fn forbidden_method(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-method-normalize) a method: six of them become upper case, and
/// `patch` does not.
pub fn normalize(method: &str) -> String {
    const KNOWN: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    let known = KNOWN.iter().find(|known| method.eq_ignore_ascii_case(known));
    known.map_or(method, |known| known).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_keeps_its_case() {
        for (given, sent) in [("get", "GET"), ("dElEtE", "DELETE"), ("patch", "patch"), ("Options", "OPTIONS")] {
            assert_eq!(normalize(given), sent);
        }
    }

    #[test]
    fn what_no_script_may_use() {
        assert!(["TRACE", "trace", "Connect", "TRACK"].iter().all(|method| forbidden_method(method)));
        assert!(!forbidden_method("CHICKEN") && is_method("CHICKEN"));
        assert!(!is_method("") && !is_method("GET ") && !is_method("a/b"));
    }
}
