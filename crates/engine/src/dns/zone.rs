//! A zone file: master-file text (RFC 1035 section 5.1) to records, kept by name.
//!
//! Not modelled, and said so: `$INCLUDE`, `$GENERATE`, classes other than IN.

use super::words::{Entries, Entry, Word};
use super::{Data, Kind, Record, data, name, within};
use crate::problem::{Problem, Severity, Source};
use std::sync::Arc;

/// A zone as its server holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// The document it was read from.
    pub document: Arc<str>,
    /// The zone's own name, absolute.
    pub origin: String,
    /// Its names, sorted by their keys.
    pub nodes: Vec<Node>,
    /// What is wrong with the text. With an error among them, servers refuse to load the zone.
    pub problems: Vec<Problem>,
}

/// All records of one name, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// [`name::key`] of the name.
    pub key: String,
    /// At least one.
    pub records: Vec<Record>,
}

impl Zone {
    /// The first problem for which a server refuses to load the zone.
    pub fn broken(&self) -> Option<&Problem> {
        self.problems.iter().find(|p| p.severity == Severity::Error)
    }

    /// Where the name with this key stands, or would stand.
    fn position(&self, key: &str) -> usize {
        self.nodes.partition_point(|node| node.key.as_str() < key)
    }

    /// The records of the name with this key; none where it has none.
    pub fn at(&self, key: &str) -> &[Record] {
        match self.nodes.get(self.position(key)) {
            Some(node) if node.key == key => &node.records,
            _ => &[],
        }
    }

    /// Whether the name with this key exists: has records, or stands above a name that does (RFC 4592 section 2.2.2).
    pub fn exists(&self, key: &str) -> bool {
        self.nodes.get(self.position(key)).is_some_and(|node| node.key.starts_with(key))
    }

    /// The records of the zone's own name.
    pub fn top(&self) -> &[Record] {
        self.at(&name::key(&self.origin))
    }

