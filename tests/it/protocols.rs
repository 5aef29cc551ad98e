//! HTTP, WebSocket and gRPC, and what a script sends (figure 1; T03).

use course::{Change, Piece, play};
use engine::http2::hpack::{Encoder, Way};
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::websocket::Frame;
use engine::world::World;

fn piece() -> &'static Piece {
    course::pieces::find("protocols").expect("figure 1")
}

/// The run of figure 1 with one of its switches turned.
fn turned(name: &str) -> (World, engine::trace::Trace) {
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
fn recorded() -> serde_json::Value {
    serde_json::from_str(include_str!("../oracles/protocols.json")).expect("JSON")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything that one side of a recorded exchange sent, as one text of digits.
fn sent(exchange: &serde_json::Value, by: &str) -> String {
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
            (serde_json::Value::String(text), _) => Frame::text(text),
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
        Timed { at: Micros::ZERO, what: Action::Call { url, message: format!("{{ \"id\": {id} }}") } }
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
