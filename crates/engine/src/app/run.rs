//! A handler, followed statement by statement for one request. It stops at every `await` that something outside has to
//! answer, and goes on where it was: between the two, other requests may be served and change what it shares with them.

mod end;
mod statement;
mod wait;

use super::eval::{Fault, Local, Scope};
use super::grpc::Reply;
use super::live::Heard;
use super::pool::Got;
use super::push::Push;
use super::respond::Draft;
use super::values::bare;
use super::{App, Expression, Served, Statement, Target};
use crate::literal::Value;
use crate::message::{Request, Response};
use crate::problem::Source;
use crate::time::Micros;

/// How many timers one request may set.
const MOST_TIMERS: usize = 64;

/// How deeply functions may call each other.
const MOST_CALLS: usize = 32;

/// Node.js closes an idle connection after five seconds (`server.keepAliveTimeout`).
const IDLE: Micros = Micros::seconds(5);

/// What a handler waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// A query: of a pool, or of a client that was taken out of one.
    Query {
        /// The pool, by its place in the script.
        pool: Option<usize>,
        /// The client.
        client: Option<u32>,
        /// The text.
        text: String,
        /// The parameters.
        params: Vec<Option<String>>,
        /// The line.
        source: Source,
    },
    /// A client of a pool.
    Connect {
        /// The pool.
        pool: usize,
        /// The line.
        source: Source,
    },
    /// A push message, handed to the push service.
    Push {
        /// What, and to whom.
        push: Push,
        /// The line.
        source: Source,
    },
    /// Nothing: a client goes back to its pool.
    Release {
        /// The client.
        client: u32,
        /// Whether its connection is thrown away.
        broken: bool,
        /// The line.
        source: Source,
    },
    /// That it is so late, since the request came.
    Until(Micros),
    /// Nothing more: this came of it.
    Over(Box<Served>),
}

/// Why a handler stops before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Fault(Fault, Source),
    Exit(String, Source),
    /// The request goes to Express's own error handler.
    Next(Value, Source),
}

/// What goes on when a `finally` is over, or when a function ends.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    Go,
    Return(Local),
    Throw(Value, Source),
}

/// What is being carried out, the innermost last.
enum Frame<'a> {
    /// Statements, and how many names were known before them.
    Block { of: &'a [Statement], at: usize, known: usize },
    /// The block above is inside a `try`.
    Try { catch: Option<&'a (Option<String>, Vec<Statement>)>, last: &'a [Statement], known: usize },
    /// The block above is the body of a loop: what it is for next, the last first, and how many names were known before it.
    Each { name: &'a str, body: &'a [Statement], rest: Vec<Value>, known: usize },
    /// The block above is a `finally`.
    Last { then: Then },
    /// The block above is a function's: the caller's names, and where the value goes.
    Call { locals: Vec<(String, Local)>, into: &'a Target },
}

/// The statements that a timer runs: when, with which names, and which they are.
type Timer<'a> = (Micros, Vec<(String, Local)>, &'a [Statement]);

/// A handler that is being followed.
pub struct Run<'a> {
    pub(super) scope: Scope<'a>,
    app: &'a App,
    draft: Draft,
    request: &'a Request,
    /// Whether Node.js runs it for production, where pages of errors say nothing.
    production: bool,
    asynchronous: bool,
    /// What time it is since the request came.
    pub(super) now: Micros,
    stack: Vec<Frame<'a>>,
    /// Where the value goes that is awaited.
    into: &'a Target,
    /// The line of the `await`.
    waits: Option<Source>,
    /// Until when the handler itself does nothing.
    pause: Option<Micros>,
    timers: Vec<Timer<'a>>,
    /// Whether it is a timer that runs.
    timed: bool,
    /// The first answer, when it was made and by which line.
    answer: Option<(Response, Micros, Source)>,
    /// What has been written of an answer, when first, and by which line.
    written: Option<(String, Micros, Source)>,
    /// What has been done with the open socket that the handler is about, if it is.
    pub(super) socket: Option<Heard>,
    /// Whether what the handler returns is its answer.
    pub(super) gives: bool,
    /// The reply to a call of gRPC, when it was made and by which line.
    pub(super) reply: Option<(Reply, Micros, Source)>,
}

