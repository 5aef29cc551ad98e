//! Figure 14 behind questions: both halves, and everything that is shown of them.
//!
//! | question | answer |
//! | --- | --- |
//! | `set` and settings | the run at its beginning |
//! | `stage` and a figure's geometry | nothing: from now on it is drawn there |
//! | `go`, `until`, `events` … | the run at that moment, or as far as so many events lead; tokens; where `say=1`, all words |
//! | `find`, `events` | how far the search is for the point from which the flood is refused |
//!
//! No question takes longer than its events. To stop is to ask no more.

use super::crowd::Crowd;
use super::lanes::Lanes;
use super::settings::{KNOBS, expected, setup, usual};
use super::{caption, charts, lights, tables};
use crate::knob::Values;
use crate::say::thousands;
use crate::talk::{Answer, Question};
use diagram::figure::Figure;
use diagram::geometry;
use engine::time::Micros;
use load::both::{Axis, Both, Found, Search};
use load::run::Ended;
use load::setup::{Half, Setup};
use load::traffic::Arrivals;

/// The largest traffic that the search tries: so many clients a second, or in one burst.
const MOST_RATE: u64 = 1_000_000;

/// The most clients of a run that the search tries. More make no difference but take longer.
const MOST_CLIENTS: u64 = 20_000;

/// What the worker holds for figure 14.
#[derive(Clone, Debug)]
pub struct Desk {
    values: Values,
    both: Both,
    expected: u64,
    /// The moment that both halves are on their way to.
    aim: Option<Micros>,
    /// How far apart two such moments are: as far as the events of one question lead both.
    stride: u64,
    /// All words were asked for, and were not said, since one half was ahead.
    owed: bool,
    /// The moment of the last picture.
    before: u64,
    figure: Option<(Figure, Lanes)>,
    crowds: [Crowd; 2],
    lights: lights::Lights,
    search: Option<Search>,
    runs: u32,
    between: (u64, u64),
    found: Option<Found>,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new(usual())
    }
}

impl Desk {
    /// The run with these settings, at its beginning.
    pub fn new(values: Values) -> Self {
        let setup = setup(&values);
        Self {
            values,
            expected: expected(&setup),
            aim: None,
            stride: 100_000,
            owed: false,
            before: 0,
            both: Both::new(&setup),
            figure: None,
            crowds: Default::default(),
            lights: lights::Lights::default(),
            search: None,
            runs: 0,
            between: (0, 0),
            found: None,
        }
    }

    /// Both halves.
    pub fn both(&self) -> &Both {
        &self.both
    }

    /// Answers a question.
    pub fn answer(&mut self, question: &Question<'_>) -> Answer {
        let mut answer = Answer::default();
        match question.word {
            "set" => {
                let mut values = usual();
                values.read(question.rest());
                let figure = self.figure.take();
                *self = Self { figure, ..Self::new(values) };
                answer.number("fresh", 1);
                self.say(question, &mut answer);
                self.tell_point(&mut answer);
            }
            "stage" => {
                self.figure = geometry::read(question.rest()).and_then(|figure| {
                    let lanes = Lanes::of(&figure)?;
                    Some((figure, lanes))
                });
                self.crowds = Default::default();
            }
            "go" => self.go(question, &mut answer),
            "find" => self.find(question.number("events").unwrap_or(0), &mut answer),
            _ => {}
        }
        answer.number("now", self.now());
        answer.number("over", u64::from(self.both.is_over()));
        answer.number("length", if self.both.is_over() { self.now() } else { self.expected.max(self.now()) });
        answer
    }

    fn now(&self) -> u64 {
        // A half that is over stands still.
        let halves = [&self.both.pool, &self.both.flood];
        let going = halves.into_iter().filter(|run| run.ended().is_none()).map(|run| run.now().0).min();
        going.unwrap_or_else(|| halves.map(|run| run.now().0).into_iter().max().unwrap_or(0))
    }

    fn go(&mut self, question: &Question<'_>, answer: &mut Answer) {
        let (until, events) = (question.number("until").unwrap_or(0), question.number("events").unwrap_or(0));
        let passed = real(question.number("passed").unwrap_or(0).min(1_000));
        let still = question.number("still") == Some(1);
        self.owed |= question.number("say") == Some(1);
        if until < self.now() {
            self.both = Both::new(&setup(&self.values));
            (self.aim, self.before) = (None, 0);
        }
        if !self.advance(until, events) {
            answer.number("behind", 1);
            return;
        }
        if let Some((figure, lanes)) = &self.figure {
            let most = usize::try_from(question.number("most").unwrap_or(2_000)).unwrap_or(2_000).min(100_000);
            self.lights.look(&self.both, if still { 1_000.0 } else { passed });
            let (recent, mut one_in) = (Micros(self.now().saturating_sub(self.before)), 1);
            for (crowd, half) in self.crowds.iter_mut().zip([Half::Pool, Half::Flood]) {
                let run = if half == Half::Pool { &self.both.pool } else { &self.both.flood };
                let shot = run.snapshot(most, recent);
                one_in = one_in.max(shot.one_in);
                crowd.step(&shot, half, lanes, passed, still);
                crowd.write(&mut answer.tokens);
            }
            answer.say("lit", self.lights.svg(figure) + &lights::words(&self.both, figure));
            answer.say("scale", scale(one_in));
            let moves = self.crowds.iter().any(Crowd::moves) || self.lights.fades();
            answer.number("moves", u64::from(moves && !still));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 2.5 to 13 pixels")]
            let apart = self.crowds.iter().map(|crowd| (crowd.apart() * 10.0) as u64).filter(|apart| *apart > 0).min();
            answer.number("apart", apart.unwrap_or(130));
        }
        self.before = self.now();
        if std::mem::take(&mut self.owed) {
            self.say(question, answer);
        }
    }

