//! The database: how a script reaches it, the names that its queries use, the tables, and the lines of `postgresql.conf`.

use crate::Remedy;
use crate::case::Case;
use crate::edit::{Edit, indent, with_word};
use crate::web_words::near;
use engine::database::{read, server::ROLE, server::problems};
use engine::text;
use engine::world::{Document, Kind};
use std::sync::Arc;

/// What `new Pool({ … })` takes (node-postgres documentation).
const OPTIONS: [&str; 8] =
    ["host", "port", "database", "user", "password", "max", "connectionTimeoutMillis", "idleTimeoutMillis"];

/// The words of SQL that a script's queries and `schema.sql` are made of.
pub const WORDS: [&str; 45] = [
    "SELECT",
    "INSERT",
    "INTO",
    "UPDATE",
    "DELETE",
    "FROM",
    "WHERE",
    "VALUES",
    "JOIN",
    "LEFT",
    "ON",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS",
    "IN",
    "AS",
    "ORDER",
    "BY",
    "LIMIT",
    "CONFLICT",
    "DO",
    "NOTHING",
    "SET",
    "RETURNING",
    "FOR",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "CREATE",
    "TABLE",
    "PRIMARY",
    "KEY",
    "UNIQUE",
    "REFERENCES",
    "DEFAULT",
    "GENERATED",
    "ALWAYS",
    "IDENTITY",
    "GRANT",
    "count",
    "now",
    "text",
    "integer",
];

/// The settings of `postgresql.conf` that decide who can connect.
const SETTINGS: [&str; 4] = ["port", "listen_addresses", "max_connections", "superuser_reserved_connections"];

/// Steps for a request that the database had a part in.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    let took_part = |name: &str| name.starts_with("pool-") || name.starts_with("database-");
    if !case.decisions().any(|(step, ..)| took_part(step.name)) {
        return found;
    }
    let declared = case.world.declared().0;
    let runs = |document: &&Arc<Document>| declared.iter().any(|declared| declared.script == document.name);
    for document in case.world.of(Kind::Script).filter(runs) {
        if case.world.script(&document.name).pools.is_empty() {
            continue;
        }
        found.extend(options(case, document));
        found.extend(password(case, &document.name));
        found.extend(names(case, document));
    }
    found.extend(settings(case));
    found
}

/// Where the database is, and whom it admits: as the script says it, put right.
fn options(case: &Case<'_>, document: &Document) -> Vec<Remedy> {
    let mut found = Vec::new();
    let port = case.world.settings().port.0.to_string();
    let right = [("host", "localhost"), ("port", port.as_str()), ("database", ROLE.2), ("user", ROLE.0)];
    for (number, line) in text::lines(&document.text).filter(|(_, line)| text::contains(line, "new Pool(")) {
        let mut replace = |new: Option<String>, words: &[&str]| {
            let edit = new.map(|new| Edit::replace(&document.name, number, line, &new));
            found.extend(edit.map(|edit| Remedy::edit(case.world, edit, words)));
        };
        for (name, value) in right {
            let words = ["Let ", &document.name, " reach the database that runs here: ", name, " ", value, "."];
            match text::split_once(line, &[name, ": "].concat()) {
                Some((before, after)) => {
                    let old = after.split([',', ' ', '}']).next().unwrap_or("");
                    let new = if name == "port" { value.to_owned() } else { ["\"", value, "\""].concat() };
                    replace(Some([before, name, ": ", &new, &after[old.len()..]].concat()), &words);
                }
                None => {
                    let new = if name == "port" { value.to_owned() } else { ["\"", value, "\""].concat() };
                    let put = |(before, after)| [before, "new Pool({ ", name, ": ", &new, ",", after].concat();
                    replace(text::split_once(line, "new Pool({").map(put), &words);
                }
            }
        }
        for word in words(line).filter(|word| !OPTIONS.contains(word)) {
            for known in OPTIONS.iter().filter(|known| near(known, word)) {
                replace(
                    with_word(line, word, known),
                    &["Write `", known, "`, which node-postgres reads, for `", word, "`."],
                );
            }
        }
    }
    found
}

