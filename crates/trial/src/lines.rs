//! What the test server may be told to say. Wrong is welcome (missing, doubled, misspelt); what would reach beyond the trial
//! is not: a second answer within the first, a cookie for other paths, a header that changes the browser for good.
//!
//! The page asks here before it sends anything, the server asks here before it takes anything.

use engine::browser::exchange::{Answer, Policy};
use engine::browser::headers::is_token;

/// Header lines of one answer.
pub const MOST_LINES: usize = 40;
/// Bytes of a name, and of a value.
pub const LONGEST: usize = 4096;
/// Bytes of a body.
pub const LONGEST_BODY: usize = 4096;

/// Written by the server itself: how long the answer is, and what becomes of the connection.
const FRAMING: [&str; 10] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
];

/// What a browser would keep beyond the trial, or do besides it.
const BEYOND: [(&str, &str); 13] = [
    ("alt-svc", "it would lead later requests elsewhere"),
    ("clear-site-data", "it would empty what the browser keeps of this site"),
    ("content-encoding", "the body is sent as it is"),
    ("nel", "it would make the browser report to others"),
    ("proxy-authenticate", "the browser would ask you for a password"),
    ("report-to", "it would make the browser report to others"),
    ("reporting-endpoints", "it would make the browser report to others"),
    ("set-cookie2", "no browser reads it"),
    ("set-login", "it would tell the browser that you are signed in here"),
    ("sourcemap", "the browser would fetch it besides the trial"),
    ("strict-transport-security", "the browser would remember it for this host"),
    ("use-as-dictionary", "the browser would send other requests later"),
    ("www-authenticate", "the browser would ask you for a password"),
];

/// What is wrong with a policy for a trial whose addresses all begin with `folder`, such as `/trial/1f…/`. The first thing,
/// in words.
pub fn trouble(policy: &Policy, folder: &str) -> Option<String> {
    policy.preflight.iter().chain([&policy.actual]).find_map(|answer| trouble_with(answer, folder))
}

fn trouble_with(answer: &Answer, folder: &str) -> Option<String> {
    if !(200..=599).contains(&answer.status) {
        return Some(["the status ", &answer.status.to_string(), " is not from 200 to 599"].concat());
    }
    if answer.headers.len() > MOST_LINES {
        return Some(["more than ", &MOST_LINES.to_string(), " header lines"].concat());
    }
    if answer.body.len() > LONGEST_BODY {
        return Some(["a body of more than ", &LONGEST_BODY.to_string(), " bytes"].concat());
    }
    answer.headers.iter().find_map(|(name, value)| trouble_with_line(name, value, folder))
}

/// What is wrong with one header line.
pub fn trouble_with_line(name: &str, value: &str, folder: &str) -> Option<String> {
    let about = |words: &str| Some([&shown(name), ": ", words].concat());
    if !is_token(name) {
        return about("a name is made of letters, digits and a few signs (RFC 9110, token)");
    }
    if value.chars().any(|c| matches!(c, '\r' | '\n' | '\0')) {
        return about("a value with CR, LF or NUL would be a second header, or a second answer");
    }
    if value.chars().any(|c| c < ' ' && c != '\t' || c == '\x7f') {
        return about("control characters are not sent");
    }
    if value.chars().any(|c| u32::from(c) > 255) {
        return about("a value is made of bytes: signs beyond U+00FF are none");
    }
    if name.len() > LONGEST || value.len() > LONGEST {
        return about("longer than any header should be");
    }
    let name = name.to_ascii_lowercase();
    if FRAMING.contains(&&*name) {
        return about("the server writes this one itself");
    }
    if let Some((_, why)) = BEYOND.iter().find(|(known, _)| *known == name) {
        return about(why);
    }
    if name == "set-cookie" && !stays(value, folder) {
        return about("a cookie stays within its trial: no Domain, and no Path but one below the trial's own");
    }
    None
}

