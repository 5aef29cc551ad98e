//! What must be allowed before it is sent, and how that is asked and remembered: rules T02 to T08, T10 and T11.

use super::*;

#[test]
fn t02_cors_does_not_stop_a_simple_request() {
    // Nothing is allowed: a form's POST is sent all the same, with cookies, and the server has done its work.
    let mut browser = Browser::new(&[(API, policy(answer(403, &[]), answer(200, &[])))]).cookie("api.other.test");
    let form = with(&[("Content-Type", "application/x-www-form-urlencoded")]);
    let body = Some("to=mallory".to_owned());
    let post = Init { headers: form, body, credentials: INCLUDE, ..asks("POST", API) };
    let fetched = browser.fetch(&post);
    assert_eq!(sent(&fetched), ["POST https://api.other.test/data"]);
    let request = fetched.sent().next().unwrap();
    assert_eq!(request.body.as_deref(), Some("to=mallory"));
    assert_eq!(request.header("Cookie").as_deref(), Some("session=1"));
    assert_eq!((read(&fetched), why(&fetched)), (None, "MissingAllowOriginHeader"));
    // Only what a form could not send is asked for first, and a refusal stops it.
    for method in ["DELETE", "PUT", "PATCH"] {
        let fetched = browser.fetch(&Init { credentials: INCLUDE, ..asks(method, API) });
        assert_eq!(methods(&fetched), ["OPTIONS"], "{method}");
        assert_eq!(why(&fetched), "PreflightMissingAllowOriginHeader");
    }
}

#[test]
fn t03_another_port_or_scheme_is_another_origin() {
    let own = "http://localhost:3000/data";
    let others = ["http://localhost:3001/data", "https://localhost:3000/data", "http://127.0.0.1:3000/data"];
    let servers: Vec<(&str, Policy)> = [&[own], &others[..]]
        .concat()
        .into_iter()
        .map(|url| (url, policy(answer(204, &[]), answer(200, &[]))))
        .collect();
    let mut browser = Browser { page: page("http://localhost:3000/page"), ..Browser::new(&servers) };
    assert_eq!(read(&browser.fetch(&get(own))), Some(200));
    for url in others {
        let fetched = browser.fetch(&get(url));
        assert_eq!((read(&fetched), why(&fetched)), (None, "MissingAllowOriginHeader"), "{url}");
        assert_eq!(fetched.sent().next().unwrap().header("Origin").as_deref(), Some("http://localhost:3000"));
        let only_own = Init { mode: Mode::SameOrigin, ..get(url) };
        assert_eq!(sent(&browser.fetch(&only_own)), Vec::<String>::new(), "{url}");
    }
    // The port of the scheme may be written.
    let servers = [("https://app.test/data", policy(answer(204, &[]), answer(200, &[])))];
    assert_eq!(read(&Browser::new(&servers).fetch(&get("https://app.test:443/data"))), Some(200));
}

#[test]
fn t04_credentials_alone_cause_no_preflight() {
    let allowing = [(ALLOW, ORIGIN), (CREDENTIALS, "true")];
    let mut browser = Browser::new(&[(API, policy(answer(403, &[]), answer(200, &allowing)))]).cookie("api.other.test");
    for method in ["GET", "HEAD", "POST"] {
        let fetched = browser.fetch(&Init { credentials: INCLUDE, ..asks(method, API) });
        assert_eq!(methods(&fetched), [method]);
        assert_eq!(fetched.sent().next().unwrap().header("Cookie").as_deref(), Some("session=1"));
        assert_eq!(read(&fetched), Some(200));
    }
}

