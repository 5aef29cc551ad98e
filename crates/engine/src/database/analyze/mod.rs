//! Names and types: from a statement as it is written to one that can be carried out (PostgreSQL 15 documentation,
//! chapter 10, "Type Conversion"; the words of errors are those of `parser/parse_relation.c`, `parse_coerce.c`,
//! `parse_oper.c` and `parse_target.c`).

mod change;
mod expressions;
mod names;
mod query;

use super::error::{Fault, Sql, SqlError};
use super::plan::{Change, Expr, Query};
use super::store::{Base, Table};
use super::tree::Statement;
use super::types::Type;

/// A statement that can be carried out.
pub enum Plan {
    /// A query.
    Query(Query),
    /// A change.
    Change(Change),
}

/// What names mean while a statement is read.
pub struct Analyzer<'a> {
    pub text: &'a str,
    pub base: &'a Base,
    /// The types of the parameters, as far as they are known.
    pub params: Vec<Type>,
    /// Whether there can be any: not in a simple query.
    pub open: bool,
    /// What is wrong with it and is looked at only when all names and types are right.
    pub later: Option<Fault>,
    /// The tables that can be named, the innermost query's last.
    pub levels: Vec<Level<'a>>,
}

/// The tables of one query.
#[derive(Default)]
pub struct Level<'a> {
    /// A table that is only suggested.
    pub hidden: Option<(String, &'a Table)>,
    pub tables: Vec<Known<'a>>,
    /// The aggregates that it asks for; none where it may not.
    pub aggregates: Option<Vec<super::plan::Aggregate>>,
    /// Where aggregates may not stand: in what.
    pub clause: &'static str,
    /// Whether an aggregate's own value is being read.
    pub inside: bool,
    /// The columns that stand outside of aggregates.
    pub loose: Vec<(usize, usize, usize)>,
}

/// A table that can be named.
pub struct Known<'a> {
    pub name: String,
    pub table: &'a Table,
}

/// An expression with its type, and where it begins.
#[derive(Clone)]
pub struct Typed {
    pub expr: Expr,
    pub kind: Type,
    pub at: usize,
}

/// Makes a query or a change of a statement, and says of which types its parameters are.
pub fn analyze(text: &str, base: &Base, statement: &Statement, params: Option<usize>) -> Sql<(Plan, Vec<Type>)> {
    let known = vec![Type::Unknown; params.unwrap_or(0)];
    let mut analyzer = Analyzer { text, base, params: known, open: params.is_some(), later: None, levels: Vec::new() };
    let plan = match statement {
        Statement::Select(select) => Plan::Query(analyzer.query(select)?),
        Statement::Insert(insert) => Plan::Change(analyzer.insert(insert)?),
        Statement::Update(update) => Plan::Change(analyzer.update(update)?),
        Statement::Delete(delete) => Plan::Change(analyzer.delete(delete)?),
        _ => return Err(Fault::not_modelled("this statement here")),
    };
    match analyzer.later {
        Some(fault) => Err(fault),
        None => Ok((plan, analyzer.params)),
    }
}

impl<'a> Analyzer<'a> {
    pub(super) fn error<T>(&self, code: &'static str, at: usize, parts: &[&str]) -> Sql<T> {
        Err(self.fault(code, at, parts))
    }

    pub(super) fn fault(&self, code: &'static str, at: usize, parts: &[&str]) -> Fault {
        Fault::error(SqlError::new(code, parts.concat()).at(self.text, at))
    }

    /// Something that is looked at last.
    pub(super) fn later(&mut self, fault: Fault) {
        self.later.get_or_insert(fault);
    }

    /// The same with a hint.
    pub(super) fn hinted<T>(&self, code: &'static str, at: usize, parts: &[&str], hint: &str) -> Sql<T> {
        Err(Fault::error(SqlError::new(code, parts.concat()).at(self.text, at).hint(hint)))
    }

    /// A table of the database.
    pub(super) fn table(&self, (name, at): &(String, usize)) -> Sql<(usize, &'a Table)> {
        match self.base.find(name) {
            Some(place) => Ok((place, &self.base.tables[place])),
            None if name.starts_with("pg_") || name == "information_schema" => {
                Err(Fault::NotModelled(["the catalog ", name].concat()))
            }
            None => self.error("42P01", *at, &["relation \"", name, "\" does not exist"]),
        }
    }

    pub(super) fn level(&mut self) -> &mut Level<'a> {
        self.levels.last_mut().expect("a query is being read")
    }
}
