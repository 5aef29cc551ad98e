//! Where things happen: the stations of a request, and their words on screen.

use core::fmt;

/// A station that sends, receives or decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The reader's browser on the laptop.
    Browser,
    /// A program on the laptop that is no browser.
    Program,
    /// The recursive resolver that the laptop asks (the provider's, or a public one).
    Resolver,
    /// A name server of the root.
    Root,
    /// A name server of the top-level domain.
    TopLevel,
    /// The authoritative name server of the zone.
    Dns,
    /// The security group at the instance's network interface, with the internet gateway before it.
    Firewall,
    /// The EC2 instance: its kernel, which owns the sockets.
    Instance,
    /// nginx, the reverse proxy.
    Proxy,
    /// The back-end application, a Node.js process.
    App,
    /// The front-end application: the process that PM2 knows as `frontend`.
    Frontend,
    /// The database.
    Database,
    /// The person who holds a phone, by the phone's place in the document, from 1.
    User(u8),
    /// The app on a phone, from 1. Where a cast says 0, whichever it is.
    Phone(u8),
    /// The push service that phones are connected to.
    Push,
}

/// How many phones there may be.
pub const PHONES: usize = 4;

impl Place {
    /// Every place, in the order in which a request meets them.
    pub const ALL: [Self; 21] = [
        Self::Browser,
        Self::Program,
        Self::Resolver,
        Self::Root,
        Self::TopLevel,
        Self::Dns,
        Self::Firewall,
        Self::Instance,
        Self::Proxy,
        Self::App,
        Self::Frontend,
        Self::Database,
        Self::User(1),
        Self::User(2),
        Self::User(3),
        Self::User(4),
        Self::Phone(1),
        Self::Phone(2),
        Self::Phone(3),
        Self::Phone(4),
        Self::Push,
    ];

    /// Whether this, in a cast, means that place: number 0 means every phone, or everybody who holds one.
    pub fn means(self, place: Self) -> bool {
        match (self, place) {
            (Self::User(0), Self::User(_)) | (Self::Phone(0), Self::Phone(_)) => true,
            (one, other) => one == other,
        }
    }

    /// The name for links and golden files, lower case: `browser`, `firewall`, …
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Program => "program",
            Self::Resolver => "resolver",
            Self::Root => "root",
            Self::TopLevel => "top-level",
            Self::Dns => "dns",
            Self::Firewall => "firewall",
            Self::Instance => "instance",
            Self::Proxy => "proxy",
            Self::App => "app",
            Self::Frontend => "frontend",
            Self::Database => "database",
            Self::User(number) => ["user", "user-1", "user-2", "user-3", "user-4"][number as usize % (PHONES + 1)],
            Self::Phone(number) => {
                ["phone", "phone-1", "phone-2", "phone-3", "phone-4"][number as usize % (PHONES + 1)]
            }
            Self::Push => "push",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Browser => "the browser",
            Self::Program => "the program",
            Self::Resolver => "the resolver",
            Self::Root => "the root server",
            Self::TopLevel => "the top-level server",
            Self::Dns => "the DNS server",
            Self::Firewall => "the security group",
            Self::Instance => "the instance",
            Self::Proxy => "nginx",
            Self::App => "the application",
            Self::Frontend => "the front-end application",
            Self::Database => "the database",
            Self::User(number) => ["the user", "user 1", "user 2", "user 3", "user 4"][*number as usize % (PHONES + 1)],
            Self::Phone(number) => {
                ["the phone", "phone 1", "phone 2", "phone 3", "phone 4"][*number as usize % (PHONES + 1)]
            }
            Self::Push => "the push service",
        })
    }
}
