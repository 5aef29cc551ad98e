//! How it ends for a client, in the words of the program that ended it.

use crate::setup::Half;

/// How it ended. Every client has exactly one of these, or is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// It has its answer.
    Served,
    /// PostgreSQL: every place is taken.
    TooManyClients,
    /// PostgreSQL: the places that are left are kept for superusers.
    SlotsReserved,
    /// PostgreSQL: no process can be started.
    NoMemory,
    /// The pool: no connection became free in time.
    WaitTimeout,
    /// The driver: the new connection took too long.
    ConnectTimeout,
    /// The pool: too many wait.
    QueueFull,
    /// nginx: the application did not answer in time.
    GatewayTimeout,
}

impl End {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Served,
        Self::TooManyClients,
        Self::SlotsReserved,
        Self::NoMemory,
        Self::WaitTimeout,
        Self::ConnectTimeout,
        Self::QueueFull,
        Self::GatewayTimeout,
    ];

    /// Whether the database said no.
    pub const fn is_refused(self) -> bool {
        matches!(self, Self::TooManyClients | Self::SlotsReserved | Self::NoMemory)
    }

    /// What the program says that ended it, word for word. Of an answer: the status line.
    pub const fn words(self, half: Half) -> &'static str {
        match (self, half) {
            (Self::Served, Half::Pool) => "200 OK",
            (Self::Served, Half::Flood) => "SELECT 1",
            (Self::TooManyClients, _) => "sorry, too many clients already",
            (Self::SlotsReserved, _) => {
                "remaining connection slots are reserved for non-replication superuser connections"
            }
            (Self::NoMemory, _) => "could not fork new process for connection: Cannot allocate memory",
            (Self::WaitTimeout, _) => "timeout exceeded when trying to connect",
            // pg-pool gives its own words to what the driver under it says; alone, the driver says it.
            (Self::ConnectTimeout, Half::Pool) => "Connection terminated due to connection timeout",
            (Self::ConnectTimeout, Half::Flood) => "timeout expired",
            (Self::QueueFull, _) => "Queue limit reached.",
            (Self::GatewayTimeout, _) => "504 Gateway Time-out",
        }
    }

    /// The SQLSTATE that comes with the words. What the postmaster says before a process is there has none.
    pub const fn sqlstate(self) -> Option<&'static str> {
        match self {
            Self::TooManyClients | Self::SlotsReserved => Some("53300"),
            _ => None,
        }
    }

    /// The program that says it.
    pub const fn program(self, half: Half) -> &'static str {
        match (self, half) {
            (Self::Served, Half::Pool) => "the application",
            (Self::Served, Half::Flood) | (Self::TooManyClients | Self::SlotsReserved | Self::NoMemory, _) => {
                "PostgreSQL"
            }
            (Self::ConnectTimeout, Half::Flood) => "node-postgres",
            (Self::WaitTimeout | Self::ConnectTimeout, _) => "pg-pool",
            (Self::QueueFull, _) => "mysql2",
            (Self::GatewayTimeout, _) => "nginx",
        }
    }

    /// A short name, for tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::TooManyClients => "too many clients",
            Self::SlotsReserved => "slots reserved",
            Self::NoMemory => "no memory",
            Self::WaitTimeout => "pool timeout",
            Self::ConnectTimeout => "connect timeout",
            Self::QueueFull => "queue full",
            Self::GatewayTimeout => "504",
        }
    }
}
