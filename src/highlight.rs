//! The colours of a line by what it is written in. Pure; it decides nothing and knows no problem, so it is never wrong in
//! a way that matters: what it does not recognise stays plain.

use engine::world::Kind;

/// What a stretch of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A remark that nobody reads but people.
    Comment,
    /// What the line is about: a directive, a record type, a key word.
    Word,
    /// A number, an address, a variable.
    Value,
    /// A quoted text.
    Text,
}

impl Ink {
    /// The class that gives it its colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Comment => "c",
            Self::Word => "k",
            Self::Value => "v",
            Self::Text => "s",
        }
    }
}

/// A stretch: from byte, to byte, and what it is.
pub type Stretch = (usize, usize, Ink);

/// What the end of a line leaves to the next one.
#[derive(Clone, Copy, Debug)]
pub struct Carry {
    /// A statement of nginx begins.
    fresh: bool,
    /// Within `/* … */`.
    block: bool,
}

impl Default for Carry {
    fn default() -> Self {
        Self { fresh: true, block: false }
    }
}

/// Key words of zone files (RFC 1035 section 5.1): the class, and the types that are modelled.
const RECORDS: [&str; 9] = ["IN", "A", "AAAA", "CNAME", "NS", "SOA", "MX", "TXT", "PTR"];

/// Words of JavaScript that are no names.
const KEYWORDS: [&str; 21] = [
    "async",
    "await",
    "const",
    "else",
    "exports",
    "false",
    "for",
    "function",
    "if",
    "let",
    "module",
    "new",
    "null",
    "process",
    "require",
    "return",
    "setTimeout",
    "throw",
    "true",
    "undefined",
    "var",
];

/// Words of SQL that are no names (PostgreSQL 15 documentation, appendix C), as far as tables are made of them.
const SQL: [&str; 53] = [
    "ALL",
    "ALTER",
    "ALWAYS",
    "AND",
    "AS",
    "BEGIN",
    "BIGINT",
    "BOOLEAN",
    "BY",
    "CASCADE",
    "CHECK",
    "COMMIT",
    "CONFLICT",
    "CONSTRAINT",
    "CREATE",
    "DEFAULT",
    "DELETE",
    "DO",
    "DROP",
    "EXISTS",
    "FALSE",
    "FROM",
    "GENERATED",
    "GRANT",
    "IDENTITY",
    "IF",
    "IN",
    "INDEX",
    "INSERT",
    "INTEGER",
    "INTO",
    "IS",
    "KEY",
    "NOT",
    "NOTHING",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "RETURNING",
    "ROLLBACK",
    "SELECT",
    "SET",
    "TABLE",
    "TEXT",
    "TIMESTAMPTZ",
    "TO",
    "TRUE",
    "UNIQUE",
    "UPDATE",
    "VALUES",
];

/// The stretches of a line that have a colour, in order.
pub fn stretches(kind: Kind, line: &str, carry: &mut Carry) -> Vec<Stretch> {
    match kind {
        Kind::Certificates => fields(line),
        Kind::SecurityGroup | Kind::Network | Kind::Hosts | Kind::Phones => table(line),
        _ => words(kind, line, carry),
    }
}

/// `Name: value`, as openssl prints it.
fn fields(line: &str) -> Vec<Stretch> {
    let start = line.len() - line.trim_start().len();
    match line.find(':') {
        _ if line[start..].starts_with('#') => vec![(start, line.len(), Ink::Comment)],
        _ if line[start..].starts_with('/') => vec![(start, line.len(), Ink::Text)],
        Some(colon) => vec![(start, colon, Ink::Word), (colon + 1, line.len(), Ink::Value)],
        None => vec![(start, line.len(), Ink::Word)],
    }
}

/// Columns that are blanks apart: the first says what the row is about, numbers and addresses are values.
fn table(line: &str) -> Vec<Stretch> {
    let end = line.find('#').unwrap_or(line.len());
    let mut out = Vec::new();
    let mut at = 0;
    let mut first = true;
    while at < end {
        let rest = &line[at..end];
        let blanks = rest.len() - rest.trim_start().len();
        first &= out.is_empty() || blanks < 2;
        at += blanks;
        let rest = &line[at..end];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if length > 0 {
            let number = rest.starts_with(|c: char| c.is_ascii_digit() || c == ':');
            if number || first {
                out.push((at, at + length, if number { Ink::Value } else { Ink::Word }));
            }
        }
        at += length.max(1);
    }
    if end < line.len() {
        out.push((end, line.len(), Ink::Comment));
    }
    out
}

/// Zones, nginx and JavaScript: words, quoted texts and comments.
fn words(kind: Kind, line: &str, carry: &mut Carry) -> Vec<Stretch> {
    let mut out = Vec::new();
    // Every line of PostgreSQL's settings is one of its own.
    carry.fresh |= kind == Kind::Settings;
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let mut length = c.len_utf8();
        if carry.block || script(kind) && rest.starts_with("/*") {
            let over = rest.match_indices("*/").map(|(end, _)| end).find(|end| carry.block || *end > 1);
            length = over.map_or(rest.len(), |end| end + 2);
            carry.block = over.is_none();
            out.push((at, at + length, Ink::Comment));
        } else if remark(kind, rest) {
            length = rest.len();
            out.push((at, at + length, Ink::Comment));
        } else if c == '"' || kind != Kind::Zone && c == '\'' || script(kind) && c == '`' {
            length = quoted(rest, c);
            carry.fresh = false;
            out.push((at, at + length, Ink::Text));
        } else if within(kind, c) {
            length = rest.find(|c| !within(kind, c)).unwrap_or(rest.len());
            if let Some(ink) = ink(kind, &rest[..length], carry.fresh) {
                out.push((at, at + length, ink));
            }
            carry.fresh = false;
        } else if matches!(c, ';' | '{' | '}') {
            carry.fresh = true;
        }
        at += length;
    }
    out
}

