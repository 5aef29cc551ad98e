//! Trials of the laboratory before anybody does them: what the named situations come to, those by chance, and what would help.

use engine::browser::filtered::Seen;
use engine::browser::profile::{Profile, ThirdParty};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use trial::compare::{agree, compare};
use trial::generate::generate;
use trial::json::Json;
use trial::mend::{Mended, What, changed, mend};
use trial::plan::{Plan, plan};
use trial::setting::{Origins, Setting, To};
use trial::situations::situations;
use trial::snippets::snippets;
use trial::told::{Told, leaves, observed, predict, predicted};

const ID: &str = "1f";

fn origins() -> Origins {
    let of = |name: &str| [8080, 8081, 8082].map(|port| format!("http://{name}:{port}"));
    let all = [of("localhost"), of("127.0.0.1")].concat();
    Origins::of("http://localhost:8080", &all).expect("the page is of the first origin")
}

fn ready(setting: &Setting) -> Plan {
    plan(&setting.fill(&origins()), &origins(), ID).expect("an address")
}

#[test]
fn origins_as_they_are_to_a_page() {
    let of = |name: &str| [80, 81, 82].map(|port| format!("http://{name}:{port}"));
    let all = [of("localhost"), of("127.0.0.1")].concat();
    let other = Origins::of("http://127.0.0.1:80", &all).expect("a page at the other name");
    assert_eq!(
        To::ALL.map(|to| other.at(to)).join(" ").replace("http://", ""),
        "127.0.0.1:80 127.0.0.1:81 127.0.0.1:82 localhost:81 localhost:82"
    );
    for stranger in ["null", "http://localhost:81", "https://localhost:80", ""] {
        assert_eq!(Origins::of(stranger, &all), None, "{stranger}");
    }
    assert_eq!(Origins::of("http://localhost:80", &[]), None);
}

/// What each situation with a name comes to in Chromium, and what would help.
#[test]
fn situations_with_a_name() {
    let mut text = String::new();
    for situation in situations() {
        let filled = situation.setting.fill(&origins());
        let plan = ready(&situation.setting);
        let fetched = predict(&plan, &Profile::CHROMIUM);
        assert_eq!(leaves(&plan, &fetched), None, "{}", situation.name);
        let _ = writeln!(text, "{}: {}", situation.name, situation.title);
        for row in compare(&predicted(&plan, &fetched), &Told::default(), true) {
            if !row.predicted.is_empty() {
                let _ = writeln!(text, "  {}: {}", row.what, row.predicted.replace('\n', "\n      "));
            }
        }
        match mend(&filled, &origins(), &Profile::CHROMIUM) {
            Mended::Reads => {}
            Mended::Never(words) => {
                let _ = writeln!(text, "  never: {words}");
            }
            Mended::Changes(changes, needs) => {
                for (place, what) in changes {
                    let whose = format!(
                        "{}{}",
                        if place.next { "next " } else { "" },
                        if place.preflight { "preflight" } else { "answer" }
                    );
                    let _ = match what {
                        What::Status(status) => writeln!(text, "  helps: {whose}: status {status}"),
                        What::Line(name, value) => writeln!(text, "  helps: {whose}: {name}: {value}"),
                    };
                }
                assert!(!needs.is_empty(), "{}", situation.name);
            }
        }
    }
    tests::golden("laboratory.txt", &text);
}

