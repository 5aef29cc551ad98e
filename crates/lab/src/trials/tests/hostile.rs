//! What is wrong is said in words, and nothing of it is ever sent.

use super::*;
use proptest::prelude::*;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn nothing_that_would_split_a_header_is_taken() {
    let asking = Asking::new();
    let id = asking.open().await;
    for (name, value, words) in [
        ("X", "a\r\nSet-Cookie: b=c", "X: a value with CR, LF or NUL would be a second header, or a second answer"),
        ("X", "a\n\n<script>", "X: a value with CR, LF or NUL would be a second header, or a second answer"),
        ("X", "a\0", "X: a value with CR, LF or NUL would be a second header, or a second answer"),
        ("X", "a\u{1}", "X: control characters are not sent"),
        ("X", "a\u{2028}", "X: a value is made of bytes: signs beyond U+00FF are none"),
        ("X\r\nY", "a", "X\u{fffd}\u{fffd}Y: a name is made of letters, digits and a few signs (RFC 9110, token)"),
        ("X: a", "a", "X: a: a name is made of letters, digits and a few signs (RFC 9110, token)"),
        ("", "a", ": a name is made of letters, digits and a few signs (RFC 9110, token)"),
        ("Content-Length", "0", "Content-Length: the server writes this one itself"),
        ("tRANSFER-eNCODING", "chunked", "tRANSFER-eNCODING: the server writes this one itself"),
        ("Connection", "upgrade", "Connection: the server writes this one itself"),
        ("Clear-Site-Data", "\"*\"", "Clear-Site-Data: it would empty what the browser keeps of this site"),
        (
            "Set-Cookie",
            "session=1; Path=/live",
            "Set-Cookie: a cookie stays within its trial: no Domain, and no Path but one below the trial's own",
        ),
    ] {
        for preflight in [false, true] {
            let mut place = place(SECOND, &id, "a", 200, &[]);
            let lines = json!([["Access-Control-Allow-Origin", "*"], [name, value]]);
            if preflight {
                place["policy"]["preflight"] = json!({ "status": 200, "headers": lines, "body": "" });
            } else {
                place["policy"]["actual"]["headers"] = lines;
            }
            let heard = asking.tell(&id, json!([place])).await;
            assert_eq!((heard.status, heard.json()), (400, json!({ "error": words })), "{name:?}: {value:?}");
        }
    }
    assert_eq!(asking.ask(1, ("GET", &format!("/trial/{id}/a")), &[], "").await.status, 404, "nothing was taken");
}

/// What came past the first look would still not come past the second one.
#[test]
fn the_last_check_stands_where_the_bytes_are_made() {
    use engine::browser::exchange::Answer;
    for (name, value) in
        [("X", "a\r\nY: b"), ("X", "a\n"), ("X", "\0"), ("X\r\nY", "a"), ("X ", "a"), ("", "a"), ("X", "\u{100}")]
    {
        let answer = Answer { status: 200, headers: vec![(name.into(), value.into())], body: String::new() };
        assert!(write::write(&answer).is_none(), "{name:?}: {value:?}");
    }
    assert!(write::write(&Answer { status: 1000, ..Answer::default() }).is_none());
}

