//! Kind `security-group`: rules in the form of EC2's API, against the engine's rules.
//!
//! A source that is a group or a prefix list stands for addresses that the question gives: for each of them one rule.
//! Groups add up: all their rules are looked at.

use crate::Answer;
use engine::firewall::{ANY, Block, Packet, Protocol, Rule, SecurityGroup, fitting, untracked};
use engine::problem::Source;
use serde_json::{Value, json};

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn protocol(word: &str) -> Result<Protocol, String> {
    Ok(match word {
        "-1" => Protocol::All,
        "tcp" | "6" => Protocol::Tcp,
        "udp" | "17" => Protocol::Udp,
        "icmp" | "1" | "icmpv6" | "58" => Protocol::Icmp,
        other => return Err(format!("protocol {other}")),
    })
}

/// The blocks that a permission names: itself, by a group's members, or by a prefix list.
fn blocks(permission: &Value, ask: &Value) -> Result<Vec<Block>, String> {
    let parse = |text: &str| Block::parse(text).ok_or_else(|| format!("the block {text}"));
    let mut found = Vec::new();
    for text in strings(&permission["IpRanges"]).chain(strings(&permission["Ipv6Ranges"])) {
        found.push(parse(text)?);
    }
    for list in strings(&permission["PrefixListIds"]) {
        for text in strings(&ask["prefix_lists"][list]) {
            found.push(parse(text)?);
        }
    }
    for group in strings(&permission["UserIdGroupPairs"]) {
        for member in strings(&ask["group_members"][group]) {
            let length = if member.contains(':') { "/128" } else { "/32" };
            found.push(parse(&[member, length].concat())?);
        }
    }
    Ok(found)
}

fn rules(permissions: &Value, ask: &Value) -> Result<Vec<Rule>, String> {
    let mut rules = Vec::new();
    for permission in permissions.as_array().into_iter().flatten() {
        let protocol = protocol(permission["IpProtocol"].as_str().unwrap_or("-1"))?;
        let port = |field: &str, default: u16| permission[field].as_u64().map_or(default, |port| port as u16);
        let (first, last) = match protocol {
            Protocol::Icmp => (port("FromPort", ANY), port("ToPort", ANY)),
            _ => (port("FromPort", 0), port("ToPort", ANY)),
        };
        for peer in blocks(permission, ask)? {
            rules.push(Rule { protocol, first, last, peer, source: Source::default() });
        }
    }
    Ok(rules)
}

/// All attached groups as one.
fn united(groups: &Value, ask: &Value) -> Result<SecurityGroup, String> {
    let mut whole = SecurityGroup::default();
    for id in strings(&ask["attached"]) {
        whole.inbound.extend(rules(&groups[id]["ingress"], ask)?);
        whole.outbound.extend(rules(&groups[id]["egress"], ask)?);
    }
    Ok(whole)
}

fn packet(packet: &Value) -> Result<Packet, String> {
    let protocol = protocol(packet["protocol"].as_str().unwrap_or("tcp"))?;
    let peer = packet["peer_ip"].as_str().unwrap_or("");
    let peer = peer.parse().map_err(|_| format!("the address {peer}"))?;
    let number = |field: &str| packet[field].as_u64().unwrap_or(0) as u16;
    Ok(match protocol {
        Protocol::Icmp => Packet { protocol, peer, port: number("icmp_type"), code: number("icmp_code") },
        _ => Packet { protocol, peer, port: number("dst_port"), code: 0 },
    })
}

/// A flow that was let through: which way, its first packet, and whether the group remembers it.
#[derive(Clone, Copy)]
struct Flow {
    inbound: bool,
    packet: Packet,
    /// The port that replies go to.
    back: u16,
    tracked: bool,
}

/// Answers a question of the kind `security-group`.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let mut groups = ask["groups"].clone();
    let mut group = united(&groups, ask)?;
    let (mut verdicts, mut flows): (Vec<Value>, Vec<Option<Flow>>) = (Vec::new(), Vec::new());
    for row in ask["packets"].as_array().into_iter().flatten() {
        let sides = |inbound: bool, group: &SecurityGroup| {
            let (own, other) =
                if inbound { (&group.inbound, &group.outbound) } else { (&group.outbound, &group.inbound) };
            (own.clone(), other.clone())
        };
        let of = |field: &str| row[field].as_u64().and_then(|of| flows.get(of as usize).copied().flatten());
        let flow = match row["flow"].as_str() {
            None => {
                for (id, rules) in row["groups"].as_object().into_iter().flatten() {
                    groups[id] = rules.clone();
                }
                group = united(&groups, ask)?;
                verdicts.push(Value::Null);
                flows.push(None);
                continue;
            }
            Some("reply") => of("reply_to").filter(|flow| {
                let reply = Packet { port: flow.back, ..flow.packet };
                flow.tracked || fitting(&sides(flow.inbound, &group).1, reply).is_some()
            }),
            Some("established_packet") => {
                of("of").filter(|flow| flow.tracked || fitting(&sides(flow.inbound, &group).0, flow.packet).is_some())
            }
            Some(_) => {
                let (inbound, packet) = (row["direction"] == "inbound", packet(row)?);
                let (own, other) = sides(inbound, &group);
                let back = row["src_port"].as_u64().unwrap_or(0) as u16;
                fitting(&own, packet).map(|rule| Flow { inbound, packet, back, tracked: !untracked(rule, &other) })
            }
        };
        verdicts.push(json!(if flow.is_some() { "allow" } else { "deny" }));
        flows.push(flow);
    }
    Ok(json!({ "verdicts": verdicts }))
}
