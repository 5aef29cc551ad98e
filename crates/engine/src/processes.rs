//! What PM2 is told to keep running: `ecosystem.config.js` (PM2 documentation, "Configuration File").

use crate::literal::{self, Dialect, Value};
use crate::problem::{Problem, Severity, Source};

/// One application of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name PM2 lists it under.
    pub name: String,
    /// The script that node runs.
    pub script: String,
    /// The environment: names, values, lines.
    pub env: Vec<(String, String, Source)>,
}

impl Declared {
    /// A variable of the environment.
    pub fn env(&self, name: &str) -> Option<(&str, &Source)> {
        self.env.iter().find(|(n, ..)| n == name).map(|(_, value, source)| (value.as_str(), source))
    }
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
        found.push(Declared { name: name.to_owned(), script: script.to_owned(), env });
    }
    (found, problems)
}
