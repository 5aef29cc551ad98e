//! What nginx checks once it has read everything, in its order: the modules' settings are merged, module by module, then
//! the locations are put into trees, then sockets, variables, names and zones are looked at (`ngx_http_block`).

use super::listen::{Kind, Socket, hashed};
use super::{Check, Done, Words};
use crate::problem::{Problem, Severity};

/// A `server` block, as far as the end is concerned.
#[derive(Clone, Debug, Default)]
pub(super) struct Served {
    document: String,
    /// Line and column of its beginning, and the line of its brace.
    at: (u32, u32, u32),
    pub tls: Tls,
    names: Vec<(String, u32, u32)>,
}

/// What a block says of TLS.
#[derive(Clone, Debug, Default)]
pub(super) struct Tls {
    certificates: Vec<String>,
    keys: Vec<String>,
    /// `ssl on`, and the place.
    on: Option<(bool, String, u32)>,
    rejects: Option<bool>,
    /// What else OpenSSL or a file has to say.
    other: bool,
}

/// What is checked when settings are merged.
#[derive(Clone, Debug)]
pub(super) enum Later {
    /// A text is compiled.
    Script(String),
    /// A cache has a zone.
    Zone(usize),
}

/// The same, with its module's rank and its place.
#[derive(Clone, Debug)]
pub(super) struct Deferred {
    module: usize,
    what: Later,
    document: String,
    at: (u32, u32),
}

/// The modules with such checks, in the order in which settings are merged.
const MODULES: [&str; 5] = ["proxy", "fastcgi", "uwsgi", "scgi", "grpc"];

