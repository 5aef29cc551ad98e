//! What script learns of an answer, and what it can never do: rules T09, T12, T13, T32 and T33.

use super::*;
use engine::browser::filtered::Seen;
use engine::browser::request::RedirectMode;
use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::state::State;
use engine::trace::{Act, Trace};
use engine::world::World;

/// Ways to fail, each for another reason.
fn failures() -> Vec<(Policy, Init, &'static str)> {
    let ok = || answer(200, &[(ALLOW, "*")]);
    let put = || asks("PUT", API);
    let moved = |to| answer(302, &[(ALLOW, "*"), ("Location", to)]);
    vec![
        (policy(ok(), answer(200, &[])), get(API), "MissingAllowOriginHeader"),
        (policy(ok(), answer(500, &[])), get(API), "MissingAllowOriginHeader"),
        (policy(ok(), answer(0, &[])), get(API), "net::ERR_FAILED"),
        (policy(answer(404, &[(ALLOW, "*")]), ok()), put(), "PreflightInvalidStatus"),
        (policy(ok(), ok()), put(), "MethodDisallowedByPreflightResponse"),
        (policy(ok(), moved(API)), get(API), "net::ERR_TOO_MANY_REDIRECTS"),
        (policy(ok(), moved("ftp://api.other.test/")), get(API), "net::ERR_UNSAFE_REDIRECT"),
        (policy(ok(), moved(API)), Init { redirect: RedirectMode::Error, ..get(API) }, "net::ERR_FAILED"),
        (policy(ok(), ok()), Init { mode: Mode::SameOrigin, ..get(API) }, "origin"),
        (policy(ok(), ok()), get("http://api.other.test/data"), "mixed-content"),
        (policy(ok(), ok()), get("https://api.other.test:25/data"), "net::ERR_UNSAFE_PORT"),
    ]
}

#[test]
fn t09_script_cannot_tell_why_it_failed() {
    for (policy, init, reason) in failures() {
        let fetched = Browser::new(&[(API, policy)]).fetch(&init);
        assert_eq!(fetched.exception().as_deref(), Some("TypeError: Failed to fetch"), "{reason}");
        assert_eq!((fetched.seen.status(), fetched.seen.visible_headers()), (None, Vec::new()));
        // The console says it, and so does the engine, with the rule that decided.
        assert_eq!(why(&fetched), reason);
        assert!(!fetched.console.is_empty(), "{reason}");
        assert!(fetched.refusal().unwrap().rule.algorithm.link.starts_with("https://"));
    }
}

#[test]
fn t09_without_cors_there_is_an_answer_of_which_nothing_is_seen() {
    for status in [200, 404, 500] {
        let said = answer(status, &[(ALLOW, "*"), (EXPOSE, "*"), ("X-Trace", "7")]);
        let fetched = Browser::new(&[(API, policy(answer(204, &[]), said))]).fetch(&Init { mode: NO_CORS, ..get(API) });
        assert_eq!((&fetched.seen, fetched.seen.status()), (&Seen::Opaque, Some(0)));
        assert_eq!(fetched.seen.visible_headers(), Vec::<String>::new());
    }
}

#[test]
fn t09_headers_must_be_exposed_to_be_read() {
    let said =
        [(ALLOW, "*"), ("Content-Type", "text/plain"), ("X-Trace", "7"), ("X-Other", "7"), ("Set-Cookie", "a=1")];
    let visible = |expose: &'static str| {
        let said = [&said[..], &[(EXPOSE, expose)]].concat();
        let fetched = Browser::new(&[(API, policy(answer(204, &[]), answer(200, &said)))]).fetch(&get(API));
        fetched.seen.visible_headers()
    };
    assert_eq!(visible("Date"), ["content-type"]);
    assert_eq!(visible("x-trace"), ["content-type", "x-trace"]);
    assert_eq!(
        visible("*"),
        ["access-control-allow-origin", "access-control-expose-headers", "content-type", "x-other", "x-trace"]
    );
}

#[test]
fn t12_cors_protects_the_reader_and_not_the_server() {
    // `Access-Control-Allow-Origin` for somebody else: the work is done, and whoever is no browser reads it.
    let mut done = 0;
    let said = answer(200, &[(ALLOW, "https://elsewhere.test")]);
    let mut server = |_: &Sent, at: Micros| {
        done += 1;
        Reply { answer: Some(said.clone()), at }
    };
    let mut remembered = Remembered::default();
    let arguments = (&mut remembered, Micros::ZERO);
    let fetched = fetch(&asks("POST", API), &page(PAGE), &Profile::STANDARD, arguments, &mut server);
    assert_eq!((done, read(&fetched), why(&fetched)), (1, None, "AllowOriginMismatch"));
    let came = fetched.events.iter().any(|event| matches!(event, engine::browser::fetch::Event::Answered(_)));
    assert!(came);
}

