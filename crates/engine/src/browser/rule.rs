//! How a decision of the browser is written down: the step of the standard that decided, the header it looked at, and the
//! browser's own name for a refusal.

use super::chromium::Reason;
use crate::trace::{Basis, Ruling};

/// An algorithm of a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// The standard with its date, and the algorithm's name in it.
    pub name: &'static str,
    /// Where it stands.
    pub link: &'static str,
}

impl Algorithm {
    /// One of its steps, said in our words.
    pub const fn step(self, says: &'static str) -> Rule {
        Rule { algorithm: self, says }
    }
}

/// A step of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What the step says, in our words.
    pub says: &'static str,
}

impl Rule {
    /// A decision by this step that looked at no header.
    pub const fn decides(self, ruling: Ruling) -> Decision {
        Decision { rule: self, ruling, header: None, reason: None }
    }

    /// A decision by this step that looked at a header; no value says that it is not there.
    pub fn on(self, ruling: Ruling, name: &'static str, value: Option<String>) -> Decision {
        Decision { rule: self, ruling, header: Some(Looked { name, value }), reason: None }
    }
}

/// The header that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Its name.
    pub name: &'static str,
    /// Its value, several joined as the standard joins them; none where it is absent.
    pub value: Option<String>,
}

impl Looked {
    /// In words: the header as it stands there, or that it is not there.
    pub fn words(&self) -> String {
        match &self.value {
            Some(value) => [self.name, ": ", value].concat(),
            None => ["without ", self.name].concat(),
        }
    }
}

/// What was decided, and because of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The step.
    pub rule: Rule,
    /// How.
    pub ruling: Ruling,
    /// The header that decided, if one did.
    pub header: Option<Looked>,
    /// Chromium's name for the refusal.
    pub reason: Option<Reason>,
}

impl Decision {
    /// The same, with Chromium's name for the refusal.
    pub fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Whether it ends the fetch.
    pub const fn stops(&self) -> bool {
        self.ruling.stops()
    }

    /// What it rests on.
    pub const fn basis(&self) -> Basis {
        Basis::Standard { source: self.rule.algorithm.name, says: self.rule.says }
    }
}
