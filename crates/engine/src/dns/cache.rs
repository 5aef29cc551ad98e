//! What is remembered: each record until its own time to live is over, and each "no" as well (RFC 2308).
//!
//! It forgets by the clock only: nobody tells it that a zone has changed.

use super::resolver::{LONGEST, LONGEST_NO};
use super::{Data, Kind, Rcode, Record};
use crate::place::Place;
use crate::state::State;
use crate::time::Micros;
use core::net::Ipv4Addr;
use std::sync::Arc;

/// A resolver's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    /// Sorted by name and type.
    entries: Vec<Entry>,
}

/// What is remembered about one name and type.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: Arc<str>,
    kind: Kind,
    /// When it is forgotten.
    until: Micros,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// The records; `hint` where they stood beside a referral only. Such records lead to servers and are no answers
    /// (RFC 2181 section 5.4.1).
    Records { records: Vec<Record>, hint: bool },
    /// There is nothing, as this SOA record says.
    Nothing(Rcode, Vec<Record>),
}

/// What the memory says about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The whole chain, with the times to live that are left.
    Known(Vec<Record>),
    /// It is remembered that there is nothing, after which aliases, and which SOA record says so.
    KnownNothing(Vec<Record>, Rcode, Vec<Record>),
    /// Nothing is known of the last name; the aliases before it are.
    Unknown(Vec<Record>, Arc<str>),
}

/// One row of the table of what is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who remembers it: the browser or the resolver.
    pub cache: Place,
    /// The name, as the cache keeps it.
    pub name: String,
    /// The type: `A`.
    pub kind: String,
    /// The data as `dig` prints it; for a "no", `NXDOMAIN` or `NODATA`.
    pub data: String,
    /// For how many seconds more.
    pub left: u32,
    /// Whether something is there; false for a remembered "no".
    pub positive: bool,
}

/// What each cache holds at a moment: the browser's rows, then the resolver's, by name and type.
pub fn table(state: &State, now: Micros) -> Vec<Held> {
    let mut rows = Vec::new();
    for known in state.addresses.iter().filter(|known| known.until > now) {
        let (name, data) = (known.host.clone(), known.address.to_string());
        let left = seconds_left(known.until, now);
        rows.push(Held { cache: Place::Browser, name, kind: Kind::A.word(), data, left, positive: true });
    }
    for entry in state.resolver.entries.iter().filter(|entry| entry.until > now) {
        let row = |data: String, positive| Held {
            cache: Place::Resolver,
            name: entry.name.as_ref().to_owned(),
            kind: entry.kind.word(),
            data,
            left: seconds_left(entry.until, now),
            positive,
        };
        match &entry.what {
            What::Records { records, .. } => rows.extend(records.iter().map(|r| row(r.data.to_string(), true))),
            What::Nothing(Rcode::NxDomain, _) => rows.push(row(Rcode::NxDomain.word().to_owned(), false)),
            What::Nothing(..) => rows.push(row("NODATA".to_owned(), false)),
        }
    }
    rows
}

fn seconds_left(until: Micros, now: Micros) -> u32 {
    u32::try_from((until - now).0 / 1_000_000).unwrap_or(u32::MAX)
}

impl Cache {
    /// The entry for a name and type, if it is still fresh.
    fn fresh(&self, name: &str, kind: Kind, now: Micros) -> Option<&Entry> {
        let entry = self.entries.get(self.position(name, kind))?;
        (*entry.name == *name && entry.kind == kind && entry.until > now).then_some(entry)
    }

    /// Where the entry for a name and type stands, or would stand.
    fn position(&self, name: &str, kind: Kind) -> usize {
        self.entries.partition_point(|entry| (&*entry.name, entry.kind) < (name, kind))
    }

