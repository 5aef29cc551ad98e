//! The header of nginx's answer (`ngx_http_header_filter_module.c`, `ngx_http_headers_filter_module.c`).

use super::{Go, Machine, Next};
use crate::message::Response;
use crate::proxy::pass;
use crate::proxy::settings::Key;
use crate::text::Text;
use crate::trace::{Basis, Ruling};

impl Machine<'_> {
    /// An answer that nginx makes itself.
    pub(super) fn answer(&mut self, status: u16, content_type: Option<&str>, body: String) -> Go {
        let mut headers = Vec::new();
        headers.extend(
            content_type.filter(|text| !text.is_empty()).map(|value| ("Content-Type".into(), value.to_owned().into())),
        );
        headers.push(("Content-Length".into(), body.len().to_string().into()));
        self.send(Response { status, headers, body, ..Response::default() })
    }

    /// The header filters: status, `Server`, `Location`, `add_header`.
    pub(super) fn send(&mut self, mut response: Response) -> Go {
        let settings = &self.block().settings;
        if self.status > 0 && self.status != response.status {
            response.status = self.status;
            response.reason = Text::default();
        }
        // HTTP/2 has no reason phrases (RFC 9113 section 8.3.2).
        if self.connection.http2 {
            response.reason = Text::default();
        } else if response.reason.is_empty() {
            response.reason = pass::reason(response.status).into();
        }
        self.answering = response.status;
        if let Some(status) = self.conditions(&response) {
            self.decide("condition-checked", Ruling::Answer, status.1, status.2);
            match status.0 {
                304 => {
                    response.status = 304;
                    response.reason = pass::reason(304).into();
                    response.headers.retain(|(name, _)| !matches!(&**name, "Content-Type" | "Content-Length"));
                }
                status => {
                    (self.location, self.authenticate, self.filtering) = (None, None, true);
                    return Go::Status(status);
                }
            }
        }
        response.version = if self.connection.http2 { "HTTP/2.0" } else { "HTTP/1.1" };
        let server = if settings.word(Key::ServerTokens) == "off" { "nginx" } else { "nginx/1.22.1" };
        response.headers.insert(0, ("Server".into(), server.into()));
        if let Some((target, completes)) = self.location.take() {
            let target = if completes { self.complete(&target) } else { target };
            response.headers.push(("Location".into(), target.into()));
        }
        if let Some(realm) = self.authenticate.take() {
            response.headers.push(("WWW-Authenticate".into(), realm.into()));
        }
        self.frame(&mut response);
        self.expire(&mut response);
        self.add_headers(&mut response);
        // Without a header there is nothing to say that no body follows.
        if !self.bare && (self.method == "HEAD" || matches!(response.status, 204 | 304)) {
            response.body = String::new();
        }
        if self.bare {
            response.version = "HTTP/0.9";
            response.headers.clear();
        }
        if response.status == 204 {
            response.headers.retain(|(name, _)| name != "Content-Length" && name != "Content-Type");
        }
        Go::Stop(Next::Respond(response))
    }

    /// What the request makes its answer depend on, for an answer 200 of nginx's own, which has neither a date nor a tag
    /// (`ngx_http_not_modified_header_filter`; RFC 9110 section 13). What an application says passes unchecked.
    fn conditions(&self, response: &Response) -> Option<(u16, &'static str, Basis)> {
        if response.status != 200 || self.passed_on || self.bare {
            return None;
        }
        let request = self.seen();
        let star = |value: &str| value == "*";
        let standard = |source, says| Basis::Standard { source, says };
        if request.header("If-Unmodified-Since").is_some() {
            let basis = standard("RFC 9110 section 13.1.4", "without a date nobody knows that nothing has changed");
            return Some((412, "412: this answer has no date", basis));
        }
        if request.header("If-Match").is_some_and(|value| !star(value)) {
            let basis = standard("RFC 9110 section 13.1.1", "without a tag none of those asked for fits");
            return Some((412, "412: this answer has no tag", basis));
        }
        // What has no date counts as changed.
        if request.header("If-Modified-Since").is_some() || !request.header("If-None-Match").is_some_and(star) {
            return None;
        }
        let basis = standard("RFC 9110 section 13.1.2", "the star stands for whatever there is");
        Some((304, "304: whatever there is was not to be sent", basis))
    }

    /// Without a length a body comes in pieces, or ends with the connection (`ngx_http_chunked_header_filter`).
    fn frame(&self, response: &mut Response) {
        let bodiless = self.method == "HEAD" || response.status < 200 || matches!(response.status, 204 | 304);
        if bodiless || self.bare || self.connection.http2 || response.length().is_some() {
            return;
        }
        let chunked = self.seen().version == "HTTP/1.1" && self.block().settings.on(Key::Chunked, true);
        let at = response.headers.iter().position(|(name, _)| name == "Connection").unwrap_or(response.headers.len());
        match (chunked, response.headers.get_mut(at)) {
            (true, _) => response.headers.insert(at, ("Transfer-Encoding".into(), "chunked".into())),
            (false, Some(connection)) => connection.1 = "close".into(),
            (false, None) => response.headers.push(("Connection".into(), "close".into())),
        }
    }

    /// `add_header`: only with some statuses, unless it says `always`.
    fn add_headers(&mut self, response: &mut Response) {
        let safe = matches!(response.status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308);
        let block = self.block();
        for setting in block.settings.all(Key::AddHeader) {
            let name = setting.arg(0);
            let value = self.fill(setting.arg(1));
            if value.is_empty() {
                continue;
            }
            if safe || setting.arg(2) == "always" {
                // What a browser will look at decides something, so it is written down.
                if name.to_ascii_lowercase().starts_with("access-control-") {
                    let words = ["the answer carries ", name, ": ", &value].concat();
                    self.decide("header-added", Ruling::Choose, words, setting.source.clone());
                }
                response.headers.push((name.to_owned().into(), value.into()));
                continue;
            }
            let status = response.status.to_string();
            let words = [name, " is left out: without `always` it does not go with ", &status].concat();
            self.decide("header-left-out", Ruling::Drop, words, setting.source.clone());
        }
    }

    /// `expires`, as far as no clock is needed.
    fn expire(&self, response: &mut Response) {
        let Some(setting) = self.block().settings.first(Key::Expires) else {
            return;
        };
        let value = match setting.arg(0) {
            "off" | "modified" => return,
            "epoch" => "no-cache".to_owned(),
            "max" => "max-age=315360000".to_owned(),
            text if text.starts_with('-') => "no-cache".to_owned(),
            text => match crate::proxy::settings::time(text) {
                Some(span) => ["max-age=", &(span.0 / 1_000_000).to_string()].concat(),
                None => return,
            },
        };
        if matches!(response.status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308) {
            response.headers.push(("Cache-Control".into(), value.into()));
        }
    }

    /// A `Location` that begins with a slash is completed with scheme, host and port (`absolute_redirect`).
    pub(super) fn complete(&self, target: &str) -> String {
        let settings = &self.block().settings;
        if !target.starts_with('/') || !settings.on(Key::AbsoluteRedirect, true) {
            return target.to_owned();
        }
        let (scheme, usual) = if self.connection.tls { ("https://", 443) } else { ("http://", 80) };
        let server = self.connection.server;
        let named = settings.on(Key::ServerNameInRedirect, false);
        let host = match (named, self.host.is_empty()) {
            (true, _) => self.server_name(),
            (false, false) => self.host.clone(),
            (false, true) => match server.ip() {
                core::net::IpAddr::V6(address) => ["[", &address.to_string(), "]"].concat(),
                address => address.to_string(),
            },
        };
        let with_port = server.port() != usual && settings.on(Key::PortInRedirect, true);
        let port = if with_port { [":", &server.port().to_string()].concat() } else { String::new() };
        [scheme, &host, &port, target].concat()
    }

    /// The type of what `return` sends: `default_type`, unless the path ends as one of the known types.
    pub(super) fn default_type(&self) -> String {
        match self.block().settings.word(Key::DefaultType) {
            "" => "text/plain".to_owned(),
            text => text.to_owned(),
        }
    }
}
