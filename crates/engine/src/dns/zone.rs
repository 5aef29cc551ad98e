//! A zone file: master-file text (RFC 1035 section 5.1) to records.
//!
//! Not modelled, and said so: `$INCLUDE`, `$GENERATE`, classes other than IN, escapes in names.

use super::{Data, Record, within};
use crate::problem::{Problem, Severity, Source};
use crate::text;

/// A zone as its server holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// The document it was read from.
    pub document: String,
    /// The zone's own name, absolute.
    pub origin: String,
    /// Every record, in file order.
    pub records: Vec<Record>,
    /// What is wrong with the text. With an error among them, servers refuse to load the zone.
    pub problems: Vec<Problem>,
}

/// One word of the file with its place.
struct Word<'a> {
    text: &'a str,
    line: u32,
    column: u32,
}

impl Zone {
    /// The first problem for which a server refuses to load the zone.
    pub fn broken(&self) -> Option<&Problem> {
        self.problems.iter().find(|p| p.severity == Severity::Error)
    }

    /// The SOA record.
    pub fn soa(&self) -> Option<&Record> {
        self.records.iter().find(|r| matches!(r.data, Data::Soa { .. }) && r.name == self.origin)
    }

    /// How long "no such name" and "no such type" may be remembered, in seconds: the lesser of the SOA record's own
    /// time to live and its last number (RFC 2308 section 5).
    pub fn negative_ttl(&self) -> u32 {
        match self.soa() {
            Some(Record { ttl, data: Data::Soa { numbers, .. }, .. }) => numbers[4].min(*ttl),
            _ => 0,
        }
    }
}

/// Reads the zone file `document`. Its zone's name is the document's name without `.zone`, as the server's own
/// configuration would give it.
pub fn parse(document: &str, text: &str) -> Zone {
    let origin = absolute(document.strip_suffix(".zone").unwrap_or(document), ".");
    let mut reader = Reader {
        zone: Zone { document: document.to_owned(), origin: origin.clone(), ..Zone::default() },
        origin,
        default_ttl: None,
        last_ttl: None,
        owner: None,
    };
    for entry in entries(&mut reader.zone.problems, document, text) {
        reader.entry(&entry);
    }
    check_whole(&mut reader.zone);
    reader.zone
}

/// What one entry consists of: whether it began with a blank (same owner as before), and its words.
struct Entry<'a> {
    blank: bool,
    words: Vec<Word<'a>>,
}

/// Splits the text into entries: lines, except that parentheses join lines.
fn entries<'a>(problems: &mut Vec<Problem>, document: &str, text: &'a str) -> Vec<Entry<'a>> {
    let mut found = Vec::new();
    let mut open: Option<(u32, u32)> = None;
    let mut entry = Entry { blank: false, words: Vec::new() };
    for (number, line) in text::lines(text) {
        if open.is_none() {
            entry.blank = line.starts_with([' ', '\t']);
        }
        for (at, token) in tokens(line) {
            let column = text::column(line, at);
            match token {
                "(" if open.is_some() => {
                    problems.push(Problem::error(document, number, column, "parenthesis inside a parenthesis".into()));
                }
                "(" => open = Some((number, column)),
                ")" if open.is_none() => {
                    problems.push(Problem::error(document, number, column, "unbalanced parentheses".into()));
                }
                ")" => open = None,
                word => entry.words.push(Word { text: word, line: number, column }),
            }
        }
        if open.is_none() {
            found.push(core::mem::replace(&mut entry, Entry { blank: false, words: Vec::new() }));
        }
    }
    if let Some((line, column)) = open {
        problems.push(Problem::error(document, line, column, "this parenthesis is never closed".into()));
    }
    found.retain(|entry| !entry.words.is_empty());
    found
}

/// The tokens of one line with their byte offsets: words, quoted texts, parentheses. A semicolon begins a comment.
fn tokens(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let length = match c {
            ';' => break,
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' | ')' => 1,
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';' | '"')).unwrap_or(rest.len()),
        };
        found.push((at, &rest[..length]));
        at += length;
    }
    found
}

