//! The request that is to succeed: what was asked, how it went, and how it must go.

use crate::Family;
use course::load::booted;
use engine::journey::{Action, Timed, run_read};
use engine::state::State;
use engine::text::contains;
use engine::trace::{Act, Basis, Outcome, Ruling, Step, Trace};
use engine::url::Url;
use engine::world::{Kind, Readings, World};
use std::net::Ipv4Addr;

/// The place of the request among the actions: the last one that asks for something.
pub fn requested(actions: &[Timed]) -> Option<usize> {
    let asks = |action: &Timed| matches!(action.what, Action::Open(_) | Action::Reach(_) | Action::Connect { .. });
    actions.iter().rposition(asks)
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
        let (_, state) = run_read(world, &readings, &boot, &actions[..at], 0);
        let (trace, _) = run_read(world, &readings, &boot, actions, 0);
        let mut visitor = readings.network.client_address();
        let (url, port) = match &actions[at].what {
            Action::Open(url) | Action::Reach(url) => {
                let url = Url::parse(url)?;
                let port = url.port;
                (Some(url), port)
            }
            Action::Connect { from, port } => {
                visitor = *from;
                (None, *port)
            }
            Action::Load { .. } | Action::Command(_) | Action::Wait(_) => return None,
        };
        let meant = url.as_ref().and_then(|url| meant(world, url));
        let mut case =
            Self { world, loaded, actions, readings, boot, state, trace, url, port, visitor, meant, fine: false };
        let shown = matches!(case.trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, cut: None, .. }));
        let applied = case.last_decision(&case.trace, at, &["app-answers"]).is_some();
        case.fine = case.succeeds(&case.trace, at) || (shown && !applied);
        Some(case)
    }

    /// The host that was asked for.
    pub fn host(&self) -> &str {
        self.url.as_ref().map_or("", |url| url.host.trim_end_matches('.'))
    }

    /// Whether the action `at` of a run succeeds.
    pub fn succeeds(&self, trace: &Trace, at: usize) -> bool {
        let decided = |names: &[&str]| self.last_decision(trace, at, names);
        match &self.actions[self.actions.len() - 1].what {
            Action::Open(_) => {
                let shown =
                    matches!(trace.outcomes.get(at), Some(Outcome::Response { status: 200..=299, cut: None, .. }));
                let answered = decided(&["app-answers"]).is_some_and(|(ruling, _)| ruling == Ruling::Answer);
                let by = decided(&["upstream-accepts", "instance-accepts"]).map_or("", |(_, words)| words);
                let right =
                    |name: &String| by.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(" listens"));
                shown && answered && (by.is_empty() || self.meant.as_ref().is_none_or(right))
            }
            Action::Reach(_) => decided(&["host-reached"]).is_some(),
            _ => decided(&["connection-stands"]).is_some(),
        }
    }

    fn last_decision<'t>(&self, trace: &'t Trace, at: usize, names: &[&str]) -> Option<(Ruling, &'t str)> {
        trace.steps.iter().rev().find_map(|step| match &step.act {
            Act::Decide { verdict, .. } if step.action == at && names.contains(&step.name) => {
                Some((verdict.ruling, &*verdict.words))
            }
            _ => None,
        })
    }

    /// The decisions of the request itself.
    pub fn decisions(&self) -> impl DoubleEndedIterator<Item = (&Step, Ruling, &Basis)> {
        let at = self.actions.len() - 1;
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
        use Family::{Certificates, Load, Names, Open, Process, Repair, Start, Wait, Web};
        const ALL: [Family; 9] = [Load, Start, Open, Names, Web, Certificates, Process, Repair, Wait];
        let last = self.decisions().rev().find(|(step, ruling, _)| ruling.stops() && !consequence(step.name));
        let likely: &[Family] = match last.map_or("", |(step, ..)| step.name) {
            "browser-gives-up-lookup" | "resolver-fails" | "nobody-there" | "server-silent" => &[Names, Repair],
            "firewall-decides" | "packet-blocked" => &[Open],
            "instance-accepts" | "connection-refused" => &[Load, Start, Web, Process, Certificates, Repair],
            "certificate-checked" | "handshake-rejected" | "no-tls-here" => &[Load, Certificates, Web],
            "upstream-accepts" => &[Load, Start, Process, Web, Repair],
            _ => &[Load, Start, Process, Web, Wait],
        };
        let failed = self.state.nginx.failure.is_some() || self.state.processes.iter().any(|p| p.failure.is_some());
        let first: &[Family] = if failed && likely.contains(&Repair) { &[Load, Start, Repair] } else { &[] };
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
