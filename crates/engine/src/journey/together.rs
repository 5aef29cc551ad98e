//! Several requests on their way at once.
//!
//! What they share is at the application and behind it: its memory, its pool, the rows. So each is first followed up to its
//! application; there all are carried on side by side, always the one whose moment comes first; then each goes home with
//! what it got. What they would share before that, such as whose turn it is among nginx's upstreams, they see one after
//! the other.

use super::apply::{Reply, Task};
use super::database::{Carried, Given};
use super::{Action, Flow, Journey, Timed};
use crate::app::pool::{Got, own, refused};
use crate::app::run::{Run, Want};
use crate::app::{self, App, Begun, End, Served, pool};
use crate::database::server::terminated;
use crate::database::store::Xid;
use crate::message::Request;
use crate::problem::Source;
use crate::processes::Declared;
use crate::sockets::Owner;
use crate::state::Status;
use crate::text::short;
use crate::time::Micros;
use crate::trace::{Outcome, Ruling};
use core::net::{Ipv4Addr, SocketAddr};
use core::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// How many may be on their way at once.
const MOST: usize = 32;

/// What is to become of a request that reaches an application.
pub(super) enum Meeting {
    /// It is alone.
    None,
    /// It stops there.
    Ask,
    /// It has stopped there: the process, the request, and when.
    Met(usize, Arc<Request>, Micros),
    /// It has been there already: what it got, and when.
    Over(Flow<Reply>, Micros),
}

/// What a handler does next, and when.
enum Next {
    /// It goes on.
    Go(Got, Micros),
    /// It asks the database, on a connection.
    Ask(Question, Micros),
    /// Its statement waits for a transaction.
    Locked(Question, Xid),
    /// It waits for a connection of a pool, at most until then.
    Queued(usize, Source, Option<Query>, Option<Micros>),
    /// Nothing more.
    Over,
}

/// A query that waits for a connection: its text and parameters.
type Query = (String, Vec<Option<String>>);

/// A statement on a connection.
struct Question {
    pid: u32,
    query: Query,
    source: Source,
    /// Whether the connection goes back to its pool afterwards.
    pooled: bool,
}

/// A request at its application.
struct Flight<'a> {
    task: Task,
    request: &'a Request,
    run: Option<Box<Run<'a>>>,
    next: Next,
    reply: Option<(Flow<Reply>, Micros)>,
}

/// All of them, at their places among the actions.
type Flights<'a> = [Option<Flight<'a>>];

/// A request at the process that it has reached, and when.
struct Met {
    process: usize,
    request: Arc<Request>,
    now: Micros,
    app: Arc<App>,
    declared: Arc<Declared>,
}

/// What each request gets, and when.
type Replies = Vec<Option<(Flow<Reply>, Micros)>>;

/// What a command printed, its place among the actions, and when it was over.
type Printed = Vec<(usize, Micros, Outcome)>;

