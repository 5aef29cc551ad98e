//! HTTP, WebSocket and gRPC, and what a script sends (figure 1; T03).

use course::{Change, Piece, play};
use engine::http2::hpack::{Encoder, Way};
use engine::journey::{Action, Caller, Fetch, Script, Timed, run};
use engine::message::Message;
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::websocket::Frame;
use engine::world::World;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use viewpoint::{Case, Seen, Who};

fn piece() -> &'static Piece {
    course::pieces::find("protocols").expect("figure 1")
}

/// The run of figure 1 with one of its switches turned.
fn turned(name: &str) -> (World, Trace) {
    let piece = piece();
    let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
    let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
    assert!(matches!(switch.change, Change::Start(_) | Change::Together(_)));
    let trace = play(&world, &actions);
    (world, trace)
}

#[test]
fn the_runs_of_figure_1() {
    let mut text = String::new();
    for switch in piece().switches {
        let (world, trace) = turned(switch.name);
        let problems: Vec<String> = world.problems().iter().map(ToString::to_string).collect();
        text += &format!("## {}\n{}{trace}\n", switch.name, problems.join("\n"));
    }
    tests::golden("traces/figure-1.txt", &text);
}

/// What real programs said (`tests/oracles/protocols.json`).
fn recorded() -> Value {
    serde_json::from_str(include_str!("../oracles/protocols.json")).expect("JSON")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything that one side of a recorded exchange sent, as one text of digits.
fn sent(exchange: &Value, by: &str) -> String {
    let parts = exchange.as_array().expect("parts").iter().filter(|part| part["from"] == by);
    parts.map(|part| part["hex"].as_str().expect("digits")).collect()
}

#[test]
fn frames_of_websockets_are_those_that_chromium_and_ws_sent() {
    let recorded = recorded();
    for frame in recorded["websocket"]["frames"].as_array().expect("frames") {
        let digits = frame["hex"].as_str().expect("digits");
        let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("a byte");
        let mut ours = match (&frame["text"], &frame["close"]) {
            (Value::String(text), _) => Frame::text(text),
            (_, code) => Frame::close(Some(code.as_u64().expect("a code") as u16), ""),
        };
        // The key is a matter of chance; with the same one every byte must be the same.
        ours.mask = (frame["from"] == "browser").then(|| [byte(2), byte(3), byte(4), byte(5)]);
        assert_eq!(hex(&ours.bytes()), digits);
        assert_eq!(ours.size(), digits.len() / 2);
    }
    for pair in recorded["websocket"]["accept"].as_array().expect("pairs") {
        assert_eq!(engine::websocket::accept(pair["key"].as_str().expect("a key")), pair["accept"]);
    }
}

/// A head as it was recorded, encoded by the engine in the way of the program that sent it.
fn head(way: Way, without_table: bool, fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned().into(), (*v).to_owned().into())).collect();
    let mut encoder = if without_table { Encoder::without_table(way) } else { Encoder::new(way) };
    hex(&encoder.block(&fields))
}