/// Whether a cookie is for the trial alone. Without a path it is for the folder of the address that sets it.
fn stays(line: &str, folder: &str) -> bool {
    line.split(';').skip(1).all(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim(), value.trim());
        let within = value
            .strip_prefix(folder.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && !rest.contains(".."));
        !name.eq_ignore_ascii_case("domain") && (!name.eq_ignore_ascii_case("path") || within || value.is_empty())
    })
}

/// A name as it can stand in a sentence.
fn shown(name: &str) -> String {
    name.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "/trial/1f/";

    #[test]
    fn wrong_lines_may_be_sent() {
        for (name, value) in [
            ("Access-Control-Allow-Origin", ""),
            ("Access-Control-Allow-Orgin", "*"),
            ("access-control-allow-origin", " http://localhost:8080/ , null\t"),
            ("Access-Control-Allow-Credentials", "TRUE"),
            ("X", "\u{e9}\u{ff}"),
            ("Location", "https://elsewhere.example/"),
            ("Set-Cookie", "a=b; SameSite=None; Secure; Max-Age=60"),
            ("Set-Cookie", "a=b; path=/trial/1f"),
            ("Set-Cookie", "a=b; Path=/trial/1f/deeper; HttpOnly"),
            ("Set-Cookie", "no cookie at all"),
        ] {
            assert_eq!(trouble_with_line(name, value, FOLDER), None, "{name}: {value}");
        }
    }

    /// Every byte at every place of a name and a value: what splits headers never passes.
    #[test]
    fn no_byte_splits_a_header() {
        for byte in 0u8..=255 {
            let sign = char::from(byte);
            let splits = matches!(byte, 0 | 10 | 13);
            for at in 0..=3 {
                let mut text = "abc".to_owned();
                text.insert(at, sign);
                let value = trouble_with_line("X-A", &text, FOLDER);
                assert_eq!(value.is_some(), (byte < 32 && byte != 9) || byte == 127, "{byte:#x}");
                assert!(!splits || value.is_some_and(|words| words.contains("second")), "{byte:#x}");
                assert_eq!(trouble_with_line(&text, "", FOLDER).is_none(), is_token(&text), "{byte:#x}");
            }
        }
    }

    #[test]
    fn what_reaches_beyond_the_trial_is_refused() {
        for (name, value) in [
            ("Content-Length", "5"),
            ("content-length", "5"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
            ("Clear-Site-Data", "\"*\""),
            ("Strict-Transport-Security", "max-age=1"),
            ("WWW-Authenticate", "Basic"),
            ("Set-Cookie", "session=x; Path=/"),
            ("Set-Cookie", "session=x; Path=/trial/1f/; path = /"),
            ("Set-Cookie", "session=x; Path=/trial/1f/../../live"),
            ("Set-Cookie", "session=x; Path=/trial/1ff"),
            ("set-cookie", "session=x; DOMAIN=localhost"),
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
        ] {
            assert!(trouble_with_line(name, value, FOLDER).is_some(), "{name}: {value}");
        }
        assert!(trouble_with_line("X", &"x".repeat(LONGEST + 1), FOLDER).is_some());
        assert!(trouble_with_line("X", &"x".repeat(LONGEST), FOLDER).is_none());
    }

    #[test]
    fn statuses_and_sizes() {
        let answer = |status| Answer { status, ..Answer::default() };
        for (status, fine) in
            [(0, false), (101, false), (199, false), (200, true), (299, true), (599, true), (600, false)]
        {
            assert_eq!(trouble_with(&answer(status), FOLDER).is_none(), fine, "{status}");
            let policy = Policy { preflight: Some(answer(status)), actual: answer(200) };
            assert_eq!(trouble(&policy, FOLDER).is_none(), fine, "{status}");
        }
        let many = vec![("X".into(), "y".into()); MOST_LINES + 1];
        assert!(trouble_with(&Answer { headers: many, ..answer(200) }, FOLDER).is_some());
        assert!(trouble_with(&Answer { body: "x".repeat(LONGEST_BODY + 1), ..answer(200) }, FOLDER).is_some());
    }
}
