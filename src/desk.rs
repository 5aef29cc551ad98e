//! The page's state: the world, what the programs have read of it, what is done, and where we are. Everything else is
//! derived. What a person changes goes through [`crate::edit`].

use crate::clock;
use crate::history::History;
use crate::router::Params;
use browser::media;
use course::Piece;
use engine::journey::Timed;
use engine::problem::Problem;
use engine::trace::{Basis, Step, Trace};
use engine::world::World;
use leptos::prelude::*;
use link::Bench;
use stage::{Captions, Cue, Motion, Playhead, Score, carry, respond};
use std::sync::Arc;

/// A run of the engine with its timetable and its sentences.
pub struct Run {
    /// What happened.
    pub trace: Trace,
    /// When on stage.
    pub score: Score,
    /// In which words.
    pub captions: Captions,
}

/// Where the playhead is in the story. Changes a few times a second, not with every frame.
#[derive(Clone, Copy, PartialEq)]
pub struct Moment {
    /// The beat that stands on stage.
    pub beat: Option<usize>,
    /// The last event that has begun.
    pub event: Option<usize>,
    /// Whether the story is over.
    pub over: bool,
}

/// How it stands with keeping what was typed until the next visit.
#[derive(Clone, Copy, PartialEq)]
pub enum Kept {
    /// It is kept.
    Here,
    /// It is kept, and what stands here is from the last visit.
    FromBefore,
    /// The page may not keep anything, as in a sandboxed frame.
    Nowhere,
    /// It is kept in the address, from which it came.
    InTheLink,
    /// It came with a link, and is too much for one now.
    TooLong,
}

/// The four values, and the memos derived from them.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What plays here.
    pub piece: &'static Piece,
    /// What is written down.
    pub world: RwSignal<World>,
    /// What is written down, as nginx and the processes have read it last.
    pub loaded: RwSignal<World>,
    /// What somebody does, and when.
    pub actions: RwSignal<Vec<Timed>>,
    /// Where we are.
    pub head: RwSignal<Playhead>,
    /// What happens.
    pub run: Memo<Arc<Run>>,
    /// Where in it we are.
    pub moment: Memo<Moment>,
    /// What is wrong in the documents.
    pub problems: Memo<Arc<Vec<Problem>>>,
    /// What can be taken back.
    pub history: StoredValue<History>,
    /// What the instance printed when something was last loaded there.
    pub printed: RwSignal<String>,
    /// How it stands with keeping what was typed.
    pub kept: RwSignal<Kept>,
    /// Whether the lens is there.
    pub ready: RwSignal<bool>,
    /// Whether the reader's system asks for no motion.
    still: RwSignal<bool>,
    /// What the link asked for.
    pub params: StoredValue<Params>,
}

impl Desk {
    /// The piece as it is before anything was changed.
    pub fn new(piece: &'static Piece, mut params: Params, fragment: &str) -> Self {
        let (bench, kept) = match link::read(fragment) {
            Ok(bench) => (Some(bench), Kept::InTheLink),
            Err(damage) => {
                // What stands behind the # need not be for us.
                if link::is_link(fragment) {
                    params.problems.push(damage.to_string());
                }
                crate::edit::kept(piece)
            }
        };
        let Bench { world, loaded, actions, step } = bench.unwrap_or_default();
        params.step = params.step.or(step);
        let (world, loaded) = (RwSignal::new(world), RwSignal::new(loaded));
        let actions = RwSignal::new(if actions.is_empty() { piece.actions() } else { actions });
        let head = RwSignal::new(Playhead { rate: params.speed, ..Playhead::default() });
        let run = move |_: Option<&Arc<Run>>| {
            let run = |world: &World, loaded: &World| {
                actions.with(|actions| Arc::new(Run::new(world, loaded, actions, piece.captions)))
            };
            world.with(|world| loaded.with(|loaded| run(world, loaded)))
        };
        // A new run is taken for a changed one: comparing costs more than following.
        let run = Memo::new_with_compare(run, |_, _| true);
        let moment = Memo::new(move |_| run.with(|run| run.moment(head.get().at)));
        let problems = Memo::new_with_compare(move |_| Arc::new(world.with(World::problems)), |_, _| true);
        let still = RwSignal::new(false);
        let _followed = StoredValue::new_local(media::on_reduced_motion(move |wish| {
            let _ = still.try_set(wish);
        }));
        Self {
            piece,
            world,
            loaded,
            actions,
            head,
            run,
            moment,
            problems,
            history: StoredValue::default(),
            printed: RwSignal::default(),
            kept: RwSignal::new(kept),
            ready: RwSignal::new(false),
            still,
            params: StoredValue::new(params),
        }
    }

