//! Statements, as PostgreSQL 15 carries them out.
//!
//! Each result is compared whole. Rows without an order are compared as a set: there the planner chooses, and the engine
//! has none.

use super::{Case, cases, deaf_spots, hold, judge};
use serde_json::Value;

/// The results of a case, each with its own statement.
fn pairs<'v>(case: &'v Case, results: &'v Value) -> impl Iterator<Item = (&'v str, &'v Value)> {
    let statements = case.ask["statements"].as_array().expect("statements");
    let results = results["results"].as_array().expect("results");
    statements.iter().map(|one| one["sql"].as_str().expect("SQL")).zip(results)
}

/// A result as it is compared.
fn settled(sql: &str, result: &Value) -> Value {
    let mut result = result.clone();
    let ordered = sql.to_uppercase().contains("ORDER BY");
    for one in result["ok"].as_array_mut().into_iter().flatten() {
        if let Some(rows) = one["rows"].as_array_mut().filter(|_| !ordered) {
            rows.sort_by_key(ToString::to_string);
        }
    }
    result
}

/// Every statement is a case of its own, so that one that is wrong hides no other.
fn statements(case: &Case) -> Vec<(Case, Value)> {
    let answer = answer::answer(&case.ask).expect("a list");
    let mut found = Vec::new();
    for (i, ((sql, expect), (_, answer))) in pairs(case, &case.expect).zip(pairs(case, &answer)).enumerate() {
        let wrap = |value: &Value| serde_json::json!({ "result": settled(sql, value) });
        let one =
            Case { id: format!("{} {i}", case.id), ask: sql.into(), expect: wrap(expect), also_right: Vec::new() };
        found.push((one, wrap(answer)));
    }
    found
}

#[test]
fn statements_end_as_in_postgresql() {
    let mut verdicts = Vec::new();
    for file in ["sql.jsonl", "sql-random.jsonl"] {
        for case in cases(file) {
            for (one, answer) in statements(&case) {
                let said = match answer["result"]["unsupported"].as_str() {
                    Some(what) => Err(format!("{what}: {}", one.ask)),
                    None => Ok(answer),
                };
                let verdict = match judge(&one, said, |_, expect, answer| expect == answer) {
                    super::Verdict::Wrong(why) => super::Verdict::Wrong(format!("{}\n  {why}", one.ask)),
                    other => other,
                };
                verdicts.push((one.id, verdict));
            }
        }
    }
    hold("sql", 3_042, &verdicts);
}

/// No place in what was recorded is passed over.
#[test]
fn every_part_of_a_result_is_compared() {
    let mut deaf = Vec::new();
    for case in cases("sql.jsonl").iter().take(12) {
        for (one, answer) in statements(case) {
            deaf.extend(deaf_spots(&one, &Ok(answer), |_, expect, answer| expect == answer));
        }
    }
    assert_eq!(deaf, Vec::<String>::new());
}
