//! `listen` and `server_name`, and what they say together (`ngx_http_core_listen`, `ngx_http_add_listen`,
//! `ngx_http_server_names`).

use super::address::{self, For, url};
use super::numbers::{number, size, time};
use super::{Check, Done, Words, after};

/// An address on which servers listen.
#[derive(Clone, Debug, Default)]
pub(super) struct Socket {
    /// As nginx prints it.
    pub text: String,
    port: u16,
    /// Whether a server said how the socket is to be.
    set: bool,
    /// The server declared default.
    pub default: Option<usize>,
    /// Whether TLS is spoken.
    pub ssl: bool,
    /// The servers, in order.
    pub servers: Vec<usize>,
    bind: bool,
    wildcard: bool,
}

/// All of them, sorted by their text, with the rank in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Sockets {
    sorted: Vec<(String, usize)>,
    pub all: Vec<Socket>,
}

impl Sockets {
    fn find(&mut self, text: &str, port: u16) -> &mut Socket {
        let at = match self.sorted.binary_search_by(|(known, _)| known.as_str().cmp(text)) {
            Ok(at) => self.sorted[at].1,
            Err(at) => {
                self.sorted.insert(at, (text.to_owned(), self.all.len()));
                let wildcard = text.starts_with("0.0.0.0:") || text.starts_with("[::]:");
                self.all.push(Socket { text: text.to_owned(), port, wildcard, ..Socket::default() });
                self.all.len() - 1
            }
        };
        &mut self.all[at]
    }

    /// The sockets in the order in which nginx looks at them at the end: by port as they came, and of one port those
    /// bound by themselves first, all addresses last.
    pub(super) fn in_order(&self) -> Vec<&Socket> {
        let mut ports: Vec<u16> = Vec::new();
        for socket in &self.all {
            if !ports.contains(&socket.port) {
                ports.push(socket.port);
            }
        }
        let mut found = Vec::new();
        for port in ports {
            let mut of_port: Vec<&Socket> = self.all.iter().filter(|socket| socket.port == port).collect();
            crate::text::sort(&mut of_port, |socket| (socket.wildcard, !socket.bind));
            found.extend(of_port);
        }
        found
    }
}

/// What a `listen` says beside its address.
#[derive(Default)]
struct Options {
    set: bool,
    default: bool,
    ssl: bool,
    bind: bool,
}

