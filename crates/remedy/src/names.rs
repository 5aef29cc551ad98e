//! Names and addresses: the records that lead from the host to this instance, and those that lead to its zone.
//!
//! What the network says of itself is taken as it is: a record is made to fit the machine, and not the machine the record.
//! Only where the network says nothing is a line put in.

use crate::Remedy;
use crate::case::Case;
use crate::edit::{Edit, with_word};
use engine::dns::zone::Zone;
use engine::dns::{Data, Kind, Record, name, within};
use engine::network::Network;
use std::net::Ipv4Addr;

/// Steps for the host's own records, for the delegations above them, and for the network.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    if !case.host().is_empty() {
        found.extend(own(case));
        found.extend(delegations(case));
    }
    found.extend(network(case));
    found
}

/// A line with one word changed.
fn change(case: &Case<'_>, record: &Record, old: &str, new: &str, words: &[&str]) -> Option<Remedy> {
    let document = &record.source.document;
    let line = case.world.text(document)?.lines().nth(record.source.line as usize - 1)?;
    let edit = Edit::replace(document, record.source.line, line, &with_word(line, old, new)?);
    Some(Remedy::edit(case.world, edit, words))
}

/// A new record at the end of a zone. Below its own name a name is written short, as people do.
fn add(case: &Case<'_>, zone: &Zone, owner: &str, kind: &str, data: &str) -> Remedy {
    let short = match owner.strip_suffix(zone.origin.as_str()) {
        Some("") => "@",
        Some(label) if zone.origin != "." => label.strip_suffix('.').unwrap_or(owner),
        _ => owner,
    };
    let lines = case.world.text(&zone.document).map_or(0, |text| text.lines().count() as u32);
    let gap = " ".repeat(16_usize.saturating_sub(short.len()).max(1));
    let gap2 = " ".repeat(6_usize.saturating_sub(kind.len()).max(1));
    let line = [short, &gap, "IN  ", kind, &gap2, data].concat();
    let words = ["Add the record: ", owner, " ", kind, " ", data, "; in ", &zone.document, "."];
    Remedy::edit(case.world, Edit::insert(&zone.document, lines + 1, &line), &words)
}

/// The zone with the longest name above `name`.
fn home<'z>(case: &'z Case<'_>, name: &str) -> Option<&'z Zone> {
    let above = case.readings.zones.iter().filter(|zone| within(name, &zone.origin));
    above.max_by_key(|zone| name::depth(&zone.origin))
}

/// The host's own records, and those of the names that it is an alias of.
fn own(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    let Some((public, _)) = &case.readings.network.public else {
        return found;
    };
    let address = public.to_string();
    let mut wanted = [case.host(), "."].concat();
    // A chain of aliases: eleven links are more than a resolver follows.
    for _ in 0..=11 {
        let Some(zone) = home(case, &wanted) else {
            break;
        };
        let records = zone.at(&name::key(&wanted));
        let mut next = None;
        for record in records {
            match &record.data {
                Data::A(other) if other != public => {
                    let old = other.to_string();
                    let words = ["Let ", wanted.as_str(), " lead to ", &address, ", this instance's public address."];
                    found.extend(change(case, record, &old, &address, &words));
                }
                Data::Cname(target) => {
                    found.extend(aims(case, zone, record, target));
                    next = Some(target.clone());
                }
                _ => {}
            }
        }
        if records.iter().all(|record| !matches!(record.data, Data::A(_) | Data::Cname(_))) {
            found.push(add(case, zone, &wanted, "A", &address));
        }
        match next {
            Some(next) => wanted = next.to_string(),
            None => break,
        }
    }
    found
}

/// An alias may mean another name that leads here.
fn aims(case: &Case<'_>, zone: &Zone, record: &Record, target: &str) -> Vec<Remedy> {
    let public = case.readings.network.public.as_ref().map(|(public, _)| *public);
    let here = |record: &&Record| matches!(record.data, Data::A(address) if Some(address) == public);
    let names = zone.nodes.iter().flat_map(|node| &node.records).filter(here).map(|record| record.name.to_string());
    let line = case.world.text(&zone.document).and_then(|text| text.lines().nth(record.source.line as usize - 1));
    let Some(written) = line.and_then(|line| engine::text::without_comment(line, ';').split_whitespace().last()) else {
        return Vec::new();
    };
    let aim = |name: String| {
        let new = if written.ends_with('.') { name.clone() } else { short(&name, &zone.origin) };
        let words = ["Let the alias ", &record.name, " mean ", &name, " in place of ", target, "."];
        change(case, record, written, &new, &words)
    };
    names.filter(|name| **name != *target).take(8).filter_map(aim).collect()
}

/// A name as it is written in its zone.
fn short(name: &str, origin: &str) -> String {
    match name.strip_suffix(origin).and_then(|label| label.strip_suffix('.')) {
        Some(label) if origin != "." => label.to_owned(),
        _ => name.to_owned(),
    }
}

/// The server of a zone: the root's, a top level's, or the one for all that lies below, by its depth.
fn server(network: &Network, origin: &str) -> Option<Ipv4Addr> {
    let place = match name::depth(origin) {
        0 => &network.root,
        1 => &network.top_level,
        _ => &network.dns,
    };
    place.as_ref().map(|(address, _)| *address)
}

