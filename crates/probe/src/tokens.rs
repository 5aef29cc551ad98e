//! The attribute `sandbox` of a frame: from its tokens to flags, by the HTML standard ("parse a sandboxing directive", as read
//! in July 2026). Every flag forbids something; a token takes flags away.

/// A token, the words on the page for what it allows, and whether the page offers it as a switch.
pub const TOKENS: [(&str, &str, bool); 14] = [
    ("allow-scripts", "run scripts", true),
    ("allow-same-origin", "keep its real origin", true),
    ("allow-forms", "submit forms", true),
    ("allow-popups", "open windows", true),
    ("allow-modals", "open dialogs", true),
    ("allow-downloads", "download files", true),
    ("allow-top-navigation", "change the address of the whole page", true),
    ("allow-top-navigation-by-user-activation", "the same, after a press", false),
    ("allow-popups-to-escape-sandbox", "open windows that are free", false),
    ("allow-pointer-lock", "capture the pointer", false),
    ("allow-orientation-lock", "hold the screen’s orientation", false),
    ("allow-presentation", "present on another screen", false),
    ("allow-top-navigation-to-custom-protocols", "start other programs", false),
    ("allow-storage-access-by-user-activation", "ask for its cookies", false),
];

/// The flags of the HTML standard that decide an attempt of ours, with their names there. Set means forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The sandboxed scripts browsing context flag (and, with it, automatic features).
    pub scripts: bool,
    /// The sandboxed origin browsing context flag: the origin is opaque.
    pub origin: bool,
    /// The sandboxed forms browsing context flag.
    pub forms: bool,
    /// The sandboxed auxiliary navigation browsing context flag.
    pub popups: bool,
    /// The sandboxed modals flag.
    pub modals: bool,
    /// The sandboxed downloads browsing context flag.
    pub downloads: bool,
    /// The sandboxed top-level navigation without user activation browsing context flag.
    pub top: bool,
    /// The sandboxed top-level navigation with user activation browsing context flag.
    pub top_pressed: bool,
}

/// Whether a set of tokens lets the frame undo its sandbox: with both, a page of the same origin can take the attribute away
/// (HTML standard, the warning at the attribute `sandbox`).
pub fn undoes(flags: Flags) -> bool {
    !flags.scripts && !flags.origin
}

/// Parses a sandboxing directive. Tokens that nobody knows are passed over, and told.
pub fn parse(attribute: &str) -> (Flags, Vec<&str>) {
    // Split on ASCII whitespace; letters in either case.
    let tokens: Vec<&str> = attribute.split_ascii_whitespace().collect();
    let has = |name: &str| tokens.iter().any(|token| token.eq_ignore_ascii_case(name));
    let known = |token: &str| TOKENS.iter().any(|(name, ..)| token.eq_ignore_ascii_case(name));
    let flags = Flags {
        scripts: !has("allow-scripts"),
        origin: !has("allow-same-origin"),
        forms: !has("allow-forms"),
        popups: !has("allow-popups"),
        modals: !has("allow-modals"),
        downloads: !has("allow-downloads"),
        top: !has("allow-top-navigation"),
        // Either token lifts it.
        top_pressed: !has("allow-top-navigation") && !has("allow-top-navigation-by-user-activation"),
    };
    (flags, tokens.iter().copied().filter(|token| !known(token)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_attribute_forbids_everything() {
        let (flags, unknown) = parse("");
        let all = Flags {
            scripts: true,
            origin: true,
            forms: true,
            popups: true,
            modals: true,
            downloads: true,
            top: true,
            top_pressed: true,
        };
        assert_eq!((flags, unknown), (all, vec![]));
        assert!(!undoes(flags));
    }

    #[test]
    fn every_switch_lifts_a_flag_of_its_own() {
        let empty = parse("").0;
        let mut seen = vec![empty];
        for (token, _, _) in TOKENS.into_iter().filter(|(.., offered)| *offered) {
            let flags = parse(token).0;
            assert!(!seen.contains(&flags), "{token}");
            seen.push(flags);
        }
        assert_eq!(parse("ALLOW-Scripts\n\tallow-same-origin").0, Flags { scripts: false, origin: false, ..empty });
        assert!(undoes(parse("allow-same-origin allow-scripts").0));
        assert_eq!(parse("allow-script allow-forms").1, ["allow-script"], "a mistyped token is passed over, and told");
    }
}
