//! MIME types, as far as CORS asks for them: which type is it, without its parameters.

use super::headers::{is_token, normalize};

/// The essence of what [parsing a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type) (MIME Sniffing standard of
/// 2026-07) gives: `text/plain` for `Text/Plain;charset=utf-8`. None where it does not parse. Parameters cannot make it fail.
pub fn essence(value: &str) -> Option<String> {
    let (kind, rest) = normalize(value).split_once('/')?;
    let subtype = rest.split(';').next().unwrap_or("").trim_end_matches([' ', '\t', '\n', '\r']);
    (is_token(kind) && is_token(subtype)).then(|| [kind, "/", subtype].concat().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_essence_counts() {
        assert_eq!(essence(" Text/Plain ;charset=utf-8").as_deref(), Some("text/plain"));
        assert_eq!(essence("text/plain;garbage\"").as_deref(), Some("text/plain"));
        for bad in ["text", "text/", "/plain", "text /plain", "text/ plain", "text/plain, text/html", ""] {
            assert_eq!(essence(bad), None, "{bad}");
        }
    }
}
