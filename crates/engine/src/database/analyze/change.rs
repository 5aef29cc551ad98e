//! `INSERT`, `UPDATE`, `DELETE`.

use super::super::error::{Fault, Sql, SqlError};
use super::super::plan::{Change, Expr, How, OnConflict, Rows, Sets};
use super::super::store::{Column, Table};
use super::super::tree::{Conflict, Delete, Given, Identity, Insert, Is, Node, Set, Update};
use super::{Analyzer, Known, Level};

impl<'a> Analyzer<'a> {
    fn target(&self, table: &Table, (name, at): &(String, usize)) -> Sql<usize> {
        match table.column(name) {
            Some(column) => Ok(column),
            None => {
                self.error("42703", *at, &["column \"", name, "\" of relation \"", &table.name, "\" does not exist"])
            }
        }
    }

    pub(super) fn insert(&mut self, insert: &Insert) -> Sql<Change> {
        let (place, table) = self.table(&insert.table)?;
        let mut columns = Vec::new();
        for name in insert.columns.iter().flatten() {
            let column = self.target(table, name)?;
            if columns.contains(&column) {
                return self.error("42701", name.1, &["column \"", &name.0, "\" specified more than once"]);
            }
            columns.push(column);
        }
        if insert.columns.is_none() {
            columns = (0..table.columns.len()).collect();
        }
        let named = insert.columns.as_deref();
        self.levels.push(Level { clause: "VALUES", ..Level::default() });
        let rows = match &insert.from {
            Given::Defaults => {
                columns.clear();
                Rows::Values(vec![(insert.table.1, Vec::new())])
            }
            Given::Values(rows) => {
                let mut found = Vec::new();
                for (at, row) in rows {
                    if rows[0].1.len() != row.len() {
                        let at = super::expressions::start(&row[0]);
                        return self.error("42601", at, &["VALUES lists must all be the same length"]);
                    }
                    found.push((*at, self.row(insert, table, &columns, row)?));
                }
                let width = found.first().map_or(0, |(_, row)| row.len());
                columns.truncate(width);
                Rows::Values(found)
            }
            Given::Select(select) => {
                self.level().hidden = Some((table.name.clone(), table));
                let mut query = self.query(select)?;
                self.level().hidden = None;
                self.width(query.items.len(), &columns, named, None)?;
                columns.truncate(query.items.len());
                for (shown, column) in query.items.iter_mut().zip(&columns) {
                    let column = &table.columns[*column];
                    self.forbidden(insert, column, false);
                    let typed = super::Typed { expr: shown.value.clone(), kind: shown.kind, at: insert.table.1 };
                    shown.value = self.assigned(typed, &column.name, column.kind)?;
                }
                Rows::Query(Box::new(query))
            }
        };
        let name = insert.alias.clone().unwrap_or_else(|| table.name.clone());
        self.level().tables = vec![Known { name, table }];
        let conflict = insert.conflict.as_ref().map(|conflict| self.conflict(table, conflict)).transpose()?;
        self.level().tables.truncate(1);
        self.level().clause = "RETURNING";
        let returning = self.items(&insert.returning)?;
        self.levels.pop();
        Ok(Change { table: place, how: How::Insert { columns, rows, conflict }, returning })
    }

    /// Whether as many values are given as columns are meant.
    fn width(
        &self,
        given: usize,
        columns: &[usize],
        named: Option<&[(String, usize)]>,
        values: Option<&[Node]>,
    ) -> Sql<()> {
        if given > columns.len() {
            let at = values.map_or(0, |values| super::expressions::start(&values[columns.len()]));
            return self.error("42601", at, &["INSERT has more expressions than target columns"]);
        }
        match named {
            Some(named) if given < named.len() => {
                self.error("42601", named[given].1, &["INSERT has more target columns than expressions"])
            }
            _ => Ok(()),
        }
    }

    fn row(&mut self, insert: &Insert, table: &Table, columns: &[usize], row: &[Node]) -> Sql<Vec<Option<Expr>>> {
        self.width(row.len(), columns, insert.columns.as_deref(), Some(row))?;
        let mut found = Vec::new();
        for (node, column) in row.iter().zip(columns) {
            let column = &table.columns[*column];
            let default = node.is == Is::Default;
            found.push(if default {
                None
            } else {
                let typed = self.expr(node)?;
                Some(self.assigned(typed, &column.name, column.kind)?)
            });
        }
        for (node, column) in row.iter().zip(columns) {
            self.forbidden(insert, &table.columns[*column], node.is == Is::Default);
        }
        Ok(found)
    }

    /// A column that numbers itself takes no number from outside.
    fn forbidden(&mut self, insert: &Insert, column: &Column, default: bool) {
        let always = matches!(column.identity, Some((Identity::Always, _)));
        if !always || default || insert.overriding {
            return;
        }
        let words = ["cannot insert a non-DEFAULT value into column \"", &column.name, "\""].concat();
        let error = SqlError { source: column.source.clone(), ..SqlError::new("428C9", words) };
        let error = error.detail(&["Column \"", &column.name, "\" is an identity column defined as GENERATED ALWAYS."]);
        self.later(Fault::error(error.hint("Use OVERRIDING SYSTEM VALUE to override.")));
    }

