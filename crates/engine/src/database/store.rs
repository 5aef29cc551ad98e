//! What the data directory holds: roles, databases, tables, and of every row its versions (PostgreSQL 15 documentation,
//! chapter 13, "Concurrency Control").
//!
//! A version is made by one transaction and ended by another. Of a transaction that was rolled back nothing remains, so
//! every number that is not among the active ones has committed. What is seen is a matter of [`Sight`].

use super::tree::{Gone, Identity, Lock, Node};
use super::types::{Type, Value};
use crate::problem::Source;
use std::sync::Arc;

/// The number of a transaction.
pub type Xid = u64;

/// The data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The roles.
    pub roles: Vec<Role>,
    /// The databases.
    pub bases: Vec<Base>,
    /// The number of the next transaction that writes.
    pub next: Xid,
    /// Those that have begun and not ended.
    pub active: Vec<Xid>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its password.
    pub password: Option<String>,
    /// Whether it may log in.
    pub login: bool,
    /// Whether nothing is forbidden to it.
    pub superuser: bool,
    /// The line that made it.
    pub source: Option<Source>,
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its name.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// Its tables, in the order in which they were made.
    pub tables: Vec<Arc<Table>>,
    /// The number of the next thing that is made.
    pub next: u32,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its number: one that is made anew has another.
    pub oid: u32,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What must be unique: the primary key first.
    pub keys: Vec<Key>,
    /// What is only there to be found quickly: names and columns.
    pub indexes: Vec<(String, Vec<usize>)>,
    /// What refers to other tables.
    pub foreign: Vec<Foreign>,
    /// What must be true of every row.
    pub checks: Vec<Check>,
    /// Who may do what, in lower case.
    pub grants: Vec<(String, String)>,
    /// All versions of all rows, in the order in which they were written.
    pub versions: Vec<Version>,
    /// The number of the next row.
    pub next: u64,
    /// The line that made it.
    pub source: Option<Source>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Whether it must have a value.
    pub required: bool,
    /// What it has where nothing is said.
    pub default: Option<Node>,
    /// How it numbers itself, and the next number.
    pub identity: Option<(Identity, i64)>,
    /// Its line.
    pub source: Option<Source>,
}

/// A key: values that no two rows share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<usize>,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Whether it is a constraint, and not an index only.
    pub constraint: bool,
    /// Its line.
    pub source: Option<Source>,
}

/// A reference to another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<usize>,
    /// The other table.
    pub table: String,
    /// The columns there.
    pub there: Vec<usize>,
    /// What becomes of the row when the other one goes.
    pub gone: Gone,
    /// Its line.
    pub source: Option<Source>,
}

/// A condition on every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The condition.
    pub is: Node,
    /// Its line.
    pub source: Option<Source>,
}

/// A version of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The row.
    pub row: u64,
    /// Its values.
    pub values: Arc<[Value]>,
    /// The transaction that wrote it, and its which statement.
    pub made: (Xid, u32),
    /// The transaction that ended it.
    pub gone: Option<(Xid, u32)>,
    /// The transactions that lock it.
    pub locks: Vec<(Xid, Lock)>,
    /// The line of a document that wrote it.
    pub source: Option<Source>,
}

/// What a statement sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Its own transaction; 0 where it has written nothing.
    pub own: Xid,
    /// The first transaction that had not begun.
    pub next: Xid,
    /// The transactions that were not over.
    pub active: Vec<Xid>,
}

impl Sight {
    fn over(&self, xid: Xid) -> bool {
        xid == self.own || (xid < self.next && !self.active.contains(&xid))
    }

    /// Whether it sees a version.
    pub fn sees(&self, version: &Version) -> bool {
        self.over(version.made.0) && !version.gone.is_some_and(|(xid, _)| self.over(xid))
    }
}

impl Default for Cluster {
    /// As `pg_createcluster` leaves it.
    fn default() -> Self {
        let name = "postgres".to_owned();
        let role = Role { name: name.clone(), password: None, login: true, superuser: true, source: None };
        Self { roles: vec![role], bases: vec![Base::new(name.clone(), name)], next: 1, active: Vec::new() }
    }
}

impl Cluster {
    /// What a new statement sees.
    pub fn sight(&self, own: Xid) -> Sight {
        Sight { own, next: self.next, active: self.active.clone() }
    }

    /// A transaction begins to write.
    pub fn begin(&mut self) -> Xid {
        self.next += 1;
        self.active.push(self.next - 1);
        self.next - 1
    }

    /// A transaction is over. Where nobody else is at it, what nobody can see any more is thrown away.
    pub fn end(&mut self, xid: Xid, committed: bool) {
        self.active.retain(|active| *active != xid);
        let quiet = self.active.is_empty();
        for table in self.bases.iter_mut().flat_map(|base| &mut base.tables) {
            let concerns = |v: &Version| {
                v.made.0 == xid
                    || v.gone.is_some_and(|(by, _)| by == xid || quiet)
                    || v.locks.iter().any(|(by, _)| *by == xid)
            };
            if !table.versions.iter().any(concerns) {
                continue;
            }
            let table = Arc::make_mut(table);
            if !committed {
                table.undo(xid, None);
            }
            for version in &mut table.versions {
                version.locks.retain(|(by, _)| *by != xid);
            }
            if quiet {
                table.versions.retain(|version| version.gone.is_none());
            }
        }
    }

    /// The place of a database.
    pub fn base(&self, name: &str) -> Option<usize> {
        self.bases.iter().position(|base| base.name == name)
    }

    /// A role.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }
}

impl Base {
    /// An empty database.
    pub fn new(name: String, owner: String) -> Self {
        Self { name, owner, tables: Vec::new(), next: 16_384 }
    }

    /// The place of a table.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name == name)
    }

    /// Whether a table or an index has this name.
    pub fn has(&self, name: &str) -> bool {
        let index = |table: &Arc<Table>| {
            table.keys.iter().any(|key| key.name == name) || table.indexes.iter().any(|(index, _)| index == name)
        };
        self.tables.iter().any(|table| table.name == name || index(table))
    }

    /// A number for something that is made.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

impl Table {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The primary key.
    pub fn primary(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.primary)
    }

    /// Takes back what a transaction has done: all of it, or one statement.
    pub fn undo(&mut self, xid: Xid, statement: Option<u32>) {
        let is = |(by, number): (Xid, u32)| by == xid && statement.is_none_or(|one| one == number);
        self.versions.retain(|version| !is(version.made));
        for version in &mut self.versions {
            if version.gone.is_some_and(is) {
                version.gone = None;
            }
        }
    }
}
