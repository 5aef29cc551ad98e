//! What the application does with a request, and what becomes of its process.

use super::together::Meeting;
use super::{Flow, Journey};
use crate::app::pool::Got;
use crate::app::run::{Run, Want};
use crate::app::{self, App, Begun, End, Served};
use crate::message::{Request, Response};
use crate::sockets::Owner;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What comes back from the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// An answer.
    Answer(Arc<Response>),
    /// The connection is closed without a word.
    Closed,
    /// Nothing ever.
    Never,
}

/// A request that an application is at.
pub(super) struct Task {
    /// The process.
    pub process: usize,
    /// When the handler began: the request had come, and it had been computed for a while.
    pub begun: Micros,
    /// Up to when it is told what the application did.
    pub told: Micros,
}

impl Task {
    /// The time that the handler sees at a moment.
    pub fn since(&self, now: Micros) -> Micros {
        now - self.begun
    }
}

impl Journey<'_> {
    /// The application takes a request, and does all that it does for it. What time it then is is when the answer leaves.
    pub(super) fn application(&mut self, process: usize, request: &Request) -> Flow<Reply> {
        match core::mem::replace(&mut self.meeting, Meeting::None) {
            Meeting::None => {}
            Meeting::Ask => {
                self.meeting = Meeting::Met(process, request.clone().into(), self.record.now);
                return Break(Outcome::Printed(String::new()));
            }
            Meeting::Met(..) => return Break(Outcome::Printed(String::new())),
            Meeting::Over(reply, now) => {
                self.record.now = now;
                return reply;
            }
        }
        let running = &self.state.processes[process];
        let (app, declared): (Arc<App>, _) = (running.app.clone(), running.declared.clone());
        let env = |name: &str| declared.env(name).map(|(value, _)| value.to_owned());
        let begun = self.record.now + self.network.app_work;
        let mut task = Task { process, begun, told: self.record.now };
        let over = |response, source| {
            let (end, memory) = (End::Response(response), running.memory.clone());
            Begun::Over(Served { end, wait: Micros::ZERO, source: Some(source), error: None, memory }.into())
        };
        let begun = match (app::live::handshake(&app, request), &app.grpc) {
            (Some((response, source)), _) => over(response, source),
            (None, Some(grpc)) => Begun::Over(app::grpc::serve(&app, grpc, &running.memory, &env, request).into()),
            (None, None) => match app::files::answer(&app, request, &|path| self.world.text(path)) {
                Some((response, source)) => over(response, source),
                None => app::begin(&app, &running.memory, &env, request),
            },
        };
        let served = match begun {
            Begun::Over(served) => *served,
            Begun::Runs(run) => self.follow_handler(&mut task, *run)?,
        };
        self.finish(&task, request, served)
    }

    /// Follows a handler to its end, and gives it what it waits for.
    pub(super) fn follow_handler(&mut self, task: &mut Task, mut run: Run<'_>) -> Flow<Served> {
        let (mut got, mut since) = (Got::Nothing, Micros::ZERO);
        loop {
            match self.resume(task.process, &mut run, got, since) {
                Want::Over(served) => return Continue(*served),
                Want::Until(moment) => (got, since) = (Got::Nothing, moment),
                want => {
                    self.record.now = task.told.max(task.begun + since);
                    let before = task.told;
                    let given = self.give(task, want, before)?;
                    let Some(given) = given else {
                        // Nothing ever comes of it.
                        let memory = self.state.processes[task.process].memory.clone();
                        let wait = task.since(self.record.now);
                        return Continue(Served { end: End::Never, wait, source: None, error: None, memory });
                    };
                    task.told = self.record.now;
                    (got, since) = (given, task.since(self.record.now));
                }
            }
        }
    }

    /// The handler goes on with what the process holds in memory now.
    pub(super) fn resume(&mut self, process: usize, run: &mut Run<'_>, got: Got, since: Micros) -> Want {
        let memory = &mut self.state.processes[process].memory;
        core::mem::swap(run.memory(), memory);
        let want = run.resume(got, since);
        core::mem::swap(run.memory(), &mut self.state.processes[process].memory);
        want
    }

    /// The handler is over: its answer, or none where the connection is closed without a word or nothing ever comes.
    pub(super) fn finish(&mut self, task: &Task, request: &Request, served: Served) -> Flow<Reply> {
        let process = task.process;
        let place = self.program(Owner::Process(process));
        let Served { end, wait, source, error, memory } = served;
        // What was told already of later moments stays where it is.
        let due = task.begun + wait;
        self.record.now = task.told.min(due);
        let span = due - self.record.now;
        let path = request.target.split('?').next().unwrap_or("");
        let asked = [&request.method, " ", path].concat();
        let declared = &self.state.processes[process].declared;
        let basis = match &source {
            Some(source) => self.state.process_basis(self.world, process, source),
            None => {
                Basis::Absent { document: declared.script.as_str().into(), sought: ["route for ", &asked].concat() }
            }
        };
        match end {
            End::Response(response) => {
                let what = match app::grpc::status(&response) {
                    Some((0, _)) => "grpc-status 0, OK".to_owned(),
                    Some((code, details)) => {
                        ["grpc-status ", &short(code), ", ", app::grpc::name(code), ": ", &details].concat()
                    }
                    None => [&short(response.status), " ", &response.reason].concat(),
                };
                // Express logs what it answers for a handler, but in tests (`lib/application.js`, `logerror`).
                if let Some(error) =
                    error.as_deref().filter(|_| declared.env("NODE_ENV").is_none_or(|(v, _)| v != "test"))
                {
                    self.state.process_says(process, error);
                }
                let (ruling, words) = match (error, source) {
                    (Some(error), _) => (Ruling::Refuse, [&error, ": ", &what].concat()),
                    (None, None) if response.status == 404 => {
                        (Ruling::Refuse, ["Cannot ", &asked, ": ", &what].concat())
                    }
                    (None, _) => (Ruling::Answer, ["answers ", &asked, ": ", &what].concat()),
                };
                self.record.decide_after(span, "app-answers", place, ruling, words, basis);
                self.state.processes[process].memory = memory;
                Continue(Reply::Answer(response.into()))
            }
            End::Dies(code, part) => {
                let error = error.as_deref().unwrap_or("");
                let then = self.state.process_died(process, self.world, due, (&code, error));
                let within = if part.is_some() { ", within its answer; " } else { "; " };
                let words = [error, ": the process ends with exit code ", &code, within, &then];
                self.record.decide_after(span, "app-dies", place, Ruling::Fail, words.concat(), basis);
                Continue(part.map_or(Reply::Closed, |part| Reply::Answer(part.into())))
            }
            End::Never => {
                let words = ["takes ", &asked, ", and its handler ends without an answer"].concat();
                let basis =
                    Basis::Absent { document: declared.script.as_str().into(), sought: "answer in its handler".into() };
                self.record.now = task.told;
                self.record.decide_after(Micros::ZERO, "app-never-answers", place, Ruling::Fail, words, basis);
                self.state.processes[process].memory = memory;
                Continue(Reply::Never)
            }
            End::NotModelled(what) => {
                let words = ["not modelled: ", &what].concat();
                self.record.decide("not-modelled", place, Ruling::Refuse, words.clone(), basis);
                Break(Outcome::Printed(words))
            }
        }
    }
}
