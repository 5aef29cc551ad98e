//! Addresses as nginx reads them (`ngx_parse_url`): `host`, `host:port`, `[ipv6]:port`, `unix:path`, with a URI or without.

use super::Check;
use super::numbers::number;
use core::net::{IpAddr, Ipv6Addr};

/// What an address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Url<'t> {
    /// The host as written; with brackets where it is IPv6, `unix:path` for a socket of the file system.
    pub host: &'t str,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// The last port of a range in `listen`.
    pub last: Option<u16>,
    /// What follows from the first `/` or `?` on.
    pub uri: &'t str,
}

/// What an address is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// `listen`: a bare number is a port.
    Listen,
    /// An address to connect to.
    Connect,
    /// The same, with a URI.
    Pass,
}

/// Reads an address; the error is nginx's phrase for it.
pub(super) fn url(text: &str, what: For) -> Result<Url<'_>, &'static str> {
    if is_unix(text) {
        return unix(text, what);
    }
    let (host_end, mut rest) = if text.starts_with('[') {
        let end = text.bytes().position(|c| c == b']').ok_or("invalid host")? + 1;
        (Some(end), &text[end..])
    } else {
        (None, text)
    };
    let mut found = Url::default();
    let is_uri = |c: u8| c == b'/' || (c == b'?' && host_end.is_none());
    if let Some(at) = rest.bytes().position(is_uri) {
        if what != For::Pass {
            return Err("invalid host");
        }
        found.uri = &rest[at..];
        rest = &rest[..at];
    }
    let length = text.len() - found.uri.len();
    let text = &text[..length];
    if let Some(end) = host_end {
        if !rest.is_empty() {
            let port = rest.strip_prefix(':').ok_or("invalid host")?;
            ports(port, what, &mut found)?;
        }
        found.host = &text[..end];
        if end == 2 {
            return Err("no host");
        }
        let inside = &found.host[1..end - 1];
        return inside.parse::<Ipv6Addr>().map(|_| found).map_err(|_| "invalid IPv6 address");
    }
    let Some(colon) = text.bytes().position(|c| c == b':') else {
        if what == For::Listen && found.uri.is_empty() && bare(text) {
            ports(text, what, &mut found)?;
            found.host = "*";
            return Ok(found);
        }
        found.host = text;
        return if text.is_empty() { Err("no host") } else { Ok(found) };
    };
    ports(&text[colon + 1..], what, &mut found)?;
    found.host = &text[..colon];
    if colon == 0 { Err("no host") } else { Ok(found) }
}

/// Whether a text is a port, or a range of ports.
fn bare(text: &str) -> bool {
    match text.split_once('-') {
        Some((first, last)) => number(first).is_some() && number(last).is_some(),
        None => number(text).is_some(),
    }
}

fn port(text: &str) -> Result<u16, &'static str> {
    match number(text) {
        Some(port @ 1..=65535) => Ok(port as u16),
        _ => Err("invalid port"),
    }
}

fn ports(text: &str, what: For, into: &mut Url<'_>) -> Result<(), &'static str> {
    match text.split_once('-') {
        Some((first, last)) if what == For::Listen => {
            let last = port(last)?;
            into.port = Some(port(first)?);
            into.last = Some(last);
            if into.port > into.last { Err("invalid port range") } else { Ok(()) }
        }
        _ => {
            into.port = Some(port(text)?);
            Ok(())
        }
    }
}

fn unix(text: &str, what: For) -> Result<Url<'_>, &'static str> {
    let path = &text[5..];
    let (path, uri) = match path.split_once(':') {
        Some((path, uri)) if what == For::Pass => (path, uri),
        _ => (path, ""),
    };
    if path.is_empty() {
        return Err("no path in the unix domain socket");
    }
    if path.len() + 1 > 108 {
        return Err("too long path in the unix domain socket");
    }
    Ok(Url { host: &text[..5 + path.len()], port: None, last: None, uri })
}

/// Whether an address is that of a socket of the file system.
pub(super) fn is_unix(text: &str) -> bool {
    text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("unix:"))
}

/// Whether a host is an address itself, so that no name has to be looked up.
pub(super) fn is_address(host: &str) -> bool {
    is_unix(host) || host.starts_with('[') || ipv4(host)
}

/// Whether the system's own lookup would take a host for a number, though nginx does not.
pub(super) fn numeric(host: &str) -> bool {
    host.starts_with(|c: char| c.is_ascii_digit())
        && host.bytes().all(|c| c.is_ascii_hexdigit() || c == b'.' || c == b'x')
}

/// An IPv4 address, in four decimal parts.
pub(super) fn ipv4(text: &str) -> bool {
    let mut parts = 0;
    for part in text.split('.') {
        parts += 1;
        if number(part).is_none_or(|value| value > 255) {
            return false;
        }
    }
    parts == 4
}

/// Whether a text is a network, `address/bits`, and whether bits beyond the mask are set (`ngx_ptocidr`).
pub(super) fn network(text: &str) -> Option<bool> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    if ipv4(address) {
        let mut value: u32 = 0;
        for part in address.split('.') {
            value = value << 8 | number(part)? as u32;
        }
        let Some(bits) = bits else { return Some(false) };
        let bits = number(bits).filter(|bits| *bits <= 32)? as u32;
        return Some(bits < 32 && value << bits != 0);
    }
    let value = u128::from(address.parse::<Ipv6Addr>().ok()?);
    let Some(bits) = bits else { return Some(false) };
    let bits = number(bits).filter(|bits| *bits <= 128)? as u32;
    Some(bits < 128 && value << bits != 0)
}

impl Check<'_> {
    /// The addresses of a host: its own, or its names in `/etc/hosts`.
    pub(super) fn resolves(&self, host: &str) -> Option<IpAddr> {
        if ipv4(host) {
            return host.parse().ok();
        }
        let named = |(_, name): &&(IpAddr, String)| name.eq_ignore_ascii_case(host);
        self.around.hosts.iter().find(named).map(|(address, _)| *address)
    }
}