#[test]
fn heads_of_http_2_are_those_that_node_and_nginx_sent() {
    let recorded = recorded();
    let of = |case: &str, between: &str, by: &str| sent(&recorded["grpc frames"][case][between], by);
    let (client, server) = ("client and nginx", "nginx and server");
    let asks = [
        (":authority", "backend-demo.senus.doxyz:443"),
        (":method", "POST"),
        (":path", "/demo.Users/Get"),
        (":scheme", "https"),
        ("grpc-accept-encoding", "identity,deflate,gzip"),
        ("accept-encoding", "identity"),
        ("user-agent", "grpc-node-js/1.14.7"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    let ours = head(Way::Nghttp2, false, &asks);
    assert!(of("works", client, "client").contains(&ours), "{ours}");
    let passes = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/demo.Users/Get"),
        (":authority", "localhost:50051"),
        ("te", "trailers"),
        ("grpc-accept-encoding", "identity,deflate,gzip"),
        ("accept-encoding", "identity"),
        ("user-agent", "grpc-node-js/1.14.7"),
        ("content-type", "application/grpc"),
    ];
    let ours = head(Way::NginxAsks, false, &passes);
    assert!(of("works", server, "nginx").contains(&ours), "{ours}");
    // Dates differ; before them every byte must be the same.
    let answers = [
        (":status", "200"),
        ("content-type", "application/grpc+proto"),
        ("grpc-accept-encoding", "identity,deflate,gzip"),
        ("grpc-encoding", "identity"),
    ];
    let ours = head(Way::Nghttp2, true, &answers);
    assert!(of("works", server, "server").contains(&ours), "{ours}");
    let trailers = [("grpc-status", "0"), ("grpc-message", "OK")];
    let ours = head(Way::NginxAnswers, false, &trailers);
    assert!(of("works", client, "nginx").contains(&["00001a010500000001", &ours].concat()), "{ours}");
    let refused = [
        ("content-type", "application/grpc+proto"),
        ("content-length", "0"),
        ("grpc-status", "5"),
        ("grpc-message", "no%20such%20user"),
    ];
    let ours = head(Way::NginxAnswers, false, &refused);
    assert!(of("not-found", client, "nginx").contains(&ours), "{ours}");
}

/// The documents that figure 1 adds have no dead line either: without one, something else is printed or refused.
#[test]
fn every_line_of_the_grpc_service_matters() {
    let (world, _) = turned("grpc");
    let call = |id: u32| {
        let url = "https://backend-demo.senus.doxyz/demo.Users/Get".to_owned();
        Timed {
            at: Micros::ZERO,
            what: Action::Call { url, message: format!("{{ \"id\": {id} }}"), by: Caller::Program },
        }
    };
    let outcome = |world: &World| {
        let problems: Vec<String> = world.problems().iter().map(|problem| problem.words.clone()).collect();
        (problems, run(world, &State::booted(world), &[call(1), call(9)], 0).0.outcomes)
    };
    let before = outcome(&world);
    for name in ["grpc.js", "users.proto"] {
        for (number, line) in (1..).zip(world.text(name).expect("a document").lines()) {
            let says = !line.trim().is_empty() && !line.starts_with("//");
            let changes = outcome(&world.with_line_removed(name, number)) != before;
            assert_eq!(changes, says, "{name} line {number}: {line}");
        }
    }
}

const CONF: &str = "/etc/nginx/conf.d/backend.conf";

/// The world of a switch of figure 1, with other directives in the location that it adds.
fn with_location(switch: &str, path: &str, directives: &str) -> World {
    let (world, _) = turned(switch);
    let text = world.text(CONF).expect("a file");
    let (before, rest) = text.split_once(&format!("location {path} {{")).expect("the location");
    let (_, after) = rest.split_once('}').expect("its end");
    world.with_text(CONF, &format!("{before}location {path} {{ {directives} }}{after}"))
}

/// What is done after a command on the instance, if any.
fn after(world: &World, command: &Value, action: Action) -> Trace {
    let command = command.as_str().map(|line| Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) });
    let mut actions: Vec<Timed> = command.into_iter().collect();
    actions.push(Timed { at: Micros::ZERO, what: action });
    run(world, &State::booted(world), &actions, 0).0
}

/// What nginx wrote of the last action, without the client, the time and the browser.
fn access(world: &World, action: &Action, command: &Value) -> String {
    let mut state = State::booted(world);
    if let Some(line) = command.as_str() {
        state = run(world, &state, &[Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }], 0).1;
    }
    match Case::of(world, &state, action, 0).view(Who::AccessLog).seen {
        Seen::Text(text) => text,
        Seen::Nothing(why) => why,
    }
}

