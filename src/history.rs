//! What was changed, so that it can be taken back: every change of the texts and of what is done, typed or switched.
//! Pure; the desk applies what stands here.

use engine::journey::Timed;
use engine::world::World;
use std::sync::Arc;

/// One stretch of one document that became another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The document, by its place in the world.
    pub document: usize,
    /// Where the stretch begins, in bytes.
    pub at: usize,
    /// What stood there.
    pub old: String,
    /// What stands there now.
    pub new: String,
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
    pub fn between(document: usize, old: &str, new: &str) -> Option<Self> {
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
        Some(Self { document, at, old: stretch(old), new: stretch(new) })
    }

    /// The text after this edit. A text that it does not fit stays as it is.
    pub fn apply(&self, world: &mut World) {
        let Some(document) = world.documents.get_mut(self.document) else { return };
        let end = self.at + self.old.len();
        if document.text.get(self.at..end) == Some(self.old.as_str()) {
            Arc::make_mut(document).text.replace_range(self.at..end, &self.new);
        }
    }

    fn back(self) -> Self {
        Self { old: self.new, new: self.old, ..self }
    }

    fn letter(&self) -> bool {
        self.old.chars().count() + self.new.chars().count() == 1
    }

    /// Takes the next letter in, where it goes on with the same word or the same deleting.
    fn takes(&mut self, next: &Self) -> bool {
        let end = self.at + self.new.len();
        let same = self.document == next.document && next.letter();
        let new_word = self.new.ends_with(char::is_whitespace) && !next.new.ends_with(char::is_whitespace);
        if same && next.old.is_empty() && self.old.is_empty() && next.at == end && !new_word {
            self.new += &next.new;
        } else if same && next.new.is_empty() && self.new.is_empty() && next.at + next.old.len() == self.at {
            self.old.insert_str(0, &next.old);
            self.at = next.at;
        } else if same && next.new.is_empty() && self.new.is_empty() && next.at == self.at {
            self.old += &next.old;
        } else {
            return false;
        }
        true
    }
}

impl Change {
    /// What lies between two states of things.
    pub fn between(old: (&World, &[Timed]), new: (&World, &[Timed]), loads: bool) -> Self {
        let pairs = old.0.documents.iter().zip(&new.0.documents).enumerate();
        let edits = pairs.filter_map(|(i, (old, new))| Edit::between(i, &old.text, &new.text)).collect();
        Self { edits, actions: [old.1.to_vec(), new.1.to_vec()], loads }
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
        self.edits.iter().map(|edit| edit.old.len() + edit.new.len()).sum()
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
        let edit = Edit::between(0, "listen 80;", "listen 443;").expect("a difference");
        assert_eq!((edit.at, edit.old.as_str(), edit.new.as_str()), (7, "80", "443"));
        let edit = Edit::between(0, "é", "è").expect("a difference");
        assert_eq!((edit.at, edit.old.as_str(), edit.new.as_str()), (0, "é", "è"), "whole characters");
        assert_eq!(Edit::between(0, "aa", "aaa").map(|edit| edit.new), Some("a".into()));
        assert_eq!(Edit::between(0, "a", "a"), None);
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
