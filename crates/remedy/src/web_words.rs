//! Words that are known, and whether another is one of them mistyped.

use crate::edit::with_word;

/// The directives that such a configuration is made of.
pub const DIRECTIVES: [&str; 14] = [
    "server",
    "listen",
    "server_name",
    "location",
    "proxy_pass",
    "proxy_set_header",
    "return",
    "rewrite",
    "ssl_certificate",
    "ssl_certificate_key",
    "add_header",
    "root",
    "index",
    "upstream",
];

/// The words of scripts and of `ecosystem.config.js`.
pub const SCRIPTS: [&str; 25] = [
    "module.exports",
    "module",
    "exports",
    "apps",
    "name",
    "script",
    "env",
    "PORT",
    "const",
    "require",
    "express",
    "app",
    "get",
    "post",
    "listen",
    "req",
    "params",
    "query",
    "body",
    "res",
    "json",
    "send",
    "status",
    "process",
    "Number",
];

/// Names that a script may well use and that are no mistypings of others: what a pool and an answer are asked for.
const NAMES: [&str; 18] = [
    "host", "port", "user", "users", "likes", "posts", "pool", "Pool", "rows", "database", "password", "connect",
    "query", "release", "cookie", "cookies", "headers", "session",
];

/// Whether two words differ in at most two signs: one put in, taken out or replaced counts one (Levenshtein's distance).
pub fn near(known: &str, word: &str) -> bool {
    let (known, word) = (known.as_bytes(), word.as_bytes());
    if known.len().abs_diff(word.len()) > 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (i, a) in known.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in word.iter().enumerate() {
            let replaced = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[word.len()] <= 2
}

/// The line with one of its words corrected: to a word of such scripts, or to one that stands elsewhere in `text`.
pub fn corrected(line: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |new: Option<String>| {
        if let Some(new) = new.filter(|new| !found.contains(new)) {
            found.push(new);
        }
    };
    // `req.params` is two words, and `modul.eexports` is one.
    for part in [".", ""] {
        for word in words(line, part).filter(|word| !NAMES.contains(word)) {
            for known in SCRIPTS.into_iter().chain(words(text, part)).filter(|known| *known != word) {
                if near(known, word) {
                    add(with_word(line, word, known));
                }
                // `res.jsonuser)`: what is called and what it is called with have run together.
                if let Some(rest) = word.strip_prefix(known).filter(|_| part.is_empty()) {
                    add(with_word(line, word, &[known, "(", rest].concat()));
                }
            }
        }
    }
    found
}

/// The words of a script of more than two signs, among which these count as well.
fn words<'t>(text: &'t str, more: &'t str) -> impl Iterator<Item = &'t str> {
    let part = move |c: char| c.is_ascii_alphanumeric() || c == '_' || more.contains(c);
    text.split(move |c| !part(c)).filter(|word| word.len() > 2)
}
