//! A session: statements one after the other, and the transactions around them (PostgreSQL 15 documentation, sections 3.4,
//! 13.2 and 55.2).

mod rights;

use super::analyze::{Plan, analyze};
use super::error::{Fault, Sql, SqlError};
use super::plan::{How, Shown};
use super::read::parse;
use super::run::{Done, Grounds, Place, Work, change::writes};
use super::store::{Cluster, Sight, Table, Xid};
use super::tree::Statement;
use super::types::{Type, Value};
use core::cell::Cell;
use rights::permitted;
use std::sync::Arc;

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The role that it acts as.
    pub user: String,
    /// The database that it is connected to.
    pub base: String,
    /// How its transaction stands.
    pub block: Block,
    /// The transaction.
    work: Transaction,
    /// What has been done of a text of which a statement waits.
    resumed: Option<Resumed>,
}

/// How a session's transaction stands: the byte in `ReadyForQuery`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Block {
    /// None is open.
    #[default]
    Idle,
    /// One is open.
    Open,
    /// One is open and has failed.
    Failed,
}

impl Block {
    /// As the protocol writes it.
    pub const fn letter(self) -> char {
        match self {
            Self::Idle => 'I',
            Self::Open => 'T',
            Self::Failed => 'E',
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Transaction {
    /// Its number; 0 where it has written nothing.
    xid: Xid,
    /// How many statements it has carried out.
    number: u32,
    /// When it began.
    began: Option<i64>,
    /// Whether all of it sees the same.
    repeatable: bool,
    /// What it sees, where that is fixed.
    sight: Option<Sight>,
    /// The tables as they were before it defined something.
    tables: Option<Vec<Arc<Table>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Resumed {
    done: usize,
    parts: Vec<Part>,
    sight: Sight,
    implicit: bool,
}

/// One thing that the server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The columns of the rows that follow: names and types.
    Columns(Vec<(String, Type)>),
    /// A row, each value as text.
    Row(Vec<Option<String>>),
    /// A statement is done: its tag, and what it rests on.
    Complete(String, Option<Grounds>),
    /// There was no statement.
    Empty,
    /// A notice or a warning.
    Notice(Box<SqlError>),
    /// An error. Nothing of the text is carried out after it.
    Error(Box<SqlError>),
}

/// What came of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, or refused.
    Done(Vec<Part>),
    /// A statement waits for a transaction; the same text is to be given again when that one is over.
    Waits(Xid),
    /// It is not modelled: what.
    NotModelled(String),
}

/// What surrounds a text.
pub struct Around<'a> {
    /// When it is carried out.
    pub now: i64,
    /// Settings, for `SHOW`.
    pub settings: &'a dyn Fn(&str) -> Option<String>,
    /// Where the text stands in a document.
    pub place: Option<(&'a str, u32)>,
}

impl Session {
    /// A new session.
    pub fn new(user: &str, base: &str) -> Self {
        Self { user: user.to_owned(), base: base.to_owned(), ..Self::default() }
    }

    /// The transaction that it is in; 0 where that has written nothing.
    pub const fn xid(&self) -> Xid {
        self.work.xid
    }

    /// Whether a statement of it waits.
    pub const fn waits(&self) -> bool {
        self.resumed.is_some()
    }

    /// Carries a text out: with parameters one statement (the extended protocol), without any number (a simple query).
    pub fn execute(
        &mut self,
        cluster: &mut Cluster,
        text: &str,
        params: Option<&[Option<String>]>,
        around: &Around<'_>,
    ) -> Answer {
        let Resumed { done, mut parts, sight, mut implicit } = self.resumed.take().unwrap_or(Resumed {
            done: 0,
            parts: Vec::new(),
            sight: Sight::default(),
            implicit: false,
        });
        let statements = match parse(text) {
            Ok(statements) => statements,
            Err(fault) => return self.stopped(cluster, fault, parts),
        };
        if params.is_some() && statements.len() > 1 {
            let fault = Fault::of("42601", &["cannot insert multiple commands into a prepared statement"]);
            return self.stopped(cluster, fault, parts);
        }
        if statements.is_empty() {
            parts.push(Part::Empty);
            return Answer::Done(parts);
        }
        let mut seen = (done > 0 || sight.next > 0).then_some(sight);
        // Several statements in one text are one transaction, unless they say otherwise.
        let several = statements.len() > 1;
        for (i, (_, statement)) in statements.iter().enumerate().skip(done) {
            if several && self.block == Block::Idle && !implicit {
                implicit = true;
            }
            let sight = seen.take().filter(|sight| sight.next > 0);
            match self.statement(cluster, text, statement, params, around, implicit, sight) {
                Ok(mut said) => {
                    parts.append(&mut said);
                    if matches!(statement, Statement::Begin(..) | Statement::Commit | Statement::Rollback) {
                        implicit = false;
                    }
                }
                Err((Fault::Waits(xid), sight)) => {
                    self.resumed = Some(Resumed { done: i, parts, sight, implicit });
                    return Answer::Waits(xid);
                }
                Err((fault, _)) => return self.stopped(cluster, fault, parts),
            }
        }
        if implicit && self.block == Block::Idle {
            self.end(cluster, true);
        }
        Answer::Done(parts)
    }

    /// An error: the transaction is over, or has failed.
    fn stopped(&mut self, cluster: &mut Cluster, fault: Fault, mut parts: Vec<Part>) -> Answer {
        match fault {
            Fault::Error(error) => {
                self.fail(cluster);
                parts.push(Part::Error(error));
                Answer::Done(parts)
            }
            Fault::NotModelled(what) => {
                self.fail(cluster);
                Answer::NotModelled(what)
            }
            Fault::Waits(xid) => Answer::Waits(xid),
        }
    }

    fn fail(&mut self, cluster: &mut Cluster) {
        self.end(cluster, false);
        if self.block == Block::Open {
            self.block = Block::Failed;
        }
    }

    /// The transaction is over.
    fn end(&mut self, cluster: &mut Cluster, committed: bool) {
        let work = core::mem::take(&mut self.work);
        if let (false, Some(tables)) = (committed, work.tables)
            && let Some(base) = cluster.base(&self.base)
        {
            cluster.bases[base].tables = tables;
        }
        if work.xid > 0 {
            cluster.end(work.xid, committed);
        }
    }

    /// The session is over; what it has not committed is lost.
    pub fn close(&mut self, cluster: &mut Cluster) {
        self.end(cluster, false);
        self.block = Block::Idle;
        self.resumed = None;
    }

    #[allow(clippy::too_many_arguments, reason = "what a statement is carried out with, named once")]
    fn statement(
        &mut self,
        cluster: &mut Cluster,
        text: &str,
        statement: &Statement,
        params: Option<&[Option<String>]>,
        around: &Around<'_>,
        implicit: bool,
        resumed: Option<Sight>,
    ) -> Result<Vec<Part>, (Fault, Sight)> {
        let plain = |fault: Fault| (fault, Sight::default());
        let complete = |tag: &str| vec![Part::Complete(tag.to_owned(), None)];
        let warning = |code: &'static str, words: &str, tag: &str| {
            let warning = SqlError { severity: "WARNING", ..SqlError::new(code, words.to_owned()) };
            Ok(vec![Part::Notice(Box::new(warning)), Part::Complete(tag.to_owned(), None)])
        };
        match statement {
            Statement::Commit | Statement::Rollback if self.block == Block::Idle => {
                let commit = *statement == Statement::Commit;
                self.end(cluster, commit);
                return warning(
                    "25P01",
                    "there is no transaction in progress",
                    if commit { "COMMIT" } else { "ROLLBACK" },
                );
            }
            Statement::Commit | Statement::Rollback => {
                let good = *statement == Statement::Commit && self.block == Block::Open;
                self.end(cluster, good);
                self.block = Block::Idle;
                return Ok(complete(if good { "COMMIT" } else { "ROLLBACK" }));
            }
            _ if self.block == Block::Failed => {
                let words = "current transaction is aborted, commands ignored until end of transaction block";
                return Err(plain(Fault::of("25P02", &[words])));
            }
            Statement::Begin(tag, _) if self.block == Block::Open => {
                return warning("25001", "there is already a transaction in progress", tag);
            }
            Statement::Begin(tag, repeatable) => {
                self.block = Block::Open;
                self.work.began = self.work.began.or(Some(around.now));
                self.work.repeatable = *repeatable;
                return Ok(complete(tag));
            }
            Statement::Show(name) => {
                let value = match name.as_str() {
                    "transaction_isolation" if self.work.repeatable => Some("repeatable read".to_owned()),
                    "transaction_isolation" => Some("read committed".to_owned()),
                    name => (around.settings)(name),
                };
                let Some(value) = value else {
                    return Err(plain(Fault::of("42704", &["unrecognized configuration parameter \"", name, "\""])));
                };
                return Ok(vec![
                    Part::Columns(vec![(name.clone(), Type::Text)]),
                    Part::Row(vec![Some(value)]),
                    Part::Complete("SHOW".to_owned(), None),
                ]);
            }
            Statement::CreateDatabase(_) | Statement::DropDatabase(..) if self.block == Block::Open || implicit => {
                let what = if matches!(statement, Statement::CreateDatabase(_)) { "CREATE" } else { "DROP" };
                let words = if implicit {
                    [what, " DATABASE cannot be executed within a pipeline"].concat()
                } else {
                    [what, " DATABASE cannot run inside a transaction block"].concat()
                };
                return Err(plain(Fault::of("25001", &[&words])));
            }
            _ => {}
        }
        let Some(base) = cluster.base(&self.base) else {
            return Err(plain(Fault::not_modelled("a session whose database has been dropped")));
        };
        // What sees the same throughout keeps what it sees from being thrown away.
        if self.work.xid == 0 && (self.work.repeatable || writes(statement)) {
            self.work.xid = cluster.begin();
        }
        self.work.began = self.work.began.or(Some(around.now));
        let sight = match (&self.work.sight, resumed) {
            (Some(fixed), _) => Sight { own: self.work.xid, ..fixed.clone() },
            (None, Some(sight)) => sight,
            (None, None) => cluster.sight(self.work.xid),
        };
        if self.work.repeatable && self.work.sight.is_none() {
            self.work.sight = Some(sight.clone());
        }
        self.work.number += 1;
        let place = around.place.map(|(document, line)| Place { document, line, text });
        let done = self.carry(cluster, base, text, statement, params, around, &sight, place.as_ref());
        match done {
            Ok(parts) => {
                if self.block == Block::Idle && !implicit {
                    self.end(cluster, true);
                }
                Ok(parts)
            }
            Err(fault) => Err((fault, sight)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "see above")]
    fn carry(
        &mut self,
        cluster: &mut Cluster,
        base: usize,
        text: &str,
        statement: &Statement,
        params: Option<&[Option<String>]>,
        around: &Around<'_>,
        sight: &Sight,
        place: Option<&Place<'_>>,
    ) -> Sql<Vec<Part>> {
        let definition = !matches!(
            statement,
            Statement::Select(_) | Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_)
        );
        let (plan, values) = if definition {
            if let Some(given) = params.filter(|given| !given.is_empty()) {
                return Err(mismatch(given.len(), 0));
            }
            if self.work.tables.is_none() {
                self.work.tables = Some(cluster.bases[base].tables.clone());
            }
            (None, Vec::new())
        } else {
            let (plan, kinds) = analyze(text, &cluster.bases[base], statement, params.map(|_| 0))?;
            (Some(plan), bound(&kinds, params.unwrap_or(&[]))?)
        };
        let user = self.user.clone();
        let mut work = Work {
            cluster,
            base,
            sight: sight.clone(),
            own: self.work.xid,
            number: self.work.number,
            repeatable: self.work.repeatable,
            params: &values,
            now: self.work.began.unwrap_or(around.now),
            user: &user,
            spent: Cell::new(0),
            place,
        };
        let Some(plan) = plan else {
            let defined = work.define(text, statement);
            if matches!(defined, Err(Fault::Waits(_))) {
                work.undo(self.work.xid);
            }
            let (tag, notices) = defined?;
            let notices = notices.into_iter().map(|notice| Part::Notice(Box::new(notice)));
            return Ok(notices.chain([Part::Complete(tag.to_owned(), None)]).collect());
        };
        permitted(&work, &plan)?;
        let (done, tag) = match &plan {
            Plan::Query(query) => (work.query(query)?, "SELECT "),
            Plan::Change(change) => {
                let tag = match change.how {
                    How::Insert { .. } => "INSERT 0 ",
                    How::Update { .. } => "UPDATE ",
                    How::Delete { .. } => "DELETE ",
                };
                (work.change(change)?, tag)
            }
        };
        let rows = matches!(plan, Plan::Query(_)) || !done.shown.is_empty();
        Ok(said(done, tag, rows))
    }
}

/// What the server says of a result.
fn said(done: Done, tag: &str, rows: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    if rows {
        parts.push(Part::Columns(done.shown.into_iter().map(|Shown { name, kind, .. }| (name, kind)).collect()));
    }
    for row in done.rows {
        parts.push(Part::Row(row.iter().map(Value::text).collect()));
    }
    parts.push(Part::Complete([tag, &done.count.to_string()].concat(), done.grounds));
    parts
}

fn mismatch(given: usize, wanted: usize) -> Fault {
    let (given, wanted) = (given.to_string(), wanted.to_string());
    let parts = ["bind message supplies ", &given, " parameters, but prepared statement \"\" requires ", &wanted];
    Fault::of("08P01", &parts)
}

/// The values of the parameters.
fn bound(kinds: &[Type], given: &[Option<String>]) -> Sql<Vec<Value>> {
    if let Some(i) = kinds.iter().position(|kind| *kind == Type::Unknown) {
        return Err(Fault::of("42P18", &["could not determine data type of parameter $", &(i + 1).to_string()]));
    }
    if kinds.len() != given.len() {
        return Err(mismatch(given.len(), kinds.len()));
    }
    let mut values = Vec::new();
    for (i, (kind, text)) in kinds.iter().zip(given).enumerate() {
        let read = text.as_ref().map_or(Ok(Value::Null), |text| kind.read(text));
        values.push(match read {
            Err(Fault::Error(error)) => {
                let context = ["unnamed portal parameter $", &(i + 1).to_string(), " = '...'"].concat();
                return Err(Fault::error(SqlError { context: Some(context), ..*error }));
            }
            other => other?,
        });
    }
    Ok(values)
}
