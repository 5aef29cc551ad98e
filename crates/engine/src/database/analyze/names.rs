//! Which column a name means, and what PostgreSQL says where it means none.

use super::super::error::{Fault, Sql, SqlError};
use super::super::plan::Expr;
use super::{Analyzer, Typed};

/// How far a name may be from one that is suggested (`MAX_FUZZY_DISTANCE`).
const FURTHEST: usize = 3;

impl Analyzer<'_> {
    pub(super) fn column(&mut self, table: Option<&str>, name: &str, at: usize) -> Sql<Typed> {
        for up in 0..self.levels.len() {
            let at_level = self.levels.len() - 1 - up;
            let level = &self.levels[at_level];
            let mut found = None;
            let mut named = false;
            for (i, known) in level.tables.iter().enumerate() {
                if table.is_some_and(|table| table != known.name) {
                    continue;
                }
                named = true;
                if let Some(column) = known.table.column(name) {
                    if found.is_some() {
                        return self.error("42702", at, &["column reference \"", name, "\" is ambiguous"]);
                    }
                    found = Some((i, column, known.table.columns[column].kind));
                }
            }
            if let Some((i, column, kind)) = found {
                let level = &mut self.levels[at_level];
                if !level.inside {
                    level.loose.push((i, column, at));
                }
                return Ok(Typed { expr: Expr::Column(up, i, column), kind, at });
            }
            if table.is_some() && named {
                break;
            }
        }
        self.missing(table, name, at)
    }

    fn missing<T>(&self, table: Option<&str>, name: &str, at: usize) -> Sql<T> {
        let known = |table: &str| self.levels.iter().flat_map(|level| &level.tables).any(|known| known.name == table);
        if let Some(table) = table.filter(|table| !known(table)) {
            return self.missing_table(table, at);
        }
        // A table's name alone means its whole row.
        if table.is_none() && known(name) {
            return Err(Fault::not_modelled("a whole row as a value"));
        }
        let parts: &[&str] = match table {
            Some(table) => &["column ", table, ".", name, " does not exist"],
            None => &["column \"", name, "\" does not exist"],
        };
        let mut error = SqlError::new("42703", parts.concat()).at(self.text, at);
        error.hint = self.suggestion(table, name);
        Err(Fault::error(error))
    }

    /// `missing FROM-clause entry`; or the table is there under another name.
    pub(super) fn missing_table<T>(&self, table: &str, at: usize) -> Sql<T> {
        let other = self.levels.iter().rev().flat_map(|level| &level.tables).find(|known| known.table.name == table);
        if let Some(other) = other {
            let hint = ["Perhaps you meant to reference the table alias \"", &other.name, "\"."].concat();
            return self.hinted(
                "42P01",
                at,
                &["invalid reference to FROM-clause entry for table \"", table, "\""],
                &hint,
            );
        }
        self.error("42P01", at, &["missing FROM-clause entry for table \"", table, "\""])
    }

    /// The nearest names, if they are near enough (`searchRangeTableForCol`, `updateFuzzyAttrMatchState`).
    fn suggestion(&self, table: Option<&str>, name: &str) -> Option<String> {
        let mut best = FURTHEST + 1;
        let (mut first, mut second): (Option<String>, Option<String>) = (None, None);
        for level in self.levels.iter().rev() {
            let own = level.tables.iter().map(|known| (&known.name, known.table));
            for (own, known) in own.chain(level.hidden.iter().map(|(name, table)| (name, *table))) {
                let penalty = table.map_or(0, |table| distance(table, own));
                if penalty > best {
                    continue;
                }
                for column in &known.columns {
                    let apart = distance(&column.name, name);
                    if apart > name.len() / 2 {
                        continue;
                    }
                    let apart = apart + penalty;
                    let written = || Some(["\"", own, ".", &column.name, "\""].concat());
                    if apart < best {
                        (best, first, second) = (apart, written(), None);
                    } else if apart == best && first.is_some() {
                        if second.is_some() {
                            // Three that are equally near are too many.
                            (first, second) = (None, None);
                        } else {
                            second = written();
                        }
                    }
                }
            }
        }
        if best > FURTHEST {
            return None;
        }
        let words = "Perhaps you meant to reference the column ";
        match (first, second) {
            (Some(first), Some(second)) => Some([words, &first, " or the column ", &second, "."].concat()),
            (Some(first), None) => Some([words, &first, "."].concat()),
            _ => None,
        }
    }
}

/// How many letters must be put in, taken out or replaced to make one text of another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, d) in other.iter().enumerate() {
            let replaced = before + usize::from(c != *d);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
