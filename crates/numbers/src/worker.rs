//! Whoever answers: in a worker, or, where the browser allows none, in the page itself. It holds what was set, and every
//! answer is short.

use crate::talk::{Answer, Question};
use crate::{devices, pool};

/// Everything that is held between two questions.
#[derive(Default)]
pub struct Worker {
    pool: pool::desk::Desk,
    devices: devices::desk::Desk,
}

impl Worker {
    /// Answers a question: what begins with `devices-` is for figure 15.
    pub fn answer(&mut self, text: &str) -> Answer {
        let question = Question::read(text);
        match question.word.strip_prefix("devices-") {
            Some(word) => self.devices.answer(&question.with(word)),
            None => self.pool.answer(&question),
        }
    }
}
