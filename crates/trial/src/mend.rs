//! The fewest changes of the servers' answers after which script reads the answer, found by running the engine.
//!
//! What is refused is mended where it was refused, until nothing is; then every change is taken back that was not needed.
//! Permissions are as narrow as can be: the origin by its name, the method and the headers that are asked for, and never `*`.

use crate::plan::plan;
use crate::setting::{Origins, Setting};
use crate::told::predict;
use engine::browser::chromium::Reason;
use engine::browser::exchange::{Answer, Sent};
use engine::browser::fetch::{Event, Fetched};
use engine::browser::profile::Profile;
use engine::browser::request::Credentials;
use engine::message::Header;

/// Whose answer is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Where {
    /// That of the server that is asked after a redirect.
    pub next: bool,
    /// That to the preflight.
    pub preflight: bool,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// One line of this name and value, in place of all of that name.
    Line(&'static str, String),
    /// The status.
    Status(u16),
}

/// What one server needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its address.
    pub url: String,
    /// The origin that may read, as `Origin` says it.
    pub origin: String,
    /// Whether cookies go along.
    pub credentials: bool,
    /// The method, if it must be listed.
    pub method: Option<String>,
    /// The headers that must be listed.
    pub headers: Vec<String>,
    /// Whether it is asked beforehand.
    pub preflight: bool,
}

/// What would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mended {
    /// Nothing is to be mended: script reads the answer.
    Reads,
    /// These changes help; each server that needs one.
    Changes(Vec<(Where, What)>, Vec<Need>),
    /// No header of any server helps; why, in words.
    Never(String),
}

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";

/// What would help in this situation, whose words are filled in.
pub fn mend(setting: &Setting, origins: &Origins, profile: &Profile) -> Mended {
    const MOST: usize = 16;
    let once = Setting { times: 1, ..setting.clone() };
    let mut changes: Vec<(Where, What)> = Vec::new();
    let mut needs: Vec<Need> = Vec::new();
    for _ in 0..MOST {
        let Some(fetched) = run(&changed(&once, &changes), origins, profile) else {
            return Mended::Never("this is no address of the test server".to_owned());
        };
        if fetched.seen.readable().is_some() {
            if changes.is_empty() {
                return Mended::Reads;
            }
            changes = fewest(&once, changes, origins, profile);
            needs.retain(|need| changes.iter().any(|(place, _)| place.next == need.url.ends_with("/next")));
            needs.iter_mut().for_each(|need| need.credentials = setting.credentials == Credentials::Include);
            return Mended::Changes(changes, needs);
        }
        let Some((place, asked, mended)) = next_change(&fetched) else {
            return Mended::Never(why_never(&fetched));
        };
        note(&mut needs, &asked, &fetched);
        let before = changes.clone();
        for what in mended {
            let name = |what: &What| if let What::Line(name, _) = what { Some(*name) } else { None };
            changes.retain(|(at, known)| *at != place || name(known) != name(&what));
            changes.push((place, what));
        }
        if changes == before {
            break;
        }
    }
    Mended::Never("the engine found no change of headers that helps".to_owned())
}

/// The last call, in a situation that is changed so.
fn run(setting: &Setting, origins: &Origins, profile: &Profile) -> Option<Fetched> {
    predict(&plan(setting, origins, "x")?, profile).pop()
}

/// The situation with these changes made.
pub fn changed(setting: &Setting, changes: &[(Where, What)]) -> Setting {
    let mut setting = setting.clone();
    for (place, what) in changes {
        let Setting { preflight, hop, answer, .. } = &mut setting;
        let (preflight, answer) = match hop {
            Some(hop) if place.next => (&mut hop.preflight, answer),
            Some(hop) => (preflight, &mut hop.answer),
            None => (preflight, answer),
        };
        // Where there was none, the answer to everything else was given to the preflight, too.
        let answer = if place.preflight { preflight.get_or_insert_with(|| answer.clone()) } else { answer };
        change(answer, what);
    }
    setting
}

