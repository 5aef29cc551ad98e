//! Which of nginx's directives this engine obeys. What nginx accepts at all is the affair of [`super::syntax`].
//!
//! A directive that nginx knows and that is not in the list is accepted, as nginx accepts it, and reported as not
//! modelled.

/// Directives whose effect is modelled, or that have none that could be seen here.
const MODELLED: [&str; 34] = [
    "access_log",
    "error_log",
    "index",
    "keepalive_timeout",
    "listen",
    "location",
    "log_format",
    "proxy_cache_bypass",
    "proxy_http_version",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_set_header",
    "return",
    "root",
    "server",
    "server_name",
    "server_names_hash_bucket_size",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_dhparam",
    "ssl_prefer_server_ciphers",
    "ssl_reject_handshake",
    "ssl_session_cache",
    "ssl_session_tickets",
    "ssl_session_timeout",
    "tcp_nodelay",
    "tcp_nopush",
    "types",
    "types_hash_max_size",
    "types_hash_bucket_size",
    "upstream",
    "variables_hash_max_size",
    "variables_hash_bucket_size",
    "sendfile",
];

/// Whether the engine does what the directive says.
pub fn modelled(name: &str) -> bool {
    MODELLED.contains(&name)
}

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
