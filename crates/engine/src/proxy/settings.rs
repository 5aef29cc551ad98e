//! The directives that hold for a block and for all blocks inside it, until one of them has its own: then all
//! inherited ones of that name are discarded.

use crate::problem::Source;
use crate::time::Micros;
use std::sync::Arc;

/// One directive in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its arguments; for `allow`, `deny`, `root` and `alias` the name comes first.
    pub args: Vec<String>,
    /// The line.
    pub source: Source,
}

impl Setting {
    /// An argument, empty where there is none.
    pub fn arg(&self, index: usize) -> &str {
        self.args.get(index).map_or("", String::as_str)
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident $($name:literal)+;)*) => {
        /// The directives that are inherited, by what they set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key { $($(#[$doc])* $key,)* }
        /// What each directive sets.
        const NAMES: &[(&str, Key)] = &[$($(($name, Key::$key),)+)*];
    };
}

keys! {
    /// In order, as they are asked.
    Access "allow" "deny";
    /// Headers of the answer.
    AddHeader "add_header";
    /// Whether a `Location` is completed.
    AbsoluteRedirect "absolute_redirect";
    /// A user name and password are asked for.
    AuthBasic "auth_basic";
    /// Where they are.
    AuthBasicFile "auth_basic_user_file";
    /// The longest body.
    BodySize "client_max_body_size";
    /// Whether a body without a length comes in pieces.
    Chunked "chunked_transfer_encoding";
    /// The type of what `return` sends.
    DefaultType "default_type";
    /// What is shown in place of an error.
    ErrorPage "error_page";
    /// `Cache-Control` and `Expires`.
    Expires "expires";
    /// How long to try to connect to a server of gRPC.
    GrpcConnectTimeout "grpc_connect_timeout";
    /// How long to wait for its answer.
    GrpcReadTimeout "grpc_read_timeout";
    /// Headers of the request to it.
    GrpcSetHeader "grpc_set_header";
    /// The first buffer for request line and headers.
    HeaderBuffer "client_header_buffer_size";
    /// The longest request line and header.
    HeaderBuffers "large_client_header_buffers";
    /// Whether headers with odd names are dropped.
    IgnoreInvalid "ignore_invalid_headers";
    /// How many requests a second.
    LimitReq "limit_req";
    /// The status of those that are too many.
    LimitReqStatus "limit_req_status";
    /// Only counts.
    LimitReqDryRun "limit_req_dry_run";
    /// Whether double slashes count once.
    MergeSlashes "merge_slashes";
    /// Padding of error pages.
    Padding "msie_padding";
    /// Whether a `Location` gets the port.
    PortInRedirect "port_in_redirect";
    /// How long to try to connect.
    ConnectTimeout "proxy_connect_timeout";
    /// The domain of cookies from behind.
    CookieDomain "proxy_cookie_domain";
    /// The path of cookies from behind.
    CookiePath "proxy_cookie_path";
    /// The flags of cookies from behind.
    CookieFlags "proxy_cookie_flags";
    /// Headers from behind that stay behind.
    HideHeader "proxy_hide_header";
    /// Headers from behind that would stay behind.
    PassHeader "proxy_pass_header";
    /// The version of the request.
    HttpVersion "proxy_http_version";
    /// Headers from behind that nginx does not obey.
    IgnoreHeaders "proxy_ignore_headers";
    /// Whether errors from behind get pages of their own.
    InterceptErrors "proxy_intercept_errors";
    /// The method of the request.
    ProxyMethod "proxy_method";
    /// When another server is asked.
    NextUpstream "proxy_next_upstream";
    /// For how long.
    NextTimeout "proxy_next_upstream_timeout";
    /// How often.
    NextTries "proxy_next_upstream_tries";
    /// Whether the body is passed on.
    PassBody "proxy_pass_request_body";
    /// Whether headers are passed on.
    PassHeaders "proxy_pass_request_headers";
    /// How long to wait for the answer.
    ReadTimeout "proxy_read_timeout";
    /// `Location` from behind.
    Redirect "proxy_redirect";
    /// The body of the request.
    SetBody "proxy_set_body";
    /// Headers of the request.
    SetHeader "proxy_set_header";
    /// Whether a connection that is given up is reset.
    ResetTimedOut "reset_timedout_connection";
    /// Whether an error page may lead to another.
    RecursiveErrorPages "recursive_error_pages";
    /// Where files are.
    Root "root" "alias";
    /// Who resolves names at run time.
    Resolver "resolver";
    /// Whether one of the checks is enough.
    Satisfy "satisfy";
    /// Whether a `Location` gets the server's name.
    ServerNameInRedirect "server_name_in_redirect";
    /// Whether the version is told.
    ServerTokens "server_tokens";
    /// Whether clients must show a certificate; none here has one.
    VerifyClient "ssl_verify_client";
    /// Whether headers with underscores are taken.
    Underscores "underscores_in_headers";
}

