//! The table of rules, as people write it down from the console.
//!
//! A rule is a line: type, protocol, port range, source, description, any number of blanks apart. Headings, with or
//! without `#`, begin a part:
//! `Inbound rules`, `Outbound rules`, `Members of sg-app` (the private addresses of another group's instances),
//! `Prefix list pl-office` (its blocks). A source is a block, `sg-…`, `pl-…`, `Anywhere-IPv4` or `Anywhere-IPv6`.

use super::{ANY, Block, ICMP, ICMPV6, Rule, SecurityGroup, TCP, UDP};
use crate::problem::{Problem, Severity, Source};
use crate::text;
use core::net::IpAddr;

/// More rules than an instance can have (AWS: 1,000), counting each address of a group or list as one.
const MOST: usize = 10_000;

/// How many groups and lists may be defined.
const MOST_DEFINITIONS: usize = 1_000;

/// How many problems are told.
const MOST_PROBLEMS: usize = 200;

/// The part of the document that a line stands in.
#[derive(Clone, Copy)]
enum Part {
    Inbound,
    Outbound,
    /// The definition of a group or list, by its index.
    Definition(usize),
}

/// A group or a prefix list, and its addresses.
type Definition<'a> = (&'a str, Vec<Block>);

/// Words with their columns.
type Row<'a> = Vec<(u32, &'a str)>;

/// Reads the table.
pub fn parse(document: &str, text: &str) -> SecurityGroup {
    let mut group = SecurityGroup { document: document.into(), ..SecurityGroup::default() };
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    let mut rows: Vec<(bool, u32, Row<'_>)> = Vec::new();
    let mut part = Part::Inbound;
    for (number, line) in text::lines(text) {
        if let Some(next) = heading(line, &mut definitions) {
            part = next;
            if definitions.len() > MOST_DEFINITIONS {
                let words = "more than 1,000 groups and lists are not modelled".to_owned();
                group.problems.push(Problem::not_modelled(document, number, words));
                break;
            }
            continue;
        }
        let words = text::words(text::without_comment(line, '#'));
        if words.is_empty() || words[0].1.eq_ignore_ascii_case("type") {
            continue;
        }
        match part {
            Part::Inbound => rows.push((false, number, words)),
            Part::Outbound => rows.push((true, number, words)),
            Part::Definition(at) => {
                let (name, blocks) = &mut definitions[at];
                for (column, word) in words {
                    match entry(name, word) {
                        Ok(block) => blocks.push(block),
                        Err(words) => group.problems.push(Problem::error(document, number, column, words)),
                    }
                }
            }
        }
    }
    for (count, (outbound, number, words)) in rows.into_iter().enumerate() {
        let found = rule(&Source::new(document, number), &words, &definitions, &mut group.problems);
        let rules = if outbound { &mut group.outbound } else { &mut group.inbound };
        match found {
            Ok(found) if count < MOST && rules.len() + found.len() <= MOST => rules.extend(found),
            Ok(_) => {
                let words = "The maximum number of rules per security group has been reached.".to_owned();
                group.problems.push(Problem::error(document, number, 1, words));
                break;
            }
            Err((column, words)) => group.problems.push(Problem::error(document, number, column, words)),
        }
    }
    group.problems.truncate(MOST_PROBLEMS);
    text::sort(&mut group.problems, |problem| problem.source.line);
    group
}

/// The part that a line begins, if it is a heading.
fn heading<'a>(line: &'a str, definitions: &mut Vec<Definition<'a>>) -> Option<Part> {
    let mut words = line.trim_start_matches(['#', ' ', '\t']).split_whitespace();
    let mut next = || words.next().unwrap_or("");
    let (first, second) = (next(), next());
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    if second.is_empty() || is(second, "rules") {
        match first {
            _ if is(first, "inbound") => return Some(Part::Inbound),
            _ if is(first, "outbound") => return Some(Part::Outbound),
            _ => return None,
        }
    }
    let name = next();
    let group = is(first, "members") && is(second, "of") && name.starts_with("sg-");
    let list = is(first, "prefix") && is(second, "list") && name.starts_with("pl-");
    if !group && !list {
        return None;
    }
    definitions.push((name, Vec::new()));
    Some(Part::Definition(definitions.len() - 1))
}

/// One address of a group, or one block of a prefix list.
fn entry(name: &str, word: &str) -> Result<Block, String> {
    let address = word.parse::<IpAddr>().ok().map(Block::address);
    if name.starts_with("sg-") {
        return address.ok_or_else(|| ["a member is a private address such as 10.0.1.20, not ", word].concat());
    }
    let block = Block::parse(word).ok_or("a prefix list holds CIDR blocks such as 198.51.100.0/24, not ");
    block.map_err(|says| [says, word].concat())
}

