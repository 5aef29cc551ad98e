//! PM2: what it starts, and what it does when a process ends (`lib/God.js`, `handleExit`).

use super::daemon::{Daemon, Note};
use super::{Pool, Process, State, Status};
use crate::app::App;
use crate::problem::Severity;
use crate::processes::Declared;
use crate::sockets::{self, Bound, Owner};
use crate::time::Micros;
use crate::world::{Document, Kind, World};
use std::sync::Arc;

impl State {
    /// Starts every application of `ecosystem.config.js` anew.
    pub fn start_processes(&mut self, world: &World) {
        self.keep_connections(|connection| connection.owner == Owner::Nginx);
        (0..self.processes.len()).for_each(|index| self.close_pools(index));
        self.processes.clear();
        self.daemon = Daemon::default();
        for declared in world.declared().0 {
            self.add_process(declared, world);
        }
    }

    /// Starts an application that PM2 does not list yet.
    pub fn add_process(&mut self, declared: Declared, world: &World) {
        self.processes.push(Process {
            id: self.daemon.number(),
            pid: 0,
            declared: declared.into(),
            app: App::default().into(),
            bound: Bound::Nowhere,
            status: Status::Stopped,
            failure: None,
            restarts: 0,
            unstable: 0,
            created: self.now,
            started: self.now,
            memory: Vec::new(),
            beats: Vec::new(),
            pools: Vec::new(),
            log: Vec::new(),
            loaded: files(world),
        });
        self.start_process(self.processes.len() - 1, world);
    }

    /// Takes over what the file says now of an application that PM2 lists; it counts from its next start.
    pub fn declare_process(&mut self, index: usize, declared: Declared, world: &World) {
        let process = &mut self.processes[index];
        (process.declared, process.loaded) = (declared.into(), files(world));
    }

    /// Starts one process as PM2 knows it, with its script as it is now. Where that ends at once, since it has an error
    /// or its port is taken, PM2 starts it again and again, until it has ended `max_restarts` times within `min_uptime`
    /// (PM2, `lib/God.js`, `handleExit`).
    pub fn start_process(&mut self, index: usize, world: &World) {
        if self.processes[index].status != Status::Online {
            self.processes[index].created = self.now;
            self.processes[index].unstable = 0;
            self.launch(index, world);
        }
    }

    /// Starts the processes of another instance, which have read the same documents and have just been started, too.
    pub(super) fn start_processes_of(&mut self, other: &Self) {
        for process in &other.processes {
            let (status, failure, memory, log) = (Status::Stopped, None, Vec::new(), Vec::new());
            let (id, restarts, unstable) = (self.daemon.number(), 0, 0);
            let process = Process { id, status, failure, memory, log, restarts, unstable, ..process.clone() };
            self.processes.push(process);
            self.run_process(self.processes.len() - 1);
        }
    }

    fn launch(&mut self, index: usize, world: &World) {
        let process = &mut self.processes[index];
        process.app = world.script(&process.declared.script).into();
        process.bound = sockets::bound(process, &world.hosts());
        let read = |document: &Arc<Document>| matches!(document.kind, Kind::Script | Kind::Data);
        process.loaded.retain(|document| !read(document));
        process.loaded.extend(world.documents.iter().filter(|d| read(d)).cloned());
        self.run_process(index);
    }

    /// What becomes of a process that has read its script.
    fn run_process(&mut self, index: usize) {
        let nginx = self.nginx.running.then_some(&*self.nginx.config);
        let taken = sockets::listeners(nginx, &self.processes, self.running_database());
        let now = self.now;
        let process = &mut self.processes[index];
        let (declared, id) = (process.declared.clone(), process.id);
        process.pid = self.daemon.starts(now, &declared, id);
        process.memory.clear();
        process.pools = process.app.pools.iter().map(|_| Pool::default()).collect();
        process.started = now;
        process.beats = beats(process, now);
        let error = process.app.problems.iter().find(|p| p.severity == Severity::Error);
        let mut failure = error.map(|problem| problem.words.clone());
        // It says nothing, and there is nothing left to do.
        let idle = failure.is_none() && process.app.listen.is_none();
        if idle {
            failure = Some("the script never calls app.listen: the process ends as soon as it has started".to_owned());
        }
        if let (None, Bound::At(address, port, _)) = (&failure, &process.bound)
            && taken.iter().any(|t| t.port == *port && sockets::clash(t.address, *address))
        {
            let at = [&address.to_string(), ":", &port.to_string()].concat();
            failure = Some(["Error: listen EADDRINUSE: address already in use ", &at].concat());
        }
        let Some(words) = failure else {
            (process.status, process.failure) = (Status::Online, None);
            return;
        };
        if !idle {
            write(&mut process.log, &words);
        }
        let code = if idle { "0" } else { "1" };
        let exits = || Note::Exits(declared.clone(), id, code.to_owned());
        self.daemon.note(now, exits());
        process.pid = 0;
        if process.declared.autorestart {
            let more = process.declared.max_restarts.saturating_sub(process.unstable + 1);
            process.restarts += more;
            process.unstable = 0;
            process.status = Status::Errored;
            // More than its log keeps need not be written into it.
            for _ in 0..more.min(20) {
                self.daemon.starts(now, &declared, id);
                self.daemon.note(now, exits());
            }
            self.daemon.note(now, Note::GivesUp(declared.clone(), id));
        } else {
            process.status = Status::Stopped;
        }
        process.failure = Some(words);
    }

