//! Reads an expression: pcre2pattern(3), and the messages of `pcre2_compile()`.

mod class;

use super::{Assert, Fault, How, Node, is_word};

pub(super) struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    flags: Flags,
    depth: u32,
    pub groups: usize,
    pub names: Vec<(String, usize)>,
}

/// The options that `(?imsx)` sets.
#[derive(Clone, Copy)]
struct Flags {
    caseless: bool,
    multiline: bool,
    dotall: bool,
    extended: bool,
}

type Read<T> = Result<T, Fault>;

/// Groups nested deeper than this are refused (PCRE: 250).
const DEEPEST: u32 = 100;

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, caseless: bool) -> Self {
        let flags = Flags { caseless, multiline: false, dotall: false, extended: false };
        Self { text: text.as_bytes(), at: 0, flags, depth: 0, groups: 0, names: Vec::new() }
    }

    pub fn whole(&mut self) -> Read<Node> {
        let node = self.alternatives()?;
        match self.peek() {
            Some(_) => self.refuse("unmatched closing parenthesis"),
            None => Ok(node),
        }
    }

    fn refuse<T>(&self, words: &'static str) -> Read<T> {
        Err(Fault::Refused(words, self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.text[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn alternatives(&mut self) -> Read<Node> {
        let mut all = vec![self.sequence()?];
        while self.take("|") {
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alt(all) })
    }

    fn sequence(&mut self) -> Read<Node> {
        let mut all = Vec::new();
        while let Some(byte) = self.peek() {
            if byte == b'|' || byte == b')' {
                break;
            }
            if self.flags.extended && (byte.is_ascii_whitespace() || byte == b'#') {
                while self.next().is_some_and(|b| byte == b'#' && b != b'\n') {}
                continue;
            }
            if self.take("\\Q") {
                while self.at < self.text.len() && !self.take("\\E") {
                    let byte = self.text[self.at];
                    self.at += 1;
                    all.push(self.byte(byte));
                }
                self.unrepeated()?;
                continue;
            }
            if self.take("\\E") {
                self.unrepeated()?;
                continue;
            }
            if let Some(node) = self.atom()? {
                let node = self.quantified(node)?;
                all.push(node);
            }
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Cat(all) })
    }

    fn byte(&self, byte: u8) -> Node {
        let mut set = [0; 4];
        self.add(&mut set, byte, byte);
        Node::Set(set)
    }

    fn add(&self, set: &mut [u64; 4], from: u8, to: u8) {
        for byte in from..=to {
            put(set, byte);
            if self.flags.caseless {
                put(set, byte.to_ascii_lowercase());
                put(set, byte.to_ascii_uppercase());
            }
        }
    }

    /// One thing that may be repeated; `None` where it only sets options.
    fn atom(&mut self) -> Read<Option<Node>> {
        let multiline = self.flags.multiline;
        Ok(Some(match self.next().unwrap_or(0) {
            b'(' => return self.group(),
            b'[' => Node::Set(self.class()?),
            b'\\' => self.escape()?,
            b'.' if self.flags.dotall => Node::Set([u64::MAX; 4]),
            b'.' => Node::Set(negated(one(b'\n'))),
            b'^' => Node::Assert(if multiline { Assert::LineStart } else { Assert::Start }),
            b'$' => Node::Assert(if multiline { Assert::LineEnd } else { Assert::EndOrNewline }),
            b'*' | b'+' | b'?' => {
                self.at -= 1;
                return self.refuse("quantifier does not follow a repeatable item");
            }
            b'{' => {
                let start = self.at;
                if self.counts()?.is_some() {
                    self.at -= 1;
                    return self.refuse("quantifier does not follow a repeatable item");
                }
                self.at = start;
                self.byte(b'{')
            }
            byte => self.byte(byte),
        }))
    }

    fn quantified(&mut self, node: Node) -> Read<Node> {
        let before = self.at;
        let counts = match self.next() {
            _ if matches!(node, Node::Assert(_)) => None,
            Some(b'*') => Some((0, None)),
            Some(b'+') => Some((1, None)),
            Some(b'?') => Some((0, Some(1))),
            Some(b'{') => self.counts()?,
            _ => None,
        };
        let Some((least, most)) = counts else {
            self.at = before;
            return Ok(node);
        };
        let how = match self.peek() {
            Some(b'?') => How::Lazy,
            Some(b'+') => How::Possessive,
            _ => How::Greedy,
        };
        self.at += usize::from(how != How::Greedy);
        // An assertion takes no text: once is as good as often.
        let most = if matches!(node, Node::Look { .. }) { Some(1) } else { most };
        Ok(Node::Repeat { node: Box::new(node), least: least.min(most.unwrap_or(least)), most, how })
    }

    /// After what PCRE skips a quantifier belongs to what stands before it.
    fn unrepeated(&self) -> Read<()> {
        match self.peek() {
            Some(b'*' | b'+' | b'?' | b'{') => Err(Fault::NotModelled("a quantifier after a comment or a quoted text")),
            _ => Ok(()),
        }
    }

    /// `{3}`, `{3,}`, `{3,5}`; anything else after a brace is text.
    fn counts(&mut self) -> Read<Option<(usize, Option<usize>)>> {
        let Some(least) = self.number()? else {
            return Ok(None);
        };
        let most = if self.take(",") { self.number()? } else { Some(least) };
        if self.peek() == Some(b'}') && most.is_some_and(|most| most < least) {
            return self.refuse("numbers out of order in {} quantifier");
        }
        Ok(self.take("}").then_some((least, most)))
    }

    fn number(&mut self) -> Read<Option<usize>> {
        let mut value = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            self.at += 1;
            let next = value.unwrap_or(0) * 10 + usize::from(digit - b'0');
            if next > 65_535 {
                return self.refuse("number too big in {} quantifier");
            }
            value = Some(next);
        }
        Ok(value)
    }

    fn group(&mut self) -> Read<Option<Node>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::NotModelled("groups nested so deeply"));
        }
        let outer = self.flags;
        let node = self.opened()?;
        self.depth -= 1;
        if let Some(node) = node {
            self.flags = outer;
            return Ok(Some(node));
        }
        Ok(None)
    }

    /// What follows an opening parenthesis.
    fn opened(&mut self) -> Read<Option<Node>> {
        if self.peek() == Some(b'*') {
            return Err(Fault::NotModelled("verbs such as (*FAIL)"));
        }
        if !self.take("?") {
            return self.captured().map(Some);
        }
        for (start, behind, negative) in
            [("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true)]
        {
            if self.take(start) {
                let node = Box::new(self.closed()?);
                return Ok(Some(Node::Look { node, behind, negative }));
            }
        }
        if self.take(">") {
            return Ok(Some(Node::Atomic(Box::new(self.closed()?))));
        }
        if self.take("#") {
            while self.peek().is_some_and(|byte| byte != b')') {
                self.at += 1;
            }
            if !self.take(")") {
                return self.refuse("missing ) after (?# comment");
            }
            self.unrepeated()?;
            return Ok(None);
        }
        if self.take("P=") {
            let name = self.name(b')')?;
            return self.named(&name).map(Some);
        }
        if self.take("P<") || self.take("<") {
            return self.name(b'>').and_then(|name| self.captured_as(name)).map(Some);
        }
        if self.take("'") {
            return self.name(b'\'').and_then(|name| self.captured_as(name)).map(Some);
        }
        let mut on = true;
        loop {
            let flags = &mut self.flags;
            match self.text.get(self.at) {
                Some(b'i') => flags.caseless = on,
                Some(b'm') => flags.multiline = on,
                Some(b's') => flags.dotall = on,
                Some(b'x') => flags.extended = on,
                Some(b'-') => on = false,
                Some(b':') => {
                    self.at += 1;
                    return self.closed().map(|node| Some(Node::Group(Box::new(node), None)));
                }
                Some(b')') => {
                    self.at += 1;
                    return Ok(None);
                }
                Some(b'R' | b'(' | b'|' | b'&' | b'C' | b'J' | b'U' | b'n' | b'^' | b'P' | b'0'..=b'9' | b'+') => {
                    return Err(Fault::NotModelled("recursion, conditions and other special groups"));
                }
                None => return self.refuse("missing closing parenthesis"),
                _ => return self.refuse("unrecognized character after (? or (?-"),
            }
            self.at += 1;
        }
    }

    fn captured(&mut self) -> Read<Node> {
        self.groups += 1;
        let number = self.groups;
        let node = self.closed()?;
        Ok(Node::Group(Box::new(node), Some(number)))
    }

    fn captured_as(&mut self, name: String) -> Read<Node> {
        if self.names.iter().any(|(other, _)| *other == name) {
            return self.refuse("two named subpatterns have the same name (PCRE2_DUPNAMES not set)");
        }
        self.names.push((name, self.groups + 1));
        self.captured()
    }

    fn closed(&mut self) -> Read<Node> {
        let node = self.alternatives()?;
        if self.take(")") { Ok(node) } else { self.refuse("missing closing parenthesis") }
    }

    fn name(&mut self, end: u8) -> Read<String> {
        let start = self.at;
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        match name.first() {
            None => self.refuse("subpattern name expected"),
            Some(first) if first.is_ascii_digit() => {
                self.at = start;
                self.refuse("subpattern name must start with a non-digit")
            }
            _ if name.len() > 32 => self.refuse("subpattern name is too long (maximum 32 code units)"),
            _ if self.peek() != Some(end) => self.refuse("syntax error in subpattern name (missing terminator?)"),
            _ => {
                self.at += 1;
                Ok(String::from_utf8_lossy(name).into_owned())
            }
        }
    }

    fn named(&self, name: &str) -> Read<Node> {
        match self.names.iter().find(|(other, _)| other == name) {
            Some((_, number)) => Ok(Node::Again(*number, self.flags.caseless)),
            None => self.refuse("reference to non-existent subpattern"),
        }
    }
}

fn put(set: &mut [u64; 4], byte: u8) {
    set[usize::from(byte >> 6)] |= 1 << (byte & 63);
}

fn one(byte: u8) -> [u64; 4] {
    let mut set = [0; 4];
    put(&mut set, byte);
    set
}

fn negated(set: [u64; 4]) -> [u64; 4] {
    set.map(|bits| !bits)
}
