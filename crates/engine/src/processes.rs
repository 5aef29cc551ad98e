//! What PM2 is told to keep running: `ecosystem.config.js` (PM2 documentation, "Configuration File").

use crate::literal::{self, Dialect, Value};
use crate::problem::{Problem, Severity, Source};
use crate::time::Micros;

/// One application of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name PM2 lists it under.
    pub name: String,
    /// The script that node runs.
    pub script: String,
    /// The environment: names, values, lines.
    pub env: Vec<(String, String, Source)>,
    /// After how many ends within `min_uptime` PM2 gives up.
    pub max_restarts: u32,
    /// How long a process must have run to count as started.
    pub min_uptime: Micros,
    /// Whether PM2 starts it again when it ends.
    pub autorestart: bool,
}

impl Declared {
    /// A variable of the environment.
    pub fn env(&self, name: &str) -> Option<(&str, &Source)> {
        self.env.iter().find(|(n, ..)| n == name).map(|(_, value, source)| (value.as_str(), source))
    }
}

/// The fields of an application that count here.
const KNOWN: [&str; 6] = ["name", "script", "env", "max_restarts", "min_uptime", "autorestart"];

/// A span as PM2 takes it: milliseconds, or `5s`, `2m`, `1h`.
fn span(text: &str) -> Option<Micros> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "ms"),
    };
    let unit = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 1,
    };
    Some(Micros::millis(number.parse::<u32>().ok()? as u64 * unit))
}

/// Reads the file. A file that JavaScript cannot read starts nothing.
pub fn parse(document: &str, text: &str) -> (Vec<Declared>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let value = match literal::parse(text, Dialect::Module) {
        Ok(value) => value,
        Err(stop) => {
            problems.push(Problem::error(document, stop.line, stop.column, stop.words));
            return (found, problems);
        }
    };
    let Some(apps) = value.get("apps") else {
        problems.push(Problem::error(document, value.line, 1, "no property 'apps'".into()));
        return (found, problems);
    };
    for app in apps.items() {
        let text = |name: &str| app.get(name).and_then(Value::text);
        let Some(script) = text("script") else {
            problems.push(Problem::error(document, app.line, 1, "No script path - aborting".into()));
            continue;
        };
        let mut env = Vec::new();
        if let Some(Value { data: literal::Data::Object(items), .. }) = app.get("env") {
            for (name, value) in items {
                if let Some(text) = value.text() {
                    env.push((name.clone(), text.to_owned(), Source::new(document, value.line)));
                }
            }
        }
        // Without a name PM2 takes the script's file name.
        let file = script.rsplit('/').next().unwrap_or(script);
        let name = text("name").unwrap_or(file.strip_suffix(".js").unwrap_or(file));
        if found.iter().any(|other: &Declared| other.name == name) {
            problems.push(Problem {
                source: Source::new(document, app.line),
                column: 1,
                severity: Severity::Warning,
                words: ["two applications are called ", name].concat(),
            });
        }
        let number = |name: &str| text(name).and_then(|text| text.parse::<u32>().ok());
        // 16 and a second are PM2's own (`lib/God.js`, `handleExit`).
        let max_restarts = number("max_restarts").unwrap_or(16);
        let min_uptime = text("min_uptime").and_then(span).unwrap_or(Micros::seconds(1));
        let autorestart = text("autorestart") != Some("false");
        if let literal::Data::Object(items) = &app.data {
            for (name, value) in items.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())) {
                let words = [name, " is not modelled"].concat();
                problems.push(Problem::not_modelled(document, value.line, words));
            }
        }
        let (name, script) = (name.to_owned(), script.to_owned());
        found.push(Declared { name, script, env, max_restarts, min_uptime, autorestart });
    }
    (found, problems)
}
