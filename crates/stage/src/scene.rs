//! What stands on stage at a moment. A scene is computed, never stored or edited: its only maker is [`scene`].

use crate::cast::{Cast, Route, node};
use crate::score::Score;
use core::fmt;
use diagram::figure::{Figure, Point};
use engine::http2::Flight as Flight2;
use engine::message::{Flags, Flight, Message};
use engine::trace::{Act, Basis, Ruling, Step, Trace};

/// What a thing on stage means; it gives the hue, the shape and the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// On the way there.
    Request,
    /// On the way back.
    Answer,
    /// Nobody answers yet.
    Waiting,
    /// It ends here.
    Refused,
}

impl Mood {
    /// The word, also the class of the drawing.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// Whether things move, or stand where they will arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Messages travel.
    Full,
    /// States change without travel.
    Still,
}

/// The stage at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Messages on their way.
    pub tokens: Vec<Token>,
    /// Nodes in the light, as indices into the figure's nodes.
    pub nodes: Vec<(usize, Mood)>,
    /// Arrows in the light, as indices into the figure's edges. `true` means now, `false` earlier in this beat.
    pub arrows: Vec<(usize, Mood, bool)>,
    /// The beat, as an index into the score's beats.
    pub beat: Option<usize>,
}

/// A message on stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Where.
    pub at: Point,
    /// What it means.
    pub mood: Mood,
    /// Its few words.
    pub short: String,
}

/// What stands on stage at `at` (stage milliseconds).
pub fn scene(trace: &Trace, figure: &Figure, cast: &Cast, score: &Score, at: u32, motion: Motion) -> Scene {
    let Some(beat) = score.beat_at(at) else { return Scene::default() };
    let mut scene = Scene { beat: Some(beat), ..Scene::default() };
    let range = score.beats[beat].first..=score.beats[beat].last;
    for index in range {
        let (event, step) = (score.events[index], &trace.steps[index]);
        if event.begin >= at {
            continue;
        }
        let now = at < event.end || score.event_at(at) == Some(index);
        let mood = mood(trace, index);
        for arrow in cast.arrows(figure, step) {
            scene.arrows.retain(|(lit, ..)| *lit != arrow);
            scene.arrows.push((arrow, mood, now));
        }
        match &step.act {
            Act::Travel { message, .. } if now => {
                let progress = ease(at - event.begin, event.end - event.begin, motion);
                if let Some(at) = position(figure, cast, trace, index, progress) {
                    scene.tokens.push(Token { at, mood, short: message.short() });
                }
            }
            Act::Travel { .. } => {}
            Act::Decide { .. } => {
                if let Some(actor) = cast.actor(figure, step) {
                    scene.nodes.retain(|(lit, _)| *lit != actor);
                    scene.nodes.push((actor, mood));
                }
            }
        }
    }
    scene
}

/// What is lit beside the figure after these steps: what the last decision rests on. One that rests on a standard (a
/// time-out, say) leaves the light where the reason is; one that rests on what has happened (a stopped process) puts it out.
pub fn lit(steps: &[Step]) -> Option<&Basis> {
    let basis = |step: &'_ Step| match &step.act {
        Act::Decide { basis, .. } => !matches!(basis, Basis::Standard { .. }),
        Act::Travel { .. } => false,
    };
    match &steps.iter().rev().find(|step| basis(step))?.act {
        Act::Decide { basis, .. } if !matches!(basis, Basis::State { .. }) => Some(basis),
        _ => None,
    }
}

/// Where the message of a step is after a share of its way.
fn position(figure: &Figure, cast: &Cast, trace: &Trace, index: usize, progress: f32) -> Option<Point> {
    match cast.route(&trace.steps[index])? {
        Route::Along(from, to, nth) => {
            let edge = crate::cast::edge(figure, from, to, nth)?;
            Some(figure.edges[edge].point_at(progress))
        }
        Route::Back(from, to, nth) => {
            let edge = crate::cast::edge(figure, from, to, nth)?;
            Some(figure.edges[edge].point_at(1.0 - progress))
        }
        Route::Within(id) => {
            let frame = figure.nodes[node(figure, id)?].frame;
            Some(Point { x: frame.x + frame.w * 0.5, y: frame.y + frame.h })
        }
    }
}

/// The share of the way after `passed` of `whole`: leaves briskly, arrives gently (a cubic ease-out).
fn ease(passed: u32, whole: u32, motion: Motion) -> f32 {
    if motion == Motion::Still || passed >= whole {
        return 1.0;
    }
    // Both are a few thousand at most, which f32 holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "stage milliseconds are small")]
    let left = 1.0 - passed as f32 / whole as f32;
    1.0 - left * left * left
}

/// Whether frames of HTTP/2 carry an answer, or a part of one.
fn answers(flight: &Flight2) -> bool {
    flight.field(":status").or(flight.field("grpc-status")).is_some()
}

/// What a step means to the person who waits for the answer.
fn mood(trace: &Trace, index: usize) -> Mood {
    match &trace.steps[index].act {
        Act::Travel { message, .. } => match message {
            Message::Answer { .. } | Message::Response(_) | Message::Segment { flags: Flags::SynAck, .. } => {
                Mood::Answer
            }
            // A server's frames are not masked.
            Message::Frame(frame) if frame.mask.is_none() => Mood::Answer,
            Message::Http2(flight) if answers(flight) => Mood::Answer,
            Message::Segment { flags: Flags::Rst | Flags::Fin, .. } => Mood::Refused,
            Message::Tls(flight) => match **flight {
                Flight::ServerHello { .. } => Mood::Answer,
                Flight::Alert(_) => Mood::Refused,
                _ => Mood::Request,
            },
            _ => Mood::Request,
        },
        Act::Decide { verdict, .. } => match verdict.ruling {
            Ruling::Allow | Ruling::Choose => Mood::Request,
            Ruling::Answer => Mood::Answer,
            Ruling::GiveUp => Mood::Waiting,
            Ruling::Refuse | Ruling::Drop | Ruling::Fail => Mood::Refused,
        },
    }
}

impl fmt::Display for Scene {
    /// One line, for film strips: what is lit, what moves, where.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.beat {
            Some(beat) => write!(f, "beat {}", beat + 1)?,
            None => return f.write_str("before the beginning"),
        }
        for token in &self.tokens {
            let Point { x, y } = token.at;
            write!(f, " | {} [{}] at {x:.0},{y:.0}", token.short, token.mood.word())?;
        }
        for (arrow, mood, now) in &self.arrows {
            write!(f, " | arrow {arrow} {}{}", mood.word(), if *now { "" } else { " earlier" })?;
        }
        for (node, mood) in &self.nodes {
            write!(f, " | node {node} {}", mood.word())?;
        }
        Ok(())
    }
}
