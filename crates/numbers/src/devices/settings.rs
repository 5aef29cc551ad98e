//! What may be set beside figure 15: how much work, and what the server has.

use crate::knob::{Knob, Values, Way};
use engine::time::Micros;
use load::device::{DEVICES, Device};
use load::fleet::{Balancer, Fleet};
use load::need::{Size, Stage, need, peak};
use load::traffic::{Arrivals, Faults, Traffic, Work};

/// The knobs, in the order in which they stand.
pub const KNOBS: [Knob; 8] = [
    Knob {
        name: "orders",
        label: "Orders to go through",
        unit: "",
        note: "",
        usual: 6_000_000,
        way: Way::Slide(1_000, 1_000_000_000),
    },
    Knob {
        name: "workers",
        label: "The page’s program uses all cores",
        unit: "",
        note: "it was written to use workers",
        usual: 0,
        way: Way::Switch,
    },
    Knob {
        name: "requests",
        label: "Requests to the server",
        unit: "",
        note: "each is the whole work",
        usual: 500,
        way: Way::Slide(0, 100_000),
    },
    Knob { name: "rate", label: "Requests a second", unit: "/s", note: "", usual: 10, way: Way::Slide(0, 1_000) },
    Knob { name: "cores", label: "+CPU: cores of a server", unit: "", note: "", usual: 16, way: Way::Slide(1, 128) },
    Knob {
        name: "memory",
        label: "+Memory of a server",
        unit: "GB",
        note: "2 are the system’s",
        usual: 32,
        way: Way::Slide(1, 512),
    },
    Knob { name: "servers", label: "+Servers", unit: "", note: "", usual: 1, way: Way::Slide(1, 64) },
    Knob {
        name: "balancer",
        label: "nginx chooses a server",
        unit: "",
        note: "",
        usual: 0,
        way: Way::Choose(&[("turns", "by turns (round robin)"), ("least", "with the fewest connections (least_conn)")]),
    },
];

/// How many of the knobs are always seen: all.
pub const SEEN: usize = KNOBS.len();

/// Settings that show something, by name.
pub const PRESETS: [(&str, &str); 6] = [
    ("As drawn", ""),
    ("Light work", "orders=100000"),
    ("Too much for a laptop", "orders=100000000&requests=200&rate=1"),
    ("+CPU", "rate=30&cores=32"),
    ("+Memory", "orders=100000000&requests=200&rate=1&memory=64"),
    ("+Servers", "rate=30&servers=2"),
];

/// The most requests that come.
pub const MOST_REQUESTS: u64 = 100_000;

/// The settings of the page when nothing is said.
pub fn usual() -> Values {
    Values::usual(&KNOBS)
}

fn small(values: &Values, name: &str) -> u32 {
    u32::try_from(values.get(name)).unwrap_or(u32::MAX)
}

/// How many orders there are.
pub fn size(values: &Values) -> Size {
    Size::of(small(values, "orders"))
}

/// What the work needs.
pub fn stages(values: &Values) -> Vec<Stage> {
    need(size(values))
}

/// The reader's machines: those of the drawing.
pub fn machines() -> [Device; 3] {
    [DEVICES[0], DEVICES[1], DEVICES[2]]
}

/// How many cores a page's program uses.
pub fn uses(values: &Values) -> u64 {
    if values.get("workers") > 0 { u64::MAX } else { 1 }
}

/// What one request takes on one core of the server, if memory does not end it.
pub fn service(stages: &[Stage]) -> Micros {
    let mut server = DEVICES[3];
    server.free.value = u64::MAX;
    server.course(stages, 1).time()
}

const GB: u64 = 1 << 30;

/// The servers.
pub fn fleet(values: &Values) -> Fleet {
    Fleet {
        servers: small(values, "servers").clamp(1, 64),
        cores: small(values, "cores").clamp(1, 1_024),
        memory: values.get("memory").saturating_sub(2).saturating_mul(GB),
        bytes: peak(&stages(values)),
        balancer: if values.get("balancer") == 0 { Balancer::RoundRobin } else { Balancer::LeastConnections },
    }
}

/// Who comes to the servers.
pub fn traffic(values: &Values) -> Traffic {
    let arrivals = Arrivals::Poisson { per_second: values.get("rate") };
    let (requests, work) = (values.get("requests").min(MOST_REQUESTS), Work::Fixed(service(&stages(values))));
    Traffic::new(1, requests, &arrivals, work, Faults::default())
}

/// What surprises about the settings, in words.
pub fn matters(values: &Values) -> Vec<String> {
    let mut out = Vec::new();
    let mut most = |name: &str, most: u64, words: &str| {
        let value = values.get(name);
        if value > most {
            out.push(format!(
                "{} {words} are counted as {}, the most here.",
                crate::say::thousands(value),
                crate::say::thousands(most)
            ));
        }
    };
    most("orders", u64::from(u32::MAX), "orders");
    most("requests", MOST_REQUESTS, "requests");
    most("servers", 64, "servers");
    most("cores", 1_024, "cores");
    if values.get("orders") == 0 {
        out.push("Without orders there is nothing to do.".to_owned());
    }
    if values.get("requests") == 0 || values.get("rate") == 0 {
        out.push("Nobody asks the server.".to_owned());
    }
    let fleet = fleet(values);
    if fleet.bytes > fleet.memory {
        out.push("The server’s memory does not hold the work of a single request: each is ended.".to_owned());
    }
    out
}
