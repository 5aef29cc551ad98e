//! What travels between the application and PostgreSQL (PostgreSQL 15 documentation, section 55.7, "Message Formats"), one
//! message after the other, with their lengths. Between two programs on one machine nothing is encrypted, unless they ask
//! for it.

use super::{Around, Field, field};
use engine::database::Grounds;
use engine::database::error::SqlError;
use engine::database::protocol::{Backend, Frontend, line, quoted};
use engine::database::session::Part;
use engine::trace::Basis;

/// The messages in one piece of text and, of each, a field.
struct Sheet {
    text: String,
    fields: Vec<Field>,
}

impl Sheet {
    /// One message: its letter, its name, how many bytes it has after its letter, and what it says.
    fn add(&mut self, letter: &str, name: &str, length: usize, says: &str, means: &str) {
        let letter = if letter.is_empty() { "" } else { &[letter, " "].concat() };
        let gap = if says.is_empty() { "" } else { "  " };
        self.text += &[letter, name, " (", &length.to_string(), ")", gap, says, "\n"].concat();
        self.fields.push(field(name, says, means));
    }
}

/// Tool, text and fields of what a client sends.
pub(super) fn asked(around: &Around<'_>, sql: &Frontend) -> (&'static str, String, Vec<Field>) {
    let mut sheet = Sheet { text: String::new(), fields: Vec::new() };
    let basis = around.decided(&["app-asks", "pool-takes", "pool-opens"]).map(|(_, basis)| basis.clone());
    match sql {
        Frontend::Startup { user, database } => {
            let says = ["user=", user, " database=", database, " client_encoding=UTF8"].concat();
            let length = 8 + says.len() + 4;
            sheet.add("", "StartupMessage", length, &says, "Version 3.0 of the protocol, who wants in, and where.");
        }
        Frontend::SaslInitial => {
            let means = "How the password will be proved, and a number that nobody has used before.";
            sheet.add("p", "SASLInitialResponse", 54, "SCRAM-SHA-256", means);
        }
        Frontend::SaslResponse => {
            let means =
                "The proof: made from the password and both numbers, so that the password itself never travels.";
            sheet.add("p", "SASLResponse", 108, "", means);
        }
        Frontend::Terminate => sheet.add("X", "Terminate", 4, "", "Goodbye."),
        Frontend::Query(text) => {
            let means = "The statement as a text, without parameters: whatever stands in it is carried out.";
            sheet.add("Q", "Query", 4 + text.len() + 1, &line(text), means);
        }
        Frontend::Extended { text, params } => {
            let means = "The statement with places for values: it is read and understood before any value is there.";
            sheet.add("P", "Parse", 4 + 1 + text.len() + 1 + 2, &line(text), means);
            let list: Vec<String> = (1..).zip(params).map(|(i, value)| one(i, value.as_deref())).collect();
            let bytes: usize = params.iter().map(|value| 4 + value.as_ref().map_or(0, String::len)).sum();
            let means = "The values, apart from the statement: none of them can become a part of it.";
            sheet.add("B", "Bind", 4 + 2 + 2 + 2 + bytes + 2, &list.join(" "), means);
            sheet.add("D", "Describe", 6, "portal", "Which columns will come?");
            sheet.add("E", "Execute", 9, "all rows", "Carry it out.");
            sheet.add("S", "Sync", 4, "", "That is all for now: say how things stand.");
        }
    }
    if let Some(first) = sheet.fields.first_mut() {
        first.basis = basis;
    }
    ("PostgreSQL's protocol", sheet.text, sheet.fields)
}

/// `$1=7`.
fn one(number: usize, value: Option<&str>) -> String {
    ["$", &number.to_string(), "=", &value.map_or_else(|| "NULL".to_owned(), quoted)].concat()
}

