//! The page's state: the world, what the programs have read of it, what is done, and where we are. Everything else is
//! derived: by the engine, which is asked ([`crate::asked`]), but for the run of a page on which nothing was changed: that
//! run the engine has worked out when the page was written, and the page carries it. What a person changes goes through
//! [`crate::edit`].

use crate::history::History;
use crate::router::Params;
use crate::{asked, clock};
use ::lens::played::Played;
use browser::{dom, lens, media};
use course::Piece;
use diagram::figure::Figure;
use engine::journey::Timed;
use engine::problem::Problem;
use engine::trace::Basis;
use engine::world::World;
use leptos::prelude::*;
use link::Bench;
use stage::plot::{Act, Step};
use stage::touch::Touched;
use stage::{Captions, Cue, Motion, Playhead, Plot, Score, carry, respond};
use std::sync::Arc;

/// A run of the engine with its timetable and its sentences.
#[derive(Default)]
pub struct Run {
    /// What happened.
    pub plot: Plot,
    /// When on stage.
    pub score: Score,
    /// In which words.
    pub captions: Captions,
    /// What is wrong in the documents.
    pub problems: Vec<Problem>,
    /// Whether it belongs to what is on the desk now; else the engine is still on its way.
    pub true_now: bool,
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

/// Something that is done when the engine is there.
type Waiting = Box<dyn FnOnce(Desk) + Send + Sync>;

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
    /// What can be taken back.
    pub history: StoredValue<History>,
    /// What the instance printed when something was last loaded there.
    pub printed: RwSignal<String>,
    /// How it stands with keeping what was typed.
    pub kept: RwSignal<Kept>,
    /// Whether the engine is there.
    pub ready: RwSignal<bool>,
    /// Whether something waits for it.
    pub pending: RwSignal<bool>,
    /// Which view of the run is open below it.
    pub shown: RwSignal<Option<&'static str>>,
    /// A message that somebody has opened, other than that of the step: at which event, and its own.
    pub picked: RwSignal<Option<(Option<usize>, usize)>>,
    /// A document that somebody has opened, other than that of the step: in which step, and its name.
    pub document: RwSignal<Option<(Option<usize>, &'static str)>>,
    /// What waits for it.
    waiting: StoredValue<Vec<Waiting>>,
    /// Whether the reader's system asks for no motion.
    still: RwSignal<bool>,
    /// What the link asked for.
    pub params: StoredValue<Params>,
}

impl Desk {
    /// The piece as it is before anything was changed.
    /// `carried` is the run that the page carries.
    pub fn new(piece: &'static Piece, mut params: Params, fragment: &str, carried: &str) -> Self {
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
        let ready = RwSignal::new(lens::there());
        let carried = Played::read(carried).map(|played| Arc::new(Run::new(played, piece)));
        let own = Bench { actions: piece.actions(), ..Bench::default() };
        let run = move |before: Option<&Arc<Run>>| {
            let bench = Bench { world: world.get(), loaded: loaded.get(), actions: actions.get(), step: None };
            let asked = if ready.get() { asked::run(piece, &bench) } else { None };
            match asked {
                Some(played) => Arc::new(Run::new(played, piece)),
                None if bench == own && carried.is_some() => carried.clone().unwrap_or_default(),
                // Until it comes, what stood there goes on standing there.
                None => Arc::new(before.map_or_else(Run::default, |before| before.stale(piece))),
            }
        };
        // A new run is taken for a changed one: comparing costs more than following.
        let run = Memo::new_with_compare(run, |_, _| true);
        let moment = Memo::new(move |_| run.with(|run| run.moment(head.get().at)));
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
            history: StoredValue::default(),
            printed: RwSignal::default(),
            kept: RwSignal::new(kept),
            ready,
            pending: RwSignal::new(false),
            shown: RwSignal::new(None),
            picked: RwSignal::new(None),
            document: RwSignal::new(None),
            waiting: StoredValue::default(),
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
        // Whoever plays will want to change something.
        lens::want();
        let run = self.run.get_untracked();
        // What was changed comes first: its run is on its way.
        if !self.ready.get_untracked() && (self.pending.get_untracked() || !run.true_now) {
            if !matches!(cue, Cue::Tick(_)) {
                self.when_ready(move |desk| desk.cue(cue));
            }
            return;
        }
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
        let head = carry(self.head.get_untracked(), (&old.plot, &old.score), (&new.plot, &new.score));
        self.head.set(head);
    }

