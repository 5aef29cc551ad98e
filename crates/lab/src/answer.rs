//! `roundtrip answer`: one JSON question a line on standard input, one JSON answer a line on standard output, in the same
//! order. The engine answers, the same one that runs in the page.

use anyhow::{Context, Result};
use std::io::{BufRead, Write};

/// Answers every line; a line that is no question gets an error in its place, and the rest is still answered.
pub fn run(questions: impl BufRead, answers: impl Write) -> Result<()> {
    each(questions, answers, answer::reply)
}

fn each(questions: impl BufRead, mut answers: impl Write, reply: fn(usize, &[u8]) -> serde_json::Value) -> Result<()> {
    for (number, line) in (1..).zip(questions.split(b'\n')) {
        let line = line.context("cannot read the questions")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let given = std::panic::catch_unwind(|| reply(number, &line));
        let given = given.unwrap_or_else(|_| failed(number, &line));
        writeln!(answers, "{given}").context("cannot write the answers")?;
    }
    answers.flush().context("cannot write the answers")
}

/// A fault of ours costs one answer, not all.
fn failed(number: usize, line: &[u8]) -> serde_json::Value {
    let question: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    serde_json::json!({ "id": question["id"], "unsupported": format!("line {number}: the engine failed; please report it") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_answered_in_order() {
        let questions = "{\"id\": \"a\", \"ask\": {\"kind\": \"pool\"}}\nnonsense\n\n{\"id\": \"b\", \"ask\": {\"kind\": \"dns-authoritative\", \"qname\": \"x.test.\"}}";
        let mut answers = Vec::new();
        run(questions.as_bytes(), &mut answers).unwrap();
        let lines: Vec<serde_json::Value> =
            String::from_utf8(answers).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["unsupported"], "questions of the kind pool");
        assert!(lines[1]["error"].as_str().unwrap().starts_with("line 2: "));
        assert_eq!((&lines[2]["id"], &lines[2]["answer"]["rcode"]), (&"b".into(), &"REFUSED".into()));
    }
    #[test]
    fn a_panic_costs_one_answer() {
        let mut answers = Vec::new();
        let questions = "{\"id\": \"a\"}\n{\"id\": \"b\"}";
        let reply = |number: usize, line: &[u8]| {
            assert!(number > 1, "a fault");
            serde_json::from_slice(line).unwrap()
        };
        each(questions.as_bytes(), &mut answers, reply).unwrap();
        let answers = String::from_utf8(answers).unwrap();
        assert!(answers.starts_with("{\"id\":\"a\",\"unsupported\":\"line 1: "), "{answers}");
        assert!(answers.ends_with("\n{\"id\":\"b\"}\n"), "{answers}");
    }
}
