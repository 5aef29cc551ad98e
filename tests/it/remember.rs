//! What the browser remembers between visits: connections, TLS sessions, and that a host wants HTTPS only.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Outcome, Trace};
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
