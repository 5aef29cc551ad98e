//! The security group: allow rules at the network interface, before the operating system (AWS VPC user guide,
//! "Security group rules"). All rules are looked at, in no order; there are no deny rules; it is stateful.
//!
//! The rules are read in [`table`], what is remembered of a flow is in [`track`]. It knows no HTTP, no TLS and no names:
//! protocol, port and address only. It does not know network ACLs, quotas, and the traffic that AWS never filters (the
//! link-local services and the VPC's own resolver).

pub mod table;
pub mod track;

use crate::problem::{Problem, Source};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
pub use table::{parse, protocol};
pub use track::Flow;

/// The rules of all groups attached to the instance: they add up (EC2 user guide, "Security group rules").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityGroup {
    /// The document it was read from.
    pub document: Arc<str>,
    /// Who may connect to the instance.
    pub inbound: Vec<Rule>,
    /// Whom the instance may connect to.
    pub outbound: Vec<Rule>,
    /// What is wrong with the text; the console would not save such a rule, so it allows nothing.
    pub problems: Vec<Problem>,
}

/// One allow rule. A rule whose source is another group or a prefix list is one of these for each address block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The protocol; none for all of them, whatever the port.
    pub protocol: Option<u8>,
    /// The first port; of ICMP the type, [`ANY`] for all types. Without meaning for other protocols.
    pub first: u16,
    /// The last port; of ICMP the code, [`ANY`] for all codes.
    pub last: u16,
    /// The addresses on the other side.
    pub peer: Block,
    /// The line that says so.
    pub source: Source,
}

/// The number of ICMP (IANA, "Protocol Numbers").
pub const ICMP: u8 = 1;
/// The number of TCP.
pub const TCP: u8 = 6;
/// The number of UDP.
pub const UDP: u8 = 17;
/// The number of ICMP for IPv6.
pub const ICMPV6: u8 = 58;

/// Every type or code of ICMP; as a last port, the highest one.
pub const ANY: u16 = u16::MAX;

/// A packet that begins something: what a rule looks at, and nothing else. A rule sees no source port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its protocol.
    pub protocol: u8,
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
    /// An address in it, as written; bits after the prefix do not count.
    pub network: IpAddr,
    /// How many leading bits count.
    pub length: u32,
}

impl Block {
    /// Reads `203.0.113.0/24` or `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, length) = text.split_once('/')?;
        let whole = Self::address(network.parse().ok()?);
        let length = length.parse().ok().filter(|length| *length <= whole.length)?;
        Some(Self { length, ..whole })
    }

    /// The block of one address.
    pub const fn address(network: IpAddr) -> Self {
        let length = if network.is_ipv4() { 32 } else { 128 };
        Self { network, length }
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
    /// The inbound rule that lets a TCP connection from `peer` to `port` in.
    pub fn admits(&self, peer: Ipv4Addr, port: u16) -> Option<&Rule> {
        fitting(&self.inbound, connection(peer, port))
    }

    /// The outbound rule that lets a TCP connection of the instance's own to `peer` and `port` out.
    pub fn lets_out(&self, peer: Ipv4Addr, port: u16) -> Option<&Rule> {
        fitting(&self.outbound, connection(peer, port))
    }

    /// The outbound rule that lets the replies of that connection out, where the connection is not tracked.
    pub fn untracked(&self, peer: Ipv4Addr, port: u16) -> Option<&Rule> {
        track::untracked(&self.inbound, &self.outbound, connection(peer, port))
    }
}

/// The first packet of a TCP connection.
const fn connection(peer: Ipv4Addr, port: u16) -> Packet {
    Packet { protocol: TCP, peer: IpAddr::V4(peer), port, code: 0 }
}

/// A rule that fits the packet. The rules are a union: the first one that fits is as good as any.
pub fn fitting(rules: &[Rule], packet: Packet) -> Option<&Rule> {
    rules.iter().find(|rule| rule.fits(packet))
}

impl Rule {
    /// Whether it allows the packet. Protocols that have no ports are allowed whatever the range says (EC2 API,
    /// `IpPermission`).
    pub fn fits(&self, packet: Packet) -> bool {
        let in_range = match self.protocol {
            None => true,
            Some(protocol) if protocol != packet.protocol => false,
            Some(TCP | UDP) => (self.first..=self.last).contains(&packet.port),
            Some(ICMP | ICMPV6) => {
                let fits = |rule, value| rule == ANY || rule == value;
                fits(self.first, packet.port) && fits(self.last, packet.code)
            }
            Some(_) => true,
        };
        in_range && self.peer.contains(packet.peer)
    }
}
