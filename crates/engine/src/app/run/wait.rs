//! What a handler waits for: its pool, a push service, a function of its own.

use super::{Frame, MOST_CALLS, Run, Stop, Want};
use crate::app::eval::{Fault, Local, throws};
use crate::app::values::bare;
use crate::app::{Awaited, Expression, Target, pool, push};
use crate::literal::{Data, Value};
use crate::problem::Source;

impl<'a> Run<'a> {
    /// `await`.
    pub(super) fn wait(
        &mut self,
        into: &'a Target,
        awaited: &'a Awaited,
        source: &'a Source,
    ) -> Result<Option<Want>, Stop> {
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
    pub(super) fn asked(&mut self, name: &str, method: &str) -> Result<(Option<usize>, Option<u32>), Fault> {
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

    pub(super) fn release(
        &mut self,
        name: &str,
        lenient: bool,
        broken: bool,
        source: &Source,
    ) -> Result<Option<Want>, Fault> {
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
    pub(super) fn call(&mut self, into: &'a Target, name: &str, arguments: &[Expression]) -> Result<(), Fault> {
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
}