struct Reader {
    zone: Zone,
    origin: String,
    default_ttl: Option<u32>,
    last_ttl: Option<u32>,
    owner: Option<String>,
}

impl Reader {
    fn error(&mut self, word: &Word<'_>, words: String) {
        self.zone.problems.push(Problem::error(&self.zone.document, word.line, word.column, words));
    }

    /// One entry: a directive, or a record `[owner] [ttl] [class] type data`.
    fn entry(&mut self, entry: &Entry<'_>) {
        let words = &entry.words;
        if words[0].text.starts_with('$') {
            return self.directive(words);
        }
        let mut next = 0;
        if !entry.blank {
            self.owner = Some(absolute(words[0].text, &self.origin));
            next = 1;
        }
        let Some(name) = self.owner.clone() else {
            return self.error(&words[0], "no owner name: the first record of a file must begin with one".into());
        };
        let (mut ttl, mut class) = (None, false);
        while let Some(word) = words.get(next) {
            if word.text.eq_ignore_ascii_case("IN") && !class {
                class = true;
            } else if let (Some(seconds), None) = (seconds(word.text), ttl) {
                ttl = Some(seconds);
            } else {
                break;
            }
            next += 1;
        }
        let Some(kind) = words.get(next) else {
            return self.error(&words[0], "no record type".into());
        };
        let Some(ttl) = ttl.or(self.default_ttl).or(self.last_ttl) else {
            return self.error(kind, "no TTL specified".into());
        };
        self.last_ttl = Some(ttl);
        if let Some(data) = self.data(kind, &words[next + 1..]) {
            let source = Source::new(&self.zone.document, words[0].line);
            if within(&name, &self.zone.origin) {
                self.zone.records.push(Record { name, ttl, data, source });
            } else {
                self.zone.problems.push(Problem {
                    source,
                    column: words[0].column,
                    severity: Severity::Warning,
                    words: ["ignoring out-of-zone data (", &name, ")"].concat(),
                });
            }
        }
    }

    /// `$ORIGIN name`, `$TTL seconds` (RFC 2308 section 4).
    fn directive(&mut self, words: &[Word<'_>]) {
        let argument = words.get(1).map(|word| word.text);
        match (words[0].text.to_ascii_uppercase().as_str(), argument) {
            ("$ORIGIN", Some(name)) => self.origin = absolute(name, &self.origin),
            ("$TTL", Some(text)) if seconds(text).is_some() => self.default_ttl = seconds(text),
            ("$INCLUDE" | "$GENERATE", _) => {
                let words_ = [words[0].text, " is not modelled"].concat();
                self.zone.problems.push(Problem::not_modelled(&self.zone.document, words[0].line, words_));
            }
            (name, _) => {
                let text = ["cannot read the directive ", name].concat();
                self.error(&words[0], text);
            }
        }
    }

    /// The data of a record, by its type.
    fn data(&mut self, kind: &Word<'_>, rest: &[Word<'_>]) -> Option<Data> {
        let upper = kind.text.to_ascii_uppercase();
        let wanted = match upper.as_str() {
            "A" | "AAAA" | "CNAME" | "NS" | "PTR" | "DNAME" => 1,
            "MX" | "HINFO" => 2,
            "CAA" => 3,
            "SRV" => 4,
            "SOA" => 7,
            "TXT" | "DS" => rest.len().max(1),
            _ => {
                self.error(kind, ["unknown RR type '", kind.text, "'"].concat());
                return None;
            }
        };
        if rest.len() < wanted {
            self.error(kind, ["unexpected end of line: ", &upper, " needs more data"].concat());
            return None;
        }
        if rest.len() > wanted {
            self.error(&rest[wanted], ["extra input text: ", rest[wanted].text].concat());
            return None;
        }
        let name = |word: &Word<'_>| absolute(word.text, &self.origin);
        let data = match upper.as_str() {
            "A" => rest[0].text.parse().ok().map(Data::A),
            "AAAA" => rest[0].text.parse().ok().map(Data::Aaaa),
            "CNAME" => Some(Data::Cname(name(&rest[0]))),
            "NS" => Some(Data::Ns(name(&rest[0]))),
            "SOA" => {
                let mut numbers = [0; 5];
                let read =
                    numbers.iter_mut().zip(&rest[2..]).all(|(n, word)| seconds(word.text).map(|s| *n = s).is_some());
                read.then(|| Data::Soa { primary: name(&rest[0]), mailbox: name(&rest[1]), numbers })
            }
            _ => {
                // The last word is a name, or a text in quotation marks; before it stand numbers.
                let (names, texts) = (["MX", "SRV", "PTR", "DNAME"], ["TXT", "HINFO"]);
                let last = |i: usize| i + 1 == rest.len();
                let word = |(i, word): (usize, &Word<'_>)| match upper.as_str() {
                    kind if names.contains(&kind) && last(i) => Some(name(word)),
                    kind if names.contains(&kind) => word.text.parse::<u16>().ok().map(|number| number.to_string()),
                    kind if texts.contains(&kind) || (kind == "CAA" && last(i)) => Some(quoted(word.text)),
                    _ => Some(word.text.to_owned()),
                };
                let words: Option<Vec<String>> = rest.iter().enumerate().map(word).collect();
                words.map(|words| Data::Other(upper.clone(), words.join(" ")))
            }
        };
        if data.is_none() {
            let what = match upper.as_str() {
                "A" => "bad dotted quad",
                "AAAA" => "bad IPv6 address",
                "SOA" => "not a valid number in the SOA record",
                _ => "not a valid number",
            };
            self.error(&rest[0], [what, ": '", rest[0].text, "'"].concat());
        }
        data
    }
}