#[tokio::test]
async fn what_is_no_registration_is_refused_in_words() {
    let asking = Asking::new();
    let id = asking.open().await;
    let (path, inside) = (format!("/trials/{id}"), format!("/trial/{id}/a"));
    let policy = r#"{"preflight":null,"actual":{"status":200,"headers":[],"body":""}}"#;
    let whole =
        |at: &str, target: &str| format!(r#"{{"places":[{{"at":"{at}","target":"{target}","policy":{policy}}}]}}"#);
    let many = format!(r#"{{"places":[{}]}}"#, vec!["1"; 40_000].join(","));
    for (body, status, words) in [
        (String::new(), 400, "the body is no JSON"),
        ("[]".to_owned(), 400, "the body must be a JSON object"),
        ("{}".to_owned(), 400, "missing field `places`"),
        (r#"{"places":[], "more":1}"#.to_owned(), 400, "unknown field `more`"),
        (many, 400, "not understood"),
        (r#"{"places":[{}]}"#.to_owned(), 400, "missing field `at`"),
        (whole("http://localhost:9999", &inside), 400, "is none of our origins"),
        (whole("https://localhost:8081", &inside), 400, "is none of our origins"),
        (whole("http://localhost:8081/", &inside), 400, "is none of our origins"),
        (whole(SECOND, "/live/session"), 400, "does not lie below"),
        (whole(SECOND, &format!("/trial/{id}")), 400, "does not lie below"),
        (whole(SECOND, "/trial/somebody-elses/a"), 400, "does not lie below"),
        (whole(SECOND, &inside).replace("200", "100"), 400, "the status 100 is not from 200 to 599"),
        (whole(SECOND, &inside).replace("200", "70000"), 400, "not understood"),
        (whole(SECOND, &inside).replace("[]", "[[\"a\"]]"), 400, "not understood"),
        (format!("{{\"x\": \"{}\"}}", "x".repeat(200_000)), 413, "the body is longer than 131072 bytes"),
    ] {
        let heard = asking.ask(0, ("PUT", &path), &[JSON], &body).await;
        assert_eq!(heard.status, status, "{body:.80} {heard:?}");
        let said = heard.json()["error"].as_str().unwrap().to_owned();
        assert!(said.contains(words), "{body:.80}: {said}");
    }
    assert_eq!(asking.ask(0, ("PUT", &path), &[], "{}").await.status, 415);
    assert_eq!(asking.ask(0, ("POST", "/trials"), &[JSON], "{\"a\":1}").await.status, 400);
    for id in ["0", "..", "%2e%2e", &"f".repeat(32), &format!("{id}x")] {
        assert_eq!(asking.ask(0, ("PUT", &format!("/trials/{id}")), &[JSON], "{\"places\":[]}").await.status, 404);
    }
}

fn texts() -> impl Strategy<Value = String> {
    proptest::collection::vec(0u32..300, 0..12)
        .prop_map(|codes| codes.into_iter().filter_map(char::from_u32).collect::<String>())
}

proptest! {
    /// Whatever is registered: it is taken or refused in words, and what is then answered is what was asked for, to the byte.
    #[test]
    fn whatever_is_registered(
        status in 0u16..1100,
        lines in proptest::collection::vec(("[A-Za-z-]{0,12}|Set-Cookie|Location", texts()), 0..6),
        odd in texts(),
        body in texts(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let asking = Asking::new();
            let id = asking.open().await;
            let mut lines = lines;
            lines.push((odd, "x".to_owned()));
            lines.push(("X-Last".to_owned(), "1".to_owned()));
            let place = json!({
                "at": SECOND,
                "target": format!("/trial/{id}/a"),
                "policy": { "preflight": null, "actual": { "status": status, "headers": lines, "body": body } },
            });
            let told = asking.tell(&id, json!([place])).await;
            let heard = asking.ask(1, ("GET", &format!("/trial/{id}/a")), &[], "").await;
            if told.status == 400 {
                assert!(told.json()["error"].as_str().is_some_and(|words| !words.contains(['\r', '\n', '\0'])));
                assert_eq!((heard.status, heard.headers.len()), (404, 0), "{heard:?}");
                return;
            }
            assert_eq!((told.status, heard.status), (200, status));
            let mut due: Vec<(String, Vec<u8>)> = lines
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.chars().map(|c| c as u8).collect()))
                .collect();
            let mut said: Vec<(String, Vec<u8>)> =
                heard.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
            due.sort_by(|a, b| a.0.cmp(&b.0));
            said.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(said, due, "equal names keep their order");
        });
    }

    /// Whatever is asked for: it is answered, and nobody's witness hears of a request to another trial.
    #[test]
    fn whatever_is_asked_for(path in "(/trials?)?(/[ -~]{0,12}){0,3}", door in 0usize..3, method in "[A-Z]{1,8}") {
        let Ok(target) = path.parse::<axum::http::Uri>() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let asking = Asking::new();
            let id = asking.open().await;
            if target.path().is_empty() || target.authority().is_some() {
                return;
            }
            let heard = asking.ask(door, (&method, &path), &[], "").await;
            assert!([200, 201, 403, 404, 405].contains(&heard.status), "{method} {path} {heard:?}");
            assert_eq!(heard.cors(), 0);
            assert_eq!(asking.arrived(&id).await, json!([]));
        });
    }
}