    fn conflict(&mut self, table: &'a Table, conflict: &Conflict) -> Sql<OnConflict> {
        let mut key = None;
        if let Some((name, at)) = &conflict.constraint {
            key = table.keys.iter().position(|key| key.name == *name && key.constraint);
            if key.is_none() {
                let _ = at;
                let parts = ["constraint \"", name, "\" for table \"", &table.name, "\" does not exist"];
                return Err(Fault::of("42704", &parts));
            }
        } else if !conflict.columns.is_empty() {
            let mut columns = Vec::new();
            for (name, _) in &conflict.columns {
                match table.column(name) {
                    Some(column) if !columns.contains(&column) => columns.push(column),
                    Some(_) => {}
                    None => {
                        // The names here are looked up as in a condition.
                        self.column(None, name, conflict.inferred)?;
                    }
                }
            }
            columns.sort_unstable();
            let fits = |key: &super::super::store::Key| {
                let mut own = key.columns.clone();
                own.sort_unstable();
                own == columns
            };
            key = table.keys.iter().position(fits);
            if key.is_none() {
                let words = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
                self.later(Fault::of("42P10", &[words]));
            }
        }
        let Some((set, filter)) = &conflict.update else { return Ok(OnConflict { key, update: None }) };
        self.level().tables.push(Known { name: "excluded".to_owned(), table });
        self.level().clause = "UPDATE";
        let set = self.sets(table, set)?;
        self.level().clause = "WHERE";
        let filter = filter.as_ref().map(|filter| self.truth(filter, "WHERE")).transpose()?;
        Ok(OnConflict { key, update: Some((set, filter)) })
    }

    fn sets(&mut self, table: &Table, sets: &[Set]) -> Sql<Sets> {
        let mut found = Sets::new();
        let mut values = Vec::new();
        for set in sets {
            values.push(if set.value.is == Is::Default { None } else { Some(self.expr(&set.value)?) });
        }
        for (i, set) in sets.iter().enumerate() {
            if sets[..i].iter().any(|other| other.column.0 == set.column.0) {
                self.later(Fault::of("42601", &["multiple assignments to same column \"", &set.column.0, "\""]));
            }
        }
        for (set, value) in sets.iter().zip(values) {
            let place = self.target(table, &set.column)?;
            let column = &table.columns[place];
            let expr = match value {
                Some(value) => self.assigned(value, &column.name, column.kind)?,
                None => match (&column.default, column.identity) {
                    (_, Some(_)) => return Err(Fault::not_modelled("SET … = DEFAULT of a column that numbers itself")),
                    (Some(default), None) => {
                        let typed = self.expr(default)?;
                        self.assigned(typed, &column.name, column.kind)?
                    }
                    (None, None) => Expr::Value(super::super::types::Value::Null),
                },
            };
            if matches!(column.identity, Some((Identity::Always, _))) && set.value.is != Is::Default {
                let words = ["column \"", &column.name, "\" can only be updated to DEFAULT"].concat();
                let error = SqlError { source: column.source.clone(), ..SqlError::new("428C9", words) };
                let detail = ["Column \"", &column.name, "\" is an identity column defined as GENERATED ALWAYS."];
                self.later(Fault::error(error.detail(&detail)));
            }
            found.push((place, expr));
        }
        Ok(found)
    }

    pub(super) fn update(&mut self, update: &Update) -> Sql<Change> {
        self.levels.push(Level { clause: "UPDATE", ..Level::default() });
        let place = self.known(&update.table)?;
        let table: &Table = self.levels[self.levels.len() - 1].tables[0].table;
        let set = self.sets_later(table, update)?;
        self.levels.pop();
        let (set, filter, returning) = set;
        Ok(Change { table: place, how: How::Update { set, filter }, returning })
    }

    #[allow(clippy::type_complexity, reason = "used once, just above")]
    fn sets_later(
        &mut self,
        table: &Table,
        update: &Update,
    ) -> Sql<(Sets, Option<Expr>, Vec<super::super::plan::Shown>)> {
        // PostgreSQL reads the condition before it looks at what is set.
        self.level().clause = "WHERE";
        let filter = update.filter.as_ref().map(|filter| self.truth(filter, "WHERE")).transpose()?;
        self.level().clause = "RETURNING";
        let returning = self.items(&update.returning)?;
        self.level().clause = "UPDATE";
        let set = self.sets(table, &update.set)?;
        Ok((set, filter, returning))
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Sql<Change> {
        self.levels.push(Level { clause: "WHERE", ..Level::default() });
        let place = self.known(&delete.table)?;
        let filter = delete.filter.as_ref().map(|filter| self.truth(filter, "WHERE")).transpose()?;
        self.level().clause = "RETURNING";
        let returning = self.items(&delete.returning)?;
        self.levels.pop();
        Ok(Change { table: place, how: How::Delete { filter }, returning })
    }
}
