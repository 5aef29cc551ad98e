//! Names and addresses: zone files, the authoritative server, the resolver's cache.
//!
//! It knows names, types, times to live and addresses only: no ports, no paths, no redirects (RFC 1035 section 3.2.2).

pub mod cache;
pub mod server;
pub mod zone;

use crate::problem::Source;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// One resource record (RFC 1035 section 3.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner: lower case, absolute, with the final dot.
    pub name: String,
    /// How long it may be remembered, in seconds.
    pub ttl: u32,
    /// The type and what it says.
    pub data: Data,
    /// The line of the zone file that says it.
    pub source: Source,
}

/// What a record says. Names are lower case, absolute, with the final dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address (RFC 3596).
    Aaaa(Ipv6Addr),
    /// The name is an alias; the canonical name is this one.
    Cname(String),
    /// A name server of the zone, or of a zone cut off below.
    Ns(String),
    /// The start of authority.
    Soa {
        /// The primary name server.
        primary: String,
        /// The mailbox of the person responsible, as a name.
        mailbox: String,
        /// Serial, refresh, retry, expire, minimum.
        numbers: [u32; 5],
    },
    /// Any other type, with its data as `dig` prints it.
    Other(String, String),
}

/// The type that a question asks for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(&'static str);

/// The types that can be asked for.
const KINDS: [&str; 13] = ["A", "AAAA", "CAA", "CNAME", "DNAME", "DS", "HINFO", "MX", "NS", "PTR", "SOA", "SRV", "TXT"];

/// How a question was answered (RFC 1035 section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rcode {
    /// Answered, even if there is nothing of that type.
    NoError,
    /// The server could not do its work.
    ServFail,
    /// No such name.
    NxDomain,
    /// The server does not answer for such names.
    Refused,
}

impl Data {
    /// The type's name: `A`, `CNAME`.
    pub fn kind(&self) -> &str {
        match self {
            Self::A(_) => "A",
            Self::Aaaa(_) => "AAAA",
            Self::Cname(_) => "CNAME",
            Self::Ns(_) => "NS",
            Self::Soa { .. } => "SOA",
            Self::Other(kind, _) => kind,
        }
    }

    /// Whether it answers a question of this type.
    pub fn is(&self, kind: Kind) -> bool {
        self.kind() == kind.0
    }
}

impl Kind {
    /// IPv4 addresses: what the browser asks for.
    pub const A: Self = Self("A");

    /// The type of that name, in capitals.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| *kind == name).map(Self)
    }

    /// The type's name.
    pub const fn word(self) -> &'static str {
        self.0
    }
}

impl Rcode {
    /// As `dig` prints it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoError => "NOERROR",
            Self::ServFail => "SERVFAIL",
            Self::NxDomain => "NXDOMAIN",
            Self::Refused => "REFUSED",
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => write!(f, "{address}"),
            Self::Aaaa(address) => write!(f, "{address}"),
            Self::Cname(name) | Self::Ns(name) => f.write_str(name),
            Self::Soa { primary, mailbox, numbers } => {
                write!(f, "{primary} {mailbox}")?;
                numbers.iter().try_for_each(|n| write!(f, " {n}"))
            }
            Self::Other(_, text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.name, self.ttl, self.data.kind(), self.data)
    }
}

/// Whether `name` lies at or below `zone` (both absolute, lower case).
pub fn within(name: &str, zone: &str) -> bool {
    zone == "." || name == zone || name.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
}

/// The name without its first label; `None` at the root.
pub fn parent(name: &str) -> Option<&str> {
    match name.split_once('.') {
        Some((_, "")) if name != "." => Some("."),
        Some((_, rest)) if !rest.is_empty() => Some(rest),
        _ => None,
    }
}
