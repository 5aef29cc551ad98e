//! Whether one gets in: the terminal opens where a connection to port 22 does.

use super::Terminal;
use crate::journey::{Action, Timed, run};
use crate::state::State;
use crate::trace::{Outcome, Trace};
use crate::world::World;
use core::net::Ipv4Addr;

/// Tries to reach sshd from an address: the trace of the connection, and in ssh's words why nobody gets in.
///
/// # Errors
///
/// What ssh prints (OpenSSH 9.2, `ssh: connect to host … port 22: …`). A world without a public address has none to print.
pub fn reach(world: &World, state: &State, from: Ipv4Addr, seed: u64) -> (Trace, Result<(), String>) {
    let what = Action::Connect { from, port: 22 };
    let (trace, _) = run(world, state, &[Timed { at: state.now, what }], seed);
    let said = match trace.outcomes.first() {
        Some(Outcome::Printed(said)) => said.trim_end(),
        _ => "",
    };
    let host = world.network().public.map_or_else(|| "?".to_owned(), |(address, _)| address.to_string());
    let why = ["Connection timed out", "Connection refused"].into_iter().find(|why| said.ends_with(why));
    let verdict = match why {
        Some(why) => Err(["ssh: connect to host ", &host, " port 22: ", why, "\n"].concat()),
        None if crate::text::contains(said, "succeeded") => Ok(()),
        None => Err([said, "\n"].concat()),
    };
    (trace, verdict)
}

/// Opens a terminal for the user `ubuntu`, in the home folder.
pub fn log_in(state: &mut State) {
    let Terminal { written, logs, .. } = core::mem::take(&mut state.terminal);
    state.terminal = Terminal { user: true, written, logs, ..Terminal::default() };
}