/// One row. The source is found first: what stands before it is the port range, the protocol and the type.
fn rule(
    source: &Source,
    words: &[(u32, &str)],
    definitions: &[Definition<'_>],
    problems: &mut Vec<Problem>,
) -> Result<Vec<Rule>, (u32, String)> {
    let wrong = |column: u32, pieces: &[&str]| Err((column, pieces.concat()));
    if let Some((column, word)) = words.iter().find(|(_, word)| matches!(*word, "Deny" | "DENY" | "deny")) {
        return wrong(*column, &["a security group only allows: take ", word, " away, or the whole rule"]);
    }
    let Some(at) = words.iter().position(|(_, word)| is_source(word)).filter(|at| *at >= 2) else {
        return wrong(words[0].0, &["a rule needs a type, a protocol, a port range and a source such as 0.0.0.0/0"]);
    };
    let (column, word) = words[at];
    let peers = match word {
        "Anywhere-IPv4" => vec![Block { network: IpAddr::V4([0; 4].into()), length: 0 }],
        "Anywhere-IPv6" => vec![Block { network: IpAddr::V6([0; 16].into()), length: 0 }],
        _ if word.starts_with("sg-") || word.starts_with("pl-") => {
            let found = definitions.iter().filter(|(name, _)| *name == word);
            let peers: Vec<Block> = found.clone().flat_map(|(_, blocks)| blocks.iter().copied()).collect();
            if found.count() == 0 {
                let (kind, add) = match word.starts_with("sg-") {
                    true => ("The security group '", "' does not exist: list its addresses below a line `Members of "),
                    false => ("The prefix list ID '", "' does not exist: list its blocks below a line `Prefix list "),
                };
                return wrong(column, &[kind, word, add, word, "`"]);
            }
            peers
        }
        _ => match (Block::parse(word), word.parse::<IpAddr>()) {
            (Some(block), _) => vec![block],
            (None, Ok(address)) => {
                let length = if address.is_ipv4() { "/32" } else { "/128" };
                return wrong(column, &["The source needs to be a CIDR block: for this address, ", word, length]);
            }
            (None, Err(_)) => {
                return wrong(column, &["The source needs to be a CIDR block such as 203.0.113.7/32, not ", word]);
            }
        },
    };
    let (column, word) = words[at - 2];
    let Some(protocol) = protocol(word) else {
        return wrong(
            column,
            &["unknown protocol ", word, ": write TCP, UDP, ICMP, ICMPv6, All, or a number from 0 to 255"],
        );
    };
    let (column, word) = words[at - 1];
    let all = word.eq_ignore_ascii_case("all");
    let (first, last) = match protocol {
        Some(TCP | UDP) => match ports(word) {
            Some(ports) => ports,
            None => {
                return wrong(
                    column,
                    &["a port range is a number from 0 to 65535, two of them as 8000-8100, or All, not ", word],
                );
            }
        },
        Some(ICMP | ICMPV6) => match icmp(word) {
            Some(found) => found,
            None => {
                return wrong(
                    column,
                    &["of ICMP write the type, as 8, the type and the code, as 8/0, or All, not ", word],
                );
            }
        },
        _ => {
            if !all {
                let words = ["this protocol is allowed on every port; the range ", word, " is ignored"].concat();
                let severity = Severity::Warning;
                problems.push(Problem { source: source.clone(), column, severity, words });
            }
            (0, ANY)
        }
    };
    Ok(peers.into_iter().map(|peer| Rule { protocol, first, last, peer, source: source.clone() }).collect())
}

/// Whether a word is meant as a source: the words before it have no dots and no colons.
fn is_source(word: &str) -> bool {
    let named = ["sg-", "pl-", "Anywhere-"].iter().any(|start| word.starts_with(start));
    named || word.contains(['.', ':'])
}

/// The number of a protocol by its name or number; `None` within for all protocols, `None` where there is no such.
pub fn protocol(word: &str) -> Option<Option<u8>> {
    const NAMES: [(&str, u8); 8] = [
        ("tcp", TCP),
        ("udp", UDP),
        ("icmp", ICMP),
        ("icmpv6", ICMPV6),
        ("gre", 47),
        ("esp", 50),
        ("ah", 51),
        ("sctp", 132),
    ];
    if word.eq_ignore_ascii_case("all") || word == "-1" {
        return Some(None);
    }
    let named = NAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, number)| *number);
    named.or_else(|| word.parse().ok()).map(Some)
}

/// The type of ICMP, `8`, with all its codes; type and code, `8/0`; or `All`.
fn icmp(text: &str) -> Option<(u16, u16)> {
    if text.eq_ignore_ascii_case("all") {
        return Some((ANY, ANY));
    }
    let (kind, code) = text.split_once('/').unwrap_or((text, ""));
    let code = if code.is_empty() { ANY } else { u16::from(code.parse::<u8>().ok()?) };
    Some((u16::from(kind.parse::<u8>().ok()?), code))
}

/// `443`, `8000-8100` or `All`.
fn ports(text: &str) -> Option<(u16, u16)> {
    if text.eq_ignore_ascii_case("all") {
        return Some((0, ANY));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}