/// The [table](https://fetch.spec.whatwg.org/#cors-protocol-and-credentials) of the standard: with which headers an answer
/// may be read.
#[test]
fn t05_a_star_is_not_for_everybody() {
    let rows: [(Credentials, Pairs<'_>, bool); 12] = [
        (Credentials::Omit, &[(ALLOW, "*")], true),
        (Credentials::Omit, &[(ALLOW, "*"), (CREDENTIALS, "true")], true),
        (Credentials::Omit, &[(ALLOW, "https://app.test/")], false),
        (Credentials::Omit, &[(ALLOW, ORIGIN)], true),
        (Credentials::Omit, &[(ALLOW, "https://app.test, https://www.app.test")], false),
        (Credentials::Omit, &[(ALLOW, "*"), (ALLOW, "*")], false),
        (INCLUDE, &[(ALLOW, "*"), (CREDENTIALS, "true")], false),
        (INCLUDE, &[(ALLOW, ORIGIN)], false),
        (INCLUDE, &[(ALLOW, ORIGIN), (CREDENTIALS, "True")], false),
        (INCLUDE, &[(ALLOW, ORIGIN), (CREDENTIALS, "1")], false),
        (INCLUDE, &[(ALLOW, "HTTPS://APP.TEST"), (CREDENTIALS, "true")], false),
        (INCLUDE, &[(ALLOW, ORIGIN), (CREDENTIALS, "true")], true),
    ];
    for (credentials, headers, readable) in rows {
        for profile in PROFILES {
            let servers = [(API, policy(answer(204, &[]), answer(200, headers)))];
            let fetched = Browser { profile, ..Browser::new(&servers) }.fetch(&Init { credentials, ..get(API) });
            assert_eq!(fetched.seen.readable().is_some(), readable, "{} {credentials:?} {headers:?}", profile.name);
        }
    }
}

#[test]
fn t05_in_the_lists_a_star_is_a_word_with_credentials() {
    let with_star = [(ALLOW, ORIGIN), (CREDENTIALS, "true"), (METHODS, "*"), (HEADERS, "*"), (EXPOSE, "*")];
    let actual = [&with_star[..], &[("X-Trace", "7")]].concat();
    let mut browser = Browser::new(&[(API, policy(answer(204, &with_star), answer(200, &actual)))]);
    let marked = with(&[("X-Trace", "7")]);
    for (credentials, allowed) in [(Credentials::Omit, true), (INCLUDE, false)] {
        let put = browser.fetch(&Init { credentials, ..asks("PUT", API) });
        assert_eq!(methods(&put).len(), if allowed { 2 } else { 1 }, "{credentials:?}");
        let fetched = browser.fetch(&Init { credentials, headers: marked.clone(), ..get(API) });
        assert_eq!(read(&fetched).is_some(), allowed, "{credentials:?}");
        let simple = browser.fetch(&Init { credentials, ..get(API) });
        assert_eq!(simple.seen.visible_headers().contains(&"x-trace".to_owned()), allowed, "{credentials:?}");
    }
}

#[test]
fn t05_a_star_does_not_cover_authorization() {
    let authorized = Init { headers: with(&[("Authorization", "Bearer x")]), ..get(API) };
    let fetched = |list: &'static str, profile: Profile| {
        let allowing = answer(204, &[(ALLOW, "*"), (HEADERS, list)]);
        let servers = [(API, policy(allowing, answer(200, &[(ALLOW, "*")])))];
        Browser { profile, ..Browser::new(&servers) }.fetch(&authorized)
    };
    let starred = fetched("*", Profile::STANDARD);
    assert_eq!((methods(&starred), why(&starred)), (vec!["OPTIONS"], "HeaderDisallowedByPreflightResponse"));
    assert_eq!(read(&fetched("*, authorization", Profile::STANDARD)), Some(200));
    // None of the three browsers holds to that yet.
    for profile in &PROFILES[1..] {
        assert_eq!(read(&fetched("*", *profile)), Some(200), "{}", profile.name);
        assert!(profile.departures.iter().any(|departure| departure.does.contains("Authorization")));
    }
}

#[test]
fn t06_a_form_s_methods_need_not_be_listed() {
    let json = with(&[("Content-Type", "application/json")]);
    for profile in PROFILES {
        let allowing = answer(204, &[(ALLOW, "*"), (HEADERS, "content-type"), (METHODS, "PATCH")]);
        let servers = [(API, policy(allowing, answer(200, &[(ALLOW, "*")])))];
        let mut browser = Browser { profile, ..Browser::new(&servers) };
        for method in ["GET", "HEAD", "POST"] {
            let fetched = browser.fetch(&Init { headers: json.clone(), ..asks(method, API) });
            assert_eq!(read(&fetched), Some(200), "{} {method}", profile.name);
        }
        // Others must, in the same case: `patch` is not made large.
        assert_eq!(read(&browser.fetch(&asks("PATCH", API))), Some(200));
        assert_eq!(why(&browser.fetch(&asks("patch", API))), "MethodDisallowedByPreflightResponse");
        assert_eq!(why(&browser.fetch(&asks("DELETE", API))), "MethodDisallowedByPreflightResponse");
    }
}

