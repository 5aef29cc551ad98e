//! The instance's terminal: bash, and the programs that a person uses to look after such an instance. Each prints what the
//! real one prints; recorded from bash 5.2, coreutils 9.1, GNU grep 3.8 and sed 4.9, bat 0.22.1, iproute2 6.1, nginx 1.22.1
//! and PM2 7.0 on a terminal of [`COLUMNS`] columns.
//!
//! [`words`] reads a line, [`line`] runs it. What a program writes into a file is kept in [`Terminal::written`] and counts
//! from then on for everything that is run on the instance; [`settle`] makes it a part of the world. A program that is
//! real but not modelled says so; a name that no program has gets bash's own answer.
//!
//! It refuses: jobs, loops, functions, substitutions, input of its own, and programs that take over the screen. Of these,
//! an editor asks for the page's own ([`Ask::Edit`]).

#![allow(clippy::needless_pass_by_value, reason = "every program is called in the same way")]

mod bat;
mod complete;
mod describe;
mod files;
mod logs;
mod pm2;
mod postgres;
mod psql;
mod read;
mod run;
mod search;
mod services;
mod sockets;
mod ssh;
mod table;
mod units;
mod words;
pub use words::quoted;
mod write;

use crate::state::State;
use crate::world::{Document, Kind, World};
pub use complete::complete;
pub use files::HOME;
pub use run::line;
pub use ssh::{log_in, reach};
use std::sync::Arc;

/// How wide the terminal is, unless `stty cols` has said otherwise.
pub const COLUMNS: usize = 80;

/// The terminal of somebody on the instance, between two commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether somebody has logged in: commands are then run as `ubuntu`, and as root only behind `sudo`. Without it they
    /// are run as root.
    pub user: bool,
    /// How wide it is; 0 for [`COLUMNS`].
    pub wide: u16,
    /// The working directory; empty for the home folder.
    pub folder: String,
    /// The working directory before, for `cd -`.
    pub previous: String,
    /// The exit status of the last command.
    pub status: u8,
    /// The lines that were typed.
    pub history: Vec<String>,
    /// The documents that programs have written and [`settle`] has not yet made part of the world.
    pub written: Vec<Written>,
    /// nginx's logs, by their paths, as far as whoever plays the requests has handed them over; without that it is said
    /// that they are not modelled.
    pub logs: Vec<(String, String)>,
    /// What the last line asks the page to do.
    pub ask: Option<Ask>,
    /// The commands of the last line that changed something that runs, not only files: as root runs them.
    pub done: Vec<String>,
}

/// A file as a program has left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The document's name.
    pub name: String,
    /// Its text; none where it was removed.
    pub text: Option<String>,
}

/// What only the page can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Open the document of this name in the editor (`nano`, `vi`).
    Edit(String),
    /// Empty the screen (`clear`).
    Clear,
    /// Close the terminal (`exit`).
    Leave,
}

/// What a terminal is attached to: a world, how things stand, and the programs that need more than both.
pub trait Instance {
    /// The world and the state.
    fn parts(&mut self) -> (&World, &mut State);
    /// Runs a program that asks the network, if it is one; on the terminal itself, or into a pipe or a file.
    fn program(&mut self, words: &[&str], screen: bool) -> Option<Ran>;
}

/// What a program has printed, piece by piece: whether it went to its stream of errors, and what; and its exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// The pieces, in their order.
    pub pieces: Vec<(bool, String)>,
    /// The exit status.
    pub status: u8,
}

impl Ran {
    /// A program that prints this and ends well.
    pub fn out(text: String) -> Self {
        Self { pieces: vec![(false, text)], status: 0 }
    }

    /// What is not modelled.
    pub fn unknown(text: String) -> Self {
        Self { pieces: vec![(true, text)], status: 1 }
    }
}

/// A world and a state, without any network.
struct Alone<'a>(&'a World, &'a mut State);

impl Instance for Alone<'_> {
    fn parts(&mut self) -> (&World, &mut State) {
        (self.0, self.1)
    }

    fn program(&mut self, words: &[&str], _: bool) -> Option<Ran> {
        let network = matches!(words.first(), Some(&("curl" | "dig" | "certbot")));
        network.then(|| Ran::unknown("not modelled: the network, for this command\n".to_owned()))
    }
}

/// Runs one command line on the instance and returns what it printed. Programs that ask the network need
/// [`crate::journey::Action::Command`].
pub fn run(world: &World, state: &mut State, line: &str) -> String {
    run::line(&mut Alone(world, state), line)
}

impl Terminal {
    /// How many signs stand in a line.
    pub fn columns(&self) -> usize {
        if self.wide == 0 { COLUMNS } else { self.wide.into() }
    }

    /// The working directory.
    pub fn here(&self) -> &str {
        if self.folder.is_empty() { HOME } else { &self.folder }
    }
}

/// What bash writes before it reads a line: `ubuntu@ip-10-0-1-10:~$ `.
pub fn prompt(world: &World, state: &State) -> String {
    let folder = state.terminal.here();
    let below = folder.strip_prefix(HOME).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let folder = below.map_or(folder.to_owned(), |rest| ["~", rest].concat());
    let (user, sign) = if state.terminal.user { ("ubuntu@", "$ ") } else { ("root@", "# ") };
    [user, &files::hostname(world), ":", &folder, sign].concat()
}

/// The world with what programs have written into its documents.
pub fn settled(world: &World, written: &[Written]) -> World {
    let mut world = world.clone();
    for Written { name, text } in written {
        let at = world.documents.iter().position(|document| document.name == *name);
        match (at, text) {
            (Some(at), Some(text)) if world.documents[at].text == *text => {}
            (Some(at), Some(text)) => Arc::make_mut(&mut world.documents[at]).text.clone_from(text),
            (Some(at), None) => {
                world.documents.remove(at);
            }
            (None, Some(text)) => {
                let (name, text) = (name.clone(), text.clone());
                world.documents.push(Arc::new(Document { kind: Kind::of_file(&name), name, text }));
            }
            (None, None) => {}
        }
    }
    world
}

/// Makes what programs have written a part of the world: the world that is to be shown and kept from now on.
pub fn settle(world: &World, state: &mut State) -> World {
    settled(world, &core::mem::take(&mut state.terminal.written))
}
