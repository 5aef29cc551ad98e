//! `CREATE TABLE`, `ALTER TABLE`: columns, and what constrains them.

use super::{Defined, MOST, base_find, mentioned};
use crate::database::error::{Fault, Sql, SqlError};
use crate::database::run::Work;
use crate::database::store::{Check, Column, Foreign, Key, Table};
use crate::database::tree::{Alter, ConstraintDef, CreateTable, Rule};
use std::sync::Arc;

impl Work<'_> {
    pub(super) fn create_table(&mut self, text: &str, create: &CreateTable) -> Sql<Defined> {
        let (name, at) = &create.name;
        let base = &self.cluster.bases[self.base];
        if base.has(name) {
            if create.lenient {
                let words = ["relation \"", name, "\" already exists, skipping"].concat();
                return Ok(("CREATE TABLE", vec![SqlError { code: "42P07", ..SqlError::notice(words) }]));
            }
            return Err(Fault::of("42P07", &["relation \"", name, "\" already exists"]));
        }
        if !self.superuser() && base.owner != self.user {
            let words = "permission denied for schema public".to_owned();
            return Err(Fault::error(SqlError::new("42501", words).at(text, *at)));
        }
        if base.tables.len() >= MOST || create.columns.len() > MOST {
            return Err(Fault::not_modelled("so many tables or columns"));
        }
        let mut columns: Vec<Column> = Vec::new();
        for def in &create.columns {
            let (column, _) = &def.name;
            if columns.iter().any(|known| known.name == *column) {
                return Err(Fault::of("42701", &["column \"", column, "\" specified more than once"]));
            }
            if let Some(default) = &def.default {
                super::super::super::default_fits(base, text, default, column, def.kind)?;
                if def.identity.is_some() {
                    let parts =
                        ["both default and identity specified for column \"", column, "\" of table \"", name, "\""];
                    return Err(Fault::error(SqlError::new("42601", parts.concat()).at(text, def.name.1)));
                }
            }
            if def.identity.is_some() && !def.kind.is_number() {
                return Err(Fault::of("22023", &["identity column type must be smallint, integer, or bigint"]));
            }
            columns.push(Column {
                name: column.clone(),
                kind: def.kind,
                required: def.required,
                default: def.default.clone(),
                identity: def.identity.map(|identity| (identity, 1)),
                source: self.source(def.name.1),
            });
        }
        let mut table = Table {
            oid: 0,
            name: name.clone(),
            owner: self.user.to_owned(),
            columns,
            keys: Vec::new(),
            indexes: Vec::new(),
            foreign: Vec::new(),
            checks: Vec::new(),
            grants: Vec::new(),
            versions: Vec::new(),
            next: 1,
            source: self.source(0),
        };
        // The primary key comes first, references last.
        let rank = |rule: &Rule| match rule {
            Rule::Check(_) => 0,
            Rule::Primary(_) => 1,
            Rule::Unique(_) => 2,
            Rule::References { .. } => 3,
        };
        let mut constraints: Vec<&ConstraintDef> = create.constraints.iter().collect();
        crate::text::sort(&mut constraints, |constraint| rank(&constraint.rule));
        for constraint in constraints {
            self.constrain(text, &mut table, constraint, true)?;
        }
        let base = self.base_mut();
        table.oid = base.number();
        base.tables.push(Arc::new(table));
        Ok(("CREATE TABLE", Vec::new()))
    }

    /// The columns of a constraint.
    pub(super) fn columns(
        &self,
        text: &str,
        table: &Table,
        names: &[(String, usize)],
        constraint: &ConstraintDef,
    ) -> Sql<Vec<usize>> {
        let mut found = Vec::new();
        for (name, _) in names {
            let Some(column) = table.column(name) else {
                let reference = matches!(constraint.rule, Rule::References { .. });
                return Err(if reference {
                    Fault::of("42703", &["column \"", name, "\" referenced in foreign key constraint does not exist"])
                } else {
                    let words = ["column \"", name, "\" named in key does not exist"].concat();
                    Fault::error(SqlError::new("42703", words).at(text, constraint.at))
                });
            };
            if found.contains(&column) {
                let kind = if matches!(constraint.rule, Rule::Primary(_)) { "primary key" } else { "unique" };
                let words = ["column \"", name, "\" appears twice in ", kind, " constraint"].concat();
                return Err(Fault::error(SqlError::new("42701", words).at(text, constraint.at)));
            }
            found.push(column);
        }
        Ok(found)
    }

    /// A name that nothing has: `likes_user_id_fkey`, then with a number.
    pub(super) fn free(&self, table: &Table, middle: &[&str], end: &str) -> String {
        let first = [&[table.name.as_str()], middle, &[end]].concat().join("_");
        let base = &self.cluster.bases[self.base];
        let taken = |name: &String| {
            base.has(name)
                || table.keys.iter().any(|key| key.name == *name)
                || table.foreign.iter().any(|foreign| foreign.name == *name)
                || table.checks.iter().any(|check| check.name == *name)
                || table.indexes.iter().any(|(index, _)| index == name)
        };
        if !taken(&first) {
            return first;
        }
        (1..).map(|n: u32| [&first, n.to_string().as_str()].concat()).find(|name| !taken(name)).unwrap_or(first)
    }

    /// One more constraint of a table, which is new or has rows already.
    pub(super) fn constrain(
        &mut self,
        text: &str,
        table: &mut Table,
        constraint: &ConstraintDef,
        new: bool,
    ) -> Sql<()> {
        let names = |columns: &[(String, usize)]| columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let source = self.source(constraint.at);
        let exists = |table: &Table, name: &str| {
            table.keys.iter().any(|key| key.name == name)
                || table.foreign.iter().any(|foreign| foreign.name == name)
                || table.checks.iter().any(|check| check.name == name)
        };
        if let Some(name) = &constraint.name
            && exists(table, name)
        {
            let parts = ["constraint \"", name, "\" for relation \"", &table.name, "\" already exists"];
            return Err(Fault::of("42710", &parts));
        }
        match &constraint.rule {
            Rule::Check(is) => {
                super::super::super::condition_in(text, table, is)?;
                let mut read = Vec::new();
                mentioned(is, &mut read);
                read.dedup();
                let middle: &[&str] = if let [only] = &read[..] { &[only] } else { &[] };
                let name = constraint.name.clone().unwrap_or_else(|| self.free(table, middle, "check"));
                table.checks.push(Check { name, is: is.clone(), source });
            }
            Rule::Primary(columns) => {
                if table.primary().is_some() {
                    let words = ["multiple primary keys for table \"", &table.name, "\" are not allowed"].concat();
                    return Err(Fault::error(SqlError::new("42P16", words).at(text, constraint.at)));
                }
                let columns = self.columns(text, table, columns, constraint)?;
                for column in &columns {
                    table.columns[*column].required = true;
                }
                let name = constraint.name.clone().unwrap_or_else(|| self.free(table, &[], "pkey"));
                table.keys.insert(0, Key { name, columns, primary: true, constraint: true, source });
            }
            Rule::Unique(columns) => {
                let middle = names(columns);
                let middle: Vec<&str> = middle.iter().map(String::as_str).collect();
                let columns = self.columns(text, table, columns, constraint)?;
                let name = constraint.name.clone().unwrap_or_else(|| self.free(table, &middle, "key"));
                table.keys.push(Key { name, columns, primary: false, constraint: true, source });
            }
            Rule::References { columns, table: (other, _), there, gone } => {
                let middle = names(columns);
                let middle: Vec<&str> = middle.iter().map(String::as_str).collect();
                let name = constraint.name.clone().unwrap_or_else(|| self.free(table, &middle, "fkey"));
                let base = &self.cluster.bases[self.base];
                let own = table.name == *other && new;
                let target: &Table = match base.find(other) {
                    Some(at) => &base.tables[at],
                    None if own => table,
                    None => return Err(Fault::of("42P01", &["relation \"", other, "\" does not exist"])),
                };
                let columns = self.columns(text, table, columns, constraint)?;
                let there = if there.is_empty() {
                    match target.primary() {
                        Some(key) => key.columns.clone(),
                        None => {
                            return Err(Fault::of(
                                "42704",
                                &["there is no primary key for referenced table \"", other, "\""],
                            ));
                        }
                    }
                } else {
                    self.columns(text, target, there, constraint)?
                };
                if there.len() != columns.len() {
                    return Err(Fault::of(
                        "42830",
                        &["number of referencing and referenced columns for foreign key disagree"],
                    ));
                }
                let mut wanted = there.clone();
                wanted.sort_unstable();
                let fits = |key: &Key| {
                    let mut own = key.columns.clone();
                    own.sort_unstable();
                    own == wanted
                };
                if !target.keys.iter().any(fits) {
                    let words = "there is no unique constraint matching given keys for referenced table \"";
                    return Err(Fault::of("42830", &[words, other, "\""]));
                }
                for (one, other) in columns.iter().zip(&there) {
                    let (one, other) = (&table.columns[*one], &target.columns[*other]);
                    let same = one.kind == other.kind
                        || (one.kind.is_number() && other.kind.is_number())
                        || (one.kind.is_text() && other.kind.is_text());
                    if !same {
                        let words = ["foreign key constraint \"", &name, "\" cannot be implemented"].concat();
                        let detail = [
                            "Key columns \"",
                            &one.name,
                            "\" and \"",
                            &other.name,
                            "\" are of incompatible types: ",
                            &one.kind.plain(),
                            " and ",
                            &other.kind.plain(),
                            ".",
                        ];
                        return Err(Fault::error(SqlError::new("42804", words).detail(&detail)));
                    }
                }
                table.foreign.push(Foreign { name, columns, table: other.clone(), there, gone: *gone, source });
            }
        }
        Ok(())
    }

    pub(super) fn alter(&mut self, text: &str, name: &str, at: usize, alter: &Alter) -> Sql<Defined> {
        let Some(table) = base_find(self, name) else { return self.missing(text, name, at) };
        self.owned(table)?;
        match alter {
            Alter::Drop(constraint, lenient) => {
                let own = self.table(table);
                let key = own.keys.iter().find(|key| key.name == *constraint && key.constraint);
                if let Some(key) = key {
                    let base = &self.cluster.bases[self.base];
                    let needs = |other: &Arc<Table>| {
                        let foreign = other.foreign.iter().find(|f| f.table == name && f.there == key.columns);
                        foreign.map(|foreign| (foreign.name.clone(), other.name.clone()))
                    };
                    if let Some((foreign, other)) = base.tables.iter().find_map(needs) {
                        let words = [
                            "cannot drop constraint ",
                            constraint,
                            " on table ",
                            name,
                            " because other objects depend on it",
                        ];
                        let detail = ["constraint ", &foreign, " on table ", &other, " depends on index ", constraint];
                        let error = SqlError::new("2BP01", words.concat()).detail(&detail);
                        return Err(Fault::error(
                            error.hint("Use DROP ... CASCADE to drop the dependent objects too."),
                        ));
                    }
                }
                let known = key.is_some()
                    || own.foreign.iter().any(|foreign| foreign.name == *constraint)
                    || own.checks.iter().any(|check| check.name == *constraint);
                if !known {
                    let words = ["constraint \"", constraint, "\" of relation \"", name, "\" does not exist"].concat();
                    if *lenient {
                        let notice = SqlError::notice([&words, ", skipping"].concat());
                        return Ok(("ALTER TABLE", vec![notice]));
                    }
                    return Err(Fault::error(SqlError::new("42704", words)));
                }
                let table = self.table_mut(table);
                table.keys.retain(|key| key.name != *constraint);
                table.foreign.retain(|foreign| foreign.name != *constraint);
                table.checks.retain(|check| check.name != *constraint);
            }
            Alter::Add(constraint) => {
                let mut next = self.table(table).clone();
                let before = next.keys.len();
                self.constrain(text, &mut next, constraint, false)?;
                if matches!(constraint.rule, Rule::Check(_) | Rule::References { .. }) && !next.versions.is_empty() {
                    return Err(Fault::not_modelled("a condition or reference that is added to a table with rows"));
                }
                if next.keys.len() > before {
                    let key = next.keys.iter().find(|key| !self.table(table).keys.contains(key)).cloned();
                    key.map(|key| self.unique(table, &key)).transpose()?;
                    for column in next.columns.iter().filter(|column| column.required) {
                        let at = next.column(&column.name).unwrap_or(0);
                        if next.versions.iter().any(|v| v.gone.is_none() && v.values[at].is_null()) {
                            let parts =
                                ["column \"", &column.name, "\" of relation \"", name, "\" contains null values"];
                            return Err(Fault::error(SqlError {
                                table: Some(name.to_owned()),
                                column: Some(column.name.clone()),
                                ..SqlError::new("23502", parts.concat())
                            }));
                        }
                    }
                }
                *self.table_mut(table) = next;
            }
        }
        Ok(("ALTER TABLE", Vec::new()))
    }
}
