//! node-postgres (`pg` 8, `pg-pool` 3) as the script sees it: what a pool's options mean, how values become parameters and
//! rows become values, and what its errors look like. The connections themselves are the server's affair.

use super::eval::{Environment, Fault};
use super::values::{bare, error, text};
use super::{App, PoolDef, constant};
use crate::database::error::SqlError;
use crate::database::session::Part;
use crate::database::types::Type;
use crate::literal::{Data, Value};
use crate::time::Micros;

/// The options that are modelled.
pub const OPTIONS: [&str; 8] =
    ["host", "port", "database", "user", "password", "max", "connectionTimeoutMillis", "idleTimeoutMillis"];

/// What was awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    /// Nothing of interest.
    Nothing,
    /// A client of a pool, by the number of the server's process.
    Client(u32),
    /// A value.
    Value(Value),
    /// An error is thrown.
    Error(Value),
}

/// What a pool's options say (documentation of `pg.Pool` and `pg.Client`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the server is.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The role.
    pub user: String,
    /// The database.
    pub database: String,
    /// The password, if there is one.
    pub password: Option<String>,
    /// How many connections there may be.
    pub max: usize,
    /// How long one waits for a connection; for ever where there is none.
    pub patience: Option<Micros>,
    /// How long a connection stays open that nobody uses.
    pub idle: Option<Micros>,
}

/// Works a pool's options out. What is not given comes from the environment, as with libpq.
pub fn options(pool: &PoolDef, app: &App, env: Environment<'_>) -> Options {
    let given = |name: &str| {
        let (_, value) = pool.options.iter().find(|(known, _)| known == name)?;
        constant(value, app, Some(env))?.text().map(str::to_owned).filter(|text| text != "undefined" && text != "null")
    };
    let number = |name: &str| given(name).and_then(|text| text.parse::<u64>().ok());
    let or = |name: &str, variable: &str| given(name).filter(|text| !text.is_empty()).or_else(|| env(variable));
    let user = or("user", "PGUSER").or_else(|| env("USER")).unwrap_or_else(|| "ubuntu".to_owned());
    Options {
        host: or("host", "PGHOST").unwrap_or_else(|| "localhost".to_owned()),
        port: or("port", "PGPORT").and_then(|port| port.parse().ok()).unwrap_or(5432),
        database: or("database", "PGDATABASE").unwrap_or_else(|| user.clone()),
        password: or("password", "PGPASSWORD"),
        max: number("max").filter(|max| *max > 0).unwrap_or(10) as usize,
        patience: number("connectionTimeoutMillis").filter(|millis| *millis > 0).map(Micros::millis),
        idle: Some(number("idleTimeoutMillis").unwrap_or(10_000)).filter(|millis| *millis > 0).map(Micros::millis),
        user,
    }
}

/// The text of a query and its parameters, as the driver sends them.
pub fn question(values: &[Value]) -> Result<(String, Vec<Option<String>>), Fault> {
    let (query, params) = match values {
        [query] => (query, &[][..]),
        [query, params] => match &params.data {
            Data::List(params) => (query, params.as_slice()),
            Data::Bare(word) if word == "undefined" || word == "null" => (query, &[][..]),
            _ => return Err(super::eval::throws("Error", "Query values must be an array")),
        },
        _ => return Err(Fault::NotModelled("a query with such arguments".to_owned())),
    };
    let Data::Text(query) = &query.data else {
        return Err(Fault::NotModelled("a query that is no text".to_owned()));
    };
    let param = |value: &Value| match &value.data {
        Data::Bare(word) if word == "undefined" || word == "null" => Ok(None),
        Data::Bare(word) => Ok(Some(word.clone())),
        Data::Text(text) => Ok(Some(text.clone())),
        Data::List(_) => Err(Fault::NotModelled("a list as a parameter".to_owned())),
        Data::Object(_) => {
            let mut json = String::new();
            value.json(&mut json);
            Ok(Some(json))
        }
    };
    Ok((query.clone(), params.iter().map(param).collect::<Result<_, _>>()?))
}

