//! An address, and an address relative to it.
#![no_main]

use engine::url::Url;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (first, rest) = fuzz::first_line(text);
    let Some(url) = Url::parse(first) else { return };
    let text = url.text();
    let again = Url::parse(&text).unwrap_or_else(|| panic!("{text} is no address any more"));
    assert_eq!(again.text(), text, "an address is written as it is read");
    if let Some(joined) = url.join(rest) {
        let _ = (joined.text(), joined.authority(), joined.address());
    }
});