impl Key {
    /// What a directive sets.
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
    }
}

/// The settings of a block, its own and the inherited ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<(Key, Arc<[Setting]>)>);

impl Settings {
    /// All that are in force, in order.
    pub fn all(&self, key: Key) -> &[Setting] {
        self.0.iter().find(|(other, _)| *other == key).map_or(&[], |(_, settings)| settings)
    }

    /// The first one.
    pub fn first(&self, key: Key) -> Option<&Setting> {
        self.all(key).first()
    }

    /// The first argument of the first one; empty where there is none.
    pub fn word(&self, key: Key) -> &str {
        self.first(key).map_or("", |setting| setting.arg(0))
    }

    /// Whether it says `on`; `usual` where it says nothing.
    pub fn on(&self, key: Key, usual: bool) -> bool {
        match self.word(key) {
            "" => usual,
            word => word.eq_ignore_ascii_case("on"),
        }
    }

    /// A time, and its line.
    pub fn time(&self, key: Key, usual: Micros) -> (Micros, Option<Source>) {
        match self.first(key) {
            Some(setting) => (time(setting.arg(0)).unwrap_or(usual), Some(setting.source.clone())),
            None => (usual, None),
        }
    }

    /// Puts a block's own settings in place of the inherited ones.
    pub fn replace(&mut self, own: Vec<(Key, Setting)>) {
        let mut own: Vec<(Key, Option<Setting>)> = own.into_iter().map(|(key, setting)| (key, Some(setting))).collect();
        for at in 0..own.len() {
            let key = own[at].0;
            if own[at].1.is_some() {
                let same = own[at..].iter_mut().filter(|(other, _)| *other == key);
                let all: Vec<Setting> = same.filter_map(|(_, setting)| setting.take()).collect();
                self.0.retain(|(other, _)| *other != key);
                self.0.push((key, all.into()));
            }
        }
    }
}

/// A time as nginx writes it: `60`, `60s`, `1m`, `500ms`, `1h30m` (nginx.org, "Configuration file measurement units").
pub fn time(text: &str) -> Option<Micros> {
    let (mut total, mut rest) = (0u64, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().ok()?;
        let unit = &rest[end..];
        let length = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let scale: u64 = match unit[..length].trim() {
            "ms" => 1_000,
            "" | "s" => 1_000_000,
            "m" => 60_000_000,
            "h" => 3_600_000_000,
            "d" => 86_400_000_000,
            "w" => 604_800_000_000,
            "M" => 2_592_000_000_000,
            "y" => 31_536_000_000_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(scale)?)?;
        rest = &unit[length..];
    }
    (!text.is_empty()).then_some(Micros(total))
}

/// A size: `10`, `8k`, `1m`, `1g`.
pub fn size(text: &str) -> Option<u64> {
    let (digits, scale) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1 << 10),
        b'm' | b'M' => (&text[..text.len() - 1], 1 << 20),
        b'g' | b'G' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(scale)
}
