//! Who has which address, how long messages take, and what the browser's machine knows: the document `network`.

use crate::problem::{Problem, Severity, Source};
use crate::text;
use crate::time::Micros;
use crate::tls::Date;
use core::net::Ipv4Addr;

/// The network between the places. Spans are one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The laptop's address as the internet sees it.
    pub client: Option<(Ipv4Addr, Source)>,
    /// The resolver's address.
    pub resolver: Option<(Ipv4Addr, Source)>,
    /// The address of a root server: all that the resolver knows from the start.
    pub root: Option<(Ipv4Addr, Source)>,
    /// The address of the server that holds the zones of top-level domains.
    pub top_level: Option<(Ipv4Addr, Source)>,
    /// The address of the server that holds all zones below.
    pub dns: Option<(Ipv4Addr, Source)>,
    /// The address that the internet gateway translates to the private one.
    pub public: Option<(Ipv4Addr, Source)>,
    /// The only address the instance knows.
    pub private: Option<(Ipv4Addr, Source)>,
    /// Browser to resolver.
    pub browser_resolver: Micros,
    /// Resolver to root server.
    pub resolver_root: Micros,
    /// Resolver to the top-level domain's server.
    pub resolver_top_level: Micros,
    /// Resolver to authoritative server.
    pub resolver_dns: Micros,
    /// Browser to the instance's network interface.
    pub browser_firewall: Micros,
    /// Network interface to the instance's kernel.
    pub firewall_instance: Micros,
    /// Kernel to a program on the instance.
    pub instance_proxy: Micros,
    /// nginx to the application, over loopback.
    pub proxy_app: Micros,
    /// How long the application computes.
    pub app_work: Micros,
    /// The application to the database, over loopback.
    pub app_database: Micros,
    /// How long the database computes for one statement.
    pub database_work: Micros,
    /// What a kilobyte of a page takes to arrive, beside the way itself: the bandwidth, the other way round.
    pub browser_kilobyte: Micros,
    /// How long the browser computes for a kilobyte of script.
    pub browser_script: Micros,
    /// What date and time it is in the browser when the simulation starts.
    pub date: Option<(Date, Source)>,
    /// The certificate authorities that the browser trusts.
    pub trusted: Vec<(String, Source)>,
    /// What is wrong with the text.
    pub problems: Vec<Problem>,
}

/// The client's address where the document gives none.
pub const SOME_CLIENT: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

impl Network {
    /// The client's address.
    pub fn client_address(&self) -> Ipv4Addr {
        self.client.as_ref().map_or(SOME_CLIENT, |(address, _)| *address)
    }
}

/// Reads the document: one name and one value a line, comments after `#`.
pub fn parse(document: &str, text: &str) -> Network {
    let mut network = Network::default();
    for (number, line) in text::lines(text) {
        let line = text::without_comment(line, '#');
        let words = text::words(line);
        let Some((column, first)) = words.first() else {
            continue;
        };
        let second = words.get(1).map_or("", |(_, word)| word);
        let source = Source::new(document, number);
        let understood = match (*first, second) {
            ("client" | "resolver" | "root" | "top-level" | "dns" | "public" | "private", "address") => {
                let address = words.get(2).and_then(|(_, word)| word.parse().ok());
                let place = match *first {
                    "client" => &mut network.client,
                    "resolver" => &mut network.resolver,
                    "root" => &mut network.root,
                    "top-level" => &mut network.top_level,
                    "dns" => &mut network.dns,
                    "public" => &mut network.public,
                    _ => &mut network.private,
                };
                *place = address.map(|address| (address, source));
                address.is_some()
            }
            ("browser", "date") => {
                let rest = text::split_once(line, "date").map_or("", |(_, rest)| rest);
                network.date = Date::iso(rest.trim()).map(|date| (date, source));
                network.date.is_some()
            }
            ("browser", "trusts") => {
                let name = text::split_once(line, "trusts").map_or("", |(_, rest)| rest.trim());
                network.trusted.push((name.to_owned(), source));
                !name.is_empty()
            }
            (name, _) => {
                let unit = words.get(2).map_or("", |(_, word)| word);
                match (span(second, unit), network.latency(name)) {
                    (Some(value), Some(place)) => {
                        *place = value;
                        true
                    }
                    _ => false,
                }
            }
        };
        if !understood {
            network.problems.push(Problem {
                source: Source::new(document, number),
                column: *column,
                severity: Severity::Warning,
                words: ["not understood: ", line.trim()].concat(),
            });
        }
    }
    if network.date.is_none() && !text.is_empty() {
        let words = "no `browser date`: nobody can tell whether a certificate is in date".to_owned();
        let source = Source::new(document, text.lines().count().max(1) as u32);
        network.problems.push(Problem { source, column: 1, severity: Severity::Warning, words });
    }
    network
}

impl Network {
    fn latency(&mut self, name: &str) -> Option<&mut Micros> {
        Some(match name {
            "browser-resolver" => &mut self.browser_resolver,
            "resolver-root" => &mut self.resolver_root,
            "resolver-top-level" => &mut self.resolver_top_level,
            "resolver-dns" => &mut self.resolver_dns,
            "browser-firewall" => &mut self.browser_firewall,
            "firewall-instance" => &mut self.firewall_instance,
            "instance-proxy" => &mut self.instance_proxy,
            "proxy-app" => &mut self.proxy_app,
            "browser-kilobyte" => &mut self.browser_kilobyte,
            "browser-script" => &mut self.browser_script,
            "app-work" => &mut self.app_work,
            "app-database" => &mut self.app_database,
            "database-work" => &mut self.database_work,
            _ => return None,
        })
    }
}

/// `18 ms`, `0.2 ms`, `30 us`, `2 s`, at most an hour.
pub(crate) fn span(number: &str, unit: &str) -> Option<Micros> {
    let scale: u64 = match unit {
        "us" | "µs" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    let (mut micros, mut place) = (whole.checked_mul(scale)?, scale);
    for c in part.chars() {
        place /= 10;
        micros = micros.checked_add(u64::from(c.to_digit(10)?) * place)?;
    }
    (micros <= 3_600_000_000).then_some(Micros(micros))
}
