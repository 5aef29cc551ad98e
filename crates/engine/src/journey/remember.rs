//! What the browser remembers of a host beyond addresses and redirects: that it wants HTTPS, and how to resume a session.

use super::Journey;
use crate::message::Response;
use crate::place::Place::{Browser, Proxy};
use crate::proxy::choose::Sessions;
use crate::state::{Secured, Ticket};
use crate::time::Micros;
use crate::trace::{Basis, Ruling};
use crate::url::Url;

/// How long sessions can be resumed (nginx.org, `ssl_session_timeout`, default 5m).
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

    /// The session of this host and port that can be resumed: by its ticket (RFC 8446 section 2.2, RFC 5077), or by its
    /// id where nginx keeps it (`ssl_session_cache`).
    pub(super) fn ticket(&mut self, url: &Url, sessions: &Sessions<'_>) -> Option<Ticket> {
        let here = |ticket: &Ticket| ticket.host == url.host && ticket.port == url.port;
        let at = self.state.tickets.iter().position(here)?;
        if self.state.tickets[at].until > self.record.now {
            return Some(self.state.tickets[at].clone());
        }
        self.state.tickets.remove(at);
        let basis = match sessions.timeout {
            Some((_, source)) => self.basis(source),
            None => Basis::Standard {
                source: "nginx.org, ssl_session_timeout",
                says: "where nothing is said, a session can be resumed for five minutes",
            },
        };
        let words = "the session of the last visit is too old to be resumed".to_owned();
        self.record.decide("session-over", Proxy, Ruling::Choose, words, basis);
        None
    }

    /// The client keeps the session for the next handshake, if there is a way to resume it.
    pub(super) fn keep_ticket(&mut self, url: &Url, sessions: &Sessions<'_>) {
        self.state.tickets.retain(|ticket| ticket.host != url.host || ticket.port != url.port);
        if let Some(source) = sessions.no_tickets.filter(|_| !sessions.kept) {
            let words = "gives no ticket and keeps no session: the next handshake is a full one again".to_owned();
            self.record.decide("session-not-kept", Proxy, Ruling::Choose, words, self.basis(source));
            return;
        }
        let until = self.record.now + sessions.timeout.map_or(TICKET, |(span, _)| *span);
        self.state.tickets.push(Ticket { host: url.host.clone(), port: url.port, until });
    }
}