const fn script(kind: Kind) -> bool {
    matches!(kind, Kind::Processes | Kind::Script | Kind::Data)
}

/// Whether a comment begins here and goes on to the end of the line.
fn remark(kind: Kind, rest: &str) -> bool {
    rest.starts_with(match kind {
        Kind::Zone => ";",
        Kind::Nginx | Kind::Settings => "#",
        Kind::Schema => "--",
        Kind::Public => "// ",
        _ => "//",
    })
}

/// Whether the character belongs to a word.
fn within(kind: Kind, c: char) -> bool {
    if script(kind) || matches!(kind, Kind::Schema | Kind::Settings) {
        return c.is_alphanumeric() || matches!(c, '_' | '$');
    }
    !c.is_whitespace() && !matches!(c, ';' | '"' | '{' | '}' | '(' | ')')
}

fn ink(kind: Kind, word: &str, fresh: bool) -> Option<Ink> {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(Ink::Value);
    }
    match kind {
        Kind::Zone if word.starts_with('$') || RECORDS.iter().any(|r| r.eq_ignore_ascii_case(word)) => Some(Ink::Word),
        Kind::Nginx if fresh => Some(Ink::Word),
        Kind::Nginx if word.starts_with('$') => Some(Ink::Value),
        Kind::Settings if fresh => Some(Ink::Word),
        Kind::Schema if SQL.iter().any(|known| known.eq_ignore_ascii_case(word)) => Some(Ink::Word),
        Kind::Processes | Kind::Script | Kind::Data if KEYWORDS.contains(&word) => Some(Ink::Word),
        _ => None,
    }
}

/// The length of a quoted text; where nobody closes it, to the end of the line.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::world::World;

    fn check(kind: Kind, line: &str, expected: &[(&str, &str)]) {
        let found = stretches(kind, line, &mut Carry::default());
        let found: Vec<_> = found.iter().map(|(from, to, ink)| (&line[*from..*to], ink.class())).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn each_kind_has_its_colours() {
        check(
            Kind::Zone,
            "www 300 IN A 192.0.2.1 ; here",
            &[("300", "v"), ("IN", "k"), ("A", "k"), ("192.0.2.1", "v"), ("; here", "c")],
        );
        check(
            Kind::Nginx,
            "  add_header X-A \"a b\" $host; # why",
            &[("add_header", "k"), ("\"a b\"", "s"), ("$host", "v"), ("# why", "c")],
        );
        check(Kind::Script, "const a = 3; // why", &[("const", "k"), ("3", "v"), ("// why", "c")]);
        check(
            Kind::SecurityGroup,
            "  All traffic  All  0.0.0.0/0  all",
            &[("All", "k"), ("traffic", "k"), ("0.0.0.0/0", "v")],
        );
        check(
            Kind::Schema,
            "  ('ada', 1), NOT null -- why",
            &[("'ada'", "s"), ("1", "v"), ("NOT", "k"), ("null", "k"), ("-- why", "c")],
        );
        check(Kind::Settings, "max_connections = 20 # why", &[("max_connections", "k"), ("20", "v"), ("# why", "c")]);
        check(Kind::Certificates, "  Not Before: Jan 20", &[("Not Before", "k"), (" Jan 20", "v")]);
    }

    #[test]
    fn a_statement_and_a_comment_may_go_on() {
        let mut carry = Carry::default();
        assert_eq!(stretches(Kind::Nginx, "server_name a", &mut carry).len(), 1);
        assert_eq!(stretches(Kind::Nginx, "    b;", &mut carry), []);
        assert_eq!(stretches(Kind::Nginx, "listen x;", &mut carry).len(), 1);
        let mut carry = Carry::default();
        assert_eq!(stretches(Kind::Script, "/* a", &mut carry), [(0, 4, Ink::Comment)]);
        assert_eq!(stretches(Kind::Script, "b */ let", &mut carry), [(0, 4, Ink::Comment), (5, 8, Ink::Word)]);
    }

    /// Whatever is typed: the stretches lie within the line, in order, on whole characters.
    #[test]
    fn stretches_lie_in_order_within_the_line() {
        let world = World::course();
        let kinds = [
            Kind::Zone,
            Kind::SecurityGroup,
            Kind::Nginx,
            Kind::Certificates,
            Kind::Script,
            Kind::Hosts,
            Kind::Schema,
            Kind::Settings,
        ];
        let odd = ["", "é \"ü", "\\", "'\\'é", "/**/é/*/", "#é", ":é:", "  é  é  ", "`é\\`"];
        for kind in kinds {
            let mut carry = Carry::default();
            let lines = world.documents.iter().flat_map(|document| document.text.lines()).chain(odd);
            for line in lines {
                let mut before = 0;
                for (from, to, _) in stretches(kind, line, &mut carry) {
                    assert!(before <= from && line.get(from..to).is_some(), "{kind:?}: {line}");
                    before = to;
                }
            }
        }
    }
}
