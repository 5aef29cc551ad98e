//! One statement of a handler, and what it writes.

use super::{Frame, MOST_TIMERS, Run, Stop, Then, Want};
use crate::app::eval::{Fault, Local, throws};
use crate::app::values::{bare, stack, truthy};
use crate::app::{Act, Answer, Expression, Statement, Target, respond};
use crate::literal::{Data, Value};

impl<'a> Run<'a> {
    /// Puts a value where it is to go.
    pub(super) fn put(&mut self, into: &'a Target, value: Local) -> Result<(), Fault> {
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

    pub(super) fn fields(&mut self, fields: &[(String, String)], value: &Local) -> Result<(), Fault> {
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

    pub(super) fn one(&mut self, statement: &'a Statement) -> Result<Option<Want>, Stop> {
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
    pub(super) fn within(&self, such: impl Fn(&Frame<'_>) -> bool) -> bool {
        self.stack.iter().any(such)
    }
}
