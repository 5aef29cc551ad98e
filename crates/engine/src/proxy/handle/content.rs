//! Limits, access, and what a location does: the phases from preaccess to content.

use super::{Go, Machine, Next};
use crate::proxy::choose::network_holds;
use crate::proxy::settings::{self, Key, Setting};
use crate::proxy::upstream::Runtime;
use crate::time::Micros;
use crate::trace::{Basis, Ruling};

impl Machine<'_> {
    /// `client_max_body_size` against what the client announces.
    pub(super) fn body_too_large(&mut self) -> Option<Go> {
        let length: u64 = self.seen().header("Content-Length").filter(|_| self.measured)?.parse().ok()?;
        let setting = self.block().settings.first(Key::BodySize);
        if self.discarded {
            return None;
        }
        let most = setting.and_then(|setting| settings::size(setting.arg(0))).unwrap_or(1 << 20);
        if most == 0 || length <= most {
            return None;
        }
        let basis = setting.map_or(
            Basis::Standard { source: "nginx.org, client_max_body_size", says: "a body has at most 1 MB" },
            |setting| setting.source.clone().into(),
        );
        let words = ["a body of ", &length.to_string(), " bytes is too large: 413"].concat();
        self.decide("body-too-large", Ruling::Refuse, words, basis);
        self.discarded = true;
        Some(Go::Status(413))
    }

    pub(super) fn access(&mut self, runtime: &mut Runtime) -> Go {
        if !self.delayed
            && let Some(go) = self.limit_requests(runtime)
        {
            return go;
        }
        let any = self.block().settings.word(Key::Satisfy) == "any";
        let mut refused = None;
        for check in [Self::by_address, Self::by_password] {
            match check(self) {
                None => {}
                Some(Ok(())) if any => {
                    self.authenticate = None;
                    return Go::Content;
                }
                Some(Ok(())) => {}
                Some(Err(status)) if !any || !matches!(status, 401 | 403) => return Go::Status(status),
                Some(Err(status)) => refused = if refused == Some(401) { refused } else { Some(status) },
            }
        }
        refused.map_or(Go::Content, Go::Status)
    }

    /// `allow` and `deny`: the first that fits (`ngx_http_access_module.c`).
    fn by_address(&mut self) -> Option<Result<(), u16>> {
        let client = self.connection.client.ip();
        let block = self.block();
        let setting = block.settings.all(Key::Access).iter().find(|setting| network_holds(setting.arg(1), client))?;
        let words = [setting.arg(0), " ", setting.arg(1), " fits ", &client.to_string()].concat();
        if setting.arg(0) == "allow" {
            self.decide("access-allowed", Ruling::Allow, words, setting.source.clone());
            return Some(Ok(()));
        }
        self.decide("access-denied", Ruling::Refuse, words + ": 403", setting.source.clone());
        Some(Err(403))
    }

    /// `auth_basic`. No file of passwords exists here, so no password is right: 401 without one, 403 with one.
    fn by_password(&mut self) -> Option<Result<(), u16>> {
        let block = self.block();
        let setting = block.settings.first(Key::AuthBasic)?;
        let realm = self.fill(setting.arg(0));
        block.settings.first(Key::AuthBasicFile)?;
        if realm == "off" {
            return None;
        }
        let given = self.seen().header("Authorization").unwrap_or("");
        let encoded = given.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("basic ")).map(|_| given[6..].trim());
        let pair = encoded.and_then(from_base64);
        if pair.is_some_and(|pair| pair.contains(&b':')) {
            let words = "the file of passwords does not exist: 403".to_owned();
            self.decide("access-denied", Ruling::Refuse, words, setting.source.clone());
            return Some(Err(403));
        }
        let words = "no user name and password: 401".to_owned();
        self.decide("access-denied", Ruling::Refuse, words, setting.source.clone());
        self.authenticate = Some(["Basic realm=\"", &realm, "\""].concat());
        Some(Err(401))
    }

    /// `limit_req`: a bucket for each key, which leaks at the zone's rate (`ngx_http_limit_req_module.c`).
    fn limit_requests(&mut self, runtime: &mut Runtime) -> Option<Go> {
        self.delayed = true;
        let (block, config) = (self.block(), self.config);
        let mut poured = Vec::new();
        let mut wait: Option<(Micros, &Setting)> = None;
        let dry = block.settings.on(Key::LimitReqDryRun, false);
        for setting in block.settings.all(Key::LimitReq) {
            let value = |name: &str| setting.args.iter().find_map(|arg| arg.strip_prefix(name));
            let zone = value("zone=").and_then(|name| config.zones.iter().position(|zone| zone.name == name))?;
            let key = self.fill(&config.zones[zone].key);
            if key.is_empty() {
                continue;
            }
            let burst = value("burst=").and_then(|n| n.parse().ok()).unwrap_or(0);
            let nodelay = setting.args.iter().any(|arg| arg == "nodelay");
            let free: u64 = if nodelay { u64::MAX } else { value("delay=").and_then(|n| n.parse().ok()).unwrap_or(0) };
            match runtime.pour(config, zone, &key, self.now, burst) {
                None if dry => return None,
                None => {
                    let status = block.settings.word(Key::LimitReqStatus).parse().unwrap_or(503);
                    let words = ["limiting requests, by zone \"", &config.zones[zone].name, "\": "];
                    let words = [&words.concat(), status.to_string().as_str()].concat();
                    self.decide("limit-reached", Ruling::Refuse, words, setting.source.clone());
                    return Some(Go::Status(status));
                }
                Some(excess) => {
                    let above = excess.saturating_sub(free.saturating_mul(1000));
                    let span = Micros(above.saturating_mul(1_000_000) / config.zones[zone].rate.max(1) / 1000 * 1000);
                    if wait.is_none_or(|(longest, _)| span > longest) && span > Micros::ZERO {
                        wait = Some((span, setting));
                    }
                    poured.push((zone, key, excess));
                }
            }
        }
        for (zone, key, excess) in poured {
            runtime.keep(zone, &key, self.now, excess);
        }
        let (span, setting) = wait.filter(|_| !dry)?;
        let words = ["holds the request back for ", &(span.0 / 1000).to_string(), " ms"].concat();
        self.decide("limit-delays", Ruling::Choose, words, setting.source.clone());
        Some(Go::Stop(Next::Wait(span)))
    }

    /// `try_files`, then what the location does.
    pub(super) fn content(&mut self, runtime: &mut Runtime) -> Go {
        let block = self.block();
        if let Some((files, source)) = &block.try_files {
            // No file exists here: the last word counts.
            let last = files.last().map_or("", String::as_str);
            let target = self.fill(last);
            let words = ["no such file: ", &target].concat();
            self.decide("try-files", Ruling::Choose, words, source.clone());
            if let Some(code) = last.strip_prefix('=').and_then(|code| code.parse().ok()) {
                // A status that is no error and has no page ends the request before anything is sent.
                let ends = code < 300 && !matches!(code, 201 | 204);
                return if ends { Go::Stop(Next::Close) } else { Go::Status(code) };
            }
            if target.starts_with('@') {
                return self.named(&target);
            }
            return self.redirect_inside(&target);
        }
        if let Some(source) = &block.status_page {
            if !matches!(&*self.method, "GET" | "HEAD") {
                return Go::Status(405);
            }
            return Go::Stop(Next::NotModelled("the numbers of `stub_status`".to_owned(), source.clone()));
        }
        if block.pass.is_some() {
            return self.pass(runtime);
        }
        self.no_file()
    }

    /// Nothing says what to do: nginx looks for a file, and there are none.
    fn no_file(&mut self) -> Go {
        let uri = self.uri.clone();
        let (status, words) = match &*self.method {
            "GET" | "HEAD" | "POST" => (404, ["no file for ", &uri, ": 404 Not Found"].concat()),
            method => (405, ["a file cannot be asked for with ", method, ": 405 Not Allowed"].concat()),
        };
        let basis = self.absent(&["proxy_pass or return for ", &uri].concat());
        self.decide("file-not-found", Ruling::Refuse, words, basis);
        Go::Status(status)
    }
}

/// Decodes base64 (RFC 4648); `None` where it is none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}
