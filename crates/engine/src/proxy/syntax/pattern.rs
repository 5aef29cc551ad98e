//! Regular expressions as PCRE2 compiles them: whether it takes one, and what it says if not (pcre2pattern(3)).
//!
//! It matches nothing. Constructs that are rare in configurations are not checked, and said to be not modelled.

use super::{Check, Done, Stop};

/// What is wrong with a pattern.
enum Fault {
    /// PCRE2's message, and the place in the pattern.
    Wrong(&'static str, usize),
    /// A construct that is not checked here.
    Unsure,
}

impl Check<'_> {
    /// A pattern is compiled; its named groups become variables (`ngx_http_regex_compile`).
    pub(super) fn regex(&mut self, pattern: &str) -> Done {
        self.regex_groups(pattern).map(|_| ())
    }

    /// The same; the number of its groups, where it is known.
    pub(super) fn regex_groups(&mut self, pattern: &str) -> Result<Option<usize>, Stop> {
        let mut reader = Reader { text: pattern.as_bytes(), at: 0, groups: 0, names: Vec::new() };
        match reader.alternatives(0) {
            Ok(()) => {
                for name in reader.names {
                    self.make(&pattern[name.0..name.1])?;
                }
                Ok(Some(reader.groups))
            }
            Err(Fault::Unsure) => {
                self.unsure("this regular expression");
                Ok(None)
            }
            Err(Fault::Wrong(what, at)) => {
                let mut at = at.min(pattern.len());
                while !pattern.is_char_boundary(at) {
                    at -= 1;
                }
                let rest = &pattern[at..];
                let behind = if rest.is_empty() { String::new() } else { ["\" at \"", rest].concat() };
                self.stop(&["pcre2_compile() failed: ", what, " in \"", pattern, &behind, "\""])
            }
        }
    }
}

struct Reader<'p> {
    text: &'p [u8],
    at: usize,
    groups: usize,
    /// Where the names of groups stand.
    names: Vec<(usize, usize)>,
}

