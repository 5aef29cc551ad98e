//! The authoritative server: what the zones say about a name (RFC 1034 section 4.3.2).
//!
//! It does not ask anybody else. A name below a delegation gets a referral, which this engine's resolver does not follow.

use super::zone::Zone;
use super::{Data, Kind, Rcode, Record, parent, within};
use crate::trace::Basis;

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it worked.
    pub rcode: Rcode,
    /// Whether the server holds the zone of the name.
    pub authoritative: bool,
    /// The aliases followed, then the records asked for.
    pub records: Vec<Record>,
    /// How long a "no" may be remembered, in seconds.
    pub negative_ttl: u32,
    /// What decided it.
    pub basis: Basis,
    /// The decision in words.
    pub words: String,
}

/// How many aliases a server follows before it takes the chain for a loop.
const LONGEST_CHAIN: usize = 16;

/// Answers `name` (absolute, lower case) from `zones`.
pub fn answer(zones: &[Zone], name: &str, kind: Kind) -> Answer {
    let mut records: Vec<Record> = Vec::new();
    let mut name = name.to_owned();
    loop {
        let first = records.is_empty();
        // The zone that is nearest above the name; names outside are not ours to answer.
        let zone = zones.iter().filter(|z| within(&name, &z.origin)).max_by_key(|z| z.origin.len());
        let Some(zone) = zone else {
            return if first { refused(zones, &name) } else { chain_leaves(records) };
        };
        if let Some(problem) = zone.broken() {
            let words = ["zone ", &zone.origin, " is not loaded: ", &problem.words].concat();
            let basis = match problem.words.strip_prefix("has no ") {
                Some(what) => absent(zone, what),
                None => problem.source.clone().into(),
            };
            return end(Rcode::ServFail, false, Vec::new(), 0, basis, words);
        }
        let node = find(zone, &name);
        match node {
            Node::Cut(ns) => {
                let words =
                    ["referral: ", &name, " lies in a zone of its own, served by ", &ns.data.to_string()].concat();
                return end(Rcode::NoError, !first, records, 0, ns.source.clone().into(), words);
            }
            Node::Missing => {
                let words = ["NXDOMAIN: no record has the name ", &name].concat();
                let basis = absent(zone, &["record named ", &name].concat());
                return end(Rcode::NxDomain, true, records, zone.negative_ttl(), basis, words);
            }
            Node::Here(found) => {
                if let Some(alias) = found.iter().find(|r| matches!(r.data, Data::Cname(_))) {
                    let Data::Cname(target) = &alias.data else { unreachable!("just matched") };
                    let seen = records.iter().any(|r| r.name == name);
                    records.push(Record { name: name.clone(), ..(*alias).clone() });
                    if seen || records.len() > LONGEST_CHAIN {
                        records.pop();
                        let words = "the chain of aliases runs in a circle".to_owned();
                        return end(Rcode::NoError, true, records, 0, alias.source.clone().into(), words);
                    }
                    name.clone_from(target);
                    continue;
                }
                let fitting: Vec<&Record> = found.into_iter().filter(|r| r.data.is(kind)).collect();
                let Some(deciding) = fitting.first() else {
                    let words = ["NOERROR, but no ", kind.word(), " record at ", &name].concat();
                    let basis = absent(zone, &[kind.word(), " record for ", &name].concat());
                    return end(Rcode::NoError, true, records, zone.negative_ttl(), basis, words);
                };
                let words = [&name, " has the address ", &deciding.data.to_string()].concat();
                let basis = deciding.source.clone().into();
                records.extend(fitting.into_iter().map(|r| Record { name: name.clone(), ..r.clone() }));
                return end(Rcode::NoError, true, records, 0, basis, words);
            }
        }
    }
}

fn end(
    rcode: Rcode,
    authoritative: bool,
    records: Vec<Record>,
    negative_ttl: u32,
    basis: Basis,
    words: String,
) -> Answer {
    Answer { rcode, authoritative, records, negative_ttl, basis, words }
}

/// The name lies in none of the zones.
fn refused(zones: &[Zone], name: &str) -> Answer {
    let document = zones.first().map_or("the DNS server", |zone| zone.document.as_str()).to_owned();
    let basis = Basis::Absent { document, sought: ["zone that contains ", name].concat() };
    let words = ["REFUSED: this server holds no zone that contains ", name].concat();
    end(Rcode::Refused, false, Vec::new(), 0, basis, words)
}

/// An alias points out of the zones: the server answers with what it has, and the resolver must ask on.
fn chain_leaves(records: Vec<Record>) -> Answer {
    let Some(last) = records.last().cloned() else { unreachable!("a chain has a first link") };
    let words = [&last.name, " is an alias of ", &last.data.to_string(), ", which other servers hold"].concat();
    end(Rcode::NoError, true, records, 0, last.source.into(), words)
}

fn absent(zone: &Zone, sought: &str) -> Basis {
    Basis::Absent { document: zone.document.clone(), sought: sought.to_owned() }
}

/// What a zone has at a name.
enum Node<'a> {
    /// A zone cut at or above the name.
    Cut(&'a Record),
    /// These records, possibly none (an empty non-terminal).
    Here(Vec<&'a Record>),
    /// Nothing, and nothing below.
    Missing,
}

/// Finds the node of `name`: a cut above it, the name itself, or a wildcard (RFC 4592 section 3.3).
fn find<'a>(zone: &'a Zone, name: &str) -> Node<'a> {
    let mut above = Some(name);
    let mut cut = None;
    while let Some(at) = above.filter(|at| *at != zone.origin) {
        let ns = zone.records.iter().find(|r| r.name == at && matches!(r.data, Data::Ns(_)));
        cut = ns.or(cut);
        above = parent(at);
    }
    if let Some(ns) = cut {
        return Node::Cut(ns);
    }
    let at = |name: &str| zone.records.iter().filter(|r| r.name == name).collect::<Vec<_>>();
    let exists = |name: &str| zone.records.iter().any(|r| within(&r.name, name));
    if exists(name) {
        return Node::Here(at(name));
    }
    // The closest encloser is the longest ancestor that exists; only its own wildcard counts.
    let mut encloser = parent(name);
    while let Some(ancestor) = encloser {
        if exists(ancestor) || ancestor == zone.origin {
            let wildcard = ["*.", ancestor].concat();
            return if exists(&wildcard) { Node::Here(at(&wildcard)) } else { Node::Missing };
        }
        encloser = parent(ancestor);
    }
    Node::Missing
}
