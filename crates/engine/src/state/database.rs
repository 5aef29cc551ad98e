//! PostgreSQL on the instance: starting and stopping it, and what becomes of the connections that applications hold.

use super::State;
use crate::database::server::Server;
use crate::problem::Source;
use crate::time::Micros;
use crate::trace::Basis;
use crate::world::{Document, Kind, World};
use std::sync::Arc;

/// What a process dies of whose pool loses a connection, and that has no listener for it.
const LOST: &str = "error: terminating connection due to administrator command";

impl State {
    /// What date and time it is, in microseconds.
    pub fn clock(&self, now: Micros) -> i64 {
        self.date.saturating_add(i64::try_from(now.0).unwrap_or(i64::MAX))
    }

    /// PostgreSQL, if it runs.
    pub fn running_database(&self) -> Option<&Server> {
        self.database.running.then_some(&self.database)
    }

    /// The database is made anew from `schema.sql` as it is now. Connections to the old one are closed.
    pub fn remake_database(&mut self, world: &World) {
        let made = world.of(Kind::Schema).cloned().collect();
        self.database.remake(made, self.clock(self.now));
    }

    /// Starts PostgreSQL with the settings as they are now. False where it does not start.
    pub fn start_database(&mut self, world: &World) -> bool {
        let now = self.clock(self.now);
        let loaded = world.of(Kind::Settings).cloned().collect();
        self.database.start(world.settings(), loaded, now)
    }

    /// Stops PostgreSQL. A connection that an application holds is closed with an error: where nobody listens for it,
    /// Node.js ends the process (documentation, "Events", "Error events"; pg-pool, `idleListener`).
    pub fn stop_database(&mut self, world: &World) {
        if !self.database.running {
            return;
        }
        let clock = self.clock(self.now);
        self.database.stop(clock);
        for index in 0..self.processes.len() {
            let process = &mut self.processes[index];
            let app = process.app.clone();
            let mut lost = false;
            for (pool, made) in process.pools.iter_mut().zip(&app.pools) {
                let idle = !core::mem::take(&mut pool.idle).is_empty();
                // One that was taken out has no listener of the pool any more.
                let taken = !core::mem::take(&mut pool.taken).is_empty();
                lost |= taken || (idle && made.watched.as_ref().is_none_or(|(_, ends)| *ends));
            }
            if lost {
                self.process_died(index, world, self.now, ("1", LOST));
            }
        }
    }

    /// A process has ended, and its connections with it.
    pub(super) fn close_pools(&mut self, index: usize) {
        let clock = self.clock(self.now);
        for pool in core::mem::take(&mut self.processes[index].pools) {
            let idle = pool.idle.into_iter().map(|(pid, _)| pid);
            idle.chain(pool.taken).for_each(|pid| self.database.close(pid, clock));
        }
    }

    /// What a decision of the database rests on: a line of the document that the tables were made from, or of the settings.
    pub fn database_basis(&self, world: &World, source: &Source) -> Basis {
        let loaded: Vec<Arc<Document>> = self.database.made.iter().chain(&self.database.loaded).cloned().collect();
        super::basis(&loaded, world, source, "the database still is as it was made: ")
    }
}
