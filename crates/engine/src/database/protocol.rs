//! What travels between a client and PostgreSQL: protocol 3.0 (PostgreSQL 15 documentation, chapter 55), as far as
//! node-postgres and psql speak it. What is sent together is one message here.

use super::error::SqlError;
use super::run::Grounds;
use super::session::{Block, Part};
use core::fmt;

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frontend {
    /// StartupMessage.
    Startup {
        /// The role.
        user: String,
        /// The database.
        database: String,
    },
    /// SASLInitialResponse: the mechanism SCRAM-SHA-256 and the first number.
    SaslInitial,
    /// SASLResponse: the proof that it knows the password.
    SaslResponse,
    /// Query: a simple query, which may hold several statements.
    Query(String),
    /// Parse, Bind, Describe, Execute, Sync: one statement with parameters.
    Extended {
        /// The statement.
        text: String,
        /// Its parameters, each as text; none for NULL.
        params: Vec<Option<String>>,
    },
    /// Terminate.
    Terminate,
}

/// What PostgreSQL sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// AuthenticationSASL: it wants SCRAM-SHA-256.
    AuthenticationSasl,
    /// AuthenticationSASLContinue: salt, rounds, and the second number.
    SaslContinue,
    /// AuthenticationSASLFinal, AuthenticationOk, ParameterStatus, BackendKeyData, ReadyForQuery.
    Ready {
        /// The number of the process that serves this connection.
        pid: u32,
    },
    /// The answer to a query, and ReadyForQuery.
    Answer {
        /// What is said, in order.
        parts: Vec<Part>,
        /// Whether it answers Parse and Bind as well.
        extended: bool,
        /// How the transaction stands.
        block: Block,
    },
    /// ErrorResponse, and then the connection is closed.
    Fatal(Box<SqlError>),
}

impl Frontend {
    /// For a token on stage: `INSERT likes`, `BEGIN`, `startup`.
    pub fn short(&self) -> String {
        match self {
            Self::Startup { .. } => "startup".to_owned(),
            Self::SaslInitial | Self::SaslResponse => "SASL".to_owned(),
            Self::Terminate => "terminate".to_owned(),
            Self::Query(text) | Self::Extended { text, .. } => gist(text),
        }
    }

    /// The statement's text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Query(text) | Self::Extended { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// A statement's verb and its table: `INSERT likes`, `SELECT posts`.
pub fn gist(text: &str) -> String {
    // What stands in brackets is another statement's, or a list.
    let mut depth = 0_u32;
    let outside = |c: char| {
        depth = match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        if depth == 0 && c != ')' { c } else { ' ' }
    };
    let text: String = text.chars().map(outside).collect();
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | ','));
    let mut words = words.by_ref().filter(|word| !word.is_empty());
    let verb = words.next().unwrap_or("").to_uppercase();
    let before: &[&str] = match verb.as_str() {
        "INSERT" => &["INTO"],
        "SELECT" | "DELETE" => &["FROM"],
        "UPDATE" => &[],
        "CREATE" | "DROP" | "ALTER" => &["TABLE", "INDEX", "ROLE", "DATABASE"],
        _ => return verb,
    };
    if before.is_empty() {
        return [&verb, " ", words.next().unwrap_or("")].concat();
    }
    let found = words.find(|word| before.iter().any(|sought| word.eq_ignore_ascii_case(sought)));
    match found.and_then(|_| words.next()) {
        Some(table) => [&verb, " ", table].concat(),
        None => verb,
    }
}

impl Backend {
    /// For a token on stage: `1 row`, `INSERT 0 1`, `23505`.
    pub fn short(&self) -> String {
        match self {
            Self::AuthenticationSasl | Self::SaslContinue => "SASL".to_owned(),
            Self::Ready { .. } => "ready".to_owned(),
            Self::Fatal(error) => error.code.to_owned(),
            Self::Answer { parts, .. } => match last(parts) {
                Some(Part::Error(error)) => error.code.to_owned(),
                Some(Part::Complete(tag, _)) => match tag.strip_prefix("SELECT ") {
                    Some("1") => "1 row".to_owned(),
                    Some(count) => [count, " rows"].concat(),
                    None => tag.clone(),
                },
                _ => "empty".to_owned(),
            },
        }
    }

