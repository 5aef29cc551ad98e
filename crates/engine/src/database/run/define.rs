//! `CREATE`, `ALTER`, `DROP`, `TRUNCATE`, `GRANT`: what tables there are, and who may use them.

mod index;
mod table;

use super::super::error::{Fault, Sql, SqlError};
use super::super::store::{Base, Role};
use super::super::tree::{Is, Node, Statement};
use super::{Place, Work};
use crate::problem::Source;

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