    /// A process has ended by itself, with this code and, where an error was thrown, after having said so. What PM2 does
    /// then, in words (PM2, `lib/God.js`, `handleExit`).
    pub fn process_died(&mut self, index: usize, world: &World, now: Micros, (code, words): (&str, &str)) -> String {
        self.forget_connections(Owner::Process(index));
        self.now = now;
        self.close_pools(index);
        let process = &mut self.processes[index];
        let thrown = !words.starts_with("process.exit(");
        if thrown {
            write(&mut process.log, words);
        }
        let declared = process.declared.clone();
        self.daemon.note(now, Note::Exits(declared.clone(), process.id, code.to_owned()));
        process.pid = 0;
        let window = Micros(declared.min_uptime.0.saturating_mul(declared.max_restarts.into()));
        let within = now - process.created < window;
        process.unstable += u32::from(within && now - process.started < declared.min_uptime);
        process.memory.clear();
        if within && process.unstable >= declared.max_restarts {
            let count = process.unstable.to_string();
            (process.status, process.unstable) = (Status::Errored, 0);
            process.failure = Some(words.to_owned());
            self.daemon.note(now, Note::GivesUp(declared, process.id));
            return ["PM2 gives up: too many unstable restarts (", &count, "), errored"].concat();
        }
        process.status = Status::Stopped;
        if !declared.autorestart {
            process.failure = Some(words.to_owned());
            return "PM2 leaves it stopped (autorestart: false)".to_owned();
        }
        process.restarts += 1;
        self.launch(index, world);
        let process = &self.processes[index];
        ["PM2 starts it again, restart ", &process.restarts.to_string(), ": ", process.status.word()].concat()
    }

    /// A process has written a line on its stream of errors.
    pub fn process_says(&mut self, index: usize, words: &str) {
        write(&mut self.processes[index].log, words);
    }

    /// Stops one process.
    pub fn stop_process(&mut self, index: usize) {
        let process = &mut self.processes[index];
        let (declared, id, pid) = (process.declared.clone(), process.id, process.pid);
        (process.status, process.unstable, process.pid) = (Status::Stopped, 0, 0);
        process.memory.clear();
        self.close_pools(index);
        self.daemon.note(self.now, Note::Stops(declared.clone(), id));
        if pid == 0 {
            self.daemon.note(self.now, Note::NoPid(declared, id));
        } else {
            self.daemon.note(self.now, Note::Exits(declared, id, "0".to_owned()));
            self.daemon.note(self.now, Note::Killed(pid));
        }
        self.forget_connections(Owner::Process(index));
    }

    /// Takes a stopped process off PM2's list.
    pub fn delete_process(&mut self, index: usize) {
        self.processes.remove(index);
        if self.processes.is_empty() {
            self.daemon.next = 0;
        }
        // Connections know their process by its place in the list.
        self.keep_connections(|connection| connection.owner == Owner::Nginx);
    }
}

/// When the timers of a process that has started now are due first.
fn beats(process: &Process, now: Micros) -> Vec<Micros> {
    (0..process.app.intervals.len()).map(|which| now + process.every(which)).collect()
}

impl Process {
    /// After how long one of its timers is due again. Node.js takes a millisecond for what is less, and for what is no
    /// number of milliseconds up to 2,147,483,647 (documentation, `setInterval`).
    pub fn every(&self, which: usize) -> Micros {
        let env = |name: &str| self.declared.env(name).map(|(value, _)| value.to_owned());
        let every = self.app.intervals.get(which).map(|interval| &interval.every);
        let value = every.and_then(|every| crate::app::constant(every, &self.app, Some(&env)));
        let millis = value.and_then(|value| value.text()?.parse::<u64>().ok()).filter(|n| *n <= 2_147_483_647);
        Micros::millis(millis.unwrap_or(1).max(1))
    }
}

/// The documents that a process is started from.
fn files(world: &World) -> Vec<Arc<Document>> {
    let kinds = [Kind::Processes, Kind::Script, Kind::Data];
    world.documents.iter().filter(|document| kinds.contains(&document.kind)).cloned().collect()
}

/// Writes a line into a log that keeps its last fifteen, as many as `pm2 logs` shows.
fn write(log: &mut Vec<String>, words: &str) {
    if log.len() == 15 {
        log.remove(0);
    }
    log.push(words.to_owned());
}