fn change(answer: &mut Answer, what: &What) {
    match what {
        What::Status(status) => answer.status = *status,
        What::Line(name, value) => {
            answer.headers.retain(|(known, _): &Header| !known.eq_ignore_ascii_case(name));
            answer.headers.push(((*name).into(), value.clone().into()));
        }
    }
}

/// What to change next: whose answer, to which request, and how.
fn next_change(fetched: &Fetched) -> Option<(Where, Sent, Vec<What>)> {
    let reason = fetched.refusal()?.reason.as_ref()?;
    let asked = fetched.events.iter().rev().find_map(|event| match event {
        Event::Sent(sent) => Some(sent.as_ref().clone()),
        _ => None,
    })?;
    let place = Where { next: asked.url.path.ends_with("/next"), preflight: asked.preflight };
    let header = |name: &str| asked.header(name).unwrap_or_default();
    let changes = match reason {
        Reason::Check(..) => vec![
            What::Line(ORIGIN, header("Origin")),
            What::Line(CREDENTIALS, "true".to_owned()),
            What::Line("Vary", "Origin".to_owned()),
        ],
        Reason::PreflightInvalidStatus | Reason::PreflightDisallowedRedirect => vec![What::Status(204)],
        Reason::InvalidAllowMethodsPreflightResponse | Reason::MethodDisallowedByPreflightResponse(_) => {
            vec![What::Line(METHODS, header("Access-Control-Request-Method"))]
        }
        Reason::InvalidAllowHeadersPreflightResponse | Reason::HeaderDisallowedByPreflightResponse(_) => {
            vec![What::Line(HEADERS, header("Access-Control-Request-Headers"))]
        }
        _ => return None,
    };
    Some((place, asked, changes))
}

/// Adds what the server needs that was asked.
fn note(needs: &mut Vec<Need>, asked: &Sent, fetched: &Fetched) {
    let url = [engine::browser::origin::serialize(&asked.url.origin()), asked.url.path.clone()].concat();
    if needs.iter().any(|need| need.url == url) {
        return;
    }
    let preflight = fetched.sent().find(|sent| sent.preflight && sent.url.path == asked.url.path);
    let header = |name: &str| preflight.and_then(|sent| sent.header(name));
    let safe = |method: &String| matches!(method.as_str(), "GET" | "HEAD" | "POST");
    let list = header("Access-Control-Request-Headers").unwrap_or_default();
    let headers = list.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
    needs.push(Need {
        url,
        origin: asked.header("Origin").unwrap_or_default(),
        credentials: false,
        method: header("Access-Control-Request-Method").filter(|method| !safe(method)),
        headers: headers.collect(),
        preflight: preflight.is_some(),
    });
}

/// Takes back what was not needed. `Vary` is needed wherever an origin is named: not for this browser, but for caches.
fn fewest(
    setting: &Setting,
    mut changes: Vec<(Where, What)>,
    origins: &Origins,
    profile: &Profile,
) -> Vec<(Where, What)> {
    let works = |changes: &[(Where, What)]| {
        run(&changed(setting, changes), origins, profile).is_some_and(|fetched| fetched.seen.readable().is_some())
    };
    let mut at = 0;
    while at < changes.len() {
        let mut fewer = changes.clone();
        fewer.remove(at);
        let varies = matches!(changes[at].1, What::Line("Vary", _));
        if !varies && works(&fewer) {
            changes = fewer;
        } else {
            at += 1;
        }
    }
    let names_origin =
        |place: Where| changes.iter().any(|(known, what)| *known == place && matches!(what, What::Line(ORIGIN, _)));
    let varies: Vec<bool> = changes.iter().map(|(place, _)| names_origin(*place)).collect();
    let mut kept = varies.into_iter();
    changes.retain(|(_, what)| {
        let named = kept.next().unwrap_or(false);
        named || !matches!(what, What::Line("Vary", _))
    });
    changes
}

/// Why no header helps.
fn why_never(fetched: &Fetched) -> String {
    match fetched.refusal() {
        Some(decision) => ["No header of a server changes this: ", decision.rule.says, "."].concat(),
        None => {
            "There was no error: script asked not to see the answer (`no-cors`, or the redirect mode `manual`), and no \
                 header of a server changes that."
                .to_owned()
        }
    }
}
