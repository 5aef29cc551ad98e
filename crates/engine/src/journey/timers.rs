//! The timers of processes (`setInterval` at the top of a script), which run by themselves while time passes.
//!
//! A timer that is due while somebody is being served fires when that is over. What it does is told where it changes or
//! sends something; a look that finds nothing to do is not. Whose timer has found nothing three times in a row is taken to
//! find nothing until something else happens.

use super::Journey;
use super::apply::Task;
use crate::app::run::Run;
use crate::app::{self, End};
use crate::database::protocol::{Frontend, gist};
use crate::message::{Message, Request};
use crate::place::Place;
use crate::sockets::Owner;
use crate::state::Status;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Act, Basis, Ruling};
use core::ops::ControlFlow::{Break, Continue};

/// After so many looks for nothing, the rest of a span is passed over.
const SILENT: u32 = 3;

/// So many that are told within one span.
const MOST: u32 = 100;

impl Journey<'_> {
    /// Lets time pass up to a moment: whatever timers are due run, in their order.
    pub(super) fn pass(&mut self, until: Micros) {
        let (mut silent, mut told) = (0, 0);
        while let Some((due, process, which)) = self.due().filter(|(due, ..)| *due <= until) {
            let every = self.state.processes[process].every(which);
            if silent >= SILENT {
                // The last of those that are due in time.
                let more = (until.0 - due.0) / every.0 + 1;
                self.state.processes[process].beats[which] = Micros(due.0.saturating_add(more.saturating_mul(every.0)));
                continue;
            }
            if told == MOST {
                let words = "not modelled: so many timers in one go";
                let basis = Basis::State { what: [&short(MOST), " have run"].concat() };
                self.record.decide("not-modelled", Place::App, Ruling::Refuse, words, basis);
                self.state.processes[process].beats[which] = until + Micros(1);
                continue;
            }
            self.state.processes[process].beats[which] = due + every;
            if self.fire(process, which, due) {
                (silent, told) = (0, told + 1);
            } else {
                silent += 1;
            }
        }
    }

    /// The timer that is due next: when, of which process, and which of its own.
    fn due(&self) -> Option<(Micros, usize, usize)> {
        let online = self.state.processes.iter().enumerate().filter(|(_, process)| process.status == Status::Online);
        online.flat_map(|(i, p)| p.beats.iter().enumerate().map(move |(which, due)| (*due, i, which))).min()
    }

    /// A timer fires. Whether it did anything that shows.
    fn fire(&mut self, process: usize, which: usize, due: Micros) -> bool {
        let running = &self.state.processes[process];
        let (app, declared) = (running.app.clone(), running.declared.clone());
        let interval = &app.intervals[which];
        let Some(function) = app.functions.iter().find(|function| function.name == interval.function) else {
            return false;
        };
        let before = (self.state.clone(), self.record.clone());
        self.record.now = self.record.now.max(due);
        let place = self.program(Owner::Process(process));
        let words = ["a timer fires: ", &function.name, "()"].concat();
        let basis = self.state.process_basis(self.world, process, &interval.source);
        self.record.decide("timer-fires", place, Ruling::Choose, words, basis);
        let env = |name: &str| declared.env(name).map(|(value, _)| value.to_owned());
        let request = Request::default();
        let scope = app::scope(&app, &running_memory(&before.0, process), &env);
        let mut task = Task { process, begun: self.record.now, told: self.record.now };
        let ended = self.follow_handler(&mut task, Run::function(scope, &request, &function.body));
        let first = before.1.trace.steps.len();
        let mut shows = self.record.trace.steps[first..].iter().any(|step| match &step.act {
            Act::Travel { message: Message::Sql(sql), .. } => changes(sql),
            Act::Travel { from: Place::Push, .. } | Act::Travel { to: Place::Push, .. } => true,
            Act::Travel { .. } => false,
            Act::Decide { .. } => matches!(step.name, "push-gives-up" | "push-unknown" | "not-modelled"),
        });
        if let Continue(served) = ended {
            let odd = !matches!(served.end, End::Never);
            shows |= odd;
            if odd {
                let _ = self.finish(&task, &request, served);
            } else {
                self.record.now = self.record.now.max(task.told);
            }
        } else if let Break(_) = ended {
            shows = true;
        }
        if !shows {
            let beats = self.state.processes[process].beats.clone();
            (self.state, self.record) = before;
            self.state.processes[process].beats = beats;
        }
        shows
    }
}

/// What the process holds in memory.
fn running_memory(state: &crate::state::State, process: usize) -> Vec<(String, crate::literal::Value)> {
    state.processes[process].memory.clone()
}

/// Whether a statement may change rows.
fn changes(sql: &Frontend) -> bool {
    let text = match sql {
        Frontend::Query(text) | Frontend::Extended { text, .. } => text,
        _ => return false,
    };
    !matches!(gist(text).split(' ').next(), Some("SELECT" | "BEGIN" | "COMMIT" | "ROLLBACK" | "SHOW"))
}
