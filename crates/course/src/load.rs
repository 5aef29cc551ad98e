//! What counts only when a program reads it anew: nginx its files after a reload, processes theirs after a restart.
//!
//! Zone, security group and network are in force as soon as they are written.

use engine::journey::{Action, Timed, run};
use engine::shell;
use engine::state::State;
use engine::world::{Kind, World};

/// A program that keeps what it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// nginx: its configuration, the certificate files, and the names it looked up in `/etc/hosts`.
    Nginx,
    /// What PM2 keeps running: `ecosystem.config.js`, the scripts and their data.
    Processes,
}

impl Program {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Nginx, Self::Processes];

    /// The program that reads documents of this kind and keeps what it has read.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Nginx | Kind::Certificates | Kind::Hosts => Some(Self::Nginx),
            Kind::Processes | Kind::Script | Kind::Data => Some(Self::Processes),
            Kind::Zone | Kind::SecurityGroup | Kind::Network | Kind::Public => None,
        }
    }

    /// What is typed on the instance so that it reads its files anew, as careful people do it.
    const fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &["nginx -t", "systemctl reload nginx"],
            Self::Processes => &["pm2 restart ecosystem.config.js"],
        }
    }

    /// Whether some of its documents are not as it has read them.
    pub fn is_behind(self, world: &World, loaded: &World) -> bool {
        let mut pairs = world.documents.iter().zip(&loaded.documents);
        pairs.any(|(now, then)| Self::of(now.kind) == Some(self) && now.text != then.text)
    }

    /// Makes it read its documents anew. What is then loaded (nginx keeps what it has if the new is wrong), and what was
    /// printed.
    pub fn load(self, world: &World, loaded: &World, actions: &[Timed]) -> (World, String) {
        let mut state = run(world, &booted(world, loaded), past(actions), 0).1;
        let mut printed = String::new();
        for command in self.commands() {
            printed += &["$ ", command, "\n", &shell::run(world, &mut state, command)].concat();
        }
        let mut next = loaded.clone();
        if self == Self::Processes || state.nginx.loaded.iter().all(|read| world.text(&read.name) == Some(&read.text)) {
            for (then, now) in next.documents.iter_mut().zip(&world.documents) {
                if Self::of(now.kind) == Some(self) {
                    then.clone_from(now);
                }
            }
        }
        (next, printed)
    }
}

/// An instance whose programs have read the world `loaded`; what no program keeps is as it stands in `world`.
pub fn booted(world: &World, loaded: &World) -> State {
    State::booted(&read(world, loaded))
}

/// The same, from an instance that has booted with a world in which documents of this kind alone are others.
pub fn booted_like(world: &World, loaded: &World, other: &State, kind: Kind) -> State {
    match Program::of(kind) {
        Some(_) => State::booted_like(&read(world, loaded), other, kind),
        None => other.clone(),
    }
}

/// What the programs of an instance have read.
fn read(world: &World, loaded: &World) -> World {
    let mut read = world.clone();
    for (document, then) in read.documents.iter_mut().zip(&loaded.documents) {
        if Program::of(document.kind).is_some() {
            document.clone_from(then);
        }
    }
    read
}

/// The actions that lie in the past: commands on the instance, and time that passes, before anything is asked for.
pub fn past(actions: &[Timed]) -> &[Timed] {
    let seen = actions.iter().position(|action| !matches!(action.what, Action::Command(_) | Action::Wait(_)));
    &actions[..seen.unwrap_or(0)]
}

/// How things stand when so many of the actions that are seen are over.
pub fn after(world: &World, loaded: &World, actions: &[Timed], count: usize) -> State {
    let upto = actions.len().min(past(actions).len() + count);
    run(world, &booted(world, loaded), &actions[..upto], 0).1
}
