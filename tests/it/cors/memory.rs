//! What a browser remembers of a server's permission: rules T08 and T12.

use super::*;
use engine::browser::filtered::Seen;
use engine::browser::profile::{Memory, Profile};

/// A server that allows PUT to everybody for so long.
fn allows_put(age: Option<&'static str>) -> Policy {
    let mut allowing = vec![(ALLOW, "*"), (METHODS, "PUT"), (HEADERS, "x-trace")];
    allowing.extend(age.map(|age| (MAX_AGE, age)));
    policy(answer(204, &allowing), answer(200, &[(ALLOW, "*")]))
}

/// Whether a second PUT, so long after the first, is asked for again.
fn asks_again(profile: Profile, age: Option<&'static str>, after: Micros) -> bool {
    let mut browser = Browser { profile, ..Browser::new(&[(API, allows_put(age))]) };
    assert_eq!(methods(&browser.fetch(&asks("PUT", API))), ["OPTIONS", "PUT"]);
    browser.wait(after);
    methods(&browser.fetch(&asks("PUT", API))) == ["OPTIONS", "PUT"]
}

#[test]
fn t08_a_preflight_is_remembered_for_five_seconds_or_as_long_as_the_server_says() {
    let short = |seconds: u64| Micros(seconds * 1_000_000 - 1);
    for profile in PROFILES {
        let longest = profile.longest_max_age;
        for (age, seconds) in [(None, 5), (Some("5"), 5), (Some("60"), 60), (Some("600"), 600)] {
            assert!(!asks_again(profile, age, short(seconds)), "{} {age:?}", profile.name);
            assert!(asks_again(profile, age, Micros::seconds(seconds)), "{} {age:?}", profile.name);
        }
        assert!(asks_again(profile, Some("0"), Micros::ZERO), "{}", profile.name);
        // A year is cut to what the browser has at most; the standard has no such end.
        let year = 31_536_000;
        let end = longest.min(year);
        assert!(!asks_again(profile, Some("31536000"), short(end)), "{}", profile.name);
        assert!(asks_again(profile, Some("31536000"), Micros::seconds(end)), "{}", profile.name);
    }
    assert_eq!(PROFILES.map(|profile| profile.longest_max_age), [u64::MAX, 7_200, 86_400, 600]);
}

#[test]
fn t08_it_is_remembered_for_one_address_and_one_page_s_origin() {
    let other = "https://api.other.test/data?page=2";
    let servers = [(API, allows_put(Some("600"))), (other, allows_put(Some("600")))];
    for profile in PROFILES {
        let mut browser = Browser { profile, ..Browser::new(&servers) };
        let put = |browser: &mut Browser, url: &str| methods(&browser.fetch(&asks("PUT", url))).len();
        assert_eq!(put(&mut browser, API), 2, "{}", profile.name);
        assert_eq!(put(&mut browser, API), 1, "{}", profile.name);
        // The path and the query belong to the address.
        assert_eq!(put(&mut browser, other), 2, "{}", profile.name);
        // Another page of the same site is another origin.
        browser.page = page("https://www.app.test/");
        assert_eq!(put(&mut browser, API), 2, "{}", profile.name);
        browser.page = page("https://app.test/elsewhere");
        assert_eq!(put(&mut browser, API), 1, "{}", profile.name);
    }
}

#[test]
fn t08_what_was_allowed_without_credentials_is_not_allowed_with_them() {
    let allowing = [(ALLOW, ORIGIN), (CREDENTIALS, "true"), (METHODS, "PUT"), (MAX_AGE, "600")];
    let servers = [(API, policy(answer(204, &allowing), answer(200, &allowing)))];
    for profile in PROFILES {
        let mut browser = Browser { profile, ..Browser::new(&servers) };
        let mut put = |credentials| methods(&browser.fetch(&Init { credentials, ..asks("PUT", API) })).len();
        assert_eq!([put(Credentials::Omit), put(INCLUDE)], [2, 2], "{}", profile.name);
        // What was allowed with them holds without them, except for Firefox, which keeps both apart.
        let mut browser = Browser { profile, ..Browser::new(&servers) };
        let mut put = |credentials| methods(&browser.fetch(&Init { credentials, ..asks("PUT", API) })).len();
        let apart = profile.memory == Memory::EachGrantByCredentials;
        assert_eq!([put(INCLUDE), put(Credentials::Omit)], [2, if apart { 2 } else { 1 }], "{}", profile.name);
    }
}

#[test]
fn t08_a_failed_fetch_clears_it() {
    for profile in PROFILES {
        let mut browser = Browser { profile, ..Browser::new(&[(API, allows_put(Some("600")))]) };
        assert_eq!(methods(&browser.fetch(&asks("PUT", API))), ["OPTIONS", "PUT"]);
        // The server goes away, and comes back.
        browser.servers[0].1.actual.status = 0;
        assert_eq!(methods(&browser.fetch(&asks("PUT", API))), ["PUT"]);
        browser.servers[0].1.actual.status = 200;
        let again: &[&str] = if profile.forgets_on_failure { &["OPTIONS", "PUT"] } else { &["PUT"] };
        assert_eq!(methods(&browser.fetch(&asks("PUT", API))), again, "{}", profile.name);
    }
}

