//! Golden traces: the whole journey, and each fault on its way.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Outcome, Trace};
use engine::world::World;

const URL: &str = "https://backend-demo.senus.doxyz/users";

fn open(url: &str) -> Timed {
    Timed {
        at: Micros::ZERO,
        what: Action::Open(url.to_owned()),
    }
}

fn command(line: &str) -> Timed {
    Timed {
        at: Micros::ZERO,
        what: Action::Command(line.to_owned()),
    }
}

fn wait(seconds: u64) -> Timed {
    Timed {
        at: Micros::ZERO,
        what: Action::Wait(Micros::seconds(seconds)),
    }
}

/// Runs the actions on an instance that has just booted with the world.
fn play(world: &World, actions: &[Timed]) -> Trace {
    run(world, &State::booted(world), actions, 0).0
}

/// Holds the trace against its golden file.
fn check(name: &str, world: &World, actions: &[Timed]) -> Trace {
    let trace = play(world, actions);
    tests::golden(&format!("traces/{name}.txt"), &trace.to_string());
    trace
}

fn code(trace: &Trace) -> &'static str {
    match trace.outcomes.last() {
        Some(Outcome::BrowserError { code, .. }) => code,
        other => panic!("no browser error but {other:?}"),
    }
}

fn status(trace: &Trace) -> u16 {
    match trace.outcomes.last() {
        Some(Outcome::Response { status, .. }) => *status,
        other => panic!("no response but {other:?}"),
    }
}

#[test]
fn the_whole_journey() {
    let trace = check("whole-journey", &World::course(), &[open(URL)]);
    assert_eq!(status(&trace), 200);
}

#[test]
fn t25_a_redirect_is_a_whole_answer_and_the_browser_connects_again() {
    let trace = check(
        "redirect",
        &World::course(),
        &[open("http://backend-demo.senus.doxyz/users")],
    );
    assert_eq!(status(&trace), 200);
    assert_eq!(
        trace
            .steps
            .iter()
            .filter(|step| step.name == "firewall-decides")
            .count(),
        2
    );
}

#[test]
fn t14_unmatched_packets_are_dropped_in_silence() {
    let world = World::course();
    let text = world.text("security-group").unwrap();
    let line = 1 + text.lines().position(|line| line.contains("443")).unwrap() as u32;
    let trace = check(
        "closed-443",
        &world.with_line_removed("security-group", line),
        &[open(URL)],
    );
    assert_eq!(code(&trace), "ERR_CONNECTION_TIMED_OUT");
}

#[test]
fn nginx_stopped_is_refused_at_once() {
    let trace = check(
        "nginx-stopped",
        &World::course(),
        &[command("systemctl stop nginx"), open(URL)],
    );
    assert_eq!(code(&trace), "ERR_CONNECTION_REFUSED");
}

#[test]
fn application_stopped_is_a_502_from_nginx() {
    let trace = check(
        "application-stopped",
        &World::course(),
        &[command("pm2 stop backend"), open(URL)],
    );
    assert_eq!(status(&trace), 502);
}

#[test]
fn an_address_elsewhere_times_out() {
    let world = World::course().with_edit(
        "senus.doxyz.zone",
        "A      52.23.45.67",
        "A      52.23.45.76",
    );
    assert_eq!(
        code(&check("address-elsewhere", &world, &[open(URL)])),
        "ERR_CONNECTION_TIMED_OUT"
    );
}

#[test]
fn a_certificate_for_another_name() {
    let world = World::course().with_edit("certificates", "DNS:backend-demo", "DNS:another-host");
    assert_eq!(
        code(&check("certificate-name", &world, &[open(URL)])),
        "ERR_CERT_COMMON_NAME_INVALID"
    );
}

#[test]
fn an_expired_certificate() {
    let world = World::course().with_edit("network", "2026-02-14", "2026-05-01");
    assert_eq!(
        code(&check("certificate-expired", &world, &[open(URL)])),
        "ERR_CERT_DATE_INVALID"
    );
}

#[test]
fn a_self_signed_certificate() {
    let issuer = "Issuer: C = US, O = Let's Encrypt, CN = R11";
    let world = World::course().with_edit(
        "certificates",
        issuer,
        "Issuer: CN = backend-demo.senus.doxyz",
    );
    assert_eq!(
        code(&check("certificate-self-signed", &world, &[open(URL)])),
        "ERR_CERT_AUTHORITY_INVALID"
    );
}

#[test]
fn an_unknown_name() {
    let trace = check(
        "unknown-name",
        &World::course(),
        &[open("https://backend-dmeo.senus.doxyz/users")],
    );
    assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED");
}

#[test]
fn an_unknown_path() {
    let trace = check(
        "unknown-path",
        &World::course(),
        &[open("https://backend-demo.senus.doxyz/nobody")],
    );
    assert_eq!(status(&trace), 404);
}

#[test]
fn an_alias_leads_to_the_default_server() {
    // T20, T23, T24: the name stays `api…` in SNI and Host; no server_name fits it, so the default server's certificate
    // is shown, and the browser warns before any HTTP.
    let trace = check(
        "alias",
        &World::course(),
        &[open("https://api.senus.doxyz/users")],
    );
    assert_eq!(code(&trace), "ERR_CERT_COMMON_NAME_INVALID");
}

#[test]
fn an_application_on_another_port_is_a_502() {
    let world = World::course().with_edit("ecosystem.config.js", "PORT: 3001", "PORT: 3002");
    assert_eq!(
        status(&check("application-other-port", &world, &[open(URL)])),
        502
    );
}

#[test]
fn t35_the_second_request_needs_no_lookup_and_no_handshake() {
    let trace = check(
        "second-request",
        &World::course(),
        &[open(URL), open(URL), wait(100), open(URL)],
    );
    assert_eq!(status(&trace), 200);
}

#[test]
fn a_mistake_and_a_reload_keep_the_old_configuration() {
    let good = World::course();
    let bad = good.with_edit(
        "/etc/nginx/conf.d/backend.conf",
        "proxy_pass ",
        "proxy_pas ",
    );
    let actions = [
        command("nginx -t"),
        command("systemctl reload nginx"),
        open(URL),
    ];
    let trace = run(&bad, &State::booted(&good), &actions, 0).0;
    tests::golden("traces/reload-mistake.txt", &trace.to_string());
    assert_eq!(status(&trace), 200);
}
