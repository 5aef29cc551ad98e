//! What happened, in a sentence with the model's numbers, and what decided it.

use super::desk::Desk;
use super::verdict::Verdict;
use crate::say::{bytes, count, thousands, time};
use engine::time::Micros;
use load::device::Ended;
use load::need::peak;

/// The sentence.
pub fn sentence(desk: &Desk) -> String {
    let orders = count(u64::from(desk.size.orders), "order", "orders");
    if desk.moment == Micros::ZERO {
        return format!(
            "Press Space or the play button: from {orders}, what each customer has spent, on three machines of readers and on the server."
        );
    }
    let of = |nth: usize, name: &str| {
        let course = &desk.courses[nth];
        match Verdict::of(course, desk.moment) {
            Verdict::Going | Verdict::Lag if desk.moment < course.time() => {
                let done = share(course.at(desk.moment).operations, desk.operations);
                format!("{name} is at {done} %")
            }
            Verdict::Crash(_) => format!("{name} ran out of memory after {}", time(course.time())),
            _ => format!("{name} took {}", time(course.time())),
        }
    };
    let machines = [of(0, "the phone"), of(1, "the old laptop"), of(2, "the desktop")].join(", ");
    format!("{orders}: {machines}. {}", of_servers(desk))
}

fn of_servers(desk: &Desk) -> String {
    let counts = desk.fleet.counts();
    if counts.arrived == 0 {
        return "Nobody asks the server.".to_owned();
    }
    let mut words = format!(
        "The server has answered {} of {}",
        thousands(counts.done),
        count(counts.arrived, "request", "requests")
    );
    if let Some(half) = desk.fleet.latency().percentile(50_000) {
        words += &format!(", half of them within {}", time(half));
    }
    if counts.out_of_memory > 0 {
        words += &format!("; for {} it had no memory", thousands(counts.out_of_memory));
    }
    words + "."
}

/// So much of so much in hundredths, rounded down.
pub fn share(part: u64, whole: u64) -> u64 {
    (u128::from(part) * 100).checked_div(u128::from(whole)).unwrap_or(0) as u64
}

/// What decided: memory or operations.
pub fn because(desk: &Desk) -> String {
    let need = format!(
        "The work holds up to {} and takes {} operations",
        bytes(peak(&desk.stages)),
        thousands(desk.operations)
    );
    match desk
        .courses
        .iter()
        .zip(super::settings::machines())
        .find(|(course, _)| matches!(course.ended, Ended::OutOfMemory(_)))
    {
        Some((_, machine)) => format!(
            "{need}; of the {}’s {}, a page can have {}.",
            machine.name.to_lowercase(),
            bytes(machine.memory.value),
            bytes(machine.free.value)
        ),
        None => [&need, "; every machine has memory for it."].concat(),
    }
}
