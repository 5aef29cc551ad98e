//! Carries a plan out. A statement that has to wait for another transaction leaves nothing behind and is carried out again
//! when that one is over, with what it saw before.

pub mod change;
pub mod define;
mod eval;
mod keys;
mod query;

use super::error::{Fault, Sql};
use super::plan::Shown;
use super::store::{Base, Cluster, Sight, Xid};
use super::types::Value;
use crate::problem::Source;
use core::cell::Cell;

/// How much one statement may look at.
const MOST: usize = 300_000;

/// How many rows a table may have.
pub const ROWS: usize = 20_000;

/// What a statement may look at.
pub struct Look<'a> {
    pub base: &'a Base,
    pub sight: &'a Sight,
    /// The values of the parameters.
    pub params: &'a [Value],
    /// When the transaction began.
    pub now: i64,
    pub user: &'a str,
    pub spent: &'a Cell<usize>,
}

/// The rows at hand: of each table of a query one, and those of the queries around it.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub rows: &'a [&'a [Value]],
    pub aggregates: &'a [Value],
    pub outer: Option<&'a Rows<'a>>,
}

/// What a statement does its work with.
pub struct Work<'a> {
    pub cluster: &'a mut Cluster,
    pub base: usize,
    pub sight: Sight,
    pub own: Xid,
    /// The how-manieth statement of its transaction it is.
    pub number: u32,
    /// Whether the whole transaction sees the same.
    pub repeatable: bool,
    pub params: &'a [Value],
    pub now: i64,
    pub user: &'a str,
    pub spent: Cell<usize>,
    /// Where the text of the statement stands, if it stands in a document.
    pub place: Option<&'a Place<'a>>,
}

/// Where a statement stands in a document.
pub struct Place<'a> {
    /// The document.
    pub document: &'a str,
    /// The line on which it begins.
    pub line: u32,
    /// Its text.
    pub text: &'a str,
}

impl Place<'_> {
    /// The line of a byte of it.
    pub fn source(&self, byte: usize) -> Source {
        let before = self.text.get(..byte).unwrap_or(self.text);
        Source::new(self.document, self.line + before.matches('\n').count() as u32)
    }
}

/// What came of a query or a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The columns that are shown; none where nothing is.
    pub shown: Vec<Shown>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
    /// How many rows were found or changed.
    pub count: usize,
    /// What it rests on.
    pub grounds: Option<Grounds>,
}

/// What a result rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// A line: of a row, a table, a constraint.
    Line(Source),
    /// No such row in a table.
    NoRow(String),
    /// What has been done before, in words.
    Earlier(String),
}

impl Look<'_> {
    pub fn spend(&self, amount: usize) -> Sql<()> {
        self.spent.set(self.spent.get() + amount);
        if self.spent.get() > MOST { Err(Fault::not_modelled("a statement that looks at so much")) } else { Ok(()) }
    }
}

impl Work<'_> {
    pub fn look(&self) -> Look<'_> {
        Look {
            base: &self.cluster.bases[self.base],
            sight: &self.sight,
            params: self.params,
            now: self.now,
            user: self.user,
            spent: &self.spent,
        }
    }

    /// Whether another transaction has not ended.
    pub fn busy(&self, xid: Xid) -> bool {
        xid != self.own && self.cluster.active.contains(&xid)
    }
}
