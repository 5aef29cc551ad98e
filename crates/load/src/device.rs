//! The same work on other machines: how long it takes there, and whether it ends for want of memory.
//!
//! The model: a core does so many operations a second, at each stage as many cores help as the machine has, the program
//! uses and the stage allows, and memory is what it is. Operations, stages and memory are those of the job that ships
//! ([`need`](crate::need)). What is said of a machine has its source, or is called an assumption.
//!
//! Not modelled: caches and the width of the way to memory (which grow scarce where all cores merge at once), swapping
//! (a page is ended instead), a clock that slows down when it gets hot, and whatever else runs on the machine.

use crate::need::Stage;
use engine::time::Micros;

/// A number that describes a machine, and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coefficient {
    /// The number.
    pub value: u64,
    /// How it is known.
    pub basis: Basis,
}

/// How a number is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The drawing says so.
    Figure,
    /// A standard says so.
    Standard(&'static str),
    /// It was measured.
    Measured(&'static str),
    /// Nobody's measurement; of a likely size.
    Assumed(&'static str),
}

/// A machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is.
    pub name: &'static str,
    /// Its memory, in bytes.
    pub memory: Coefficient,
    /// What of it the work may have, in bytes.
    pub free: Coefficient,
    /// Its cores.
    pub cores: Coefficient,
    /// Operations a second of one core.
    pub speed: Coefficient,
}

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// What one core of the desktop does in a second.
const DESKTOP: u64 = 200_000_000;

const fn figure(value: u64) -> Coefficient {
    Coefficient { value, basis: Basis::Figure }
}

const fn assumed(value: u64, why: &'static str) -> Coefficient {
    Coefficient { value, basis: Basis::Assumed(why) }
}

/// The three machines of users, and the server.
pub const DEVICES: [Device; 4] = [
    Device {
        name: "Smartphone",
        memory: figure(256 * MB),
        free: assumed(128 * MB, "the system and the browser need about half"),
        cores: figure(1),
        speed: assumed(DESKTOP / 10, "a tenth of the desktop's"),
    },
    Device {
        name: "Old laptop",
        memory: figure(2 * GB),
        free: assumed(1_280 * MB, "the system and the browser need about 750 MB"),
        cores: figure(2),
        speed: assumed(DESKTOP / 4, "a quarter of the desktop's"),
    },
    Device {
        name: "Desktop",
        memory: figure(16 * GB),
        free: Coefficient {
            value: 4 * GB,
            basis: Basis::Standard("WebAssembly: a memory has 65,536 pages of 64 KiB at most"),
        },
        cores: figure(8),
        speed: Coefficient {
            value: DESKTOP,
            basis: Basis::Measured("about what this job did in a second as Wasm in Chromium, on a core of a server"),
        },
    },
    Device {
        name: "Server",
        memory: figure(32 * GB),
        free: assumed(30 * GB, "the system needs about 2 GB"),
        cores: figure(16),
        speed: assumed(DESKTOP, "the desktop's"),
    },
];

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The work is done.
    Done,
    /// The memory was full in this stage.
    OutOfMemory(&'static str),
}

/// A moment of the work; between two of them everything goes evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub at: Micros,
    /// Operations that are done.
    pub operations: u64,
    /// Bytes that are held.
    pub bytes: u64,
    /// Cores that were busy until then.
    pub busy: u64,
}

/// The work on a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// From the beginning to the end, one for each stage.
    pub points: Vec<Point>,
    /// How it ended.
    pub ended: Ended,
}

/// So much of something, as a share of a whole of which so much is asked.
fn share(of: u64, part: u64, whole: u64) -> u64 {
    (u128::from(of) * u128::from(part)).checked_div(u128::from(whole)).unwrap_or(0).min(u128::from(u64::MAX)) as u64
}

impl Device {
    /// The work on this machine, by a program that uses so many cores: a script or a Wasm program in a page uses one,
    /// unless it is written to use workers.
    pub fn course(&self, stages: &[Stage], uses: u64) -> Course {
        let (cores, free) = (self.cores.value.min(uses).max(1), self.free.value);
        let mut point = Point { at: Micros::ZERO, operations: 0, bytes: 0, busy: 0 };
        let mut points = vec![point];
        for stage in stages {
            let busy = cores.min(stage.ways).max(1);
            // As far as the memory goes.
            let fits = if stage.from > free {
                0
            } else if stage.to > free {
                share(stage.operations, free - stage.from, stage.to - stage.from)
            } else {
                stage.operations
            };
            point = Point {
                at: point.at + Micros(share(fits, 1_000_000, self.speed.value.saturating_mul(busy))),
                operations: point.operations + fits,
                bytes: if fits == stage.operations { stage.to } else { free },
                busy,
            };
            points.push(point);
            if fits < stage.operations {
                return Course { points, ended: Ended::OutOfMemory(stage.name) };
            }
        }
        Course { points, ended: Ended::Done }
    }
}

impl Course {
    /// When it ended.
    pub fn time(&self) -> Micros {
        self.points.last().map_or(Micros::ZERO, |last| last.at)
    }

    /// The moment, by going evenly from one point to the next.
    pub fn at(&self, moment: Micros) -> Point {
        let after = self.points.partition_point(|point| point.at <= moment);
        let Some(&last) = self.points[..after].last() else {
            return Point { at: moment, operations: 0, bytes: 0, busy: 0 };
        };
        let Some(&next) = self.points.get(after) else { return last };
        let (part, whole) = (moment.0 - last.at.0, next.at.0 - last.at.0);
        let between = |from: u64, to: u64| {
            if to >= from { from + share(to - from, part, whole) } else { from - share(from - to, part, whole) }
        };
        Point {
            at: moment,
            operations: between(last.operations, next.operations),
            bytes: between(last.bytes, next.bytes),
            busy: next.busy,
        }
    }
}
