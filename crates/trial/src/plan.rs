//! A situation becomes a trial: addresses below its name, what is answered there, and the calls of `fetch()` in their order.
//!
//! All that page, frame and server are told comes from here, and so does what the engine is asked.

use crate::json::{list, pairs, quote};
use crate::setting::{Hop, Origins, Setting};
use engine::browser::exchange::{Answer, Policy};
use engine::browser::request::{Credentials, Init, Mode, Page, RedirectMode};
use engine::browser::url::Url;

/// Where something is answered, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The origin.
    pub at: String,
    /// Path and query.
    pub target: String,
    /// What is answered.
    pub policy: Policy,
}

/// A trial, ready to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who asks.
    pub page: Page,
    /// What is answered where.
    pub places: Vec<Place>,
    /// The calls of `fetch()`, one after the other.
    pub calls: Vec<Init>,
}

/// The trial of a situation whose words are filled in, under a name that the server has given.
pub fn plan(setting: &Setting, origins: &Origins, id: &str) -> Option<Plan> {
    let page = Page { url: Url::parse(origins.at(crate::setting::To::Own), None)?, opaque: setting.sandbox };
    let target = |name: &str| ["/trial/", id, "/", name].concat();
    let first = target(&["main", &setting.behind].concat());
    let url = |at: &str, target: &str| [at, target].concat();
    let mut places = Vec::new();
    let at = origins.at(setting.to);
    let last = match &setting.hop {
        None => {
            places.push(Place { at: at.to_owned(), target: sent(at, &first)?, policy: setting.policy() });
            at
        }
        Some(Hop { to, answer, .. }) => {
            let (there, next) = (origins.at(*to), target("next"));
            let mut redirect = answer.clone();
            redirect.headers.push(("Location".into(), url(there, &next).into()));
            let policy = Policy { preflight: setting.preflight.clone(), actual: redirect };
            places.push(Place { at: at.to_owned(), target: sent(at, &first)?, policy });
            places.push(Place { at: there.to_owned(), target: next, policy: setting.policy() });
            there
        }
    };
    let mut calls = Vec::new();
    if let Some(cookie) = &setting.cookie {
        let headers = vec![("Set-Cookie".into(), cookie.clone().into()), ("Cache-Control".into(), "no-store".into())];
        let actual = Answer { status: 200, headers, body: String::new() };
        places.push(Place {
            at: last.to_owned(),
            target: target("cookie"),
            policy: Policy { preflight: None, actual },
        });
        calls.push(Init {
            url: url(last, &target("cookie")),
            method: "GET".to_owned(),
            mode: Mode::NoCors,
            credentials: Credentials::Include,
            ..Init::default()
        });
    }
    let call = Init {
        url: url(at, &first),
        method: setting.method.clone(),
        headers: setting.headers.clone(),
        body: setting.body.clone(),
        mode: setting.mode,
        credentials: setting.credentials,
        redirect: setting.redirect,
    };
    calls.extend(vec![call; setting.times.clamp(1, 2)]);
    Some(Plan { page, places, calls })
}

/// Path and query as they leave: without what stands behind `#`, and encoded.
fn sent(at: &str, target: &str) -> Option<String> {
    let url = Url::parse(&[at, target].concat(), None)?;
    Some([url.path, url.query].concat())
}

impl Plan {
    /// What the server is told (`PUT /trials/ID`).
    pub fn places(&self) -> String {
        let place = |place: &Place| {
            let preflight = place.policy.preflight.as_ref().map_or_else(|| "null".to_owned(), answer);
            [
                "{\"at\":",
                &quote(&place.at),
                ",\"target\":",
                &quote(&place.target),
                ",\"policy\":{\"preflight\":",
                &preflight,
                ",\"actual\":",
                &answer(&place.policy.actual),
                "}}",
            ]
            .concat()
        };
        ["{\"places\":", &list(self.places.iter().map(place)), "}"].concat()
    }

    /// What the frame is told: the calls of `fetch()`.
    pub fn calls(&self) -> String {
        list(self.calls.iter().map(call))
    }
}

fn answer(answer: &Answer) -> String {
    let headers = pairs(answer.headers.iter().map(|(name, value)| (&**name, &**value)));
    let status = answer.status.to_string();
    ["{\"status\":", &status, ",\"headers\":", &headers, ",\"body\":", &quote(&answer.body), "}"].concat()
}

fn call(init: &Init) -> String {
    let headers = pairs(init.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let body = init.body.as_ref().map_or_else(String::new, |body| [",\"body\":", &quote(body)].concat());
    [
        "{\"url\":",
        &quote(&init.url),
        ",\"init\":{\"method\":",
        &quote(&init.method),
        ",\"headers\":",
        &headers,
        &body,
        ",\"mode\":\"",
        mode(init.mode),
        "\",\"credentials\":\"",
        credentials(init.credentials),
        "\",\"redirect\":\"",
        redirect(init.redirect),
        "\"}}",
    ]
    .concat()
}

/// The word of a mode.
pub const fn mode(mode: Mode) -> &'static str {
    mode.word()
}

/// The word of a credentials mode.
pub const fn credentials(credentials: Credentials) -> &'static str {
    credentials.word()
}

/// The word of a redirect mode.
pub const fn redirect(redirect: RedirectMode) -> &'static str {
    match redirect {
        RedirectMode::Follow => "follow",
        RedirectMode::Error => "error",
        RedirectMode::Manual => "manual",
    }
}