#[test]
fn t08_each_method_and_each_header_is_remembered_for_itself() {
    let mut browser = Browser::new(&[(API, allows_put(Some("600")))]);
    let marked = with(&[("X-Trace", "7")]);
    assert_eq!(methods(&browser.fetch(&asks("PUT", API))), ["OPTIONS", "PUT"]);
    assert_eq!(methods(&browser.fetch(&Init { headers: marked.clone(), ..get(API) })), ["GET"]);
    assert_eq!(methods(&browser.fetch(&Init { headers: marked, ..asks("PUT", API) })), ["PUT"]);
    let fetched = browser.fetch(&Init { headers: with(&[("X-Other", "7")]), ..asks("PUT", API) });
    assert_eq!((methods(&fetched), why(&fetched)), (vec!["OPTIONS"], "HeaderDisallowedByPreflightResponse"));
}

#[test]
fn t12_without_vary_a_cached_answer_speaks_to_the_wrong_origin() {
    // The server repeats whatever origin asks; the browser keeps the answer for a minute.
    let repeats = |vary: Option<&'static str>, origin: &'static str| {
        let mut said = vec![(ALLOW, origin), ("Cache-Control", "max-age=60")];
        said.extend(vary.map(|vary| ("Vary", vary)));
        policy(answer(204, &[]), answer(200, &said))
    };
    for (vary, answered) in [(None, false), (Some("Accept-Encoding"), false), (Some("Accept-Encoding, Origin"), true)] {
        let mut browser = Browser::new(&[(API, repeats(vary, ORIGIN))]);
        browser.page = page("https://www.app.test/");
        browser.servers[0].1 = repeats(vary, "https://www.app.test");
        assert_eq!(read(&browser.fetch(&get(API))), Some(200));
        // Now another page of the site asks.
        browser.page = page(PAGE);
        browser.servers[0].1 = repeats(vary, ORIGIN);
        let fetched = browser.fetch(&get(API));
        assert_eq!(fetched.sent().count() == 1, answered, "{vary:?}");
        assert_eq!(
            (read(&fetched).is_some(), why(&fetched)),
            (answered, if answered { "" } else { "AllowOriginMismatch" })
        );
    }
    // The same by way of a picture: it is asked for without `Origin`, and the server then says nothing.
    let silent = |vary| policy(answer(204, &[]), answer(200, &[("Cache-Control", "max-age=60"), ("Vary", vary)]));
    for (vary, answered) in [("Accept", false), ("Origin", true)] {
        let mut browser = Browser::new(&[(API, silent(vary))]);
        assert_eq!(browser.fetch(&Init { mode: NO_CORS, ..get(API) }).seen, Seen::Opaque);
        browser.servers[0].1 = repeats(Some(vary), ORIGIN);
        assert_eq!(read(&browser.fetch(&get(API))).is_some(), answered, "{vary}");
    }
}

/// How many of two equal fetches arrive, in a page with this profile.
fn arrive(opaque: bool, profile: Profile, said: &Answer) -> usize {
    const LOOPBACK: &str = "http://localhost:8081/data";
    let mut browser = Browser::new(&[(LOOPBACK, Policy { preflight: None, actual: said.clone() })]);
    browser.page = Page { opaque, ..page("http://localhost:8080/") };
    browser.profile = profile;
    (0..2).map(|_| browser.fetch(&get(LOOPBACK)).sent().count()).sum()
}

/// Seen by the laboratory in Chromium 156: a frame in a sandbox has no HTTP cache, and an answer that script was not given is
/// not kept, unless it is a redirect.
#[test]
fn chromium_keeps_no_answer_for_nobody_and_none_that_was_withheld() {
    const KEPT: (&str, &str) = ("Cache-Control", "max-age=60");
    let given = answer(200, &[KEPT, (ALLOW, "*")]);
    let withheld = answer(200, &[KEPT]);
    let redirect = answer(301, &[KEPT, ("Location", "/next")]);
    for (said, opaque, standard, chromium) in [
        (&given, false, 1, 1),
        (&given, true, 1, 2),
        (&withheld, false, 1, 2),
        (&withheld, true, 1, 2),
        (&redirect, false, 1, 1),
        (&redirect, true, 1, 2),
    ] {
        assert_eq!(arrive(opaque, Profile::STANDARD, said), standard, "{said:?} {opaque}");
        assert_eq!(arrive(opaque, Profile::CHROMIUM, said), chromium, "{said:?} {opaque}");
    }
}

/// Seen by the laboratory in Chromium 156: `Secure` needs no TLS on this very machine.
#[test]
fn a_secure_cookie_on_this_machine() {
    for (url, profile, sent) in [
        ("http://localhost:8081/data", Profile::CHROMIUM, true),
        ("http://127.0.0.1:8081/data", Profile::CHROMIUM, true),
        ("http://localhost:8081/data", Profile::STANDARD, false),
        ("http://localhost:8081/data", Profile::WEBKIT, false),
        ("http://api.test/data", Profile::CHROMIUM, false),
    ] {
        let said = answer(200, &[("Set-Cookie", "a=1; Secure; SameSite=None")]);
        let mut browser = Browser::new(&[(url, Policy { preflight: None, actual: said })]);
        browser.page = page(&url.replace("/data", "/"));
        browser.profile = profile;
        browser.fetch(&get(url));
        let cookies: Vec<_> = browser.fetch(&get(url)).sent().map(|sent| sent.header("Cookie")).collect();
        assert_eq!(cookies, [sent.then(|| "a=1".to_owned())], "{url} {}", profile.name);
    }
}