    /// The beat that stands on stage.
    pub fn beat(self) -> Option<usize> {
        self.moment.get().beat
    }

    /// Whether messages travel.
    pub fn motion(self) -> Motion {
        let wanted = self.params.with_value(|params| params.motion);
        if self.still.get() || !wanted { Motion::Still } else { Motion::Full }
    }

    /// Does what a person asked of the player.
    pub fn cue(self, cue: Cue) {
        if cue == Cue::Step && self.params.with_value(|params| params.fault) {
            panic!("the link asked for a failure (fault=panic)");
        }
        let Some(head) = self.head.try_get_untracked() else { return };
        let run = self.run.get_untracked();
        let mut next = respond(head, cue, &run.score);
        if untrack(|| self.motion()) == Motion::Still && matches!(cue, Cue::Step | Cue::Replay) {
            next = respond(next, Cue::Arrive, &run.score);
        }
        if next != head {
            self.head.set(next);
        }
        if next.playing() {
            clock::wake(self);
        }
    }

    /// Puts other things in place of what is there; the player stays in the part of the story that is still the same.
    pub fn settle(self, world: World, loaded: World, actions: Vec<Timed>) {
        let old = self.run.get_untracked();
        // What is as it was is left alone, so that nothing is drawn for it.
        set(self.world, world);
        set(self.loaded, loaded);
        set(self.actions, actions);
        let new = self.run.get_untracked();
        let head = carry(self.head.get_untracked(), (&old.trace, &old.score), (&new.trace, &new.score));
        self.head.set(head);
    }

    /// Goes to the step of the story with the first event that is meant, if there is one.
    pub fn go_to(self, meant: impl Fn(&Step) -> bool) {
        let beat = self.run.with_untracked(|run| {
            let event = run.trace.steps.iter().position(meant)?;
            run.score.beats.iter().position(|beat| beat.last >= event)
        });
        if let Some(beat) = beat {
            self.cue(Cue::Go(beat));
        }
    }

    /// Goes where the link asked for; what it cannot, it says among the problems.
    pub fn begin(self) {
        let run = self.run.get_untracked();
        let (autoplay, step) = self.params.with_value(|params| (params.autoplay, params.step.clone()));
        if let Some(step) = &step {
            match stage::story::find(&run.trace, &run.score, step) {
                Some(beat) => self.cue(Cue::Go(beat)),
                None => self.params.update_value(|params| {
                    params.problems.push(format!(
                        "This link asks for the step “{step}”, which this run does not have. It has {} steps; the list below names them.",
                        run.score.beats.len()
                    ));
                }),
            }
        }
        if autoplay && step.is_none() && untrack(|| self.motion()) == Motion::Full {
            self.cue(Cue::Play);
        }
    }

    /// What `read` makes of the last step of the story so far that it makes something of.
    pub fn last<T>(self, read: impl Fn(&Step) -> Option<T>) -> Option<T> {
        let event = self.moment.get().event?;
        self.run.with(|run| run.trace.steps[..=event].iter().rev().find_map(read))
    }

    /// The document and the line that are lit.
    pub fn lit(self) -> Option<(String, Option<u32>)> {
        let event = self.moment.get().event?;
        self.run.with(|run| {
            let (document, line) = line_of(stage::lit(&run.trace.steps[..=event])?)?;
            Some((document.to_owned(), line))
        })
    }
}

impl Run {
    fn new(world: &World, loaded: &World, actions: &[Timed], captions: &str) -> Self {
        let captions = Captions::parse(captions);
        let trace = course::play_loaded(world, loaded, actions);
        let score = Score::new(&trace, &captions);
        Self { trace, score, captions }
    }

    fn moment(&self, at: u32) -> Moment {
        Moment { beat: self.score.beat_at(at), event: self.score.event_at(at), over: at >= self.score.length }
    }
}

/// Sets a signal where that changes something.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// The document and the line that a basis points at.
pub fn line_of(basis: &Basis) -> Option<(&str, Option<u32>)> {
    match basis {
        Basis::Line { document, line } => Some((document, Some(*line))),
        Basis::Absent { document, .. } => Some((document, None)),
        Basis::State { .. } | Basis::Standard { .. } => None,
    }
}