#[test]
fn websockets_end_as_chromium_ws_and_nginx_ended_them() {
    for case in recorded()["websocket"]["cases"].as_array().expect("cases") {
        let name = case["case"].as_str().expect("a name");
        let lines: Vec<&str> = case["location"].as_array().expect("lines").iter().filter_map(Value::as_str).collect();
        let directives = format!("proxy_pass http://localhost:3001; proxy_set_header Host $host; {}", lines.join(" "));
        let mut world = with_location(if case["ping"].is_u64() { "ping" } else { "websocket" }, "/live", &directives);
        if let Some(span) = case["ping"].as_u64() {
            world = world.with_edit("backend.js", "30000", &span.to_string());
        }
        if case["http2"] == true {
            world = world.with_edit(CONF, "listen 443 ssl;", "listen 443 ssl http2;");
        }
        if let Some(port) = case["opens"].as_u64() {
            world = world.with_edit("security-group", "TCP       443 ", &format!("TCP       443-{port} "));
        }
        let say = case["say"].as_array().expect("messages").iter().filter_map(Value::as_str).map(str::to_owned);
        let action = Action::Socket {
            url: case["url"].as_str().expect("an address").to_owned(),
            say: say.collect(),
            hold: Micros::seconds(case["hold"].as_u64().unwrap_or(1)),
        };
        let trace = after(&world, &case["command"], action.clone());
        let Some(Outcome::Printed(printed)) = trace.outcomes.last() else { panic!("{name}: {trace}") };
        match (&case["failed"], &case["events"]) {
            (Value::String(words), _) => {
                let url = case["url"].as_str().expect("an address");
                let line = format!("WebSocket connection to '{url}' failed: {words}\n");
                assert_eq!(*printed, format!("{line}error\nclose: code 1006, not clean\n"), "{name}");
            }
            (_, events) => {
                let said = |event: &str| match event.split_once(' ') {
                    Some(("close", how)) => {
                        let (code, how) = how.split_once(' ').expect("code and how");
                        format!("close: code {code}, {how}\n")
                    }
                    Some((what, text)) => format!("{what}: {text}\n"),
                    None => format!("{event}\n"),
                };
                let events = events.as_array().expect("events").iter().filter_map(Value::as_str);
                assert_eq!(*printed, events.map(said).collect::<String>(), "{name}");
            }
        }
        if let Some(line) = case["app"].as_str() {
            assert!(trace.to_string().contains(&format!("proxy-request            {line}\n")), "{name}: {trace}");
        }
        if let Some(line) = case["access"].as_str() {
            assert!(access(&world, &action, &case["command"]).contains(line), "{name}");
        }
    }
}

#[test]
fn calls_of_grpc_end_as_grpc_js_said() {
    for case in recorded()["grpc calls"].as_array().expect("cases") {
        let name = case["case"].as_str().expect("a name");
        let mut world = with_location("grpc", "/demo.Users/", case["location"].as_str().expect("directives"));
        if case["http2"] == false {
            world = world.with_edit(CONF, " http2;", ";");
        }
        if let Some(span) = case["slow"].as_u64() {
            let later = format!("setTimeout(() => callback(null, user), {span});");
            world = world.with_edit("grpc.js", "callback(null, user);", &later);
        }
        if let Some(other) = case["certificate"].as_str() {
            world = world.with_edit("certificates", "DNS:backend-demo.senus.doxyz", &format!("DNS:{other}"));
        }
        if name == "untrusted issuer" {
            world = world.with_edit("network", "browser trusts     Let's Encrypt", "browser trusts     Nobody");
        }
        let method = case["method"].as_str().unwrap_or("Get");
        if method != "Get" {
            // The client knows a method that the server's handlers do not have.
            world = world.with_edit(
                "users.proto",
                "  rpc Get",
                &format!("  rpc {method} (UserRequest) returns (User);\n  rpc Get"),
            );
        }
        let target = case["target"].as_str().unwrap_or("backend-demo.senus.doxyz:443");
        let url = format!("https://{}/demo.Users/{method}", target.trim_end_matches(":443"));
        let message = format!("{{ \"id\": {} }}", case["id"].as_u64().unwrap_or(1));
        let action = Action::Call { url, message, by: Caller::Program };
        let trace = after(&world, &case["command"], action.clone());
        let Some(Outcome::Printed(printed)) = trace.outcomes.last() else { panic!("{name}: {trace}") };
        if let Some(answer) = case.get("answer") {
            assert_eq!(serde_json::from_str::<Value>(printed).expect("JSON"), *answer, "{name}");
        }
        // A method without a handler is named alone; one that no description has, with its path.
        let error = case["error"].as_str().map(|words| words.replace("method /demo.Users/Fetch", "method Fetch"));
        if let Some(words) = error {
            assert_eq!(printed.trim_end(), format!("Error: {words}"), "{name}: {trace}");
        }
        if let Some(words) = case["error_begins"].as_str() {
            assert!(printed.starts_with(&format!("Error: {words}")), "{name}: {printed}");
        }
        if let Some(words) = case["error_holds"].as_str() {
            assert!(printed.contains(words), "{name}: {printed}");
        }
        if let Some(line) = case["access"].as_str() {
            let log = access(&world, &action, &case["command"]);
            assert!(log.contains(line), "{name}: {log}");
        }
        if let Some(words) = case["log"].as_str() {
            assert!(trace.to_string().contains(words), "{name}: {trace}");
        }
    }
}