impl<'a> Run<'a> {
    /// A handler at its beginning.
    pub fn new(scope: Scope<'a>, request: &'a Request, handler: &'a [Statement], asynchronous: bool) -> Self {
        let app = scope.app;
        let production = scope.env.and_then(|env| env("NODE_ENV")).as_deref() == Some("production");
        let stack = [handler, &app.headers].map(|of| Frame::Block { of, at: 0, known: 0 });
        Self {
            scope,
            app,
            draft: Draft::default(),
            request,
            production,
            asynchronous,
            now: Micros::ZERO,
            stack: stack.into(),
            into: &Target::Nowhere,
            waits: None,
            pause: None,
            timers: Vec::new(),
            timed: false,
            answer: None,
            written: None,
            socket: None,
            gives: false,
            reply: None,
        }
    }

    /// A handler of something else than a request of HTTP, at its beginning. Its names stay when it is over.
    pub(super) fn alone(scope: Scope<'a>, request: &'a Request, body: &'a [Statement]) -> Self {
        let mut run = Self::new(scope, request, &[], false);
        run.stack = vec![Frame::Block { of: body, at: 0, known: usize::MAX }];
        run
    }

    /// Follows it to its end, with what its timers do. It can wait for nothing but time.
    pub(super) fn finish_alone(&mut self) -> Result<(), Stop> {
        loop {
            match self.advance()? {
                None => return Ok(()),
                Some(Want::Until(moment)) => self.now = self.now.max(moment),
                Some(_) => {
                    let what = Fault::NotModelled("asking the database outside of a request of HTTP".to_owned());
                    return Err(Stop::Fault(what, self.waits.take().unwrap_or_default()));
                }
            }
        }
    }

    /// A function of the script that a timer runs, at its beginning. It has no request.
    pub fn function(scope: Scope<'a>, request: &'a Request, body: &'a [Statement]) -> Self {
        let mut run = Self::new(scope, request, body, true);
        run.stack = vec![Frame::Block { of: body, at: 0, known: 0 }];
        run
    }

    /// What the process holds in memory, which the handler may look at and change until it stops again.
    pub fn memory(&mut self) -> &mut Vec<(String, Value)> {
        &mut self.scope.memory
    }

    /// Goes on: with what was awaited, and what time it is since the request came.
    pub fn resume(&mut self, got: Got, now: Micros) -> Want {
        self.now = self.now.max(now);
        let into = core::mem::replace(&mut self.into, &Target::Nowhere);
        let source = self.waits.take().unwrap_or_default();
        match got {
            Got::Nothing => {}
            Got::Client(pid) => {
                if let Err(fault) = self.put(into, Local::Client(pid)) {
                    return self.ended(Stop::Fault(fault, source));
                }
            }
            Got::Value(value) => {
                if let Err(fault) = self.put(into, Local::Value(value)) {
                    return self.ended(Stop::Fault(fault, source));
                }
            }
            Got::Error(error) => {
                if let Err(stop) = self.unwind(Then::Throw(error, source)) {
                    return self.ended(stop);
                }
            }
        }
        self.go()
    }

    /// Goes on until something outside is needed.
    fn go(&mut self) -> Want {
        match self.advance() {
            Ok(Some(want)) => want,
            Ok(None) => Want::Over(Box::new(self.served())),
            Err(stop) => self.ended(stop),
        }
    }

    /// Goes on until something outside is needed; none where nothing is left to do.
    fn advance(&mut self) -> Result<Option<Want>, Stop> {
        loop {
            // A timer that is due comes before what waits longer.
            crate::text::sort(&mut self.timers, |(at, ..)| *at);
            let due = self.timers.first().map(|(at, ..)| *at);
            if let Some(pause) = self.pause {
                match due.filter(|due| *due < pause) {
                    Some(due) if due > self.now => return Ok(Some(Want::Until(due))),
                    Some(_) => {
                        self.timer()?;
                        continue;
                    }
                    None if pause > self.now => return Ok(Some(Want::Until(pause))),
                    None => self.pause = None,
                }
            }
            if let Some(want) = self.step()? {
                return Ok(Some(want));
            }
            if self.stack.is_empty() {
                match due {
                    None => return Ok(None),
                    Some(due) if due > self.now => {
                        self.pause = Some(due + Micros(1));
                        return Ok(Some(Want::Until(due)));
                    }
                    Some(_) => self.timer()?,
                }
            }
        }
    }

    /// What a timer runs. It may not wait for anything itself.
    fn timer(&mut self) -> Result<(), Stop> {
        let (_, locals, body) = self.timers.remove(0);
        let locals = core::mem::replace(&mut self.scope.locals, locals);
        let own = core::mem::take(&mut self.stack);
        self.timed = true;
        self.stack.push(Frame::Block { of: body, at: 0, known: self.scope.locals.len() });
        while !self.stack.is_empty() {
            let done = self.step();
            if let (Ok(Some(_)), Some(source)) | (Ok(None), Some(source)) = (&done, self.waits.clone()) {
                return Err(Stop::Fault(Fault::NotModelled("await in a timer".to_owned()), source));
            }
            done?;
        }
        self.timed = false;
        self.stack = own;
        self.scope.locals = locals;
        Ok(())
    }