#[test]
fn t07_a_preflight_must_be_answered_with_an_ok_status() {
    for status in 200..600 {
        let allowing = [(ALLOW, "*"), (METHODS, "PUT"), ("Location", "https://api.other.test/elsewhere")];
        let servers = [(API, policy(answer(status, &allowing), answer(200, &[(ALLOW, "*")])))];
        let fetched = Browser::new(&servers).fetch(&asks("PUT", API));
        let ok = (200..300).contains(&status);
        assert_eq!(methods(&fetched).contains(&"PUT"), ok, "{status}");
        let redirect = matches!(status, 301 | 302 | 303 | 307 | 308);
        let name = match status {
            407 => "net::ERR_UNEXPECTED_PROXY_AUTH",
            _ if redirect => "PreflightDisallowedRedirect",
            _ => "PreflightInvalidStatus",
        };
        assert_eq!(why(&fetched), if ok { "" } else { name }, "{status}");
    }
}

#[test]
fn t07_the_answer_itself_may_have_any_status_and_needs_the_header_again() {
    // A redirect without an address is an answer, too. 407 is the browser's own: nobody gives it the proxy's password.
    for status in (200..600).filter(|status| *status != 407) {
        let allowing = answer(204, &[(ALLOW, "*"), (METHODS, "PUT")]);
        let servers = [(API, policy(allowing.clone(), answer(status, &[(ALLOW, "*")])))];
        assert_eq!(read(&Browser::new(&servers).fetch(&asks("PUT", API))), Some(status));
        let servers = [(API, policy(allowing, answer(status, &[])))];
        let fetched = Browser::new(&servers).fetch(&asks("PUT", API));
        assert_eq!((read(&fetched), why(&fetched)), (None, "MissingAllowOriginHeader"), "{status}");
    }
}

#[test]
fn t10_a_value_can_need_permission_where_the_name_does_not() {
    let refusing = policy(answer(403, &[]), answer(200, &[(ALLOW, "*")]));
    let asked = |name: &str, value: &str| {
        let fetched = Browser::new(&[(API, refusing.clone())])
            .fetch(&Init { headers: with(&[(name, value)]), ..asks("POST", API) });
        fetched.sent().any(|sent| sent.preflight)
    };
    let (short, long) = ("a".repeat(128), "a".repeat(129));
    let rows = [
        ("Content-Type", "text/plain", false),
        ("Content-Type", "Text/Plain; charset=utf-8", false),
        ("Content-Type", "multipart/form-data; boundary=x", false),
        ("Content-Type", "application/json", true),
        ("Content-Type", "text/plain, application/json", true),
        ("Range", "bytes=0-99", false),
        ("Range", "bytes=0-", false),
        ("Range", "bytes=-99", true),
        ("Range", "bytes=0-9,20-29", true),
        ("Accept", short.as_str(), false),
        ("Accept", long.as_str(), true),
        ("Accept", "text/(html)", true),
        ("Accept-Language", "en-US, en;q=0.5", false),
        ("Accept-Language", "en_US", true),
        ("X-Trace", "", true),
    ];
    for (name, value, asks) in rows {
        assert_eq!(asked(name, value), asks, "{name}: {value}");
    }
}

#[test]
fn t11_a_preflight_carries_nothing_of_the_user() {
    for profile in PROFILES {
        let allowing = [(ALLOW, ORIGIN), (CREDENTIALS, "true"), (HEADERS, "authorization, x-trace")];
        let setting = [&allowing[..], &[("Set-Cookie", "spy=1; Secure; SameSite=None")]].concat();
        let servers = [(API, policy(answer(204, &setting), answer(200, &allowing)))];
        let mut browser = Browser { profile, ..Browser::new(&servers).cookie("api.other.test") };
        let headers = with(&[("Authorization", "Bearer x"), ("X-Trace", "7")]);
        let body = Some("text".to_owned());
        let fetched = browser.fetch(&Init { headers, body, credentials: INCLUDE, ..asks("POST", API) });
        let requests: Vec<&Sent> = fetched.sent().collect();
        let [preflight, actual] = requests.as_slice() else { panic!("{}: {requests:?}", profile.name) };
        for name in ["Cookie", "Authorization", "X-Trace"] {
            assert_eq!(preflight.header(name), None, "{}", profile.name);
        }
        assert_eq!((&*preflight.method, &preflight.body), ("OPTIONS", &None));
        assert_eq!(preflight.header("Access-Control-Request-Headers").as_deref(), Some("authorization,x-trace"));
        assert_eq!(actual.header("Authorization").as_deref(), Some("Bearer x"));
        assert_eq!(actual.body.as_deref(), Some("text"));
        // … and what its answer sets is not kept.
        assert!(!browser.remembered.jar.cookies.iter().any(|cookie| cookie.name == "spy"));
    }
}
