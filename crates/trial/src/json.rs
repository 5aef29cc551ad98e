//! JSON (RFC 8259), as much of it as page, frame and server say to each other. Small, since the page fetches it.

use core::iter::Peekable;
use core::str::Chars;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Names and values, in their order.
    Map(Vec<(String, Json)>),
}

/// How deeply lists may lie within each other.
const DEEPEST: usize = 16;

impl Json {
    /// Reads a value and nothing behind it.
    pub fn read(text: &str) -> Option<Self> {
        let mut signs = text.chars().peekable();
        let value = value(&mut signs, 0)?;
        blank(&mut signs);
        signs.next().is_none().then_some(value)
    }

    /// What stands under a name.
    pub fn get(&self, name: &str) -> &Self {
        let Self::Map(pairs) = self else { return &Self::Null };
        pairs.iter().find(|(known, _)| known == name).map_or(&Self::Null, |(_, value)| value)
    }

    /// What stands in a list.
    pub fn list(&self) -> &[Self] {
        if let Self::List(values) = self { values } else { &[] }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is a whole one.
    pub fn number(&self) -> Option<u64> {
        if let Self::Number(digits) = self { digits.parse().ok() } else { None }
    }

    /// Pairs of texts.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let text = |value: Option<&Self>| value.and_then(Self::text).unwrap_or_default().to_owned();
        self.list().iter().map(|pair| (text(pair.list().first()), text(pair.list().get(1)))).collect()
    }
}

fn blank(signs: &mut Peekable<Chars<'_>>) {
    while signs.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
}

fn value(signs: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Json> {
    if depth > DEEPEST {
        return None;
    }
    blank(signs);
    match signs.peek()? {
        '"' => text(signs).map(Json::Text),
        '[' => {
            let mut values = Vec::new();
            items(signs, ']', |signs| {
                values.push(value(signs, depth + 1)?);
                Some(())
            })?;
            Some(Json::List(values))
        }
        '{' => {
            let mut pairs = Vec::new();
            items(signs, '}', |signs| {
                blank(signs);
                let name = text(signs)?;
                blank(signs);
                signs.next_if_eq(&':')?;
                pairs.push((name, value(signs, depth + 1)?));
                Some(())
            })?;
            Some(Json::Map(pairs))
        }
        _ => {
            let mut word = String::new();
            while let Some(c) = signs.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) {
                word.push(c);
            }
            match word.as_str() {
                "null" => Some(Json::Null),
                "true" => Some(Json::Bool(true)),
                "false" => Some(Json::Bool(false)),
                _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Some(Json::Number(word)),
                _ => None,
            }
        }
    }
}

/// What stands between brackets, with commas in between.
fn items(
    signs: &mut Peekable<Chars<'_>>,
    end: char,
    mut item: impl FnMut(&mut Peekable<Chars<'_>>) -> Option<()>,
) -> Option<()> {
    signs.next();
    blank(signs);
    if signs.next_if_eq(&end).is_some() {
        return Some(());
    }
    loop {
        item(signs)?;
        blank(signs);
        match signs.next()? {
            ',' => {}
            c if c == end => return Some(()),
            _ => return None,
        }
    }
}

fn text(signs: &mut Peekable<Chars<'_>>) -> Option<String> {
    signs.next_if_eq(&'"')?;
    let mut out = String::new();
    loop {
        match signs.next()? {
            '"' => return Some(out),
            '\\' => match signs.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'b' => out.push('\x08'),
                'f' => out.push('\x0c'),
                'u' => out.push(escaped(signs)?),
                c @ ('"' | '\\' | '/') => out.push(c),
                _ => return None,
            },
            c => out.push(c),
        }
    }
}

/// What stands behind `\u`; two of them where the sign lies beyond sixteen bits. Halves of a sign become U+FFFD.
fn escaped(signs: &mut Peekable<Chars<'_>>) -> Option<char> {
    let first = unit(signs)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some(char::from_u32(first).unwrap_or('\u{fffd}'));
    }
    let mut ahead = signs.clone();
    if ahead.next() == Some('\\')
        && ahead.next() == Some('u')
        && let Some(second) = unit(&mut ahead)
        && (0xDC00..0xE000).contains(&second)
    {
        *signs = ahead;
        return char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    }
    Some('\u{fffd}')
}

fn unit(signs: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit * 16 + signs.next()?.to_digit(16)?;
    }
    Some(unit)
}

/// A text as JSON.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' || c == '\x7f' || matches!(c, '\u{2028}' | '\u{2029}') => {
                let hex = |digit: u32| char::from_digit(digit & 15, 16).unwrap_or('0');
                let code = u32::from(c);
                out.push_str("\\u");
                out.extend([12, 8, 4, 0].map(|shift| hex(code >> shift)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Values as a list.
pub fn list(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    ["[", &values.join(","), "]"].concat()
}

/// Pairs of texts as a list.
pub fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    list(pairs.map(|(name, value)| ["[", &quote(name), ",", &quote(value), "]"].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(bool) => Json::Bool(*bool),
            serde_json::Value::Number(number) => Json::Number(number.to_string()),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(values) => Json::List(values.iter().map(other).collect()),
            serde_json::Value::Object(pairs) => {
                Json::Map(pairs.iter().map(|(name, value)| (name.clone(), other(value))).collect())
            }
        }
    }

    #[test]
    fn it_reads_what_serde_reads() {
        for text in [
            r#" {"a": [1, -2, {"b": null}], "c": "x\n\"\\\u00e9\ud83d\ude00/\/", "d": true, "e": [], "f": {}} "#,
            "[]",
            "\"\u{e9}\u{2028}\"",
            "12",
        ] {
            let serde: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(Json::read(text), Some(other(&serde)), "{text}");
        }
        for text in ["", "{", "[1", "[1,]", "{\"a\"}", "\"\\x\"", "nul", "1 2", "[1}", "{1:2}", "\"\\u12\""] {
            assert_eq!(Json::read(text), None, "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
        assert_eq!(Json::read(&"[".repeat(100_000)), None, "no stack is spent on it");
    }

    #[test]
    fn every_sign_comes_back() {
        let text: String = (0..0x3000).filter_map(char::from_u32).chain(['\u{1f600}', '\u{10ffff}']).collect();
        assert_eq!(Json::read(&quote(&text)), Some(Json::Text(text.clone())));
        assert_eq!(serde_json::from_str::<String>(&quote(&text)).unwrap(), text);
    }
}
