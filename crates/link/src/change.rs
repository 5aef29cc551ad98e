//! What differs from the course's own documents, one document at a time.

use crate::Bench;
use engine::world::{Document, Kind, World};

/// How a document of a world differs from the course's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'w> {
    /// It does not.
    None,
    /// It has another text.
    Text(&'w str),
    /// The course has none of this name.
    Made(&'w str),
    /// It is gone.
    Removed,
}

/// The names of all documents: the course's, then those that somebody made.
pub fn names<'n>(course: &'n World, bench: &'n Bench) -> Vec<&'n str> {
    let mut names: Vec<&str> = Vec::new();
    for document in course.documents.iter().chain(&bench.world.documents).chain(&bench.loaded.documents) {
        if !names.contains(&document.name.as_str()) {
            names.push(&document.name);
        }
    }
    names
}

/// How the document of this name differs.
pub fn change<'w>(course: &World, world: &'w World, name: &str) -> Change<'w> {
    match (course.text(name), world.text(name)) {
        (Some(own), Some(text)) if own == text => Change::None,
        (Some(_), Some(text)) => Change::Text(text),
        (Some(_), None) => Change::Removed,
        (None, Some(text)) => Change::Made(text),
        (None, None) => Change::None,
    }
}

/// Whether somebody may have made a document of this name on the instance: a file of the home folder, or of nginx's.
pub fn may_be_made(name: &str) -> bool {
    let file = name.strip_prefix("/etc/nginx/conf.d/").unwrap_or(name);
    let plain = !file.contains(|c: char| c == '/' || c.is_control()) && file.trim() == file;
    plain && !["", ".", ".."].contains(&file) && file.len() <= 255
}

/// Gives a document a text; one that is not there is made.
pub fn set(world: &mut World, name: &str, text: &str) {
    let kind = world.document(name).map_or_else(|| Kind::of_file(name), |document| document.kind);
    world.put(Document { name: name.to_owned(), kind, text: text.to_owned() }.into());
}
