//! The smallest fix: which single steps make a request succeed that does not.
//!
//! Every step comes from the closed vocabulary below, is made in a copy of the world, and the request is run again by
//! the engine; only a step after which it succeeds is offered. Where none does, that is the answer, with what was tried.
//! It writes no program, invents no names, and changes no more than one thing.
//!
//! **The request** is the last action that opens a page, asks by script, calls a method, reaches for a host or knocks at a
//! port. It *succeeds* when
//!
//! - a page: the browser shows a status from 200 to 299, an application answered it, and where the host's first label
//!   names a process of `ecosystem.config.js` (`backend-demo` names `backend`), it was that one;
//! - a WebSocket: it opens; a call: it ends with an answer, and whoever called knows it;
//! - a host reached for, a port knocked at: the TCP connection stands.
//!
//! **The vocabulary**, and which file of this crate knows it:
//!
//! | family | steps |
//! | --- | --- |
//! | [`Family::Load`] | let nginx, PostgreSQL or the processes read what is written and not loaded; make the tables anew |
//! | [`Family::Start`] | start or restart nginx, PostgreSQL, a process |
//! | [`Family::Open`] | an inbound rule for the port: the visitor's address; for 80 and 443 also everybody, labelled |
//! | [`Family::Names`] | the address of an A record, the target of a CNAME or NS record, a missing A, NS or glue record; addresses in `network` that the zones name |
//! | [`Family::Web`] | nginx: `listen`, `ssl`, `server_name`, the certificate's path, port, scheme and URI of a `proxy_pass` or a `server` of a group, a location's path, an `allow` for one visitor, a line taken out that decided against the request; for a WebSocket `Upgrade` and `Connection`, for gRPC `http2` and `grpc_pass` |
//! | [`Family::Certificates`] | renew; a name or a path put right in the certificate files; an authority that is trusted |
//! | [`Family::Process`] | `PORT`, script, port and host of `app.listen`, a name that a script requires, a missing route |
//! | [`Family::Database`] | host, port, database, user and password of a pool; a name in a query or in `schema.sql`; a line of `postgresql.conf` taken out |
//! | [`Family::Repair`] | a document that its program refuses: a line or a sign put in or taken out |
//! | [`Family::Wait`] | let time pass |
//!
//! What a program refuses to read is mended first; then the families are tried that the trace points at, and the others
//! only where none of those helps.
//!
//! **Order**: what lets in least comes first ([`Grants`]), then what mends more sites of this nginx, then what changes
//! least. Nothing is offered that lets in
//! everybody, except at ports 80 and 443, after what lets in one visitor. No step is offered that breaks another site
//! of this nginx which worked before.

mod case;
mod certificates;
mod database;
mod edit;
mod names;
mod open;
mod process;
mod repair;
mod run;
mod speak;
mod web;
mod web_words;

use case::Case;
pub use case::requested;
use core::cmp::Reverse;
use core::fmt;
use course::load::{self, Program};
pub use edit::Edit;
use engine::journey::{Action, Timed};
use engine::text;
use engine::time::Micros;
use engine::world::World;

/// The families of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// What is written is read.
    Load,
    /// What is stopped is started.
    Start,
    /// The security group.
    Open,
    /// Names and addresses.
    Names,
    /// nginx.
    Web,
    /// Certificates.
    Certificates,
    /// Processes and their scripts.
    Process,
    /// The database, and how it is reached.
    Database,
    /// What a program refuses to read.
    Repair,
    /// Time.
    Wait,
}

/// Whom a step lets in who was not let in before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grants {
    /// Nobody.
    #[default]
    Nobody,
    /// One visitor, by address.
    Visitor,
    /// Everybody.
    Everybody,
}

/// One step after which the request succeeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// Where it comes from; none in what was never tried.
    pub family: Option<Family>,
    /// What to do, in one sentence.
    pub words: String,
    /// The change of a document.
    pub edit: Option<Edit>,
    /// The program that must read its documents anew for it to count.
    pub loads: Option<Program>,
    /// The command that is run on the instance, before the request.
    pub command: Option<String>,
    /// How long to wait, before the request.
    pub wait: Option<Micros>,
    /// Whom it lets in.
    pub grants: Grants,
    /// How many pages of this nginx's sites open with it.
    pub opens: usize,
    /// What else must be known about it.
    pub note: Option<&'static str>,
    /// The decision that changed: as it was.
    pub before: String,
    /// The decision that changed: as it is with this step.
    pub after: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Whether the request succeeds as it is, or there is none: then nothing was tried.
    pub fine: bool,
    /// The steps that help, the best first. Empty where no single step does.
    pub remedies: Vec<Remedy>,
    /// How many steps of each family were tried by running the request.
    pub tried: Vec<(Family, usize)>,
}

/// How many remedies of one family are offered.
const MOST_OF_A_FAMILY: usize = 3;

/// After how many repairs that help no farther ones are tried: what is nearest to the mistake came first.
const ENOUGH_REPAIRS: usize = 6;