    /// Goes to the step of the story with the first event that is meant, if there is one.
    pub fn go_to(self, meant: impl Fn(&Step) -> bool) {
        let beat = self.run.with_untracked(|run| {
            let event = run.plot.steps.iter().position(meant)?;
            run.score.beats.iter().position(|beat| beat.last >= event)
        });
        if let Some(beat) = beat {
            self.cue(Cue::Go(beat));
        }
    }

    /// Opens what somebody points at in the figure: the next message along an arrow, what next decides at a box. `false`
    /// where nothing happens there in this run.
    pub fn open(self, touched: Touched, figure: &Figure) -> bool {
        let now = self.moment.get_untracked().event;
        let next = self
            .run
            .with_untracked(|run| stage::touch::next(touched, (&run.plot, &run.score), figure, &self.piece.cast, now));
        let Some((beat, event)) = next else { return false };
        self.cue(Cue::Go(beat));
        match touched {
            Touched::Arrow(_) => {
                self.picked.set(Some((self.moment.get_untracked().event, event)));
                self.shown.set(Some("message"));
            }
            Touched::Node(_) => {
                let decided = self.run.with_untracked(|run| match &run.plot.steps.get(event)?.act {
                    Act::Decide { basis, .. } => {
                        let (document, _) = line_of(basis)?;
                        self.piece.documents.iter().copied().find(|name| *name == document)
                    }
                    Act::Travel { .. } => None,
                });
                self.document.set(decided.map(|name| (Some(beat), name)));
            }
        }
        true
    }

    /// Does something now, or, where the engine is not there yet, when it has come.
    pub fn when_ready(self, act: impl FnOnce(Self) + Send + Sync + 'static) {
        if self.ready.get_untracked() {
            return act(self);
        }
        self.waiting.update_value(|waiting| waiting.push(Box::new(act)));
        self.pending.set(true);
        lens::want();
    }

    /// Does something when nothing waits for the engine any more; most often that is now.
    pub fn settled(self, act: impl FnOnce(Self) + Send + Sync + 'static) {
        if self.pending.get_untracked() { self.when_ready(act) } else { act(self) }
    }

    /// The engine has come: what waited for it is done. The run that the page carries must be the one that it computes.
    pub fn arrive(self) {
        let Some(old) = self.run.try_get_untracked() else { return };
        self.ready.set(true);
        let new = self.run.get_untracked();
        if old.true_now && old.plot != new.plot {
            dom::log_error("the run that this page carries is not the one that its engine computes");
        }
        if old.plot != new.plot {
            let head = carry(self.head.get_untracked(), (&old.plot, &old.score), (&new.plot, &new.score));
            self.head.set(head);
        }
        self.pending.set(false);
        let waiting = self.waiting.try_update_value(core::mem::take).unwrap_or_default();
        waiting.into_iter().for_each(|act| act(self));
        if self.head.get_untracked().playing() {
            clock::wake(self);
        }
    }

    /// Goes where the link asked for; what it cannot, it says among the problems.
    pub fn begin(self) {
        let run = self.run.get_untracked();
        if !run.true_now {
            return self.when_ready(Self::begin);
        }
        let (autoplay, step) = self.params.with_value(|params| (params.autoplay, params.step.clone()));
        if let Some(step) = &step {
            match stage::story::find(&run.plot, &run.score, &run.captions, step) {
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
        self.run.with(|run| run.plot.steps[..=event].iter().rev().find_map(read))
    }

    /// What is wrong in the documents, as of the last run.
    pub fn problems<T>(self, read: impl FnOnce(&Vec<Problem>) -> T) -> T {
        self.run.with(|run| read(&run.problems))
    }

    /// The document and the line that are lit.
    pub fn lit(self) -> Option<(String, Option<u32>)> {
        let event = self.moment.get().event?;
        self.run.with(|run| {
            let (document, line) = line_of(stage::lit(&run.plot.steps[..=event])?)?;
            Some((document.to_owned(), line))
        })
    }
}

impl Run {
    fn new(played: Played, piece: &Piece) -> Self {
        let captions = Captions::parse(piece.captions);
        let score = Score::new(&played.plot, &captions);
        Self { plot: played.plot, score, captions, problems: played.problems, true_now: true }
    }

    /// The same, of which nobody knows whether it still holds.
    fn stale(&self, piece: &Piece) -> Self {
        let played = Played { plot: self.plot.clone(), problems: self.problems.clone() };
        Self { true_now: false, ..Self::new(played, piece) }
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
