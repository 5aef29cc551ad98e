//! Kinds `nginx` and `nginx-test`: nginx 1.22.1, asked with one configuration.

use crate::Answer;
use engine::message::Request;
use engine::problem::{Problem, Severity};
use engine::proxy::build::{Surroundings, build};
use engine::proxy::choose::{self, Found, Shown};
use engine::proxy::parse::read_whole;
use engine::proxy::variables::{Facts, bare_host};
use engine::proxy::{Config, Location, Pass, Return, pass, request};
use engine::time::Micros;
use engine::tls;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What surrounds the configuration of a question. `@cert:a.test@` is the path of a certificate that exists,
/// `@otherkey@` that of a key which belongs to no certificate.
fn surrounded<T>(config: &str, with: impl FnOnce(Surroundings<'_>) -> T) -> T {
    let certificates: Vec<String> =
        config.split('@').filter(|piece| piece.starts_with("cert:")).map(|piece| format!("@{piece}@")).collect();
    let hosts = [(LOOPBACK, "localhost".to_owned())];
    let other_keys = ["@otherkey@".to_owned()];
    with(Surroundings { hosts: &hosts, certificates: &certificates, other_keys: &other_keys })
}

/// Loads a configuration.
fn load(config: &str) -> Config {
    surrounded(config, |around| build(&[("nginx.conf", config)], around))
}

/// `nginx -t`. The recordings were made with every `listen` on loopback, and their messages say so. What the question
/// holds stood in `http { }`, whose closing brace was on a line of its own.
fn test(config: &str) -> Answer {
    let whole = format!("events {{}} http {{ {config}\n}}\n");
    let read = surrounded(config, |around| read_whole("nginx.conf", &whole, around));
    if let Some(unsure) = read.problems.iter().find(|problem| problem.severity == Severity::NotModelled) {
        return Err(unsure.words.clone());
    }
    let message = |problem: &Problem| {
        let level = if problem.severity == Severity::Error { "emerg" } else { "warn" };
        json!([level, problem.words.replace("0.0.0.0:", "127.0.0.1:").replace("@otherkey@", "<dir>/other.pem")])
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
    let target = text("target");
    if target.contains("://") {
        return Err("a target in absolute form".into());
    }
    let version = match row["http"].as_str() {
        Some("1.0") => "HTTP/1.0",
        Some("1.1") | None => "HTTP/1.1",
        Some("0.9") => return Err("HTTP/0.9".into()),
        Some(_) => "HTTP/2.0",
    };
    let host = row["host"].as_str().map(|host| ("Host".to_owned(), host.to_owned()));
    let mut headers: Vec<(String, String)> = host.into_iter().collect();
    for pair in row["headers"].as_array().into_iter().flatten() {
        let part = |i: usize| pair[i].as_str().unwrap_or("").to_owned();
        headers.push((part(0), part(1)));
    }
    let body = text("body");
    if !body.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Length")) {
        headers.push(("Content-Length".into(), body.len().to_string()));
    }
    let long = |text: &str, limit: usize| text.len() >= limit;
    if long(&target, 1000) || headers.iter().any(|(_, value)| long(value, 1000)) {
        return Err("limits of length".into());
    }
    if headers.iter().any(|(name, _)| ["Transfer-Encoding", "Expect", "Range"].contains(&name.as_str())) {
        return Err("the header Transfer-Encoding, Expect or Range".into());
    }
    Ok(Request { method: text("method"), target, version, headers, secure: row["scheme"] == "https" })
}

/// One request, answered by the configuration.
fn handle(config: &Config, row: &Value) -> Answer {
    let request = sent(row)?;
    let address: IpAddr = row["addr"].as_str().and_then(|text| text.parse().ok()).unwrap_or(LOOPBACK);
    let port = row["port"].as_u64().unwrap_or(80) as u16;
    let Some(socket) = choose::socket(config, address, port) else {
        return Ok(without("connection refused"));
    };
    let mut certificate_fits = Value::Null;
    let tls = choose::speaks_tls(config, socket, port);
    if request.secure {
        let sni = row["sni"].as_str();
        match choose::certificate(config, socket, port, sni.map(str::to_lowercase).as_deref()) {
            Shown::Certificate(path, ..) => {
                let name = path.trim_start_matches("@cert:").trim_end_matches('@');
                certificate_fits = json!(sni.is_some_and(|sni| tls::name_fits(name, sni)));
            }
            Shown::Rejected(_) | Shown::Nothing => return Ok(without("tls handshake failed")),
            Shown::NotModelled(_) => return Err("a regular expression in server_name".into()),
        }
    }
    let refused = if tls && !request.secure { Some(400) } else { request::refused(&request) };
    if let Some(status) = refused {
        let default = choose::default_server(config, socket, port).map(|i| &config.servers[i]);
        if let Some((what, _)) = default.and_then(|server| server.not_modelled.as_ref()) {
            return Err(what.clone());
        }
        let mut answer = without("response");
        answer["status"] = json!(status);
        answer["body"] = json!(pass::page(status, &request).body);
        answer["certificate_matches_name"] = certificate_fits;
        return Ok(answer);
    }
    let host = request.header("Host").map(bare_host).unwrap_or_default();
    let chosen = choose::server(config, socket, port, Some(&host)).ok_or("a socket without a server block")?;
    if chosen.untried.is_some() {
        return Err("a regular expression in server_name".into());
    }
    if let Some((what, _)) = &chosen.server.not_modelled {
        return Err(what.clone());
    }
    let uri = choose::normal_path(&request.target).ok_or("a path that was refused before")?;
    let server_name = chosen.server.names.first().map_or("", |(name, _)| name.as_str());
    let (client, proxy_host) = (LOOPBACK, "");
    let facts = Facts { request: &request, uri: &uri, server_name, port, server_address: address, client, proxy_host };
    let mut answer = without("response");
    answer["server_block"] = json!(config.servers.iter().position(|server| core::ptr::eq(server, chosen.server)));
    answer["certificate_matches_name"] = certificate_fits;
    if let Some(returns) = &chosen.server.returns {
        return Ok(returned(answer, returns, &facts));
    }
    match choose::location(chosen.server, &uri) {
        Found::NotModelled(_) => Err("a location given by a regular expression".into()),
        Found::AddSlash(location) => {
            let query = request.target.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
            let text = Some(location.path.clone() + &query);
            Ok(returned(answer, &Return { status: 301, text, source: location.source.clone() }, &facts))
        }
        Found::Nothing => Ok(no_file(answer, &request)),
        Found::Location(location) => {
            answer["location_block"] = json!(location.written());
            match (&location.not_modelled, &location.returns, &location.pass) {
                (Some((what, _)), ..) => Err(what.clone()),
                (None, Some(returns), _) => Ok(returned(answer, returns, &facts)),
                (None, None, Some(pass)) => passed(answer, location, pass, &facts),
                (None, None, None) => Ok(no_file(answer, &request)),
            }
        }
    }
}

/// nginx answers itself, by `return`.
fn returned(mut answer: Value, returns: &Return, facts: &Facts<'_>) -> Value {
    match pass::returned(returns, facts) {
        Some(response) => {
            answer["status"] = json!(response.status);
            answer["location"] = json!(response.header("Location"));
            answer["body"] = json!(response.body);
        }
        None => answer["result"] = json!("connection closed without a response"),
    }
    answer
}

/// No file exists; only GET, HEAD and POST ask for one.
fn no_file(mut answer: Value, request: &Request) -> Value {
    let asks = ["GET", "HEAD", "POST"].contains(&request.method.as_str());
    answer["status"] = json!(if asks { 404 } else { 405 });
    answer
}

/// `proxy_pass`, to the application of the test bed.
fn passed(mut answer: Value, location: &Location, pass: &Pass, facts: &Facts<'_>) -> Answer {
    let facts = Facts { proxy_host: &pass.host, ..facts.clone() };
    let request = pass::request(location, pass, &facts);
    if pass.addresses.len() > 1 {
        return Err("taking turns in an upstream group".into());
    }
    let up = |(address, port): &&(IpAddr, u16)| *address == LOOPBACK && (3000..=3002).contains(port);
    let Some((_, port)) = pass.addresses.iter().find(up) else {
        answer["status"] = json!(502);
        return Ok(answer);
    };
    let line = format!("{} {} {}", request.method, request.target, request.version);
    answer["upstream"] = json!([{ "port": port, "request_line": line, "headers": request.headers }]);
    let path = request.target.split('?').next().unwrap_or("");
    let mut segments = path.split('/').skip(1);
    let (first, second) = (segments.next().unwrap_or(""), segments.next().and_then(|text| text.parse::<u64>().ok()));
    answer["status"] = match (first, second) {
        ("slow", Some(time)) if Micros::millis(time) >= location.read_timeout.0 => json!(504),
        ("close", _) => json!(502),
        ("close-3001-only", _) if *port == 3001 => json!(502),
        ("garbage", _) => {
            answer["result"] = json!("non-http response");
            Value::Null
        }
        ("redir-abs" | "redir-rel" | "redir-other", _) => return Err("redirects from behind (proxy_redirect)".into()),
        ("status", Some(status)) => json!(status),
        _ => json!(200),
    };
    Ok(answer)
}

/// Answers a question of the kinds `nginx` and `nginx-test`.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let text = ask["config"].as_str().unwrap_or("");
    if ask["kind"] == "nginx-test" {
        return test(text);
    }
    let config = load(text);
    let rows = ask["requests"].as_array().into_iter().flatten();
    let responses: Vec<Value> = match config.error() {
        Some(error) => rows.map(|_| json!({ "result": "connection refused", "why": error.words })).collect(),
        None => rows.map(|row| handle(&config, row).unwrap_or_else(|what| json!({ "unsupported": what }))).collect(),
    };
    if text.contains("client_max_body_size") && ask["requests"].to_string().contains("\"body\"") {
        return Err("client_max_body_size".into());
    }
    Ok(json!({ "responses": responses }))
}