/// The same seed gives the same situations, and among a thousand there is everything that matters.
#[test]
fn a_thousand_situations_by_chance() {
    let all = generate(1, 1_000);
    assert_eq!(all, generate(1, 1_000));
    assert_eq!(all[..500], generate(1, 500)[..], "a longer run begins as a shorter one");
    assert_ne!(all, generate(2, 1_000));
    let (mut kinds, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    for setting in &all {
        let plan = ready(setting);
        let fetched = predict(&plan, &Profile::CHROMIUM);
        assert_eq!(leaves(&plan, &fetched), None);
        for fetched in &fetched {
            *kinds.entry(fetched.seen.word()).or_insert(0) += 1;
            if let Some(reason) = fetched.refusal().and_then(|decision| decision.reason.as_ref()) {
                *reasons.entry(reason.name()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert!(reasons.len() >= 18, "{reasons:?}");
    assert!(kinds["cors"] > 100 && kinds["network-error"] > 200, "{kinds:?}");
}

/// What helps, helps; nothing of it could be left out; and it never is a star.
#[test]
fn changes_help_and_none_is_too_many() {
    let reads = |setting: &Setting| {
        let plan = plan(setting, &origins(), "x").expect("an address");
        let fetched = predict(&plan, &Profile::CHROMIUM).pop().expect("a call");
        matches!(fetched.seen, Seen::Basic(_) | Seen::Cors(_))
    };
    let (mut mended, mut never) = (0, 0);
    let named = situations().into_iter().map(|situation| situation.setting);
    for setting in named.chain(generate(7, 1_500)) {
        let setting = Setting { times: 1, ..setting.fill(&origins()) };
        match mend(&setting, &origins(), &Profile::CHROMIUM) {
            Mended::Reads => assert!(reads(&setting)),
            Mended::Never(words) => {
                assert!(!reads(&setting) && words.len() > 20);
                never += 1;
            }
            Mended::Changes(changes, needs) => {
                mended += 1;
                assert!(!reads(&setting) && reads(&changed(&setting, &changes)), "{setting:?}\n{changes:?}");
                for at in 0..changes.len() {
                    let mut fewer = changes.clone();
                    let (_, what) = fewer.remove(at);
                    let varies = matches!(what, What::Line("Vary", _));
                    assert!(
                        varies || !reads(&changed(&setting, &fewer)),
                        "{what:?} was not needed: {setting:?}\n{changes:?}"
                    );
                    assert!(!matches!(what, What::Line(_, value) if value.contains('*')), "never a star");
                }
                for need in &needs {
                    for snippet in snippets(need) {
                        assert!(!snippet.text.contains('*'), "{}", snippet.text);
                        assert!(snippet.text.contains(&need.origin), "{}", snippet.text);
                    }
                }
            }
        }
    }
    assert!(mended > 300 && never > 100, "{mended} {never}");
}

/// What frame and witness say, read back: a browser that did just what was predicted agrees in every row, and one that did
/// anything else does not.
#[test]
fn what_was_predicted_and_seen_agrees_and_nothing_else_does() {
    let quote = trial::json::quote;
    let pairs = |pairs: &[(String, String)]| {
        trial::json::pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    };
    let mut differed = 0;
    for setting in generate(3, 300) {
        let plan = ready(&setting);
        let told = predicted(&plan, &predict(&plan, &Profile::CHROMIUM));
        let got = told.got.iter().map(|got| match &got.exception {
            Some(words) => {
                let (name, message) = words.split_once(": ").expect("a name and words");
                format!("{{\"name\":{},\"message\":{}}}", quote(name), quote(message))
            }
            None => {
                let headers: Vec<_> = got.headers.iter().map(|name| (name.to_uppercase(), "x".to_owned())).collect();
                format!(
                    "{{\"type\":{},\"status\":{},\"headers\":{}}}",
                    quote(&got.kind),
                    got.status.unwrap_or(0),
                    pairs(&headers)
                )
            }
        });
        let frame = format!("{{\"number\":1,\"seen\":[{}],\"violated\":[]}}", got.collect::<Vec<_>>().join(","));
        let arrived = told.arrived.iter().map(|request| {
            let cut = request.url.find("/trial").expect("an address of a trial");
            let (at, target) = request.url.split_at(cut);
            let headers: Vec<_> =
                request.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
            format!(
                "{{\"after_us\":1,\"at\":{},\"method\":{},\"target\":{},\"headers\":{},\"body_bytes\":0}}",
                quote(at),
                quote(&request.method),
                quote(target),
                pairs(&headers)
            )
        });
        let arrived: Vec<String> = arrived.collect();
        let witness = |arrived: &[String]| format!("{{\"arrived\":[{}],\"left_out\":0}}", arrived.join(","));
        let seen = observed(&plan, &frame, &witness(&arrived)).expect("both are understood");
        let rows = compare(&told, &seen, true);
        assert!(agree(&rows), "{rows:#?}");
        // One request fewer, one more, another status, a violation of our policy.
        let fewer = arrived.get(1..).unwrap_or_default();
        let more = [
            &arrived[..],
            &["{\"at\":\"http://localhost:8081\",\"method\":\"GET\",\"target\":\"/trial/1f/main\",\"headers\":[]}"
                .to_owned()],
        ]
        .concat();
        let other_status = frame.replace("\"status\":2", "\"status\":3");
        let violated = frame.replace("\"violated\":[]", "\"violated\":[\"connect-src\"]");
        for (frame, witness) in [
            (&frame, witness(fewer)),
            (&frame, witness(&more)),
            (&other_status, witness(&arrived)),
            (&violated, witness(&arrived)),
        ] {
            let seen = observed(&plan, frame, &witness).expect("both are understood");
            let same = seen == told;
            assert_eq!(agree(&compare(&told, &seen, true)), same);
            differed += usize::from(!same);
        }
    }
    assert!(differed > 700, "{differed}");
}

/// What the server is told is what the engine was asked about, read by somebody else's JSON.
#[test]
fn places_and_calls_are_json() {
    for setting in generate(5, 300) {
        let plan = ready(&setting);
        let places: serde_json::Value = serde_json::from_str(&plan.places()).expect("JSON");
        let calls: serde_json::Value = serde_json::from_str(&plan.calls()).expect("JSON");
        for (said, place) in places["places"].as_array().expect("a list").iter().zip(&plan.places) {
            assert_eq!((&said["at"], &said["target"]), (&place.at.clone().into(), &place.target.clone().into()));
            let said = said["policy"]["actual"]["headers"].as_array().expect("a list");
            let due = place.policy.actual.headers.iter().map(|(name, value)| serde_json::json!([name, value]));
            assert!(said.iter().eq(due.collect::<Vec<_>>().iter()));
        }
        assert_eq!(calls.as_array().expect("a list").len(), plan.calls.len());
        assert!(Json::read(&plan.calls()).is_some());
    }
}

/// A browser is told apart by the cookies of other sites that it sends, not only by its name.
#[test]
fn the_probe_decides_about_cookies_of_other_sites() {
    let plan = ready(&trial::browsers::cookie_probe());
    for third_party in [ThirdParty::Allowed, ThirdParty::Blocked] {
        let profile = Profile { third_party, ..Profile::CHROMIUM };
        let told = predicted(&plan, &predict(&plan, &profile));
        for known in [ThirdParty::Allowed, ThirdParty::Blocked] {
            let before = Profile { third_party: known, ..Profile::CHROMIUM };
            assert_eq!(trial::browsers::probed(before, &told).third_party, third_party);
        }
    }
}

/// What is to be written for each program. nginx 1.22.1 and Express 4.22 with cors 2.8 were given these very texts and sent
/// the lines, nginx with its own 502, too.
#[test]
fn snippets_as_they_were_tried() {
    let need = |credentials, method: Option<&str>, headers: &[&str], preflight| trial::mend::Need {
        url: "http://localhost:8081/trial/x/main".to_owned(),
        origin: "http://localhost:8080".to_owned(),
        credentials,
        method: method.map(str::to_owned),
        headers: headers.iter().map(|name| (*name).to_owned()).collect(),
        preflight,
    };
    let mut text = String::new();
    for need in [
        need(true, Some("PUT"), &["content-type", "x-api-key"], true),
        need(false, Some("x-y"), &[], true),
        need(false, None, &[], false),
    ] {
        for snippet in snippets(&need) {
            let _ = writeln!(text, "-- {}\n{}", snippet.program, snippet.text);
        }
    }
    tests::golden("laboratory-snippets.txt", &text);
}
