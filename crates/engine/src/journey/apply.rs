//! What the application does with a request, and what becomes of its process.

use super::{Flow, Journey};
use crate::app::{self, End, Served};
use crate::message::{Request, Response};
use crate::sockets::Owner;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Basis, Outcome, Ruling};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Journey<'_> {
    /// What the application will do with a request, and how long it takes for that. Nothing has happened yet.
    pub(super) fn consider(&self, process: usize, request: &Request) -> Served {
        let running = &self.state.processes[process];
        let env = |name: &str| running.declared.env(name).map(|(value, _)| value.to_owned());
        if let Some((response, source)) = app::live::handshake(&running.app, request) {
            let (memory, wait) = (running.memory.clone(), self.network.app_work);
            return Served { end: End::Response(response), wait, source: Some(source), error: None, memory };
        }
        if let Some(grpc) = &running.app.grpc {
            let served = app::grpc::serve(&running.app, grpc, &running.memory, &env, request);
            return Served { wait: served.wait + self.network.app_work, ..served };
        }
        let file = app::files::answer(&running.app, request, &|path| self.world.text(path));
        let served = match file {
            Some((response, source)) => {
                let memory = running.memory.clone();
                Served { end: End::Response(response), wait: Micros::ZERO, source: Some(source), error: None, memory }
            }
            None => app::serve(&running.app, &running.memory, &env, request),
        };
        Served { wait: served.wait + self.network.app_work, ..served }
    }

    /// It does so: its answer, or none where the connection is closed without a word or nothing ever comes.
    pub(super) fn application(
        &mut self,
        process: usize,
        request: &Request,
        served: Served,
    ) -> Flow<Option<Arc<Response>>> {
        let place = self.program(Owner::Process(process));
        let Served { end, wait, source, error, memory } = served;
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
                self.record.decide_after(wait, "app-answers", place, ruling, words, basis);
                self.state.processes[process].memory = memory;
                Continue(Some(response.into()))
            }
            End::Dies(code, part) => {
                let end = self.record.now + wait;
                let then = self.state.process_died(process, self.world, end, (&code, error.as_deref().unwrap_or("")));
                let within = if part.is_some() { ", within its answer; " } else { "; " };
                let words =
                    [error.as_deref().unwrap_or(""), ": the process ends with exit code ", &code, within, &then];
                self.record.decide_after(wait, "app-dies", place, Ruling::Fail, words.concat(), basis);
                Continue(part.map(Into::into))
            }
            End::Never => {
                let words = ["takes ", &asked, ", and its handler ends without an answer"].concat();
                let basis =
                    Basis::Absent { document: declared.script.as_str().into(), sought: "answer in its handler".into() };
                self.record.decide_after(Micros::ZERO, "app-never-answers", place, Ruling::Fail, words, basis);
                self.state.processes[process].memory = memory;
                Continue(None)
            }
            End::NotModelled(what) => {
                let words = ["not modelled: ", &what].concat();
                self.record.decide("not-modelled", place, Ruling::Refuse, words.clone(), basis);
                Break(Outcome::Printed(words))
            }
        }
    }
}
