//! Golden traces: the whole journey, and each fault on its way.

use engine::journey::{Action, Timed, run};
use engine::message::{Message, Request};
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;

const URL: &str = "https://backend-demo.senus.doxyz/users";

fn open(url: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) }
}

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn wait(seconds: u64) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(seconds)) }
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
    let trace = check("redirect", &World::course(), &[open("http://backend-demo.senus.doxyz/users")]);
    assert_eq!(status(&trace), 200);
    assert_eq!(trace.steps.iter().filter(|step| step.name == "firewall-decides").count(), 2);
}

#[test]
fn t14_unmatched_packets_are_dropped_in_silence() {
    let world = World::course();
    let text = world.text("security-group").unwrap();
    let line = 1 + text.lines().position(|line| line.contains("443")).unwrap() as u32;
    let trace = check("closed-443", &world.with_line_removed("security-group", line), &[open(URL)]);
    assert_eq!(code(&trace), "ERR_CONNECTION_TIMED_OUT");
}

#[test]
fn nginx_stopped_is_refused_at_once() {
    let trace = check("nginx-stopped", &World::course(), &[command("systemctl stop nginx"), open(URL)]);
    assert_eq!(code(&trace), "ERR_CONNECTION_REFUSED");
}

#[test]
fn application_stopped_is_a_502_from_nginx() {
    let trace = check("application-stopped", &World::course(), &[command("pm2 stop backend"), open(URL)]);
    assert_eq!(status(&trace), 502);
}

#[test]
fn an_address_elsewhere_times_out() {
    let world = World::course().with_edit("senus.doxyz.zone", "A      52.23.45.67", "A      52.23.45.76");
    assert_eq!(code(&check("address-elsewhere", &world, &[open(URL)])), "ERR_CONNECTION_TIMED_OUT");
}

#[test]
fn a_certificate_for_another_name() {
    let world = World::course().with_edit("certificates", "DNS:backend-demo", "DNS:another-host");
    assert_eq!(code(&check("certificate-name", &world, &[open(URL)])), "ERR_CERT_COMMON_NAME_INVALID");
}

#[test]
fn an_expired_certificate() {
    let world = World::course().with_edit("network", "2026-02-14", "2026-05-01");
    assert_eq!(code(&check("certificate-expired", &world, &[open(URL)])), "ERR_CERT_DATE_INVALID");
}

#[test]
fn a_self_signed_certificate() {
    let issuer = "Issuer: C = US, O = Let's Encrypt, CN = R11";
    let world = World::course().with_edit("certificates", issuer, "Issuer: CN = backend-demo.senus.doxyz");
    assert_eq!(code(&check("certificate-self-signed", &world, &[open(URL)])), "ERR_CERT_AUTHORITY_INVALID");
}

#[test]
fn an_unknown_name() {
    let trace = check("unknown-name", &World::course(), &[open("https://backend-dmeo.senus.doxyz/users")]);
    assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED");
}

#[test]
fn an_unknown_path() {
    let trace = check("unknown-path", &World::course(), &[open("https://backend-demo.senus.doxyz/nobody")]);
    assert_eq!(status(&trace), 404);
}

#[test]
fn an_alias_leads_to_the_default_server() {
    // T20, T23, T24: the name stays `api…` in SNI and Host; no server_name fits it, so the default server's certificate
    // is shown, and the browser warns before any HTTP.
    let trace = check("alias", &World::course(), &[open("https://api.senus.doxyz/users")]);
    assert_eq!(code(&trace), "ERR_CERT_COMMON_NAME_INVALID");
}

#[test]
fn an_application_on_another_port_is_a_502() {
    let world = World::course().with_edit("ecosystem.config.js", "PORT: 3001", "PORT: 3002");
    assert_eq!(status(&check("application-other-port", &world, &[open(URL)])), 502);
}

#[test]
fn t35_the_second_request_needs_no_lookup_and_no_handshake() {
    let trace = check("second-request", &World::course(), &[open(URL), open(URL), wait(100), open(URL)]);
    assert_eq!(status(&trace), 200);
}

#[test]
fn a_mistake_and_a_reload_keep_the_old_configuration() {
    let good = World::course();
    let bad = good.with_edit("/etc/nginx/conf.d/backend.conf", "proxy_pass ", "proxy_pas ");
    let actions = [command("nginx -t"), command("systemctl reload nginx"), open(URL)];
    let trace = run(&bad, &State::booted(&good), &actions, 0).0;
    tests::golden("traces/reload-mistake.txt", &trace.to_string());
    assert_eq!(status(&trace), 200);
}