    /// The SOA record.
    pub fn soa(&self) -> Option<&Record> {
        self.top().iter().find(|record| record.data.is(Kind::SOA))
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

/// The zone's name that a document's name gives: `senus.doxyz.zone` is `senus.doxyz.`, `root.zone` the root. In life the
/// server's own configuration says it.
pub fn origin(document: &str) -> String {
    match document.strip_suffix(".zone").unwrap_or(document) {
        "root" | "" => ".".to_owned(),
        name => name::absolute(name, ".").unwrap_or_else(|_| ".".to_owned()),
    }
}

/// Reads the zone file `document`.
pub fn parse(document: &str, text: &str) -> Zone {
    let origin = origin(document);
    let mut reader = Reader {
        zone: Zone { document: document.into(), origin: origin.clone(), ..Zone::default() },
        records: Vec::new(),
        origin,
        default_ttl: None,
        owner: None,
    };
    let mut entries = Entries::new(document, text);
    for entry in entries.by_ref() {
        reader.entry(&entry);
    }
    reader.zone.problems.append(&mut entries.problems);
    reader.zone.nodes = nodes(reader.records, &mut reader.zone.problems);
    check_whole(&mut reader.zone);
    reader.zone
}

/// What NSD takes where nothing says how long a record may be remembered (`DEFAULT_TTL`, in seconds).
const DEFAULT_TTL: u32 = 3600;
const DEFAULT_TTL_WORDS: &str = "the server takes 3600 seconds";

struct Reader {
    zone: Zone,
    records: Vec<(String, Record)>,
    origin: String,
    default_ttl: Option<u32>,
    owner: Option<Arc<str>>,
}

impl Reader {
    fn error(&mut self, word: &Word<'_>, words: String) {
        self.zone.problems.push(Problem::error(&self.zone.document, word.line, word.column, words));
    }

    fn warning(&mut self, word: &Word<'_>, words: String) {
        let problem = Problem::error(&self.zone.document, word.line, word.column, words);
        self.zone.problems.push(Problem { severity: Severity::Warning, ..problem });
    }

    /// One entry: a directive, or a record `[owner] [ttl] [class] type data`.
    fn entry(&mut self, entry: &Entry<'_>) {
        let words = &entry.words;
        if words[0].text.starts_with('$') && !words[0].quoted {
            return self.directive(words);
        }
        let mut next = 0;
        if !entry.blank {
            next = 1;
            match name::absolute(words[0].text, &self.origin) {
                Ok(name) => self.owner = Some(name.into()),
                Err(what) => return self.error(&words[0], [what, ": '", words[0].text, "'"].concat()),
            }
        }
        let Some(name) = self.owner.clone() else {
            return self.error(&words[0], "no owner name: the first record of a file must begin with one".into());
        };
        let (mut ttl, mut class) = (None, false);
        while let Some(word) = words.get(next) {
            let is = |class: &str| word.text.eq_ignore_ascii_case(class);
            if (is("IN") || is("CLASS1")) && !class {
                class = true;
            } else if let (Some(seconds), None) = (data::seconds(word.text), ttl) {
                ttl = Some(seconds);
            } else {
                break;
            }
            next += 1;
        }
        let Some(word) = words.get(next) else {
            return self.error(&words[0], "no record type".into());
        };
        let Some(kind) = Kind::named(word.text).filter(|kind| kind.form() != Some("")) else {
            let what = match word.text.to_ascii_uppercase().as_str() {
                "CH" | "HS" | "CS" => "class other than IN: '",
                _ => "unknown RR type '",
            };
            return self.error(word, [what, word.text, "'"].concat());
        };
        // NSD's default, also for a number that is none (RFC 2181 section 8); BIND takes the record before, or 0.
        let ttl = match ttl.or(self.default_ttl) {
            Some(ttl) if ttl < 1 << 31 => ttl,
            _ => {
                self.warning(word, ["no TTL that counts: ", DEFAULT_TTL_WORDS].concat());
                DEFAULT_TTL
            }
        };
        if kind.form() == Some("?") {
            let words = ["records of the type ", &kind.word(), " are not modelled"].concat();
            self.zone.problems.push(Problem::not_modelled(&self.zone.document, word.line, words));
        }
        let rest = &words[next + 1..];
        match data::read(kind, rest, &self.origin) {
            Ok(data) => self.record(&words[0], Record { name, ttl, data, source: Source::default() }),
            Err((at, what)) => self.error(at.and_then(|at| rest.get(at)).unwrap_or(word), what),
        }
    }

    fn record(&mut self, word: &Word<'_>, record: Record) {
        let source = Source { document: self.zone.document.clone(), line: word.line };
        if within(&record.name, &self.zone.origin) {
            self.records.push((name::key(&record.name), Record { source, ..record }));
            return;
        }
        let zone = &self.zone.origin;
        let words = ["out of zone data: ", &record.name, " is outside the zone for fqdn ", zone].concat();
        self.error(word, words);
    }

    /// `$ORIGIN name`, `$TTL seconds` (RFC 2308 section 4).
    fn directive(&mut self, words: &[Word<'_>]) {
        let argument = words.get(1).map(|word| word.text);
        match (words[0].text.to_ascii_uppercase().as_str(), argument) {
            ("$ORIGIN", Some(text)) => match name::absolute(text, &self.origin) {
                Ok(origin) => self.origin = origin,
                Err(what) => self.error(&words[1], [what, ": '", text, "'"].concat()),
            },
            ("$TTL", Some(text)) if data::seconds(text).is_some() => self.default_ttl = data::seconds(text),
            ("$INCLUDE" | "$GENERATE", _) => {
                let what = [words[0].text, " is not modelled"].concat();
                self.zone.problems.push(Problem::not_modelled(&self.zone.document, words[0].line, what));
            }
            (name, _) => {
                let text = ["cannot read the directive ", name].concat();
                self.error(&words[0], text);
            }
        }
    }
}

/// Gathers the records by name. What is said twice counts once (RFC 2181 section 5). The records of one name and type
/// should have one time to live; where they do not, each keeps its own, as in NSD. Equal names keep the file's order.
fn nodes(records: Vec<(String, Record)>, problems: &mut Vec<Problem>) -> Vec<Node> {
    let whole = |(key, record): &(String, Record)| {
        [key, "\0", &record.data.kind().word(), " ", &record.data.to_string()].concat()
    };
    let wholes: Vec<String> = records.iter().map(whole).collect();
    let mut order = sorted((0..records.len()).collect(), &|a, b| wholes[a] < wholes[b]);
    order.dedup_by(|b, a| wholes[*a] == wholes[*b]);
    let order = sorted(order, &|a, b| (&records[a].0, a) < (&records[b].0, b));
    let mut records: Vec<Option<(String, Record)>> = records.into_iter().map(Some).collect();
    let mut nodes: Vec<Node> = Vec::new();
    for (key, record) in order.into_iter().filter_map(|at| records[at].take()) {
        let Some(node) = nodes.last_mut().filter(|node| node.key == key) else {
            nodes.push(Node { key, records: vec![record] });
            continue;
        };
        let kind = record.data.kind();
        let first = node.records.iter().find(|other| other.data.kind() == kind);
        if let Some(ttl) = first.map(|first| first.ttl).filter(|ttl| *ttl != record.ttl) {
            let (mine, theirs) = (record.ttl.to_string(), ttl.to_string());
            let words =
                [&record.name, " TTL ", &mine, " does not match the TTL ", &theirs, " of the ", &kind.word(), " RRset"];
            let (source, severity) = (record.source.clone(), Severity::Warning);
            problems.push(Problem { source, column: 1, severity, words: words.concat() });
        }
        node.records.push(record);
    }
    nodes
}

/// Sorts by merging: a zone may have a hundred thousand records in any order. Equal ones keep their order.
fn sorted(mut left: Vec<usize>, before: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    if left.len() < 2 {
        return left;
    }
    let right = left.split_off(left.len() / 2);
    let mut out = Vec::with_capacity(left.len() + right.len());
    let mut right = sorted(right, before).into_iter().peekable();
    for item in sorted(left, before) {
        while let Some(smaller) = right.next_if(|other| before(*other, item)) {
            out.push(smaller);
        }
        out.push(item);
    }
    out.extend(right);
    out
}

/// What only the whole file shows: the SOA and NS records at the top, and that an alias has nothing beside it
/// (RFC 1034 section 3.6.2, RFC 2181 section 10.1).
fn check_whole(zone: &mut Zone) {
    let mut found = Vec::new();
    let mut problem = |line: u32, severity: Severity, words: String| {
        let source = Source::new(&zone.document, line);
        found.push(Problem { source, column: 1, severity, words });
    };
    if zone.soa().is_none() {
        problem(1, Severity::Error, "has no SOA record".to_owned());
    }
    if !zone.top().iter().any(|record| record.data.is(Kind::NS)) {
        problem(1, Severity::Error, "has no NS records".to_owned());
    }
    for (at, node) in zone.nodes.iter().enumerate() {
        // NSD refuses such a zone, BIND loads it.
        let rule = node.records.iter().find(|record| record.data.is(Kind::DNAME));
        let below = zone.nodes.get(at + 1).is_some_and(|next| next.key.starts_with(&node.key));
        if let (Some(rule), true) = (rule, below) {
            let words = ["DNAME at ", &rule.name, " has data below it. This is not allowed (rfc 2672)."].concat();
            problem(rule.source.line, Severity::Error, words);
        }
        let second = |kind: Kind| node.records.iter().filter(move |record| record.data.is(kind)).nth(1);
        if let Some(rule) = second(Kind::DNAME) {
            problem(rule.source.line, Severity::Error, "multiple DNAMEs at the same name".to_owned());
        }
        let soa = node.records.iter().find(|record| record.data.is(Kind::SOA) && *record.name != *zone.origin);
        if let Some(soa) = soa {
            let words = ["SOA record with invalid domain name, '", &soa.name, "'"].concat();
            problem(soa.source.line, Severity::Error, words);
        }
        if let Some(soa) = second(Kind::SOA) {
            problem(soa.source.line, Severity::Error, "this SOA record was already encountered".to_owned());
        }
        let alias = node.records.iter().find(|record| record.data.is(Kind::CNAME));
        if let (Some(alias), true) = (alias, node.records.len() > 1) {
            problem(alias.source.line, Severity::Error, [&alias.name, ": CNAME and other data"].concat());
        }
        // BIND refuses such a zone, NSD loads it: a warning.
        for record in &node.records {
            let Data::Ns(server) = &record.data else { continue };
            let address = |r: &Record| matches!(r.data, Data::A(_) | Data::Aaaa(_) | Data::Cname(_));
            if within(server, &zone.origin) && !zone.at(&name::key(server)).iter().any(address) {
                let words = ["NS '", server, "' has no address records (A or AAAA)"].concat();
                problem(record.source.line, Severity::Warning, words);
            }
        }
    }
    zone.problems.append(&mut found);
}

/// A name made absolute and lower case; one that cannot be a name stays as it is.
pub fn absolute(name: &str, origin: &str) -> String {
    name::absolute(name, origin).unwrap_or_else(|_| name.to_ascii_lowercase())
}
