//! `facts_observed.json`: what Chromium shows at each failure on the way, against the engine's browser in a world where
//! the same thing is wrong.

use super::{Answer, Case, cases, hold, judge, recording};
use answer::cors::{RECORDED, answer_as};
use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::{Document, World};
use serde_json::{Value, json};
use std::sync::Arc;
use viewpoint::{Seen, Who};

const ZONE: &str = "\
@ 300 IN SOA ns1 hostmaster 1 7200 900 1209600 300
@ 300 IN NS ns1
ns1 300 IN A 192.0.2.53
* 300 IN A 52.23.45.67
";

const NGINX: &str = r#"
server { listen 80 default_server; return 444; }
server {
    listen 80; server_name a.test;
    location /empty { return 444; }
    location /loop1 { return 302 /loop1; }
    location /s/ { proxy_pass http://localhost:3001; }
    location /emptybody { proxy_pass http://localhost:3001; }
    location /noct204 { return 204; }
    location /short { proxy_pass http://localhost:3001; }
    location /chunkcut { proxy_pass http://localhost:3001; proxy_http_version 1.1; }
    location /down { proxy_pass http://localhost:3999; }
    location /slow { proxy_pass http://localhost:3001; proxy_read_timeout 1s; }
}
server { listen 443 ssl default_server; ssl_reject_handshake on; }
"#;

/// The hosts with a certificate, and what it says: issuer, last day, names.
const CERTIFICATES: [(&str, &str, &str, &str); 10] = [
    ("good.test", TRUSTED, NEXT_YEAR, "DNS:good.test"),
    ("wrong.test", TRUSTED, NEXT_YEAR, "DNS:other.test"),
    ("a.wild.test", TRUSTED, NEXT_YEAR, "DNS:*.wild.test"),
    ("a.b.wild.test", TRUSTED, NEXT_YEAR, "DNS:*.wild.test"),
    ("wild.test", TRUSTED, NEXT_YEAR, "DNS:*.wild.test"),
    (
        "expired.test",
        TRUSTED,
        "Not Before: Jan  1 00:00:00 2020 GMT\nNot After : Feb  1 00:00:00 2020 GMT",
        "DNS:expired.test",
    ),
    (
        "future.test",
        TRUSTED,
        "Not Before: Jan  1 00:00:00 2090 GMT\nNot After : Feb  1 00:00:00 2090 GMT",
        "DNS:future.test",
    ),
    ("self.test", "CN = self.test", NEXT_YEAR, "DNS:self.test"),
    ("selfmis.test", "CN = selfmis.test", NEXT_YEAR, "DNS:elsewhere.test"),
    ("cnonly.test", TRUSTED, NEXT_YEAR, ""),
];
const TRUSTED: &str = "C = US, O = Let's Encrypt, CN = R11";
const NEXT_YEAR: &str = "Not Before: Jan  1 00:00:00 2026 GMT\nNot After : Jan  1 00:00:00 2027 GMT";

/// A world with the hosts that the recording asks for.
fn world() -> World {
    let mut world = World::course();
    let mut nginx = NGINX.to_owned();
    let mut certificates = String::new();
    for (host, issuer, dates, names) in CERTIFICATES {
        let path = format!("/etc/certificates/{host}.pem");
        nginx += &format!(
            "server {{ listen 443 ssl; server_name {host}; ssl_certificate {path}; ssl_certificate_key {path}; return 200 ok; }}\n"
        );
        certificates += &format!("{path}\nIssuer: {issuer}\n{dates}\nSubject: CN = {host}\n{names}\n");
    }
    let mut script = String::from("const express = require(\"express\");\nconst app = express();\n");
    for status in [400, 401, 403, 404, 429, 500, 502, 503, 504] {
        script +=
            &format!("app.get(\"/s/{status}\", (req, res) => res.status({status}).send(\"<h1>{status}</h1>\"));\n");
    }
    for status in [404, 500] {
        script += &format!("app.get(\"/emptybody{status}\", (req, res) => res.status({status}).send(\"\"));\n");
    }
    // What breaks off: seven bytes of a hundred, and a piece after which no other comes.
    for (path, length) in [("short", "res.set(\"Content-Length\", \"100\"); "), ("chunkcut", "")] {
        let then = "setTimeout(() => process.exit(1), 20);";
        script += &format!("app.get(\"/{path}\", (req, res) => {{ {length}res.write(\"partial\"); {then} }});\n");
    }
    script += "app.get(\"/slow\", (req, res) => res.send(\"late\"));\napp.listen(process.env.PORT);\n";
    for document in &mut world.documents {
        let document = Arc::make_mut(document);
        match document.name.as_str() {
            // The top level's server holds both zones.
            "root.zone" => document.text += "test. 300 IN NS ns.nic.doxyz.\ninvalid. 300 IN NS ns.nic.doxyz.\n",
            "senus.doxyz.zone" => (document.name, document.text) = ("test.zone".into(), ZONE.into()),
            "security-group" => document.text = document.text.replace("443         0", "0-65535     0"),
            "/etc/nginx/conf.d/backend.conf" => document.text.clone_from(&nginx),
            "/etc/nginx/conf.d/frontend.conf" => document.text.clear(),
            "certificates" => document.text.clone_from(&certificates),
            "backend.js" => document.text.clone_from(&script),
            _ => {}
        }
    }
    let mut nowhere = Document::clone(&world.documents[0]);
    (nowhere.name, nowhere.text) = ("invalid.zone".into(), ZONE.lines().take(3).collect::<Vec<_>>().join("\n"));
    world.documents.push(nowhere.into());
    world
}

/// What the browser of the engine shows, in the form of the recording.
fn open(world: &World, url: &str) -> Answer {
    let booted = State::booted(world);
    assert!(booted.nginx.running, "{:?}", booted.nginx.failure);
    let action = Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) };
    match run(world, &booted, &[action], 0).0.outcomes.remove(0) {
        Outcome::Printed(what) => Err(what),
        Outcome::BrowserError { code, title, text } => {
            let net = if code.starts_with("ERR_CERT_") { "NET::" } else { "" };
            // Chromium opens no page of its own where it stays; and its page about an empty error names the status.
            let page = match code {
                "ERR_ABORTED" => json!({ "code": null, "title": null, "text": null }),
                _ => json!({ "code": format!("{net}{code}"), "title": title, "text": text }),
            };
            let code = if code.starts_with("HTTP ERROR") { "ERR_HTTP_RESPONSE_CODE_FAILURE" } else { code };
            Ok(json!({ "error": format!("net::{code}"), "error_page": page, "title": title, "text": text }))
        }
        Outcome::Response { cut: Some(code), .. } => Ok(json!({ "error": format!("net::{code}") })),
        Outcome::Response { status, body, .. } => {
            let between = |from: &str, to: &str| Some(body.split_once(from)?.1.split_once(to)?.0);
            let (title, server) = (between("<title>", "</title>"), between("<hr><center>", "</center>"));
            Ok(json!({ "status": status, "title": title, "server": server }))
        }
    }
}

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

/// The browser opens the URL of an nginx that does nothing but this.
fn only(directives: &str, url: &str) -> Answer {
    open(&world().with_text(BACKEND, &format!("server {{ listen 80; {directives} }}")), url)
}

/// An nginx that speaks nothing newer.
fn only_tls_1_1(world: &World) -> World {
    let path = "/etc/certificates/good.test.pem";
    let tls = format!("ssl_certificate {path}; ssl_certificate_key {path}; ssl_protocols TLSv1.1;");
    world.with_text(BACKEND, &format!("server {{ listen 443 ssl; {tls} return 200 ok; }}"))
}

/// Of a navigation: the world and the address, or why there is none.
fn navigate(case: &str, url: &str) -> Answer {
    let world = world();
    match case {
        "answer is not HTTP" => Err("an application that breaks HTTP".into()),
        // What the recorder's own server did, nginx can be told to do.
        "connection reset after the request" => only("reset_timedout_connection on; return 444;", url),
        "two different Location headers" => only("add_header Location /other; return 301 /one;", url),
        "two different Content-Length headers" => only("add_header Content-Length 3; return 200 hello;", url),
        "only TLS 1.1" => open(&only_tls_1_1(&world), url),
        "server rejects the SNI name (alert)" | "http request sent to a TLS port" => {
            Err("a server that speaks TLS and is not nginx".into())
        }
        _ if case.starts_with("server never answers") => Err("the limit was the recorder's, not the browser's".into()),
        "https port closed" => {
            let backend = "/etc/nginx/conf.d/backend.conf";
            let plain = world.text(backend).unwrap_or("").lines().filter(|line| !line.contains("443"));
            open(&world.with_text(backend, &plain.collect::<Vec<_>>().join("\n")), url)
        }
        "plain HTTP server on the https port" => {
            let plain = "server { listen 443; return 200 plain; }";
            open(&world.with_text("/etc/nginx/conf.d/backend.conf", plain), url)
        }
        // Recorded at an address of the recorder's own machine; the engine's nginx is asked by name.
        "plain http:// to nginx TLS port" => open(&world, "http://good.test:443/"),
        "nginx, upstream never answers (proxy_read_timeout 1s)" => {
            open(&world.with_edit("network", "app-work           3 ms", "app-work 5 s"), url)
        }
        _ => open(&world, url),
    }
}

fn same(field: &str, expect: &Value, answer: &Value) -> bool {
    // Whether the load failed is said by the error; no page here is shown under another address.
    matches!(field, "case" | "url" | "final_url" | "loading_failed") || expect == answer
}

/// What a viewpoint shows of a URL.
fn seen(world: &World, url: &str, page: &str, who: Who) -> Result<String, String> {
    let state = State::booted(world);
    match viewpoint::Case::play(world, &state, url, 0).from_page(page).view(who).seen {
        Seen::Text(text) => Ok(text),
        Seen::Nothing(words) => Err(words),
    }
}

/// What a script on a page of `http://a.test` gets.
fn fetch(url: &str) -> Answer {
    let text = seen(&world(), url, "http://a.test", Who::Script)?;
    let (head, body) = text.split_once('\n').expect("a line");
    if head.starts_with("TypeError") {
        return Ok(json!({ "error": head }));
    }
    let between =
        |from: &str, to: &str| head.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("a field").0;
    let status: u16 = between("status: ", ",").parse().expect("a number");
    let ok = between("ok: ", " }") == "true";
    let body = match body.strip_prefix("await response.text()   // ") {
        Some(error) => format!("<<{}>>", error.trim_end()),
        None => body.to_owned(),
    };
    Ok(json!({ "ok": ok, "status": status, "type": between("type: \"", "\""), "body": body }))
}

/// What curl on the laptop ends with. The recorder's addresses were its own machine's; here the same happens at a name.
fn curl(case: &str) -> Answer {
    let world = world();
    let (world, url) = match case {
        "DNS failure" => (world, "http://nope.invalid/"),
        "closed port" => (world, "http://a.test:21999/"),
        "empty response" => (world, "http://a.test/empty"),
        "reset" => {
            let reset = "server { listen 80; reset_timedout_connection on; return 444; }";
            (world.with_text(BACKEND, reset), "http://a.test/reset")
        }
        "self-signed" => {
            (world.with_edit("network", "browser trusts", "browser trusts nobody like"), "https://good.test/")
        }
        "certificate for another name (trusted CA)" => (world, "https://wrong.test/"),
        "expired certificate" => (world, "https://expired.test/"),
        "redirect loop" => (world, "http://a.test/loop1"),
        "short body" => (world, "http://a.test/short"),
        "connect_timeout" => (closed(), "http://drop.test:21666/"),
        "no answer within -m 2" => return Ok(gives_up()),
        _ => return Err("an application that breaks HTTP".into()),
    };
    let text = seen(&world, url, "http://a.test", Who::Laptop)?;
    let (said, code) = text.rsplit_once("$ echo $?\n").expect("an exit code");
    let words = &said[said.rfind("curl: (").expect("curl's last words")..];
    // A terminal shows the unfinished line of a body only after them.
    let words = words.strip_suffix("partial\n").unwrap_or(words);
    // Where the recorder's address and the time stand, ours differ.
    let words = words.trim_end().replace("a.test port", "127.0.0.1 port").replace("drop.test port", "127.0.0.1 port");
    let words = match words.split_once(" after ") {
        Some((before, rest)) => [before, " after 0 ms", rest.split_once(" ms").expect("a time").1].concat(),
        None => words,
    };
    Ok(json!({ "exit": code.trim().parse::<u8>().expect("a number"), "stderr": words }))
}

/// curl on the instance itself, told to wait for two seconds.
fn gives_up() -> Value {
    let world = World::course().with_edit("backend.js", "res.send(\"Hello from the backend\")", "{}");
    let what = Action::Command("curl -m 2 localhost:3001/; echo $?".to_owned());
    let (trace, _) = run(&world, &State::booted(&world), &[Timed { at: Micros::ZERO, what }], 0);
    let Some(Outcome::Printed(printed)) = trace.outcomes.last() else { panic!("nothing printed") };
    let (said, code) = printed.trim_end().rsplit_once('\n').expect("an exit code");
    // The recorder was 3 ms late.
    json!({ "exit": code.parse::<u8>().expect("a number"), "stderr": said.replace("2000", "2003") })
}

/// Where nothing is let in.
fn closed() -> World {
    world().with_edit("security-group", "HTTP  ", "# HTTP").with_edit("security-group", "HTTPS ", "# HTTPS")
}

/// What `fetch` in Node.js ends with. Its addresses were the recorder's own machine's, too.
fn node(case: &str) -> Answer {
    let world = world();
    let (world, url) = match case {
        "DNS failure" => (world, "http://nope.invalid/"),
        "closed port" => (world, "http://a.test:21999/"),
        "empty response" => (world, "http://a.test/empty"),
        "reset" => {
            let reset = "server { listen 80; reset_timedout_connection on; return 444; }";
            (world.with_text(BACKEND, reset), "http://a.test/reset")
        }
        "short body" => (world, "http://a.test/short"),
        "self-signed" => {
            (world.with_edit("network", "browser trusts", "browser trusts nobody like"), "https://good.test/")
        }
        "connect_timeout" => (closed(), "http://drop.test:21666/"),
        "certificate for another name" => (world, "https://wrong.test/"),
        "certificate with CN only" => (world, "https://cnonly.test/"),
        "certificate of an unknown authority" => {
            (world.with_edit("network", "browser trusts", "browser trusts nobody like"), "https://good.test/")
        }
        "self-signed certificate" => (world, "https://self.test/"),
        "expired certificate" => (world, "https://expired.test/"),
        "certificate not yet valid" => (world, "https://future.test/"),
        "handshake rejected" => (world, "https://reject.test/"),
        "only TLS 1.1" => (only_tls_1_1(&world), "https://old.test/"),
        "plain HTTP on the https port" => {
            (world.with_text(BACKEND, "server { listen 443; return 200 plain; }"), "https://a.test/")
        }
        "plain http:// to the TLS port" => (world, "http://good.test:443/"),
        "redirect loop" => (world, "http://a.test/loop1"),
        "port of another protocol" => (world, "http://a.test:22/"),
        "application down" => (world, "http://a.test/down"),
        "204" => (world, "http://a.test/noct204"),
        "two lengths" => {
            let twice = "server { listen 80; add_header Content-Length 3; return 200 hello; }";
            (world.with_text(BACKEND, twice), "http://a.test/")
        }
        "body shorter than announced" => (world, "http://a.test/short"),
        "cut between pieces" => (world, "http://a.test/chunkcut"),
        _ => return Err("an application that breaks HTTP".into()),
    };
    let text = seen(&world, url, "http://a.test", Who::Node)?;
    let words = text.trim_end().replace("52.23.45.67:", "127.0.0.1:").replace("drop.test:", "127.0.0.1:");
    if let Some(rest) = words.strip_prefix("terminated ") {
        return Ok(json!({ "status": 200, "body_error": rest.split(' ').next() }));
    }
    let Some(rest) = words.strip_prefix("fetch failed ") else {
        let status = words.split(' ').next().expect("a status");
        return Ok(json!({ "status": status.parse::<u16>().expect("a number") }));
    };
    let (code, cause) = rest.split_once(' ').expect("a code and its words");
    let code = if code == "undefined" { Value::Null } else { code.into() };
    Ok(json!({ "error": "fetch failed", "code": code, "cause": cause }))
}

fn same_words(field: &str, expect: &Value, answer: &Value) -> bool {
    matches!(field, "case" | "url" | "http_code" | "seconds") || expect == answer
}

#[test]
fn chromium_shows_what_it_was_seen_to_show() {
    let recorded: Value = serde_json::from_str(&recording("facts_observed.json")).expect("JSON");
    let mut verdicts = Vec::new();
    for section in ["navigation", "nginx_in_browser"] {
        for row in recorded[section].as_array().expect("rows") {
            let (name, url) = (row["case"].as_str().expect("a name"), row["url"].as_str().expect("an address"));
            let mut expect = row.clone();
            // The recorder waited for the end of the load, which never came.
            if ["body shorter than Content-Length", "chunked body cut"].contains(&name) {
                expect["error"] = expect["loading_failed"].clone();
            }
            let case = Case { id: format!("{section}: {name}"), ask: Value::Null, expect, also_right: vec![] };
            let verdict = judge(&case, navigate(name, url), same);
            verdicts.push((case.id, verdict));
        }
    }
    let mut dropped = recorded["connect_timeout"]["chromium"].clone();
    dropped["error"] = dropped["navigation_error"].take();
    let expect = json!({ "error": dropped["error"], "title": dropped["title"], "text": dropped["text"] });
    let case = Case { id: "connect_timeout: chromium".into(), ask: Value::Null, expect, also_right: vec![] };
    let verdict = judge(&case, open(&closed(), "http://drop.test/"), same);
    verdicts.push((case.id, verdict));
    for section in ["fetch_console", "curl", "node"] {
        for row in recorded[section].as_array().expect("rows") {
            let name = row["case"].as_str().expect("a name");
            let id = format!("{section}: {name}");
            let case = Case { id, ask: Value::Null, expect: row.clone(), also_right: vec![] };
            let answer = match section {
                "curl" => curl(name),
                "node" => node(name),
                _ => fetch(row["url"].as_str().expect("an address")),
            };
            let verdict = judge(&case, answer, same_words);
            verdicts.push((case.id, verdict));
        }
    }
    let asked = cases("cors.jsonl");
    for row in recorded["cors_console_messages"].as_array().expect("rows") {
        let name = row["case"].as_str().expect("a name");
        let case = Case {
            id: format!("cors_console_messages: {name}"),
            ask: Value::Null,
            expect: json!({ "console": row["console"] }),
            also_right: vec![],
        };
        // Most of them are answers to questions that nobody has but those who recorded them.
        let question = asked.iter().find(|case| case.id == name);
        let answer = question.ok_or_else(|| "its question is not in cors.jsonl".to_owned());
        let answer = answer.and_then(|case| {
            // The page had an address that `cors.jsonl` does not keep.
            let origin = case.ask["page"]["origin"].as_str().expect("an origin");
            let mut ask = case.ask.clone();
            ask["page"]["origin"] = json!(format!("{origin}/c/{name}/page"));
            answer_as(&ask, &RECORDED)
        });
        let verdict =
            judge(&case, answer.map(|answer| json!({ "console": answer["steps"][0]["console"] })), same_words);
        verdicts.push((case.id, verdict));
    }
    for (program, answer) in [("curl", curl("connect_timeout")), ("node", node("connect_timeout"))] {
        let id = format!("connect_timeout: {program}");
        let mut expect = recorded["connect_timeout"][program].clone();
        // Linux 6.18 gave up after 133 s where the engine's gives up after 131.
        expect["stderr"] = expect["stderr"].as_str().map_or(Value::Null, |s| s.replace("133311 ms", "0 ms").into());
        let expect = expect.as_object().expect("fields").iter().filter(|(_, value)| !value.is_null());
        let expect = expect.map(|(name, value)| (name.clone(), value.clone())).collect();
        let case = Case { id, ask: Value::Null, expect: Value::Object(expect), also_right: vec![] };
        let verdict = judge(&case, answer, same_words);
        verdicts.push((case.id, verdict));
    }
    hold("facts_observed", 67, &verdicts);
}

#[test]
fn node_ends_with_what_it_was_seen_to_end_with() {
    let recorded: Value = serde_json::from_str(&recording("node-fetch.json")).expect("JSON");
    let verdicts = recorded["fetch"].as_array().expect("rows").iter().map(|row| {
        let name = row["case"].as_str().expect("a name");
        let case = Case { id: name.into(), ask: Value::Null, expect: row.clone(), also_right: vec![] };
        let verdict = judge(&case, node(name), same_words);
        (case.id, verdict)
    });
    hold("node-fetch", 17, &verdicts.collect::<Vec<_>>());
}
