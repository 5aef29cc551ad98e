//! Servers behind a balancer: the same requests, each a piece of work, on more cores, more memory, more servers.
//!
//! A server works at as many requests at once as it has cores, each on one core; the others wait in the order in which
//! they came. Each request at work holds its memory; where there is none left for the next one, that one is ended: its
//! process is killed, and the client has nothing. The balancer is nginx's, with equal weights.
//!
//! Not modelled: the time that the balancer and the network take, servers that fail, `max_conns`, `keepalive`, and the
//! choice's memory of failures.

use crate::histogram::Histogram;
use crate::order::Due;
use crate::traffic::{Client, Traffic};
use engine::time::Micros;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How nginx chooses among the servers of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer {
    /// One after the other.
    RoundRobin,
    /// `least_conn`: the one with the fewest requests, at work or waiting; of equals, the one whose turn it is.
    LeastConnections,
}

/// The servers, all of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// How many servers.
    pub servers: u32,
    /// Cores of each.
    pub cores: u32,
    /// Memory of each, in bytes.
    pub memory: u64,
    /// Bytes that a request holds while it is worked at.
    pub bytes: u64,
    /// Who chooses.
    pub balancer: Balancer,
}

/// The choice among equal servers by turns: nginx's smooth weighted round robin with weights of 1.
#[derive(Clone, Debug)]
struct Turns {
    current: Vec<i64>,
}

impl Turns {
    /// Whose turn it is of those for whom `may` holds.
    fn choose(&mut self, may: impl Fn(usize) -> bool) -> usize {
        let (mut best, mut total) = (None, 0);
        for server in (0..self.current.len()).filter(|server| may(*server)) {
            self.current[server] += 1;
            total += 1;
            if best.is_none_or(|best: usize| self.current[server] > self.current[best]) {
                best = Some(server);
            }
        }
        let best = best.unwrap_or(0);
        self.current[best] -= total;
        best
    }
}

#[derive(Clone, Debug, Default)]
struct Server {
    working: u32,
    waiting: VecDeque<(u64, u32)>,
    done: u64,
    busy: u64,
}

impl Server {
    fn connections(&self) -> usize {
        self.working as usize + self.waiting.len()
    }
}

/// How many may be there at once.
const ROOM: usize = 1 << 20;

/// What became of the requests so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that came.
    pub arrived: u64,
    /// Those that have their answer.
    pub done: u64,
    /// Those that ended for want of memory.
    pub out_of_memory: u64,
}

/// The servers as they run.
#[derive(Clone, Debug)]
pub struct FleetRun {
    fleet: Fleet,
    traffic: Traffic,
    coming: Option<Client>,
    servers: Vec<Server>,
    turns: Turns,
    /// What is at work: when it is done, at which server, and when it came.
    working: BinaryHeap<Reverse<(Due, u32, u64)>>,
    now: u64,
    number: u64,
    counts: Counts,
    latency: Histogram,
    over: bool,
}

impl FleetRun {
    /// The servers before anybody comes. A client's work is what its request takes on one core.
    pub fn new(fleet: Fleet, mut traffic: Traffic) -> Self {
        let servers = fleet.servers.clamp(1, 1_000) as usize;
        let coming = traffic.next();
        Self {
            fleet: Fleet { cores: fleet.cores.max(1), ..fleet },
            traffic,
            coming,
            servers: vec![Server::default(); servers],
            turns: Turns { current: vec![0; servers] },
            working: BinaryHeap::new(),
            now: 0,
            number: 0,
            counts: Counts::default(),
            latency: Histogram::new(7),
            over: false,
        }
    }

    /// Goes on to this moment, or for so many events. True once it is over.
    pub fn advance(&mut self, until: Micros, events: u64) -> bool {
        for _ in 0..events {
            let done = self.working.peek().map(|Reverse((due, _, _))| due.at);
            let comes = self.coming.map(|client| client.at);
            let next = match (done, comes) {
                (None, None) => {
                    self.over = true;
                    break;
                }
                (done, comes) => done.unwrap_or(u64::MAX).min(comes.unwrap_or(u64::MAX)),
            };
            if self.over || next > until.0 {
                break;
            }
            self.now = next;
            // Who is done makes room before the next one comes.
            if done == Some(next) { self.finish() } else { self.arrive() }
        }
        self.over
    }

    fn arrive(&mut self) {
        let Some(client) = self.coming.take() else { return };
        if self.servers.iter().map(Server::connections).sum::<usize>() >= ROOM {
            self.over = true;
            return;
        }
        self.coming = self.traffic.next();
        self.counts.arrived += 1;
        let server = self.choose();
        self.servers[server].waiting.push_back((client.at, client.work));
        self.begin(server);
    }

    fn choose(&mut self) -> usize {
        match self.fleet.balancer {
            Balancer::RoundRobin => self.turns.choose(|_| true),
            Balancer::LeastConnections => {
                let servers = &self.servers;
                let fewest = servers.iter().map(Server::connections).min().unwrap_or(0);
                self.turns.choose(|server| servers[server].connections() == fewest)
            }
        }
    }

    /// Takes up what waits, as far as there are cores.
    fn begin(&mut self, at: usize) {
        let Fleet { cores, memory, bytes, .. } = self.fleet;
        while self.servers[at].working < cores {
            let server = &mut self.servers[at];
            let Some((came, work)) = server.waiting.pop_front() else { return };
            if bytes.saturating_mul(u64::from(server.working) + 1) > memory {
                self.counts.out_of_memory += 1;
                continue;
            }
            server.working += 1;
            server.busy += u64::from(work);
            self.number += 1;
            let due = Due { at: self.now + u64::from(work), number: self.number };
            self.working.push(Reverse((due, at as u32, came)));
        }
    }

    fn finish(&mut self) {
        let Some(Reverse((_, server, came))) = self.working.pop() else { return };
        let at = server as usize;
        self.servers[at].working -= 1;
        self.servers[at].done += 1;
        self.counts.done += 1;
        self.latency.add(self.now - came);
        self.begin(at);
    }

    /// The moment.
    pub fn now(&self) -> Micros {
        Micros(self.now)
    }

    /// What became of the requests.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// From coming to the answer.
    pub fn latency(&self) -> &Histogram {
        &self.latency
    }

    /// Each server: how many requests it works at, how many wait there, and how many it has done.
    pub fn servers(&self) -> impl Iterator<Item = (u32, usize, u64)> {
        self.servers.iter().map(|server| (server.working, server.waiting.len(), server.done))
    }

    /// The work that the servers have taken up so far, as time on one core.
    pub fn busy(&self) -> Micros {
        Micros(self.servers.iter().map(|server| server.busy).sum())
    }
}