/// Tool, text and fields of what PostgreSQL sends.
pub(super) fn said(around: &Around<'_>, rows: &Backend) -> (&'static str, String, Vec<Field>) {
    let mut sheet = Sheet { text: String::new(), fields: Vec::new() };
    match rows {
        Backend::AuthenticationSasl => {
            let means = "It wants a proof that you know the password (pg_hba.conf: scram-sha-256).";
            sheet.add("R", "AuthenticationSASL", 23, "SCRAM-SHA-256", means);
        }
        Backend::SaslContinue => {
            let means = "Salt, rounds, and the server's own number.";
            sheet.add("R", "AuthenticationSASLContinue", 92, "", means);
        }
        Backend::Ready { pid } => {
            let means = "The server proves in turn that it knows the password.";
            sheet.add("R", "AuthenticationSASLFinal", 54, "", means);
            sheet.add("R", "AuthenticationOk", 8, "", "You are in.");
            let means = "Settings that a client should know: version, encoding, time zone, and others.";
            sheet.add("S", "ParameterStatus", 26, "server_version=15.18 …", means);
            let means =
                "The process that serves this connection, and a secret with which a query of it can be cancelled.";
            sheet.add("K", "BackendKeyData", 12, &pid.to_string(), means);
            ready(&mut sheet, 'I');
        }
        Backend::Fatal(error) => failed(&mut sheet, error),
        Backend::Answer { parts, extended, block } => {
            if *extended && !matches!(parts.first(), Some(Part::Error(_))) {
                sheet.add("1", "ParseComplete", 4, "", "The statement is understood.");
                sheet.add("2", "BindComplete", 4, "", "The values fit.");
            }
            let columns = parts.iter().any(|part| matches!(part, Part::Columns(_)));
            if *extended && !columns && matches!(parts.first(), Some(Part::Complete(..))) {
                sheet.add("n", "NoData", 4, "", "No rows will come.");
            }
            parts.iter().for_each(|part| shown(&mut sheet, part));
            ready(&mut sheet, block.letter());
        }
    }
    let decided = around.decided(&["database-answers", "database-admits"]).map(|(_, basis)| basis.clone());
    let basis = match rows.grounds() {
        Some(Grounds::Line(source)) => Some(around.state.database_basis(around.world, source)),
        _ => decided.filter(|basis| matches!(basis, Basis::Line { .. } | Basis::Absent { .. })),
    };
    let carries = |field: &&mut Field| matches!(field.name.as_str(), "CommandComplete" | "ErrorResponse");
    if let Some(field) = sheet.fields.iter_mut().find(carries) {
        field.basis = basis;
    }
    ("PostgreSQL's protocol", sheet.text, sheet.fields)
}

fn shown(sheet: &mut Sheet, part: &Part) {
    match part {
        Part::Columns(columns) => {
            let says: Vec<String> = columns.iter().map(|(name, kind)| [name, " ", &kind.plain()].concat()).collect();
            let length = 6 + columns.iter().map(|(name, _)| name.len() + 19).sum::<usize>();
            let means = "The columns of the rows that follow: names and types.";
            sheet.add("T", "RowDescription", length, &says.join(", "), means);
        }
        Part::Row(row) => {
            let says: Vec<String> =
                row.iter().map(|value| value.as_deref().map_or_else(|| "NULL".to_owned(), quoted)).collect();
            let length = 6 + row.iter().map(|value| 4 + value.as_ref().map_or(0, String::len)).sum::<usize>();
            sheet.add("D", "DataRow", length, &says.join(" "), "A row, each value as a text.");
        }
        Part::Complete(tag, _) => {
            let means = "Done: what it was, and how many rows it found or changed.";
            sheet.add("C", "CommandComplete", 4 + tag.len() + 1, tag, means);
        }
        Part::Empty => sheet.add("I", "EmptyQueryResponse", 4, "", "There was no statement in it."),
        Part::Notice(notice) => {
            let says = [notice.severity, " ", &notice.message].concat();
            sheet.add(
                "N",
                "NoticeResponse",
                fields(notice).len(),
                &says,
                "Nothing is wrong, but you may want to know.",
            );
        }
        Part::Error(error) => failed(sheet, error),
    }
}

fn failed(sheet: &mut Sheet, error: &SqlError) {
    let says = [error.severity, " ", error.code, " ", &error.message].concat();
    let means = if error.severity == "FATAL" {
        "Refused, with its number from the standard; the connection is closed."
    } else {
        "Refused, with its number from the standard; nothing of the statement remains."
    };
    sheet.add("E", "ErrorResponse", 4 + fields(error).len() + 1, &says, means);
    let position = error.position.map(|at| at.to_string());
    let more = [
        ("detail", error.detail.as_deref(), "What exactly."),
        ("hint", error.hint.as_deref(), "What might be meant."),
        ("position", position.as_deref(), "The character of the statement, counted from 1."),
        ("where", error.context.as_deref(), "In what it happened."),
        ("table", error.table.as_deref(), "The table that is concerned."),
        ("column", error.column.as_deref(), "The column that is concerned."),
        (
            "constraint",
            error.constraint.as_deref(),
            "The constraint that refused it: a program can tell by it what is wrong.",
        ),
    ];
    for (name, value, means) in more {
        if let Some(value) = value {
            sheet.text += &["    ", name, ": ", value, "\n"].concat();
            sheet.fields.push(field(name, value, means));
        }
    }
}

/// The fields of an error as they travel, without the places in PostgreSQL's own source.
fn fields(error: &SqlError) -> String {
    let mut text = [error.severity, error.severity, error.code, &error.message].join("\0S");
    let more = [&error.detail, &error.hint, &error.context, &error.table, &error.column, &error.constraint];
    more.into_iter().flatten().for_each(|more| text += &["\0S", more].concat());
    text
}

fn ready(sheet: &mut Sheet, block: char) {
    let (says, means) = match block {
        'T' => ("T: in a transaction", "Ready; what has been changed counts only when the transaction is committed."),
        'E' => ("E: in a transaction that has failed", "Ready, but until ROLLBACK every statement is refused."),
        _ => ("I: idle", "Ready for the next query; no transaction is open."),
    };
    sheet.add("Z", "ReadyForQuery", 5, says, means);
}
