//! Statements put to an empty database, one after the other, by one session or several (`kind` `sql`).

use crate::Answer;
use engine::database::error::SqlError;
use engine::database::session::{Answer as Said, Around, Part, Session};
use engine::database::store::Cluster;
use serde_json::{Map, Value, json};

/// What the statements are carried out with: always the same moment, and the settings that are asked for.
const NOW: i64 = 63_893_811_600_000_000;

struct Desk {
    cluster: Cluster,
    sessions: Vec<(String, Session)>,
    /// The statements that wait: session, place in the list.
    waiting: Vec<(usize, usize)>,
    results: Vec<Value>,
}

/// Answers a question.
///
/// # Errors
///
/// What the engine does not model, in words.
pub fn answer(ask: &Value) -> Answer {
    let statements = ask["statements"].as_array().map_or(&[][..], Vec::as_slice);
    let mut desk = Desk { cluster: Cluster::default(), sessions: Vec::new(), waiting: Vec::new(), results: Vec::new() };
    for (at, statement) in statements.iter().enumerate() {
        let name = statement["on"].as_str().unwrap_or("a");
        let known = desk.sessions.iter().position(|(known, _)| known == name);
        let session = known.unwrap_or_else(|| {
            desk.sessions.push((name.to_owned(), Session::new("postgres", "postgres")));
            desk.sessions.len() - 1
        });
        desk.results.push(json!({ "waits": true }));
        match desk.one(session, statement) {
            Some(result) => desk.results[at] = result,
            None => desk.waiting.push((session, at)),
        }
        // Those that waited go on as soon as they can, the one that came first at first.
        while let Some(i) = (0..desk.waiting.len()).find_map(|i| {
            let (session, at) = desk.waiting[i];
            let mut result = desk.one(session, &statements[at])?;
            if let Some(fields) = result.as_object_mut().filter(|fields| !fields.contains_key("unsupported")) {
                fields.insert("after".to_owned(), desk.results.len().saturating_sub(1).into());
            }
            desk.results[at] = result;
            Some(i)
        }) {
            desk.waiting.remove(i);
        }
    }
    Ok(json!({ "results": desk.results }))
}

impl Desk {
    /// Carries one statement out; none where it waits.
    fn one(&mut self, session: usize, statement: &Value) -> Option<Value> {
        let text = statement["sql"].as_str().unwrap_or("");
        let given = statement["params"].as_array().filter(|params| !params.is_empty());
        let params: Option<Vec<Option<String>>> =
            given.map(|params| params.iter().map(|value| value.as_str().map(ToOwned::to_owned)).collect());
        let settings = |name: &str| (name == "max_connections").then(|| "100".to_owned());
        let around = Around { now: NOW, settings: &settings, place: None };
        match self.sessions[session].1.execute(&mut self.cluster, text, params.as_deref(), &around) {
            Said::Waits(_) => None,
            Said::NotModelled(what) => Some(json!({ "unsupported": what })),
            Said::Done(parts) => Some(result(parts)),
        }
    }
}

fn result(parts: Vec<Part>) -> Value {
    let (mut done, mut notices, mut failed) = (Vec::new(), Vec::new(), None);
    let mut now = Map::new();
    for part in parts {
        match part {
            Part::Columns(columns) => {
                let columns: Vec<Value> = columns.iter().map(|(name, kind)| json!([name, kind.plain()])).collect();
                if !columns.is_empty() {
                    now.insert("columns".to_owned(), columns.into());
                    now.insert("rows".to_owned(), Vec::<Value>::new().into());
                } else {
                    now.insert("none".to_owned(), true.into());
                }
            }
            Part::Row(row) => {
                // Rows of no columns are shown as such.
                if now.remove("none").is_some() {
                    now.insert("columns".to_owned(), Vec::<Value>::new().into());
                    now.insert("rows".to_owned(), Vec::<Value>::new().into());
                }
                if let Some(rows) = now.get_mut("rows").and_then(Value::as_array_mut) {
                    rows.push(row.into());
                }
            }
            Part::Complete(tag, _) => {
                now.remove("none");
                now.insert("tag".to_owned(), tag.into());
                done.push(Value::Object(core::mem::take(&mut now)));
            }
            Part::Empty => done.push(json!({ "tag": null })),
            Part::Notice(notice) => notices.push(shown(&notice)),
            Part::Error(error) => failed = Some(shown(&error)),
        }
    }
    let mut said = Map::new();
    match failed {
        Some(error) => said.insert("error".to_owned(), error),
        None => said.insert("ok".to_owned(), done.into()),
    };
    if !notices.is_empty() {
        said.insert("notices".to_owned(), notices.into());
    }
    Value::Object(said)
}

fn shown(error: &SqlError) -> Value {
    let mut said = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            said.insert(name.to_owned(), value.into());
        }
    };
    put("severity", Some(error.severity));
    put("code", Some(error.code));
    put("message", Some(&error.message));
    put("detail", error.detail.as_deref());
    put("hint", error.hint.as_deref());
    put("position", error.position.map(|position| position.to_string()).as_deref());
    put("where", error.context.as_deref());
    put("table", error.table.as_deref());
    put("column", error.column.as_deref());
    put("constraint", error.constraint.as_deref());
    Value::Object(said)
}
