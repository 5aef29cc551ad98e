//! psql's commands that describe: `\dt`, `\d`, `\di`, `\l`, `\du`, `\conninfo` (psql 15, `describe.c`).

use super::psql::Link;
use super::table::{Form, Table};
use crate::database::store::{Column, Table as Stored};
use crate::database::tree::{Gone, Identity, Is};
use std::sync::Arc;

/// What a command prints, or why it does not.
pub(super) fn describe(link: &mut Link<'_>, command: &str, of: &str, form: Form) -> Result<String, String> {
    let base = link.base.clone();
    let cluster = link.state.database.look();
    let tables: Vec<Arc<Stored>> = cluster.base(&base).map_or_else(Vec::new, |at| cluster.bases[at].tables.clone());
    match (command, of) {
        ("\\q", _) => Ok(String::new()),
        ("\\conninfo", _) => {
            let words = ["You are connected to database \"", &base, "\" as user \"", &link.user];
            Ok([&words.concat(), "\" via socket in \"/var/run/postgresql\" at port \"5432\".\n"].concat())
        }
        ("\\dt", "") => listed(&tables, &[Sort::Table], form),
        ("\\d", "") => listed(&tables, &[Sort::Table, Sort::Sequence], form),
        ("\\di", "") => listed(&tables, &[Sort::Index], form),
        ("\\d", name) => match tables.iter().find(|table| table.name == name) {
            Some(table) => one(table, &tables, form),
            None => Err(["Did not find any relation named \"", name, "\".\n"].concat()),
        },
        (
            "\\dt" | "\\di" | "\\l" | "\\du" | "\\x" | "\\i" | "\\c" | "\\timing" | "\\df" | "\\dn" | "\\dp" | "\\dv"
            | "\\ds",
            _,
        ) => Err(["not modelled: psql's ", command, " here\n"].concat()),
        _ => Err(["invalid command ", command, "\n"].concat()),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Table,
    Sequence,
    Index,
}

fn listed(tables: &[Arc<Stored>], sorts: &[Sort], form: Form) -> Result<String, String> {
    let mut rows: Vec<[String; 5]> = Vec::new();
    for table in tables {
        let mut row = |name: &str, kind: &str| {
            rows.push(["public".to_owned(), name.to_owned(), kind.to_owned(), table.owner.clone(), table.name.clone()]);
        };
        if sorts.contains(&Sort::Table) {
            row(&table.name, "table");
        }
        for column in table.columns.iter().filter(|column| column.identity.is_some() && sorts.contains(&Sort::Sequence))
        {
            row(&[&table.name, "_", &column.name, "_seq"].concat(), "sequence");
        }
        if sorts.contains(&Sort::Index) {
            table.keys.iter().for_each(|key| row(&key.name, "index"));
            table.indexes.iter().for_each(|(name, _)| row(name, "index"));
        }
    }
    if rows.is_empty() {
        return Err("Did not find any relations.\n".to_owned());
    }
    crate::text::sort(&mut rows, |row| row[1].clone());
    let index = sorts.contains(&Sort::Index);
    let heads =
        if index { &["Schema", "Name", "Type", "Owner", "Table"][..] } else { &["Schema", "Name", "Type", "Owner"] };
    let rows = rows.into_iter().map(|row| row.into_iter().take(heads.len()).map(Some).collect()).collect();
    let heads = heads.iter().map(|head| ((*head).to_owned(), false)).collect();
    Ok(Table { title: Some("List of relations".to_owned()), heads, rows, foot: None }.print(form))
}

/// `\d table`.
fn one(table: &Stored, tables: &[Arc<Stored>], form: Form) -> Result<String, String> {
    let mut rows = Vec::new();
    for column in &table.columns {
        let null = if column.required { "not null" } else { "" };
        let cells = [column.name.clone(), column.kind.word(), String::new(), null.to_owned(), default(table, column)?];
        rows.push(cells.into_iter().map(Some).collect());
    }
    let heads = ["Column", "Type", "Collation", "Nullable", "Default"].map(|head| (head.to_owned(), false)).to_vec();
    let names = |of: &Stored, columns: &[usize]| {
        columns.iter().map(|column| of.columns[*column].name.clone()).collect::<Vec<_>>().join(", ")
    };
    let mut foot = String::new();
    let mut indexes: Vec<(bool, String, String)> = Vec::new();
    for key in &table.keys {
        let kind = match (key.primary, key.constraint) {
            (true, _) => " PRIMARY KEY,",
            (false, true) => " UNIQUE CONSTRAINT,",
            (false, false) => " UNIQUE,",
        };
        let line = ["    \"", &key.name, "\"", kind, " btree (", &names(table, &key.columns), ")\n"].concat();
        indexes.push((!key.primary, key.name.clone(), line));
    }
    for (name, columns) in &table.indexes {
        indexes.push((true, name.clone(), ["    \"", name, "\" btree (", &names(table, columns), ")\n"].concat()));
    }
    crate::text::sort(&mut indexes, |(later, name, _)| (*later, name.clone()));
    if !indexes.is_empty() {
        foot += "Indexes:\n";
        indexes.iter().for_each(|(_, _, line)| foot += line);
    }
    if !table.checks.is_empty() {
        return Err("not modelled: how psql writes the conditions of a table\n".to_owned());
    }
    let mut own = Vec::new();
    let mut others = Vec::new();
    for from in tables {
        for foreign in &from.foreign {
            let Some(to) = tables.iter().find(|other| other.name == foreign.table) else { continue };
            let gone = match foreign.gone {
                Gone::Refuse => "",
                Gone::Cascade => " ON DELETE CASCADE",
                Gone::SetNull => " ON DELETE SET NULL",
            };
            let (columns, there) = (names(from, &foreign.columns), names(to, &foreign.there));
            let rule = [" FOREIGN KEY (", &columns, ") REFERENCES ", &to.name, "(", &there, ")", gone, "\n"].concat();
            if from.name == table.name {
                own.push((foreign.name.clone(), ["    \"", &foreign.name, "\"", &rule].concat()));
            }
            if to.name == table.name {
                let line = ["    TABLE \"", &from.name, "\" CONSTRAINT \"", &foreign.name, "\"", &rule].concat();
                others.push((foreign.name.clone(), line));
            }
        }
    }
    for (title, mut lines) in [("Foreign-key constraints:\n", own), ("Referenced by:\n", others)] {
        if !lines.is_empty() {
            crate::text::sort(&mut lines, |(name, _)| name.clone());
            foot += title;
            lines.iter().for_each(|(_, line)| foot += line);
        }
    }
    let title = Some(["Table \"public.", &table.name, "\""].concat());
    Ok(Table { title, heads, rows, foot: Some(foot) }.print(form))
}

/// The default of a column, as PostgreSQL writes it.
fn default(table: &Stored, column: &Column) -> Result<String, String> {
    Ok(match (column.identity, &column.default) {
        (Some((Identity::Always, _)), _) => "generated always as identity".to_owned(),
        (Some((Identity::ByDefault, _)), _) => "generated by default as identity".to_owned(),
        (Some((Identity::Serial, _)), _) => ["nextval('", &table.name, "_", &column.name, "_seq'::regclass)"].concat(),
        (None, None) => String::new(),
        (None, Some(node)) => match &node.is {
            Is::Number(number) => number.clone(),
            Is::Bool(truth) => truth.to_string(),
            Is::Text(text) => [&crate::database::protocol::quoted(text), "::", &column.kind.plain()].concat(),
            Is::Call(name, arguments) if arguments.is_empty() && name == "now" => "now()".to_owned(),
            _ => return Err("not modelled: how psql writes such a default\n".to_owned()),
        },
    })
}
