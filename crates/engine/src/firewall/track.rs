//! What the security group remembers: connection tracking (EC2 user guide, "Security group connection tracking").
//!
//! It knows no time: a flow that is remembered is remembered for good, and the number of flows has no limit.

use super::{ANY, ICMP, ICMPV6, Packet, Rule, SecurityGroup, TCP, UDP, fitting};

/// A flow, as its first packet began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Whether its first packet came in.
    pub inbound: bool,
    /// Its first packet.
    pub packet: Packet,
    /// The port that replies go to.
    pub back: u16,
    /// What became of the first packet.
    pub memory: Memory,
}

/// What became of the first packet of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Let through and remembered: what follows in either direction passes, whatever becomes of the rules.
    Tracked,
    /// Let through and not remembered: every packet is held against the rules anew.
    Untracked,
    /// Dropped.
    Refused,
}

impl Flow {
    /// The first packet of a flow meets the rules, and what is remembered of the flows `before` it.
    pub fn begin(group: &SecurityGroup, before: &[Self], inbound: bool, packet: Packet, back: u16) -> Self {
        let (own, other) = group.sides(inbound);
        let memory = if before.iter().any(|flow| flow.answered_by(packet)) {
            Memory::Tracked
        } else if fitting(own, packet).is_none() {
            Memory::Refused
        } else if untracked(own, other, packet).is_some() {
            Memory::Untracked
        } else {
            Memory::Tracked
        };
        Self { inbound, packet, back, memory }
    }

    /// Whether the first packet was let through.
    pub fn passed(&self) -> bool {
        self.memory != Memory::Refused
    }

    /// Whether a later packet in the same direction passes.
    pub fn goes_on(&self, group: &SecurityGroup) -> bool {
        self.memory == Memory::Tracked || fitting(group.sides(self.inbound).0, self.packet).is_some()
    }

    /// Whether a packet in the other direction passes. What answers a dropped packet is no reply: nobody saw it.
    pub fn replies(&self, group: &SecurityGroup) -> bool {
        let reply = Packet { port: self.back, ..self.packet };
        match self.memory {
            Memory::Tracked => true,
            Memory::Untracked => fitting(group.sides(self.inbound).1, reply).is_some(),
            Memory::Refused => false,
        }
    }

    /// Whether `packet`, which begins something, counts as an answer to this flow. Of protocols other than TCP, UDP and
    /// ICMP only address and protocol are tracked.
    fn answered_by(&self, packet: Packet) -> bool {
        let known = matches!(packet.protocol, TCP | UDP | ICMP | ICMPV6);
        !known && self.passed() && (self.packet.protocol, self.packet.peer) == (packet.protocol, packet.peer)
    }
}

impl SecurityGroup {
    /// The rules that a flow's own packets meet, and those of the other direction.
    fn sides(&self, inbound: bool) -> (&[Rule], &[Rule]) {
        if inbound { (&self.inbound, &self.outbound) } else { (&self.outbound, &self.inbound) }
    }
}

/// The rule of the other direction that lets every reply pass, where a flow that `packet` begins is not tracked: it is TCP
/// or UDP, some rule opens its port to everybody, and everybody may be answered on any port ("Untracked connections").
/// Such a flow is cut as soon as its rule is gone; a tracked one lives on.
pub fn untracked<'a>(own: &[Rule], other: &'a [Rule], packet: Packet) -> Option<&'a Rule> {
    let everybody = |rule: &Rule| rule.peer.everywhere() && rule.peer.contains(packet.peer);
    let open = matches!(packet.protocol, TCP | UDP) && own.iter().any(|rule| everybody(rule) && rule.fits(packet));
    let every_port =
        |rule: &Rule| rule.protocol.is_none_or(|p| p == packet.protocol && (rule.first, rule.last) == (0, ANY));
    other.iter().find(|rule| open && everybody(rule) && every_port(rule))
}
