//! What the browser remembers of a host beyond addresses and redirects: that it wants HTTPS, and how to resume a session.

use super::Journey;
use crate::message::Response;
use crate::place::Place::Browser;
use crate::state::{Secured, Ticket};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;

/// How long nginx's session tickets are good (nginx.org, `ssl_session_timeout`, default 5m).
const TICKET: Micros = Micros::seconds(300);

impl Journey<'_> {
    /// HSTS: where the host has asked for it, `http` becomes `https` before anything is sent (RFC 6797 section 8.3).
    /// Chromium shows it as a redirect of its own, `307 Internal Redirect`.
    pub(super) fn upgrade(&mut self, url: &Url) -> Option<Url> {
        let now = self.record.now;
        self.state.secured.retain(|known| known.until > now);
        let below = |known: &Secured| {
            let rest = url.host.strip_suffix(known.host.as_str());
            known.subdomains && rest.is_some_and(|rest| rest.ends_with('.'))
        };
        let known = self.state.secured.iter().find(|known| known.host == url.host || below(known))?;
        if url.secure || url.address().is_some() {
            return None;
        }
        let what = ["Strict-Transport-Security of ", &known.host, ": ", &known.policy].concat();
        let port = if url.port == 80 { 443 } else { url.port };
        let next = Url { secure: true, port, ..url.clone() };
        let words = ["307 Internal Redirect to ", &next.text(), ": nothing is sent in the clear"].concat();
        self.record.decide("hsts-upgrades", Browser, Ruling::Choose, words, Basis::State { what });
        Some(next)
    }

    /// Notes the host's wish, if it came over TLS (RFC 6797 section 8.1). The first header counts.
    pub(super) fn note_policy(&mut self, url: &Url, response: &Response) {
        let Some(policy) = response.header("Strict-Transport-Security") else { return };
        if !url.secure || url.address().is_some() {
            return;
        }
        let (mut age, mut subdomains) = (None, false);
        for directive in policy.split(';') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => age = value.trim().trim_matches('"').parse::<u64>().ok(),
                "includesubdomains" => subdomains = true,
                _ => {}
            }
        }
        let Some(age) = age else { return };
        self.state.secured.retain(|known| known.host != url.host);
        if age > 0 {
            // Nobody waits for longer than a thousand years.
            let until = self.record.now + Micros::seconds(age.min(32_000_000_000));
            let (host, policy) = (url.host.clone(), policy.to_owned());
            self.state.secured.push(Secured { host, until, subdomains, policy });
        }
    }

    /// The ticket with which a session of this host and port can be resumed (RFC 8446 section 2.2).
    pub(super) fn ticket(&mut self, url: &Url) -> Option<Ticket> {
        let now = self.record.now;
        self.state.tickets.retain(|ticket| ticket.until > now);
        self.state.tickets.iter().find(|ticket| ticket.host == url.host && ticket.port == url.port).cloned()
    }

    /// nginx sends a new ticket after every handshake.
    pub(super) fn keep_ticket(&mut self, url: &Url) {
        self.state.tickets.retain(|ticket| ticket.host != url.host || ticket.port != url.port);
        let until = self.record.now + TICKET;
        self.state.tickets.push(Ticket { host: url.host.clone(), port: url.port, until });
    }
}