/// The single steps that make the last request of these actions succeed. `loaded` is the world as nginx and the processes
/// have read it.
pub fn remedies(world: &World, loaded: &World, actions: &[Timed]) -> Findings {
    let Some(case) = Case::new(world, loaded, actions).filter(|case| !case.fine) else {
        return Findings { fine: true, ..Findings::default() };
    };
    let mut search = run::Search::new(&case);
    for families in case.suspects() {
        for family in families {
            for candidate in candidates(&case, family) {
                if family == Family::Repair && search.found.len() >= ENOUGH_REPAIRS {
                    break;
                }
                search.attempt(family, candidate);
            }
        }
        if !search.found.is_empty() {
            break;
        }
    }
    let mut found = search.found;
    text::sort(&mut found, |remedy| (remedy.grants, Reverse(remedy.opens), remedy.size()));
    let mut remedies: Vec<Remedy> = Vec::new();
    for remedy in found {
        let same = |other: &&Remedy| other.family == remedy.family && other.grants == remedy.grants;
        // What leaves broken that another of its kind mends is not offered.
        let least = remedies.iter().find(same).map_or(0, |best| best.opens);
        if remedy.opens >= least && remedies.iter().filter(same).count() < MOST_OF_A_FAMILY {
            remedies.push(remedy);
        }
    }
    Findings { fine: false, remedies, tried: search.tried }
}

fn candidates(case: &Case<'_>, family: Family) -> Vec<Remedy> {
    match family {
        Family::Load => process::loads(case),
        Family::Start => process::starts(case),
        Family::Open => open::candidates(case),
        Family::Names => names::candidates(case),
        Family::Web => web::candidates(case),
        Family::Certificates => certificates::candidates(case),
        Family::Process => process::candidates(case),
        Family::Database => database::candidates(case),
        Family::Repair => repair::candidates(case),
        Family::Wait => process::waits(),
    }
}

impl Remedy {
    /// A change of a document; the program that keeps what it has read from it reads it anew.
    fn edit(world: &World, edit: Edit, words: &[&str]) -> Self {
        let loads = edit.kind(world).and_then(Program::of);
        Self { words: words.concat(), edit: Some(edit), loads, ..Self::default() }
    }

    /// A command on the instance.
    fn command(command: &str, words: &[&str]) -> Self {
        Self { words: words.concat(), command: Some(command.to_owned()), ..Self::default() }
    }

    /// World, world as read, and actions with this step made: what the page holds afterwards. `None` where the document
    /// is no longer what it was.
    pub fn apply(&self, world: &World, loaded: &World, actions: &[Timed]) -> Option<(World, World, Vec<Timed>)> {
        let world = match &self.edit {
            Some(edit) => world.with_text(&edit.document, &edit.apply(world.text(&edit.document)?)?),
            None => world.clone(),
        };
        // What no program keeps counts at once.
        let loaded = match self.loads {
            Some(program) => load::as_read(loaded, &world, |other| other == program),
            None => loaded.clone(),
        };
        let mut actions = actions.to_vec();
        let at = requested(&actions)?;
        let moment = actions[at].at;
        let command = self.command.clone().map(Action::Command);
        let wait = self.wait.map(Action::Wait);
        for what in [wait, command].into_iter().flatten() {
            actions.insert(at, Timed { at: moment, what });
        }
        Some((world, loaded, actions))
    }

    /// How much it changes: signs put in and taken out; a command counts one, waiting its seconds.
    pub fn size(&self) -> usize {
        let edit = self.edit.as_ref().map_or(0, Edit::size);
        let wait = self.wait.map_or(0, |span| (span.0 / 1_000_000) as usize);
        edit + wait + usize::from(self.command.is_some())
    }

    /// Why it works, in one sentence.
    pub fn why(&self) -> String {
        match (self.before.is_empty(), self.after.is_empty()) {
            (false, false) => ["“", &self.before, "” becomes “", &self.after, "”."].concat(),
            _ => String::new(),
        }
    }
}

impl Family {
    /// In words, as in “tried: names 12”.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Load => "reading anew",
            Self::Start => "starting",
            Self::Open => "the security group",
            Self::Names => "names and addresses",
            Self::Web => "nginx",
            Self::Certificates => "certificates",
            Self::Process => "processes",
            Self::Database => "the database",
            Self::Repair => "mending what is refused",
            Self::Wait => "waiting",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.words)?;
        if let Some(edit) = &self.edit {
            writeln!(f, "{edit}")?;
        }
        match self.loads {
            Some(Program::Nginx) => writeln!(f, "    $ systemctl reload nginx")?,
            Some(Program::Processes) => writeln!(f, "    $ pm2 restart ecosystem.config.js")?,
            Some(Program::Database) => writeln!(f, "    $ sudo systemctl restart postgresql")?,
            Some(Program::Tables) => writeln!(f, "    $ sudo -u postgres psql -d demo -f schema.sql")?,
            None => {}
        }
        if let Some(command) = &self.command {
            writeln!(f, "    $ {command}")?;
        }
        if let Some(span) = self.wait {
            writeln!(f, "    wait {span}")?;
        }
        if let Some(note) = self.note {
            writeln!(f, "    note: {note}")?;
        }
        writeln!(f, "    {}", self.why())
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fine {
            return writeln!(f, "Nothing to mend.");
        }
        if self.remedies.is_empty() {
            writeln!(f, "No single step helps.")?;
        }
        for (number, remedy) in (1..).zip(&self.remedies) {
            write!(f, "{number}. {remedy}")?;
        }
        let tried: Vec<String> =
            self.tried.iter().map(|(family, count)| [family.word(), " ", &count.to_string()].concat()).collect();
        writeln!(f, "Tried: {}.", tried.join(", "))
    }
}
