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
    /// Headers are put into a table.
    Headers(Vec<String>),
}

/// The same, with its module's rank and its place.
#[derive(Clone, Debug)]
pub(super) struct Deferred {
    module: usize,
    block: u32,
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
            if words.name == "proxy_set_header" {
                let at = (self.at.0, self.at.1);
                let scope = self.scope();
                scope.headers.push(words.arg(0).to_owned());
                scope.headers_at = at;
            }
            if super::own::has_variable(text) {
                self.later(family, Later::Script(text.to_owned()));
            }
            return;
        }
        self.buffer_setting(words);
        if words.name == "large_client_header_buffers" && super::numbers::size(words.arg(1)).is_some_and(|n| n < 512) {
            if self.context() == 'H' {
                self.unsure("header buffers of `http` that are smaller than its pools");
            }
            self.small = self.small.or(Some((self.at.0, self.at.1)));
        }
        if words.name.ends_with("_hash_max_size") || words.name.ends_with("_hash_bucket_size") {
            if let Some(value) = super::numbers::number(first) {
                self.sizes.push((words.name.to_owned(), value));
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
            let block = self.scope().number;
            self.deferred.push(Deferred { module, block, what, document: self.document.clone(), at });
        }
    }

    /// Everything has been read; `end` is the line on which `http` ends.
    pub(in crate::proxy) fn finish(&mut self, end: u32) -> Done {
        if let Some(at) = self.small.filter(|_| !self.served.is_empty()) {
            self.at = (at.0, at.1, end);
            return self.stop(&[
                "the \"large_client_header_buffers\" size must be equal to or greater than \"connection_pool_size\"",
            ]);
        }
        self.groups_at_the_end()?;
        for served in core::mem::take(&mut self.served) {
            self.certificates(&served)?;
            self.ended.push(served);
        }
        self.merge(end)?;
        if !self.late.is_empty() {
            return Err(Box::new(self.late.remove(0)));
        }
        self.sockets_speak_tls()?;
        self.unknown_variable()?;
        self.names()?;
        self.zones_at_the_end()
    }

    /// The settings of the modules that pass requests on are merged, module by module and block by block.
    fn merge(&mut self, end: u32) -> Done {
        let deferred = core::mem::take(&mut self.deferred);
        let Some(first) = self.first_server() else { return Ok(()) };
        for (module, family) in MODULES.iter().enumerate() {
            let mut later: Vec<Vec<&Deferred>> = vec![Vec::new(); self.blocks()];
            for what in deferred.iter().filter(|what| what.module == module) {
                let block = if self.within_server(what.block) { what.block } else { first };
                later[block as usize].push(what);
            }
            for block in self.merged(module, &later) {
                self.at.2 = end;
                if module < super::buffers::FAMILIES.len() {
                    self.block_agrees(block, module)?;
                }
                for what in &later[block as usize] {
                    what.document.clone_into(&mut self.document);
                    self.at = (what.at.0, what.at.1, end);
                    match &what.what {
                        Later::Script(text) => self.script(text)?,
                        Later::Zone(zone) => self.known_zone(*zone, family)?,
                        Later::Headers(names) => self.headers(names)?,
                    }
                }
            }
        }
        Ok(())
    }

    /// The headers that a block sets, and those that are always set (`ngx_http_proxy_init_headers`).
    fn headers(&mut self, set: &[String]) -> Done {
        let defaults =
            ["Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Keep-Alive", "Expect", "Upgrade"];
        let mut names: Vec<&str> = set.iter().map(String::as_str).collect();
        let missing = |name: &&str| !set.iter().any(|other| other.eq_ignore_ascii_case(name));
        names.extend(defaults.into_iter().filter(missing));
        match self.fits(&self.table("proxy_headers_hash", 512), &names) {
            Some(problem) if problem.severity == Severity::Error => Err(Box::new(problem)),
            problem => {
                self.problems.extend(problem);
                Ok(())
            }
        }
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
        // With a variable in one of them, all are loaded when a client comes.
        let named: Vec<String> =
            certificates.iter().chain(keys).filter(|path| super::own::has_variable(path)).cloned().collect();
        let now = named.is_empty();
        for (at, path) in certificates.iter().enumerate().filter(|_| now) {
            let Some(words) = self.loading(path, keys.get(at).map_or("", String::as_str)) else { continue };
            if words.is_empty() {
                let words = "whether a file that is named without its folder exists".to_owned();
                self.problems.push(Problem::not_modelled(&served.document, served.at.0, words));
                return Ok(());
            }
            return self.failure(served, &[&words]);
        }
        let other = own.other || outer.other;
        named.iter().try_for_each(|path| self.script(path))?;
        if other {
            let words = "what OpenSSL says of this TLS configuration".to_owned();
            self.problems.push(Problem::not_modelled(&served.document, served.at.0, words));
        }
        Ok(())
    }

    /// What OpenSSL says of a certificate and its key; nothing in words where that is not known.
    fn loading(&self, certificate: &str, key: &str) -> Option<String> {
        let around = self.around;
        let is = |files: &[String], path: &str| files.iter().any(|file| file == path);
        let missing = |what: &str, path: &str| {
            if !path.starts_with('/') {
                return String::new();
            }
            ["cannot load ", what, " \"", path, "\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(", path, ", r) error:10000080:BIO routines::no such file)"].concat()
        };
        let is_key = |path: &str| is(around.keys, path) || is(around.other_keys, path);
        if !is(around.certificates, certificate) {
            return Some(match is_key(certificate) {
                true => ["cannot load certificate \"", certificate, "\": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)"].concat(),
                false => missing("certificate", certificate),
            });
        }
        if is(around.other_keys, key) {
            return Some(
                [
                    "SSL_CTX_use_PrivateKey(\"",
                    key,
                    "\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)",
                ]
                .concat(),
            );
        }
        if !around.keys.is_empty() && is(around.certificates, key) {
            return Some(["cannot load certificate key \"", key, "\": PEM_read_bio_PrivateKey() failed (SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)"].concat());
        }
        (!around.keys.is_empty() && !is_key(key)).then(|| missing("certificate key", key))
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
        let mut result = Ok(());
        for socket in self.sockets.in_order() {
            if socket.servers.len() > 1 && result.is_ok() {
                result = self.names_of(socket, &mut problems);
            }
        }
        self.problems.extend(problems);
        result
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
        let of = |wanted: Kind| taken.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, name)| *name);
        let table = self.table("server_names_hash", 512);
        let exact: Vec<&str> = of(Kind::Exact).collect();
        // Wildcards are stored label by label.
        let labels: Vec<&str> = of(Kind::Head).chain(of(Kind::Tail)).flat_map(|name| name.split('.')).collect();
        for problem in [self.fits(&table, &exact), self.fits(&table, &labels).filter(|p| p.severity == Severity::Error)]
        {
            match problem {
                Some(problem) if problem.severity == Severity::Error => return Err(Box::new(problem)),
                problem => problems.extend(problem),
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
