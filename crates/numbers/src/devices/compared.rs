//! Whether what the server got more of was of use: the same requests with and without it.

use super::settings::{fleet, traffic, usual};
use crate::knob::Values;
use engine::time::Micros;
use load::fleet::FleetRun;

/// What a scale of the drawing is, and its knob.
pub const SCALES: [(&str, &str); 3] = [("MoreCPU", "cores"), ("MoreRAM", "memory"), ("MoreServers", "servers")];

/// How the requests fared in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fared {
    /// Requests for which there was no memory.
    pub out_of_memory: u64,
    /// What 99 % of those answered waited at most.
    pub waited: Micros,
    /// How many were answered.
    pub done: u64,
}

impl Fared {
    /// Fewer were ended, or, as many, and they waited less.
    pub fn is_better_than(self, other: Self) -> bool {
        (self.out_of_memory, self.waited) < (other.out_of_memory, other.waited)
    }
}

/// The whole run with these settings.
pub fn whole(values: &Values) -> Fared {
    let mut run = FleetRun::new(fleet(values), traffic(values));
    while !run.advance(Micros(u64::MAX), 100_000) {}
    fared(&run)
}

/// How the requests of a run fared so far.
pub fn fared(run: &FleetRun) -> Fared {
    let counts = run.counts();
    let waited = run.latency().percentile(99_000).unwrap_or(Micros::ZERO);
    Fared { out_of_memory: counts.out_of_memory, waited, done: counts.done }
}

/// Of each scale: how it would be without what there is more of than drawn; nothing where there is no more.
pub fn without(values: &Values) -> [Option<Fared>; 3] {
    SCALES.map(|(_, knob)| {
        let drawn = usual().get(knob);
        (values.get(knob) > drawn).then(|| {
            let mut less = values.clone();
            less.set(knob, drawn);
            whole(&less)
        })
    })
}
