//! What a person changes on the desk: texts, switches, what is asked for, what is loaded; and taking it back.
//!
//! Every change goes the same way: it is remembered, the programs that shall read it anew do so, the run follows, and the
//! texts are kept for the next visit.

use crate::desk::{Desk, Kept};
use crate::history::{Change, Edit, What};
use browser::{storage, turn};
use course::{Piece, Program, Switch};
use engine::journey::{Action, Timed};
use engine::world::World;
use leptos::prelude::*;
use link::{Bench, TooLarge};
use stage::{Cue, Motion};
use std::mem::discriminant;

/// Where the caret belongs after something was taken back: the document, and how many UTF-16 units stand before it.
pub type Caret = (String, u32);

/// The name under which the edits beside a piece are kept. The number is the version of their form.
fn name(piece: &Piece) -> String {
    ["edits-2:", piece.name].concat()
}

/// What was left here last time.
pub fn kept(piece: &Piece) -> (Option<Bench>, Kept) {
    match storage::get(&name(piece)).and_then(|file| link::read_file(&file).ok()) {
        Some(bench) => (Some(bench), Kept::FromBefore),
        None => (None, if storage::works() { Kept::Here } else { Kept::Nowhere }),
    }
}

impl Desk {
    /// Another text in a document, as somebody types it.
    pub fn write(self, document: &str, text: &str) {
        let world = self.world.with_untracked(|world| world.with_text(document, text));
        self.change(world, self.actions.get_untracked(), &[]);
    }

    /// Makes what is on a switch, or takes it back. What reads the text that it edits reads it anew.
    pub fn turn(self, switch: &Switch, on: bool) {
        let (world, actions) = self.world.with_untracked(|world| {
            self.actions.with_untracked(|actions| switch.change.set(on, self.piece, world, actions))
        });
        let concerned = |program: &Program| switch.change.concerns(*program, &world);
        let programs: Vec<Program> = Program::ALL.into_iter().filter(concerned).collect();
        self.change(world, actions, &programs);
    }

    /// Asks for something else: every visit goes there, every attempt to connect is this one.
    pub fn ask(self, what: &Action) {
        let mut actions = self.actions.get_untracked();
        for action in &mut actions {
            if discriminant(&action.what) == discriminant(what) {
                action.what.clone_from(what);
            }
        }
        self.change(self.world.get_untracked(), actions, &[]);
    }

    /// Other actions in place of all these.
    pub fn act(self, actions: Vec<Timed>) {
        self.change(self.world.get_untracked(), actions, &[]);
    }

    /// Lets time pass, and asks for the same once more. The story goes on where it ended.
    pub fn wait(self, seconds: u64) {
        let end = self.run.with_untracked(|run| run.score.length);
        let actions = self.actions.with_untracked(|actions| course::again(actions, seconds));
        self.change(self.world.get_untracked(), actions, &[]);
        self.cue(Cue::Seek(end));
        self.cue(if untrack(|| self.motion()) == Motion::Still { Cue::Seek(u32::MAX) } else { Cue::Play });
    }

    /// As if nobody had visited before.
    pub fn anew(self) {
        let actions = self.actions.with_untracked(|actions| course::anew(actions));
        self.change(self.world.get_untracked(), actions, &[]);
        self.cue(Cue::Seek(0));
    }

    /// Everything as the course has it.
    pub fn reset(self) {
        self.change(World::course(), self.piece.actions(), &Program::ALL);
    }

    /// Makes a program read its documents anew, and shows what was printed. No text changes, so nothing can be undone.
    pub fn load(self, program: Program) {
        let (world, mut actions) = (self.world.get_untracked(), self.actions.get_untracked());
        let (loaded, printed) = self.loaded.with_untracked(|loaded| program.load(&world, loaded, &actions));
        if program == Program::Processes {
            // What was stopped runs again.
            actions.retain(|action| !matches!(&action.what, Action::Command(line) if line.starts_with("pm2 ")));
        }
        self.printed.set(printed);
        self.settle(world, loaded, actions);
        self.keep();
    }

    /// The desk as it is before anything is changed.
    pub fn own(self) -> Bench {
        Bench { actions: self.piece.actions(), ..Bench::default() }
    }

    /// All of this as one value.
    pub fn bench(self) -> Bench {
        Bench { world: self.world.get(), loaded: self.loaded.get(), actions: self.actions.get(), step: None }
    }

