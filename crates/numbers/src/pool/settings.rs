//! What may be set beside figure 14, with the programs' own names, and the [`Setup`] that it makes.

use crate::knob::{Knob, Values, Way};
use engine::time::Micros;
use load::setup::{Backoff, Retries, Setup};
use load::traffic::{Arrivals, Work};

/// The knobs, in the order in which they stand. The first ones are always seen, those behind [`SEEN`] on demand.
pub const KNOBS: [Knob; 16] = [
    Knob { name: "clients", label: "Clients", unit: "", note: "", usual: 1_000, way: Way::Slide(0, 1_000_000_000) },
    Knob {
        name: "rate",
        label: "Clients a second",
        unit: "/s",
        note: "of bursts: clients in one",
        usual: 600,
        way: Way::Slide(0, 100_000),
    },
    Knob { name: "pool", label: "Pool size", unit: "", note: "max", usual: 10, way: Way::Slide(0, 200) },
    Knob {
        name: "query",
        label: "Query time",
        unit: "ms",
        note: "on an idle core",
        usual: 5,
        way: Way::Slide(0, 1_000),
    },
    Knob {
        name: "limit",
        label: "Database limit",
        unit: "",
        note: "max_connections",
        usual: 100,
        way: Way::Slide(0, 1_000),
    },
    Knob {
        name: "arrivals",
        label: "They come",
        unit: "",
        note: "",
        usual: 1,
        way: Way::Choose(&[
            ("steady", "in equal distances"),
            ("poisson", "by chance (Poisson)"),
            ("bursts", "in bursts, every 2 s"),
        ]),
    },
    Knob { name: "leak", label: "A connection leak", unit: "", note: "one client in 100", usual: 0, way: Way::Switch },
    Knob { name: "slow", label: "A slow query", unit: "", note: "one in 50 takes 1 s", usual: 0, way: Way::Switch },
    Knob {
        name: "work",
        label: "Queries take",
        unit: "",
        note: "",
        usual: 1,
        way: Way::Choose(&[
            ("fixed", "always the same"),
            ("exponential", "exponentially distributed time"),
            ("heavy", "mostly little, seldom very much (Pareto)"),
        ]),
    },
    Knob {
        name: "wait",
        label: "Wait for a connection",
        unit: "ms",
        note: "connectionTimeoutMillis, 0: for ever",
        usual: 0,
        way: Way::Slide(0, 60_000),
    },
    Knob {
        name: "nginx",
        label: "nginx waits",
        unit: "s",
        note: "proxy_read_timeout, 0: for ever",
        usual: 60,
        way: Way::Slide(0, 300),
    },
    Knob { name: "retries", label: "Tries after a failure", unit: "", note: "", usual: 0, way: Way::Slide(0, 20) },
    Knob {
        name: "backoff",
        label: "Before another try",
        unit: "",
        note: "",
        usual: 1,
        way: Way::Choose(&[
            ("none", "no pause"),
            ("jitter", "100 ms, doubled each time to 10 s, with jitter"),
            ("doubled", "the same without jitter"),
        ]),
    },
    Knob { name: "cores", label: "The database’s cores", unit: "", note: "", usual: 4, way: Way::Slide(0, 128) },
    Knob {
        name: "memory",
        label: "The database’s memory",
        unit: "MB",
        note: "6 MB a connection",
        usual: 4_096,
        way: Way::Slide(0, 100_000),
    },
    Knob { name: "seed", label: "Seed", unit: "", note: "another day", usual: 1, way: Way::Slide(1, 1_000) },
];

/// How many of the knobs are always seen.
pub const SEEN: usize = 8;

/// How far bursts are apart.
pub const BURST: Micros = Micros::seconds(2);

/// One client in so many leaks its connection.
const LEAK: u64 = 100;

/// One query in so many is slow.
const SLOW: (u64, Micros) = (50, Micros::seconds(1));

/// Settings that show something, by name: what is written on the button, and what is set.
pub const PRESETS: [(&str, &str); 7] = [
    ("4 clients, one by one", "clients=4&rate=100&query=20&arrivals=0"),
    ("As drawn: 1,000 clients", ""),
    ("Few enough for the flood", "rate=300"),
    ("500 at once", "clients=2000&rate=500&arrivals=2"),
    ("100,000 clients", "clients=100000&rate=1500&query=3"),
    ("A leak", "clients=4000&leak=1"),
    ("A crowd that tries again", "clients=6000&rate=700&retries=5&backoff=0"),
];

