//! A command on the instance: the shell runs it, and asks back for the programs that need the network.

use super::Journey;
use crate::place::Place::Instance;
use crate::shell;
use crate::state::State;
use crate::trace::{Basis, Outcome, Ruling};
use crate::world::World;

impl Journey<'_> {
    /// Runs one line in the instance's terminal.
    pub(super) fn command(&mut self, line: &str) -> Outcome {
        let printed = shell::line(self, line);
        let basis = Basis::State { what: ["somebody runs it on the instance: ", line].concat() };
        let words = printed.lines().next().map_or(line, |first| first).to_owned();
        self.record.decide("command-runs", Instance, Ruling::Answer, words, basis);
        Outcome::Printed(printed)
    }
}

impl shell::Instance for Journey<'_> {
    fn parts(&mut self) -> (&World, &mut State) {
        self.state.now = self.record.now;
        (self.world, &mut self.state)
    }

    fn program(&mut self, words: &[&str], screen: bool) -> Option<shell::Ran> {
        let printed = match *words {
            ["curl", ref rest @ ..] => return Some(self.curl(rest, screen)),
            ["dig", ref rest @ ..] => self.dig(rest),
            ["certbot", ref rest @ ..] => self.certbot(rest),
            _ => return None,
        };
        let unknown = printed.starts_with("not modelled");
        Some(if unknown { shell::Ran::unknown(printed) } else { shell::Ran::out(printed) })
    }
}
