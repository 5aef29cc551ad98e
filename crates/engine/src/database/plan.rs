//! A statement whose names have been looked up and whose types are known: what `analyze` makes and `run` carries out.

use super::tree::Lock;
use super::types::{Type, Value};

/// A value to be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A value.
    Value(Value),
    /// A text whose type is not known yet.
    Text(String),
    /// A parameter, counted from 0.
    Param(usize),
    /// A column: how many queries further out, the how-manieth table there, the how-manieth column.
    Column(usize, usize, usize),
    /// `NOT`.
    Not(Box<Self>),
    /// A number with the other sign.
    Minus(Box<Self>, Type),
    /// `AND`, or else `OR`.
    Logic(Box<Self>, bool, Box<Self>),
    /// A comparison.
    Compare(Box<Self>, &'static str, Box<Self>),
    /// Calculating with whole numbers.
    Sum(Box<Self>, &'static str, Box<Self>, Type),
    /// Moments and spans.
    Shift(Box<Self>, &'static str, Box<Self>),
    /// `||`.
    Concat(Box<Self>, Box<Self>),
    /// `LIKE`.
    Like(Box<Self>, Box<Self>),
    /// `IS NULL`, or not.
    IsNull(Box<Self>, bool),
    /// `IS TRUE` and its like.
    IsBool(Box<Self>, bool, bool),
    /// `IS DISTINCT FROM`, or not.
    Distinct(Box<Self>, Box<Self>, bool),
    /// `IN`, or not.
    In(Box<Self>, Vec<Self>, bool),
    /// `(SELECT …)` as a value.
    Scalar(Box<Query>),
    /// `EXISTS`.
    Exists(Box<Query>),
    /// `IN (SELECT …)`, or not.
    Among(Box<Self>, Box<Query>, bool),
    /// A cast.
    Cast(Box<Self>, Type),
    /// A text cut off after so many characters.
    Cut(Box<Self>, u32),
    /// A function.
    Call(Function, Vec<Self>),
    /// One of the query's aggregates.
    Aggregate(usize),
}

/// The functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `now()`.
    Now,
    /// `length(text)`.
    Length,
    /// `lower(text)`.
    Lower,
    /// `upper(text)`.
    Upper,
    /// `coalesce(…)`.
    Coalesce,
    /// `nullif(a, b)`.
    Nullif,
    /// `abs(number)`.
    Abs,
    /// `current_user`.
    User,
    /// `current_database()`.
    Database,
}

/// What is worked out from many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// `count`, `sum`, `min` or `max`.
    pub name: &'static str,
    /// Of what; none for `count(*)`.
    pub of: Option<Expr>,
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The tables: their places in the database, how each is joined.
    pub from: Vec<(usize, Joined)>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// Whether rows are brought together, and by what.
    pub group: Option<Vec<Expr>>,
    /// What is worked out from those that are brought together.
    pub aggregates: Vec<Aggregate>,
    /// What is shown.
    pub items: Vec<Shown>,
    /// In which order: value, descending, no value first.
    pub order: Vec<(Expr, bool, bool)>,
    /// `LIMIT`.
    pub limit: Option<Expr>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
    /// `FOR UPDATE` and its like.
    pub lock: Option<Lock>,
}

/// How a table is joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// `LEFT JOIN`.
    pub left: bool,
    /// `ON`.
    pub on: Option<Expr>,
}

/// Something that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The column's name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Its value.
    pub value: Expr,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table's place in the database.
    pub table: usize,
    /// What is changed.
    pub how: How,
    /// `RETURNING`.
    pub returning: Vec<Shown>,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// `INSERT`.
    Insert {
        /// The columns that are given.
        columns: Vec<usize>,
        /// Their values.
        rows: Rows,
        /// What happens where a key is there already.
        conflict: Option<OnConflict>,
    },
    /// `UPDATE`.
    Update {
        /// Columns and their new values.
        set: Sets,
        /// `WHERE`.
        filter: Option<Expr>,
    },
    /// `DELETE`.
    Delete {
        /// `WHERE`.
        filter: Option<Expr>,
    },
}

/// What is inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Values, each row with its place in the statement. No expression: the column's default.
    Values(Vec<(usize, Vec<Option<Expr>>)>),
    /// What a query finds.
    Query(Box<Query>),
}

/// Columns and their new values.
pub type Sets = Vec<(usize, Expr)>;

/// `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnConflict {
    /// The key that is meant; none for any.
    pub key: Option<usize>,
    /// What is set: the row that is there is table 0, the one that was to be inserted table 1.
    pub update: Option<(Sets, Option<Expr>)>,
}
