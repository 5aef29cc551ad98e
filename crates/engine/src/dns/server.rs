//! The authoritative server: what the zones say about a name (RFC 1034 section 4.3.2).
//!
//! It does not ask anybody else. A name below a delegation gets a referral.

use super::zone::Zone;
use super::{Data, Kind, Rcode, Record, name, within};
use crate::trace::Basis;
use std::sync::Arc;

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it worked.
    pub rcode: Rcode,
    /// Whether the server holds the zone of the name.
    pub authoritative: bool,
    /// The aliases followed, then the records asked for.
    pub records: Vec<Record>,
    /// Who knows: the zone's servers beside an answer; with a "no", its SOA record, whose time to live says how long the
    /// "no" may be remembered (RFC 2308 section 3); in a referral, the servers to ask.
    pub authority: Vec<Record>,
    /// The addresses of the servers named there, as far as the zone knows them.
    pub additional: Vec<Record>,
    /// What decided it.
    pub basis: Basis,
    /// The decision in words.
    pub words: String,
}

/// How many aliases a server follows before it takes the chain for a loop. BIND stops at 12, NSD when its message is full.
const LONGEST_CHAIN: usize = 500;

/// Answers `name` (absolute, lower case) from `zones`.
pub fn answer(zones: &[&Zone], name: &str, kind: Kind) -> Answer {
    let mut answer = follow(zones, name, kind);
    for record in &answer.authority {
        let Data::Ns(target) = &record.data else { continue };
        let known = nearest(zones, target, Kind::A).filter(|zone| zone.broken().is_none());
        let known = known.map_or(&[][..], |zone| zone.at(&name::key(target)));
        answer.additional.extend(known.iter().filter(|r| matches!(r.data, Data::A(_) | Data::Aaaa(_))).cloned());
    }
    answer
}

/// The zone that is nearest above the name. A DS record belongs to the zone that cuts the name off (RFC 4035 section
/// 3.1.4.1), or at least lies above it, if such a zone is served here as well.
fn nearest<'a>(zones: &[&'a Zone], name: &str, kind: Kind) -> Option<&'a Zone> {
    let servers = |zone: &Zone| zone.at(&name::key(name)).iter().any(|record| matches!(record.data, Data::Ns(_)));
    let cuts = |zone: &Zone| name != zone.origin && servers(zone);
    let above = || zones.iter().filter(|zone| within(name, &zone.origin));
    let deepest = |zone: &&&Zone| name::depth(&zone.origin);
    let upper = above().filter(|zone| kind == Kind::DS && name != zone.origin);
    upper.max_by_key(|zone| (cuts(zone), deepest(zone))).or_else(|| above().max_by_key(deepest)).copied()
}

/// Looks the name up, and what it is an alias of.
fn follow(zones: &[&Zone], name: &str, kind: Kind) -> Answer {
    let mut records: Vec<Record> = Vec::new();
    let mut name: Arc<str> = name.into();
    loop {
        let first = records.is_empty();
        // Names outside are not ours to answer.
        let Some(zone) = nearest(zones, &name, kind) else {
            return if first { refused(zones, &name) } else { chain_leaves(records) };
        };
        if zone.broken().is_some() && !first {
            return chain_leaves(records);
        }
        if let Some(problem) = zone.broken() {
            let words = ["zone ", &zone.origin, " is not loaded: ", &problem.words].concat();
            let basis = match problem.words.strip_prefix("has no ") {
                Some(what) => absent(zone, what),
                None => problem.source.clone().into(),
            };
            return end(Rcode::ServFail, false, (Vec::new(), Vec::new()), basis, words);
        }
        let alias = match find(zone, &name, kind) {
            Node::Cut(ns) => {
                let words =
                    ["referral: ", &name, " lies in a zone of its own, served by ", &ns.data.to_string()].concat();
                return end(
                    Rcode::NoError,
                    !first,
                    (records, servers(zone, &ns.name)),
                    ns.source.clone().into(),
                    words,
                );
            }
            Node::Missing => {
                let words = ["NXDOMAIN: no record has the name ", &name].concat();
                let basis = absent(zone, &["record named ", &name].concat());
                return end(Rcode::NxDomain, true, (records, negative(zone)), basis, words);
            }
            Node::Renamed(rule) => {
                // RFC 6672 section 3.1: the rule itself, then an alias made from it.
                let front = name.strip_suffix(&*rule.name).and_then(|front| front.strip_suffix('.'));
                let target = name::absolute(front.unwrap_or(&name), &rule.data.to_string());
                records.push(rule.clone());
                let Ok(target) = target else {
                    let words = ["YXDOMAIN: the new name for ", &name, " would be too long"].concat();
                    return end(Rcode::YxDomain, true, (records, Vec::new()), rule.source.clone().into(), words);
                };
                let alias = Record { name: name.clone(), data: Data::Cname(target.into()), ..rule.clone() };
                if kind == Kind::CNAME {
                    return here(zone, &name, kind, &[alias], records);
                }
                alias
            }
            Node::Here(found) => {
                let alias = found.iter().find(|r| matches!(r.data, Data::Cname(_)) && !r.data.is(kind));
                let Some(alias) = alias else { return here(zone, &name, kind, found, records) };
                Record { name: name.clone(), ..alias.clone() }
            }
        };
        let Data::Cname(target) = &alias.data else { unreachable!("just matched") };
        let (target, source) = (target.clone(), alias.source.clone());
        records.push(alias);
        // Where the same DNAME record would fit again, NSD stops as well.
        let again = records.iter().any(|r| match &r.data {
            Data::Cname(_) => r.name == target,
            Data::Dname(_) => r.source == source && within(&target, &r.name),
            _ => false,
        });
        if again || records.len() >= LONGEST_CHAIN {
            let words = "the chain of aliases runs in a circle".to_owned();
            return end(Rcode::NoError, true, (records, Vec::new()), source.into(), words);
        }
        name = target;
    }
}