/// What a query gives: its results, one or a list of several, or its error.
pub fn result(parts: &[Part]) -> Got {
    let mut results = Vec::new();
    let (mut columns, mut rows): (&[(String, Type)], Vec<Value>) = (&[], Vec::new());
    for part in parts {
        match part {
            Part::Columns(found) => columns = found,
            Part::Row(row) => rows.push(object(columns, row)),
            Part::Complete(tag, _) => {
                let command = tag.split(' ').next().unwrap_or("");
                let count = tag.rsplit(' ').next().filter(|count| count.parse::<u64>().is_ok()).unwrap_or("null");
                results.push(outcome(command, count, core::mem::take(&mut rows)));
                columns = &[];
            }
            Part::Empty => results.push(outcome("null", "null", Vec::new())),
            Part::Error(error) => return Got::Error(refused(error)),
            Part::Notice(_) => {}
        }
    }
    Got::Value(match results.len() {
        1 => results.remove(0),
        _ => Value { line: 0, data: Data::List(results) },
    })
}

fn outcome(command: &str, count: &str, rows: Vec<Value>) -> Value {
    let command = if command == "null" { bare("null") } else { text(command.to_owned()) };
    let rows = Value { line: 0, data: Data::List(rows) };
    let items = vec![("command".to_owned(), command), ("rowCount".to_owned(), bare(count)), ("rows".to_owned(), rows)];
    Value { line: 0, data: Data::Object(items) }
}

/// A row as an object: of two columns with one name the later counts.
fn object(columns: &[(String, Type)], row: &[Option<String>]) -> Value {
    let mut items: Vec<(String, Value)> = Vec::new();
    for ((name, kind), value) in columns.iter().zip(row) {
        let value = match value {
            None => bare("null"),
            Some(value) => scalar(*kind, value),
        };
        match items.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => items.push((name.clone(), value)),
        }
    }
    Value { line: 0, data: Data::Object(items) }
}

/// A value (`pg-types`): an integer becomes a number, a bigint stays a text since it may not fit one, a moment becomes a
/// Date, of which only its form in JSON is modelled.
fn scalar(kind: Type, value: &str) -> Value {
    match kind {
        Type::Integer => bare(value),
        Type::Boolean => bare(if value == "t" { "true" } else { "false" }),
        Type::Timestamptz => {
            let value = value.strip_suffix("+00").unwrap_or(value);
            let (seconds, part) = value.split_once('.').unwrap_or((value, ""));
            let millis = [part, "000"].concat();
            text([&seconds.replace(' ', "T"), ".", &millis[..3], "Z"].concat())
        }
        _ => text(value.to_owned()),
    }
}

/// PostgreSQL's error as the driver throws it.
pub fn refused(refusal: &SqlError) -> Value {
    let mut more = vec![
        ("severity".to_owned(), text(refusal.severity.to_owned())),
        ("code".to_owned(), text(refusal.code.to_owned())),
    ];
    let fields = [
        ("detail", &refusal.detail),
        ("hint", &refusal.hint),
        ("table", &refusal.table),
        ("column", &refusal.column),
        ("constraint", &refusal.constraint),
    ];
    for (name, value) in fields {
        more.extend(value.as_ref().map(|value| (name.to_owned(), text(value.clone()))));
    }
    error("error", &refusal.message, more)
}

/// An error of the operating system: `connect ECONNREFUSED 127.0.0.1:5432`.
pub fn system(code: &str, call: &str, at: &str) -> Value {
    error("Error", &[call, " ", code, " ", at].concat(), vec![("code".to_owned(), text(code.to_owned()))])
}

/// An error of the driver itself, which has no code.
pub fn own(message: &str) -> Value {
    error("Error", message, Vec::new())
}