    /// One statement, or the end of a block.
    fn step(&mut self) -> Result<Option<Want>, Stop> {
        match self.stack.last_mut() {
            None => Ok(None),
            Some(Frame::Block { of, at, .. }) if *at < of.len() => {
                let statement = &of[*at];
                *at += 1;
                match self.one(statement) {
                    Err(Stop::Fault(Fault::Throws(error), source)) => {
                        self.unwind(Then::Throw(error, source))?;
                        Ok(None)
                    }
                    other => other,
                }
            }
            Some(Frame::Block { known, .. }) => {
                let known = *known;
                self.scope.locals.truncate(known);
                self.stack.pop();
                Ok(None)
            }
            Some(_) => {
                match self.stack.pop() {
                    Some(Frame::Try { last, known, .. }) => self.enter_last(last, known, Then::Go),
                    Some(Frame::Each { name, body, mut rest, known }) => {
                        self.scope.locals.truncate(known);
                        if let Some(next) = rest.pop() {
                            self.stack.push(Frame::Each { name, body, rest, known });
                            self.scope.locals.push((name.to_owned(), Local::Value(next)));
                            self.enter(body);
                        }
                    }
                    Some(Frame::Last { then }) => self.unwind(then)?,
                    Some(Frame::Call { locals, into }) => {
                        self.scope.locals = locals;
                        self.put(into, Local::Value(bare("undefined")))
                            .map_err(|fault| Stop::Fault(fault, Source::default()))?;
                    }
                    _ => {}
                }
                Ok(None)
            }
        }
    }

    fn enter(&mut self, of: &'a [Statement]) {
        let known = self.scope.locals.len();
        self.stack.push(Frame::Block { of, at: 0, known });
    }

    fn enter_last(&mut self, last: &'a [Statement], known: usize, then: Then) {
        self.scope.locals.truncate(known);
        if !last.is_empty() || then != Then::Go {
            self.stack.push(Frame::Last { then });
            self.enter(last);
        }
    }

    /// Leaves what is being carried out, as far as a `catch`, a `finally` or the end of a function.
    fn unwind(&mut self, then: Then) -> Result<(), Stop> {
        if then == Then::Go {
            return Ok(());
        }
        while let Some(frame) = self.stack.pop() {
            match (frame, &then) {
                (Frame::Block { known, .. } | Frame::Each { known, .. }, _) => self.scope.locals.truncate(known),
                (Frame::Try { catch: Some((name, body)), last, known }, Then::Throw(error, _)) => {
                    self.scope.locals.truncate(known);
                    self.stack.push(Frame::Try { catch: None, last, known });
                    self.enter(body);
                    if let Some(name) = name {
                        self.scope.locals.push((name.clone(), Local::Value(error.clone())));
                    }
                    return Ok(());
                }
                (Frame::Try { last, known, .. }, _) if !last.is_empty() => {
                    self.enter_last(last, known, then);
                    return Ok(());
                }
                (Frame::Try { known, .. }, _) => self.scope.locals.truncate(known),
                // What a `finally` itself throws or returns takes the place of what it interrupted.
                (Frame::Last { .. }, _) => {}
                (Frame::Call { locals, into }, Then::Return(value)) => {
                    self.scope.locals = locals;
                    return self.put(into, value.clone()).map_err(|fault| Stop::Fault(fault, Source::default()));
                }
                (Frame::Call { locals, .. }, _) => self.scope.locals = locals,
            }
        }
        match then {
            Then::Throw(error, source) => Err(Stop::Fault(Fault::Throws(error), source)),
            _ => Ok(()),
        }
    }

    /// A number of milliseconds; Node.js takes 1 for what is less, and for what is no number.
    pub(super) fn delay(&mut self, delay: &Expression) -> Result<Micros, Fault> {
        let value = self.scope.value(delay)?;
        let number = value.text().and_then(|text| text.parse::<u64>().ok()).filter(|n| *n <= 2_147_483_647);
        Ok(Micros::millis(number.unwrap_or(1).max(1)))
    }

    /// Whether it is still the handler itself that runs, and not an async one.
    const fn is_main_sync(&self) -> bool {
        !self.asynchronous && self.now.0 == 0
    }
}