/// Groups nested deeper than PCRE2 allows.
const DEEPEST: usize = 250;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn looking_at(&self, what: &str) -> bool {
        self.text[self.at..].starts_with(what.as_bytes())
    }

    fn wrong<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault::Wrong(what, self.at))
    }

    /// Until the end, or until the parenthesis that closes the group.
    fn alternatives(&mut self, depth: usize) -> Result<(), Fault> {
        // Whether what stands before can be repeated.
        let mut item = false;
        if depth == 0 && self.looking_at("(*") {
            return Err(Fault::Unsure);
        }
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                b')' if depth == 0 => {
                    self.at -= 1;
                    return self.wrong("unmatched closing parenthesis");
                }
                b')' => return Ok(()),
                b'(' => {
                    if depth == DEEPEST {
                        return Err(Fault::Unsure);
                    }
                    item = self.group(depth)?;
                }
                b'|' | b'^' => item = false,
                b'$' => item = false,
                b'[' => {
                    self.class()?;
                    item = true;
                }
                b'\\' => item = self.escape()?,
                b'*' | b'+' | b'?' => {
                    if !item {
                        return self.wrong("quantifier does not follow a repeatable item");
                    }
                    if matches!(self.peek(), Some(b'?' | b'+')) {
                        self.at += 1;
                    }
                    item = false;
                }
                b'{' => match self.count()? {
                    false => item = true,
                    true => {
                        if !item {
                            return self.wrong("quantifier does not follow a repeatable item");
                        }
                        if matches!(self.peek(), Some(b'?' | b'+')) {
                            self.at += 1;
                        }
                        item = false;
                    }
                },
                _ => item = true,
            }
        }
        if depth > 0 { self.wrong("missing closing parenthesis") } else { Ok(()) }
    }

    /// `{2}`, `{2,}`, `{2,3}` after the brace; anything else is plain text.
    fn count(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        let mut numbers = [None, None];
        let mut part = 0;
        loop {
            match self.text.get(self.at) {
                Some(c @ b'0'..=b'9') => {
                    let value = numbers[part].unwrap_or(0u32) * 10 + u32::from(c - b'0');
                    numbers[part] = Some(value.min(100_000));
                }
                Some(b',') if part == 0 && numbers[0].is_some() => part = 1,
                Some(b'}') if numbers[0].is_some() => break,
                _ => {
                    self.at = start;
                    return Ok(false);
                }
            }
            self.at += 1;
        }
        for number in numbers.into_iter().flatten() {
            if number > 65_535 {
                return Err(Fault::Unsure);
            }
        }
        self.at += 1;
        if let [Some(least), Some(most)] = numbers
            && least > most
        {
            self.at -= 1;
            return self.wrong("numbers out of order in {} quantifier");
        }
        Ok(true)
    }

    /// After an opening parenthesis. Whether the group can be repeated.
    fn group(&mut self, depth: usize) -> Result<bool, Fault> {
        if self.peek() == Some(b'*') {
            return Err(Fault::Unsure);
        }
        if self.peek() != Some(b'?') {
            self.groups += 1;
            self.alternatives(depth + 1)?;
            return Ok(true);
        }
        self.at += 1;
        match self.peek() {
            None => self.wrong("unrecognized character after (? or (?-"),
            Some(b':' | b'|' | b'>' | b'=' | b'!') => {
                if self.peek() == Some(b'|') {
                    return Err(Fault::Unsure);
                }
                self.at += 1;
                self.alternatives(depth + 1)?;
                Ok(true)
            }
            Some(b'#') => {
                while self.peek().is_some_and(|c| c != b')') {
                    self.at += 1;
                }
                if self.peek().is_none() {
                    return self.wrong("missing ) after (?# comment");
                }
                self.at += 1;
                Err(Fault::Unsure)
            }
            Some(b'<') if matches!(self.text.get(self.at + 1), Some(b'=' | b'!')) => {
                self.at += 2;
                // Behind may stand what has one length only.
                let start = self.at;
                self.alternatives(depth + 1)?;
                if self.text[start..self.at].iter().any(|c| b"*+?{|(\\".contains(c)) {
                    return Err(Fault::Unsure);
                }
                Ok(true)
            }
            Some(b'P') if self.text.get(self.at + 1) != Some(&b'<') => Err(Fault::Unsure),
            Some(b'P' | b'<' | b'\'') => {
                if self.peek() == Some(b'P') {
                    self.at += 1;
                }
                let closing = if self.peek() == Some(b'<') { b'>' } else { b'\'' };
                self.at += 1;
                self.name(closing)?;
                self.groups += 1;
                self.alternatives(depth + 1)?;
                Ok(true)
            }
            Some(b'i' | b'm' | b's' | b'x' | b'-' | b'J' | b'U' | b'n' | b'^') => {
                while self.peek().is_some_and(|c| b"imsJUn-".contains(&c)) {
                    self.at += 1;
                }
                match self.peek() {
                    Some(b':') => {
                        self.at += 1;
                        self.alternatives(depth + 1)?;
                        Ok(true)
                    }
                    Some(b')') => {
                        self.at += 1;
                        Ok(false)
                    }
                    _ => Err(Fault::Unsure),
                }
            }
            Some(b'0'..=b'9' | b'R' | b'&' | b'+' | b'(' | b'C') => Err(Fault::Unsure),
            Some(_) => {
                self.at += 1;
                self.wrong("unrecognized character after (? or (?-")
            }
        }
    }

    /// The name of a group, up to its closing sign.
    fn name(&mut self, closing: u8) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == b'_') {
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        if name.is_empty() {
            return self.wrong("subpattern name expected");
        }
        if name[0].is_ascii_digit() {
            return Err(Fault::Wrong("subpattern name must start with a non-digit", start));
        }
        if name.len() > 32 {
            return Err(Fault::Unsure);
        }
        if self.peek() != Some(closing) {
            return self.wrong("syntax error in subpattern name (missing terminator?)");
        }
        if self.names.iter().any(|(from, to)| &self.text[*from..*to] == name) {
            return Err(Fault::Wrong("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", self.at));
        }
        self.names.push((start, self.at));
        self.at += 1;
        Ok(())
    }

    /// After a backslash, outside of a class. Whether it can be repeated.
    fn escape(&mut self) -> Result<bool, Fault> {
        let Some(c) = self.peek() else { return self.wrong("\\ at end of pattern") };
        self.at += 1;
        match c {
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'h' | b'H' | b'v' | b'V' | b'R' | b'n' | b'r' | b't' | b'f'
            | b'a' | b'e' => Ok(true),
            b'b' | b'B' | b'A' | b'z' | b'Z' | b'G' => Ok(false),
            b'K' => Ok(false),
            b'0' => Ok(true),
            b'1'..=b'9' | b'x' | b'c' | b'g' | b'k' | b'o' | b'p' | b'P' | b'Q' | b'E' | b'N' | b'X' | b'C' => {
                Err(Fault::Unsure)
            }
            c if c.is_ascii_alphanumeric() => self.wrong("unrecognized character follows \\"),
            _ => Ok(true),
        }
    }

    /// After an opening bracket.
    fn class(&mut self) -> Result<(), Fault> {
        if self.looking_at("[:<:]]") || self.looking_at("[:>:]]") {
            return Err(Fault::Unsure);
        }
        if self.peek() == Some(b'^') {
            self.at += 1;
        }
        let mut first = true;
        // The last single character, which may begin a range.
        let mut from: Option<u8> = None;
        loop {
            let Some(c) = self.peek() else { return self.wrong("missing terminating ] for character class") };
            self.at += 1;
            let single = match c {
                b']' if !first => return Ok(()),
                b'[' if matches!(self.peek(), Some(b':' | b'.' | b'=')) => {
                    if self.posix()? {
                        None
                    } else {
                        Some(b'[')
                    }
                }
                b'\\' => self.class_escape()?,
                other => Some(other),
            };
            first = false;
            if let Some(least) = from.take() {
                // Here a range would have to end.
                let Some(most) = single else { return Err(Fault::Unsure) };
                if most < least {
                    return Err(Fault::Wrong("range out of order in character class", self.at - 1));
                }
                continue;
            }
            if self.peek() == Some(b'-') && self.text.get(self.at + 1).is_some_and(|c| *c != b']') {
                match single {
                    Some(least) => {
                        from = Some(least);
                        self.at += 1;
                    }
                    None => return Err(Fault::Unsure),
                }
            }
        }
    }

    /// `[:alpha:]`, after its first bracket; plain text where it is not closed.
    fn posix(&mut self) -> Result<bool, Fault> {
        let sign = self.text[self.at];
        let rest = &self.text[self.at + 1..];
        let Some(end) = rest.windows(2).position(|two| two == [sign, b']']) else { return Ok(false) };
        if !rest[..end].iter().all(|c| c.is_ascii_lowercase() || *c == b'^') {
            return Ok(false);
        }
        if sign != b':' {
            return Err(Fault::Unsure);
        }
        let name = rest[..end].strip_prefix(b"^").unwrap_or(&rest[..end]);
        let names = "alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit";
        if !names.split(' ').any(|known| known.as_bytes() == name) {
            return self.wrong("unknown POSIX class name");
        }
        self.at += 1 + end + 2;
        Ok(true)
    }

    /// After a backslash in a class: the character, or none where it stands for several.
    fn class_escape(&mut self) -> Result<Option<u8>, Fault> {
        let Some(c) = self.peek() else { return self.wrong("\\ at end of pattern") };
        self.at += 1;
        match c {
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'h' | b'H' | b'v' | b'V' => Ok(None),
            b'n' => Ok(Some(b'\n')),
            b'r' => Ok(Some(b'\r')),
            b't' => Ok(Some(b'\t')),
            b'b' => Ok(Some(8)),
            b'f' => Ok(Some(12)),
            b'a' => Ok(Some(7)),
            b'e' => Ok(Some(27)),
            b'0'..=b'9' | b'x' | b'c' | b'o' | b'p' | b'P' | b'Q' | b'E' | b'N' | b'R' | b'X' | b'B' => {
                Err(Fault::Unsure)
            }
            c if c.is_ascii_alphanumeric() => self.wrong("unrecognized character follows \\"),
            other => Ok(Some(other)),
        }
    }
}
