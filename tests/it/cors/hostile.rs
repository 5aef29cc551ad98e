//! Whatever a server says and whatever script asks, a fetch ends, and every refusal says why.

use super::*;
use engine::browser::request::RedirectMode;
use proptest::prelude::*;

/// A text as people write it, as machines cut it, and as nobody should.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        Just(ORIGIN.to_owned()),
        Just("true".to_owned()),
        Just("/next".to_owned()),
        Just("https://api.other.test/data".to_owned()),
        Just("bytes=0-".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
        any::<String>(),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        ALLOW,
        CREDENTIALS,
        METHODS,
        HEADERS,
        EXPOSE,
        MAX_AGE,
        "Location",
        "Set-Cookie",
        "Cache-Control",
        "Vary",
        "Cross-Origin-Resource-Policy",
        "Content-Type",
        "Range",
        "Accept-Language",
        "Authorization",
        "X-Trace",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => text()]
}

fn said() -> impl Strategy<Value = Answer> {
    let status = prop_oneof![Just(200), Just(204), Just(301), Just(307), Just(421), 0..1_000u16];
    let pairs = prop::collection::vec((name(), text()), 0..6);
    (status, pairs, text()).prop_map(|(status, pairs, body)| {
        let headers = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Answer { status, headers, body }
    })
}

fn wish() -> impl Strategy<Value = Init> {
    let url = prop_oneof![Just(API.to_owned()), Just("https://app.test/data".to_owned()), text()];
    let method = prop_oneof![Just("GET".to_owned()), Just("PUT".to_owned()), text()];
    let headers = prop::collection::vec((name(), text()), 0..4);
    let mode = prop::sample::select(vec![Mode::Cors, Mode::NoCors, Mode::SameOrigin, Mode::Navigate]);
    let credentials = prop::sample::select(vec![Credentials::Omit, Credentials::SameOrigin, Credentials::Include]);
    let redirect = prop::sample::select(vec![RedirectMode::Follow, RedirectMode::Error, RedirectMode::Manual]);
    (url, method, headers, prop::option::of(text()), mode, credentials, redirect).prop_map(
        |(url, method, headers, body, mode, credentials, redirect)| Init {
            url,
            method,
            headers,
            body,
            mode,
            credentials,
            redirect,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fetch_ends_and_says_why(wishes in prop::collection::vec(wish(), 1..3), preflight in said(), actual in said(), which in 0..4usize) {
        let mut browser = Browser { profile: PROFILES[which], ..Browser::new(&[]) };
        for init in wishes {
            let mut asked = 0;
            let mut server = |sent: &Sent, at: Micros| {
                asked += 1;
                let answer = if sent.preflight { preflight.clone() } else { actual.clone() };
                Reply { answer: Some(answer), at }
            };
            let arguments = (&mut browser.remembered, browser.now);
            let fetched = fetch(&init, &browser.page, &browser.profile, arguments, &mut server);
            // 21 addresses at most; each is asked for leave and then asked, and both once more after 421.
            prop_assert!(asked <= 84);
            let failed = fetched.seen.status().is_none();
            prop_assert_eq!(fetched.refusal().is_some(), failed);
            prop_assert!(fetched.refusal().is_none_or(|decision| decision.stops()));
            prop_assert_eq!(fetched.exception().is_some(), failed);
        }
    }
}
