//! A status without a body: `error_page`, or else nginx's own page (`ngx_http_special_response.c`).

use super::{Go, Machine, Next};
use crate::proxy::pass;
use crate::proxy::settings::{Key, Setting};
use crate::trace::Ruling;

impl Machine<'_> {
    pub(super) fn special(&mut self, status: u16) -> Go {
        if status == 444 {
            // Since nginx 1.15.2 the directive is for 444 as well.
            let resets = self.block().settings.on(Key::ResetTimedOut, false);
            return Go::Stop(if resets { Next::Reset } else { Next::Close });
        }
        let block = self.block();
        // As at every other point: what is not modelled here might decide.
        if let Some(go) = self.unmodelled() {
            return go;
        }
        self.status = status;
        let pages = block.settings.all(Key::ErrorPage);
        if !self.error_page && !pages.is_empty() && self.changes != 0 {
            if !block.settings.on(Key::RecursiveErrorPages, false) {
                self.error_page = true;
            }
            let text = status.to_string();
            let fits = |page: &&Setting| page.args[..page.args.len() - 1].contains(&text);
            if let Some(page) = pages.iter().find(fits) {
                return self.error_page(status, page);
            }
        }
        let shown = if matches!(status, 494..=497) { 400 } else { status };
        self.status = shown;
        let body = match pass::page(status, self.tells_version()) {
            Some(page) => page + self.padding(status),
            None => String::new(),
        };
        let content_type = if body.is_empty() { None } else { Some("text/html") };
        self.answer(shown, content_type, body)
    }

    /// `error_page 404 502 =200 /page`.
    fn error_page(&mut self, status: u16, page: &Setting) -> Go {
        let count = page.args.len();
        let change = page.args[..count - 1].last().and_then(|arg| arg.strip_prefix('='));
        let usual = if matches!(status, 494..=497) { 400 } else { status };
        // A bare `=` takes the status of what is shown.
        let becomes = change.map_or(usual, |code| code.parse().unwrap_or(0));
        self.status = becomes;
        let target = self.fill(page.arg(count - 1));
        let words = [&status.to_string(), " is answered by ", &target].concat();
        self.decide("error-page", Ruling::Choose, words, page.source.clone());
        if target.starts_with('/') {
            if self.method != "HEAD" {
                self.method = "GET".into();
            }
            return self.redirect_inside(&target);
        }
        if target.starts_with('@') {
            return self.named(&target);
        }
        let becomes = if matches!(becomes, 301 | 302 | 303 | 307 | 308) { becomes } else { 302 };
        self.status = becomes;
        self.location = Some((target, false));
        let body = pass::page(becomes, self.tells_version()).unwrap_or_default() + self.padding(becomes);
        self.answer(becomes, Some("text/html"), body)
    }

    fn tells_version(&self) -> &'static str {
        match self.block().settings.word(Key::ServerTokens) {
            "off" => "nginx",
            _ => "nginx/1.22.1",
        }
    }

    /// From 400 on, browsers that call themselves Chrome get six lines more (`msie_padding`).
    fn padding(&self, status: u16) -> &'static str {
        let agent = self.seen().header("User-Agent").unwrap_or("");
        let chrome = crate::text::contains(agent, "Chrome/") || crate::text::contains(agent, "MSIE ");
        let wanted = chrome && status >= 400 && self.block().settings.on(Key::Padding, true);
        if wanted { pass::PADDING } else { "" }
    }
}
