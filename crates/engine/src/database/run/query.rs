//! Queries: the tables joined row by row, filtered, brought together, ordered, cut.

use super::super::error::{Fault, Sql};
use super::super::plan::{Aggregate, Expr, Query};
use super::super::types::Value;
use super::{Done, Grounds, Look, Rows, Work};
use core::cmp::Ordering;

/// A row that was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What is shown of it.
    pub values: Vec<Value>,
    /// What it is ordered by.
    keys: Vec<Value>,
    /// The version in each table that it was made of; none where a left join found nothing.
    pub versions: Vec<Option<usize>>,
}

impl Look<'_> {
    /// The rows of a query, at most so many of a query without an order.
    pub fn rows(&self, query: &Query, outer: Option<&Rows<'_>>, most: usize) -> Sql<Vec<Found>> {
        // Of nothing, nothing is worked out.
        let limit = self.count(query.limit.as_ref(), "LIMIT", "2201W", outer)?.unwrap_or(usize::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut joined: Vec<Vec<Option<usize>>> = Vec::new();
        self.join(query, outer, &mut Vec::new(), &mut joined)?;
        let mut found = Vec::new();
        match &query.group {
            Some(group) => self.groups(query, group, outer, &joined, &mut found)?,
            None => {
                let enough = query.order.is_empty() && query.limit.is_none() && query.offset.is_none();
                for versions in joined {
                    if enough && found.len() >= most {
                        break;
                    }
                    let rows = self.values(query, &versions);
                    let rows = Rows { rows: &rows, aggregates: &[], outer };
                    let (values, keys) = self.shown(query, &rows)?;
                    found.push(Found { values, keys, versions });
                }
            }
        }
        if !query.order.is_empty() {
            let order = |a: &Found, b: &Found| ordered(query, &a.keys, &b.keys);
            for end in 1..found.len() {
                let mut at = end;
                while at > 0 && order(&found[at - 1], &found[at]) == Ordering::Greater {
                    self.spend(1)?;
                    found.swap(at - 1, at);
                    at -= 1;
                }
            }
        }
        let offset = self.count(query.offset.as_ref(), "OFFSET", "2201X", outer)?.unwrap_or(0);
        found.drain(..offset.min(found.len()));
        found.truncate(limit);
        Ok(found)
    }

    fn count(
        &self,
        expr: Option<&Expr>,
        clause: &str,
        code: &'static str,
        outer: Option<&Rows<'_>>,
    ) -> Sql<Option<usize>> {
        let Some(expr) = expr else { return Ok(None) };
        let rows = Rows { rows: &[], aggregates: &[], outer };
        match self.eval(expr, &rows)? {
            Value::Int(number) if number < 0 => Err(Fault::of(code, &[clause, " must not be negative"])),
            Value::Int(number) => Ok(Some(number as usize)),
            _ => Ok(None),
        }
    }

    /// The values of the versions that make a joined row.
    fn values<'v>(&'v self, query: &Query, versions: &[Option<usize>]) -> Vec<&'v [Value]> {
        let value = |((table, _), version): (&(usize, _), &Option<usize>)| {
            version.map_or(&[][..], |version| &*self.base.tables[*table].versions[version].values)
        };
        query.from.iter().zip(versions).map(value).collect()
    }

    /// Every way to put one row of each table side by side that fits.
    fn join(
        &self,
        query: &Query,
        outer: Option<&Rows<'_>>,
        versions: &mut Vec<Option<usize>>,
        into: &mut Vec<Vec<Option<usize>>>,
    ) -> Sql<()> {
        self.spend(1)?;
        let Some((table, joined)) = query.from.get(versions.len()) else {
            let rows = self.values(query, versions);
            let rows = Rows { rows: &rows, aggregates: &[], outer };
            if self.fits(query.filter.as_ref(), &rows)? {
                into.push(versions.clone());
            }
            return Ok(());
        };
        let mut any = false;
        for (at, version) in self.base.tables[*table].versions.iter().enumerate() {
            self.spend(1)?;
            if !self.sight.sees(version) {
                continue;
            }
            versions.push(Some(at));
            let rows = self.values(query, versions);
            let rows = Rows { rows: &rows, aggregates: &[], outer };
            if self.fits(joined.on.as_ref(), &rows)? {
                any = true;
                self.join(query, outer, versions, into)?;
            }
            versions.pop();
        }
        if joined.left && !any {
            versions.push(None);
            self.join(query, outer, versions, into)?;
            versions.pop();
        }
        Ok(())
    }

    /// What is shown, and what is ordered by.
    fn shown(&self, query: &Query, rows: &Rows<'_>) -> Sql<(Vec<Value>, Vec<Value>)> {
        let mut values = Vec::new();
        for shown in &query.items {
            values.push(self.eval(&shown.value, rows)?);
        }
        let mut keys = Vec::new();
        for (by, ..) in &query.order {
            keys.push(self.eval(by, rows)?);
        }
        Ok((values, keys))
    }

    fn groups(
        &self,
        query: &Query,
        group: &[Expr],
        outer: Option<&Rows<'_>>,
        joined: &[Vec<Option<usize>>],
        into: &mut Vec<Found>,
    ) -> Sql<()> {
        // The groups in the order in which their first rows came.
        let mut groups: Vec<(Vec<Value>, Vec<usize>)> = Vec::new();
        for (at, versions) in joined.iter().enumerate() {
            let rows = self.values(query, versions);
            let rows = Rows { rows: &rows, aggregates: &[], outer };
            let mut key = Vec::new();
            for by in group {
                key.push(self.eval(by, &rows)?);
            }
            self.spend(groups.len())?;
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, members)) => members.push(at),
                None => groups.push((key, vec![at])),
            }
        }
        if group.is_empty() && groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for (_, members) in groups {
            let mut aggregates = Vec::new();
            for aggregate in &query.aggregates {
                aggregates.push(self.aggregate(query, aggregate, outer, joined, &members)?);
            }
            let first = members.first().map_or(&[][..], |first| &joined[*first]);
            let rows = self.values(query, first);
            let rows = Rows { rows: &rows, aggregates: &aggregates, outer };
            let (values, keys) = self.shown(query, &rows)?;
            into.push(Found { values, keys, versions: Vec::new() });
        }
        Ok(())
    }

    fn aggregate(
        &self,
        query: &Query,
        aggregate: &Aggregate,
        outer: Option<&Rows<'_>>,
        joined: &[Vec<Option<usize>>],
        members: &[usize],
    ) -> Sql<Value> {
        let Some(of) = &aggregate.of else { return Ok(Value::Int(members.len() as i64)) };
        let mut values = Vec::new();
        for member in members {
            let rows = self.values(query, &joined[*member]);
            let value = self.eval(of, &Rows { rows: &rows, aggregates: &[], outer })?;
            values.extend((!value.is_null()).then_some(value));
        }
        Ok(match aggregate.name {
            "count" => Value::Int(values.len() as i64),
            "min" => values.into_iter().reduce(Ord::min).unwrap_or(Value::Null),
            "max" => values.into_iter().reduce(Ord::max).unwrap_or(Value::Null),
            _ if values.is_empty() => Value::Null,
            _ => {
                let number = |value: &Value| if let Value::Int(number) = value { *number } else { 0 };
                let sum = values.iter().try_fold(0_i64, |sum, value| sum.checked_add(number(value)));
                sum.map(Value::Int).ok_or_else(|| Fault::of("22003", &["bigint out of range"]))?
            }
        })
    }
}

