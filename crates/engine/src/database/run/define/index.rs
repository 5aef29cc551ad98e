//! Indexes, and the tables that go with everything that hangs on them.

use super::{Defined, base_find};
use crate::database::error::{Fault, Sql, SqlError};
use crate::database::run::Work;
use crate::database::run::keys::Clash;
use crate::database::store::{Key, Table, Version};
use crate::database::tree::CreateIndex;
use std::sync::Arc;

impl Work<'_> {
    pub(super) fn create_index(&mut self, text: &str, create: &CreateIndex) -> Sql<Defined> {
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
    pub(super) fn unique(&self, table: usize, key: &Key) -> Sql<()> {
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

    pub(super) fn drop_tables(&mut self, names: &[(String, usize)], lenient: bool, cascade: bool) -> Sql<Defined> {
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

    pub(super) fn drop_indexes(&mut self, names: &[(String, usize)], lenient: bool) -> Sql<Defined> {
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
}
