//! Trying: a step is made in a copy of the world, and the request is run again.

use crate::case::{Case, Played};
use crate::{Family, Grants, Remedy};
use course::load::{Program, booted, booted_like};
use engine::journey::{Action, Timed};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};

/// How many steps are tried for one request: a bound for worlds that are much larger than the course's.
const MOST: usize = 400;

/// How many pages of this nginx's sites are opened with a step that helps.
const MOST_PAGES: usize = 16;

/// What has been tried so far.
pub struct Search<'c, 'a> {
    case: &'c Case<'a>,
    /// The pages of this nginx's sites that open as the world is.
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
        let kind = remedy.edit.as_ref().and_then(|edit| edit.kind(&world));
        let fresh = kind.map(|kind| self.case.readings.with(&world, kind));
        let readings = fresh.as_ref().unwrap_or(&self.case.readings);
        let boot = match (remedy.loads, kind) {
            (None, None) => self.case.boot.clone(),
            (Some(program), _) if program.is_behind(self.case.world, self.case.loaded) => booted(&world, &loaded),
            (Some(_), None) => booted(&world, &loaded),
            (_, Some(kind)) => booted_like(&world, &loaded, &self.case.boot, kind),
        };
        let played = Played { world: &world, readings, loaded: &loaded, boot: &boot };
        let (trace, _) = played.run(&actions);
        if !self.case.succeeds(&trace) {
            return;
        }
        let Some(opens) = self.neighbours(&played, &actions) else {
            return;
        };
        remedy.opens = opens;
        (remedy.before, remedy.after) = changed(&self.case.trace, &trace);
        remedy.family = Some(family);
        self.found.push(remedy);
    }

    /// The pages of this nginx's sites that open with a step; `None` where one that opened before does not any more.
    fn neighbours(&mut self, played: &Played<'_>, actions: &[Timed]) -> Option<usize> {
        let case = self.case;
        let before = Played { world: case.world, readings: &case.readings, loaded: case.loaded, boot: &case.boot };
        let opened = self.neighbours.get_or_insert_with(|| {
            let urls = pages(&case.boot).into_iter();
            urls.filter(|url| works(&before, case.actions, url)).collect()
        });
        let opens = |url: &String| works(played, actions, url);
        if !opened.iter().all(opens) {
            return None;
        }
        let others = pages(played.boot).into_iter().filter(|url| !opened.contains(url) && opens(url)).count();
        Some(opened.len() + others)
    }
}

/// The first pages of the sites that an nginx has loaded.
fn pages(boot: &State) -> Vec<String> {
    let mut pages = Vec::new();
    let names = boot.nginx.config.servers.iter().flat_map(|server| &server.names);
    for (name, _) in names {
        let urls = ["http://", "https://"].map(|scheme| [scheme, name, "/"].concat());
        if pages.len() < MOST_PAGES && !pages.contains(&urls[0]) {
            pages.extend(urls);
        }
    }
    pages
}

/// Whether a page of a site can be opened in place of the request.
fn works(played: &Played<'_>, actions: &[Timed], url: &str) -> bool {
    let mut actions = actions[..actions.len() - 1].to_vec();
    actions.push(Timed { at: Micros::ZERO, what: Action::Open(url.to_owned()) });
    let (trace, _) = played.run(&actions);
    matches!(trace.outcomes.last(), Some(Outcome::Response { status: 200..=299, cut: None, .. }))
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