/// The settings of the page when nothing is said.
pub fn usual() -> Values {
    Values::usual(&KNOBS)
}

fn small(values: &Values, name: &str) -> u32 {
    u32::try_from(values.get(name)).unwrap_or(u32::MAX)
}

/// What runs with these settings.
pub fn setup(values: &Values) -> Setup {
    let mut setup = Setup { seed: values.get("seed"), clients: values.get("clients"), ..Setup::default() };
    let rate = values.get("rate");
    setup.arrivals = match values.get("arrivals") {
        0 => Arrivals::Steady { per_second: rate },
        1 => Arrivals::Poisson { per_second: rate },
        _ => Arrivals::Bursts { size: rate, every: BURST },
    };
    let query = Micros(values.get("query").saturating_mul(1_000));
    setup.work = match values.get("work") {
        0 => Work::Fixed(query),
        1 => Work::Exponential(query),
        // With this shape the mean is about three times the shortest, so the mean is nearly what was asked for.
        _ => Work::Pareto { shape: 140, least: Micros(query.0 / 3), most: Micros(query.0.saturating_mul(200)) },
    };
    setup.pool.size = small(values, "pool");
    setup.pool.wait = Micros(values.get("wait").saturating_mul(1_000));
    setup.upstream_timeout = Micros(values.get("nginx").saturating_mul(1_000_000));
    setup.database.connections = small(values, "limit");
    setup.database.cores = small(values, "cores");
    setup.database.memory = values.get("memory").saturating_mul(1 << 20);
    if values.get("leak") > 0 {
        setup.faults.leak_every = LEAK;
    }
    if values.get("slow") > 0 {
        (setup.faults.slow_every, setup.faults.slow) = SLOW;
    }
    let (first, most) = (Micros::millis(100), Micros::seconds(10));
    setup.retries = Retries {
        times: u16::try_from(values.get("retries")).unwrap_or(u16::MAX),
        backoff: match values.get("backoff") {
            0 => Backoff::Fixed(Micros::ZERO),
            kind => Backoff::Exponential { first, most, jitter: kind == 1 },
        },
    };
    setup
}

/// How long a run with these settings is expected to last, in microseconds: until the last client has come, and a moment.
pub fn expected(setup: &Setup) -> u64 {
    let last = match setup.arrivals {
        Arrivals::Steady { per_second } | Arrivals::Poisson { per_second } => {
            u128::from(setup.clients) * 1_000_000 / u128::from(per_second.max(1))
        }
        Arrivals::Bursts { size, every } => {
            u128::from(setup.clients.saturating_sub(1) / size.max(1)) * u128::from(every.0)
        }
        Arrivals::Given(ref trace) => trace.last().map_or(0, |last| u128::from(last.at.0)),
    };
    u64::try_from(last).unwrap_or(u64::MAX / 2).saturating_add(250_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use load::both::Both;

    #[test]
    fn the_usual_settings_are_those_of_the_simulation() {
        assert_eq!(setup(&usual()), settings_of_the_page());
    }

    /// More come than the flood can bear, so that there is something to see.
    fn settings_of_the_page() -> Setup {
        let Setup { retries, arrivals, .. } = setup(&usual());
        Setup { retries, arrivals, ..Setup::default() }
    }

    #[test]
    fn every_knob_changes_what_runs_and_every_preset_is_understood() {
        for knob in &KNOBS {
            let mut values = usual();
            // The pause before another try counts where there is one.
            values.set("retries", 2);
            let before = setup(&values);
            values.set(knob.name, if knob.usual == 0 { 1 } else { 0 });
            if knob.name == "retries" {
                values.set("retries", 0);
            }
            assert_ne!(setup(&values), before, "{}", knob.name);
        }
        for (words, preset) in PRESETS {
            let mut values = usual();
            assert_eq!(values.read(preset), Vec::<String>::new(), "{words}");
            assert_eq!(values.write(&KNOBS), preset, "{words}: only what differs, in the knobs' order");
        }
    }

    #[test]
    fn whatever_is_set_a_run_begins() {
        for knob in &KNOBS {
            for value in [0, 1, 7, u64::from(u32::MAX), u64::MAX] {
                let mut values = usual();
                values.set(knob.name, value);
                let setup = setup(&values);
                assert!(expected(&setup) >= 250_000);
                let mut both = Both::new(&setup);
                both.advance(Micros(u64::MAX), 1_000);
            }
        }
    }
}
