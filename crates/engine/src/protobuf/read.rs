//! From a `.proto` file to its messages and services.

use super::{Field, Message, Proto, Service};
use crate::problem::Problem;
use crate::text;

/// A word or sign, and its line.
type Token<'a> = (&'a str, u32);

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    document: &'a str,
    /// Whether it said `syntax = "proto3"`; without it the older language is meant.
    new: bool,
    proto: Proto,
}

/// A mistake: the line, and protobuf.js's words for it.
struct Wrong(u32, String);

/// Reads a `.proto` file.
pub fn parse(document: &str, text: &str) -> Proto {
    let mut reader = Reader { tokens: tokens(text), at: 0, document, new: false, proto: Proto::default() };
    while reader.at < reader.tokens.len() {
        if let Err(Wrong(line, words)) = reader.top() {
            reader.proto.problems.push(Problem::error(document, line, 1, words));
            return reader.proto;
        }
    }
    reader.resolve();
    reader.proto
}

/// Words, numbers and texts as one token each, other signs by themselves; comments are left out.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut comment = false;
    for (number, line) in text::lines(text) {
        let mut rest = line;
        loop {
            if comment {
                let Some((_, after)) = text::split_once(rest, "*/") else { break };
                (rest, comment) = (after, false);
            }
            rest = rest.trim_start();
            if rest.is_empty() || rest.starts_with("//") {
                break;
            }
            if let Some(after) = rest.strip_prefix("/*") {
                (rest, comment) = (after, true);
                continue;
            }
            let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            let length = match rest.chars().next().unwrap_or(' ') {
                quote @ ('"' | '\'') => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
                c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            found.push((&rest[..length], number));
            rest = &rest[length..];
        }
    }
    found
}

