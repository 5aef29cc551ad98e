//! What the browser remembers between visits: connections, TLS sessions, and that a host wants HTTPS only.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;

const URL: &str = "https://backend-demo.senus.doxyz/users";
const PLAIN: &str = "http://backend-demo.senus.doxyz/users";

fn open(url: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) }
}

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn wait(seconds: u64) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) }
}

/// The last of the actions, after the others.
fn last(world: &World, actions: &[Timed]) -> Trace {
    let (last, before) = actions.split_last().expect("an action");
    let state = run(world, &State::booted(world), before, 0).1;
    run(world, &state, std::slice::from_ref(last), 0).0
}

fn count(trace: &Trace, name: &str) -> usize {
    trace.steps.iter().filter(|step| step.name == name).count()
}

#[test]
fn t35_a_resumed_session_saves_the_certificate_and_no_round_trip() {
    let world = World::course();
    let (first, again) = (last(&world, &[open(URL)]), last(&world, &[open(URL), wait(100), open(URL)]));
    assert_eq!((count(&first, "certificate-checked"), count(&first, "session-resumed")), (1, 0));
    assert_eq!((count(&again, "certificate-checked"), count(&again, "session-resumed")), (0, 1));
    let handshake = |trace: &Trace| {
        let at = |name: &str| {
            trace.steps.iter().filter(|step| step.name == name).map(|s| (s.start, s.end)).collect::<Vec<_>>()
        };
        at("server-hello").last().unwrap().1 - at("client-hello").first().unwrap().0
    };
    assert_eq!(handshake(&first), handshake(&again));
    assert!(first.to_string().contains("Certificate for backend-demo.senus.doxyz"));
    assert!(again.to_string().contains("ServerHello with pre_shared_key"));
    // A ticket is good for five minutes, and for the nginx that gave it.
    assert_eq!(count(&last(&world, &[open(URL), wait(400), open(URL)]), "session-resumed"), 0);
    let reloaded = last(&world, &[open(URL), command("systemctl reload nginx"), open(URL)]);
    assert_eq!((count(&reloaded, "session-resumed"), count(&reloaded, "certificate-checked")), (0, 1));
}

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

/// The course's world with these lines in the server block that speaks TLS.
fn with_tls(lines: &str) -> World {
    World::course().with_edit(BACKEND, "listen 443 ssl;", &format!("listen 443 ssl;\n{lines}"))
}

/// The words and the basis of the first decision of this name, and how often the browser sends something on its way
/// while TLS begins.
fn tls(trace: &Trace) -> (String, String, usize) {
    let step = trace.steps.iter().find(|step| step.name == "tls-version").expect("a version");
    let Act::Decide { verdict, basis, .. } = &step.act else { panic!("no decision") };
    let sent = trace.steps.iter().filter(|step| step.slug().ends_with("browser-firewall")).map(|step| step.name);
    let flights = sent.filter(|name| matches!(*name, "client-hello" | "client-key-exchange")).count();
    (verdict.words.to_string(), basis.to_string(), flights)
}

