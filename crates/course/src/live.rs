//! Pages with a part that is real where the bundled server shows them (docs/live.md).

use crate::sections::Section;

/// The names of the pages, each with what is real there.
pub const LIVE: [(&str, &str); 2] = [("protocols", "wire"), ("like-button", "likes")];

/// What stands there where the server is not, as HTML.
pub const WORDS: &str = "With the bundled server, this works for real. Start <code>roundtrip serve</code>, one program that needs no \
    compiler, or <code>cargo xtask serve</code> in the source, and open this page at the address that it says.";

/// What is real on this page.
pub fn on(section: &Section) -> Option<&'static str> {
    LIVE.iter().find(|(name, _)| *name == section.name()).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sections::find;

    #[test]
    fn each_names_a_page() {
        for (name, what) in LIVE {
            assert_eq!(find(name).and_then(on), Some(what), "{name}");
        }
    }
}
