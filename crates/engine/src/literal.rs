//! JavaScript object literals, JSON among them: text to values with line numbers. Enough for `ecosystem.config.js`
//! and `users.json`; no expressions.

/// A value and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The line, counted from 1.
    pub line: u32,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A number, `true`, `false` or `null`, as written.
    Bare(String),
    /// A text, quotes and escapes removed.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Names and values, in order.
    Object(Vec<(String, Value)>),
}

/// Where reading stopped, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
    /// Why: in the words of V8's syntax errors.
    pub words: String,
}

/// Which language is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Strict JSON (RFC 8259).
    Json,
    /// A JavaScript module that exports one literal: `module.exports = { … };`.
    Module,
}

struct Reader<'a> {
    rest: core::str::Chars<'a>,
    line: u32,
    column: u32,
    dialect: Dialect,
}

/// Reads one literal, which must be the whole text.
pub fn parse(text: &str, dialect: Dialect) -> Result<Value, Stop> {
    let mut reader = Reader { rest: text.chars(), line: 1, column: 1, dialect };
    reader.blanks();
    if dialect == Dialect::Module && reader.rest.as_str().starts_with("module.exports") {
        (0.."module.exports".len()).for_each(|_| reader.skip());
        reader.blanks();
        reader.expect('=')?;
    }
    let value = reader.value(0)?;
    reader.blanks();
    if dialect == Dialect::Module && reader.peek() == Some(';') {
        reader.skip();
        reader.blanks();
    }
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.unexpected(),
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn skip(&mut self) {
        match self.rest.next() {
            Some('\n') => {
                self.line += 1;
                self.column = 1;
            }
            Some(_) => self.column += 1,
            None => {}
        }
    }

    fn unexpected<T>(&self) -> Result<T, Stop> {
        let words = match self.peek() {
            Some(c) => ["SyntaxError: Unexpected token ", c.encode_utf8(&mut [0; 4])].concat(),
            None => "SyntaxError: Unexpected end of input".to_owned(),
        };
        Err(Stop { line: self.line, column: self.column, words })
    }

    fn expect(&mut self, c: char) -> Result<(), Stop> {
        if self.peek() != Some(c) {
            return self.unexpected();
        }
        self.skip();
        Ok(())
    }

    /// Blanks and, in JavaScript, comments.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest.as_str();
            if self.peek().is_some_and(char::is_whitespace) {
                self.skip();
            } else if self.dialect == Dialect::Module && rest.starts_with("//") {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.skip();
                }
            } else if self.dialect == Dialect::Module && rest.starts_with("/*") {
                while !self.rest.as_str().starts_with("*/") && self.peek().is_some() {
                    self.skip();
                }
                self.skip();
                self.skip();
            } else {
                return;
            }
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value, Stop> {
        self.blanks();
        let line = self.line;
        let data = match self.peek() {
            Some('{') if depth < 32 => Data::Object(self.object(depth)?),
            Some('[') if depth < 32 => Data::List(self.list(depth)?),
            Some('"') => Data::Text(self.quoted('"')?),
            Some('\'') if self.dialect == Dialect::Module => Data::Text(self.quoted('\'')?),
            Some(c) if c.is_ascii_alphanumeric() || c == '-' => {
                let word = self.bare();
                let fine = matches!(word.as_str(), "true" | "false" | "null") || is_number(&word);
                if !fine {
                    // Of `module.exports`, the first name is looked up.
                    let name = word.split('.').next().unwrap_or(&word);
                    let words = ["ReferenceError: ", name, " is not defined"].concat();
                    return Err(Stop { line, column: self.column, words });
                }
                Data::Bare(word)
            }
            _ => return self.unexpected(),
        };
        Ok(Value { line, data })
    }

    fn bare(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) =
            self.peek().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_' | '$'))
        {
            word.push(c);
            self.skip();
        }
        word
    }

    fn quoted(&mut self, quote: char) -> Result<String, Stop> {
        self.skip();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some(c) if c == quote => {
                    self.skip();
                    return Ok(text);
                }
                None | Some('\n') => {
                    let words = "SyntaxError: Invalid or unexpected token".to_owned();
                    return Err(Stop { line: self.line, column: self.column, words });
                }
                Some('\\') => {
                    self.skip();
                    let c = self.peek().unwrap_or('\\');
                    self.skip();
                    match c {
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        'r' => text.push('\r'),
                        'u' => {
                            let mut code = 0;
                            for _ in 0..4 {
                                let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                                    return self.unexpected();
                                };
                                code = code * 16 + digit;
                                self.skip();
                            }
                            text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                        }
                        c => text.push(c),
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.skip();
                }
            }
        }
    }

    /// After an element: a comma, or the end. True where the end was read.
    fn ended(&mut self, end: char) -> Result<bool, Stop> {
        self.blanks();
        if self.peek() == Some(',') {
            self.skip();
            self.blanks();
            let trailing = self.peek() == Some(end);
            if trailing && self.dialect == Dialect::Json {
                return self.unexpected();
            }
            if trailing {
                self.skip();
            }
            return Ok(trailing);
        }
        self.expect(end)?;
        Ok(true)
    }

    fn list(&mut self, depth: u32) -> Result<Vec<Value>, Stop> {
        self.skip();
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(']') {
            self.skip();
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.ended(']')? {
                return Ok(items);
            }
        }
    }

    fn object(&mut self, depth: u32) -> Result<Vec<(String, Value)>, Stop> {
        self.skip();
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some('}') {
            self.skip();
            return Ok(items);
        }
        loop {
            self.blanks();
            let name = match self.peek() {
                Some('"') => self.quoted('"')?,
                Some('\'') if self.dialect == Dialect::Module => self.quoted('\'')?,
                Some(c) if self.dialect == Dialect::Module && (c.is_ascii_alphanumeric() || c == '_') => self.bare(),
                _ => return self.unexpected(),
            };
            self.blanks();
            self.expect(':')?;
            items.push((name, self.value(depth + 1)?));
            if self.ended('}')? {
                return Ok(items);
            }
        }
    }
}

/// A number as JSON writes it.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
}

impl Value {
    /// The value of the name in an object; the last one counts.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.data {
            Data::Object(items) => items.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// A text or a bare word, as text.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) | Data::Bare(text) => Some(text),
            _ => None,
        }
    }

    /// Compact JSON, as `JSON.stringify` writes it: what JSON has no word for is `null`, and is left out of an object.
    pub fn json(&self, into: &mut String) {
        match &self.data {
            Data::Bare(word) if matches!(word.as_str(), "undefined" | "NaN") => into.push_str("null"),
            Data::Bare(word) => into.push_str(word),
            Data::Text(text) => quote(text, into),
            Data::List(items) => {
                into.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        into.push(',');
                    }
                    item.json(into);
                }
                into.push(']');
            }
            Data::Object(items) => {
                into.push('{');
                let defined = items.iter().filter(|(_, value)| value.data != Data::Bare("undefined".to_owned()));
                for (i, (name, value)) in defined.enumerate() {
                    if i > 0 {
                        into.push(',');
                    }
                    quote(name, into);
                    into.push(':');
                    value.json(into);
                }
                into.push('}');
            }
        }
    }
}

fn quote(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            c => into.push(c),
        }
    }
    into.push('"');
}
