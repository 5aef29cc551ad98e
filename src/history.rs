//! What was changed, so that it can be taken back: every change of the texts and of what is done, typed or switched.
//! Pure; the desk applies what stands here.

use engine::journey::Timed;
use engine::world::{Document, World};
use std::sync::Arc;

/// What became of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The document's name.
    pub document: String,
    /// What became of it.
    pub what: What,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// One stretch of it became another.
    Stretch {
        /// Where the stretch begins, in bytes.
        at: usize,
        /// What stood there.
        old: String,
        /// What stands there now.
        new: String,
    },
    /// It was made.
    Came(Arc<Document>),
    /// It was removed.
    Went(Arc<Document>),
}

/// What one undo takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The texts.
    pub edits: Vec<Edit>,
    /// What is done: before, after.
    pub actions: [Vec<Timed>; 2],
    /// Whether the programs that read these texts were made to read them anew.
    pub loads: bool,
}

/// Everything that can be taken back, and what was.
#[derive(Default)]
pub struct History {
    done: Vec<Change>,
    undone: Vec<Change>,
    /// Whether typing goes on: the next character belongs to the same change.
    typing: bool,
}

/// So many changes are remembered.
const MOST: usize = 500;
/// And so many bytes of them.
const LARGEST: usize = 8 << 20;

impl Edit {
    /// What became of a text: the stretch between its common beginning and its common end.
    pub fn between(document: &str, old: &str, new: &str) -> Option<Self> {
        if old == new {
            return None;
        }
        let same = |pair: &(u8, u8)| pair.0 == pair.1;
        let mut at = old.bytes().zip(new.bytes()).take_while(same).count();
        while !old.is_char_boundary(at) || !new.is_char_boundary(at) {
            at -= 1;
        }
        let mut end = old[at..].bytes().rev().zip(new[at..].bytes().rev()).take_while(same).count();
        while !old.is_char_boundary(old.len() - end) || !new.is_char_boundary(new.len() - end) {
            end -= 1;
        }
        let stretch = |text: &str| text[at..text.len() - end].to_owned();
        let what = What::Stretch { at, old: stretch(old), new: stretch(new) };
        Some(Self { document: document.to_owned(), what })
    }

    /// The text after this edit. A text that it does not fit stays as it is.
    pub fn apply(&self, world: &mut World) {
        match &self.what {
            What::Came(document) => world.put(document.clone()),
            What::Went(_) => world.documents.retain(|document| document.name != self.document),
            What::Stretch { at, old, new } => {
                let Some(document) = world.documents.iter_mut().find(|d| d.name == self.document) else { return };
                let end = at + old.len();
                if document.text.get(*at..end) == Some(old.as_str()) {
                    Arc::make_mut(document).text.replace_range(*at..end, new);
                }
            }
        }
    }

    /// Where the text that is new ends, in bytes.
    pub fn end(&self) -> usize {
        match &self.what {
            What::Stretch { at, new, .. } => at + new.len(),
            What::Came(_) | What::Went(_) => 0,
        }
    }

    fn back(self) -> Self {
        let what = match self.what {
            What::Stretch { at, old, new } => What::Stretch { at, old: new, new: old },
            What::Came(document) => What::Went(document),
            What::Went(document) => What::Came(document),
        };
        Self { what, ..self }
    }

    fn letter(&self) -> bool {
        matches!(&self.what, What::Stretch { old, new, .. } if old.chars().count() + new.chars().count() == 1)
    }

    /// Takes the next letter in, where it goes on with the same word or the same deleting.
    fn takes(&mut self, next: &Self) -> bool {
        let (What::Stretch { at, old, new }, What::Stretch { at: there, old: gone, new: come }) =
            (&mut self.what, &next.what)
        else {
            return false;
        };
        let same = self.document == next.document && next.letter();
        let new_word = new.ends_with(char::is_whitespace) && !come.ends_with(char::is_whitespace);
        if same && gone.is_empty() && old.is_empty() && *there == *at + new.len() && !new_word {
            *new += come;
        } else if same && come.is_empty() && new.is_empty() && there + gone.len() == *at {
            old.insert_str(0, gone);
            *at = *there;
        } else if same && come.is_empty() && new.is_empty() && there == at {
            *old += gone;
        } else {
            return false;
        }
        true
    }

    fn size(&self) -> usize {
        match &self.what {
            What::Stretch { old, new, .. } => old.len() + new.len(),
            What::Came(document) | What::Went(document) => document.text.len(),
        }
    }
}

