//! From a name to an address: the browser's memory, the resolver, the authoritative server.

use super::{Flow, Journey};
use crate::dns::cache::Memory;
use crate::dns::{Data, Kind, Rcode, Record, server};
use crate::message::Message;
use crate::pages;
use crate::place::Place::{Browser, Dns, Resolver};
use crate::state::{Remembered, State};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;
use crate::world::{Readings, World};
use core::net::{IpAddr, Ipv4Addr};
use core::ops::ControlFlow::{Break, Continue};

/// What the resolver answers to a question of any type, as programs other than the browser ask it.
pub fn resolve(world: &World, state: &State, name: &str, kind: Kind) -> (Vec<Record>, Rcode) {
    let (records, rcode, _) = Journey::new(world, &Readings::of(world), state, 0).resolve(name, kind);
    (records, rcode)
}

impl Journey<'_> {
    /// From the host to an address.
    pub(super) fn look_up(&mut self, url: &Url) -> Flow<Ipv4Addr> {
        if let Some(IpAddr::V4(address)) = url.address() {
            return Continue(address);
        }
        let now = self.record.now;
        self.state.addresses.retain(|remembered| remembered.until > now);
        if let Some(known) = self.state.addresses.iter().find(|remembered| remembered.host == url.host) {
            let address = known.address;
            let left = Micros(known.until.0 - now.0).to_string();
            let what = ["the browser remembers ", &address.to_string(), " for another ", &left].concat();
            let words = [&url.host, " is ", &address.to_string()].concat();
            self.record.decide("browser-checks-cache", Browser, Ruling::Choose, words, Basis::State { what });
            return Continue(address);
        }
        let basis = Basis::State { what: ["the browser remembers no address for ", &url.host].concat() };
        let words = "not remembered".to_owned();
        self.record.decide("browser-checks-cache", Browser, Ruling::Choose, words, basis);

        let Some((resolver, source)) = self.network.resolver.clone() else {
            let sought = "resolver address";
            let basis = Basis::Absent { document: "network".to_owned(), sought: sought.to_owned() };
            let words = "knows no resolver, and so nobody to ask".to_owned();
            self.record.decide("browser-gives-up-lookup", Browser, Ruling::Fail, words, basis);
            return Break(pages::error("ERR_NAME_NOT_RESOLVED", &url.host, &url.text()));
        };
        let words = ["asks the resolver that the laptop was given, ", &resolver.to_string()].concat();
        self.record.decide("resolver-chosen", Browser, Ruling::Choose, words, source.into());

        let name = [url.host.trim_end_matches('.'), "."].concat();
        let kind = Kind::A;
        let to_resolver = self.network.browser_resolver;
        let query = Message::Query { name: name.clone(), kind };
        self.record.travel("browser-asks-resolver", &[(Browser, Resolver, to_resolver)], |_| query.clone());
        let (records, rcode, basis) = self.resolve(&name, kind);
        let answer = Message::Answer { name, rcode, authoritative: false, records: records.clone() };
        self.record.travel("resolver-answers", &[(Resolver, Browser, to_resolver)], |_| answer.clone());

        let found = records.iter().find_map(|record| match record.data {
            Data::A(address) => Some((address, record)),
            _ => None,
        });
        let Some((address, record)) = found else {
            let words = match rcode {
                Rcode::NoError => [&url.host, " has no address"].concat(),
                _ => [rcode.word(), ": ", &url.host, " could not be found"].concat(),
            };
            self.record.decide("browser-gives-up-lookup", Browser, Ruling::Fail, words, basis);
            return Break(pages::error("ERR_NAME_NOT_RESOLVED", &url.host, &url.text()));
        };
        let words = ["connects to ", &address.to_string(), " port ", &url.port.to_string()].concat();
        self.record.decide("address-chosen", Browser, Ruling::Choose, words, record.source.clone().into());
        // Chromium remembers an address for at least a minute (`kMinimumTTLSeconds`, net/dns/host_resolver_manager_job.cc).
        let lifetime = records.iter().map(|record| record.ttl).min().unwrap_or(0).max(60);
        let until = self.record.now + Micros::seconds(u64::from(lifetime));
        self.state.addresses.push(Remembered { host: url.host.clone(), address, until });
        Continue(address)
    }

    /// The resolver's work: from its memory, or by asking the authoritative server, once for each alias it leaves open.
    pub(super) fn resolve(&mut self, name: &str, kind: Kind) -> (Vec<Record>, Rcode, Basis) {
        let mut asked: Vec<String> = Vec::new();
        loop {
            let basis = |what: &str| Basis::State { what: ["the resolver ", what, name].concat() };
            match self.state.resolver.look_up(name, kind, self.record.now) {
                Memory::Known(records) => {
                    let basis = basis("remembers an answer for ");
                    if asked.is_empty() {
                        let words = "remembered from an earlier question".to_owned();
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Answer, words, basis.clone());
                    }
                    return (records, Rcode::NoError, basis);
                }
                Memory::KnownNothing(records, rcode) => {
                    let basis = basis("remembers that there is nothing for ");
                    if asked.is_empty() {
                        let words = [rcode.word(), ", remembered from an earlier question"].concat();
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Answer, words, basis.clone());
                    }
                    return (records, rcode, basis);
                }
                Memory::Unknown(mut records, next) => {
                    if asked.contains(&next) {
                        return (Vec::new(), Rcode::ServFail, basis("cannot finish the chain of aliases of "));
                    }
                    if asked.is_empty() {
                        let words = "not remembered: asks the server of the zone".to_owned();
                        let basis = basis("remembers nothing about ");
                        self.record.decide("resolver-checks-cache", Resolver, Ruling::Choose, words, basis);
                    }
                    let answer = self.ask_authority(&next, kind);
                    let failed = matches!(answer.rcode, Rcode::ServFail | Rcode::Refused) || !answer.authoritative;
                    if failed {
                        return (Vec::new(), Rcode::ServFail, answer.basis);
                    }
                    self.state.resolver.remember(&answer.records, self.record.now);
                    let found = answer.records.iter().any(|record| record.data.is(kind));
                    let ttl = answer.negative_ttl();
                    if let Some(ttl) = ttl {
                        let last = answer.records.last().map_or(next.clone(), |record| record.data.to_string());
                        self.state.resolver.remember_nothing(&last, kind, answer.rcode, ttl, self.record.now);
                    }
                    // Without an SOA record the answer is not a "no": the chain of aliases goes on elsewhere.
                    if found || ttl.is_some() {
                        records.extend(answer.records);
                        return (records, answer.rcode, answer.basis);
                    }
                    asked.push(next);
                }
            }
        }
    }

    /// One question to the authoritative server, there and back.
    pub(super) fn ask_authority(&mut self, name: &str, kind: Kind) -> server::Answer {
        let span = self.network.resolver_dns;
        let query = Message::Query { name: name.to_owned(), kind };
        self.record.travel("resolver-asks-dns", &[(Resolver, Dns, span)], |_| query.clone());
        let answer = server::answer(self.zones, name, kind);
        for record in &answer.records {
            if let Data::Cname(target) = &record.data {
                let words = [&record.name, " is an alias of ", target].concat();
                self.record.decide("dns-follows-alias", Dns, Ruling::Choose, words, record.source.clone().into());
            }
        }
        let ruling = match answer.rcode {
            // "No such name" is knowledge, not a refusal: REFUSED is another answer.
            Rcode::NoError | Rcode::NxDomain => Ruling::Answer,
            Rcode::ServFail | Rcode::Refused => Ruling::Refuse,
        };
        self.record.decide("dns-decides", Dns, ruling, answer.words.clone(), answer.basis.clone());
        let message = Message::Answer {
            name: name.to_owned(),
            rcode: answer.rcode,
            authoritative: answer.authoritative,
            records: answer.records.clone(),
        };
        self.record.travel("dns-answers", &[(Dns, Resolver, span)], |_| message.clone());
        answer
    }
}
