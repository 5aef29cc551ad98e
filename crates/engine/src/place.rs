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
}

impl Place {
    /// Every place, in the order in which a request meets them.
    pub const ALL: [Self; 12] = [
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
    ];

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
        })
    }
}