impl Journey<'_> {
    /// Everybody does what they do. How it ended is how it ended for the last of them.
    pub(super) fn together(&mut self, actions: &[Timed]) -> Outcome {
        if actions.len() > MOST {
            return Outcome::Printed("not modelled: so many people at once".to_owned());
        }
        let begun = self.record.now;
        let asks = |action: &Action| match action.apart().0 {
            Action::Open(_) | Action::Fetch(_) | Action::Call { .. } | Action::Press { .. } => true,
            Action::Command(line) => line.trim_start().starts_with("curl "),
            _ => false,
        };
        let (mut met, mut commands) = (Vec::new(), Vec::new());
        for (i, action) in actions.iter().enumerate() {
            let at = begun + action.at;
            met.push(if asks(&action.what) { self.meet(&action.what, at) } else { None });
            if let (Action::Command(line), false) = (action.what.apart().0, asks(&action.what)) {
                commands.push((i, at, line.as_str()));
            }
        }
        let (mut replies, mut printed) = self.side_by_side(&met, commands);
        let (mut outcomes, mut last) = (Vec::new(), begun);
        let mut busy: Vec<(SocketAddr, Micros)> = Vec::new();
        for (i, action) in actions.iter().enumerate() {
            if let Some(at) = printed.iter().position(|(which, ..)| *which == i) {
                let (_, end, outcome) = printed.remove(at);
                last = last.max(end);
                outcomes.push(outcome);
                continue;
            }
            self.record.now = begun + action.at;
            // Who has been at its process found it running, whatever has become of it since.
            let mut found = None;
            if let Some((reply, now)) = replies[i].take() {
                self.meeting = Meeting::Over(reply, now);
                let process =
                    met[i].as_ref().and_then(|met| Some((met.process, self.state.processes.get_mut(met.process)?)));
                found = process.map(|(at, process)| (at, core::mem::replace(&mut process.status, Status::Online)));
            }
            let (what, elsewhere) = action.what.apart();
            outcomes.push(match (what, elsewhere.or_else(|| self.holder(what))) {
                (what, Some(address)) => self.visit(address, |journey| journey.alongside(what, &mut busy)),
                (what, None) => self.alongside(what, &mut busy),
            });
            self.meeting = Meeting::None;
            if let Some((at, status)) = found {
                self.state.processes[at].status = status;
            }
            last = last.max(self.record.now);
        }
        self.record.now = last;
        let ended = outcomes.last().cloned().unwrap_or_else(|| Outcome::Printed(String::new()));
        self.record.trace.together.push((self.record.action, outcomes));
        ended
    }

    /// Where the phone is in whose app something is pressed.
    fn holder(&self, what: &Action) -> Option<Ipv4Addr> {
        let Action::Press { phone, .. } = what else { return None };
        let moved = self.state.handset(phone).and_then(|handset| handset.moved);
        moved.or_else(|| Some(self.phones.find(phone)?.1.address.as_ref()?.0))
    }

    /// One of them does it. A connection that another one uses meanwhile is not free.
    fn alongside(&mut self, what: &Action, busy: &mut Vec<(SocketAddr, Micros)>) -> Outcome {
        let alone = match what {
            Action::Together(_) => Some("people at once among people at once"),
            Action::Load { .. } => Some("a page with its parts among people at once"),
            Action::Socket { .. } => Some("an open socket among people at once"),
            _ => None,
        };
        if let Some(what) = alone {
            return Outcome::Printed(["not modelled: ", what].concat());
        }
        let start = self.record.now;
        let taken = |client: SocketAddr| busy.iter().any(|(known, until)| *known == client && *until > start);
        let (aside, free): (Vec<_>, Vec<_>) =
            core::mem::take(&mut self.state.connections).into_iter().partition(|c| taken(c.client));
        self.state.connections = free;
        let outcome = self.act(what);
        busy.extend(self.state.connections.iter().map(|connection| (connection.client, self.record.now)));
        self.state.connections.extend(aside);
        outcome
    }

    /// Follows a request up to its application, and takes back whatever it has done on the way.
    fn meet(&mut self, action: &Action, at: Micros) -> Option<Met> {
        let (state, record) = (self.state.clone(), self.record.clone());
        (self.record.now, self.meeting) = (at, Meeting::Ask);
        self.act(action);
        (self.state, self.record) = (state, record);
        match core::mem::replace(&mut self.meeting, Meeting::None) {
            Meeting::Met(process, request, now) => {
                let running = &self.state.processes[process];
                let (app, declared) = (running.app.clone(), running.declared.clone());
                Some(Met { process, request, now, app, declared })
            }
            _ => None,
        }
    }

    /// All requests at their applications, and commands meanwhile.
    fn side_by_side(&mut self, met: &[Option<Met>], mut commands: Vec<(usize, Micros, &str)>) -> (Replies, Printed) {
        let env = |met: &Met| {
            let declared = met.declared.clone();
            move |name: &str| declared.env(name).map(|(value, _)| value.to_owned())
        };
        let environments: Vec<_> = met.iter().map(|met| met.as_ref().map(env)).collect();
        let mut flights: Vec<Option<Flight<'_>>> = Vec::new();
        for (met, env) in met.iter().zip(&environments) {
            let begun = met.as_ref().zip(env.as_ref());
            flights.push(begun.map(|(met, env)| {
                let begun = self.begun(met, env);
                self.flight(met, begun)
            }));
        }
        let mut printed = Vec::new();
        loop {
            let moment = |flight: &Flight<'_>| match &flight.next {
                Next::Go(_, at) | Next::Ask(_, at) => Some(*at),
                Next::Queued(.., until) => *until,
                Next::Locked(..) | Next::Over => None,
            };
            let of = |(i, flight): (usize, &Option<Flight<'_>>)| Some((moment(flight.as_ref()?)?, i));
            let soonest = flights.iter().enumerate().filter_map(of).min();
            let command = (0..commands.len()).min_by_key(|at| commands[*at].1);
            match (soonest, command) {
                (Some((at, i)), command) if command.is_none_or(|which| at <= commands[which].1) => {
                    self.record.now = at;
                    self.advance(&mut flights, i);
                }
                (_, Some(which)) => {
                    let (i, at, line) = commands.remove(which);
                    self.record.now = at;
                    let outcome = self.meanwhile(&mut flights, line);
                    printed.push((i, self.record.now, outcome));
                }
                _ => break,
            }
        }
        // Who still waits, waits for ever.
        for flight in flights.iter_mut().flatten().filter(|flight| flight.reply.is_none()) {
            let memory = self.state.processes[flight.task.process].memory.clone();
            self.record.now = flight.task.told;
            let served = Served { end: End::Never, wait: Micros::ZERO, source: None, error: None, memory };
            let reply = self.finish(&flight.task, flight.request, served);
            flight.reply = Some((reply, self.record.now));
        }
        (flights.into_iter().map(|flight| flight?.reply).collect(), printed)
    }

    fn begun<'a>(&self, met: &'a Met, env: &'a dyn Fn(&str) -> Option<String>) -> Begun<'a> {
        let memory = &self.state.processes[met.process].memory;
        match app::files::answer(&met.app, &met.request, &|path| self.world.text(path)) {
            Some((response, source)) => {
                let (end, memory) = (End::Response(response), memory.clone());
                Begun::Over(Served { end, wait: Micros::ZERO, source: Some(source), error: None, memory }.into())
            }
            None => app::begin(&met.app, memory, env, &met.request),
        }
    }

    fn flight<'a>(&mut self, met: &'a Met, begun: Begun<'a>) -> Flight<'a> {
        let task = Task { process: met.process, begun: met.now + self.network.app_work, told: met.now };
        let next = Next::Go(Got::Nothing, task.begun);
        match begun {
            Begun::Runs(run) => Flight { task, request: &met.request, run: Some(run), next, reply: None },
            Begun::Over(served) => {
                self.record.now = met.now;
                let reply = self.finish(&task, &met.request, *served);
                let reply = Some((reply, self.record.now));
                Flight { task, request: &met.request, run: None, next: Next::Over, reply }
            }
        }
    }

    /// The one whose moment has come does one thing.
    fn advance(&mut self, flights: &mut Flights<'_>, i: usize) {
        let Some(flight) = &mut flights[i] else { return };
        let (process, told) = (flight.task.process, flight.task.told);
        match core::mem::replace(&mut flight.next, Next::Over) {
            Next::Go(got, now) => {
                let Some(mut run) = flight.run.take() else { return };
                let want = self.resume(process, &mut run, got, flight.task.since(now));
                flight.run = Some(run);
                self.wanted(flights, i, want, now);
            }
            Next::Ask(question, _) => {
                match self.send(process, question.pid, &question.query.0, &question.query.1, &question.source) {
                    Some(got) => self.goes_on(flights, i, got),
                    None => self.carry(flights, i, question),
                }
            }
            // It has waited as long as it may.
            Next::Queued(pool, ..) => {
                let words = "timeout exceeded when trying to connect";
                let source = self.state.processes[process].app.pools[pool].source.clone();
                let basis = self.state.process_basis(self.world, process, &source);
                let place = self.program(Owner::Process(process));
                let span = self.record.now - told;
                self.record.now = told;
                self.record.decide_after(span, "pool-gives-up", place, Ruling::GiveUp, words, basis);
                self.goes_on(flights, i, Got::Error(own(words)));
            }
            Next::Locked(..) | Next::Over => {}
        }
    }

    /// A handler goes on now, with this.
    fn goes_on(&self, flights: &mut Flights<'_>, i: usize, got: Got) {
        if let Some(flight) = &mut flights[i] {
            flight.task.told = self.record.now;
            flight.next = Next::Go(got, self.record.now);
        }
    }

    /// What a handler wants.
    fn wanted(&mut self, flights: &mut Flights<'_>, i: usize, want: Want, now: Micros) {
        let Some(flight) = &mut flights[i] else { return };
        let process = flight.task.process;
        match want {
            Want::Over(served) => {
                let dies = matches!(served.end, End::Dies(..));
                let reply = self.finish(&flight.task, flight.request, *served);
                (flight.reply, flight.run) = (Some((reply, self.record.now)), None);
                if dies {
                    self.died(flights, process);
                }
                self.wake(flights);
            }
            Want::Until(moment) => flight.next = Next::Go(Got::Nothing, flight.task.begun + moment),
            Want::Release { .. } => {
                if let Continue(Some(got)) = self.give(&flight.task, want, flight.task.told) {
                    flight.next = Next::Go(got, now);
                }
                self.wake(flights);
            }
            Want::Query { pool: Some(pool), text, params, source, .. } => {
                self.claim(flights, i, pool, source, Some((text, params)));
            }
            Want::Connect { pool, source } => self.claim(flights, i, pool, source, None),
            Want::Query { client: Some(pid), text, params, source, .. } => {
                let question = Question { pid, query: (text, params), source, pooled: false };
                flight.next = Next::Ask(question, now);
            }
            Want::Push { push, source } => {
                self.record.now = now;
                let got = self.push(process, &push, &source);
                self.goes_on(flights, i, got);
            }
            Want::Query { .. } => flight.next = Next::Go(Got::Nothing, now),
        }
    }

    /// A connection of a pool, or a place in its queue.
    fn claim(&mut self, flights: &mut Flights<'_>, i: usize, pool: usize, source: Source, query: Option<Query>) {
        let Some(flight) = &mut flights[i] else { return };
        let (process, told, now) = (flight.task.process, flight.task.told, self.record.now);
        let own = &self.state.processes[process].pools[pool];
        let options = self.options(process, pool);
        if own.idle.is_empty() && own.taken.len() >= options.max {
            let place = self.program(Owner::Process(process));
            let most = short(options.max).to_string();
            let words = ["all ", &most, " connections of its pool are taken: waits for one"].concat();
            let basis = self.state.process_basis(self.world, process, &source);
            self.record.now = told;
            self.record.decide_after(now - told, "pool-waits", place, Ruling::Choose, words, basis);
            flight.task.told = self.record.now;
            flight.next = Next::Queued(pool, source, query, options.patience.map(|patience| now + patience));
            return;
        }
        let given = self.take(process, pool, &source, told);
        flight.task.told = self.record.now;
        flight.next = match (given, query) {
            (Continue(Given::Connection(pid)), Some(query)) => {
                Next::Ask(Question { pid, query, source, pooled: true }, self.record.now)
            }
            (Continue(Given::Connection(pid)), None) => Next::Go(Got::Client(pid), self.record.now),
            (Continue(Given::Error(error)), _) => Next::Go(Got::Error(error), self.record.now),
            (Continue(Given::Never), _) => Next::Over,
            (Break(outcome), _) => {
                flight.reply = Some((Break(outcome), self.record.now));
                Next::Over
            }
        };
    }

    fn options(&self, process: usize, pool: usize) -> pool::Options {
        let running = &self.state.processes[process];
        let env = |name: &str| running.declared.env(name).map(|(value, _)| value.to_owned());
        pool::options(&running.app.pools[pool], &running.app, &env)
    }

    /// A statement that has arrived is carried out, or waits.
    fn carry(&mut self, flights: &mut Flights<'_>, i: usize, question: Question) {
        let Some(flight) = &mut flights[i] else { return };
        let process = flight.task.process;
        let Question { pid, query: (text, params), source, pooled } = &question;
        match self.carry_out(process, *pid, text, params, source) {
            Break(outcome) => flight.reply = Some((Break(outcome), self.record.now)),
            Continue(Carried::Waits(xid)) => {
                if !matches!(flight.next, Next::Locked(..)) {
                    self.told_to_wait(text, Ruling::Choose);
                }
                flight.task.told = self.record.now;
                flight.next = Next::Locked(question, xid);
            }
            Continue(Carried::Got(got)) => {
                if *pooled {
                    self.give_back(process, *pid, false);
                }
                self.goes_on(flights, i, got);
                self.wake(flights);
            }
        }
    }

    /// Whoever waits for a transaction that is over goes on, and whoever is first in the queue of a pool that has a
    /// connection again.
    fn wake(&mut self, flights: &mut Flights<'_>) {
        let now = self.record.now;
        // The server knows it one hop earlier than the application.
        let ended = now - self.network.app_database;
        for i in 0..flights.len() {
            let Some(flight) = &mut flights[i] else { continue };
            match core::mem::replace(&mut flight.next, Next::Over) {
                Next::Locked(question, xid) if !self.state.database.look().active.contains(&xid) => {
                    self.record.now = ended.max(flight.task.told);
                    self.carry(flights, i, question);
                }
                Next::Queued(pool, source, query, until) => {
                    let process = flight.task.process;
                    let most = self.options(process, pool).max;
                    let own = &self.state.processes[process].pools[pool];
                    if own.idle.is_empty() && own.taken.len() >= most {
                        flight.next = Next::Queued(pool, source, query, until);
                    } else {
                        self.record.now = now;
                        self.claim(flights, i, pool, source, query);
                    }
                }
                other => flight.next = other,
            }
        }
        self.record.now = now;
    }

    /// A process has ended: whatever it was at is closed without a word, or with the part of an answer that had left.
    fn died(&self, flights: &mut Flights<'_>, process: usize) {
        for flight in flights.iter_mut().flatten() {
            if flight.task.process == process && flight.reply.is_none() {
                let since = flight.task.since(self.record.now);
                let part = flight.run.take().and_then(|mut run| run.part(since));
                let reply = part.map_or(Reply::Closed, |part| Reply::Answer(part.into()));
                (flight.next, flight.reply) = (Next::Over, Some((Continue(reply), self.record.now)));
            }
        }
    }

    /// Somebody runs a command meanwhile. A query of a pool that is on its way when its server stops fails; a client that
    /// was taken out of its pool ends its process (`State::stop_database`).
    fn meanwhile(&mut self, flights: &mut Flights<'_>, line: &str) -> Outcome {
        let restarts: Vec<u32> = self.state.processes.iter().map(|process| process.restarts).collect();
        let mut pooled: Vec<(usize, usize, u32)> = Vec::new();
        for (i, flight) in flights.iter().enumerate() {
            let Some(Flight { next: Next::Locked(question, _), task, .. }) = flight else { continue };
            let mut pools = self.state.processes[task.process].pools.iter_mut().enumerate();
            let own = pools.find(|(_, pool)| pool.taken.contains(&question.pid)).filter(|_| question.pooled);
            if let Some((at, pool)) = own {
                pool.taken.retain(|one| *one != question.pid);
                pooled.push((i, at, question.pid));
            }
        }
        let outcome = self.command(line);
        for (process, before) in restarts.iter().enumerate() {
            let alive = |now: &crate::state::Process| now.restarts == *before && now.status == Status::Online;
            if !self.state.processes.get(process).is_some_and(alive) {
                self.died(flights, process);
            }
        }
        for (i, pool, pid) in pooled {
            let open = self.state.database.connections.iter().any(|connection| connection.pid == pid);
            let Some(flight) = flights[i].as_ref().filter(|flight| flight.reply.is_none()) else { continue };
            match open {
                true => self.state.processes[flight.task.process].pools[pool].taken.push(pid),
                false => self.goes_on(flights, i, Got::Error(refused(&terminated()))),
            }
        }
        self.wake(flights);
        outcome
    }
}