#[test]
fn t35_the_round_trips_of_tls_follow_from_ssl_protocols() {
    let trips = |lines: &str| tls(&last(&with_tls(lines), &[open(URL)]));
    let plain = tls(&last(&World::course(), &[open(URL)]));
    assert_eq!((plain.0.as_str(), plain.2), ("TLS 1.3: one round trip before the request", 1));
    assert!(plain.1.starts_with("Debian 12, /etc/nginx/nginx.conf"), "{}", plain.1);
    let line = 2 + World::course().text(BACKEND).unwrap().lines().position(|l| l.contains("443 ssl")).unwrap();
    let here = format!("{BACKEND}, line {line}");
    let one = ("TLS 1.3: one round trip before the request".to_owned(), here.clone(), 1);
    let two = ("TLS 1.2: two round trips before the request".to_owned(), here, 2);
    assert_eq!(trips("ssl_protocols TLSv1.2 TLSv1.3;"), one);
    assert_eq!(trips("ssl_protocols TLSv1.3;"), one);
    assert_eq!(trips("ssl_protocols TLSv1 TLSv1.1 TLSv1.2;"), two);
    // The one round trip more takes its time.
    let took = |lines: &str| last(&with_tls(lines), &[open(URL)]).steps.iter().map(|step| step.end).max().unwrap();
    let more = took("ssl_protocols TLSv1.2;") - took("ssl_protocols TLSv1.3;");
    assert!(more > Micros::millis(10), "{more}");
    // Neither: nobody gets as far as a certificate.
    let none = last(&with_tls("ssl_protocols TLSv1 TLSv1.1;"), &[open(URL)]);
    let Outcome::BrowserError { code, title, text } = &none.outcomes[0] else { panic!("{none}") };
    assert_eq!(*code, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH");
    assert_eq!(*title, "This site can’t provide a secure connection");
    assert_eq!(text, "backend-demo.senus.doxyz uses an unsupported protocol.");
    assert_eq!((count(&none, "tls-alert"), count(&none, "certificate-chosen")), (3, 0));
}

#[test]
fn t35_a_session_is_resumed_by_ticket_or_by_id() {
    let again = |lines: &str, seconds| last(&with_tls(lines), &[open(URL), wait(seconds), open(URL)]);
    let resumed = |lines: &str, seconds| count(&again(lines, seconds), "session-resumed");
    for protocols in ["", "ssl_protocols TLSv1.2;"] {
        let with = |lines: &str| format!("{protocols} {lines}");
        assert_eq!(resumed(&with(""), 100), 1);
        assert_eq!(resumed(&with("ssl_session_tickets off;"), 100), 0, "no cache keeps ids by itself");
        assert_eq!(resumed(&with("ssl_session_tickets off; ssl_session_cache none;"), 100), 0);
        assert_eq!(resumed(&with("ssl_session_tickets off; ssl_session_cache shared:S:1m;"), 100), 1);
        assert_eq!(resumed(&with("ssl_session_tickets off; ssl_session_cache builtin;"), 100), 1);
        assert_eq!(resumed(&with(""), 400), 0);
        assert_eq!(resumed(&with("ssl_session_timeout 10m;"), 400), 1);
        assert_eq!(resumed(&with("ssl_session_timeout 90s;"), 100), 0);
    }
    let over = again("ssl_session_timeout 90s;", 100).to_string();
    assert!(over.contains("too old to be resumed [/etc/nginx/conf.d/backend.conf, line"), "{over}");
    // TLS 1.2 saves a round trip, and does not make the session any younger.
    let old = tls(&again("ssl_protocols TLSv1.2;", 100));
    assert_eq!((old.0.as_str(), old.2), ("TLS 1.2 and a session to resume: one round trip before the request", 1));
    let thrice = |lines| last(&with_tls(lines), &[open(URL), wait(200), open(URL), wait(200), open(URL)]);
    assert_eq!(count(&thrice("ssl_protocols TLSv1.2;"), "session-resumed"), 0);
    assert_eq!(count(&thrice("ssl_protocols TLSv1.3;"), "session-resumed"), 1);
}

/// The course's world whose backend asks for HTTPS only.
fn strict(policy: &str) -> World {
    let block = format!("{{ res.set('Strict-Transport-Security', '{policy}'); res.json(users); }}");
    World::course().with_edit("backend.js", "(req, res) => res.json(users));", &format!("(req, res) => {block});"))
}

#[test]
fn t25_with_hsts_port_80_is_never_asked_again() {
    let world = strict("max-age=600");
    let trace = last(&world, &[open(URL), wait(100), open(PLAIN)]);
    assert_eq!(trace.steps[0].name, "hsts-upgrades");
    assert_eq!(count(&trace, "firewall-decides"), 1, "one connection, to port 443");
    assert!(matches!(trace.outcomes[0], Outcome::Response { status: 200, .. }));
    // Even with port 80 closed; and without the header the browser asks there first.
    let closed = world.with_edit("security-group", "  HTTP  ", "# HTTP  ");
    assert!(matches!(last(&closed, &[open(URL), open(PLAIN)]).outcomes[0], Outcome::Response { status: 200, .. }));
    let plain = last(&World::course(), &[open(URL), wait(100), open(PLAIN)]);
    assert_eq!((count(&plain, "hsts-upgrades"), count(&plain, "firewall-decides")), (0, 2));
}

#[test]
fn hsts_is_forgotten_in_time_and_learned_over_tls_only() {
    let upgraded = |policy: &str, actions: &[Timed]| count(&last(&strict(policy), actions), "hsts-upgrades") > 0;
    assert!(!upgraded("max-age=600", &[open(URL), wait(601), open(PLAIN)]), "forgotten");
    assert!(!upgraded("includeSubDomains", &[open(URL), open(PLAIN)]), "max-age is required");
    assert!(!upgraded("max-age=0", &[open(URL), open(PLAIN)]), "0 means: forget");
    assert!(upgraded("MAX-AGE=\"600\"; includeSubDomains", &[open(URL), open("http://x.backend-demo.senus.doxyz/")]));
    assert!(!upgraded("max-age=600", &[open(URL), open("http://x.backend-demo.senus.doxyz/")]));
    // Past nginx, without TLS, the same header says nothing.
    let rule = "the sites\n  Custom TCP   TCP       3001   0.0.0.0/0\n";
    let world = strict("max-age=600").with_edit("security-group", "the sites\n", rule);
    let direct = open("http://backend-demo.senus.doxyz:3001/users");
    assert_eq!(count(&last(&world, &[direct.clone(), direct]), "hsts-upgrades"), 0);
}
