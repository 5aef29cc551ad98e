//! The same job on the server and in the browser, side by side, as it is and with each switch.

use course::{load, play};
use engine::place::Place;
use engine::world::World;
use std::fmt::Write as _;
use viewpoint::sides::{Side, sides};

#[test]
fn who_computed_what_travelled_and_what_each_could_see() {
    let piece = course::pieces::find("execution").expect("figure 10");
    let mut text = String::new();
    let course = (World::course(), piece.actions());
    let runs = piece.switches.iter().map(|s| (s.name, s.change.set(true, piece, &course.0, &course.1)));
    for (name, (world, actions)) in [("as-it-is", course.clone())].into_iter().chain(runs) {
        let found = sides(&world, &load::standing(&world, &world, &actions), &play(&world, &actions));
        let _ = writeln!(text, "## {name}");
        for Side { computed, travelled, saw } in &found {
            let _ = match computed {
                Some((place, line, span)) => writeln!(text, "{place} computed, in {span} [{line}]"),
                None => writeln!(text, "nobody computed"),
            };
            let came = travelled.iter().map(|(what, bytes)| format!("  came: {what}, {bytes} bytes\n"));
            text.extend(came.chain(saw.iter().map(|what| format!("  saw: {what}\n"))));
        }
        if name == "as-it-is" {
            let places: Vec<_> = found.iter().map(|side| side.computed.as_ref().map(|(place, ..)| *place)).collect();
            assert_eq!(places, [Some(Place::App), Some(Place::Browser)]);
            let bytes = |side: &Side| side.travelled.iter().map(|(_, bytes)| bytes).sum::<usize>();
            assert!(bytes(&found[0]) < bytes(&found[1]), "only the number travels, or the code and all users");
        }
    }
    tests::golden("sides.txt", &text);
}
