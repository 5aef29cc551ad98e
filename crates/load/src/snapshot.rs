//! What stands where at one moment, to be drawn: some of the clients one by one, all of them as counts. It is read off
//! the run and changes nothing in it.

use crate::gauge::Level;
use crate::order::NONE;
use crate::random::mix;
use crate::run::{Leaving, Phase, PoolRun, Stage};
use crate::traffic::Client;
use engine::time::Micros;
use std::cmp::Reverse;

/// One request, as something to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The number of its client.
    pub client: u32,
    /// How many tries of this client failed before.
    pub tried: u16,
    /// What it is at.
    pub phase: Phase,
    /// Since when.
    pub since: Micros,
    /// Until when, where that is certain: on its way, or pausing.
    pub until: Option<Micros>,
    /// Its connection, by a number that is given again when the connection is closed.
    pub conn: Option<u32>,
    /// Where its connection stands.
    pub stage: Option<Stage>,
    /// How many wait in front of it.
    pub before: Option<u32>,
    /// How much of its work is done, in thousandths; while it works.
    pub done: Option<u16>,
    /// Nobody waits for its answer any more.
    pub orphan: bool,
}

/// The pool's own numbers, as node-postgres shows them, and what its other connections do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// `totalCount`.
    pub total: u32,
    /// `idleCount`.
    pub idle: u32,
    /// `waitingCount`.
    pub waiting: u32,
    /// Being opened.
    pub opening: u32,
    /// Not given back, and nobody will.
    pub leaked: u32,
}

/// One connection, as something to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, which is given again when it is closed.
    pub conn: u32,
    /// Where it stands.
    pub stage: Stage,
    /// The client whose request has it.
    pub client: Option<u32>,
    /// A query was answered on it before: whoever has it now uses it again.
    pub used: bool,
}

/// A moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// When.
    pub now: Micros,
    /// How much of everything there is.
    pub level: Level,
    /// How many requests are in each phase, in the order of [`Phase::ALL`].
    pub phases: [u32; Phase::ALL.len()],
    /// The pool's numbers. In the flood, `total` is how many connections its clients hold.
    pub pool: PoolState,
    /// One request in so many is among the actors.
    pub one_in: u32,
    /// Some of the requests; the same clients from one moment to the next.
    pub actors: Vec<Actor>,
    /// Those that left not long ago, the last ones first; one in so many as well.
    pub leaving: Vec<Leaving>,
    /// Those that come soon, in order; one in so many as well.
    pub arriving: Vec<Client>,
}

impl PoolRun {
    /// The moment: at most `most` actors, as many that left within `recent`, and as many that come within it. It looks
    /// at every request once, which takes some milliseconds for a million.
    pub fn snapshot(&self, most: usize, recent: Micros) -> Snapshot {
        let now = self.now();
        let one_in = (self.jobs.count()).div_ceil(most.max(1)).max(1).next_power_of_two() as u32;
        let drawn = |client: u32| mix(u64::from(client)) & u64::from(one_in - 1) == 0;
        let mut phases = [0; Phase::ALL.len()];
        let mut actors = Vec::new();
        for place in 0..self.jobs.places() {
            let job = &self.jobs[place];
            if job.gone {
                continue;
            }
            phases[job.phase as usize] += 1;
            if actors.len() < most && drawn(job.client) {
                actors.push((place, self.actor(place)));
            }
        }
        self.fill_in(&mut actors);
        let near = |at: Micros| at + recent >= now;
        let leaving = self.leaving.latest().take_while(|left| near(left.at)).filter(|left| drawn(left.client));
        let coming = self.coming.iter().copied().chain(self.traffic.clone());
        // A burst may be large: what comes is looked through as far as the ring of those who left.
        let coming = coming.take(2_048).take_while(|client| client.at <= now.0.saturating_add(recent.0));
        Snapshot {
            now,
            level: self.level(),
            phases,
            pool: self.pool_state(),
            one_in,
            actors: actors.into_iter().map(|(_, actor)| actor).collect(),
            leaving: leaving.take(most).copied().collect(),
            arriving: coming.filter(|client| drawn(client.number)).take(most).collect(),
        }
    }

    fn actor(&self, place: u32) -> Actor {
        let job = &self.jobs[place];
        let travels = matches!(job.phase, Phase::Sent | Phase::Returning);
        let conn = (job.conn != NONE).then_some(job.conn);
        Actor {
            client: job.client,
            tried: job.tried,
            phase: job.phase,
            since: Micros(job.since),
            until: travels.then(|| Micros(job.since.saturating_add(self.trip() / 2))),
            conn,
            stage: conn.map(|conn| self.conns[conn].stage),
            before: None,
            done: None,
            orphan: job.orphan,
        }
    }

    /// What is known only by looking through a line: places in the queue, ends of pauses, work that is done.
    fn fill_in(&self, actors: &mut [(u32, Actor)]) {
        // They are in order of their places.
        let find = |actors: &[(u32, Actor)], place: u32| actors.binary_search_by_key(&place, |(place, _)| *place).ok();
        for (before, place) in self.waiting.iter().enumerate() {
            if let Some(at) = find(actors, place) {
                actors[at].1.before = Some(before as u32);
            }
        }
        for Reverse((due, place)) in &self.pausing {
            if let Some(at) = find(actors, *place) {
                actors[at].1.until = Some(Micros(due.at));
            }
        }
        for (conn, left) in self.processor.running(self.now().0) {
            let place = self.conns[conn].job;
            if let Some(at) = find(actors, place).filter(|at| actors[*at].1.phase == Phase::Working) {
                let work = u64::from(self.jobs[place].work.max(1));
                actors[at].1.done = Some((1_000 - 1_000 * left.min(work) / work) as u16);
            }
        }
    }

    /// Every connection that is not over.
    pub fn connections(&self) -> impl Iterator<Item = Line> {
        let lines = (0..self.conns.places()).map(|conn| {
            let it = &self.conns[conn];
            let client = (it.job != NONE).then(|| self.jobs[it.job].client);
            Line { conn, stage: it.stage, client, used: it.used }
        });
        lines.filter(|line| line.stage != Stage::Gone)
    }

    /// Those who left after this moment, the last ones first; of very many, the last ones only.
    pub fn left_since(&self, moment: u64) -> impl Iterator<Item = &Leaving> {
        self.leaving.latest().take_while(move |left| left.at.0 > moment)
    }

    /// What the pool says of itself, and what its other connections do.
    pub fn pool_state(&self) -> PoolState {
        let conns = (0..self.conns.places()).map(|conn| &self.conns[conn]);
        let opening = conns.filter(|conn| conn.stage.is_opening() && !conn.cut).count() as u32;
        PoolState {
            total: self.total,
            idle: self.idle.len(),
            waiting: self.waiting.len(),
            opening,
            leaked: self.counts().leaked as u32,
        }
    }
}
