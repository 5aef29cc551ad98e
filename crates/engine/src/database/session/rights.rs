//! Whether a role may do what a statement does to its tables.

use crate::database::analyze::Plan;
use crate::database::error::{Fault, Sql};
use crate::database::plan::{Change, Expr, How, Query, Rows};
use crate::database::run::Work;

/// Whether the role may use the tables as a plan does.
pub(super) fn permitted(work: &Work<'_>, plan: &Plan) -> Sql<()> {
    let mut wanted: Vec<(usize, &str)> = Vec::new();
    match plan {
        Plan::Query(query) => needs(query, &mut wanted),
        Plan::Change(Change { table, how, returning }) => {
            let (verb, reads) = match how {
                How::Insert { rows, conflict, .. } => {
                    if let Rows::Query(query) = rows {
                        needs(query, &mut wanted);
                    }
                    let update = conflict.as_ref().is_some_and(|conflict| conflict.update.is_some());
                    if update {
                        wanted.push((*table, "update"));
                    }
                    ("insert", update || conflict.as_ref().is_some_and(|conflict| conflict.key.is_some()))
                }
                How::Update { filter, set } => {
                    let constant = |(_, value): &(usize, Expr)| matches!(value, Expr::Value(_) | Expr::Param(_));
                    ("update", filter.is_some() || !set.iter().all(constant))
                }
                How::Delete { filter } => ("delete", filter.is_some()),
            };
            wanted.push((*table, verb));
            if reads || !returning.is_empty() {
                wanted.push((*table, "select"));
            }
        }
    }
    let superuser = work.cluster.role(work.user).is_some_and(|role| role.superuser);
    for (table, privilege) in wanted {
        let table = work.table(table);
        let granted = |(granted, role): &(String, String)| {
            (granted == privilege || granted == "all") && (role == work.user || role == "public")
        };
        if !superuser && table.owner != work.user && !table.grants.iter().any(granted) {
            return Err(Fault::of("42501", &["permission denied for table ", &table.name]));
        }
    }
    Ok(())
}

/// The tables that a query reads, those of the queries in it among them.
pub(super) fn needs(query: &Query, into: &mut Vec<(usize, &'static str)>) {
    for (table, _) in &query.from {
        into.push((*table, "select"));
        if query.lock.is_some() {
            into.push((*table, "update"));
        }
    }
    let own = query.items.iter().map(|shown| &shown.value).chain(&query.filter);
    let joins = query.from.iter().filter_map(|(_, joined)| joined.on.as_ref());
    own.chain(joins).chain(query.order.iter().map(|(by, ..)| by)).for_each(|expr| inner(expr, into));
}

pub(super) fn inner(expr: &Expr, into: &mut Vec<(usize, &'static str)>) {
    match expr {
        Expr::Scalar(query) | Expr::Exists(query) => needs(query, into),
        Expr::Among(value, query, _) => {
            inner(value, into);
            needs(query, into);
        }
        Expr::Not(a)
        | Expr::Minus(a, _)
        | Expr::IsNull(a, _)
        | Expr::IsBool(a, ..)
        | Expr::Cast(a, _)
        | Expr::Cut(a, _) => {
            inner(a, into);
        }
        Expr::Logic(a, _, b)
        | Expr::Compare(a, _, b)
        | Expr::Sum(a, _, b, _)
        | Expr::Shift(a, _, b)
        | Expr::Concat(a, b)
        | Expr::Like(a, b)
        | Expr::Distinct(a, b, _) => {
            inner(a, into);
            inner(b, into);
        }
        Expr::In(a, list, _) => {
            inner(a, into);
            list.iter().for_each(|item| inner(item, into));
        }
        Expr::Call(_, list) => list.iter().for_each(|item| inner(item, into)),
        _ => {}
    }
}