impl<'a> Reader<'a> {
    fn now(&self) -> &'a str {
        self.tokens.get(self.at).map_or("", |(text, _)| text)
    }

    fn line(&self) -> u32 {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens.get(self.at.min(last)).map_or(1, |(_, line)| *line)
    }

    fn next(&mut self) -> &'a str {
        let text = self.now();
        self.at += 1;
        text
    }

    fn take(&mut self, text: &str) -> bool {
        let fits = self.now() == text;
        self.at += usize::from(fits);
        fits
    }

    fn want(&mut self, text: &str) -> Result<(), Wrong> {
        if self.take(text) { Ok(()) } else { Err(self.unexpected(&["', '", text, "' expected"].concat())) }
    }

    /// As protobuf.js says it: `illegal token 'x' (users.proto, line 3)`.
    fn illegal(&self) -> Wrong {
        let line = self.line();
        let token = if self.now().is_empty() { "null" } else { self.now() };
        Wrong(line, ["Error: illegal token '", token, "' (", self.document, ", line ", &line.to_string(), ")"].concat())
    }

    /// What the names of messages stand for, when everything has been read.
    fn resolve(&mut self) {
        const SCALARS: [&str; 15] = [
            "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64",
            "sfixed32", "sfixed64", "bool", "string", "bytes",
        ];
        let methods = self.proto.services.iter().flat_map(|service| &service.methods);
        let asked = methods.flat_map(|(_, asks, answers, line)| [(asks, *line), (answers, *line)]);
        let fields = self.proto.messages.iter().flat_map(|message| &message.fields);
        let held =
            fields.filter(|field| !SCALARS.contains(&field.kind.as_str())).map(|field| (&field.kind, field.line));
        let missing = asked.chain(held).find(|(name, _)| self.proto.message(name).is_none());
        if let Some((name, line)) = missing {
            let words = ["Error: no such type: ", name].concat();
            self.proto.problems.push(Problem::error(self.document, line, 1, words));
        }
    }

    fn unexpected(&self, end: &str) -> Wrong {
        let line = self.line();
        let token = if self.now().is_empty() { "null" } else { self.now() };
        Wrong(line, ["Error: illegal token '", token, end, " (line ", &line.to_string(), ")"].concat())
    }

    fn name(&mut self) -> Result<String, Wrong> {
        let name = self.now();
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            self.at += 1;
            return Ok(name.to_owned());
        }
        Err(self.illegal())
    }

    fn not_modelled(&mut self, what: &str) {
        let words = ["in this description, ", what, " is not modelled"].concat();
        let problem = Problem::not_modelled(self.document, self.line(), words);
        self.proto.problems.push(problem);
    }

    /// To the end of a statement, or of its block.
    fn skip(&mut self) {
        let mut open = 0_u32;
        while self.at < self.tokens.len() {
            match self.next() {
                "{" => open += 1,
                "}" => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return;
                    }
                }
                ";" if open == 0 => return,
                _ => {}
            }
        }
    }

    fn top(&mut self) -> Result<(), Wrong> {
        match self.now() {
            "syntax" => {
                self.at += 1;
                self.want("=")?;
                let version = self.next();
                self.new = text::contains(version, "proto3");
                if !self.new {
                    self.not_modelled(&["the syntax ", version].concat());
                }
                self.want(";")
            }
            "package" => {
                self.at += 1;
                self.proto.package = self.name()?;
                self.want(";")
            }
            "message" => {
                self.at += 1;
                self.message()
            }
            "service" => {
                self.at += 1;
                self.service()
            }
            "option" => {
                self.skip();
                Ok(())
            }
            other @ ("enum" | "import" | "extend") => {
                self.not_modelled(&["`", other, "`"].concat());
                self.skip();
                Ok(())
            }
            ";" => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.illegal()),
        }
    }

    fn message(&mut self) -> Result<(), Wrong> {
        let mut message = Message { name: self.name()?, fields: Vec::new() };
        self.want("{")?;
        while !self.take("}") {
            match self.now() {
                ";" => self.at += 1,
                other @ ("oneof" | "map" | "enum" | "message" | "reserved" | "option") => {
                    self.not_modelled(&["`", other, "` in a message"].concat());
                    self.skip();
                }
                _ => {
                    let field = self.field()?;
                    message.fields.push(field);
                }
            }
        }
        self.proto.messages.push(message);
        Ok(())
    }

    fn field(&mut self) -> Result<Field, Wrong> {
        let line = self.line();
        let repeated = self.take("repeated");
        if !repeated && !self.take("optional") && !self.new {
            return Err(self.illegal());
        }
        let kind = self.name()?;
        let name = self.name()?;
        self.want("=")?;
        let Ok(number) = self.now().parse::<u32>() else { return Err(self.illegal()) };
        self.at += 1;
        if matches!(kind.as_str(), "double" | "float" | "bytes" | "fixed32" | "fixed64" | "sfixed32" | "sfixed64") {
            self.not_modelled(&["a field of type ", &kind].concat());
        }
        self.want(";")?;
        Ok(Field { name, kind, number, repeated, line })
    }

    fn service(&mut self) -> Result<(), Wrong> {
        let mut service = Service { name: self.name()?, methods: Vec::new() };
        self.want("{")?;
        while !self.take("}") {
            if self.take(";") {
                continue;
            }
            if self.now() == "option" {
                self.skip();
                continue;
            }
            let line = self.line();
            self.want("rpc")?;
            let name = self.name()?;
            let mut streams = false;
            self.want("(")?;
            streams |= self.take("stream");
            let asks = self.name()?;
            self.want(")")?;
            self.want("returns")?;
            self.want("(")?;
            streams |= self.take("stream");
            let answers = self.name()?;
            self.want(")")?;
            if streams {
                self.not_modelled("a stream of messages");
            }
            if self.now() == "{" {
                self.skip();
            } else {
                self.want(";")?;
            }
            service.methods.push((name, asks, answers, line));
        }
        self.proto.services.push(service);
        Ok(())
    }
}
