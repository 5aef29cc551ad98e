//! What the targets have in common: the course's world, read and booted once, and what somebody does in it.

use engine::journey::{Action, Timed, run_read};
use engine::state::State;
use engine::time::Micros;
use engine::world::{Readings, World};
use std::sync::LazyLock;

/// An address that the course's world answers.
pub const URL: &str = "https://backend-demo.senus.doxyz/users";

/// A world, its documents read, and what runs.
#[derive(Clone)]
pub struct Scene {
    /// What is written down.
    pub world: World,
    /// The same, read.
    pub readings: Readings,
    /// What has happened.
    pub state: State,
}

static COURSE: LazyLock<Scene> = LazyLock::new(|| {
    let world = World::course();
    Scene { readings: Readings::of(&world), state: State::booted(&world), world }
});

impl Scene {
    /// The course's own.
    pub fn course() -> Self {
        COURSE.clone()
    }

    /// Does one thing, and holds what holds of every run.
    pub fn act(&mut self, what: Action) {
        let (trace, after) =
            run_read(&self.world, &self.readings, &self.state, &[Timed { at: Micros::ZERO, what }], 7);
        assert!(trace.steps.len() < 20_000, "{} steps", trace.steps.len());
        assert_eq!(trace.outcomes.len(), 1);
        assert!(trace.steps.iter().all(|step| step.start <= step.end), "a step that ends before it begins");
        assert!(after.now >= self.state.now, "time went back");
        self.state = after;
    }

    /// Opens a page.
    pub fn open(&mut self, url: &str) {
        self.act(Action::Open(url.to_owned()));
    }

    /// Runs a command on the instance.
    pub fn command(&mut self, line: &str) {
        self.act(Action::Command(line.to_owned()));
    }
}

/// The first line, and the rest.
pub fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or(("", text))
}
