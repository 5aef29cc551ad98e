//! The table of nginx's directives: where each may stand, how many arguments it takes, and whether it is modelled.
//!
//! A directive that is in the table but not modelled is accepted, as nginx accepts it, and reported as not modelled.

/// Where a directive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// In `http { }`, where the files of `conf.d` are included.
    Http,
    /// In `server { }`.
    Server,
    /// In `location { }`.
    Location,
    /// In `upstream { }`.
    Upstream,
    /// In `if { }` of a server or a location, and `limit_except { }`.
    If,
}

impl Context {
    /// The bit in [`Rule::contexts`].
    pub const fn bit(self) -> u8 {
        match self {
            Self::Http => H,
            Self::Server => S,
            Self::Location => L,
            Self::Upstream => U,
            Self::If => I,
        }
    }
}

const H: u8 = 1;
const S: u8 = 2;
const L: u8 = 4;
const U: u8 = 8;
const I: u8 = 16;
/// Any number of arguments.
const MANY: usize = usize::MAX;

/// One form of a directive.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name.
    pub name: &'static str,
    /// The contexts it may stand in, as bits.
    pub contexts: u8,
    /// The fewest arguments.
    pub least: usize,
    /// The most arguments.
    pub most: usize,
    /// Whether it has a block.
    pub block: bool,
    /// Whether this engine does what it says; else the effect is left out, and said so.
    pub modelled: bool,
}

const fn rule(name: &'static str, contexts: u8, least: usize, most: usize, modelled: bool) -> Rule {
    Rule { name, contexts, least, most, block: false, modelled }
}

const fn block(name: &'static str, contexts: u8, least: usize, most: usize, modelled: bool) -> Rule {
    Rule { name, contexts, least, most, block: true, modelled }
}

/// The directives, by name, from the index at nginx.org/en/docs/dirindex.html; the rows of one name stand together.
const TABLE: &[Rule] = &[
    rule("access_log", H | S | L | I, 1, MANY, true),
    rule("add_header", H | S | L | I, 2, 3, false),
    rule("alias", L, 1, 1, false),
    rule("allow", H | S | L | I, 1, 1, false),
    rule("auth_basic", H | S | L | I, 1, 1, false),
    rule("auth_basic_user_file", H | S | L | I, 1, 1, false),
    rule("autoindex", H | S | L, 1, 1, false),
    rule("break", S | L | I, 0, 0, false),
    rule("charset", H | S | L | I, 1, 1, false),
    rule("client_body_timeout", H | S | L, 1, 1, false),
    rule("client_header_timeout", H | S, 1, 1, false),
    rule("client_max_body_size", H | S | L, 1, 1, false),
    rule("default_type", H | S | L, 1, 1, false),
    rule("deny", H | S | L | I, 1, 1, false),
    rule("error_log", H | S | L, 1, MANY, true),
    rule("error_page", H | S | L | I, 2, MANY, false),
    rule("expires", H | S | L | I, 1, 2, false),
    rule("gzip", H | S | L | I, 1, 1, false),
    rule("gzip_types", H | S | L, 1, MANY, false),
    block("if", S | L, 1, MANY, false),
    rule("include", H | S | L | U | I, 1, 1, false),
    rule("index", H | S | L, 1, MANY, true),
    rule("internal", L, 0, 0, false),
    rule("keepalive", U, 1, 1, false),
    rule("keepalive_timeout", H | S | L, 1, 2, true),
    rule("large_client_header_buffers", H | S, 2, 2, false),
    block("limit_except", L, 1, MANY, false),
    rule("limit_req", H | S | L, 1, 3, false),
    rule("limit_req_status", H | S | L, 1, 1, false),
    rule("limit_req_zone", H, 3, 4, false),
    rule("listen", S, 1, MANY, true),
    block("location", S | L, 1, 2, true),
    rule("log_format", H, 2, MANY, true),
    block("map", H, 2, 2, false),
    rule("merge_slashes", H | S, 1, 1, false),
    rule("proxy_buffering", H | S | L, 1, 1, false),
    rule("proxy_cache_bypass", H | S | L, 1, MANY, true),
    rule("proxy_connect_timeout", H | S | L, 1, 1, false),
    rule("proxy_http_version", H | S | L, 1, 1, true),
    rule("proxy_intercept_errors", H | S | L, 1, 1, false),
    rule("proxy_next_upstream", H | S | L, 1, MANY, false),
    rule("proxy_pass", L | I, 1, 1, true),
    rule("proxy_read_timeout", H | S | L, 1, 1, true),
    rule("proxy_redirect", H | S | L, 1, 2, false),
    rule("proxy_send_timeout", H | S | L, 1, 1, false),
    rule("proxy_set_header", H | S | L, 2, 2, true),
    rule("return", S | L | I, 1, 2, true),
    rule("rewrite", S | L | I, 2, 3, false),
    rule("root", H | S | L | I, 1, 1, true),
    rule("send_timeout", H | S | L, 1, 1, false),
    block("server", H, 0, 0, true),
    rule("server", U, 1, MANY, true),
    rule("server_name", S, 1, MANY, true),
    rule("server_names_hash_bucket_size", H, 1, 1, true),
    rule("server_tokens", H | S | L, 1, 1, false),
    rule("set", S | L | I, 2, 2, false),
    rule("ssl_certificate", H | S, 1, 1, true),
    rule("ssl_certificate_key", H | S, 1, 1, true),
    rule("ssl_ciphers", H | S, 1, 1, false),
    rule("ssl_dhparam", H | S, 1, 1, true),
    rule("ssl_prefer_server_ciphers", H | S, 1, 1, true),
    rule("ssl_protocols", H | S, 1, MANY, false),
    rule("ssl_reject_handshake", H | S, 1, 1, true),
    rule("ssl_session_cache", H | S, 1, 2, true),
    rule("ssl_session_tickets", H | S, 1, 1, true),
    rule("ssl_session_timeout", H | S, 1, 1, true),
    rule("tcp_nodelay", H | S | L, 1, 1, true),
    rule("tcp_nopush", H | S | L, 1, 1, true),
    rule("try_files", S | L, 2, MANY, false),
    block("types", H | S | L, 0, 0, true),
    block("upstream", H, 1, 1, true),
];

