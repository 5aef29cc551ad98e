//! What a phone keeps over a reload: whose phone it is, what was shown, what was not sent. As text, a line each; a line
//! that is not understood is passed over, so that an older page's memory does no harm.

use crate::exchange::Asked;
use crate::note::{Note, Seen, split};

/// The notifications that are kept to be shown. Older ones go; that they were shown stays known.
pub const SHOWN: usize = 30;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Whose notifications these are.
    pub user: Option<i64>,
    /// Which were shown.
    pub seen: Seen,
    /// The last of them, the newest at the end.
    pub notes: Vec<Note>,
    /// What was pressed and not answered, the oldest first.
    pub unsent: Vec<Asked>,
}

impl Memory {
    /// Shows a notification, unless it was shown before. Says whether it is new.
    pub fn show(&mut self, note: Note) -> bool {
        if !self.seen.mark(&note.id) {
            return false;
        }
        self.notes.push(note);
        if self.notes.len() > SHOWN {
            self.notes.remove(0);
        }
        true
    }

    /// The phone is somebody else's now: what the other was told goes, and what was not sent stays.
    pub fn pass_on(&mut self, user: Option<i64>) {
        (self.user, self.seen, self.notes) = (user, Seen::default(), Vec::new());
    }

    /// As text.
    pub fn write(&self) -> String {
        let mut out = String::new();
        let mut line = |words: &[&str]| out += &[&words.join(" "), "\n"].concat();
        if let Some(user) = self.user {
            line(&["user", &user.to_string()]);
        }
        self.seen.0.iter().for_each(|(store, number)| line(&["seen", store, &number.to_string()]));
        for Note { id, liked_by, post } in &self.notes {
            line(&["note", id, &liked_by.to_string(), &post.to_string()]);
        }
        self.unsent.iter().for_each(|asked| line(&["unsent", &asked.write()]));
        out
    }

    /// What a text says.
    pub fn read(text: &str) -> Self {
        let mut memory = Self::default();
        for line in text.lines() {
            let _ = memory.line(line);
        }
        memory
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        let mut words = rest.split(' ');
        let mut number = || words.next()?.parse::<i64>().ok();
        match kind {
            "user" => self.user = Some(number()?),
            "unsent" => self.unsent.push(Asked::read(rest)?),
            "seen" => {
                let (store, number) = rest.split_once(' ')?;
                self.seen.0.push((store.to_owned(), number.parse().ok()?));
            }
            "note" => {
                let id = words.next()?;
                let mut number = || words.next()?.parse().ok();
                let note = Note { id: id.to_owned(), liked_by: number()?, post: number()? };
                split(id)?;
                self.notes.push(note);
            }
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::What;

    #[test]
    fn what_is_kept_is_read_again() {
        let mut memory = Memory { user: Some(2), ..Memory::default() };
        for number in 1..=40 {
            let note = Note { id: ["0a1b-", &number.to_string()].concat(), liked_by: 1, post: 3 };
            assert!(memory.show(note.clone()) && !memory.show(note));
        }
        memory.unsent.push(Asked { what: What::Unlike, post: 3, key: "k".into() });
        assert_eq!(memory.notes.len(), SHOWN);
        let text = memory.write();
        assert_eq!(Memory::read(&text), memory);
        // Every beginning of it is read as far as it goes.
        for end in 0..text.len() {
            let read = Memory::read(&text[..end]);
            assert!(read.notes.len() <= SHOWN && read.unsent.len() <= 1);
        }
        assert_eq!(Memory::read("nothing\nof ours\nnote x y z\nunsent GET 1 k\n"), Memory::default());
    }
}
