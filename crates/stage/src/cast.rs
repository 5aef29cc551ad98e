//! Who plays whom: places and hops of a trace, nodes and arrows of a figure.
//!
//! A cast is data of the course. It names nodes and arrows as the figure's text does, so that a figure may be laid
//! out anew without a change here. What it forgets, [`Cast::missing`] finds.

use crate::plot::{self, Act, Plot};
use diagram::figure::{Figure, Tip};
use engine::message::Message;
use engine::place::Place;
use engine::trace::{self, Basis, Trace};

/// Who plays whom in one figure.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// Which node stands for which place. Several places may share a node.
    pub actors: &'static [(Place, &'static str)],
    /// Along which arrow a message goes.
    pub hops: &'static [Hop],
    /// Decisions that light an arrow, or are shown at another node.
    pub lights: &'static [Light],
    /// Who plays the second action, where two are shown side by side.
    pub second: Option<&'static Self>,
}

/// A message from one place to another goes along an arrow.
#[derive(Clone, Copy, Debug)]
pub struct Hop {
    /// Where it leaves.
    pub from: Place,
    /// Where it arrives.
    pub to: Place,
    /// Only steps of this name; `None` means every message between the two.
    pub name: Option<&'static str>,
    /// Only messages of this sort.
    pub when: Option<fn(&Message) -> bool>,
    /// How it is drawn.
    pub route: Route,
}

impl Hop {
    /// Every message between the two goes along the first arrow from `tail` to `head`.
    pub const fn along(from: Place, to: Place, tail: &'static str, head: &'static str) -> Self {
        Self { from, to, name: None, when: None, route: Route::Along(tail, head, 0) }
    }

    /// Every message between the two goes against the first arrow from `tail` to `head`, which has a tip at both its ends.
    pub const fn back(from: Place, to: Place, tail: &'static str, head: &'static str) -> Self {
        Self { from, to, name: None, when: None, route: Route::Back(tail, head, 0) }
    }

    /// One node plays both: every message between the two is shown on it.
    pub const fn within(from: Place, to: Place, node: &'static str) -> Self {
        Self { from, to, name: None, when: None, route: Route::Within(node) }
    }

    /// Only the steps of this name.
    #[must_use]
    pub const fn of(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Only messages of this sort.
    #[must_use]
    pub const fn when(self, sort: fn(&Message) -> bool) -> Self {
        Self { when: Some(sort), ..self }
    }

    /// Along which of several arrows between the same nodes, counted from 0.
    #[must_use]
    pub const fn nth(self, nth: usize) -> Self {
        let route = match self.route {
            Route::Along(tail, head, _) => Route::Along(tail, head, nth),
            Route::Back(tail, head, _) => Route::Back(tail, head, nth),
            within @ Route::Within(_) => within,
        };
        Self { route, ..self }
    }
}

/// How a hop is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Along the arrow between two nodes; the number tells parallel arrows apart, in the order of the text.
    Along(&'static str, &'static str, usize),
    /// The other way along an arrow that has a tip at both its ends.
    Back(&'static str, &'static str, usize),
    /// Both ends are played by one node: the message is shown on it.
    Within(&'static str),
}

/// A decision that is shown elsewhere than at its place's own node, or that lights an arrow though nothing moves on it.
#[derive(Clone, Copy, Debug)]
pub struct Light {
    /// The step's name.
    pub name: &'static str,
    /// Only where a line of this document decided; `None`: whatever decided.
    pub document: Option<&'static str>,
    /// Only where this place decided.
    pub place: Option<Place>,
    /// Only where the words of the decision are such.
    pub words: Option<fn(&str) -> bool>,
    /// The node that it is shown at; `None`: that of its place.
    pub node: Option<&'static str>,
    /// The arrow that it lights: from, to, which of several.
    pub arrow: Option<(&'static str, &'static str, usize)>,
}

impl Light {
    /// Steps of this name light the arrow from `tail` to `head`.
    pub const fn arrow(name: &'static str, tail: &'static str, head: &'static str) -> Self {
        Self { name, document: None, place: None, words: None, node: None, arrow: Some((tail, head, 0)) }
    }

    /// Steps of this name are shown at `node`.
    pub const fn at(name: &'static str, node: &'static str) -> Self {
        Self { name, document: None, place: None, words: None, node: Some(node), arrow: None }
    }

    /// Shown at `node` as well.
    #[must_use]
    pub const fn shown(self, node: &'static str) -> Self {
        Self { node: Some(node), ..self }
    }

    /// Only where a line of `document` decided.
    #[must_use]
    pub const fn by(self, document: &'static str) -> Self {
        Self { document: Some(document), ..self }
    }

