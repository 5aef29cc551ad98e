//! Kinds `nginx` and `nginx-test`: nginx 1.22.1, asked with one configuration.

use crate::Answer;
use engine::message::{Request, Response};
use engine::problem::{Problem, Severity};
use engine::proxy::build::{Surroundings, build};
use engine::proxy::choose::{self, Shown};
use engine::proxy::handle::{Attempt, Connection, Machine, Next, Outcome};
use engine::proxy::parse::read_whole;
use engine::proxy::upstream::Runtime;
use engine::proxy::{Block, Config};
use engine::time::Micros;
use engine::tls;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What surrounds the configuration of a question. `@cert:a.test@` is the path of a certificate that exists,
/// `@key@` that of its key, `@otherkey@` that of a key which belongs to no certificate.
fn surrounded<T>(config: &str, with: impl FnOnce(Surroundings<'_>) -> T) -> T {
    let certificates: Vec<String> =
        config.split('@').filter(|piece| piece.starts_with("cert:")).map(|piece| format!("@{piece}@")).collect();
    let hosts = [(LOOPBACK, "localhost".to_owned())];
    let (keys, other_keys) = (["@key@".to_owned()], ["@otherkey@".to_owned()]);
    with(Surroundings { hosts: &hosts, certificates: &certificates, keys: &keys, other_keys: &other_keys })
}

/// Loads a configuration.
fn load(config: &str) -> Config {
    surrounded(config, |around| build(&[("nginx.conf", config)], around))
}

/// `nginx -t`. The recordings were made with every `listen` on loopback, and their messages say so. What the question
/// holds stood in `http { }`, whose closing brace was on a line of its own. The places of files are known to nginx alone:
/// only that of the other key is on record.
fn test(config: &str) -> Answer {
    let whole = format!("events {{}} http {{ {config}\n}}\n").replace("@otherkey@", "<dir>/other.pem");
    let mut certificates = Vec::new();
    let mut text = String::new();
    let mut rest = whole.as_str();
    while let Some((before, (name, after))) =
        rest.split_once("@cert:").and_then(|(before, behind)| Some((before, behind.split_once('@')?)))
    {
        let path = format!("<dir>/?{name}");
        text.extend([before, &path]);
        certificates.push(path);
        rest = after;
    }
    text.push_str(rest);
    let text = text.replace("@key@", "<dir>/?key");
    let (keys, other_keys) = (["<dir>/?key".to_owned()], ["<dir>/other.pem".to_owned()]);
    let hosts = [(LOOPBACK, "localhost".to_owned())];
    let around = Surroundings { hosts: &hosts, certificates: &certificates, keys: &keys, other_keys: &other_keys };
    let read = read_whole("nginx.conf", &text, around);
    if let Some(unsure) = read.problems.iter().find(|problem| problem.severity == Severity::NotModelled) {
        return Err(unsure.words.clone());
    }
    if read.problems.iter().any(|problem| problem.words.contains("<dir>/?")) {
        return Err("a message with the path of a certificate".into());
    }
    let message = |problem: &Problem| {
        let level = if problem.severity == Severity::Error { "emerg" } else { "warn" };
        json!([level, problem.words.replace("0.0.0.0:", "127.0.0.1:")])
    };
    let messages: Vec<Value> = read.problems.iter().map(message).collect();
    Ok(json!({ "accepted": !read.refused(), "messages": messages }))
}

/// What stands for an answer where there is none.
fn without(result: &str) -> Value {
    json!({ "result": result, "status": null, "location": null, "server_block": null, "location_block": null, "upstream": [] })
}

/// The client's request as the engine has it.
fn sent(row: &Value) -> Result<Request, String> {
    let text = |field: &str| row[field].as_str().unwrap_or("").to_owned();
    let version = match row["http"].as_str() {
        Some("1.0") => "HTTP/1.0",
        Some("1.1") | None => "HTTP/1.1",
        Some(other) if other.starts_with("1.") => return Err(format!("HTTP/{other}")),
        Some("0.9") => "HTTP/0.9",
        Some(_) => "HTTP/2.0",
    };
    let host = row["host"].as_str().map(|host| ("Host".to_owned(), host.to_owned()));
    let mut headers: Vec<(String, String)> = host.into_iter().collect();
    for pair in row["headers"].as_array().into_iter().flatten() {
        let part = |i: usize| pair[i].as_str().unwrap_or("");
        // As it is written on the wire, a name ends at the first colon.
        let (name, value) = part(0).split_once(':').unwrap_or((part(0), ""));
        let between = if part(0).contains(':') { ": " } else { "" };
        headers.push((name.to_owned(), format!("{value}{between}{}", part(1)).trim().to_owned()));
    }
    let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    if has("Expect") && version == "HTTP/1.1" {
        return Err("the header Expect".into());
    }
    let body = text("body");
    if !body.is_empty() && !has("Content-Length") && !has("Transfer-Encoding") {
        headers.push(("Content-Length".into(), body.len().to_string()));
    }
    if version == "HTTP/0.9" {
        headers.clear();
    }
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let (method, target) = (text("method").into(), text("target"));
    Ok(Request { method, target, version, headers, secure: row["scheme"] == "https", body, ..Request::default() })
}

/// The application of the test bed: what comes of an attempt to reach it, and how long that takes.
fn application(attempt: &Attempt) -> Result<(Outcome, Micros), String> {
    let at_once = |outcome| Ok((outcome, Micros::ZERO));
    let port = attempt.peer.port();
    if attempt.peer.ip() != LOOPBACK || !(3000..=3002).contains(&port) {
        if !attempt.peer.ip().is_loopback() {
            return Err("an address outside the test bed".into());
        }
        return at_once(Outcome::Refused);
    }
    let path = attempt.request.target.split('?').next().unwrap_or("");
    let mut segments = path.split('/').skip(1);
    let (first, second) = (segments.next().unwrap_or(""), segments.next().and_then(|text| text.parse::<u64>().ok()));
    let pair = |name: &'static str, value: String| (name.into(), value.into());
    let mut headers = vec![pair("Server", "app/1".into()), pair("Content-Type", "application/json".into())];
    let mut status = 200;
    match (first, second) {
        ("slow", Some(time)) if Micros::millis(time) >= attempt.read_timeout => {
            return Ok((Outcome::ReadTimedOut, attempt.read_timeout));
        }
        ("close", _) => return at_once(Outcome::Closed),
        ("close-3001-only", _) if port == 3001 => return at_once(Outcome::Closed),
        ("garbage", _) => return at_once(Outcome::Garbage("garbage".into())),
        ("status", Some(code @ 200..=999)) => status = code as u16,
        ("status", Some(_)) => return Err("an interim status from behind".into()),
        ("redir-abs", _) => headers.push(pair("Location", format!("http://127.0.0.1:{port}/target?x=1"))),
        ("redir-rel", _) => headers.push(pair("Location", "/target".into())),
        ("redir-other", _) => headers.push(pair("Location", "http://elsewhere.test/z".into())),
        ("secret", _) => headers.push(pair("X-Secret", "s".into())),
        ("cors", _) => headers.push(pair("Access-Control-Allow-Origin", "http://app.test".into())),
        _ => {}
    }
    if first.starts_with("redir-") && headers.len() > 2 {
        status = 302;
    }
    let time = if first == "slow" { Micros::millis(second.unwrap_or(0)) } else { Micros::ZERO };
    let body = "{}".to_owned();
    Ok((Outcome::Answer(Response { status, headers, body, version: "HTTP/1.0", ..Response::default() }.into()), time))
}

/// A location as it stands in the configuration: perhaps with quotes, or without a blank after its sign.
fn as_in(text: &str, block: &Block) -> String {
    let written = block.written();
    let (sign, path) = written.split_at(written.len() - block.path.len());
    let glued = sign.trim_end();
    let forms = [
        written.clone(),
        format!("{sign}\"{path}\""),
        format!("{sign}'{path}'"),
        format!("{glued}{path}"),
        format!("{glued}\"{path}\""),
    ];
    let found = forms.iter().find(|form| text.contains(form.as_str()));
    found.cloned().unwrap_or(written)
}

/// One request, answered by the configuration. `now` moves on as time passes.
fn handle(text: &str, config: &Config, runtime: &mut Runtime, now: &mut Micros, row: &Value) -> Answer {
    let request = sent(row)?;
    let address: IpAddr = row["addr"].as_str().and_then(|text| text.parse().ok()).unwrap_or(LOOPBACK);
    let port = row["port"].as_u64().unwrap_or(80) as u16;
    let Some(socket) = choose::socket(config, address, port) else {
        return Ok(without("connection refused"));
    };
    let mut certificate_fits = Value::Null;
    let sni = row["sni"].as_str().map(ToOwned::to_owned);
    if request.secure {
        match choose::certificate(config, address, port, sni.as_deref()) {
            Shown::Certificate(path, ..) => {
                let name = path.trim_start_matches("@cert:").trim_end_matches('@');
                certificate_fits = json!(sni.as_ref().is_some_and(|sni| tls::name_fits(name, sni)));
            }
            Shown::Rejected(_) | Shown::NoVersion(_) | Shown::Nothing => return Ok(without("tls handshake failed")),
            Shown::NotModelled(_) => return Err("how this certificate is chosen".into()),
        }
    }
    let unmodelled = config.blocks[config.servers[socket.default].block].not_modelled.as_ref();
    if let Some((what, _)) = unmodelled.filter(|(what, _)| what.contains("listen") || what.contains("ssl")) {
        return Err(what.clone());
    }
    let client = SocketAddr::new(if address.is_ipv6() { Ipv6Addr::LOCALHOST.into() } else { LOOPBACK }, 50_000);
    let connection =
        Connection { client, server: SocketAddr::new(address, port), tls: request.secure, http2: false, sni };
    let mut machine = Machine::new(config, &request, &connection);
    let mut next = machine.begin(runtime, *now);
    let mut received = Vec::new();
    let (mut answer, response) = loop {
        let outcome = match next {
            Next::Respond(response) if response.version == "HTTP/0.9" && response.body.is_empty() => {
                break (without("connection closed without a response"), None);
            }
            Next::Respond(response) if response.version == "HTTP/0.9" => break (without("non-http response"), None),
            Next::Respond(response) => break (without("response"), Some(response)),
            Next::Close | Next::Reset => break (without("connection closed without a response"), None),
            Next::NotModelled(what, _) => return Err(what),
            Next::Wait(span) => {
                *now += span;
                Outcome::Waited
            }
            Next::Connect(attempt) => {
                let (outcome, time) = application(&attempt)?;
                *now += time;
                if !matches!(outcome, Outcome::Refused | Outcome::ConnectTimedOut) {
                    let sent = &attempt.request;
                    let line = format!("{} {} {}", sent.method, sent.target, sent.version);
                    let port = attempt.peer.port();
                    received.push(json!({ "port": port, "request_line": line, "headers": sent.headers }));
                }
                outcome
            }
        };
        next = machine.resume(outcome, runtime, *now);
    };
    if let Some(response) = response {
        answer["status"] = json!(response.status);
        answer["location"] = json!(response.header("Location"));
        // What an application wrote is nobody's question.
        if received.is_empty() {
            answer["body"] = json!(response.body);
        }
    }
    answer["server_block"] = json!(machine.server_seen);
    answer["location_block"] = json!(machine.location_seen.map(|block| as_in(text, &config.blocks[block])));
    answer["certificate_matches_name"] = certificate_fits;
    answer["upstream"] = json!(received);
    answer["why"] = json!(machine.decisions.iter().map(|decision| &*decision.words).collect::<Vec<_>>());
    Ok(answer)
}

/// Answers a question of either kind.
pub fn answer(ask: &Value) -> Answer {
    let text = ask["config"].as_str().unwrap_or("");
    if ask["kind"] == "nginx-test" {
        return test(text);
    }
    let config = load(text);
    let rows = ask["requests"].as_array().into_iter().flatten();
    let responses: Vec<Value> = match config.error() {
        Some(error) => rows.map(|_| json!({ "result": "connection refused", "why": error.words })).collect(),
        None => {
            let (mut runtime, mut now) = (Runtime::default(), Micros::seconds(1_000_000));
            let mut one = |row: &Value| {
                // Between two requests the client needs a moment.
                now += Micros::millis(3);
                handle(text, &config, &mut runtime, &mut now, row).unwrap_or_else(|what| json!({ "unsupported": what }))
            };
            rows.map(&mut one).collect()
        }
    };
    Ok(json!({ "responses": responses }))
}