/// The name exists, and has `found`.
fn here(zone: &Zone, name: &Arc<str>, kind: Kind, found: &[Record], mut records: Vec<Record>) -> Answer {
    let fitting: Vec<&Record> = found.iter().filter(|r| r.data.is(kind)).collect();
    let Some(deciding) = fitting.first() else {
        let words = ["NOERROR, but no ", &kind.word(), " record at ", name].concat();
        let basis = absent(zone, &[&kind.word(), " record for ", name].concat());
        return end(Rcode::NoError, true, (records, negative(zone)), basis, words);
    };
    let what = if kind == Kind::A { " has the address " } else { " has the record " };
    let words = [name, what, &deciding.data.to_string()].concat();
    let basis = deciding.source.clone().into();
    // The servers of the zone are named beside the answer, unless they are the answer,
    // or the answer is about a zone below.
    let asked_for = kind == Kind::DS || (**name == *zone.origin && matches!(kind, Kind::NS | Kind::ANY));
    let authority = if asked_for { Vec::new() } else { servers(zone, &zone.origin) };
    records.extend(fitting.into_iter().map(|r| Record { name: name.clone(), ..r.clone() }));
    end(Rcode::NoError, true, (records, authority), basis, words)
}

/// The NS records at `name`.
fn servers(zone: &Zone, name: &str) -> Vec<Record> {
    zone.at(&name::key(name)).iter().filter(|record| matches!(record.data, Data::Ns(_))).cloned().collect()
}

/// The SOA record of a "no", with the time for which the "no" may be remembered.
fn negative(zone: &Zone) -> Vec<Record> {
    zone.soa().map(|soa| Record { ttl: zone.negative_ttl(), ..soa.clone() }).into_iter().collect()
}

fn end(
    rcode: Rcode,
    authoritative: bool,
    (records, authority): (Vec<Record>, Vec<Record>),
    basis: Basis,
    words: String,
) -> Answer {
    Answer { rcode, authoritative, records, authority, additional: Vec::new(), basis, words }
}

/// The name lies in none of the zones.
fn refused(zones: &[&Zone], name: &str) -> Answer {
    let basis = match zones.first() {
        Some(zone) => absent(zone, &["zone that contains ", name].concat()),
        None => Basis::State { what: "this server was given no zone file".to_owned() },
    };
    let words = ["REFUSED: this server holds no zone that contains ", name].concat();
    end(Rcode::Refused, false, (Vec::new(), Vec::new()), basis, words)
}

/// An alias points out of the zones: the server answers with what it has, and the resolver must ask on.
fn chain_leaves(records: Vec<Record>) -> Answer {
    let Some(last) = records.last().cloned() else { unreachable!("a chain has a first link") };
    let words = [&last.name, " is an alias of ", &last.data.to_string(), ", which other servers hold"].concat();
    end(Rcode::NoError, true, (records, Vec::new()), last.source.into(), words)
}

fn absent(zone: &Zone, sought: &str) -> Basis {
    Basis::Absent { document: zone.document.clone(), sought: sought.to_owned() }
}

/// What a zone has at a name.
enum Node<'a> {
    /// A zone cut at or above the name.
    Cut(&'a Record),
    /// A DNAME record above the name.
    Renamed(&'a Record),
    /// These records, possibly none (an empty non-terminal).
    Here(&'a [Record]),
    /// Nothing, and nothing below.
    Missing,
}

/// Finds the node of `name`: a cut or a DNAME record above it, the name itself, or a wildcard (RFC 4592 section 3.3).
fn find<'a>(zone: &'a Zone, name: &str, kind: Kind) -> Node<'a> {
    let (key, top) = (name::key(name), if zone.origin == "." { 0 } else { zone.origin.len() });
    // An empty label ends a name early: what is left of it lies in no zone.
    if key.len() < top {
        return Node::Missing;
    }
    let ends = core::iter::once(top)
        .chain(key.bytes().enumerate().filter(|(at, b)| *at >= top && *b == 0).map(|(at, _)| at + 1));
    let mut encloser = top;
    // From the top of the zone down to the name, as far as names exist.
    for end in ends {
        let above = &key[..end];
        if !zone.exists(above) {
            break;
        }
        encloser = end;
        let last = end == key.len();
        let records = zone.at(above);
        // A DS record lies on the upper side of the cut (RFC 4035 section 3.1.4.1).
        if end > top
            && !(last && kind == Kind::DS)
            && let Some(ns) = records.iter().find(|record| matches!(record.data, Data::Ns(_)))
        {
            return Node::Cut(ns);
        }
        if !last && let Some(rule) = records.iter().find(|record| matches!(record.data, Data::Dname(_))) {
            return Node::Renamed(rule);
        }
        if last {
            return Node::Here(records);
        }
    }
    // The closest encloser is the longest ancestor that exists; only its own wildcard counts.
    let wildcard = [&key[..encloser], "*\0"].concat();
    if zone.exists(&wildcard) { Node::Here(zone.at(&wildcard)) } else { Node::Missing }
}
