//! What counts only when a program reads it anew: nginx its files after a reload, processes theirs after a restart,
//! PostgreSQL its settings after a restart, and the tables are as `schema.sql` was when it was last run.
//!
//! Zone, security group and network are in force as soon as they are written.

use engine::journey::{Action, Timed, run};
use engine::shell;
use engine::state::State;
use engine::world::{Document, Kind, World};
use std::sync::Arc;

/// A program that keeps what it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// nginx: its configuration, the certificate files, and the names it looked up in `/etc/hosts`.
    Nginx,
    /// What PM2 keeps running: `ecosystem.config.js`, the scripts and their data.
    Processes,
    /// PostgreSQL: its settings.
    Database,
    /// The tables, which were made from `schema.sql`.
    Tables,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nginx, Self::Processes, Self::Database, Self::Tables];

    /// The program that reads documents of this kind and keeps what it has read.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Nginx | Kind::Certificates | Kind::Hosts => Some(Self::Nginx),
            Kind::Processes | Kind::Script | Kind::Data => Some(Self::Processes),
            Kind::Settings => Some(Self::Database),
            Kind::Schema => Some(Self::Tables),
            Kind::Zone | Kind::SecurityGroup | Kind::Network | Kind::Phones | Kind::Public => None,
        }
    }

    /// The name in questions to the engine.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Processes => "processes",
            Self::Database => "database",
            Self::Tables => "tables",
        }
    }

    /// The program of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|program| program.name() == name)
    }

    /// What is typed on the instance so that it reads its files anew, as careful people do it.
    const fn commands(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &["nginx -t", "systemctl reload nginx"],
            Self::Processes => &["pm2 restart ecosystem.config.js"],
            Self::Database => &["sudo systemctl restart postgresql"],
            Self::Tables => &["sudo -u postgres psql -d demo -f schema.sql"],
        }
    }

    /// Whether some of its documents are not as it has read them, or were not there, or are gone.
    pub fn is_behind(self, world: &World, loaded: &World) -> bool {
        let mine = |document: &&Arc<Document>| Self::of(document.kind) == Some(self);
        let differs = |a: &World, b: &World| a.documents.iter().filter(mine).any(|d| b.text(&d.name) != Some(&d.text));
        differs(world, loaded) || differs(loaded, world)
    }

    /// Makes it read its documents anew. What is then loaded (nginx keeps what it has if the new is wrong), and what was
    /// printed.
    pub fn load(self, world: &World, loaded: &World, actions: &[Timed]) -> (World, String) {
        let mut state = standing(world, loaded, actions);
        let mut printed = String::new();
        for command in self.commands() {
            printed += &["$ ", command, "\n", &shell::run(world, &mut state, command)].concat();
        }
        let mut next = loaded.clone();
        if self != Self::Nginx || state.nginx.loaded.iter().all(|read| world.text(&read.name) == Some(&read.text)) {
            next = as_read(loaded, world, |program| program == self);
        }
        (next, printed)
    }
}

/// An instance whose programs have read the world `loaded`; what no program keeps is as it stands in `world`.
pub fn booted(world: &World, loaded: &World) -> State {
    State::booted(&read(world, loaded))
}

/// The world as the programs know it: what they keep as they have read it, everything else as it stands in `world`.
pub fn read(world: &World, loaded: &World) -> World {
    as_read(world, loaded, |_| true)
}

/// A world in which the documents of some programs are those of another world.
pub fn as_read(world: &World, other: &World, whose: impl Fn(Program) -> bool) -> World {
    let theirs = |document: &&Arc<Document>| Program::of(document.kind).is_some_and(&whose);
    let kept = |document: &&Arc<Document>| !theirs(document) || other.document(&document.name).is_some();
    let mut next = World { documents: world.documents.iter().filter(kept).cloned().collect() };
    other.documents.iter().filter(theirs).for_each(|document| next.put(document.clone()));
    next
}

/// What the programs of an instance have read, as a world. `loaded` is what they had read before.
///
/// A script belongs to the process that runs it; of data, which several processes may share, the newest reading counts.
pub fn held(state: &State, loaded: &World) -> World {
    let nginx = World { documents: state.nginx.loaded.clone() };
    let mut next = as_read(loaded, &nginx, |program| program == Program::Nginx);
    let settings = World { documents: state.database.loaded.clone() };
    next = as_read(&next, &settings, |program| program == Program::Database);
    let tables = World { documents: state.database.made.clone() };
    next = as_read(&next, &tables, |program| program == Program::Tables);
    for process in &state.processes {
        // A script that was not there when it was started, is not there.
        let script = |document: &Arc<Document>| document.name == process.declared.script;
        next.documents.retain(|document| !script(document) || process.loaded.iter().any(script));
        let own = |document: &&Arc<Document>| document.kind != Kind::Script || document.name == process.declared.script;
        for document in process.loaded.iter().filter(own) {
            if loaded.document(&document.name) != Some(document) {
                next.put(document.clone());
            }
        }
    }
    next
}

/// The same, from an instance that has booted with a world in which documents of this kind alone are others.
pub fn booted_like(world: &World, loaded: &World, other: &State, kind: Kind) -> State {
    match (Program::of(kind), kind) {
        // The network says what date it is.
        (Some(_), _) | (None, Kind::Network) => State::booted_like(&read(world, loaded), other, kind),
        (None, _) => other.clone(),
    }
}

/// The actions that lie in the past: commands on the instance, and time that passes, before anything is asked for.
pub fn past(actions: &[Timed]) -> &[Timed] {
    let seen = actions.iter().position(|action| !matches!(action.what, Action::Command(_) | Action::Wait(_)));
    &actions[..seen.unwrap_or(0)]
}

/// How things stand before the first of these actions that is seen. What is done in the past is done with the documents
/// that the programs have read: a reload then reads nothing that was written after it.
pub fn standing(world: &World, loaded: &World, actions: &[Timed]) -> State {
    let (then, past) = (read(world, loaded), past(actions));
    let booted = State::booted(&then);
    if past.is_empty() { booted } else { run(&then, &booted, past, 0).1 }
}

/// How things stand when so many of the actions that are seen are over.
pub fn after(world: &World, loaded: &World, actions: &[Timed], count: usize) -> State {
    let seen = &actions[past(actions).len()..];
    run(world, &standing(world, loaded, actions), &seen[..seen.len().min(count)], 0).1
}
