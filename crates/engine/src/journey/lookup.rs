//! From a name to an address: the browser's memory, and the resolver that it asks.

use super::resolve::Resolved;
use super::{Flow, Journey};
use crate::dns::{Data, Kind, Rcode};
use crate::message::Message;
use crate::pages;
use crate::place::Place::{self, Resolver};
use crate::state::Remembered;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;
use core::net::{IpAddr, Ipv4Addr};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

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
            let what = [&short(self.client), " remembers ", &short(address), " for another ", &left].concat();
            let words = [&url.host, " is ", &short(address)].concat();
            self.record.decide("browser-checks-cache", self.client, Ruling::Choose, words, Basis::State { what });
            return Continue(address);
        }
        let basis = Basis::State { what: [&short(self.client), " remembers no address for ", &url.host].concat() };
        let words = "not remembered".to_owned();
        self.record.decide("browser-checks-cache", self.client, Ruling::Choose, words, basis);

        let Some((resolver, source)) = self.network.resolver.clone() else {
            let sought = "resolver address";
            let basis = Basis::Absent { document: "network".into(), sought: sought.to_owned() };
            let words = "knows no resolver, and so nobody to ask".to_owned();
            self.record.decide("browser-gives-up-lookup", self.client, Ruling::Fail, words, basis);
            return Break(pages::error("ERR_NAME_NOT_RESOLVED", &url.host, &url.text()));
        };
        let device = if matches!(self.client, Place::Phone(_)) { "phone" } else { "laptop" };
        let words = ["asks the resolver that the ", device, " was given, ", &short(resolver)].concat();
        self.record.decide("resolver-chosen", self.client, Ruling::Choose, words, source.into());

        let name: Arc<str> = [url.host.trim_end_matches('.'), "."].concat().into();
        let kind = Kind::A;
        let to_resolver = self.network.browser_resolver;
        let query = Message::Query { name: name.clone(), kind };
        self.record.hop("browser-asks-resolver", (self.client, Resolver, to_resolver), query);
        let Resolved { records, rcode, basis, remembered, .. } = self.resolve(&name, kind);
        let authority = Vec::new();
        let answer = Message::Answer { name, rcode, authoritative: false, records: records.clone(), authority };
        self.record.hop("resolver-answers", (Resolver, self.client, to_resolver), answer);

        let found = records.iter().find_map(|record| match record.data {
            Data::A(address) => Some((address, record)),
            _ => None,
        });
        let Some((address, record)) = found else {
            let words = match rcode {
                Rcode::NoError => [&url.host, " has no address"].concat(),
                _ => [rcode.word(), ": ", &url.host, " could not be found"].concat(),
            };
            self.record.decide("browser-gives-up-lookup", self.client, Ruling::Fail, words, basis);
            return Break(pages::error("ERR_NAME_NOT_RESOLVED", &url.host, &url.text()));
        };
        let words = ["connects to ", &short(address), " port ", &short(url.port)].concat();
        let basis = if remembered { basis } else { record.source.clone().into() };
        self.record.decide("address-chosen", self.client, Ruling::Choose, words, basis);
        // Chromium remembers an address for at least a minute (`kMinimumTTLSeconds`, net/dns/host_resolver_manager_job.cc).
        let lifetime = records.iter().map(|record| record.ttl).min().unwrap_or(0).max(60);
        let until = self.record.now + Micros::seconds(u64::from(lifetime));
        self.state.addresses.push(Remembered { host: url.host.clone(), address, until });
        Continue(address)
    }
}