    /// The error in it.
    pub fn error(&self) -> Option<&SqlError> {
        match self {
            Self::Fatal(error) => Some(error),
            Self::Answer { parts, .. } => parts.iter().find_map(|part| match part {
                Part::Error(error) => Some(&**error),
                _ => None,
            }),
            _ => None,
        }
    }

    /// What the last result rests on.
    pub fn grounds(&self) -> Option<&Grounds> {
        match self {
            Self::Answer { parts, .. } => parts.iter().rev().find_map(|part| match part {
                Part::Complete(_, grounds) => grounds.as_ref(),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// What counts most of an answer: its error, or the last statement that is done.
fn last(parts: &[Part]) -> Option<&Part> {
    parts.iter().rev().find(|part| matches!(part, Part::Error(_) | Part::Complete(..)))
}

impl fmt::Display for Frontend {
    /// The messages by their names. A statement on one line, its parameters behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Startup { user, database } => write!(f, "StartupMessage user={user} database={database}"),
            Self::SaslInitial => f.write_str("SASLInitialResponse SCRAM-SHA-256"),
            Self::SaslResponse => f.write_str("SASLResponse"),
            Self::Terminate => f.write_str("Terminate"),
            Self::Query(text) => write!(f, "Query {}", line(text)),
            Self::Extended { text, params } => {
                write!(f, "Parse {}, Bind", line(text))?;
                for (i, param) in params.iter().enumerate() {
                    let value = param.as_ref().map_or_else(|| "NULL".to_owned(), |text| quoted(text));
                    write!(f, " ${}={value}", i + 1)?;
                }
                f.write_str(", Describe, Execute, Sync")
            }
        }
    }
}

/// A text on one line.
pub fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    ["'", &text.replace('\'', "''"), "'"].concat()
}

impl fmt::Display for Backend {
    /// The messages by their names, what they say behind them; rows one a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthenticationSasl => f.write_str("AuthenticationSASL SCRAM-SHA-256"),
            Self::SaslContinue => f.write_str("AuthenticationSASLContinue"),
            Self::Ready { pid } => {
                write!(
                    f,
                    "AuthenticationSASLFinal, AuthenticationOk, ParameterStatus, BackendKeyData {pid}, ReadyForQuery I"
                )
            }
            Self::Fatal(error) => write!(f, "ErrorResponse {} {} {}", error.severity, error.code, error.message),
            Self::Answer { parts, block, .. } => {
                let rows: Vec<&Vec<Option<String>>> =
                    parts.iter().filter_map(|part| if let Part::Row(row) = part { Some(row) } else { None }).collect();
                for part in parts {
                    match part {
                        Part::Error(error) => {
                            write!(f, "ErrorResponse {} {} {}, ", error.severity, error.code, error.message)?;
                        }
                        Part::Notice(notice) => write!(f, "NoticeResponse {}, ", notice.message)?,
                        Part::Columns(columns) => {
                            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
                            write!(f, "RowDescription {}, ", names.join(" "))?;
                            match &rows[..] {
                                [] => {}
                                [row] => write!(f, "DataRow {}, ", values(row))?,
                                rows => write!(f, "DataRow {} times, ", rows.len())?,
                            }
                        }
                        Part::Row(_) => {}
                        Part::Complete(tag, _) => write!(f, "CommandComplete {tag}, ")?,
                        Part::Empty => f.write_str("EmptyQueryResponse, ")?,
                    }
                }
                write!(f, "ReadyForQuery {}", block.letter())?;
                let several = rows.iter().filter(|_| rows.len() > 1);
                several.into_iter().try_for_each(|row| write!(f, "\nDataRow {}", values(row)))
            }
        }
    }
}

/// The values of a row.
fn values(row: &[Option<String>]) -> String {
    let value = |value: &Option<String>| value.as_ref().map_or_else(|| "NULL".to_owned(), |text| quoted(text));
    row.iter().map(value).collect::<Vec<_>>().join(" ")
}
