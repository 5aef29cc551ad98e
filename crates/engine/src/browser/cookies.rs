//! Cookies, as far as they matter to a fetch: which are kept, and which request carries them (RFC 6265bis, draft 22, with
//! the redirect-taint of the Fetch standard).
//!
//! Left out: `Expires` (only `Max-Age` ends a cookie), the list of public suffixes, how many cookies are kept, and
//! `document.cookie`.

use super::exchange::Answer;
use super::origin::{Origin, same_origin, same_site, serialize, trustworthy};
use super::profile::{Profile, ThirdParty};
use super::request::{Credentials, Mode, Request, Taint, Tainting};
use super::url::Url;
use crate::text;
use crate::time::Micros;

/// What `SameSite` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SameSite {
    /// For every request.
    None,
    /// Nothing.
    Unset,
    /// For its own site, and where somebody opens a page of it.
    Lax,
    /// For its own site.
    Strict,
}

/// A cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host, or the domain above it.
    pub domain: String,
    /// Whether it is for that host alone.
    pub host_only: bool,
    /// The path that it is for.
    pub path: String,
    /// Whether it is for TLS only.
    pub secure: bool,
    /// What `SameSite` says.
    pub same_site: SameSite,
    /// The site on top for which it is kept; none where it is the same for all.
    pub partition: Option<String>,
    /// When it ends, if it does.
    pub until: Option<Micros>,
}

/// The cookies of a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jar {
    /// In the order in which they came.
    pub cookies: Vec<Cookie>,
}

/// Whether a request [includes credentials](https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch): it may
/// carry cookies, and its answer may set some.
pub fn includes_credentials(request: &Request, profile: &Profile) -> bool {
    let keeps = profile.no_cors_keeps_credentials && request.mode == Mode::NoCors;
    match request.credentials {
        Credentials::Include => true,
        Credentials::SameOrigin if keeps => same_origin(&request.origin, &request.urls[0].origin()),
        Credentials::SameOrigin => request.tainting == Tainting::Basic,
        Credentials::Omit => false,
    }
}

/// Whether the request stays within the site of the page on top: then all its cookies may go with it.
fn within_site(request: &Request, profile: &Profile) -> bool {
    (request.origin != Origin::Opaque || profile.sandbox_within_site)
        && same_site(&request.top, &request.url().origin())
        && (profile.same_site_ignores_redirects || request.redirect_taint() != Taint::CrossSite)
}

impl Jar {
    /// The header `Cookie` for a request that includes credentials.
    pub fn header(&self, request: &Request, profile: &Profile, now: Micros) -> Option<String> {
        let url = request.url();
        let within = within_site(request, profile);
        let fits = |cookie: &&Cookie| {
            cookie.until.is_none_or(|until| until > now)
                && url.host.as_deref().is_some_and(|host| cookie.reaches(host))
                && path_matches(&url.path, &cookie.path)
                && (!cookie.secure || secure(url, profile))
                && (within || cookie.same_site == SameSite::None)
                && cookie.partition == partition(request, profile)
        };
        let blocked = blocked(request, profile, within);
        let mut cookies: Vec<&Cookie> = self.cookies.iter().filter(fits).filter(|_| !blocked).collect();
        // Longer paths first.
        text::sort(&mut cookies, |cookie| core::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = cookies.iter().map(|cookie| [&*cookie.name, "=", &cookie.value].concat()).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Keeps what an answer sets, if its request included credentials.
    pub fn store(&mut self, request: &Request, answer: &Answer, profile: &Profile, now: Micros) {
        let within = within_site(request, profile);
        if blocked(request, profile, within) {
            return;
        }
        for (name, value) in answer.received() {
            let Some(mut cookie) =
                parse(&value, request.url(), profile, now).filter(|_| name.eq_ignore_ascii_case("set-cookie"))
            else {
                continue;
            };
            if cookie.same_site == SameSite::Unset && profile.unset_same_site_is_none {
                cookie.same_site = SameSite::None;
            }
            if !within && cookie.same_site != SameSite::None {
                continue;
            }
            cookie.partition = partition(request, profile);
            let same = |old: &Cookie| {
                (&old.name, &old.domain, old.host_only, &old.path, &old.partition)
                    == (&cookie.name, &cookie.domain, cookie.host_only, &cookie.path, &cookie.partition)
            };
            self.cookies.retain(|old| !same(old));
            if cookie.until.is_none_or(|until| until > now) {
                self.cookies.push(cookie);
            }
        }
    }
}

/// Whether cookies are neither sent nor kept, since they are those of another site.
fn blocked(request: &Request, profile: &Profile, within: bool) -> bool {
    let own = profile.sandbox_within_site && same_site(&request.top, &request.url().origin());
    profile.third_party == ThirdParty::Blocked && !within && !own
}

/// The site on top, for which a cookie of another site is kept; whatever has redirected.
fn partition(request: &Request, profile: &Profile) -> Option<String> {
    let own = request.origin != Origin::Opaque && same_site(&request.top, &request.url().origin());
    (!own && profile.third_party == ThirdParty::Partitioned).then(|| serialize(&request.top))
}

impl Cookie {
    fn reaches(&self, host: &str) -> bool {
        host == self.domain || !self.host_only && domain_matches(host, &self.domain)
    }
}

fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie.ends_with('/'))
}

/// Whether a cookie with `Secure` may go this way: over TLS, and what else a browser takes for as good (RFC 6265bis leaves
/// that to it).
fn secure(url: &Url, profile: &Profile) -> bool {
    url.scheme == "https" || profile.secure_on_loopback && trustworthy(&url.origin())
}

/// Reads `Set-Cookie` (RFC 6265bis section 5.6); none where the cookie is not taken.
fn parse(line: &str, url: &Url, profile: &Profile, now: Micros) -> Option<Cookie> {
    let host = url.host.clone()?;
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
    let folder = url.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: host.clone(),
        host_only: true,
        path: if folder.is_empty() { "/" } else { folder }.to_owned(),
        secure: false,
        same_site: SameSite::Unset,
        partition: None,
        until: None,
    };
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.trim().is_empty() => {
                cookie.domain = value.trim().trim_start_matches('.').to_ascii_lowercase();
                cookie.host_only = false;
            }
            "path" if value.trim().starts_with('/') => cookie.path = value.trim().to_owned(),
            "secure" => cookie.secure = true,
            "samesite" => {
                cookie.same_site = match value.trim().to_ascii_lowercase().as_str() {
                    "none" => SameSite::None,
                    "strict" => SameSite::Strict,
                    "lax" => SameSite::Lax,
                    _ => SameSite::Unset,
                }
            }
            "max-age" => {
                if let Ok(seconds) = value.trim().parse::<i64>() {
                    cookie.until = Some(now + Micros(u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000_000)));
                }
            }
            _ => {}
        }
    }
    let prefixed = |prefix: &str| cookie.name.get(..prefix.len()).is_some_and(|p| p.eq_ignore_ascii_case(prefix));
    let taken = domain_matches(&host, &cookie.domain)
        && (!cookie.secure || secure(url, profile))
        && (cookie.same_site != SameSite::None || cookie.secure || profile.none_without_secure)
        && (!prefixed("__Secure-") || cookie.secure)
        && (!prefixed("__Host-") || cookie.secure && cookie.host_only && cookie.path == "/");
    taken.then_some(cookie)
}
