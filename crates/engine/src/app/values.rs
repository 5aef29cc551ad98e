//! JavaScript's values: what counts as true, how one becomes another.

use crate::literal::{Data, Value};

/// A number or a bare word.
pub fn bare(word: &str) -> Value {
    Value { line: 0, data: Data::Bare(word.to_owned()) }
}

/// A text.
pub fn text(text: String) -> Value {
    Value { line: 0, data: Data::Text(text) }
}

/// An object of texts.
pub fn object(pairs: Vec<(String, String)>) -> Value {
    let pairs = pairs.into_iter().map(|(name, value)| (name, text(value))).collect();
    Value { line: 0, data: Data::Object(pairs) }
}

/// Whether a value counts as true.
pub fn truthy(value: &Value) -> bool {
    match &value.data {
        Data::Bare(word) => !matches!(word.as_str(), "false" | "0" | "-0" | "null" | "undefined" | "NaN"),
        Data::Text(text) => !text.is_empty(),
        Data::List(_) | Data::Object(_) => true,
    }
}

/// How many values it is made of.
pub fn weight(value: &Value) -> usize {
    match &value.data {
        Data::Bare(text) | Data::Text(text) => 1 + text.len() / 16,
        Data::List(items) => items.iter().map(weight).sum::<usize>() + 1,
        Data::Object(items) => items.iter().map(|(_, value)| weight(value)).sum::<usize>() + 1,
    }
}

/// The field of an object, made where it is missing.
pub fn field<'v>(items: &'v mut Vec<(String, Value)>, name: &str) -> &'v mut Value {
    let at = items.iter().rposition(|(known, _)| known == name).unwrap_or_else(|| {
        items.push((name.to_owned(), bare("undefined")));
        items.len() - 1
    });
    &mut items[at].1
}

/// `Number(value)`, `parseInt(value)`, `String(value)`, `JSON.stringify(value)`.
pub fn converted(name: &str, value: &Value) -> Value {
    let written = value.text().unwrap_or("NaN").trim();
    match name {
        "JSON.stringify" => {
            let mut json = String::new();
            value.json(&mut json);
            text(json)
        }
        "String" => text(value.text().unwrap_or("[object Object]").to_owned()),
        "parseInt" => {
            let digits = written.chars().take_while(char::is_ascii_digit).count();
            bare(if digits > 0 { &written[..digits] } else { "NaN" })
        }
        _ => match written.parse::<i64>() {
            Ok(number) => bare(&number.to_string()),
            Err(_) => bare("NaN"),
        },
    }
}

/// A query's names and values, without their escapes.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name.to_owned(), unescaped(&value.replace('+', " ")))
    };
    query.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// A text without percent escapes (RFC 3986 section 2.1); as it is where one of them is broken.
pub fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        rest = match (first, digit(0).zip(digit(1))) {
            (b'%', Some((high, low))) => {
                bytes.push((high * 16 + low) as u8);
                &after[2..]
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
