//! The resolver's work: from its memory, or from the root down, one question after the other.

use super::Journey;
use crate::dns::cache::Memory;
use crate::dns::resolver::{self, Delegation, Reply, Server};
use crate::dns::server::{self, Answer};
use crate::dns::zone::Zone;
use crate::dns::{Data, Kind, Rcode, Record, name, within};
use crate::message::Message;
use crate::place::Place::{self, Dns, Resolver, Root, TopLevel};
use crate::state::State;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::world::{Readings, World};
use core::net::Ipv4Addr;
use std::sync::Arc;

/// What a resolver answers that knows from the start where each of the world's zones is served.
pub fn resolve(world: &World, state: &State, name: &str, kind: Kind) -> (Vec<Record>, Rcode) {
    let readings = Readings::of(world);
    let mut journey = Journey::new(world, &readings, state, 0);
    journey.knows_zones = true;
    let resolved = journey.resolve(&name.into(), kind);
    (resolved.records, resolved.rcode)
}

/// How a lookup ends.
pub(super) struct Resolved {
    /// The aliases, then the records asked for.
    pub(super) records: Vec<Record>,
    /// Whether it worked.
    pub(super) rcode: Rcode,
    /// With a "no", the SOA record that says so.
    pub(super) authority: Vec<Record>,
    /// What decided it.
    pub(super) basis: Basis,
    /// Whether nobody had to be asked.
    pub(super) remembered: bool,
}

/// What may still be done for one answer.
struct Budget {
    /// How many questions may still be sent.
    questions: usize,
    /// How deep lookups of name servers lie in one another.
    depth: usize,
}

/// What one server said in the end: its records, its rcode, the name to go on with, and the basis.
struct Said {
    records: Vec<Record>,
    rcode: Rcode,
    next: Option<Arc<str>>,
    authority: Vec<Record>,
    basis: Basis,
}

