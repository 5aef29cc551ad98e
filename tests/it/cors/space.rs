//! Every combination of a small space: what must come out, and what holds whatever is chosen.

use super::choices::*;
use super::*;
use engine::browser::filtered::Seen;
use engine::browser::profile::ThirdParty;

/// One choice of everything.
#[derive(Clone, Copy, Debug)]
struct Trial {
    mode: Mode,
    to: Credentials,
    verb: (&'static str, bool),
    mark: usize,
    stands: Stands,
    leave: Leave,
    who: Who,
    says: Option<&'static str>,
}

/// What must come out: whether something is asked first, whether it is sent, and what script gets.
#[derive(Debug, PartialEq)]
struct Fate {
    asked: bool,
    sent: bool,
    word: &'static str,
}

fn fate(trial: &Trial, profile: &Profile) -> Fate {
    let form = trial.verb.1;
    let names = MARKS[trial.mark].1;
    let nothing = Fate { asked: false, sent: false, word: "network-error" };
    match (trial.mode, trial.stands) {
        // An argument that makes no sense.
        (Mode::NoCors, _) if !form => nothing,
        (_, Stands::Own) => Fate { asked: false, sent: true, word: "basic" },
        (Mode::SameOrigin, _) => nothing,
        (Mode::NoCors, _) => Fate { asked: false, sent: true, word: "opaque" },
        _ => {
            let asked = !form || !names.is_empty();
            let sent = !asked || trial.leave.allows(trial.to, trial.verb, names, profile.wildcard_covers_authorization);
            let readable = sent && trial.who.lets_in(trial.to, trial.says);
            Fate { asked, sent, word: if readable { "cors" } else { "network-error" } }
        }
    }
}

fn run(trial: &Trial, profile: &Profile) -> Fetched {
    let address = trial.stands.address();
    let mut said = trial.who.headers(trial.stands, trial.says);
    said.extend([("X-Secret", "1"), ("Content-Type", "text/plain"), ("Set-Cookie", "new=1; Secure; SameSite=None")]);
    let servers = [(address, policy(trial.leave.answer(trial.stands), answer(200, &said)))];
    let mut browser = Browser { profile: *profile, ..Browser::new(&servers) };
    browser.page.opaque = trial.stands == Stands::Opaque;
    browser.remembered.jar.cookies.extend(["app.test", "api.app.test", "api.other.test"].map(cookie));
    browser.fetch(&Init {
        mode: trial.mode,
        credentials: trial.to,
        headers: with(MARKS[trial.mark].0),
        ..asks(trial.verb.0, address)
    })
}

/// What holds whatever is chosen.
fn hold(trial: &Trial, profile: &Profile) {
    let fetched = run(trial, profile);
    let tell = || format!("{}: {trial:?}\n{fetched:?}", profile.name);
    let (foreign, include) = (trial.stands != Stands::Own, trial.to == INCLUDE);
    let asked = fetched.sent().filter(|sent| sent.preflight).count();
    let actual: Vec<&Sent> = fetched.sent().filter(|sent| !sent.preflight).collect();
    let came = Fate { asked: asked == 1, sent: actual.len() == 1, word: fetched.seen.word() };
    assert_eq!(came, fate(trial, profile), "{}", tell());
    assert!(asked <= 1 && actual.len() <= 1, "{}", tell());

    // A preflight comes first, says for what it asks, and carries neither cookies nor script's headers.
    let order: Vec<bool> = fetched.sent().map(|sent| sent.preflight).collect();
    assert!(!order.ends_with(&[true]) || actual.is_empty(), "{}", tell());
    for sent in fetched.sent().filter(|sent| sent.preflight) {
        let names = MARKS[trial.mark].1.join(",");
        assert_eq!(sent.header("Access-Control-Request-Headers").unwrap_or_default(), names, "{}", tell());
        let verb = if trial.verb.0 == "patch" { "patch".to_owned() } else { trial.verb.0.to_uppercase() };
        assert_eq!(sent.header("Access-Control-Request-Method"), Some(verb), "{}", tell());
        assert_eq!(sent.header("Origin").as_deref(), Some(trial.stands.origin()), "{}", tell());
        let private = ["Cookie", "Authorization", "X-Trace", "Content-Type"];
        assert!(private.iter().all(|name| sent.header(name).is_none()) && sent.body.is_none(), "{}", tell());
    }
    for sent in &actual {
        // Cookies go where the credentials mode says, and script's own `Cookie` never goes.
        let goes = include || trial.to == Credentials::SameOrigin && !foreign;
        let known = profile.third_party == ThirdParty::Allowed;
        let within = matches!(trial.stands, Stands::Own | Stands::Sibling)
            || profile.sandbox_within_site && trial.stands == Stands::Opaque;
        let cookie = (goes && (known || within)).then_some("session=1");
        assert_eq!(sent.header("Cookie").as_deref(), cookie, "{}", tell());
        // Whoever may be asked for leave is told who asks.
        if foreign && trial.mode == Mode::Cors || !matches!(&*sent.method, "GET" | "HEAD") {
            assert_eq!(sent.header("Origin").as_deref(), Some(trial.stands.origin()), "{}", tell());
        }
        // Without leave nothing goes along that a form could not send.
        if trial.mode == Mode::NoCors {
            let beyond = ["X-Trace", "Authorization", "Range"];
            assert!(beyond.iter().all(|name| sent.header(name).is_none()), "{}", tell());
            assert_ne!(sent.header("Content-Type").as_deref(), Some("application/json"), "{}", tell());
        }
    }

    let secret = fetched.seen.visible_headers().contains(&"x-secret".to_owned());
    match &fetched.seen {
        Seen::Opaque => assert_eq!((read(&fetched), fetched.seen.status()), (None, Some(0)), "{}", tell()),
        // Script learns that it failed; why, only the console says, and the engine, with a link.
        Seen::NetworkError => {
            let decision = fetched.refusal().expect("a decision");
            assert!(decision.stops() && decision.rule.algorithm.link.contains("://"), "{}", tell());
            assert!(decision.reason.is_some(), "{}", tell());
            let own_fault = trial.mode == Mode::NoCors && !trial.verb.1;
            let says = fetched.exception().expect("an exception");
            assert_eq!(says == "TypeError: Failed to fetch", !own_fault, "{}", tell());
            assert_eq!(fetched.console.is_empty(), own_fault, "{}", tell());
        }
        Seen::Cors(_) => assert!(foreign && !secret, "{}", tell()),
        Seen::Basic(_) => assert!(!foreign && secret, "{}", tell()),
        Seen::OpaqueRedirect => panic!("{}", tell()),
    }
    assert!(!fetched.seen.visible_headers().contains(&"set-cookie".to_owned()), "{}", tell());
    // With credentials a star never lets anybody read.
    let starred = trial.who == Who::Star && include && foreign && trial.mode == Mode::Cors;
    assert!(!starred || read(&fetched).is_none(), "{}", tell());
}

/// All requests, and all ways to answer them; those that are asked first, with everything allowed and nothing.
#[test]
fn every_request_and_every_answer() {
    let nothing = Leave { status: 403, who: Who::Nobody, says: None, methods: None, headers: None };
    let mut tried = 0;
    for mode in MODES {
        for to in TO_WHOM {
            for (verb, mark) in VERBS.iter().flat_map(|verb| (0..MARKS.len()).map(move |mark| (*verb, mark))) {
                for stands in STANDS {
                    for (who, says) in WHO.iter().flat_map(|who| SAYS.map(|says| (*who, says))) {
                        for leave in [Leave::EVERYTHING, nothing] {
                            let trial = Trial { mode, to, verb, mark, stands, leave, who, says };
                            PROFILES.iter().for_each(|profile| hold(&trial, profile));
                            tried += PROFILES.len();
                        }
                    }
                }
            }
        }
    }
    assert_eq!(tried, 3 * 3 * 36 * 4 * 24 * 2 * 4);
}

/// All that is asked first, and all ways to answer a preflight.
#[test]
fn every_preflight_and_every_answer_to_it() {
    let verbs = VERBS.iter().filter(|verb| !matches!(verb.0, "head" | "DELETE"));
    let requests: Vec<_> = verbs.flat_map(|verb| (0..MARKS.len()).map(move |mark| (*verb, mark))).collect();
    let mut leaves = Vec::new();
    for (who, says) in WHO.iter().flat_map(|who| SAYS.map(|says| (*who, says))) {
        for (methods, headers) in METHOD_LISTS.iter().flat_map(|list| HEADER_LISTS.map(|names| (*list, names))) {
            leaves.extend([200, 301, 404].map(|status| Leave { status, who, says, methods, headers }));
        }
    }
    assert_eq!((requests.len(), leaves.len()), (4 * 6, 6 * 4 * 5 * 6 * 3));
    for to in TO_WHOM {
        for (verb, mark) in &requests {
            for stands in [Stands::Foreign, Stands::Opaque] {
                for leave in &leaves {
                    let (who, says, mode) = (Who::Asking, Some("true"), Mode::Cors);
                    let trial = Trial { mode, to, verb: *verb, mark: *mark, stands, leave: *leave, who, says };
                    PROFILES[..2].iter().for_each(|profile| hold(&trial, profile));
                }
            }
        }
    }
}
