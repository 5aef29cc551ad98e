//! What a file's name tells: its type, whether it shrinks, and how long a browser may keep it.

/// Types of everything a built site holds. The third column: worth compressing.
const KINDS: [(&str, &str, bool); 19] = [
    ("html", "text/html; charset=utf-8", true),
    ("js", "text/javascript; charset=utf-8", true),
    ("mjs", "text/javascript; charset=utf-8", true),
    ("css", "text/css; charset=utf-8", true),
    ("wasm", "application/wasm", true),
    ("svg", "image/svg+xml", true),
    ("json", "application/json", true),
    ("webmanifest", "application/manifest+json", true),
    ("xml", "application/xml", true),
    ("txt", "text/plain; charset=utf-8", true),
    ("md", "text/plain; charset=utf-8", true),
    ("mmd", "text/plain; charset=utf-8", true),
    ("ico", "image/x-icon", true),
    ("map", "application/json", true),
    ("woff2", "font/woff2", false),
    ("png", "image/png", false),
    ("jpg", "image/jpeg", false),
    ("webp", "image/webp", false),
    ("zip", "application/zip", false),
];

/// Type of the file and whether compressing it is worth while. What is not known is sent as plain bytes, which no
/// browser runs (`nosniff`).
pub fn of(name: &str) -> (&'static str, bool) {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    KINDS
        .iter()
        .find(|(known, ..)| extension.eq_ignore_ascii_case(known))
        .map_or(("application/octet-stream", false), |&(_, kind, shrinks)| (kind, shrinks))
}

/// For how long a browser may use the file unasked: forever, where Trunk wrote a hash of the content into its name
/// (`app-0123456789abcdef_bg.wasm`; zeros in front are left out); else it asks each time, and mostly hears that nothing changed.
pub fn keep(name: &str) -> &'static str {
    let hashed =
        name.split(['-', '_', '.']).skip(1).any(|part| (12..=16).contains(&part.len()) && part.bytes().all(is_hex));
    if hashed { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_browsers_insist_on() {
        assert_eq!(of("app_bg.wasm"), ("application/wasm", true));
        assert_eq!(of("boot.js"), ("text/javascript; charset=utf-8", true));
        assert_eq!(of("INDEX.HTML"), ("text/html; charset=utf-8", true));
        assert_eq!(of("fira-sans-400.woff2"), ("font/woff2", false));
        assert_eq!(of("Makefile"), ("application/octet-stream", false));
    }

    #[test]
    fn only_a_name_with_a_hash_is_kept_for_good() {
        for name in ["roundtrip-web-7be3e3ff62bd65d4_bg.wasm", "main-f0c9a8b7c6d5e4f.css"] {
            assert!(keep(name).contains("immutable"), "{name}");
        }
        for name in ["index.html", "fira-sans-400.woff2", "boot.js", "deadbeef.js", "0123456789abcdef"] {
            assert_eq!(keep(name), "no-cache", "{name}");
        }
    }
}
