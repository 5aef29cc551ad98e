//! This process, and its environment.
//!
//! Variables may hold secrets, such as a database's password. So all of them are named, and the values are told of those
//! alone that are known to be harmless.

use serde_json::{Value, json};
use std::time::Duration;

/// The variables whose values are told.
pub const HARMLESS: [&str; 6] = ["LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ", "COLORTERM"];
/// Variables that are named at most.
const MOST_NAMES: usize = 300;
/// Letters of a value that is told.
const MOST_VALUE: usize = 100;

/// Names and values, as the platform gives them, as they are told.
pub fn environment(all: impl Iterator<Item = (String, String)>) -> Value {
    let mut all: Vec<(String, String)> = all.take(MOST_NAMES).collect();
    all.sort();
    let told = |(name, value): (String, String)| {
        let harmless = HARMLESS.contains(&name.as_str());
        let value = harmless.then(|| value.chars().take(MOST_VALUE).collect::<String>());
        json!({ "name": name, "value": value })
    };
    Value::Array(all.into_iter().map(told).collect())
}

/// The environment of this process; what is no text is left out.
#[allow(clippy::disallowed_methods, reason = "that a server can read its environment is what is shown")]
pub fn own_environment() -> Value {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().unwrap_or_default()))
    };
    environment(std::env::vars_os().filter_map(text))
}

/// This process: its number, how long it runs, and, where the platform tells (`/proc/self/status`, proc(5)), its name, its
/// parent's number, its threads and its memory.
pub fn this(uptime: Duration) -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    json!({
        "pid": std::process::id(),
        "name": field("Name"),
        "parent": field("PPid"),
        "threads": field("Threads"),
        "memory": field("VmRSS"),
        "uptime_ms": u64::try_from(uptime.as_millis()).unwrap_or(u64::MAX),
        "cpus": std::thread::available_parallelism().map(usize::from).ok(),
    })
}