/// The password of the role, which `PGPASSWORD` hands to node-postgres.
fn password(case: &Case<'_>, script: &str) -> Vec<Remedy> {
    let mut found = Vec::new();
    let Some(document) = case.world.of(Kind::Processes).next() else { return found };
    let line_of = |line: u32| document.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("");
    let known = "only whoever made the role knows its password";
    for declared in case.world.declared().0.iter().filter(|declared| declared.script == script) {
        for (key, value, source) in &declared.env {
            let line = line_of(source.line);
            let mut replace = |new: Option<String>, words: &[&str]| {
                let edit = new.map(|new| Edit::replace(&document.name, source.line, line, &new));
                found.extend(edit.map(|edit| Remedy::edit(case.world, edit, words).noting(known)));
            };
            if key == "PGPASSWORD" && value != ROLE.1 {
                let words = ["Give ", &declared.name, " the password of the role ", ROLE.0, "."];
                replace(with_word(line, value, ROLE.1), &words);
            } else if key != "PGPASSWORD" && near("PGPASSWORD", key) {
                let words = ["Call the variable PGPASSWORD, as node-postgres does."];
                replace(with_word(line, key, "PGPASSWORD"), &words);
            }
        }
        let given = declared.env.iter().any(|(key, ..)| key == "PGPASSWORD");
        if let (false, Some((.., source))) = (given, declared.env.first()) {
            let line = line_of(source.line);
            let new = [indent(line), "PGPASSWORD: \"", ROLE.1, "\","].concat();
            let words = ["Give ", &declared.name, " the password of the role ", ROLE.0, ": PGPASSWORD."];
            let edit = Edit::insert(&document.name, source.line, &new);
            found.push(Remedy::edit(case.world, edit, &words).noting(known));
        }
    }
    found
}

/// A name that a query uses and no table has: it is written as the tables have it, or the other way about.
fn names(case: &Case<'_>, script: &Document) -> Vec<Remedy> {
    let mut found = Vec::new();
    let schemas: Vec<&Arc<Document>> = case.world.of(Kind::Schema).collect();
    let defined: Vec<&str> = schemas.iter().flat_map(|schema| words(&schema.text)).collect();
    let is_known = |word: &str| defined.contains(&word) || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    let mut missing: Vec<&str> = Vec::new();
    for (number, line) in text::lines(&script.text) {
        for query in queries(line) {
            // What a query itself names: `users.name AS author`.
            let named: Vec<&str> = query.split(" AS ").skip(1).filter_map(|rest| words(rest).next()).collect();
            for word in words(query).filter(|word| word.len() > 3 && !is_known(word) && !named.contains(word)) {
                if !missing.contains(&word) {
                    missing.push(word);
                }
                let known = defined.iter().chain(&WORDS).filter(|known| known.len() > 1 && near(known, word));
                let mut seen: Vec<&str> = Vec::new();
                for known in known {
                    if seen.contains(known) {
                        continue;
                    }
                    seen.push(known);
                    let words = ["Write `", known, "` for `", word, "` in ", &script.name, ": no table has that name."];
                    let edit = with_word(line, word, known).map(|new| Edit::replace(&script.name, number, line, &new));
                    found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words)));
                }
            }
            found.extend(signs(case, script, (number, line), query));
        }
    }
    let refusals: Vec<String> =
        schemas.iter().flat_map(|schema| problems(schema)).take(4).map(|problem| problem.words).collect();
    for word in refusals.iter().flat_map(|words| words.split('"').skip(1).step_by(2)) {
        if !missing.contains(&word) {
            missing.push(word);
        }
    }
    for schema in schemas {
        for (number, line) in text::lines(&schema.text) {
            for word in words(line) {
                for wanted in missing.iter().filter(|wanted| **wanted != word && near(wanted, word)) {
                    let words = ["Write `", wanted, "` for `", word, "` in ", &schema.name, ": the queries say so."];
                    let edit = with_word(line, word, wanted).map(|new| Edit::replace(&schema.name, number, line, &new));
                    found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words).noting(LOST)));
                }
            }
        }
        found.extend(columns(case, schema, &missing));
    }
    found
}

