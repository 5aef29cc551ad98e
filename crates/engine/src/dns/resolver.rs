//! What a resolver makes of what it is told: whom to ask next, and what an answer is worth.
//!
//! It sends nothing and waits for nothing: that is [`crate::journey`]'s.

use super::cache::Cache;
use super::server::Answer;
use super::{Data, Kind, Rcode, Record, name, within};
use crate::time::Micros;
use crate::trace::Basis;
use core::net::Ipv4Addr;
use std::sync::Arc;

/// How many aliases a chain may have, and how often a lookup may begin again with another name. Unbound's limit (`MAX_RESTART_COUNT`, iterator/iterator.h).
pub const RESTARTS: usize = 11;
/// How many questions may be sent for one answer. Unbound's limit (`max-sent-count`, unbound.conf).
pub const QUESTIONS: usize = 32;
/// How deep lookups of name servers may lie in one another (`target-fetch-policy`, unbound.conf).
pub const DEPTH: usize = 4;
/// Nothing is remembered for longer, in seconds (`cache-max-ttl`, unbound.conf).
pub const LONGEST: u32 = 86_400;
/// "No" is remembered no longer than this, in seconds (`cache-max-negative-ttl`, unbound.conf).
pub const LONGEST_NO: u32 = 3_600;

/// Whom to ask about a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// The zone.
    pub zone: Arc<str>,
    /// Its servers, in the order in which they are tried.
    pub servers: Vec<Server>,
}

/// A name server as the resolver knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub name: Arc<str>,
    /// Its address, where it is known.
    pub address: Option<Ipv4Addr>,
    /// How the resolver knows it.
    pub basis: Basis,
}

/// What an answer is to the resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The records asked for, or a "no"; with the aliases before it.
    Final,
    /// Aliases, and nothing about the last one's target: the name to go on with.
    Alias(Arc<str>),
    /// Others know.
    Referral(Delegation),
    /// Of no use: the server does not do its work for this zone.
    Lame,
}

/// The servers that the memory knows nearest above `name`; none where nothing but the root is left to ask.
pub fn nearest(cache: &Cache, wanted: &str, kind: Kind, now: Micros) -> Option<Delegation> {
    // A DS record is asked for above the cut.
    let mut at = if kind == Kind::DS { name::parent(wanted) } else { Some(wanted) };
    while let Some(zone) = at {
        let servers: Vec<Server> = cache.servers(zone, now).iter().filter_map(|ns| known(cache, ns, now)).collect();
        if !servers.is_empty() {
            return Some(Delegation { zone: zone.into(), servers });
        }
        at = name::parent(zone);
    }
    None
}

fn known(cache: &Cache, ns: &Record, now: Micros) -> Option<Server> {
    let Data::Ns(target) = &ns.data else { return None };
    let address = cache.address(target, now);
    // A server whose name lies in its own zone cannot be found by asking that zone.
    if address.is_none() && within(target, &ns.name) {
        return None;
    }
    let what = ["the resolver remembers that ", &ns.name, " is served by ", target].concat();
    Some(Server { name: target.clone(), address, basis: Basis::State { what } })
}

/// Judges the answer of a server of `zone` to a question for `name`.
pub fn judge(answer: &Answer, zone: &str, wanted: &str, kind: Kind) -> Reply {
    if matches!(answer.rcode, Rcode::ServFail | Rcode::Refused) {
        return Reply::Lame;
    }
    // A DNAME record that renames into itself leads nowhere; Unbound hands on what it got.
    let endless = |record: &Record| matches!(&record.data, Data::Dname(target) if within(target, &record.name));
    if answer.rcode == Rcode::YxDomain || answer.records.iter().any(endless) {
        return Reply::Final;
    }
    let (mut last, mut renamed) = (wanted, None);
    for record in &answer.records {
        match &record.data {
            data if data.is(kind) && *record.name == *last => return Reply::Final,
            Data::Cname(target) if *record.name == *last => (last, renamed) = (target, Some(target)),
            _ => {}
        }
    }
    let about = |record: &&Record| within(last, &record.name) && within(&record.name, zone);
    let soa = answer.authority.iter().filter(about).any(|record| record.data.is(Kind::SOA));
    if answer.authoritative && within(last, zone) && (soa || answer.rcode == Rcode::NxDomain) {
        return Reply::Final;
    }
    if let Some(last) = renamed {
        return Reply::Alias(last.clone());
    }
    let cuts = || answer.authority.iter().filter(about).filter(|record| record.data.is(Kind::NS));
    match cuts().next() {
        Some(cut) if *cut.name != *zone => {
            let servers = cuts().filter_map(|ns| referred(answer, ns, zone)).collect();
            Reply::Referral(Delegation { zone: cut.name.clone(), servers })
        }
        _ if answer.authoritative => Reply::Final,
        _ => Reply::Lame,
    }
}

/// A server as a referral names it. Its address counts only where the asked server may know it: inside its own zone.
fn referred(answer: &Answer, ns: &Record, zone: &str) -> Option<Server> {
    let Data::Ns(target) = &ns.data else { return None };
    let glue = answer.additional.iter().find_map(|record| match record.data {
        Data::A(address) if record.name == *target && within(target, zone) => Some((address, record.source.clone())),
        _ => None,
    });
    let source = glue.as_ref().map_or(&ns.source, |(_, source)| source).clone();
    Some(Server { name: target.clone(), address: glue.map(|(address, _)| address), basis: source.into() })
}
