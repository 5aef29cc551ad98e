//! HTTP, WebSocket and gRPC, and what a script sends (figure 1; T03).

use course::{Change, Piece, play};
use engine::world::World;

fn piece() -> &'static Piece {
    course::pieces::find("protocols").expect("figure 1")
}

/// The run of figure 1 with one of its switches turned.
fn turned(name: &str) -> (World, engine::trace::Trace) {
    let piece = piece();
    let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
    let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
    assert!(matches!(switch.change, Change::Start(_) | Change::Together(_)));
    let trace = play(&world, &actions);
    (world, trace)
}

#[test]
fn the_runs_of_figure_1() {
    let mut text = String::new();
    for switch in piece().switches {
        let (world, trace) = turned(switch.name);
        let problems: Vec<String> = world.problems().iter().map(ToString::to_string).collect();
        text += &format!("## {}\n{}{trace}\n", switch.name, problems.join("\n"));
    }
    tests::golden("traces/figure-1.txt", &text);
}
