//! Which headers need no permission: those that a form could always have sent, within limits of bytes.

use super::headers::{forbidden_response_header_name, sorted_lowercase_set};
use super::mime;
use crate::message::Header;

/// The most bytes that a safelisted value may have.
const LONGEST: usize = 128;

/// The most bytes that all safelisted values may have together.
const LONGEST_TOGETHER: usize = 1024;

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte): a control character
/// other than the tab, or one of the signs that a parser might take for its own.
fn cors_unsafe_request_header_byte(byte: char) -> bool {
    (byte < ' ' && byte != '\t') || "\"():<>?@[\\]{}\x7f".chars().any(|sign| sign == byte)
}

/// A [CORS-safelisted request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header): name and value need no
/// preflight.
pub fn cors_safelisted_request_header(name: &str, value: &str) -> bool {
    // More than 128 bytes are never safe.
    if value.chars().count() > LONGEST {
        return false;
    }
    match name.to_ascii_lowercase().as_str() {
        "accept" => !value.chars().any(cors_unsafe_request_header_byte),
        // Letters, digits, and the signs of a list of languages.
        "accept-language" | "content-language" => {
            value.chars().all(|c| c.is_ascii_alphanumeric() || " *,-.;=".chars().any(|sign| sign == c))
        }
        // The three types of a form. Script that wants JSON must ask first.
        "content-type" => {
            const FORMS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
            !value.chars().any(cors_unsafe_request_header_byte)
                && mime::essence(value).is_some_and(|essence| FORMS.contains(&essence.as_str()))
        }
        // One range with a beginning.
        "range" => matches!(parse_a_single_range_header_value(value), Some((Some(_), _))),
        _ => false,
    }
}

/// [Parses a single range](https://fetch.spec.whatwg.org/#simple-range-header-value) without blanks: `bytes=0-99`,
/// `bytes=200-`, `bytes=-500`. A number that is longer than any file counts as the largest one.
pub fn parse_a_single_range_header_value(value: &str) -> Option<(Option<u128>, Option<u128>)> {
    let (start, end) = value.strip_prefix("bytes=")?.split_once('-')?;
    if ![start, end].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let number = |digits: &str| (!digits.is_empty()).then(|| digits.parse().unwrap_or(u128::MAX));
    let range = (number(start), number(end));
    match range {
        (None, None) => None,
        (Some(start), Some(end)) if start > end => None,
        _ => Some(range),
    }
}

/// The [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names): those that must
/// be allowed by a preflight, in lower case and sorted. If the safe ones are more than 1,024 bytes together, none is safe.
/// `safe` is [`cors_safelisted_request_header`], or what a browser does instead.
pub fn cors_unsafe_request_header_names(headers: &[Header], safe: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let safe = |(name, value): &&Header| safe(name, value);
    let size: usize = headers.iter().filter(safe).map(|(_, value)| value.chars().count()).sum();
    let all = size > LONGEST_TOGETHER;
    sorted_lowercase_set(headers.iter().filter(|header| all || !safe(header)).map(|(name, _)| &**name))
}

/// A [no-CORS-safelisted request-header](https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header): all that script
/// may set in the mode `no-cors`. `Range` is not among them.
pub fn no_cors_safelisted_request_header(name: &str, value: &str) -> bool {
    const NAMES: [&str; 4] = ["accept", "accept-language", "content-language", "content-type"];
    NAMES.iter().any(|safe| name.eq_ignore_ascii_case(safe)) && cors_safelisted_request_header(name, value)
}

/// A [CORS non-wildcard request-header name](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name): `*`
/// never stands for it.
pub fn cors_non_wildcard_request_header_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

/// A [CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name): script
/// reads it unasked, or because the server exposes it.
pub fn cors_safelisted_response_header_name(name: &str, exposed: &[String]) -> bool {
    const NAMES: [&str; 7] =
        ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];
    NAMES.iter().any(|safe| name.eq_ignore_ascii_case(safe))
        || exposed.iter().any(|listed| listed.eq_ignore_ascii_case(name)) && !forbidden_response_header_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(name: &str, value: &str) -> bool {
        cors_safelisted_request_header(name, value)
    }

    #[test]
    fn t10_values_count_as_well_as_names() {
        assert!(safe("Accept", &"a".repeat(128)) && !safe("Accept", &"a".repeat(129)));
        assert!(safe("accept", "a\tb") && !safe("accept", "a\x01b") && !safe("accept", "\"a\""));
        assert!(safe("content-type", "text/plain;charset=utf-8") && safe("Content-Type", "Text/Plain"));
        assert!(!safe("content-type", "application/json") && !safe("content-type", "text/plain; x=\"y\""));
        assert!(safe("accept-language", "de-CH, fr;q=0.5") && !safe("accept-language", "en_US"));
        assert!(safe("range", "bytes=0-99") && safe("range", "bytes=200-") && !safe("range", "bytes=-500"));
        assert!(!safe("range", "bytes=9-1") && !safe("range", "bytes=0-1,2-3") && !safe("range", "bytes =0-1"));
        assert!(!safe("authorization", "x") && !safe("x-api-key", ""));
    }

    /// Every byte, as the only one of a value, against the standard's own list of ranges.
    #[test]
    fn t10_every_byte() {
        for byte in 0u8..=255 {
            let value = char::from(byte).to_string();
            let unsafe_byte = byte < 0x20 && byte != 9
                || [0x22, 0x28, 0x29, 0x3a, 0x3c, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f].contains(&byte);
            assert_eq!(safe("accept", &value), !unsafe_byte, "{byte:#x}");
            assert_eq!(safe("content-type", &["text/plain;", &value].concat()), !unsafe_byte, "{byte:#x}");
            let language = byte.is_ascii_alphanumeric() || [0x20, 0x2a, 0x2c, 0x2d, 0x2e, 0x3b, 0x3d].contains(&byte);
            assert_eq!(safe("content-language", &value), language, "{byte:#x}");
        }
    }

    #[test]
    fn t10_a_kilobyte_of_safe_values_is_not_safe() {
        let headers = |values: &[usize]| -> Vec<Header> {
            values.iter().map(|length| ("Accept".into(), "a".repeat(*length).into())).collect()
        };
        let names = |headers: &[Header]| cors_unsafe_request_header_names(headers, safe);
        assert!(names(&headers(&[128; 8])).is_empty());
        assert_eq!(names(&headers(&[128, 128, 128, 128, 128, 128, 128, 128, 1])), ["accept"]);
        assert_eq!(names(&headers(&[129])), ["accept"]);
    }

    #[test]
    fn what_script_may_read() {
        assert!(cors_safelisted_response_header_name("Content-Length", &[]));
        assert!(!cors_safelisted_response_header_name("ETag", &[]));
        assert!(cors_safelisted_response_header_name("ETag", &["etag".to_owned()]));
        assert!(!cors_safelisted_response_header_name("Set-Cookie", &["set-cookie".to_owned()]));
    }
}
