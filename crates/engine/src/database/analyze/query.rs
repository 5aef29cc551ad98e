//! Queries: tables, what is shown, how it is brought together and ordered.

use super::super::error::{Fault, Sql};
use super::super::plan::{Expr, Joined, Query, Shown};
use super::super::tree::{From, Is, Item, Node, Select};
use super::super::types::Type;
use super::{Analyzer, Known, Level};

impl Analyzer<'_> {
    pub(super) fn query(&mut self, select: &Select) -> Sql<Query> {
        self.levels.push(Level { clause: "JOIN conditions", ..Level::default() });
        let found = self.inner(select);
        self.levels.pop();
        found
    }

    fn inner(&mut self, select: &Select) -> Sql<Query> {
        let mut from = Vec::new();
        for one in &select.from {
            let place = self.known(one)?;
            let (left, on) = match &one.join {
                Some(join) => {
                    let on = join.on.as_ref().map(|on| self.truth(on, "JOIN/ON")).transpose()?;
                    (join.left, on)
                }
                None => (false, None),
            };
            from.push((place, Joined { left, on }));
        }
        // Columns in conditions need not be grouped.
        self.level().aggregates = Some(Vec::new());
        self.level().loose.clear();
        let items = self.items(&select.items)?;
        let loose = core::mem::take(&mut self.level().loose);
        let aggregates = self.level().aggregates.take();
        self.level().clause = "WHERE";
        let filter = select.filter.as_ref().map(|filter| self.truth(filter, "WHERE")).transpose()?;
        self.level().aggregates = aggregates;
        self.level().loose = loose;
        let mut order = Vec::new();
        for by in &select.order {
            order.push((self.sorted(&by.value, &items, "ORDER BY")?, by.descending, by.nulls_first));
        }
        let loose = core::mem::take(&mut self.level().loose);
        let aggregates = self.level().aggregates.take().unwrap_or_default();
        self.level().clause = "GROUP BY";
        let mut group = Vec::new();
        for by in &select.group {
            group.push(self.sorted(by, &items, "GROUP BY")?);
        }
        let grouped = !group.is_empty() || !aggregates.is_empty();
        if grouped {
            self.grouped(&group, &loose)?;
        }
        let limit = self.count(select.limit.as_ref(), "LIMIT")?;
        let offset = self.count(select.offset.as_ref(), "OFFSET")?;
        if let Some(lock) = select.lock {
            let word = lock.word();
            if !group.is_empty() {
                return Err(Fault::of("0A000", &[word, " is not allowed with GROUP BY clause"]));
            }
            if grouped {
                return Err(Fault::of("0A000", &[word, " is not allowed with aggregate functions"]));
            }
            if from.iter().any(|(_, joined)| joined.left) {
                return Err(Fault::of("0A000", &[word, " cannot be applied to the nullable side of an outer join"]));
            }
        }
        let group = grouped.then_some(group);
        Ok(Query { from, filter, group, aggregates, items, order, limit, offset, lock: select.lock })
    }

    /// A table that can be named from now on: its place in the database.
    pub(super) fn known(&mut self, from: &From) -> Sql<usize> {
        let (place, table) = self.table(&from.table)?;
        let name = from.alias.clone().unwrap_or_else(|| table.name.clone());
        if self.level().tables.iter().any(|known| known.name == name) {
            return Err(Fault::of("42712", &["table name \"", &name, "\" specified more than once"]));
        }
        self.level().tables.push(Known { name, table });
        Ok(place)
    }

    /// What is shown, `*` spelled out.
    pub(super) fn items(&mut self, items: &[Item]) -> Sql<Vec<Shown>> {
        let mut found = Vec::new();
        for item in items {
            match item {
                Item::All(table, at) => {
                    let level = self.levels.len() - 1;
                    let tables = &self.levels[level].tables;
                    if table.is_none() && tables.is_empty() {
                        return self.error("42601", *at, &["SELECT * with no tables specified is not valid"]);
                    }
                    let fits = |known: &Known| table.as_ref().is_none_or(|table| known.name == *table);
                    let mut columns = Vec::new();
                    for (i, known) in tables.iter().enumerate().filter(|(_, known)| fits(known)) {
                        for (column, of) in known.table.columns.iter().enumerate() {
                            let value = Expr::Column(0, i, column);
                            columns.push(Shown { name: of.name.clone(), kind: of.kind, value });
                        }
                    }
                    if let (Some(table), true) = (table, columns.is_empty()) {
                        return self.missing_table(table, *at);
                    }
                    for shown in &columns {
                        if let Expr::Column(_, i, column) = shown.value {
                            self.level().loose.push((i, column, *at));
                        }
                    }
                    found.extend(columns);
                }
                Item::Value(node, name) => {
                    let typed = self.settled(node)?;
                    let name = name.clone().unwrap_or_else(|| label(node).unwrap_or("?column?".to_owned()));
                    found.push(Shown { name, kind: typed.kind, value: typed.expr });
                }
            }
        }
        Ok(found)
    }

    /// What is ordered or grouped by: something that is shown, by name or number, or any value. A column that is there
    /// comes before a name for `GROUP BY`, after it for `ORDER BY`.
    fn sorted(&mut self, node: &Node, items: &[Shown], clause: &str) -> Sql<Expr> {
        match &node.is {
            Is::Name(None, name) => {
                let own =
                    self.levels[self.levels.len() - 1].tables.iter().any(|known| known.table.column(name).is_some());
                if clause == "ORDER BY" || !own {
                    let mut found: Vec<&Expr> = items.iter().filter(|s| s.name == *name).map(|s| &s.value).collect();
                    found.dedup();
                    if found.len() > 1 {
                        return self.error("42702", node.at, &[clause, " \"", name, "\" is ambiguous"]);
                    }
                    if let Some(expr) = found.first() {
                        return Ok((*expr).clone());
                    }
                }
            }
            Is::Number(number) => {
                let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                return match place.and_then(|place| items.get(place)) {
                    Some(shown) => Ok(shown.value.clone()),
                    None => self.error("42P10", node.at, &[clause, " position ", number, " is not in select list"]),
                };
            }
            Is::Text(_) | Is::Null | Is::Bool(_) => {
                return self.error("42601", node.at, &["non-integer constant in ", clause]);
            }
            _ => {}
        }
        Ok(self.settled(node)?.expr)
    }

    /// Every column outside of an aggregate must be grouped by, or belong to a row whose primary key is.
    fn grouped(&self, group: &[Expr], loose: &[(usize, usize, usize)]) -> Sql<()> {
        let by = |i: usize, column: usize| {
            group.iter().any(|expr| matches!(expr, Expr::Column(0, t, c) if (*t, *c) == (i, column)))
        };
        let tables = &self.levels[self.levels.len() - 1].tables;
        for (i, column, at) in loose {
            let primary = tables[*i].table.primary();
            if by(*i, *column) || primary.is_some_and(|key| key.columns.iter().all(|column| by(*i, *column))) {
                continue;
            }
            let name = [tables[*i].name.as_str(), ".", &tables[*i].table.columns[*column].name].concat();
            let end = "\" must appear in the GROUP BY clause or be used in an aggregate function";
            return self.error("42803", *at, &["column \"", &name, end]);
        }
        Ok(())
    }

    fn count(&mut self, node: Option<&Node>, clause: &str) -> Sql<Option<Expr>> {
        let Some(node) = node else { return Ok(None) };
        let tables = core::mem::take(&mut self.level().tables);
        let found = self.expr(node);
        self.level().tables = tables;
        let typed = match found {
            Err(Fault::Error(error)) if error.code == "42703" => {
                return self.error("42P10", node.at, &["argument of ", clause, " must not contain variables"]);
            }
            other => other?,
        };
        match typed.kind {
            kind if kind.is_number() => Ok(Some(typed.expr)),
            Type::Unknown => Ok(Some(self.become_of(typed, Type::Bigint)?.expr)),
            kind => {
                let parts = ["argument of ", clause, " must be type bigint, not type ", &kind.plain()];
                self.error("42804", typed.at, &parts)
            }
        }
    }
}

/// The name of a column that has none given (`FigureColname`).
fn label(node: &Node) -> Option<String> {
    match &node.is {
        Is::Name(_, name) | Is::Call(name, _) => Some(name.clone()),
        Is::CountAll => Some("count".to_owned()),
        Is::Exists(_) => Some("exists".to_owned()),
        Is::Cast(value, kind) => label(value).or_else(|| Some(kind.internal().to_owned())),
        Is::Scalar(query) => match query.items.first() {
            Some(Item::Value(_, Some(name))) => Some(name.clone()),
            Some(Item::Value(node, None)) => label(node),
            _ => None,
        },
        _ => None,
    }
}