/// The names of the steps at which something is decided.
fn decisions(trace: &Trace) -> Vec<&'static str> {
    let decides = |step: &&engine::trace::Step| matches!(step.act, Act::Decide { .. });
    trace.steps.iter().filter(decides).map(|step| step.name).collect()
}

/// The hops of the messages called `name`, as `browser-firewall`.
fn hops(trace: &Trace, name: &str) -> Vec<String> {
    let hop = |step: &engine::trace::Step| step.slug().split_once('.').map(|(_, hop)| hop.to_owned());
    trace.steps.iter().filter(|step| step.name == name).filter_map(hop).collect()
}

/// The sentence of the first decision called `name`.
fn words<'a>(trace: &'a Trace, name: &str) -> &'a str {
    let found = trace.steps.iter().find(|step| step.name == name);
    match found.map(|step| &step.act) {
        Some(Act::Decide { verdict, .. }) => &verdict.words,
        _ => panic!("no decision {name}"),
    }
}

/// The request that the application received.
fn passed_on(trace: &Trace) -> &Request {
    let request = trace.steps.iter().find_map(|step| match &step.act {
        Act::Travel { message: Message::Request(request), .. } if step.name == "proxy-request" => Some(request),
        _ => None,
    });
    request.expect("nginx passes the request on")
}

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

#[test]
fn t01_the_response_never_passes_dns() {
    let trace = play(&World::course(), &[open(URL)]);
    assert_eq!(hops(&trace, "response"), ["proxy-instance", "instance-firewall", "firewall-browser"]);
    let last_lookup = trace.steps.iter().rposition(|step| step.slug().contains("resolver")).unwrap();
    let first_packet = trace.steps.iter().position(|step| step.name == "syn").unwrap();
    assert!(last_lookup < first_packet, "the lookup is over before the connection begins");
}

#[test]
fn t15_replies_need_no_outbound_rule() {
    let world = World::course().with_edit("security-group", "All traffic  All", "# All traffic  All");
    assert!(world.security_group().outbound.is_empty());
    assert_eq!(status(&play(&world, &[open(URL)])), 200);
}

#[test]
fn t15_a_tracked_connection_outlives_its_rule_and_an_untracked_one_is_cut() {
    let open_to_all = World::course();
    let tracked = open_to_all.with_edit("security-group", "443         0.0.0.0/0", "443         203.0.113.0/24");
    for (world, expected) in [(open_to_all, None), (tracked, Some(200))] {
        let state = run(&world, &State::booted(&world), &[open(URL)], 0).1;
        let line = 1 + world.text("security-group").unwrap().lines().position(|l| l.contains("443")).unwrap();
        let closed = world.with_line_removed("security-group", line as u32);
        let trace = run(&closed, &state, &[open(URL)], 0).0;
        match expected {
            Some(expected) => assert_eq!(status(&trace), expected),
            None => {
                assert_eq!(code(&trace), "ERR_TIMED_OUT");
                assert_eq!(decisions(&trace), ["connection-reused", "firewall-decides", "browser-gives-up"]);
            }
        }
    }
}

#[test]
fn t17_the_instance_knows_its_private_address_only() {
    let trace = play(&World::course(), &[open(URL)]);
    for step in &trace.steps {
        let Act::Travel { from, to, message: Message::Segment { from: source, to: target, .. } } = &step.act else {
            continue;
        };
        let public = [source, target].iter().any(|end| end.ip().to_string() == "52.23.45.67");
        let outside = *from == Place::Browser || *to == Place::Browser;
        assert_eq!(public, outside, "{}", step.slug());
    }
}

#[test]
fn t17_a_new_public_address_leaves_the_old_record_stale() {
    let world = World::course().with_edit("network", "52.23.45.67", "52.23.45.99");
    assert_eq!(code(&play(&world, &[open(URL)])), "ERR_CONNECTION_TIMED_OUT");
}