/// Every byte that client, nginx and server sent each other for a call, with the date of the recording.
#[test]
fn calls_of_grpc_have_the_bytes_that_were_recorded() {
    for (case, id) in [("works", 1), ("not-found", 7)] {
        let recorded = &recorded()["grpc frames"][case];
        // `Fri, 27 Nov 2026 13:23:11 GMT`
        let date: Vec<&str> = recorded["date"].as_str().expect("a date").split(' ').collect();
        let (world, _) = turned("grpc");
        let world = world
            .with_edit("network", "2026-02-14 09:00:00", &format!("2026-11-{} {}", date[1], date[4]))
            .with_edit("certificates", "Apr 20 06:12:39 2026", "Apr 20 06:12:39 2027");
        let url = "https://backend-demo.senus.doxyz/demo.Users/Get".to_owned();
        let action = Action::Call { url, message: format!("{{ \"id\": {id} }}"), by: Caller::Program };
        let trace = after(&world, &Value::Null, action);
        let sent = |from: Place, to: Place| -> String {
            let flights = trace.steps.iter().filter_map(|step| match &step.act {
                Act::Travel { from: a, to: b, message: Message::Http2(flight) } if (*a, *b) == (from, to) => {
                    Some(hex(&flight.bytes()))
                }
                _ => None,
            });
            flights.collect()
        };
        let (front, behind) = ("client and nginx", "nginx and server");
        let pairs = [
            (front, "client", sent(Place::Program, Place::Firewall)),
            (front, "nginx", sent(Place::Firewall, Place::Program)),
            (behind, "nginx", sent(Place::Proxy, Place::App)),
            (behind, "server", sent(Place::App, Place::Proxy)),
        ];
        for (between, by, ours) in pairs {
            assert_eq!(ours, self::sent(&recorded[between], by), "{case}: {by}, {between}");
        }
    }
}