/// What must be known where tables are made anew.
pub const LOST: &str = "the tables are made anew: what they held since is lost";

/// A column that queries use and no table has, or that PostgreSQL itself misses in a table.
fn columns(case: &Case<'_>, schema: &Document, missing: &[&str]) -> Vec<Remedy> {
    let mut found = Vec::new();
    let tables: Vec<(u32, &str)> =
        text::lines(&schema.text).filter(|(_, line)| line.starts_with("CREATE TABLE ")).collect();
    let mut give = |name: &str, table: u32| {
        for kind in ["text", "integer", "timestamptz"] {
            let new = ["  ", name, " ", kind, ","].concat();
            let words = ["Give the table the column `", name, "`, which a query asks for."];
            let edit = Edit::insert(&schema.name, table + 1, &new);
            found.push(Remedy::edit(case.world, edit, &words).noting(LOST));
        }
    };
    // Where another name is nearly this one, it was meant.
    let alone = |name: &&&str| !words(&schema.text).any(|word| near(name, word));
    for name in missing.iter().filter(alone).take(2) {
        tables.iter().for_each(|(table, _)| give(name, *table));
    }
    let problems = problems(schema);
    let lacking = problems.iter().find(|problem| problem.words.starts_with("ERROR:  column \""));
    if let Some(problem) = lacking {
        let mut named = problem.words.split('"').skip(1).step_by(2);
        let (column, of) = (named.next().unwrap_or(""), named.next());
        // The table that it names; else the one whose definition the mistake stands in.
        let is = |(number, line): &&(u32, &str)| match of {
            Some(of) => words(line).nth(2) == Some(of),
            None => *number <= problem.source.line,
        };
        tables.iter().rfind(is).into_iter().for_each(|(table, _)| give(column, *table));
    }
    found
}

/// A query that cannot be read, with one sign more.
fn signs(case: &Case<'_>, script: &Document, (number, line): (u32, &str), query: &str) -> Vec<Remedy> {
    let mut found = Vec::new();
    let Some((before, after)) = text::split_once(line, query).filter(|_| read::parse(query).is_err()) else {
        return found;
    };
    for (at, c) in query.char_indices() {
        if c.is_ascii_alphanumeric() && query[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        for sign in ["(", ")", ",", "=", " "] {
            let new = [&query[..at], sign, &query[at..]].concat();
            if read::parse(&new).is_ok() {
                let words = ["Write `", sign, "` into a query of ", &script.name, ": PostgreSQL cannot read it."];
                let edit = Edit::replace(&script.name, number, line, &[before, &new, after].concat());
                found.push(Remedy::edit(case.world, edit, &words));
            }
        }
    }
    found.truncate(24);
    found
}

/// `postgresql.conf`: what a line says that keeps connections away, left to PostgreSQL.
fn settings(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    for document in case.world.of(Kind::Settings) {
        for (number, line) in text::lines(&document.text) {
            let name = line.split([' ', '=']).next().unwrap_or("");
            if SETTINGS.contains(&name) {
                let words = ["Leave ", name, " to PostgreSQL: it knows one that lets applications in."];
                found.push(Remedy::edit(case.world, Edit::remove(&document.name, number, line), &words));
            }
        }
    }
    found
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.len() > 1 && !word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The texts in a line of a script that are queries.
fn queries(line: &str) -> impl Iterator<Item = &str> {
    let inside = line.split('"').skip(1).step_by(2);
    inside.filter(|text| text.contains(' ') && text.starts_with(|c: char| c.is_ascii_uppercase()))
}
