//! Figure 15 behind questions, as figure 14 is (see [`crate::pool::desk`]). And the work itself:
//!
//! | question | answer |
//! | --- | --- |
//! | `job`, `orders` | begins the work for real |
//! | `work`, `operations` | goes on with it: how many operations are done, of how many; at last what came out |
//! | `drop` | gives it up |

use super::compared::{Fared, whole, without};
use super::settings::{KNOBS, fleet, machines, matters, size, stages, traffic, uses, usual};
use super::{caption, lights, tables};
use crate::knob::Values;
use crate::talk::{Answer, Question};
use course::html::escape;
use diagram::figure::Figure;
use diagram::geometry;
use engine::time::Micros;
use load::device::Course;
use load::fleet::FleetRun;
use load::job::{Job, Progress};
use load::need::{Size, Stage, operations};

/// The most orders that are worked at for real: 122 MB.
pub const MOST_ORDERS: u32 = 4_000_000;

/// What the worker holds for figure 15.
pub struct Desk {
    pub(super) values: Values,
    pub(super) size: Size,
    pub(super) stages: Vec<Stage>,
    pub(super) operations: u64,
    pub(super) courses: Vec<Course>,
    pub(super) fleet: FleetRun,
    pub(super) fleet_over: bool,
    pub(super) moment: Micros,
    pub(super) whole: Fared,
    pub(super) without: [Option<Fared>; 3],
    length: u64,
    figure: Option<Figure>,
    job: Option<Job>,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new(usual())
    }
}

impl Desk {
    /// The work with these settings, before it begins.
    pub fn new(values: Values) -> Self {
        let stages = stages(&values);
        let courses: Vec<Course> = machines().iter().map(|machine| machine.course(&stages, uses(&values))).collect();
        let mut all = FleetRun::new(fleet(&values), traffic(&values));
        while !all.advance(Micros(u64::MAX), 100_000) {}
        let slowest = courses.iter().map(|course| course.time().0).max().unwrap_or(0);
        Self {
            size: size(&values),
            operations: operations(&stages),
            fleet: FleetRun::new(fleet(&values), traffic(&values)),
            fleet_over: false,
            moment: Micros::ZERO,
            whole: whole(&values),
            without: without(&values),
            length: slowest.max(all.now().0).max(1),
            figure: None,
            job: None,
            stages,
            courses,
            values,
        }
    }

    /// Goes to this moment, back as well.
    pub fn go_to(&mut self, until: Micros) {
        if until < self.moment {
            self.fleet = FleetRun::new(fleet(&self.values), traffic(&self.values));
        }
        self.moment = until.min(Micros(self.length));
        self.fleet_over = self.fleet.advance(self.moment, u64::MAX);
    }

    /// Answers a question.
    pub fn answer(&mut self, question: &Question<'_>) -> Answer {
        let mut answer = Answer::default();
        match question.word {
            "set" => {
                let mut values = usual();
                values.read(question.rest());
                let figure = self.figure.take();
                let job = self.job.take();
                *self = Self { figure, job, ..Self::new(values) };
                answer.number("fresh", 1);
                self.say(question, &mut answer);
            }
            "stage" => self.figure = geometry::read(question.rest()),
            "go" => {
                self.go_to(Micros(question.number("until").unwrap_or(0)));
                if let Some(figure) = &self.figure {
                    answer.say("lit", lights::svg(self, figure));
                }
                if question.number("say") == Some(1) {
                    self.say(question, &mut answer);
                }
            }
            "job" => {
                let orders = question.number("orders").unwrap_or(0).min(u64::from(MOST_ORDERS)) as u32;
                self.job = Some(Job::new(Size::of(orders), 1));
            }
            "work" => self.work(question.number("operations").unwrap_or(1), &mut answer),
            "drop" => self.job = None,
            _ => {}
        }
        answer.number("now", self.moment.0);
        answer.number("over", u64::from(self.moment.0 >= self.length));
        answer.number("length", self.length);
        answer.number("moves", 0);
        answer
    }

    fn work(&mut self, operations: u64, answer: &mut Answer) {
        let Some(job) = &mut self.job else { return };
        match job.advance(operations) {
            Progress::Going(done, all) => {
                answer.number("done", done);
                answer.number("all", all);
            }
            Progress::OutOfMemory(bytes) => {
                answer.number("short", bytes);
                self.job = None;
            }
            Progress::Done(report) => {
                answer.number("done", job.done());
                answer.number("all", job.done());
                answer.number("held", job.most_held());
                answer.number("digest", report.digest());
                self.job = None;
            }
        }
    }

    fn say(&self, question: &Question<'_>, answer: &mut Answer) {
        answer.say("sentence", escape(&caption::sentence(self)));
        answer.say("because", escape(&caption::because(self)));
        let notice = |words: &String| format!("<p class=\"notice\">{}</p>", escape(words));
        answer.say("matters", matters(&self.values).iter().map(notice).collect());
        answer.say("machines", tables::machines_table(self));
        answer.say("servers", tables::servers(self));
        let mut chart = tables::progress(self, None);
        answer.number("stretches", chart.count() as u64);
        let at = question.number("at").and_then(|at| usize::try_from(at).ok());
        chart.cursor = at.map(|at| at.min(chart.count().saturating_sub(1)));
        answer.say("read", chart.cursor.map_or(String::new(), |at| escape(&chart.read(at))));
        answer.say("progress", chart.html());
    }

    /// The settings that differ from the usual ones, for an address.
    pub fn address(&self) -> String {
        self.values.write(&KNOBS)
    }
}
