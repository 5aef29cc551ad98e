//! How a handler ends, and what is answered by then.

use super::{IDLE, Run, Stop, Want};
use crate::app::eval::Fault;
use crate::app::values::stack;
use crate::app::{End, Served, respond};
use crate::literal::Value;
use crate::message::Response;
use crate::problem::Source;
use crate::time::Micros;

impl Run<'_> {
    /// The part of an answer that has left when its process ends, so late since the request came. What was written in the
    /// same turn of the event loop has not (`_http_outgoing.js` holds it back until the next tick).
    pub fn part(&mut self, now: Micros) -> Option<Response> {
        let (text, at, _) = self.written.take()?;
        let response = core::mem::take(&mut self.draft).plain(text, self.request, false);
        (at < now).then_some(Response { cut: true, ..response })
    }

    pub(super) fn served(&mut self) -> Served {
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
    pub(super) fn ended(&mut self, stop: Stop) -> Want {
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

    /// Express's own page for an error (`finalhandler`).
    pub(super) fn failed(&mut self, error: &Value, source: &Source, handed: bool) -> Want {
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
