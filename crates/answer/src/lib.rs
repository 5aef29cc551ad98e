//! Questions about real programs, answered by the engine: what `roundtrip answer` says, line by line.
//!
//! `tests/oracles/README.md` has the forms of question and answer. Each module is an adapter: from the question as it is
//! asked to the engine's own types, and from what the engine says to the form of the answer. It decides nothing that a
//! program would decide.

pub mod cors;
pub mod dns;
pub mod nginx;
pub mod security_group;
pub mod sql;

use serde_json::{Value, json};

/// What the engine answers: the answer, or what it does not model, in words.
pub type Answer = Result<Value, String>;

/// Answers a question by its kind.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    match ask["kind"].as_str() {
        Some("dns-authoritative" | "dns-resolve") => dns::answer(ask),
        Some("nginx" | "nginx-test") => nginx::answer(ask),
        Some("security-group") => security_group::answer(ask),
        Some("cors") => cors::answer(ask),
        Some("sql") => sql::answer(ask),
        Some(kind) => Err(["questions of the kind ", kind].concat()),
        None => Err("a question without a kind".to_owned()),
    }
}

/// The reply to one line of questions; lines count from 1. What is no question gets the place and the reason.
pub fn reply(number: usize, line: &[u8]) -> Value {
    let error = |why: &str| json!({ "id": null, "error": format!("line {number}: {why}") });
    let question: Value = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(problem) => return error(&problem.to_string()),
    };
    let Some(id) = question.get("id") else { return error("no field `id`") };
    if !question["ask"].is_object() {
        return error("no field `ask`, or it is no object");
    }
    match answer(&question["ask"]) {
        Ok(answer) => json!({ "id": id, "answer": answer }),
        Err(what) => json!({ "id": id, "unsupported": what }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_line_is_named() {
        let text = |line: &str| reply(7, line.as_bytes())["error"].as_str().unwrap_or("").to_owned();
        assert!(text("{").starts_with("line 7: EOF while parsing"), "{}", text("{"));
        assert_eq!(text("{}"), "line 7: no field `id`");
        assert_eq!(text("[1]"), "line 7: no field `id`");
        assert_eq!(text(r#"{"id": "a"}"#), "line 7: no field `ask`, or it is no object");
        assert!(reply(7, b"\xff")["error"].is_string());
    }

    #[test]
    fn an_unknown_kind_is_unsupported() {
        let reply = reply(1, br#"{"id": "a", "ask": {"kind": "pool"}}"#);
        assert_eq!(reply, json!({ "id": "a", "unsupported": "questions of the kind pool" }));
    }

    #[test]
    fn a_question_gets_its_answer() {
        let line = br#"{"id": "a", "ask": {"kind": "dns-authoritative", "zones": [], "qname": "x.test."}}"#;
        assert_eq!(reply(1, line)["answer"]["rcode"], "REFUSED");
    }
}