#[test]
fn t20_an_alias_gives_both_records_and_keeps_the_name() {
    let trace = play(&World::course(), &[open("http://api.senus.doxyz/")]);
    let answer = trace.steps.iter().find(|step| step.name == "dns-answers").unwrap();
    let Act::Travel { message: Message::Answer { records, .. }, .. } = &answer.act else { panic!("no answer") };
    let kinds: Vec<String> = records.iter().map(|record| record.data.kind().word()).collect();
    assert_eq!(kinds, ["CNAME", "A"]);
    let request = trace.steps.iter().find(|step| step.name == "request").unwrap();
    let Act::Travel { message: Message::Request(request), .. } = &request.act else { panic!("no request") };
    assert_eq!(request.header("Host"), Some("api.senus.doxyz"));
}

#[test]
fn t21_a_no_is_remembered_as_long_as_the_soa_says() {
    let world = World::course();
    let missing = "https://new.senus.doxyz/users";
    let state = run(&world, &State::booted(&world), &[open(missing)], 0).1;
    // The record is added now; the resolver goes on saying no for the 300 seconds of the SOA.
    let added = world.with_edit("senus.doxyz.zone", "api ", "new IN A 52.23.45.67\napi ");
    let (trace, state) = run(&added, &state, &[open(missing)], 0);
    assert_eq!(code(&trace), "ERR_NAME_NOT_RESOLVED");
    assert!(hops(&trace, "resolver-asks-dns").is_empty());
    let trace = run(&added, &state, &[wait(301), open(missing)], 0).0;
    assert_eq!(code(&trace), "ERR_CERT_COMMON_NAME_INVALID");
}

#[test]
fn t21_an_edited_record_does_not_recall_old_answers() {
    let world = World::course();
    let state = run(&world, &State::booted(&world), &[open(URL)], 0).1;
    let moved = world.with_edit("senus.doxyz.zone", "A      52.23.45.67", "A      52.23.45.76");
    let (trace, state) = run(&moved, &state, &[wait(100), open(URL)], 0);
    assert_eq!(status(&trace), 200);
    assert_eq!(code(&run(&moved, &state, &[wait(300), open(URL)], 0).0), "ERR_CONNECTION_TIMED_OUT");
}

#[test]
fn t23_without_a_fitting_name_the_default_server_answers() {
    let world = World::course();
    let trace = play(&world, &[open("http://api.senus.doxyz/users")]);
    assert!(words(&trace, "default-server").contains("default server"));
    // The first block is the default; `default_server` on another one changes that.
    let (from, to) = ("listen 80;", "listen 80 default_server;");
    let other = world.with_edit("/etc/nginx/conf.d/frontend.conf", from, to);
    let trace = play(&other, &[open("http://api.senus.doxyz/users")]);
    assert!(words(&trace, "default-server").contains("frontend.conf"));
}

#[test]
fn t24_the_certificate_is_chosen_before_any_http_is_read() {
    let trace = play(&World::course(), &[open(URL)]);
    let at = |name: &str| trace.steps.iter().position(|step| step.name == name).unwrap();
    assert!(at("certificate-chosen") < at("certificate-checked"));
    assert!(at("certificate-checked") < at("request"));
    assert!(at("request") < at("server-chosen"));
}

#[test]
fn t25_a_301_is_remembered_and_port_80_is_not_asked_again() {
    let http = "http://backend-demo.senus.doxyz/users";
    let world = World::course();
    let state = run(&world, &State::booted(&world), &[open(http)], 0).1;
    let trace = run(&world, &state, &[wait(100), open(http)], 0).0;
    assert_eq!(decisions(&trace)[0], "redirect-remembered");
    assert_eq!(decisions(&trace).iter().filter(|name| **name == "firewall-decides").count(), 1);
}

#[test]
fn t25_a_redirect_to_itself_ends_after_twenty() {
    let world = World::course().with_edit(BACKEND, "301 https://$host", "302 http://$host");
    let trace = check("redirect-loop", &world, &[open("http://backend-demo.senus.doxyz/users")]);
    assert_eq!(code(&trace), "ERR_TOO_MANY_REDIRECTS");
    assert_eq!(decisions(&trace).iter().filter(|name| **name == "proxy-returns").count(), 21);
}

#[test]
fn t26_proxy_pass_is_a_new_request_with_headers_of_its_own() {
    let trace = play(&World::course(), &[open(URL)]);
    let request = passed_on(&trace);
    assert_eq!(request.version, "HTTP/1.0");
    assert_eq!(request.header("Connection"), Some("close"));
    assert_eq!(request.header("Host"), Some("backend-demo.senus.doxyz"));
    assert_eq!(request.header("X-Forwarded-For"), Some("203.0.113.7"));
    assert_eq!(request.header("X-Forwarded-Proto"), Some("https"));
    // Without its own lines the application sees the name in proxy_pass and no client at all.
    let mut bare = World::course();
    for line in (18..=21).rev() {
        bare = bare.with_line_removed(BACKEND, line);
    }
    let trace = play(&bare, &[open(URL)]);
    assert_eq!(passed_on(&trace).header("Host"), Some("localhost:3001"));
    assert_eq!(passed_on(&trace).header("X-Forwarded-For"), None);
}

