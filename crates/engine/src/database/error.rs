//! What goes wrong with a statement: PostgreSQL's own words with their SQLSTATE (PostgreSQL 15 documentation, appendix A),
//! or something that is not modelled.

use crate::problem::Source;

/// An error as PostgreSQL reports it (documentation, section 55.8, "Error and Notice Message Fields").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqlError {
    /// `ERROR`, `FATAL`, `WARNING` or `NOTICE`.
    pub severity: &'static str,
    /// The SQLSTATE.
    pub code: &'static str,
    /// The primary message.
    pub message: String,
    /// The second message, with more about it.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The character of the statement that is meant, counted from 1.
    pub position: Option<usize>,
    /// In what it happened: `unnamed portal parameter $1`.
    pub context: Option<String>,
    /// The table, column and constraint that are concerned.
    pub table: Option<String>,
    /// See `table`.
    pub column: Option<String>,
    /// See `table`.
    pub constraint: Option<String>,
    /// What the log says in place of the second message, and the client does not learn.
    pub log: Option<String>,
    /// The line of a document because of which.
    pub source: Option<Source>,
}

impl SqlError {
    /// An error of a statement.
    pub fn new(code: &'static str, message: String) -> Self {
        Self { severity: "ERROR", code, message, ..Self::default() }
    }

    /// An error that ends the connection.
    pub fn fatal(code: &'static str, message: String) -> Self {
        Self { severity: "FATAL", ..Self::new(code, message) }
    }

    /// The second message as the log has it.
    pub fn log_detail(&self) -> Option<&str> {
        self.log.as_deref().or(self.detail.as_deref())
    }

    /// A notice.
    pub fn notice(message: String) -> Self {
        Self { severity: "NOTICE", ..Self::new("00000", message) }
    }

    /// The place in the statement: a byte of it.
    #[must_use]
    pub fn at(self, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        Self { position: Some(before.chars().count() + 1), ..self }
    }

    /// With a second message.
    #[must_use]
    pub fn detail(self, parts: &[&str]) -> Self {
        Self { detail: Some(parts.concat()), ..self }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(self, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()), ..self }
    }
}

/// Why a statement has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// PostgreSQL refuses it.
    Error(Box<SqlError>),
    /// It is not modelled: what.
    NotModelled(String),
    /// It waits for a transaction to end.
    Waits(u64),
}

impl Fault {
    /// An error.
    pub fn error(error: SqlError) -> Self {
        Self::Error(Box::new(error))
    }

    /// An error with its SQLSTATE and its message in parts.
    pub fn of(code: &'static str, parts: &[&str]) -> Self {
        Self::error(SqlError::new(code, parts.concat()))
    }

    /// Something that is not modelled.
    pub fn not_modelled(what: &str) -> Self {
        Self::NotModelled(what.to_owned())
    }
}

/// What comes of a part of a statement.
pub type Sql<T> = Result<T, Fault>;
