//! PM2's daemon: the numbers that it gives, and what it writes into its own log (PM2 7.0.4, `lib/God.js`,
//! `lib/God/ForkMode.js`, `lib/God/ActionMethods.js`).

use crate::processes::Declared;
use crate::time::Micros;
use std::sync::Arc;

/// How many lines of its log are kept.
const KEPT: usize = 60;

/// What the daemon remembers beside its processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daemon {
    /// The next process gets this number. PM2 begins again at 0 when its list is empty.
    pub next: u32,
    /// How many programs it has started. The first one has the number 1201, the next one 1202: ours, nobody's real ones.
    pub started: u32,
    /// What it has written last, and when.
    pub notes: Vec<(Micros, Note)>,
    /// How much has been dropped of what it wrote.
    pub dropped: usize,
}

/// A line of its log. A process is named by its name and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It starts a program; one line for that and one when it runs.
    Starts(Arc<Declared>, u32),
    /// It runs.
    Online(Arc<Declared>, u32),
    /// It is told to stop it.
    Stops(Arc<Declared>, u32),
    /// The program has ended with this code.
    Exits(Arc<Declared>, u32, String),
    /// The program with this number is gone.
    Killed(u32),
    /// It was to stop what does not run.
    NoPid(Arc<Declared>, u32),
    /// It is told to exchange one process for another.
    Reloads(u32),
    /// It was asked for something that it cannot do.
    Error(String),
    /// It has ended too soon too often.
    GivesUp(Arc<Declared>, u32),
}

impl Daemon {
    /// The number of the next process in its list.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Writes a line.
    pub fn note(&mut self, at: Micros, note: Note) {
        if self.notes.len() == KEPT {
            self.notes.remove(0);
            self.dropped += 1;
        }
        self.notes.push((at, note));
    }

    /// A program is started. Its number.
    pub fn starts(&mut self, at: Micros, declared: &Arc<Declared>, id: u32) -> u32 {
        self.note(at, Note::Starts(declared.clone(), id));
        self.note(at, Note::Online(declared.clone(), id));
        self.started += 1;
        1_200 + self.started
    }
}
