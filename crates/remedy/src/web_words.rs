//! Words that are known, and whether another is one of them mistyped.

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
pub const SCRIPTS: [&str; 14] = [
    "module.exports",
    "apps",
    "name",
    "script",
    "env",
    "PORT",
    "const",
    "require",
    "express",
    "app.get",
    "app.listen",
    "res.json",
    "res.send",
    "process.env.PORT",
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
