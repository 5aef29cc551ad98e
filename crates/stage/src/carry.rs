//! Where we are after the world has changed: in the part of the story that is still the same.

use crate::playhead::Playhead;
use crate::plot::{Plot, Step};
use crate::score::Score;

/// How many steps two plots have in common from the beginning, times left aside.
pub fn common(old: &Plot, new: &Plot) -> usize {
    let same = |(a, b): &(&Step, &Step)| a.name == b.name && a.act == b.act;
    old.steps.iter().zip(&new.steps).take_while(same).count()
}

/// The playhead for the new plot: at the same share of the same event where that event is still the same, else at rest at
/// the end of the common beginning. The pace is kept.
pub fn carry(head: Playhead, old: (&Plot, &Score), new: (&Plot, &Score)) -> Playhead {
    let common = common(old.0, new.0);
    let Some(event) = old.1.event_at(head.at) else { return Playhead { until: None, ..head } };
    if event < common {
        let (was, is) = (old.1.events[event], new.1.events[event]);
        let passed = (head.at.min(was.end)) - was.begin;
        let share = u64::from(passed) * u64::from(is.end - is.begin) / u64::from((was.end - was.begin).max(1));
        let at = is.begin + u32::try_from(share).unwrap_or(0).max(1);
        return Playhead { at, until: None, ..head };
    }
    let at = common.checked_sub(1).map_or(0, |last| new.1.events[last].end);
    Playhead { at, until: None, ..head }
}
