//! `nginx-test-more.jsonl`: what `nginx -t` of 1.22.1 says of configurations with a mistake each.

use super::{Case, Verdict, cases, hold, judge};
use answer::nginx::answer;
use serde_json::json;

fn verdict(case: &Case) -> Verdict {
    judge(case, answer(&case.ask), |_, expect, answer| expect == answer)
}

#[test]
fn what_nginx_says_of_mistakes() {
    let verdicts: Vec<(String, Verdict)> =
        cases("nginx-test-more.jsonl").iter().map(|case| (case.id.clone(), verdict(case))).collect();
    hold("nginx-test-more", 235, &verdicts);
}

/// The level and the words that are expected of one configuration; none where it is accepted without a word.
fn check(config: &str, expected: &[(&str, &str)]) {
    let answer = answer(&json!({ "kind": "nginx-test", "config": config })).expect("an answer");
    let messages: Vec<_> = expected.iter().map(|(level, words)| json!([level, words])).collect();
    assert_eq!(answer["messages"], json!(messages), "{config}");
}

/// nginx 1.22.1 was asked each of these.
#[test]
fn words_are_read_as_nginx_reads_them() {
    let long = |sign: &str, length: usize| [sign, &"a".repeat(length)].concat();
    check("server { return 200 \"a\"b; }", &[("emerg", "unexpected \"b\" in nginx.conf:1")]);
    check(
        "server { return 200 \"${{a\"; }",
        &[("emerg", "the closing bracket in \"\" variable is missing in nginx.conf:1")],
    );
    check("if (\"a\")\n{}", &[("emerg", "\"if\" directive is not allowed here in nginx.conf:2")]);
    check("\u{feff}server { }", &[("emerg", "unknown directive \"\u{feff}server\" in nginx.conf:1")]);
    check("server {\r\n\treturn 200;\r\n\tx y;\r\n}", &[("emerg", "unknown directive \"x\" in nginx.conf:3")]);
    check("server { return 200", &[("emerg", "unexpected \"}\" in nginx.conf:2")]);
    check(
        "server { return 200 'x; }",
        &[("emerg", "unexpected end of file, expecting \";\" or \"}\" in nginx.conf:3")],
    );
    check("server {", &[("emerg", "unexpected end of file, expecting \"}\" in nginx.conf:3")]);
    check("server { } }", &[("emerg", "unexpected \"}\" in nginx.conf:2")]);
    check(&long("# ", 4093), &[]);
    check(&long("# ", 4094), &[("emerg", "too long parameter \"# aaaaaaaa...\" started in nginx.conf:1")]);
    check(
        &["server {\nreturn 200 ", &long("\"", 4096), "\"; }"].concat(),
        &[("emerg", "too long parameter, probably missing terminating \"\"\" character in nginx.conf:2")],
    );
    check(&["server { return 200 ", &long("\"", 4094), "\"; }"].concat(), &[]);
}
