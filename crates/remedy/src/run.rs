//! Trying: a step is made in a copy of the world, and the request is run again.

use crate::case::{Case, play};
use crate::{Family, Grants, Remedy};
use course::load::{Program, booted};
use engine::journey::{Action, Timed};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::{Readings, World};

/// How many steps are tried for one request: a bound for worlds that are much larger than the course's.
const MOST: usize = 400;

/// What has been tried so far.
pub struct Search<'c, 'a> {
    case: &'c Case<'a>,
    /// The other sites that work as the world is.
    neighbours: Option<Vec<String>>,
    /// What helps.
    pub found: Vec<Remedy>,
    /// How many steps of each family were tried.
    pub tried: Vec<(Family, usize)>,
    count: usize,
}

impl<'c, 'a> Search<'c, 'a> {
    /// Nothing has been tried.
    pub fn new(case: &'c Case<'a>) -> Self {
        Self { case, neighbours: None, found: Vec::new(), tried: Vec::new(), count: 0 }
    }

    /// Tries one step.
    pub fn attempt(&mut self, family: Family, mut remedy: Remedy) {
        let same = |other: &Remedy| {
            (&other.edit, &other.command, other.wait, other.loads)
                == (&remedy.edit, &remedy.command, remedy.wait, remedy.loads)
        };
        // Where it is enough that a program reads what is written, an edit that it reads as well adds nothing.
        let carried = |other: &Remedy| other.edit.is_none() && other.loads.is_some() && other.loads == remedy.loads;
        let idle = remedy.edit.as_ref().is_some_and(|edit| edit.old == edit.new);
        if self.count == MOST || idle || self.found.iter().any(|other| same(other) || carried(other)) {
            return;
        }
        let Some((world, loaded, actions)) = remedy.apply(self.case.world, self.case.loaded, self.case.actions) else {
            return;
        };
        self.count += 1;
        match self.tried.last_mut() {
            Some((last, count)) if *last == family => *count += 1,
            _ => self.tried.push((family, 1)),
        }
        // What no program keeps does not change how the instance boots.
        let kept = remedy.loads.is_none();
        let boot = if kept { self.case.boot.clone() } else { booted(&world, &loaded) };
        let fresh = remedy.edit.is_some().then(|| Readings::of(&world));
        let readings = fresh.as_ref().unwrap_or(&self.case.readings);
        let worlds = (&world, &loaded);
        let (trace, _) = play(worlds, readings, &boot, &actions);
        if !self.case.succeeds(&trace, actions.len() - 1) || self.harms(worlds, readings, &boot, &remedy, &actions) {
            return;
        }
        (remedy.before, remedy.after) = changed(&self.case.trace, &trace);
        remedy.family = Some(family);
        self.found.push(remedy);
    }

    /// Whether another site that worked fails with this step.
    fn harms(
        &mut self,
        worlds: (&World, &World),
        readings: &Readings,
        boot: &State,
        remedy: &Remedy,
        actions: &[Timed],
    ) -> bool {
        let case = self.case;
        if remedy.loads.is_none() && remedy.command.is_none() {
            return false;
        }
        let before = |actions: &[Timed]| actions[..actions.len() - 1].to_vec();
        let sites = self.neighbours.get_or_insert_with(|| {
            let mut sites = Vec::new();
            for server in &case.boot.nginx.config.servers {
                for (name, _) in &server.names {
                    for scheme in ["http://", "https://"] {
                        let url = [scheme, name, "/"].concat();
                        if !sites.contains(&url)
                            && works((case.world, case.loaded), &case.readings, &case.boot, before(case.actions), &url)
                        {
                            sites.push(url);
                        }
                    }
                }
            }
            sites
        });
        sites.iter().any(|url| !works(worlds, readings, boot, before(actions), url))
    }
}

/// Whether a page of a site can be opened.
fn works(worlds: (&World, &World), readings: &Readings, boot: &State, mut actions: Vec<Timed>, url: &str) -> bool {
    actions.push(Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) });
    let (trace, _) = play(worlds, readings, boot, &actions);
    matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, .. }))
}

/// The first decision in which two runs differ: as it was, and as it is.
fn changed(old: &Trace, new: &Trace) -> (String, String) {
    let decisions = |trace: &Trace| {
        let request = trace.outcomes.len() - 1;
        let decided = trace.steps.iter().filter_map(|step| match &step.act {
            Act::Decide { verdict, .. } if step.action == request => Some((step.name, verdict.words.to_string())),
            _ => None,
        });
        decided.collect::<Vec<_>>()
    };
    let (old, new) = (decisions(old), decisions(new));
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let words = |list: &[(&str, String)]| list.get(same).map_or(String::new(), |(_, words)| words.clone());
    (words(&old), words(&new))
}

impl Remedy {
    /// The same, letting these in.
    pub(crate) fn granting(self, grants: Grants) -> Self {
        Self { grants, ..self }
    }

    /// The same, with something else that must be known.
    pub(crate) fn noting(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// What is written is read.
    pub(crate) fn load(program: Program, words: &str) -> Self {
        Self { words: words.to_owned(), loads: Some(program), ..Self::default() }
    }
}
