//! How much there is of what is counted, and the sum of that over time: so many clients for so many microseconds.

/// How many of something there are, and the sum of that over time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauge {
    there: u32,
    /// The sum at moment 0, had there always been as many as now: one more from now on counts as one more always, less
    /// the time that has passed. So the sum costs something when the number changes, and nothing while time goes by. It
    /// may be below zero, and wraps.
    sum: u64,
}

impl Gauge {
    /// One more.
    #[inline]
    pub fn up(&mut self, now: u64) {
        self.there += 1;
        self.sum = self.sum.wrapping_sub(now);
    }

    /// One less.
    #[inline]
    pub fn down(&mut self, now: u64) {
        self.there -= 1;
        self.sum = self.sum.wrapping_add(now);
    }

    /// How many there are.
    #[inline]
    pub fn there(&self) -> u32 {
        self.there
    }

    /// How many there were, times the microseconds for which they were there, until now.
    pub fn area(&self, now: u64) -> u64 {
        self.sum.wrapping_add(now.wrapping_mul(u64::from(self.there)))
    }
}

/// The four that are summed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Clients that have come and have not been told how it ended.
    pub inside: Gauge,
    /// Requests that wait in the pool's queue.
    pub waiting: Gauge,
    /// Places taken at the database.
    pub connections: Gauge,
    /// What keeps the database's processor busy: queries, and new connections.
    pub running: Gauge,
}

/// What is there at a moment; of what, see [`Gauges`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of Gauges")]
pub struct Level {
    pub inside: u32,
    pub waiting: u32,
    pub connections: u32,
    pub running: u32,
}

/// What was there, summed over time: in microseconds times what there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of Gauges")]
pub struct Area {
    pub inside: u64,
    pub waiting: u64,
    pub connections: u64,
    pub running: u64,
}

impl Gauges {
    /// How many there are.
    pub fn level(&self) -> Level {
        Level {
            inside: self.inside.there,
            waiting: self.waiting.there,
            connections: self.connections.there,
            running: self.running.there,
        }
    }

    /// The sums until now.
    pub fn area(&self, now: u64) -> Area {
        Area {
            inside: self.inside.area(now),
            waiting: self.waiting.area(now),
            connections: self.connections.area(now),
            running: self.running.area(now),
        }
    }
}

impl Area {
    /// Part by part.
    pub fn combine(self, other: Self, with: fn(u64, u64) -> u64) -> Self {
        Self {
            inside: with(self.inside, other.inside),
            waiting: with(self.waiting, other.waiting),
            connections: with(self.connections, other.connections),
            running: with(self.running, other.running),
        }
    }
}
