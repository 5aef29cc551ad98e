//! What is said of chosen runs, in golden files.

use super::{at_the_end, words};
use numbers::worker::Worker;
use numbers::{devices, pool};
use std::fmt::Write as _;

/// Every setting that has a button, and some that have none.
#[test]
fn what_is_said_of_pool_and_flood() {
    let more = [
        ("Nobody", "clients=0"),
        ("No pool size", "pool=0"),
        ("A limit of 3", "limit=3"),
        ("A limit below the pool", "clients=200&limit=8"),
        ("Little memory", "rate=900&memory=256"),
        ("A leak, and nginx is patient", "clients=4000&leak=1&nginx=0"),
        ("A leak, and nobody waits", "clients=4000&leak=1&wait=500"),
        ("A slow query", "clients=4000&slow=1"),
    ];
    let mut worker = Worker::default();
    for (nth, (name, settings)) in pool::settings::PRESETS.into_iter().chain(more).enumerate() {
        let answer = at_the_end(&mut worker, "", settings);
        let get = |part: &str| words(answer.get(part).unwrap_or_default());
        let mut text = format!("{name}: {settings}\n\n{}{}", get("sentence"), get("because"));
        let _ = write!(text, "\n{}{}", get("matters"), get("counts"));
        if nth < 3 {
            let _ = write!(text, "\n{}", get("course"));
        }
        let charts = ["latency", "queue", "connections", "ends", "waits"].map(get).concat();
        let _ = write!(text, "\n{charts}");
        tests::golden(&format!("numbers/pool-{nth:02}.txt"), &text);
    }
}

#[test]
fn what_is_said_of_machines_and_servers() {
    let more = [
        ("No orders", "orders=0"),
        ("All cores", "workers=1"),
        ("Nobody asks", "rate=0"),
        ("A server that is too small", "orders=100000000&memory=4"),
        ("Too many come", "rate=30"),
        ("Fewest connections", "rate=30&servers=2&balancer=1"),
    ];
    let mut worker = Worker::default();
    let mut text = String::new();
    for (name, settings) in devices::settings::PRESETS.into_iter().chain(more) {
        let answer = at_the_end(&mut worker, "devices-", settings);
        let _ = writeln!(text, "── {name}: {settings}\n");
        for part in ["sentence", "because", "matters", "machines", "servers", "progress"] {
            text += &words(answer.get(part).unwrap_or_default());
        }
        text.push('\n');
    }
    tests::golden("numbers/devices.txt", &text);
}

/// Before anything plays, the page says the same as the player at the end of the usual run.
#[test]
fn the_still_page_says_what_the_player_says() {
    let mut worker = Worker::default();
    let answer = at_the_end(&mut worker, "", "");
    let still = numbers::still::of_pool();
    for part in ["sentence", "because", "counts", "course"] {
        assert!(still.contains(answer.get(part).expect(part)), "{part}");
    }
    let answer = at_the_end(&mut worker, "devices-", "");
    let still = numbers::still::of_devices();
    for part in ["sentence", "because", "machines", "servers"] {
        assert!(still.contains(answer.get(part).expect(part)), "{part}");
    }
}
