//! A regular expression, and the text that it is put to: the first line, and the rest.
#![no_main]

use engine::pattern::Pattern;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (first, rest) = fuzz::first_line(text);
    for caseless in [false, true] {
        if let Ok(pattern) = Pattern::new(first, caseless)
            && let Ok(Some(found)) = pattern.find(rest)
        {
            for (from, to) in found.into_iter().flatten() {
                assert!(from <= to && to <= rest.len(), "a match outside the text");
            }
        }
    }
});
