//! Rules of nginx that the recordings here do not show, in the same form of question.

use answer::nginx::answer;
use serde_json::{Value, json};

/// What `config` answers to GET of `target` with these headers.
fn get(config: &str, target: &str, headers: &Value) -> Value {
    let request = json!({ "port": 80, "method": "GET", "target": target, "host": "a.test", "headers": headers });
    let answer = answer(&json!({ "kind": "nginx", "config": config, "requests": [request] }));
    answer.expect("an answer")["responses"][0].take()
}

/// The message with which `nginx -t` refuses `config`.
fn refusal(config: &str) -> String {
    let answer = answer(&json!({ "kind": "nginx-test", "config": config })).expect("an answer");
    answer["messages"][0][1].as_str().unwrap_or("").to_owned()
}

#[test]
fn what_is_passed_on_with_a_changed_uri() {
    let config = "server { listen 80; location /api/ { proxy_pass http://127.0.0.1:3001/v2/; } }";
    let line = |target: &str| get(config, target, &json!([]))["upstream"][0]["request_line"].take();
    assert_eq!(line("/api/users?"), "GET /v2/users HTTP/1.0");
    assert_eq!(line("/api/%7Bid%7D?x=%7B"), "GET /v2/%7Bid%7D?x=%7B HTTP/1.0");
}

#[test]
fn odd_header_names_are_dropped_and_forwarded_addresses_joined() {
    let config = "server { listen 80; location / { proxy_pass http://127.0.0.1:3001; \
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }";
    let headers = json!([["X.Dot", "1"], ["X-Forwarded-For", "1.1.1.1"], ["X-Forwarded-For", "2.2.2.2"]]);
    let passed = get(config, "/", &headers)["upstream"][0]["headers"].to_string();
    assert!(!passed.contains("X.Dot"), "{passed}");
    assert!(passed.contains("1.1.1.1, 2.2.2.2, 127.0.0.1"), "{passed}");
}

#[test]
fn a_request_without_a_host_goes_to_the_block_without_a_name() {
    let config = "server { listen 80; server_name a.test; return 200 a; } server { listen 80; return 200 unnamed; }";
    let request = json!({ "port": 80, "method": "GET", "target": "/", "http": "1.0" });
    let answer = answer(&json!({ "kind": "nginx", "config": config, "requests": [request] })).expect("an answer");
    assert_eq!(answer["responses"][0]["server_block"], 1);
}

#[test]
fn nothing_is_guessed_where_a_directive_decides_that_is_not_modelled() {
    let in_server = [
        "set $x $request_id; return 200 $x;",
        "location / { proxy_pass https://127.0.0.1:3001; }",
        "location / { auth_request /auth; proxy_pass http://127.0.0.1:3001; }",
        "location / { proxy_set_header X $request_id; proxy_pass http://127.0.0.1:3001; }",
        "location / { sub_filter a b; return 200 a; }",
        "location / { fastcgi_pass 127.0.0.1:9000; }",
        "location / { resolver 127.0.0.1; proxy_pass http://$host; }",
        "location ~ ^(a|(?1)b)$ { return 200 a; }",
    ];
    for directives in in_server {
        let answer = get(&format!("server {{ listen 80; {directives} }}"), "/", &json!([]));
        assert!(answer["unsupported"].is_string(), "{directives}: {answer}");
    }
}

#[test]
fn the_first_error_on_the_way_through_the_files_is_the_one_that_is_said() {
    let cases = [
        ("server { listen 80;\n return 1000;\n proxy_pas x; }", "invalid return code \"1000\" in nginx.conf:2"),
        // A host is looked up, and a certificate loaded, when everything has been read.
        (
            "server { listen 80; location / { proxy_pass http://nobody; } }\nserver { listen 99999; }",
            "invalid port in \"99999\" of the \"listen\" directive in nginx.conf:2",
        ),
        (
            "server { listen 443 ssl; ssl_certificate /x; }\nserver { listen 80; root a; root b; }",
            "\"root\" directive is duplicate in nginx.conf:2",
        ),
        (
            "server { location / { proxy_pass http://b:1;\n proxy_pass http://b:2; } }",
            "\"proxy_pass\" directive is duplicate in nginx.conf:2",
        ),
    ];
    for (config, words) in cases {
        assert_eq!(refusal(config), words);
    }
    let twice = "server { listen 80; server_name a.test; } server { listen 80; server_name a.test; }";
    let answer = answer(&json!({ "kind": "nginx-test", "config": twice })).expect("an answer");
    let expected = json!({
        "accepted": true,
        "messages": [["warn", "conflicting server name \"a.test\" on 127.0.0.1:80, ignored"]],
    });
    assert_eq!(answer, expected);
}
