//! Names and addresses: zone files, the authoritative server, the resolver's cache.
//!
//! It knows names, types, times to live and addresses only: no ports, no paths, no redirects (RFC 1035 section 3.2.2).
//!
//! Reading order: [`name`], [`kind`], [`words`], [`data`], [`zone`] (a file becomes a zone), [`server`],
//! [`resolver`], [`cache`].

pub mod cache;
pub mod data;
pub mod kind;
pub mod name;
pub mod resolver;
pub mod server;
pub mod words;
pub mod zone;

use crate::problem::Source;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
pub use kind::Kind;
pub use name::{parent, within};
use std::sync::Arc;

/// One resource record (RFC 1035 section 3.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner: lower case, absolute, with the final dot.
    pub name: Arc<str>,
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
    Cname(Arc<str>),
    /// Everything below the name is an alias of the same below this one (RFC 6672).
    Dname(Arc<str>),
    /// A name server of the zone, or of a zone cut off below.
    Ns(Arc<str>),
    /// The start of authority.
    Soa {
        /// The primary name server.
        primary: Arc<str>,
        /// The mailbox of the person responsible, as a name.
        mailbox: Arc<str>,
        /// Serial, refresh, retry, expire, minimum.
        numbers: [u32; 5],
    },
    /// Any other type, with its data as `dig` prints it.
    Other(Kind, Arc<str>),
}

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
    /// The name that a DNAME record makes would be too long (RFC 6672 section 2.2).
    YxDomain,
}

impl Data {
    /// The type.
    pub fn kind(&self) -> Kind {
        match self {
            Self::A(_) => Kind::A,
            Self::Aaaa(_) => Kind::AAAA,
            Self::Cname(_) => Kind::CNAME,
            Self::Dname(_) => Kind::DNAME,
            Self::Ns(_) => Kind::NS,
            Self::Soa { .. } => Kind::SOA,
            Self::Other(kind, _) => *kind,
        }
    }

    /// Whether it answers a question of this type.
    pub fn is(&self, kind: Kind) -> bool {
        kind == Kind::ANY || self.kind() == kind
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
            Self::YxDomain => "YXDOMAIN",
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => write!(f, "{address}"),
            Self::Aaaa(address) => write!(f, "{address}"),
            Self::Cname(name) | Self::Dname(name) | Self::Ns(name) => f.write_str(name),
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