impl Check<'_> {
    pub(super) fn listen(&mut self, words: Words<'_>) -> Done {
        let first = words.arg(0);
        self.note("listen", first);
        let place = match url(first, For::Listen) {
            Ok(place) => place,
            Err(what) => return self.stop(&[what, " in \"", first, "\" of the \"listen\" directive"]),
        };
        let host = if place.host == "*" {
            "0.0.0.0".to_owned()
        } else if place.host.starts_with('[') {
            let address: core::net::Ipv6Addr =
                place.host[1..place.host.len() - 1].parse().unwrap_or(core::net::Ipv6Addr::UNSPECIFIED);
            ["[", &address.to_string(), "]"].concat()
        } else if address::is_unix(place.host) {
            place.host.to_owned()
        } else {
            match self.resolves(place.host) {
                Some(address) => address.to_string(),
                None if address::numeric(place.host) => {
                    self.unsure("an address in an unusual form");
                    return Ok(());
                }
                None => return self.stop(&["host not found in \"", first, "\" of the \"listen\" directive"]),
            }
        };
        if !host.starts_with("127.")
            && !["0.0.0.0", "[::]", "[::1]"].contains(&host.as_str())
            && !address::is_unix(&host)
        {
            self.unsure("whether the host has the address on which nginx shall listen");
        }
        let mut options = Options::default();
        for flag in &words.args[1..] {
            self.option(flag, &mut options)?;
        }
        let port = place.port.unwrap_or(80);
        if address::is_unix(&host) {
            return self.add(&host, 0, &options);
        }
        for port in port..=place.last.unwrap_or(port) {
            self.add(&[&host, ":", &port.to_string()].concat(), port, &options)?;
        }
        Ok(())
    }

    fn option(&mut self, flag: &str, options: &mut Options) -> Done {
        match flag {
            "default_server" | "default" => options.default = true,
            "bind" | "reuseport" | "deferred" => (options.set, options.bind) = (true, true),
            "ssl" => options.ssl = true,
            "http2" | "proxy_protocol" => {}
            _ => {
                let positive = |text: &str| number(text).is_some_and(|n| n > 0);
                let (name, value) = match flag.split_once('=') {
                    Some((name, value)) => (name, value),
                    None => return self.stop(&["invalid parameter \"", flag, "\""]),
                };
                let fits = match name {
                    "backlog" => positive(value),
                    "fastopen" => number(value).is_some(),
                    "rcvbuf" | "sndbuf" => size(value).is_some(),
                    "accept_filter" => {
                        self.unsure("`accept_filter` on this platform");
                        true
                    }
                    "ipv6only" if value.starts_with('o') => {
                        if value != "on" && value != "off" {
                            return self.stop(&["invalid ipv6only flags \"", value, "\""]);
                        }
                        true
                    }
                    "so_keepalive" => return self.keepalive_option(value, options),
                    _ => return self.stop(&["invalid parameter \"", flag, "\""]),
                };
                if !fits {
                    return self.stop(&["invalid ", name, " \"", flag, "\""]);
                }
                (options.set, options.bind) = (true, true);
            }
        }
        Ok(())
    }

    /// `so_keepalive=on`, `off`, or `idle:interval:count`, each possibly empty.
    fn keepalive_option(&mut self, value: &str, options: &mut Options) -> Done {
        (options.set, options.bind) = (true, true);
        if value == "on" || value == "off" {
            return Ok(());
        }
        let mut parts = value.split(':');
        let mut valid = !value.is_empty() && value != "::";
        for at in 0..3 {
            let part = parts.next().unwrap_or("");
            valid &= part.is_empty()
                || if at == 2 { number(part).is_some_and(|n| n > 0) } else { time(part, true).is_some_and(|n| n > 0) };
        }
        valid &= parts.next().is_none();
        if valid { Ok(()) } else { self.stop(&["invalid so_keepalive value: \"", value, "\""]) }
    }

    fn add(&mut self, text: &str, port: u16, options: &Options) -> Done {
        let server = self.servers;
        let socket = self.sockets.find(text, port);
        if socket.servers.last() == Some(&server) {
            return self.stop(&["a duplicate listen ", text]);
        }
        socket.servers.push(server);
        socket.ssl |= options.ssl;
        socket.bind |= options.bind;
        let (set, default) = (socket.set, socket.default.is_some());
        socket.set |= options.set;
        if options.default && !default {
            socket.default = Some(server);
        }
        if options.set && set {
            return self.stop(&["duplicate listen options for ", text]);
        }
        if options.default && default {
            return self.stop(&["a duplicate default server for ", text]);
        }
        Ok(())
    }

    /// A server without `listen` listens on port 80 of all addresses.
    pub(super) fn listen_by_default(&mut self) -> Done {
        if self.noted("listen").is_some() {
            return Ok(());
        }
        self.add("0.0.0.0:80", 80, &Options::default())
    }

    pub(super) fn server_name(&mut self, words: Words<'_>) -> Done {
        for name in words.args {
            let invalid = match name.as_bytes() {
                [b'*', rest @ ..] => rest.len() < 2 || rest[0] != b'.',
                [b'.'] => true,
                _ => false,
            };
            if invalid {
                return self.stop(&["server name \"", name, "\" is invalid"]);
            }
            if name.bytes().any(|c| c == b'/') {
                self.warn(&["server name \"", name, "\" has suspicious symbols"]);
            }
            if let Some(pattern) = after(name, "~") {
                if pattern.is_empty() {
                    return self.stop(&["empty regex in server name \"", name, "\""]);
                }
                self.regex(pattern)?;
            }
        }
        Ok(())
    }
}

/// A name on its way into nginx's hash of names (`ngx_hash_add_key`): `None` where it is no name and no wildcard, else
/// what it is stored as.
pub(super) fn hashed(name: &str) -> Option<(Kind, &str)> {
    let bytes = name.as_bytes();
    let stars = bytes.iter().filter(|c| **c == b'*').count();
    if stars > 1 || bytes.windows(2).any(|two| two == b"..") || bytes.contains(&0) {
        return None;
    }
    if name.len() > 1 && name.starts_with('.') {
        return Some((Kind::Both, &name[1..]));
    }
    if name.len() > 2 {
        if let Some(rest) = name.strip_prefix("*.") {
            return Some((Kind::Head, rest));
        }
        if let Some(rest) = name.strip_suffix(".*") {
            return Some((Kind::Tail, rest));
        }
    }
    (stars == 0).then_some((Kind::Exact, name))
}

/// Where a name is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// `a.test`.
    Exact,
    /// `*.a.test`.
    Head,
    /// `a.*`.
    Tail,
    /// `.a.test`: exact, and head.
    Both,
}

/// Whether a network is written rightly; what is beyond its mask is warned of.
pub(super) fn network(check: &mut Check<'_>, text: &str) -> Done {
    match address::network(text) {
        None => check.stop(&["invalid parameter \"", text, "\""]),
        Some(false) => Ok(()),
        Some(true) => {
            check.warn(&["low address bits of ", text, " are meaningless"]);
            Ok(())
        }
    }
}
