//! `INSERT`, `UPDATE`, `DELETE`: row by row, in the order in which PostgreSQL checks (`ExecInsert`, `ExecUpdate`): values
//! that are missing, conditions, keys; references when all rows are written.

use super::super::error::{Fault, Sql, SqlError};
use super::super::plan::{Change, Expr, How, OnConflict, Rows as Given, Shown};
use super::super::store::Version;
use super::super::tree::{Lock, Statement};
use super::super::types::Value;
use super::keys::{Clash, Left};
use super::{Done, Grounds, ROWS, Rows, Work};
use crate::problem::Source;

/// What has been written: the new values and the old ones.
type Written = (Option<Vec<Value>>, Option<Vec<Value>>);

/// A row that is to be inserted, with its line; no value: the column's default.
type Draft = (Option<Source>, Vec<Option<Value>>);

impl Work<'_> {
    /// Carries a change out.
    pub fn change(&mut self, change: &Change) -> Sql<Done> {
        let numbers: Vec<_> = self.table(change.table).columns.iter().map(|column| column.identity).collect();
        let done = self.changed(change);
        if let Err(Fault::Waits(_)) = done {
            // It will be done again from the beginning; numbers that were taken are taken then.
            self.undo(self.own);
            for (column, identity) in numbers.into_iter().enumerate() {
                if self.table(change.table).columns[column].identity != identity {
                    self.table_mut(change.table).columns[column].identity = identity;
                }
            }
        }
        done
    }

    fn changed(&mut self, change: &Change) -> Sql<Done> {
        let table = change.table;
        let mut written: Vec<Written> = Vec::new();
        let mut rows = Vec::new();
        let mut grounds = None;
        let mut count = 0;
        match &change.how {
            How::Insert { columns, rows: given, conflict } => {
                for (source, values) in self.given(table, columns, given)? {
                    // Numbers are given away row by row: a row that is refused takes its own, and none after it does.
                    let values = self.full(table, values)?;
                    let Some(one) = self.insert(table, values, source, conflict.as_ref(), &mut grounds)? else {
                        continue;
                    };
                    count += 1;
                    rows.extend(self.returned(&change.returning, one.0.as_deref())?);
                    written.push(one);
                }
            }
            How::Update { set, filter } => {
                for at in self.targets(table, filter.as_ref())? {
                    let key = self.table(table).keys.iter().flat_map(|key| &key.columns);
                    let lock = if key.clone().any(|c| set.iter().any(|(s, _)| s == c)) {
                        Lock::Update
                    } else {
                        Lock::NoKeyUpdate
                    };
                    let Some(at) = self.still(table, at, filter.as_ref(), lock)? else { continue };
                    self.row_grounds(table, at, &mut grounds);
                    let old = self.table(table).versions[at].values.to_vec();
                    let values = self.set(set, &[&old], &old)?;
                    self.replace(table, at, values.clone())?;
                    count += 1;
                    rows.extend(self.returned(&change.returning, Some(&values))?);
                    written.push((Some(values), Some(old)));
                }
            }
            How::Delete { filter } => {
                for at in self.targets(table, filter.as_ref())? {
                    let Some(at) = self.still(table, at, filter.as_ref(), Lock::Update)? else { continue };
                    self.row_grounds(table, at, &mut grounds);
                    let old = self.table(table).versions[at].values.to_vec();
                    self.remove(table, at);
                    count += 1;
                    rows.extend(self.returned(&change.returning, Some(&old))?);
                    written.push((None, Some(old)));
                }
            }
        }
        let mut events = Vec::new();
        for (new, old) in written {
            if let Some(new) = &new {
                self.refers(table, new, old.as_deref())?;
            }
            events.extend(old.map(|old| Left { table, old, new }));
        }
        self.left(events)?;
        let own = self.table(table);
        let grounds = grounds.unwrap_or_else(|| match (&change.how, &own.source) {
            (How::Insert { .. }, Some(source)) => Grounds::Line(source.clone()),
            (How::Insert { .. }, None) => Grounds::Earlier(["the table ", &own.name].concat()),
            _ => Grounds::NoRow(own.name.clone()),
        });
        Ok(Done { shown: change.returning.clone(), rows, count, grounds: Some(grounds) })
    }

    /// The first row that was found is what a change rests on.
    fn row_grounds(&self, table: usize, at: usize, grounds: &mut Option<Grounds>) {
        if grounds.is_none() {
            let table = self.table(table);
            *grounds = Some(match &table.versions[at].source {
                Some(source) => Grounds::Line(source.clone()),
                None => Grounds::Earlier(["a row of ", &table.name, " that was written earlier"].concat()),
            });
        }
    }

    fn returned(&self, returning: &[Shown], row: Option<&[Value]>) -> Sql<Option<Vec<Value>>> {
        let Some(row) = row.filter(|_| !returning.is_empty()) else { return Ok(None) };
        let look = self.look();
        let mut values = Vec::new();
        for shown in returning {
            values.push(look.eval(&shown.value, &Rows { rows: &[row], aggregates: &[], outer: None })?);
        }
        Ok(Some(values))
    }

    /// The versions that a condition finds.
    fn targets(&self, table: usize, filter: Option<&Expr>) -> Sql<Vec<usize>> {
        let look = self.look();
        let mut found = Vec::new();
        for (at, version) in self.table(table).versions.iter().enumerate() {
            look.spend(1)?;
            if !self.sight.sees(version) {
                continue;
            }
            let rows = Rows { rows: &[&version.values], aggregates: &[], outer: None };
            found.extend(look.fits(filter, &rows)?.then_some(at));
        }
        Ok(found)
    }

    /// A row that was found, as it is now, if it still fits.
    fn still(&self, table: usize, at: usize, filter: Option<&Expr>, lock: Lock) -> Sql<Option<usize>> {
        let Some(newest) = self.newest(table, at, lock)? else { return Ok(None) };
        if newest == at {
            return Ok(Some(at));
        }
        let values = &self.table(table).versions[newest].values;
        let rows = Rows { rows: &[values], aggregates: &[], outer: None };
        Ok(self.look().fits(filter, &rows)?.then_some(newest))
    }

    fn set(&self, set: &[(usize, Expr)], rows: &[&[Value]], old: &[Value]) -> Sql<Vec<Value>> {
        let look = self.look();
        let mut values = old.to_vec();
        for (column, value) in set {
            values[*column] = look.eval(value, &Rows { rows, aggregates: &[], outer: None })?;
        }
        Ok(values)
    }

    /// A version ends.
    pub fn remove(&mut self, table: usize, at: usize) {
        let by = (self.own, self.number);
        self.table_mut(table).versions[at].gone = Some(by);
    }

    /// A new version in place of an old one.
    pub fn replace(&mut self, table: usize, at: usize, values: Vec<Value>) -> Sql<()> {
        self.allowed(table, &values)?;
        let old = &self.table(table).versions[at];
        // Whoever keeps the row from going keeps its newest version.
        let (row, locks) = (old.row, old.locks.clone());
        self.remove(table, at);
        for key in self.table(table).keys.clone() {
            if let Clash::With(_) = self.clash(table, &key, &values, Some(row))? {
                return Err(self.duplicate(table, &key, &values));
            }
        }
        self.write(table, row, values, None);
        if let Some(version) = self.table_mut(table).versions.last_mut() {
            version.locks = locks;
        }
        Ok(())
    }

    fn write(&mut self, table: usize, row: u64, values: Vec<Value>, source: Option<Source>) {
        let made = (self.own, self.number);
        let version = Version { row, values: values.into(), made, gone: None, locks: Vec::new(), source };
        self.table_mut(table).versions.push(version);
    }

    /// The rows that are to be inserted, with their lines.
    fn given(&self, table: usize, columns: &[usize], given: &Given) -> Sql<Vec<Draft>> {
        let mut found = Vec::new();
        match given {
            Given::Query(query) => {
                for row in self.look().rows(query, None, usize::MAX)? {
                    found.push((None, row.values.into_iter().map(Some).collect::<Vec<_>>()));
                }
            }
            Given::Values(rows) => {
                let look = self.look();
                for (at, row) in rows {
                    let mut values = Vec::new();
                    for value in row {
                        let none = Rows { rows: &[], aggregates: &[], outer: None };
                        values.push(value.as_ref().map(|value| look.eval(value, &none)).transpose()?);
                    }
                    found.push((self.place.map(|place| place.source(*at)), values));
                }
            }
        }
        let mut full = Vec::new();
        for (source, values) in found {
            let mut given = vec![None; self.table(table).columns.len()];
            for (column, value) in columns.iter().zip(values) {
                given[*column] = value;
            }
            full.push((source, given));
        }
        Ok(full)
    }

    /// What is not given has its default.
    fn full(&mut self, table: usize, given: Vec<Option<Value>>) -> Sql<Vec<Value>> {
        let mut values = Vec::new();
        for (column, value) in given.into_iter().enumerate() {
            values.push(match value {
                Some(value) => value,
                None => self.default(table, column)?,
            });
        }
        Ok(values)
    }

    fn default(&mut self, table: usize, column: usize) -> Sql<Value> {
        let of = &self.table(table).columns[column];
        if let Some((identity, next)) = of.identity {
            if !of.kind.holds(next) {
                let name = [&self.table(table).name, "_", &of.name, "_seq"].concat();
                let parts = ["nextval: reached maximum value of sequence \"", &name, "\" (2147483647)"];
                return Err(Fault::of("2200H", &parts));
            }
            self.table_mut(table).columns[column].identity = Some((identity, next + 1));
            return Ok(Value::Int(next));
        }
        let Some(default) = of.default.clone() else { return Ok(Value::Null) };
        let kind = of.kind;
        let base = &self.cluster.bases[self.base];
        let value = super::super::constant(base, &default, kind)?;
        self.look().eval(&value, &Rows { rows: &[], aggregates: &[], outer: None })
    }

    /// One new row; none where one that is there already stays as it is.
    fn insert(
        &mut self,
        table: usize,
        values: Vec<Value>,
        source: Option<Source>,
        conflict: Option<&OnConflict>,
        grounds: &mut Option<Grounds>,
    ) -> Sql<Option<Written>> {
        self.allowed(table, &values)?;
        let keys = self.table(table).keys.clone();
        if let Some(conflict) = conflict {
            for (i, key) in keys.iter().enumerate() {
                if conflict.key.is_some_and(|key| key != i) {
                    continue;
                }
                let Clash::With(at) = self.clash(table, key, &values, None)? else { continue };
                if let Some(source) = &key.source {
                    *grounds = Some(Grounds::Line(source.clone()));
                }
                let Some((set, filter)) = &conflict.update else {
                    if self.repeatable && !self.sight.sees(&self.table(table).versions[at]) {
                        return Err(Fault::of("40001", &["could not serialize access due to concurrent update"]));
                    }
                    return Ok(None);
                };
                let there = &self.table(table).versions[at];
                if there.made == (self.own, self.number) {
                    let words = "ON CONFLICT DO UPDATE command cannot affect row a second time".to_owned();
                    let hint = "Ensure that no rows proposed for insertion within the same command have duplicate constrained values.";
                    return Err(Fault::error(SqlError::new("21000", words).hint(hint)));
                }
                if self.repeatable && !self.sight.sees(there) {
                    return Err(Fault::of("40001", &["could not serialize access due to concurrent update"]));
                }
                let Some(at) = self.newest(table, at, Lock::NoKeyUpdate)? else { continue };
                let old = self.table(table).versions[at].values.to_vec();
                let rows: [&[Value]; 2] = [&old, &values];
                if let Some(filter) = filter
                    && !self.look().holds(filter, &Rows { rows: &rows, aggregates: &[], outer: None })?
                {
                    self.lock(table, at, Lock::Update);
                    return Ok(None);
                }
                let new = self.set(set, &rows, &old)?;
                self.replace(table, at, new.clone())?;
                return Ok(Some((Some(new), Some(old))));
            }
        }
        for key in &keys {
            if let Clash::With(_) = self.clash(table, key, &values, None)? {
                return Err(self.duplicate(table, key, &values));
            }
        }
        if self.table(table).versions.len() >= ROWS {
            return Err(Fault::not_modelled("a table with so many rows"));
        }
        let row = self.table(table).next;
        self.table_mut(table).next += 1;
        self.write(table, row, values.clone(), source);
        Ok(Some((Some(values), None)))
    }

    /// Whether a row may be as it is: nothing missing, every condition true (`ExecConstraints`).
    fn allowed(&self, table: usize, values: &[Value]) -> Sql<()> {
        let own = self.table(table);
        for (column, value) in own.columns.iter().zip(values) {
            if column.required && value.is_null() {
                let parts = [
                    "null value in column \"",
                    &column.name,
                    "\" of relation \"",
                    &own.name,
                    "\" violates not-null constraint",
                ];
                return Err(Fault::error(SqlError {
                    table: Some(own.name.clone()),
                    column: Some(column.name.clone()),
                    source: column.source.clone(),
                    ..failing(SqlError::new("23502", parts.concat()), values)
                }));
            }
        }
        // Conditions are looked at in the order of their names.
        let mut checks: Vec<_> = own.checks.iter().collect();
        crate::text::sort(&mut checks, |check| check.name.as_str());
        for check in checks {
            let base = &self.cluster.bases[self.base];
            let is = super::super::condition(base, &own.name, &check.is)?;
            let rows = Rows { rows: &[values], aggregates: &[], outer: None };
            if self.look().eval(&is, &rows)? == Value::Bool(false) {
                let parts =
                    ["new row for relation \"", &own.name, "\" violates check constraint \"", &check.name, "\""];
                return Err(Fault::error(SqlError {
                    table: Some(own.name.clone()),
                    constraint: Some(check.name.clone()),
                    source: check.source.clone(),
                    ..failing(SqlError::new("23514", parts.concat()), values)
                }));
            }
        }
        Ok(())
    }
}

/// The row as an error shows it; of a text of more than 64 bytes its beginning.
fn failing(error: SqlError, values: &[Value]) -> SqlError {
    let text = |value: &Value| match value.text() {
        Some(text) if text.len() > 64 => {
            let end = (0..=64).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            [&text[..end], "..."].concat()
        }
        Some(text) => text,
        None => "null".to_owned(),
    };
    let values: Vec<String> = values.iter().map(text).collect();
    error.detail(&["Failing row contains (", &values.join(", "), ")."])
}

/// Whether a statement writes, so that its transaction needs a number.
pub fn writes(statement: &Statement) -> bool {
    match statement {
        Statement::Select(select) => select.lock.is_some(),
        Statement::Show(_) | Statement::Begin(..) | Statement::Commit | Statement::Rollback => false,
        _ => true,
    }
}
