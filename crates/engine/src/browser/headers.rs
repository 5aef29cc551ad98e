//! [Header lists](https://fetch.spec.whatwg.org/#terminology-headers): reading them, and which of them script may set.
//!
//! A value is text whose characters stand for bytes, as the standard's isomorphic decoding has it: its length in bytes is
//! its number of characters.

use super::methods::forbidden_method;
use crate::message::Header;
use crate::text;

/// A token (RFC 9110 section 5.6.2): methods and header names are tokens.
pub fn is_token(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".chars().any(|sign| sign == c);
    !text.is_empty() && text.chars().all(fine)
}

/// A [header value](https://fetch.spec.whatwg.org/#header-value): bytes, but no NUL and no newline, and no blank around it.
pub fn is_header_value(value: &str) -> bool {
    let blank = |c: Option<char>| matches!(c, Some(' ' | '\t'));
    let fine = |c: char| !matches!(c, '\0' | '\n' | '\r') && u32::from(c) < 256;
    !blank(value.chars().next()) && !blank(value.chars().next_back()) && value.chars().all(fine)
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-header-value-normalize) a value: blanks and newlines around it go.
pub fn normalize(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\n', '\r'])
}

/// A value as it arrives: what parses HTTP takes the blanks around it away (RFC 9112 section 5).
pub fn as_received(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a header: the values of all lines of that name, joined
/// with a comma and a blank.
pub fn get(list: &[Header], name: &str) -> Option<String> {
    let values: Vec<&str> = list.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| &**v).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Whether the list [contains](https://fetch.spec.whatwg.org/#header-list-contains) a header.
pub fn contains(list: &[Header], name: &str) -> bool {
    list.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
}

/// What [extracting header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extracted {
    /// The header is not there.
    Null,
    /// It does not parse.
    Failure,
    /// Its values.
    Values(Vec<String>),
}

impl Extracted {
    /// The values; none where there are none.
    pub fn values(&self) -> &[String] {
        match self {
            Self::Values(values) => values,
            _ => &[],
        }
    }
}

/// [Extracts](https://fetch.spec.whatwg.org/#extract-header-list-values) a list of tokens (`#field-name`, `#method`): words
/// between commas, of which some may be empty (RFC 9110 section 5.6.1.2).
pub fn extract_tokens(list: &[Header], name: &str) -> Extracted {
    let Some(joined) = get(list, name) else { return Extracted::Null };
    let words = joined.split(',').map(as_received).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(ToOwned::to_owned).collect();
    if words.iter().all(|word| is_token(word)) { Extracted::Values(words) } else { Extracted::Failure }
}

/// [Gets, decodes and splits](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split) a value at its commas, save
/// those in quotes.
pub fn get_decode_and_split(value: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars() {
        let Some(last) = values.last_mut() else { break };
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        last.push(c);
    }
    values.iter().map(|value| as_received(value).to_owned()).collect()
}

/// A [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header): the browser sets it, or nobody.
/// Script that sets one is not told; it is left out in silence.
pub fn forbidden_request_header(name: &str, value: &str) -> bool {
    const NAMES: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    const METHODS: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || METHODS.contains(&name.as_str()) && get_decode_and_split(value).iter().any(|method| forbidden_method(method))
}

/// A [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name): no script reads it.
pub fn forbidden_response_header_name(name: &str) -> bool {
    ["set-cookie", "set-cookie2"].iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden))
}

/// A [request-body-header name](https://fetch.spec.whatwg.org/#request-body-header-name): it goes where the body goes.
pub fn request_body_header_name(name: &str) -> bool {
    ["content-encoding", "content-language", "content-location", "content-type"]
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

/// [A sorted lower-case set](https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set) of names.
pub fn sorted_lowercase_set<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut set: Vec<String> = names.map(str::to_ascii_lowercase).collect();
    text::sort(&mut set, Clone::clone);
    set.dedup();
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(lines: &[(&'static str, &'static str)]) -> Vec<Header> {
        lines.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    /// The standard's own examples of "get, decode, and split".
    #[test]
    fn values_are_split_at_commas_outside_quotes() {
        let split = |value: &str| get_decode_and_split(value).join("|");
        for (value, parts) in [
            ("nosniff,", "nosniff|"),
            ("", ""),
            ("text/html;\", x/x", "text/html;\", x/x"),
            ("x/x;test=\"hi\",y/y", "x/x;test=\"hi\"|y/y"),
            ("x / x,,,1", "x / x|||1"),
            ("\"1,2\", 3", "\"1,2\"|3"),
        ] {
            assert_eq!(split(value), parts);
        }
    }

    #[test]
    fn lists_of_tokens_may_have_holes_and_no_other_signs() {
        let methods = |value: &'static str| extract_tokens(&list(&[("A", value)]), "a");
        assert_eq!(methods(", GET, ,PUT,").values(), ["GET", "PUT"]);
        assert_eq!(methods("GET PUT"), Extracted::Failure);
        assert_eq!(methods("").values(), [""; 0]);
        assert_eq!(extract_tokens(&list(&[("A", "b"), ("a", "c")]), "A").values(), ["b", "c"]);
        assert_eq!(extract_tokens(&[], "a"), Extracted::Null);
    }

    #[test]
    fn headers_that_script_may_not_set() {
        for name in ["Cookie", "HOST", "Proxy-X", "Sec-", "Content-Length", "Origin", "DNT"] {
            assert!(forbidden_request_header(name, "x"), "{name}");
        }
        assert!(forbidden_request_header("X-HTTP-Method-Override", "GET, track"));
        assert!(!forbidden_request_header("X-HTTP-Method-Override", "PUT"));
        assert!(!forbidden_request_header("Authorization", "x") && !forbidden_request_header("User-Agent", "x"));
    }
}
