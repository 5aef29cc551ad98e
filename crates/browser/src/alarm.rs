//! A panic leaves a readable page with a way to carry on.

use crate::dom;
use std::cell::Cell;

thread_local! {
    static RUNG: Cell<bool> = const { Cell::new(false) };
}

/// Whether something went wrong: from then on the browser shall do by itself what it can.
pub fn rung() -> bool {
    RUNG.get()
}

/// Shows what went wrong in the page's own alert, whose words and still figures stand without the app.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        RUNG.set(true);
        // Of code that is not ours the place is blank.
        let place = info
            .location()
            .filter(|at| at.line() > 0)
            .map(|at| format!(" ({}, line {})", at.file(), at.line()))
            .unwrap_or_default();
        let why = info.payload_as_str().unwrap_or("an unexpected state");
        dom::log_error(&format!("panic: {why}{place}"));
        dom::trouble(&format!("a mistake in the program, {why}{place}"));
    }));
}