/// Words of scripts, descriptions and configurations, and others.
const PIECES: &[&str] = &[
    "socket.on(\"message\", (data) => {",
    "socket.send(",
    "});",
    ")",
    "}",
    "{",
    "(",
    "setInterval(() => socket.ping(), 1);",
    "socket.close(1000, \"x\");",
    "callback(null, user);",
    "callback({ code: 5 });",
    "throw new Error(\"x\");",
    "message",
    "service",
    "rpc",
    "returns",
    "User",
    "UserRequest",
    "int32",
    "string",
    "repeated",
    "=",
    "1",
    "99999999999",
    ";",
    "listen 443 ssl http2;",
    "grpc_pass grpc://localhost:50051;",
    "proxy_pass http://localhost:50051;",
    "grpc_read_timeout 1s;",
    "proxy_set_header Upgrade $http_upgrade;",
    "location /live {",
    "\n",
    "é",
    "\u{0}",
    "\"",
    "'",
    "//",
    "/*",
];

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![12 => select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_and_said_ends(which in 0..4_usize, at in 0..900_usize, text in words(), said in words(), hold: u64) {
        let (world, _) = turned(if which < 2 { "ping" } else { "grpc" });
        let name = ["backend.js", CONF, "grpc.js", "users.proto"][which];
        let own = world.text(name).expect("a document");
        let at = (0..=at.min(own.len())).rev().find(|at| own.is_char_boundary(*at)).unwrap_or(0);
        let world = world.with_text(name, &[&own[..at], &text, &own[at..]].concat());
        let host = "backend-demo.senus.doxyz";
        let actions = [
            Action::Socket { url: format!("wss://{host}/live"), say: vec![said.clone(), said.clone()], hold: Micros(hold) },
            Action::Socket { url: said.clone(), say: Vec::new(), hold: Micros(hold) },
            Action::Call { url: format!("https://{host}/demo.Users/Get"), message: said.clone(), by: Caller::Web },
            Action::Call { url: format!("https://{host}/demo.Users/Get"), message: "{ \"id\": 1 }".to_owned(), by: Caller::Page },
            Action::Fetch(Fetch {
                url: format!("https://{host}/like"),
                method: said.clone(),
                headers: vec![(said.clone(), said.clone())],
                body: said.clone(),
                from: None,
            }),
            Action::Fetch(Fetch {
                url: format!("https://{host}/like"),
                method: said.clone(),
                headers: vec![(said.clone(), said.clone())],
                body: said,
                from: Some(Script { page: "https://frontend-demo.senus.doxyz/".to_owned(), ..Script::default() }),
            }),
        ];
        let actions = actions.map(|what| Timed { at: Micros::ZERO, what });
        let (trace, after) = run(&world, &State::booted(&world), &actions, 0);
        prop_assert_eq!(trace.outcomes.len(), actions.len());
        for index in (0..trace.steps.len()).take(400) {
            let _ = viewpoint::inspect::open(&world, &after, &trace, index);
        }
    }

    /// A message is read as it was written; other bytes are refused, or read.
    #[test]
    fn messages_are_read_as_they_were_written(id: i32, big: i64, small: i64, yes: bool, names in proptest::collection::vec("\\PC{0,9}", 0..4), other: Vec<u8>) {
        let text = "syntax = \"proto3\"; message A { int32 id = 1; int64 big = 2; sint64 small = 3; bool yes = 4; repeated string names = 5; B b = 200; } message B { uint32 n = 1; }";
        let proto = engine::protobuf::parse("a.proto", text);
        prop_assert_eq!(&proto.problems, &Vec::new());
        let described = proto.message("A").expect("a message");
        let json = serde_json::json!({ "id": id, "big": big, "small": small, "yes": yes, "names": names, "b": { "n": 7 } });
        let value = engine::literal::parse(&json.to_string(), engine::literal::Dialect::Json).expect("JSON");
        let bytes = engine::protobuf::encode(&proto, described, &value);
        let mut back = String::new();
        engine::protobuf::decode(&proto, described, &bytes).expect("the same message").json(&mut back);
        prop_assert_eq!(serde_json::from_str::<Value>(&back).expect("JSON"), json);
        let _ = engine::protobuf::decode(&proto, described, &other);
        let _ = engine::protobuf::unframed(&other);
    }
}

