//! Header lines of a trial, one a line: what is let through splits no header and leads no cookie out of the trial.
#![no_main]

use trial::lines::trouble_with_line;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for line in text.split('|') {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match trouble_with_line(name, value, "/trial/1f/") {
            Some(words) => assert!(!words.chars().any(char::is_control), "{words:?}"),
            None => {
                let bytes = |text: &str| text.chars().all(|c| u32::from(c) < 256 && !"\r\n\0".contains(c));
                assert!(!name.is_empty() && name.is_ascii() && bytes(name) && bytes(value), "{line:?}");
                assert!(!name.contains([' ', ':', '\t']), "{line:?}");
                let lower = value.to_ascii_lowercase().replace(' ', "");
                let beyond = [";path=/;", ";path=/live", ";domain="].iter().any(|words| (lower.clone() + ";").contains(words));
                assert!(!name.eq_ignore_ascii_case("set-cookie") || !beyond, "{line:?}");
            }
        }
    }
});