    /// Looks a name up, following remembered aliases.
    pub fn look_up(&self, name: &Arc<str>, kind: Kind, now: Micros) -> Memory {
        let mut chain: Vec<Record> = Vec::new();
        let mut name = name.clone();
        loop {
            if let Some(entry) = self.fresh(&name, kind, now) {
                match &entry.what {
                    What::Records { records, hint: false } => {
                        chain.extend(records.iter().map(|record| aged(record, entry.until, now)));
                        return Memory::Known(chain);
                    }
                    What::Nothing(rcode, soa) => {
                        let soa = soa.iter().map(|record| aged(record, entry.until, now)).collect();
                        return Memory::KnownNothing(chain, *rcode, soa);
                    }
                    What::Records { hint: true, .. } => {}
                }
            }
            let alias = self.fresh(&name, Kind::CNAME, now).and_then(|entry| match &entry.what {
                What::Records { records, .. } => records.first().map(|record| aged(record, entry.until, now)),
                What::Nothing(..) => None,
            });
            match alias {
                Some(record) if !chain.iter().any(|r| r.name == name) => {
                    if let Data::Cname(target) = &record.data {
                        name.clone_from(target);
                    }
                    chain.push(record);
                }
                _ => return Memory::Unknown(chain, name),
            }
        }
    }

    /// The name servers of a zone, as an answer or a referral named them.
    pub fn servers(&self, zone: &str, now: Micros) -> &[Record] {
        match self.fresh(zone, Kind::NS, now).map(|entry| &entry.what) {
            Some(What::Records { records, .. }) => records,
            _ => &[],
        }
    }

    /// The address of a name server.
    pub fn address(&self, name: &str, now: Micros) -> Option<Ipv4Addr> {
        match self.fresh(name, Kind::A, now).map(|entry| &entry.what) {
            Some(What::Records { records, .. }) => records.iter().find_map(|record| match record.data {
                Data::A(address) => Some(address),
                _ => None,
            }),
            _ => None,
        }
    }

    /// Remembers what a referral says. It never takes the place of an answer.
    pub fn remember_referral(&mut self, records: &[Record], now: Micros) {
        self.remember_as(records, true, now);
    }

    /// Remembers records that stood in an answer.
    pub fn remember(&mut self, records: &[Record], now: Micros) {
        self.remember_as(records, false, now);
    }

    /// Remembers each set of records of one name and type, unless its time to live is 0.
    fn remember_as(&mut self, records: &[Record], hint: bool, now: Micros) {
        for (at, first) in records.iter().enumerate() {
            let kind = first.data.kind();
            let same = |record: &&Record| record.name == first.name && record.data.kind() == kind;
            if records[..at].iter().any(|record| same(&record)) {
                continue;
            }
            let set: Vec<Record> = records.iter().filter(same).cloned().collect();
            let ttl = set.iter().map(|record| record.ttl).min().unwrap_or(0).min(LONGEST);
            let answered = |entry: &Entry| !matches!(entry.what, What::Records { hint: true, .. });
            if hint && self.fresh(&first.name, kind, now).is_some_and(answered) {
                continue;
            }
            self.put(&first.name, kind, ttl, What::Records { records: set, hint }, now);
        }
    }

    /// Remembers that there is nothing, for the time that its SOA record says.
    pub fn remember_nothing(&mut self, name: &Arc<str>, kind: Kind, rcode: Rcode, soa: &Record, now: Micros) {
        let ttl = soa.ttl.min(LONGEST_NO);
        self.put(name, kind, ttl, What::Nothing(rcode, vec![soa.clone()]), now);
    }

    fn put(&mut self, name: &Arc<str>, kind: Kind, ttl: u32, what: What, now: Micros) {
        let until = now + Micros::seconds(u64::from(ttl));
        let entry = Entry { name: name.clone(), kind, until, what };
        let at = self.position(name, kind);
        match self.entries.get_mut(at) {
            Some(old) if old.name == *name && old.kind == kind => *old = entry,
            _ => self.entries.insert(at, entry),
        }
    }
}

/// The record with the time to live that is left.
fn aged(record: &Record, until: Micros, now: Micros) -> Record {
    Record { ttl: seconds_left(until, now), ..record.clone() }
}