#[test]
fn pages_learn_of_calls_what_chromium_and_connect_let_them_learn() {
    for case in recorded()["grpc from a page"].as_array().expect("cases") {
        let name = case["case"].as_str().expect("a name");
        let web = name.starts_with("connect-web");
        let (mut world, _) = turned(if case["server"] == "connect-node" { "grpc-web" } else { "grpc" });
        if case["http2"] == false {
            world = world.with_edit(CONF, " http2;", ";");
        }
        let command = match (case["command"].as_str(), case["server"].as_str()) {
            (None, Some("none")) => Value::from("pm2 stop grpc"),
            _ => case["command"].clone(),
        };
        let action = Action::Call {
            url: "https://backend-demo.senus.doxyz/demo.Users/Get".to_owned(),
            message: format!("{{ \"id\": {} }}", case["id"].as_u64().unwrap_or(1)),
            by: if web { Caller::Web } else { Caller::Page },
        };
        let trace = after(&world, &command, action.clone());
        let Some(Outcome::Printed(printed)) = trace.outcomes.last() else { panic!("{name}: {trace}") };
        if let Some(answer) = case.get("answer") {
            assert_eq!(serde_json::from_str::<Value>(printed).expect("JSON"), *answer, "{name}");
        }
        let console = case["console"].as_str().map_or(String::new(), |line| format!("{line}\n"));
        if let Some(error) = case["error"].as_str() {
            assert_eq!(*printed, format!("{console}ConnectError: {error}\n"), "{name}");
        }
        let response = trace.steps.iter().rev().find_map(|step| match &step.act {
            Act::Travel { to: Place::Browser, message: Message::Response(response), .. } => Some(response),
            _ => None,
        });
        if let Some(status) = case["status"].as_u64() {
            let response = response.expect("an answer");
            assert_eq!(u64::from(response.status), status, "{name}");
            assert_eq!(Value::from(response.data.clone()), case["body"], "{name}");
            for (header, value) in case["headers with"].as_object().into_iter().flatten() {
                assert_eq!(response.header(header), value.as_str(), "{name}: {header}");
            }
            for header in case["headers without"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                assert_eq!(response.header(header), None, "{name}: {header}");
                assert!(!printed.contains(header), "{name}: {printed}");
            }
        }
        if case["trailers reach the browser"] == true {
            assert!(response.is_some_and(|response| !response.trailers.is_empty()), "{name}");
        }
        if let Some(line) = case["access"].as_str() {
            let log = access(&world, &action, &command);
            assert!(log.contains(line), "{name}: {log}");
        }
    }
}

/// What everybody sees of each way to ask, in the words of the tools.
#[test]
fn everybody_sees_each_protocol_in_their_own_words() {
    let names = ["send-json", "websocket", "no-upgrade", "silence", "grpc", "grpc-not-found", "grpc-without-http2"];
    for name in names.into_iter().chain(["grpc-proxy-pass", "grpc-from-page", "grpc-web-refused", "grpc-web"]) {
        let piece = piece();
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
        let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        let state = State::booted(&world);
        let case = Case::of(&world, &state, &actions[0].what, 0);
        tests::golden(&format!("views/protocols-{name}.txt"), &crate::seeing::written(&case.views()));
    }
}

/// Messages of each protocol, opened; and every message of every run opens.
#[test]
fn messages_of_each_protocol_are_opened() {
    let wanted: [(&str, &[&str]); 4] = [
        (
            "websocket",
            &[
                "upgrade-request.browser-firewall",
                "upgrade-response.proxy-instance",
                "client-frame.browser-firewall",
                "client-frame.proxy-app",
                "server-frame.app-proxy",
                "client-close.browser-firewall",
            ],
        ),
        ("ping", &["ping.app-proxy", "pong.browser-firewall"]),
        (
            "grpc",
            &[
                "client-hello.program-firewall",
                "h2-preface.program-firewall",
                "h2-settings.proxy-instance",
                "grpc-call.program-firewall",
                "proxy-request.proxy-app",
                "app-response.app-proxy",
                "grpc-trailers.proxy-instance",
                "h2-goaway.program-firewall",
            ],
        ),
        ("grpc-web", &["data-request.browser-firewall", "data.proxy-instance"]),
    ];
    let mut text = String::new();
    for (name, slugs) in wanted {
        let (world, trace) = turned(name);
        let state = State::booted(&world);
        for slug in slugs {
            let index = trace.steps.iter().position(|step| step.slug() == *slug);
            let index = index.unwrap_or_else(|| panic!("{name}: no {slug}"));
            let message = viewpoint::inspect::open(&world, &state, &trace, index).expect("a message");
            text += &format!("# {name}: {slug}\n{}\n", crate::seeing::opened(&message));
        }
    }
    tests::golden("inspect-protocols.txt", &text);
    for switch in piece().switches {
        let (world, trace) = turned(switch.name);
        let state = State::booted(&world);
        for (index, step) in trace.steps.iter().enumerate() {
            let opened = viewpoint::inspect::open(&world, &state, &trace, index);
            assert_eq!(opened.is_some(), matches!(step.act, Act::Travel { .. }));
            let means =
                opened.into_iter().flat_map(|opened| opened.fields).all(|field| field.means.ends_with(['.', '?']));
            assert!(means, "{}: {}: a sentence for each field", switch.name, step.slug());
        }
    }
}

