//! What stands below the figures before anything plays, and where nothing can: the run with the usual settings, in words and
//! tables. The same text as the player's.

use crate::devices::desk::Desk;
use crate::pool::settings::{setup, usual};
use crate::pool::{caption, tables};
use crate::{devices, pool};
use course::html::escape;
use engine::time::Micros;
use load::both::Both;

/// Both halves of figure 14 at their end.
pub fn of_pool() -> String {
    let both = Both::at(&setup(&usual()), Micros(u64::MAX));
    let knobs = pool::settings::KNOBS.iter().map(|knob| (knob.label, crate::knob::spoken(knob, knob.usual)));
    run(
        &caption::sentence(&both),
        &caption::because(&both),
        &knobs.take(5).collect::<Vec<_>>(),
        &(tables::counts(&both) + &tables::course(&both)),
    )
}

/// The work of figure 15 at its end.
pub fn of_devices() -> String {
    let mut desk = Desk::default();
    desk.go_to(Micros(u64::MAX));
    let knobs = devices::settings::KNOBS.iter().map(|knob| (knob.label, crate::knob::spoken(knob, knob.usual)));
    run(
        &devices::caption::sentence(&desk),
        &devices::caption::because(&desk),
        &knobs.take(1).collect::<Vec<_>>(),
        &(devices::tables::machines_table(&desk) + &devices::tables::servers(&desk)),
    )
}

fn run(sentence: &str, because: &str, knobs: &[(&str, String)], tables: &str) -> String {
    let knob = |(label, value): &(&str, String)| [*label, ": ", value].concat();
    let knobs: Vec<String> = knobs.iter().map(knob).collect();
    format!(
        "<section class=\"run numbers\"><h2>The run in numbers</h2><p>{}</p><p><small>{}</small></p><p><small>{}.</small></p>{tables}</section>",
        escape(sentence),
        escape(because),
        escape(&knobs.join("; "))
    )
}
