//! What happened, in a sentence whose numbers come from the run, and what decided it. In the programs' own words.

use crate::say::{bytes, count, thousands, time};
use engine::time::Micros;
use load::both::Both;
use load::end::End;
use load::run::{Ended, PoolRun};

/// The sentence.
pub fn sentence(both: &Both) -> String {
    let (pool, flood) = (&both.pool, &both.flood);
    if pool.ended() == Some(Ended::NotStarted) {
        let why = pool.matters().iter().find(|matter| matter.stops).map_or("", |matter| &matter.words);
        return format!("Nothing runs. {why}");
    }
    let came = pool.counts().arrived.max(flood.counts().arrived);
    if came == 0 {
        let clients = pool.setup().clients;
        return match both.is_over() || pool.matters().iter().any(|matter| matter.words.contains("Nobody comes")) {
            true => "Nobody comes, so nothing happens.".to_owned(),
            false => format!(
                "Press Space or the play button: {} to both halves, in the same moments and with the same work.",
                count(clients, "client comes", "clients come")
            ),
        };
    }
    [&of_pool(pool), " ", &of_flood(flood)].concat()
}

fn of_pool(run: &PoolRun) -> String {
    let (counts, size) = (run.counts(), run.setup().pool.most());
    let (served, came) = (counts.of(End::Served), counts.arrived);
    let waiting = u64::from(run.level().waiting);
    let all = if served == came {
        format!("all {}", thousands(came))
    } else {
        format!("{} of {}", thousands(served), thousands(came))
    };
    if counts.leaked > 0 && counts.leaked >= u64::from(run.pool_state().total) && waiting > 0 {
        let told = match (run.ended(), counts.of(End::GatewayTimeout)) {
            (Some(Ended::Stuck(_)), _) => "and will wait for ever".to_owned(),
            (_, 0) => "and nobody tells them why".to_owned(),
            (_, late) => {
                format!("and nginx has answered {} to {}", End::GatewayTimeout.words(run.half()), thousands(late))
            }
        };
        return format!(
            "All {} of the pool’s connections have leaked: {} for one, {told}.",
            thousands(counts.leaked),
            count(waiting, "request waits", "requests wait")
        );
    }
    let mut words = format!("With {} the pool served {all}", count(counts.connected, "connection", "connections"));
    if counts.most_waiting > 0 {
        words += &format!("; up to {} waited in its line", thousands(u64::from(counts.most_waiting)));
    } else if counts.connected < u64::from(size) {
        words += "; nobody waited in its line";
    }
    if let Some((end, number)) = worst(run) {
        words += &format!("; {} heard “{}”", thousands(number), end.words(run.half()));
    }
    words + "."
}

fn of_flood(run: &PoolRun) -> String {
    let counts = run.counts();
    let (served, came) = (counts.of(End::Served), counts.arrived);
    if counts.refusals == 0 {
        let others = worst(run).map_or(String::new(), |(end, number)| {
            format!("; {} heard “{}”", thousands(number), end.words(run.half()))
        });
        return format!(
            "Without it, {} held up to {} at once, and PostgreSQL refused none{others}.",
            count(came, "client", "clients"),
            count(u64::from(run.most_connections()), "connection", "connections")
        );
    }
    let refused = counts.refused();
    let tries = if counts.refusals > refused {
        format!(" ({} times in all, with every try)", thousands(counts.refusals))
    } else {
        String::new()
    };
    let end = End::ALL.into_iter().filter(|end| end.is_refused()).max_by_key(|end| counts.of(*end));
    let words = end.filter(|end| counts.of(*end) > 0).map_or(String::new(), |end| {
        let state = end.sqlstate().map(|state| [" (SQLSTATE ", state, ")"].concat()).unwrap_or_default();
        format!(": “{}”{state}", end.words(run.half()))
    });
    format!(
        "Without it, PostgreSQL refused {} of {}{tries} and served {}{words}.",
        thousands(refused),
        thousands(came),
        thousands(served)
    )
}

/// What most of those heard who were not served, and how many.
fn worst(run: &PoolRun) -> Option<(End, u64)> {
    let ends = End::ALL.into_iter().filter(|end| *end != End::Served);
    ends.map(|end| (end, run.counts().of(end))).filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count)
}

/// What decided: the setting, with the program that reads it.
pub fn because(both: &Both) -> String {
    let (setup, pool, flood) = (both.pool.setup(), both.pool.counts(), both.flood.counts());
    let database = &setup.database;
    if pool.leaked > 0 && both.pool.level().waiting > 0 {
        let wait = setup.pool.wait;
        return match wait {
            Micros::ZERO => "pg-pool: connectionTimeoutMillis is 0, so whoever waits is never told; nginx has its proxy_read_timeout.".to_owned(),
            wait => format!("pg-pool: connectionTimeoutMillis is {}.", time(wait)),
        };
    }
    if flood.of(End::NoMemory) > 0 {
        let most = both.flood.most_connections();
        return format!(
            "{} for PostgreSQL are full with {}.",
            bytes(database.memory),
            count(u64::from(most), "connection", "connections")
        );
    }
    let limit = format!(
        "postgresql.conf: max_connections = {}, superuser_reserved_connections = {}: {} for these clients",
        database.connections,
        database.reserved,
        count(u64::from(database.connections.saturating_sub(database.reserved)), "place is", "places are")
    );
    match flood.first_refused {
        Some(first) => format!("{limit}. First refused after {}.", time(first)),
        None => [&limit, "."].concat(),
    }
}
