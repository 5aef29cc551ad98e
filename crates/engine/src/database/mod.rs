//! The database: PostgreSQL 15, as far as an application like the course's needs it.
//!
//! It is a leaf: it takes a text, values and a moment, and returns rows or an error with its SQLSTATE in PostgreSQL's own
//! words. It knows neither time nor trace.
//!
//! Reading order: [`tokens`] and [`read`] make a statement of a text, `analyze` looks its names up and finds its types
//! ([`plan`]), `run` carries it out on what is kept ([`store`]), [`session`] knows transactions. [`server`] is the
//! program around them, with its settings ([`conf`]), connections and log; [`protocol`] is what travels.
//!
//! It refuses: whatever is real and not modelled says so by name. There are no fractions, no dates without a time, no
//! arrays and no JSON, no subqueries in FROM, no views, functions, triggers, savepoints, and no planner: rows come in the
//! order in which they were written, unless a query says otherwise.

mod analyze;
pub mod conf;
pub mod error;
pub mod log;
pub mod plan;
pub mod protocol;
pub mod read;
mod run;
pub mod server;
pub mod session;
pub mod store;
pub mod tokens;
pub mod tree;
pub mod types;

use analyze::{Analyzer, Known, Level};
use error::{Fault, Sql, SqlError};
use plan::Expr;
use store::{Base, Table};
use tree::Node;
use types::Type;

pub use run::{Grounds, Place};

fn alone<'a>(text: &'a str, base: &'a Base, clause: &'static str) -> Analyzer<'a> {
    let levels = vec![Level { clause, ..Level::default() }];
    Analyzer { text, base, params: Vec::new(), open: false, later: None, levels }
}

/// A default: an expression that looks at no table.
fn constant(base: &Base, node: &Node, kind: Type) -> Sql<Expr> {
    let mut analyzer = alone("", base, "DEFAULT expressions");
    let typed = analyzer.expr(node)?;
    analyzer.assigned(typed, "", kind)
}

/// Whether a default can be one.
fn default_fits(base: &Base, text: &str, node: &Node, column: &str, kind: Type) -> Sql<()> {
    let mut analyzer = alone(text, base, "DEFAULT expressions");
    let typed = analyzer.expr(node)?;
    let from = typed.kind;
    match analyzer.assigned(typed, column, kind) {
        Ok(_) => Ok(()),
        Err(Fault::Error(error)) if error.code == "42804" => {
            let parts = [
                "column \"",
                column,
                "\" is of type ",
                &kind.word(),
                " but default expression is of type ",
                &from.plain(),
            ];
            let hint = "You will need to rewrite or cast the expression.";
            Err(Fault::error(SqlError::new("42804", parts.concat()).hint(hint)))
        }
        Err(other) => Err(other),
    }
}

/// A condition on the rows of a table.
fn condition(base: &Base, table: &str, node: &Node) -> Sql<Expr> {
    match base.find(table) {
        Some(at) => condition_in("", &base.tables[at], node),
        None => Err(Fault::not_modelled("a condition on a table that is not there")),
    }
}

/// The same for a table that is being made.
fn condition_in(text: &str, table: &Table, node: &Node) -> Sql<Expr> {
    let base = Base::new(String::new(), String::new());
    let mut analyzer = alone(text, &base, "check constraints");
    analyzer.levels[0].tables.push(Known { name: table.name.clone(), table });
    analyzer.truth(node, "CHECK")
}
