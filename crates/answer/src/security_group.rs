//! Kind `security-group`: rules in the form of EC2's API, against the engine's rules.
//!
//! A source that is a group or a prefix list stands for addresses that the question gives: for each of them one rule.
//! Groups add up: all their rules are looked at.

use crate::Answer;
use core::net::IpAddr;
use engine::firewall::{self, ANY, Block, Flow, ICMP, ICMPV6, Packet, Rule, SecurityGroup};
use engine::problem::Source;
use serde_json::{Value, json};

/// The texts of a list; an element in the longer form of the API, `{"GroupId": "sg-a"}`, is that text.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(|item| match item {
        Value::Object(fields) => {
            ["CidrIp", "CidrIpv6", "GroupId", "PrefixListId"].iter().find_map(|name| fields.get(*name)?.as_str())
        }
        other => other.as_str(),
    })
}

fn protocol(word: &str) -> Result<Option<u8>, String> {
    firewall::protocol(word).ok_or_else(|| format!("protocol {word}"))
}

/// A block, or one address.
fn block(text: &str) -> Result<Block, String> {
    let address = || text.parse().ok().map(Block::address);
    Block::parse(text).or_else(address).ok_or_else(|| format!("the block {text}"))
}

/// The blocks that a permission names: itself, by a group's members, or by a prefix list.
fn blocks(permission: &Value, ask: &Value) -> Result<Vec<Block>, String> {
    let own = strings(&permission["IpRanges"]).chain(strings(&permission["Ipv6Ranges"]));
    let listed = strings(&permission["PrefixListIds"]).flat_map(|list| strings(&ask["prefix_lists"][list]));
    let members = strings(&permission["UserIdGroupPairs"]).flat_map(|group| strings(&ask["group_members"][group]));
    own.chain(listed).chain(members).map(block).collect()
}

/// A port, or the type or code of ICMP. Null and -1 say: all of them.
fn number(value: &Value, all: u16) -> Result<u16, String> {
    match value.as_i64() {
        None | Some(-1) => Ok(all),
        Some(number) => u16::try_from(number).map_err(|_| format!("the port {number}")),
    }
}

fn rules(permissions: &Value, ask: &Value) -> Result<Vec<Rule>, String> {
    let mut rules = Vec::new();
    for permission in permissions.as_array().into_iter().flatten() {
        let protocol = protocol(permission["IpProtocol"].as_str().unwrap_or("-1"))?;
        let lowest = if matches!(protocol, Some(ICMP | ICMPV6)) { ANY } else { 0 };
        let first = number(&permission["FromPort"], lowest)?;
        let last = number(&permission["ToPort"], ANY)?;
        for peer in blocks(permission, ask)? {
            rules.push(Rule { protocol, first, last, peer, source: Source::default() });
        }
    }
    Ok(rules)
}

/// All attached groups as one.
fn united(ask: &Value) -> Result<SecurityGroup, String> {
    let mut whole = SecurityGroup::default();
    for id in strings(&ask["attached"]) {
        whole.inbound.extend(rules(&ask["groups"][id]["ingress"], ask)?);
        whole.outbound.extend(rules(&ask["groups"][id]["egress"], ask)?);
    }
    Ok(whole)
}

fn packet(row: &Value) -> Result<Packet, String> {
    let word = row["protocol"].as_str().unwrap_or("tcp");
    let protocol = protocol(word)?.ok_or_else(|| format!("a packet of protocol {word}"))?;
    let peer = row["peer_ip"].as_str().unwrap_or("");
    let peer: IpAddr = peer.parse().map_err(|_| format!("the address {peer}"))?;
    if matches!(peer, IpAddr::V4(address) if address.is_link_local()) {
        return Err("link-local services, whose traffic AWS does not filter".into());
    }
    let icmp = matches!(protocol, ICMP | ICMPV6);
    let port = number(&row[if icmp { "icmp_type" } else { "dst_port" }], 0)?;
    Ok(Packet { protocol, peer, port, code: if icmp { number(&row["icmp_code"], 0)? } else { 0 } })
}

/// Replaces rules; and, in the same form, what else the question gives.
fn event(ask: &mut Value, row: &Value) {
    for field in ["groups", "group_members", "prefix_lists"] {
        let Some(new) = row[field].as_object() else { continue };
        match &mut ask[field] {
            Value::Object(old) => old.extend(new.clone()),
            old => *old = Value::Object(new.clone()),
        }
    }
    if row["attached"].is_array() {
        ask["attached"] = row["attached"].clone();
    }
}

/// Follows the packets in their order.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let mut ask = ask.clone();
    let mut group = united(&ask)?;
    // The flow that each row belongs to, and what was said of the row.
    let (mut flows, mut of_row) = (Vec::<Flow>::new(), Vec::<Option<usize>>::new());
    let mut verdicts = Vec::new();
    for row in ask["packets"].as_array().cloned().unwrap_or_default() {
        let of = |field: &str| {
            let found = row[field].as_u64().and_then(|at| of_row.get(at as usize).copied().flatten());
            found.ok_or_else(|| format!("a packet whose {field} names no packet before it"))
        };
        let (flow, passes) = match row["flow"].as_str() {
            _ if row["event"].is_string() => {
                event(&mut ask, &row);
                group = united(&ask)?;
                of_row.push(None);
                verdicts.push(Value::Null);
                continue;
            }
            Some("reply") => {
                let at = of("reply_to")?;
                (at, flows[at].replies(&group))
            }
            Some("established_packet") => {
                let at = of("of")?;
                (at, flows[at].goes_on(&group))
            }
            None | Some("new") => {
                let back = number(&row["src_port"], 0)?;
                let flow = Flow::begin(&group, &flows, row["direction"] == "inbound", packet(&row)?, back);
                flows.push(flow);
                (flows.len() - 1, flow.passed())
            }
            Some(other) => return Err(format!("a packet of flow {other}")),
        };
        of_row.push(Some(flow));
        verdicts.push(json!(if passes { "allow" } else { "deny" }));
    }
    Ok(json!({ "verdicts": verdicts }))
}