/// What only the whole file shows: the SOA and NS records at the top, and that an alias has nothing beside it
/// (RFC 1034 section 3.6.2, RFC 2181 section 10.1).
fn check_whole(zone: &mut Zone) {
    let mut found = Vec::new();
    if zone.soa().is_none() {
        found.push((1, "has no SOA record".to_owned()));
    }
    if !zone.records.iter().any(|r| r.name == zone.origin && matches!(r.data, Data::Ns(_))) {
        found.push((1, "has no NS records".to_owned()));
    }
    for (i, alias) in zone.records.iter().enumerate() {
        let Data::Cname(_) = alias.data else { continue };
        let beside = zone.records.iter().enumerate().any(|(j, r)| j != i && r.name == alias.name);
        if beside {
            found.push((alias.source.line, [&alias.name, ": CNAME and other data"].concat()));
        }
    }
    // BIND refuses such a zone, NSD loads it: a warning.
    for record in &zone.records {
        let Data::Ns(server) = &record.data else { continue };
        let address = |r: &Record| r.name == *server && matches!(r.data, Data::A(_) | Data::Aaaa(_) | Data::Cname(_));
        if within(server, &zone.origin) && !zone.records.iter().any(address) {
            let words = ["NS '", server, "' has no address records (A or AAAA)"].concat();
            let (source, severity) = (record.source.clone(), Severity::Warning);
            zone.problems.push(Problem { source, column: 1, severity, words });
        }
    }
    for (line, words) in found {
        zone.problems.push(Problem::error(&zone.document, line, 1, words));
    }
}

/// A name made absolute and lower case: `@` is the origin, a final dot ends it, else the origin is appended.
pub fn absolute(name: &str, origin: &str) -> String {
    let name = name.to_ascii_lowercase();
    match (name.as_str(), origin) {
        ("@", _) => origin.to_owned(),
        (n, _) if n.ends_with('.') => name,
        (n, ".") => [n, "."].concat(),
        (n, origin) => [n, ".", origin].concat(),
    }
}

/// A text in quotation marks.
fn quoted(text: &str) -> String {
    if text.starts_with('"') { text.to_owned() } else { ["\"", text, "\""].concat() }
}

/// Seconds, also as `1h30m` (BIND's units: w, d, h, m, s).
fn seconds(text: &str) -> Option<u32> {
    let (mut total, mut number) = (0u32, None::<u32>);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    match (number, text.is_empty()) {
        (_, true) => None,
        (Some(rest), _) => total.checked_add(rest),
        (None, _) => Some(total),
    }
}
