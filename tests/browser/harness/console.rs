//! What the browser complained about.
//!
//! chromedriver's log tells how severe an entry is, but hears nothing from a frame that has a process of its own, such as
//! a sandboxed one. Chromium's own log file holds the console of every frame, but calls everything mere information. So
//! both are read.

use serde_json::Value;
use std::fmt;

/// One entry of the console.
#[derive(Clone)]
pub struct Entry {
    level: String,
    source: String,
    message: String,
}

impl Entry {
    /// All entries of one answer of the driver.
    pub fn read(log: &Value) -> Vec<Entry> {
        let word = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let read = |entry| Entry {
            level: word(entry, "level"),
            source: word(entry, "source"),
            message: word(entry, "message"),
        };
        entries.map(read).collect()
    }

    /// All entries of Chromium's own log so far: `[…:INFO:CONSOLE:3] "words", source: address (3)`.
    pub fn read_diary(diary: &str) -> Vec<Entry> {
        let entries = diary.split("\n[").filter_map(|entry| entry.split_once(":CONSOLE:"));
        let words = entries.filter_map(|(_, entry)| entry.split_once("] ")).map(|(_, words)| words);
        let read = |words: &str| Entry {
            level: "DIARY".to_owned(),
            source: "frame".to_owned(),
            message: words.trim().to_owned(),
        };
        words.map(read).collect()
    }

    /// An error, or anything the Content-Security-Policy has forbidden.
    pub fn is_complaint(&self) -> bool {
        let bad = ["Content Security Policy", "Uncaught", "panicked at", "has been blocked"];
        self.level == "SEVERE" || self.source == "security" || bad.iter().any(|words| self.says(words))
    }

    /// Does it say this?
    pub fn says(&self, text: &str) -> bool {
        self.message.contains(text)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<7} {}: {}", self.level, self.source, self.message)
    }
}