    /// Puts something else in place of all this.
    pub fn replace(self, bench: Bench) {
        let Bench { world, loaded, actions, .. } = bench;
        // A file in which nothing is done is about the documents alone.
        let actions = if actions.is_empty() { self.piece.actions() } else { actions };
        let change = self.world.with_untracked(|old| {
            let before = self.actions.get_untracked();
            Change::between((old, &before), (&world, &actions), true)
        });
        if !change.is_empty() {
            self.history.update_value(|history| history.push(change));
        }
        self.settle(world, loaded, actions);
        self.keep();
    }

    /// Takes the last change back.
    pub fn undo(self) -> Option<Caret> {
        let change = self.history.try_update_value(|history| history.undo())??;
        self.apply(change)
    }

    /// Makes it again.
    pub fn redo(self) -> Option<Caret> {
        let change = self.history.try_update_value(|history| history.redo())??;
        self.apply(change)
    }

    fn apply(self, change: Change) -> Option<Caret> {
        let mut world = self.world.get_untracked();
        change.edits.iter().for_each(|edit| edit.apply(&mut world));
        let edit = change.edits.last()?;
        let text = world.text(&edit.document).unwrap_or("");
        let caret = (edit.document.clone(), units(text.get(..edit.end()).unwrap_or("")));
        let programs: Vec<Program> = if change.loads { programs(&world, &change) } else { Vec::new() };
        let [_, actions] = change.actions;
        self.put(world, actions, &programs);
        Some(caret)
    }

    /// Remembers a change and makes it.
    fn change(self, world: World, actions: Vec<Timed>, programs: &[Program]) {
        let change = self.world.with_untracked(|old| {
            let before = self.actions.get_untracked();
            Change::between((old, &before), (&world, &actions), !programs.is_empty())
        });
        if !change.is_empty() {
            self.history.update_value(|history| history.push(change));
        }
        self.put(world, actions, programs);
    }

    fn put(self, world: World, actions: Vec<Timed>, programs: &[Program]) {
        let mut loaded = self.loaded.get_untracked();
        let mut said = String::new();
        for program in programs {
            let printed;
            (loaded, printed) = program.load(&world, &loaded, &actions);
            if program.is_behind(&world, &loaded) {
                said += &printed;
            }
        }
        if self.printed.with_untracked(|printed| *printed != said) {
            self.printed.set(said);
        }
        self.settle(world, loaded, actions);
        self.keep();
    }

    /// The address of this page with all of this in it.
    ///
    /// # Errors
    /// When it is too much for a link.
    pub fn link(self) -> Result<String, TooLarge> {
        Ok([&turn::here(), "#", &link::write(&untrack(|| self.bench()))?].concat())
    }

    /// Keeps all of this for the next visit: in the browser, or in the link from which it came.
    fn keep(self) {
        let bench = untrack(|| self.bench());
        let kept = match self.kept.get_untracked() {
            Kept::InTheLink | Kept::TooLong => match self.link() {
                Ok(address) => {
                    turn::replace(&address);
                    Kept::InTheLink
                }
                Err(_) => Kept::TooLong,
            },
            before => {
                let name = name(self.piece);
                // What the piece asks for by itself is no edit.
                let actions = Vec::new();
                let own = self.piece.actions();
                let bench = if bench.actions == own { Bench { actions, ..bench } } else { bench };
                let kept = if bench == Bench::default() {
                    storage::forget(&name);
                    before != Kept::Nowhere
                } else {
                    link::write_file(&bench).is_ok_and(|file| storage::set(&name, &file))
                };
                if kept { Kept::Here } else { Kept::Nowhere }
            }
        };
        if self.kept.get_untracked() != kept {
            self.kept.set(kept);
        }
    }
}

/// The programs that read what a change edits.
fn programs(world: &World, change: &Change) -> Vec<Program> {
    let reads = |program: &Program| {
        let kind = |edit: &Edit| match &edit.what {
            What::Came(document) | What::Went(document) => Some(document.kind),
            What::Stretch { .. } => world.document(&edit.document).map(|document| document.kind),
        };
        change.edits.iter().any(|edit| kind(edit).and_then(Program::of) == Some(*program))
    };
    Program::ALL.into_iter().filter(reads).collect()
}

/// The length of a text in UTF-16 units, in which browsers count.
pub fn units(text: &str) -> u32 {
    text.chars().map(|c| c.len_utf16() as u32).sum()
}
