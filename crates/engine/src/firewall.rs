//! The security group: allow rules at the network interface, before the operating system (AWS VPC user guide,
//! "Security group rules"). All rules are looked at, in no order; there are no deny rules; it is stateful.
//!
//! It knows no HTTP, no TLS and no names: protocol, port and address only.

use crate::problem::{Problem, Source};
use crate::text;
use core::net::Ipv4Addr;

/// The security group of the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityGroup {
    /// The document it was read from.
    pub document: String,
    /// Who may connect to the instance.
    pub inbound: Vec<Rule>,
    /// Whom the instance may connect to.
    pub outbound: Vec<Rule>,
    /// What is wrong with the text; the console would not save such a rule, so it allows nothing.
    pub problems: Vec<Problem>,
}

/// One allow rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The protocol.
    pub protocol: Protocol,
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
    /// The addresses on the other side.
    pub peer: Block,
    /// The line that says so.
    pub source: Source,
}

/// Protocols that a rule can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
    /// All of them, whatever the port.
    All,
}

/// A CIDR block (RFC 4632 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The network's first address.
    pub network: Ipv4Addr,
    /// How many leading bits count.
    pub length: u32,
}

impl Block {
    /// Reads `203.0.113.0/24`.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, length) = text.split_once('/')?;
        let length = length.parse().ok().filter(|length| *length <= 32)?;
        Some(Self { network: network.parse().ok()?, length })
    }

    /// Whether the address lies in the block.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        let mask = u32::MAX.checked_shl(32 - self.length).unwrap_or(0);
        self.network.to_bits() & mask == address.to_bits() & mask
    }

    /// Whether it is `0.0.0.0/0`.
    pub const fn everywhere(self) -> bool {
        self.length == 0
    }
}

impl SecurityGroup {
    /// The inbound rule that lets a TCP connection from `peer` to `port` in. The rules are a union: the first one
    /// that fits is as good as any.
    pub fn admits(&self, peer: Ipv4Addr, port: u16) -> Option<&Rule> {
        self.inbound.iter().find(|rule| rule.fits(peer, port))
    }

    /// Whether connections let in by `rule` are not tracked: the rule is open to everybody and a rule in the other
    /// direction lets every reply out (EC2 user guide, "Untracked connections"). Such a connection is cut as soon as
    /// the rule is gone; a tracked one lives on.
    pub fn untracked(&self, rule: &Rule) -> bool {
        let open = |r: &Rule| r.protocol == Protocol::All && r.peer.everywhere();
        rule.peer.everywhere() && self.outbound.iter().any(open)
    }
}

impl Rule {
    fn fits(&self, peer: Ipv4Addr, port: u16) -> bool {
        let port_fits = match self.protocol {
            Protocol::Tcp => (self.first..=self.last).contains(&port),
            Protocol::All => true,
            Protocol::Udp | Protocol::Icmp => false,
        };
        port_fits && self.peer.contains(peer)
    }
}

/// Reads the table. A rule's columns are type, protocol, port range, source, description; a heading that says
/// `Inbound` or `Outbound` begins each half. Columns may be any number of blanks apart.
pub fn parse(document: &str, text: &str) -> SecurityGroup {
    let mut group = SecurityGroup { document: document.to_owned(), ..SecurityGroup::default() };
    let mut outbound = false;
    for (number, line) in text::lines(text) {
        let lower = line.trim_start_matches(['#', ' ']).to_ascii_lowercase();
        if lower.starts_with("inbound") || lower.starts_with("outbound") {
            outbound = lower.starts_with("outbound");
            continue;
        }
        let words = text::words(text::without_comment(line, '#'));
        if words.is_empty() || lower.starts_with("type ") {
            continue;
        }
        match rule(document, number, &words) {
            Ok(rule) if outbound => group.outbound.push(rule),
            Ok(rule) => group.inbound.push(rule),
            Err(problem) => group.problems.push(problem),
        }
    }
    group
}

/// One row. The address block is found first: what stands before it is the port range, the protocol and the type.
fn rule(document: &str, line: u32, words: &[(u32, &str)]) -> Result<Rule, Problem> {
    let wrong = |column: u32, pieces: &[&str]| Problem::error(document, line, column, pieces.concat());
    let at =
        words.iter().position(|(_, word)| word.contains(['/', '.']) && word.starts_with(|c: char| c.is_ascii_digit()));
    let Some(at) = at.filter(|at| *at >= 2) else {
        return Err(wrong(
            words[0].0,
            &["a rule needs a type, a protocol, a port range and a source such as 0.0.0.0/0"],
        ));
    };
    let (column, block) = words[at];
    let Some(peer) = Block::parse(block) else {
        return Err(wrong(column, &["The source needs to be a CIDR block such as 203.0.113.7/32, not ", block]));
    };
    let (column, word) = words[at - 2];
    let protocol = match word.to_ascii_lowercase().as_str() {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        "all" | "-1" => Protocol::All,
        _ => return Err(wrong(column, &["unknown protocol ", word])),
    };
    let (column, range) = words[at - 1];
    let Some((first, last)) = ports(range) else {
        return Err(wrong(
            column,
            &["a port range is a number from 0 to 65535, two of them as 8000-8100, or All, not ", range],
        ));
    };
    Ok(Rule { protocol, first, last, peer, source: Source::new(document, line) })
}

/// `443`, `8000-8100` or `All`.
fn ports(text: &str) -> Option<(u16, u16)> {
    if text.eq_ignore_ascii_case("all") {
        return Some((0, u16::MAX));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}