    /// Both halves go on, each for so many events at most. False where one is ahead of the other: then there is nothing to
    /// show, for what is shown is of one moment.
    fn advance(&mut self, until: u64, events: u64) -> bool {
        let fresh = until.min(self.now().saturating_add(self.stride));
        // Who wants less than before has what the half has that is ahead.
        let ahead = self.both.pool.now().0.max(self.both.flood.now().0);
        let aim = Micros(self.aim.map_or(fresh, |aim| aim.0.min(until.max(ahead))));
        self.aim = Some(aim);
        let steps = self.both.advance(aim, events);
        if steps.iter().all(|step| step.ended.is_some() || step.now >= aim) {
            (self.aim, self.stride) = (None, self.stride.saturating_mul(2));
            return true;
        }
        self.stride = (self.stride / 2).max(1);
        false
    }

    /// Everything in words, tables and charts.
    fn say(&self, question: &Question<'_>, answer: &mut Answer) {
        let stretch = |name| question.number(name).and_then(|at| usize::try_from(at).ok());
        answer.say("sentence", course::html::escape(&caption::sentence(&self.both)));
        answer.say("because", course::html::escape(&caption::because(&self.both)));
        answer.say("matters", tables::matters(&self.both));
        answer.say("counts", tables::counts(&self.both));
        answer.say("course", tables::course(&self.both));
        let over_time = charts::over_time(&self.both, None);
        let count = over_time[0].count();
        answer.number("stretches", count as u64);
        let cursor = stretch("at").filter(|_| count > 0).map(|at| at.min(count - 1));
        let mut read = String::new();
        for mut chart in over_time {
            chart.cursor = cursor;
            if let Some(at) = cursor {
                read += &[if read.is_empty() { "" } else { ". " }, chart.title, ", ", &chart.read(at)].concat();
            }
            answer.say(chart.name, chart.html());
        }
        answer.say("read", course::html::escape(&read));
        let mut waits = charts::waits(&self.both, None);
        answer.number("waits", waits.count() as u64);
        waits.cursor = stretch("bin").filter(|_| waits.count() > 0).map(|at| at.min(waits.count() - 1));
        answer.say("read-waits", waits.cursor.map_or(String::new(), |at| course::html::escape(&waits.read(at))));
        answer.say("waits", waits.html());
        let first = self.both.flood.counts().first_refused;
        answer.number("refused", first.map_or(u64::MAX, |first| first.0));
    }

    /// Goes on with the search for the point from which the flood is refused.
    fn find(&mut self, events: u64, answer: &mut Answer) {
        if self.found.is_none() {
            let search = self.search.get_or_insert_with(|| {
                let setup = setup(&self.values);
                let clients = setup.clients.min(MOST_CLIENTS);
                Search::new(&Setup { clients, ..setup }, Half::Flood, Axis::Rate, 1, MOST_RATE)
            });
            self.found = search.advance(events.max(1));
            (self.runs, self.between) = (search.runs(), search.between());
            if self.found.is_some() {
                self.search = None;
            }
        }
        answer.number("found", u64::from(self.found.is_some()));
        if let Some(Found::From(rate)) = self.found {
            answer.number("point", rate);
        }
        self.tell_point(answer);
    }

    fn tell_point(&self, answer: &mut Answer) {
        let setup = setup(&self.values);
        let (rate, unit) = match setup.arrivals {
            Arrivals::Bursts { size, .. } => (size, "clients in one burst"),
            Arrivals::Steady { per_second } | Arrivals::Poisson { per_second } => (per_second, "clients a second"),
            Arrivals::Given(_) => (0, "clients"),
        };
        let of = if setup.clients > MOST_CLIENTS {
            format!(", tried with {} clients", thousands(MOST_CLIENTS))
        } else {
            String::new()
        };
        let words = match self.found {
            None if self.search.is_some() => {
                let (low, high) = self.between;
                format!(
                    "Looking for the point from which the flood is refused: between {} and {} {unit} …",
                    thousands(low),
                    thousands(high)
                )
            }
            None => String::new(),
            Some(Found::From(least)) => {
                let now = if rate >= least { "you have" } else { "you have only" };
                format!(
                    "<b>From {} {unit} on, the flood is refused</b>{of}; {now} {}. Found by {} runs with everything else as it is set.",
                    thousands(least),
                    thousands(rate),
                    self.runs
                )
            }
            Some(Found::Never) => {
                format!("With these settings nobody is refused, up to {} {unit}{of}.", thousands(MOST_RATE))
            }
            Some(Found::Unknown(Ended::NotStarted)) => "Nothing runs with these settings.".to_owned(),
            Some(Found::Unknown(_)) => format!(
                "No point was found up to {} {unit}: so many would not have room here at once.",
                thousands(MOST_RATE)
            ),
        };
        answer.say("point", words);
    }

    /// The settings that differ from the usual ones, for an address.
    pub fn address(&self) -> String {
        self.values.write(&KNOBS)
    }
}

/// What a token stands for.
fn scale(one_in: u32) -> String {
    let of = if one_in == 1 { "one request".to_owned() } else { format!("{} requests", thousands(u64::from(one_in))) };
    format!("A mark stands for {of}: ▶ asks, □ waits, ● has its answer, ✕ was turned away.")
}

/// A number of milliseconds.
#[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
fn real(number: u64) -> f32 {
    number as f32
}