#[test]
fn t26_a_slash_after_the_port_replaces_the_prefix() {
    let cases = [
        ("location / {", "localhost:3001;", "/api/users?x=%2F", "/api/users?x=%2F"),
        ("location /api/ {", "localhost:3001;", "/api/users", "/api/users"),
        ("location /api/ {", "localhost:3001/;", "/api/users?x=1", "/users?x=1"),
        ("location /api {", "localhost:3001/;", "/api/users", "//users"),
        ("location /noslash/ {", "localhost:3001/v2;", "/noslash/users", "/v2users"),
        ("location /api/ {", "localhost:3001/;", "/api/a%2Fb%20c", "/a/b%20c"),
    ];
    for (location, pass, target, expected) in cases {
        let world = World::course().with_edit(BACKEND, "location / {", location);
        let world = world.with_edit(BACKEND, "localhost:3001;", pass);
        let trace = play(&world, &[open(&["https://backend-demo.senus.doxyz", target].concat())]);
        assert_eq!(passed_on(&trace).target, expected, "{location} {pass} {target}");
    }
}

#[test]
fn t28_an_application_bound_to_every_address_can_be_reached_past_nginx() {
    let rule = "  Custom TCP   TCP       3001        0.0.0.0/0\n  HTTP ";
    let world = World::course().with_edit("security-group", "  HTTP ", rule);
    let direct = "http://backend-demo.senus.doxyz:3001/users";
    let trace = check("past-nginx", &world, &[open(direct)]);
    assert_eq!(status(&trace), 200);
    assert_eq!(hops(&trace, "request"), ["browser-firewall", "firewall-instance", "instance-app"]);
    // Without the rule: silence. Bound to 127.0.0.1: refused from outside, and nginx still gets through.
    assert_eq!(code(&play(&World::course(), &[open(direct)])), "ERR_CONNECTION_TIMED_OUT");
    let private = world.with_edit("backend.js", "process.env.PORT)", "process.env.PORT, \"127.0.0.1\")");
    assert_eq!(code(&play(&private, &[open(direct)])), "ERR_CONNECTION_REFUSED");
    assert_eq!(status(&play(&private, &[open(URL)])), 200);
}

#[test]
fn t28_localhost_may_be_two_addresses() {
    let both = World::course().with_edit("/etc/hosts", "::1       ", "::1       localhost ");
    let both = both.with_edit("backend.js", "process.env.PORT)", "process.env.PORT, \"::1\")");
    let trace = play(&both, &[open(URL)]);
    assert_eq!(status(&trace), 200);
    assert_eq!(hops(&trace, "proxy-syn").len(), 2, "127.0.0.1 refuses, ::1 accepts");
}

#[test]
fn t35_a_first_request_costs_three_round_trips_after_the_lookup_and_a_second_one() {
    let trace = play(&World::course(), &[open(URL), open(URL)]);
    let time = |name: &str, nth: usize| trace.steps.iter().filter(|step| step.name == name).nth(nth).unwrap().start;
    let round_trip = Micros(2 * (40_000 + 200));
    let first = time("browser-shows", 0) - time("address-chosen", 0);
    let second = time("browser-shows", 1) - time("connection-reused", 0);
    // TCP and TLS one each; the rest (nginx, the application) is the same for both.
    let handshakes = Micros(2 * round_trip.0 + 2 * 30);
    assert_eq!(first - second, handshakes);
}

#[test]
fn plain_http_on_the_tls_port_and_tls_on_the_plain_port() {
    let trace = play(&World::course(), &[open("http://backend-demo.senus.doxyz:443/users")]);
    assert_eq!(status(&trace), 400);
    let trace = play(&World::course(), &[open("https://backend-demo.senus.doxyz:80/users")]);
    assert_eq!(code(&trace), "ERR_SSL_PROTOCOL_ERROR");
    let trace = play(&World::course(), &[open("http://backend-demo.senus.doxyz:22/")]);
    assert_eq!(code(&trace), "ERR_UNSAFE_PORT");
    assert_eq!(trace.steps.len(), 1, "nothing is sent");
}

