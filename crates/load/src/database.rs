//! Who is let in by PostgreSQL, and with what words the others are turned away. It knows no time: the steps of a
//! connection call it in their order.
//!
//! A new connection meets three checks, as in PostgreSQL 15: the postmaster starts a process for it (`BackendStartup`
//! in `postmaster.c`), the process takes a place in shared memory (`InitProcess` in `proc.c`), and, signed in, it may be
//! told that the last places are kept for superusers (`InitPostgres` in `postinit.c`). Until then it holds its place:
//! that is why both texts of SQLSTATE 53300 come from one full server.

use crate::end::End;
use crate::setup::Database;

/// PostgreSQL's other processes, by its usual settings: `autovacuum_max_workers` 3 and their launcher, `max_wal_senders`
/// 10, `max_worker_processes` 8.
const OTHER_PROCESSES: u32 = 22;

/// The places of a server.
#[derive(Clone, Debug)]
pub struct Places {
    connections: u32,
    reserved: u32,
    superuser: bool,
    /// For how many the memory is enough.
    room: u32,
    processes: u32,
    taken: u32,
    most: u32,
}

impl Places {
    /// A server to which nobody is connected.
    pub fn new(database: &Database) -> Self {
        let free = database.memory.saturating_sub(database.shared);
        let room = free.checked_div(database.per_connection).unwrap_or(u64::from(u32::MAX));
        Self {
            connections: database.connections,
            reserved: database.reserved,
            superuser: database.superuser,
            room: room.min(u64::from(u32::MAX)) as u32,
            processes: 0,
            taken: 0,
            most: 0,
        }
    }

    /// A process is started for a new connection. Where there are twice as many as there can ever be places for, it says
    /// at once that there are too many, and ends (`canAcceptConnections` and `MaxLivePostmasterChildren` in
    /// `postmaster.c`).
    ///
    /// Memory is given strictly (`vm.overcommit_memory = 2`, as PostgreSQL's documentation advises, 19.4.4), so that it
    /// is the new process which does not start. What processes take that have no place yet is not counted: it is about a
    /// megabyte each, for a moment.
    #[inline]
    pub fn start(&mut self) -> Result<(), End> {
        if self.taken >= self.room {
            return Err(End::NoMemory);
        }
        if self.processes >= (self.connections + OTHER_PROCESSES).saturating_mul(2) {
            return Err(End::TooManyClients);
        }
        self.processes += 1;
        Ok(())
    }

    /// The process takes a place. If there is none it ends.
    #[inline]
    pub fn take(&mut self) -> Result<(), End> {
        if self.taken >= self.connections {
            self.processes -= 1;
            return Err(End::TooManyClients);
        }
        self.taken += 1;
        self.most = self.most.max(self.taken);
        Ok(())
    }

    /// Whether the one who is signed in may stay. It holds a place already, and leaves it where it may not.
    #[inline]
    pub fn admit(&self) -> Result<(), End> {
        if !self.superuser && self.reserved > 0 && self.connections - self.taken < self.reserved {
            return Err(End::SlotsReserved);
        }
        Ok(())
    }

    /// A process that has a place ends.
    #[inline]
    pub fn leave(&mut self) {
        self.taken -= 1;
        self.processes -= 1;
    }

    /// A process ends that has none yet.
    #[inline]
    pub fn stop(&mut self) {
        self.processes -= 1;
    }

    /// How many places are taken.
    #[inline]
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// How many were taken at once, at most.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// The same server, as clients of another role meet it.
    pub fn with_superusers(mut self, superuser: bool) -> Self {
        self.superuser = superuser;
        self
    }
}

impl Database {
    /// How many of these clients are let in at once: what is not reserved, and what the memory holds.
    pub fn usable(&self) -> u32 {
        let reserved = if self.superuser { 0 } else { self.reserved };
        self.connections.saturating_sub(reserved).min(Places::new(self).room)
    }

    /// Memory of so many connections with what they share, in bytes.
    pub fn memory_of(&self, connections: u32) -> u64 {
        self.per_connection.saturating_mul(u64::from(connections)).saturating_add(self.shared)
    }
}