    /// Only what this place decided.
    #[must_use]
    pub const fn of(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Only decisions with such words.
    #[must_use]
    pub const fn when(self, words: fn(&str) -> bool) -> Self {
        Self { words: Some(words), ..self }
    }

    /// Which of several arrows between the same nodes, counted from 0.
    #[must_use]
    pub const fn nth(self, nth: usize) -> Self {
        let arrow = match self.arrow {
            Some((tail, head, _)) => Some((tail, head, nth)),
            None => None,
        };
        Self { arrow, ..self }
    }

    fn fits(&self, step: &plot::Step) -> bool {
        let Act::Decide { at, verdict, basis } = &step.act else { return false };
        let decided = match basis {
            Basis::Line { document, .. } => Some(&**document),
            _ => None,
        };
        let here = self.place.is_none_or(|place| place.means(*at));
        let said = self.words.is_none_or(|words| words(&verdict.words));
        self.name == step.name && here && said && self.document.is_none_or(|document| decided == Some(document))
    }
}

impl Cast {
    /// The cast of the action that a step serves.
    fn of(&self, action: usize) -> &Self {
        self.second.filter(|_| action == 1).unwrap_or(self)
    }

    /// The node at which this step's decision is shown, as an index into the figure's nodes.
    pub fn actor(&self, figure: &Figure, step: &plot::Step) -> Option<usize> {
        let Act::Decide { at, .. } = &step.act else { return None };
        let cast = self.of(step.action);
        let elsewhere = cast.lights.iter().filter(|light| light.fits(step)).find_map(|light| light.node);
        let own = || cast.actors.iter().find(|(place, _)| place.means(*at)).map(|(_, id)| *id);
        node(figure, elsewhere.or_else(own)?)
    }

    /// How this step's message is drawn, if it is one.
    pub fn route(&self, step: &trace::Step) -> Option<Route> {
        let trace::Act::Travel { from, to, message } = &step.act else { return None };
        let named = |hop: &Hop| hop.name.is_none_or(|name| name == step.name);
        let sort = |hop: &Hop| hop.when.is_none_or(|sort| sort(message));
        let fits = |hop: &&Hop| hop.from.means(*from) && hop.to.means(*to) && named(hop) && sort(hop);
        self.of(step.action).hops.iter().find(fits).map(|hop| hop.route)
    }

    /// The arrows that this step lights, as indices into the figure's edges.
    pub fn arrows(&self, figure: &Figure, step: &plot::Step) -> Vec<usize> {
        let route = match &step.act {
            Act::Travel { told, .. } => told.route,
            Act::Decide { .. } => None,
        };
        match route {
            Some(Route::Along(from, to, nth) | Route::Back(from, to, nth)) => {
                edge(figure, from, to, nth).into_iter().collect()
            }
            Some(Route::Within(_)) => Vec::new(),
            None => self
                .of(step.action)
                .lights
                .iter()
                .filter(|light| light.fits(step))
                .filter_map(|light| light.arrow.and_then(|(from, to, nth)| edge(figure, from, to, nth)))
                .collect(),
        }
    }

    /// What this cast does not know how to play: one sentence each. Empty when it can play the whole trace.
    pub fn missing(&self, figure: &Figure, trace: &Trace) -> Vec<String> {
        let mut out = Vec::new();
        for step in &Plot::of(trace, self).steps {
            let slug = step.slug();
            let route = match &step.act {
                Act::Travel { told, .. } => told.route,
                Act::Decide { .. } => None,
            };
            match (&step.act, route) {
                (Act::Travel { .. }, None) => out.push(format!("{slug}: no hop")),
                (Act::Travel { .. }, Some(Route::Along(from, to, nth) | Route::Back(from, to, nth)))
                    if edge(figure, from, to, nth).is_none() =>
                {
                    out.push(format!("{slug}: the figure has no arrow {from} to {to} number {nth}"));
                }
                (Act::Travel { .. }, Some(Route::Back(from, to, nth)))
                    if edge(figure, from, to, nth).is_some_and(|edge| figure.edges[edge].tail == Tip::None) =>
                {
                    out.push(format!("{slug}: the arrow {from} to {to} number {nth} points one way"));
                }
                (Act::Travel { .. }, Some(Route::Within(id))) if node(figure, id).is_none() => {
                    out.push(format!("{slug}: the figure has no node {id}"));
                }
                (Act::Decide { at, .. }, _) if self.actor(figure, step).is_none() => {
                    out.push(format!("{slug}: nobody plays {at}"));
                }
                _ => {}
            }
        }
        out.dedup();
        out
    }
}

/// The index of the node with this identifier.
pub fn node(figure: &Figure, id: &str) -> Option<usize> {
    figure.nodes.iter().position(|node| node.id == id)
}

/// The index of the `nth` arrow from one node to another.
pub fn edge(figure: &Figure, from: &str, to: &str, nth: usize) -> Option<usize> {
    let (from, to) = (node(figure, from)?, node(figure, to)?);
    let joins = |edge: &diagram::figure::Edge| usize::from(edge.from) == from && usize::from(edge.to) == to;
    figure.edges.iter().enumerate().filter(|(_, e)| joins(e)).nth(nth).map(|(index, _)| index)
}
