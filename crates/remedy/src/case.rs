//! The request that is to succeed: what was asked, how it went, and how it must go.

use crate::Family;
use course::load::{booted, past, read};
use engine::database::server::problems;
use engine::journey::{Action, Timed, run_read};
use engine::problem::Severity;
use engine::state::State;
use engine::text::contains;
use engine::trace::{Act, Basis, Outcome, Ruling, Step, Trace};
use engine::url::Url;
use engine::world::{Document, Kind, Readings, World};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The place of the request among the actions: the last one that asks for something.
pub fn requested(actions: &[Timed]) -> Option<usize> {
    let asks = |action: &Timed| {
        matches!(
            action.what.apart().0,
            Action::Open(_)
                | Action::Reach(_)
                | Action::Connect { .. }
                | Action::Fetch(_)
                | Action::Socket { .. }
                | Action::Call { .. }
                | Action::Press { .. }
        )
    };
    actions.iter().rposition(asks)
}

/// A world whose documents have been read, and the instance as it has booted in it.
pub struct Played<'a> {
    pub world: &'a World,
    pub readings: &'a Readings,
    pub loaded: &'a World,
    pub boot: &'a State,
}

impl Played<'_> {
    /// What comes of these actions. Commands that lie in the past are run with what the programs had read, as in the page;
    /// of the trace only what follows them is kept.
    pub fn run(&self, actions: &[Timed]) -> (Trace, State) {
        let past = past(actions);
        if past.is_empty() {
            return run_read(self.world, self.readings, self.boot, actions, 0);
        }
        let then = read(self.world, self.loaded);
        let state = run_read(&then, &self.readings.with(&then, Kind::Hosts), self.boot, past, 0).1;
        run_read(self.world, self.readings, &state, &actions[past.len()..], 0)
    }
}

/// The last decision of one of these names in the last action of a run.
fn last_decision<'t>(trace: &'t Trace, names: &[&str]) -> Option<(Ruling, &'t str)> {
    let at = trace.outcomes.len().checked_sub(1)?;
    trace.steps.iter().rev().find_map(|step| match &step.act {
        Act::Decide { verdict, .. } if step.action == at && names.contains(&step.name) => {
            Some((verdict.ruling, &*verdict.words))
        }
        _ => None,
    })
}

/// A request that may be mended.
pub struct Case<'a> {
    pub world: &'a World,
    pub loaded: &'a World,
    /// The actions up to the request.
    pub actions: &'a [Timed],
    pub readings: Readings,
    /// The instance as it booted.
    pub boot: State,
    /// Just before the request.
    pub state: State,
    /// The whole run.
    pub trace: Trace,
    /// The URL that was asked for; none for a port.
    pub url: Option<Url>,
    /// The port that was asked for.
    pub port: u16,
    /// The address that the request comes from.
    pub visitor: Ipv4Addr,
    /// The process that the host names.
    pub meant: Option<String>,
    /// Whether it succeeds as it is.
    pub fine: bool,
}

