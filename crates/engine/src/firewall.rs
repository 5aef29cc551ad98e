//! The security group: allow rules at the network interface, before the operating system (AWS VPC user guide,
//! "Security group rules"). All rules are looked at, in no order; there are no deny rules; it is stateful.
//!
//! It knows no HTTP, no TLS and no names: protocol, port and address only.

use crate::problem::{Problem, Source};
use crate::text;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    /// The first port; of ICMP the type.
    pub first: u16,
    /// The last port; of ICMP the code, [`ANY`] for all codes.
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
    /// ICMP, for IPv4 or for IPv6.
    Icmp,
    /// All of them, whatever the port.
    All,
}

/// Every type or code of ICMP.
pub const ANY: u16 = u16::MAX;

/// A packet that begins something: what a rule looks at, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its protocol, not `All`.
    pub protocol: Protocol,
    /// The address on the other side.
    pub peer: IpAddr,
    /// The port it goes to; of ICMP the type.
    pub port: u16,
    /// The code, of ICMP only.
    pub code: u16,
}

/// A CIDR block (RFC 4632 section 3.1, RFC 4291 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The network's first address.
    pub network: IpAddr,
    /// How many leading bits count.
    pub length: u32,
}

impl Block {
    /// Reads `203.0.113.0/24` or `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, length) = text.split_once('/')?;
        let network: IpAddr = network.parse().ok()?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let length = length.parse().ok().filter(|length| *length <= longest)?;
        Some(Self { network, length })
    }

    /// Whether the address lies in the block. A block of one family holds no address of the other.
    pub fn contains(self, address: IpAddr) -> bool {
        // Both families as numbers whose leading bits are compared.
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(Ipv4Addr::to_bits(address)) << 96,
            IpAddr::V6(address) => Ipv6Addr::to_bits(address),
        };
        let mask = u128::MAX.checked_shl(128 - self.length).unwrap_or(0);
        self.network.is_ipv4() == address.is_ipv4() && (bits(self.network) ^ bits(address)) & mask == 0
    }

    /// Whether it is `0.0.0.0/0` or `::/0`.
    pub const fn everywhere(self) -> bool {
        self.length == 0
    }
}

impl SecurityGroup {
    /// The inbound rule that lets a TCP connection from `peer` to `port` in. The rules are a union: the first one
    /// that fits is as good as any.
    pub fn admits(&self, peer: Ipv4Addr, port: u16) -> Option<&Rule> {
        fitting(&self.inbound, Packet { protocol: Protocol::Tcp, peer: peer.into(), port, code: 0 })
    }

    /// Whether connections let in by the inbound rule `rule` are not tracked.
    pub fn untracked(&self, rule: &Rule) -> bool {
        untracked(rule, &self.outbound)
    }
}

/// The first of the rules that fits the packet.
pub fn fitting(rules: &[Rule], packet: Packet) -> Option<&Rule> {
    rules.iter().find(|rule| rule.fits(packet))
}

/// Whether connections let through by `rule` are not tracked: it is TCP or UDP, the rule is open to everybody, and a
/// rule of the other direction lets every reply pass, on any port (EC2 user guide, "Untracked connections"). Such a
/// connection is cut as soon as the rule is gone; a tracked one lives on.
pub fn untracked(rule: &Rule, other_direction: &[Rule]) -> bool {
    let every_port =
        |r: &Rule| r.protocol == Protocol::All || (r.protocol == rule.protocol && (r.first, r.last) == (0, ANY));
    let open = |r: &Rule| r.peer.everywhere() && r.peer.network.is_ipv4() == rule.peer.network.is_ipv4();
    rule.protocol != Protocol::Icmp && open(rule) && other_direction.iter().any(|r| open(r) && every_port(r))
}

impl Rule {
    fn fits(&self, packet: Packet) -> bool {
        let kind_fits = match self.protocol {
            Protocol::All => true,
            protocol if protocol != packet.protocol => false,
            Protocol::Icmp => {
                let fits = |rule, value| rule == ANY || rule == value;
                fits(self.first, packet.port) && fits(self.last, packet.code)
            }
            _ => (self.first..=self.last).contains(&packet.port),
        };
        kind_fits && self.peer.contains(packet.peer)
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
    let is_block = |word: &str| word.contains(['/', '.']) && word.starts_with(|c: char| c.is_ascii_digit());
    let at = words.iter().position(|(_, word)| is_block(word) || Block::parse(word).is_some());
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
    let found = if protocol == Protocol::Icmp { icmp(range) } else { ports(range) };
    let Some((first, last)) = found else {
        return Err(wrong(
            column,
            &["a port range is a number from 0 to 65535, two of them as 8000-8100, or All, not ", range],
        ));
    };
    Ok(Rule { protocol, first, last, peer, source: Source::new(document, line) })
}

/// The type of ICMP, `8`, with all its codes, or `All`.
fn icmp(text: &str) -> Option<(u16, u16)> {
    if text.eq_ignore_ascii_case("all") { Some((ANY, ANY)) } else { Some((text.parse().ok()?, ANY)) }
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
