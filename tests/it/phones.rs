//! The phones beside figures 6, 7 and 8: what each shows at every moment, and what was true for whom in the end.

use course::{Piece, play};
use engine::journey::Timed;
use engine::trace::Trace;
use engine::world::World;
use lens::phones::phones;
use link::Bench;
use std::fmt::Write as _;

const PIECES: [&str; 3] = ["data", "like-button", "state"];

/// The steps that change what a phone shows.
const SHOWN: [&str; 4] = ["presses", "app-repaints", "notification-shown", "notification-known"];

/// The piece as it is, and with each of its switches.
fn runs(piece: &Piece) -> Vec<(&'static str, World, Vec<Timed>)> {
    let course = (World::course(), piece.actions());
    let switched = piece.switches.iter().map(|switch| {
        let (world, actions) = switch.change.set(true, piece, &course.0, &course.1);
        (switch.name, world, actions)
    });
    let switched: Vec<_> = switched.collect();
    [("as-it-is", course.0, course.1)].into_iter().chain(switched).collect()
}

fn bench(world: &World, actions: &[Timed]) -> Bench {
    Bench { world: world.clone(), loaded: world.clone(), actions: actions.to_vec(), step: None }
}

/// The words on the screens, a line for each element.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').skip(1) {
        let (tag, words) = part.split_once('>').expect("a tag has an end");
        if let Some((_, name)) = tag.split_once("data-phone=\"") {
            let _ = write!(text, "\n[{}]", name.trim_end_matches('"'));
        }
        let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        if tag.starts_with("option") || words.trim().is_empty() {
            continue;
        }
        text += if tag.starts_with("td") || tag.starts_with("th") || tag.starts_with('/') { " " } else { "\n" };
        text += words.trim();
    }
    text.trim_start().to_owned()
}

/// At the beginning, whenever a screen changes, and in the end.
fn film(piece: &Piece, world: &World, actions: &[Timed], trace: &Trace) -> String {
    let bench = bench(world, actions);
    let screens = |html: &str| html.split("<div class=\"truths\">").next().unwrap_or_default().to_owned();
    let mut last = phones(&bench, piece.name, None);
    let mut text = ["before\n", &words(&last), "\n"].concat();
    for (at, step) in trace.steps.iter().enumerate() {
        let over = at + 1 == trace.steps.len();
        if !over && !SHOWN.contains(&step.name) {
            continue;
        }
        let html = phones(&bench, piece.name, Some(at));
        if screens(&html) != screens(&last) || over {
            let _ = write!(text, "\n{} {}\n{}\n", step.end, step.name, words(&html));
        }
        assert_eq!(html.contains("class=\"truths\""), over, "{} at {at}", piece.name);
        last = html;
    }
    text
}

/// What each phone shows in every run of the course: golden files.
#[test]
fn screens_of_every_run() {
    for name in PIECES {
        let piece = course::pieces::find(name).expect("a piece");
        for (run, world, actions) in runs(piece) {
            let trace = play(&world, &actions);
            tests::golden(&format!("phones/{name}-{run}.txt"), &film(piece, &world, &actions, &trace));
        }
    }
}

/// Between these steps no screen changes: on the way of one like, every step is asked for.
#[test]
fn screens_change_when_something_is_shown() {
    let piece = course::pieces::find("like-button").expect("figure 7");
    let (world, actions) = (World::course(), piece.actions());
    let trace = play(&world, &actions);
    let bench = bench(&world, &actions);
    let mut last = phones(&bench, piece.name, None);
    for (at, step) in trace.steps.iter().enumerate().take(trace.steps.len() - 1) {
        let html = phones(&bench, piece.name, Some(at));
        assert!(html == last || SHOWN.contains(&step.name), "{at} {}", step.name);
        last = html;
    }
}

/// Whose phone the reader has taken stands at the left, and the owner's beside it; a name that nobody has changes nothing.
#[test]
fn whose_phone_it_is() {
    let piece = course::pieces::find("like-button").expect("figure 7");
    let bench = bench(&World::course(), &piece.actions());
    let whose = |about: &str| -> Vec<String> {
        let html = phones(&bench, about, None);
        html.split("data-phone=\"").skip(1).map(|part| part.split('"').next().unwrap_or("").to_owned()).collect()
    };
    assert_eq!(whose("like-button"), ["Ada", "Grace"]);
    assert_eq!(whose("like-button Grace"), ["Grace", "Ada"]);
    assert_eq!(whose("like-button Barbara"), ["Barbara", "Ada", "Grace"]);
    assert_eq!(whose("like-button Nobody"), ["Ada", "Grace"]);
}

/// Without phones in the document there are none, in words; what is typed into it is never markup.
#[test]
fn a_document_without_phones_and_one_with_markup() {
    let piece = course::pieces::find("like-button").expect("figure 7");
    let world = World::course().with_text("phones", "");
    let html = phones(&bench(&world, &piece.actions()), piece.name, None);
    assert!(html.contains("names no phone"), "{html}");
    let world = World::course().with_edit("schema.sql", "Found a moth in relay 70", "<img src=x onerror=alert(1)>");
    let html = phones(&bench(&world, &piece.actions()), piece.name, None);
    assert!(html.contains("&lt;img src=x") && !html.contains("<img"), "{html}");
}