fn ordered(query: &Query, one: &[Value], other: &[Value]) -> Ordering {
    for ((a, b), (_, descending, nulls_first)) in one.iter().zip(other).zip(&query.order) {
        let order = match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => {
                if *nulls_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (false, true) => {
                if *nulls_first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            _ if *descending => b.cmp(a),
            _ => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

impl Work<'_> {
    /// A query, and the locks that it asks for.
    pub fn query(&mut self, query: &Query) -> Sql<Done> {
        let mut found = self.look().rows(query, None, usize::MAX)?;
        if let Some(lock) = query.lock {
            found = self.locked(query, found, lock)?;
        }
        let grounds = self.grounds(query, &found);
        let count = found.len();
        let rows = found.into_iter().map(|row| row.values).collect();
        Ok(Done { shown: query.items.clone(), rows, count, grounds })
    }

    /// Locks the rows that were found. What another transaction has changed meanwhile is looked at again.
    fn locked(&mut self, query: &Query, found: Vec<Found>, lock: super::super::tree::Lock) -> Sql<Vec<Found>> {
        let mut kept = Vec::new();
        for row in found {
            let mut versions = Vec::new();
            for ((table, _), version) in query.from.iter().zip(&row.versions) {
                let Some(version) = version else { continue };
                match self.newest(*table, *version, lock)? {
                    Some(newest) => versions.push(Some(newest)),
                    None => break,
                }
            }
            if versions.len() < query.from.len() {
                continue;
            }
            if versions == row.versions {
                kept.push((row, versions));
                continue;
            }
            let look = self.look();
            let rows = look.values(query, &versions);
            let rows = Rows { rows: &rows, aggregates: &[], outer: None };
            let mut fits = look.fits(query.filter.as_ref(), &rows)?;
            for (_, joined) in &query.from {
                fits &= look.fits(joined.on.as_ref(), &rows)?;
            }
            if fits {
                let (values, keys) = look.shown(query, &rows)?;
                kept.push((Found { values, keys, ..row }, versions));
            }
        }
        for (_, versions) in &kept {
            for ((table, _), version) in query.from.iter().zip(versions) {
                self.lock(*table, version.unwrap_or(0), lock);
            }
        }
        Ok(kept.into_iter().map(|(row, _)| row).collect())
    }

    /// What the result of a query rests on.
    fn grounds(&self, query: &Query, found: &[Found]) -> Option<Grounds> {
        let base = &self.cluster.bases[self.base];
        let (first, _) = query.from.first()?;
        let table = &base.tables[*first];
        match found {
            [] => Some(Grounds::NoRow(table.name.clone())),
            [row] if !row.versions.is_empty() => {
                let version = &table.versions[row.versions[0]?];
                Some(match &version.source {
                    Some(source) => Grounds::Line(source.clone()),
                    None => Grounds::Earlier(["a row of ", &table.name, " that was written earlier"].concat()),
                })
            }
            _ => Some(match &table.source {
                Some(source) => Grounds::Line(source.clone()),
                None => Grounds::Earlier(["the rows of ", &table.name].concat()),
            }),
        }
    }
}
