//! Rows that others are at, keys that must be unique, references to other tables.

use super::super::error::{Fault, Sql, SqlError};
use super::super::store::{Foreign, Key, Table, Version, Xid};
use super::super::tree::{Gone, Lock};
use super::super::types::Value;
use super::Work;
use std::sync::Arc;

/// A row that has gone or changed.
#[derive(Clone)]
pub struct Left {
    pub table: usize,
    pub old: Vec<Value>,
    pub new: Option<Vec<Value>>,
}

/// A row that stands in the way of a new one.
pub enum Clash {
    /// None does.
    None,
    /// This version does.
    With(usize),
}

impl Work<'_> {
    pub fn table(&self, table: usize) -> &Table {
        &self.cluster.bases[self.base].tables[table]
    }

    pub fn table_mut(&mut self, table: usize) -> &mut Table {
        Arc::make_mut(&mut self.cluster.bases[self.base].tables[table])
    }

    /// The newest version of a row, once nobody else is at it; none where it is gone. Whoever sees the same throughout
    /// cannot go on from another version (documentation, section 13.2).
    pub fn newest(&self, table: usize, version: usize, lock: Lock) -> Sql<Option<usize>> {
        let versions = &self.table(table).versions;
        let mut at = version;
        loop {
            let this = &versions[at];
            let held = this.locks.iter().find(|(by, held)| self.busy(*by) && held.conflicts(lock));
            if let Some((by, _)) = held {
                return Err(Fault::Waits(*by));
            }
            let Some((by, _)) = this.gone else { return Ok(Some(at)) };
            // A version that is followed by another with the same key is still there for whoever refers to it.
            let later = versions.iter().enumerate().skip(at + 1).find(|(_, v)| v.row == this.row);
            if self.busy(by) {
                let same_key = later.is_some_and(|(_, later)| self.same_keys(table, this, later));
                if lock == Lock::KeyShare && same_key {
                    return Ok(Some(at));
                }
                return Err(Fault::Waits(by));
            }
            if self.repeatable {
                let what = if later.is_some() { "update" } else { "delete" };
                return Err(Fault::of("40001", &["could not serialize access due to concurrent ", what]));
            }
            match later {
                Some((next, _)) => at = next,
                None => return Ok(None),
            }
        }
    }

    /// Whether two versions agree in every key.
    pub fn same_keys(&self, table: usize, one: &Version, other: &Version) -> bool {
        let mut columns = self.table(table).keys.iter().flat_map(|key| &key.columns);
        columns.all(|column| one.values[*column] == other.values[*column])
    }

    /// Locks a version.
    pub fn lock(&mut self, table: usize, version: usize, lock: Lock) {
        let own = self.own;
        let held = &mut self.table_mut(table).versions[version].locks;
        match held.iter_mut().find(|(by, _)| *by == own) {
            Some((_, known)) => *known = lock.max(*known),
            None => held.push((own, lock)),
        }
    }

    /// Whether a row with these values has a key of another one. One that is only being written is waited for.
    pub fn clash(&self, table: usize, key: &Key, values: &[Value], except: Option<u64>) -> Sql<Clash> {
        if key.columns.iter().any(|column| values[*column].is_null()) {
            return Ok(Clash::None);
        }
        let versions = &self.table(table).versions;
        self.look().spend(versions.len())?;
        for (at, version) in versions.iter().enumerate() {
            let same = key.columns.iter().all(|column| version.values[*column] == values[*column]);
            if !same || except == Some(version.row) {
                continue;
            }
            match version.gone {
                None if self.busy(version.made.0) => return Err(Fault::Waits(version.made.0)),
                None => return Ok(Clash::With(at)),
                Some((by, _)) if self.busy(by) => return Err(Fault::Waits(by)),
                Some(_) => {}
            }
        }
        Ok(Clash::None)
    }

    /// The error for a key that is there already.
    pub fn duplicate(&self, table: usize, key: &Key, values: &[Value]) -> Fault {
        let table = self.table(table);
        let words = ["duplicate key value violates unique constraint \"", &key.name, "\""].concat();
        let error = SqlError::new("23505", words);
        Fault::error(SqlError {
            detail: Some([&shown(table, &key.columns, values), " already exists."].concat()),
            table: Some(table.name.clone()),
            constraint: Some(key.name.clone()),
            source: key.source.clone(),
            ..error
        })
    }

    /// Every reference of a row that has been written leads somewhere.
    pub fn refers(&mut self, table: usize, values: &[Value], changed: Option<&[Value]>) -> Sql<()> {
        for foreign in self.table(table).foreign.clone() {
            let own: Vec<Value> = foreign.columns.iter().map(|column| values[*column].clone()).collect();
            let same = |old: &[Value]| foreign.columns.iter().zip(&own).all(|(column, value)| old[*column] == *value);
            if own.iter().any(Value::is_null) || changed.is_some_and(same) {
                continue;
            }
            let Some(other) = self.cluster.bases[self.base].find(&foreign.table) else { continue };
            let found = self.live(other, &foreign.there, &own);
            let mut there = None;
            for at in found {
                there = there.or(self.newest(other, at, Lock::KeyShare)?);
            }
            let Some(at) = there else {
                let table = self.table(table);
                let parts = [
                    "insert or update on table \"",
                    &table.name,
                    "\" violates foreign key constraint \"",
                    &foreign.name,
                    "\"",
                ];
                let detail =
                    [&shown(table, &foreign.columns, values), " is not present in table \"", &foreign.table, "\"."];
                return Err(Fault::error(SqlError {
                    detail: Some(detail.concat()),
                    table: Some(table.name.clone()),
                    constraint: Some(foreign.name.clone()),
                    source: foreign.source.clone(),
                    ..SqlError::new("23503", parts.concat())
                }));
            };
            // The other row must not go while this one is being written.
            self.lock(other, at, Lock::KeyShare);
        }
        Ok(())
    }

    /// The versions with these values that are there now, whatever the statement saw.
    fn live(&self, table: usize, columns: &[usize], values: &[Value]) -> Vec<usize> {
        let is = |version: &Version| {
            let ended = version.gone.is_some_and(|(by, _)| !self.busy(by));
            let begun = !self.busy(version.made.0);
            begun && !ended && columns.iter().zip(values).all(|(column, value)| version.values[*column] == *value)
        };
        let versions = self.table(table).versions.iter().enumerate();
        versions.filter(|(_, version)| is(version)).map(|(at, _)| at).collect()
    }

    /// Rows have gone, or their keys have changed: what becomes of those that refer to them, and so on. One after the
    /// other: what a deletion leads to is looked at when those before it have been (`AfterTriggerEndQuery`).
    pub fn left(&mut self, mut events: Vec<Left>) -> Sql<()> {
        let mut at = 0;
        while at < events.len() {
            let Left { table, old, new } = events[at].clone();
            self.look().spend(1)?;
            self.left_one(table, &old, new.as_deref(), &mut events)?;
            at += 1;
        }
        Ok(())
    }

    fn left_one(&mut self, table: usize, values: &[Value], now: Option<&[Value]>, events: &mut Vec<Left>) -> Sql<()> {
        let name = self.table(table).name.clone();
        for other in 0..self.cluster.bases[self.base].tables.len() {
            let foreign: Vec<Foreign> = self.table(other).foreign.iter().filter(|f| f.table == name).cloned().collect();
            for foreign in foreign {
                let key: Vec<Value> = foreign.there.iter().map(|column| values[*column].clone()).collect();
                let same = |now: &[Value]| foreign.there.iter().zip(&key).all(|(column, value)| now[*column] == *value);
                if now.is_some_and(same) || !self.live(table, &foreign.there, &key).is_empty() {
                    continue;
                }
                let referring = self.live(other, &foreign.columns, &key);
                if referring.is_empty() {
                    continue;
                }
                if now.is_some() || foreign.gone == Gone::Refuse {
                    return Err(self.referred(table, other, &foreign, values));
                }
                for at in referring {
                    let Some(at) = self.newest(other, at, Lock::Update)? else { continue };
                    let old = self.table(other).versions[at].values.clone();
                    if foreign.gone == Gone::Cascade {
                        self.remove(other, at);
                        events.push(Left { table: other, old: old.to_vec(), new: None });
                    } else {
                        let mut values = old.to_vec();
                        foreign.columns.iter().for_each(|column| values[*column] = Value::Null);
                        self.replace(other, at, values.clone())?;
                        events.push(Left { table: other, old: old.to_vec(), new: Some(values) });
                    }
                }
            }
        }
        Ok(())
    }

    fn referred(&self, table: usize, other: usize, foreign: &Foreign, values: &[Value]) -> Fault {
        let (table, other) = (self.table(table), self.table(other));
        let parts = [
            "update or delete on table \"",
            &table.name,
            "\" violates foreign key constraint \"",
            &foreign.name,
            "\" on table \"",
            &other.name,
            "\"",
        ];
        let detail = [&shown(table, &foreign.there, values), " is still referenced from table \"", &other.name, "\"."];
        Fault::error(SqlError {
            detail: Some(detail.concat()),
            table: Some(other.name.clone()),
            constraint: Some(foreign.name.clone()),
            source: foreign.source.clone(),
            ..SqlError::new("23503", parts.concat())
        })
    }

    /// Takes back what this statement has done so far.
    pub fn undo(&mut self, own: Xid) {
        let number = self.number;
        for table in 0..self.cluster.bases[self.base].tables.len() {
            let ours = |v: &Version| v.made == (own, number) || v.gone == Some((own, number));
            if self.table(table).versions.iter().any(ours) {
                self.table_mut(table).undo(own, Some(number));
            }
        }
    }
}

/// `Key (user_id, post_id)=(1, 2)`.
fn shown(table: &Table, columns: &[usize], values: &[Value]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| table.columns[*column].name.as_str()).collect();
    let text = |column: &usize| values[*column].text().unwrap_or_else(|| "null".to_owned());
    let values: Vec<String> = columns.iter().map(text).collect();
    ["Key (", &names.join(", "), ")=(", &values.join(", "), ")"].concat()
}
