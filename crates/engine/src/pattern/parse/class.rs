//! Escapes, and classes of characters in brackets.

use super::{Parser, Read, negated, put};
use crate::pattern::{Assert, Fault, Node, has, is_word};

impl Parser<'_> {
    /// What follows a backslash outside a class.
    pub(super) fn escape(&mut self) -> Read<Node> {
        let Some(byte) = self.next() else {
            return self.refuse("\\ at end of pattern");
        };
        if let Some(set) = kind(byte) {
            return Ok(Node::Set(set));
        }
        Ok(match byte {
            b'b' => Node::Assert(Assert::Word(true)),
            b'B' => Node::Assert(Assert::Word(false)),
            b'A' => Node::Assert(Assert::Start),
            b'z' => Node::Assert(Assert::End),
            b'Z' => Node::Assert(Assert::EndOrNewline),
            b'1'..=b'9' => {
                self.at -= 1;
                let number = self.number()?.unwrap_or(0);
                // PCRE knows groups further on as well; and large numbers are octal. Neither is written in practice.
                if number > self.groups {
                    return Err(Fault::NotModelled("a reference to a group further on"));
                }
                Node::Again(number, self.flags.caseless)
            }
            b'k' => {
                let end = match self.next() {
                    Some(b'<') => b'>',
                    Some(b'{') => b'}',
                    Some(b'\'') => b'\'',
                    _ => return self.refuse("\\k is not followed by a braced, angle-bracketed, or quoted name"),
                };
                let start = self.at;
                let name = self.name(end)?;
                let after = core::mem::replace(&mut self.at, start);
                let node = self.named(&name)?;
                self.at = after;
                node
            }
            b'p' | b'P' | b'X' | b'C' | b'K' | b'G' | b'g' | b'R' => {
                return Err(Fault::NotModelled("Unicode properties, \\K, \\G, \\g, \\R"));
            }
            _ => {
                let byte = self.single(byte)?;
                self.byte(byte)
            }
        })
    }

    /// An escape that stands for one byte.
    fn single(&mut self, byte: u8) -> Read<u8> {
        Ok(match byte {
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            b'f' => 0x0c,
            b'a' => 7,
            b'e' => 0x1b,
            b'0' => {
                let mut value = 0u8;
                for _ in 0..2 {
                    if let Some(digit) = self.peek().filter(|b| (b'0'..b'8').contains(b)) {
                        self.at += 1;
                        value = value * 8 + (digit - b'0');
                    }
                }
                value
            }
            b'x' => {
                let braced = self.take("{");
                let mut value = 0u8;
                for _ in 0..2 {
                    if let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) {
                        self.at += 1;
                        value = value * 16 + digit as u8;
                    }
                }
                if braced && !self.take("}") {
                    return Err(Fault::NotModelled("characters beyond one byte"));
                }
                value
            }
            b'c' | b'L' | b'l' | b'U' | b'u' | b'o' => {
                return Err(Fault::NotModelled("\\c, \\L, \\l, \\N, \\o, \\U, \\u"));
            }
            other if other.is_ascii_alphanumeric() => {
                self.at -= 1;
                return self.refuse("unrecognized character follows \\");
            }
            other => other,
        })
    }

    pub(super) fn class(&mut self) -> Read<[u64; 4]> {
        if matches!(self.peek(), Some(b':' | b'.' | b'=')) {
            return Err(Fault::NotModelled("a class that begins as a named one"));
        }
        let mut set = [0; 4];
        let negative = self.take("^");
        let mut first = true;
        loop {
            let Some(byte) = self.next() else {
                return self.refuse("missing terminating ] for character class");
            };
            if byte == b']' && !first {
                break;
            }
            first = false;
            if byte == b'['
                && matches!(self.peek(), Some(b':' | b'.' | b'='))
                && let Some(named) = self.posix()?
            {
                (0..4).for_each(|i| set[i] |= named[i]);
                self.no_range()?;
                continue;
            }
            let from = match byte {
                b'\\' => match self.in_class()? {
                    Ok(kind) => {
                        (0..4).for_each(|i| set[i] |= kind[i]);
                        self.no_range()?;
                        continue;
                    }
                    Err(byte) => byte,
                },
                byte => byte,
            };
            let range = self.peek() == Some(b'-') && self.text.get(self.at + 1).is_some_and(|next| *next != b']');
            if !range {
                self.add(&mut set, from, from);
                continue;
            }
            self.at += 1;
            let to = match self.next() {
                Some(b'\\') => match self.in_class()? {
                    Ok(_) => return self.refuse("invalid range in character class"),
                    Err(byte) => byte,
                },
                Some(b'[') if matches!(self.peek(), Some(b':' | b'.' | b'=')) => {
                    return Err(Fault::NotModelled("a range up to a bracket"));
                }
                Some(byte) => byte,
                None => return self.refuse("missing terminating ] for character class"),
            };
            if to < from {
                self.at -= 1;
                return self.refuse("range out of order in character class");
            }
            self.add(&mut set, from, to);
        }
        Ok(if negative { negated(set) } else { set })
    }

    /// A kind of character begins no range.
    fn no_range(&self) -> Read<()> {
        match self.text.get(self.at..self.at + 2) {
            Some([b'-', end]) if *end != b']' => self.refuse("invalid range in character class"),
            _ => Ok(()),
        }
    }

    /// An escape in a class: a kind of character, or else one byte.
    fn in_class(&mut self) -> Read<Result<[u64; 4], u8>> {
        let Some(byte) = self.next() else {
            return self.refuse("\\ at end of pattern");
        };
        if let Some(set) = kind(byte) {
            return Ok(Ok(set));
        }
        match byte {
            b'b' => Ok(Err(8)),
            b'p' | b'P' | b'Q' | b'E' | b'1'..=b'9' => Err(Fault::NotModelled("this escape in a class")),
            other => self.single(other).map(Err),
        }
    }

    /// `[:alpha:]`; `None` where it is only a bracket and a colon.
    fn posix(&mut self) -> Read<Option<[u64; 4]>> {
        let start = self.at;
        self.at += 1;
        let negative = self.take("^");
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_lowercase()) {
            self.at += 1;
        }
        let name = &self.text[from..self.at];
        if !self.take(":]") {
            self.at = start;
            return Ok(None);
        }
        let test: fn(u8) -> bool = match name {
            b"alpha" => |b| b.is_ascii_alphabetic(),
            b"digit" => |b| b.is_ascii_digit(),
            b"alnum" => |b| b.is_ascii_alphanumeric(),
            b"upper" => |b| b.is_ascii_uppercase(),
            b"lower" => |b| b.is_ascii_lowercase(),
            b"space" => |b| b.is_ascii_whitespace() || b == 11,
            b"blank" => |b| b == b' ' || b == b'\t',
            b"punct" => |b| b.is_ascii_punctuation(),
            b"xdigit" => |b| b.is_ascii_hexdigit(),
            b"word" => is_word,
            b"cntrl" => |b| b.is_ascii_control(),
            b"graph" => |b| b.is_ascii_graphic(),
            b"print" => |b| b.is_ascii_graphic() || b == b' ',
            _ => {
                self.at = from;
                return self.refuse("unknown POSIX class name");
            }
        };
        let mut set = [0; 4];
        (0..=255).filter(|byte| test(*byte)).for_each(|byte| self.add(&mut set, byte, byte));
        Ok(Some(if negative { negated(set) } else { set }))
    }
}

/// `\d`, `\w`, `\s`, `\h`, `\v`, `\N` and their opposites.
fn kind(byte: u8) -> Option<[u64; 4]> {
    let test: fn(u8) -> bool = match byte {
        b'd' | b'D' => |b| b.is_ascii_digit(),
        b'w' | b'W' => is_word,
        b's' | b'S' => |b| b.is_ascii_whitespace() || b == 11,
        b'h' | b'H' => |b| b == b' ' || b == b'\t' || b == 0xa0,
        b'v' | b'V' => |b| (10..=13).contains(&b) || b == 0x85,
        b'N' => |b| b != b'\n',
        _ => return None,
    };
    let mut set = [0; 4];
    (0..=255).filter(|byte| test(*byte)).for_each(|byte| put(&mut set, byte));
    debug_assert!(byte != b'd' || has(&set, b'7'));
    Some(if byte.is_ascii_uppercase() && byte != b'N' { negated(set) } else { set })
}