impl Check<'_> {
    pub(super) fn server_begins(&mut self) {
        let served = Served { document: self.document.clone(), at: self.at, ..Served::default() };
        self.served.push(served);
    }

    /// What a `server` or the whole of `http` says of TLS and of names; called for every directive that is right.
    pub(super) fn remember(&mut self, words: Words<'_>) {
        let first = words.arg(0);
        if let Some((family, rest)) = words.name.split_once('_')
            && ["set_header", "set_body", "param"].contains(&rest)
        {
            let text = words.arg(if rest == "set_body" { 0 } else { 1 });
            if super::own::has_variable(text) {
                self.later(family, Later::Script(text.to_owned()));
            }
            return;
        }
        if words.name == "server_name" {
            let at = (self.at.0, self.at.1);
            if let Some(served) = self.served.last_mut() {
                for name in words.args {
                    let lower = if name.starts_with('~') { name.clone() } else { name.to_ascii_lowercase() };
                    served.names.push((lower, at.0, at.1));
                }
            }
            return;
        }
        if !words.name.starts_with("ssl") {
            return;
        }
        let (document, line) = (self.document.clone(), self.at.2);
        let inside = self.context() == 'S';
        let tls = match self.served.last_mut() {
            Some(served) if inside => &mut served.tls,
            _ => &mut self.tls,
        };
        let on = first.eq_ignore_ascii_case("on");
        match words.name {
            "ssl_certificate" => tls.certificates.push(first.to_owned()),
            "ssl_certificate_key" => tls.keys.push(first.to_owned()),
            "ssl" => tls.on = Some((on, document, line)),
            "ssl_reject_handshake" => tls.rejects = Some(on),
            "ssl_protocols"
            | "ssl_session_cache"
            | "ssl_session_timeout"
            | "ssl_session_tickets"
            | "ssl_buffer_size"
            | "ssl_prefer_server_ciphers"
            | "ssl_early_data"
            | "ssl_verify_depth" => {}
            "ssl_ciphers" => tls.other |= !usual_ciphers(first),
            "ssl_ecdh_curve" => {
                tls.other |= !["auto", "X25519", "prime256v1", "secp384r1", "secp521r1"].contains(&first);
            }
            "ssl_verify_client" => tls.other |= !first.eq_ignore_ascii_case("off"),
            "ssl_stapling" | "ssl_stapling_verify" | "ssl_ocsp" => tls.other |= on,
            _ => tls.other = true,
        }
    }

    /// Something is checked when the settings of a module are merged.
    pub(super) fn later(&mut self, family: &str, what: Later) {
        if let Some(module) = MODULES.iter().position(|known| *known == family) {
            let at = (self.at.0, self.at.1);
            self.deferred.push(Deferred { module, what, document: self.document.clone(), at });
        }
    }

    /// Everything has been read; `end` is the line on which `http` ends.
    pub(in crate::proxy) fn finish(&mut self, end: u32) -> Done {
        self.groups_at_the_end()?;
        for served in core::mem::take(&mut self.served) {
            self.certificates(&served)?;
            self.ended.push(served);
        }
        let mut deferred = core::mem::take(&mut self.deferred);
        if self.ended.is_empty() {
            deferred.clear();
        }
        for (module, family) in MODULES.iter().enumerate() {
            for later in deferred.iter().filter(|later| later.module == module) {
                later.document.clone_into(&mut self.document);
                self.at = (later.at.0, later.at.1, end);
                match &later.what {
                    Later::Script(text) => self.script(text)?,
                    Later::Zone(zone) => self.known_zone(*zone, family)?,
                }
            }
        }
        if !self.late.is_empty() {
            return Err(Box::new(self.late.remove(0)));
        }
        self.sockets_speak_tls()?;
        self.unknown_variable()?;
        self.names()?;
        self.zones_at_the_end()
    }

    fn failure(&self, served: &Served, pieces: &[&str]) -> Done {
        Err(Box::new(Problem::error(&served.document, served.at.0, served.at.1, pieces.concat())))
    }

    /// The certificates of a server (`ngx_http_ssl_merge_srv_conf`).
    fn certificates(&mut self, served: &Served) -> Done {
        let (own, outer) = (&served.tls, &self.tls);
        let certificates = if own.certificates.is_empty() { &outer.certificates } else { &own.certificates };
        let keys = if own.keys.is_empty() { &outer.keys } else { &own.keys };
        let rejects = own.rejects.or(outer.rejects).unwrap_or(false);
        let mut why = String::new();
        if let Some((true, document, line)) = own.on.as_ref().or(outer.on.as_ref()) {
            let place = ["the \"ssl\" directive in ", document, ":", &line.to_string()].concat();
            if certificates.is_empty() {
                return self.failure(served, &["no \"ssl_certificate\" is defined for ", &place]);
            }
            if keys.is_empty() {
                return self.failure(served, &["no \"ssl_certificate_key\" is defined for ", &place]);
            }
            why = [" and ", &place].concat();
        } else if certificates.is_empty() {
            return Ok(());
        }
        if keys.len() < certificates.len() && (!why.is_empty() || !rejects) {
            let last = &certificates[certificates.len() - 1];
            return self
                .failure(served, &["no \"ssl_certificate_key\" is defined for certificate \"", last, "\"", &why]);
        }
        let loading = |what: &str, path: &str, quoted: bool| {
            let sign = if quoted { "\"" } else { "" };
            [
                "cannot load ", what, " \"", path,
                "\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(",
                path, ", r) error:10000080:BIO routines::no such file)", &sign[..0],
            ]
            .concat()
        };
        for (at, path) in certificates.iter().enumerate() {
            if super::own::has_variable(path) {
                continue;
            }
            if !self.around.certificates.contains(path) {
                let words = loading("certificate", path, true);
                return self.failure(served, &[&words]);
            }
            let key = keys.get(at).map_or("", String::as_str);
            if self.around.other_keys.iter().any(|other| other == key) {
                return self.failure(
                    served,
                    &[
                        "SSL_CTX_use_PrivateKey(\"",
                        key,
                        "\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)",
                    ],
                );
            }
        }
        if own.other || outer.other {
            let words = "what OpenSSL says of this TLS configuration".to_owned();
            self.problems.push(Problem::not_modelled(&served.document, served.at.0, words));
        }
        Ok(())
    }

    /// A socket on which TLS is spoken needs a certificate (`ngx_http_ssl_init`).
    fn sockets_speak_tls(&self) -> Done {
        let has = |server: usize| {
            self.ended
                .get(server - 1)
                .is_some_and(|served| !served.tls.certificates.is_empty() || !self.tls.certificates.is_empty())
        };
        let rejects = |server: usize| {
            self.ended.get(server - 1).is_some_and(|served| served.tls.rejects.or(self.tls.rejects).unwrap_or(false))
        };
        for socket in self.sockets.in_order() {
            let default = socket.default.or(socket.servers.first().copied()).unwrap_or(1);
            if !socket.ssl || has(default) {
                continue;
            }
            let without = if rejects(default) {
                socket.servers.iter().copied().find(|server| !has(*server) && !rejects(*server))
            } else {
                Some(default)
            };
            if let Some(served) = without.and_then(|server| self.ended.get(server - 1)) {
                let line = served.at.2.to_string();
                return self.failure(
                    served,
                    &[
                        "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in ",
                        &served.document,
                        ":",
                        &line,
                    ],
                );
            }
        }
        Ok(())
    }

    /// The names of the servers of each socket (`ngx_http_server_names`).
    fn names(&mut self) -> Done {
        let mut problems = Vec::new();
        for socket in self.sockets.in_order() {
            if socket.servers.len() > 1 {
                self.names_of(socket, &mut problems)?;
            }
        }
        self.problems.extend(problems);
        Ok(())
    }

    fn names_of(&self, socket: &Socket, problems: &mut Vec<Problem>) -> Done {
        let mut taken: Vec<(Kind, &str)> = Vec::new();
        let mut take = |kind: Kind, name| match taken.binary_search(&(kind, name)) {
            Ok(_) => true,
            Err(at) => {
                taken.insert(at, (kind, name));
                false
            }
        };
        let nameless = [(String::new(), 0, 0)];
        for served in socket.servers.iter().filter_map(|server| self.ended.get(server - 1)) {
            let names = if served.names.is_empty() { &nameless[..] } else { &served.names };
            for (name, line, column) in names.iter().filter(|(name, ..)| !name.starts_with('~')) {
                let (line, column) = if *line == 0 { (served.at.0, served.at.1) } else { (*line, *column) };
                let Some((kind, rest)) = hashed(name) else {
                    let words = ["invalid server name or wildcard \"", name, "\" on ", &socket.text].concat();
                    return Err(Box::new(Problem::error(&served.document, line, column, words)));
                };
                let again = match kind {
                    Kind::Both => take(Kind::Exact, rest) || take(Kind::Head, rest),
                    kind => take(kind, rest),
                };
                if again {
                    let words = ["conflicting server name \"", name, "\" on ", &socket.text, ", ignored"].concat();
                    let problem = Problem::error(&served.document, line, column, words);
                    problems.push(Problem { severity: Severity::Warning, ..problem });
                }
            }
        }
        Ok(())
    }
}

/// Lists of ciphers that OpenSSL is known to take.
fn usual_ciphers(list: &str) -> bool {
    list.split(':').any(|cipher| {
        ["HIGH", "DEFAULT", "ALL"].contains(&cipher)
            || cipher.starts_with("ECDHE-") && cipher.ends_with("-SHA256")
            || cipher.ends_with("-SHA384")
    })
}
