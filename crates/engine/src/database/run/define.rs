//! `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `GRANT`: what tables there are, and who may use them.

use super::super::error::{Fault, Sql, SqlError};
use super::super::store::{Base, Check, Column, Foreign, Key, Role, Table, Version};
use super::super::tree::{Alter, ConstraintDef, CreateIndex, CreateTable, Is, Node, Rule, Statement};
use super::keys::Clash;
use super::{Place, Work};
use crate::problem::Source;
use std::sync::Arc;

/// Most tables of a database, and columns of a table.
const MOST: usize = 100;

/// What a definition says: the tag, and notices.
pub type Defined = (&'static str, Vec<SqlError>);

impl Work<'_> {
    fn base_mut(&mut self) -> &mut Base {
        &mut self.cluster.bases[self.base]
    }

    fn superuser(&self) -> bool {
        self.cluster.role(self.user).is_some_and(|role| role.superuser)
    }

    fn source(&self, at: usize) -> Option<Source> {
        self.place.map(|place: &Place<'_>| place.source(at))
    }

    /// Carries a definition out. `text` is the statement's.
    pub fn define(&mut self, text: &str, statement: &Statement) -> Sql<Defined> {
        let done = |tag| Ok((tag, Vec::new()));
        match statement {
            Statement::CreateTable(create) => self.create_table(text, create),
            Statement::CreateIndex(create) => self.create_index(text, create),
            Statement::DropTable(names, lenient, cascade) => self.drop_tables(names, *lenient, *cascade),
            Statement::DropIndex(names, lenient) => self.drop_indexes(names, *lenient),
            Statement::Truncate(names, restart, cascade) => self.truncate(text, names, *restart, *cascade),
            Statement::AlterTable(name, at, alter) => self.alter(text, name, *at, alter),
            Statement::Grant(privileges, tables, role) => self.grant(text, privileges, tables.as_deref(), role),
            Statement::Role { name, password, login, new } => {
                if !self.superuser() {
                    let what = if *new { "permission denied to create role" } else { "permission denied" };
                    return Err(Fault::of("42501", &[what]));
                }
                let known = self.cluster.roles.iter().position(|role| role.name == *name);
                let source = self.source(0);
                match known {
                    Some(_) if *new => return Err(Fault::of("42710", &["role \"", name, "\" already exists"])),
                    None if !*new => return Err(Fault::of("42704", &["role \"", name, "\" does not exist"])),
                    Some(at) => {
                        let role = &mut self.cluster.roles[at];
                        role.password = password.clone().or(role.password.take());
                        role.login = login.unwrap_or(role.login);
                        role.source = source;
                    }
                    None => self.cluster.roles.push(Role {
                        name: name.clone(),
                        password: password.clone(),
                        login: login.unwrap_or(false),
                        superuser: false,
                        source,
                    }),
                }
                done(if *new { "CREATE ROLE" } else { "ALTER ROLE" })
            }
            Statement::CreateDatabase(name) => {
                if !self.superuser() {
                    return Err(Fault::of("42501", &["permission denied to create database"]));
                }
                if self.cluster.base(name).is_some() {
                    return Err(Fault::of("42P04", &["database \"", name, "\" already exists"]));
                }
                let base = Base::new(name.clone(), self.user.to_owned());
                self.cluster.bases.push(base);
                done("CREATE DATABASE")
            }
            Statement::DropDatabase(name, lenient) => {
                let Some(at) = self.cluster.base(name) else {
                    if *lenient {
                        let words = ["database \"", name, "\" does not exist, skipping"].concat();
                        return Ok(("DROP DATABASE", vec![SqlError::notice(words)]));
                    }
                    return Err(Fault::of("3D000", &["database \"", name, "\" does not exist"]));
                };
                if !self.superuser() && self.cluster.bases[at].owner != self.user {
                    return Err(Fault::of("42501", &["must be owner of database ", name]));
                }
                if at == self.base {
                    return Err(Fault::of("55006", &["cannot drop the currently open database"]));
                }
                self.cluster.bases.remove(at);
                if at < self.base {
                    self.base -= 1;
                }
                done("DROP DATABASE")
            }
            _ => Err(Fault::not_modelled("this statement here")),
        }
    }

    fn missing<T>(&self, text: &str, name: &str, at: usize) -> Sql<T> {
        let words = ["relation \"", name, "\" does not exist"].concat();
        let _ = (text, at);
        Err(Fault::error(SqlError::new("42P01", words)))
    }

    fn owned(&self, table: usize) -> Sql<()> {
        let table = self.table(table);
        if self.superuser() || table.owner == self.user {
            return Ok(());
        }
        Err(Fault::of("42501", &["must be owner of table ", &table.name]))
    }

    fn create_table(&mut self, text: &str, create: &CreateTable) -> Sql<Defined> {
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
                super::super::default_fits(base, text, default, column, def.kind)?;
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
    fn columns(
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
    fn free(&self, table: &Table, middle: &[&str], end: &str) -> String {
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
    fn constrain(&mut self, text: &str, table: &mut Table, constraint: &ConstraintDef, new: bool) -> Sql<()> {
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
                super::super::condition_in(text, table, is)?;
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

    fn create_index(&mut self, text: &str, create: &CreateIndex) -> Sql<Defined> {
        let (name, at) = &create.table;
        let base = &self.cluster.bases[self.base];
        let Some(table) = base.find(name) else { return self.missing(text, name, *at) };
        self.owned(table)?;
        let own = self.table(table);
        let mut columns = Vec::new();
        for (column, _) in &create.columns {
            match own.column(column) {
                Some(column) => columns.push(column),
                None => return Err(Fault::of("42703", &["column \"", column, "\" does not exist"])),
            }
        }
        let names: Vec<&str> = create.columns.iter().map(|(name, _)| name.as_str()).collect();
        let name = create.name.clone().unwrap_or_else(|| self.free(own, &names, "idx"));
        if base.has(&name) {
            let parts = ["relation \"", &name, "\" already exists"];
            if create.lenient {
                let words = [&parts.concat(), ", skipping"].concat();
                return Ok(("CREATE INDEX", vec![SqlError { code: "42P07", ..SqlError::notice(words) }]));
            }
            return Err(Fault::of("42P07", &parts));
        }
        if create.unique {
            let key = Key { name, columns, primary: false, constraint: false, source: self.source(0) };
            self.unique(table, &key)?;
            self.table_mut(table).keys.push(key);
        } else {
            self.table_mut(table).indexes.push((name, columns));
        }
        Ok(("CREATE INDEX", Vec::new()))
    }

    /// Whether no two rows share a key that is new.
    fn unique(&self, table: usize, key: &Key) -> Sql<()> {
        let there: Vec<&Version> = self.table(table).versions.iter().filter(|v| v.gone.is_none()).collect();
        for version in there {
            if let Clash::With(_) = self.clash(table, key, &version.values, Some(version.row))? {
                let Fault::Error(error) = self.duplicate(table, key, &version.values) else { continue };
                let error = *error;
                let words = ["could not create unique index \"", &key.name, "\""].concat();
                let detail = error.detail.as_deref().unwrap_or("");
                let detail = detail.strip_suffix(" already exists.").unwrap_or(detail);
                return Err(Fault::error(
                    SqlError { message: words, ..error.clone() }.detail(&[detail, " is duplicated."]),
                ));
            }
        }
        Ok(())
    }

    fn drop_tables(&mut self, names: &[(String, usize)], lenient: bool, cascade: bool) -> Sql<Defined> {
        let mut notices = Vec::new();
        let mut doomed: Vec<String> = Vec::new();
        for (name, _) in names {
            match self.cluster.bases[self.base].find(name) {
                Some(at) => {
                    self.owned(at)?;
                    doomed.push(name.clone());
                }
                None if lenient => {
                    notices.push(SqlError::notice(["table \"", name, "\" does not exist, skipping"].concat()));
                }
                None => return Err(Fault::of("42P01", &["table \"", name, "\" does not exist"])),
            }
        }
        let base = &self.cluster.bases[self.base];
        let mut dependent = Vec::new();
        for name in &doomed {
            for table in base.tables.iter().filter(|table| !doomed.contains(&table.name)) {
                for foreign in table.foreign.iter().filter(|foreign| foreign.table == *name) {
                    dependent.push((foreign.name.clone(), table.name.clone(), name.clone()));
                }
            }
        }
        if !cascade && !dependent.is_empty() {
            let words = match &doomed[..] {
                [one] => ["cannot drop table ", one, " because other objects depend on it"].concat(),
                _ => "cannot drop desired object(s) because other objects depend on them".to_owned(),
            };
            let line = |(name, table, on): &(String, String, String)| {
                ["constraint ", name, " on table ", table, " depends on table ", on].concat()
            };
            let detail = dependent.iter().map(line).collect::<Vec<_>>().join("\n");
            let error = SqlError::new("2BP01", words).detail(&[&detail]);
            return Err(Fault::error(error.hint("Use DROP ... CASCADE to drop the dependent objects too.")));
        }
        let lines: Vec<String> =
            dependent.iter().map(|(name, table, _)| ["constraint ", name, " on table ", table].concat()).collect();
        match &lines[..] {
            [] => {}
            [one] => notices.push(SqlError::notice(["drop cascades to ", one].concat())),
            many => {
                let words = ["drop cascades to ", &many.len().to_string(), " other objects"].concat();
                let detail: Vec<String> = many.iter().map(|line| ["drop cascades to ", line].concat()).collect();
                notices.push(SqlError::notice(words).detail(&[&detail.join("\n")]));
            }
        }
        for (_, table, on) in &dependent {
            if let Some(at) = base_find(self, table) {
                self.table_mut(at).foreign.retain(|foreign| foreign.table != *on);
            }
        }
        self.base_mut().tables.retain(|table| !doomed.contains(&table.name));
        Ok(("DROP TABLE", notices))
    }

    fn drop_indexes(&mut self, names: &[(String, usize)], lenient: bool) -> Sql<Defined> {
        let mut notices = Vec::new();
        for (name, _) in names {
            let owner = |table: &Arc<Table>| {
                table.indexes.iter().any(|(index, _)| index == name) || table.keys.iter().any(|key| key.name == *name)
            };
            let Some(at) = self.cluster.bases[self.base].tables.iter().position(owner) else {
                if lenient {
                    notices.push(SqlError::notice(["index \"", name, "\" does not exist, skipping"].concat()));
                    continue;
                }
                return Err(Fault::of("42704", &["index \"", name, "\" does not exist"]));
            };
            self.owned(at)?;
            let table = self.table(at);
            if table.keys.iter().any(|key| key.name == *name && key.constraint) {
                let words = [
                    "cannot drop index ",
                    name,
                    " because constraint ",
                    name,
                    " on table ",
                    &table.name,
                    " requires it",
                ];
                let hint = ["You can drop constraint ", name, " on table ", &table.name, " instead."].concat();
                return Err(Fault::error(SqlError::new("2BP01", words.concat()).hint(&hint)));
            }
            let table = self.table_mut(at);
            table.indexes.retain(|(index, _)| index != name);
            table.keys.retain(|key| key.name != *name);
        }
        Ok(("DROP INDEX", notices))
    }

    fn truncate(&mut self, text: &str, names: &[(String, usize)], restart: bool, cascade: bool) -> Sql<Defined> {
        let mut doomed = Vec::new();
        for (name, at) in names {
            let Some(table) = base_find(self, name) else { return self.missing(text, name, *at) };
            self.owned(table)?;
            doomed.push(table);
        }
        let mut notices = Vec::new();
        let mut i = 0;
        while i < doomed.len() {
            let name = self.table(doomed[i]).name.clone();
            for other in 0..self.cluster.bases[self.base].tables.len() {
                let refers = self.table(other).foreign.iter().any(|foreign| foreign.table == name);
                if !refers || doomed.contains(&other) {
                    continue;
                }
                let table = self.table(other);
                if !cascade {
                    let detail = ["Table \"", &table.name, "\" references \"", &name, "\"."];
                    let hint = ["Truncate table \"", &table.name, "\" at the same time, or use TRUNCATE ... CASCADE."];
                    let words = "cannot truncate a table referenced in a foreign key constraint".to_owned();
                    let error = SqlError::new("0A000", words).detail(&detail).hint(&hint.concat());
                    return Err(Fault::error(error));
                }
                notices.push(SqlError::notice(["truncate cascades to table \"", &table.name, "\""].concat()));
                doomed.push(other);
            }
            i += 1;
        }
        for table in doomed {
            let by = (self.own, self.number);
            let busy = self
                .table(table)
                .versions
                .iter()
                .find(|v| self.busy(v.made.0) || v.locks.iter().any(|l| self.busy(l.0)));
            if let Some(version) = busy {
                return Err(Fault::Waits(version.made.0));
            }
            let table = self.table_mut(table);
            for version in table.versions.iter_mut().filter(|version| version.gone.is_none()) {
                version.gone = Some(by);
            }
            for column in table.columns.iter_mut().filter(|_| restart) {
                column.identity = column.identity.map(|(identity, _)| (identity, 1));
            }
        }
        Ok(("TRUNCATE TABLE", notices))
    }

    fn alter(&mut self, text: &str, name: &str, at: usize, alter: &Alter) -> Sql<Defined> {
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

    fn grant(
        &mut self,
        text: &str,
        privileges: &[String],
        tables: Option<&[(String, usize)]>,
        role: &str,
    ) -> Sql<Defined> {
        let mut places = Vec::new();
        match tables {
            Some(tables) => {
                for (name, at) in tables {
                    match base_find(self, name) {
                        Some(table) => places.push(table),
                        None => return self.missing(text, name, *at),
                    }
                }
            }
            None => places.extend(0..self.cluster.bases[self.base].tables.len()),
        }
        if self.cluster.role(role).is_none() && role != "public" {
            return Err(Fault::of("42704", &["role \"", role, "\" does not exist"]));
        }
        for table in places {
            if !self.superuser() && self.table(table).owner != self.user {
                return Err(Fault::of("42501", &["permission denied for table ", &self.table(table).name]));
            }
            let grants = &mut self.table_mut(table).grants;
            for privilege in privileges {
                let grant = (privilege.clone(), role.to_owned());
                if !grants.contains(&grant) {
                    grants.push(grant);
                }
            }
        }
        Ok(("GRANT", Vec::new()))
    }
}

fn base_find(work: &Work<'_>, name: &str) -> Option<usize> {
    work.cluster.bases[work.base].find(name)
}

/// The columns that an expression names.
fn mentioned(node: &Node, into: &mut Vec<String>) {
    match &node.is {
        Is::Name(_, name) => into.push(name.clone()),
        Is::Not(value) | Is::Minus(value) | Is::IsNull(value, _) | Is::IsBool(value, ..) | Is::Cast(value, _) => {
            mentioned(value, into);
        }
        Is::Binary(left, _, right) | Is::Distinct(left, right, _) => {
            mentioned(left, into);
            mentioned(right, into);
        }
        Is::In(value, list, _) => {
            mentioned(value, into);
            list.iter().for_each(|item| mentioned(item, into));
        }
        Is::Call(_, list) => list.iter().for_each(|item| mentioned(item, into)),
        _ => {}
    }
}