impl Journey<'_> {
    /// The answer to a question.
    pub(super) fn resolve(&mut self, name: &Arc<str>, kind: Kind) -> Resolved {
        let resolved = self.search(name, kind, &mut Budget { questions: resolver::QUESTIONS, depth: 0 });
        resolved.unwrap_or_else(|basis| {
            let words = ["SERVFAIL: cannot find out about ", name].concat();
            self.record.decide("resolver-fails", Resolver, Ruling::Fail, words, basis.clone());
            Resolved { records: Vec::new(), rcode: Rcode::ServFail, authority: Vec::new(), basis, remembered: false }
        })
    }

    /// Follows the aliases, each from memory or by asking. `Err` says why there is no answer at all.
    fn search(&mut self, wanted: &Arc<str>, kind: Kind, budget: &mut Budget) -> Result<Resolved, Basis> {
        let mut records: Vec<Record> = Vec::new();
        let mut last = wanted.clone();
        for round in 0..=resolver::RESTARTS {
            let memory = self.state.resolver.look_up(&last, kind, self.record.now);
            let about = |what: &str| Basis::State { what: ["the resolver ", what, &last].concat() };
            let (known, rcode, authority, basis) = match memory {
                Memory::Known(known) => (known, Rcode::NoError, Vec::new(), about("remembers an answer for ")),
                Memory::KnownNothing(known, rcode, soa) => {
                    (known, rcode, soa, about("remembers that there is nothing for "))
                }
                Memory::Unknown(known, next) => {
                    if round == 0 && budget.depth == 0 {
                        let words = "not remembered: has to ask".to_owned();
                        let basis = about("remembers nothing about ");
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Choose, words, basis);
                    }
                    add(&mut records, known)?;
                    let said = self.iterate(&next, kind, budget)?;
                    add(&mut records, said.records)?;
                    match said.next {
                        Some(next) => last = next,
                        None => {
                            let (rcode, authority, basis) = (said.rcode, said.authority, said.basis);
                            return Ok(Resolved { records, rcode, authority, basis, remembered: false });
                        }
                    }
                    continue;
                }
            };
            let remembered = round == 0;
            if remembered && budget.depth == 0 {
                let no = if rcode == Rcode::NoError { "" } else { "NXDOMAIN, " };
                let words = [no, "remembered from an earlier question"].concat();
                self.record.decide("resolver-checks-cache", Resolver, Ruling::Answer, words, basis.clone());
            }
            add(&mut records, known)?;
            return Ok(Resolved { records, rcode, authority, basis, remembered });
        }
        Err(Basis::State { what: ["the chain of aliases from ", wanted, " is too long"].concat() })
    }

    /// From the nearest known servers down, until one of them knows.
    fn iterate(&mut self, wanted: &Arc<str>, kind: Kind, budget: &mut Budget) -> Result<Said, Basis> {
        let mut at = self.begin(wanted, kind)?;
        loop {
            let (answer, reply) = self.ask_one_of(&at, wanted, kind, budget)?;
            let now = self.record.now;
            let next = match reply {
                Reply::Referral(next) => {
                    self.state.resolver.remember_referral(&answer.authority, now);
                    self.state.resolver.remember_referral(&answer.additional, now);
                    at = next;
                    continue;
                }
                Reply::Alias(next) => Some(next),
                Reply::Final | Reply::Lame => None,
            };
            let cache = &mut self.state.resolver;
            cache.remember(&answer.records, now);
            let servers = answer.authority.iter().filter(|record| record.data.is(Kind::NS) && record.name == at.zone);
            let servers: Vec<Record> = servers.cloned().collect();
            if !servers.is_empty() {
                cache.remember(&servers, now);
                cache.remember_referral(&answer.additional, now);
            }
            let soa: Vec<Record> =
                answer.authority.iter().filter(|record| record.data.is(Kind::SOA)).cloned().collect();
            if let (None, Some(soa)) = (&next, soa.first()) {
                let last = answer.records.iter().rev().find_map(|record| match &record.data {
                    Data::Cname(target) => Some(target),
                    _ => None,
                });
                cache.remember_nothing(last.unwrap_or(wanted), kind, answer.rcode, soa, now);
            }
            return Ok(Said {
                records: answer.records,
                rcode: answer.rcode,
                next,
                authority: soa,
                basis: answer.basis,
            });
        }
    }

    /// Whom to ask first.
    fn begin(&mut self, wanted: &Arc<str>, kind: Kind) -> Result<Delegation, Basis> {
        if self.knows_zones {
            let above = |zone: &str| within(wanted, zone) && (kind != Kind::DS || zone == "." || **wanted != *zone);
            let zones = self.zones.iter().map(|zone| zone.origin.as_str()).filter(|zone| above(zone));
            let zone = zones.max_by_key(|zone| name::depth(zone)).map(Arc::from);
            let basis = Basis::State { what: ["nobody serves a zone that contains ", wanted].concat() };
            let zone = zone.ok_or_else(|| basis.clone())?;
            let server = Server { name: Arc::default(), address: Some(Ipv4Addr::UNSPECIFIED), basis };
            return Ok(Delegation { zone, servers: vec![server] });
        }
        if let Some(known) = resolver::nearest(&self.state.resolver, wanted, kind, self.record.now) {
            return Ok(known);
        }
        match &self.network.root {
            Some((address, source)) => {
                let basis = source.clone().into();
                let server = Server { name: "the root server".into(), address: Some(*address), basis };
                Ok(Delegation { zone: ".".into(), servers: vec![server] })
            }
            None => Err(Basis::Absent { document: "network".into(), sought: "root address".to_owned() }),
        }
    }

    /// Asks the servers of a zone in turn, until one gives an answer of use.
    fn ask_one_of(
        &mut self,
        at: &Delegation,
        wanted: &Arc<str>,
        kind: Kind,
        budget: &mut Budget,
    ) -> Result<(Answer, Reply), Basis> {
        let mut failure = Basis::State { what: ["no server of ", &at.zone, " has an address"].concat() };
        for server in &at.servers {
            let Some(address) = server.address.or_else(|| self.find_server(server, &at.zone, budget)) else {
                failure = server.basis.clone();
                continue;
            };
            if budget.questions == 0 {
                return Err(Basis::Standard {
                    source: "unbound.conf, max-sent-count",
                    says: "a resolver that has sent 32 questions for one answer gives up",
                });
            }
            budget.questions -= 1;
            if !self.knows_zones {
                let words = ["asks ", &server.name, " at ", &short(address), ", for ", &at.zone].concat();
                self.record.decide("name-server-chosen", Resolver, Ruling::Choose, words, server.basis.clone());
            }
            let Some(mut answer) = self.ask_server(address, wanted, kind) else {
                failure = server.basis.clone();
                continue;
            };
            // Where the chain leaves the zone that was asked about, the rest is not this server's to say.
            let mine = answer.records.iter().take_while(|record| within(&record.name, &at.zone)).count();
            answer.records.truncate(mine);
            for record in &mut answer.records {
                record.ttl = record.ttl.min(resolver::LONGEST);
            }
            match resolver::judge(&answer, &at.zone, wanted, kind) {
                Reply::Lame => failure = answer.basis,
                reply => return Ok((answer, reply)),
            }
        }
        Err(failure)
    }

    /// The address of a name server that a referral names without it: a lookup of its own.
    fn find_server(&mut self, server: &Server, zone: &str, budget: &mut Budget) -> Option<Ipv4Addr> {
        if budget.depth == resolver::DEPTH || within(&server.name, zone) {
            return None;
        }
        let words = ["needs the address of ", &server.name, " first"].concat();
        self.record.decide("server-address-wanted", Resolver, Ruling::Choose, words, server.basis.clone());
        budget.depth += 1;
        let found = self.search(&server.name, Kind::A, budget);
        budget.depth -= 1;
        found.ok()?.records.iter().find_map(|record| match record.data {
            Data::A(address) => Some(address),
            _ => None,
        })
    }

    /// One question to a server, there and back; `None` where nobody answers at that address.
    pub(super) fn ask_server(&mut self, address: Ipv4Addr, name: &Arc<str>, kind: Kind) -> Option<Answer> {
        let Some((place, span)) = self.server_at(address) else {
            // Unbound waits 376 ms and doubles it with each of five attempts (`UNKNOWN_SERVER_NICENESS`,
            // `outbound-msg-retry`).
            let words = ["no answer from ", &short(address), " to five questions"].concat();
            let basis = Basis::State { what: ["no name server has the address ", &short(address)].concat() };
            self.record.decide_after(Micros::millis(376 * 31), "server-silent", Resolver, Ruling::GiveUp, words, basis);
            return None;
        };
        let zones: Vec<&Zone> = self.zones.iter().filter(|zone| self.knows_zones || holder(zone) == place).collect();
        let [asks, decides, answers] = match place {
            Root => ["resolver-asks-root", "root-decides", "root-answers"],
            TopLevel => ["resolver-asks-top-level", "top-level-decides", "top-level-answers"],
            _ => ["resolver-asks-dns", "dns-decides", "dns-answers"],
        };
        let query = Message::Query { name: name.clone(), kind };
        self.record.hop(asks, (Resolver, place, span), query);
        let answer = server::answer(&zones, name, kind);
        for record in &answer.records {
            if let Data::Cname(target) = &record.data {
                let words = [&record.name, " is an alias of ", target].concat();
                self.record.decide("dns-follows-alias", place, Ruling::Choose, words, record.source.clone().into());
            }
        }
        let ruling = match answer.rcode {
            // "No such name" is knowledge, not a refusal: REFUSED is another answer.
            Rcode::NoError | Rcode::NxDomain => Ruling::Answer,
            _ => Ruling::Refuse,
        };
        self.record.decide(decides, place, ruling, answer.words.clone(), answer.basis.clone());
        let message = Message::Answer {
            name: name.clone(),
            rcode: answer.rcode,
            authoritative: answer.authoritative,
            records: answer.records.clone(),
            authority: answer.authority.clone(),
        };
        self.record.hop(answers, (place, Resolver, span), message);
        Some(answer)
    }

    /// Which name server has the address, and how far it is from the resolver.
    fn server_at(&self, address: Ipv4Addr) -> Option<(Place, Micros)> {
        let network = &self.network;
        if self.knows_zones {
            return (address == Ipv4Addr::UNSPECIFIED).then_some((Dns, network.resolver_dns));
        }
        let servers = [
            (&network.root, Root, network.resolver_root),
            (&network.top_level, TopLevel, network.resolver_top_level),
            (&network.dns, Dns, network.resolver_dns),
        ];
        let here = servers.into_iter().find(|(known, ..)| known.as_ref().is_some_and(|(known, _)| *known == address));
        here.map(|(_, place, span)| (place, span))
    }
}

/// Which server holds a zone: the root's, a top level's, or the one for all that lies below.
fn holder(zone: &Zone) -> Place {
    match name::depth(&zone.origin) {
        0 => Root,
        1 => TopLevel,
        _ => Dns,
    }
}

/// Adds to the chain; an alias that is in it already closes a circle, and there may not be too many.
fn add(chain: &mut Vec<Record>, more: Vec<Record>) -> Result<(), Basis> {
    for record in more {
        let alias = matches!(record.data, Data::Cname(_));
        let aliases = || chain.iter().filter(|old| matches!(old.data, Data::Cname(_)));
        if alias && (aliases().any(|old| old.name == record.name) || aliases().count() == resolver::RESTARTS) {
            return Err(record.source.into());
        }
        chain.push(record);
    }
    Ok(())
}