impl<'a> Case<'a> {
    /// The last request of the actions; `None` where there is none.
    pub fn new(world: &'a World, loaded: &'a World, actions: &'a [Timed]) -> Option<Self> {
        let at = requested(actions)?;
        let actions = &actions[..=at];
        let readings = Readings::of(world);
        let boot = booted(world, loaded);
        let played = Played { world, readings: &readings, loaded, boot: &boot };
        let (state, trace) = (played.run(&actions[..at]).1, played.run(actions).0);
        let (what, elsewhere) = actions[at].what.apart();
        let mut visitor = elsewhere.unwrap_or(readings.network.client_address());
        let (url, port) = match what {
            what @ (Action::Open(_)
            | Action::Reach(_)
            | Action::Fetch(_)
            | Action::Socket { .. }
            | Action::Call { .. }) => {
                let url = Url::of_any(what.url()?)?;
                let port = url.port;
                (Some(url), port)
            }
            Action::Connect { from, port } => {
                visitor = *from;
                (None, *port)
            }
            Action::Press { phone, .. } => {
                let phones = &readings.phones;
                let (url, _) = phones.server.clone()?;
                visitor = phones.find(phone).and_then(|(_, phone)| Some(phone.address.as_ref()?.0)).unwrap_or(visitor);
                let port = url.port;
                (Some(url), port)
            }
            Action::Load { .. } | Action::Command(_) | Action::Wait(_) | Action::From(..) | Action::Together(_) => {
                return None;
            }
        };
        let meant = url.as_ref().and_then(|url| meant(world, url));
        let mut case =
            Self { world, loaded, actions, readings, boot, state, trace, url, port, visitor, meant, fine: false };
        let shown = matches!(case.trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, cut: None, .. }));
        let applied = last_decision(&case.trace, &["app-answers"]).is_some();
        case.fine = case.succeeds(&case.trace) || (shown && !applied);
        Some(case)
    }

    /// The host that was asked for.
    pub fn host(&self) -> &str {
        self.url.as_ref().map_or("", |url| url.host.trim_end_matches('.'))
    }

    /// Whether the last action of a run succeeds.
    pub fn succeeds(&self, trace: &Trace) -> bool {
        let decided = |names: &[&str]| last_decision(trace, names);
        match self.actions[self.actions.len() - 1].what.apart().0 {
            Action::Open(_) | Action::Fetch(_) => {
                let shown =
                    matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, cut: None, .. }));
                let answered = decided(&["app-answers"]).is_some_and(|(ruling, _)| ruling == Ruling::Answer);
                let by = decided(&["upstream-accepts", "instance-accepts"]).map_or("", |(_, words)| words);
                let right =
                    |name: &String| by.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(" listens"));
                shown && answered && (by.is_empty() || self.meant.as_ref().is_none_or(right))
            }
            Action::Reach(_) => decided(&["host-reached"]).is_some(),
            Action::Socket { .. } => decided(&["socket-opens"]).is_some(),
            Action::Press { .. } => decided(&["app-repaints"]).is_some_and(|(ruling, _)| ruling == Ruling::Answer),
            Action::Call { .. } => decided(&["call-ends"]).is_some_and(|(ruling, _)| ruling == Ruling::Answer),
            _ => decided(&["connection-stands"]).is_some(),
        }
    }

    /// The decisions of the request itself.
    pub fn decisions(&self) -> impl DoubleEndedIterator<Item = (&Step, Ruling, &Basis)> {
        let at = self.trace.outcomes.len() - 1;
        self.trace.steps.iter().filter(move |step| step.action == at).filter_map(|step| match &step.act {
            Act::Decide { verdict, basis, .. } => Some((step, verdict.ruling, basis)),
            Act::Travel { .. } => None,
        })
    }

    /// The lines of documents of this kind that the request's decisions rest on, the last first, each once.
    pub fn lines(&self, kind: Kind) -> Vec<(&str, u32)> {
        let mut found = Vec::new();
        for (_, _, basis) in self.decisions().rev() {
            if let Basis::Line { document, line } = basis
                && self.world.of(kind).any(|other| *other.name == **document)
                && !found.contains(&(&**document, *line))
            {
                found.push((&**document, *line));
            }
        }
        found
    }

    /// The families, in groups that are tried one after the other until something helps: where a program refuses what is
    /// written, mending that; those that the way it failed points at; all others.
    pub fn suspects(&self) -> [Vec<Family>; 3] {
        use Family::{Certificates, Database, Load, Names, Open, Process, Repair, Start, Wait, Web};
        const ALL: [Family; 10] = [Load, Start, Open, Names, Web, Certificates, Process, Database, Repair, Wait];
        let last = self.decisions().rev().find(|(step, ruling, _)| ruling.stops() && !consequence(step.name));
        // What an application answers when its database fails it, is the database's doing.
        let failed = |(step, ruling, _): (&Step, Ruling, &Basis)| step.name.starts_with("database-") && ruling.stops();
        let database = self.decisions().any(failed);
        let likely: &[Family] = match last.map_or("", |(step, ..)| step.name) {
            "app-answers" | "app-dies" | "app-never-answers" if database => &[Load, Start, Database, Repair, Process],
            "browser-gives-up-lookup" | "resolver-fails" | "nobody-there" | "server-silent" => &[Names, Repair],
            "firewall-decides" | "packet-blocked" => &[Open],
            "instance-accepts" | "connection-refused" => &[Load, Start, Web, Process, Certificates, Repair],
            "certificate-checked" | "handshake-rejected" | "no-tls-here" => &[Load, Certificates, Web],
            "upstream-accepts" => &[Load, Start, Process, Web, Repair],
            _ => &[Load, Start, Process, Web, Wait],
        };
        let state = &self.state;
        let mistaken = |made: &Arc<Document>| problems(made).iter().any(|p| p.severity == Severity::Error);
        let refused = state.nginx.failure.is_some()
            || state.processes.iter().any(|process| process.failure.is_some())
            || (database && (state.database.failure.is_some() || state.database.made.iter().any(mistaken)));
        let first: &[Family] = if refused && likely.contains(&Repair) { &[Load, Start, Repair] } else { &[] };
        let without = |list: &[Family], done: &[&[Family]]| {
            list.iter().copied().filter(|family| !done.iter().any(|done| done.contains(family))).collect()
        };
        [first.to_vec(), without(likely, &[first]), without(&ALL, &[first, likely])]
    }
}

/// Whether a step of this name only says what follows from one before it.
fn consequence(name: &str) -> bool {
    matches!(name, "browser-gives-up" | "sender-gives-up" | "connection-refused" | "browser-shows")
}

/// The process whose name stands in the host's first label: the longest such name.
fn meant(world: &World, url: &Url) -> Option<String> {
    let label = url.host.split('.').next().unwrap_or("");
    let names = world.declared().0.into_iter().map(|declared| declared.name.to_ascii_lowercase());
    names.filter(|name| !name.is_empty() && contains(label, name)).max_by_key(String::len)
}