/// Over HTTP/2 a page and everything that it names come on one connection; over HTTP/1.1 a browser opens more.
#[test]
fn a_page_over_http_2_needs_one_connection() {
    let conf = "/etc/nginx/conf.d/frontend.conf";
    let course = World::course();
    let load = Action::Load { url: "https://frontend-demo.senus.doxyz/".to_owned(), click: None };
    let seen = |world: &World| {
        let trace = after(world, &Value::Null, load.clone());
        let count = |name: &str| trace.steps.iter().filter(|step| step.slug() == name).count();
        let versions = trace.steps.iter().filter_map(|step| match &step.act {
            Act::Travel { from: Place::Browser, message: Message::Request(request), .. } => Some(request.version),
            _ => None,
        });
        let versions: std::collections::BTreeSet<&str> = versions.collect();
        let painted = trace.steps.iter().find(|step| step.name == "first-paint").expect("pixels").start;
        assert!(matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200, .. })));
        (count("syn.browser-firewall"), count("client-hello.browser-firewall"), versions, painted)
    };
    let (old, new) = (seen(&course), seen(&course.with_edit(conf, "443 ssl;", "443 ssl http2;")));
    assert_eq!((old.0, old.1, old.2), (3, 3, ["HTTP/1.1"].into()));
    assert_eq!((new.0, new.1, new.2), (1, 1, ["HTTP/2.0"].into()));
    assert!(new.3 <= old.3, "not later: {:?} and {:?}", new.3, old.3);
}

/// What the tools show of a site that speaks HTTP/2, as curl 7.88.1 printed it.
#[test]
fn everybody_sees_http_2_in_their_own_words() {
    let world = World::course().with_edit(CONF, "443 ssl;", "443 ssl http2;");
    let state = State::booted(&world);
    let case = Case::play(&world, &state, "http://backend-demo.senus.doxyz/users", 0);
    let mut text = crate::seeing::written(&case.views());
    for line in ["curl -i https://backend-demo.senus.doxyz/users", "curl -sv https://backend-demo.senus.doxyz/nothing"]
    {
        let trace = after(&world, &Value::Null, Action::Command(line.to_owned()));
        text += &format!("$ {line}\n{}\n", trace.outcomes[0]);
    }
    tests::golden("views/protocols-http2.txt", &text);
}

/// What is forgotten for a WebSocket or for gRPC is offered as a step, and the step helps.
#[test]
fn what_is_forgotten_is_offered_as_a_step() {
    let cases = [
        ("no-upgrade", "Pass on that the client wants to switch: Upgrade and Connection."),
        ("grpc-without-http2", "Offer HTTP/2 in the handshake: gRPC speaks nothing else."),
        ("grpc-proxy-pass", "Speak HTTP/2 to the server behind: grpc_pass."),
    ];
    for (name, words) in cases {
        let piece = piece();
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
        let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        let found = remedy::remedies(&world, &world, &actions);
        assert!(!found.fine && found.remedies.iter().any(|fix| fix.words == words), "{name}: {:?}", found.remedies);
        for fix in &found.remedies {
            let (world, loaded, actions) = fix.apply(&world, &world, &actions).expect("the same world");
            assert!(remedy::remedies(&world, &loaded, &actions).fine, "{name}: {}", fix.words);
        }
    }
    for name in ["websocket", "grpc", "grpc-web", "send-json"] {
        let (world, _) = turned(name);
        let piece = piece();
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
        let (_, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        assert!(remedy::remedies(&world, &world, &actions).fine, "{name}");
    }
}

/// One switch of figure 1 at a time is on: each asks in its own way.
#[test]
fn one_switch_at_a_time_is_on() {
    let piece = piece();
    for switch in piece.switches {
        let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        let on = piece.switches.iter().filter(|other| other.change.is_on(&world, &actions)).map(|other| other.name);
        let expected: &[&str] =
            if switch.name == "serve-plain" { &["plain-http", "serve-plain"] } else { &[switch.name] };
        assert_eq!(on.collect::<Vec<_>>(), expected);
    }
}
