//! JSON as the bundled server writes it, read with the engine's own reader.

use engine::literal::{self, Dialect, Value};

/// The text as a value; none where it is no JSON.
pub fn read(text: &str) -> Option<Value> {
    literal::parse(text, Dialect::Json).ok()
}

/// The whole number of this name.
pub fn number(value: &Value, name: &str) -> Option<i64> {
    whole(value.get(name)?)
}

/// A whole number.
pub fn whole(value: &Value) -> Option<i64> {
    value.text()?.parse().ok()
}

/// The text of this name.
pub fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.text().map(str::to_owned)
}
