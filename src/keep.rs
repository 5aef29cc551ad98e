//! Edits as one text, for the browser to keep until the next visit. Pure.
//!
//! A heading with the version; then, for every document that is not as the course wrote it, a line with what it is
//! (`world` as it stands, `loaded` as the programs have read it), its name and its length in bytes, and the text.

use engine::world::World;

/// The first line. Another version is not read.
const HEAD: &str = "roundtrip edits 1\n";

/// What differs from the course's own; `None` where nothing does.
pub fn write(world: &World, loaded: &World) -> Option<String> {
    let course = World::course();
    let mut out = HEAD.to_owned();
    for (word, world) in [("world", world), ("loaded", loaded)] {
        for (document, own) in world.documents.iter().zip(&course.documents) {
            if document.text != own.text {
                let length = document.text.len().to_string();
                out += &[word, " ", &document.name, " ", &length, "\n", &document.text, "\n"].concat();
            }
        }
    }
    (out.len() > HEAD.len()).then_some(out)
}

/// The world and the loaded world that were kept. What cannot be read is left as the course wrote it.
pub fn read(text: &str) -> Option<(World, World)> {
    let mut rest = text.strip_prefix(HEAD)?;
    let (mut world, mut loaded) = (World::course(), World::course());
    while let Some((head, after)) = rest.split_once('\n') {
        let (word, name) = head.split_once(' ')?;
        let (name, length) = name.rsplit_once(' ')?;
        let length: usize = length.parse().ok()?;
        let text = after.get(..length)?;
        let which = if word == "loaded" { &mut loaded } else { &mut world };
        *which = which.with_text(name, text);
        rest = after.get(length..)?.strip_prefix('\n')?;
    }
    Some((world, loaded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_again() {
        let course = World::course();
        assert_eq!(write(&course, &course), None);
        let world = course.with_text("users.json", "é\n").with_text("/etc/hosts", "");
        let kept = write(&world, &course).expect("an edit");
        assert_eq!(read(&kept), Some((world.clone(), course)));
        let kept = write(&world, &world).expect("an edit");
        assert_eq!(read(&kept), Some((world.clone(), world)));
        for (end, _) in kept.char_indices() {
            let _ = read(&kept[..end]);
        }
    }

    #[test]
    fn what_another_version_kept_is_not_read() {
        assert_eq!(read("roundtrip edits 2\n"), None);
        assert_eq!(read(""), None);
    }
}
