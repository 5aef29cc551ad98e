//! A DNS message as dig prints it (RFC 1035 section 4; layout of dig 9.18). The message's number is not modelled.

use super::{Around, Field, field};
use core::net::Ipv4Addr;
use engine::dns::{Data, Kind, Rcode, Record};
use engine::journey::dig;
use engine::message::Message;
use engine::place::Place::{self, Browser, Resolver};
use engine::time::Micros;
use engine::trace::Act;

/// Tool, text and fields.
pub(super) fn opened(around: &Around<'_>, message: &Message) -> (&'static str, String, Vec<Field>) {
    match message {
        Message::Query { name, kind } => query(around, name, *kind),
        Message::Answer { name, rcode, authoritative, records, authority } => {
            answer(around, name, *rcode, *authoritative, records, authority)
        }
        _ => ("dig", String::new(), Vec::new()),
    }
}

fn query(around: &Around<'_>, name: &str, kind: Kind) -> (&'static str, String, Vec<Field>) {
    // The browser wants the whole answer; the resolver asks the others only for what they know themselves.
    let recursive = around.from == Browser;
    let flags = if recursive { "rd" } else { "" };
    let text = dig::message(";; Sending:", Rcode::NoError, flags, (name, kind), &dig::sections(vec![], vec![], vec![]));
    let mut fields = vec![field("opcode", "QUERY", "A standard question.")];
    fields.push(match recursive {
        true => field("flags", "rd", "Recursion desired: the resolver shall find the whole answer itself."),
        false => field("flags", "", "No recursion desired: each server shall say only what it knows itself."),
    });
    fields.extend(question(name, kind));
    (("dig"), text, fields)
}

fn question(name: &str, kind: Kind) -> [Field; 2] {
    let means = match kind {
        Kind::A => "Asked for the IPv4 address of this name.",
        Kind::AAAA => "Asked for the IPv6 address of this name.",
        Kind::NS => "Asked for the name servers of this zone.",
        _ => "Asked for the records of this type.",
    };
    [
        field("question", name, "The name, whole, with the final dot: nothing is added to it."),
        field("type", &["IN ", &kind.word()].concat(), means),
    ]
}

fn answer(
    around: &Around<'_>,
    name: &str,
    rcode: Rcode,
    authoritative: bool,
    records: &[Record],
    authority: &[Record],
) -> (&'static str, String, Vec<Field>) {
    let asked = asked(around);
    let kind = asked.as_ref().map_or(Kind::A, |(kind, _)| *kind);
    let flags = match (around.from, authoritative) {
        (Resolver, _) => "qr rd ra",
        (_, true) => "qr aa",
        (_, false) => "qr",
    };
    let sections = dig::sections(records.to_vec(), authority.to_vec(), Vec::new());
    let mut text = dig::message(";; Got answer:", rcode, flags, (name, kind), &sections);
    let span = asked.map_or(Micros::ZERO, |(_, since)| around.step.end - since);
    let ms = (span.0 / 1_000).to_string();
    text.push_str(&[";; Query time: ", &ms, " msec\n"].concat());
    if let Some(server) = address(around, around.from) {
        let server = server.to_string();
        text.push_str(&[";; SERVER: ", &server, "#53(", &server, ") (UDP)\n"].concat());
    }
    let mut fields = vec![
        field("status", rcode.word(), status(rcode, records, authoritative)),
        field("flags", flags, meaning(around.from, authoritative)),
    ];
    fields.extend(question(name, kind));
    fields.extend(records.iter().map(|record| shown("answer", record)));
    fields.extend(authority.iter().map(|record| shown("authority", record)));
    let means = "From the question to the answer, as whoever asked has waited.";
    fields.push(field("query time", &[&ms, " msec"].concat(), means));
    ("dig", text, fields)
}

fn status(rcode: Rcode, records: &[Record], authoritative: bool) -> &'static str {
    match rcode {
        Rcode::NoError if !records.is_empty() => "Answered.",
        Rcode::NoError if authoritative => "The name exists, but has no record of this type.",
        Rcode::NoError => "No answer yet: the authority section says whom to ask.",
        Rcode::NxDomain => "There is no such name, and that may be remembered as well.",
        _ => "The server could not do its work.",
    }
}

fn meaning(from: Place, authoritative: bool) -> &'static str {
    match (from, authoritative) {
        (Resolver, _) => "An answer (qr) to a recursive question (rd), by a server that does recursion (ra).",
        (_, true) => "An answer (qr) by a server that holds the zone itself (aa).",
        (_, false) => "An answer (qr) by a server that only refers to others: it does not hold the zone.",
    }
}

/// A record, with the line of the zone that says it.
fn shown(section: &str, record: &Record) -> Field {
    let seconds = record.ttl.to_string();
    let means = match &record.data {
        Data::A(_) | Data::Aaaa(_) => ["The address; it may be remembered for ", &seconds, " s."].concat(),
        Data::Cname(_) => "The name is an alias: go on with the name on the right.".to_owned(),
        Data::Ns(_) => "This server holds the zone on the left: ask it.".to_owned(),
        Data::Soa { numbers, .. } => {
            let least = record.ttl.min(numbers[4]).to_string();
            ["The zone's own record; \"no such name\" may be remembered for ", &least, " s."].concat()
        }
        _ => ["A record; it may be remembered for ", &seconds, " s."].concat(),
    };
    let name = record.name.to_string();
    let value = [&name, " ", &seconds, " IN ", &record.data.kind().word(), " ", &record.data.to_string()].concat();
    let basis = (record.source.line > 0).then(|| record.source.clone().into());
    Field { basis, ..field(section, &value, &means) }
}

/// The question that is answered: its type, and when it was sent.
fn asked(around: &Around<'_>) -> Option<(Kind, Micros)> {
    around.trace.steps[..around.index].iter().rev().find_map(|step| match &step.act {
        Act::Travel { from, to, message: Message::Query { kind, .. } } if *from == around.to && *to == around.from => {
            Some((*kind, step.start))
        }
        _ => None,
    })
}

/// The address of a server of the name system.
fn address(around: &Around<'_>, place: Place) -> Option<Ipv4Addr> {
    let network = around.world.network();
    let known = match place {
        Resolver => network.resolver,
        Place::Root => network.root,
        Place::TopLevel => network.top_level,
        Place::Dns => network.dns,
        _ => None,
    };
    known.map(|(address, _)| address)
}