/// From the root down to the host's zone: in the zone above each, who serves it and at which address.
fn delegations(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    let host = [case.host(), "."].concat();
    let below = case.readings.zones.iter().filter(|zone| zone.origin != "." && within(&host, &zone.origin));
    for child in below {
        let parents =
            case.readings.zones.iter().filter(|z| z.origin != child.origin && within(&child.origin, &z.origin));
        let Some(parent) = parents.max_by_key(|zone| name::depth(&zone.origin)) else {
            continue;
        };
        let Some(address) = server(&case.readings.network, &child.origin) else {
            continue;
        };
        let (address_text, mut served) = (address.to_string(), false);
        let names = servers(child, address);
        for record in parent.at(&name::key(&child.origin)) {
            let Data::Ns(target) = &record.data else {
                continue;
            };
            served = true;
            for other in names.iter().filter(|other| ***other != **target) {
                let line =
                    case.world.text(&parent.document).and_then(|t| t.lines().nth(record.source.line as usize - 1));
                let word = line.and_then(|l| engine::text::without_comment(l, ';').split_whitespace().last());
                let Some(word) = word else { continue };
                let new = if word.ends_with('.') { other.clone() } else { short(other, &parent.origin) };
                let words = ["Name the server of ", child.origin.as_str(), " rightly: ", other, "."];
                found.extend(change(case, record, word, &new, &words));
            }
            let glue = parent.at(&name::key(target));
            for record in glue {
                if let Data::A(other) = record.data
                    && other != address
                {
                    let words =
                        ["Give the server of ", child.origin.as_str(), " its true address, ", &address_text, "."];
                    found.extend(change(case, record, &other.to_string(), &address_text, &words));
                }
            }
            if glue.is_empty() && within(target, &child.origin) {
                found.push(add(case, parent, target, "A", &address_text));
            }
        }
        if !served {
            found.extend(names.iter().map(|name| add(case, parent, &child.origin, "NS", name)));
        }
    }
    found
}

/// The names of a zone's servers, as the zone itself says, or else who has its server's address.
fn servers(zone: &Zone, address: Ipv4Addr) -> Vec<String> {
    let mut names = Vec::new();
    for record in zone.top().iter().chain(zone.nodes.iter().flat_map(|node| &node.records)) {
        let name = match &record.data {
            Data::Ns(name) if *record.name == *zone.origin => name.to_string(),
            Data::A(other) if *other == address => record.name.to_string(),
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(4);
    names
}

/// Lines that the document `network` lacks: an address is taken from the zones, where they name it.
fn network(case: &Case<'_>) -> Vec<Remedy> {
    let network = &case.readings.network;
    let Some(document) = case.world.of(engine::world::Kind::Network).next() else {
        return Vec::new();
    };
    let add = |key: &str, value: &str, note: &'static str| {
        let line = [key, &" ".repeat(19_usize.saturating_sub(key.len()).max(1)), value].concat();
        let lines = document.text.lines().count() as u32;
        let words = ["Say in `", &document.name, "`: ", key, " ", value, "."];
        Remedy::edit(case.world, Edit::insert(&document.name, lines + 1, &line), &words).noting(note)
    };
    let mut found = Vec::new();
    const NAMED: &str = "the address is the one that the zones name";
    let records = || case.readings.zones.iter().flat_map(|zone| zone.nodes.iter().flat_map(|node| &node.records));
    let addresses = |names: &dyn Fn(&str) -> bool| {
        let mut list: Vec<String> = Vec::new();
        for record in records() {
            if let Data::A(address) = record.data
                && names(&record.name)
                && !list.contains(&address.to_string())
                && list.len() < 4
            {
                list.push(address.to_string());
            }
        }
        list
    };
    let serves = |depth: usize| {
        let zones = case.readings.zones.iter();
        let depth = move |origin: &str| name::depth(origin).min(2) == depth;
        let names = zones.flat_map(|zone| zone.nodes.iter().flat_map(|node| &node.records));
        let names = names.filter(move |record| record.data.is(Kind::NS) && depth(&record.name));
        names
            .filter_map(|record| if let Data::Ns(name) = &record.data { Some(name.to_string()) } else { None })
            .collect()
    };
    let keys =
        [("root address", &network.root), ("top-level address", &network.top_level), ("dns address", &network.dns)];
    for (depth, (key, place)) in keys.into_iter().enumerate() {
        let names: Vec<String> = if place.is_none() { serves(depth) } else { Vec::new() };
        found.extend(addresses(&|name| names.iter().any(|n| n == name)).iter().map(|value| add(key, value, NAMED)));
    }
    if network.public.is_none() {
        let host = [case.host(), "."].concat();
        let values = addresses(&|name| host == "." || name == host || within(name, host_zone(&host)));
        found.extend(values.iter().map(|value| add("public address", value, NAMED)));
    }
    const ANY: &str = "any that there is would do: the zones do not say which";
    if network.private.is_none() {
        found.push(add("private address", "10.0.1.10", ANY));
    }
    if network.resolver.is_none() {
        found.push(add("resolver address", "198.51.100.53", ANY));
    }
    found
}

/// The name above a host.
fn host_zone(host: &str) -> &str {
    host.split_once('.').map_or(".", |(_, rest)| if rest.is_empty() { "." } else { rest })
}