#[test]
fn what_is_not_modelled_is_said() {
    let world = World::course().with_edit(BACKEND, "location / {", "location / {\n        auth_request /check;");
    let trace = play(&world, &[open(URL)]);
    assert!(matches!(trace.outcomes.last(), Some(Outcome::Printed(text)) if text.starts_with("not modelled")));
}

#[test]
fn nginx_that_cannot_start_leaves_the_port_closed() {
    let world = World::course().with_edit(BACKEND, "proxy_pass ", "proxy_pas ");
    let trace = check("nginx-cannot-start", &world, &[open(URL)]);
    assert_eq!(code(&trace), "ERR_CONNECTION_REFUSED");
}

#[test]
fn t27_refused_is_502_and_silence_is_504() {
    let slow = World::course().with_edit("network", "app-work           3 ms", "app-work           70 s");
    let trace = check("application-too-slow", &slow, &[open(URL)]);
    assert_eq!(status(&trace), 504);
    // The application works on: its answer is made after nginx has given up.
    let at = |name: &str| trace.steps.iter().find(|step| step.name == name).unwrap().end;
    assert!(at("app-answers") > at("gateway-timeout"));
    let patient = slow.with_edit(BACKEND, "location / {", "location / {\n        proxy_read_timeout 2m;");
    assert_eq!(status(&play(&patient, &[open(URL)])), 200);
}

#[test]
fn t19_an_alias_has_nothing_beside_it() {
    let world = World::course().with_edit("senus.doxyz.zone", "api             IN", "@  IN");
    let zone = &world.zones()[2];
    assert_eq!(zone.broken().map(|p| p.words.as_str()), Some("senus.doxyz.: CNAME and other data"));
    assert_eq!(code(&play(&world, &[open(URL)])), "ERR_NAME_NOT_RESOLVED");
}

#[test]
fn an_upstream_group_skips_a_server_that_refuses() {
    let group = "upstream app { server 127.0.0.1:3999; server 127.0.0.1:3001; }\nserver {";
    let world = World::course().with_edit(BACKEND, "server {", group);
    let world = world.with_edit(BACKEND, "http://localhost:3001", "http://app");
    let trace = play(&world, &[open(URL)]);
    assert_eq!(status(&trace), 200);
    assert_eq!(hops(&trace, "proxy-syn").len(), 2);
}

#[test]
fn a_path_without_its_last_slash_is_sent_to_the_location_with_it() {
    let world = World::course().with_edit(BACKEND, "location / {", "location /users/ {");
    let trace = play(&world, &[open(&[URL, "?x=1"].concat())]);
    assert_eq!(words(&trace, "proxy-returns"), "301: go to https://backend-demo.senus.doxyz/users/?x=1");
    assert_eq!(passed_on(&trace).target, "/users/?x=1");
    assert_eq!(status(&trace), 200, "Express takes the path with and without the slash");
}

#[test]
fn a_script_that_cannot_start_is_a_502_and_a_handler_that_throws_is_a_500() {
    let without = |line: &str| World::course().with_edit("backend.js", line, "");
    for line in ["const express = require(\"express\");", "const app = express();", "app.listen(process.env.PORT);"] {
        assert_eq!(status(&play(&without(line), &[open(URL)])), 502, "{line}");
    }
    let trace = play(&without("const users = require(\"./users.json\");"), &[open(URL)]);
    assert_eq!(status(&trace), 500);
}

#[test]
fn the_browser_tidies_the_path_before_it_sends_it() {
    let sent = |path: &str| {
        let trace = play(&World::course(), &[open(&["https://backend-demo.senus.doxyz", path].concat())]);
        let request = trace.steps.iter().find_map(|step| match &step.act {
            Act::Travel { message: Message::Request(request), .. } => Some(request.target.clone()),
            _ => None,
        });
        request.expect("a request is sent")
    };
    let cases = [
        ("", "/"),
        ("?x", "/?x"),
        ("/a/../users", "/users"),
        ("/a/./b/", "/a/b/"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/%2e%2E/users?a=/../b#c", "/users?a=/../b"),
        ("/a//b", "/a//b"),
        ("/a b", "/a%20b"),
    ];
    for (typed, expected) in cases {
        assert_eq!(sent(typed), expected, "{typed}");
    }
}
