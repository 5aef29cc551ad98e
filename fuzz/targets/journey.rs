//! Whole journeys over worlds that somebody edited line by line. Each line of the input is one thing done: an edit, a
//! command, a visit, a socket, a call, or time that passes.
#![no_main]

use engine::journey::{Action, Caller, Fetch, Script};
use engine::time::Micros;
use engine::world::{Readings, World};
use fuzz::{Scene, URL};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut scene = Scene::course();
    for line in text.lines().take(40) {
        let mut words = line.splitn(4, ' ');
        let (what, one) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let (two, rest) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        match what {
            "-" | "+" | "=" => {
                scene.world = edit(&scene.world, what, number(one), number(two), rest);
                scene.readings = Readings::of(&scene.world);
            }
            "$" => scene.command([one, " ", two, " ", rest].concat().trim()),
            "w" => scene.act(Action::Wait(Micros(number(one) as u64))),
            "o" => scene.open(one),
            "s" => scene.act(Action::Socket {
                url: one.to_owned(),
                say: vec![two.to_owned(), rest.to_owned()],
                hold: Micros(number(two) as u64),
            }),
            "c" => scene.act(Action::Call { url: one.to_owned(), message: rest.to_owned(), by: Caller::Program }),
            "f" => scene.act(Action::Fetch(Fetch {
                url: one.to_owned(),
                method: two.to_owned(),
                headers: vec![(two.to_owned(), rest.to_owned())],
                body: rest.to_owned(),
                from: None,
            })),
            "a" => scene.act(Action::Fetch(Fetch {
                url: one.to_owned(),
                method: two.to_owned(),
                headers: vec![("content-type".to_owned(), rest.to_owned())],
                from: Some(Script { page: "https://frontend-demo.senus.doxyz/".to_owned(), ..Script::default() }),
                ..Fetch::default()
            })),
            _ => scene.open(&[URL, line].concat()),
        }
    }
    for problem in scene.world.problems() {
        let _ = problem.to_string();
    }
    scene.open(URL);
});

fn number(word: &str) -> usize {
    word.parse::<u32>().unwrap_or(0) as usize
}

/// Takes a line away, puts one in, or puts one in the place of another.
fn edit(world: &World, what: &str, document: usize, line: usize, new: &str) -> World {
    let document = &world.documents[document % world.documents.len()];
    let mut lines: Vec<&str> = document.text.lines().collect();
    let at = line % (lines.len() + 1);
    if what != "+" && at < lines.len() {
        lines.remove(at);
    }
    if what != "-" && document.text.len() < 10_000 {
        lines.insert(at.min(lines.len()), new);
    }
    world.with_text(&document.name, &(lines.join("\n") + "\n"))
}
