//! A handler, followed statement by statement for one request. It stops at every `await` that something outside has to
//! answer, and goes on where it was: between the two, other requests may be served and change what it shares with them.

use super::eval::{Fault, Local, Scope, throws};
use super::grpc::Reply;
use super::live::Heard;
use super::pool::{self, Got};
use super::push::{self, Push};
use super::respond::{self, Draft};
use super::values::{bare, stack, truthy};
use super::{Act, Answer, App, Awaited, End, Expression, Served, Statement, Target};
use crate::literal::{Data, Value};
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

    /// Puts a value where it is to go.
    fn put(&mut self, into: &'a Target, value: Local) -> Result<(), Fault> {
        match into {
            Target::Nowhere => {}
            Target::Name(name) => self.scope.locals.push((name.clone(), value)),
            Target::Fields(fields) => self.fields(fields, &value)?,
            Target::Assign(name) => match self.scope.locals.iter_mut().rev().find(|(known, _)| known == name) {
                Some((_, local)) => *local = value,
                None => return Err(Fault::NotModelled("awaiting into the script's own data".to_owned())),
            },
        }
        Ok(())
    }

    fn fields(&mut self, fields: &[(String, String)], value: &Local) -> Result<(), Fault> {
        let value = self.scope.seen(value)?.into_owned();
        if let Data::Bare(word) = &value.data
            && matches!(word.as_str(), "undefined" | "null")
        {
            let words = ["Cannot destructure property '", &fields[0].0, "' of '", word, "' as it is ", word, "."];
            return Err(throws("TypeError", &words.concat()));
        }
        for (field, name) in fields {
            let found = value.get(field).cloned().unwrap_or_else(|| bare("undefined"));
            self.scope.locals.push((name.clone(), Local::Value(found)));
        }
        Ok(())
    }

    fn one(&mut self, statement: &'a Statement) -> Result<Option<Want>, Stop> {
        let source = &statement.source;
        let fault = |fault| Stop::Fault(fault, source.clone());
        let mut value = Local::Value(bare("undefined"));
        match &statement.act {
            Act::Let(name, of) => {
                let found = self.scope.local(of).map_err(fault)?;
                self.scope.locals.push((name.clone(), found));
            }
            Act::Fields(fields, of) => {
                let found = self.scope.local(of).map_err(fault)?;
                self.fields(fields, &found).map_err(fault)?;
            }
            Act::Do(of)
                if self.gives && statement.returns && !self.within(|frame| matches!(frame, Frame::Call { .. })) =>
            {
                let found = self.scope.value(of).map_err(fault)?;
                self.give(found, source).map_err(fault)?;
            }
            Act::Do(of) => value = self.scope.local(of).map_err(fault)?,
            Act::If(condition, then, otherwise) => {
                let branch = if truthy(&self.scope.value(condition).map_err(fault)?) { then } else { otherwise };
                if statement.returns {
                    // The branch first.
                    self.stack.push(Frame::Last { then: Then::Return(value) });
                    self.enter(branch);
                    return Ok(None);
                }
                self.enter(branch);
            }
            Act::Try(body, catch, last) => {
                let known = self.scope.locals.len();
                self.stack.push(Frame::Try { catch: catch.as_ref(), last, known });
                self.enter(body);
            }
            Act::Each(name, list, body) => {
                let found = self.scope.value(list).map_err(fault)?;
                let Data::List(mut rest) = found.data else {
                    let Expression::Name(of, _) = list else {
                        return Err(fault(Fault::NotModelled("a loop over anything but a list".to_owned())));
                    };
                    return Err(fault(throws("TypeError", &[of, " is not iterable"].concat())));
                };
                rest.reverse();
                self.stack.push(Frame::Each { name, body, rest, known: self.scope.locals.len() });
            }
            Act::Await(into, awaited) => return self.wait(into, awaited, source),
            Act::Release(name, lenient, broken) => return self.release(name, *lenient, *broken, source).map_err(fault),
            Act::Header(..) | Act::Status(_) if self.written.is_some() => {
                let what = "a header after a part of the answer has been written";
                return Err(fault(Fault::NotModelled(what.to_owned())));
            }
            Act::Header(name, of, express) => {
                let (name, of) = (self.scope.value(name).map_err(fault)?, self.scope.value(of).map_err(fault)?);
                if let (Some(name), Some(of)) = (name.text(), of.text()) {
                    self.draft.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    let of = if *express { respond::with_charset(name, of) } else { of.to_owned() };
                    self.draft.headers.push((name.to_owned().into(), of.into()));
                }
            }
            Act::Status(code) => {
                let code = self.scope.value(code).map_err(fault)?;
                let number = code.text().and_then(|text| text.parse().ok()).filter(|code| (100..1000).contains(code));
                let invalid =
                    || throws("RangeError", &["Invalid status code: ", code.text().unwrap_or("object")].concat());
                self.draft.status = Some(number.ok_or_else(|| fault(invalid()))?);
            }
            Act::Answer(..) | Act::Write(_) if self.socket.is_some() => {
                return Err(fault(Fault::NotModelled("an HTTP answer on a WebSocket".to_owned())));
            }
            Act::Answer(answer, of) => {
                let of = of.as_ref().map(|of| self.scope.local(of)).transpose().map_err(fault)?;
                let of = of.as_ref().map(|of| self.scope.seen(of)).transpose().map_err(fault)?;
                if self.answer.is_some() {
                    return Err(fault(Fault::NotModelled("a second answer to one request".to_owned())));
                }
                if of.as_deref().is_some_and(|of| stack(of).is_some()) {
                    return Err(fault(Fault::NotModelled("an error as an answer".to_owned())));
                }
                let draft = core::mem::take(&mut self.draft);
                let response = match (self.written.take(), answer) {
                    (None, _) => draft.finish(*answer, of.as_deref(), self.request),
                    (Some((text, ..)), Answer::End) => {
                        let rest = of.as_deref().and_then(Value::text).filter(|text| *text != "undefined");
                        draft.plain([&text, rest.unwrap_or("")].concat(), self.request, false)
                    }
                    (Some(_), _) => {
                        let what = "another answer after a part of one has been written";
                        return Err(fault(Fault::NotModelled(what.to_owned())));
                    }
                };
                self.answer = Some((response, self.now, source.clone()));
            }
            Act::Write(of) => {
                let of = self.scope.value(of).map_err(fault)?;
                let Some(text) = of.text().filter(|_| matches!(of.data, Data::Text(_)) && self.answer.is_none()) else {
                    let what = "res.write() with anything but a text, or after the end";
                    return Err(fault(Fault::NotModelled(what.to_owned())));
                };
                self.written.get_or_insert((String::new(), self.now, source.clone())).0.push_str(text);
            }
            Act::Later(delay, body) => {
                let delay = self.delay(delay).map_err(fault)?;
                if self.timers.len() == MOST_TIMERS {
                    return Err(fault(Fault::NotModelled("so many timers".to_owned())));
                }
                self.timers.push((self.now + delay, self.scope.locals.clone(), body));
            }
            Act::Throw(of) => {
                let of = self.scope.value(of).map_err(fault)?;
                return Err(fault(Fault::Throws(of)));
            }
            Act::Next(error) => {
                let error = self.scope.value(error).map_err(fault)?;
                return Err(Stop::Next(error, source.clone()));
            }
            Act::Exit(code) => {
                let code = self.scope.value(code).map_err(fault)?;
                let code = code.text().filter(|code| code.parse::<u8>().is_ok()).unwrap_or("0").to_owned();
                return Err(Stop::Exit(code, source.clone()));
            }
            Act::Callback(callback) => {
                let caught = |frame: &Frame<'_>| matches!(frame, Frame::Try { catch: Some(_), .. });
                if callback.throws && self.within(caught) {
                    return Err(fault(Fault::NotModelled("catching a ConnectError".to_owned())));
                }
                self.call_back(callback, source).map_err(fault)?;
                if callback.throws {
                    self.unwind(Then::Return(value))?;
                    return Ok(None);
                }
            }
            Act::Socket(act) => self.on_socket(act, source).map_err(fault)?,
            Act::Return => {
                self.unwind(Then::Return(value))?;
                return Ok(None);
            }
            Act::Unknown(written) => return Err(fault(Fault::NotModelled(["this statement: ", written].concat()))),
        }
        if statement.returns {
            self.unwind(Then::Return(value))?;
        }
        Ok(None)
    }

    /// Whether one of the frames is such a one.
    fn within(&self, such: impl Fn(&Frame<'_>) -> bool) -> bool {
        self.stack.iter().any(such)
    }

    /// `await`.
    fn wait(&mut self, into: &'a Target, awaited: &'a Awaited, source: &'a Source) -> Result<Option<Want>, Stop> {
        let fault = |fault| Stop::Fault(fault, source.clone());
        let want = match awaited {
            Awaited::Pause(delay) => {
                let delay = self.delay(delay).map_err(fault)?;
                self.pause = Some(self.now + delay);
                return Ok(None);
            }
            Awaited::Query(of, arguments) => {
                let (pool, client) = self.asked(of, "query").map_err(fault)?;
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.scope.value(argument).map_err(fault)?);
                }
                let (text, params) = pool::question(&values).map_err(fault)?;
                Want::Query { pool, client, text, params, source: source.clone() }
            }
            Awaited::Connect(of) => match self.asked(of, "connect").map_err(fault)? {
                (Some(pool), _) => Want::Connect { pool, source: source.clone() },
                _ => return Err(fault(Fault::NotModelled("connecting a client that is connected".to_owned()))),
            },
            Awaited::Push(arguments) => {
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.scope.value(argument).map_err(fault)?);
                }
                Want::Push { push: push::message(&values).map_err(fault)?, source: source.clone() }
            }
            Awaited::Call(name, arguments) => {
                self.call(into, name, arguments).map_err(fault)?;
                return Ok(None);
            }
        };
        (self.into, self.waits) = (into, Some(source.clone()));
        Ok(Some(want))
    }

    /// A pool or a client, by its name.
    fn asked(&mut self, name: &str, method: &str) -> Result<(Option<usize>, Option<u32>), Fault> {
        let local = self.scope.locals.iter().rev().find(|(known, _)| known == name).map(|(_, local)| local.clone());
        match local {
            Some(Local::Client(pid)) => Ok((None, Some(pid))),
            Some(local) => {
                let value = self.scope.seen(&local)?.into_owned();
                match &value.data {
                    Data::Bare(word) if matches!(word.as_str(), "undefined" | "null") => {
                        let words = ["Cannot read properties of ", word, " (reading '", method, "')"];
                        Err(throws("TypeError", &words.concat()))
                    }
                    _ => Err(throws("TypeError", &[name, ".", method, " is not a function"].concat())),
                }
            }
            None => match self.app.pools.iter().position(|pool| pool.name == name) {
                Some(pool) => Ok((Some(pool), None)),
                None => Err(throws("ReferenceError", &[name, " is not defined"].concat())),
            },
        }
    }

    fn release(&mut self, name: &str, lenient: bool, broken: bool, source: &Source) -> Result<Option<Want>, Fault> {
        let nothing = |local: &Local| matches!(local, Local::Value(Value { data: Data::Bare(_), .. }));
        let missing = self.scope.locals.iter().rev().find(|(known, _)| known == name).is_some_and(|(_, l)| nothing(l));
        if lenient && missing {
            return Ok(None);
        }
        match self.asked(name, "release")? {
            (_, Some(client)) => {
                self.waits = Some(source.clone());
                Ok(Some(Want::Release { client, broken, source: source.clone() }))
            }
            _ => Err(throws("TypeError", &[name, ".release is not a function"].concat())),
        }
    }

    /// One of the script's own functions begins.
    fn call(&mut self, into: &'a Target, name: &str, arguments: &[Expression]) -> Result<(), Fault> {
        let Some(function) = self.app.functions.iter().find(|function| function.name == *name) else {
            return Err(Fault::NotModelled(["awaiting ", name, "(…)"].concat()));
        };
        let calls = self.stack.iter().filter(|frame| matches!(frame, Frame::Call { .. })).count();
        if calls == MOST_CALLS {
            return Err(Fault::NotModelled("functions that call each other so deeply".to_owned()));
        }
        let mut locals = Vec::new();
        for (i, param) in function.params.iter().enumerate() {
            let value = match arguments.get(i) {
                // The request and the answer go by their own names everywhere.
                Some(Expression::Name(given, _)) if matches!(given.as_str(), "req" | "res" | "next") => {
                    if given != param {
                        return Err(Fault::NotModelled([given, " under another name"].concat()));
                    }
                    continue;
                }
                Some(argument) => self.scope.local(argument)?,
                None => Local::Value(bare("undefined")),
            };
            locals.push((param.clone(), value));
        }
        let locals = core::mem::replace(&mut self.scope.locals, locals);
        self.stack.push(Frame::Call { locals, into });
        self.enter(&function.body);
        // A function's parameters end with it.
        if let Some(Frame::Block { known, .. }) = self.stack.last_mut() {
            *known = 0;
        }
        Ok(())
    }

    /// A number of milliseconds; Node.js takes 1 for what is less, and for what is no number.
    pub(super) fn delay(&mut self, delay: &Expression) -> Result<Micros, Fault> {
        let value = self.scope.value(delay)?;
        let number = value.text().and_then(|text| text.parse::<u64>().ok()).filter(|n| *n <= 2_147_483_647);
        Ok(Micros::millis(number.unwrap_or(1).max(1)))
    }

    /// The part of an answer that has left when its process ends, so late since the request came. What was written in the
    /// same turn of the event loop has not (`_http_outgoing.js` holds it back until the next tick).
    pub fn part(&mut self, now: Micros) -> Option<Response> {
        let (text, at, _) = self.written.take()?;
        let response = core::mem::take(&mut self.draft).plain(text, self.request, false);
        (at < now).then_some(Response { cut: true, ..response })
    }

    fn served(&mut self) -> Served {
        let memory = core::mem::take(&mut self.scope.memory);
        match self.answer.take() {
            Some((response, wait, source)) => {
                let closes = self.request.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
                let wait = if response.cut && !closes { wait + IDLE } else { wait };
                Served { end: End::Response(response), wait, source: Some(source), error: None, memory }
            }
            None => match self.written.take() {
                Some((.., source)) => {
                    let end = End::NotModelled("an answer that is begun and never ended".to_owned());
                    Served { end, wait: self.now, source: Some(source), error: None, memory }
                }
                None => Served { end: End::Never, wait: self.now, source: None, error: None, memory },
            },
        }
    }

    /// Something stopped it.
    fn ended(&mut self, stop: Stop) -> Want {
        let over = |served| Want::Over(Box::new(served));
        let plain =
            |end, source| Served { end, wait: Micros::ZERO, source: Some(source), error: None, memory: Vec::new() };
        match stop {
            Stop::Fault(Fault::NotModelled(what), source) => {
                let memory = core::mem::take(&mut self.scope.memory);
                over(Served { memory, ..plain(End::NotModelled(what), source) })
            }
            Stop::Next(error, source) => self.failed(&error, &source, true),
            Stop::Exit(..) | Stop::Fault(..) if self.answer.is_some() && !self.is_main_sync() => {
                let source = self.answer.take().map(|(.., source)| source).unwrap_or_default();
                over(plain(End::NotModelled("a process that ends after it has answered".to_owned()), source))
            }
            // Express answers an error that a handler throws; nobody waits for the promise of an async one.
            Stop::Fault(Fault::Throws(error), source) if self.is_main_sync() => self.failed(&error, &source, false),
            // Nothing catches what a timer or an async handler throws: Node.js ends the process (documentation,
            // 'uncaughtException' and 'unhandledRejection', whose default is to throw).
            Stop::Fault(Fault::Throws(error), source) => match stack(&error) {
                Some(words) => {
                    // A promise is found rejected only after the next tick (observed with Node.js 20.20.2).
                    let turn = if self.timed { self.now } else { self.now + Micros(1) };
                    let end = End::Dies("1".to_owned(), self.part(turn));
                    over(Served { wait: self.now, error: Some(words.to_owned()), ..plain(end, source) })
                }
                None => over(plain(End::NotModelled("throwing something that is no error".to_owned()), source)),
            },
            Stop::Exit(code, source) => {
                let error = Some(["process.exit(", &code, ")"].concat());
                let end = End::Dies(code, self.part(self.now));
                over(Served { wait: self.now, error, ..plain(end, source) })
            }
        }
    }

    /// Whether it is still the handler itself that runs, and not an async one.
    const fn is_main_sync(&self) -> bool {
        !self.asynchronous && self.now.0 == 0
    }

    /// Express's own page for an error (`finalhandler`).
    fn failed(&mut self, error: &Value, source: &Source, handed: bool) -> Want {
        let over = |served| Want::Over(Box::new(served));
        let memory = core::mem::take(&mut self.scope.memory);
        let plain =
            |end| Served { end, wait: Micros::ZERO, source: Some(source.clone()), error: None, memory: Vec::new() };
        let Some(words) = stack(error) else {
            return over(plain(End::NotModelled("an error that is none".to_owned())));
        };
        if self.written.is_some() {
            return over(plain(End::NotModelled("an error in a handler that has begun its answer".to_owned())));
        }
        if handed && self.answer.is_some() {
            return over(plain(End::NotModelled("an error after the answer".to_owned())));
        }
        let shown = if self.production { "Internal Server Error" } else { words };
        let (response, wait, source) =
            self.answer.take().unwrap_or_else(|| (respond::page(500, shown), self.now, source.clone()));
        let (end, error) = (End::Response(response), Some(words.to_owned()));
        over(Served { end, wait, source: Some(source), error, memory })
    }
}
