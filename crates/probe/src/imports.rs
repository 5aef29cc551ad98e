//! What a Wasm module imports, in groups a person can read.
//!
//! A module reaches the functions that it imports, and its own memory; there is nothing else (WebAssembly Core
//! Specification 2.0, section 4.5.4, "Instantiation").

use std::collections::BTreeMap;

/// What imports are about, in the order in which they are shown; the words by which a function's name is known.
const GROUPS: [(&str, &[&str]); 8] = [
    (
        "network",
        &[
            "fetch",
            "request",
            "response",
            "headers",
            "websocket",
            "eventsource",
            "abort",
            "status",
            "readystate",
            "send",
        ],
    ),
    ("storage", &["storage", "cookie", "getitem", "setitem", "removeitem"]),
    ("files the person picks or saves", &["file", "blob", "objecturl", "clipboard", "writetext"]),
    (
        "windows, frames and messages",
        &[
            "window",
            "postmessage",
            "source",
            "location",
            "history",
            "state",
            "href",
            "hash",
            "search",
            "pathname",
            "origin",
            "frame",
            "worker",
            "open",
        ],
    ),
    ("time", &["timeout", "interval", "animationframe", "performance", "now", "date", "queuemicrotask"]),
    (
        "the document",
        &[
            "document",
            "element",
            "node",
            "attribute",
            "class",
            "style",
            "html",
            "text",
            "query",
            "child",
            "append",
            "focus",
            "scroll",
            "rect",
            "event",
            "listener",
            "value",
            "checked",
            "body",
            "insert",
            "remove",
            "matches",
            "closest",
            "dataset",
            "title",
            "offset",
            "client",
            "key",
            "selection",
            "parse",
            "canvas",
            "context",
            "media",
            "observe",
        ],
    ),
    ("console and exceptions", &["console", "error", "log", "throw", "stack", "debug"]),
    ("JavaScript’s own values", &[""]),
];

/// The imports of one module, in groups: a group's words, and its functions with how often each name comes.
pub fn grouped(names: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let mut groups: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for name in names {
        let plain = plain(name);
        let lower = plain.to_ascii_lowercase();
        let group = GROUPS.iter().position(|(_, words)| words.iter().any(|word| lower.contains(word)));
        let group = if name.contains("__wbindgen") { GROUPS.len() - 1 } else { group.unwrap_or(GROUPS.len() - 1) };
        groups.entry(group).or_default().push(plain);
    }
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names.dedup();
        names
    };
    groups.into_iter().map(|(group, names)| (GROUPS[group].0, sorted(names))).collect()
}

/// What the imports of a module were called before their names were made short, by the table that was written with the site:
/// a line with the module's file, then a line for each import, its short name and its old one. A name that is not in it stays.
pub fn names<'a>(file: &str, short: impl Iterator<Item = &'a str>, table: &str) -> Vec<String> {
    let lines = table.lines().skip_while(|line| *line != file).skip(1);
    let known: BTreeMap<&str, &str> = lines.map_while(|line| line.split_once(' ')).collect();
    short.map(|name| known.get(name).copied().unwrap_or(name).to_owned()).collect()
}

/// The table that [`names`] reads.
pub fn table(modules: &[(String, Vec<(String, String)>)]) -> String {
    let mut out = String::new();
    for (file, names) in modules {
        out += &[file, "\n"].concat();
        for (old, short) in names {
            out += &[short, " ", old, "\n"].concat();
        }
    }
    out
}

/// The name of a function without what wasm-bindgen puts around it: `__wbg_fetch_0a1b2c…` is `fetch`.
pub fn plain(name: &str) -> String {
    let marks = ["__wbg_", "_wbg_", "__wbindgen_"];
    let name = marks.iter().fold(name, |name, mark| name.strip_prefix(mark).unwrap_or(name));
    let is_hash = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    match name.rsplit_once('_') {
        Some((name, hash)) if is_hash(hash) => name.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_have_their_old_ones() {
        let pair = |old: &str, short: &str| (old.to_owned(), short.to_owned());
        let one = ("one_bg.wasm".to_owned(), vec![pair("__wbg_fetch_1", "a"), pair("__wbg_now_2", "b")]);
        let two = ("two_bg.wasm".to_owned(), vec![pair("__wbg_log_3", "a")]);
        let table = table(&[one, two]);
        assert_eq!(names("one_bg.wasm", ["b", "a", "c"].into_iter(), &table), ["__wbg_now_2", "__wbg_fetch_1", "c"]);
        assert_eq!(names("two_bg.wasm", ["a", "b"].into_iter(), &table), ["__wbg_log_3", "b"]);
        assert_eq!(names("three", ["a"].into_iter(), &table), ["a"]);
    }

    #[test]
    fn names_are_plain_and_grouped() {
        assert_eq!(plain("__wbg_fetch_8eab7a2f3ad5d3ba"), "fetch");
        assert_eq!(plain("__wbg_setTimeout_4302406184dcc5be"), "setTimeout");
        assert_eq!(plain("__wbindgen_object_drop_ref"), "object_drop_ref");
        assert_eq!(plain("__wbg___wbindgen_string_get_7ce8eee7fd327545"), "string_get");
        let names = [
            "__wbg_fetch_8eab7a2f3ad5d3ba",
            "__wbg_querySelector_0123456789abcdef",
            "__wbindgen_cast_0123456789abcdef",
        ];
        let groups = grouped(&names.map(str::to_owned));
        assert_eq!(
            groups,
            [
                ("network", vec!["fetch".to_owned()]),
                ("the document", vec!["querySelector".to_owned()]),
                ("JavaScript’s own values", vec!["cast".to_owned()])
            ]
        );
    }
}