/// Directives that decide about a request and are not modelled: a request that meets one is not answered by guessing.
pub const DECIDES: [&str; 13] = [
    "alias",
    "allow",
    "auth_basic",
    "break",
    "deny",
    "error_page",
    "if",
    "internal",
    "limit_except",
    "limit_req",
    "merge_slashes",
    "rewrite",
    "try_files",
];

/// Directives without a block that may stand several times in one block; of all others the second one is an error
/// (`ngx_conf_set_str_slot` and its like).
pub const REPEATED: [&str; 28] = [
    "access_log",
    "add_header",
    "allow",
    "break",
    "deny",
    "error_log",
    "error_page",
    "gzip_types",
    "include",
    "index",
    "internal",
    "limit_req",
    "limit_req_zone",
    "listen",
    "log_format",
    "proxy_cache_bypass",
    "proxy_next_upstream",
    "proxy_redirect",
    "proxy_set_header",
    "return",
    "rewrite",
    "server",
    "server_name",
    "set",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_protocols",
    "ssl_session_cache",
];

/// The forms of the directive `name`; `None` where nginx knows no such directive (as far as this table goes).
pub fn find(name: &str) -> Option<&'static [Rule]> {
    let first = TABLE.iter().position(|rule| rule.name == name)?;
    let count = TABLE[first..].iter().take_while(|rule| rule.name == name).count();
    Some(&TABLE[first..first + count])
}

/// The context inside the block of a directive; `None` where the inside is a language of its own.
pub fn inside(name: &str, outside: Context) -> Option<Context> {
    Some(match (name, outside) {
        ("server", _) => Context::Server,
        ("location", _) => Context::Location,
        ("upstream", _) => Context::Upstream,
        ("if" | "limit_except", _) => Context::If,
        _ => return None,
    })
}
