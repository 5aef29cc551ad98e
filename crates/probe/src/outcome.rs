//! What comes of an attempt.

/// What comes of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A value, as JSON; `undefined` where it is none.
    Value(String),
    /// An exception: its name, and its message.
    Throws(String, String),
    /// Nothing is heard: no script ran.
    Silent,
}

impl Outcome {
    /// A value that is a text.
    pub fn text(text: &str) -> Self {
        Self::Value(quoted(text))
    }

    /// An exception.
    pub fn throws(name: &str, message: impl Into<String>) -> Self {
        Self::Throws(name.to_owned(), message.into())
    }

    /// Reads what the frame says: a first line `value` or `throws NAME`, and the rest.
    pub fn read(heard: &str) -> Option<Self> {
        let (first, rest) = heard.split_once('\n')?;
        match first.split_once(' ') {
            None if first == "value" => Some(Self::Value(rest.to_owned())),
            Some(("throws", name)) => Some(Self::Throws(name.to_owned(), rest.to_owned())),
            _ => None,
        }
    }

    /// As it stands on the page: what the console would print.
    pub fn words(&self) -> String {
        match self {
            Self::Value(json) => json.clone(),
            Self::Throws(name, message) => [name, ": ", message].concat(),
            Self::Silent => "nothing: no script ran".to_owned(),
        }
    }
}

/// A text as JSON (RFC 8259, section 7).
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_frame_says_is_read() {
        assert_eq!(Outcome::read("value\n\"v\""), Some(Outcome::text("v")));
        assert_eq!(Outcome::read("throws TypeError\na\nb"), Some(Outcome::throws("TypeError", "a\nb")));
        for odd in ["", "value", "throws\nx", "something\nx"] {
            assert_eq!(Outcome::read(odd), None, "{odd}");
        }
        assert_eq!(quoted("a\"\\\n\u{1}’"), "\"a\\\"\\\\\\n\\u0001’\"");
    }
}
