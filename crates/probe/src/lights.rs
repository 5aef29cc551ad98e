//! Which arrows of figure 12 are lit, by what came of attempts: of the browser’s half and of the server’s.
//!
//! An arrow behind “Yes” is lit when something behind it was reached, one behind “No” when it was tried and not reached. An
//! attempt that ends otherwise lights nothing behind the question: then the figure would be wrong, and the page says so.

use crate::compare::reached;
use crate::outcome::Outcome;
use crate::probes::{Door, Probe};
use crate::served::Op;

/// An arrow by the boxes at its ends, and whether what went along it was refused.
pub type Lit = (&'static str, &'static str, bool);

impl Door {
    /// The box, and whether the figure says that it is open.
    pub fn node(self) -> Option<(&'static str, bool)> {
        match self {
            Self::Dom => Some(("DOM", true)),
            Self::Storage => Some(("Storage", true)),
            Self::Cookies => Some(("Cookies", true)),
            Self::Files => Some(("FS", false)),
            Self::System => Some(("OS", false)),
            Self::Processes => Some(("Processes", false)),
            Self::None => None,
        }
    }
}

/// What an attempt has lit.
pub fn of_attempt(probe: &Probe, outcome: &Outcome) -> Vec<Lit> {
    let mut lit = Vec::new();
    if *outcome == Outcome::Silent {
        // Nobody has asked anything.
        return lit;
    }
    lit.push(("JS", "Allowed", false));
    if let Some((node, open)) = probe.door.node()
        && reached(probe, outcome) == open
    {
        lit.push(("Allowed", node, !open));
    }
    lit
}

/// What the server has lit by doing something.
pub fn of_server(op: Op, done: bool) -> Vec<Lit> {
    let node = match op {
        Op::Read | Op::List => Some("FSAccess"),
        Op::Environment => Some("EnvVars"),
        Op::Log => Some("Logs"),
        Op::Process | Op::Socket | Op::Climb => None,
    };
    if !done {
        return Vec::new();
    }
    let mut lit = vec![("Server", "Full", false)];
    lit.extend(node.map(|node| ("Full", node, false)));
    lit
}