/// What nginx of the course answers while its application is down, with this line in the location.
fn from_nginx(line: &str) -> Answer {
    const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";
    let world = World::course().with_edit(BACKEND, "location / {", &["location / {\n        ", line].concat());
    let timed = |what| Timed { at: Micros::ZERO, what };
    let stop = timed(Action::Command("pm2 stop backend".to_owned()));
    let open = timed(Action::Open("https://backend-demo.senus.doxyz/users".to_owned()));
    let trace: Trace = run(&world, &State::booted(&world), &[stop, open], 0).0;
    let response = trace.steps.iter().rev().find_map(|step| match &step.act {
        Act::Travel { message, .. } => match message {
            Message::Response(response) => Some(response.clone()),
            _ => None,
        },
        Act::Decide { .. } => None,
    });
    let response = response.expect("a response");
    Answer { status: response.status, headers: response.headers.clone(), body: response.body.clone() }
}

#[test]
fn t13_a_502_of_nginx_looks_like_a_cors_error() {
    const URL: &str = "https://backend-demo.senus.doxyz/users";
    let seen = |line: &str| {
        let actual = from_nginx(line);
        assert_eq!(actual.status, 502);
        let mut browser = Browser::new(&[(URL, Policy { preflight: None, actual })]);
        browser.page = page("https://frontend-demo.senus.doxyz/");
        browser.fetch(&get(URL))
    };
    let hidden = seen("add_header Access-Control-Allow-Origin *;");
    assert_eq!((read(&hidden), why(&hidden)), (None, "MissingAllowOriginHeader"));
    assert!(
        hidden.console[0].ends_with("No 'Access-Control-Allow-Origin' header is present on the requested resource.")
    );
    assert_eq!(read(&seen("add_header Access-Control-Allow-Origin * always;")), Some(502));
}

#[test]
fn t32_script_writes_no_request_of_its_own_make() {
    // Headers that belong to the browser are left out without a word; methods that open tunnels throw.
    let wishes = [
        ("Host", "bank.test"),
        ("Connection", "close"),
        ("Upgrade", "websocket"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Cookie", "session=2"),
        ("Origin", "https://bank.test"),
        ("Referer", "https://bank.test/"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Proxy-Authorization", "Basic eDp5"),
        ("X-HTTP-Method-Override", "TRACE"),
    ];
    let own = "https://app.test/data";
    let fetched = Browser::new(&[(own, policy(answer(204, &[]), answer(200, &[])))])
        .fetch(&Init { headers: with(&wishes), ..asks("GET", own) });
    assert_eq!(read(&fetched), Some(200));
    for (name, _) in wishes {
        assert_eq!(fetched.sent().next().unwrap().header(name), None, "{name}");
    }
    for method in ["CONNECT", "trace", "Track"] {
        let fetched = Browser::new(&[]).fetch(&asks(method, own));
        assert_eq!((sent(&fetched), why(&fetched)), (Vec::new(), "TypeError"), "{method}");
    }
    // No port of another service, and no scheme that is not HTTP: there is no socket to be had this way.
    for port in [22, 25, 110, 143, 6_000, 6_667] {
        let url = ["https://app.test:", &port.to_string(), "/"].concat();
        for mode in [Mode::Cors, NO_CORS, Mode::SameOrigin] {
            assert_eq!(sent(&Browser::new(&[]).fetch(&Init { mode, ..get(&url) })), Vec::<String>::new(), "{url}");
        }
    }
    for url in ["ftp://app.test/", "ws://app.test/", "wss://app.test/", "tcp://app.test:22/", "mailto:a@app.test"] {
        for mode in [Mode::Cors, NO_CORS, Mode::SameOrigin] {
            let fetched = Browser::new(&[]).fetch(&Init { mode, ..get(url) });
            assert_eq!((sent(&fetched), &fetched.seen), (Vec::new(), &Seen::NetworkError), "{url}");
        }
    }
}

#[test]
fn t33_a_page_reads_no_file_by_its_address() {
    for url in ["file:///etc/passwd", "file:///C:/secrets.txt", "file://localhost/etc/passwd"] {
        for mode in [Mode::Cors, NO_CORS, Mode::SameOrigin] {
            for profile in PROFILES {
                let fetched = Browser { profile, ..Browser::new(&[]) }.fetch(&Init { mode, ..get(url) });
                assert_eq!((sent(&fetched), &fetched.seen), (Vec::new(), &Seen::NetworkError), "{url}");
            }
        }
    }
    // What script has been given, it has: a `data:` address holds its answer itself.
    let fetched = Browser::new(&[]).fetch(&get("data:text/plain,given"));
    assert_eq!(fetched.seen.readable().map(|readable| &*readable.body), Some("given"));
}
