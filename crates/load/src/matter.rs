//! What is to be said about settings before they run, in words: what cannot run at all, and what surprises.

use crate::run::ROOM;
use crate::setup::Setup;
use crate::traffic::{Arrivals, LONGEST, Work};
use engine::time::Micros;

/// Something about the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Nothing runs with it.
    pub stops: bool,
    /// What is the matter.
    pub words: String,
}

/// The most that PostgreSQL takes for `max_connections` (`MAX_BACKENDS`).
pub const MOST_CONNECTIONS: u32 = 262_143;

/// Everything that is to be said about these settings.
pub fn matters(setup: &Setup) -> Vec<Matter> {
    let mut found = Vec::new();
    server(setup, &mut found);
    traffic(setup, &mut found);
    pool(setup, &mut found);
    found
}

fn stops(found: &mut Vec<Matter>, words: String) {
    found.push(Matter { stops: true, words });
}

fn says(found: &mut Vec<Matter>, words: String) {
    found.push(Matter { stops: false, words });
}

/// PostgreSQL refuses to start with such settings, in these words.
fn server(setup: &Setup, found: &mut Vec<Matter>) {
    let database = &setup.database;
    let (connections, reserved) = (database.connections, database.reserved);
    let outside = |value: u32, name: &str, least: u32| {
        format!("{value} is outside the valid range for parameter \"{name}\" ({least} .. {MOST_CONNECTIONS})")
    };
    if !(1..=MOST_CONNECTIONS).contains(&connections) {
        stops(found, outside(connections, "max_connections", 1));
    } else if reserved > MOST_CONNECTIONS {
        stops(found, outside(reserved, "superuser_reserved_connections", 0));
    } else if reserved >= connections {
        stops(
            found,
            format!("superuser_reserved_connections ({reserved}) must be less than max_connections ({connections})"),
        );
    }
    if database.cores == 0 {
        stops(found, "A database without a processor answers nothing.".to_owned());
    } else if database.cores > 1_024 {
        says(found, format!("{} cores are counted as 1,024, the most that this model knows.", database.cores));
    }
    if database.crowding > 100 {
        says(found, format!("A crowding of {} thousandths is counted as 100, the most.", database.crowding));
    }
    let room = database.memory.saturating_sub(database.shared).checked_div(database.per_connection);
    match room {
        Some(0) => says(found, "The memory does not hold a single connection: nobody is let in.".to_owned()),
        Some(room) if room < u64::from(connections) => {
            says(found, format!("The memory holds {room} connections, fewer than the {connections} that are allowed."));
        }
        _ => {}
    }
}

fn traffic(setup: &Setup, found: &mut Vec<Matter>) {
    let clients = setup.clients;
    let comes = match &setup.arrivals {
        Arrivals::Steady { per_second } | Arrivals::Poisson { per_second } => *per_second > 0,
        Arrivals::Bursts { size, .. } => *size > 0,
        Arrivals::Given(trace) => {
            if !trace.is_sorted_by_key(|given| given.at) {
                stops(found, "The trace is not in order of time.".to_owned());
            }
            !trace.is_empty()
        }
    };
    if clients == 0 || !comes {
        says(found, "Nobody comes, so nothing happens.".to_owned());
    }
    if clients > u64::from(u32::MAX) {
        says(found, format!("Of {clients} clients, the first {} come.", u32::MAX));
    } else if clients >= 100_000_000 {
        says(found, format!("{clients} clients take minutes; it goes on in steps and can be stopped."));
    }
    let at_once = match &setup.arrivals {
        Arrivals::Bursts { size, every: Micros(0) } if *size > 0 => clients,
        Arrivals::Bursts { size, .. } => clients.min(*size),
        _ => 0,
    };
    if at_once > ROOM as u64 {
        says(found, format!("{at_once} come in one moment, and {ROOM} have room here: the run will end there."));
    }
    match setup.work {
        Work::Fixed(work) | Work::Pareto { most: work, .. } if work > LONGEST => {
            says(found, "A query that takes longer than 71 minutes is counted as 71 minutes.".to_owned());
        }
        Work::Pareto { least, most, .. } if least > most => {
            says(found, "The shortest query is longer than the longest: all take the shortest's time.".to_owned());
        }
        _ => {}
    }
}

fn pool(setup: &Setup, found: &mut Vec<Matter>) {
    let (pool, usable) = (&setup.pool, setup.database.usable());
    if pool.size == 0 {
        says(found, "node-postgres takes a pool size of 0 for none given, and opens up to 10.".to_owned());
    }
    let size = pool.most();
    if usable == 0 {
        says(found, "The database lets none of these clients in.".to_owned());
    } else if size > usable {
        says(
            found,
            format!(
                "The pool may open {size} connections, and the database lets {usable} of them in: it will refuse some."
            ),
        );
    }
    if setup.faults.leak_every > 0 && pool.wait.0 == 0 {
        says(
            found,
            "Connections leak, and connectionTimeoutMillis is 0: whoever comes after the last one waits for ever."
                .to_owned(),
        );
    }
}
