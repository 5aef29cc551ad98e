//! A panic leaves a readable page with a way to carry on.

use crate::dom;

/// Shows what went wrong in the page's own alert, whose words and still figures stand without the app.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!(" ({}, line {})", at.file(), at.line())).unwrap_or_default();
        let why = info.payload_as_str().unwrap_or("an unexpected state");
        dom::log_error(&format!("panic: {why}{place}"));
        dom::trouble(&format!("a mistake in the program, {why}{place}"));
    }));
}
