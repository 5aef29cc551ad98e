//! What a resolver remembers: each record until its own time to live is over, and each "no" as well (RFC 2308).

use super::{Data, Kind, Rcode, Record};
use crate::time::Micros;

/// A resolver's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    /// Records with the moment at which they are forgotten.
    records: Vec<(Micros, Record)>,
    /// Names and types known to have nothing.
    nothing: Vec<(Micros, String, Kind, Rcode)>,
}

/// What the memory says about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The whole chain, with the times to live that are left.
    Known(Vec<Record>),
    /// It is remembered that there is nothing, and after which aliases.
    KnownNothing(Vec<Record>, Rcode),
    /// Nothing is known of the last name; the aliases before it are.
    Unknown(Vec<Record>, String),
}

impl Cache {
    /// Looks a name up, following remembered aliases.
    pub fn look_up(&self, name: &str, kind: Kind, now: Micros) -> Memory {
        let mut chain: Vec<Record> = Vec::new();
        let mut name = name.to_owned();
        loop {
            let fresh = |(until, r): &&(Micros, Record)| *until > now && r.name == name;
            let live: Vec<&(Micros, Record)> = self.records.iter().filter(fresh).collect();
            let fitting: Vec<Record> =
                live.iter().filter(|(_, r)| r.data.is(kind)).map(|entry| aged(entry, now)).collect();
            if !fitting.is_empty() {
                chain.extend(fitting);
                return Memory::Known(chain);
            }
            if let Some((_, _, _, rcode)) =
                self.nothing.iter().find(|(until, n, k, _)| *until > now && *n == name && *k == kind)
            {
                return Memory::KnownNothing(chain, *rcode);
            }
            let alias = live.iter().find_map(|entry| match &entry.1.data {
                Data::Cname(target) => Some((aged(entry, now), target.clone())),
                _ => None,
            });
            match alias {
                Some((record, target)) if !chain.iter().any(|r| r.name == name) => {
                    chain.push(record);
                    name = target;
                }
                _ => return Memory::Unknown(chain, name),
            }
        }
    }

    /// Remembers what an answer says. `about` is the name at which the chain ended.
    pub fn remember(&mut self, records: &[Record], now: Micros) {
        for record in records {
            let until = now + Micros::seconds(u64::from(record.ttl));
            self.records.retain(|(_, old)| !(old.name == record.name && old.data == record.data));
            self.records.push((until, record.clone()));
        }
    }

    /// Remembers that there is nothing: for `ttl` seconds.
    pub fn remember_nothing(&mut self, name: &str, kind: Kind, rcode: Rcode, ttl: u32, now: Micros) {
        self.nothing.retain(|(_, n, k, _)| !(n == name && *k == kind));
        self.nothing.push((now + Micros::seconds(u64::from(ttl)), name.to_owned(), kind, rcode));
    }
}

/// The record with the time to live that is left.
fn aged((until, record): &(Micros, Record), now: Micros) -> Record {
    Record { ttl: (until.0.saturating_sub(now.0) / 1_000_000) as u32, ..record.clone() }
}
