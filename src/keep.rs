//! Edits as one text, for the browser to keep until the next visit. Pure.
//!
//! A heading with the version; then, for every document that is not as the course wrote it, a line with what it is
//! (`world` as it stands, `loaded` as the programs have read it), its name and its length in bytes, and the text. What is
//! asked for is kept the same way, as `asked`.

use engine::journey::{Action, Timed};
use engine::world::World;

/// The first line. Another version is not read.
const HEAD: &str = "roundtrip edits 1\n";

/// What was kept: the world, the world as the programs had read it, and what was asked for.
pub type Shelf = (World, World, Option<String>);

/// What differs from the course's own and from what the piece asks for; `None` where nothing does.
pub fn write(world: &World, loaded: &World, asked: Option<&str>) -> Option<String> {
    let course = World::course();
    let mut out = HEAD.to_owned();
    let mut keep = |word: &str, name: &str, text: &str| {
        out += &[word, " ", name, " ", &text.len().to_string(), "\n", text, "\n"].concat();
    };
    for (word, world) in [("world", world), ("loaded", loaded)] {
        for (document, own) in world.documents.iter().zip(&course.documents) {
            if document.text != own.text {
                keep(word, &document.name, &document.text);
            }
        }
    }
    if let Some(asked) = asked {
        keep("asked", "address", asked);
    }
    (out.len() > HEAD.len()).then_some(out)
}

/// Reads what was kept. What cannot be read is left as the course wrote it.
pub fn read(text: &str) -> Option<Shelf> {
    let mut rest = text.strip_prefix(HEAD)?;
    let (mut world, mut loaded, mut asked) = (World::course(), World::course(), None);
    while let Some((head, after)) = rest.split_once('\n') {
        let (word, name) = head.split_once(' ')?;
        let (name, length) = name.rsplit_once(' ')?;
        let length: usize = length.parse().ok()?;
        let text = after.get(..length)?;
        match word {
            "world" => world = world.with_text(name, text),
            "loaded" => loaded = loaded.with_text(name, text),
            _ => asked = Some(text.to_owned()),
        }
        rest = after.get(length..)?.strip_prefix('\n')?;
    }
    Some((world, loaded, asked))
}

/// What these actions ask for, as text.
pub fn asked(actions: &[Timed]) -> Option<String> {
    actions.iter().find_map(|action| match &action.what {
        Action::Open(url) | Action::Reach(url) => Some(url.clone()),
        Action::Connect { from, port } => Some([&from.to_string(), " ", &port.to_string()].concat()),
        _ => None,
    })
}

/// Lets the actions ask for something that [`asked`] has written.
pub fn ask(actions: &mut [Timed], text: &str) {
    for action in actions {
        match &mut action.what {
            Action::Open(url) | Action::Reach(url) => text.clone_into(url),
            Action::Connect { from, port } => {
                let read = text.split_once(' ').map(|(address, number)| (address.parse(), number.parse()));
                if let Some((Ok(address), Ok(number))) = read {
                    (*from, *port) = (address, number);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_again() {
        let course = World::course();
        assert_eq!(write(&course, &course, None), None);
        let world = course.with_text("users.json", "é\n").with_text("/etc/hosts", "");
        let kept = write(&world, &course, None).expect("an edit");
        assert_eq!(read(&kept), Some((world.clone(), course, None)));
        let kept = write(&world, &world, Some("http://a/")).expect("an edit");
        assert_eq!(read(&kept), Some((world.clone(), world, Some("http://a/".to_owned()))));
        for (end, _) in kept.char_indices() {
            let _ = read(&kept[..end]);
        }
    }

    #[test]
    fn what_is_asked_for_is_asked_for_again() {
        for piece in &course::pieces::PIECES {
            let mut actions = piece.actions();
            let own = asked(&actions).expect("a start");
            ask(&mut actions, "192.0.2.1 8080");
            assert_eq!(asked(&actions).as_deref(), Some("192.0.2.1 8080"), "{}", piece.name);
            ask(&mut actions, &own);
            assert_eq!(actions, piece.actions());
        }
    }

    #[test]
    fn what_another_version_kept_is_not_read() {
        assert_eq!(read("roundtrip edits 2\n"), None);
        assert_eq!(read(""), None);
    }
}
