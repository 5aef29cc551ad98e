//! Two runs side by side: nothing of either is lost, and what is the same is said to be.

use course::pieces::PIECES;
use course::play;
use engine::trace::Trace;
use engine::world::World;
use std::fmt::Write as _;
use viewpoint::compare::{Row, Side, compare};

/// How many steps of each run the rows stand for.
fn counts(rows: &[Row]) -> (usize, usize) {
    rows.iter().fold((0, 0), |(first, second), row| match row {
        Row::Same(count) => (first + count, second + count),
        Row::Other(..) => (first + 1, second + 1),
        Row::First(_) => (first + 1, second),
        Row::Second(_) => (first, second + 1),
    })
}

#[test]
fn every_switch_beside_the_run_without_it() {
    for piece in &PIECES {
        let (world, actions) = (World::course(), piece.actions());
        let own = play(&world, &actions);
        assert_eq!(compare(&own, &own), [Row::Same(own.steps.len())], "{}", piece.name);
        for switch in piece.switches {
            let (world, actions) = switch.change.set(true, piece, &world, &actions);
            let other = play(&world, &actions);
            let (there, back) = (compare(&own, &other), compare(&other, &own));
            assert_eq!(counts(&there), (own.steps.len(), other.steps.len()), "{} {}", piece.name, switch.name);
            assert_eq!(counts(&back), (other.steps.len(), own.steps.len()), "{} {}", piece.name, switch.name);
            let same =
                |rows: &[Row]| rows.iter().map(|r| if let Row::Same(count) = r { *count } else { 0 }).sum::<usize>();
            assert!(same(&there) <= own.steps.len().min(other.steps.len()));
        }
    }
    assert_eq!(compare(&Trace::default(), &Trace::default()), []);
}

#[test]
fn two_comparisons_as_they_are_read() {
    let piece = course::pieces::find("workbench").expect("the workbench");
    let (world, actions) = (World::course(), piece.actions());
    let own = play(&world, &actions);
    let mut text = String::new();
    for name in ["close-443", "wrong-port", "again"] {
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
        let (world, actions) = switch.change.set(true, piece, &world, &actions);
        let _ = writeln!(text, "## {name}\n");
        for row in compare(&own, &play(&world, &actions)) {
            let _ = match row {
                Row::Same(count) => writeln!(text, "  … {count} the same"),
                Row::Other(one, other) => writeln!(text, "≠ {}\n  {}", line(&one), line(&other)),
                Row::First(one) => writeln!(text, "− {}", line(&one)),
                Row::Second(other) => writeln!(text, "+ {}", line(&other)),
            };
        }
        text.push('\n');
    }
    tests::golden("compared.txt", &text);
}

fn line(Side { at, place, words, basis }: &Side) -> String {
    let basis = if basis.is_empty() { String::new() } else { format!(" [{basis}]") };
    format!("{at} {place}: {words}{basis}")
}