impl Change {
    /// What lies between two states of things.
    pub fn between(old: (&World, &[Timed]), new: (&World, &[Timed]), loads: bool) -> Self {
        let went = |document: &&Arc<Document>| new.0.document(&document.name).is_none();
        let edit = |document: &Arc<Document>, what| Edit { document: document.name.clone(), what };
        let went = old.0.documents.iter().filter(went).map(|document| edit(document, What::Went(document.clone())));
        let other = new.0.documents.iter().filter_map(|document| match old.0.text(&document.name) {
            Some(text) => Edit::between(&document.name, text, &document.text),
            None => Some(edit(document, What::Came(document.clone()))),
        });
        Self { edits: went.chain(other).collect(), actions: [old.1.to_vec(), new.1.to_vec()], loads }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.actions[0] == self.actions[1]
    }

    fn back(self) -> Self {
        let [before, after] = self.actions;
        let edits = self.edits.into_iter().map(Edit::back).collect();
        Self { edits, actions: [after, before], loads: self.loads }
    }

    fn size(&self) -> usize {
        self.edits.iter().map(Edit::size).sum()
    }
}

impl History {
    /// Remembers a change. Letters typed one after the other are taken back word by word.
    pub fn push(&mut self, change: Change) {
        self.undone.clear();
        let letter = matches!(&change.edits[..], [edit] if edit.letter() && !change.loads);
        let goes_on = letter && self.typing;
        if let (true, Some([edit])) = (goes_on, self.done.last_mut().map(|last| &mut last.edits[..]))
            && edit.takes(&change.edits[0])
        {
            return;
        }
        self.typing = letter;
        self.done.push(change);
        while self.done.len() > MOST
            || self.done.len() > 1 && self.done.iter().map(Change::size).sum::<usize>() > LARGEST
        {
            self.done.remove(0);
        }
    }

    /// What takes the last change back.
    pub fn undo(&mut self) -> Option<Change> {
        self.typing = false;
        let last = self.done.pop()?;
        self.undone.push(last.clone());
        Some(last.back())
    }

    /// What makes the change again that was taken back last.
    pub fn redo(&mut self) -> Option<Change> {
        self.typing = false;
        let last = self.undone.pop()?;
        self.done.push(last.clone());
        Some(last)
    }

    /// Whether there is something to undo, and to redo.
    pub fn ways(&self) -> (bool, bool) {
        (!self.done.is_empty(), !self.undone.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(world: &mut World, history: &mut History, text: &str) {
        let name = world.documents[0].name.clone();
        let next = world.with_text(&name, text);
        history.push(Change::between((world, &[]), (&next, &[]), false));
        *world = next;
    }

    fn apply(world: &mut World, change: &Change) {
        change.edits.iter().for_each(|edit| edit.apply(world));
    }

    #[test]
    fn an_edit_is_the_stretch_that_differs() {
        let stretch = |old, new| Edit::between("d", old, new).map(|edit| edit.what);
        let what = |at, old: &str, new: &str| Some(What::Stretch { at, old: old.into(), new: new.into() });
        assert_eq!(stretch("listen 80;", "listen 443;"), what(7, "80", "443"));
        assert_eq!(stretch("é", "è"), what(0, "é", "è"), "whole characters");
        assert_eq!(stretch("aa", "aaa"), what(2, "", "a"));
        assert_eq!(stretch("a", "a"), None);
    }

    #[test]
    fn documents_that_come_and_go_are_taken_back() {
        let old = World::course();
        let mut new = old.clone();
        let gone = new.documents.remove(4);
        new.put(Document { name: "b.js".into(), kind: gone.kind, text: "b".into() }.into());
        let change = Change::between((&old, &[]), (&new, &[]), true);
        assert_eq!(change.edits.len(), 2);
        let mut world = old.clone();
        apply(&mut world, &change);
        assert_eq!(world, new);
        apply(&mut world, &change.back());
        assert_eq!(world.document(&gone.name), Some(&gone));
        assert_eq!(world.documents.len(), old.documents.len());
    }

    #[test]
    fn letters_are_taken_back_by_words_and_come_again() {
        let mut world = World::course();
        let (mut history, name) = (History::default(), world.documents[0].name.clone());
        world = world.with_text(&name, "");
        for end in 1..="two words".len() {
            typed(&mut world, &mut history, &"two words"[..end]);
        }
        typed(&mut world, &mut history, "two word");
        typed(&mut world, &mut history, "two wor");
        let mut seen = Vec::new();
        while let Some(change) = history.undo() {
            apply(&mut world, &change);
            seen.push(world.documents[0].text.clone());
        }
        assert_eq!(seen, ["two words", "two ", ""]);
        while let Some(change) = history.redo() {
            apply(&mut world, &change);
        }
        assert_eq!(world.documents[0].text, "two wor");
        assert_eq!(history.ways(), (true, false));
    }

    #[test]
    fn what_is_done_anew_forgets_what_was_taken_back() {
        let mut world = World::course();
        let mut history = History::default();
        typed(&mut world, &mut history, "one paste");
        apply(&mut world, &history.undo().expect("a change"));
        typed(&mut world, &mut history, "another");
        assert_eq!(history.redo(), None);
    }
}
