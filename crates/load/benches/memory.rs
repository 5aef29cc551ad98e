//! What a client weighs: how much memory the process has held at most (`VmHWM`, proc(5)) for so many clients that are there
//! at once, and for as many that come one after the other. Linux only: elsewhere it says so.

use load::bench;
use std::hint::black_box;

/// The most that this process has held so far, in bytes.
fn most_held() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}

fn main() {
    let Some(mut before) = most_held() else { return println!("memory: no /proc here") };
    // From few to many: only what goes beyond the most so far can be seen.
    for (name, run) in [("one after the other", bench::pool as fn(u64, u64) -> u64), ("at once", bench::at_once)] {
        for clients in [10_000, 100_000, 1_000_000] {
            black_box(run(black_box(clients), 1));
            let now = most_held().unwrap_or(before);
            println!("{clients:>9} clients {name}: {} bytes each", now.saturating_sub(before) / clients);
            before = before.max(now);
        }
    }
}
